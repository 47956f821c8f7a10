//! Refusals of the rules as the caller hears them.

use axum::http::StatusCode;
use http_kit::{ActError, Problem, reading};

use super::model::{Flaw, Refusal};

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Pending { version } => Self::refused(
                "parameters-pending",
                format!("该类参数的第 {version} 版正在等待审批。请先完成审批，再提出新版本。"),
                format!("Version {version} of these parameters waits for a decision. Have it decided first."),
            )
            .with("version", version),
            Refusal::Unchanged => Self::refused(
                "parameters-unchanged",
                "所提参数与届时生效的参数完全相同，无需变更。",
                "The proposal says what will hold on that day anyway; nothing would change.",
            ),
            Refusal::Backwards { today } => Self::bad_fields(Vec::new()).with_field(
                "effective_from",
                format!("参数不得追溯生效，生效日须不早于 {today}。"),
                format!("Parameters do not work backwards: the first day may not lie before {today}."),
            ),
            Refusal::Decided { status } => Self::refused(
                "not-in-status",
                format!("该版本{}，不能再次审批。请刷新后查看最新状态。", status.name_zh()),
                format!(
                    "The version is {status} already and is not decided again. Reload to see where it is."
                ),
            )
            .with("status", status),
            Refusal::FourEyes => Self::new(
                StatusCode::FORBIDDEN,
                "four-eyes",
                "经办人不得审批自己提交的事项，请由另一位有权人办理。",
                "The maker never approves their own act; another authorised person must decide.",
            ),
            Refusal::OwnLimit => Self::new(
                StatusCode::FORBIDDEN,
                "own-limit-raised",
                "该版本提高您本人的审批权限，不能由您批准。请由另一名审批人办理。",
                "This version raises your own approval authority; another approver must decide about it.",
            ),
        }
    }
}

impl From<Refusal> for ActError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}

/// The flaws of a content, each at its field under `content`.
pub(super) fn flawed(flaws: Vec<Flaw>) -> Problem {
    flaws.into_iter().fold(Problem::bad_fields(Vec::new()), |problem, flaw| {
        let (field, zh, en) = match flaw.unread {
            None => (flaw.field, flaw.zh, flaw.en),
            Some(reason) => {
                let read = reading::unreadable(&flaw.field, &reason);
                (read.field, read.text.zh, read.text.en)
            }
        };
        problem.with_field(format!("content.{field}"), zh, en)
    })
}
