//! Reads: each handler is one line over its question.

use crate::app::App;
use crate::ask::{AsOfParams, Ask, PageParams};
use crate::extract::Key;
use crate::problem::{Problems, Result};
use crate::questions::{
    self, CellParams, ChangesParams, ChoroplethParams, CubeParams, GraphParams, PathsParams,
    SearchParams, SeriesParams, StatementsParams,
};
use crate::wire;
use axum::response::Response;
use kernel::{EntityId, StatementId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The reads.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_overview))
        .routes(routes!(get_schema))
        .routes(routes!(search))
        .routes(routes!(get_entity))
        .routes(routes!(get_history))
        .routes(routes!(list_statements))
        .routes(routes!(get_statement))
        .routes(routes!(get_graph))
        .routes(routes!(get_paths))
        .routes(routes!(get_map))
        .routes(routes!(get_choropleth))
        .routes(routes!(list_indicators))
        .routes(routes!(get_series))
        .routes(routes!(get_cube))
        .routes(routes!(get_cell))
        .routes(routes!(list_changes))
        .routes(routes!(get_coverage))
        .routes(routes!(list_sources))
        .routes(routes!(get_source))
        .routes(routes!(list_feed))
}

/// What opens the house: headline figures, kinds, changes, what needs someone.
#[utoipa::path(
    get, path = "/overview", operation_id = "get_overview", tag = "overview",
    params(AsOfParams),
    responses((status = 200, description = "The answer.", body = wire::Overview), Problems)
)]
async fn get_overview(ask: Ask<()>) -> Result<Response> {
    ask.json(|asked, ()| questions::overview(asked)).await
}

/// Kinds, properties, concepts and units.
#[utoipa::path(
    get, path = "/schema", operation_id = "get_schema", tag = "schema",
    params(AsOfParams),
    responses((status = 200, description = "The answer.", body = wire::Schema), Problems)
)]
async fn get_schema(ask: Ask<()>) -> Result<Response> {
    ask.json(|asked, ()| questions::schema(asked)).await
}

/// Entities by what people type, with counts by kind, place, industry and year.
#[utoipa::path(
    get, path = "/search", operation_id = "search", tag = "search",
    params(AsOfParams, SearchParams),
    responses((status = 200, description = "The answer.", body = wire::SearchAnswer), Problems)
)]
async fn search(ask: Ask<SearchParams>) -> Result<Response> {
    ask.json(questions::search).await
}

/// The page of an entity.
#[utoipa::path(
    get, path = "/entities/{id}", operation_id = "get_entity", tag = "entities",
    params(("id" = String, Path, description = "Id of the entity, `E12`."), AsOfParams),
    responses((status = 200, description = "The answer.", body = wire::EntityPage), Problems)
)]
async fn get_entity(Key(id): Key<EntityId>, ask: Ask<()>) -> Result<Response> {
    ask.json(move |asked, ()| questions::entity(asked, id)).await
}

/// Every recorded change of what is known of an entity, newest first.
#[utoipa::path(
    get, path = "/entities/{id}/history", operation_id = "get_history", tag = "entities",
    params(("id" = String, Path, description = "Id of the entity, `E12`."), AsOfParams, PageParams),
    responses(
        (status = 200, description = "The answer.", body = wire::Page<wire::HistoryItem>),
        Problems
    )
)]
async fn get_history(Key(id): Key<EntityId>, ask: Ask<PageParams>) -> Result<Response> {
    ask.json(move |asked, page| questions::history(asked, id, page)).await
}

/// Statements that stand, in the order of recording.
#[utoipa::path(
    get, path = "/statements", operation_id = "list_statements", tag = "statements",
    params(AsOfParams, StatementsParams),
    responses(
        (status = 200, description = "The answer.", body = wire::Page<wire::Statement>),
        Problems
    )
)]
async fn list_statements(ask: Ask<StatementsParams>) -> Result<Response> {
    ask.json(questions::statements).await
}

/// One statement, ended or not.
#[utoipa::path(
    get, path = "/statements/{id}", operation_id = "get_statement", tag = "statements",
    params(("id" = String, Path, description = "Id of the statement, `S34`."), AsOfParams),
    responses((status = 200, description = "The answer.", body = wire::Statement), Problems)
)]
async fn get_statement(Key(id): Key<StatementId>, ask: Ask<()>) -> Result<Response> {
    ask.json(move |asked, ()| questions::statement(asked, id)).await
}

/// What stands around an entity.
#[utoipa::path(
    get, path = "/graph", operation_id = "get_graph", tag = "graph",
    params(AsOfParams, GraphParams),
    responses((status = 200, description = "The answer.", body = wire::Graph), Problems)
)]
async fn get_graph(ask: Ask<GraphParams>) -> Result<Response> {
    ask.json(questions::graph).await
}

/// The shortest ways between two entities.
#[utoipa::path(
    get, path = "/graph/paths", operation_id = "get_paths", tag = "graph",
    params(AsOfParams, PathsParams),
    responses((status = 200, description = "The answer.", body = wire::Paths), Problems)
)]
async fn get_paths(ask: Ask<PathsParams>) -> Result<Response> {
    ask.json(questions::paths).await
}

