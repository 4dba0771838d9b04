//! Serving and asking, so that nobody else needs to know what carries HTTP.

use crate::app::App;
use crate::router::router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use std::future::Future;
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tower::ServiceExt as _;

/// Bytes of one answer to a question asked without a server, at most.
const ANSWER_BYTES_MAX: usize = 1 << 30;

/// Serves until `stop` ends; then open streams are closed and requests under way finished.
///
/// Fails when the listener does.
pub async fn serve(
    listener: TcpListener,
    app: App,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let closing = app.clone();
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    let stop = async move {
        stop.await;
        // Open streams would otherwise hold the door.
        closing.close();
    };
    axum::serve(listener, service).with_graceful_shutdown(stop).await
}

/// The answer to a GET of this address (path and query), without a server: status and body.
///
/// Fails for an address that is none, and for an answer of more than a gigabyte.
pub async fn answer(app: App, address: &str) -> std::io::Result<(u16, Vec<u8>)> {
    let request = Request::get(address).body(Body::empty()).map_err(std::io::Error::other)?;
    let response = match router(app).oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), ANSWER_BYTES_MAX).await;
    Ok((status, body.map_err(std::io::Error::other)?.to_vec()))
}
