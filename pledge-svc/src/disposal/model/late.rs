//! What whoever shares the loss pays once the loan is off the books: it owed a part of the loss, so the bank has that part
//! back, and what it wrote off of it comes back in the order in which it went, principal before interest. Of what is
//! recovered later it has its part as if it had paid at once ([`super::recovery`]).

use finance::Money;

use super::{Case, CaseMoney, CaseStatus, Claim, Refusal, claim::compensated, insurer::room};

/// A late payment, as the banks' books take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Late {
    /// Principal that had been written off.
    pub written_back: Money,
    /// Interest that had been income, and taxed, before it was written off.
    pub taxed: Money,
    /// Interest beyond it.
    pub interest: Money,
}

/// What of a payment of its insurer a claim still takes once the loan is off the books: no more than is claimed and not paid,
/// nor than the bank lacks of its part of the loss.
#[must_use]
pub fn late_room(claim: &Claim, case: &Case) -> Money {
    room(claim, case, case.money.own_loss())
}

/// The case after a party answered the claim on it with a payment: compensation while the loss is shared, a recovery once
/// the loan is off the books, and then how the books take it.
///
/// # Errors
/// Neither is so, or more than the bank lacks.
pub fn answered(case: &Case, paid: Money) -> Result<(Case, Option<Late>), Refusal> {
    if matches!(case.status, CaseStatus::WrittenOff | CaseStatus::Closed) {
        let (after, late) = compensated_late(case, paid)?;
        return Ok((after, Some(late)));
    }
    Ok((compensated(case, paid)?, None))
}

