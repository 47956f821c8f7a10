//! Early-warning flags of a loan, by the bank's thresholds.

use chrono::Months;

use super::{Flag, Flags, LoanFacts, parameters::Warnings};

/// The flags that are raised on a loan.
pub(super) fn warn(facts: &LoanFacts, thresholds: &Warnings) -> Flags {
    let mut flags = Flags::NONE;
    if !facts.outstanding.is_positive() {
        return flags;
    }
    flags.raise(Flag::Overdue, facts.overdue_days >= thresholds.overdue_days);
    let collateral = &facts.collateral;
    flags.raise(Flag::PledgeLost, collateral.lost);
    flags.raise(Flag::ValuationExpired, collateral.expired(facts.on));
    flags.raise(Flag::LtvAboveCap, facts.line.carried.is_some_and(|most| facts.line.used > most));
    let needed = facts.matures_on.checked_add_months(Months::new(thresholds.patent_life_margin_months));
    flags.raise(
        Flag::PatentLifeShort,
        collateral.rights_end_on.is_some_and(|end| needed.is_none_or(|needed| end < needed)),
    );
    flags.raise(Flag::Concentration, concentrated(facts, thresholds));
    flags.raise(Flag::PledgeWaived, facts.line.waived);
    flags.raise(Flag::PatentAttacked, collateral.attacked);
    flags.raise(Flag::AnnuityUnpaid, collateral.annuity_until.is_some_and(|day| day < facts.on));
    flags
}

fn concentrated(facts: &LoanFacts, thresholds: &Warnings) -> bool {
    let line = facts.line;
    line.cap.is_positive()
        && line
            .cap
            .yuan()
            .checked_mul(thresholds.concentration_share.fraction())
            .is_some_and(|most| line.used.yuan() >= most)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use finance::Money;

    use super::{super::samples, *};

    fn flags(change: impl FnOnce(&mut LoanFacts)) -> Vec<Flag> {
        let mut facts = samples::performing();
        change(&mut facts);
        warn(&facts, &Warnings::default()).list()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn each_warning_is_raised_at_its_threshold_and_not_before() {
        assert!(flags(|_| {}).is_empty());
        assert_eq!(flags(|facts| facts.overdue_days = 1), [Flag::Overdue]);
        assert_eq!(flags(|facts| facts.collateral.lost = true), [Flag::PledgeLost]);
        let value = |yuan: i64, fen: i64| Money::from_fen(yuan * 100 + fen);
        assert!(flags(|facts| facts.line.carried = Some(value(1_000_000, 0))).is_empty());
        assert_eq!(flags(|facts| facts.line.carried = Some(value(999_999, 99))), [Flag::LtvAboveCap]);
        assert!(flags(|facts| facts.line.carried = None).is_empty(), "a pool is watched by its base");
        assert!(flags(|facts| facts.collateral.valid_until = Some(facts.on)).is_empty());
        assert_eq!(
            flags(|facts| facts.collateral.valid_until = facts.on.pred_opt()),
            [Flag::ValuationExpired]
        );
        // The loan ends on 2027-11-19; a year later is 2028-11-19.
        assert!(flags(|facts| facts.collateral.rights_end_on = Some(day("2028-11-19"))).is_empty());
        assert_eq!(
            flags(|facts| facts.collateral.rights_end_on = Some(day("2028-11-18"))),
            [Flag::PatentLifeShort]
        );
        assert_eq!(flags(|facts| facts.line.waived = true), [Flag::PledgeWaived]);
        assert_eq!(flags(|facts| facts.collateral.attacked = true), [Flag::PatentAttacked]);
        assert!(flags(|facts| facts.collateral.annuity_until = Some(facts.on)).is_empty());
        assert_eq!(
            flags(|facts| facts.collateral.annuity_until = facts.on.pred_opt()),
            [Flag::AnnuityUnpaid]
        );
        // 80 % of 5,000,000
        let used = |facts: &mut LoanFacts, used| {
            facts.line.used = used;
            facts.line.carried = None;
        };
        assert!(flags(|facts| used(facts, value(3_999_999, 99))).is_empty());
        assert_eq!(flags(|facts| used(facts, value(4_000_000, 0))), [Flag::Concentration]);
    }

    #[test]
    fn a_loan_on_which_nothing_is_owed_warns_of_nothing() {
        let found = flags(|facts| {
            facts.outstanding = Money::ZERO;
            facts.overdue_days = 400;
            facts.collateral.lost = true;
        });
        assert!(found.is_empty());
    }

    #[test]
    fn a_set_of_flags_is_stored_as_a_number_and_read_back() {
        let mut set = Flags::NONE;
        for flag in [Flag::Overdue, Flag::PledgeLost] {
            set.raise(flag, true);
        }
        set.raise(Flag::Concentration, false);
        assert_eq!(set.list(), [Flag::Overdue, Flag::PledgeLost]);
        assert_eq!(Flags::from_bits(set.bits()), set);
        assert_eq!(Flags::from_bits(-1).list(), Flag::ALL);
    }
}
