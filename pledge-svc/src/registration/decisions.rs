//! Routes of the built-in register's desk: asking for a correction, refusing, annulling. Where an office outside
//! decides they answer `office-decides`.

use axum::{Json, extract::State};
use chrono::NaiveDate;
use contracts::PledgeId;
use http_kit::{Api, Command, Fields, IfMatch, PathId, Problem, RetryKey, Who};
use identity::Permission;
use serde::Deserialize;
use tx_kit::InTx;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    desk::{Words, annul, ask_correction, refuse},
    model::{Ground, Pledge},
    requests::TEXT_CHARS_MAX,
};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::PledgeRegister, routes!(ask_for_correction))
        .route(Permission::PledgeRegister, routes!(refuse_pledge))
        .route(Permission::PledgeRegister, routes!(annul_pledge))
}

/// What is to be corrected.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = RegisterDeficiencyRequest)]
pub struct DeficiencyRequest {
    /// In words.
    #[serde(default)]
    pub text: String,
    /// The grounds it would be refused on.
    #[serde(default)]
    pub grounds: Vec<Ground>,
    /// The day by which the answer is wanted.
    #[serde(default)]
    pub answer_by: Option<NaiveDate>,
}

/// A refusal or an annulment.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = RegisterDecisionRequest)]
pub struct DecisionRequest {
    /// In words.
    pub reason: String,
    /// The grounds of the announcement; "another condition" where none is named.
    #[serde(default)]
    pub grounds: Vec<Ground>,
}

/// Ask the parties for a correction of what they filed.
#[utoipa::path(post, path = "/pledges/{id}/deficiency", tag = "pledges", operation_id = "pledge_ask_for_correction",
    params(("id" = PledgeId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey), request_body = DeficiencyRequest,
    responses((status = 200, body = Pledge), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "nothing-filed, office-decides")))]
async fn ask_for_correction(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PledgeId>,
    seen: IfMatch,
    cmd: Command<DeficiencyRequest>,
) -> Result<Json<Pledge>, Problem> {
    let on = app.db.clock().business_date();
    let mut fields = Fields::new();
    fields.text(&cmd.body.text, TEXT_CHARS_MAX, "text");
    fields.require(
        cmd.body.answer_by.is_none_or(|day| day >= on),
        "answer_by",
        "期限不得早于今天。",
        "The day must not lie in the past.",
    );
    fields.finish()?;
    let words = &Words {
        grounds: cmd.body.grounds.clone(),
        text: cmd.body.text.trim().to_owned(),
        answer_by: cmd.body.answer_by,
    };
    let (caller, office) = (&who.0, &app.office);
    let asked = app
        .db
        .run_once(cmd.key.as_ref(), |tx| ask_correction(tx, office, caller, (id, seen), words).in_tx())
        .await?;
    Ok(Json(asked))
}

/// Refuse what was filed.
#[utoipa::path(post, path = "/pledges/{id}/refuse", tag = "pledges", operation_id = "refuse_pledge",
    params(("id" = PledgeId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey), request_body = DecisionRequest,
    responses((status = 200, body = Pledge), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "nothing-filed, office-decides")))]
async fn refuse_pledge(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PledgeId>,
    seen: IfMatch,
    cmd: Command<DecisionRequest>,
) -> Result<Json<Pledge>, Problem> {
    let words = &words(&cmd.body)?;
    let (caller, office) = (&who.0, &app.office);
    let refused =
        app.db.run_once(cmd.key.as_ref(), |tx| refuse(tx, office, caller, (id, seen), words).in_tx()).await?;
    Ok(Json(refused))
}

/// Annul a pledge from the start, because a ground against it was found later.
#[utoipa::path(post, path = "/pledges/{id}/annul", tag = "pledges", operation_id = "annul_pledge",
    params(("id" = PledgeId, Path), ("If-Match" = Option<String>, Header, description = "The ETag seen"), RetryKey), request_body = DecisionRequest,
    responses((status = 200, body = Pledge), (status = 404), (status = 412, description = "stale-version"),
        (status = 409, description = "not-in-status, office-decides")))]
async fn annul_pledge(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PledgeId>,
    seen: IfMatch,
    cmd: Command<DecisionRequest>,
) -> Result<Json<Pledge>, Problem> {
    let words = &words(&cmd.body)?;
    let (caller, office) = (&who.0, &app.office);
    let annulled =
        app.db.run_once(cmd.key.as_ref(), |tx| annul(tx, office, caller, (id, seen), words).in_tx()).await?;
    Ok(Json(annulled))
}

fn words(body: &DecisionRequest) -> Result<Words, Problem> {
    let mut fields = Fields::new();
    fields.text(&body.reason, TEXT_CHARS_MAX, "reason");
    fields.finish()?;
    Ok(Words { grounds: body.grounds.clone(), text: body.reason.trim().to_owned(), answer_by: None })
}
