//! Value added tax on interest and fees (增值税): what a bank states, and what a month owes.
//!
//! Prices include the tax, so that of a gross amount G at the rate r the tax is G × r / (1 + r) (财税〔2016〕36号, annex 1).
//! Interest of a bank is taxed when it is earned; what is earned more than ninety days after it fell due and is not
//! received is taxed when it is received (annex 3, article 4; 财税〔2016〕140号, item 3). The books show no interest of
//! credit-impaired loans beyond what their net amount earns: the suspended rest becomes income, and is taxed, on receipt; of what
//! is earned the tax waits as 待转销项税额 (财会〔2016〕22号) until it is received.
//!
//! Interest of small loans to micro and small firms may be exempt (财政部 税务总局公告2023年第13号 and 第16号): a bank that elects it
//! states how much credit is little, two people recognise each loan (`adjustments`), and its interest is income on an account of
//! its own, on which no tax is split off. A bank is taxed on its own part of a loan that several banks lend: each part of the interest
//! stands in its bank's book, which is taxed at what that bank states.

use chrono::{Datelike, NaiveDate};
use finance::{Money, MoneyError, Rate, Rounding};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::parameters::{FieldDoc, Flaw, ParameterSet, Unit};

/// The highest rate of the tax since 2019 (财政部 税务总局 海关总署公告2019年第39号).
const RATE_MAX: i64 = 1_300;

/// The most credit that any of the announcements admits: ten million yuan.
const EXEMPT_CREDIT_MAX: Money = Money::from_fen(1_000_000_000);
const EXEMPTION: (&str, &str) = (
    "财政部 税务总局公告2023年第16号（1000万元、LPR 150%）、第13号（100万元），均执行至2027年12月31日；须单独核算并留存证明材料。默认不启用，由银行核定",
    "财政部 税务总局公告2023年第16号 (CNY 10 million, 150 % of the LPR) and 第13号 (CNY 1 million), both until 2027-12-31, with separate accounts and evidence kept. Off by default, for the bank to elect",
);

/// How a bank's output tax is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ValueAddedTax {
    /// The rate on interest and fees; zero where the tax is kept elsewhere and nothing is posted here.
    pub rate: Rate,
    /// The most credit of a borrower whose loans are exempt, it included; zero where the bank elects no exemption.
    pub exempt_credit_max: Money,
    /// The highest rate of an exempt loan, as a multiple of the LPR of its draw; zero where the rate does not matter.
    pub exempt_lpr_multiple: Rate,
    /// The last day on which interest that is earned is exempt.
    pub exempt_until: NaiveDate,
}

impl Default for ValueAddedTax {
    fn default() -> Self {
        Self {
            rate: Rate::ZERO,
            exempt_credit_max: Money::ZERO,
            exempt_lpr_multiple: Rate::from_basis_points(15_000),
            exempt_until: NaiveDate::from_ymd_opt(2027, 12, 31).unwrap_or(NaiveDate::MAX),
        }
    }
}

