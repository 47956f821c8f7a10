//! The acts: a case is opened for a loan, at once where something is late, else by decision of another person; and what is
//! done to collect is written down.

use contracts::{CaseId, DisposalProposalId, LoanId, OrgKind};
use finance::Money;
use http_kit::{ActError, Problem};
use identity::Caller;
use serde::Deserialize;
use tx_kit::{AuditEntry, Tx};
use utoipa::ToSchema;

use super::{
    events::{Act, tell},
    model::{
        Action, ActionKind, Ask, Case, CaseMoney, CaseStatus, Cause, Promise, Proposal, ProposalStatus,
        Refusal, proposal::Opening, realisation::by_claim,
    },
    store,
};
use crate::{
    facility,
    loan::{LoanStatus, hold},
};

/// A case to open.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct OpenRequest {
    /// The loan.
    pub loan_id: LoanId,
    /// Why.
    pub cause: Cause,
    /// In words; required for a case that is opened by decision.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Opens a case of a loan that the caller's bank leads.
pub(super) async fn open(tx: &mut Tx, caller: &Caller, request: &OpenRequest) -> Result<Case, ActError> {
    let held = hold(tx, caller, request.loan_id).await?.ok_or_else(Problem::not_found)?;
    if caller.org_kind != OrgKind::Bank || held.row.bank_id != caller.tenant.uuid() {
        return Err(Problem::not_found().into());
    }
    if held.status != LoanStatus::Active {
        return Err(Refusal::LoanNotOutstanding.into());
    }
    if let Some(open) = store::find_open(tx.conn(), &caller.scope(), request.loan_id).await? {
        return Err(Refusal::CaseOpen { number: open.number }.into());
    }
    if request.cause == Cause::Overdue && held.owed.overdue_days == 0 {
        return Err(Refusal::NotOverdue.into());
    }
    let id = CaseId::fresh(tx.now());
    let row = &held.row;
    let reason = request.reason.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let by_decision = request.cause == Cause::Decision;
    let case = Case {
        id,
        number: contracts::number("DC", tx.business_date(), id.uuid()),
        loan_id: request.loan_id,
        loan_number: row.number.clone(),
        facility_id: row.facility_id.into(),
        facility_name: row.facility_name.clone(),
        bank_id: row.bank_id.into(),
        bank_name: row.bank_name.clone(),
        enterprise_id: row.enterprise_id.into(),
        enterprise_name: row.enterprise_name.clone(),
        cause: request.cause,
        reason: reason.map(str::to_owned),
        status: if by_decision { CaseStatus::Proposed } else { CaseStatus::Collection },
        opened_on: tx.business_date(),
        opened_by: caller.name.clone(),
        claim: by_claim(&held.owed, Money::ZERO).map_err(Refusal::from)?,
        plan: None,
        money: CaseMoney::default(),
        outcome: None,
        closed_on: None,
        version: 1,
    };
    match store::insert_case(tx, &case).await {
        // A twin was first, and cannot be seen from here.
        Err(fault) if fault.is_unique_violation() => {
            return Err(Refusal::CaseOpen { number: case.loan_number }.into());
        }
        other => other?,
    }
    tell(tx, Act::Opened, &CaseMoney::default(), &case).await?;
    if by_decision {
        let opening = Opening { reason: case.reason.clone().unwrap_or_default() };
        let proposal = proposal(tx, caller, &case, Ask::Opening(opening));
        store::insert_proposal(tx, &proposal).await?;
    }
    if !by_decision {
        // Who is in workout draws no more; people alone let it go on.
        facility::follow_member(tx, case.bank_id, case.enterprise_id).await?;
    }
    let entry = AuditEntry::new(&caller.actor(), "disposal.open", "disposal_case", id).with(
        serde_json::json!({ "loan": case.loan_id, "cause": case.cause, "reason": case.reason, "claim": case.claim }),
    );
    tx.audit([entry]).await?;
    Ok(case)
}

/// A proposal of the caller in a case.
pub(super) fn proposal(tx: &Tx, caller: &Caller, case: &Case, ask: Ask) -> Proposal {
    Proposal {
        id: DisposalProposalId::fresh(tx.now()),
        case_id: case.id,
        case_number: case.number.clone(),
        bank_id: case.bank_id,
        enterprise_name: case.enterprise_name.clone(),
        ask,
        result: None,
        status: ProposalStatus::Proposed,
        maker_id: caller.user,
        maker: caller.name.clone(),
        approver: None,
        reason: None,
        created_at: tx.now(),
        decided_at: None,
    }
}

/// Something that was done to collect.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ActionRequest {
    /// What.
    pub kind: ActionKind,
    /// Whom it reached.
    #[serde(default)]
    pub contact: Option<String>,
    /// What came of it.
    pub note: String,
    /// What was promised; required for a promise, and only there.
    #[serde(default)]
    pub promise: Option<Promise>,
}

/// Writes down what was done to collect; nothing written is changed later.
pub(super) async fn note_action(
    tx: &mut Tx,
    caller: &Caller,
    id: CaseId,
    request: &ActionRequest,
) -> Result<Case, ActError> {
    let case = store::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    if case.bank_id != caller.tenant {
        return Err(Problem::not_found().into());
    }
    case.require(&[
        CaseStatus::Collection,
        CaseStatus::Disposal,
        CaseStatus::Sharing,
        CaseStatus::WrittenOff,
    ])?;
    let contact = request.contact.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let action = Action {
        id: contracts::JobId::fresh(tx.now()).uuid(),
        kind: request.kind,
        contact: contact.map(str::to_owned),
        note: request.note.trim().to_owned(),
        promise: request.promise,
        made_on: tx.business_date(),
        made_by: caller.name.clone(),
        made_at: tx.now(),
    };
    store::insert_action(tx, id, &action).await?;
    let entry = AuditEntry::new(&caller.actor(), "disposal.collect", "disposal_case", id)
        .with(serde_json::json!({ "kind": action.kind, "promise": action.promise }));
    tx.audit([entry]).await?;
    Ok(case)
}
