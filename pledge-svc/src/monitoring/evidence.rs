//! The acts: the borrower, or the officer for it, brings papers that prove what a draw was spent on; somebody else of the
//! bank accepts or rejects them. That money was misused is decided elsewhere, by people.

use chrono::Days;
use contracts::{DocumentId, LoanId, LoanTaskId, OrgKind};
use finance::Money;
use http_kit::{ActError, IfMatch, Problem};
use identity::Caller;
use serde::{Deserialize, Serialize};
use tx_kit::{AuditEntry, Fault, Tx};
use uuid::Uuid;

use super::{
    model::{Hand, Refusal, Task, TaskKind, TaskStatus},
    store,
};
use crate::{
    closing::{self, Told},
    documents::{self, SubjectKind},
    loan::{
        LoanRules, LoanStatus, PaymentMode,
        store::{self as loans, loan},
    },
    parameters,
};

/// Papers that prove what a draw was spent on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EvidenceRequest {
    /// The draw: a tranche's id, or the loan's own draw where none is named.
    #[serde(default)]
    pub draw_id: Option<Uuid>,
    /// The loan's documents that prove it, 1 to 20.
    pub document_ids: Vec<DocumentId>,
    /// In the sender's words.
    #[serde(default)]
    pub note: Option<String>,
}

pub(super) fn hand(tx: &Tx, caller: &Caller) -> Hand {
    Hand { user: caller.user, name: caller.name.clone(), on: tx.business_date() }
}

