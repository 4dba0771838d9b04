//! Documents made on the spot: the same text as a web page, a Word file, a PDF.
#![allow(dead_code, unreachable_pub, missing_docs)]

use reader::score::Gold;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

/// A fixture by its name in the gold table; DOCX and PDF are made from the text beside it.
pub fn fixture(name: &str) -> Vec<u8> {
    let path = |name: &str| format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = |name: &str| std::fs::read_to_string(path(name)).expect("fixture");
    match name.rsplit_once('.') {
        Some((stem, "docx")) => docx(&text(&format!("{stem}.txt"))),
        Some((stem, "pdf")) => pdf(&text(&format!("{stem}.txt"))),
        _ => text(name).into_bytes(),
    }
}

/// The gold of the fixtures.
pub fn gold() -> Vec<Gold> {
    let path = format!("{}/tests/fixtures/gold.csv", env!("CARGO_MANIFEST_DIR"));
    let mut reader = csv::Reader::from_path(path).expect("gold");
    let rows = reader.records().map(|record| {
        let record = record.expect("row");
        let cell = |index: usize| record.get(index).unwrap_or_default().to_string();
        Gold {
            subject: cell(0),
            predicate: cell(1),
            value: cell(2),
            unit: cell(3),
            valid_time: cell(4),
            file: cell(5),
            quote: cell(6),
        }
    });
    rows.collect()
}

/// A Word document with one paragraph a line, the first one a title.
pub fn docx(text: &str) -> Vec<u8> {
    let mut body = String::new();
    for (index, line) in text.lines().enumerate() {
        let style = if index == 0 { r#"<w:pPr><w:pStyle w:val="Title"/></w:pPr>"# } else { "" };
        let line = line.replace('&', "&amp;").replace('<', "&lt;");
        // Runs break anywhere in real files.
        let middle = line.char_indices().nth(5).map_or(line.len(), |(at, _)| at);
        let (left, right) = line.split_at(middle);
        let run = |part: &str| format!("<w:r><w:t xml:space=\"preserve\">{part}</w:t></w:r>");
        write!(body, "<w:p>{style}{}{}</w:p>", run(left), run(right)).expect("text");
    }
    let space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    let document = format!(
        "<?xml version=\"1.0\"?><w:document xmlns:w=\"{space}\"><w:body>{body}</w:body></w:document>"
    );
    let core = "<?xml version=\"1.0\"?><cp:coreProperties xmlns:cp=\"c\" xmlns:dc=\"d\" \
        xmlns:dcterms=\"t\"><dcterms:created>2025-03-01T08:00:00Z</dcterms:created></cp:coreProperties>";
    archive(&[("word/document.xml", document.as_bytes()), ("docProps/core.xml", core.as_bytes())])
}

/// A zip archive of these parts.
pub fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).expect("part");
        writer.write_all(bytes).expect("bytes");
    }
    writer.finish().expect("archive").into_inner()
}

/// A PDF of one page: a composite font whose codes are the characters, with a ToUnicode map.
pub fn pdf(text: &str) -> Vec<u8> {
    let mut content = String::from("BT /F1 10 Tf 40 800 Td 14 TL\n");
    for line in text.lines() {
        let hex: String = line.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
        writeln!(content, "<{hex}> Tj T*").expect("text");
    }
    content.push_str("ET");
    let map = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n\
        /CMapName /Adobe-Identity-UCS def /CMapType 2 def\n\
        1 begincodespacerange <0000> <FFFF> endcodespacerange\n\
        1 beginbfrange <0000> <FFFF> <0000> endbfrange\nendcmap end end";
    let stream = |data: &str| format!("<< /Length {} >>\nstream\n{data}\nendstream", data.len());
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_string(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_string(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_string(),
        stream(&content),
        "<< /Type /Font /Subtype /Type0 /BaseFont /Song /Encoding /Identity-H \
         /DescendantFonts [6 0 R] /ToUnicode 7 0 R >>"
            .to_string(),
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Song /DW 1000 /FontDescriptor 8 0 R \
         /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"
            .to_string(),
        stream(map),
        "<< /Type /FontDescriptor /FontName /Song /Flags 4 /FontBBox [0 0 1000 1000] \
         /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>"
            .to_string(),
    ];
    pdf_of(&objects.map(String::into_bytes))
}

/// A stream of a PDF with these entries in its dictionary.
pub fn stream_of(entries: &str, data: &[u8]) -> Vec<u8> {
    let head = format!("<< {entries} /Length {} >>\nstream\n", data.len());
    [head.as_bytes(), data, b"\nendstream"].concat()
}

/// Bytes deflated, `times` times over.
pub fn deflated(data: &[u8], times: usize) -> Vec<u8> {
    (0..times).fold(data.to_vec(), |data, _| {
        let mut out = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        out.write_all(&data).expect("bytes");
        out.finish().expect("deflated")
    })
}

/// A PDF of these objects, numbered from 1; the first is the catalog.
pub fn pdf_of(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        places.push(out.len());
        let head = format!("{} 0 obj\n", index + 1);
        out.extend_from_slice(&[head.as_bytes(), object, b"\nendobj\n"].concat());
    }
    let start = out.len();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1);
    for place in &places {
        writeln!(table, "{place:010} 00000 n ").expect("text");
    }
    write!(
        table,
        "trailer << /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF",
        places.len() + 1
    )
    .expect("text");
    out.extend_from_slice(table.as_bytes());
    out
}
