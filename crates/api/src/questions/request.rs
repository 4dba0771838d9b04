//! A question by its address: what people save, and what the command line asks.

use super::{
    CellParams, ChangesParams, ChoroplethParams, CubeParams, GraphParams, PathsParams,
    SearchParams, SeriesParams, StatementsParams,
};
use crate::ask::{Asked, PageParams, take_as_of};
use crate::params::{FromParams, Params};
use crate::problem::{Problem, Result};
use atlas::AsOf;
use kernel::canon::{hex, sha256};
use kernel::{EntityId, StatementId, Timestamp};
use serde::Serialize;
use serde_json::Value;

/// A question that was read from its address and can be asked again and again.
#[derive(Debug, Clone)]
pub struct Request {
    /// The point of view; of a question without one, that of the moment it was read.
    pub as_of: AsOf,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    Overview,
    Schema,
    Search(SearchParams),
    Entity(EntityId),
    History(EntityId, PageParams),
    Statements(StatementsParams),
    Statement(StatementId),
    Graph(GraphParams),
    Paths(PathsParams),
    Map(String),
    Choropleth(ChoroplethParams),
    Indicators,
    Series(String, SeriesParams),
    Cube(CubeParams),
    Cell(Box<(CubeParams, CellParams)>),
    Changes(ChangesParams),
    Coverage,
    Sources(PageParams),
    Source(String),
    Feed(PageParams),
}

impl Request {
    /// Reads an address below `/api/v1`, such as `/indicators/ai_firms/series?entity=E1`.
    ///
    /// Fails with `E-ROUTE-01` for an address that is no question, and as its parameters do.
    pub fn parse(address: &str, now: Timestamp) -> Result<Request> {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let mut params = Params::parse(query)?;
        let as_of = take_as_of(&mut params, now)?;
        let path = path.strip_prefix("/api/v1").unwrap_or(path);
        let parts: Vec<String> =
            path.trim_matches('/').split('/').map(decode).collect::<Result<_>>()?;
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let what = read(&parts, &mut params)?;
        params.done()?;
        Ok(Request { as_of, what })
    }

    /// The answer, as it goes over the wire.
    pub fn answer(&self, asked: &mut Asked<'_, '_>) -> Result<Value> {
        match &self.what {
            What::Overview => json(super::overview(asked)?),
            What::Schema => json(super::schema(asked)?),
            What::Search(params) => json(super::search(asked, params)?),
            What::Entity(id) => json(super::entity(asked, *id)?),
            What::History(id, page) => json(super::history(asked, *id, page)?),
            What::Statements(params) => json(super::statements(asked, params)?),
            What::Statement(id) => json(super::statement(asked, *id)?),
            What::Graph(params) => json(super::graph(asked, params)?),
            What::Paths(params) => json(super::paths(asked, params)?),
            What::Map(layer) => json(super::map(asked, layer)?),
            What::Choropleth(params) => json(super::choropleth(asked, params)?),
            What::Indicators => json(super::indicators(asked)?),
            What::Series(key, params) => json(super::series(asked, key, params)?),
            What::Cube(params) => json(super::cube(asked, params)?),
            What::Cell(both) => json(super::cell(asked, &both.0, &both.1)?),
            What::Changes(params) => json(super::changes(asked, params)?),
            What::Coverage => json(super::coverage(asked)?),
            What::Sources(page) => json(super::sources(asked, page)?),
            What::Source(key) => json(super::source(asked, key)?),
            What::Feed(page) => json(super::feed(asked, page)?),
        }
    }
}

fn read(parts: &[&str], params: &mut Params) -> Result<What> {
    Ok(match parts {
        ["overview" | ""] => What::Overview,
        ["schema"] => What::Schema,
        ["search"] => What::Search(SearchParams::take(params)?),
        ["entities", id] => What::Entity(id.parse()?),
        ["entities", id, "history"] => What::History(id.parse()?, PageParams::take(params)?),
        ["statements"] => What::Statements(StatementsParams::take(params)?),
        ["statements", id] => What::Statement(id.parse()?),
        ["graph"] => What::Graph(GraphParams::take(params)?),
        ["graph", "paths"] => What::Paths(PathsParams::take(params)?),
        ["map", "choropleth"] => What::Choropleth(ChoroplethParams::take(params)?),
        ["map", layer] => What::Map((*layer).to_string()),
        ["indicators"] => What::Indicators,
        ["indicators", key] | ["indicators", key, "series"] => {
            What::Series((*key).to_string(), SeriesParams::take(params)?)
        }
        ["cube"] => What::Cube(CubeParams::take(params)?),
        ["cube", "cell"] => {
            What::Cell(Box::new((CubeParams::take(params)?, CellParams::take(params)?)))
        }
        ["changes"] => What::Changes(ChangesParams::take(params)?),
        ["coverage"] => What::Coverage,
        ["sources"] => What::Sources(PageParams::take(params)?),
        ["sources", key] => What::Source((*key).to_string()),
        ["feed"] => What::Feed(PageParams::take(params)?),
        _ => return Err(no_question(&parts.join("/"))),
    })
}

fn no_question(path: &str) -> Problem {
    Problem::new(
        axum::http::StatusCode::UNPROCESSABLE_ENTITY,
        "E-ROUTE-02",
        "这个地址不是一个可以提出的问题",
        "this address is not a question that can be asked",
    )
    .column("path")
    .value(path)
    .rule("a question is the address of a read below /api/v1, with its parameters")
}

/// One part of a path: `%` escapes count, `+` is itself.
fn decode(part: &str) -> Result<String> {
    let mut params = Params::parse(&format!("part={}", part.replace('+', "%2B")))?;
    Ok(params.all("part").pop().unwrap_or_default())
}

fn json<T: Serialize>(answer: T) -> Result<Value> {
    serde_json::to_value(answer).map_err(|error| Problem::broken(format!("no JSON: {error}")))
}

/// A digest of an answer by which it is known whether it changed; how long it took, when it was
/// asked and how the journal stands do not count.
pub(crate) fn digest(answer: &Value) -> String {
    let mut answer = answer.clone();
    if let Value::Object(object) = &mut answer {
        for passing in ["took_us", "as_of", "journal", "latest_changes"] {
            object.remove(passing);
        }
    }
    hex(&sha256(answer.to_string().as_bytes()))
}
