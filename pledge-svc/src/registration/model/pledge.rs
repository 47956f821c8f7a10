//! A pledge over patents: what it secures, what stands for it, and where it is in law. Where its papers are at the
//! register is [`super::filing`].

use std::{fmt, str::FromStr};

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{ApplicationId, FacilityId, FilingId, OrgId, PatentId, PledgeId, ValuationId};
use finance::{Money, MoneyError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{FilingKind, FilingState, Right, collateral::LoanTerm};

/// Where a pledge is. It exists in law only while it is registered (Civil Code, article 444).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PledgeStatus {
    /// 已提交登记
    Submitted,
    /// 已登记
    Registered,
    /// 不予登记
    Refused,
    /// 已撤回
    Withdrawn,
    /// 已注销
    Cancelled,
    /// 已撤销，自始无效
    Annulled,
}

impl PledgeStatus {
    /// Every status.
    pub const ALL: [Self; 6] =
        [Self::Submitted, Self::Registered, Self::Refused, Self::Withdrawn, Self::Cancelled, Self::Annulled];

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Registered => "registered",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Cancelled => "cancelled",
            Self::Annulled => "annulled",
        }
    }

    /// The official Chinese word.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Submitted => "已提交登记",
            Self::Registered => "已登记",
            Self::Refused => "不予登记",
            Self::Withdrawn => "已撤回",
            Self::Cancelled => "已注销",
            Self::Annulled => "已撤销",
        }
    }

    /// Whether the patents are held by the pledge.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Submitted | Self::Registered)
    }
}

impl fmt::Display for PledgeStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no pledge's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such pledge status")]
pub struct UnknownStatus;

impl FromStr for PledgeStatus {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        Self::ALL.into_iter().find(|status| status.name() == text).ok_or(UnknownStatus)
    }
}

/// One patent under a pledge, with the valuation that the bank relied on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PledgedPatent {
    /// The patent.
    pub patent_id: PatentId,
    /// Its publication number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// The valuation relied on.
    pub valuation_id: ValuationId,
    /// Its value as collateral.
    pub collateral_value: Money,
    /// The most that may be lent on it alone, by its valuation and the bank's cap for its grade; none where that was not
    /// kept.
    #[serde(default)]
    pub maximum_loan: Option<Money>,
    /// The last day on which that value may be relied on; never after the patent's own end.
    pub valid_until: NaiveDate,
    /// The day on which the right ends by its term, as the catalogue said when the pledge was made; `None` where it did
    /// not say.
    #[serde(default)]
    pub ends_on: Option<NaiveDate>,
    /// 年费按期至: the last day on which none of its annuities is late, as the catalogue counted it last; `None` where it did
    /// not say.
    #[serde(default)]
    pub annuity_until: Option<NaiveDate>,
    /// The day on which it was released from the pledge, where it was.
    #[serde(default)]
    pub released_on: Option<NaiveDate>,
    /// How the right stands, as the catalogue last said.
    #[serde(default)]
    pub right: Right,
}

impl PledgedPatent {
    /// Whether it is under the pledge and its right is in force.
    #[must_use]
    pub fn stands(&self) -> bool {
        self.released_on.is_none() && !self.right.has_ended()
    }
}

/// The papers that are at the register, or were there last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FilingBrief {
    /// The filing.
    pub id: FilingId,
    /// What was filed.
    pub kind: FilingKind,
    /// Where it is.
    pub state: FilingState,
    /// The last day for the register's answer, while it is the register's turn.
    pub due_on: Option<NaiveDate>,
}

impl FilingBrief {
    /// Whether the register is late on a day.
    #[must_use]
    pub fn is_overdue(&self, on: NaiveDate) -> bool {
        self.state.is_open() && self.due_on.is_some_and(|due| due < on)
    }
}

