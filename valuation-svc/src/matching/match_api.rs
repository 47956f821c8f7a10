//! Routes of proposals: who may want a patent, proposing it, answering, following up; and the rules that hold.

use axum::{
    Json,
    extract::State,
    http::{HeaderName, StatusCode},
};
use contracts::{MatchId, OrgId, PatentId};
use http_kit::{Api, Command, Fields, IfMatch, PathId, Problem, QueryOf, RetryKey, Who, versioned};
use identity::Permission;
use serde::{Deserialize, Serialize};
use tx_kit::InTx;
use utoipa_axum::routes;

use super::{
    answer::{self, Acceptance, CONTACT_CHARS_MAX, Declining, FollowUp, Party},
    enterprises,
    model::{proposal::MatchLimits, rank::Weights},
    need_api::SuggestionQuery,
    problems,
    propose::{self, Making, Towards},
    state_need::NOTE_CHARS_MAX,
    store::{matches, needs},
    suggest,
    view::{self, PatentProposal, WantedBy},
};
use crate::{catalogue::store as catalogue, state::App};

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::MatchRead, routes!(match_patent))
        .route(Permission::MatchRead, routes!(read_rules))
        .route(Permission::MatchPropose, routes!(propose_patent))
        .route(Permission::MatchRead, routes!(read_proposal))
        .route(Permission::MatchAnswer, routes!(accept_proposal))
        .route(Permission::MatchAnswer, routes!(decline_proposal))
        .route(Permission::MatchPropose, routes!(withdraw_proposal))
        .route(Permission::MatchPropose, routes!(follow_up_proposal))
        .route(Permission::MatchAnswer, routes!(report_back_proposal))
}

/// The rules of matching that hold now.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct MatchingRules {
    /// What the ranking weighs: the platform's defaults.
    weights: Weights,
    /// How much may be proposed.
    limits: MatchLimits,
}

/// The weights of the ranking and the limits of a day.
#[utoipa::path(get, path = "/matching-rules", tag = "matching", operation_id = "read_matching_rules",
    responses((status = 200, body = MatchingRules)))]
async fn read_rules(State(app): State<App>) -> Json<MatchingRules> {
    Json(MatchingRules { weights: app.matching.weights, limits: app.matching.limits })
}

/// Who may want a patent: open needs that one may see, and enterprises that work on the like of it, best first.
#[utoipa::path(get, path = "/patents/{id}/matches", tag = "matching", operation_id = "match_patent",
    params(("id" = PatentId, Path), SuggestionQuery),
    responses((status = 200, body = WantedBy), (status = 404), (status = 422, description = "invalid-request")))]
async fn match_patent(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PatentId>,
    QueryOf(query): QueryOf<SuggestionQuery>,
) -> Result<Json<WantedBy>, Problem> {
    let asked = query.ranking(&app)?;
    let scope = who.scope();
    let row = catalogue::one(app.db.read(), &scope, id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(suggest::wanted_by(&app, &scope, &row, asked).await?))
}

/// Propose a patent of one's own institute for a need, or to an enterprise.
#[utoipa::path(post, path = "/matches", tag = "matching", operation_id = "propose_patent",
    params(("Idempotency-Key" = String, Header, description = "Required")), request_body = Making,
    responses((status = 201, body = PatentProposal), (status = 404),
        (status = 409, description = "not-patent-owner, patent-not-offered, need-not-open, already-proposed, \
            declined-before, day-proposals-full, enterprise-proposals-full"),
        (status = 422, description = "unknown-enterprise, invalid-request")))]
async fn propose_patent(
    State(app): State<App>,
    who: Who,
    command: Command<Making>,
) -> Result<(StatusCode, Json<PatentProposal>), Problem> {
    let key = command.demand_key()?;
    let making = &command.body;
    let mut fields = Fields::new();
    fields.text(&making.message, NOTE_CHARS_MAX, "message");
    fields.text(&making.contact, CONTACT_CHARS_MAX, "contact");
    fields.finish()?;
    let (caller, scope) = (&who.0, who.scope());
    let enterprise = addressee(&app, &who, making).await?;
    let patent =
        catalogue::one(app.db.read(), &scope, making.patent_id).await?.ok_or_else(Problem::not_found)?;
    let suggested = &suggest::suggested(&app, &scope, &patent, (making.need_id, enterprise.0)).await?;
    let (towards, limits) = (&Towards { enterprise, suggested }, app.matching.limits);
    let act =
        app.db.run_once(Some(key), |tx| propose::propose(tx, caller, (making, towards), limits).in_tx());
    Ok((StatusCode::CREATED, Json(act.await?)))
}

/// Whom it is proposed to: the need's enterprise, or the one that is named.
async fn addressee(app: &App, who: &Who, making: &Making) -> Result<(OrgId, String), Problem> {
    match (making.need_id, making.enterprise_id) {
        (Some(need), None) => {
            let row = needs::find(app.db.read(), &who.scope(), need).await?.ok_or_else(Problem::not_found)?;
            Ok((row.enterprise_id.into(), row.enterprise_name))
        }
        (None, Some(enterprise)) => {
            let name = enterprises::named(app, enterprise).await?;
            Ok((enterprise, name.ok_or_else(problems::unknown_enterprise)?))
        }
        _ => Err(problems::one_addressee()),
    }
}

/// One proposal.
#[utoipa::path(get, path = "/matches/{id}", tag = "matching", operation_id = "read_patent_proposal",
    params(("id" = MatchId, Path)),
    responses((status = 200, body = PatentProposal, headers(("ETag" = String, description = "Name it in If-Match"))),
        (status = 404)))]
