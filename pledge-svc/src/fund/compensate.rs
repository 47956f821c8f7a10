//! The acts behind a bank's claim: it is noted under the agreement, decided with a payment or without, and what the bank
//! recovers later comes back. The claim itself, and who decides it, are in `disposal`.

use std::collections::HashMap;

use contracts::{CompensationId, FacilityId, FundAgreementId, FundId, LoanId, OrgId};
use finance::{LossLayer, Money, Rate};
use http_kit::ActError;
use identity::Scope;
use sea_orm::ConnectionTrait;
use tx_kit::{Fault, Tx};

use super::{
    booking::{Booking, book},
    events::{self, Act},
    model::{
        Agreement, AgreementStatus, EntryKind, Fund, PaymentBounds,
        covered::{divided, part, share_of},
        payment::{claim, lower, settle, take_back},
    },
    postings, store, watch,
};

/// What a fund would bear of a loss of a bank, as the sharing of the loss takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundCover {
    /// The agreement.
    pub agreement: Agreement,
    /// What is left of this year's cap, less claims that wait.
    pub left_of_year: Option<Money>,
    /// The least of what is left of the commitment and what the fund holds, each less the claims that wait for it.
    pub balance: Money,
    /// The part of the loan that was drawn while the agreement covered new loans; the whole where no loan is asked about.
    pub part: Rate,
}

impl FundCover {
    /// A promise made on the facility, held to what the fund has agreed: the smaller share and cap, the larger deductible.
    #[must_use]
    fn bounded(&self, promised: LossLayer) -> LossLayer {
        let terms = &self.agreement.terms;
        let cap = match (promised.cap, terms.cap_per_claim) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        LossLayer {
            rank: promised.rank,
            share: share_of(promised.share.min(terms.share_max), self.part),
            deductible: promised.deductible.max(terms.deductible),
            cap,
            left_of_year: self.left_of_year,
            balance: Some(self.balance),
        }
    }
}

/// A promise made on the facility under each of the agreements of its fund that covered parts of a loan. It is one promise:
/// its cap is divided among them, so that the fund bears no more than it promised once. Its deductible is not: it is taken
/// off the loss before the share, and the shares are divided already. What each agreement sets beside is its own.
#[must_use]
pub fn bounded_together<'a>(
    covers: impl IntoIterator<Item = &'a FundCover>,
    promised: &LossLayer,
) -> Vec<(&'a FundCover, LossLayer)> {
    let covers: Vec<&FundCover> = covers.into_iter().collect();
    let parts: Vec<Rate> = covers.iter().map(|cover| cover.part).collect();
    let caps = promised.cap.map(|cap| divided(cap, &parts));
    let bounded = covers.into_iter().enumerate().map(|(index, cover)| {
        let cap = caps.as_ref().and_then(|caps| caps.get(index)).copied();
        (cover, cover.bounded(LossLayer { cap, ..promised.clone() }))
    });
    bounded.collect()
}

/// What stands for a bank's facility at a fund, as it stands today; `None` where no agreement does. What of a loan it
/// covers is another question: [`covers_of_loans`].
///
/// # Errors
/// The database's fault.
pub async fn cover_of(
    conn: &impl ConnectionTrait,
    fund_id: FundId,
    bank: OrgId,
    facility: FacilityId,
    on: chrono::NaiveDate,
) -> Result<Option<FundCover>, Fault> {
    let scope = Scope::system();
    let Some(agreement) = store::find_covering(conn, &scope, fund_id, bank, facility).await? else {
        return Ok(None);
    };
    standing(conn, agreement, on).await
}

/// The agreements that covered loans when they were drawn, each with what it has left today and the part of the loan
/// that it covers. An agreement that has ended covers nothing.
///
/// # Errors
/// The database's fault.
pub async fn covers_of_loans(
    conn: &impl ConnectionTrait,
    loans: &[LoanId],
    on: chrono::NaiveDate,
) -> Result<HashMap<LoanId, Vec<FundCover>>, Fault> {
    let rows = store::covered_loans(conn, loans).await?;
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    let mut ids: Vec<FundAgreementId> = rows.iter().map(|row| row.agreement).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut standings: HashMap<FundAgreementId, FundCover> = HashMap::with_capacity(ids.len());
    for agreement in store::list_agreements(conn, &Scope::system(), &ids).await? {
        if agreement.status != AgreementStatus::Ended
            && let Some(found) = standing(conn, agreement, on).await?
        {
            standings.insert(found.agreement.id, found);
        }
    }
    let mut covers: HashMap<LoanId, Vec<FundCover>> = HashMap::new();
    for row in rows {
        let Some(found) = standings.get(&row.agreement) else { continue };
        let cover = FundCover { part: part(row.amount, row.drawn), ..found.clone() };
        covers.entry(row.loan).or_default().push(cover);
    }
    Ok(covers)
}

