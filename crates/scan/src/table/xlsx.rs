//! XLSX: the package is measured before and while it is unpacked, cells are read one by one.

use super::csv::empty;
use super::{Flow, Row, Sink, Wanted, find_columns};
use crate::limits::{Limits, refusal};
use calamine::{DataRef, ExcelDateTime, Reader as _, Xlsx};
use kernel::Refusal;
use std::borrow::Cow;
use std::io::{Cursor, Read as _};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Reads the sheet with this name, or the first.
pub(crate) fn read(
    bytes: &[u8],
    sheet: Option<&str>,
    wanted: &Wanted<'_>,
    limits: &Limits,
    sink: &mut dyn Sink,
) -> Result<(), Refusal> {
    measure(bytes, limits)?;
    // A damaged package must not take the house down, whatever the reader below makes of it.
    catch_unwind(AssertUnwindSafe(|| sheet_rows(bytes, sheet, wanted, limits, sink)))
        .unwrap_or_else(|_| Err(broken("the workbook is damaged")))
}

/// Workbooks that unpack to no more than this are never called bombs.
const SMALL: u64 = 1 << 20;

/// `E-XLSX-01`: no sound workbook.
fn broken(said: &str) -> Refusal {
    Refusal::new(
        "E-XLSX-01",
        "the file is a sound XLSX workbook",
        format!("不是完好的 XLSX 工作簿:{said}"),
        format!("no sound XLSX workbook: {said}"),
    )
}

/// `E-SIZE-06`: a bomb, or something like one.
fn bomb(rule: String, zh: String, value: String) -> Refusal {
    refusal("E-SIZE-06", rule, zh).value(&value)
}

/// Checks the package's directory, then counts what really comes out of each part.
fn measure(bytes: &[u8], limits: &Limits) -> Result<(), Refusal> {
    let mut archive =
        zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(&error.to_string()))?;
    let (parts, max) = (archive.len(), limits.parts_max);
    if parts > max {
        return Err(bomb(
            format!("a workbook has at most {max} parts"),
            format!("工作簿的部件超过 {max} 个"),
            format!("{parts} parts"),
        ));
    }
    let allowed = limits
        .unpacked_bytes_max
        .min((bytes.len() as u64).saturating_mul(limits.unpacked_ratio_max).max(SMALL));
    let ratio = limits.unpacked_ratio_max;
    let past = |size: u64| {
        bomb(
            format!("a workbook unpacks to at most {allowed} bytes ({ratio} for one)"),
            format!("工作簿解压后超过 {allowed} 字节(压缩比上限 {ratio})"),
            format!("{size} bytes"),
        )
    };
    let declared = archive.decompressed_size().unwrap_or(0);
    if declared > u128::from(allowed) {
        return Err(past(u64::try_from(declared).unwrap_or(u64::MAX)));
    }
    let mut total = 0u64;
    let mut buffer = vec![0u8; 64 << 10];
    for index in 0..parts {
        let mut part = archive.by_index(index).map_err(|error| broken(&error.to_string()))?;
        loop {
            let read = part.read(&mut buffer).map_err(|error| broken(&error.to_string()))?;
            if read == 0 {
                break;
            }
            total += read as u64;
            if total > allowed {
                return Err(past(total));
            }
        }
    }
    Ok(())
}

fn sheet_rows(
    bytes: &[u8],
    sheet: Option<&str>,
    wanted: &Wanted<'_>,
    limits: &Limits,
    sink: &mut dyn Sink,
) -> Result<(), Refusal> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|e| broken(&e.to_string()))?;
    let names = book.sheet_names();
    let name = match sheet {
        Some(wanted) => names.iter().find(|name| *name == wanted).ok_or_else(|| {
            Refusal::new(
                "E-XLSX-02",
                "the workbook has the sheet that the mapping names",
                format!("工作簿中没有工作表“{wanted}”"),
                format!("the workbook has no sheet `{wanted}`"),
            )
            .value(&names.join(", "))
        })?,
        None => names.first().ok_or_else(empty)?,
    };
    let mut cells = book.worksheet_cells_reader(name).map_err(|e| broken(&e.to_string()))?;
    let mut sheet = Sheet::new(wanted, limits, sink);
    loop {
        let next = cells.next_cell().map_err(|e| broken(&e.to_string()))?;
        let Some(cell) = next else { break };
        let (row, column) = cell.get_position();
        if sheet.place(row, column as usize, cell.get_value())? == Flow::Stop {
            return Ok(());
        }
    }
    sheet.finish()
}

