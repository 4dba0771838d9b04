//! Every file that ships is read by its mapping: nothing is refused, every row is accounted for.

use kernel::Value;
use scan::{DraftValue, Flow, Limits, LoadList, Mapping, ReadReport, Record, read};
use schema::Schema;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/xuhui")
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn schema() -> Schema {
    Schema::shipped().unwrap_or_else(|refusal| panic!("{refusal}"))
}

fn mapping(path: &str, schema: &Schema) -> Mapping {
    let file = folder().join(path);
    let yaml = text(&file);
    let beside = file.parent().expect("a folder");
    let lookups: BTreeMap<String, String> = Mapping::lookup_files(path, &yaml)
        .unwrap_or_else(|refusal| panic!("{refusal}"))
        .into_iter()
        .map(|lookup| (lookup.clone(), text(&beside.join(lookup))))
        .collect();
    Mapping::parse(path, &yaml, &lookups, schema).unwrap_or_else(|refusal| panic!("{refusal}"))
}

fn records(path: &str, schema: &Schema) -> (Mapping, ReadReport, Vec<Record>) {
    let mapping = mapping(path, schema);
    let file = folder().join(path).with_file_name(&mapping.file);
    let bytes = std::fs::read(&file).expect("a file beside its mapping");
    let mut records = Vec::new();
    let report = read(&mapping.file, &bytes, &mapping, schema, &Limits::default(), &mut |r| {
        records.push(r);
        Flow::Go
    });
    (mapping, report, records)
}

#[test]
fn every_row_of_every_file_is_accounted_for() {
    let schema = schema();
    let list = LoadList::parse("load.yaml", &text(&folder().join("load.yaml"))).expect("a list");
    let mut lines = String::new();
    let mut keys = BTreeSet::new();
    let (mut rows, mut statements) = (0, 0);
    for path in &list.mappings {
        let (mapping, report, records) = records(path, &schema);
        let shown: Vec<String> = report.refusals.iter().map(|r| r.to_string()).collect();
        assert!(shown.is_empty(), "{path}:\n{}", shown.join("\n"));
        assert_eq!(Some(report.rows), mapping.source.expected_rows, "{path}");
        assert_eq!(report.rows, report.records + report.skipped_rows, "{path}");
        assert!(keys.insert(mapping.source.key.clone()), "{path}: a source's key stands once");
        for record in &records {
            check(record, &schema, path);
        }
        rows += report.rows;
        statements += report.statements;
        lines += &format!(
            "{:60} {:>5} rows {:>5} records {:>6} statements {:>2} left out, unused {:?}\n",
            mapping.file,
            report.rows,
            report.records,
            report.statements,
            report.skipped_rows,
            report.unused_columns
        );
    }
    let shown = format!("{lines}total {rows} rows, {statements} statements");
    std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join("shipped.txt"), shown).expect("tmp");
}

/// A record fits the schema: kinds, properties and their types, fields that stand once.
fn check(record: &Record, schema: &Schema, path: &str) {
    let key = &record.key;
    for entity in &record.entities {
        let kind = schema.kind(&entity.kind).expect("a kind");
        assert!(!kind.is_abstract, "{path} {key}");
        let relation = kind.edge.is_some();
        // A relation is known by its ends, anything else by its names and keys.
        let known = !entity.names.is_empty() || !entity.keys.is_empty();
        assert_eq!(relation, !known, "{path} {key}");
    }
    let mut fields = BTreeSet::new();
    let names = record.entities.iter().flat_map(|entity| &entity.names);
    let said = record.statements.iter().map(|statement| &statement.field);
    for field in names.map(|name| &name.field).chain(said) {
        assert!(fields.insert(field), "{path} {key}: the field {field} stands twice");
    }
    for statement in &record.statements {
        let property = schema.property(&statement.property).expect("a property");
        let kind = &record.entities[statement.subject].kind;
        let wanted = property.value_type.name();
        let found = match &statement.value {
            DraftValue::Entity(_) => "entity",
            DraftValue::Value(value) => value.type_name(),
        };
        let fits = found == wanted || found == "text" && matches!(wanted, "url" | "identifier");
        assert!(fits, "{path} {key}: {} is no {wanted} but {found}", statement.property);
        let known = &schema.kind(kind).expect("a kind").properties;
        let listed = property.indicator || known.contains(&property.key);
        assert!(listed, "{path} {key}: {kind} has no property {}", statement.property);
    }
}

