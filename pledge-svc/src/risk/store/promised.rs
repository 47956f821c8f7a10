//! What the promises on a facility are worth to a loan: what stands behind each, within what it has left.

use std::collections::HashMap;

use chrono::NaiveDate;
use contracts::{LoanId, OrgId};
use finance::{LossLayer, Money};
use identity::Scope;
use sea_orm::ConnectionTrait;
use tx_kit::Fault;
use uuid::Uuid;

use crate::{
    disposal::{self, Guarantee},
    facility::{CoverParty, model::LossCover},
    fund::{self, FundCover},
    loan::store as loans,
    risk::model::Promise,
};

/// The guarantee insurer that promises, where it is one.
const fn insurer(cover: &LossCover) -> Option<OrgId> {
    match cover.party {
        CoverParty::GuaranteeInsurer { insurer_id } => Some(insurer_id),
        _ => None,
    }
}

/// The policies that guarantee loans on lines of which an insurer has promised to bear a part.
pub(super) async fn insured(
    conn: &impl ConnectionTrait,
    rows: &[loans::loan::Model],
    promises: &HashMap<Uuid, Vec<LossCover>>,
) -> Result<HashMap<LoanId, Vec<Guarantee>>, Fault> {
    let by_insurer = |row: &&loans::loan::Model| {
        let covers = promises.get(&row.facility_id);
        covers.is_some_and(|covers| covers.iter().any(|cover| insurer(cover).is_some()))
    };
    let loans: Vec<LoanId> = rows.iter().filter(by_insurer).map(|row| row.id.into()).collect();
    if loans.is_empty() {
        return Ok(HashMap::new());
    }
    disposal::list_guarantees(conn, &Scope::system(), &loans).await
}

/// What a promise on the facility is worth to a loan: an insurer's under its policy, and a fund's under each agreement that
/// covered the loan, each within what it has left, and nothing where none did; others' as they stand, while
/// they may be claimed on.
pub(super) fn effective(
    cover: &LossCover,
    covers: &[FundCover],
    (loan, guarantees, on): (&loans::loan::Model, &[Guarantee], NaiveDate),
) -> Vec<Promise> {
    if cover.ended(on) {
        return Vec::new();
    }
    let layer = LossLayer {
        deductible: cover.deductible,
        cap: cover.cap,
        ..LossLayer::plain(cover.rank, cover.share_of_loss)
    };
    if let Some(insurer) = insurer(cover) {
        let late = loan.next_due_on.map_or(0, |due| (on - due).num_days());
        let day = disposal::default_day(late, loan.accelerated_on, None, on);
        let policy = disposal::covering(guarantees, (insurer, loan.bank_id.into()), day);
        let bounded = policy.and_then(|one| one.bounded(layer, Money::from_fen(loan.outstanding_fen)).ok());
        return bounded.iter().map(promise).collect();
    }
    let Some(fund) = cover.party.fund() else { return vec![promise(&layer)] };
    let of_fund = covers.iter().filter(|one| one.agreement.fund_id == fund);
    fund::bounded_together(of_fund, &layer).iter().map(|(_, layer)| promise(layer)).collect()
}

/// A layer of the loss as expected loss takes it: never more than what is left of year and account.
fn promise(layer: &LossLayer) -> Promise {
    let bounds = [layer.cap, layer.left_of_year, layer.balance];
    let cap = bounds.into_iter().flatten().min().map(|least| least.max(Money::ZERO));
    Promise { turn: layer.rank, share: layer.share, cap, deductible: layer.deductible }
}
