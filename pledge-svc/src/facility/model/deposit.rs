//! Deposits of members with the lead bank: into the mutual-aid pool (互助保证金), or as margin that mends a shortfall of
//! the borrowing base. Both are the member's money and come back when nothing is owed, or when the base no longer
//! needs them.

use finance::Money;
use serde::{Deserialize, Serialize};

use super::{Facility, Member, MemberStatus, Status, life};

/// What a deposit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DepositKind {
    /// 互助保证金: a contribution to the mutual-aid pool.
    #[default]
    MutualAid,
    /// 补充保证金: margin under the borrowing base, counted in full.
    Margin,
}

impl DepositKind {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::MutualAid => "mutual_aid",
            Self::Margin => "margin",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::MutualAid, Self::Margin].into_iter().find(|kind| kind.name() == text)
    }

    /// What a member holds of it.
    #[must_use]
    pub const fn held(self, member: &Member) -> Money {
        match self {
            Self::MutualAid => member.deposit,
            Self::Margin => member.margin,
        }
    }
}

/// How a deposit moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DepositMove {
    /// Paid in.
    PaidIn,
    /// Given back to the member.
    GivenBack,
    /// Taken for a loss.
    Applied,
    /// Put back from a later recovery.
    Restored,
}

impl DepositMove {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PaidIn => "paid_in",
            Self::GivenBack => "given_back",
            Self::Applied => "applied",
            Self::Restored => "restored",
        }
    }

    /// The move of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::PaidIn, Self::GivenBack, Self::Applied, Self::Restored]
            .into_iter()
            .find(|moved| moved.name() == text)
    }
}

/// Why a deposit is not taken or not given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DepositRefused {
    /// The facility has no pool of this kind.
    NotAgreed(DepositKind),
    /// The facility's state does not admit it.
    NotOpen(Status),
    /// The member has left the list.
    MemberLeft,
    /// More than it could ever secure.
    BeyondNeed {
        /// The most that may be held.
        most: Money,
    },
    /// Less is held.
    AboveHeld {
        /// What is held.
        held: Money,
    },
    /// The member still owes, or has an approval that is not drawn.
    StillOwed {
        /// Principal.
        drawn: Money,
        /// Held for approvals.
        reserved: Money,
    },
    /// While the line is suspended the pool is kept together.
    Suspended,
    /// The pool answers for loans of its members that are overdue, non-performing or in a case.
    PoolAtRisk {
        /// How many.
        loans: u64,
    },
    /// The base would no longer carry what is drawn.
    BaseNeedsIt {
        /// What could go.
        free: Money,
    },
}

/// Takes a deposit; gives what the member then holds.
///
/// # Errors
/// [`DepositRefused`]
pub fn pay_in(
    facility: &Facility,
    member: &Member,
    kind: DepositKind,
    amount: Money,
) -> Result<Money, DepositRefused> {
    if !life::changeable(facility.status) {
        return Err(DepositRefused::NotOpen(facility.status));
    }
    let (agreed, most) = match kind {
        DepositKind::MutualAid => (facility.terms.liability.is_joint(), member.sub_limit),
        DepositKind::Margin => (facility.terms.collateral.pool().is_some(), facility.limit),
    };
    if !agreed {
        return Err(DepositRefused::NotAgreed(kind));
    }
    if member.status == MemberStatus::Left {
        return Err(DepositRefused::MemberLeft);
    }
    match kind.held(member).checked_add(amount) {
        Ok(after) if after <= most => Ok(after),
        _ => Err(DepositRefused::BeyondNeed { most }),
    }
}

/// Gives a deposit back, or a part of it; gives what goes. `owes` says whether any loan of the member on the line is
/// not repaid, `at_risk` how many of all members' are overdue, non-performing or in a case; `headroom` is what the borrowing base carries beyond what is drawn.
///
/// # Errors
/// [`DepositRefused`]
pub fn give_back(
    facility: &Facility,
    member: &Member,
    (kind, amount): (DepositKind, Option<Money>),
    (owes, at_risk): (bool, u64),
    headroom: Money,
) -> Result<Money, DepositRefused> {
    let held = kind.held(member);
    let amount = amount.unwrap_or(held);
    if amount > held || !amount.is_positive() {
        return Err(DepositRefused::AboveHeld { held });
    }
    match kind {
        DepositKind::MutualAid => {
            if owes || !member.drawn.is_zero() || !member.reserved.is_zero() {
                return Err(DepositRefused::StillOwed { drawn: member.drawn, reserved: member.reserved });
            }
            if facility.status == Status::Suspended {
                return Err(DepositRefused::Suspended);
            }
            if at_risk > 0 {
                return Err(DepositRefused::PoolAtRisk { loans: at_risk });
            }
        }
        DepositKind::Margin if facility.terms.collateral.pool().is_some() && amount > headroom => {
            return Err(DepositRefused::BaseNeedsIt { free: headroom.min(held) });
        }
        DepositKind::Margin => {}
    }
    Ok(amount)
}

