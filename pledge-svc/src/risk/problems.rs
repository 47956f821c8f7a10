//! Refusals of the rules as the caller hears them.

use http_kit::{ActError, Problem};

use super::model::judgement::Refusal;

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::BetterThanRule { asked, rule } => Self::refused(
                "better-than-rule",
                format!(
                    "按规则该贷款为{}类，人工认定只可维持或下调，不得认定为{}类。",
                    rule.name_zh(),
                    asked.name_zh()
                ),
                format!(
                    "The rules give {}; a judgement keeps that or worsens it, so {} is not possible.",
                    rule.name_en(),
                    asked.name_en()
                ),
            )
            .with("rule", rule)
            .with("asked", asked),
            Refusal::NotAShare => Self::bad_fields(Vec::new()).with_field(
                "impairment",
                "单项评估损失比例须大于 0 且不超过 1（0.5 即 50%）。",
                "The estimated loss must be above 0 and at most 1 (0.5 is 50 %).",
            ),
            Refusal::Unchanged => Self::refused(
                "judgement-unchanged",
                "与现有认定相同，或没有可撤销的认定，无需提交。",
                "It says what was judged already, or there is nothing to lift.",
            ),
            Refusal::Pending => Self::refused(
                "judgement-pending",
                "该贷款已有一项认定等待确认。请先完成确认，再提出新的认定。",
                "Another judgement of this loan waits for confirmation. Have it decided first.",
            ),
            Refusal::Decided { status } => Self::refused(
                "not-in-status",
                format!("该认定{}，不能再次办理。请刷新后查看最新状态。", status.name_zh()),
                format!("The judgement is {status} already. Reload to see where it is."),
            )
            .with("status", status),
            Refusal::FourEyes => four_eyes::same_person(),
            Refusal::Settled => Self::refused(
                "loan-settled",
                "贷款已结清或已核销，不再分类。",
                "The loan is repaid or written off and is classified no more.",
            ),
            Refusal::WatchUnchanged => Self::refused(
                "watch-unchanged",
                "该贷款已在（或不在）观察名单中，无需变更。请刷新后查看。",
                "The watch list says so already. Reload to see it.",
            ),
        }
    }
}

impl From<Refusal> for ActError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}
