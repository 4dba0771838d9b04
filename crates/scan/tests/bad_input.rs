//! Bad input: everything is refused with its place and rule, nothing panics, nothing fills memory.

use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use scan::{DraftValue, Flow, Limits, Mapping, ReadReport, Record, read};
use schema::Schema;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

static SCHEMA: LazyLock<Schema> =
    LazyLock::new(|| Schema::shipped().unwrap_or_else(|refusal| panic!("{refusal}")));

const HEAD: &str = r#"
source: {key: t, title: {zh: 试, en: Test}, publisher: 某局, licence: CC0-1.0, confidence: 80}
unknown: ["-", "N/A"]
record: "{code}"
entities:
  - {id: firm, kind: company, keys: {ticker: "{code}"}, names: [{zh: "{name}"}]}
statements:
  - {of: firm, property: established, value: "{founded}"}
  - {of: firm, property: employment, value: "{staff}", unit: 人}
  - {of: firm, property: figure_money, value: "{capital}", unit: 万元}
  - {of: firm, property: alias, value: "{aliases}", split: "|"}
"#;

const COLUMNS: &str = "code,name,founded,staff,capital,aliases";

fn mapping(format: &str) -> Mapping {
    let yaml = format!("file: t.{format}\nformat: {format}\n{HEAD}");
    Mapping::parse("t.mapping.yaml", &yaml, &BTreeMap::new(), &SCHEMA)
        .unwrap_or_else(|refusal| panic!("{refusal}"))
}

fn run(format: &str, bytes: &[u8], limits: &Limits) -> (ReadReport, Vec<Record>) {
    let mapping = mapping(format);
    let mut records = Vec::new();
    let report = read(&mapping.file, bytes, &mapping, &SCHEMA, limits, &mut |record| {
        records.push(record);
        Flow::Go
    });
    (report, records)
}

fn csv(text: &str) -> (ReadReport, Vec<Record>) {
    run("csv", text.as_bytes(), &Limits::default())
}

/// Code, row, column and value of the first refusal.
fn first(report: &ReadReport) -> (&'static str, u64, String, String) {
    let refusal = report.refusals.first().expect("a refusal");
    let place = refusal.place.clone();
    assert!(place.file.is_some(), "{refusal}");
    assert!(!refusal.rule.is_empty() && !refusal.message.zh.is_empty(), "{refusal}");
    let text = |part: Option<String>| part.unwrap_or_default();
    (refusal.code, place.row.unwrap_or(0), text(place.column), text(place.value))
}

#[test]
fn bad_cells_are_refused_with_row_column_and_value() {
    let table = [
        ("A,甲,2015-13-32,,,", "E-DATE-01", "founded", "2015-13-32"),
        ("A,甲,2001/2005,,,", "E-VAL-03", "founded", "2001/2005"),
        ("A,甲,,1e400,,", "E-NUM-01", "staff", "1e400"),
        ("A,甲,,NaN,,", "E-NUM-01", "staff", "NaN"),
        ("A,甲,,20-10,,", "E-NUM-02", "staff", "20-10"),
        ("A,甲,,,0.0000001,", "E-MONEY-01", "capital", "0.0000001"),
        ("A,甲,,,1e20,", "E-MONEY-04", "capital", "100000000000000000000"),
        ("A,甲\u{200b}乙,,,,", "E-TEXT-02", "name", "甲\u{200b}乙"),
        ("A,\u{202e}乙甲,,,,", "E-TEXT-02", "name", "\u{202e}乙甲"),
        ("A,pаypal,,,,", "E-TEXT-04", "name", "pаypal"),
        (",甲,,,,", "E-KEY-01", "code", ""),
        ("A,甲,,,", "E-CSV-01", "", "5 cells"),
        ("A,甲,,,,,", "E-CSV-01", "", "7 cells"),
        ("A,甲\"乙,,,,", "E-CSV-02", "2", "甲\"乙,,,,"),
        ("A,\"甲\"乙,,,,", "E-CSV-02", "2", "甲\"乙,,,,"),
        ("A,\"甲,,,,", "E-CSV-03", "2", "甲,,,,"),
    ];
    for (row, code, column, value) in table {
        let (report, records) = csv(&format!("{COLUMNS}\n{row}"));
        let expected = (code, 2, column.to_string(), value.to_string());
        assert_eq!(first(&report), expected, "{row}");
        assert!(records.is_empty(), "{row}");
    }
}

