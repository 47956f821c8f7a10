//! What a fund pays for a loss, and what comes back: within the claim, the agreement's caps and what the fund holds.

use finance::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Agreement, AgreementStatus, Fund, Refusal};

/// Which bound a payment went beyond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentLimit {
    /// What the bank claimed.
    Claimed,
    /// The cap for one loan.
    PerClaim,
    /// What the year's cap leaves.
    PerYear,
    /// What is left of the commitment.
    Commitment,
    /// What the fund holds.
    Balance,
}

/// Everything that bounds one payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentBounds {
    /// What the bank claimed.
    pub claimed: Money,
    /// Paid under the agreement in this calendar year.
    pub paid_this_year: Money,
}

impl PaymentBounds {
    /// The tightest bound with its name; the first where several are equal.
    ///
    /// # Errors
    /// [`Refusal::Overflow`]
    pub fn tightest(&self, fund: &Fund, agreement: &Agreement) -> Result<(PaymentLimit, Money), Refusal> {
        let year_left = agreement.terms.cap_per_year.map(|cap| cap.saturating_sub(self.paid_this_year));
        let bounds = [
            (PaymentLimit::Claimed, Some(self.claimed)),
            (PaymentLimit::PerClaim, agreement.terms.cap_per_claim),
            (PaymentLimit::PerYear, year_left),
            (PaymentLimit::Commitment, Some(agreement.commitment_left()?)),
            (PaymentLimit::Balance, Some(fund.balance()?)),
        ];
        let known = bounds.into_iter().filter_map(|(limit, most)| most.map(|most| (limit, most)));
        Ok(known.min_by_key(|(_, most)| *most).unwrap_or((PaymentLimit::Claimed, self.claimed)))
    }
}

/// The agreement once the bank has claimed an amount under it.
///
/// # Errors
/// Ended, or not an amount.
pub fn claim(agreement: &Agreement, amount: Money) -> Result<Agreement, Refusal> {
    if agreement.status == AgreementStatus::Ended {
        return Err(Refusal::NotInStatus { status: agreement.status });
    }
    let pending = agreement.pending.checked_add(amount)?;
    Ok(Agreement { pending, version: agreement.version + 1, ..agreement.clone() })
}

/// The agreement once a claim that waits has fallen by an amount, before anybody decided it.
///
/// # Errors
/// More than waits.
pub fn lower(agreement: &Agreement, less: Money) -> Result<Agreement, Refusal> {
    if less > agreement.pending {
        return Err(Refusal::AboveReturnable { most: agreement.pending, asked: less });
    }
    let pending = agreement.pending.checked_sub(less)?;
    Ok(Agreement { pending, version: agreement.version + 1, ..agreement.clone() })
}

/// Fund and agreement after a claim was decided with a payment; nothing where it was declined. A stopped bank is paid
/// for what was covered before the stop.
///
/// # Errors
/// Ended, or more than a bound allows.
pub fn settle(
    fund: &Fund,
    agreement: &Agreement,
    amount: Money,
    bounds: PaymentBounds,
) -> Result<(Fund, Agreement), Refusal> {
    if agreement.status == AgreementStatus::Ended {
        return Err(Refusal::NotInStatus { status: agreement.status });
    }
    let (limit, most) = bounds.tightest(fund, agreement)?;
    if amount > most {
        return Err(Refusal::AbovePayable { limit, most, asked: amount });
    }
    let agreement = Agreement {
        paid: agreement.paid.checked_add(amount)?,
        pending: agreement.pending.checked_sub(bounds.claimed)?,
        version: agreement.version + 1,
        ..agreement.clone()
    };
    let fund = Fund {
        paid: fund.paid.checked_add(amount)?,
        committed: fund.committed.checked_sub(amount)?,
        version: fund.version + 1,
        ..fund.clone()
    };
    Ok((fund, agreement))
}