/// The loan, as its borrower or its lead bank finds it.
pub(super) async fn own(tx: &Tx, caller: &Caller, id: LoanId) -> Result<loan::Model, ActError> {
    let row = loans::one(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let party = match caller.org_kind {
        OrgKind::Bank => row.bank_id,
        _ => row.enterprise_id,
    };
    if party != caller.tenant.uuid() {
        return Err(Problem::not_found().into());
    }
    if row.status != LoanStatus::Active.name() {
        return Err(Refusal::LoanNotActive.into());
    }
    Ok(row)
}

/// Every document named is one of the loan's, the latest, and safe to open.
pub(super) async fn are_there(
    tx: &Tx,
    caller: &Caller,
    loan: LoanId,
    named: &[DocumentId],
) -> Result<(), ActError> {
    let there = documents::find_of(tx.conn(), &caller.scope(), SubjectKind::Loan, loan.uuid()).await?;
    let counts = |id: &DocumentId| there.iter().any(|document| document.id == *id && document.counts());
    let Some(position) = named.iter().position(|id| !counts(id)) else { return Ok(()) };
    Err(Problem::bad_fields(Vec::new())
        .with_field(
            format!("document_ids[{position}]"),
            "该文件不属于本笔贷款，或不是最新版本，或尚未通过病毒扫描。",
            "It is no document of this loan, not its latest version, or not scanned yet.",
        )
        .into())
}

/// A task of a loan that nobody has done anything for yet; its first step makes it version 1.
pub(super) fn fresh(tx: &Tx, row: &loan::Model, kind: TaskKind) -> Task {
    Task {
        id: LoanTaskId::fresh(tx.now()),
        kind,
        loan_id: row.id.into(),
        loan_number: row.number.clone(),
        facility_id: row.facility_id.into(),
        bank_id: row.bank_id.into(),
        enterprise_id: row.enterprise_id.into(),
        enterprise_name: row.enterprise_name.clone(),
        draw_id: None,
        amount: None,
        purpose: None,
        since: row.drawn_on,
        due_on: row.drawn_on,
        status: TaskStatus::Open,
        documents: Vec::new(),
        note: None,
        outcome: None,
        done_by: None,
        done_by_id: None,
        done_on: None,
        decided_by: None,
        decision_note: None,
        created_at: tx.now(),
        version: 0,
    }
}

/// The draws of a loan that its borrower pays out itself, each as the task that proves it.
pub(super) fn to_prove(
    tx: &Tx,
    row: &loan::Model,
    tranches: &[loans::tranche::Model],
    rules: &LoanRules,
) -> Vec<Task> {
    let due = |drawn_on: chrono::NaiveDate| {
        drawn_on.checked_add_days(Days::new(rules.evidence_days.into())).unwrap_or(drawn_on)
    };
    let later: i64 = tranches.iter().map(|tranche| tranche.amount_fen).sum();
    let first = (row.drawdown_id, row.principal_fen - later, &row.purpose, row.drawn_on, &row.payment_mode);
    let others =
        tranches.iter().map(|one| (one.id, one.amount_fen, &one.purpose, one.drawn_on, &one.payment_mode));
    std::iter::once(first)
        .chain(others)
        .filter(|(.., mode)| mode.as_str() == PaymentMode::Borrower.name())
        .map(|(draw, fen, purpose, drawn_on, _)| Task {
            draw_id: Some(draw),
            amount: Some(Money::from_fen(fen)),
            purpose: purpose.clone(),
            since: drawn_on,
            due_on: due(drawn_on),
            ..fresh(tx, row, TaskKind::UseOfFunds)
        })
        .collect()
}

/// Brings papers for a draw; again, where what was brought was rejected or not yet looked at.
pub(super) async fn supply(
    tx: &mut Tx,
    caller: &Caller,
    id: LoanId,
    request: &EvidenceRequest,
) -> Result<Task, ActError> {
    let row = own(tx, caller, id).await?;
    are_there(tx, caller, id, &request.document_ids).await?;
    let draw = request.draw_id.unwrap_or(row.drawdown_id);
    let tranches = loans::tranches(tx.conn(), [row.id]).await?;
    if draw != row.drawdown_id && !tranches.iter().any(|tranche| tranche.id == draw) {
        return Err(Problem::bad_fields(Vec::new())
            .with_field("draw_id", "该贷款没有这笔提款。", "The loan has no such draw.")
            .into());
    }
    let note = request.note.as_deref().map(str::trim).filter(|note| !note.is_empty()).map(str::to_owned);
    let (papers, by) = (request.document_ids.clone(), hand(tx, caller));
    let task = match store::find_of_draw(tx.conn(), &caller.scope(), draw).await? {
        Some(task) => {
            let task = task.supplied(papers, note, &by)?;
            store::update(tx, &task, None).await?;
            task
        }
        None => {
            let rules: LoanRules = parameters::current(tx.conn(), row.bank_id.into(), by.on).await?;
            let asked = to_prove(tx, &row, &tranches, &rules);
            let task = asked.into_iter().find(|task| task.draw_id == Some(draw));
            let task = task.ok_or(Refusal::Entrusted)?.supplied(papers, note, &by)?;
            store::insert(tx, &task, None).await?;
            task
        }
    };
    record(tx, caller, &task, "loan_task.supply").await?;
    Ok(task)
}

/// Accepts or rejects what was brought; the borrower is told of a rejection and brings other papers.
pub(super) async fn decide(
    tx: &mut Tx,
    caller: &Caller,
    (id, seen): (LoanTaskId, IfMatch),
    (accepted, note): (bool, Option<String>),
) -> Result<Task, ActError> {
    let task = store::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    seen.check(task.version)?;
    let task = task.decided(accepted, note, &hand(tx, caller))?;
    store::update(tx, &task, Some(caller.user)).await?;
    if !accepted {
        closing::use_rejected(tx, &told(&task)).await?;
    }
    let action = if accepted { "loan_task.accept" } else { "loan_task.reject" };
    record(tx, caller, &task, action).await?;
    Ok(task)
}

/// Whom a notice about a task goes to.
pub(super) fn told(task: &Task) -> Told<'_> {
    Told {
        bank: task.bank_id.uuid(),
        enterprise: task.enterprise_id.uuid(),
        loan: Some(task.loan_id.uuid()),
        number: &task.loan_number,
        amount: task.amount.unwrap_or_default(),
    }
}

/// Writes who did what to a task.
pub(super) async fn record(
    tx: &mut Tx,
    caller: &Caller,
    task: &Task,
    action: &'static str,
) -> Result<(), Fault> {
    let entry = AuditEntry::new(&caller.actor(), action, "loan", task.loan_id).with(serde_json::json!({
        "task": task.id, "kind": task.kind, "draw": task.draw_id, "status": task.status,
        "documents": task.documents, "note": task.note, "outcome": task.outcome, "decision": task.decision_note,
    }));
    tx.audit([entry]).await
}