#[test]
fn bad_headers_are_refused() {
    let table = [
        ("", "E-HEAD-04", ""),
        ("\n\n", "E-HEAD-04", ""),
        ("code,name,founded,staff,capital", "E-HEAD-03", "aliases"),
        ("code,name,founded,staff,capital,aliases,name", "E-HEAD-02", "name"),
        ("code,name,founded,staff,capital,aliases,", "E-HEAD-01", "7"),
        ("code,name,founded,staff,capital,alia\u{200b}ses", "E-TEXT-02", ""),
    ];
    for (header, code, column) in table {
        let (report, records) = csv(&format!("{header}\nA,甲,,,,,,"));
        // A file without a header row takes its first row for one.
        let code = if header.trim().is_empty() { "E-HEAD-01" } else { code };
        let (found, _, place, _) = first(&report);
        assert_eq!(found, code, "{header}");
        assert!(column.is_empty() || place == column, "{header}: {place}");
        assert!(records.is_empty(), "{header}");
    }
    assert_eq!(first(&csv("").0).0, "E-HEAD-04");
}

#[test]
fn reading_goes_on_and_stops_at_a_hundred() {
    let mut text = format!("{COLUMNS}\nA,甲,2001,,,\nB,乙,2001-02-30,,,\nC,丙,2003,,,\nA,丁,,,,\n");
    let (report, records) = csv(&text);
    assert_eq!((report.rows, report.records, records.len()), (4, 2, 2));
    let codes: Vec<_> = report.refusals.iter().map(|r| (r.code, r.place.row)).collect();
    assert_eq!(codes, [("E-DATE-01", Some(3)), ("E-KEY-03", Some(5))]);
    for row in 0..500 {
        text += &format!("X{row},名,x,,,\n");
    }
    let (report, _) = csv(&text);
    assert_eq!(report.refusals.len(), 100);
}

#[test]
fn encodings_are_recognized_or_refused() {
    let text = format!("{COLUMNS}\nA,模速空间,2023,,,\n");
    let (gb, _, _) = encoding_rs::GB18030.encode(&text);
    let with_mark = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf16 = [b"\xff\xfe".as_slice(), &utf16].concat();
    let table: [(&[u8], &str); 4] = [
        (text.as_bytes(), "UTF-8"),
        (&gb, "GB18030"),
        (&with_mark, "UTF-8 (BOM)"),
        (&utf16, "UTF-16LE"),
    ];
    for (bytes, name) in table {
        let (report, records) = run("csv", bytes, &Limits::default());
        assert_eq!(report.encoding.name(), name, "{:?}", report.refusals);
        assert_eq!(records[0].entities[0].names[0].text, "模速空间", "{name}");
    }
    let at = format!("{COLUMNS}\nA,").len();
    let broken = [format!("{COLUMNS}\nA,").as_bytes(), b"\xff\xff\xff,,,,"].concat();
    let (report, _) = run("csv", &broken, &Limits::default());
    assert_eq!(first(&report).0, "E-ENC-01");
    assert_eq!(first(&report).3, format!("byte {at}"));
    let (report, _) = csv(&format!("{COLUMNS}\nA,甲\0乙,,,,"));
    assert_eq!((first(&report).0, first(&report).1), ("E-ENC-02", 2));
    let cut = &with_mark[..with_mark.len() - 12];
    let torn = [cut, b"\xe6\xa8"].concat();
    assert_eq!(first(&run("csv", &torn, &Limits::default()).0).0, "E-ENC-01");
}

/// Runs and gives the code of the first refusal; complains when that takes long.
fn quickly(format: &str, bytes: &[u8]) -> &'static str {
    let begun = Instant::now();
    let (report, records) = run(format, bytes, &Limits::default());
    assert!(records.is_empty());
    assert!(begun.elapsed() < Duration::from_secs(5), "{format}: {:?}", begun.elapsed());
    first(&report).0
}