/// A layer of the map as GeoJSON.
#[utoipa::path(
    get, path = "/map/{layer}", operation_id = "get_map", tag = "map",
    params(
        (
            "layer" = String, Path,
            description = "`districts`, `streets`, `metro_lines`, `metro_stations`, `belts`, \
                `entities`."
        ),
        AsOfParams
    ),
    responses((status = 200, description = "The answer.", body = wire::FeatureCollection), Problems)
)]
async fn get_map(Key(layer): Key<String>, ask: Ask<()>) -> Result<Response> {
    ask.json(move |asked, ()| questions::map(asked, &layer)).await
}

/// An indicator over streets or districts.
#[utoipa::path(
    get, path = "/map/choropleth", operation_id = "get_choropleth", tag = "map",
    params(AsOfParams, ChoroplethParams),
    responses((status = 200, description = "The answer.", body = wire::Choropleth), Problems)
)]
async fn get_choropleth(ask: Ask<ChoroplethParams>) -> Result<Response> {
    ask.json(questions::choropleth).await
}

/// Every indicator that has a claim.
#[utoipa::path(
    get, path = "/indicators", operation_id = "list_indicators", tag = "indicators",
    params(AsOfParams),
    responses(
        (status = 200, description = "The answer.", body = wire::Page<wire::IndicatorSummary>),
        Problems
    )
)]
async fn list_indicators(ask: Ask<()>) -> Result<Response> {
    ask.json(|asked, ()| questions::indicators(asked)).await
}

/// Every dated claim of an indicator, with what disagrees.
#[utoipa::path(
    get, path = "/indicators/{key}/series", operation_id = "get_series", tag = "indicators",
    params(("key" = String, Path, description = "Key of the indicator."), AsOfParams, SeriesParams),
    responses((status = 200, description = "The answer.", body = wire::Series), Problems)
)]
async fn get_series(Key(key): Key<String>, ask: Ask<SeriesParams>) -> Result<Response> {
    ask.json(move |asked, params| questions::series(asked, &key, params)).await
}

/// Counts along two axes.
#[utoipa::path(
    get, path = "/cube", operation_id = "get_cube", tag = "cube",
    params(AsOfParams, CubeParams),
    responses((status = 200, description = "The answer.", body = wire::Cube), Problems)
)]
async fn get_cube(ask: Ask<CubeParams>) -> Result<Response> {
    ask.json(questions::cube).await
}

/// The statements and entities behind a cell.
#[utoipa::path(
    get, path = "/cube/cell", operation_id = "get_cell", tag = "cube",
    params(AsOfParams, CubeParams, CellParams),
    responses((status = 200, description = "The answer.", body = wire::CubeCell), Problems)
)]
async fn get_cell(ask: Ask<(CubeParams, CellParams)>) -> Result<Response> {
    ask.json(|asked, (cube, cell)| questions::cell(asked, cube, cell)).await
}

/// What changed between two dates.
#[utoipa::path(
    get, path = "/changes", operation_id = "list_changes", tag = "changes",
    params(AsOfParams, ChangesParams),
    responses((status = 200, description = "The answer.", body = wire::Changes), Problems)
)]
async fn list_changes(ask: Ask<ChangesParams>) -> Result<Response> {
    ask.json(questions::changes).await
}

/// What there is of each kind.
#[utoipa::path(
    get, path = "/coverage", operation_id = "get_coverage", tag = "coverage",
    params(AsOfParams),
    responses((status = 200, description = "The answer.", body = wire::Coverage), Problems)
)]
async fn get_coverage(ask: Ask<()>) -> Result<Response> {
    ask.json(|asked, ()| questions::coverage(asked)).await
}

/// Every source, in the order of recording.
#[utoipa::path(
    get, path = "/sources", operation_id = "list_sources", tag = "sources",
    params(AsOfParams, PageParams),
    responses(
        (status = 200, description = "The answer.", body = wire::Page<wire::Source>),
        Problems
    )
)]
async fn list_sources(ask: Ask<PageParams>) -> Result<Response> {
    ask.json(questions::sources).await
}

/// A source with its documents and scans.
#[utoipa::path(
    get, path = "/sources/{key}", operation_id = "get_source", tag = "sources",
    params(("key" = String, Path, description = "Key of the source, as one segment."), AsOfParams),
    responses((status = 200, description = "The answer.", body = wire::SourcePage), Problems)
)]
async fn get_source(Key(key): Key<String>, ask: Ask<()>) -> Result<Response> {
    ask.json(move |asked, ()| questions::source(asked, &key)).await
}

/// What happened, newest first.
#[utoipa::path(
    get, path = "/feed", operation_id = "list_feed", tag = "feed",
    params(AsOfParams, PageParams),
    responses(
        (status = 200, description = "The answer.", body = wire::Page<wire::FeedItem>),
        Problems
    )
)]
async fn list_feed(ask: Ask<PageParams>) -> Result<Response> {
    ask.json(questions::feed).await
}
