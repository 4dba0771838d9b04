//! What there is of each kind.

use crate::ask::Asked;
use crate::problem::Result;
use crate::wire::coverage::{Coverage, CoverageItem};
use crate::wire::label::{AsOf, Label};
use atlas::coverage::KindLine;

/// What there is of each kind that entities can be of, relations left out.
pub fn coverage(asked: &mut Asked<'_, '_>) -> Result<Coverage> {
    let events = atlas::source::events(asked.tx, None)?;
    let lines = atlas::coverage::kinds(asked.view, &events, asked.sight);
    let item = |line: &KindLine| {
        let kind = asked.view.schema().kind(&line.kind);
        CoverageItem {
            kind: line.kind.clone(),
            label: kind.map(|kind| Label::from(&kind.plural)).unwrap_or_default(),
            count: line.count,
            sources: line.sources,
            statements: line.statements,
            newest: line.newest.map(|day| day.to_string()),
            unresolved: line.unresolved,
            conflicts: line.contested,
            open_data: line.open_data,
            template: Some(format!("/api/v1/kinds/{}/template.csv", line.kind)),
        }
    };
    Ok(Coverage {
        items: lines.iter().map(item).collect(),
        as_of: AsOf::new(asked.as_of, asked.now),
    })
}
