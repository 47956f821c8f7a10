//! What a draw agrees under a product: the terms of the loan, its price, and the conditions that stay with it.

use chrono::NaiveDate;
use finance::{Claim, Fixings, LprTerm, Money, MoneyError, Rate, RateReset, Repayment, Rounding};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{LendingProduct, ProductRefusal, months_after, presets};
use crate::loan::model::{LoanTerms, maturity};

/// What a draw asks for, as far as a product looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Principal.
    pub amount: Money,
    /// The facility's rate a year.
    pub annual_rate: Rate,
    /// Months.
    pub tenor_months: u32,
    /// How it is to be repaid; the product's first method where it is not said.
    pub repayment: Option<Repayment>,
    /// Opening instalments without principal; the product's default where it is not said.
    pub grace: Option<u32>,
    /// The line's spread in basis points and reset, where `annual_rate` is the LPR of the day with it.
    pub line: Option<(i32, RateReset)>,
}

/// How a floating loan is priced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Floats {
    /// Basis points on the LPR of the loan's tenor; a fraction of one is dropped.
    pub spread_bp: i32,
    /// When the LPR is taken anew.
    pub reset: RateReset,
    /// The first such day before the loan matures.
    pub reset_on: Option<NaiveDate>,
}

/// What a product says of a loan beside its terms, kept with the loan as it was agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LoanConditions {
    /// The product's name.
    pub name_zh: String,
    /// The same in English.
    pub name_en: String,
    /// By how much of the contract rate the rate rises on what was not used as agreed.
    pub misuse_surcharge: Rate,
    /// Whether penalty that stands unpaid on a due date bears interest itself.
    #[serde(default)]
    pub penalty_compounds: bool,
    /// The fee on principal that is repaid ahead, as a part of it.
    pub prepayment_fee_rate: Rate,
    /// The day from which on repaying ahead costs nothing.
    pub prepayment_free_from: Option<NaiveDate>,
    /// Days overdue beyond which a payment settles overdue principal first.
    pub principal_first_after_days: u32,
    /// The last day on which a further tranche may be drawn; none where the product has none.
    pub tranche_until: Option<NaiveDate>,
}

/// What was agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed {
    /// The product's code.
    pub product: String,
    /// The terms.
    pub terms: LoanTerms,
    /// The price, where it floats.
    pub floats: Option<Floats>,
    /// What stays with the loan.
    pub conditions: LoanConditions,
}

impl LendingProduct {
    /// What a draw on a day agrees under this product. `fixings` are asked of a floating product alone.
    ///
    /// # Errors
    /// [`ProductRefusal`]
    pub fn agree(
        &self,
        wanted: Wanted,
        fixings: Option<&Fixings>,
        on: NaiveDate,
    ) -> Result<Agreed, ProductRefusal> {
        let tenor = wanted.tenor_months;
        let every = self.every_months.max(1);
        let repayment =
            wanted.repayment.or_else(|| self.repayments.first().copied()).unwrap_or(Repayment::InterestOnly);
        if !self.repayments.contains(&repayment) {
            return Err(ProductRefusal::Method { asked: repayment, admitted: self.repayments.clone() });
        }
        if let Some(most) = self.tenor_max_months.filter(|most| tenor > *most) {
            return Err(ProductRefusal::Tenor { asked: tenor, most });
        }
        if !tenor.is_multiple_of(every) {
            return Err(ProductRefusal::Interval { asked: tenor, every });
        }
        let grace = self.grace(repayment, tenor / every, wanted.grace)?;
        let floats = self.floats(wanted, fixings, on)?;
        let terms = LoanTerms {
            every_months: every,
            due_day: self.due_day,
            level_last: self.level_last,
            grace,
            penalty_surcharge: self.penalty_surcharge,
            penalty_compounds: self.penalty_compounds,
            holiday_grace: self.holiday_grace,
            roll: self.roll,
            ..LoanTerms::monthly(wanted.amount, wanted.annual_rate, self.day_count, repayment, tenor, on)
        };
        Ok(Agreed { product: self.code.clone(), terms, floats, conditions: self.conditions(tenor, on) })
    }

