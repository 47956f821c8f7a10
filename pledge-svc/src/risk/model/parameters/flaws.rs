//! What is wrong with a bank's parameters of risk: laxer than the law, out of range, or contradicting each other.

use finance::Rate;
use rust_decimal::Decimal;

use super::{RiskParameters, SCENARIOS_MAX, Thresholds, YEARS_MAX};
use crate::parameters::Flaw;

/// The longest waiting time a bank may set, in months.
const MONTHS_MAX: u32 = 120;
/// The largest factor of a scenario.
const FACTOR_MAX: i64 = 10;

pub(super) fn flaws(set: &RiskParameters) -> Vec<Flaw> {
    let mut found = Vec::new();
    thresholds(&set.classification, &mut found);
    staging(set, &mut found);
    curves(set, &mut found);
    lgd(set, &mut found);
    scenarios(set, &mut found);
    floors(set, &mut found);
    warnings(set, &mut found);
    found
}

/// The law's numbers are the laxest: 商业银行金融资产风险分类办法 (2023).
fn thresholds(set: &Thresholds, found: &mut Vec<Flaw>) {
    let law = Thresholds::default();
    let days = [
        ("substandard_after_days", set.substandard_after_days, law.substandard_after_days),
        ("doubtful_after_days", set.doubtful_after_days, law.doubtful_after_days),
        ("loss_after_days", set.loss_after_days, law.loss_after_days),
    ];
    for (field, value, most) in days {
        if !(0..=most).contains(&value) {
            found.push(Flaw::new(
                format!("classification.{field}"),
                format!("须为 0 至 {most} 天：可以严于监管规定，不得宽于监管规定。"),
                format!("Must be 0 to {most} days: stricter than the rules is admitted, laxer is not."),
            ));
        }
    }
    if set.substandard_after_days >= set.doubtful_after_days || set.doubtful_after_days >= set.loss_after_days
    {
        found.push(Flaw::new(
            "classification.doubtful_after_days",
            "次级、可疑、损失的逾期天数须依次增大。",
            "The days for substandard, doubtful and loss must rise in this order.",
        ));
    }
    let shares = [
        ("debtor_share", set.debtor_share, law.debtor_share),
        ("all_banks_share", set.all_banks_share, law.all_banks_share),
        ("doubtful_impairment", set.doubtful_impairment, law.doubtful_impairment),
        ("loss_impairment", set.loss_impairment, law.loss_impairment),
    ];
    for (field, value, most) in shares {
        if value < Rate::ZERO || value > most {
            found.push(Flaw::new(
                format!("classification.{field}"),
                format!("须为 0 至 {most}：可以严于监管规定，不得宽于监管规定。"),
                format!("Must be 0 to {most}: stricter than the rules is admitted, laxer is not."),
            ));
        }
    }
    if set.doubtful_impairment >= set.loss_impairment {
        found.push(Flaw::new(
            "classification.loss_impairment",
            "损失类的减值比例须高于可疑类。",
            "The impairment for loss must lie above that for doubtful.",
        ));
    }
    let waits = [
        ("observation_months", set.observation_months, law.observation_months, MONTHS_MAX),
        ("observation_periods", set.observation_periods, law.observation_periods, MONTHS_MAX),
        ("upgrade_months", set.upgrade_months, law.upgrade_months, MONTHS_MAX),
    ];
    for (field, value, least, most) in waits {
        if !(least..=most).contains(&value) {
            found.push(Flaw::new(
                format!("classification.{field}"),
                format!("须为 {least} 至 {most}：可以严于监管规定，不得宽于监管规定。"),
                format!("Must be {least} to {most}: stricter than the rules is admitted, laxer is not."),
            ));
        }
    }
}

/// Both presumptions of the standard may be rebutted only towards the earlier day.
fn staging(set: &RiskParameters, found: &mut Vec<Flaw>) {
    let staging = set.staging;
    if !(0..=30).contains(&staging.increased_after_days) {
        found.push(Flaw::new(
            "staging.increased_after_days",
            "须为 0 至 30 天（CAS 22：逾期超过 30 日推定信用风险显著增加）。",
            "Must be 0 to 30 days (IFRS 9: more than 30 days overdue is presumed a significant increase).",
        ));
    }
    if !(1..=90).contains(&staging.impaired_after_days)
        || staging.impaired_after_days <= staging.increased_after_days
    {
        found.push(Flaw::new(
            "staging.impaired_after_days",
            "须为 1 至 90 天，并大于信用风险显著增加的天数（CAS 22：逾期超过 90 日推定违约）。",
            "Must be 1 to 90 days and more than those of a significant increase (IFRS 9: default is presumed beyond 90).",
        ));
    }
}