async fn read_proposal(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<MatchId>,
) -> Result<([(HeaderName, String); 1], Json<PatentProposal>), Problem> {
    let scope = who.scope();
    let row = matches::find(app.db.read(), &scope, id).await?.ok_or_else(Problem::not_found)?;
    Ok(versioned(row.version, view::proposal(row, &scope)?))
}

/// Accept a proposal to one's own enterprise: each side reads how to reach the other.
#[utoipa::path(post, path = "/matches/{id}/accept", tag = "matching", operation_id = "accept_patent_proposal",
    params(("id" = MatchId, Path), IfMatch, RetryKey), request_body = Acceptance,
    responses((status = 200, body = PatentProposal), (status = 404), (status = 409, description = "proposal-not-open"),
        (status = 412, description = "stale-version"), (status = 422, description = "invalid-request")))]
async fn accept_proposal(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<MatchId>,
    seen: IfMatch,
    command: Command<Acceptance>,
) -> Result<Json<PatentProposal>, Problem> {
    let mut fields = Fields::new();
    fields.text(&command.body.contact, CONTACT_CHARS_MAX, "contact");
    answer::note(&mut fields, command.body.note.as_deref());
    fields.finish()?;
    let (caller, said) = (&who.0, &command.body);
    let act =
        app.db.run_once(command.key.as_ref(), |tx| answer::accept(tx, caller, id, (said, seen)).in_tx());
    Ok(Json(act.await?))
}

/// Decline a proposal to one's own enterprise, with the reason.
#[utoipa::path(post, path = "/matches/{id}/decline", tag = "matching", operation_id = "decline_patent_proposal",
    params(("id" = MatchId, Path), IfMatch, RetryKey), request_body = Declining,
    responses((status = 200, body = PatentProposal), (status = 404), (status = 409, description = "proposal-not-open"),
        (status = 412, description = "stale-version"), (status = 422, description = "invalid-request")))]
async fn decline_proposal(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<MatchId>,
    seen: IfMatch,
    command: Command<Declining>,
) -> Result<Json<PatentProposal>, Problem> {
    let mut fields = Fields::new();
    answer::note(&mut fields, command.body.note.as_deref());
    fields.finish()?;
    let (caller, said) = (&who.0, &command.body);
    let act =
        app.db.run_once(command.key.as_ref(), |tx| answer::decline(tx, caller, id, (said, seen)).in_tx());
    Ok(Json(act.await?))
}

/// A remark.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[schema(as = PatentProposalRemark)]
struct Remark {
    /// In words; the enterprise reads it.
    #[serde(default)]
    comment: Option<String>,
}

/// Withdraw a proposal of one's own institute that waits for an answer.
#[utoipa::path(post, path = "/matches/{id}/withdraw", tag = "matching", operation_id = "withdraw_patent_proposal",
    params(("id" = MatchId, Path), IfMatch, RetryKey), request_body = Remark,
    responses((status = 200, body = PatentProposal), (status = 404), (status = 409, description = "proposal-not-open"),
        (status = 412, description = "stale-version"), (status = 422, description = "invalid-request")))]
async fn withdraw_proposal(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<MatchId>,
    seen: IfMatch,
    command: Command<Remark>,
) -> Result<Json<PatentProposal>, Problem> {
    let comment = command.body.comment.as_deref().map(str::trim).filter(|text| !text.is_empty());
    if let Some(comment) = comment {
        let mut fields = Fields::new();
        fields.text(comment, NOTE_CHARS_MAX, "comment");
        fields.finish()?;
    }
    let caller = &who.0;
    let act =
        app.db.run_once(command.key.as_ref(), |tx| answer::withdraw(tx, caller, id, (comment, seen)).in_tx());
    Ok(Json(act.await?))
}

/// Record, as the institute, how far the talks about an accepted proposal have come.
#[utoipa::path(post, path = "/matches/{id}/follow-up", tag = "matching", operation_id = "follow_up_patent_proposal",
    params(("id" = MatchId, Path), IfMatch, RetryKey), request_body = FollowUp,
    responses((status = 200, body = PatentProposal), (status = 404), (status = 409, description = "proposal-not-open"),
        (status = 412, description = "stale-version"), (status = 422, description = "invalid-request")))]
async fn follow_up_proposal(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<MatchId>,
    seen: IfMatch,
    command: Command<FollowUp>,
) -> Result<Json<PatentProposal>, Problem> {
    progressed(&app, &who, (id, Party::Institute), (seen, &command)).await
}

/// Record the same as the enterprise.
#[utoipa::path(post, path = "/matches/{id}/report-back", tag = "matching",
    operation_id = "report_back_patent_proposal",
    params(("id" = MatchId, Path), IfMatch, RetryKey), request_body = FollowUp,
    responses((status = 200, body = PatentProposal), (status = 404), (status = 409, description = "proposal-not-open"),
        (status = 412, description = "stale-version"), (status = 422, description = "invalid-request")))]
async fn report_back_proposal(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<MatchId>,
    seen: IfMatch,
    command: Command<FollowUp>,
) -> Result<Json<PatentProposal>, Problem> {
    progressed(&app, &who, (id, Party::Enterprise), (seen, &command)).await
}

async fn progressed(
    app: &App,
    who: &Who,
    of: (MatchId, Party),
    (seen, command): (IfMatch, &Command<FollowUp>),
) -> Result<Json<PatentProposal>, Problem> {
    command.body.check(app.db.clock().business_date())?;
    let (caller, said) = (&who.0, &command.body);
    let act =
        app.db.run_once(command.key.as_ref(), |tx| answer::follow_up(tx, caller, of, (said, seen)).in_tx());
    Ok(Json(act.await?))
}
