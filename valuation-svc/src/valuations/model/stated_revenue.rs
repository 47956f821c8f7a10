//! How far a revenue that a request states can be believed: beside the sales that were filed, and beside the model's own
//! estimate, whatever else is known. Nothing is refused here (`revenue_bound.rs` does that); the reader is told.

use chrono::NaiveDate;
use finance::{Money, Rounding, grouped, wan_yuan};
use rust_decimal::{Decimal, RoundingStrategy::MidpointAwayFromZero};
use serde::{Deserialize, Serialize};

use super::inputs::Inputs;

/// From how many times the known revenue on it must be explained before lending; the platform's own threshold, no official one.
const FAR_TIMES: Decimal = Decimal::TWO;
/// From so many fen on an amount is read in ten-thousands of yuan.
const WAN_FEN: i64 = 1_000_000;

/// What was on record of a patent's revenue before the request stated its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "source", rename_all = "snake_case")]
pub enum KnownRevenue {
    /// Sales of the products filed under the patent in the newest year that is told.
    ProductFilings {
        /// The year.
        year: i32,
        /// The sum of the products, yuan.
        revenue: Money,
    },
    /// The same, where a pledge rests on them and the one who asks may not see them: a lender cannot file, and what sells is the
    /// enterprise's secret. Of the sum only the step is told that it reaches: 1, 2 or 5 times a power of ten.
    ProductFilingsAtLeast {
        /// The year.
        year: i32,
        /// The step, yuan; zero where nothing was sold.
        revenue: Money,
    },
    /// What an earlier valuation of the same organisation was told: a statement as unverified as the new one, so it is named
    /// and nothing is measured by it. Else whoever states twice would confirm himself.
    EarlierValuation {
        /// Its number.
        number: String,
        /// The day it was stated for.
        valuation_date: NaiveDate,
        /// The revenue, yuan.
        revenue: Decimal,
    },
}

/// What a request states, yuan.
struct Stated {
    /// The first year's revenue.
    first: Decimal,
    /// Whether that is the first year of a plan.
    planned: bool,
    /// The highest figure, where it is higher than the first: a year of the plan, counted from one, or the single figure that
    /// stands beside a plan, which methods without a plan go by.
    highest: Option<(Option<usize>, Decimal)>,
}

impl Stated {
    fn of(inputs: &Inputs) -> Option<Self> {
        let first = inputs.stated_revenue()?;
        let plan = inputs.methods.relief_from_royalty.as_ref().map(|stated| &stated.inputs.revenue);
        let plan: &[Decimal] = plan.map_or(&[], Vec::as_slice);
        let years = plan.iter().enumerate().map(|(at, revenue)| (Some(at + 1), *revenue));
        let single = inputs.overrides.annual_revenue.map(|revenue| (None, revenue.yuan()));
        let higher = years.chain(single).filter(|(_, revenue)| *revenue > first);
        let highest = higher.reduce(|most, one| if one.1 > most.1 { one } else { most });
        Some(Self { first, planned: !plan.is_empty(), highest })
    }

    /// The highest single figure.
    fn most(&self) -> Decimal {
        self.highest.map_or(self.first, |(_, revenue)| revenue)
    }
}

/// A figure by which a stated revenue is measured.
struct Measure {
    revenue: Decimal,
    /// Whether it may be more.
    at_least: bool,
    zh: String,
    en: String,
}

impl Measure {
    /// The sales filed for the products of a patent in a year.
    fn filed(year: i32, revenue: Money, at_least: bool) -> Self {
        Self {
            revenue: revenue.yuan(),
            at_least,
            zh: format!("专利产品备案 {year} 年销售收入"),
            en: format!("the {year} sales filed for products with this patent"),
        }
    }

    /// How many times this figure a stated one is.
    fn compared(&self, stated: Decimal) -> (String, String) {
        let (name_zh, name_en) = (&self.zh, &self.en);
        match times(stated, self.revenue) {
            Some(times) if self.at_least => (
                format!("至多为{name_zh}（不低于 {}）的 {times} 倍", yuan(self.revenue)),
                format!("at most {times} times {name_en} (CNY {} or more)", cny(self.revenue)),
            ),
            Some(times) => (
                format!("为{name_zh}（{}）的 {times} 倍", yuan(self.revenue)),
                format!("{times} times {name_en} (CNY {})", cny(self.revenue)),
            ),
            None => {
                (format!("{name_zh}为零，无从比较"), format!("not to be compared with {name_en} (CNY 0)"))
            }
        }
    }
}

