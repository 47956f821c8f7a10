//! Interest exempt from VAT (小微企业贷款利息收入免征增值税): a loan of a micro or small firm with little credit at the bank,
//! at a rate that is not far above the LPR. What the bank elects and how much credit is little are its parameters
//! ([`ValueAddedTax`]); the firm is what it was when the loan was drawn, and so is the rate.
//!
//! Source: 财政部 税务总局公告2023年第16号, item 1 (up to CNY 10 million, rate of the single loan at most 150 % of the LPR: the
//! first of its two methods) and 2023年第13号 (up to CNY 1 million), both until 2027-12-31. The second method, under which the
//! part of a dearer loan's interest that 150 % of the LPR makes up is exempt and the rest taxed, is not worked out here; a bank
//! keeps to one method for an accounting year, so that one which elects the second leaves the exemption off here.

use chrono::NaiveDate;
use finance::{LprTerm, Money, Rate};

use super::{FirmSize, LoanNow, Refusal};

/// Until when the loan's interest is exempt. `credit` is all the credit that the bank had given the borrower when it drew.
///
/// # Errors
/// The bank elects no exemption or it has ended; exempt already; too large a firm, too much credit, too dear a loan; no LPR
/// known for the day of the draw.
pub(super) fn exempted(now: &LoanNow, size: FirmSize, credit: Money) -> Result<NaiveDate, Refusal> {
    let (rules, drawn_on) = (now.around.tax, now.terms.drawn_on);
    if let Some(until) = now.around.exempt_until {
        return Err(Refusal::Exempt { until });
    }
    if !rules.exempt_credit_max.is_positive() || now.on > rules.exempt_until {
        return Err(Refusal::NoExemption { until: rules.exempt_until });
    }
    if !matches!(size, FirmSize::Micro | FirmSize::Small) {
        return Err(Refusal::ExemptFirm { size });
    }
    if credit < now.terms.principal {
        return Err(Refusal::CreditBelowLoan { principal: now.terms.principal });
    }
    if credit > rules.exempt_credit_max {
        return Err(Refusal::ExemptCredit { credit, most: rules.exempt_credit_max });
    }
    if let Some(multiple) = Some(rules.exempt_lpr_multiple).filter(|multiple| !multiple.fraction().is_zero())
    {
        let term = LprTerm::for_tenor(now.terms.tenor_months);
        let lpr = now.around.fixings.contract_rate(term, 0, drawn_on)?.reference;
        let most = lpr.fraction().checked_mul(multiple.fraction()).map_or(lpr, Rate::new);
        let rate = now.around.rates.on(drawn_on);
        if rate > most {
            return Err(Refusal::ExemptRate { rate, most });
        }
    }
    Ok(rules.exempt_until)
}

/// Whether a recognition that was a mistake may be revoked: all of the loan's income stands apart, from its draw on. After
/// the last day of the exemption a part of it does not.
///
/// # Errors
/// Not recognised, or the exemption is over.
pub(super) fn exemption_ended(now: &LoanNow) -> Result<(), Refusal> {
    let until = now.around.exempt_until.ok_or(Refusal::NotExempt)?;
    if now.on > until { Err(Refusal::ExemptionOver { until }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use finance::{DayCount, Repayment};

    use super::{
        super::{
            Change, adjust,
            samples::{Sample, day, money, terms},
        },
        *,
    };
    use crate::books::ValueAddedTax;

    /// 1,200,000 at 3.6 %, drawn on 2025-01-20 when the one-year LPR was 3.10 %: at most 4.65 %.
    fn elected() -> Sample {
        let mut sample =
            Sample::of(terms(Repayment::InterestOnly, DayCount::Actual360), 2, day("2025-04-01"));
        sample.around.tax =
            ValueAddedTax { exempt_credit_max: money("10000000"), ..ValueAddedTax::default() };
        sample
    }

    fn asked(size: FirmSize, credit: &str) -> Change {
        Change::VatExemption { firm_size: size, credit: money(credit) }
    }

    fn refused(sample: &Sample, change: &Change) -> Refusal {
        adjust(&sample.now(), change).unwrap_err()
    }

    #[test]
    fn a_small_firms_loan_is_exempt_up_to_ten_million_of_credit_and_changes_in_nothing_else() {
        let sample = elected();
        let made = adjust(&sample.now(), &asked(FirmSize::Small, "10000000")).unwrap();
        assert_eq!(made.exempt_until, Some(Some(day("2027-12-31"))));
        assert_eq!((&made.schedule, made.account.outstanding), (&sample.plan, sample.account.outstanding));
        let most = money("10000000");
        assert_eq!(
            refused(&sample, &asked(FirmSize::Micro, "10000000.01")),
            Refusal::ExemptCredit { credit: money("10000000.01"), most }
        );
        let principal = money("1200000");
        assert_eq!(
            refused(&sample, &asked(FirmSize::Micro, "1199999.99")),
            Refusal::CreditBelowLoan { principal }
        );
        let medium = asked(FirmSize::Medium, "1200000");
        assert_eq!(refused(&sample, &medium), Refusal::ExemptFirm { size: FirmSize::Medium });
    }

    #[test]
    fn nothing_is_exempt_unless_the_bank_elects_it_nor_twice_nor_after_the_policy() {
        let change = asked(FirmSize::Small, "1200000");
        let mut sample = elected();
        sample.around.exempt_until = Some(day("2027-12-31"));
        assert_eq!(refused(&sample, &change), Refusal::Exempt { until: day("2027-12-31") });
        let mut off = elected();
        off.around.tax = ValueAddedTax::default();
        assert!(matches!(refused(&off, &change), Refusal::NoExemption { .. }));
        let mut over = elected();
        over.around.tax.exempt_until = day("2025-03-31");
        assert_eq!(refused(&over, &change), Refusal::NoExemption { until: day("2025-03-31") });
    }

    #[test]
    fn a_mistake_is_taken_back_while_all_that_was_earned_stands_apart() {
        let mut sample = elected();
        assert_eq!(refused(&sample, &Change::VatExemptionEnded), Refusal::NotExempt);
        // The last day of the exemption is today; had it been yesterday, what is earned today would be taxed already.
        sample.around.exempt_until = Some(day("2025-04-01"));
        let made = adjust(&sample.now(), &Change::VatExemptionEnded).unwrap();
        assert_eq!((made.exempt_until, &made.schedule), (Some(None), &sample.plan));
        let until = day("2025-03-31");
        sample.around.exempt_until = Some(until);
        assert_eq!(refused(&sample, &Change::VatExemptionEnded), Refusal::ExemptionOver { until });
    }

    #[test]
    fn the_rate_of_the_draw_is_at_most_half_as_much_again_as_the_lpr_where_the_bank_goes_by_it() {
        let change = asked(FirmSize::Small, "1200000");
        let mut dear = elected();
        dear.around.rates = crate::loan::model::RateHistory::constant("0.0466".parse().unwrap());
        let most = "0.0465".parse().unwrap();
        assert_eq!(refused(&dear, &change), Refusal::ExemptRate { rate: "0.0466".parse().unwrap(), most });
        dear.around.rates = crate::loan::model::RateHistory::constant(most);
        assert!(adjust(&dear.now(), &change).is_ok());
        // Up to a million the rate does not matter (2023年第13号): a bank that goes by that announcement says 0.
        dear.around.rates = crate::loan::model::RateHistory::constant("0.12".parse().unwrap());
        dear.around.tax.exempt_lpr_multiple = Rate::ZERO;
        assert!(adjust(&dear.now(), &change).is_ok());
    }
}
