//! What a loss pays under a policy.

use finance::{Money, MoneyError, Rate, Rounding};

/// The terms that a payment is calculated by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// The most that this kind of cost counts, where the product has a sub-limit for it.
    pub sub_limit: Option<Money>,
    /// Taken off the loss.
    pub deductible: Money,
    /// Share of what remains that the insured bears.
    pub coinsurance: Rate,
    /// The most that one claim pays.
    pub limit_per_claim: Money,
    /// What earlier claims have left of the aggregate limit.
    pub aggregate_left: Money,
}

/// `min((min(loss, sub-limit) − deductible)⁺ × (1 − coinsurance), limit per claim, aggregate left)`, rounded half-up
/// to the fen.
///
/// # Errors
/// [`MoneyError::Overflow`] beyond the range.
pub fn payable(terms: &Terms, loss: Money) -> Result<Money, MoneyError> {
    let counted = terms.sub_limit.map_or(loss, |sub_limit| loss.min(sub_limit));
    let above = counted.saturating_sub(terms.deductible);
    let kept = Rate::new(Rate::ONE.fraction() - terms.coinsurance.fraction());
    let insured = above.scale(kept, Rounding::HalfUp)?;
    Ok(insured.min(terms.limit_per_claim).min(terms.aggregate_left).max(Money::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    fn terms() -> Terms {
        Terms {
            sub_limit: None,
            deductible: money("20000"),
            coinsurance: "0.10".parse().unwrap(),
            limit_per_claim: money("300000"),
            aggregate_left: money("250000"),
        }
    }

    /// Loss 500,000, deductible 20,000, coinsurance 10 %, limit 300,000, 250,000 left → 250,000; loss 100,000 →
    /// 72,000; loss 15,000 → 0.
    #[test]
    fn the_worked_examples_pay_what_they_should() {
        for (loss, paid) in [("500000", "250000.00"), ("100000", "72000.00"), ("15000", "0.00")] {
            assert_eq!(payable(&terms(), money(loss)).unwrap().to_string(), paid, "{loss}");
        }
    }

    #[test]
    fn the_limit_per_claim_and_a_sub_limit_bind_before_the_aggregate() {
        let plenty = Terms { aggregate_left: money("9000000"), ..terms() };
        assert_eq!(payable(&plenty, money("500000")).unwrap(), money("300000"));
        let investigation = Terms { sub_limit: Some(money("90000")), ..plenty };
        assert_eq!(payable(&investigation, money("500000")).unwrap(), money("63000"));
    }

    #[test]
    fn a_payment_never_exceeds_loss_or_limits_and_never_falls_when_the_loss_grows() {
        let mut last = Money::ZERO;
        for yuan in (0..1_000).map(|step| step * 777) {
            let loss = Money::from_yuan(yuan).unwrap();
            let paid = payable(&terms(), loss).unwrap();
            assert!(paid <= loss && paid <= terms().limit_per_claim && paid <= terms().aggregate_left);
            assert!(paid >= last, "{yuan}");
            last = paid;
        }
    }

    #[test]
    fn nothing_is_paid_when_the_aggregate_is_used_up() {
        let used_up = Terms { aggregate_left: Money::ZERO, ..terms() };
        assert_eq!(payable(&used_up, money("500000")).unwrap(), Money::ZERO);
    }
}
