//! Refusals of the rules of conditions as the caller hears them.

use axum::http::StatusCode;
use http_kit::{ActError, Problem};

use crate::applications::model::condition::ConditionRefusal;

impl From<ConditionRefusal> for Problem {
    fn from(refusal: ConditionRefusal) -> Self {
        match refusal {
            ConditionRefusal::NotInStatus { status } => Self::refused(
                "not-in-status",
                format!("该条件{}，不能办理此操作。请刷新后查看最新状态。", status.name_zh()),
                format!(
                    "The condition is {status}, so this step is not possible. Reload to see where it is."
                ),
            )
            .with("status", status),
            ConditionRefusal::NotApproved => Self::refused(
                "not-approved",
                "申请尚未最终批准或批准已失效，不能办理放款条件。",
                "The application is not approved or no longer is, so its conditions cannot be worked on.",
            ),
            ConditionRefusal::NoEvidence => Self::bad_fields(Vec::new()).with_field(
                "document_ids",
                "请选择证明条件已落实的文件。",
                "Name the documents that prove it.",
            ),
            ConditionRefusal::FourEyes => Self::new(
                StatusCode::FORBIDDEN,
                "four-eyes",
                "落实人或评审人不得确认或豁免同一条件。请由另一人办理。",
                "Who fulfilled the condition or assessed the application may not do this. Another person must.",
            ),
        }
    }
}

impl From<ConditionRefusal> for ActError {
    fn from(refusal: ConditionRefusal) -> Self {
        Self::Refused(refusal.into())
    }
}
