//! Refusals of the rules as the caller hears them.

use http_kit::Problem;

use super::model::{BeyondModel, NotAssessed};

/// Why there is no valuation.
pub(crate) fn refusal(why: NotAssessed) -> Problem {
    match why {
        NotAssessed::Grounds(grounds) => {
            let zh: Vec<&str> = grounds.iter().map(|g| g.zh.as_str()).collect();
            let en: Vec<&str> = grounds.iter().map(|g| g.en.as_str()).collect();
            let (zh, en) = (zh.join("；"), en.join("; "));
            Problem::refused(
                "not-assessable",
                format!("该专利不予评估：{zh}。消除上述情形后可重新申请。"),
                format!("The patent is not assessed: {en}. Ask again when this no longer holds."),
            )
            .with("grounds", grounds)
        }
        NotAssessed::Figure(error) => Problem::invalid(
            "cannot-be-calculated",
            format!("参数无法计算：{}", error.zh),
            format!("A figure cannot be calculated with: {}", error.en),
        )
        .with_field(error.field, error.zh, error.en),
    }
}

/// What was stated carries the value further above the model than an override might.
pub(super) fn beyond(found: BeyondModel) -> Problem {
    let BeyondModel { model, most, stated } = found;
    Problem::refused(
        "valuation-beyond-model",
        format!(
            "按所填方法、权重或参数，质押估值为 {stated} 元，高于模型限额 {most} 元（模型估值 {model} 元）。请按模型估值后提出人工调整并由另一人签署；超过限额的，请修订模型或取得外部评估报告。"
        ),
        format!(
            "What was stated brings the pledge's value to {stated} yuan, above the {most} that the model's limits allow (the model says {model}). Value by the model and propose an override for a second signature; beyond the limits revise the model or obtain an external report."
        ),
    )
    .with("model_value", model)
    .with("most", most)
    .with("stated_value", stated)
}
