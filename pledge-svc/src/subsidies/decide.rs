//! The act: the fund's manager decides a claim, with a reason. Caps are counted again, since other claims may have been
//! granted or let go of since it was submitted; the class of a premium is confirmed or corrected.

use chrono::NaiveDate;
use contracts::SubsidyId;
use finance::{Money, PremiumClass};
use http_kit::{ActError, IfMatch, Problem};
use identity::{Caller, Scope};
use sea_orm::ConnectionTrait;
use tx_kit::{Fault, Tx};

use super::{
    hand, locked,
    model::{
        Claim, ClaimStatus, Granted, Object, PremiumBasis, Refusal, Scheme, SchemeStatus, approved, is_for,
        of_interest, of_premium, refused,
    },
    record, store,
};
use crate::loan::store as loans;

/// What the manager decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decision<'a> {
    /// Whether it is granted.
    pub approve: bool,
    /// Why.
    pub reason: &'a str,
    /// The class, where it is another than was claimed.
    pub class: Option<PremiumClass>,
    /// What it was seen to grant, where the class is as claimed.
    pub amount: Option<Money>,
}

/// What a claim that waits would be granted on today's payments and caps; nothing where it waits no more, or where nothing
/// is left.
pub(super) async fn would_grant(
    conn: &impl ConnectionTrait,
    claim: &Claim,
) -> Result<Option<Money>, ActError> {
    if claim.status != ClaimStatus::Submitted {
        return Ok(None);
    }
    let scheme = store::find_scheme(conn, &Scope::system(), claim.scheme_id).await?;
    let scheme = scheme.ok_or_else(|| Fault::Corrupt(format!("the scheme of subsidy claim {}", claim.id)))?;
    match worked_out(conn, claim, scheme, None).await {
        Ok((_, granted)) => Ok(Some(granted.amount)),
        Err(ActError::Refused(_)) => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// What a claim is granted, and for what, with the class that it was claimed with or another.
async fn worked_out(
    conn: &impl ConnectionTrait,
    claim: &Claim,
    scheme: Scheme,
    class: Option<PremiumClass>,
) -> Result<(Object, Granted), ActError> {
    let key = (scheme.id, claim.year, claim.enterprise_id);
    let room = store::find_room(conn, &Scope::system(), key, Some(claim.id)).await?;
    // What was submitted while the scheme was in force is decided by it, also after its end.
    let scheme = Scheme { status: SchemeStatus::Active, ..scheme };
    Ok(match claim.object.clone() {
        Object::Interest { loan_id, .. } => {
            // The claim was found in scope, and so are the loan and the payments that it is for. What became known of the
            // loan since the claim was made counts.
            let loan = loans::one(conn, &Scope::system(), loan_id).await?;
            let loan =
                loan.ok_or_else(|| Fault::Corrupt(format!("the loan of subsidy claim {}", claim.id)))?;
            is_for(&scheme, &store::find_past(conn, &Scope::system(), &loan).await?)?;
            let payments = store::find_payments(conn, &Scope::system(), claim.id).await?;
            let granted = of_interest(&scheme, &payments, claim.year, room)?;
            (claim.object.clone(), granted)
        }
        Object::Premium { policy_id, policy_number, class: claimed, year_of_cover, .. } => {
            let class = class.unwrap_or(claimed);
            let basis =
                PremiumBasis { premium: claim.basis, starts_on: day_within(claim, &scheme), year_of_cover };
            let (share, granted): (_, Granted) = of_premium(&scheme, basis, class, room)?;
            (Object::Premium { policy_id, policy_number, class, year_of_cover, share }, granted)
        }
    })
}

/// Whether the class of a premium is decided to be another than was claimed.
fn reclassified(claim: &Claim, class: Option<PremiumClass>) -> bool {
    match &claim.object {
        Object::Premium { class: claimed, .. } => class.is_some_and(|class| class != *claimed),
        Object::Interest { .. } => false,
    }
}

/// Decides a claim under a scheme of the caller's organisation.
pub(super) async fn decide(
    tx: &mut Tx,
    caller: &Caller,
    (id, seen): (SubsidyId, IfMatch),
    decision: Decision<'_>,
) -> Result<Claim, ActError> {
    let claim = store::find_claim(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    seen.check(claim.version)?;
    let scheme = locked(tx, &claim).await?;
    let hand = hand(caller, tx);
    if !decision.approve {
        let claim = refused(claim, decision.reason, &hand)?;
        store::update_claim(tx, &claim).await?;
        store::release_payments(tx, claim.id).await?;
        record(tx, caller, &claim, "subsidy.refuse").await?;
        return Ok(claim);
    }
    let (object, granted) = worked_out(tx.conn(), &claim, scheme, decision.class).await?;
    if let Some(seen) = decision.amount
        && seen != granted.amount
        && !reclassified(&claim, decision.class)
    {
        return Err(Refusal::OtherAmount { seen, now: granted.amount }.into());
    }
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
