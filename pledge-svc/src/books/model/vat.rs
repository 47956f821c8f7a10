//! Value added tax on interest and fees (增值税): what a bank states, and what a month owes.
//!
//! Prices include the tax, so that of a gross amount G at the rate r the tax is G × r / (1 + r) (财税〔2016〕36号, annex 1,
//! article 23). Interest of a bank is taxed when it is earned; what is earned more than ninety days after it fell due and is not
//! received is taxed when it is received (annex 3, article 4; 财税〔2016〕140号, article 3). The books show no interest of
//! credit-impaired loans beyond what their net amount earns: the suspended rest becomes income, and is taxed, on receipt; of what
//! is earned the tax waits as 待转销项税额 (财会〔2016〕22号) until it is received.

use chrono::{Datelike, NaiveDate};
use finance::{Money, MoneyError, Rate, Rounding};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::parameters::{FieldDoc, Flaw, ParameterSet, Unit};

/// The highest rate of the tax since 2019 (财政部 税务总局 海关总署公告2019年第39号).
const RATE_MAX: i64 = 1_300;

/// How a bank's output tax is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ValueAddedTax {
    /// The rate on interest and fees; zero where the tax is kept elsewhere and nothing is posted here.
    pub rate: Rate,
}

impl Default for ValueAddedTax {
    fn default() -> Self {
        Self { rate: Rate::ZERO }
    }
}

impl ParameterSet for ValueAddedTax {
    const KIND: &'static str = "value_added_tax";
    const ZH: &'static str = "增值税";
    const EN: &'static str = "Value added tax";
    const FIELDS: &'static [FieldDoc] = &[FieldDoc {
        field: "rate",
        zh: "利息与手续费收入的增值税税率（价内含税，每月末分离销项税额）：银行为 0.06；0 表示税款在其他系统核算，本系统不作分录。小额贷款免税不在此处理，由银行申报",
        en: "Rate of VAT on interest and fees, which prices include; output tax is split off at each month's end. 0.06 for a bank; 0 where the tax is kept in another system and nothing is posted here. Exemptions of small loans are claimed with the return",
        unit: Unit::Fraction,
        source_zh: "财税〔2016〕36号附件1第十五条（6%）、第二十三条（价税分离），附件3第四条（结息日起90天）；财会〔2016〕22号。默认 0 为平台默认值，须由银行核定",
        source_en: "财税〔2016〕36号, annex 1, articles 15 (6 %) and 23 (tax within the price), annex 3, article 4 (ninety days); 财会〔2016〕22号. The default of 0 is the platform's, for the bank to set",
    }];

    fn flaws(&self) -> Vec<Flaw> {
        let most = Rate::from_basis_points(RATE_MAX);
        if self.rate >= Rate::ZERO && self.rate <= most {
            return Vec::new();
        }
        vec![Flaw::new(
            "rate",
            "税率应在 0 与 0.13 之间：银行贷款与收费服务为 0.06，税款在其他系统核算的填 0。",
            "The rate lies between 0 and 0.13: 0.06 for lending and services of a bank, 0 where the tax is kept elsewhere.",
        )]
    }
}

/// What a book took up in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Month {
    /// Interest income.
    pub interest: Money,
    /// Fee income.
    pub fees: Money,
    /// By how much interest that is shown and taxed on receipt rose; what was written off of it has not been received.
    pub untaxed: Money,
    /// What of it stands at the end.
    pub untaxed_left: Money,
    /// The tax that waits for it in the books.
    pub waiting: Money,
}

/// What is split off the income of a month; each may be negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutputTax {
    /// On interest, due with the month's return.
    pub on_interest: Money,
    /// On fees.
    pub on_fees: Money,
    /// By how much the tax rises that waits until interest is received.
    pub waiting: Money,
}

/// The tax within a gross amount.
///
/// # Errors
/// [`MoneyError::Overflow`]
fn within(gross: Money, rate: Rate) -> Result<Money, MoneyError> {
    let whole = Decimal::ONE.checked_add(rate.fraction()).ok_or(MoneyError::Overflow)?;
    let size = if gross.is_negative() { -gross } else { gross };
    let exact = size.yuan().checked_mul(rate.fraction()).and_then(|tax| tax.checked_div(whole));
    let tax = Money::round_yuan(exact.ok_or(MoneyError::Overflow)?, Rounding::HalfUp)?;
    Ok(if gross.is_negative() { -tax } else { tax })
}