    /// Grace leaves at least one instalment to repay in; what repays at the end has none.
    fn grace(&self, repayment: Repayment, count: u32, asked: Option<u32>) -> Result<u32, ProductRefusal> {
        let at_the_end = matches!(repayment, Repayment::InterestOnly | Repayment::Bullet);
        let most = if at_the_end { 0 } else { self.grace_max.min(count.saturating_sub(1)) };
        match asked {
            Some(asked) if asked > most => Err(ProductRefusal::Grace { asked, most }),
            Some(asked) => Ok(asked),
            None => Ok(self.grace_default.min(most)),
        }
    }

    fn floats(
        &self,
        wanted: Wanted,
        fixings: Option<&Fixings>,
        on: NaiveDate,
    ) -> Result<Option<Floats>, ProductRefusal> {
        let ends = maturity(on, wanted.tenor_months);
        if let Some((spread_bp, reset)) = wanted.line {
            let reset_on = reset.next_after(on, on).filter(|day| *day < ends);
            return Ok(Some(Floats { spread_bp, reset, reset_on }));
        }
        if self.rate_reset == RateReset::Fixed {
            return Ok(None);
        }
        let fixing = fixings.and_then(|known| known.current(on)).ok_or(ProductRefusal::NoFixing { on })?;
        let lpr = fixing.rate(LprTerm::for_tenor(wanted.tenor_months));
        let over = wanted.annual_rate.fraction().checked_sub(lpr.fraction());
        let points = over.and_then(|over| over.checked_mul(Decimal::from(10_000)));
        // Dropped, not rounded: after a reset the borrower never pays more than the spread that was agreed.
        let spread_bp = points
            .and_then(|points| i32::try_from(points.floor()).ok())
            .ok_or(ProductRefusal::NoFixing { on })?;
        let reset_on = self.rate_reset.next_after(on, on).filter(|day| *day < ends);
        Ok(Some(Floats { spread_bp, reset: self.rate_reset, reset_on }))
    }

    fn conditions(&self, tenor_months: u32, on: NaiveDate) -> LoanConditions {
        let last = months_after(on, self.tranche_months).min(maturity(on, tenor_months));
        LoanConditions {
            name_zh: self.name_zh.clone(),
            name_en: self.name_en.clone(),
            misuse_surcharge: self.misuse_surcharge,
            penalty_compounds: self.penalty_compounds,
            prepayment_fee_rate: self.prepayment_fee_rate,
            prepayment_free_from: self.prepayment_free_months.map(|months| months_after(on, months)),
            principal_first_after_days: self.principal_first_after_days,
            tranche_until: (self.tranche_months > 0).then_some(last),
        }
    }
}

impl LoanConditions {
    /// Those of a loan whose draw named no product.
    #[must_use]
    pub fn standard() -> Self {
        presets::standard().conditions(0, NaiveDate::MIN)
    }

    /// In which order a payment settles the debts of a loan overdue by so many days.
    #[must_use]
    pub fn order_after(&self, overdue_days: u32) -> [Claim; 7] {
        if overdue_days > self.principal_first_after_days {
            Claim::PRINCIPAL_FIRST_ORDER
        } else {
            Claim::USUAL_ORDER
        }
    }

    /// The rate at which repaying ahead is charged on a day.
    #[must_use]
    pub fn prepayment_rate(&self, on: NaiveDate) -> Rate {
        if self.prepayment_free_from.is_some_and(|free| on >= free) {
            Rate::ZERO
        } else {
            self.prepayment_fee_rate
        }
    }

    /// The fee for repaying some principal ahead on a day, rounded half up.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`]
    pub fn prepayment_fee(&self, ahead: Money, on: NaiveDate) -> Result<Money, MoneyError> {
        ahead.scale(self.prepayment_rate(on), Rounding::HalfUp)
    }

    /// The fee within an amount that pays principal ahead and the fee on it: `amount × r ÷ (1 + r)`, and never less than
    /// what would repay more than is left. `left` is the principal that has not fallen due.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`]
    pub fn prepayment_fee_within(
        &self,
        amount: Money,
        left: Money,
        on: NaiveDate,
    ) -> Result<Money, MoneyError> {
        let rate = self.prepayment_rate(on).fraction();
        if rate.is_zero() || !amount.is_positive() {
            return Ok(Money::ZERO);
        }
        let whole = self.prepayment_fee(left, on)?;
        if amount >= left.checked_add(whole)? {
            return Ok(whole);
        }
        let part = amount
            .yuan()
            .checked_mul(rate)
            .and_then(|sum| sum.checked_div(Decimal::ONE + rate))
            .ok_or(MoneyError::Overflow)?;
        Ok(Money::round_yuan(part, Rounding::HalfUp)?.max(amount.saturating_sub(left)))
    }
}

