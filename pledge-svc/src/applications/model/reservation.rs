//! How much of what is held for a member to let go of when one of its applications or pledges ends.
//!
//! The facility holds one sum for each member, and draws use it up without saying for which approval. So what
//! the member's other approvals may still need is kept: their amounts less what is drawn already. Nothing is
//! taken from them; what is kept too long is let go of when the last of them ends.

use finance::Money;

/// What to let go of. `others` is the sum of the member's other approvals that still hold a reservation.
#[must_use]
pub fn to_release(approved: Money, reserved: Money, others: Money, drawn: Money) -> Money {
    let kept = others.saturating_sub(drawn);
    approved.min(reserved.saturating_sub(kept))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn release(approved: i64, reserved: i64, others: i64, drawn: i64) -> i64 {
        let fen = Money::from_fen;
        to_release(fen(approved), fen(reserved), fen(others), fen(drawn)).fen()
    }

    #[test]
    fn what_was_never_drawn_is_let_go_of() {
        assert_eq!(release(500, 500, 0, 0), 500);
        assert_eq!(release(300, 800, 500, 0), 300);
    }

    #[test]
    fn what_was_drawn_is_no_longer_held() {
        assert_eq!(release(500, 0, 0, 0), 0);
        assert_eq!(release(500, 120, 0, 0), 120);
    }

    #[test]
    fn an_approval_in_use_keeps_only_what_it_has_not_drawn() {
        assert_eq!(release(300, 300, 500, 500), 300);
        assert_eq!(release(300, 400, 500, 400), 300);
    }

    proptest! {
        #[test]
        fn the_others_never_lose_what_they_may_still_draw(
            approved in 0_i64..1_000, reserved in 0_i64..2_000, others in 0_i64..1_000, drawn in 0_i64..1_000
        ) {
            let released = release(approved, reserved, others, drawn);
            prop_assert!(released <= approved && released <= reserved);
            prop_assert!(reserved - released >= reserved.min((others - drawn).max(0)));
        }
    }
}
