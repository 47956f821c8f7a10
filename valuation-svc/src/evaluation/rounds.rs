//! Rounds over HTTP: open, look, the end.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use chrono::NaiveDate;
use contracts::{CampaignId, EvaluationRoundId, OrgId, OrgKind, PatentId};
use http_kit::{Api, Command, Fields, IfMatch, PathId, Problem, RetryKey, Who, versioned};
use identity::Permission;
use serde::{Deserialize, Serialize};
use tx_kit::InTx;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    close,
    model::{COMMENT_CHARS_MAX, NAME_CHARS_MAX, Round},
    open::{self, PATENTS_MAX, Plan},
    store,
};
use crate::{catalogue::industry::Industry, state::App, stocktake::Meant};

/// The most enterprises invited to a round.
const INVITED_MAX: usize = 500;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::EvaluationRequest, routes!(open_round))
        .route(Permission::EvaluationRead, routes!(read_round))
        .route(Permission::EvaluationRequest, routes!(close_round))
}

/// An enterprise whose experts are invited.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
struct Invited {
    /// The enterprise.
    enterprise_id: OrgId,
    /// Its name.
    name: String,
}

/// A new round.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
struct RoundRequest {
    /// What it is called.
    name: String,
    /// The last day on which experts answer.
    deadline: NaiveDate,
    /// Patents of the institute's library, at most 500; or a bundle.
    #[serde(default)]
    patents: Vec<PatentId>,
    /// The stocktake of the bundle.
    #[serde(default)]
    campaign_id: Option<CampaignId>,
    /// The bundle's number.
    #[serde(default)]
    bundle: Option<i64>,
    /// What is said to the experts.
    #[serde(default)]
    note: String,
    /// The industry that it is addressed to.
    #[serde(default)]
    industry: Option<Industry>,
    /// Experts of every enterprise may answer.
    #[serde(default)]
    open_to_all: bool,
    /// The enterprises invited, at most 500; none where everybody may answer.
    #[serde(default)]
    invited: Vec<Invited>,
}

fn meant(asked: &RoundRequest, fields: &mut Fields) -> Option<Meant> {
    match (asked.patents.as_slice(), asked.campaign_id, asked.bundle) {
        ([], Some(campaign), Some(bundle)) => Some(Meant::Bundle(campaign, bundle)),
        ([_, ..], None, None) => {
            fields.require(
                asked.patents.len() <= PATENTS_MAX,
                "patents",
                format!("一次最多 {PATENTS_MAX} 件专利。"),
                format!("At most {PATENTS_MAX} patents."),
            );
            Some(Meant::Patents(asked.patents.clone()))
        }
        _ => {
            fields.require(
                false,
                "patents",
                "请选择专利，或指定一个盘点及其专利包，二者取一。",
                "Name patents, or a stocktake with one of its bundles, not both.",
            );
            None
        }
    }
}

/// Puts patents of the institute's library to the experts of enterprises.
#[utoipa::path(post, path = "/evaluation-rounds", tag = "evaluations", operation_id = "open_evaluation_round",
    params(("Idempotency-Key" = String, Header, description = "Demanded: a round would be opened twice")),
    request_body = RoundRequest,
    responses((status = 201, body = Round), (status = 422, description = "invalid-request, not-in-library")))]
