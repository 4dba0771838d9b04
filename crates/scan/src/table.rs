//! Tables: every format becomes one stream of rows with named cells.

pub(crate) mod csv;
pub(crate) mod geojson;
pub(crate) mod json;
pub(crate) mod xlsx;

use kernel::Refusal;
use kernel::geometry::{Point, Shape};
use std::borrow::Cow;

/// What a caller answers to each thing it is handed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// More, please.
    Go,
    /// Enough.
    Stop,
}

/// Where a feature lies.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Geometry {
    Point(Point),
    Shape(Shape),
}

/// One row. `cells` stand in the order of the wanted columns.
pub(crate) struct Row<'a> {
    /// As a person counts: the header is row 1; objects and features count from 1.
    pub(crate) number: u64,
    /// One for each wanted column.
    pub(crate) cells: &'a [Cow<'a, str>],
    /// Of a feature.
    pub(crate) geometry: Option<Geometry>,
}

/// Which columns a reader should give, and which of them may be missing.
pub(crate) struct Wanted<'a> {
    pub(crate) columns: &'a [String],
    pub(crate) optional: &'a [bool],
}

/// Takes rows and refusals; answers whether to go on.
pub(crate) trait Sink {
    /// A sound row.
    fn row(&mut self, row: &Row<'_>) -> Flow;
    /// A row that could not be read.
    fn refuse(&mut self, refusal: Refusal) -> Flow;
    /// Columns of the file that nobody wants.
    fn unused(&mut self, columns: Vec<String>);
}

/// Checks a header and finds the wanted columns in it.
///
/// Fails with `E-HEAD-01` (a header without a name), `E-HEAD-02` (a name twice), `E-HEAD-03` (a
/// wanted column is missing). `None` stands for an optional column that is missing.
pub(crate) fn find_columns(
    header: &[&str],
    wanted: &Wanted<'_>,
    sink: &mut dyn Sink,
) -> Result<Vec<Option<usize>>, Refusal> {
    let mut places = std::collections::BTreeMap::new();
    for (index, name) in header.iter().enumerate() {
        let name = kernel::text::clean(name, 200).map_err(|r| r.row(1))?;
        let column = format!("{}", index + 1);
        if name.is_empty() {
            return Err(Refusal::new(
                "E-HEAD-01",
                "every column has a name",
                format!("第 {column} 列没有列名"),
                format!("column {column} has no name"),
            )
            .row(1)
            .column(&column));
        }
        if places.insert(name, index).is_some() {
            return Err(Refusal::new(
                "E-HEAD-02",
                "a column name stands once",
                format!("列名“{name}”重复"),
                format!("the column name `{name}` stands twice"),
            )
            .row(1)
            .column(name));
        }
    }
    let mut found = Vec::new();
    for (name, optional) in wanted.columns.iter().zip(wanted.optional) {
        let place = places.remove(name.as_str());
        if place.is_none() && !optional {
            return Err(missing_column(name, &header.join(",")));
        }
        found.push(place);
    }
    sink.unused(places.into_keys().map(str::to_string).collect());
    Ok(found)
}

fn missing_column(name: &str, header: &str) -> Refusal {
    Refusal::new(
        "E-HEAD-03",
        "a file has the columns its mapping reads",
        format!("缺少列“{name}”"),
        format!("the column `{name}` is missing"),
    )
    .row(1)
    .column(name)
    .value(header)
}

/// The refusal for a row whose number of cells is not that of the header.
pub(crate) fn ragged(row: u64, cells: usize, columns: usize) -> Refusal {
    Refusal::new(
        "E-CSV-01",
        "every row has as many cells as the header",
        format!("本行有 {cells} 格,表头有 {columns} 列"),
        format!("this row has {cells} cells, the header has {columns}"),
    )
    .row(row)
    .value(&format!("{cells} cells"))
}