#[test]
fn bombs_are_refused_quickly() {
    let wide = ",".repeat(1_000_000);
    assert_eq!(quickly("csv", wide.as_bytes()), "E-SIZE-03");
    assert_eq!(quickly("csv", format!("{COLUMNS}\n{wide}").as_bytes()), "E-SIZE-03");
    let long = "长".repeat(100_001);
    assert_eq!(quickly("csv", format!("{COLUMNS}\nA,{long},,,,").as_bytes()), "E-SIZE-04");
    let nested = "[".repeat(100 << 20);
    assert_eq!(quickly("json", nested.as_bytes()), "E-SIZE-05");
    assert_eq!(quickly("json", "[{\"a\":".repeat(1 << 20).as_bytes()), "E-SIZE-05");
    let features = format!("{{\"type\":\"FeatureCollection\",\"features\":{nested}");
    assert_eq!(quickly("geojson", features.as_bytes()), "E-SIZE-05");
    let members: Vec<String> = (0..1_001).map(|n| format!("\"m{n}\":1")).collect();
    assert_eq!(quickly("json", format!("[{{{}}}]", members.join(",")).as_bytes()), "E-SIZE-03");
    let small = Limits { file_bytes_max: 10, rows_max: 3, ..Limits::default() };
    let (report, _) = run("csv", COLUMNS.as_bytes(), &small);
    assert_eq!(first(&report).0, "E-SIZE-01");
    let few = Limits { rows_max: 3, ..Limits::default() };
    let rows: String = (0..9).map(|n| format!("A{n},甲,,,,\n")).collect();
    let (report, _) = run("csv", format!("{COLUMNS}\n{rows}").as_bytes(), &few);
    assert_eq!(first(&report).0, "E-SIZE-02");
}

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, bytes) in parts {
        writer.start_file(*name, options).expect("a part");
        std::io::Write::write_all(&mut writer, bytes).expect("memory");
    }
    writer.finish().expect("a package").into_inner()
}

#[test]
fn zip_bombs_are_measured_not_believed() {
    let zeros = vec![b'0'; 64 << 20];
    let bomb = zipped(&[("xl/worksheets/sheet1.xml", &zeros)]);
    assert!(bomb.len() < 1 << 20);
    assert_eq!(quickly("xlsx", &bomb), "E-SIZE-06");
    // The directory lies about the size: what comes out is counted all the same.
    let real = (zeros.len() as u32).to_le_bytes();
    let mut lying = bomb.clone();
    while let Some(at) = lying.windows(4).position(|window| window == real) {
        lying[at..at + 4].copy_from_slice(&100u32.to_le_bytes());
    }
    assert_ne!(lying, bomb);
    let code = quickly("xlsx", &lying);
    assert!(matches!(code, "E-SIZE-06" | "E-XLSX-01"), "{code}");
    let names: Vec<String> = (0..1_001).map(|n| format!("p{n}")).collect();
    let parts: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), b"x".as_slice())).collect();
    assert_eq!(quickly("xlsx", &zipped(&parts)), "E-SIZE-06");
    assert_eq!(quickly("xlsx", b"PK\x03\x04 no workbook"), "E-XLSX-01");
    assert_eq!(quickly("xlsx", &zipped(&[("a.txt", b"x")])), "E-XLSX-01");
    assert_eq!(quickly("xlsx", COLUMNS.as_bytes()), "E-XLSX-01");
}

/// A sheet whose cells stand in its farthest corners must not be given memory for all between.
#[test]
fn a_sparse_sheet_takes_no_memory() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in COLUMNS.split(',').enumerate() {
        sheet.write(0, column as u16, name).expect("a cell");
    }
    sheet.write(1_048_575, 16_383, "far").expect("a cell");
    let bytes = book.save_to_buffer().expect("a workbook");
    assert_eq!(quickly("xlsx", &bytes), "E-SIZE-03");
}

#[test]
fn workbooks_are_read_cell_by_cell() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in COLUMNS.split(',').enumerate() {
        sheet.write(0, column as u16, name).expect("a cell");
    }
    let day = ExcelDateTime::from_ymd(2015, 12, 31).expect("a day");
    let format = Format::new().set_num_format("yyyy-mm-dd");
    sheet.write(1, 0, "A").expect("a cell");
    sheet.write(1, 1, "甲").expect("a cell");
    sheet.write_datetime_with_format(1, 2, &day, &format).expect("a cell");
    sheet.write(1, 3, 12).expect("a cell");
    sheet.write_formula(1, 4, Formula::new("1.5*2").set_result("3")).expect("a cell");
    sheet.write(3, 0, "B").expect("a cell");
    sheet.write(3, 1, "乙").expect("a cell");
    sheet.write_formula(3, 4, Formula::new("1/0").set_result("#DIV/0!")).expect("a cell");
    let bytes = book.save_to_buffer().expect("a workbook");
    let (report, records) = run("xlsx", &bytes, &Limits::default());
    assert_eq!(report.encoding.name(), "binary");
    assert_eq!(records.len(), 1);
    assert_eq!(said(&records[0]), ["2015-12-31 day", "12", "3"]);
    assert_eq!(
        (first(&report).0, first(&report).1, first(&report).2),
        ("E-XLSX-03", 4, "5".to_string())
    );
}