#[cfg(test)]
mod tests {
    use finance::{DayCount, Fixing};
    use proptest::prelude::*;

    use super::*;
    use crate::loan::model::products::LendingProducts;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn wanted(tenor_months: u32) -> Wanted {
        Wanted {
            amount: Money::from_yuan(1_200_000).unwrap(),
            annual_rate: "0.0345".parse().unwrap(),
            tenor_months,
            repayment: None,
            grace: None,
            line: None,
        }
    }

    fn product(code: &str) -> LendingProduct {
        LendingProducts::default().named(code).unwrap().clone()
    }

    #[test]
    fn the_standard_product_gives_the_terms_of_a_draw_that_names_none() {
        let on = day("2026-01-31");
        let plain = wanted(12);
        let agreed = product("standard").agree(plain, None, on).unwrap();
        let terms = LoanTerms::monthly(
            plain.amount,
            plain.annual_rate,
            DayCount::Actual360,
            Repayment::InterestOnly,
            12,
            on,
        );
        assert_eq!((agreed.terms, agreed.floats), (terms, None));
        assert_eq!(agreed.conditions, LoanConditions::standard());
        for repayment in Repayment::ALL {
            let one = Wanted { repayment: Some(repayment), ..plain };
            assert_eq!(product("standard").agree(one, None, on).unwrap().terms.repayment, repayment);
        }
    }

    #[test]
    fn quarterly_interest_falls_due_every_third_month() {
        let on = day("2026-01-31");
        let agreed = product("quarterly_interest").agree(wanted(12), None, on).unwrap();
        let dues: Vec<String> =
            agreed.terms.schedule().unwrap().instalments.iter().map(|one| one.due.to_string()).collect();
        assert_eq!(dues, ["2026-04-30", "2026-07-31", "2026-10-31", "2027-01-31"]);
        assert_eq!(agreed.terms.first_due().unwrap(), Some(day("2026-04-30")));
    }

    #[test]
    fn a_product_with_a_settlement_day_is_due_on_it_and_ends_with_the_term() {
        let agreed = product("quarterly_settled").agree(wanted(12), None, day("2026-01-31")).unwrap();
        let dues: Vec<String> =
            agreed.terms.schedule().unwrap().instalments.iter().map(|one| one.due.to_string()).collect();
        assert_eq!(dues, ["2026-03-20", "2026-06-20", "2026-09-20", "2026-12-20", "2027-01-31"]);
        assert_eq!(agreed.terms.first_due().unwrap(), Some(day("2026-03-20")));
        let level = LendingProduct { level_last: true, ..product("standard") };
        assert!(level.agree(wanted(12), None, day("2026-01-31")).unwrap().terms.level_last);
    }

    #[test]
    fn what_a_product_does_not_admit_is_refused_with_its_numbers() {
        let on = day("2026-01-31");
        let refused = |code: &str, asked: Wanted| product(code).agree(asked, None, on).unwrap_err();
        assert_eq!(
            refused("quarterly_interest", Wanted { repayment: Some(Repayment::Bullet), ..wanted(12) }),
            ProductRefusal::Method { asked: Repayment::Bullet, admitted: vec![Repayment::InterestOnly] }
        );
        assert_eq!(
            refused("quarterly_interest", wanted(10)),
            ProductRefusal::Interval { asked: 10, every: 3 }
        );
        assert_eq!(refused("quarterly_interest", wanted(39)), ProductRefusal::Tenor { asked: 39, most: 36 });
        let grace = |asked| Wanted { grace: Some(asked), ..wanted(24) };
        assert_eq!(refused("equipment", grace(13)), ProductRefusal::Grace { asked: 13, most: 12 });
        assert_eq!(refused("standard", grace(1)), ProductRefusal::Grace { asked: 1, most: 0 });
        assert_eq!(refused("lpr_floating", wanted(12)), ProductRefusal::NoFixing { on });
    }

