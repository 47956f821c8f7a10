//! What a reader of the valuation must know before relying on it.

use rust_decimal::{Decimal, prelude::FromPrimitive};

use super::{
    assumptions::{AssumptionSource, Assumptions, estimated_revenue},
    inputs::Inputs,
    report::Limit,
    stated_grades,
    stated_revenue::plausibility,
};
use crate::{
    catalogue::{
        patent::LegalStatus,
        record::{AnnuityStatus, DisputeKind},
    },
    models::model::ModelContent,
    scoring::model::{Scenario, Score},
};

/// The limits of a valuation, the gravest first.
pub(super) fn limits(
    inputs: &Inputs,
    content: &ModelContent,
    score: &Score,
    assumptions: &Assumptions,
) -> Vec<Limit> {
    let patent = &inputs.patent;
    let on = inputs.valuation_date;
    let annuity = patent.annuity_status(on);
    let stated: Vec<&str> = inputs.methods.bases().map(|(method, _)| method).collect();
    let weighed = inputs.methods.weights.as_ref().map_or("", |weights| weights.reason.trim());
    let planned = inputs.methods.relief_from_royalty.is_some();
    let estimated = !planned && assumptions.annual_revenue.source != AssumptionSource::Request;
    let estimate = Decimal::from_f64(estimated_revenue(inputs, content, score)).unwrap_or_default();
    let stated_revenue = plausibility(inputs, estimate);
    let revenue_stated = stated_revenue.is_some();
    let (revenue_zh, revenue_en) = stated_revenue.unwrap_or_default();
    let (graded_zh, graded_en) = inputs.stated_grades.as_ref().map(stated_grades::told).unwrap_or_default();
    let own = inputs.model.is_some();
    let bound = &content.parameters.pilot;
    let most = bound.loan_max.yuan().normalize();
    [
        (
            patent.generated,
            "本专利为演示数据，不是真实专利，结果不得用于任何业务。".to_owned(),
            "This patent is demonstration data, not a real one: the result is of no use in business.".to_owned(),
        ),
        (
            score.grade.is_none(),
            format!("指标覆盖率 {:.0}%，低于评级所需，不评级，质押率上限为零。请补充事实后重新评估。", score.coverage * 100.0),
            format!("Coverage is {:.0} %, too low for a grade: nothing may be lent. Record more facts and value again.", score.coverage * 100.0),
        ),
        (
            patent.facts.legal_status == LegalStatus::Unknown,
            "来源未载明法律状态，放款前须查询专利登记簿副本。".to_owned(),
            "The source does not state the legal status: consult the patent register before lending.".to_owned(),
        ),
        (
            matches!(annuity, AnnuityStatus::Due | AnnuityStatus::Unpaid),
            "年费未按期缴纳，权利有终止风险，须先补缴。".to_owned(),
            "An annuity is overdue and the right may lapse: it must be paid first.".to_owned(),
        ),
        (
            patent.has_open(DisputeKind::Invalidation) || patent.has_open(DisputeKind::Litigation),
            "存在未决的无效宣告请求或诉讼，结果未计入败诉的影响。".to_owned(),
            "A request for invalidation or a lawsuit is open: the value does not include the effect of losing it.".to_owned(),
        ),
        (
            estimated,
            "收入由平台按行业、类型和评分估计，未经企业财务资料核实。".to_owned(),
            "Revenue is the platform's estimate by industry, kind and score, not checked against accounts.".to_owned(),
        ),
        (revenue_stated, revenue_zh, revenue_en),
        (
            inputs.stated_grades.is_some(),
            format!("申请评估方填报了人工评级，未采用在案评级，平台未核实：{graded_zh}。"),
            format!("People's grades are the request's in place of those on record, which the platform has not checked: {graded_en}."),
        ),
        (
            !stated.is_empty(),
            format!("有 {} 种方法的输入由申请评估方提供，平台未核实其来源；各方法的依据见其输入。", stated.len()),
            format!("The inputs of {} methods are the request's; the platform has not checked what they rest on, which each method states.", stated.len()),
        ),
        (
            !weighed.is_empty(),
            format!("各方法权重由申请评估方规定，不是模型的权重，理由：{weighed}。"),
            format!("The weights are the request's and not the model's; reason: {weighed}."),
        ),
        (
            inputs.purpose == Scenario::Pledge && inputs.valuation_date >= bound.effective_from,
            format!("银行内部评估试点用于单笔不超过 {most} 元的贷款，超过的须有外部评估报告（金发〔2025〕10号）。"),
            format!("Under the pilot, bank-internal valuations serve loans of up to CNY {most} each; larger ones need an external report (Jin Fa [2025] No. 10)."),
        ),
        (
            !own,
            "指标体系参照 GB/T 42748-2023，权重、评分区间和各项参数为平台默认值，不是标准发布的数值。".to_owned(),
            "Indices follow GB/T 42748-2023; weights, bands and parameters are platform defaults, not figures of the standard.".to_owned(),
        ),
        (
            own,
            format!("指标体系参照 GB/T 42748-2023，权重、评分区间和各项参数取自本行模型 {}。", inputs.model_version),
            format!("Indices follow GB/T 42748-2023; weights, bands and parameters are those of the bank's model {}.", inputs.model_version),
        ),
    ]
    .into_iter()
    .filter(|limit| limit.0)
    .map(|(_, zh, en)| Limit { zh, en })
    .collect()
}
