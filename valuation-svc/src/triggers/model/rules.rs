//! What an organisation has set: which causes ask for a revaluation, how much must have happened, how long it has.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Cause;

/// The longest deadline, days.
const DAYS_MAX: u32 = 365;

/// The rule of one cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CauseRule {
    /// The cause.
    pub cause: Cause,
    /// Whether it asks for a revaluation at all.
    pub enabled: bool,
    /// Days from the day it was noticed to the deadline. The end of validity is its own deadline.
    pub deadline_days: u32,
    /// How much must have happened: of `market_moved` the share by which the index moved (0.15 is 15 %), of
    /// `validity_ending` the days before the end, of `aged` the months since the valuation date. Absent for the others.
    pub threshold: Option<Decimal>,
}

/// The rules of an organisation: one for each cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TriggerRules {
    /// One rule for each cause.
    pub rules: Vec<CauseRule>,
}

impl Default for TriggerRules {
    /// The platform's defaults; no law sets them.
    fn default() -> Self {
        let rule =
            |cause, deadline_days, threshold| CauseRule { cause, enabled: true, deadline_days, threshold };
        Self {
            rules: vec![
                rule(Cause::AnnuityMissed, 30, None),
                rule(Cause::InvalidationFiled, 15, None),
                rule(Cause::OwnershipDisputed, 15, None),
                rule(Cause::Preserved, 10, None),
                rule(Cause::RightEnded, 5, None),
                rule(Cause::Transferred, 30, None),
                rule(Cause::MarketMoved, 30, Some(Decimal::new(15, 2))),
                rule(Cause::ValidityEnding, 30, Some(Decimal::from(30))),
                rule(Cause::Aged, 30, Some(Decimal::from(12))),
                rule(Cause::ModelRetired, 60, None),
            ],
        }
    }
}

impl TriggerRules {
    /// The rule of a cause; nothing where it does not ask for a revaluation.
    #[must_use]
    pub fn of(&self, cause: Cause) -> Option<&CauseRule> {
        self.rules.iter().find(|rule| rule.cause == cause && rule.enabled)
    }

    /// What of it cannot be: field, in Chinese, in English.
    #[must_use]
    pub fn faults(&self) -> Vec<(String, String, String)> {
        let mut faults = Vec::new();
        for cause in Cause::ALL {
            let found: Vec<&CauseRule> = self.rules.iter().filter(|rule| rule.cause == cause).collect();
            let [rule] = found.as_slice() else {
                faults.push((
                    "rules".to_owned(),
                    format!("“{}”须恰有一条规则。", cause.name_zh()),
                    format!("There must be exactly one rule for “{}”.", cause.name_en()),
                ));
                continue;
            };
            if !(1..=DAYS_MAX).contains(&rule.deadline_days) {
                faults.push((
                    format!("rules.{}.deadline_days", cause.name()),
                    format!("重估期限须为 1 至 {DAYS_MAX} 天。"),
                    format!("The deadline is 1 to {DAYS_MAX} days."),
                ));
            }
            if let Some((zh, en)) = threshold_fault(rule) {
                faults.push((format!("rules.{}.threshold", cause.name()), zh.to_owned(), en.to_owned()));
            }
        }
        faults
    }
}

fn threshold_fault(rule: &CauseRule) -> Option<(&'static str, &'static str)> {
    let whole = |low: i64, high: i64| {
        rule.threshold.is_some_and(|value| {
            value.fract().is_zero() && value >= Decimal::from(low) && value <= Decimal::from(high)
        })
    };
    match rule.cause {
        Cause::MarketMoved => {
            let holds =
                rule.threshold.is_some_and(|value| value >= Decimal::new(1, 2) && value <= Decimal::ONE);
            (!holds).then_some(("变动幅度须在 0.01 与 1 之间。", "The move lies between 0.01 and 1."))
        }
        Cause::ValidityEnding => {
            (!whole(1, 180)).then_some(("须为 1 至 180 的整数天。", "Must be whole days, 1 to 180."))
        }
        Cause::Aged => {
            (!whole(1, 60)).then_some(("须为 1 至 60 的整数月。", "Must be whole months, 1 to 60."))
        }
        _ => rule
            .threshold
            .is_some()
            .then_some(("该触发原因没有阈值，请留空。", "This cause has no threshold: leave it out.")),
    }
}