/// What an agreement has left today; `None` where its fund is not open.
async fn standing(
    conn: &impl ConnectionTrait,
    agreement: Agreement,
    on: chrono::NaiveDate,
) -> Result<Option<FundCover>, Fault> {
    let (scope, fund_id) = (Scope::system(), agreement.fund_id);
    let Some(fund) = store::find(conn, &scope, fund_id).await? else { return Ok(None) };
    let broken = |error: finance::MoneyError| Fault::Invariant(error.to_string());
    let left_of_year = match agreement.terms.cap_per_year {
        None => None,
        Some(cap) => {
            let paid = store::find_paid_in_year(conn, &scope, agreement.id, on).await?;
            // What waits will be paid out of the same year or of a later one, and never out of neither.
            Some(cap.saturating_sub(paid).saturating_sub(agreement.pending))
        }
    };
    // What the fund holds is the same money for every bank: claims of all of them wait for it.
    let open = store::list_open(conn, &scope, fund_id).await?;
    let waiting = Money::total(open.iter().map(|one| one.pending)).map_err(broken)?;
    let balance = agreement
        .commitment_left()
        .map_err(broken)?
        .saturating_sub(agreement.pending)
        .min(fund.balance().map_err(broken)?.saturating_sub(waiting));
    Ok(Some(FundCover { agreement, left_of_year, balance, part: Rate::ONE }))
}

async fn locked(tx: &Tx, id: FundAgreementId) -> Result<(Fund, Agreement), ActError> {
    let gone = || Fault::Corrupt(format!("fund agreement {id} of a claim"));
    let seen = store::find_agreement(tx.conn(), &Scope::system(), id).await?.ok_or_else(gone)?;
    let fund = store::lock(tx, seen.fund_id).await?.ok_or_else(gone)?;
    let agreement = store::lock_agreement(tx, id).await?.ok_or_else(gone)?;
    Ok((fund, agreement))
}

/// Notes that the bank has claimed an amount under an agreement.
///
/// # Errors
/// Ended meanwhile, or the database's fault.
pub async fn note_claim(tx: &mut Tx, id: FundAgreementId, amount: Money) -> Result<(), ActError> {
    let (_, agreement) = locked(tx, id).await?;
    let claimed = claim(&agreement, amount)?;
    store::update_agreement(tx, &claimed).await?;
    events::tell_agreement(tx, Act::Claimed, &claimed).await?;
    Ok(())
}

/// Notes that a claim which waits has fallen by an amount: less is lost than was claimed for.
///
/// # Errors
/// More than waits, or the database's fault.
pub async fn lower_claim(tx: &mut Tx, id: FundAgreementId, less: Money) -> Result<(), ActError> {
    let (_, agreement) = locked(tx, id).await?;
    let lowered = lower(&agreement, less)?;
    store::update_agreement(tx, &lowered).await?;
    events::tell_agreement(tx, Act::Lowered, &lowered).await?;
    Ok(())
}

/// A claim as the fund decides it.
#[derive(Debug, Clone)]
pub struct Payment<'a> {
    /// The agreement.
    pub agreement: FundAgreementId,
    /// The claim.
    pub claim: CompensationId,
    /// The claim's number.
    pub number: &'a str,
    /// What was claimed.
    pub claimed: Money,
    /// What is paid; zero where the claim is declined.
    pub amount: Money,
    /// Who of the fund asked for it.
    pub maker: &'a str,
    /// Who of the fund decided it.
    pub approver: &'a str,
}

