//! The act: a fee is charged on a loan. It falls due on a day, with the next instalment where none is named, and is overdue
//! after it like an instalment; a payment serves it first, and it is income when it is paid.

use chrono::{Months, NaiveDate};
use contracts::LoanId;
use finance::Money;
use http_kit::{ActError, Problem};
use identity::Caller;
use sea_orm::ActiveValue::Set;
use serde::{Deserialize, Serialize};
use tx_kit::{AuditEntry, Fault, Tx};

use crate::{
    applications,
    loan::{LoanStatus, hold, model::owing, store},
    risk,
};

/// The most that may stand open in fees on one loan: a hundred million yuan, far above any fee and far below the range of
/// amounts, so that no sum of a loan's debts leaves that range.
pub(super) const FEES_MAX: Money = Money::from_fen(10_000_000_000);

/// How far ahead a fee may fall due.
const DUE_WITHIN: Months = Months::new(12);

/// What a fee is for, as far as products tell fees apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FeeKind {
    /// 担保费: passed on to the guarantor.
    Guarantee,
    /// Any other.
    #[default]
    Other,
}

/// A fee to charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FeeRequest {
    /// How much.
    pub amount: Money,
    /// What for; the borrower reads it in the notice.
    pub reason: String,
    /// Of which kind it is.
    #[serde(default)]
    pub kind: FeeKind,
    /// The day on which it falls due, today or later; the next due date of the loan where it is not said, and today where
    /// none is left.
    #[serde(default)]
    pub due_on: Option<NaiveDate>,
}

/// The fees of a loan after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FeesOwed {
    /// The loan.
    pub loan_id: LoanId,
    /// Everything owed in fees.
    pub fees: Money,
    /// The day on which the fee charged falls due.
    pub due_on: NaiveDate,
}

fn too_much(owed: Money) -> Problem {
    let left = FEES_MAX.saturating_sub(owed);
    Problem::refused(
        "fees-too-high",
        format!("一笔贷款未付费用合计不超过 {FEES_MAX} 元，现已有 {owed} 元，最多还可收取 {left} 元。"),
        format!(
            "No more than {FEES_MAX} yuan of fees may stand open on a loan; {owed} do, so charge at most {left}."
        ),
    )
    .with("fees", owed)
    .with("left", left)
}

fn not_then(first: NaiveDate, last: NaiveDate) -> Problem {
    Problem::bad_fields(Vec::new()).with_field(
        "due_on",
        format!("费用的到期日须在 {first} 至 {last} 之间。"),
        format!("A fee falls due from {first} to {last}."),
    )
}

/// Charges a fee.
///
/// # Errors
/// Not the lead bank's loan, not active, more fees than a loan may owe, or the database's fault.
pub(super) async fn charge(
    tx: &mut Tx,
    caller: &Caller,
    id: LoanId,
    request: &FeeRequest,
) -> Result<FeesOwed, ActError> {
    let mut held = hold(tx, caller, id).await?.ok_or_else(Problem::not_found)?;
    if held.row.bank_id != caller.tenant.uuid() {
        return Err(Problem::not_found().into());
    }
    if held.status != LoanStatus::Active {
        return Err(Problem::refused(
            "loan-not-active",
            "贷款已结清或已核销，不能再收取费用。",
            "The loan is repaid or written off; no fee can be charged on it.",
        )
        .into());
    }
    let guarantee = request.kind == FeeKind::Guarantee;
    applications::admit_fee(tx.conn(), &held.row, (request.amount, guarantee), held.on).await?;
    let before = held.account.arrears.fees;
    let fees = before.checked_add(request.amount).ok().filter(|sum| *sum <= FEES_MAX);
    let fees = fees.ok_or_else(|| too_much(before))?;
    let next = held.plan.instalments.iter().find(|one| one.number > held.account.billed);
    let due_on = request.due_on.unwrap_or_else(|| next.map_or(held.on, |one| one.due));
    let latest = held.on.checked_add_months(DUE_WITHIN).unwrap_or(NaiveDate::MAX);
    if due_on < held.on || (request.due_on.is_some() && due_on > latest) {
        return Err(not_then(held.on, latest).into());
    }
    held.account
        .arrears
        .charge(request.amount, due_on)
        .map_err(|error| Fault::Invariant(error.to_string()))?;
    held.owed = owing(&held.terms, &held.plan, &held.account, held.on)
        .map_err(|error| Fault::Invariant(error.to_string()))?;
    let mut beside = store::loan::ActiveModel::default();
    if guarantee {
        held.row.guarantee_fees_fen += request.amount.fen();
        beside.guarantee_fees_fen = Set(held.row.guarantee_fees_fen);
    }
    held.write(tx, beside).await?;
    let told = risk::reassess(tx, &mut held, "fee").await?;
    let event = held.state_changed("fee", told.parts(), false)?;
    tx.publish([(held.row.id, held.row.version, event)]).await?;
    let entry = AuditEntry::new(&caller.actor(), "loan.charge", "loan", id)
        .with(serde_json::json!({ "amount": request.amount, "reason": request.reason, "kind": request.kind, "due_on": due_on }));
    tx.audit([entry]).await?;
    Ok(FeesOwed { loan_id: id, fees, due_on })
}
