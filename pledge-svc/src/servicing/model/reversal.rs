//! Whether a payment that was booked by mistake may be undone (冲正), who proposes it and who decides.

use chrono::NaiveDate;
use contracts::UserId;
use finance::Money;
use serde::{Deserialize, Serialize};

use crate::loan::LoanStatus;

/// What has become of a proposal to undo a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RepaymentReversalStatus)]
pub enum ReversalStatus {
    /// 待复核
    Proposed,
    /// 已冲正
    Approved,
    /// 已退回
    Refused,
    /// 已撤回
    Withdrawn,
}

impl ReversalStatus {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Proposed, Self::Approved, Self::Refused, Self::Withdrawn];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == text)
    }

    /// In Chinese.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Proposed => "待复核",
            Self::Approved => "已冲正",
            Self::Refused => "已退回",
            Self::Withdrawn => "已撤回",
        }
    }
}

/// What happened to a loan after a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Later {
    /// Another payment, which may be undone in its turn.
    Payment {
        /// Its day.
        on: NaiveDate,
        /// How much.
        amount: Money,
    },
    /// A further tranche.
    Tranche {
        /// Its day.
        on: NaiveDate,
        /// How much.
        amount: Money,
    },
    /// A new plan.
    Plan {
        /// Since when.
        on: NaiveDate,
        /// Why: `extension`, `repricing`, `calendar` …
        cause: String,
    },
    /// A fee, a penalty for misuse, a waiver: what changes the account alone.
    Other,
}

/// A payment and what stands around it, read under the locks of the act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Around {
    /// When it was undone before.
    pub reversed_on: Option<NaiveDate>,
    /// Who paid: `borrower`, or what stood in for it in a case.
    pub source: String,
    /// The loan.
    pub status: LoanStatus,
    /// What happened to the loan after it; a new plan that followed from it alone is none.
    pub later: Option<Later>,
    /// The case in which the loan's loss was shared or written off.
    pub shared: Option<String>,
    /// The subsidy claim that holds on to its interest.
    pub claimed: Option<String>,
    /// A pledge that was cancelled or made smaller since, or is about to be.
    pub released: Option<String>,
    /// The day on which the borrower's contribution to the mutual-aid pool was given back since.
    pub given_back: Option<NaiveDate>,
    /// Whether the line is closed, or the borrower has left its list.
    pub line_ended: bool,
    /// What it repaid that the line may have lent again: nothing of a line that does not revolve.
    pub needs: Money,
    /// What is free on the line.
    pub line_free: Money,
    /// What is free under the borrower's sub-limit.
    pub member_free: Money,
}

/// Why a payment is not undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It was undone before.
    Reversed {
        /// When.
        on: NaiveDate,
    },
    /// A proposal for it waits.
    Pending,
    /// Others paid it in a case.
    OfCase {
        /// Who.
        source: String,
    },
    /// The loan is off the books.
    WrittenOff,
    /// Something happened to the loan after it.
    NotLast(Later),
    /// The loss of the loan was shared.
    Shared {
        /// The case's number.
        case: String,
    },
    /// A subsidy is claimed for its interest.
    Claimed {
        /// The claim's number.
        claim: String,
    },
    /// A pledge was let go of.
    Released {
        /// The pledge's number.
        pledge: String,
    },
    /// The contribution to the mutual-aid pool was given back.
    GivenBack {
        /// When.
        on: NaiveDate,
    },
    /// The line is closed, or its member has left.
    LineEnded,
    /// The line, or the borrower's place on it, has lent again what the payment freed.
    NoRoom {
        /// What has to be drawn again.
        needs: Money,
        /// What is free.
        free: Money,
    },
    /// The proposal was decided.
    Decided(ReversalStatus),
    /// Who proposed it does not decide it.
    FourEyes,
    /// Only who proposed it withdraws it.
    NotMaker,
}

/// Whether a payment may be undone. What is owed again must find its place on the line: a line never stands above its
/// limit, and so a payment whose room was lent again stays until there is room.
///
/// # Errors
/// [`Refusal`], the one that is hardest to cure first.
pub fn may_be_undone(around: &Around) -> Result<(), Refusal> {
    if let Some(on) = around.reversed_on {
        return Err(Refusal::Reversed { on });
    }
    if around.source != "borrower" {
        return Err(Refusal::OfCase { source: around.source.clone() });
    }
    if around.status == LoanStatus::WrittenOff {
        return Err(Refusal::WrittenOff);
    }
    if let Some(case) = &around.shared {
        return Err(Refusal::Shared { case: case.clone() });
    }
    if let Some(later) = &around.later {
        return Err(Refusal::NotLast(later.clone()));
    }
    if around.line_ended {
        return Err(Refusal::LineEnded);
    }
    if let Some(claim) = &around.claimed {
        return Err(Refusal::Claimed { claim: claim.clone() });
    }
    if let Some(pledge) = &around.released {
        return Err(Refusal::Released { pledge: pledge.clone() });
    }
    if let Some(on) = around.given_back {
        return Err(Refusal::GivenBack { on });
    }
    let free = around.line_free.min(around.member_free);
    if around.needs > free {
        return Err(Refusal::NoRoom { needs: around.needs, free });
    }
    Ok(())
}

