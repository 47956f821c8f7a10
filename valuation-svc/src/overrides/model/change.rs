//! What a person puts in the model's place, and the limits of the model's version on it.

use chrono::NaiveDate;
use finance::{Money, MoneyError, Rate, Rounding};
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    appraisal::model::collateral::collateral,
    models::model::Parameters,
    scoring::model::Grade,
    valuations::model::{Appraised, Figures, LeafMoved},
};

/// What is put in the model's place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = OverrideChange)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// Another value.
    Value {
        /// Yuan.
        value: Money,
    },
    /// Another grade.
    Grade {
        /// The grade.
        grade: Grade,
    },
    /// Other scores of leaves; score, value and collateral follow from them by the same model.
    Leaves {
        /// The leaves.
        leaves: Vec<LeafMoved>,
    },
}

impl Change {
    /// The word of the kind.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Value { .. } => "value",
            Self::Grade { .. } => "grade",
            Self::Leaves { .. } => "leaves",
        }
    }
}

/// Why the model is overridden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReasonCode {
    /// 近期可比交易
    RecentTransaction,
    /// 模型未反映的事实
    FactNotInModel,
    /// 外部评估报告
    ExternalReport,
    /// 法律或权属风险
    LegalRisk,
    /// 市场变化
    MarketChange,
    /// 数据质量
    DataQuality,
}

impl ReasonCode {
    /// The word in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RecentTransaction => "recent_transaction",
            Self::FactNotInModel => "fact_not_in_model",
            Self::ExternalReport => "external_report",
            Self::LegalRisk => "legal_risk",
            Self::MarketChange => "market_change",
            Self::DataQuality => "data_quality",
        }
    }
}

/// Where a proposal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OverrideStatus {
    /// 待审批
    Proposed,
    /// 已批准
    Approved,
    /// 已否决
    Refused,
}

impl OverrideStatus {
    /// The word in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Approved => "approved",
            Self::Refused => "refused",
        }
    }

    /// The status of a word.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        [Self::Proposed, Self::Approved, Self::Refused].into_iter().find(|status| status.name() == name)
    }
}

/// A limit of the model's version that a change passes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeyondLimit {
    /// The field of the change.
    pub field: &'static str,
    /// The lowest or highest that is allowed, in Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// Why a change is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It passes a limit.
    Beyond(BeyondLimit),
    /// It changes nothing.
    Nothing,
    /// The model gave no grade, so that there is none to move.
    Ungraded,
    /// The leaf rests on no fact: the fact is to be recorded instead.
    Missing(String),
    /// The sums are beyond the range of money.
    Range,
}

impl From<MoneyError> for Refusal {
    fn from(_: MoneyError) -> Self {
        Self::Range
    }
}

/// The figures that would hold of a valuation of a day. For other leaves `again` is the appraisal made with them.
///
/// # Errors
/// [`Refusal`] says which limit is passed or why nothing would change.
pub fn figures_of(
    model: &Appraised,
    (parameters, on): (&Parameters, NaiveDate),
    change: &Change,
    again: Option<&Appraised>,
) -> Result<Figures, Refusal> {
    let own = Figures::of(model);
    let found = match (change, again) {
        (Change::Value { value }, _) => {
            within(own.value, *value, parameters)?;
            Figures {
                low: own.low.min(*value),
                value: *value,
                high: own.high.max(*value),
                ..lent(&own, *value, own.ltv_cap, (parameters, on))?
            }
        }
        (Change::Grade { grade }, _) => {
            let before = own.grade.ok_or(Refusal::Ungraded)?;
            let steps = rank(parameters, before).saturating_sub(rank(parameters, *grade));
            let most = usize::from(parameters.override_limits.grade_steps_up);
            if steps > most {
                return Err(beyond(
                    "grade",
                    format!("等级最多上调 {most} 级，模型等级为 {before}"),
                    format!("a grade may rise by at most {most}; the model says {before}"),
                ));
            }
            let cap = parameters.ltv.cap(Some(*grade));
            Figures { grade: Some(*grade), ltv_cap: cap, ..lent(&own, own.value, cap, (parameters, on))? }
        }
        (Change::Leaves { leaves }, Some(again)) => {
            moved(model, parameters, leaves)?;
            let found = Figures::of(again);
            within(own.value, found.value, parameters)?;
            found
        }
        (Change::Leaves { .. }, None) => return Err(Refusal::Nothing),
    };
    if found == own { Err(Refusal::Nothing) } else { Ok(found) }
}

fn beyond(field: &'static str, zh: String, en: String) -> Refusal {
    Refusal::Beyond(BeyondLimit { field, zh, en })
}

