//! Rows as the rules see them, and back.

use contracts::UserId;
use finance::{ByClaim, Money};
use sea_orm::ActiveValue::Set;
use tx_kit::Fault;
use uuid::Uuid;

use super::entities::{action, case, claim, proposal};
use crate::{
    disposal::model::{
        Action, ActionKind, Case, CaseMoney, CaseOutcome, CaseStatus, Cause, Claim, ClaimStatus, Promise,
        Proposal, ProposalStatus,
    },
    fund::Bearer,
};

fn corrupt(what: &str, text: &str, id: Uuid) -> Fault {
    Fault::Corrupt(format!("{what} {text} of {id}"))
}

/// The case of a row.
pub(super) fn case_of(row: case::Model) -> Result<Case, Fault> {
    let id = row.id;
    let yuan = Money::from_fen;
    Ok(Case {
        cause: Cause::parse(&row.cause).ok_or_else(|| corrupt("cause", &row.cause, id))?,
        status: CaseStatus::parse(&row.status).ok_or_else(|| corrupt("status", &row.status, id))?,
        outcome: row
            .outcome
            .map(|text| CaseOutcome::parse(&text).ok_or_else(|| corrupt("outcome", &text, id)))
            .transpose()?,
        plan: row.plan.as_deref().map(serde_json::from_str).transpose()?,
        claim: ByClaim {
            costs: yuan(row.claim_costs_fen),
            principal: yuan(row.claim_principal_fen),
            interest: yuan(row.claim_interest_fen),
            penalty: yuan(row.claim_penalty_fen),
        },
        money: CaseMoney {
            costs: yuan(row.costs_fen),
            reimbursed: yuan(row.reimbursed_fen),
            proceeds: yuan(row.proceeds_fen),
            repaid: yuan(row.repaid_fen),
            loss: yuan(row.loss_fen),
            compensated: yuan(row.compensated_fen),
            taken_off: yuan(row.taken_off_fen),
            written_off: yuan(row.written_off_fen),
            written_back: yuan(row.written_back_fen),
            claim_kept: yuan(row.claim_kept_fen),
            recovered: yuan(row.recovered_fen),
            own_back: yuan(row.own_back_fen),
            extra: yuan(row.extra_fen),
            returned: yuan(row.returned_fen),
            surplus: yuan(row.surplus_fen),
            taxed: yuan(row.taxed_fen),
        },
        id: id.into(),
        number: row.number,
        loan_id: row.loan_id.into(),
        loan_number: row.loan_number,
        facility_id: row.facility_id.into(),
        facility_name: row.facility_name,
        bank_id: row.bank_id.into(),
        bank_name: row.bank_name,
        enterprise_id: row.enterprise_id.into(),
        enterprise_name: row.enterprise_name,
        reason: row.reason,
        opened_on: row.opened_on,
        opened_by: row.opened_by,
        closed_on: row.closed_on,
        version: row.version,
    })
}

/// The whole row of a case.
pub(super) fn case_row(one: &Case) -> Result<case::ActiveModel, Fault> {
    let money = &one.money;
    Ok(case::ActiveModel {
        id: Set(one.id.uuid()),
        number: Set(one.number.clone()),
        loan_id: Set(one.loan_id.uuid()),
        loan_number: Set(one.loan_number.clone()),
        facility_id: Set(one.facility_id.uuid()),
        facility_name: Set(one.facility_name.clone()),
        bank_id: Set(one.bank_id.uuid()),
        bank_name: Set(one.bank_name.clone()),
        enterprise_id: Set(one.enterprise_id.uuid()),
        enterprise_name: Set(one.enterprise_name.clone()),
        cause: Set(one.cause.name().to_owned()),
        reason: Set(one.reason.clone()),
        status: Set(one.status.name().to_owned()),
        opened_on: Set(one.opened_on),
        opened_by: Set(one.opened_by.clone()),
        claim_principal_fen: Set(one.claim.principal.fen()),
        claim_interest_fen: Set(one.claim.interest.fen()),
        claim_penalty_fen: Set(one.claim.penalty.fen()),
        claim_costs_fen: Set(one.claim.costs.fen()),
        plan: Set(one.plan.as_ref().map(serde_json::to_string).transpose()?),
        costs_fen: Set(money.costs.fen()),
        reimbursed_fen: Set(money.reimbursed.fen()),
        proceeds_fen: Set(money.proceeds.fen()),
        repaid_fen: Set(money.repaid.fen()),
        loss_fen: Set(money.loss.fen()),
        compensated_fen: Set(money.compensated.fen()),
        taken_off_fen: Set(money.taken_off.fen()),
        written_off_fen: Set(money.written_off.fen()),
        written_back_fen: Set(money.written_back.fen()),
        claim_kept_fen: Set(money.claim_kept.fen()),
        recovered_fen: Set(money.recovered.fen()),
        own_back_fen: Set(money.own_back.fen()),
        extra_fen: Set(money.extra.fen()),
        returned_fen: Set(money.returned.fen()),
        surplus_fen: Set(money.surplus.fen()),
        taxed_fen: Set(money.taxed.fen()),
        outcome: Set(one.outcome.map(|outcome| outcome.name().to_owned())),
        closed_on: Set(one.closed_on),
        version: Set(one.version),
    })
}

/// The action of a row.
pub(super) fn action_of(row: action::Model) -> Result<Action, Fault> {
    Ok(Action {
        kind: ActionKind::parse(&row.kind).ok_or_else(|| corrupt("action", &row.kind, row.id))?,
        id: row.id,
        contact: row.contact,
        note: row.note,
        promise: row
            .promised_fen
            .zip(row.promised_until)
            .map(|(fen, until)| Promise { amount: Money::from_fen(fen), until }),
        made_on: row.made_on,
        made_by: row.made_by,
        made_at: row.made_at,
    })
}

