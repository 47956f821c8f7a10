//! What a case means for acts on its loan beside it: a payment of the borrower, a change of terms, the certificate that the
//! loan is settled, the pledge that secures it.

use contracts::{FacilityId, LoanId, OrgId};
use finance::Money;
use http_kit::ActError;
use identity::{Caller, Scope};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    events::{Act, tell},
    model::{
        Ask, Case, CaseStatus, LossShares, ProposalStatus, Refusal, Sharing,
        realisation::by_claim,
        resharing::{payable_beside, shared_again},
    },
    store,
};
use crate::{fund, loan::Held};

/// The open case of a held loan, locked, where the borrower may pay the loan beside it; `None` where no case is open.
///
/// # Errors
/// Others have borne a part of the loss, or the loan is off the books; the database's fault.
pub(crate) async fn admit_payment(tx: &Tx, loan: LoanId) -> Result<Option<Case>, ActError> {
    let Some(seen) = store::find_open(tx.conn(), &Scope::system(), loan).await? else { return Ok(None) };
    // Read again under the lock. Opening and everything that moves money hold the loan first, and so does the caller.
    let Some(case) = store::lock(tx, seen.id).await? else { return Ok(None) };
    payable_beside(&case)?;
    Ok(Some(case))
}

/// After a payment of the borrower: claims that wait fall with the loss, with the funds that are told of them.
///
/// # Errors
/// The database's fault.
pub(crate) async fn share_again(
    tx: &mut Tx,
    caller: &Caller,
    held: &Held,
    case: &Case,
) -> Result<(), ActError> {
    let system = Scope::system();
    if case.status != CaseStatus::Sharing {
        return Ok(());
    }
    let claims = store::list_claims(tx.conn(), &system, case.id).await?;
    let Some((sharing, shares)) = sharing_of(tx.conn(), case).await? else { return Ok(()) };
    let owed = by_claim(&held.owed, Money::ZERO).map_err(Refusal::from)?;
    let today = tx.business_date();
    let Some(again) = shared_again(case, (&sharing, &shares), &claims, &owed, today)? else { return Ok(()) };
    store::update_case(tx, &again.case, case.version).await?;
    let mut told = Vec::with_capacity(again.claims.len());
    for (before, after) in &again.claims {
        store::update_claim(tx, after, before.version).await?;
        let left = if after.status.is_live() { after.amount } else { Money::ZERO };
        if let Some(agreement) = before.agreement_id {
            let less = before.amount.checked_sub(left).map_err(Refusal::from)?;
            fund::lower_claim(tx, agreement, less).await?;
        }
        told.push(serde_json::json!({ "claim": before.id, "before": before.amount, "after": left }));
    }
    tell(tx, Act::Payment, &case.money, &again.case).await?;
    let entry = AuditEntry::new(&caller.actor(), "disposal.share_again", "disposal_case", case.id).with(
        serde_json::json!({ "loss_before": case.money.loss, "loss": again.case.money.loss, "claims": told }),
    );
    tx.audit([entry]).await?;
    Ok(())
}

/// How the loss of a case was shared when it was determined.
async fn sharing_of(
    conn: &impl ConnectionTrait,
    case: &Case,
) -> Result<Option<(Sharing, LossShares)>, Fault> {
    let proposals = store::list_proposals(conn, &Scope::system(), case.id).await?;
    let approved = proposals.into_iter().filter(|one| one.status == ProposalStatus::Approved);
    for one in approved {
        if let (Ask::Sharing(sharing), Some(result)) = (one.ask, one.result) {
            return Ok(Some((sharing, serde_json::from_value(result)?)));
        }
    }
    Ok(None)
}

/// A loan whose collateral is being sold or whose loss is shared keeps its terms.
///
/// # Errors
/// [`Refusal::InWorkout`]; the database's fault.
pub(crate) async fn refuse_change_of_terms(
    conn: &impl ConnectionTrait,
    loan: LoanId,
) -> Result<(), ActError> {
    let Some(case) = store::find_open(conn, &Scope::system(), loan).await? else { return Ok(()) };
    match case.status {
        CaseStatus::Proposed | CaseStatus::Collection => Ok(()),
        status => Err(Refusal::InWorkout { number: case.number, status }.into()),
    }
}

/// The number of a case, open or closed, in which the loss of a loan was determined or the loan taken off the books.
///
/// # Errors
/// The database's fault.
pub(crate) async fn loss_shared(conn: &impl ConnectionTrait, loan: LoanId) -> Result<Option<String>, Fault> {
    use store::case::Column;
    let gone = Condition::any()
        .add(Column::LossFen.gt(0))
        .add(Column::Status.is_in([CaseStatus::Sharing, CaseStatus::WrittenOff].map(CaseStatus::name)));
    Ok(store::case::Entity::find()
        .select_only()
        .column(Column::Number)
        .filter(Column::LoanId.eq(loan.uuid()))
        .filter(gone)
        .order_by_desc(Column::Id)
        .into_tuple()
        .one(conn)
        .await?)
}

/// A loan that others have paid for the borrower is not certified as settled while their money is not back.
///
/// # Errors
/// [`Refusal::CompensationLive`]; the database's fault.
pub(crate) async fn refuse_certificate(conn: &impl ConnectionTrait, loan: LoanId) -> Result<(), ActError> {
    let owed = store::find_compensation_live(conn, &Scope::system(), loan).await?;
    if owed.is_positive() { Err(Refusal::CompensationLive { owed }.into()) } else { Ok(()) }
}

/// The numbers of the cases that are open of a facility's loans: of one borrower's, or of all.
///
/// # Errors
/// The database's fault.
pub(crate) async fn open_cases(
    conn: &impl ConnectionTrait,
    facility: FacilityId,
    borrower: Option<OrgId>,
) -> Result<Vec<String>, Fault> {
    store::list_open_numbers(conn, &Scope::system(), facility, borrower).await
}