/// Fund and agreement after a bank handed a recovery back. It stands for the bank again unless the agreement has ended.
///
/// # Errors
/// More than was paid and not yet returned.
pub fn take_back(fund: &Fund, agreement: &Agreement, amount: Money) -> Result<(Fund, Agreement), Refusal> {
    let most = agreement.net_paid()?;
    if amount > most {
        return Err(Refusal::AboveReturnable { most, asked: amount });
    }
    let stands = if agreement.status == AgreementStatus::Ended { Money::ZERO } else { amount };
    let agreement = Agreement {
        returned: agreement.returned.checked_add(amount)?,
        version: agreement.version + 1,
        ..agreement.clone()
    };
    let fund = Fund {
        recovered: fund.recovered.checked_add(amount)?,
        committed: fund.committed.checked_add(stands)?,
        version: fund.version + 1,
        ..fund.clone()
    };
    Ok((fund, agreement))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fund::model::{
        AgreementTerms,
        samples::{agreement, fund, yuan},
    };

    fn funded(capital: i64, commitment: i64) -> (Fund, Agreement) {
        let fund = fund(capital).with_commitment(Money::ZERO, yuan(commitment)).unwrap();
        (fund, agreement(commitment))
    }

    fn bounds(claimed: i64, paid_this_year: i64) -> PaymentBounds {
        PaymentBounds { claimed: yuan(claimed), paid_this_year: yuan(paid_this_year) }
    }

    #[test]
    fn the_tightest_of_claim_caps_commitment_and_balance_binds() {
        let (fund, one) = funded(900, 800);
        let capped = Agreement {
            terms: AgreementTerms {
                cap_per_claim: Some(yuan(700)),
                cap_per_year: Some(yuan(1_000)),
                ..one.terms.clone()
            },
            ..one.clone()
        };
        let tight =
            |fund: &Fund, one: &Agreement, claimed, year| bounds(claimed, year).tightest(fund, one).unwrap();
        assert_eq!(tight(&fund, &capped, 600, 0), (PaymentLimit::Claimed, yuan(600)));
        assert_eq!(tight(&fund, &capped, 5_000, 0), (PaymentLimit::PerClaim, yuan(700)));
        assert_eq!(tight(&fund, &capped, 5_000, 950), (PaymentLimit::PerYear, yuan(50)));
        assert_eq!(tight(&fund, &one, 5_000, 0), (PaymentLimit::Commitment, yuan(800)));
        let poor = Fund { capital: yuan(300), committed: yuan(300), ..fund };
        assert_eq!(tight(&poor, &one, 5_000, 0), (PaymentLimit::Balance, yuan(300)));
    }

    #[test]
    fn a_payment_leaves_what_is_free_as_it_was() {
        let (fund, one) = funded(1_000, 600);
        let claimed = claim(&one, yuan(200)).unwrap();
        let free = fund.free().unwrap();
        let (fund, paid) = settle(&fund, &claimed, yuan(150), bounds(200, 0)).unwrap();
        assert_eq!((fund.balance().unwrap(), fund.free().unwrap()), (yuan(850), free));
        assert_eq!(
            (paid.paid, paid.pending, paid.commitment_left().unwrap()),
            (yuan(150), yuan(0), yuan(450))
        );
        let (fund, back) = take_back(&fund, &paid, yuan(100)).unwrap();
        assert_eq!((fund.balance().unwrap(), fund.free().unwrap()), (yuan(950), free));
        assert_eq!(back.commitment_left().unwrap(), yuan(550));
        assert_eq!(
            take_back(&fund, &back, yuan(51)),
            Err(Refusal::AboveReturnable { most: yuan(50), asked: yuan(51) })
        );
    }

    #[test]
    fn a_claim_that_is_declined_leaves_the_money_where_it_is() {
        let (fund, one) = funded(1_000, 600);
        let (after, declined) =
            settle(&fund, &claim(&one, yuan(200)).unwrap(), Money::ZERO, bounds(200, 0)).unwrap();
        assert_eq!((after.balance().unwrap(), declined.pending), (yuan(1_000), Money::ZERO));
    }

    #[test]
    fn a_claim_that_falls_frees_what_waited_for_it_and_no_more() {
        let (_, one) = funded(1_000, 600);
        let claimed = claim(&one, yuan(200)).unwrap();
        assert_eq!(lower(&claimed, yuan(80)).unwrap().pending, yuan(120));
        assert!(lower(&claimed, yuan(201)).is_err());
    }

    #[test]
    fn more_than_the_bound_is_refused_with_it() {
        let (fund, one) = funded(1_000, 600);
        let claimed = claim(&one, yuan(200)).unwrap();
        assert_eq!(
            settle(&fund, &claimed, yuan(201), bounds(200, 0)),
            Err(Refusal::AbovePayable { limit: PaymentLimit::Claimed, most: yuan(200), asked: yuan(201) })
        );
    }
}
