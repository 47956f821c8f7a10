//! Routes of an insurer's money that waits or settled nothing: one of them with what was asked for it, asking, deciding.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use chrono::{DateTime, Utc};
use contracts::ClaimId;
use http_kit::{ActError, Api, Command, Fields, PathId, Problem, RetryKey, Who};
use identity::{Caller, Permission};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use tx_kit::{IdempotencyKey, InTx};
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    api::{Confirmation, RefuseProposal},
    insurer_listing::{InsurerPayment, payment_of},
    insurer_money,
    model::{Decision, MoneyAsk, MoneyProposal, ProposalStatus},
    store,
};
use crate::state::App;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::DisposalRead, routes!(read_insurer_payment))
        .route(Permission::DisposalManage, routes!(propose_for_insurer_payment))
        .route(Permission::DisposalApprove, routes!(approve_for_insurer_payment))
        .route(Permission::DisposalApprove, routes!(refuse_for_insurer_payment))
}

/// Something asked for an insurer's money.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = InsurerMoneyProposal)]
pub struct MoneyProposalView {
    /// Its id.
    pub id: Uuid,
    /// What.
    pub ask: MoneyAsk,
    /// Where it is.
    pub status: ProposalStatus,
    /// Who asked.
    pub maker: String,
    /// Who decided.
    pub approver: Option<String>,
    /// Why it was refused.
    pub refusal_reason: Option<String>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
}

impl From<MoneyProposal> for MoneyProposalView {
    fn from(one: MoneyProposal) -> Self {
        Self {
            id: one.id,
            ask: one.ask,
            status: one.status,
            maker: one.maker,
            approver: one.approver,
            refusal_reason: one.refusal_reason,
            created_at: one.created_at,
            decided_at: one.decided_at,
        }
    }
}

/// What an insurer paid on a claim, with what was asked for the part that waits or settled nothing.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct InsurerPaymentWhole {
    /// What the list shows of it.
    #[serde(flatten)]
    pub payment: InsurerPayment,
    /// What was asked for, oldest first; for the bank and the regulator.
    pub proposals: Vec<MoneyProposalView>,
}

async fn whole(
    conn: &impl ConnectionTrait,
    caller: &Caller,
    id: ClaimId,
) -> Result<InsurerPaymentWhole, ActError> {
    let scope = caller.scope();
    let payment = payment_of(conn, &scope, id).await?.ok_or_else(Problem::not_found)?;
    let proposals = store::list_money_proposals(conn, &scope, id).await?;
    Ok(InsurerPaymentWhole { payment, proposals: proposals.into_iter().map(Into::into).collect() })
}

/// What an insurer paid on one of its claims, and what was asked for the part of it that waits or settled nothing.
#[utoipa::path(get, path = "/insurer-payments/{id}", tag = "disposal", operation_id = "read_insurer_payment",
    params(("id" = ClaimId, Path)), responses((status = 200, body = InsurerPaymentWhole), (status = 404)))]
async fn read_insurer_payment(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ClaimId>,
) -> Result<Json<InsurerPaymentWhole>, Problem> {
    Ok(Json(whole(app.db.read(), &who.0, id).await?))
}

/// Ask to give money back to its insurer, or to match it to a claim on the same insurer. Another person decides it.
#[utoipa::path(post, path = "/insurer-payments/{id}/proposals", tag = "disposal",
    operation_id = "propose_for_insurer_payment", params(("id" = ClaimId, Path), RetryKey), request_body = MoneyAsk,
    responses((status = 201, body = InsurerPaymentWhole), (status = 404),
        (status = 409, description = "above-claimed, other-claim, not-in-status, change-pending"), (status = 422)))]
async fn propose_for_insurer_payment(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<ClaimId>,
    command: Command<MoneyAsk>,
) -> Result<(StatusCode, Json<InsurerPaymentWhole>), Problem> {
    let (caller, ask) = (&who.0, &command.body);
    let asked = app
        .db
        .run_once(command.key.as_ref(), |tx| {
            async move {
                insurer_money::propose(tx, caller, id, ask).await?;
                whole(tx.conn(), caller, id).await
            }
            .in_tx()
        })
        .await?;
    Ok((StatusCode::CREATED, Json(asked)))
}

type Target = Path<(String, String)>;

fn ids(path: &Target) -> Result<(ClaimId, Uuid), Problem> {
    let (claim, proposal) = &path.0;
    match (claim.parse(), proposal.parse()) {
        (Ok(claim), Ok(proposal)) => Ok((claim, proposal)),
        _ => Err(Problem::not_found()),
    }
}

async fn decide(
    app: &App,
    caller: &Caller,
    key: Option<&IdempotencyKey>,
    target: (ClaimId, Uuid),
    decision: Decision<'_>,
) -> Result<Json<InsurerPaymentWhole>, Problem> {
    let decided = app
        .db
        .run_once(key, |tx| {
            async move {
                insurer_money::decide(tx, caller, target, decision).await?;
                whole(tx.conn(), caller, target.0).await
            }
            .in_tx()
        })
        .await?;
    Ok(Json(decided))
}

/// Approve what a colleague asked for; it is done at once, in the books too.
#[utoipa::path(post, path = "/insurer-payments/{id}/proposals/{proposal_id}/approve", tag = "disposal",
    operation_id = "approve_for_insurer_payment",
    params(("id" = ClaimId, Path), ("proposal_id" = Uuid, Path), ("Idempotency-Key" = String, Header, description = "Required")),
    request_body = Confirmation,
    responses((status = 200, body = InsurerPaymentWhole), (status = 403, description = "four-eyes"), (status = 404),
        (status = 409, description = "already-decided, above-claimed, other-claim, not-in-status"), (status = 422)))]
async fn approve_for_insurer_payment(
    State(app): State<App>,
    who: Who,
    target: Target,
    command: Command<Confirmation>,
) -> Result<Json<InsurerPaymentWhole>, Problem> {
    let key = command.demand_key()?;
    decide(&app, &who.0, Some(key), ids(&target)?, Decision::Approve).await
}

/// Refuse what a colleague asked for; the money stays where it is.
#[utoipa::path(post, path = "/insurer-payments/{id}/proposals/{proposal_id}/refuse", tag = "disposal",
    operation_id = "refuse_for_insurer_payment",
    params(("id" = ClaimId, Path), ("proposal_id" = Uuid, Path), RetryKey), request_body = RefuseProposal,
    responses((status = 200, body = InsurerPaymentWhole), (status = 403, description = "four-eyes"), (status = 404),
        (status = 409, description = "already-decided"), (status = 422)))]
async fn refuse_for_insurer_payment(
    State(app): State<App>,
    who: Who,
    target: Target,
    command: Command<RefuseProposal>,
) -> Result<Json<InsurerPaymentWhole>, Problem> {
    let mut fields = Fields::new();
    fields.text(&command.body.reason, 500, "reason");
    fields.finish()?;
    let reason = Decision::Refuse(command.body.reason.trim());
    decide(&app, &who.0, command.key.as_ref(), ids(&target)?, reason).await
}
