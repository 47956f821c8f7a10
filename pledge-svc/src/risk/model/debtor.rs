//! What a debtor's claims say of one loan of it. A loan that is ripe for its upgrade (`Past::ripe_on`) counts as bad only
//! while a third one holds it: the loan that is looked at would otherwise be held by what it holds itself.

use chrono::NaiveDate;
use finance::Money;
use uuid::Uuid;

use super::{DebtorClaims, Tier};

/// A bank's claim on a debtor from one loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// The loan.
    pub loan: Uuid,
    /// The bank that lends this part.
    pub bank: Uuid,
    /// The bank that leads the loan and classifies it.
    pub lead: Uuid,
    /// The part that is outstanding.
    pub outstanding: Money,
    /// The tier that the loan has by itself.
    pub own_tier: Tier,
    /// Days overdue.
    pub overdue_days: i64,
    /// From when it would be upgraded if no other claim were bad.
    pub ripe_on: Option<NaiveDate>,
}

impl Claim {
    /// Non-performing for more than the debtor's other claims: what holds those down.
    fn holds(&self, on: NaiveDate) -> bool {
        self.own_tier.is_nonperforming() && self.ripe_on.is_none_or(|day| day > on)
    }
}

impl DebtorClaims {
    /// What all claims on a debtor say on a day of one of its loans, classified by its lead bank.
    #[must_use]
    pub fn beside(claims: &[Claim], (loan, lead): (Uuid, Uuid), late_after_days: i64, on: NaiveDate) -> Self {
        let others: Vec<&Claim> = claims.iter().filter(|claim| claim.loan != loan).collect();
        let held = |claim: &Claim| {
            others.iter().any(|other| other.loan != claim.loan && other.bank == claim.lead && other.holds(on))
        };
        let bad = |claim: &Claim| claim.holds(on) || (claim.own_tier.is_nonperforming() && held(claim));
        let sum = |of: &dyn Fn(&Claim) -> bool| total(others.iter().copied().filter(|claim| of(claim)));
        let here = |claim: &Claim| claim.bank == lead;
        Self {
            here: sum(&here),
            here_nonperforming: sum(&|claim| here(claim) && bad(claim)),
            own_here: total(claims.iter().filter(|claim| claim.loan == loan && here(claim))),
            everywhere: sum(&|_| true),
            everywhere_nonperforming: sum(&bad),
            everywhere_late: sum(&|claim| claim.overdue_days > late_after_days),
        }
    }
}

/// Beyond the range the share of what is bad would be the only thing that suffers.
fn total<'a>(claims: impl Iterator<Item = &'a Claim>) -> Money {
    Money::from_fen(claims.map(|claim| claim.outstanding.fen()).fold(0_i64, i64::saturating_add))
}

#[cfg(test)]
mod tests {
    use chrono::{Months, TimeDelta};
    use finance::EclStage;
    use proptest::prelude::*;

    use super::{
        super::{Assessed, LoanFacts, Reason, RiskParameters, assess, samples},
        *,
    };

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    const BANK: u128 = 10;

    /// Some loans of one debtor at one bank, assessed one after the other, each by what was last found of the others.
    struct Debtor {
        facts: Vec<LoanFacts<'static>>,
        found: Vec<Option<Assessed>>,
    }

    impl Debtor {
        fn of(facts: Vec<LoanFacts<'static>>) -> Self {
            let found = vec![None; facts.len()];
            Self { facts, found }
        }

        fn claims(&self) -> Vec<Claim> {
            let all = self.facts.iter().zip(&self.found).zip(1..);
            all.map(|((facts, found), number)| Claim {
                loan: id(number),
                bank: id(BANK),
                lead: id(BANK),
                outstanding: facts.outstanding,
                own_tier: found.as_ref().map_or(Tier::Normal, |found| found.own_tier),
                overdue_days: found.as_ref().map_or(0, |found| found.past.overdue_days),
                ripe_on: found.as_ref().and_then(|found| found.past.ripe_on),
            })
            .collect()
        }

        /// A close, loan by loan in one order or the other.
        fn close(&mut self, on: NaiveDate, backwards: bool) {
            let mut order: Vec<usize> = (0..self.facts.len()).collect();
            if backwards {
                order.reverse();
            }
            for index in order {
                let loan = id(u128::try_from(index).unwrap() + 1);
                let debtor = DebtorClaims::beside(&self.claims(), (loan, id(BANK)), 90, on);
                let facts = LoanFacts { on, debtor, ..self.facts[index] };
                self.found[index] =
                    Some(assess(&facts, &RiskParameters::default(), self.found[index].as_ref()));
            }
        }

        fn tiers(&self) -> Vec<Tier> {
            self.found.iter().map(|found| found.as_ref().unwrap().tier).collect()
        }
    }

