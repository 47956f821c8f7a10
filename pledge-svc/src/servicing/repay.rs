//! The act: a payment on a loan, from whomever it comes.

use chrono::NaiveDate;
use contracts::{Event, LoanId, OrgKind, RepaymentId, events::LoanRepaid};
use finance::{Claim, Money, MoneyError};
use http_kit::{ActError, Problem};
use identity::Caller;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde::{Deserialize, Serialize};
use tx_kit::{AuditEntry, Db, Fault, IdempotencyKey, InTx, Tx};

use super::{
    model::{Trace, TracePart, fee_for_repaying_ahead, moved, paid_parts, principal_parts, weights},
    postings::{self, Part},
};
use crate::{
    books::memorandum,
    disposal::{self, model::Case},
    instructions::{self, Given, Subject, Taken, model::Refusal},
    loan::{
        Held, LoanStatus, hold,
        model::{ReceiptRefused, Received, owing, products::LoanConditions, receive},
        store,
    },
    risk,
};

/// A payment to record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RepaymentRequest {
    /// What was paid.
    pub amount: Money,
    /// A remark.
    #[serde(default)]
    pub comment: Option<String>,
    /// It is meant to settle the loan, and is taken only where it does so to the fen on the day on which it is booked.
    #[serde(default)]
    pub pays_off: bool,
}

/// What is drawn and free on the facility.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LineAfter {
    /// Principal outstanding.
    pub drawn: Money,
    /// Free.
    pub available: Money,
}

/// A payment recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RepaymentView {
    /// Its id.
    pub id: RepaymentId,
    /// The loan.
    pub loan_id: LoanId,
    /// What was paid.
    pub amount: Money,
    /// Of it, interest of every kind.
    pub interest: Money,
    /// Of the interest, penalty and interest on interest.
    pub penalty: Money,
    /// Of it, fees.
    pub fees: Money,
    /// Of it, principal.
    pub principal: Money,
    /// Principal still owed.
    pub outstanding: Money,
    /// Business date.
    pub paid_on: NaiveDate,
    /// Who paid: `borrower`, or what stands in for it (`disposal`, `guarantee`, `fund`, `pool`).
    pub source: String,
    /// The loan after it.
    pub status: LoanStatus,
    /// The day on which it was undone (冲正); it counts no more from then on.
    #[serde(default)]
    pub reversed_on: Option<NaiveDate>,
    /// The facility after it; absent in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facility: Option<LineAfter>,
}

/// Records a payment of the borrower, or gives the bank the instruction where it does not debit at once.
///
/// # Errors
/// A loan that the caller does not see, more than is owed, a payoff that does not settle the loan, a loss that was shared; the
/// database's fault.
pub async fn repay(
    db: &Db,
    caller: &Caller,
    key: &IdempotencyKey,
    loan: LoanId,
    request: &RepaymentRequest,
) -> Result<Taken<RepaymentView>, ActError> {
    // Every row that is decided on is locked first, so that a hot line does not make a payment run again until it gives up.
    db.run_once_read_committed(Some(key), |tx| repay_in(tx, caller, loan, request).in_tx()).await
}

async fn repay_in(
    tx: &mut Tx,
    caller: &Caller,
    id: LoanId,
    request: &RepaymentRequest,
) -> Result<Taken<RepaymentView>, ActError> {
    let mut held = hold(tx, caller, id).await?.ok_or_else(Problem::not_found)?;
    // A bank of the syndicate sees the loan; the lead is its agent and records what is paid.
    if caller.org_kind == OrgKind::Bank && held.row.bank_id != caller.tenant.uuid() {
        return Err(Problem::not_found().into());
    }
    if !instructions::waits(tx.conn(), caller, &held.facility, held.on).await? {
        return book(tx, caller, held, request).await.map(Taken::Booked);
    }
    // What could not be taken today is not instructed either.
    let due = due(tx, &mut held, request).await?;
    received(&held, request.amount, &due.order)?;
    let subject = Subject::Loan { loan: &held.row, owed: due.payoff, pays_off: request.pays_off };
    let given = Given {
        facility: &held.facility,
        member: &held.member,
        subject,
        amount: request.amount,
        comment: request.comment.as_deref(),
    };
    Ok(Taken::Waits(Box::new(instructions::give(tx, caller, given).await?)))
}

/// Books a payment of the borrower on a held loan: what its bank debits, records, or confirms to have received.
///
/// # Errors
/// More than is owed, a payoff that does not settle the loan, a loss that was shared; a fault.
pub(crate) async fn book(
    tx: &mut Tx,
    caller: &Caller,
    mut held: Held,
    request: &RepaymentRequest,
) -> Result<RepaymentView, ActError> {
    let Due { case, order, .. } = due(tx, &mut held, request).await?;
    let payment = Payment {
        amount: request.amount,
        order: &order,
        source: "borrower",
        comment: request.comment.as_deref(),
    };
    let taken = take(tx, caller, &mut held, payment).await?;
    if let Some(case) = case {
        held.owed = owing(&held.terms, &held.plan, &held.account, held.on).map_err(broken)?;
        disposal::share_again(tx, caller, &held, &case).await?;
    }
    disposal::release_waiting(tx, &mut held).await?;
    Ok(taken)
}

