//! How much the approval of a change weighs by the bank's levels for a single borrower: what gives or prolongs credit
//! counts as the loan is made new, by all of its principal; what only collects what is owed takes another person alone.

use finance::{Money, Rate};

use super::Change;
use crate::facility::model::authority::Weight;

/// The loan as it weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weighed {
    /// Principal outstanding.
    pub outstanding: Money,
    /// The contract rate in force, a year.
    pub rate_before: Rate,
    /// The contract rate after the change, a year.
    pub rate_after: Rate,
}

impl Change {
    /// How much its approval weighs.
    ///
    /// | kind | weighs |
    /// |---|---|
    /// | extension, rollover, restructuring; repricing to a lower rate | the principal outstanding |
    /// | waived fees | what is waived |
    /// | repricing to the same or a higher rate, the plan after a prepayment, misuse and its end, exemption from VAT and its end | another person alone |
    #[must_use]
    pub fn weight(&self, loan: Weighed) -> Weight {
        match self {
            Self::Extension { .. } | Self::Rollover { .. } | Self::Restructuring(_) => {
                Weight::Borrower(loan.outstanding)
            }
            Self::Repricing(_) if loan.rate_after < loan.rate_before => Weight::Borrower(loan.outstanding),
            Self::FeeWaiver { amount } => Weight::Borrower(*amount),
            Self::Repricing(_)
            | Self::PrepaymentShorten
            | Self::PrepaymentLower
            | Self::Misuse { .. }
            | Self::MisuseEnded
            | Self::VatExemption { .. }
            | Self::VatExemptionEnded => Weight::TakesAway,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Pricing, Restructuring},
        *,
    };

    fn loan(rate_after: i64) -> Weighed {
        Weighed {
            outstanding: Money::from_fen(1_000),
            rate_before: Rate::from_basis_points(345),
            rate_after: Rate::from_basis_points(rate_after),
        }
    }

    #[test]
    fn what_gives_or_prolongs_credit_weighs_the_principal_and_what_collects_takes_another_person() {
        let whole = Weight::Borrower(Money::from_fen(1_000));
        let extension = Change::Extension { months: 6, in_difficulty: false, security: None };
        let rollover = Change::Rollover { term_months: 12, firm_size: None, security: None };
        for change in [extension, rollover, Change::Restructuring(Restructuring::default())] {
            assert_eq!(change.weight(loan(345)), whole, "{change:?}");
        }
        let misuse = Change::Misuse {
            amount: Money::from_fen(1_000),
            since: "2026-11-24".parse().unwrap(),
            surcharge: None,
        };
        for change in [Change::PrepaymentShorten, Change::PrepaymentLower, misuse, Change::MisuseEnded] {
            assert_eq!(change.weight(loan(345)), Weight::TakesAway, "{change:?}");
        }
    }

    #[test]
    fn a_cheaper_rate_weighs_the_principal_and_a_dearer_one_or_the_same_does_not() {
        let priced = Change::Repricing(Pricing::Fixed { annual_rate: Rate::from_basis_points(344) });
        assert_eq!(priced.weight(loan(344)), Weight::Borrower(Money::from_fen(1_000)));
        assert_eq!(priced.weight(loan(345)), Weight::TakesAway);
        assert_eq!(priced.weight(loan(346)), Weight::TakesAway);
    }

    #[test]
    fn waived_fees_weigh_what_is_waived() {
        let waived = Change::FeeWaiver { amount: Money::from_fen(70) };
        assert_eq!(waived.weight(loan(345)), Weight::Borrower(Money::from_fen(70)));
    }
}
