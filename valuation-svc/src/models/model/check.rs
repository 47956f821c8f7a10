//! What is wrong with a content, field by field: a version that breaks a rule is never validated. The index tree's rules
//! are in `tree.rs`.

mod tree;

use std::collections::BTreeSet;

use finance::{Money, Rate};
use rust_decimal::Decimal;

use super::{
    content::{ModelContent, Overlay, Parameters},
    platform::PILOT_LOAN_MAX_YUAN,
};
use crate::catalogue::industry::Industry;

/// The longest text of a content, bytes: the platform's default has less than a fifth of it.
pub const CONTENT_BYTES_MAX: usize = 256 * 1024;
/// The most problems that are told at once.
const PROBLEMS_MAX: usize = 200;
/// The most overlays of a version.
const OVERLAYS_MAX: usize = 20;
/// The most by which an overlay may ever move a value.
const OVERLAY_LIMIT_PERCENT: i64 = 30;
/// Days for which an overlay may be in force: two years.
const OVERLAY_DAYS_MAX: i64 = 731;

/// A field with what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentProblem {
    /// Where it is, such as `tree.indices.L.L1.weight`.
    pub field: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

#[derive(Default)]
struct Found(Vec<ContentProblem>);

impl Found {
    fn require(
        &mut self,
        holds: bool,
        field: impl Into<String>,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) {
        if !holds {
            self.0.push(ContentProblem { field: field.into(), zh: zh.into(), en: en.into() });
        }
    }

    fn within(&mut self, field: &str, value: f64, low: f64, high: f64) {
        self.require(
            (low..=high).contains(&value),
            field,
            format!("须在 {low} 与 {high} 之间"),
            format!("must lie between {low} and {high}"),
        );
    }

    /// A text that is there and is not too long.
    fn words(&mut self, field: String, text: &str, most: usize) {
        let long = text.trim().chars().count();
        self.require(
            (1..=most).contains(&long) && !text.chars().any(char::is_control),
            field,
            format!("必填，至多 {most} 字，不得含控制字符"),
            format!("must be said, in at most {most} characters and without control characters"),
        );
    }

    /// Shares that sum to 1.
    fn shares(&mut self, field: &str, weights: &[f64]) {
        let sum: f64 = weights.iter().sum();
        let sound = weights.iter().all(|w| (0.0..=1.0).contains(w)) && (sum - 1.0).abs() < 1e-9;
        self.require(
            sound,
            field,
            format!("各权重须在 0 与 1 之间且合计为 1，现合计 {sum:.4}"),
            format!("the weights must each lie between 0 and 1 and sum to 1; they sum to {sum:.4}"),
        );
    }
}

/// The problems of a content, the first two hundred; none where it may be used.
#[must_use]
pub fn problems(content: &ModelContent) -> Vec<ContentProblem> {
    let mut found = Found::default();
    tree::check(&mut found, &content.tree);
    parameters(&mut found, &content.parameters);
    industries(&mut found, &content.parameters);
    ltv(&mut found, &content.parameters);
    overlays(&mut found, &content.overlays);
    found.0.truncate(PROBLEMS_MAX);
    found.0
}

