//! Kinds of problems of a bank's own models, overrides and back-tests. … stands for a figure that the problem itself names.

use super::Kind;

/// The kinds.
pub(super) const KINDS: &[Kind] = &[
    (
        "not-the-developer",
        "草稿只能由起草人修改和提交。可以以该版本为基础另建新版本。",
        "A draft is changed and handed in by its developer alone. You may base a version of your own on it.",
    ),
    (
        "model-was-submitted",
        "该草稿曾提交验证，验证人的意见须能查到，不能作废。可修改后再次提交，或另建新版本。",
        "The draft was handed in before and what the validators said of it must be found again: it cannot be discarded. Change it and hand it in again, or begin another version.",
    ),
    (
        "model-already-active",
        "该版本自 … 起已按此方式启用，无需再次启用。",
        "The version is already used in this way from ….",
    ),
    (
        "too-many-challengers",
        "同一用途的挑战模型已达 … 个，请先停用其中一个。",
        "A purpose has … challengers already; take one of them out of use first.",
    ),
    (
        "valuation-beyond-model",
        "所填方法、权重、参数或人工评级使质押估值或等级超过模型版本的上调限额，或所填年销售收入超过经认定产品备案销售收入与模型估计值中较高者的规定倍数；答复中写明已知数额与上限。请按模型估值后提出人工调整并由另一人签署；收入属实的，先由生产企业或权利人备案产品，并由备案人以外的人员登记其认定。",
        "What was stated carries a pledge's value or grade above the limits of the model's version, or the annual revenue stated passes its multiple of the greater of the sales filed for recognised products and the model's estimate; the answer names what is known and the most. Value by the model and propose an override for a second signature; where the revenue is true, have the maker or owner file the product and another person than its filer record its recognition first.",
    ),
    (
        "override-beyond-limit",
        "所提调整超过模型版本的限额；答复中写明可调整的范围。超过限额的，请修订模型或取得外部评估报告。",
        "The proposal passes a limit of the model's version; the answer names the range. Beyond it the model is to be revised, or an external report obtained.",
    ),
    (
        "override-changes-nothing",
        "所提调整不改变评估结果，无需提交。",
        "The proposal changes no figure; there is nothing to propose.",
    ),
    (
        "override-without-grade",
        "该评估因指标覆盖率不足未评级，不能调整等级。请补充事实后重新评估。",
        "The valuation has no grade, since too little is known: record more facts and value again.",
    ),
    (
        "override-leaf-missing",
        "指标缺少事实，模型未计分，不能调整。请补录该事实后重新评估。",
        "The leaf rests on no fact and was not scored: record the fact and value again.",
    ),
    (
        "override-pending",
        "该评估已有调整申请待审批。请先完成审批。",
        "An override of this valuation waits for a decision. Have it decided first.",
    ),
    (
        "valuation-expired",
        "该评估的有效期已届满，不能再调整，也不能出具报告。请重新评估。",
        "The valuation may no longer be relied on: it can be neither overridden nor reported. Value the patent anew.",
    ),
    (
        "realisation-recorded",
        "该评估已以相同凭证号登记变现记录。",
        "A realisation of this valuation stands under the same reference.",
    ),
    (
        "backtest-without-observations",
        "该期间没有可用于回测的记录。请调整期间，或先登记并核验变现记录。",
        "There is nothing to test with in the period. Choose another, or record and verify realisations first.",
    ),
];