/// From 0 for the best grade.
fn rank(parameters: &Parameters, grade: Grade) -> usize {
    parameters.ltv.by_grade.iter().position(|(own, _)| *own == grade).unwrap_or(usize::MAX)
}

/// A value within the limits of the model's version, by share and by amount.
fn within(model: Money, value: Money, parameters: &Parameters) -> Result<(), Refusal> {
    let limits = &parameters.override_limits;
    let least = model.checked_sub(model.scale(limits.value_down, Rounding::Down)?)?;
    let most = limits.most_above(model)?;
    if value.is_positive() && value >= least && value <= most {
        return Ok(());
    }
    Err(beyond(
        "value",
        format!("模型评估值为 {model} 元，按模型限额可调整至 {least} 元到 {most} 元之间"),
        format!(
            "the model says {model} yuan; by its limits a value of {least} to {most} yuan may be proposed"
        ),
    ))
}

/// Collateral and loan on another value or with another cap.
fn lent(
    own: &Figures,
    value: Money,
    cap: Rate,
    (parameters, on): (&Parameters, NaiveDate),
) -> Result<Figures, Refusal> {
    let terms = parameters.liquidation.terms();
    let found = collateral(value, &terms, cap).map_err(|_| Refusal::Range)?;
    let sold = (1.0 - terms.forced_sale_discount) * (1.0 - terms.cost);
    let sold =
        Decimal::from_f64_retain(sold).map(|sold| Rate::new(sold.round_dp(6))).ok_or(Refusal::Range)?;
    Ok(Figures {
        collateral_value: found.collateral_value,
        maximum_loan: found.maximum_loan,
        net_realisable: value.scale(sold, Rounding::HalfUp)?,
        external_report_required: parameters.pilot.passed_by(found.maximum_loan, on),
        ..own.clone()
    })
}

fn moved(model: &Appraised, parameters: &Parameters, leaves: &[LeafMoved]) -> Result<(), Refusal> {
    let most =
        Decimal::from_f64_retain(parameters.override_limits.leaf_points).unwrap_or_default().normalize();
    let all = || model.score.indices.iter().flat_map(|i| &i.subindices).flat_map(|s| &s.leaves);
    for own in leaves {
        let code = format!("{:?}", own.leaf);
        let leaf = all().find(|leaf| leaf.code == own.leaf);
        let score = leaf.and_then(|leaf| leaf.score).ok_or_else(|| Refusal::Missing(code.clone()))?;
        let fits = own.score >= Decimal::ZERO && own.score <= Decimal::ONE_HUNDRED;
        if !fits || (own.score - score).abs() > most {
            return Err(beyond(
                "leaves",
                format!("指标 {code} 的模型得分为 {score}，最多调整 {most} 分且须在 0 至 100 之间"),
                format!("leaf {code} scores {score}; it may be moved by at most {most} points, within 0–100"),
            ));
        }
    }
    Ok(())
}

