//! XLSX: the table, and a sheet that says as of when it is and where it comes from.

use super::{Cell, Export, guarded};
use crate::problem::{Problem, Result};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

/// Most characters of one cell. Source: Excel specifications and limits.
const CELL_CHARS_MAX: usize = 32_767;

/// The workbook.
pub(super) fn write(export: &Export) -> Result<Vec<u8>> {
    book(export).map_err(|error| Problem::broken(format!("no workbook: {error}")))
}

fn book(export: &Export) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // A fixed time, so that the same answer gives the same bytes.
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let bold = Format::new().set_bold();
    let sheet = book.add_worksheet().set_name("数据")?;
    for (at, column) in export.columns.iter().enumerate() {
        let at = at as u16;
        sheet.write_string_with_format(0, at, column.zh, &bold)?;
        sheet.set_column_width(at, 18)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    for (number, row) in export.rows.iter().enumerate() {
        for (at, cell) in row.cells.iter().enumerate() {
            put(sheet, number as u32 + 1, at as u16, cell)?;
        }
    }
    notes(book.add_worksheet().set_name("说明")?, export, &bold)?;
    book.save_to_buffer()
}

fn put(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => {}
        Cell::Text(text) => {
            sheet.write_string(row, column, short(&guarded(text)))?;
        }
        // A double holds fifteen digits; a longer number stays text, to stay exact.
        Cell::Number(number) => match number.parse::<f64>() {
            Ok(double) if number.len() <= 15 => {
                sheet.write_number(row, column, double)?;
            }
            _ => {
                sheet.write_string(row, column, number)?;
            }
        },
    }
    Ok(())
}

fn short(text: &str) -> String {
    text.chars().take(CELL_CHARS_MAX).collect()
}

fn notes(sheet: &mut Worksheet, export: &Export, bold: &Format) -> Result<(), XlsxError> {
    let mut lines = vec![
        ("内容", export.title.clone()),
        ("截至(世界)", export.as_of.valid.clone()),
        ("截至(已知)", export.as_of.known.clone()),
        ("出处系统", export.base.clone()),
        ("行数", export.rows.len().to_string()),
    ];
    if export.truncated {
        lines.push(("注意", "行数超过上限,只导出前面的部分".to_string()));
    }
    lines.extend(export.attributions().into_iter().map(|text| ("来源", text)));
    for (row, (name, text)) in lines.iter().enumerate() {
        sheet.write_string_with_format(row as u32, 0, *name, bold)?;
        sheet.write_string(row as u32, 1, short(&guarded(text)))?;
    }
    sheet.set_column_width(0, 14)?;
    sheet.set_column_width(1, 90)?;
    Ok(())
}