/// The case after a payment that came late.
///
/// # Errors
/// The loan was not written off in the case, or more than the bank lacks.
pub fn compensated_late(case: &Case, amount: Money) -> Result<(Case, Late), Refusal> {
    case.require(&[CaseStatus::WrittenOff, CaseStatus::Closed])?;
    let before = case.money;
    if !before.taken_off.is_positive() {
        return Err(Refusal::NotInStatus { status: case.status });
    }
    let lacks = before.own_loss().saturating_sub(before.own_back);
    if amount > lacks {
        return Err(Refusal::AboveClaimed { claimed: lacks, asked: amount });
    }
    let written_back = amount.min(before.written_off.saturating_sub(before.written_back));
    let rest = amount.checked_sub(written_back)?;
    let taxed = rest.min(before.taxed);
    let late = Late { written_back, taxed, interest: rest.checked_sub(taxed)? };
    let money = CaseMoney {
        compensated: before.compensated.checked_add(amount)?,
        written_back: before.written_back.checked_add(written_back)?,
        taxed: before.taxed.checked_sub(taxed)?,
        ..before
    };
    Ok((case.with_money(money), late))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        disposal::model::{
            ClaimStatus, WorkoutRules,
            recovery::recovered,
            samples::{case, claim, paid_claim, recovery, yuan},
            write_off::{Condition, OnBooks, Pursuit, written_off as taken_off},
        },
        fund::Bearer,
        risk::model::Tier,
    };

    /// A loss of 1,000 of which a fund bore 500; 500 of principal and 40 of interest are written off.
    fn written_off() -> Case {
        let money = CaseMoney {
            loss: yuan(1_000),
            compensated: yuan(500),
            taken_off: yuan(540),
            written_off: yuan(480),
            claim_kept: yuan(40),
            taxed: yuan(15),
            ..CaseMoney::default()
        };
        Case { money, ..case().in_status(CaseStatus::WrittenOff) }
    }

    fn unanswered(amount: i64) -> Claim {
        Claim { status: ClaimStatus::Unanswered, ..claim(2, Bearer::Insurer, amount) }
    }

    #[test]
    fn a_late_payment_brings_back_principal_before_interest_and_lowers_what_the_bank_claims() {
        let case = written_off();
        assert_eq!(late_room(&unanswered(200), &case), yuan(200));
        let (after, late) = compensated_late(&case, yuan(200)).unwrap();
        assert_eq!((late.written_back, late.taxed, late.interest), (yuan(200), Money::ZERO, Money::ZERO));
        assert_eq!(after.money.claimed().unwrap(), yuan(340), "of 540");
        let (all, late) = compensated_late(&case, yuan(500)).unwrap();
        assert_eq!((late.written_back, late.taxed, late.interest), (yuan(480), yuan(15), yuan(5)));
        assert_eq!(all.money.own_loss(), Money::ZERO);
        assert!(matches!(compensated_late(&case, yuan(501)), Err(Refusal::AboveClaimed { .. })));
    }

    #[test]
    fn interest_that_is_left_once_others_paid_the_principal_is_written_off_and_comes_back_as_interest() {
        // 930 of principal and 70 of interest were lost and 960 of it compensated; 30 of penalty have run since.
        let money = CaseMoney { loss: yuan(1_000), compensated: yuan(960), ..CaseMoney::default() };
        let sharing = Case { money, ..case().in_status(CaseStatus::Sharing) };
        let loan = OnBooks { principal: Money::ZERO, total: yuan(70), taxed: yuan(15), tier: Tier::Doubtful };
        let (pursuit, rules) = (Pursuit { steps: 1, days: 1 }, WorkoutRules::default());
        let off = taken_off((&sharing, &[]), pursuit, loan, Condition::Enforced, &rules).unwrap();
        assert_eq!((off.money.written_off, off.money.taken_off), (Money::ZERO, yuan(70)));
        assert_eq!((off.money.claim_kept, off.money.claimed()), (yuan(30), Ok(yuan(70))));
        let (after, late) = compensated_late(&off, yuan(40)).unwrap();
        assert_eq!((late.written_back, late.taxed, late.interest), (Money::ZERO, yuan(15), yuan(25)));
        assert_eq!(after.money.claimed().unwrap(), yuan(30), "what is beyond the loss is claimed on");
    }

    #[test]
    fn nothing_is_late_in_a_case_that_wrote_nothing_off() {
        let sharing = written_off().in_status(CaseStatus::Sharing);
        assert!(compensated_late(&sharing, yuan(1)).is_err());
        let paid_in_full = Case { money: CaseMoney::default(), ..case().in_status(CaseStatus::Closed) };
        assert!(compensated_late(&paid_in_full, yuan(1)).is_err());
    }

    proptest! {
        /// Whether an insurer pays before or after a recovery, the bank ends with the same part of the loss, and nobody gets
        /// more than the loss.
        #[test]
        fn the_order_of_a_late_payment_and_a_recovery_changes_the_banks_part_by_a_yuan_at_most(
            owes in 1_i64..=400, back in 1_i64..=900,
        ) {
            let case = written_off();
            let fund = paid_claim(1, Bearer::Fund, 500);
            let insurer = unanswered(owes);
            let (first, _) = compensated_late(&case, late_room(&insurer, &case)).unwrap();
            let paid = Claim { status: ClaimStatus::Paid, paid: insurer.amount, ..insurer.clone() };
            let (first, _) = recovered(&first, &[fund.clone(), paid], Money::ZERO, &recovery(back)).unwrap();
            let (then, done) =
                recovered(&case, &[fund, insurer.clone()], Money::ZERO, &recovery(back)).unwrap();
            let fell = done.eased.first().map_or(Money::ZERO, |one| one.amount);
            let left = insurer.eased_by(fell, "2026-06-01".parse().unwrap()).unwrap();
            let (then, _) = compensated_late(&then, late_room(&left, &then)).unwrap();
            let bears = |case: &Case| case.money.own_loss().saturating_sub(case.money.own_back).fen();
            prop_assert!((bears(&first) - bears(&then)).abs() <= 100, "{} {}", bears(&first), bears(&then));
            prop_assert!(then.money.compensated <= then.money.loss);
        }
    }
}
