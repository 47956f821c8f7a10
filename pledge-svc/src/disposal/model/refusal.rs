//! Why something is not done in a case.

use chrono::NaiveDate;
use finance::{LossSharingError, Money, MoneyError, WaterfallError};

use super::{CaseStatus, ClaimStatus, ProposalStatus, proposal::Flaw};
use crate::risk::model::Tier;

/// A refused step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// What is asked for is not sound by itself.
    #[error("{} fields are wrong", .0.len())]
    Flawed(Vec<Flaw>),
    /// The maker tried to decide.
    #[error("the maker never decides")]
    FourEyes,
    /// Decided before.
    #[error("the proposal is {}", .status.name())]
    Decided {
        /// How.
        status: ProposalStatus,
    },
    /// The step does not follow from where the case is.
    #[error("the case is {}", .status.name())]
    NotInStatus {
        /// Where it is.
        status: CaseStatus,
    },
    /// The step does not follow from where the claim is.
    #[error("the claim is {}", .status.name())]
    ClaimNotInStatus {
        /// Where it is.
        status: ClaimStatus,
    },
    /// Nothing is late, so the case can be opened by decision only.
    #[error("nothing is overdue")]
    NotOverdue,
    /// The loan is settled or off the books.
    #[error("the loan is not outstanding")]
    LoanNotOutstanding,
    /// The loan has a case that is not closed.
    #[error("case {number} is open")]
    CaseOpen {
        /// The case's number.
        number: String,
    },
    /// The reserve of a court's auction lies below what the rules allow.
    #[error("the reserve must be at least {least} of {of}")]
    ReserveTooLow {
        /// The least.
        least: Money,
        /// The value or the reserve before.
        of: Money,
        /// Whether an auction without bidders came before.
        next: bool,
    },
    /// Collateral would go for less than the lowest price of the plan.
    #[error("{price} is below the plan's lowest price, {reserve}")]
    BelowReserve {
        /// The price of all lots of the sale.
        price: Money,
        /// The lowest price of these lots.
        reserve: Money,
    },
    /// A patent that is not under a pledge.
    #[error("patent {number} is not pledged")]
    NotPledged {
        /// Its number.
        number: String,
    },
    /// A patent whose pledge secures other loans than this case's.
    #[error("patent {number} secures another loan")]
    PledgedElsewhere {
        /// Its number.
        number: String,
    },
    /// A patent that was sold before.
    #[error("patent {number} is sold")]
    AlreadySold {
        /// Its number.
        number: String,
    },
    /// Others have paid for the loss, or the loan is off the books: what comes in is a recovery.
    #[error("the loss is shared in case {number}")]
    LossShared {
        /// The case's number.
        number: String,
    },
    /// The loan's collateral is being sold or its loss shared: its terms are not changed beside that.
    #[error("case {number} is {}", .status.name())]
    InWorkout {
        /// The case's number.
        number: String,
        /// Where it is.
        status: CaseStatus,
    },
    /// Others have paid what the borrower did not, and it is not back.
    #[error("{owed} of compensation is not back")]
    CompensationLive {
        /// How much.
        owed: Money,
    },
    /// Nothing is owed that would be a loss.
    #[error("nothing is lost")]
    NothingLost,
    /// A party that is named beside its promise on the facility.
    #[error("{name} shares twice")]
    SharedTwice {
        /// Its name.
        name: String,
    },
    /// The fund named has no agreement that covered the loan when it was drawn.
    #[error("{name} has no agreement")]
    NoFundAgreement {
        /// The fund's name.
        name: String,
    },
    /// More than is claimed, paid or lost.
    #[error("{asked} asked for, {claimed} possible")]
    AboveClaimed {
        /// The most.
        claimed: Money,
        /// What was asked for.
        asked: Money,
    },
    /// Less than claimed is granted without saying why.
    #[error("a reason is missing")]
    ReasonMissing,
    /// The insurer named has no policy that covered the loan when the borrower defaulted.
    #[error("{name} insured nothing on {on}")]
    NoPolicy {
        /// The insurer's name.
        name: String,
        /// The day of the default.
        on: NaiveDate,
    },
    /// Whoever is claimed on still has time to answer.
    #[error("{name} may answer until {until}")]
    AnswerStillDue {
        /// Its name.
        name: String,
        /// The last day of its time.
        until: NaiveDate,
    },
    /// Money of an insurer does not belong to that claim.
    #[error("the money does not belong to claim {number}")]
    OtherClaim {
        /// The claim's number.
        number: String,
    },
    /// An insurer named by hand that insures the loan on the platform.
    #[error("{name} insures the loan here")]
    InsurerOnPlatform {
        /// The insurer's name.
        name: String,
    },
    /// An insurer answers by what it pays under its policy.
    #[error("{name} answers itself")]
    InsurerAnswersItself {
        /// The insurer's name.
        name: String,
    },
    /// A fund answers itself.
    #[error("the fund answers itself")]
    FundAnswersItself,
    /// Claims wait for a decision.
    #[error("{open} claims wait")]
    ClaimsOpen {
        /// How many.
        open: usize,
    },
    /// Nothing was done to collect.
    #[error("nothing was done to collect")]
    NoCollection,
    /// Nothing is left on the books.
    #[error("nothing is left to write off")]
    NothingLeft,
    /// The loan is declared due already.
    #[error("declared due on {on}")]
    DeclaredDue {
        /// Since when.
        on: NaiveDate,
    },
    /// Everything has fallen due by the plan.
    #[error("everything has fallen due")]
    AllDue,
    /// A paper that is named is not among the documents of the case, or may not be opened.
    #[error("{what} is no document of the case")]
    NoSuchPaper {
        /// Which field names it.
        what: String,
    },
    /// Selling would fetch more than it costs.
    #[error("{value} to be had at a cost of {costs}")]
    WorthSelling {
        /// What a sale would fetch.
        value: Money,
        /// What it would cost.
        costs: Money,
    },
    /// Everything that secures the loan is sold, released or found worthless.
    #[error("no collateral is left")]
    NoCollateralLeft,
    /// Collateral stands that was neither sold, released nor found worthless.
    #[error("{} patents are left", .numbers.len())]
    CollateralLeft {
        /// Their publication numbers.
        numbers: Vec<String>,
        /// What they were lent on.
        value: Money,
    },
    /// The loan is not in default.
    #[error("{days} days overdue, {}", .tier.name())]
    NotInDefault {
        /// Days overdue.
        days: i64,
        /// Beyond how many days it would be.
        after: u32,
        /// Its class.
        tier: Tier,
    },
    /// The loan's class is too good for a write-off.
    #[error("the loan is {}", .tier.name())]
    ClassTooGood {
        /// Its class.
        tier: Tier,
        /// The best class from which a debt is written off.
        least: Tier,
    },
    /// More is owed than a small claim may be.
    #[error("{owed} is more than {most}")]
    NotSmall {
        /// What is owed.
        owed: Money,
        /// The most.
        most: Money,
    },
    /// A small claim was not pursued for long enough.
    #[error("pursued for {days} of {least} days")]
    PursuedTooShortly {
        /// Days since the first step of collection.
        days: i64,
        /// Days demanded.
        least: u32,
    },
    /// Something is still late.
    #[error("{days} days overdue")]
    StillOverdue {
        /// Days.
        days: i64,
    },
    /// Something is still owed.
    #[error("{owed} is owed")]
    StillOwed {
        /// How much.
        owed: Money,
    },
    /// Amounts that cannot be shared.
    #[error(transparent)]
    Sharing(#[from] LossSharingError),
    /// Amounts that cannot be paid out.
    #[error(transparent)]
    Waterfall(#[from] WaterfallError),
    /// A sum beyond the range of amounts.
    #[error(transparent)]
    Overflow(#[from] MoneyError),
}