/// Whether somebody may decide a proposal.
///
/// # Errors
/// [`Refusal::Decided`], [`Refusal::FourEyes`]
pub fn may_decide(status: ReversalStatus, maker: UserId, by: UserId) -> Result<(), Refusal> {
    match status {
        ReversalStatus::Proposed if maker == by => Err(Refusal::FourEyes),
        ReversalStatus::Proposed => Ok(()),
        decided => Err(Refusal::Decided(decided)),
    }
}

/// Whether somebody may withdraw a proposal.
///
/// # Errors
/// [`Refusal::Decided`], [`Refusal::NotMaker`]
pub fn may_withdraw(status: ReversalStatus, maker: UserId, by: UserId) -> Result<(), Refusal> {
    match status {
        ReversalStatus::Proposed if maker == by => Ok(()),
        ReversalStatus::Proposed => Err(Refusal::NotMaker),
        decided => Err(Refusal::Decided(decided)),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn yuan(amount: i64) -> Money {
        Money::from_yuan(amount).unwrap()
    }

    fn sound() -> Around {
        Around {
            reversed_on: None,
            source: "borrower".into(),
            status: LoanStatus::Active,
            later: None,
            shared: None,
            claimed: None,
            released: None,
            given_back: None,
            line_ended: false,
            needs: yuan(100),
            line_free: yuan(100),
            member_free: yuan(100),
        }
    }

    #[test]
    fn a_payment_is_undone_while_it_was_the_last_and_its_room_is_there() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        assert_eq!(may_be_undone(&sound()), Ok(()));
        let settled = Around { status: LoanStatus::Repaid, ..sound() };
        assert_eq!(may_be_undone(&settled), Ok(()), "a settled loan comes back");
        for (around, refusal) in [
            (Around { reversed_on: Some(day), ..sound() }, Refusal::Reversed { on: day }),
            (Around { source: "fund".into(), ..sound() }, Refusal::OfCase { source: "fund".into() }),
            (Around { status: LoanStatus::WrittenOff, ..sound() }, Refusal::WrittenOff),
            (Around { later: Some(Later::Other), ..sound() }, Refusal::NotLast(Later::Other)),
            (Around { shared: Some("DC1".into()), ..sound() }, Refusal::Shared { case: "DC1".into() }),
            (Around { claimed: Some("SC1".into()), ..sound() }, Refusal::Claimed { claim: "SC1".into() }),
            (Around { released: Some("P1".into()), ..sound() }, Refusal::Released { pledge: "P1".into() }),
            (Around { given_back: Some(day), ..sound() }, Refusal::GivenBack { on: day }),
            (Around { line_ended: true, ..sound() }, Refusal::LineEnded),
            (Around { line_free: yuan(99), ..sound() }, Refusal::NoRoom { needs: yuan(100), free: yuan(99) }),
            (Around { member_free: yuan(1), ..sound() }, Refusal::NoRoom { needs: yuan(100), free: yuan(1) }),
        ] {
            assert_eq!(may_be_undone(&around), Err(refusal));
        }
    }

    #[test]
    fn another_person_decides_and_only_the_maker_withdraws() {
        let (maker, other) = (UserId::from_uuid(Uuid::from_u128(1)), UserId::from_uuid(Uuid::from_u128(2)));
        let open = ReversalStatus::Proposed;
        assert_eq!(may_decide(open, maker, other), Ok(()));
        assert_eq!(may_decide(open, maker, maker), Err(Refusal::FourEyes));
        assert_eq!(may_withdraw(open, maker, maker), Ok(()));
        assert_eq!(may_withdraw(open, maker, other), Err(Refusal::NotMaker));
        for done in [ReversalStatus::Approved, ReversalStatus::Refused, ReversalStatus::Withdrawn] {
            assert_eq!(may_decide(done, maker, other), Err(Refusal::Decided(done)));
            assert_eq!(may_withdraw(done, maker, maker), Err(Refusal::Decided(done)));
            assert_eq!(ReversalStatus::parse(done.name()), Some(done));
        }
    }
}