fn parameters(found: &mut Found, p: &Parameters) {
    let d = &p.discount;
    for (name, value, high) in [
        ("risk_free_rate", d.risk_free_rate, 0.15),
        ("market_premium", d.market_premium, 0.25),
        ("size_premium", d.size_premium, 0.15),
        ("technology_premium", d.technology_premium, 0.30),
    ] {
        found.within(&format!("parameters.discount.{name}"), value, 0.0, high);
    }
    found.within("parameters.life.advantage_floor", p.life.advantage_floor, 0.05, 0.9);
    found.within("parameters.life.legal_years", p.life.legal_years, 1.0, 20.0);
    let table = &p.success.by_readiness;
    found.require(
        table.iter().all(|chance| (0.0..=1.0).contains(chance))
            && table.windows(2).all(|pair| matches!(pair, [a, b] if a <= b)),
        "parameters.success.by_readiness",
        "成功概率须在 0 与 1 之间，且随技术就绪度不降",
        "chances lie between 0 and 1 and never fall as readiness rises",
    );
    found.within("parameters.success.readiness_if_unknown", p.success.readiness_if_unknown.into(), 1.0, 9.0);
    found.within("parameters.tax.rate", p.tax.rate, 0.0, 0.6);
    found.within("parameters.tax.life_years", p.tax.life_years.into(), 1.0, 40.0);
    let c = &p.cost;
    for (name, value) in [
        ("margin", c.margin),
        ("economic_obsolescence", c.economic_obsolescence),
        ("functional_obsolescence_max", c.functional_obsolescence_max),
        ("technological_if_unknown", c.technological_if_unknown),
        ("technological_max", c.technological_max),
    ] {
        found.within(&format!("parameters.cost.{name}"), value, 0.0, 0.95);
    }
    found.within("parameters.option.readiness_max", p.option.readiness_max.into(), 1.0, 9.0);
    found.within("parameters.option.risk_free_rate", p.option.risk_free_rate, 0.0, 0.15);
    found.within("parameters.option.years_max", p.option.years_max, 0.5, 20.0);
    found.shares("parameters.weights", &p.weights.all().map(|(_, weight)| weight));
    found.require(
        p.weights.relief_from_royalty > 0.0,
        "parameters.weights.relief_from_royalty",
        "收益法权重须大于零：评估区间以其为准",
        "the income method must count: the range of values rests on it",
    );
    let l = &p.liquidation;
    found.within("parameters.liquidation.forced_sale_discount", l.forced_sale_discount, 0.0, 0.95);
    found.within("parameters.liquidation.cost", l.cost, 0.0, 0.5);
    found.within("parameters.liquidation.months", l.months, 0.0, 60.0);
    found.within("parameters.liquidation.rate", l.rate, 0.0, 0.5);
    found.within("parameters.validity.months", p.validity.months.into(), 1.0, 24.0);
    found.within(
        "parameters.validity.months_ungraded",
        p.validity.months_ungraded.into(),
        1.0,
        f64::from(p.validity.months.min(24)),
    );
    found.within("parameters.paths", p.paths.into(), 1_000.0, 100_000.0);
    found.0.extend(p.simulation.problem());
    limits(found, p);
}

fn limits(found: &mut Found, p: &Parameters) {
    let o = &p.override_limits;
    let half = Rate::new(Decimal::new(5, 1));
    found.require(
        o.value_up >= Rate::ZERO && o.value_up <= half,
        "parameters.override_limits.value_up",
        "上调限额须在 0 与 0.5 之间",
        "must lie between 0 and 0.5",
    );
    found.require(
        o.value_down >= Rate::ZERO && o.value_down <= Rate::ONE,
        "parameters.override_limits.value_down",
        "下调限额须在 0 与 1 之间",
        "must lie between 0 and 1",
    );
    found.require(
        !o.amount_up.is_negative() && Money::from_yuan(100_000_000).is_ok_and(|max| o.amount_up <= max),
        "parameters.override_limits.amount_up",
        "须在 0 与一亿元之间",
        "must lie between 0 and 100 million yuan",
    );
    found.within("parameters.override_limits.grade_steps_up", o.grade_steps_up.into(), 0.0, 3.0);
    found.within("parameters.override_limits.leaf_points", o.leaf_points, 0.0, 50.0);
    // Below one, not even the model's own estimate could be stated.
    found.require(
        o.revenue_times >= Decimal::ONE && o.revenue_times <= Decimal::TEN,
        "parameters.override_limits.revenue_times",
        "填报收入倍数上限须在 1 与 10 之间",
        "must lie between 1 and 10",
    );
    found.require(
        p.pilot.loan_max.is_positive()
            && Money::from_yuan(PILOT_LOAN_MAX_YUAN).is_ok_and(|max| p.pilot.loan_max <= max),
        "parameters.pilot.loan_max",
        "须大于零且不超过 1000 万元（金发〔2025〕10号）",
        "must be above 0 and at most CNY 10 million (Jin Fa [2025] No. 10)",
    );
}

