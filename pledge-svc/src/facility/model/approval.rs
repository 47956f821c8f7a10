//! Under which of a member's approved applications a draw is made. An approval holds a part of the line; what is drawn out
//! of it is drawn on the application's terms and carries its product.

use contracts::ApplicationId;
use finance::Money;
use serde::{Deserialize, Serialize};

use super::{conduct::ConductRefusal, draw::Draw};

/// An approved application that holds a part of the line for a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldApproval {
    /// The application.
    pub application_id: ApplicationId,
    /// The product applied for.
    pub product: String,
    /// The term approved, in months.
    pub tenor_months: u32,
    /// The amount approved.
    pub amount: Money,
    /// What of it is still held: what was drawn under it out of the member's reservation is taken off. Over all approvals of
    /// a member it sums up to what is held for the member.
    pub left: Money,
    /// Whether the approver has agreed, with a reason, to a term beyond the rule for its kind of loan.
    #[serde(default)]
    pub term_exception: bool,
    /// Whether the approver wants everything paid by the bank (受托支付), as for a new customer of middling credit.
    #[serde(default)]
    pub entrusted: bool,
}

/// The one approval that a draw is under. One that is named has all of the draw left. Where none is named and the draw
/// takes a part out of what is held, it is the first that is long enough and has that part left; all that still hold
/// something must then be of one product. A draw out of what is free alone is under none.
///
/// # Errors
/// [`ConductRefusal::UnknownApplication`], [`ConductRefusal::AmbiguousApplication`], [`ConductRefusal::AboveHeld`],
/// [`ConductRefusal::AboveApproval`]
pub fn under(
    approvals: &[HeldApproval],
    named: Option<ApplicationId>,
    draw: Draw,
    tenor_months: u32,
) -> Result<Option<&HeldApproval>, ConductRefusal> {
    let (asked, part) = (draw.amount, draw.from_reservation);
    if let Some(named) = named {
        let found = approvals.iter().find(|one| one.application_id == named);
        let found = found.ok_or(ConductRefusal::UnknownApplication { application: named })?;
        let most = found.left;
        return if asked > most { Err(ConductRefusal::AboveHeld { asked, most }) } else { Ok(Some(found)) };
    }
    if !part.is_positive() || approvals.is_empty() {
        return Ok(None);
    }
    let holding: Vec<&HeldApproval> = approvals.iter().filter(|one| one.left.is_positive()).collect();
    let product = holding.first().map(|one| &one.product);
    if holding.iter().any(|one| Some(&one.product) != product) {
        let applications = holding.iter().map(|one| one.application_id).collect();
        return Err(ConductRefusal::AmbiguousApplication { applications });
    }
    let longest = holding.iter().map(|one| one.tenor_months).max().unwrap_or(u32::MAX);
    if tenor_months > longest {
        return Err(ConductRefusal::AboveApproval { asked: tenor_months, most: longest });
    }
    let mut admitting = holding.into_iter().filter(|one| one.tenor_months >= tenor_months);
    let most = admitting.clone().map(|one| one.left).max().unwrap_or(Money::ZERO);
    admitting.find(|one| one.left >= part).map(Some).ok_or(ConductRefusal::AboveHeld { asked, most })
}

/// Takes what a draw took out of the reservation off the approval that it is under; whether so much was left of it.
#[must_use]
pub fn take(approvals: &mut [HeldApproval], application: ApplicationId, part: Money) -> bool {
    let found = approvals.iter_mut().find(|one| one.application_id == application && one.left >= part);
    let Some(one) = found else { return false };
    one.left = one.left.saturating_sub(part);
    true
}

