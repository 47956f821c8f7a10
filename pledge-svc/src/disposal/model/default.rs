//! Whether a loan is in default, so that its loss may be determined: declared due, past its last day, late for longer than
//! the bank's rules allow, or classified non-performing.

use finance::Money;

use super::{CollateralLeft, Refusal, WorkoutRules};
use crate::risk::model::Tier;

/// A loan as the sharing of its loss looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defaulted {
    /// Declared due before its time.
    pub accelerated: bool,
    /// Its last day has passed.
    pub matured: bool,
    /// Days since the oldest due date that was missed.
    pub overdue_days: i64,
    /// Its class today.
    pub tier: Tier,
    /// The patents that secure it and are neither sold nor found worthless.
    pub collateral: Vec<CollateralLeft>,
}

impl Defaulted {
    /// Whether the loan is in default.
    #[must_use]
    pub fn is_default(&self, rules: &WorkoutRules) -> bool {
        self.accelerated
            || (self.matured && self.overdue_days > 0)
            || self.overdue_days > i64::from(rules.default_after_days)
            || self.tier >= Tier::Substandard
    }

    /// Whether its loss may be determined.
    ///
    /// # Errors
    /// Not in default, or collateral left.
    pub fn may_be_shared(&self, rules: &WorkoutRules) -> Result<(), Refusal> {
        if !self.is_default(rules) {
            return Err(Refusal::NotInDefault {
                days: self.overdue_days,
                after: rules.default_after_days,
                tier: self.tier,
            });
        }
        if self.collateral.is_empty() {
            return Ok(());
        }
        let value = Money::total(self.collateral.iter().map(|one| one.value))?;
        let numbers = self.collateral.iter().map(|one| one.number.clone()).collect();
        Err(Refusal::CollateralLeft { numbers, value })
    }
}

#[cfg(test)]
mod tests {
    use contracts::{PatentId, PledgeId};
    use uuid::Uuid;

    use super::*;
    use crate::disposal::model::samples::yuan;

    fn sound() -> Defaulted {
        Defaulted {
            accelerated: false,
            matured: false,
            overdue_days: 0,
            tier: Tier::Normal,
            collateral: Vec::new(),
        }
    }

    #[test]
    fn a_loss_is_shared_only_of_a_loan_in_default() {
        let rules = WorkoutRules::default();
        let of = |loan: Defaulted| loan.may_be_shared(&rules);
        assert!(matches!(of(sound()), Err(Refusal::NotInDefault { days: 0, after: 90, .. })));
        assert!(of(Defaulted { overdue_days: 90, tier: Tier::SpecialMention, ..sound() }).is_err());
        assert!(of(Defaulted { matured: true, ..sound() }).is_err(), "its last day may still be met");
        for bad in [
            Defaulted { accelerated: true, ..sound() },
            Defaulted { matured: true, overdue_days: 1, ..sound() },
            Defaulted { overdue_days: 91, ..sound() },
            Defaulted { tier: Tier::Substandard, ..sound() },
        ] {
            assert_eq!(of(bad.clone()), Ok(()), "{bad:?}");
        }
    }

    #[test]
    fn a_loss_is_shared_only_once_nothing_is_left_to_sell() {
        let one = CollateralLeft {
            pledge_id: PledgeId::from_uuid(Uuid::from_u128(1)),
            patent_id: PatentId::from_uuid(Uuid::from_u128(2)),
            number: "CN2B".into(),
            value: yuan(70),
        };
        let left = Defaulted { accelerated: true, collateral: vec![one], ..sound() };
        assert_eq!(
            left.may_be_shared(&WorkoutRules::default()),
            Err(Refusal::CollateralLeft { numbers: vec!["CN2B".into()], value: yuan(70) })
        );
    }
}
