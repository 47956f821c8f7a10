//! Bodies of what the gateway and the console answer themselves: read to their end before anything is decided, within the
//! memory of whoever sends them. What goes to a service is read by [`crate::proxy`]; below `/api` nothing is read of anybody
//! who has not been let in.

use std::time::Duration;

use axum::{
    Router,
    body::HttpBody,
    extract::Request,
    http::{Extensions, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use http_kit::{
    arrival::{self, Sender},
    config::Settings,
    extract,
    server::BODY_MAX_BYTES,
};
use identity::Caller;

use crate::limits::{ClientAddress, client_address, network};

/// How long a body of ordinary size may take to arrive.
const WAIT_MAX: Duration = Duration::from_secs(30);

/// Puts the reading of bodies around everything that the world sees, the console among it.
pub fn front(router: Router, settings: &Settings) -> Router {
    let behind_proxy = settings.behind_proxy;
    router.layer(middleware::from_fn(move |request: Request, next: Next| async move {
        let path = request.uri().path();
        // Files, however small, are passed on as they come.
        if path == "/api" || path.starts_with("/api/") || is_form_of_files(&request) {
            return next.run(request).await;
        }
        let sender = Sender::Network(network(client_address(&request, behind_proxy)));
        read(sender, request, next).await
    }))
}

fn is_form_of_files(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("multipart/form-data"))
}

/// Middleware behind the door: reads the body of whoever was let in.
pub(crate) async fn read_admitted(request: Request, next: Next) -> Response {
    let sender = sender_of(request.extensions());
    read(sender, request, next).await
}

/// Who sends a request: the organisation of whoever was let in, or else a network.
pub(crate) fn sender_of(known: &Extensions) -> Sender {
    match known.get::<Caller>() {
        Some(caller) => Sender::of(caller.tenant),
        None => Sender::Network(network(known.get().copied().unwrap_or(ClientAddress::UNKNOWN).0)),
    }
}

/// A larger body is an upload, which is passed on as it comes, or refused by whoever reads it.
async fn read(sender: Sender, request: Request, next: Next) -> Response {
    let large = |length: u64| length > BODY_MAX_BYTES as u64;
    if request.body().is_end_stream() || request.body().size_hint().exact().is_some_and(large) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    match tokio::time::timeout(WAIT_MAX, arrival::ahead(body, sender, BODY_MAX_BYTES)).await {
        Ok(Ok((body, _share))) => next.run(Request::from_parts(parts, body)).await,
        Ok(Err(refused)) => refused.into_response(),
        Err(_) => extract::cut().into_response(),
    }
}