/// Ends an approval; gives what was left of it, which is held no more. None where it is not among them.
pub fn end(approvals: &mut Vec<HeldApproval>, application: ApplicationId) -> Option<Money> {
    let position = approvals.iter().position(|one| one.application_id == application)?;
    Some(approvals.remove(position).left)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn held(number: u128, product: &str, tenor_months: u32, fen: i64) -> HeldApproval {
        HeldApproval {
            application_id: ApplicationId::from_uuid(Uuid::from_u128(number)),
            product: product.into(),
            tenor_months,
            amount: Money::from_fen(fen),
            left: Money::from_fen(fen),
            term_exception: false,
            entrusted: false,
        }
    }

    fn draw(fen: i64, from_reservation: i64) -> Draw {
        Draw { amount: Money::from_fen(fen), from_reservation: Money::from_fen(from_reservation) }
    }

    fn above(asked: i64, most: i64) -> ConductRefusal {
        ConductRefusal::AboveHeld { asked: Money::from_fen(asked), most: Money::from_fen(most) }
    }

    #[test]
    fn a_draw_out_of_what_is_held_is_under_the_approval_that_holds_it() {
        let one = [held(1, "tianfu_zhilai", 12, 100)];
        assert_eq!(under(&one, None, draw(50, 50), 12), Ok(Some(&one[0])));
        assert_eq!(under(&one, None, draw(150, 100), 12), Ok(Some(&one[0])), "the rest is free");
        assert_eq!(under(&one, None, draw(50, 0), 12), Ok(None), "drawn out of what is free");
        assert_eq!(under(&one, Some(one[0].application_id), draw(50, 50), 12), Ok(Some(&one[0])));
        assert_eq!(under(&[], None, draw(50, 50), 12), Ok(None));
    }

    #[test]
    fn approvals_of_several_products_are_told_apart_by_name() {
        let two = [held(1, "standard", 24, 100), held(2, "tianfu_zhilai", 12, 100)];
        let fifty = draw(50, 50);
        assert!(matches!(under(&two, None, fifty, 6), Err(ConductRefusal::AmbiguousApplication { .. })));
        assert_eq!(under(&two, Some(two[1].application_id), fifty, 6), Ok(Some(&two[1])));
        let other = held(3, "standard", 1, 100).application_id;
        assert!(matches!(under(&two, Some(other), fifty, 6), Err(ConductRefusal::UnknownApplication { .. })));
        let [first, second] = two;
        let used_up = [HeldApproval { left: Money::ZERO, ..first }, second];
        assert_eq!(
            under(&used_up, None, fifty, 6),
            Ok(Some(&used_up[1])),
            "the other holds nothing any more"
        );
    }

    #[test]
    fn no_draw_is_under_an_approval_for_more_than_is_left_of_it_or_for_longer() {
        let mut two = vec![held(1, "standard", 24, 100), held(2, "standard", 6, 1_000)];
        let [long, short] = [two[0].application_id, two[1].application_id];
        assert_eq!(under(&two, None, draw(1_100, 1_100), 24), Err(above(1_100, 100)));
        assert_eq!(under(&two, None, draw(1_100, 1_100), 6), Err(above(1_100, 1_000)));
        assert_eq!(under(&two, None, draw(500, 500), 6), Ok(Some(&two[1])));
        let too_long = Err(ConductRefusal::AboveApproval { asked: 36, most: 24 });
        assert_eq!(under(&two, None, draw(1, 1), 36), too_long);
        assert_eq!(under(&two, Some(long), draw(100, 100), 24), Ok(Some(&two[0])));
        assert!(take(&mut two, long, Money::from_fen(100)));
        assert_eq!(under(&two, Some(long), draw(100, 100), 24), Err(above(100, 0)), "it is used up");
        let too_long = Err(ConductRefusal::AboveApproval { asked: 24, most: 6 });
        assert_eq!(under(&two, None, draw(100, 100), 24), too_long);
        assert!(!take(&mut two, short, Money::from_fen(1_001)));
        assert_eq!((end(&mut two, short), end(&mut two, short)), (Some(Money::from_fen(1_000)), None));
    }

    /// What happens to a member's approvals.
    #[derive(Debug, Clone)]
    enum Step {
        Hold(i64, u32),
        Draw { named: Option<usize>, fen: i64, months: u32 },
        End(usize),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (1_i64..100, 1_u32..37).prop_map(|(fen, months)| Step::Hold(fen, months)),
            (proptest::option::of(0_usize..6), 1_i64..150, 1_u32..37)
                .prop_map(|(named, fen, months)| Step::Draw { named, fen, months }),
            (0_usize..6).prop_map(Step::End),
        ]
    }

    proptest! {
        #[test]
        fn what_is_left_of_the_approvals_is_what_is_held_and_none_gives_more_than_its_amount(
            steps in proptest::collection::vec(step(), 1..40)
        ) {
            let mut approvals: Vec<HeldApproval> = Vec::new();
            let (mut reserved, mut number) = (0_i64, 0_u128);
            let mut given: Vec<(ApplicationId, i64)> = Vec::new();
            for step in steps {
                match step {
                    Step::Hold(fen, months) => {
                        number += 1;
                        reserved += fen;
                        approvals.push(held(number, "standard", months, fen));
                    }
                    Step::Draw { named, fen, months } => {
                        let part = fen.min(reserved);
                        let named = named.and_then(|index| approvals.get(index)).map(|one| one.application_id);
                        let Ok(found) = under(&approvals, named, draw(fen, part), months) else { continue };
                        let Some(id) = found.map(|one| one.application_id) else {
                            prop_assert_eq!(part, 0, "what is held is drawn under an approval");
                            continue;
                        };
                        prop_assert!(named.is_some() || found.is_some_and(|one| one.tenor_months >= months));
                        prop_assert!(take(&mut approvals, id, Money::from_fen(part)));
                        reserved -= part;
                        given.push((id, part));
                    }
                    Step::End(index) => {
                        let Some(id) = approvals.get(index).map(|one| one.application_id) else { continue };
                        reserved -= end(&mut approvals, id).map_or(0, Money::fen);
                    }
                }
                prop_assert_eq!(approvals.iter().map(|one| one.left.fen()).sum::<i64>(), reserved);
                for one in &approvals {
                    let under = given.iter().filter(|(id, _)| *id == one.application_id);
                    let drawn: i64 = under.map(|(_, part)| part).sum();
                    prop_assert_eq!(drawn + one.left.fen(), one.amount.fen());
                }
            }
        }
    }
}
