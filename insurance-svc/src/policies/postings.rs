//! The ledger movements of premium, one function each. Every one is about a policy, in its insurer's book.

use finance::Money;
use ledger::{Line, Movement};
use tx_kit::Fault;

use super::store::policy;
use crate::books::chart::{CHANGE_IN_UNEARNED, PREMIUM_INCOME, PREMIUM_RECEIVABLE, UNEARNED_PREMIUM};

/// The premium becomes due and is reserved in full: no day of cover has been given yet.
pub(crate) fn written(policy: &policy::Model) -> Result<Movement, Fault> {
    let premium = Money::from_fen(policy.premium_fen);
    movement(
        policy,
        "policy.premium_written",
        [
            Line::debit(PREMIUM_RECEIVABLE, premium),
            Line::credit(PREMIUM_INCOME, premium),
            Line::debit(CHANGE_IN_UNEARNED, premium),
            Line::credit(UNEARNED_PREMIUM, premium),
        ],
    )
}

/// Days of cover were given: their premium leaves the reserve.
pub(crate) fn earned(policy: &policy::Model, amount: Money) -> Result<Movement, Fault> {
    movement(
        policy,
        "policy.premium_earned",
        [Line::debit(UNEARNED_PREMIUM, amount), Line::credit(CHANGE_IN_UNEARNED, amount)],
    )
}

/// A cancellation gives premium back: it is neither income nor reserve any more.
pub(crate) fn returned(policy: &policy::Model, amount: Money) -> Result<Movement, Fault> {
    movement(
        policy,
        "policy.premium_returned",
        [
            Line::debit(PREMIUM_INCOME, amount),
            Line::credit(PREMIUM_RECEIVABLE, amount),
            Line::debit(UNEARNED_PREMIUM, amount),
            Line::credit(CHANGE_IN_UNEARNED, amount),
        ],
    )
}

fn movement(
    policy: &policy::Model,
    kind: &'static str,
    lines: impl IntoIterator<Item = Line>,
) -> Result<Movement, Fault> {
    Ok(Movement::try_new(policy.insurer_id.into(), kind, policy.id, None, lines)?)
}
