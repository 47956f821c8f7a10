//! Guarantee insurance behind a loan: which policy covered it when the borrower defaulted, and what it bears of a loss.
//!
//! The day that counts is the default's, since the insured event is that the borrower does not pay as agreed: a policy
//! that ended before insured another time, one that began after would insure what had already happened (保险法 第十六条,
//! 第二十二条: the insurer answers for events within the period of insurance).

use chrono::{Days, NaiveDate};
use contracts::{OrgId, PolicyId};
use finance::{LossLayer, Money, MoneyError, Rate, Rounding};
use rust_decimal::RoundingStrategy;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why a party that is named for a loss bears nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Absent {
    /// No agreement of the fund covered the loan when it was drawn.
    NoAgreement,
    /// No policy of the insurer covered the loan on the day of the default.
    NoPolicy,
    /// The time in which the guarantee company may be claimed on is over.
    GuaranteeEnded,
}

/// A policy that insures the principal of one loan for its bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guarantee {
    /// The policy.
    pub policy_id: PolicyId,
    /// Its number, for people.
    pub number: String,
    /// The insurer.
    pub insurer_id: OrgId,
    /// Its name.
    pub insurer_name: String,
    /// The bank that is paid.
    pub bank_id: OrgId,
    /// The most that one claim pays.
    pub limit_per_claim: Money,
    /// The most that all claims pay together.
    pub aggregate_limit: Money,
    /// What of it is neither paid on this loan nor claimed.
    pub left: Money,
    /// Taken off each loss.
    pub deductible: Money,
    /// Share of the rest that the bank bears itself.
    pub coinsurance: Rate,
    /// First day of cover.
    pub starts_on: NaiveDate,
    /// Last day of cover, an end before its term considered.
    pub last_day: NaiveDate,
    /// `bound`, `cancelled` or `expired`, as heard.
    pub status: String,
}

impl Guarantee {
    /// Whether a default on a day is covered.
    #[must_use]
    pub fn covers(&self, on: NaiveDate) -> bool {
        self.starts_on <= on && on <= self.last_day
    }

    /// A promise made on the facility or in the case, held to the policy: the smaller share and cap, the larger
    /// deductible, what is left of the aggregate limit, and never more than it pays for a loss of all the principal:
    /// interest is not insured.
    ///
    /// # Errors
    /// An amount beyond the range.
    pub fn bounded(&self, promised: LossLayer, principal: Money) -> Result<LossLayer, MoneyError> {
        let kept = Rate::ONE.fraction() - self.coinsurance.fraction();
        // What a share may have: eight decimals.
        let insured = Rate::new(kept.round_dp_with_strategy(8, RoundingStrategy::ToZero)).max(Rate::ZERO);
        let of_principal = principal.saturating_sub(self.deductible).scale(insured, Rounding::HalfUp)?;
        let policy = self.limit_per_claim.min(of_principal);
        Ok(LossLayer {
            rank: promised.rank,
            share: promised.share.min(insured),
            deductible: promised.deductible.max(self.deductible),
            cap: Some(promised.cap.map_or(policy, |cap| cap.min(policy))),
            left_of_year: promised.left_of_year,
            balance: Some(self.left),
        })
    }
}

/// The policy of an insurer for a bank that covered a loan on a day; of several the one that began last.
#[must_use]
pub fn covering(
    guarantees: &[Guarantee],
    (insurer, bank): (OrgId, OrgId),
    on: NaiveDate,
) -> Option<&Guarantee> {
    guarantees
        .iter()
        .filter(|one| one.insurer_id == insurer && one.bank_id == bank && one.covers(on))
        .max_by_key(|one| (one.starts_on, one.policy_id))
}

/// The day of a loan's default: the earliest of the oldest due date that is missed, the day it was declared due and the
/// day its case was opened; `on` for a loan that is sound. Paying a part of the arrears later does not move it behind the
/// opening of the case.
#[must_use]
pub fn default_day(
    overdue_days: i64,
    accelerated_on: Option<NaiveDate>,
    opened_on: Option<NaiveDate>,
    on: NaiveDate,
) -> NaiveDate {
    let missed = u64::try_from(overdue_days)
        .ok()
        .filter(|days| *days > 0)
        .and_then(|days| on.checked_sub_days(Days::new(days)));
    [missed, accelerated_on, opened_on].into_iter().flatten().min().unwrap_or(on)
}

