//! The fixed sentences of a report. Standards are named as they are published; what is the platform's own says so.

use finance::{Money, grouped};

use super::Both;

/// What the report follows.
pub(super) fn standards() -> Vec<Both> {
    [
        (
            "GB/T 42748-2023《专利评估指引》（指标体系的结构）",
            "GB/T 42748-2023, guidelines for patent evaluation (shape of the index system)",
        ),
        (
            "国际评估准则（IVS）：价值类型、评估方法、记录与报告（IVS 106）、无形资产（IVS 210）",
            "International Valuation Standards: bases of value, approaches, documentation and reporting (IVS 106), intangible assets (IVS 210)",
        ),
        (
            "《专利资产评估指导意见》《资产评估执业准则——资产评估报告》《资产评估价值类型指导意见》（中国资产评估协会），参照其报告内容要求",
            "China Appraisal Society: guidance on appraising patents, practice standard on appraisal reports, guidance on types of value, followed as to what a report holds",
        ),
    ]
    .map(|(zh, en)| Both::new(zh, en))
    .into()
}

/// The purpose in words.
pub(super) fn purpose(code: &str) -> Both {
    match code {
        "pledge" => Both::new(
            "为以该专利权设定质权的融资确定质物价值提供参考",
            "to support the value of the patent as security for financing",
        ),
        "licence" => Both::new(
            "为该专利的许可或转让定价提供参考",
            "to support the price of a licence or a sale of the patent",
        ),
        _ => Both::new(
            "为存量专利盘点和分级管理提供参考",
            "to support the stocktake and management of a stock of patents",
        ),
    }
}

/// The basis of value.
pub(super) fn value_type(code: &str) -> Both {
    match code {
        "pledge" => Both::new(
            "市场价值；另列质物的快速变现（清算）价值",
            "market value; beside it the value in a forced sale as security",
        ),
        _ => Both::new("市场价值", "market value"),
    }
}

/// The premise of value.
pub(super) fn premise() -> Both {
    Both::new(
        "专利权持续有效并按现有或计划的方式实施；市场公开，双方自愿、知情、不受强迫",
        "the right stays in force and is worked as it is or as planned; an open market between willing, informed and uncompelled parties",
    )
}

/// That an approved override holds in place of the model's value.
pub(super) fn overridden(model: Money) -> Both {
    let model = grouped(model);
    Both::new(
        format!(
            "模型评估值为 {model} 元；所列结论为经另一人批准的人工调整后的数值，调整理由和审批记录存于出具机构。"
        ),
        format!(
            "The model came to CNY {model}. The conclusion is an adjustment that another person approved; its reason and approval are on record with the issuer."
        ),
    )
}

/// What the reader must know, beside the limits of the result.
pub(super) fn statements() -> Vec<Both> {
    [
        (
            "本报告由委托机构的人员使用评估模型编制并复核，是机构内部评估报告，不是资产评估机构依照《资产评估法》出具的资产评估报告；法律法规要求外部评估的，须另行委托。",
            "People of the organisation prepared and reviewed this report with a valuation model. It is an internal valuation, not an appraisal report by an agency under the Asset Appraisal Law; where the law asks for one, it must be commissioned.",
        ),
        (
            "评估未设定或接受任何事先约定的价值结论。",
            "No value was agreed in advance, given as an input or aimed at.",
        ),
        (
            "专利的权属、法律状态和权利负担以国家知识产权局登记簿为准；本报告所列事实截至评估基准日，质押情况截至签署日。",
            "Ownership, status and encumbrances are those of the patent office's register; facts are stated as of the valuation date, pledges as of the signature.",
        ),
        (
            "评估结论只对所述目的、使用人和有效期成立；出现年费未缴、被请求宣告无效、权利转移或终止、行业行情重大变动、模型停用等情形时，应重新评估。",
            "The conclusion holds for the stated purpose, users and validity alone. It must be made anew when an annuity is missed, invalidation is requested, the right is transferred or ends, the market moves materially or the model is retired.",
        ),
        (
            "价值是估计而不是成交价格的保证；区间为模拟的第 5 至第 95 百分位，不代表全部可能结果。",
            "A value is an estimate and promises no price. The range runs from the 5th to the 95th percentile of the simulation and does not hold every outcome.",
        ),
        (
            "任何人可凭验证码在平台的公开验证页核对本报告是否真实、是否被修改、是否仍然有效。",
            "Anybody can check by the code, on the platform's public verification page, that this report is genuine, unaltered and still in force.",
        ),
    ]
    .map(|(zh, en)| Both::new(zh, en))
    .into()
}
