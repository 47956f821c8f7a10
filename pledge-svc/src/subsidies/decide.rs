//! The act: the fund's manager decides a claim, with a reason. Caps are counted again, since other claims may have been
//! granted or let go of since it was submitted; the class of a premium is confirmed or corrected.

use chrono::NaiveDate;
use contracts::SubsidyId;
use finance::PremiumClass;
use http_kit::{ActError, Problem};
use identity::{Caller, Scope};
use tx_kit::Tx;

use super::{
    hand, locked,
    model::{
        Claim, Granted, Object, PremiumBasis, Scheme, SchemeStatus, approved, of_interest, of_premium,
        refused,
    },
    record, store,
};

/// What the manager decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decision<'a> {
    /// Whether it is granted.
    pub approve: bool,
    /// Why.
    pub reason: &'a str,
    /// The class, where it is another than was claimed.
    pub class: Option<PremiumClass>,
}

/// Decides a claim under a scheme of the caller's organisation.
pub(super) async fn decide(
    tx: &mut Tx,
    caller: &Caller,
    id: SubsidyId,
    decision: Decision<'_>,
) -> Result<Claim, ActError> {
    let claim = store::find_claim(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let scheme = locked(tx, &claim).await?;
    let hand = hand(caller, tx);
    if !decision.approve {
        let claim = refused(claim, decision.reason, &hand)?;
        store::update_claim(tx, &claim).await?;
        store::release_payments(tx, claim.id).await?;
        record(tx, caller, &claim, "subsidy.refuse").await?;
        return Ok(claim);
    }
    let key = (scheme.id, claim.year, claim.enterprise_id);
    let room = store::find_room(tx.conn(), &Scope::system(), key, Some(claim.id)).await?;
    // What was submitted while the scheme was in force is decided by it, also after its end.
    let scheme = Scheme { status: SchemeStatus::Active, ..scheme };
    let (object, granted) = match claim.object.clone() {
        Object::Interest { .. } => {
            let payments = store::find_payments(tx.conn(), &caller.scope(), claim.id).await?;
            let granted = of_interest(&scheme, &payments, claim.year, room)?;
            (claim.object.clone(), granted)
        }
        Object::Premium { policy_id, policy_number, class, year_of_cover, .. } => {
            let class = decision.class.unwrap_or(class);
            let basis =
                PremiumBasis { premium: claim.basis, starts_on: day_within(&claim, &scheme), year_of_cover };
            let (share, granted): (_, Granted) = of_premium(&scheme, basis, class, room)?;
            (Object::Premium { policy_id, policy_number, class, year_of_cover, share }, granted)
        }
    };
    let claim = approved(claim, object, granted, decision.reason, &hand)?;
    store::update_claim(tx, &claim).await?;
    record(tx, caller, &claim, "subsidy.approve").await?;
    Ok(claim)
}

/// A day of the claim's year within the scheme: that the cover began within it was found when the claim was submitted.
fn day_within(claim: &Claim, scheme: &Scheme) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(claim.year, 1, 1).unwrap_or(scheme.terms.valid_from);
    first.clamp(scheme.terms.valid_from, scheme.terms.valid_until)
}
