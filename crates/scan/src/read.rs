//! Reading a file: bytes in, records out.

use crate::draft::Record;
use crate::encoding::{Encoding, decode};
use crate::limits::Limits;
use crate::mapping::{Format, Mapping};
use crate::record::{Builder, Built};
use crate::table::{Flow, Row, Sink, Wanted, csv, geojson, json, xlsx};
use kernel::Refusal;
use schema::Schema;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// At most this many left-out rows are listed one by one; all are counted.
const SKIPPED_LISTED_MAX: usize = 10_000;

/// What reading a file gave.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReadReport {
    /// Rows, objects or features, the header left out.
    pub rows: u64,
    /// Records handed on.
    pub records: u64,
    /// Statements in them.
    pub statements: u64,
    /// What was wrong, in the order of the file; reading stops after [`Limits::refusals_max`].
    pub refusals: Vec<Refusal>,
    /// The encoding that was recognized.
    pub encoding: Encoding,
    /// Rows that the mapping leaves out, and why; the first 10,000 of them.
    pub skipped: Vec<(u64, String)>,
    /// How many rows the mapping left out.
    pub skipped_rows: u64,
    /// Columns of a table that the mapping does not read.
    pub unused_columns: Vec<String>,
}

impl ReadReport {
    /// Whether nothing was refused.
    pub fn is_sound(&self) -> bool {
        self.refusals.is_empty()
    }
}

/// Reads a file with its mapping and hands each record to `take`.
///
/// A row with something wrong gives a refusal and no record; reading goes on to find more. What is
/// wrong with the file as a whole gives one refusal and ends the reading. Nothing panics. Memory
/// is bounded by the file's size and one row (one feature, one object).
pub fn read(
    file_name: &str,
    bytes: &[u8],
    mapping: &Mapping,
    schema: &Schema,
    limits: &Limits,
    take: &mut dyn FnMut(Record) -> Flow,
) -> ReadReport {
    let mut reading = Reading {
        builder: Builder::new(mapping, schema),
        file_name,
        limits,
        take,
        seen: HashSet::new(),
        report: ReadReport::default(),
    };
    if let Err(refusal) = reading.whole(bytes, mapping) {
        reading.report.refusals.push(refusal.file(file_name));
    }
    reading.report
}

struct Reading<'m, 't> {
    builder: Builder<'m>,
    file_name: &'t str,
    limits: &'t Limits,
    take: &'t mut dyn FnMut(Record) -> Flow,
    /// Keys of records so far, as 128 bits each.
    seen: HashSet<(u64, u64)>,
    report: ReadReport,
}

impl Reading<'_, '_> {
    fn whole(&mut self, bytes: &[u8], mapping: &Mapping) -> Result<(), Refusal> {
        let limits = self.limits;
        limits.check_file(bytes.len())?;
        let wanted = Wanted { columns: &mapping.columns.names, optional: &mapping.optional };
        if let Format::Xlsx(sheet) = &mapping.format {
            self.report.encoding = Encoding::Binary;
            return xlsx::read(bytes, sheet.as_deref(), &wanted, limits, self);
        }
        let (text, encoding) = decode(bytes)?;
        self.report.encoding = encoding;
        if mapping.encodings.is_some_and(|allowed| !allowed.contains(&encoding)) {
            return Err(Refusal::new(
                "E-ENC-03",
                "a file is in the encoding that its mapping names",
                format!("文件编码是 {},与映射所写不符", encoding.name()),
                format!("the file is in {}, not as its mapping says", encoding.name()),
            )
            .value(encoding.name()));
        }
        match &mapping.format {
            Format::Csv(delimiter) => csv::read(&text, *delimiter, &wanted, limits, self),
            Format::Json(items) => json::read(&text, items, &wanted, limits, self),
            Format::GeoJson => geojson::read(&text, &wanted, limits, self),
            Format::Xlsx(_) => Ok(()),
        }
    }

    /// `E-KEY-03`: two rows of one file have the same key.
    fn check_key(&mut self, record: &Record) -> Result<(), Refusal> {
        let half = |salt: u8| {
            let mut hasher = DefaultHasher::new();
            (salt, &record.key).hash(&mut hasher);
            hasher.finish()
        };
        if self.seen.insert((half(0), half(1))) {
            return Ok(());
        }
        let rule = "the key of a record stands once in a file";
        Err(Refusal::new("E-KEY-03", rule, "同一文件中记录标识重复", rule).value(&record.key))
    }
}

impl Sink for Reading<'_, '_> {
    fn row(&mut self, row: &Row<'_>) -> Flow {
        self.report.rows += 1;
        let built = self.builder.build(row).and_then(|built| {
            if let Built::Record(record) = &built {
                self.check_key(record)?;
            }
            Ok(built)
        });
        match built {
            Ok(Built::Record(record)) => {
                self.report.records += 1;
                self.report.statements += record.statements.len() as u64;
                (self.take)(record)
            }
            Ok(Built::Skipped(reason)) => {
                self.report.skipped_rows += 1;
                if self.report.skipped.len() < SKIPPED_LISTED_MAX {
                    self.report.skipped.push((row.number, reason));
                }
                Flow::Go
            }
            Err(refusal) => self.keep(refusal.row(row.number)),
        }
    }

    fn refuse(&mut self, refusal: Refusal) -> Flow {
        self.report.rows += 1;
        self.keep(refusal)
    }

    fn unused(&mut self, columns: Vec<String>) {
        self.report.unused_columns = columns;
    }
}

impl Reading<'_, '_> {
    fn keep(&mut self, refusal: Refusal) -> Flow {
        self.report.refusals.push(refusal.file(self.file_name));
        if self.report.refusals.len() >= self.limits.refusals_max {
            return Flow::Stop;
        }
        Flow::Go
    }
}
