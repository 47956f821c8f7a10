//! Why a change of a loan is refused.

use chrono::NaiveDate;
use finance::{LprError, Money, MoneyError, Rate, ReplanError, ScheduleError};

use crate::{loan::LoanStatus, risk::model::Tier};

/// A refused change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The loan is repaid or written off.
    #[error("the loan is {}", status.name())]
    NotActive {
        /// Where it is.
        status: LoanStatus,
    },
    /// Nothing is left to plan.
    #[error("no principal is left to plan")]
    NothingToPlan,
    /// Something is overdue.
    #[error("overdue for {days} days")]
    Overdue {
        /// Days.
        days: i64,
        /// What is overdue.
        amount: Money,
    },
    /// What is due today is not paid.
    #[error("{amount} that is due is not paid")]
    DueUnpaid {
        /// How much.
        amount: Money,
    },
    /// No principal was paid ahead of the plan.
    #[error("nothing was paid ahead")]
    NothingAhead,
    /// Principal is repaid at the end.
    #[error("there is no instalment to keep")]
    NothingToShorten,
    /// Later than the law allows.
    #[error("{asked} is later than {latest}")]
    TooLong {
        /// The new maturity asked for.
        asked: NaiveDate,
        /// The latest allowed.
        latest: NaiveDate,
    },
    /// Later than a patent that secures the loan lasts.
    #[error("{asked} is later than a pledged patent's end on {ends}")]
    BeyondRights {
        /// The new maturity asked for.
        asked: NaiveDate,
        /// The day on which the first of the rights ends.
        ends: NaiveDate,
    },
    /// Later than the term of the debt in the pledge contract, without renewed security.
    #[error("{asked} is later than the debt's term until {until}")]
    BeyondDebt {
        /// The new maturity asked for.
        asked: NaiveDate,
        /// The last day of the debt's term.
        until: NaiveDate,
    },
    /// Later than the bank's bound of a workout.
    #[error("{asked} is later than {latest}")]
    TermBound {
        /// The new maturity asked for.
        asked: NaiveDate,
        /// The latest allowed.
        latest: NaiveDate,
    },
    /// A term longer than the line or the product gives.
    #[error("{asked} months of at most {most}")]
    Tenor {
        /// Months asked for.
        asked: u32,
        /// The most.
        most: u32,
    },
    /// A rollover that does not say how large the firm is.
    #[error("the size of the firm is not stated")]
    SizeUnknown,
    /// A firm too large for a rollover on the day.
    #[error("the firm is {}", size.name())]
    FirmSize {
        /// Its size.
        size: super::FirmSize,
    },
    /// A loan that is not for working capital.
    #[error("no working-capital loan")]
    NotWorkingCapital,
    /// The bank lends the borrower nothing.
    #[error("the borrower is blacklisted")]
    Blacklisted,
    /// A valuation of the security has ended.
    #[error("valued until {until}")]
    ValuationEnded {
        /// Its last day.
        until: NaiveDate,
    },
    /// Rolled over as often as the bank allows.
    #[error("rolled over {most} times")]
    InARow {
        /// The most.
        most: u32,
    },
    /// Not a whole number of the loan's intervals, or out of range.
    #[error("{months} months are no multiple of {every}")]
    Months {
        /// What was asked for.
        months: u32,
        /// The interval.
        every: u32,
    },
    /// Grace that leaves nothing to repay in.
    #[error("{grace} of {instalments} instalments without principal")]
    Grace {
        /// The grace asked for.
        grace: u32,
        /// The instalments.
        instalments: u32,
    },
    /// A loan of a worse class than the kind of change admits.
    #[error("the loan is {}", tier.name())]
    Classified {
        /// Its tier.
        tier: Tier,
    },
    /// A restructured loan under observation.
    #[error("restructured on {since}")]
    Restructured {
        /// Since when.
        since: NaiveDate,
    },
    /// A loan of which a part is not used as agreed.
    #[error("misused since {since}")]
    Misused {
        /// Since when.
        since: NaiveDate,
    },
    /// No part of it is misused.
    #[error("nothing is misused")]
    NotMisused,
    /// More than is outstanding, or nothing.
    #[error("{outstanding} is outstanding")]
    MisusedAmount {
        /// What is outstanding.
        outstanding: Money,
    },
    /// Before the draw, or ahead.
    #[error("a day from {first} to {last}")]
    MisusedSince {
        /// The day of the draw.
        first: NaiveDate,
        /// Today.
        last: NaiveDate,
    },
    /// Outside what the central bank allows.
    #[error("a surcharge from {low} to {high}")]
    Surcharge {
        /// The least.
        low: Rate,
        /// The most.
        high: Rate,
    },
    /// More than is owed in fees, or nothing.
    #[error("{owed} is owed in fees")]
    Fees {
        /// What is owed.
        owed: Money,
    },
    /// The bank elects no exemption from VAT, or it has ended.
    #[error("no exemption from VAT, or none after {until}")]
    NoExemption {
        /// Its last day.
        until: NaiveDate,
    },
    /// Exempt from VAT already.
    #[error("exempt until {until}")]
    Exempt {
        /// Its last day.
        until: NaiveDate,
    },
    /// Not recognised as exempt from VAT.
    #[error("not recognised as exempt")]
    NotExempt,
    /// What was earned under a recognition until its last day is not told apart any more.
    #[error("the exemption ended on {until}")]
    ExemptionOver {
        /// Its last day.
        until: NaiveDate,
    },
    /// A loan that several banks lend: each claims the exemption of its own part.
    #[error("several banks lend it")]
    ExemptSyndicated,
    /// A firm too large for the exemption.
    #[error("the firm is {}", size.name())]
    ExemptFirm {
        /// Its size.
        size: super::FirmSize,
    },
    /// More credit than the exemption admits.
    #[error("{credit} of credit, at most {most}")]
    ExemptCredit {
        /// The borrower's credit.
        credit: Money,
        /// The most.
        most: Money,
    },
    /// The credit stated is less than the loan itself.
    #[error("the loan alone is {principal}")]
    CreditBelowLoan {
        /// What was lent on it.
        principal: Money,
    },
    /// A dearer loan than the exemption admits.
    #[error("a rate of {rate}, at most {most}")]
    ExemptRate {
        /// Its rate when it was drawn.
        rate: Rate,
        /// The most.
        most: Rate,
    },
    /// Neither a spread nor a list, or both.
    #[error("one of a spread and a list is needed")]
    OnePlan,
    /// A list whose dates are not all ahead and rising.
    #[error("{due} does not come after {after}")]
    Dates {
        /// The date in question.
        due: NaiveDate,
        /// What it has to come after.
        after: NaiveDate,
    },
    /// A list that is empty or too long.
    #[error("{0} instalments")]
    Count(usize),
    /// A list with a negative amount.
    #[error("{0} is below zero")]
    Negative(Money),
    /// A list that repays more or less than is owed.
    #[error("{planned} of {balance}")]
    Sum {
        /// What it repays.
        planned: Money,
        /// What is owed.
        balance: Money,
    },
    /// The price asked for is the one in force.
    #[error("nothing would change")]
    Unchanged,
    /// No reference rate is known for the day.
    #[error("no fixing in force on {on}")]
    NoFixing {
        /// The day.
        on: NaiveDate,
    },
    /// A rate outside the bank's bounds.
    #[error("{asked} is not from {low} to {high}")]
    RateBounds {
        /// The rate asked for.
        asked: Rate,
        /// The least.
        low: Rate,
        /// The most.
        high: Rate,
    },
    /// Both a rate and a spread.
    #[error("a rate and a spread")]
    OnePrice,
    /// A spread for a loan whose rate is fixed.
    #[error("the rate does not float")]
    NotFloating,
    /// A rate below zero or above the whole.
    #[error("no rate between 0 and 1")]
    Rate,
    /// Somebody else must decide it.
    #[error("the maker does not decide")]
    FourEyes,
    /// Only the maker withdraws.
    #[error("only the maker withdraws")]
    NotMaker,
    /// It is decided.
    #[error("it is {}", .0.name())]
    Decided(super::AdjustmentStatus),
    /// A proposal for the loan waits.
    #[error("another proposal waits")]
    Pending,
    /// The loan changed after the figures were looked at.
    #[error("the loan is at version {current}")]
    Stale {
        /// Its version.
        current: i64,
    },
    /// Nothing that the borrower asks for.
    #[error("{} is not asked for", kind.name())]
    NotAskable {
        /// What was asked for.
        kind: super::AdjustmentKind,
    },
    /// A request of the borrower's for the loan waits.
    #[error("another request waits")]
    RequestPending,
    /// The request is answered, or its last day is not over.
    #[error("the request is {}", .0.name())]
    RequestClosed(super::RequestStatus),
    /// The last day for an answer is over.
    #[error("the request was to be answered by {until}")]
    RequestLate {
        /// That day.
        until: NaiveDate,
    },
    /// The proposal waits for no consent: none is needed, or the borrower has answered.
    #[error("no consent is wanted")]
    ConsentNotWanted(Option<super::Consent>),
    /// The borrower has not consented.
    #[error("the borrower has not consented")]
    ConsentMissing,
    /// The borrower has declined.
    #[error("the borrower has declined")]
    ConsentDeclined,
    /// The proposal no longer comes to what it was proposed with: the consent does not stand for it.
    #[error("the figures are others than those proposed")]
    FiguresChanged {
        /// Maturity as proposed, and today.
        matures: (NaiveDate, NaiveDate),
        /// Contract rate as proposed, and today.
        rate: (Rate, Rate),
        /// Principal to come as proposed, and today.
        principal: (Money, Money),
    },
    /// Papers that the kind of change asks for are missing.
    #[error("{} papers are missing", missing.len())]
    PapersMissing {
        /// Those.
        missing: Vec<super::papers::PaperItem>,
    },
    /// A figure that cannot be: a defect, not an answer.
    #[error("{0}")]
    Broken(String),
}

impl From<ReplanError> for Refusal {
    fn from(error: ReplanError) -> Self {
        match error {
            ReplanError::NothingOwed => Self::NothingToPlan,
            ReplanError::NothingToShorten => Self::NothingToShorten,
            ReplanError::Order { due, after } => Self::Dates { due, after },
            ReplanError::PrincipalSum { planned, balance } => Self::Sum { planned, balance },
            ReplanError::NegativePrincipal(amount) => Self::Negative(amount),
            ReplanError::Schedule(ScheduleError::Instalments(count)) => {
                Self::Count(usize::try_from(count).unwrap_or(usize::MAX))
            }
            other => Self::Broken(other.to_string()),
        }
    }
}

impl From<MoneyError> for Refusal {
    fn from(error: MoneyError) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<LprError> for Refusal {
    fn from(error: LprError) -> Self {
        match error {
            LprError::Missing(on) => Self::NoFixing { on },
            LprError::BelowZero { .. } => Self::Rate,
            other => Self::Broken(other.to_string()),
        }
    }
}
