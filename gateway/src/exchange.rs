//! Internal tokens for services that run in their own processes: a service shows the secret it shares with the
//! gateway and gets a token for a peer on behalf of the caller it serves. One for the gateway itself opens its
//! directory look-up and nothing else.

use aws_lc_rs::constant_time;
use axum::{
    Json, Router,
    extract::{FromRequest, Request, State},
    http::{HeaderMap, header},
    routing::post,
};
use http_kit::{Body, Problem};
use identity::exchange::{EXCHANGE_PATH, ExchangeAnswer, ExchangeRequest};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

use crate::state::App;

/// The route; it is no part of the public document.
pub(crate) fn routes() -> Router<App> {
    Router::new().route(EXCHANGE_PATH, post(exchange))
}

async fn exchange(State(app): State<App>, sent: Request) -> Result<Json<ExchangeAnswer>, Problem> {
    // Without a secret there is no exchange here: all services live in this process.
    let secret = app.client_secret.as_ref().ok_or_else(Problem::not_found)?;
    if !shows(sent.headers(), secret.expose_secret()) {
        tracing::warn!("somebody without the services' secret asked for an internal token");
        return Err(Problem::unauthenticated());
    }
    // Read only now: whoever lacks the secret learns nothing of what is asked here.
    let Body(request): Body<ExchangeRequest> = Body::from_request(sent, &app).await?;
    let issuer = app.keys.internal_issuer();
    let token = issuer.sign(&request.caller, request.audience).map_err(|error| Problem::fault(&error))?;
    Ok(Json(ExchangeAnswer { token }))
}

/// Compares digests in constant time, so that neither the length nor a common beginning shows.
fn shows(headers: &HeaderMap, secret: &str) -> bool {
    let shown = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default();
    let digest = |text: &str| Sha256::digest(text.as_bytes());
    constant_time::verify_slices_are_equal(&digest(shown), &digest(secret)).is_ok()
}
