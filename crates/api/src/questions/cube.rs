//! The cube and what is behind its cells.

use crate::ask::Asked;
use crate::params::{FromParams, Params, bad, wrong};
use crate::problem::Result;
use crate::wire::cube::{Axis, CellCount, Cube, CubeCell, Member, Total};
use crate::wire::label::Page;
use atlas::cube::{Axis as Along, Measure, Wish, member_label};
use kernel::StatementId;
use std::time::Instant;
use utoipa::IntoParams;

/// What of the cube is wanted.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CubeParams {
    /// Axis down: `kind`, `street`, `industry`, `source` or `year`.
    #[param(value_type = String, required = false, default = "kind")]
    pub rows: Along,
    /// Axis across, another one.
    #[param(value_type = String, required = false, default = "street")]
    pub columns: Along,
    /// What is counted: `entities` or `statements`.
    #[param(value_type = String, required = false, default = "entities")]
    pub measure: Measure,
    /// Kinds to keep, repeated.
    #[param(required = false)]
    pub kind: Vec<String>,
    /// Streets to keep (`E12`), repeated; empty for "not stated".
    #[param(required = false)]
    pub street: Vec<String>,
    /// Industries to keep (`scheme:key`), repeated; empty for "not stated".
    #[param(required = false)]
    pub industry: Vec<String>,
    /// Sources to keep, repeated.
    #[param(required = false)]
    pub source: Vec<String>,
    /// Years to keep, repeated; empty for "not stated".
    #[param(required = false)]
    pub year: Vec<String>,
}

fn axis(params: &mut Params, name: &str, usual: Along) -> Result<Along> {
    let text = params.sent(name)?;
    let axis = text.map(|text| Along::from_name(&text).map_err(|refusal| bad(name, refusal)));
    Ok(axis.transpose()?.unwrap_or(usual))
}

impl FromParams for CubeParams {
    fn take(params: &mut Params) -> Result<CubeParams> {
        let measure = match params.sent("measure")?.as_deref() {
            None | Some("entities") => Measure::Entities,
            Some("statements") => Measure::Statements,
            Some(other) => {
                return Err(
                    wrong("E-QUERY-02", "measure", other).rule("`entities` or `statements`")
                );
            }
        };
        Ok(CubeParams {
            rows: axis(params, "rows", Along::Kind)?,
            columns: axis(params, "columns", Along::Street)?,
            measure,
            kind: params.all("kind"),
            street: params.all("street"),
            industry: params.all("industry"),
            source: params.all("source"),
            year: params.all("year"),
        })
    }
}

impl CubeParams {
    fn wish(&self) -> Wish {
        Wish {
            rows: self.rows,
            columns: self.columns,
            measure: self.measure,
            filters: vec![
                (Along::Kind, self.kind.clone()),
                (Along::Street, self.street.clone()),
                (Along::Industry, self.industry.clone()),
                (Along::Source, self.source.clone()),
                (Along::Year, self.year.clone()),
            ],
        }
    }
}

/// A table of counts along two axes.
pub fn cube(asked: &mut Asked<'_, '_>, params: &CubeParams) -> Result<Cube> {
    let started = Instant::now();
    let found = atlas::cube::cube(asked.view, &params.wish(), asked.sight)?;
    let member = |along: Along, key: &String| Member {
        key: key.clone(),
        label: member_label(asked.view, along, key).into(),
    };
    let side = |along: Along, keys: &[String]| Axis {
        axis: along.name().to_string(),
        label: along.label().into(),
        members: keys.iter().map(|key| member(along, key)).collect(),
    };
    let total = |(key, value): (&String, &u64)| Total { key: key.clone(), value: *value };
    let cell = |(row, column, value): &(usize, usize, u64)| CellCount {
        row: found.rows[*row].clone(),
        column: found.columns[*column].clone(),
        value: *value,
    };
    Ok(Cube {
        rows: side(params.rows, &found.rows),
        columns: side(params.columns, &found.columns),
        measure: match params.measure {
            Measure::Entities => "entities".to_string(),
            Measure::Statements => "statements".to_string(),
        },
        cells: found.cells.iter().map(cell).collect(),
        row_totals: found.rows.iter().zip(&found.row_totals).map(total).collect(),
        column_totals: found.columns.iter().zip(&found.column_totals).map(total).collect(),
        total: found.total,
        took_us: super::micros(started),
    })
}

/// Which cell.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CellParams {
    /// Key of the row; empty for "not stated".
    pub row: String,
    /// Key of the column; empty for "not stated".
    pub column: String,
    /// `next` of the page before.
    #[param(value_type = Option<String>)]
    pub after: Option<StatementId>,
    /// Items at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: usize,
}

impl FromParams for CellParams {
    fn take(params: &mut Params) -> Result<CellParams> {
        let row = params.one("row")?.unwrap_or_default();
        let column = params.one("column")?.unwrap_or_default();
        Ok(CellParams { row, column, after: params.read("after")?, limit: params.limit()? })
    }
}

impl<A: FromParams, B: FromParams> FromParams for (A, B) {
    fn take(params: &mut Params) -> Result<(A, B)> {
        Ok((A::take(params)?, B::take(params)?))
    }
}

/// The statements and entities behind a cell.
pub fn cell(asked: &mut Asked<'_, '_>, params: &CubeParams, cell: &CellParams) -> Result<CubeCell> {
    let after = cell.after.and_then(|id| u32::try_from(id.0 - 1).ok());
    let (view, sight, wish) = (asked.view, asked.sight, params.wish());
    let (row, column, limit) = (&cell.row, &cell.column, cell.limit + 1);
    let (at, entities) = atlas::cube::cell(view, &wish, row, column, sight, after, limit)?;
    let statements = atlas::page::fetch(asked.tx, &at)?;
    let look = asked.look();
    let page = Page::cut(look.statements(&statements), cell.limit, |s| s.id.clone());
    Ok(CubeCell {
        items: page.items,
        entities: entities.iter().map(|entity| look.entity(*entity)).collect(),
        next: page.next,
    })
}
