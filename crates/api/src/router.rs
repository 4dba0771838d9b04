//! The whole house over HTTP, and the document that describes it.

use crate::app::App;
use crate::{front, routes, web};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// Longest JSON body, in bytes.
const JSON_BYTES_MAX: usize = 1 << 20;

/// What the document says of itself.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Xiudai",
        description = "The open operating system of an innovation district. Every read takes \
            `valid` and `known`; lists are pages of `items` and `next`; what is not answered is a \
            problem (RFC 9457) with a stable code.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    tags(
        (name = "overview", description = "What opens the house."),
        (name = "schema", description = "What a district may know."),
        (name = "search", description = "Finding entities."),
        (name = "entities", description = "What is known of an entity."),
        (name = "statements", description = "Who says what, true when, known since when."),
        (name = "graph", description = "What is connected."),
        (name = "map", description = "Where things are."),
        (name = "indicators", description = "Figures through time."),
        (name = "cube", description = "Counts along two axes."),
        (name = "changes", description = "What changed between two dates."),
        (name = "coverage", description = "What there is and what is missing."),
        (name = "sources", description = "Who says it."),
        (name = "feed", description = "What happens."),
        (name = "questions", description = "Questions that people keep."),
        (name = "imports", description = "Bringing in tables."),
        (name = "documents", description = "Reading documents, and deciding what they say."),
        (name = "judgements", description = "Whether two entities are one."),
        (name = "matching", description = "What fits a demand, and what came of it."),
        (name = "transfer", description = "Technology transfer: cases, notices, clocks, rules."),
        (name = "service", description = "Requests with clocks, packages, stewards, applications, pools."),
        (name = "compute", description = "The compute platform: cluster, jobs, vouchers, invoices."),
        (name = "session", description = "Signing in."),
        (name = "accounts", description = "Who can sign in."),
        (name = "tokens", description = "Keys for programs."),
        (name = "journal", description = "What happened, in a log nobody can rewrite unseen."),
        (name = "export", description = "Answers as files."),
        (name = "house", description = "The house itself."),
    )
)]
struct Document;

fn described() -> (Router<App>, utoipa::openapi::OpenApi) {
    let api = OpenApiRouter::with_openapi(Document::openapi())
        .nest("/api/v1", routes::all())
        .merge(routes::outside());
    let (router, mut document) = api.split_for_parts();
    document.info.version = env!("CARGO_PKG_VERSION").to_string();
    document.servers = None;
    crate::document::complete(&mut document);
    (router, document)
}

/// The document of the API, OpenAPI 3.1.
pub fn openapi() -> utoipa::openapi::OpenApi {
    described().1
}

/// The whole house over HTTP.
pub fn router(app: App) -> Router {
    let (routes, _) = described();
    let guarded = routes
        .merge(routes::twins())
        .route("/api/{*rest}", axum::routing::any(front::no_route))
        .route("/api", axum::routing::any(front::no_route))
        .method_not_allowed_fallback(front::no_method)
        .layer(from_fn_with_state(app.clone(), crate::repeat::once))
        .layer(DefaultBodyLimit::max(JSON_BYTES_MAX))
        .layer(from_fn_with_state(app.clone(), front::admit));
    guarded
        .merge(routes::open())
        .fallback(web::serve)
        .layer(from_fn(front::hurry))
        .layer(CatchPanicLayer::custom(front::caught))
        .layer(from_fn_with_state(app.clone(), front::dress))
        .layer(CompressionLayer::new())
        .with_state(app)
}
