//! The questions: plain functions from one snapshot, a point of view and parameters to what goes
//! over the wire. The API, the exports, saved questions and the command line all call these.

mod changes;
pub(crate) mod compute;
mod coverage;
mod cube;
mod document;
mod entity;
mod feed;
mod graph;
mod map;
mod matching;
mod overview;
mod pairs;
pub(crate) mod policy;
mod request;
mod search;
mod series;
pub(crate) mod service;
pub(crate) mod sharing;
mod source;
mod statement;
pub(crate) mod suppose;
pub(crate) mod transfer;

pub use changes::{ChangesParams, changes};
pub use coverage::coverage;
pub use cube::{CellParams, CubeParams, cell, cube};
pub use document::{document, documents};
pub use entity::{entity, history};
pub use feed::{feed, feed_since};
pub use graph::{GraphParams, PathsParams, graph, paths};
pub use map::{ChoroplethParams, choropleth, map};
pub use matching::{matches, vocabulary};
pub use overview::overview;
pub use pairs::{PairCache, PairParams, pairs};
pub use request::Request;
pub(crate) use request::digest;
pub use search::{SearchParams, search};
pub use series::{SeriesParams, indicators, series};
pub use source::{source, sources};
pub use statement::{StatementsParams, statement, statements};

use crate::ask::Asked;
use crate::params::wrong;
use crate::problem::{Problem, Result};
use crate::wire;
use kernel::EntityId;
use std::time::Instant;

/// Kinds, properties, concepts and units.
pub fn schema(asked: &mut Asked<'_, '_>) -> Result<wire::Schema> {
    Ok(wire::Schema::from(asked.view.schema()))
}

/// The entity of the district, once the atlas knows it.
pub(crate) fn district(asked: &Asked<'_, '_>) -> Option<EntityId> {
    let name = asked.district.name.as_str();
    let ids = (1..=asked.view.entity_count() as i64).map(EntityId);
    ids.filter(|id| asked.view.kind_key(*id) == "district" && asked.view.exists(*id, asked.sight))
        .find(|id| asked.view.names(*id).zh == name)
}

/// Fails with `E-FIND-01` when there is no such entity.
fn exists(asked: &Asked<'_, '_>, entity: Option<EntityId>) -> Result<()> {
    match entity {
        Some(id) if !asked.view.exists(id, asked.sight) => {
            Err(Problem::missing("entity", &id.to_string()))
        }
        _ => Ok(()),
    }
}

/// Fails with `E-FIND-01` when there is no such kind.
fn kind_exists(asked: &Asked<'_, '_>, kind: Option<&str>) -> Result<()> {
    match kind {
        Some(key) if asked.view.schema().kind(key).is_none() => Err(Problem::missing("kind", key)),
        _ => Ok(()),
    }
}

/// `E-QUERY-02`: a place in a list that no answer gave.
pub(crate) fn bad_place(text: &str) -> Problem {
    wrong("E-QUERY-02", "after", text).rule("`after` is the `next` of an earlier answer")
}

/// Microseconds since an instant.
fn micros(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX)
}