#[cfg(test)]
mod tests {
    use finance::share_loss;
    use proptest::prelude::*;

    use super::*;
    use crate::disposal::model::samples::{day, guarantee, yuan};

    fn promised(basis_points: i64) -> LossLayer {
        LossLayer::plain(1, Rate::from_basis_points(basis_points))
    }

    #[test]
    fn a_policy_bears_no_more_than_its_limits_its_deductible_and_the_banks_own_share_allow() {
        let policy = guarantee(1, "2026-01-01", "2026-12-31");
        let bears = |policy: &Guarantee, promise: LossLayer, loss: i64| {
            let layer = policy.bounded(promise, yuan(1_000)).unwrap();
            share_loss(yuan(loss), &[layer]).unwrap().layers[0].borne
        };
        // Limit 600 a claim, deductible 100, the bank keeps a fifth.
        assert_eq!(bears(&policy, promised(5_000), 1_000), yuan(450));
        assert_eq!(bears(&policy, promised(10_000), 1_000), yuan(600), "the limit per claim");
        assert_eq!(bears(&policy, promised(10_000), 300), yuan(160), "(300 - 100) x 80 %");
        let little = Guarantee { left: yuan(50), ..policy.clone() };
        assert_eq!(bears(&little, promised(10_000), 1_000), yuan(50), "what earlier claims have left");
        let capped = LossLayer { cap: Some(yuan(70)), ..promised(10_000) };
        assert_eq!(bears(&policy, capped, 1_000), yuan(70), "what the line promises binds as well");
        // Of a loss with much interest only the principal is insured.
        let layer = policy.bounded(promised(10_000), yuan(200)).unwrap();
        assert_eq!(share_loss(yuan(900), &[layer]).unwrap().layers[0].borne, yuan(80));
    }

    #[test]
    fn only_a_policy_that_ran_on_the_day_of_the_default_covers() {
        let first = guarantee(1, "2025-01-01", "2025-12-31");
        let second = guarantee(2, "2026-01-01", "2026-12-31");
        let (insurer, bank) = (first.insurer_id, first.bank_id);
        let all = [first, second];
        let found = |on: &str| covering(&all, (insurer, bank), day(on)).map(|one| one.number.as_str());
        assert_eq!((found("2025-12-31"), found("2026-01-01")), (Some("P1"), Some("P2")));
        assert_eq!((found("2024-12-31"), found("2027-01-01")), (None, None));
        assert_eq!(covering(&all, (bank, bank), day("2026-05-01")), None, "another insurer's");
    }

    #[test]
    fn the_default_is_on_the_first_day_that_says_so() {
        let on = day("2026-06-30");
        assert_eq!(default_day(0, None, None, on), on);
        assert_eq!(default_day(10, None, None, on), day("2026-06-20"));
        assert_eq!(default_day(10, Some(day("2026-06-25")), Some(day("2026-06-15")), on), day("2026-06-15"));
        assert_eq!(default_day(10, Some(day("2026-05-01")), None, on), day("2026-05-01"));
    }

    proptest! {
        /// What a policy bears is never more than the loss, its limit, what is left of it, or what was promised.
        #[test]
        fn a_policy_never_bears_beyond_any_of_its_bounds(
            loss in 1_i64..2_000, principal in 0_i64..2_000, share in 1_i64..=10_000, left in 0_i64..2_000,
        ) {
            let policy = Guarantee { left: yuan(left), ..guarantee(1, "2026-01-01", "2026-12-31") };
            let bears = |layer: LossLayer| share_loss(yuan(loss), &[layer]).unwrap().layers[0].borne;
            let borne = bears(policy.bounded(promised(share), yuan(principal)).unwrap());
            prop_assert!(borne <= yuan(left) && borne <= yuan(principal) && borne <= policy.limit_per_claim);
            prop_assert!(borne <= bears(promised(share)));
        }
    }
}