/// Values of a record as text.
fn said(record: &Record) -> Vec<String> {
    let show = |value: &DraftValue| match value {
        DraftValue::Value(kernel::Value::Date { day, precision }) => {
            format!("{day} {}", precision.name())
        }
        DraftValue::Value(kernel::Value::Text { text, .. }) => text.clone(),
        DraftValue::Value(value) => value.quantity().map(ToString::to_string).unwrap_or_default(),
        DraftValue::Entity(at) => format!("entity {at}"),
    };
    record.statements.iter().map(|statement| show(&statement.value)).collect()
}

#[test]
fn json_keeps_digits_and_refuses_what_is_none() {
    let good = r#"[{"code":"A","name":"甲","staff":12345678901234567890.5,"aliases":["乙","丙"]},
        {"code":"B","name":"丁","founded":null,"staff":"-"}]"#;
    let (report, records) = run("json", good.as_bytes(), &Limits::default());
    assert!(report.is_sound(), "{:?}", report.refusals);
    assert_eq!(said(&records[0]), ["12345678901234567890.5", "乙", "丙"]);
    assert!(records[1].statements.is_empty());
    let table = [
        ("", "E-JSON-02"),
        ("{}", "E-JSON-02"),
        ("[1]", "E-JSON-02"),
        ("[{\"code\":{}}]", "E-JSON-02"),
        ("[{\"code\":[\"a|b\"]}]", "E-JSON-02"),
        ("[{\"code\":1,\"code\":2}]", "E-JSON-01"),
        ("[{\"code\":01}]", "E-JSON-01"),
        ("[{\"code\":\"\\ud800\"}]", "E-JSON-01"),
        ("[{\"code\":NaN}]", "E-JSON-01"),
        ("[{code:1}]", "E-JSON-01"),
        ("[{\"code\":\"A\",\"name\":\"甲\",\"staff\":1e400}]", "E-NUM-01"),
        ("[{\"code\":\"A\",\"name\":\"甲\"}", "E-JSON-01"),
        ("[{\"code\":\"A\",\"name\":\"甲\"},]", "E-JSON-01"),
        ("[] []", "E-JSON-01"),
    ];
    for (text, code) in table {
        let (report, _) = run("json", text.as_bytes(), &Limits::default());
        assert_eq!(first(&report).0, code, "{text}");
    }
}

#[test]
fn geometry_off_the_globe_is_refused() {
    let yaml = r#"
source: {key: g, title: {zh: 试, en: Test}, publisher: 某局, licence: CC0-1.0, confidence: 80}
file: g.geojson
format: geojson
record: "{code}"
entities:
  - {id: street, kind: street, keys: {division_code: "{code}"}}
statements:
  - {of: street, property: shape, geometry: true}
"#;
    let mapping = Mapping::parse("g.yaml", yaml, &BTreeMap::new(), &SCHEMA).expect("a mapping");
    let code = |geometry: &str| {
        let text = format!(
            "{{\"type\":\"FeatureCollection\",\"features\":[{{\"type\":\"Feature\",\
             \"properties\":{{\"code\":\"1\"}},\"geometry\":{geometry}}}]}}"
        );
        let limits = Limits::default();
        let mut take = |_| Flow::Go;
        let report = read("g.geojson", text.as_bytes(), &mapping, &SCHEMA, &limits, &mut take);
        report.refusals.first().map_or("fine", |refusal| refusal.code)
    };
    let ring = |x: &str| format!("[[[0,0],[{x},0],[1,1],[0,0]]]");
    let polygon = |x: &str| format!("{{\"type\":\"Polygon\",\"coordinates\":{}}}", ring(x));
    assert_eq!(code(&polygon("1")), "fine");
    assert_eq!(code("null"), "fine");
    assert_eq!(code(&polygon("181")), "E-GEO-01");
    assert_eq!(code(&polygon("1e400")), "E-GEO-01");
    assert_eq!(code(&polygon("\"1\"")), "E-JSON-02");
    assert_eq!(code("{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[1,1]]]}"), "E-GEO-02");
    assert_eq!(code("{\"type\":\"Point\",\"coordinates\":[1,1]}"), "E-GEO-03");
    assert_eq!(code("{\"type\":\"Circle\",\"coordinates\":[1,1]}"), "E-JSON-02");
}

