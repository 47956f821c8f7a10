//! The borrower's consent. Parties change a contract by agreement (民法典, article 543); what is not clear counts as not
//! changed (article 544). So nothing that the parties agree on counts by the bank's approval alone: the borrower consents
//! to a proposal in its exact figures, and the consent stands for those figures only. What the contract itself provides
//! needs none: a reset of the reference rate, a loan declared due, the penalty for misuse and its end; nor does what the
//! bank gives away, a waived fee (article 575: the debtor may object).
//!
//! What the borrower itself asked for counts as its consent where the proposal says the same, word for word, and comes to
//! the same figures; only the size of the firm, which the bank classes and which binds nobody, may differ.

use chrono::NaiveDate;
use finance::{Money, MoneyError, Rate, Schedule};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AdjustmentStatus, Change, Refusal};

/// Where the borrower's consent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ChangeConsent)]
pub enum Consent {
    /// 待借款人同意
    Wanted,
    /// 借款人已同意
    Given,
    /// 借款人不同意
    Declined,
}

impl Consent {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Wanted, Self::Given, Self::Declined];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wanted => "wanted",
            Self::Given => "given",
            Self::Declined => "declined",
        }
    }

    /// 名称
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Wanted => "待同意",
            Self::Given => "已同意",
            Self::Declined => "不同意",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == text)
    }
}

/// What a change comes to, as both parties agree on it. How the principal is spread over the instalments follows from the
/// method of repayment and is not among it; a list that is agreed stands in the change itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ChangeFigures)]
pub struct Figures {
    /// The contract rate.
    pub annual_rate: Rate,
    /// The last due date.
    pub matures_on: NaiveDate,
    /// The due dates to come.
    pub dues: Vec<NaiveDate>,
    /// The principal that is repaid with them.
    pub principal: Money,
}

impl Figures {
    /// Those of a plan at a rate, of what comes after a day.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`]
    pub fn of(plan: &Schedule, annual_rate: Rate, on: NaiveDate) -> Result<Self, MoneyError> {
        let to_come = || plan.instalments.iter().filter(move |one| one.due > on);
        Ok(Self {
            annual_rate,
            matures_on: plan.instalments.last().map_or(on, |last| last.due),
            dues: to_come().map(|one| one.due).collect(),
            principal: Money::total(to_come().map(|one| one.principal))?,
        })
    }
}

/// Whether a proposal that waits for its borrower may be answered by it.
///
/// # Errors
/// [`Refusal::Decided`], [`Refusal::ConsentNotWanted`]
pub const fn may_answer(status: AdjustmentStatus, consent: Option<Consent>) -> Result<(), Refusal> {
    if !matches!(status, AdjustmentStatus::Proposed) {
        return Err(Refusal::Decided(status));
    }
    match consent {
        Some(Consent::Wanted) => Ok(()),
        answered => Err(Refusal::ConsentNotWanted(answered)),
    }
}

/// Whether a proposal still comes to what it was proposed with.
///
/// # Errors
/// [`Refusal::FiguresChanged`]
pub fn same_figures(proposed: &Figures, today: &Figures) -> Result<(), Refusal> {
    if proposed == today {
        return Ok(());
    }
    Err(Refusal::FiguresChanged {
        matures: (proposed.matures_on, today.matures_on),
        rate: (proposed.annual_rate, today.annual_rate),
        principal: (proposed.principal, today.principal),
    })
}

/// Whether the borrower has agreed to a proposal: where its consent is needed it was given, and for what the proposal
/// comes to today.
///
/// # Errors
/// [`Refusal::ConsentMissing`], [`Refusal::ConsentDeclined`], [`Refusal::FiguresChanged`]
pub fn agreed(consent: Option<Consent>, proposed: &Figures, today: &Figures) -> Result<(), Refusal> {
    match consent {
        None => Ok(()),
        Some(Consent::Wanted) => Err(Refusal::ConsentMissing),
        Some(Consent::Declined) => Err(Refusal::ConsentDeclined),
        Some(Consent::Given) => same_figures(proposed, today),
    }
}

