//! The refusals as the caller hears them.

use axum::http::StatusCode;
use http_kit::{ActError, Problem};

use super::model::{AHEAD_YEARS_MAX, Refusal};

/// 403 for a maker who would decide what they proposed.
#[must_use]
pub fn same_person() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "four-eyes",
        "经办人不得审批自己提交的事项，请由另一位有权人办理。",
        "The maker never approves their own act; another authorised person must decide.",
    )
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Backwards { today } => Self::bad_fields(Vec::new()).with_field(
                "effective_from",
                format!("新版本不得追溯生效，生效日须不早于 {today}。"),
                format!("Versions do not work backwards: the first day may not lie before {today}."),
            ),
            Refusal::TooFar { last } => Self::bad_fields(Vec::new()).with_field(
                "effective_from",
                format!("生效日过远：最多提前 {AHEAD_YEARS_MAX} 年提出，最晚为 {last}。请改为较近的日期，或届时再提出。"),
                format!(
                    "The first day lies too far ahead: a version is proposed at most {AHEAD_YEARS_MAX} years before it \
                     holds, so {last} is the last day. Choose a nearer day, or propose it later."
                ),
            ),
            Refusal::Decided { status } => Self::refused(
                "not-in-status",
                format!("该版本{}，不能再次审批。请刷新后查看最新状态。", status.name_zh()),
                format!(
                    "The version is {} already and is not decided again. Reload to see where it is.",
                    status.name()
                ),
            )
            .with("status", status),
            Refusal::SamePerson => same_person(),
        }
    }
}

impl From<Refusal> for ActError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}