/// A pledge over patents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pledge {
    /// Its id.
    pub id: PledgeId,
    /// Its number, for people.
    pub number: String,
    /// The application it secures.
    pub application_id: ApplicationId,
    /// The facility.
    pub facility_id: FacilityId,
    /// 质权人, the pledgee.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    /// 出质人, the pledgor.
    pub enterprise_id: OrgId,
    /// Its name.
    pub enterprise_name: String,
    /// Where it is.
    pub status: PledgeStatus,
    /// 登记号, once registered.
    pub registration_number: Option<String>,
    /// 被担保的债权数额, the secured claim.
    pub secured_amount: Money,
    /// The accepted value of the patents together.
    pub collateral_value: Money,
    /// The most that may be lent on the patents together.
    pub maximum_loan: Money,
    /// The most that may be lent on it now: on the patents still under it and in force, within the secured claim,
    /// and nothing while its cancellation is under way.
    pub carrying: Money,
    /// 债务履行期限: its last day by the pledge contract; a loan on this pledge falls due by then. None where the contract is
    /// not known.
    #[serde(default)]
    pub debt_until: Option<NaiveDate>,
    /// The longest term of a loan on this pledge, in months: that of the application it secures. None where it is not known.
    #[serde(default)]
    pub tenor_months: Option<u32>,
    /// Whether a patent goes on carrying while it is attacked, as the bank has set it.
    #[serde(default)]
    pub challenged_carries: bool,
    /// The patents.
    pub patents: Vec<PledgedPatent>,
    /// The papers at the register.
    pub filing: Option<FilingBrief>,
    /// When it was submitted.
    pub submitted_at: DateTime<Utc>,
    /// The day it was registered.
    pub registered_on: Option<NaiveDate>,
    /// The day it was cancelled.
    pub cancelled_on: Option<NaiveDate>,
    /// Why it was cancelled.
    pub cancel_reason: Option<String>,
    /// The day on which it was found never to have existed.
    pub annulled_on: Option<NaiveDate>,
    /// Counts its changes, from 1.
    pub version: i64,
}

impl Pledge {
    /// The patents that are under the pledge.
    pub fn held(&self) -> impl Iterator<Item = &PledgedPatent> {
        self.patents.iter().filter(|patent| patent.released_on.is_none())
    }

    /// The last day on which every valuation under the pledge may be relied on; none without patents.
    #[must_use]
    pub fn valid_until(&self) -> Option<NaiveDate> {
        self.held().map(|patent| patent.valid_until).min()
    }

    /// The day on which the first of the rights that stand under the pledge ends by its term.
    #[must_use]
    pub fn first_end(&self) -> Option<NaiveDate> {
        self.patents.iter().filter(|patent| patent.stands()).filter_map(|patent| patent.ends_on).min()
    }

    /// Whether a patent counts for what the pledge carries: under it, in force, and not attacked where the bank lends nothing on
    /// what is.
    #[must_use]
    pub fn counts(&self, patent: &PledgedPatent) -> bool {
        patent.stands() && (self.challenged_carries || patent.right.challenges.is_empty())
    }

    /// How long a loan on this pledge may last.
    #[must_use]
    pub fn loan_term(&self) -> LoanTerm {
        let until = [self.debt_until, self.first_end()].into_iter().flatten().min();
        LoanTerm { until, months: self.tenor_months }
    }

    /// The first of the last days on which no annuity of a patent that stands under the pledge is late.
    #[must_use]
    pub fn annuities_until(&self) -> Option<NaiveDate> {
        self.patents.iter().filter(|patent| patent.stands()).filter_map(|patent| patent.annuity_until).min()
    }

    /// Whether something filed waits for the register.
    #[must_use]
    pub fn has_open_filing(&self) -> bool {
        self.filing.as_ref().is_some_and(|filing| filing.state.is_open())
    }

    /// The part of [`Self::maximum_loan`] that falls on some of the patents under the pledge, by their value,
    /// rounded down so that a fen is never lent twice.
    ///
    /// # Errors
    /// When a sum is beyond the range of money.
    pub fn maximum_on(&self, counts: impl Fn(&PledgedPatent) -> bool) -> Result<Money, MoneyError> {
        let values = |counts: &dyn Fn(&PledgedPatent) -> bool| {
            Money::total(self.held().filter(|one| counts(one)).map(|one| one.collateral_value))
        };
        let (all, some) = (values(&|_| true)?, values(&counts)?);
        if all == some {
            return Ok(self.maximum_loan);
        }
        share(self.maximum_loan, some, all)
    }
}

/// `whole × some ÷ all`, rounded down; nothing of nothing.
pub(super) fn share(whole: Money, some: Money, all: Money) -> Result<Money, MoneyError> {
    if all.is_zero() {
        return Ok(Money::ZERO);
    }
    let parts = i128::from(whole.fen()) * i128::from(some.fen()) / i128::from(all.fen());
    i64::try_from(parts).map(Money::from_fen).map_err(|_| MoneyError::Overflow)
}
