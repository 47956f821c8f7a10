//! The HTTP server around a router: request ids, traces, limits, health, graceful end.

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    body::HttpBody,
    extract::{DefaultBodyLimit, Request},
    http::{HeaderName, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use futures::future::BoxFuture;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    sensitive_headers::SetSensitiveHeadersLayer,
    trace::TraceLayer,
};

use crate::{Problem, arrival, problem, telemetry};

/// Requests that take longer are answered 504.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);
/// The same where a body of more than ordinary size, or of untold length, has to arrive first.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(310);
/// How long running requests may take to finish after the signal to stop.
const DRAIN_MAX: Duration = Duration::from_secs(20);
/// The largest JSON body; uploads have their own limit on their own route.
pub const BODY_MAX_BYTES: usize = 1024 * 1024;

/// Whether the service can do its work now; `Err` says what is missing.
pub type ReadyCheck = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// Puts the common layers around a router: outermost request ids, then traces, metrics, language, limits.
pub fn dress(router: Router) -> Router {
    let request_id = HeaderName::from_static("x-request-id");
    let layers = ServiceBuilder::new()
        .layer(SetRequestIdLayer::new(request_id.clone(), MakeRequestUuid))
        .layer(SetSensitiveHeadersLayer::new([header::AUTHORIZATION, header::COOKIE, header::SET_COOKIE]))
        .layer(TraceLayer::new_for_http().make_span_with(telemetry::request_span))
        .layer(PropagateRequestIdLayer::new(request_id))
        .layer(middleware::from_fn(telemetry::measure))
        .layer(middleware::from_fn(problem::speak))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(in_time))
        .layer(middleware::map_request(arrival::lingering))
        .layer(DefaultBodyLimit::max(BODY_MAX_BYTES));
    router.fallback(|| async { Problem::not_found() }).layer(layers)
}

/// The last resort against a request that never ends.
async fn in_time(request: Request, next: Next) -> Response {
    let length = request.body().size_hint().exact();
    let ordinary = length.is_some_and(|length| length <= BODY_MAX_BYTES as u64);
    let most = if ordinary { REQUEST_TIMEOUT } else { UPLOAD_TIMEOUT };
    let answered = tokio::time::timeout(most, next.run(request)).await;
    answered.unwrap_or_else(|_| Problem::unanswered().into_response())
}

fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    Problem::fault(&"a handler panicked").into_response()
}

/// `/health/live`, which never waits on anything, `/health/ready` and `/metrics`.
pub fn health(ready: ReadyCheck) -> Router {
    Router::new()
        .route("/health/live", get(|| async { Json(serde_json::json!({ "status": "live" })) }))
        .route(
            "/health/ready",
            get(move || {
                let ready = Arc::clone(&ready);
                async move {
                    match ready().await {
                        Ok(()) => Json(serde_json::json!({ "status": "ready" })).into_response(),
                        Err(reason) => Problem::unavailable(2).with("missing", reason).into_response(),
                    }
                }
            }),
        )
        .route("/metrics", get(telemetry::metrics_page))
}

/// Serves until `stop`, then lets running requests finish.
///
/// # Errors
/// When the listener fails.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) -> std::io::Result<()> {
    let stopping = stop.clone();
    let app = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
    let server = axum::serve(listener, app).with_graceful_shutdown(async move { stopping.cancelled().await });
    tokio::select! {
        served = server => served,
        () = async { stop.cancelled().await; tokio::time::sleep(DRAIN_MAX).await } => {
            tracing::warn!("some requests did not finish in time and were cut");
            Ok(())
        }
    }
}

/// Cancels `stop` on Ctrl-C or SIGTERM.
pub async fn stop_on_signal(stop: CancellationToken) {
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminate => {}
    }
    tracing::info!("stopping: running requests finish, nothing new is taken");
    stop.cancel();
}

#[cfg(test)]
mod tests {
    use axum::routing::post;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
    };

    use super::*;

    #[tokio::test]
    async fn whoever_sends_on_after_a_refusal_still_hears_it() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        // Refused before anything of the body was read.
        let router = Router::new().route("/files", post(|| async { Problem::forbidden() }));
        let stop = CancellationToken::new();
        let served = tokio::spawn(serve(listener, dress(router), stop.clone()));
        let mut client = TcpStream::connect(address).await.unwrap();
        let pieces = 8 * BODY_MAX_BYTES / 65_536;
        let length = pieces * 65_536;
        let head = format!("POST /files HTTP/1.1\r\nhost: here\r\ncontent-length: {length}\r\n\r\n");
        client.write_all(head.as_bytes()).await.unwrap();
        // It listens only once it has sent everything.
        for _ in 0..pieces {
            client.write_all(&[0; 65_536]).await.unwrap();
        }
        let mut answer = vec![0; 4_096];
        let read = tokio::time::timeout(Duration::from_secs(20), client.read(&mut answer)).await;
        let answer = String::from_utf8_lossy(&answer[..read.unwrap().unwrap()]).into_owned();
        assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
        drop(client);
        stop.cancel();
        served.await.unwrap().unwrap();
    }
}
