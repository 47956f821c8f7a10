//! Refusals of the rules as the caller hears them.

use axum::http::StatusCode;
use http_kit::{ActError, Problem};

use super::model::{CONTENT_BYTES_MAX, ContentProblem, Refusal};

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotInStatus(status) => Self::refused(
                "not-in-status",
                format!("该模型版本{}，不能办理此步骤。请刷新后查看最新状态。", status.zh()),
                format!(
                    "The version is {}; this step is not possible. Reload to see where it is.",
                    status.name()
                ),
            )
            .with("status", status),
            Refusal::FourEyes => Self::new(
                StatusCode::FORBIDDEN,
                "four-eyes",
                "研发人、验证人与批准人须为不同的人，请由另一位有权人办理。",
                "Developer, validator and approver are different people; another authorised person must do this.",
            ),
            Refusal::NotTheDeveloper => Self::new(
                StatusCode::FORBIDDEN,
                "not-the-developer",
                "草稿只能由起草人修改和提交。可以以该版本为基础另建新版本。",
                "A draft is changed and handed in by its developer alone. You may base a version of your own on it.",
            ),
            Refusal::WasSubmitted => Self::refused(
                "model-was-submitted",
                "该草稿曾提交验证，验证人的意见须能查到，不能作废。可修改后再次提交，或另建新版本。",
                "The draft was handed in before and what the validators said of it must be found again: it cannot be \
                 discarded. Change it and hand it in again, or begin another version.",
            ),
        }
    }
}

impl From<Refusal> for ActError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}

/// A content that breaks rules, each at its field under `content`.
pub(super) fn unsound(problems: Vec<ContentProblem>) -> Problem {
    problems.into_iter().fold(Problem::bad_fields(Vec::new()), |problem, one| {
        problem.with_field(format!("content.{}", one.field), format!("{}。", one.zh), format!("{}.", one.en))
    })
}

/// A content that does not read.
pub(super) fn unreadable(error: &serde_json::Error) -> Problem {
    Problem::bad_fields(Vec::new()).with_field(
        "content",
        format!("模型内容无法读取：{error}。"),
        format!("The content does not read: {error}."),
    )
}

/// A content that is longer than any model is.
pub(super) fn too_long(bytes: usize) -> Problem {
    let (is, most) = (bytes.div_ceil(1024), CONTENT_BYTES_MAX / 1024);
    Problem::bad_fields(Vec::new()).with_field(
        "content",
        format!("模型内容为 {is} KiB，超过上限 {most} KiB，请删去多余的指标、区间点或说明。"),
        format!("The content has {is} KiB, more than {most} KiB. Remove indices, points or texts that are not needed."),
    )
}