#[test]
fn figures_keep_what_was_written() {
    let schema = schema();
    let (_, _, records) = records("reports/report_facts.mapping.yaml", &schema);
    let find = |key: &str| {
        let record = records.iter().find(|r| r.key == key).unwrap_or_else(|| panic!("{key}"));
        record.statements[0].clone()
    };
    let gdp = find("000/徐汇区/地区生产总值(预计)/2025");
    assert_eq!(gdp.property, "gdp");
    assert!(gdp.qualifiers.contains(&("forecast".into(), "true".into())));
    let DraftValue::Value(Value::Money { quantity, unit, fen }) = &gdp.value else {
        panic!("{gdp:?}");
    };
    assert_eq!((quantity.to_string().as_str(), unit.as_str()), (">4000", "亿元"));
    assert_eq!(fen.fen(), 40_000_000_000_000);
    let firms = find("001/徐汇区/人工智能企业数/2025(十四五末)");
    assert_eq!(firms.property, "ai_firms");
    let qualifiers: BTreeMap<String, String> = firms.qualifiers.iter().cloned().collect();
    assert_eq!(qualifiers["as_written"], "≈1500(余)");
    assert_eq!(qualifiers["valid_as_written"], "2025(十四五末)");
    assert_eq!(firms.confidence, 75);
    assert_eq!(
        find("001/徐汇区/产业集群产出规模(“4个千亿”)/2025(十四五末)").property,
        "figure_text"
    );
    assert_eq!(find("001/“模速空间”/建成年份/2023").property, "figure_date");
    assert_eq!(find("002/徐汇区/连续举办世界人工智能大会年数/2018/2022").property, "waic_years");
}

#[test]
fn both_directions_give_one_relation() {
    let schema = schema();
    let (_, report, records) =
        records("institutions/ror_shanghai_relationships.mapping.yaml", &schema);
    let end = |record: &Record, at: usize| record.entities[at].keys[0].1.clone();
    let relations: BTreeSet<(String, [String; 2])> = records
        .iter()
        .map(|record| {
            let ends = record.statements.iter().filter(|said| said.subject == 2);
            let ends: Vec<String> = ends
                .filter_map(|said| match said.value {
                    DraftValue::Entity(at) => Some(end(record, at)),
                    DraftValue::Value(_) => None,
                })
                .collect();
            let ends = ends.try_into().expect("a relation has two ends");
            (record.entities[2].kind.clone(), ends)
        })
        .collect();
    assert_eq!(report.records, 180);
    assert!(relations.len() < 180, "{}", relations.len());
    assert!(records.iter().all(|record| record.entities.len() == 3));
}

#[test]
fn the_zone_and_the_subdistrict_stay_two() {
    let schema = schema();
    let (_, _, records) = records("geo/shanghai_admin_divisions.mapping.yaml", &schema);
    let unit = |code: &str| {
        let record = records.iter().find(|record| record.key == code).expect(code);
        record.entities[2].clone()
    };
    assert_eq!(unit("310104501").kind, "park");
    assert_eq!(unit("310104017").kind, "street");
}

#[test]
fn the_example_in_the_readme_is_a_mapping() {
    let readme = include_str!("../README.md");
    let block = readme.split("```yaml").nth(1).and_then(|rest| rest.split("```").next());
    let lookups = [("../lookups/districts.csv".to_string(), "name,code\n徐汇区,310104\n".into())];
    let parsed = Mapping::parse("README", block.expect("a block"), &lookups.into(), &schema());
    assert!(parsed.is_ok(), "{:?}", parsed.err());
}