fn industries(found: &mut Found, p: &Parameters) {
    for industry in Industry::ALL {
        let rows: Vec<_> = p.industries.iter().filter(|row| row.industry == industry).collect();
        let path = format!("parameters.industries.{}", industry.code());
        found.require(
            rows.len() == 1,
            path.clone(),
            format!("{}行业须有且仅有一行", industry.name_zh()),
            format!("{} has exactly one row", industry.name_en()),
        );
        for row in rows {
            found.require(
                (0.0..=0.5).contains(&row.royalty_low)
                    && row.royalty_low <= row.royalty_high
                    && row.royalty_high <= 0.5
                    && row.royalty_high > 0.0,
                format!("{path}.royalty_low"),
                "费率下限不得高于上限，均须在 0 与 0.5 之间",
                "the lowest royalty may not exceed the highest, both within 0–0.5",
            );
            found.within(&format!("{path}.discount_rate"), row.discount_rate, 0.02, 0.6);
            found.within(&format!("{path}.revenue_growth"), row.revenue_growth, -0.3, 0.5);
            found.within(&format!("{path}.half_life_years"), row.half_life_years, 0.5, 30.0);
            found.within(&format!("{path}.first_year_revenue"), row.first_year_revenue, 1.0, 1e11);
            found.within(&format!("{path}.development_cost"), row.development_cost, 1.0, 1e11);
            found.within(&format!("{path}.volatility"), row.volatility, 0.01, 3.0);
        }
    }
}

fn ltv(found: &mut Found, p: &Parameters) {
    let table = &p.ltv;
    let falling =
        table.by_grade.windows(2).all(|pair| matches!(pair, [(a, high), (b, low)] if a < b && high >= low));
    found.require(
        falling && table.by_grade.len() == 7,
        "parameters.ltv.by_grade",
        "七个等级须由高到低各列一次，等级越低质押率上限不得越高",
        "each of the seven grades once, from the best down; a worse grade never has a higher cap",
    );
    for (grade, cap) in &table.by_grade {
        found.require(
            cap.is_share(),
            format!("parameters.ltv.by_grade.{}", grade.as_str()),
            "质押率上限须在 0 与 1 之间",
            "a cap lies between 0 and 1",
        );
    }
    found.require(
        table.ungraded.is_share() && table.by_grade.last().is_none_or(|(_, worst)| table.ungraded <= *worst),
        "parameters.ltv.ungraded",
        "未评级的质押率上限不得高于最低等级",
        "the cap without a grade may not exceed that of the lowest grade",
    );
}