/// By how much of the model's value the value moves, in basis points; by the loan where the value stays.
#[must_use]
pub fn size(model: &Figures, found: &Figures) -> i64 {
    let share = |after: Money, before: Money| {
        let moved = after.checked_sub(before).ok()?;
        let ratio = moved.ratio_of(before)?;
        (ratio.fraction() * Decimal::from(10_000)).round().to_i64()
    };
    match share(found.value, model.value) {
        Some(moved) if moved != 0 => moved,
        _ => share(found.maximum_loan, model.maximum_loan).unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;
    use crate::{
        catalogue::{PatentRecord, generated::generated_patents},
        models::model::ModelContent,
        scoring::model::Scenario,
        valuations::model::{Inputs, appraise},
    };

    fn parameters() -> &'static Parameters {
        &ModelContent::platform_default().content.parameters
    }

    fn day() -> NaiveDate {
        "2026-11-24".parse().unwrap()
    }

    /// The first made-up patent with a grade that can rise and fall.
    static VALUED: LazyLock<(Inputs, Appraised)> = LazyLock::new(|| {
        let on = "2026-11-24".parse().unwrap();
        let owner = contracts::OrgId::from_uuid(uuid::Uuid::from_u128(9));
        let graded = |patent: PatentRecord| {
            let inputs = Inputs::platform(patent, Scenario::Pledge, on, 1);
            let found = appraise(&inputs, &ModelContent::platform_default().content).ok()?;
            let grade = found.score.grade?;
            (grade > Grade::AAA && grade < Grade::C).then_some((inputs, found))
        };
        generated_patents(3, 40, on, &[(owner, "甲公司")]).into_iter().find_map(graded).unwrap()
    });

    fn scaled(money: Money, percent: i64) -> Money {
        money.scale(Rate::from_basis_points(percent * 100), Rounding::Down).unwrap()
    }

    #[test]
    fn a_value_within_the_limits_carries_collateral_and_loan_with_it_and_one_beyond_is_refused() {
        let model = &VALUED.1;
        let own = Figures::of(model);
        let to = |percent| Change::Value { value: scaled(own.value, percent) };
        let found = figures_of(model, (parameters(), day()), &to(80), None).unwrap();
        assert_eq!(found.value, scaled(own.value, 80));
        assert!(found.collateral_value < own.collateral_value && found.maximum_loan < own.maximum_loan);
        assert!(found.low <= found.value && found.value <= found.high);
        assert_eq!(size(&own, &found), -2_000);
        for percent in [40, 112] {
            let refused = figures_of(model, (parameters(), day()), &to(percent), None);
            assert!(matches!(refused, Err(Refusal::Beyond(BeyondLimit { field: "value", .. }))), "{percent}");
        }
        let same = Change::Value { value: own.value };
        assert_eq!(figures_of(model, (parameters(), day()), &same, None), Err(Refusal::Nothing));
    }

    #[test]
    fn what_an_override_lets_be_lent_needs_an_external_report_from_the_first_day_of_the_rule() {
        let model = &VALUED.1;
        let mut parameters = parameters().clone();
        parameters.pilot.loan_max = Money::ZERO;
        let change = Change::Value { value: scaled(model.value.value, 80) };
        let first = parameters.pilot.effective_from;
        for (on, required) in [(first.pred_opt().unwrap(), false), (first, true)] {
            let found = figures_of(model, (&parameters, on), &change, None).unwrap();
            assert_eq!(found.external_report_required, required, "{on}");
        }
    }

    #[test]
    fn a_grade_rises_by_the_steps_allowed_and_moves_the_cap() {
        let model = &VALUED.1;
        let before = model.score.grade.unwrap();
        let table = &parameters().ltv.by_grade;
        let at = table.iter().position(|(grade, _)| *grade == before).unwrap();
        let better = Change::Grade { grade: table[at - 1].0 };
        let found = figures_of(model, (parameters(), day()), &better, None).unwrap();
        assert_eq!((found.value, found.ltv_cap), (model.value.value, table[at - 1].1));
        assert!(found.maximum_loan > model.collateral.maximum_loan);
        let worst = Change::Grade { grade: Grade::C };
        assert!(figures_of(model, (parameters(), day()), &worst, None).unwrap().maximum_loan.is_zero());
    }

    #[test]
    fn leaves_move_by_the_points_allowed_and_the_same_model_is_calculated_again() {
        let (inputs, model) = &*VALUED;
        let content = &ModelContent::platform_default().content;
        let leaf = model
            .score
            .indices
            .iter()
            .flat_map(|i| &i.subindices)
            .flat_map(|s| &s.leaves)
            .find(|leaf| leaf.score.is_some_and(|score| score <= Decimal::from(90)))
            .unwrap();
        let score = leaf.score.unwrap() + Decimal::ONE;
        let change = |score| Change::Leaves { leaves: vec![LeafMoved { leaf: leaf.code, score }] };
        let again = |score| {
            let leaves = vec![LeafMoved { leaf: leaf.code, score }];
            appraise(&Inputs { leaves, ..inputs.clone() }, content).unwrap()
        };
        let found = figures_of(model, (parameters(), day()), &change(score), Some(&again(score))).unwrap();
        assert!(found.score >= model.score.total);
        let far = if score > Decimal::from(50) { Decimal::ZERO } else { Decimal::ONE_HUNDRED };
        let refused = figures_of(model, (parameters(), day()), &change(far), Some(&again(far)));
        assert!(matches!(refused, Err(Refusal::Beyond(BeyondLimit { field: "leaves", .. }))));
    }

    proptest! {
        #[test]
        fn no_override_of_a_value_ever_passes_the_limits(percent in 1_i64..300) {
            let model = &VALUED.1;
            let value = scaled(model.value.value, percent);
            let found = figures_of(model, (parameters(), day()), &Change::Value { value }, None);
            let most = model.value.value.checked_add(parameters().override_limits.amount_up).unwrap();
            match found {
                Ok(found) => {
                    prop_assert!((50..=110).contains(&percent) && found.value <= most);
                    prop_assert!(found.maximum_loan <= found.collateral_value && found.collateral_value <= found.value);
                }
                Err(_) => prop_assert!(percent <= 50 || percent >= 100),
            }
        }
    }
}