#[test]
fn a_mapping_that_names_nothing_known_is_refused_with_its_line() {
    let base = format!("file: t.csv\nformat: csv\n{HEAD}");
    let table = [
        ("kind: company", "kind: compny", "E-MAP-03"),
        ("kind: company", "kind: organisation", "E-MAP-03"),
        ("kind: company", "kind: thing", "E-MAP-03"),
        ("property: alias", "property: aliass", "E-MAP-03"),
        ("unit: 人", "unit: 斤", "E-MAP-03"),
        ("unit: 人", "unit: 亿元", "E-MAP-03"),
        ("format: csv", "format: cvs", "E-MAP-03"),
        ("of: firm, property: alias", "of: frim, property: alias", "E-MAP-03"),
        ("{founded}", "{founded", "E-MAP-02"),
        ("{founded}", "{founded:uppr}", "E-MAP-02"),
        ("{founded}", "{founded:lookup(x.y)}", "E-MAP-02"),
        ("confidence: 80", "confidence: 101", "E-MAP-06"),
        ("confidence: 80", "confidence: high", "E-MAP-01"),
        ("record:", "recrod:", "E-MAP-01"),
        ("value: \"{aliases}\"", "entity: firm", "E-MAP-06"),
    ];
    for (from, to, code) in table {
        let yaml = base.replacen(from, to, 1);
        assert_ne!(yaml, base, "{from}");
        let refusal = Mapping::parse("t.mapping.yaml", &yaml, &BTreeMap::new(), &SCHEMA)
            .expect_err("nothing known");
        assert_eq!(refusal.code, code, "{to}: {refusal}");
        assert_eq!(refusal.place.file.as_deref(), Some("t.mapping.yaml"), "{to}");
    }
    let yaml = base.replacen("property: alias", "property: aliass", 1);
    let refusal = Mapping::parse("t.mapping.yaml", &yaml, &BTreeMap::new(), &SCHEMA);
    let line = yaml.lines().position(|line| line.contains("aliass")).expect("there") as u64 + 1;
    assert_eq!(refusal.expect_err("nothing known").place.row, Some(line));
}

#[test]
fn several_values_of_a_cell_are_numbered() {
    let (report, records) = csv(&format!("{COLUMNS}\nA,甲,-,N/A,,乙| |丙|乙\n"));
    assert!(report.is_sound(), "{:?}", report.refusals);
    let fields: Vec<&str> = records[0].statements.iter().map(|s| s.field.as_str()).collect();
    assert_eq!(fields, ["aliases[1]", "aliases[2]"]);
    assert_eq!(said(&records[0]), ["乙", "丙"]);
}

#[test]
fn delimiters_are_found() {
    for mark in [",", ";", "\t"] {
        let text =
            format!("{COLUMNS}\r\nA,\"甲\r\n\",2001,,,\r\n\r\nB,乙,2002,,,").replace(',', mark);
        let (report, records) = csv(&text.replace("\"甲\r\n\"", "\"甲\""));
        assert!(report.is_sound(), "{:?}", report.refusals);
        let rows: Vec<u64> = records.iter().map(|record| record.row).collect();
        assert_eq!(rows, [2, 4]);
        let (report, _) = csv(&text.replace("\r\n\"", "\r\n乙\""));
        assert_eq!(first(&report).0, "E-TEXT-05");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        for format in ["csv", "json", "geojson", "xlsx"] {
            let (report, records) = run(format, &bytes, &Limits::default());
            prop_assert!(records.is_empty() && !report.is_sound());
        }
    }

    #[test]
    fn random_cells_never_panic(cells in proptest::collection::vec("\\PC{0,20}", 6)) {
        let quoted: Vec<String> =
            cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
        let (report, records) = csv(&format!("{COLUMNS}\n{}\n", quoted.join(",")));
        prop_assert_eq!(report.refusals.len() + records.len(), 1);
    }

    #[test]
    fn random_json_never_panics(text in "[\\[\\]{},:\"a-e0-9.\\\\u \\-+eE]{0,80}") {
        run("json", text.as_bytes(), &Limits::default());
        let feature = format!("{{\"features\":[{text}]}}");
        run("geojson", feature.as_bytes(), &Limits::default());
    }

    #[test]
    fn a_damaged_workbook_never_panics(at in any::<proptest::sample::Index>(), with in any::<u8>()) {
        static SOUND: LazyLock<Vec<u8>> = LazyLock::new(|| {
            let mut book = Workbook::new();
            let sheet = book.add_worksheet();
            for (column, name) in COLUMNS.split(',').enumerate() {
                sheet.write(0, column as u16, name).expect("a cell");
                sheet.write(1, column as u16, "2001").expect("a cell");
            }
            book.save_to_buffer().expect("a workbook")
        });
        let mut bytes = SOUND.clone();
        let at = at.index(bytes.len());
        bytes[at] = with;
        run("xlsx", &bytes, &Limits::default());
    }
}