fn curves(set: &RiskParameters, found: &mut Vec<Flaw>) {
    let curves = [
        ("pd.normal", &set.pd.normal),
        ("pd.watched", &set.pd.watched),
        ("pd.special_mention", &set.pd.special_mention),
    ];
    for (field, years) in curves {
        if years.is_empty() || years.len() > YEARS_MAX {
            found.push(Flaw::new(
                field,
                format!("须给出 1 至 {YEARS_MAX} 年的违约概率。"),
                format!("Give the probabilities of 1 to {YEARS_MAX} years."),
            ));
        }
        for (index, pd) in years.iter().enumerate().take(YEARS_MAX) {
            if *pd <= Rate::ZERO || *pd > Rate::ONE {
                found.push(Flaw::new(
                    format!("{field}[{index}]"),
                    "违约概率须大于 0 且不超过 1。",
                    "A probability of default must be above 0 and at most 1.",
                ));
            }
        }
    }
    let first = |years: &[Rate]| years.first().copied().unwrap_or(Rate::ZERO);
    if first(&set.pd.normal) > first(&set.pd.watched)
        || first(&set.pd.watched) > first(&set.pd.special_mention)
    {
        found.push(Flaw::new(
            "pd.watched[0]",
            "首年违约概率须按正常、观察名单、关注依次不减。",
            "The first year's probability may not fall from normal over watched to special-mention.",
        ));
    }
}

fn lgd(set: &RiskParameters, found: &mut Vec<Flaw>) {
    let lgd = set.lgd;
    let all = [
        ("lgd.unguaranteed", lgd.unguaranteed),
        ("lgd.guaranteed", lgd.guaranteed),
        ("lgd.collateral_realisation", lgd.collateral_realisation),
        ("lgd.floor", lgd.floor),
        ("commitments.conversion", set.commitments.conversion),
    ];
    for (field, value) in all {
        if !value.is_share() {
            found.push(Flaw::new(field, "比例须在 0 与 1 之间。", "The ratio must lie between 0 and 1."));
        }
    }
    if lgd.floor > lgd.unguaranteed {
        found.push(Flaw::new(
            "lgd.floor",
            "下限不得高于无担保部分的违约损失率。",
            "The floor may not lie above the loss on the unguaranteed part.",
        ));
    }
}

fn scenarios(set: &RiskParameters, found: &mut Vec<Flaw>) {
    let all = &set.scenarios.0;
    if all.is_empty() || all.len() > SCENARIOS_MAX {
        found.push(Flaw::new(
            "scenarios",
            format!("须有 1 至 {SCENARIOS_MAX} 个情景。"),
            format!("There must be 1 to {SCENARIOS_MAX} scenarios."),
        ));
    }
    let sum: Decimal = all.iter().map(|one| one.weight.fraction()).sum();
    if sum != Decimal::ONE {
        found.push(Flaw::new(
            "scenarios[0].weight",
            format!("各情景权重合计须为 1，现为 {sum}。"),
            format!("The weights must sum to 1; they sum to {sum}."),
        ));
    }
    let most = Rate::new(Decimal::from(FACTOR_MAX));
    for (index, one) in all.iter().enumerate().take(SCENARIOS_MAX) {
        if !(1..=40).contains(&one.name.trim().chars().count()) || one.name.chars().any(char::is_control) {
            found.push(Flaw::new(
                format!("scenarios[{index}].name"),
                "名称必填，最多 40 个字符。",
                "The name is required, at most 40 characters.",
            ));
        }
        if !one.weight.is_share() {
            found.push(Flaw::new(
                format!("scenarios[{index}].weight"),
                "权重须在 0 与 1 之间。",
                "The weight must lie between 0 and 1.",
            ));
        }
        for (field, factor) in [("pd_factor", one.pd_factor), ("lgd_factor", one.lgd_factor)] {
            if factor <= Rate::ZERO || factor > most {
                found.push(Flaw::new(
                    format!("scenarios[{index}].{field}"),
                    format!("系数须大于 0 且不超过 {FACTOR_MAX}。"),
                    format!("The factor must be above 0 and at most {FACTOR_MAX}."),
                ));
            }
        }
    }
}

