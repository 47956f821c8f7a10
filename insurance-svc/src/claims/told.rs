//! What the others are told of a claim while it is decided: the regulator of what is reserved, the bank that a guarantee
//! would have paid of a claim that ends without a payment.

use contracts::{
    Event,
    events::{ClaimDeclined, ClaimReserved},
};
use finance::Money;

use super::store::claim;

/// What is reserved for a claim changed.
pub(crate) fn reserved(claim: &claim::Model) -> Event {
    Event::ClaimReserved(ClaimReserved {
        claim_id: claim.id.into(),
        policy_id: claim.policy_id.into(),
        insurer_id: claim.insurer_id.into(),
        reserve: Money::from_fen(claim.reserve_fen),
    })
}

/// A claim was refused, or the terms leave nothing to pay for it.
pub(crate) fn declined(claim: &claim::Model) -> Event {
    Event::ClaimDeclined(ClaimDeclined {
        claim_id: claim.id.into(),
        policy_id: claim.policy_id.into(),
        insurer_id: claim.insurer_id.into(),
        reason: claim.reason.clone(),
    })
}
