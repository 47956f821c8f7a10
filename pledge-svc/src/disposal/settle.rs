//! Settling a claim that was confirmed: what is paid enters the bank's book as a payment on the loan; a fund's own book and
//! the pool's deposits move with it.

use finance::{Claim as Debt, Money};
use http_kit::ActError;
use identity::Caller;
use tx_kit::{Fault, Tx};

use super::{
    carry_out::about,
    model::{Claim, Refusal, late::Late},
    pool, postings, store,
};
use crate::{
    fund::{self, Bearer},
    loan::Held,
    servicing::{self, Payment},
};

/// What compensation settles on the loan: what the loss was counted in, before anything else.
const ORDER: [Debt; 7] = [
    Debt::OverduePrincipal,
    Debt::CurrentPrincipal,
    Debt::OverdueInterest,
    Debt::CurrentInterest,
    Debt::Penalty,
    Debt::InterestOnInterest,
    Debt::Fees,
];

/// Writes a confirmed claim and moves what it pays. `caller` acts in the name of the lead bank; `read` is the version of
/// the claim's row.
pub(super) async fn settle(
    tx: &mut Tx,
    caller: &Caller,
    held: &mut Held,
    claim: &Claim,
    read: i64,
) -> Result<(), ActError> {
    store::update_claim(tx, claim, read).await?;
    if claim.paid.is_positive() {
        pay(tx, caller, held, claim, claim.paid).await?;
    }
    out_of_fund(tx, claim).await
}

/// What a confirmed claim pays leaves the fund behind it, if one is; what had been set aside for the claim is free. The
/// fund's rows are locked last, after facility, member, loan and case.
async fn out_of_fund(tx: &mut Tx, claim: &Claim) -> Result<(), ActError> {
    let Some(agreement) = claim.agreement_id else { return Ok(()) };
    let payment = fund::Payment {
        agreement,
        claim: claim.id,
        number: &claim.number,
        claimed: claim.amount,
        amount: claim.paid,
        maker: claim.answered_by.as_deref().unwrap_or_default(),
        approver: claim.decided_by.as_deref().unwrap_or_default(),
    };
    fund::pay(tx, &payment).await
}

/// Writes a confirmed claim whose party answered once the loan was off the books: what it owed of the loss comes back to the
/// banks. `read` is the version of the claim's row.
///
/// # Errors
/// Less is held of the deposits or by the fund that pay; the database's fault.
pub(super) async fn settle_late(
    tx: &mut Tx,
    caller: &Caller,
    held: &Held,
    (claim, read): (&Claim, i64),
    late: Late,
) -> Result<(), ActError> {
    store::update_claim(tx, claim, read).await?;
    let deposit = pool::kind_of(claim.bearer).filter(|_| claim.paid.is_positive());
    if let Some(kind) = deposit {
        pool::take(tx, caller, held, (kind, claim.paid)).await?;
    }
    came_back(tx, held, late).await?;
    if deposit.is_some() {
        pool::base_after(tx, caller, held).await?;
    }
    out_of_fund(tx, claim).await
}

/// What is paid on a claim once the loan is off the books enters the banks' books as a recovery.
///
/// # Errors
/// The database's fault.
pub(super) async fn came_back(tx: &mut Tx, held: &Held, late: Late) -> Result<(), Fault> {
    let reinstated = (late.written_back, late.taxed);
    let income = (held.interest_income(), late.interest);
    let movements = postings::recovered_after_write_off(about(held), &held.shares, reinstated, income)?;
    ledger::store::post(tx, &movements).await?;
    Ok(())
}

/// Pays the loan an amount on a claim. `caller` acts in the name of the lead bank.
///
/// # Errors
/// More than is owed; the database's fault.
pub(super) async fn pay(
    tx: &mut Tx,
    caller: &Caller,
    held: &mut Held,
    claim: &Claim,
    amount: Money,
) -> Result<(), ActError> {
    let owed = held.owed.total().map_err(Refusal::from)?;
    if amount > owed {
        return Err(Refusal::AboveClaimed { claimed: owed, asked: amount }.into());
    }
    let deposit = pool::kind_of(claim.bearer);
    if let Some(kind) = deposit {
        pool::take(tx, caller, held, (kind, amount)).await?;
    }
    let source = match claim.bearer {
        Bearer::Fund => "fund",
        Bearer::Pool | Bearer::Margin => "pool",
        Bearer::Insurer | Bearer::Guarantor | Bearer::Appraiser | Bearer::Reguarantor | Bearer::Bank => {
            "guarantee"
        }
    };
    let payment = Payment { amount, order: &ORDER, source, comment: Some(claim.number.as_str()) };
    servicing::take(tx, caller, held, payment).await?;
    if deposit.is_some() {
        pool::base_after(tx, caller, held).await?;
    }
    Ok(())
}
