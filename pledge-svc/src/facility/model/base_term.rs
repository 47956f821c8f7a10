//! How long a loan may rest on a pool of patents: a patent secures it while the right lasts, and within the debt's term of
//! the pledge contract.

use chrono::NaiveDate;
use finance::{Money, Rounding};

use super::base::BorrowingBase;
use crate::registration::LoanTerm;

impl BorrowingBase {
    /// What the pool carries of loans that fall due on a day: patents that last no longer do not count, margin does.
    #[must_use]
    pub fn lasting(&self, due: NaiveDate) -> Money {
        let lasting = self.rows.iter().filter(|row| row.lasts_until.is_none_or(|until| due <= until));
        Money::total(lasting.map(|row| row.eligible))
            .and_then(|eligible| eligible.scale(self.advance_rate, Rounding::Down)?.checked_add(self.margin))
            .unwrap_or(self.base)
    }

    /// How long a loan on any of its patents may last.
    #[must_use]
    pub fn longest(&self) -> LoanTerm {
        let counting = self.rows.iter().filter(|row| row.eligible.is_positive());
        let terms = counting.map(|row| LoanTerm { until: row.lasts_until, months: None });
        terms.reduce(LoanTerm::longer).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use finance::Rate;
    use uuid::Uuid;

    use super::*;
    use crate::facility::model::{
        PoolTerms,
        base::{PooledPatent, borrowing_base},
        samples::day,
    };

    fn fen(amount: i64) -> Money {
        Money::from_fen(amount)
    }

    fn patent(number: u128, accepted: i64, lasts_until: Option<NaiveDate>) -> PooledPatent {
        let id = Uuid::from_u128(number);
        PooledPatent {
            pledge_id: id.into(),
            patent_id: id.into(),
            number: format!("CN{number}"),
            title: "一种催化剂".into(),
            owner_id: id.into(),
            owner_name: "企业".into(),
            accepted: fen(accepted),
            valuation_id: id.into(),
            valid_until: day("2026-12-31"),
            in_force: true,
            challenged: false,
            releasing: false,
            lasts_until,
        }
    }

    #[test]
    fn a_loan_rests_on_the_patents_of_the_pool_that_last_as_long() {
        let pool = PoolTerms {
            patent_cap: Rate::ONE,
            owner_cap: Rate::ONE,
            ..PoolTerms::at(Rate::from_basis_points(6_000))
        };
        let ends = Some(day("2027-06-01"));
        let base =
            |patents| borrowing_base(&pool, patents, (fen(50), Money::ZERO), day("2026-06-01")).unwrap();
        let found = base(vec![patent(1, 1_000, ends), patent(2, 500, None)]);
        assert_eq!((found.base, found.lasting(day("2027-06-01"))), (fen(950), fen(950)));
        assert_eq!(found.lasting(day("2027-06-02")), fen(350), "300 of the other patent, and the margin");
        assert_eq!(found.longest(), LoanTerm::default());
        assert_eq!(base(vec![patent(1, 1_000, ends)]).longest().until, ends);
    }
}