fn overlays(found: &mut Found, overlays: &[Overlay]) {
    found.require(
        overlays.len() <= OVERLAYS_MAX,
        "overlays",
        format!("管理层调整至多 {OVERLAYS_MAX} 项"),
        format!("at most {OVERLAYS_MAX} overlays"),
    );
    let most = Rate::new(Decimal::new(OVERLAY_LIMIT_PERCENT, 2));
    let mut seen = BTreeSet::new();
    for (at, overlay) in overlays.iter().enumerate() {
        let path = |name: &str| format!("overlays.{at}.{name}");
        let chars = |text: &str| text.trim().chars().count();
        found.require(
            (1..=40).contains(&chars(&overlay.code)) && seen.insert(overlay.code.trim().to_owned()),
            path("code"),
            "名称必填、至多 40 字且不得重复",
            "a name of at most 40 characters that is not there twice",
        );
        found.require(
            (1..=1_000).contains(&chars(&overlay.reason)),
            path("reason"),
            "须说明理由，至多 1000 字",
            "state the reason, at most 1,000 characters",
        );
        found.require(
            overlay.limit > Rate::ZERO && overlay.limit <= most,
            path("limit"),
            format!("限额须大于 0 且不超过 {}", most),
            format!("the limit must be above 0 and at most {most}"),
        );
        let size = Rate::new(overlay.adjustment.fraction().abs());
        found.require(
            size > Rate::ZERO && size <= overlay.limit,
            path("adjustment"),
            format!("调整幅度须不为零且不超过其限额 {}", overlay.limit),
            format!("the adjustment must not be zero nor exceed its limit {}", overlay.limit),
        );
        let days = (overlay.until - overlay.from).num_days();
        found.require(
            (0..=OVERLAY_DAYS_MAX).contains(&days),
            path("until"),
            "到期日不得早于起始日，期限至多两年",
            "the last day may not lie before the first, nor more than two years after it",
        );
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn content() -> ModelContent {
        ModelContent::clone(&ModelContent::platform_default().content)
    }

    fn fields(content: &ModelContent) -> Vec<String> {
        problems(content).into_iter().map(|problem| problem.field).collect()
    }

    #[test]
    fn each_broken_rule_is_told_at_its_field() {
        type Spoil = fn(&mut ModelContent);
        let cases: [(Spoil, &str); 10] = [
            (|c| c.tree.scenarios[0].weights = [0.5, 0.5, 0.5], "tree.scenarios.pledge.weights"),
            (|c| c.tree.indices[0].children[0].weight += 0.1, "tree.indices.L.weight"),
            (|c| c.tree.indices[0].children[0].leaves[0].band.points.reverse(), "tree.indices.L.L1.L11.band"),
            (|c| c.parameters.weights.real_option = 0.2, "parameters.weights"),
            (|c| c.parameters.success.by_readiness[8] = 0.1, "parameters.success.by_readiness"),
            (|c| c.parameters.ltv.by_grade[1].1 = Rate::ONE, "parameters.ltv.by_grade"),
            (
                |c| c.parameters.pilot.loan_max = Money::from_yuan(10_000_001).unwrap(),
                "parameters.pilot.loan_max",
            ),
            (
                |c| c.parameters.override_limits.revenue_times = Decimal::new(99, 2),
                "parameters.override_limits.revenue_times",
            ),
            (
                |c| c.parameters.override_limits.revenue_times = Decimal::new(1001, 2),
                "parameters.override_limits.revenue_times",
            ),
            (|c| c.parameters.industries.truncate(5), "parameters.industries.other"),
        ];
        for (spoil, field) in cases {
            let mut spoiled = content();
            spoil(&mut spoiled);
            assert_eq!(fields(&spoiled), [field]);
        }
    }

    #[test]
    fn an_overlay_needs_a_reason_keeps_its_limit_and_ends() {
        let overlay = Overlay {
            code: "lithium".into(),
            reason: "碳酸锂价格回落".into(),
            industry: Some(Industry::LithiumPotassium),
            adjustment: "-0.1".parse().unwrap(),
            limit: "0.15".parse().unwrap(),
            from: "2026-01-01".parse().unwrap(),
            until: "2026-12-31".parse().unwrap(),
        };
        let with = |overlay: Overlay| ModelContent { overlays: vec![overlay], ..content() };
        assert_eq!(fields(&with(overlay.clone())), Vec::<String>::new());
        assert_eq!(fields(&with(Overlay { reason: " ".into(), ..overlay.clone() })), ["overlays.0.reason"]);
        let beyond = Overlay { adjustment: "-0.2".parse().unwrap(), ..overlay.clone() };
        assert_eq!(fields(&with(beyond)), ["overlays.0.adjustment"]);
        let endless = Overlay { until: "2036-12-31".parse().unwrap(), ..overlay };
        assert_eq!(fields(&with(endless)), ["overlays.0.until"]);
    }

    #[test]
    fn a_version_from_before_the_bound_on_stated_revenue_has_the_platforms() {
        let mut text = serde_json::to_value(content()).unwrap();
        let limits = text.pointer_mut("/parameters/override_limits").unwrap().as_object_mut().unwrap();
        assert_eq!(limits.remove("revenue_times"), Some(serde_json::json!("3")));
        let before: ModelContent = serde_json::from_value(text).unwrap();
        assert_eq!(before, content());
        for times in [Decimal::ONE, Decimal::TEN] {
            let mut own = content();
            own.parameters.override_limits.revenue_times = times;
            assert_eq!(fields(&own), Vec::<String>::new(), "{times}");
        }
    }

    proptest! {
        #[test]
        fn weights_of_a_purpose_are_taken_exactly_when_they_sum_to_one(a in 0_u32..=100, b in 0_u32..=100, c in 0_u32..=100) {
            let mut own = content();
            own.tree.scenarios[1].weights = [f64::from(a) / 100.0, f64::from(b) / 100.0, f64::from(c) / 100.0];
            prop_assert_eq!(problems(&own).is_empty(), a + b + c == 100);
        }
    }
}
