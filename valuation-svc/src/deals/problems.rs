//! Refusals of the rules as the caller hears them.

use axum::http::StatusCode;
use http_kit::{ActError, Problem};

use super::model::{Refusal, deal::Flaw};

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotRecorded { standing } => Self::refused(
                "not-in-status",
                format!("该交易{}，不在待复核状态，未作任何更改。请刷新查看。", standing.name_zh()),
                format!(
                    "The deal is {} and waits for no decision; nothing was changed. Reload.",
                    standing.name()
                ),
            )
            .with("status", standing.name()),
            Refusal::FourEyes => Self::new(
                StatusCode::FORBIDDEN,
                "four-eyes",
                "登记人不得复核自己登记的交易，请由本机构另一人复核。",
                "Who wrote a deal down does not verify it; another person of the organisation must.",
            ),
        }
    }
}

impl From<Refusal> for ActError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}

/// The flaws of a deal, each at its field.
pub(super) fn flawed(flaws: Vec<Flaw>) -> Problem {
    flaws
        .into_iter()
        .fold(Problem::bad_fields(Vec::new()), |problem, (field, zh, en)| problem.with_field(field, zh, en))
}

/// The source that a deal is known from is written down already.
pub(super) fn known_already(reference: &str) -> Problem {
    Problem::refused(
        "deal-known",
        format!("来源编号“{reference}”的交易已登记，未重复登记。如需更改，请在原交易上更正。"),
        format!(
            "A deal of source \"{reference}\" is written down already and is not written twice. Correct that one."
        ),
    )
}