async fn open_round(
    State(app): State<App>,
    who: Who,
    cmd: Command<RoundRequest>,
) -> Result<(StatusCode, Json<Round>), Problem> {
    let key = cmd.demand_key()?;
    let asked = &cmd.body;
    let mut fields = Fields::new();
    fields.text(&asked.name, NAME_CHARS_MAX, "name");
    let today = app.db.clock().business_date();
    fields.require(
        asked.deadline >= today,
        "deadline",
        format!("不得早于今日 {today}。"),
        format!("Must not be before today, {today}."),
    );
    fields.in_reach(Some(asked.deadline), today, "deadline");
    let note = asked.note.trim();
    if !note.is_empty() {
        fields.text(note, COMMENT_CHARS_MAX, "note");
    }
    fields.require(
        asked.open_to_all == asked.invited.is_empty() && asked.invited.len() <= INVITED_MAX,
        "invited",
        format!("请面向全部企业，或邀请 1 至 {INVITED_MAX} 家企业，二者取一。"),
        format!("Put it to every enterprise, or invite 1 to {INVITED_MAX} of them, not both."),
    );
    let mut invited: Vec<(OrgId, String)> = Vec::new();
    for (at, one) in asked.invited.iter().take(INVITED_MAX).enumerate() {
        fields.text(&one.name, NAME_CHARS_MAX, &format!("invited[{at}].name"));
        if !invited.iter().any(|(known, _)| *known == one.enterprise_id) {
            invited.push((one.enterprise_id, one.name.trim().to_owned()));
        }
    }
    let meant = meant(asked, &mut fields);
    fields.finish()?;
    let Some(meant) = meant else { return Err(Problem::not_found()) };
    let plan = &Plan {
        name: asked.name.trim().to_owned(),
        deadline: asked.deadline,
        note: note.to_owned(),
        industry: asked.industry.map(|industry| industry.code().to_owned()).unwrap_or_default(),
        open_to_all: asked.open_to_all,
        invited,
        meant,
    };
    let caller = &who.0;
    let round = app.db.run_once(Some(key), |tx| open::open(tx, caller, plan).in_tx()).await?;
    Ok((StatusCode::CREATED, Json(round)))
}

/// A round, and whom it is put to.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
struct RoundDetail {
    /// The round.
    #[serde(flatten)]
    round: Round,
    /// Whether experts may answer today.
    answering: bool,
    /// The enterprises invited; shown to the institute and the regulator.
    invited: Vec<Invited>,
}

pub(super) async fn found(app: &App, who: &Who, id: EvaluationRoundId) -> Result<Round, Problem> {
    store::find_round(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)
}

/// One round.
#[utoipa::path(get, path = "/evaluation-rounds/{id}", tag = "evaluations", operation_id = "read_evaluation_round",
    params(("id" = EvaluationRoundId, Path)), responses((status = 200, body = RoundDetail), (status = 404)))]
async fn read_round(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<EvaluationRoundId>,
) -> Result<impl IntoResponse, Problem> {
    let round = found(&app, &who, id).await?;
    let scope = who.scope();
    // One enterprise does not learn which others were asked.
    let invited = if scope.kind() == OrgKind::Enterprise {
        Vec::new()
    } else {
        store::list_invited(app.db.read(), &scope, id).await?
    };
    let invited = invited
        .into_iter()
        .map(|row| Invited { enterprise_id: row.enterprise_id.into(), name: row.enterprise_name })
        .collect();
    let answering = round.takes_answers(app.db.clock().business_date()).is_ok();
    Ok(versioned(round.version, RoundDetail { answering, invited, round }))
}

/// Nothing to say.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
struct RoundEnd {}

/// Closes a round. Anonymous answers are shown where three enterprises gave any on a patent; what three enterprises without
/// an interest said, of what is shown, sets the patent's market outlook on record.
#[utoipa::path(post, path = "/evaluation-rounds/{id}/close", tag = "evaluations", operation_id = "close_evaluation_round",
    params(("id" = EvaluationRoundId, Path), IfMatch, RetryKey), request_body = RoundEnd,
    responses((status = 200, body = Round), (status = 404), (status = 409, description = "round-closed"),
        (status = 412, description = "stale-version")))]
async fn close_round(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<EvaluationRoundId>,
    seen: IfMatch,
    cmd: Command<RoundEnd>,
) -> Result<Json<Round>, Problem> {
    let caller = &who.0;
    let closed = app.db.run_once(cmd.key.as_ref(), |tx| close::close(tx, caller, (id, seen)).in_tx()).await?;
    Ok(Json(closed))
}