    #[test]
    fn grace_postpones_principal_and_leaves_one_instalment_of_a_short_loan() {
        let on = day("2026-01-31");
        let agreed = product("equipment").agree(wanted(12), None, on).unwrap();
        let plan = agreed.terms.schedule().unwrap();
        assert!(plan.instalments[..6].iter().all(|one| one.principal.is_zero()));
        assert_eq!(plan.instalments[6].principal, Money::from_yuan(200_000).unwrap());
        assert_eq!(product("equipment").agree(wanted(3), None, on).unwrap().terms.grace, 2);
        assert_eq!(agreed.conditions.tranche_until, Some(day("2027-01-31")));
    }

    #[test]
    fn a_floating_loan_keeps_the_spread_over_the_lpr_of_the_draw() {
        let fixing = Fixing {
            date: day("2026-01-20"),
            one_year: "0.03".parse().unwrap(),
            five_year: "0.035".parse().unwrap(),
            source: "公告".into(),
        };
        let known = Fixings::default().with([fixing]).unwrap();
        let on = day("2026-01-31");
        let floats = |months, rate: &str| {
            let asked = Wanted { annual_rate: rate.parse().unwrap(), ..wanted(months) };
            product("lpr_floating").agree(asked, Some(&known), on).unwrap().floats.unwrap()
        };
        let two_years = floats(24, "0.0345");
        assert_eq!((two_years.spread_bp, two_years.reset_on), (45, Some(day("2027-01-31"))));
        assert_eq!(floats(12, "0.0345").reset_on, None, "it matures on the day of its first reset");
        assert_eq!(floats(60, "0.0345").spread_bp, -5, "from five years on the five-year LPR");
        assert_eq!(floats(24, "0.03459").spread_bp, 45);
        assert_eq!(floats(24, "0.02999").spread_bp, -1, "toward the borrower below the LPR as well");
    }

    #[test]
    fn a_draw_on_a_line_priced_on_the_lpr_keeps_the_line_s_spread_under_any_product() {
        let on = day("2026-01-31");
        let line = Some((45, RateReset::Quarterly));
        for code in ["standard", "lpr_floating"] {
            let floats =
                product(code).agree(Wanted { line, ..wanted(12) }, None, on).unwrap().floats.unwrap();
            assert_eq!((floats.spread_bp, floats.reset), (45, RateReset::Quarterly));
            assert_eq!(floats.reset_on, Some(day("2026-04-30")));
        }
        let short = product("standard").agree(Wanted { line, ..wanted(3) }, None, on).unwrap();
        assert_eq!(short.floats.unwrap().reset_on, None, "it matures on the day of its first reset");
    }

    #[test]
    fn repaying_ahead_costs_its_fee_until_it_is_free() {
        let drawn = day("2026-01-31");
        let conditions = product("equipment").agree(wanted(24), None, drawn).unwrap().conditions;
        let ahead = Money::from_yuan(100_000).unwrap();
        assert_eq!(conditions.prepayment_fee(ahead, day("2027-01-30")).unwrap().to_string(), "500.00");
        assert!(conditions.prepayment_fee(ahead, day("2027-01-31")).unwrap().is_zero());
        let within = conditions.prepayment_fee_within("100500.00".parse().unwrap(), ahead, drawn).unwrap();
        assert_eq!(within.to_string(), "500.00");
    }

    proptest! {
        #[test]
        fn a_fee_within_a_payment_never_repays_more_than_is_left(
            left in 1_i64..10_000_000_000,
            paid in 1_i64..11_000_000_000,
            points in 1_i64..500,
        ) {
            let conditions = LoanConditions {
                prepayment_fee_rate: Rate::from_basis_points(points),
                ..LoanConditions::standard()
            };
            let on = day("2026-01-31");
            let (left, paid) = (Money::from_fen(left), Money::from_fen(paid));
            let whole = conditions.prepayment_fee(left, on).unwrap();
            let fee = conditions.prepayment_fee_within(paid, left, on).unwrap();
            prop_assert!(!fee.is_negative() && fee <= whole.max(Money::ZERO).checked_add(Money::from_fen(1)).unwrap());
            if paid.fen() <= left.fen() + whole.fen() {
                let ahead = paid.checked_sub(fee).unwrap();
                prop_assert!(ahead <= left);
                let exact = conditions.prepayment_fee(ahead, on).unwrap();
                prop_assert!((exact.fen() - fee.fen()).abs() <= 1, "{} for {}", fee, ahead);
            }
        }
    }
}