/// The whole row of an action in a case.
pub(super) fn action_row(case: Uuid, one: &Action) -> action::ActiveModel {
    action::ActiveModel {
        id: Set(one.id),
        case_id: Set(case),
        kind: Set(one.kind.name().to_owned()),
        contact: Set(one.contact.clone()),
        note: Set(one.note.clone()),
        promised_fen: Set(one.promise.map(|promise| promise.amount.fen())),
        promised_until: Set(one.promise.map(|promise| promise.until)),
        made_on: Set(one.made_on),
        made_by: Set(one.made_by.clone()),
        made_at: Set(one.made_at),
    }
}

/// The proposal of a row.
pub(super) fn proposal_of(row: proposal::Model) -> Result<Proposal, Fault> {
    Ok(Proposal {
        status: ProposalStatus::parse(&row.status).ok_or_else(|| corrupt("status", &row.status, row.id))?,
        ask: serde_json::from_str(&row.content)?,
        result: row.result.as_deref().map(serde_json::from_str).transpose()?,
        id: row.id.into(),
        case_id: row.case_id.into(),
        case_number: row.case_number,
        bank_id: row.bank_id.into(),
        enterprise_name: row.enterprise_name,
        maker_id: row.maker_id.into(),
        maker: row.maker,
        approver: row.approver,
        reason: row.reason,
        created_at: row.created_at,
        decided_at: row.decided_at,
    })
}

/// The whole row of a proposal.
pub(super) fn proposal_row(one: &Proposal) -> Result<proposal::ActiveModel, Fault> {
    Ok(proposal::ActiveModel {
        id: Set(one.id.uuid()),
        case_id: Set(one.case_id.uuid()),
        case_number: Set(one.case_number.clone()),
        bank_id: Set(one.bank_id.uuid()),
        enterprise_name: Set(one.enterprise_name.clone()),
        kind: Set(one.ask.name().to_owned()),
        content: Set(serde_json::to_string(&one.ask)?),
        result: Set(one.result.as_ref().map(ToString::to_string)),
        status: Set(one.status.name().to_owned()),
        maker_id: Set(one.maker_id.uuid()),
        maker: Set(one.maker.clone()),
        approver: Set(one.approver.clone()),
        reason: Set(one.reason.clone()),
        created_at: Set(one.created_at),
        decided_at: Set(one.decided_at),
    })
}

/// The claim of a row.
pub(super) fn claim_of(row: claim::Model) -> Result<Claim, Fault> {
    let id = row.id;
    Ok(Claim {
        bearer: Bearer::parse(&row.bearer).ok_or_else(|| corrupt("bearer", &row.bearer, id))?,
        status: ClaimStatus::parse(&row.status).ok_or_else(|| corrupt("status", &row.status, id))?,
        id: id.into(),
        number: row.number,
        case_id: row.case_id.into(),
        case_number: row.case_number,
        bank_id: row.bank_id.into(),
        bank_name: row.bank_name,
        enterprise_name: row.enterprise_name,
        party_id: row.party_id.map(Into::into),
        party: row.party,
        agreement_id: row.agreement_id.map(Into::into),
        policy_id: row.policy_id.map(Into::into),
        amount: Money::from_fen(row.amount_fen),
        granted: row.granted_fen.map(Money::from_fen),
        reason: row.reason,
        reference: row.reference,
        answered_by_id: row.answered_by_id.map(UserId::from_uuid),
        answered_by: row.answered_by,
        decided_by: row.decided_by,
        paid: Money::from_fen(row.paid_fen),
        returned: Money::from_fen(row.returned_fen),
        eased: Money::from_fen(row.eased_fen),
        claimed_on: row.claimed_on,
        decided_on: row.decided_on,
        version: row.version,
    })
}

/// The whole row of a claim.
pub(super) fn claim_row(one: &Claim) -> claim::ActiveModel {
    claim::ActiveModel {
        id: Set(one.id.uuid()),
        number: Set(one.number.clone()),
        case_id: Set(one.case_id.uuid()),
        case_number: Set(one.case_number.clone()),
        bank_id: Set(one.bank_id.uuid()),
        bank_name: Set(one.bank_name.clone()),
        enterprise_name: Set(one.enterprise_name.clone()),
        bearer: Set(one.bearer.name().to_owned()),
        party_id: Set(one.party_id.map(contracts::OrgId::uuid)),
        party: Set(one.party.clone()),
        agreement_id: Set(one.agreement_id.map(contracts::FundAgreementId::uuid)),
        policy_id: Set(one.policy_id.map(contracts::PolicyId::uuid)),
        amount_fen: Set(one.amount.fen()),
        status: Set(one.status.name().to_owned()),
        granted_fen: Set(one.granted.map(Money::fen)),
        reason: Set(one.reason.clone()),
        reference: Set(one.reference.clone()),
        answered_by_id: Set(one.answered_by_id.map(UserId::uuid)),
        answered_by: Set(one.answered_by.clone()),
        decided_by: Set(one.decided_by.clone()),
        paid_fen: Set(one.paid.fen()),
        returned_fen: Set(one.returned.fen()),
        eased_fen: Set(one.eased.fen()),
        claimed_on: Set(one.claimed_on),
        decided_on: Set(one.decided_on),
        version: Set(one.version),
    }
}