/// Whether the borrower has asked for what is proposed.
#[must_use]
pub fn is_what_was_asked(
    (asked, came_to): (&Change, Option<&Figures>),
    (proposed, comes_to): (&Change, &Figures),
) -> bool {
    came_to == Some(comes_to) && terms(asked) == terms(proposed)
}

/// A change without what the bank alone classes.
fn terms(change: &Change) -> Change {
    let mut terms = change.clone();
    if let Change::Rollover { firm_size, .. } = &mut terms {
        *firm_size = None;
    }
    terms
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adjustments::model::{
        FirmSize, adjust,
        samples::{Sample, day, terms as loan},
    };
    use finance::{DayCount, Repayment};

    fn extension(months: u32) -> Change {
        Change::Extension { months, in_difficulty: false, security: None }
    }

    fn figures(change: &Change, on: &str) -> Figures {
        let sample = Sample::of(loan(Repayment::InterestOnly, DayCount::Actual360), 11, day(on));
        let made = adjust(&sample.now(), change).unwrap();
        Figures::of(&made.schedule, made.annual_rate, sample.on).unwrap()
    }

    #[test]
    fn consent_stands_for_the_figures_it_was_given_for() {
        let (six, three) = (figures(&extension(6), "2026-01-05"), figures(&extension(3), "2026-01-05"));
        assert_eq!(agreed(Some(Consent::Given), &six, &six), Ok(()));
        assert_eq!(agreed(Some(Consent::Given), &six, &figures(&extension(6), "2026-01-06")), Ok(()));
        let fell = agreed(Some(Consent::Given), &six, &three).unwrap_err();
        let matures = (day("2026-07-20"), day("2026-04-20"));
        assert!(matches!(fell, Refusal::FiguresChanged { matures: both, .. } if both == matures), "{fell:?}");
        assert_eq!(agreed(Some(Consent::Wanted), &six, &six), Err(Refusal::ConsentMissing));
        assert_eq!(agreed(Some(Consent::Declined), &six, &six), Err(Refusal::ConsentDeclined));
        assert_eq!(agreed(None, &six, &three), Ok(()), "what needs no consent");
    }

    #[test]
    fn a_proposal_is_answered_once_while_it_waits() {
        use AdjustmentStatus::{Approved, Proposed};
        assert_eq!(may_answer(Proposed, Some(Consent::Wanted)), Ok(()));
        for said in [None, Some(Consent::Given), Some(Consent::Declined)] {
            assert_eq!(may_answer(Proposed, said), Err(Refusal::ConsentNotWanted(said)));
        }
        assert_eq!(may_answer(Approved, Some(Consent::Wanted)), Err(Refusal::Decided(Approved)));
    }

    #[test]
    fn what_was_asked_for_is_consented_to_in_the_same_words_and_figures_only() {
        let (six, three) = (figures(&extension(6), "2026-01-05"), figures(&extension(3), "2026-01-05"));
        let asked = extension(6);
        assert!(is_what_was_asked((&asked, Some(&six)), (&extension(6), &six)));
        assert!(!is_what_was_asked((&asked, None), (&extension(6), &six)), "it came to nothing then");
        assert!(!is_what_was_asked((&asked, Some(&three)), (&extension(6), &six)));
        let harder = Change::Extension { months: 6, in_difficulty: true, security: None };
        assert!(!is_what_was_asked((&asked, Some(&six)), (&harder, &six)), "it would count as restructured");
        let rollover =
            |firm_size| Change::Rollover { term_months: 12, firm_size: Some(firm_size), security: None };
        let (small, micro) = (rollover(FirmSize::Small), rollover(FirmSize::Micro));
        assert!(is_what_was_asked((&small, Some(&six)), (&micro, &six)), "the bank classes the firm");
    }

    #[test]
    fn states_are_called_the_same_everywhere() {
        for state in Consent::ALL {
            assert_eq!(Consent::parse(state.name()), Some(state));
            assert_eq!(serde_json::to_value(state).unwrap(), state.name());
        }
    }
}