/// The figures to measure by, the lowest first.
fn measures(known: Option<&KnownRevenue>, estimate: Decimal) -> Vec<Measure> {
    let filed = match known {
        Some(KnownRevenue::ProductFilings { year, revenue }) => Some(Measure::filed(*year, *revenue, false)),
        Some(KnownRevenue::ProductFilingsAtLeast { year, revenue }) => {
            Some(Measure::filed(*year, *revenue, true))
        }
        Some(KnownRevenue::EarlierValuation { .. }) | None => None,
    };
    let estimated = Measure {
        revenue: estimate,
        at_least: false,
        zh: "模型按行业、类型和评分的估计值".to_owned(),
        en: "the model's own estimate by industry, kind and score".to_owned(),
    };
    let mut all: Vec<Measure> = filed.into_iter().chain([estimated]).collect();
    all.sort_by_key(|one| one.revenue);
    all
}

/// How many times one amount another is, to the hundredth or to two digits; none where the other is nothing.
fn times(stated: Decimal, compared: Decimal) -> Option<Decimal> {
    if compared.is_zero() {
        return None;
    }
    let times = stated.checked_div(compared).unwrap_or(Decimal::MAX);
    let rounded = if times.abs() < Decimal::ONE { times.round_sf(2) } else { Some(times.round_dp(2)) };
    rounded.map(|times| times.normalize())
}

/// An amount in whole fen; none beyond what money can be.
fn money(amount: Decimal) -> Option<Money> {
    Money::round_yuan(amount, Rounding::HalfUp).ok()
}

/// An amount as an English sentence has it, without fen that are none: `80,000,000`.
fn cny(amount: Decimal) -> String {
    let Some(money) = money(amount) else { return amount.normalize().to_string() };
    let text = grouped(money);
    text.strip_suffix(".00").unwrap_or(&text).to_owned()
}

/// An amount as a Chinese sentence has it, in ten-thousands where it has any: `8,000 万元`, `9,999 元`.
fn yuan(amount: Decimal) -> String {
    match money(amount) {
        Some(money) if money.fen() >= WAN_FEN => {
            format!("{} 万元", wan_yuan(money).trim_end_matches('0').trim_end_matches('.'))
        }
        _ => format!("{} 元", cny(amount)),
    }
}

/// What the reader must know of the revenue that a request states, in Chinese and in English; nothing where it states none.
/// `estimate` is the model's own for the first year, yuan.
pub(super) fn plausibility(inputs: &Inputs, estimate: Decimal) -> Option<(String, String)> {
    let estimate = estimate.round_dp_with_strategy(0, MidpointAwayFromZero);
    Some(told(&Stated::of(inputs)?, inputs.known_revenue.as_ref(), estimate))
}

fn told(stated: &Stated, known: Option<&KnownRevenue>, estimate: Decimal) -> (String, String) {
    let measures = measures(known, estimate);
    let lowest = measures.first().map_or(estimate, |one| one.revenue);
    let most = times(stated.most(), lowest);
    let far = most.is_none_or(|times| times >= FAR_TIMES);
    let filed = measures.len() > 1;
    let (zh, en): (Vec<String>, Vec<String>) = measures.iter().map(|one| one.compared(stated.first)).unzip();
    let (zh, en) = (zh.join("，"), en.join(" and "));
    let (first_zh, first_en) = (yuan(stated.first), cny(stated.first));
    let mut clauses = vec![if stated.planned {
        (
            format!("申请方填报计划首年销售收入 {first_zh}，{zh}"),
            format!("The stated revenue of the plan's first year, CNY {first_en}, is {en}"),
        )
    } else {
        (
            format!("申请方填报年销售收入 {first_zh}，{zh}"),
            format!("The stated annual revenue of CNY {first_en} is {en}"),
        )
    }];
    clauses.extend(stated.highest.map(|highest| beyond_first(highest, most, filed)));
    if let Some(KnownRevenue::EarlierValuation { number, valuation_date, revenue }) = known {
        clauses.push((
            format!("本机构 {valuation_date} 的评估 {number} 曾填报 {}，同样未经核实，不作为依据", yuan(*revenue)),
            format!(
                "the organisation's valuation {number} of {valuation_date} was told CNY {}, which is unverified too and no evidence",
                cny(*revenue)
            ),
        ));
    }
    let (verdict_zh, verdict_en) = verdict(filed, far);
    clauses.push((verdict_zh.to_owned(), verdict_en.to_owned()));
    let (zh, en): (Vec<String>, Vec<String>) = clauses.into_iter().unzip();
    (format!("{}。", zh.join("；")), format!("{}.", en.join("; ")))
}

