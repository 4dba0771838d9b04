//! The graph around an entity, and the ways between two.

use crate::ask::Asked;
use crate::params::{FromParams, Params};
use crate::problem::{Problem, Result};
use crate::wire::{Graph, Paths};
use atlas::graph::Wish;
use kernel::EntityId;
use utoipa::IntoParams;

/// What of the graph is wanted.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct GraphParams {
    /// Where to begin, `E12`.
    #[param(value_type = String)]
    pub focus: EntityId,
    /// Steps away from it.
    #[param(minimum = 1, maximum = 3, default = 1)]
    pub hops: usize,
    /// Kinds to keep, between commas.
    #[param(value_type = Option<String>)]
    pub kinds: Vec<String>,
    /// Properties or kinds of relation to follow, between commas.
    #[param(value_type = Option<String>)]
    pub relations: Vec<String>,
    /// Nodes at most.
    #[param(minimum = 1, maximum = 2000, default = 300)]
    pub limit: usize,
}

impl FromParams for GraphParams {
    fn take(params: &mut Params) -> Result<GraphParams> {
        let focus = params.need("focus")?;
        Ok(GraphParams {
            focus: focus.parse().map_err(|refusal| crate::params::bad("focus", refusal))?,
            hops: params.number("hops", 1, 3)?.unwrap_or(1),
            kinds: params.words("kinds"),
            relations: params.words("relations"),
            limit: params.number("limit", 1, 2_000)?.unwrap_or(300),
        })
    }
}

/// What stands around an entity.
pub fn graph(asked: &mut Asked<'_, '_>, params: &GraphParams) -> Result<Graph> {
    super::exists(asked, Some(params.focus))?;
    for kind in &params.kinds {
        super::kind_exists(asked, Some(kind))?;
    }
    let schema = asked.view.schema();
    for relation in &params.relations {
        if schema.property(relation).is_none() && schema.kind(relation).is_none() {
            return Err(Problem::missing("property", relation));
        }
    }
    let wish = Wish {
        focus: params.focus,
        hops: params.hops as u8,
        kinds: params.kinds.clone(),
        relations: params.relations.clone(),
        limit: params.limit,
    };
    let graph = atlas::graph::around(asked.view, &wish, asked.sight);
    Ok(asked.look().graph(&graph))
}

/// Between whom.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PathsParams {
    /// One end, `E1`.
    #[param(value_type = String)]
    pub from: EntityId,
    /// The other, `E2`.
    #[param(value_type = String)]
    pub to: EntityId,
    /// Steps at most.
    #[param(minimum = 1, maximum = 8, default = 6)]
    pub max_hops: usize,
    /// Ways at most.
    #[param(minimum = 1, maximum = 20, default = 5)]
    pub limit: usize,
}

impl FromParams for PathsParams {
    fn take(params: &mut Params) -> Result<PathsParams> {
        let mut end = |name: &str| {
            let text = params.need(name)?;
            text.parse().map_err(|refusal| crate::params::bad(name, refusal))
        };
        let (from, to) = (end("from")?, end("to")?);
        Ok(PathsParams {
            from,
            to,
            max_hops: params.number("max_hops", 1, 8)?.unwrap_or(6),
            limit: params.number("limit", 1, 20)?.unwrap_or(5),
        })
    }
}

/// The shortest ways between two entities.
pub fn paths(asked: &mut Asked<'_, '_>, params: &PathsParams) -> Result<Paths> {
    super::exists(asked, Some(params.from))?;
    super::exists(asked, Some(params.to))?;
    let hops = params.max_hops as u8;
    let (view, sight) = (asked.view, asked.sight);
    let found = atlas::graph::paths(view, params.from, params.to, hops, params.limit, sight);
    let look = asked.look();
    Ok(Paths { paths: found.iter().map(|path| look.path(path)).collect() })
}
