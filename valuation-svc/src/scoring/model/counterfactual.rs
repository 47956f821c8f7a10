//! What would raise the score, and by how much: each change is scored again, nothing is estimated.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    facts::ScoringFacts,
    leaf::LeafCode,
    score::{Assessment, assess},
    tree::{IndexTree, Scenario},
};

/// One change with its effect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Counterfactual {
    /// The leaf that it moves most.
    pub leaf: LeafCode,
    /// The change in Chinese.
    pub change_zh: String,
    /// The change in English.
    pub change_en: String,
    /// The total after it.
    pub total: f64,
    /// Points gained.
    pub gain: f64,
}

type Change = (LeafCode, &'static str, &'static str, fn(&mut ScoringFacts) -> bool);

/// A change answers whether it applies: a fact that is unknown is not improved, it is first to be recorded.
const CHANGES: &[Change] = &[
    (LeafCode::L23, "新增两个海外同族国家或地区", "two more overseas family members", |f| {
        add(&mut f.family_countries, 2)
    }),
    (LeafCode::T51, "技术就绪度提高一级", "technology readiness one level up", |f| {
        match &mut f.grades.trl {
            Some(trl) if *trl < 9 => {
                *trl += 1;
                true
            }
            _ => false,
        }
    }),
    (LeafCode::E32, "备案一个专利产品", "one product filed as made under the patent", |f| {
        add(&mut f.product_filings, 1)
    }),
    (LeafCode::E41, "登记一项许可", "one more licence recorded", |f| add(&mut f.licences, 1)),
    (LeafCode::E12, "补缴年费", "annuities paid up", |f| match f.annuities_paid {
        Some(false) => {
            f.annuities_paid = Some(true);
            true
        }
        _ => false,
    }),
    (
        LeafCode::L12,
        "未决异议、无效请求和诉讼全部以维持权利了结",
        "every open challenge and lawsuit ends with the right upheld",
        |f| {
            let open = f.challenges_pending.unwrap_or(0);
            if open == 0 && f.litigation.unwrap_or(0) == 0 {
                return false;
            }
            f.challenges_survived = f.challenges_survived.map(|n| n.saturating_add(open));
            f.challenges_pending = f.challenges_pending.map(|_| 0);
            f.litigation = f.litigation.map(|_| 0);
            true
        },
    ),
    (LeafCode::E31, "市场规模与前景评级提高一级", "market grade one step up", |f| match &mut f
        .grades
        .market
    {
        Some(grade) if *grade < 5 => {
            *grade += 1;
            true
        }
        _ => false,
    }),
];

fn add(fact: &mut Option<u32>, more: u32) -> bool {
    if let Some(n) = fact {
        *n = n.saturating_add(more);
    }
    fact.is_some()
}

/// The changes that would raise the total, the largest gain first. Empty where the patent is not assessable.
#[must_use]
pub fn counterfactuals(
    tree: &IndexTree,
    scenario: Scenario,
    facts: &ScoringFacts,
    valuation_date: NaiveDate,
) -> Vec<Counterfactual> {
    let Assessment::Assessed(now) = assess(tree, scenario, facts, valuation_date) else { return Vec::new() };
    let mut found: Vec<Counterfactual> = CHANGES
        .iter()
        .filter_map(|(leaf, zh, en, change)| {
            let mut changed = facts.clone();
            if !change(&mut changed) {
                return None;
            }
            let Assessment::Assessed(then) = assess(tree, scenario, &changed, valuation_date) else {
                return None;
            };
            let gain = then.total - now.total;
            (gain > 0.005).then(|| Counterfactual {
                leaf: *leaf,
                change_zh: (*zh).into(),
                change_en: (*en).into(),
                total: then.total,
                gain,
            })
        })
        .collect();
    found.sort_by(|a, b| b.gain.total_cmp(&a.gain));
    found
}
