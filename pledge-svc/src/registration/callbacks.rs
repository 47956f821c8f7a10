//! Where an office outside brings its messages. It proves itself by its signature over the body; anybody else gets
//! nothing here.

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use http_kit::{Api, Problem, reading};
use serde::{Deserialize, Serialize};
use tx_kit::InTx;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    model::OfficeMessage,
    office::seal::{PROOF_HEADER, STAMP_HEADER},
    take::{Receipt, take_message},
};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new().public("the office's signature is the proof", routes!(receive))
}

/// What became of a message.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[schema(as = MessageReceived)]
struct Received {
    /// `taken`, `waits` or `known`; the office need not send it again.
    receipt: Receipt,
}

/// Take a message of the office outside. The same message may come several times and in any order.
#[utoipa::path(post, path = "/register/callbacks", tag = "register", operation_id = "register_callback",
    params(("x-register-timestamp" = String, Header, description = "Second of writing, counted from 1970"),
        ("x-register-signature" = String, Header, description = "HMAC-SHA256 over timestamp, a point and the body, in hexadecimal digits")),
    request_body = OfficeMessage,
    responses((status = 200, body = Received), (status = 401, description = "The signature is not right"),
        (status = 404, description = "No office outside, or no such filing"),
        (status = 409, description = "register-message-contradicts, registration-number-taken"), (status = 422)))]
async fn receive(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Result<Json<Received>, Problem> {
    let seal = app.office.seal().ok_or_else(Problem::not_found)?;
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    seal.check(header(STAMP_HEADER), header(PROOF_HEADER), &body, app.db.clock().now()).map_err(
        |unproved| {
            tracing::warn!(%unproved, "a message to the register's door was not the office's");
            not_the_office()
        },
    )?;
    let message: OfficeMessage = serde_json::from_slice(&body)
        .map_err(|error| Problem::bad_fields(vec![reading::unreadable(".", &error.to_string())]))?;
    let message = &message;
    let receipt = app.db.run(|tx| take_message(tx, message).in_tx()).await?;
    Ok(Json(Received { receipt }))
}

fn not_the_office() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "signature",
        "签名或时间戳不正确，未作更改。请核对共享密钥与时钟后重发。",
        "The signature or its time is not right and nothing was changed. Check the shared secret and the clock, then send again.",
    )
}
