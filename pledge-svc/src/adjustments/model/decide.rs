//! Who proposes, decides and withdraws: the maker never decides, and only the maker withdraws.

use contracts::UserId;

use super::{AdjustmentStatus, Refusal};

/// A proposal as the rules of deciding see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proposal {
    /// What has become of it.
    pub status: AdjustmentStatus,
    /// Who made it; `None` for what the close of business did.
    pub maker: Option<UserId>,
}

/// Whether somebody may decide a proposal about a loan. `looked_at` is the version of the loan whose figures the
/// approver has seen, where that is told.
///
/// # Errors
/// [`Refusal::Decided`], [`Refusal::FourEyes`], [`Refusal::Stale`]
pub fn may_decide(
    proposal: Proposal,
    by: UserId,
    looked_at: Option<i64>,
    loan_version: i64,
) -> Result<(), Refusal> {
    if proposal.status != AdjustmentStatus::Proposed {
        return Err(Refusal::Decided(proposal.status));
    }
    if proposal.maker == Some(by) {
        return Err(Refusal::FourEyes);
    }
    match looked_at {
        Some(version) if version != loan_version => Err(Refusal::Stale { current: loan_version }),
        _ => Ok(()),
    }
}

/// Whether somebody may withdraw a proposal.
///
/// # Errors
/// [`Refusal::Decided`], [`Refusal::NotMaker`]
pub fn may_withdraw(proposal: Proposal, by: UserId) -> Result<(), Refusal> {
    if proposal.status != AdjustmentStatus::Proposed {
        return Err(Refusal::Decided(proposal.status));
    }
    if proposal.maker == Some(by) { Ok(()) } else { Err(Refusal::NotMaker) }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn person(number: u128) -> UserId {
        UserId::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn another_person_decides_once_on_the_figures_that_they_saw() {
        let open = Proposal { status: AdjustmentStatus::Proposed, maker: Some(person(1)) };
        assert_eq!(may_decide(open, person(2), None, 7), Ok(()));
        assert_eq!(may_decide(open, person(2), Some(7), 7), Ok(()));
        assert_eq!(may_decide(open, person(2), Some(6), 7), Err(Refusal::Stale { current: 7 }));
        assert_eq!(may_decide(open, person(1), None, 7), Err(Refusal::FourEyes));
        for status in [AdjustmentStatus::Approved, AdjustmentStatus::Refused, AdjustmentStatus::Withdrawn] {
            let done = Proposal { status, ..open };
            assert_eq!(may_decide(done, person(2), None, 7), Err(Refusal::Decided(status)));
            assert_eq!(may_withdraw(done, person(1)), Err(Refusal::Decided(status)));
        }
        assert_eq!(may_withdraw(open, person(1)), Ok(()));
        assert_eq!(may_withdraw(open, person(2)), Err(Refusal::NotMaker));
    }
}