impl ParameterSet for ValueAddedTax {
    const KIND: &'static str = "value_added_tax";
    const ZH: &'static str = "增值税";
    const EN: &'static str = "Value added tax";
    /// The tax is split off month by month, and a return, of a month or a quarter, is the sum of whole months: another rate or
    /// election within a month would fall on what was earned under the one before.
    const FROM_THE_FIRST_OF_A_MONTH: bool = true;
    const FIELDS: &'static [FieldDoc] = &[
        FieldDoc {
            field: "rate",
            zh: "利息与手续费收入的增值税税率（价内含税，每月末分离销项税额）：银行为 0.06；0 表示税款在其他系统核算，本系统不作分录。已认定免税的贷款利息单独核算，不计提",
            en: "Rate of VAT on interest and fees, which prices include; output tax is split off at each month's end. 0.06 for a bank; 0 where the tax is kept in another system and nothing is posted here. Interest of loans recognised as exempt is accounted for apart and bears none",
            unit: Unit::Fraction,
            source_zh: "财税〔2016〕36号附件1（税率 6%、价税分离）、附件3（结息日起90天）；财会〔2016〕22号。默认 0 为平台默认值，须由银行核定",
            source_en: "财税〔2016〕36号, annex 1 (6 %, tax within the price) and annex 3 (ninety days); 财会〔2016〕22号. The default of 0 is the platform's, for the bank to set",
        },
        FieldDoc {
            field: "exempt_credit_max",
            zh: "小微企业贷款利息免税：单户授信上限（含）。0 表示本行未选定免税；选定的填 10000000（2023年第16号，须完成上一年度小微企业贷款增长目标）或 1000000（2023年第13号）",
            en: "Exemption of interest on loans to micro and small firms: the most credit of one borrower, it included. 0 where the bank elects none; 10,000,000 under announcement 16 of 2023 (for banks that met the growth target of small firms' loans), 1,000,000 under announcement 13",
            unit: Unit::Yuan,
            source_zh: EXEMPTION.0,
            source_en: EXEMPTION.1,
        },
        FieldDoc {
            field: "exempt_lpr_multiple",
            zh: "免税贷款的利率上限，占放款日 LPR 的比例（2023年第16号第一种方法为 150%）；0 表示不看利率（2023年第13号）",
            en: "The highest rate of an exempt loan as a share of the LPR on the day of its draw: 150 % by the first method of announcement 16; 0 where the rate does not matter (announcement 13)",
            unit: Unit::Fraction,
            source_zh: EXEMPTION.0,
            source_en: EXEMPTION.1,
        },
        FieldDoc {
            field: "exempt_until",
            zh: "免税政策执行的最后一日，此后的利息照章纳税",
            en: "The last day of the exemption; interest earned after it is taxed",
            unit: Unit::Text,
            source_zh: EXEMPTION.0,
            source_en: EXEMPTION.1,
        },
    ];

    fn flaws(&self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        let most = Rate::from_basis_points(RATE_MAX);
        if self.rate < Rate::ZERO || self.rate > most {
            flaws.push(Flaw::new(
                "rate",
                "税率应在 0 与 0.13 之间：银行贷款与收费服务为 0.06，税款在其他系统核算的填 0。",
                "The rate lies between 0 and 0.13: 0.06 for lending and services of a bank, 0 where the tax is kept elsewhere.",
            ));
        }
        if self.exempt_credit_max.is_negative() || self.exempt_credit_max > EXEMPT_CREDIT_MAX {
            flaws.push(Flaw::new(
                "exempt_credit_max",
                "单户授信上限应在 0 与 10000000 元之间（财政部 税务总局公告2023年第16号）。",
                "Between 0 and 10,000,000 yuan (财政部 税务总局公告2023年第16号).",
            ));
        }
        if self.exempt_lpr_multiple < Rate::ZERO || self.exempt_lpr_multiple > Rate::from_basis_points(15_000)
        {
            flaws.push(Flaw::new(
                "exempt_lpr_multiple",
                "倍数应在 0 与 1.5 之间（财政部 税务总局公告2023年第16号）。",
                "Between 0 and 1.5 (财政部 税务总局公告2023年第16号).",
            ));
        }
        flaws
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
        let flaws = |points| {
            ValueAddedTax { rate: Rate::from_basis_points(points), ..ValueAddedTax::default() }.flaws().len()
        };
        assert_eq!([600, 0, 1_300, 1_301, -1].map(flaws), [0, 0, 0, 1, 1]);
        let lax = ValueAddedTax {
            exempt_credit_max: yuan("10000000.01"),
            exempt_lpr_multiple: Rate::from_basis_points(15_001),
            ..ValueAddedTax::default()
        };
        let fields: Vec<String> = lax.flaws().into_iter().map(|flaw| flaw.field).collect();
        assert_eq!(fields, ["exempt_credit_max", "exempt_lpr_multiple"], "more than the announcements admit");
    }
}