/// The tax of a month at a rate.
///
/// # Errors
/// [`MoneyError::Overflow`]
pub fn output_tax(month: &Month, rate: Rate) -> Result<OutputTax, MoneyError> {
    Ok(OutputTax {
        on_interest: within(Money::from_fen(month.interest.fen() - month.untaxed.fen()), rate)?,
        on_fees: within(month.fees, rate)?,
        waiting: Money::from_fen(within(month.untaxed_left, rate)?.fen() - month.waiting.fen()),
    })
}

/// The month that ends with a day; `None` for a day within one.
fn month_ending(day: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    let next = day.succ_opt()?;
    (next.day() == 1).then(|| day.with_day(1).map(|first| (first, day))).flatten()
}

/// The months that end within some days, each with its first day and its last.
pub fn months_ending(first: NaiveDate, last: NaiveDate) -> impl Iterator<Item = (NaiveDate, NaiveDate)> {
    first.iter_days().take_while(move |day| *day <= last).filter_map(month_ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yuan(text: &str) -> Money {
        text.parse().unwrap()
    }

    #[test]
    fn the_tax_is_within_the_price_and_waits_for_what_is_taxed_on_receipt() {
        let six = Rate::from_basis_points(600);
        // 10,600.00 of interest, of which 1,060.00 were earned in stage 3, and 530.00 of fees.
        // (10,600.00 − 1,060.00) × 6 / 106 = 540.00; 530.00 × 6 / 106 = 30.00; 1,060.00 × 6 / 106 = 60.00 wait.
        let first = Month {
            interest: yuan("10600.00"),
            fees: yuan("530.00"),
            untaxed: yuan("1060.00"),
            untaxed_left: yuan("1060.00"),
            waiting: Money::ZERO,
        };
        let tax = output_tax(&first, six).unwrap();
        assert_eq!(
            (tax.on_interest, tax.on_fees, tax.waiting),
            (yuan("540.00"), yuan("30.00"), yuan("60.00"))
        );
        // The next month all of it is received, and nothing is earned: its tax is due and waits no more.
        let received = Month { untaxed: yuan("-1060.00"), waiting: yuan("60.00"), ..Month::default() };
        let tax = output_tax(&received, six).unwrap();
        assert_eq!((tax.on_interest, tax.waiting), (yuan("60.00"), yuan("-60.00")));
        // 1,060.00 more that were suspended come onto the books without a payment: income, and no tax but what waits.
        let cured = Month {
            interest: yuan("1060.00"),
            untaxed: yuan("1060.00"),
            untaxed_left: yuan("2120.00"),
            waiting: yuan("60.00"),
            ..Month::default()
        };
        let tax = output_tax(&cured, six).unwrap();
        assert_eq!((tax.on_interest, tax.waiting), (Money::ZERO, yuan("60.00")));
        // Written off instead: it was never received, and nothing is due on it.
        let lost = Month { waiting: yuan("60.00"), ..Month::default() };
        let tax = output_tax(&lost, six).unwrap();
        assert_eq!((tax.on_interest, tax.waiting), (Money::ZERO, yuan("-60.00")));
        assert_eq!(output_tax(&first, Rate::ZERO).unwrap(), OutputTax::default());
    }

    #[test]
    fn a_month_ends_with_its_last_day_and_a_rate_is_no_higher_than_the_law_knows() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(month_ending(day("2028-02-29")), Some((day("2028-02-01"), day("2028-02-29"))));
        assert_eq!(month_ending(day("2028-02-28")), None);
        assert_eq!(month_ending(day("2026-12-31")), Some((day("2026-12-01"), day("2026-12-31"))));
        let ending =
            |first, last| months_ending(day(first), day(last)).map(|(_, end)| end).collect::<Vec<_>>();
        assert_eq!(ending("2026-11-30", "2026-12-01"), [day("2026-11-30")], "days that are closed as one");
        assert_eq!(ending("2026-12-01", "2026-12-30"), []);
        assert_eq!(ending("2026-12-31", "2027-01-31"), [day("2026-12-31"), day("2027-01-31")]);
        let flaws = |points| ValueAddedTax { rate: Rate::from_basis_points(points) }.flaws().len();
        assert_eq!([600, 0, 1_300, 1_301, -1].map(flaws), [0, 0, 0, 1, 1]);
    }
}