/// Collects cells into rows: the first row with cells is the header.
struct Sheet<'a, 's> {
    wanted: &'a Wanted<'a>,
    limits: &'a Limits,
    sink: &'s mut dyn Sink,
    places: Option<Vec<Option<usize>>>,
    width: usize,
    row: Option<u32>,
    cells: Vec<String>,
    error: Option<Refusal>,
}

impl<'a, 's> Sheet<'a, 's> {
    fn new(wanted: &'a Wanted<'a>, limits: &'a Limits, sink: &'s mut dyn Sink) -> Sheet<'a, 's> {
        Sheet {
            wanted,
            limits,
            sink,
            places: None,
            width: 0,
            row: None,
            cells: Vec::new(),
            error: None,
        }
    }

    fn place(&mut self, row: u32, column: usize, value: &DataRef<'_>) -> Result<Flow, Refusal> {
        if self.row != Some(row) {
            if self.flush()? == Flow::Stop {
                return Ok(Flow::Stop);
            }
            if self.row.is_some_and(|last| row < last) {
                return Err(broken("its rows are out of order"));
            }
            self.row = Some(row);
        }
        if matches!(value, DataRef::Empty) {
            return Ok(Flow::Go);
        }
        let number = u64::from(row) + 1;
        self.limits.check_columns(column + 1).map_err(|r| r.row(number))?;
        match text(value) {
            Ok(text) => {
                self.limits
                    .check_cell(&text)
                    .map_err(|r| r.row(number).column(&(column + 1).to_string()))?;
                if self.cells.len() <= column {
                    self.cells.resize(column + 1, String::new());
                }
                self.cells[column] = text;
            }
            Err(refusal) => {
                let refusal = refusal.row(number).column(&(column + 1).to_string());
                self.error.get_or_insert(refusal);
            }
        }
        Ok(Flow::Go)
    }

    /// Hands the row on that was collected so far.
    fn flush(&mut self) -> Result<Flow, Refusal> {
        let Some(row) = self.row else {
            return Ok(Flow::Go);
        };
        let number = u64::from(row) + 1;
        let mut cells = std::mem::take(&mut self.cells);
        while cells.last().is_some_and(|cell| cell.trim().is_empty()) {
            cells.pop();
        }
        if let Some(error) = self.error.take() {
            return match self.places {
                Some(_) => Ok(self.sink.refuse(error)),
                None => Err(error),
            };
        }
        if cells.is_empty() {
            return Ok(Flow::Go);
        }
        self.limits.check_rows(number)?;
        let Some(places) = &self.places else {
            let header: Vec<&str> = cells.iter().map(String::as_str).collect();
            self.width = header.len();
            self.places =
                Some(find_columns(&header, self.wanted, self.sink).map_err(|r| r.row(number))?);
            return Ok(Flow::Go);
        };
        if cells.len() > self.width {
            return Ok(self.sink.refuse(super::ragged(number, cells.len(), self.width)));
        }
        let out: Vec<Cow<'_, str>> = places
            .iter()
            .map(|place| {
                let cell = place.and_then(|place| cells.get(place));
                Cow::Borrowed(cell.map_or("", String::as_str))
            })
            .collect();
        Ok(self.sink.row(&Row { number, cells: &out, geometry: None }))
    }

    fn finish(mut self) -> Result<(), Refusal> {
        self.flush()?;
        if self.places.is_none() {
            return Err(empty());
        }
        Ok(())
    }
}

/// A cell as text. Of a formula this is the value that the workbook keeps with it.
fn text(value: &DataRef<'_>) -> Result<String, Refusal> {
    Ok(match value {
        DataRef::Empty => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_string(),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::DateTime(moment) => date(moment),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.strip_suffix("T00:00:00").unwrap_or(text).to_string()
        }
        DataRef::Error(error) => {
            return Err(Refusal::new(
                "E-XLSX-03",
                "no cell holds an error value",
                format!("单元格是错误值 {error},请先在表格中修正公式"),
                format!("the cell holds the error {error}; repair its formula first"),
            )
            .value(&error.to_string()));
        }
    })
}

/// `2024-05-01`, with the time only where there is one.
fn date(moment: &ExcelDateTime) -> String {
    if !moment.is_datetime() {
        return moment.as_f64().to_string();
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let day = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) {
        day
    } else {
        format!("{day}T{hour:02}:{minute:02}:{second:02}")
    }
}