    fn late(days: i64) -> LoanFacts<'static> {
        LoanFacts { overdue_days: days, ..samples::performing() }
    }

    #[test]
    fn two_loans_that_were_bad_go_up_together_once_both_have_performed() {
        for backwards in [false, true] {
            let start = samples::performing().on;
            let mut debtor = Debtor::of(vec![late(100), late(120)]);
            debtor.close(start, backwards);
            assert_eq!(debtor.tiers(), [Tier::Substandard, Tier::Substandard]);
            for facts in &mut debtor.facts {
                facts.overdue_days = 0;
            }
            debtor.close(start + TimeDelta::days(1), backwards);
            let ripe = (start + TimeDelta::days(1)).checked_add_months(Months::new(6)).unwrap();
            debtor.close(ripe.pred_opt().unwrap(), backwards);
            assert_eq!(debtor.tiers(), [Tier::Substandard, Tier::Substandard]);
            assert!(debtor.found.iter().flatten().all(|found| found.past.ripe_on == Some(ripe)));
            debtor.close(ripe, backwards);
            assert_eq!(debtor.tiers(), [Tier::Normal, Tier::Normal]);
            let found = debtor.found[0].as_ref().unwrap();
            assert_eq!((found.stage, found.past.ripe_on), (EclStage::One, None));
        }
    }

    #[test]
    fn a_third_loan_that_is_late_holds_both_that_are_ripe() {
        let start = samples::performing().on;
        let mut debtor = Debtor::of(vec![late(100), late(120), late(95)]);
        debtor.close(start, false);
        debtor.facts[0].overdue_days = 0;
        debtor.facts[1].overdue_days = 0;
        debtor.close(start + TimeDelta::days(1), false);
        let later = start.checked_add_months(Months::new(7)).unwrap();
        debtor.facts[2].overdue_days = 300;
        debtor.close(later, false);
        assert_eq!(debtor.tiers(), [Tier::Substandard, Tier::Substandard, Tier::Doubtful]);
        let reasons = &debtor.found[0].as_ref().unwrap().reasons;
        assert!(reasons.contains(&Reason::Held { tier: Tier::Substandard, until: None }), "{reasons:?}");
        // The third is cleared: for six months more it is held for itself, and the others with it.
        debtor.facts[2].overdue_days = 0;
        debtor.close(later + TimeDelta::days(1), false);
        assert!(debtor.tiers().iter().all(|tier| tier.is_nonperforming()));
        let end = (later + TimeDelta::days(1)).checked_add_months(Months::new(6)).unwrap();
        debtor.close(end, false);
        debtor.close(end + TimeDelta::days(1), false);
        assert_eq!(debtor.tiers(), [Tier::Normal, Tier::Normal, Tier::Normal]);
    }

    #[test]
    fn a_leads_own_part_is_what_its_other_claims_are_measured_by() {
        // A loan of 100 million of which the bank lends 15, and 2 million of its own that are bad: 2 of 17.
        let yuan = |yuan| Money::from_yuan(yuan).unwrap();
        let claim = |loan, bank, outstanding, own_tier| Claim {
            loan: id(loan),
            bank: id(bank),
            lead: id(BANK),
            outstanding: yuan(outstanding),
            own_tier,
            overdue_days: 0,
            ripe_on: None,
        };
        let claims = [
            claim(1, BANK, 15_000_000, Tier::Normal),
            claim(1, 11, 85_000_000, Tier::Normal),
            claim(2, BANK, 2_000_000, Tier::Substandard),
        ];
        let on = samples::performing().on;
        let debtor = DebtorClaims::beside(&claims, (id(1), id(BANK)), 90, on);
        assert_eq!((debtor.own_here, debtor.here), (yuan(15_000_000), yuan(2_000_000)));
        let facts = LoanFacts { outstanding: yuan(100_000_000), debtor, ..samples::performing() };
        let made = assess(&facts, &RiskParameters::default(), None);
        assert_eq!(made.tier, Tier::Substandard);
        let share = Reason::DebtorShare { share: "0.117647".parse().unwrap() };
        assert!(made.reasons.contains(&share), "{:?}", made.reasons);
    }

    proptest! {
        #[test]
        fn whatever_was_late_once_all_is_paid_a_debtors_loans_end_as_normal_ones(
            days in prop::collection::vec(0_i64..400, 1..6), backwards in any::<bool>(),
        ) {
            let start = samples::performing().on;
            let mut debtor = Debtor::of(days.iter().map(|days| late(*days)).collect());
            debtor.close(start, backwards);
            for facts in &mut debtor.facts {
                facts.overdue_days = 0;
                facts.matures_on = start + TimeDelta::days(2_000);
            }
            debtor.close(start + TimeDelta::days(1), backwards);
            let end = (start + TimeDelta::days(1)).checked_add_months(Months::new(6)).unwrap();
            debtor.close(end, backwards);
            debtor.close(end + TimeDelta::days(1), backwards);
            prop_assert!(debtor.tiers().iter().all(|tier| *tier == Tier::Normal), "{:?}", debtor.tiers());
        }
    }
}
