//! Refusals of the rules as the caller hears them.

use http_kit::Problem;

use super::model::{BeyondKnown, BeyondModel, KnownRevenue, NotAssessed};

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

/// What was stated carries value or grade further above the model than an override might.
pub(super) fn beyond(found: BeyondModel) -> Problem {
    match found {
        BeyondModel::Value { model, most, stated } => Problem::refused(
            "valuation-beyond-model",
            format!(
                "按所填方法、权重、参数或人工评级，质押估值为 {stated} 元，高于模型限额 {most} 元（按在案评级的模型估值 {model} 元）。请按模型估值后提出人工调整并由另一人签署；超过限额的，请修订模型或取得外部评估报告。"
            ),
            format!(
                "What was stated brings the pledge's value to {stated} yuan, above the {most} that the model's limits allow (by the grades on record the model says {model}). Value by the model and propose an override for a second signature; beyond the limits revise the model or obtain an external report."
            ),
        )
        .with("model_value", model)
        .with("most", most)
        .with("stated_value", stated),
        BeyondModel::Grade { model, steps, stated } => {
            let (own_zh, own_en) = model.map_or(("不评级", "no grade"), |own| (own.as_str(), own.as_str()));
            Problem::refused(
                "valuation-beyond-model",
                format!(
                    "按所填人工评级，专利等级为 {stated}；按在案评级为{own_zh}，至多可上调 {steps} 级，不评级的不得上调。请先将评级记入专利档案（盘点验收或企业专家评价），或按模型估值后提出人工调整并由另一人签署。",
                    stated = stated.as_str()
                ),
                format!(
                    "The grades stated bring the patent to {stated}; by those on record it has {own_en}, which may rise by at most {steps}, and not from none. Have the grades put on record first (a stocktake's review, the experts' evaluation), or value by the model and propose an override for a second signature.",
                    stated = stated.as_str()
                ),
            )
            .with("model_grade", model)
            .with("stated_grade", stated)
        }
    }
}

/// Filed sales as a refusal names them: the year with the sum or the step that it reaches; nothing where there are none.
fn sales(known: Option<&KnownRevenue>) -> Option<(String, String)> {
    match known? {
        KnownRevenue::ProductFilings { year, revenue } => {
            Some((format!("{year} 年 {revenue} 元"), format!("{revenue} in {year}")))
        }
        KnownRevenue::ProductFilingsAtLeast { year, revenue } => {
            Some((format!("{year} 年不低于 {revenue} 元"), format!("{revenue} or more in {year}")))
        }
        KnownRevenue::EarlierValuation { .. } => None,
    }
}

/// The annual revenue stated for a pledge passes what is known of it by more than the model's version allows.
pub(super) fn beyond_known(found: &BeyondKnown) -> Problem {
    let BeyondKnown { stated, most, estimate, filed, confirmed, times } = found;
    let (confirmed_zh, confirmed_en) = match sales(confirmed.as_ref()) {
        Some((zh, en)) => (
            format!("经认定产品的备案销售收入为{zh}"),
            format!("the filed sales of recognised products are {en}"),
        ),
        None => (
            "没有经认定产品的备案销售收入".to_owned(),
            "no sales of recognised products are on record".to_owned(),
        ),
    };
    let unconfirmed = sales(filed.as_ref().filter(|_| filed != confirmed));
    let (filed_zh, filed_en) = unconfirmed
        .map(|(zh, en)| {
            (
                format!("（备案销售收入{zh}，未经备案人以外的人员登记认定的部分不计入）"),
                format!(" (filed are {en}; what nobody but its filer vouches for does not count)"),
            )
        })
        .unwrap_or_default();
    let times = times.normalize();
    Problem::refused(
        "valuation-beyond-model",
        format!(
            "填报年销售收入 {stated} 元，高于质押估值可采用的上限 {most} 元，即经认定产品的备案销售收入与模型估计值中较高者的 {times} 倍：{confirmed_zh}{filed_zh}，按在案评级的模型估计值 {estimate} 元。请由生产企业或权利人备案产品，并由备案人以外的人员登记其专利密集型产品认定，或填报不超过上限的数额，或按较低数额估值后提出人工调整并由另一人签署。"
        ),
        format!(
            "The stated annual revenue of {stated} yuan passes the most that a pledge is valued with, {most}: {times} times the greater of the sales filed for recognised products and the model's estimate; {confirmed_en}{filed_en}, by the grades on record the model estimates {estimate}. Have the maker or owner file the product and another person than its filer record its recognition as patent-intensive, state no more than that, or value by a lower figure and propose an override for a second signature."
        ),
    )
    .with_field("assumptions.annual_revenue", format!("不得超过 {most} 元"), format!("at most {most} yuan"))
    .with("stated_revenue", stated)
    .with("most", most)
    .with("model_estimate", estimate)
    .with("filed_sales", filed.as_ref().and_then(KnownRevenue::filed_sales))
    .with("recognised_sales", confirmed.as_ref().and_then(KnownRevenue::filed_sales))
    .with("times", times)
}
