//! Refusals of the rules as the caller hears them.

use axum::http::StatusCode;
use chrono::NaiveDate;
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

/// A first day within a month, of a kind that begins with one; `first` is one that would do.
pub(super) fn within_month(first: NaiveDate) -> Problem {
    Problem::bad_fields(Vec::new()).with_field(
        "effective_from",
        format!("该类参数按月核算与申报，须自某月一日起生效，否则当月的税额与申报不符。请改填 {first}。"),
        format!("What these parameters say is reckoned and declared by the month, so they begin on the first day of one: within a month its tax and its return would not agree. Name {first} instead."),
    )
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
