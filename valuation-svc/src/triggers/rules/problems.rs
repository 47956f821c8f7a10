//! Refusals of the rules as the caller hears them.

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
        }
    }
}

impl From<RulesRefusal> for ActError {
    fn from(refusal: RulesRefusal) -> Self {
        Self::Refused(refusal.into())
    }
}
