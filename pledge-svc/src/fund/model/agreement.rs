//! What a fund has agreed to cover for a bank, for one facility or for all that name the fund: how much of its capital
//! stands for it, at which leverage, within which caps.

use chrono::NaiveDate;
use contracts::{FacilityId, FundAgreementId, FundId, OrgId};
use finance::{Money, MoneyError, Rate, Rounding};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Exposure, Refusal, StopCause, Trip};

/// Where an agreement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgreementStatus {
    /// 生效: new loans are covered
    Active,
    /// 熔断: what is covered stays covered, nothing new is
    Stopped,
    /// 终止: nothing is covered any more
    Ended,
}

impl AgreementStatus {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Active, Self::Stopped, Self::Ended];

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Stopped => "stopped",
            Self::Ended => "ended",
        }
    }

    /// The official Chinese word.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Active => "生效",
            Self::Stopped => "熔断",
            Self::Ended => "终止",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == text)
    }
}

/// What is agreed. Shares, caps and thresholds are the parties' to choose; the defaults are ours and shown as such.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgreementTerms {
    /// How much of the fund's capital stands for this bank.
    pub commitment: Money,
    /// The covered balance is at most so many times the commitment. Default 10.
    #[serde(default = "leverage_default")]
    pub leverage_max: Rate,
    /// The largest part of a loss that the fund bears.
    pub share_max: Rate,
    /// The most paid for one loan; without one, the commitment is the only cap.
    #[serde(default)]
    pub cap_per_claim: Option<Money>,
    /// The most paid in a calendar year.
    #[serde(default)]
    pub cap_per_year: Option<Money>,
    /// Of each loan's loss the bank bears so much first.
    #[serde(default)]
    pub deductible: Money,
    /// 熔断线: beyond this part of the covered balance the bank is stopped. 3–5 % in practice, default 5 %.
    #[serde(default = "threshold_default")]
    pub threshold: Rate,
    /// First day on which new loans are covered.
    pub starts_on: NaiveDate,
    /// Last day on which new loans are covered.
    pub ends_on: NaiveDate,
}

/// Covered balance for each yuan committed, where the parties name none.
#[must_use]
pub fn leverage_default() -> Rate {
    Rate::from_basis_points(100_000)
}

/// The circuit breaker's threshold where the parties name none.
#[must_use]
pub fn threshold_default() -> Rate {
    Rate::from_basis_points(500)
}

/// An agreement with a bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// Its id.
    pub id: FundAgreementId,
    /// Its number, for people.
    pub number: String,
    /// The fund.
    pub fund_id: FundId,
    /// Its name.
    pub fund_name: String,
    /// The (lead) bank.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    /// The one facility covered; without one, all of the bank's that name the fund.
    pub facility_id: Option<FacilityId>,
    /// Its name.
    pub facility_name: Option<String>,
    /// What is agreed.
    pub terms: AgreementTerms,
    /// Where it is.
    pub status: AgreementStatus,
    /// Why it was stopped.
    pub stop_cause: Option<StopCause>,
    /// The ratio that stopped it.
    pub stop_ratio: Option<Rate>,
    /// The day it was stopped or ended.
    pub stopped_on: Option<NaiveDate>,
    /// Compensation paid.
    pub paid: Money,
    /// Recoveries handed back.
    pub returned: Money,
    /// Claimed by the bank and not decided.
    pub pending: Money,
    /// Counts its changes, from 1.
    pub version: i64,
}

/// How an agreement stands today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = FundStanding)]
pub struct Standing {
    /// Principal outstanding of the loans covered.
    pub covered: Money,
    /// Of it, of loans classified substandard, doubtful or loss.
    pub non_performing: Money,
    /// What is left of the commitment: less compensation, plus recoveries.
    pub commitment_left: Money,
    /// The most that may be covered: what is left of the commitment × the largest leverage.
    pub capacity: Money,
    /// What may still be covered; nothing while stopped or ended.
    pub room: Money,
    /// Covered ÷ commitment left; absent where nothing is left.
    pub leverage: Option<Rate>,
    /// Covered ÷ capacity; absent where there is none.
    pub utilisation: Option<Rate>,
    /// Net compensation ÷ covered balance.
    pub compensated_ratio: Rate,
    /// Non-performing ÷ covered balance.
    pub non_performing_ratio: Rate,
}