/// What a payment of the borrower meets.
struct Due {
    /// The open case of the loan.
    case: Option<Case>,
    /// In which order it settles debts.
    order: [Claim; 7],
    /// What would settle the loan today, with the fee for repaying ahead.
    payoff: Money,
}

/// Readies a held loan for a payment of its borrower: the fee for what it repays ahead is owed from here on.
async fn due(tx: &Tx, held: &mut Held, request: &RepaymentRequest) -> Result<Due, ActError> {
    let case = disposal::admit_payment(tx, held.id()).await?;
    let conditions = store::conditions(&held.row)?;
    let payoff = payoff(held, &conditions).map_err(broken)?;
    if request.pays_off && held.status == LoanStatus::Active && request.amount != payoff {
        return Err(Refusal::NotPayoff { payoff }.into());
    }
    charge_for_prepaying(held, &conditions, request.amount)?;
    let order = conditions.order_after(u32::try_from(held.owed.overdue_days).unwrap_or(0));
    Ok(Due { case, order, payoff })
}

/// What would settle a held loan today.
fn payoff(held: &Held, conditions: &LoanConditions) -> Result<Money, MoneyError> {
    let fee = conditions.prepayment_fee(held.account.not_due()?, held.on)?;
    held.owed.total()?.checked_add(fee)
}

/// Principal that the borrower repays ahead of the plan costs what the loan's product says: the fee is owed from the
/// moment of the payment and is served by it first.
fn charge_for_prepaying(held: &mut Held, conditions: &LoanConditions, paid: Money) -> Result<(), Fault> {
    if held.status != LoanStatus::Active {
        return Ok(());
    }
    let fee = fee_for_repaying_ahead(conditions, &held.account, &held.owed, paid, held.on).map_err(broken)?;
    if fee.is_zero() {
        return Ok(());
    }
    let fees = &mut held.account.arrears.fees;
    *fees = fees.checked_add(fee).map_err(broken)?;
    held.owed = owing(&held.terms, &held.plan, &held.account, held.on).map_err(broken)?;
    Ok(())
}

/// A payment to be taken on a held loan.
pub(crate) struct Payment<'a> {
    /// What is paid.
    pub amount: Money,
    /// In which order it settles debts.
    pub order: &'a [Claim],
    /// Who pays: `borrower`, `disposal`, `guarantee`, `fund`, `pool`.
    pub source: &'a str,
    /// A remark.
    pub comment: Option<&'a str>,
}

/// Takes a payment on a held loan: allocation, line, loan, parts, ledger, event, audit row.
///
/// # Errors
/// The refusal of more than is owed; a fault.
pub(crate) async fn take(
    tx: &mut Tx,
    caller: &Caller,
    held: &mut Held,
    payment: Payment<'_>,
) -> Result<RepaymentView, ActError> {
    let received = received(held, payment.amount, payment.order)?;
    let impaired = risk::impaired(tx.conn(), held).await?;
    let found = found(held, (payment.source, impaired))?;
    let (terms, plan) = (held.terms, &held.plan);
    let after = owing(&terms, plan, &received.account, held.on).map_err(broken)?;
    let (principal, interest) = (received.allocation.principal(), received.interest());
    let fees = received.allocation.of(Claim::Fees);
    let before = held.interest();
    let left = after.interest().map_err(broken)?;
    let shown = before.paid(interest, left, impaired.is_some()).map_err(broken)?;
    let parts = parts(held, (principal, interest, fees), shown.receivable).map_err(broken)?;
    settled(held, &received);
    held.give_back(tx, principal).await?;
    held.write(tx, store::loan::ActiveModel::default()).await?;
    let by_bank: Vec<Money> = parts.iter().map(|part| part.principal).collect();
    held.write_shares(tx, &by_bank).await?;
    held.post_interest(tx, shown).await?;
    let movements =
        postings::receipt(held.id(), held.facility.id, &held.shares, &parts, held.interest_income())?;
    let movements = ledger::store::post(tx, &movements).await?;
    memorandum::follow_interest(tx, memorandum::INTEREST, held, before).await?;
    let trace = found.map(|found| Trace {
        retired: if held.facility.revolving { Money::ZERO } else { principal },
        parts: parts.iter().map(traced).collect(),
        movements,
        ..found
    });
    let late = received.allocation.of(Claim::Penalty).fen()
        + received.allocation.of(Claim::InterestOnInterest).fen();
    let view = RepaymentView {
        id: RepaymentId::fresh(tx.now()),
        loan_id: held.id(),
        amount: payment.amount,
        interest,
        penalty: Money::from_fen(late),
        fees,
        principal,
        outstanding: held.account.outstanding,
        paid_on: held.on,
        source: payment.source.to_owned(),
        status: held.status,
        reversed_on: None,
        facility: Some(LineAfter { drawn: held.facility.drawn, available: held.facility.available() }),
    };
    record(tx, caller, held, (payment.comment, trace.as_ref()), &view).await?;
    Ok(view)
}

