//! CSV (RFC 4180) in UTF-8 with a byte order mark, so that Excel reads Chinese.

use super::{Cell, Export, guarded};

/// The file: one header, on each row as of when it is, and whom to name.
pub(super) fn write(export: &Export) -> String {
    let mut text = String::from('\u{feff}');
    let own = export.columns.iter().map(|column| column.key);
    let header: Vec<String> =
        own.chain(["as_of", "known", "attribution"]).map(str::to_string).collect();
    line(&mut text, &header);
    // Rows that are of many sources: the first of them names all, or the names would be the file.
    let mut all = export.attributions().join("; ");
    for row in &export.rows {
        let mut cells: Vec<String> = row.cells.iter().map(cell).collect();
        cells.push(export.as_of.valid.clone());
        cells.push(export.as_of.known.clone());
        let own = row.source.as_ref().map(|key| export.attribution(key));
        cells.push(guarded(&own.unwrap_or_else(|| std::mem::take(&mut all))));
        line(&mut text, &cells);
    }
    text
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => guarded(text),
        Cell::Number(number) => number.clone(),
    }
}

fn line(text: &mut String, cells: &[String]) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        match cell.contains(['"', ',', '\n', '\r', '\t', '\'']) {
            true => {
                text.push('"');
                text.push_str(&cell.replace('"', "\"\""));
                text.push('"');
            }
            false => text.push_str(cell),
        }
    }
    text.push_str("\r\n");
}