impl Agreement {
    /// What is left of the commitment.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`]
    pub fn commitment_left(&self) -> Result<Money, MoneyError> {
        self.terms.commitment.checked_sub(self.net_paid()?)
    }

    /// Compensation paid less what came back.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`]
    pub fn net_paid(&self) -> Result<Money, MoneyError> {
        self.paid.checked_sub(self.returned)
    }

    /// The most that may be covered under some terms; an amount beyond the range of money is the largest amount.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`]
    pub fn capacity(&self) -> Result<Money, MoneyError> {
        Ok(self.commitment_left()?.scale(self.terms.leverage_max, Rounding::Down).unwrap_or(Money::MAX))
    }

    /// How it stands with what it covers today.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`]
    pub fn standing(&self, exposure: Exposure, on: NaiveDate) -> Result<Standing, MoneyError> {
        let (left, capacity) = (self.commitment_left()?, self.capacity()?);
        let open =
            self.status == AgreementStatus::Active && self.terms.starts_on <= on && on <= self.terms.ends_on;
        Ok(Standing {
            covered: exposure.covered,
            non_performing: exposure.non_performing,
            commitment_left: left,
            capacity,
            room: if open { capacity.saturating_sub(exposure.covered) } else { Money::ZERO },
            leverage: exposure.covered.ratio_of(left),
            utilisation: exposure.covered.ratio_of(capacity),
            compensated_ratio: exposure.compensated_ratio(self.net_paid()?),
            non_performing_ratio: exposure.non_performing_ratio(),
        })
    }

    /// Whether a loan may newly be covered.
    ///
    /// # Errors
    /// Stopped, ended, outside its days, or beyond the leverage agreed.
    pub fn covers(&self, amount: Money, exposure: Exposure, on: NaiveDate) -> Result<(), Refusal> {
        match self.status {
            AgreementStatus::Active => {}
            AgreementStatus::Stopped => {
                return Err(Refusal::Stopped { number: self.number.clone(), cause: self.stop_cause });
            }
            AgreementStatus::Ended => return Err(Refusal::NotInStatus { status: self.status }),
        }
        if on < self.terms.starts_on || self.terms.ends_on < on {
            return Err(Refusal::OutsideTerm { from: self.terms.starts_on, until: self.terms.ends_on });
        }
        let room = self.standing(exposure, on)?.room;
        if amount > room {
            return Err(Refusal::BeyondLeverage { asked: amount, room });
        }
        Ok(())
    }

    /// The agreement under other terms: never less than what it stands for already.
    ///
    /// # Errors
    /// Ended, less than was paid, or a covered balance beyond the new leverage.
    pub fn amended(&self, terms: AgreementTerms, exposure: Exposure) -> Result<Self, Refusal> {
        if self.status == AgreementStatus::Ended {
            return Err(Refusal::NotInStatus { status: self.status });
        }
        let net = self.net_paid()?;
        if terms.commitment < net {
            return Err(Refusal::BelowPaid { paid: net });
        }
        let after = Self { terms, version: self.version + 1, ..self.clone() };
        let capacity = after.capacity()?;
        if capacity < exposure.covered {
            return Err(Refusal::BelowCovered { covered: exposure.covered, capacity });
        }
        Ok(after)
    }

    /// The agreement at its end; what was left of its commitment is free again.
    ///
    /// # Errors
    /// Ended before, loans still covered, or claims not decided.
    pub fn ended(&self, exposure: Exposure, on: NaiveDate) -> Result<Self, Refusal> {
        if self.status == AgreementStatus::Ended {
            return Err(Refusal::NotInStatus { status: self.status });
        }
        if exposure.covered.is_positive() || self.pending.is_positive() {
            return Err(Refusal::StillCovering { covered: exposure.covered, pending: self.pending });
        }
        Ok(Self {
            status: AgreementStatus::Ended,
            stopped_on: Some(on),
            version: self.version + 1,
            ..self.clone()
        })
    }

    /// The agreement after the circuit breaker tripped.
    #[must_use]
    pub fn stopped(&self, trip: Trip, on: NaiveDate) -> Self {
        Self {
            status: AgreementStatus::Stopped,
            stop_cause: Some(trip.cause),
            stop_ratio: Some(trip.ratio),
            stopped_on: Some(on),
            version: self.version + 1,
            ..self.clone()
        }
    }