#[cfg(test)]
mod tests {
    use finance::Rate;

    use super::*;
    use crate::facility::model::{
        CollateralRule, DepositBasis, Liability, PoolTerms, Terms,
        samples::{facility, member},
    };

    fn fen(amount: i64) -> Money {
        Money::from_fen(amount)
    }

    fn joint() -> Facility {
        let liability =
            Liability::Joint { basis: DepositBasis::SubLimit, rate: Rate::from_basis_points(1_000) };
        let collateral = CollateralRule::Pooled(PoolTerms::at(Rate::ONE));
        Facility { terms: Terms { liability, collateral, ..Terms::default() }, ..facility(1_000, 0, 0) }
    }

    #[test]
    fn a_deposit_is_taken_where_it_was_agreed_and_no_more_than_it_secures() {
        let one = Member { deposit: fen(40), ..member(100, 0, 0) };
        assert_eq!(pay_in(&joint(), &one, DepositKind::MutualAid, fen(60)), Ok(fen(100)));
        let beyond = pay_in(&joint(), &one, DepositKind::MutualAid, fen(61));
        assert_eq!(beyond, Err(DepositRefused::BeyondNeed { most: fen(100) }));
        assert_eq!(pay_in(&joint(), &one, DepositKind::Margin, fen(1_000)), Ok(fen(1_000)));
        let overflow = pay_in(&joint(), &one, DepositKind::Margin, Money::MAX);
        assert!(matches!(overflow, Err(DepositRefused::BeyondNeed { .. })));
        for kind in [DepositKind::MutualAid, DepositKind::Margin] {
            let refused = pay_in(&facility(1_000, 0, 0), &one, kind, fen(1));
            assert_eq!(refused, Err(DepositRefused::NotAgreed(kind)));
        }
        let closed = Facility { status: Status::Closed, ..joint() };
        let refused = pay_in(&closed, &one, DepositKind::MutualAid, fen(1));
        assert_eq!(refused, Err(DepositRefused::NotOpen(Status::Closed)));
    }

    #[test]
    fn a_contribution_comes_back_when_nothing_is_owed_and_the_line_is_not_suspended() {
        let back = |line: &Facility, one: &Member, owes| {
            give_back(line, one, (DepositKind::MutualAid, None), (owes, 0), Money::ZERO)
        };
        let one = Member { deposit: fen(40), ..member(100, 0, 0) };
        assert_eq!(back(&joint(), &one, false), Ok(fen(40)));
        assert!(matches!(back(&joint(), &one, true), Err(DepositRefused::StillOwed { .. })), "interest");
        let borrowed = Member { deposit: fen(40), ..member(100, 1, 0) };
        assert!(matches!(back(&joint(), &borrowed, false), Err(DepositRefused::StillOwed { .. })));
        let held = Member { deposit: fen(40), ..member(100, 0, 1) };
        assert!(matches!(back(&joint(), &held, false), Err(DepositRefused::StillOwed { .. })));
        let others = give_back(&joint(), &one, (DepositKind::MutualAid, None), (false, 2), Money::ZERO);
        assert_eq!(others, Err(DepositRefused::PoolAtRisk { loans: 2 }), "the pool answers for all");
        let suspended = Facility { status: Status::Suspended, ..joint() };
        assert_eq!(back(&suspended, &one, false), Err(DepositRefused::Suspended));
        assert_eq!(
            back(&joint(), &member(100, 0, 0), false),
            Err(DepositRefused::AboveHeld { held: fen(0) })
        );
    }

    #[test]
    fn margin_comes_back_as_far_as_the_base_does_not_need_it() {
        let one = Member { margin: fen(40), ..member(100, 10, 0) };
        let back = |amount, headroom| {
            give_back(&joint(), &one, (DepositKind::Margin, amount), (true, 3), fen(headroom))
        };
        assert_eq!(back(None, 40), Ok(fen(40)));
        assert_eq!(back(Some(fen(30)), 30), Ok(fen(30)));
        assert_eq!(back(None, 39), Err(DepositRefused::BaseNeedsIt { free: fen(39) }));
        assert_eq!(back(Some(fen(41)), 90), Err(DepositRefused::AboveHeld { held: fen(40) }));
    }
}