/// The highest figure of a request beside its first year, `times` the lowest figure that is known of.
fn beyond_first(
    (year, revenue): (Option<usize>, Decimal),
    times: Option<Decimal>,
    filed: bool,
) -> (String, String) {
    let (zh, en) = match year {
        Some(year) => (
            format!("计划最高年份为第 {year} 年，{}", yuan(revenue)),
            format!("the plan's highest year, year {year} with CNY {},", cny(revenue)),
        ),
        None => (
            format!("计划之外另填年销售收入 {}", yuan(revenue)),
            format!("the annual revenue stated beside the plan, CNY {},", cny(revenue)),
        ),
    };
    let (least_zh, least_en) = if filed {
        ("上述较低数额", "the lower of these figures")
    } else {
        ("该估计值", "that estimate")
    };
    match times {
        Some(times) => {
            (format!("{zh}，为{least_zh}的 {times} 倍"), format!("{en} is {times} times {least_en}"))
        }
        None => (zh, format!("{en} is higher still")),
    }
}

/// What to do about it: with sales on file or without, far above the lowest known figure or not.
const fn verdict(filed: bool, far: bool) -> (&'static str, &'static str) {
    match (filed, far) {
        (true, true) => ("差距较大，应以财务报表核实", "that is far above: verify it against accounts"),
        (true, false) => ("尚未以财务报表核实", "it is not verified against accounts"),
        (false, true) => (
            "差距较大，平台没有可以核对的收入记录，未经核实，应以财务报表核实",
            "that is far above, and the platform has no record of revenue to check it with: it is unverified, verify it against accounts",
        ),
        (false, false) => (
            "平台没有可以核对的收入记录，未经核实，应以财务报表核实",
            "the platform has no record of revenue to check it with: it is unverified, verify it against accounts",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn single(yuan: i64) -> Stated {
        Stated { first: Decimal::from(yuan), planned: false, highest: None }
    }

    fn says(stated: &Stated, known: Option<&KnownRevenue>) -> (String, String) {
        told(stated, known, Decimal::from(4_000_000))
    }

    fn filed(yuan: i64) -> KnownRevenue {
        KnownRevenue::ProductFilings { year: 2025, revenue: Money::from_yuan(yuan).unwrap() }
    }

    #[test]
    fn a_stated_revenue_is_told_as_a_multiple_of_what_was_filed_and_of_the_models_estimate() {
        let (zh, en) = says(&single(80_000_000), Some(&filed(2_000_000)));
        assert_eq!(
            zh,
            "申请方填报年销售收入 8,000 万元，为专利产品备案 2025 年销售收入（200 万元）的 40 倍，\
             为模型按行业、类型和评分的估计值（400 万元）的 20 倍；差距较大，应以财务报表核实。"
        );
        assert_eq!(
            en,
            "The stated annual revenue of CNY 80,000,000 is 40 times the 2025 sales filed for products with this patent \
             (CNY 2,000,000) and 20 times the model's own estimate by industry, kind and score (CNY 4,000,000); \
             that is far above: verify it against accounts."
        );
        let (zh, en) = says(&single(4_400_000), Some(&filed(4_400_000)));
        assert!(zh.contains("的 1 倍") && zh.contains("的 1.1 倍") && !zh.contains("差距较大"), "{zh}");
        assert!(en.ends_with("; it is not verified against accounts."), "{en}");
        let (zh, _) = says(&single(1_000), Some(&filed(1_000_000)));
        assert!(zh.contains("填报年销售收入 1,000 元，") && zh.contains("（100 万元）的 0.001 倍"), "{zh}");
        let (zh, en) = says(&single(1_000_000), Some(&filed(0)));
        assert!(zh.contains("销售收入为零，无从比较") && zh.contains("差距较大"), "{zh}");
        assert!(en.contains("this patent (CNY 0) and 0.25 times the model's own"), "{en}");
    }

    #[test]
    fn of_sales_that_the_reader_may_not_see_only_the_step_is_told() {
        let reached =
            KnownRevenue::ProductFilingsAtLeast { year: 2025, revenue: Money::from_yuan(2_000_000).unwrap() };
        let (zh, en) = says(&single(5_000_000), Some(&reached));
        assert_eq!(
            zh,
            "申请方填报年销售收入 500 万元，至多为专利产品备案 2025 年销售收入（不低于 200 万元）的 2.5 倍，\
             为模型按行业、类型和评分的估计值（400 万元）的 1.25 倍；差距较大，应以财务报表核实。"
        );
        assert!(
            en.contains("is at most 2.5 times the 2025 sales filed for products with this patent (CNY 2,000,000 or more) and"),
            "{en}"
        );
    }

    #[test]
    fn it_is_judged_by_the_lowest_known_figure() {
        let (zh, en) = says(&single(80_000_000), Some(&filed(80_000_000)));
        assert!(zh.contains("的 1 倍") && zh.contains("的 20 倍") && zh.contains("差距较大"), "{zh}");
        assert!(en.contains("20 times the model's own estimate") && en.contains("far above"), "{en}");
        assert!(en.find("20 times") < en.find(" 1 times"), "the lowest first: {en}");
    }

    #[test]
    fn an_earlier_statement_is_named_and_is_no_evidence() {
        let earlier = KnownRevenue::EarlierValuation {
            number: "V-1".to_owned(),
            valuation_date: "2026-05-01".parse().unwrap(),
            revenue: Decimal::from(80_000_000),
        };
        let (zh, en) = says(&single(80_000_000), Some(&earlier));
        assert!(zh.contains("的 20 倍") && zh.contains("差距较大"), "{zh}");
        assert!(zh.contains("2026-05-01 的评估 V-1 曾填报 8,000 万元，同样未经核实，不作为依据"), "{zh}");
        assert!(en.contains("V-1 of 2026-05-01 was told CNY 80,000,000, which is unverified too"), "{en}");
        assert!(!zh.contains("的 1 倍") && en.contains("no record of revenue"), "{zh} {en}");
        let (zh, en) = says(&single(5_000_000), None);
        assert!(zh.contains("1.25 倍") && zh.contains("未经核实") && !zh.contains("差距较大"), "{zh}");
        assert!(en.contains("1.25 times") && en.contains("unverified"), "{en}");
    }

    #[test]
    fn the_highest_year_of_a_plan_counts_as_its_first_does() {
        let plan = Stated {
            first: Decimal::from(1_000_000),
            planned: true,
            highest: Some((Some(8), Decimal::from(90_000_000))),
        };
        let (zh, en) = says(&plan, Some(&filed(2_000_000)));
        assert!(zh.contains("计划首年销售收入 100 万元") && zh.contains("的 0.5 倍"), "{zh}");
        assert!(zh.contains("第 8 年，9,000 万元，为上述较低数额的 45 倍；差距较大"), "{zh}");
        assert!(en.contains("year 8 with CNY 90,000,000, is 45 times the lower of these figures"), "{en}");
        let beside = Stated { highest: Some((None, Decimal::from(90_000_000))), ..plan };
        let (zh, en) = says(&beside, None);
        assert!(zh.contains("另填年销售收入 9,000 万元，为该估计值的 22.5 倍"), "{zh}");
        assert!(en.contains("beside the plan, CNY 90,000,000, is 22.5 times that estimate"), "{en}");
    }

    #[test]
    fn amounts_are_grouped_for_reading() {
        for (amount, zh, en) in [
            ("80000000", "8,000 万元", "80,000,000"),
            ("12345600.50", "1,234.56 万元", "12,345,600.50"),
            ("9999", "9,999 元", "9,999"),
            ("10000", "1 万元", "10,000"),
            ("0", "0 元", "0"),
        ] {
            let amount: Decimal = amount.parse().unwrap();
            assert_eq!((yuan(amount).as_str(), cny(amount).as_str()), (zh, en));
        }
        assert!(yuan(Decimal::MAX).ends_with(" 元"), "what is no money is still told");
    }
}