    /// The agreement after the stop was lifted by two people. The breaker may trip again at the next review.
    ///
    /// # Errors
    /// Not stopped.
    pub fn released(&self) -> Result<Self, Refusal> {
        if self.status != AgreementStatus::Stopped {
            return Err(Refusal::NotInStatus { status: self.status });
        }
        Ok(Self {
            status: AgreementStatus::Active,
            stop_cause: None,
            stop_ratio: None,
            stopped_on: None,
            version: self.version + 1,
            ..self.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fund::model::samples::{agreement, day, exposure, yuan};

    #[test]
    fn ten_million_committed_at_ten_times_cover_a_hundred_million() {
        let standing =
            agreement(10_000_000).standing(exposure(60_000_000, 600_000), day("2026-06-01")).unwrap();
        assert_eq!(standing.capacity, yuan(100_000_000));
        assert_eq!(standing.room, yuan(40_000_000));
        assert_eq!(standing.leverage.unwrap().to_string(), "6");
        assert_eq!(standing.utilisation.unwrap().to_string(), "0.6");
        assert_eq!(standing.non_performing_ratio.to_string(), "0.01");
    }

    #[test]
    fn compensation_takes_ten_times_its_amount_off_what_may_be_covered() {
        let paid = Agreement { paid: yuan(1_000_000), ..agreement(10_000_000) };
        assert_eq!(paid.capacity().unwrap(), yuan(90_000_000));
        let back = Agreement { returned: yuan(400_000), ..paid };
        assert_eq!(back.capacity().unwrap(), yuan(94_000_000));
    }

    #[test]
    fn a_loan_is_covered_only_within_leverage_days_and_while_not_stopped() {
        let one = agreement(1_000_000);
        let on = day("2026-06-01");
        assert_eq!(one.covers(yuan(4_000_000), exposure(6_000_000, 0), on), Ok(()));
        assert_eq!(
            one.covers(yuan(4_000_001), exposure(6_000_000, 0), on),
            Err(Refusal::BeyondLeverage { asked: yuan(4_000_001), room: yuan(4_000_000) })
        );
        assert!(matches!(
            one.covers(yuan(1), exposure(0, 0), day("2025-12-31")),
            Err(Refusal::OutsideTerm { .. })
        ));
        let trip = Trip { cause: StopCause::NonPerforming, ratio: Rate::from_basis_points(600) };
        let stopped = one.stopped(trip, on);
        assert!(matches!(stopped.covers(yuan(1), exposure(0, 0), on), Err(Refusal::Stopped { .. })));
        assert_eq!(stopped.standing(exposure(0, 0), on).unwrap().room, Money::ZERO);
        assert_eq!(stopped.released().unwrap().covers(yuan(1), exposure(0, 0), on), Ok(()));
        assert!(one.released().is_err(), "what is not stopped is not released");
    }

    #[test]
    fn a_commitment_is_never_cut_below_what_it_stands_for() {
        let one = Agreement { paid: yuan(200_000), ..agreement(1_000_000) };
        let with = |commitment| AgreementTerms { commitment: yuan(commitment), ..one.terms.clone() };
        assert_eq!(
            one.amended(with(100_000), exposure(0, 0)),
            Err(Refusal::BelowPaid { paid: yuan(200_000) })
        );
        assert_eq!(
            one.amended(with(500_000), exposure(5_000_000, 0)),
            Err(Refusal::BelowCovered { covered: yuan(5_000_000), capacity: yuan(3_000_000) })
        );
        let after = one.amended(with(500_000), exposure(3_000_000, 0)).unwrap();
        assert_eq!(after.commitment_left().unwrap(), yuan(300_000));
    }

    #[test]
    fn an_agreement_ends_once_it_covers_nothing() {
        let one = Agreement { pending: yuan(1), ..agreement(1_000_000) };
        let on = day("2026-06-01");
        assert!(matches!(one.ended(exposure(0, 0), on), Err(Refusal::StillCovering { .. })));
        let one = agreement(1_000_000);
        assert!(matches!(one.ended(exposure(1, 0), on), Err(Refusal::StillCovering { .. })));
        let ended = one.ended(exposure(0, 0), on).unwrap();
        assert_eq!(ended.status, AgreementStatus::Ended);
        assert!(ended.ended(exposure(0, 0), on).is_err());
        assert!(ended.amended(ended.terms.clone(), exposure(0, 0)).is_err());
    }
}