fn floors(set: &RiskParameters, found: &mut Vec<Flaw>) {
    let law = super::Floors::default();
    let floors = set.provision_floor;
    let all = [
        ("normal", floors.normal, law.normal),
        ("special_mention", floors.special_mention, law.special_mention),
        ("substandard", floors.substandard, law.substandard),
        ("doubtful", floors.doubtful, law.doubtful),
        ("loss", floors.loss, law.loss),
    ];
    for (field, value, least) in all {
        if value < least || value > Rate::ONE {
            found.push(Flaw::new(
                format!("provision_floor.{field}"),
                format!("计提比例须为 {least} 至 1：不得低于监管规定。"),
                format!("The ratio must be {least} to 1: not below the rules."),
            ));
        }
    }
}

fn warnings(set: &RiskParameters, found: &mut Vec<Flaw>) {
    let warnings = set.warnings;
    if !(1..=90).contains(&warnings.overdue_days) {
        found.push(Flaw::new("warnings.overdue_days", "须为 1 至 90 天。", "Must be 1 to 90 days."));
    }
    if warnings.concentration_share <= Rate::ZERO || warnings.concentration_share > Rate::ONE {
        found.push(Flaw::new(
            "warnings.concentration_share",
            "比例须大于 0 且不超过 1。",
            "The ratio must be above 0 and at most 1.",
        ));
    }
    if warnings.patent_life_margin_months > MONTHS_MAX {
        found.push(Flaw::new(
            "warnings.patent_life_margin_months",
            format!("最多 {MONTHS_MAX} 个月。"),
            format!("At most {MONTHS_MAX} months."),
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::ParameterSet;

    fn fields(change: impl FnOnce(&mut RiskParameters)) -> Vec<String> {
        let mut set = RiskParameters::default();
        change(&mut set);
        set.flaws().into_iter().map(|flaw| flaw.field).collect()
    }

    #[test]
    fn a_bank_may_be_stricter_than_the_law_but_not_laxer() {
        assert!(fields(|_| {}).is_empty());
        assert!(fields(|set| set.classification.substandard_after_days = 60).is_empty());
        assert!(fields(|set| set.classification.upgrade_months = 12).is_empty());
        assert!(fields(|set| set.provision_floor.normal = Rate::from_basis_points(150)).is_empty());
        assert_eq!(
            fields(|set| set.classification.substandard_after_days = 91),
            ["classification.substandard_after_days"]
        );
        assert_eq!(fields(|set| set.classification.upgrade_months = 5), ["classification.upgrade_months"]);
        assert_eq!(
            fields(|set| set.provision_floor.substandard = Rate::from_basis_points(2_499)),
            ["provision_floor.substandard"]
        );
        assert_eq!(fields(|set| set.staging.increased_after_days = 31), ["staging.increased_after_days"]);
    }

    #[test]
    fn scenarios_weigh_one_together() {
        assert_eq!(
            fields(|set| set.scenarios.0[0].weight = Rate::from_basis_points(5_000)),
            ["scenarios[0].weight"]
        );
        assert_eq!(fields(|set| set.scenarios.0.clear()), ["scenarios", "scenarios[0].weight"]);
    }

    #[test]
    fn probabilities_do_not_fall_with_the_tier() {
        assert_eq!(fields(|set| set.pd.watched[0] = Rate::from_basis_points(100)), ["pd.watched[0]"]);
        assert_eq!(fields(|set| set.pd.normal = vec![]), ["pd.normal"]);
        assert_eq!(fields(|set| set.pd.special_mention[1] = Rate::ZERO), ["pd.special_mention[1]"]);
    }

    #[test]
    fn a_set_of_which_only_a_part_was_sent_takes_the_defaults_for_the_rest() {
        let set: RiskParameters =
            serde_json::from_str(r#"{"staging": {"increased_after_days": 15}}"#).unwrap();
        assert_eq!(set.staging.increased_after_days, 15);
        assert_eq!(set.staging.impaired_after_days, 90);
        assert_eq!(set.pd, RiskParameters::default().pd);
        assert!(serde_json::from_str::<RiskParameters>(r#"{"stagings": {}}"#).is_err());
    }
}
