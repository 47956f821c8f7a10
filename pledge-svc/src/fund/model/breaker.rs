//! The circuit breaker (熔断): a bank whose loans go wrong too often gets no new cover until two people release it.

use finance::{Money, MoneyError, Rate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Agreement, AgreementStatus};

/// What an agreement covers today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Exposure {
    /// Principal outstanding of the loans covered.
    pub covered: Money,
    /// Of it, of loans classified substandard, doubtful or loss.
    pub non_performing: Money,
}

impl Exposure {
    /// Net compensation as a part of the covered balance; the whole where something was paid and nothing is covered.
    #[must_use]
    pub fn compensated_ratio(&self, net_paid: Money) -> Rate {
        ratio(net_paid, self.covered)
    }

    /// Non-performing principal as a part of the covered balance.
    #[must_use]
    pub fn non_performing_ratio(&self) -> Rate {
        ratio(self.non_performing, self.covered)
    }
}

fn ratio(part: Money, whole: Money) -> Rate {
    if part.is_zero() { Rate::ZERO } else { part.ratio_of(whole).unwrap_or(Rate::ONE) }
}

/// What went beyond the threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StopCause {
    /// 代偿率
    Compensated,
    /// 不良率
    NonPerforming,
}

impl StopCause {
    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Compensated => "compensated",
            Self::NonPerforming => "non_performing",
        }
    }

    /// The cause of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Compensated, Self::NonPerforming].into_iter().find(|cause| cause.name() == text)
    }
}

/// A breaker that trips.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trip {
    /// Why.
    pub cause: StopCause,
    /// The ratio found.
    pub ratio: Rate,
}

/// Whether an active agreement is stopped: its compensated or its non-performing share lies above the threshold. A
/// share that equals the threshold does not pass it.
///
/// # Errors
/// [`MoneyError::Overflow`]
pub fn trip(agreement: &Agreement, exposure: Exposure) -> Result<Option<Trip>, MoneyError> {
    if agreement.status != AgreementStatus::Active {
        return Ok(None);
    }
    let ratios = [
        (StopCause::Compensated, exposure.compensated_ratio(agreement.net_paid()?)),
        (StopCause::NonPerforming, exposure.non_performing_ratio()),
    ];
    let above = ratios.into_iter().find(|(_, ratio)| *ratio > agreement.terms.threshold);
    Ok(above.map(|(cause, ratio)| Trip { cause, ratio }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fund::model::samples::{agreement, exposure, yuan};

    #[test]
    fn a_bank_is_stopped_above_five_percent_and_not_at_it() {
        let one = agreement(10_000_000);
        assert_eq!(trip(&one, exposure(10_000_000, 500_000)).unwrap(), None);
        let tripped = trip(&one, exposure(10_000_000, 500_001)).unwrap().unwrap();
        assert_eq!(tripped.cause, StopCause::NonPerforming);
        assert_eq!(tripped.ratio.to_string(), "0.0500001");
    }

    #[test]
    fn what_came_back_does_not_count_as_compensated() {
        let paid = Agreement { paid: yuan(600_000), ..agreement(10_000_000) };
        assert_eq!(
            trip(&paid, exposure(10_000_000, 0)).unwrap().map(|trip| trip.cause),
            Some(StopCause::Compensated)
        );
        let back = Agreement { returned: yuan(100_000), ..paid };
        assert_eq!(trip(&back, exposure(10_000_000, 0)).unwrap(), None);
    }

    #[test]
    fn compensation_without_anything_covered_stops_the_bank() {
        let paid = Agreement { paid: yuan(1), ..agreement(10_000_000) };
        assert_eq!(trip(&paid, exposure(0, 0)).unwrap().unwrap().ratio, Rate::ONE);
        assert_eq!(trip(&agreement(1), exposure(0, 0)).unwrap(), None, "a new agreement has nothing wrong");
    }
}
