//! What the disposal case of a loan has come to, as far as it proves an impairment of the loan by itself.
//!
//! The classification rules of 2023 ask of a credit-impaired loan what part of its book value is expected to be lost (articles
//! 11 (2), 12 (3), 13 (3)); CAS 22 and IFRS 9 (B5.5.55) count in it what credit enhancements that belong to the loan are
//! expected to pay. Once a case has determined the loss, what others bear is what is claimed on them and waits, no longer what
//! they promised for all of the loan, and no collateral is left: the rest is lost by the bank's own rates of loss.

use finance::{Money, Rate};

use super::{CollateralFacts, Judged, LoanFacts, expected::impaired, parameters::RiskParameters};

/// What an open case has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Disposed {
    /// No case, or one that still collects or sells.
    #[default]
    Nothing,
    /// Collateral was sold and none is left to sell; who bears what is left of the debt is not determined.
    SoldOut,
    /// The loss is determined.
    LossFound {
        /// What is claimed on those who share it, or granted by them, and not paid. Nothing of who declined, or did not answer in
        /// time.
        awaited: Money,
    },
}

impl LoanFacts<'_> {
    /// The loan as a determined loss leaves it: covered by what others are still to pay, without collateral. Any other loan as
    /// it is.
    #[must_use]
    pub(super) fn left_by_its_case(&self) -> Self {
        let Disposed::LossFound { awaited } = self.disposed else { return *self };
        let whole = self.exposure();
        Self {
            guaranteed: awaited.min(whole).ratio_of(whole).unwrap_or(Rate::ZERO),
            collateral: CollateralFacts { value: Money::ZERO, ..self.collateral },
            ..*self
        }
    }
}

/// The expected loss of a loan whose loss a case has determined, as a part of its book value, which is positive. What people
/// estimated of it stands beside this and is no part of it. What cannot be worked out is expected to be lost whole.
pub(super) fn loss_found(facts: &LoanFacts, parameters: &RiskParameters) -> Rate {
    let exposure = facts.exposure();
    let by_rates = LoanFacts { judged: Judged::default(), ..*facts };
    let loss = impaired(&by_rates, parameters, exposure).unwrap_or(exposure);
    loss.min(exposure).ratio_of(exposure).unwrap_or(Rate::ONE)
}

#[cfg(test)]
mod tests {
    use finance::EclStage;

    use super::{
        super::{Assessed, Reason, Tier, assess, samples},
        *,
    };

    fn yuan(yuan: i64) -> Money {
        Money::from_yuan(yuan).unwrap()
    }

    /// A loan of a million on which nothing is late, on collateral of four millions, half of it promised by others.
    fn made(disposed: Disposed, change: impl FnOnce(&mut LoanFacts, &mut RiskParameters)) -> Assessed {
        let mut set = RiskParameters::default();
        let mut facts =
            LoanFacts { disposed, guaranteed: Rate::from_basis_points(5_000), ..samples::performing() };
        change(&mut facts, &mut set);
        assess(&facts, &set, None)
    }

    fn found(awaited: i64) -> Assessed {
        made(Disposed::LossFound { awaited: yuan(awaited) }, |_, _| {})
    }

    #[test]
    fn collateral_that_is_sold_without_paying_the_debt_makes_a_loan_substandard_though_it_is_not_late() {
        let sold = made(Disposed::SoldOut, |_, _| {});
        assert_eq!(
            (sold.tier, sold.own_tier, sold.stage),
            (Tier::Substandard, Tier::Substandard, EclStage::Three)
        );
        assert_eq!(sold.reasons, [Reason::SoldOut]);
        assert_eq!(sold.past.bad_since, Some(samples::performing().on));
        assert_eq!(made(Disposed::Nothing, |_, _| {}).tier, Tier::Normal);
        // Days overdue that give a worse tier still do.
        let late = made(Disposed::SoldOut, |facts, _| facts.overdue_days = 271);
        assert_eq!(late.tier, Tier::Doubtful);
    }

    #[test]
    fn a_determined_loss_gives_the_tier_by_what_nobody_is_still_to_pay() {
        // Over the scenarios 1.03 × (75 % of what nobody is claimed on + 20 % of what is claimed), whatever was promised
        // before and whatever the collateral was worth.
        for (awaited, loss, tier) in [
            (1_000_000, "206000.00", Tier::Substandard),
            (900_000, "262650.00", Tier::Substandard),
            (484_000, "498314.00", Tier::Substandard),
            (480_000, "500580.00", Tier::Doubtful),
            (0, "772500.00", Tier::Doubtful),
        ] {
            let made = found(awaited);
            assert_eq!((made.tier, made.stage), (tier, EclStage::Three), "{awaited}");
            assert_eq!(made.expected_loss.to_string(), loss, "{awaited}");
            let share = made.expected_loss.ratio_of(yuan(1_000_000)).unwrap();
            assert_eq!(made.reasons, [Reason::LossFound { loss: share, tier }], "{awaited}");
        }
        assert_eq!(found(2_000_000).expected_loss, found(1_000_000).expected_loss, "no more than is owed");
        // 0.6 × 90 % + 0.15 × 85.5 % + 0.25 × 100 %
        let bare = made(Disposed::LossFound { awaited: Money::ZERO }, |_, set| {
            set.lgd.unguaranteed = Rate::from_basis_points(9_000);
        });
        assert_eq!((bare.tier, bare.expected_loss.to_string().as_str()), (Tier::Loss, "918250.00"));
    }

    #[test]
    fn an_estimate_of_people_takes_the_rates_place_in_the_provision_and_betters_no_tier() {
        let judged = |points: i64| {
            made(Disposed::LossFound { awaited: Money::ZERO }, |facts, _| {
                facts.judged.impairment = Some(Rate::from_basis_points(points));
            })
        };
        let (heavy, light) = (judged(6_000), judged(1_000));
        assert_eq!((heavy.tier, heavy.expected_loss), (Tier::Doubtful, yuan(600_000)));
        assert_eq!((light.tier, light.expected_loss), (Tier::Doubtful, yuan(100_000)));
        assert_eq!(light.provision, yuan(500_000), "the floor of its tier");
    }

    #[test]
    fn a_case_proves_nothing_of_a_loan_that_owes_nothing() {
        for disposed in [Disposed::SoldOut, Disposed::LossFound { awaited: yuan(1) }] {
            let paid = made(disposed, |facts, _| {
                facts.outstanding = Money::ZERO;
                facts.not_due = Money::ZERO;
            });
            assert_eq!((paid.tier, paid.provision), (Tier::Normal, Money::ZERO));
        }
    }
}