/// Decides a claim: what is paid leaves the fund, by entry and ledger, and the bank's breaker is looked at again.
///
/// # Errors
/// More than a bound allows, or the database's fault.
pub async fn pay(tx: &mut Tx, payment: &Payment<'_>) -> Result<(), ActError> {
    let (fund, agreement) = locked(tx, payment.agreement).await?;
    let paid_this_year =
        store::find_paid_in_year(tx.conn(), &Scope::system(), agreement.id, tx.business_date()).await?;
    let bounds = PaymentBounds { claimed: payment.claimed, paid_this_year };
    let (fund, agreement) = settle(&fund, &agreement, payment.amount, bounds)?;
    store::update(tx, &fund).await?;
    store::update_agreement(tx, &agreement).await?;
    events::tell_agreement(tx, Act::Decided, &agreement).await?;
    if payment.amount.is_zero() {
        events::tell(tx, &fund, None).await?;
        return Ok(());
    }
    let booking = Booking {
        kind: EntryKind::Compensation,
        amount: payment.amount,
        under: Some(&agreement),
        claim: Some(payment.claim),
        party: &agreement.bank_name,
        reference: payment.number,
        maker: payment.maker,
        approver: payment.approver,
    };
    book(tx, &fund, booking).await?;
    let book_id = OrgId::from_uuid(fund.id.uuid());
    let movement = postings::compensation_paid(book_id, payment.claim.uuid(), payment.amount)?;
    ledger::store::post(tx, &[movement]).await?;
    watch::review(tx, &agreement).await?;
    Ok(())
}

/// A recovery that a bank hands back.
#[derive(Debug, Clone)]
pub struct HandedBack<'a> {
    /// The agreement.
    pub agreement: FundAgreementId,
    /// The claim that was paid.
    pub claim: CompensationId,
    /// The claim's number.
    pub number: &'a str,
    /// What comes back.
    pub amount: Money,
    /// Who of the bank asked for it.
    pub maker: &'a str,
    /// Who of the bank decided it.
    pub approver: &'a str,
}

/// Takes a recovery back into the fund, by entry and ledger.
///
/// # Errors
/// More than was paid, or the database's fault.
pub async fn take_recovery(tx: &mut Tx, back: &HandedBack<'_>) -> Result<(), ActError> {
    let (fund, agreement) = locked(tx, back.agreement).await?;
    let (fund, agreement) = take_back(&fund, &agreement, back.amount)?;
    store::update(tx, &fund).await?;
    store::update_agreement(tx, &agreement).await?;
    events::tell_agreement(tx, Act::Recovered, &agreement).await?;
    let booking = Booking {
        kind: EntryKind::Recovery,
        amount: back.amount,
        under: Some(&agreement),
        claim: Some(back.claim),
        party: &agreement.bank_name,
        reference: back.number,
        maker: back.maker,
        approver: back.approver,
    };
    book(tx, &fund, booking).await?;
    let book_id = OrgId::from_uuid(fund.id.uuid());
    let movement = postings::recovery_handed_back(book_id, back.claim.uuid(), back.amount)?;
    ledger::store::post(tx, &[movement]).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use finance::share_loss;

    use super::*;
    use crate::fund::model::samples::{agreement, yuan};

    #[test]
    fn a_promise_behind_which_two_agreements_stand_is_capped_and_deducted_from_once() {
        let under = |points| FundCover {
            agreement: agreement(5_000_000),
            left_of_year: None,
            balance: yuan(5_000_000),
            part: Rate::from_basis_points(points),
        };
        let half = LossLayer::plain(1, Rate::from_basis_points(5_000));
        let capped = LossLayer { cap: Some(yuan(1_000_000)), ..half.clone() };
        let borne = |covers: &[FundCover], promised: &LossLayer| {
            let layers: Vec<LossLayer> =
                bounded_together(covers, promised).into_iter().map(|(_, layer)| layer).collect();
            let shared = share_loss(yuan(6_000_000), &layers).unwrap();
            Money::total(shared.layers.iter().map(|part| part.borne)).unwrap()
        };
        let (one, two) = ([under(10_000)], [under(5_000), under(5_000)]);
        assert_eq!(borne(&one, &capped), yuan(1_000_000));
        assert_eq!(borne(&two, &capped), yuan(1_000_000), "not a million under each");
        let deducted = LossLayer { deductible: yuan(600_000), ..half };
        assert_eq!(borne(&one, &deducted), borne(&two, &deducted));
    }
}