/// What a payment does to a held loan.
fn received(held: &Held, amount: Money, order: &[Claim]) -> Result<Received, ActError> {
    if held.status != LoanStatus::Active {
        return Err(above(Money::ZERO).into());
    }
    receive(&held.terms, &held.plan, &held.account, amount, order, held.on).map_err(refused)
}

/// What a payment of the borrower finds, so that it can be undone; what others pay is undone in their case.
fn found(held: &Held, (source, impaired): (&str, Option<Money>)) -> Result<Option<Trace>, Fault> {
    if source != "borrower" {
        return Ok(None);
    }
    // The row as it was read: without the fee that the payment itself has caused.
    let (_, account, _) = store::parts(&held.row)?;
    Ok(Some(Trace {
        account,
        interest: held.interest(),
        impaired,
        closed_on: held.closed_on(),
        steps: held.row.steps,
        plan_version: held.row.plan_version,
        reset_on: held.row.reset_on,
        retired: Money::ZERO,
        parts: Vec::new(),
        movements: Vec::new(),
    }))
}

const fn traced(part: &Part) -> TracePart {
    TracePart { principal: part.principal, receivable: part.receivable }
}

fn settled(held: &mut Held, received: &Received) {
    held.account = received.account.clone();
    if held.account.is_settled() {
        held.status = LoanStatus::Repaid;
    }
}

fn refused(refused: ReceiptRefused) -> ActError {
    match refused {
        ReceiptRefused::AboveOwed { owed } => ActError::Refused(above(owed)),
        other => broken(other).into(),
    }
}

fn above(owed: Money) -> Problem {
    Problem::refused(
        "above-outstanding",
        format!("还款金额超过当前应还总额 {owed} 元，请按应还金额还款。"),
        format!("The payment is more than is owed today, {owed} yuan. Pay at most that."),
    )
    .with("owed", owed)
}

fn broken(error: impl std::fmt::Display) -> Fault {
    Fault::Invariant(error.to_string())
}

/// Each bank's part. What its receivable falls by is the difference of two splits, so that it never drifts.
fn parts(
    held: &Held,
    (principal, interest, fees): (Money, Money, Money),
    receivable: Money,
) -> Result<Vec<Part>, finance::SplitError> {
    let principal = principal_parts(&held.shares, principal)?;
    let interest = paid_parts(&held.shares, interest)?;
    let fees = paid_parts(&held.shares, fees)?;
    let moved = moved(held.posted(), receivable, &weights(&held.shares))?;
    let all = principal.into_iter().zip(interest).zip(fees).zip(moved);
    Ok(all
        .map(|(((principal, interest), fees), moved)| Part { principal, interest, fees, receivable: -moved })
        .collect())
}

async fn record(
    tx: &mut Tx,
    caller: &Caller,
    held: &Held,
    (comment, trace): (Option<&str>, Option<&Trace>),
    view: &RepaymentView,
) -> Result<(), Fault> {
    let row = store::repayment::ActiveModel {
        id: Set(view.id.uuid()),
        loan_id: Set(view.loan_id.uuid()),
        amount_fen: Set(view.amount.fen()),
        interest_fen: Set(view.interest.fen()),
        principal_fen: Set(view.principal.fen()),
        fees_fen: Set(view.fees.fen()),
        penalty_fen: Set(view.penalty.fen()),
        outstanding_fen: Set(view.outstanding.fen()),
        source: Set(view.source.clone()),
        paid_on: Set(view.paid_on),
        recorded_by: Set(caller.name.clone()),
        comment: Set(comment.map(str::to_owned)),
        created_at: Set(tx.now()),
        trace: Set(trace.map(serde_json::to_string).transpose()?),
        reversed_on: Set(None),
        reversed_by: Set(None),
    };
    store::repayment::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    let event = Event::LoanRepaid(LoanRepaid {
        loan_id: view.loan_id,
        facility_id: held.facility.id,
        bank_id: held.facility.bank_id,
        enterprise_id: held.member.enterprise_id,
        principal: view.principal,
        interest: view.interest,
        outstanding: view.outstanding,
        status: view.status.name().to_owned(),
        next_due_on: held.next_due_on()?,
        facility_version: held.facility.version,
        facility_drawn: held.facility.drawn,
        facility_reserved: held.facility.reserved,
        member_drawn: held.member.drawn,
        member_reserved: held.member.reserved,
    });
    tx.publish([(view.loan_id.uuid(), held.row.version, event)]).await?;
    let entry =
        AuditEntry::new(&caller.actor(), "loan.repay", "loan", view.loan_id).with(serde_json::json!({
            "amount": view.amount, "principal": view.principal, "interest": view.interest, "fees": view.fees,
            "source": view.source,
        }));
    tx.audit([entry]).await
}
