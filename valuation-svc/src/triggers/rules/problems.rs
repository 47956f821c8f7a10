//! Refusals of the rules as the caller hears them.

use axum::http::StatusCode;
use http_kit::{ActError, Fields, Problem};

use crate::triggers::model::{RulesRefusal, TriggerRules};

/// Refuses rules that cannot be, each fault at its field.
pub(super) fn checked(rules: &TriggerRules) -> Result<(), Problem> {
    let mut fields = Fields::new();
    for (field, zh, en) in rules.faults() {
        fields.require(false, &field, zh, en);
    }
    fields.finish()
}

impl From<RulesRefusal> for Problem {
    fn from(refusal: RulesRefusal) -> Self {
        match refusal {
            RulesRefusal::Pending { version } => Self::refused(
                "trigger-rules-pending",
                format!("重估规则第 {version} 版正在等待审批。请先完成审批，再提出新版本。"),
                format!("Version {version} of the rules waits for a decision. Have it decided first."),
            )
            .with("version", version),
            RulesRefusal::Unchanged => Self::refused(
                "trigger-rules-unchanged",
                "所提规则与届时生效的规则完全相同，无需变更。",
                "The proposal says what will hold on that day anyway; nothing would change.",
            ),
            RulesRefusal::Backwards { today } => Self::bad_fields(Vec::new()).with_field(
                "effective_from",
                format!("规则不得追溯生效，生效日须不早于 {today}。"),
                format!("Rules do not work backwards: the first day may not lie before {today}."),
            ),
            RulesRefusal::Decided { status } => Self::refused(
                "not-in-status",
                format!("该版本{}，不能再次审批。请刷新后查看最新状态。", status.name_zh()),
                format!(
                    "The version is {status} already and is not decided again. Reload to see where it is."
                ),
            )
            .with("status", status),
            RulesRefusal::FourEyes => Self::new(
                StatusCode::FORBIDDEN,
                "four-eyes",
                "经办人不得审批自己提交的事项，请由另一位有权人办理。",
                "The maker never approves their own act; another authorised person must decide.",
            ),
        }
    }
}

impl From<RulesRefusal> for ActError {
    fn from(refusal: RulesRefusal) -> Self {
        Self::Refused(refusal.into())
    }
}
