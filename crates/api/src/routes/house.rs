//! The house itself: whether it lives, what it measures, how it is described.

use crate::app::App;
use crate::ask::Args;
use crate::gauge;
use crate::problem::{Problem, Problems, Result};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Below `/api/v1`.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_openapi))
}

/// What watches the house asks these; they are not counted against a rate.
pub(super) fn open() -> Router<App> {
    Router::new()
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        .route("/metrics", get(metrics))
        .method_not_allowed_fallback(crate::front::no_method)
}

/// The description of this API, OpenAPI 3.1.
#[utoipa::path(
    get, path = "/openapi.json", operation_id = "get_openapi", tag = "house",
    responses((status = 200, description = "The document.", body = Object), Problems)
)]
async fn get_openapi(_: Args<()>) -> Result<Response> {
    let text = crate::router::openapi().to_json();
    let text = text.map_err(|error| Problem::broken(format!("no document: {error}")))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}

async fn live() -> Response {
    axum::Json(json!({ "status": "live" })).into_response()
}

/// Ready once the atlas is in memory and storage answers.
async fn ready(State(app): State<App>) -> Result<Response> {
    let size = app.blocking(|app| app.see(|_, view| Ok(view.event_count()))).await;
    match size {
        Ok(size) => {
            Ok(axum::Json(json!({ "status": "ready", "journal_size": size })).into_response())
        }
        Err(problem) => {
            tracing::warn!(cause = problem.cause(), "not ready");
            Err(Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "E-BUSY-03",
                "尚未就绪",
                "not ready: storage does not answer",
            )
            .retry_after(5))
        }
    }
}

async fn metrics(State(app): State<App>) -> Result<Response> {
    let text = app.blocking(gauge::text).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}
