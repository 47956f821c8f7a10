//! Refusals of the rules as the caller hears them.

use http_kit::{ActError, Problem};

use super::model::{OverrideStatus, Refusal};

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Beyond(limit) => Self::refused(
                "override-beyond-limit",
                format!("{}。超过限额的，请修订模型或取得外部评估报告。", limit.zh),
                format!(
                    "{}. Beyond that the model is to be revised, or an external report obtained.",
                    limit.en
                ),
            )
            .with("field", limit.field),
            Refusal::Nothing => Self::refused(
                "override-changes-nothing",
                "所提调整不改变评估结果，无需提交。",
                "The proposal changes no figure; there is nothing to propose.",
            ),
            Refusal::Ungraded => Self::refused(
                "override-without-grade",
                "该评估因指标覆盖率不足未评级，不能调整等级。请补充事实后重新评估。",
                "The valuation has no grade, since too little is known: record more facts and value again.",
            ),
            Refusal::Missing(leaf) => Self::refused(
                "override-leaf-missing",
                format!("指标 {leaf} 缺少事实，模型未计分，不能调整。请补录该事实后重新评估。"),
                format!("Leaf {leaf} rests on no fact and was not scored: record the fact and value again."),
            )
            .with("leaf", leaf),
            Refusal::Range => Self::invalid(
                "cannot-be-calculated",
                "所提数值超出可计算的金额范围。",
                "The figure is out of the range of amounts.",
            ),
        }
    }
}

impl From<Refusal> for ActError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}

/// Another proposal for the valuation waits.
pub(super) fn pending(number: &str) -> Problem {
    Problem::refused(
        "override-pending",
        format!("该评估已有调整申请 {number} 待审批。请先完成审批。"),
        format!("The override {number} of this valuation waits for a decision. Have it decided first."),
    )
    .with("number", number)
}

/// The valuation may not be relied on any more.
pub(super) fn expired(until: chrono::NaiveDate) -> Problem {
    Problem::refused(
        "valuation-expired",
        format!("该评估有效期至 {until}，已过期，不能调整。请重新评估。"),
        format!("The valuation could be relied on until {until}; value the patent anew."),
    )
    .with("valid_until", until)
}

/// It was decided already.
pub(super) fn decided(status: OverrideStatus) -> Problem {
    let (zh, en) = match status {
        OverrideStatus::Proposed => ("待审批", "waiting"),
        OverrideStatus::Approved => ("已批准", "approved"),
        OverrideStatus::Refused => ("已否决", "refused"),
    };
    Problem::refused(
        "not-in-status",
        format!("该调整申请{zh}，不能再次审批。请刷新后查看最新状态。"),
        format!("The override is {en} already and is not decided again. Reload to see where it is."),
    )
    .with("status", status)
}
