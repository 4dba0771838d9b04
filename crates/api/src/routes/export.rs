//! Answers as files.

use crate::app::App;
use crate::ask::{AsOfParams, Ask};
use crate::export::Order;
use crate::extract::Key;
use crate::params::Params;
use crate::problem::{Problem, Problems, Result};
use axum::response::Response;
use identity::Act;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Exports.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(export))
}

/// As what an answer is taken out.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only the document reads it")]
struct ExportParams {
    /// `csv`, `xlsx`, `geojson`, `jsonld` or `nt`.
    format: String,
    /// Which entity, for `entity` and `series`.
    entity: Option<String>,
    /// Which indicator, for `series` and `choropleth`.
    indicator: Option<String>,
    /// Which layer, for `map`.
    layer: Option<String>,
}

/// An answer as a file. Without `limit` all of it, 20,000 rows at most.
///
/// The parameters of the question are the same as where it is read. In CSV and XLSX a text that a
/// spreadsheet could take for a formula gets an apostrophe in front.
#[utoipa::path(
    get, path = "/export/{question}", operation_id = "export", tag = "export",
    params(
        (
            "question" = String,
            Path,
            description = "`search`, `entity`, `graph`, `paths`, `map`, `choropleth`, `series`, \
                `cube`, `changes`, `coverage`, `sources` or `statements`."
        ),
        ExportParams, AsOfParams
    ),
    responses(
        (
            status = 200,
            description = "The file.",
            content(
                (String = "text/csv"),
                (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
                (Object = "application/geo+json"),
                (Object = "application/ld+json"),
                (String = "application/n-triples"),
            )
        ),
        Problems
    )
)]
async fn export(Key(question): Key<String>, ask: Ask<Params>) -> Result<Response> {
    ask.caller.allow(Act::Export)?;
    let mut params = ask.params.clone();
    let order = Order::read(&question, &mut params)?;
    params.done()?;
    let base = ask.app.settings().base_url.clone();
    // Given back when the file is made, also if whoever asked has left meanwhile.
    let room = ask.app.exports().acquire_owned().await;
    let room = room.map_err(|_| Problem::broken("closed"))?;
    ask.file(move |asked, _| {
        let _room = &room;
        order.fill(asked, &base)
    })
    .await
}
