//! How far a revenue that a request states can be believed: beside what the platform knows of it, else beside the model's
//! estimate. It is the enterprise's fact, so nothing is refused; the reader is told.

use chrono::NaiveDate;
use finance::Money;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// From how many times the known revenue on it must be explained before lending; the platform's own threshold, no official one.
const FAR_TIMES: Decimal = Decimal::TWO;

/// What was known of a patent's revenue before the request stated its own.
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
    /// What an earlier valuation of the same organisation was told.
    EarlierValuation {
        /// Its number.
        number: String,
        /// The day it was stated for.
        valuation_date: NaiveDate,
        /// The revenue, yuan.
        revenue: Decimal,
    },
}

impl KnownRevenue {
    fn revenue(&self) -> Decimal {
        match self {
            Self::ProductFilings { revenue, .. } => revenue.yuan(),
            Self::EarlierValuation { revenue, .. } => *revenue,
        }
    }

    /// Where it stands, in Chinese and in English.
    fn place(&self) -> (String, String) {
        match self {
            Self::ProductFilings { year, .. } => (
                format!("专利产品备案所载 {year} 年销售收入"),
                format!("the sales of {year} told with the products filed under the patent"),
            ),
            Self::EarlierValuation { number, valuation_date, .. } => (
                format!("本机构 {valuation_date} 的评估 {number} 所填销售收入"),
                format!("what the organisation's valuation {number} of {valuation_date} was told"),
            ),
        }
    }
}

/// How many times one amount another is, to the hundredth or to two digits; none where the other is nothing.
fn times(stated: Decimal, compared: Decimal) -> Option<Decimal> {
    if compared.is_zero() {
        return None;
    }
    let times = stated.checked_div(compared).unwrap_or(Decimal::MAX);
    if times.abs() < Decimal::ONE { times.round_sf(2) } else { Some(times.round_dp(2)) }
}

/// What the reader must know of a stated revenue, in Chinese and in English. `estimate` is the model's own for the first year.
pub(super) fn plausibility(
    stated: Decimal,
    known: Option<&KnownRevenue>,
    estimate: Decimal,
) -> (String, String) {
    let yuan = |amount: Decimal| amount.round_dp(2).normalize();
    let (compared, zh, en) = match known {
        Some(known) => {
            let (zh, en) = known.place();
            (known.revenue(), zh, en)
        }
        None => (
            estimate,
            "模型按行业、类型和评分的估计值".to_owned(),
            "the model's estimate by industry, kind and score".to_owned(),
        ),
    };
    let times = times(stated, compared);
    let far = times.is_none_or(|times| times >= FAR_TIMES);
    let (times_zh, times_en) = times.map_or_else(
        || ("而后者为零".to_owned(), "which is nothing".to_owned()),
        |times| {
            let times = times.normalize();
            (format!("为其 {times} 倍"), format!("of which it is {times} times"))
        },
    );
    let (checked_zh, checked_en) = match (known, far) {
        (None, _) => (
            "平台没有可以核对的收入记录，未经核实",
            "the platform has no record of revenue to check it with: it is unverified",
        ),
        (Some(_), true) => (
            "差距较大，使用前须以企业财务资料核实",
            "they lie far apart: check it against accounts before relying on it",
        ),
        (Some(_), false) => ("未经企业财务资料核实", "it is not checked against accounts"),
    };
    (
        format!(
            "年销售收入 {} 元由申请评估方提供，{zh}为 {} 元，{times_zh}；{checked_zh}。",
            yuan(stated),
            yuan(compared)
        ),
        format!(
            "Revenue of {} yuan is the request's; compare {en}, {} yuan, {times_en}; {checked_en}.",
            yuan(stated),
            yuan(compared)
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(stated: i64, known: Option<&KnownRevenue>) -> (String, String) {
        plausibility(Decimal::from(stated), known, Decimal::from(2_000_000))
    }

    fn filed(yuan: i64) -> KnownRevenue {
        KnownRevenue::ProductFilings { year: 2025, revenue: Money::from_yuan(yuan).unwrap() }
    }

    #[test]
    fn a_stated_revenue_is_told_as_a_multiple_of_the_last_one_known() {
        let (zh, en) = told(80_000_000, Some(&filed(1_000_000)));
        assert!(zh.contains("2025 年") && zh.contains("80 倍") && zh.contains("差距较大"), "{zh}");
        assert!(en.contains("80 times") && en.contains("far apart"), "{en}");
        let (zh, _) = told(1_100_000, Some(&filed(1_000_000)));
        assert!(zh.contains("1.1 倍") && !zh.contains("差距较大"), "{zh}");
        let (zh, _) = told(1_000, Some(&filed(1_000_000)));
        assert!(zh.contains("为其 0.001 倍"), "{zh}");
        let (zh, en) = told(1_000_000, Some(&filed(0)));
        assert!(
            zh.contains("后者为零") && zh.contains("差距较大") && en.contains("which is nothing"),
            "{zh} {en}"
        );
    }

    #[test]
    fn where_nothing_is_known_it_is_unverified_and_compared_with_the_models_estimate() {
        let (zh, en) = told(5_000_000, None);
        assert!(zh.contains("2.5 倍") && zh.contains("未经核实"), "{zh}");
        assert!(en.contains("2.5 times") && en.contains("unverified"), "{en}");
    }
}
