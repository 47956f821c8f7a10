//! Refusals as the caller hears them.

use axum::http::StatusCode;
use http_kit::Problem;

/// The maker would verify.
pub(super) fn four_eyes() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "four-eyes",
        "登记人不得核验自己登记的变现记录，请由另一位有权人办理。",
        "Who recorded a realisation does not verify it; another authorised person must.",
    )
}

/// Decided already.
pub(super) fn decided(status: &str) -> Problem {
    let zh = if status == "verified" { "已核验" } else { "已退回" };
    Problem::refused(
        "not-in-status",
        format!("该变现记录{zh}，不能再次办理。请刷新后查看最新状态。"),
        format!("The realisation is {status} already. Reload to see where it is."),
    )
    .with("status", status)
}

/// The same reference stands already.
pub(super) fn recorded_before(number: &str) -> Problem {
    Problem::refused(
        "realisation-recorded",
        format!("该评估已以相同凭证号登记变现记录 {number}。"),
        format!("A realisation of this valuation stands under the same reference: {number}."),
    )
    .with("number", number)
}

/// Nothing to test with.
pub(super) fn nothing_observed() -> Problem {
    Problem::refused(
        "backtest-without-observations",
        "该期间没有可用于回测的记录：没有已核验的变现、质押记录或评估。请调整期间，或先登记并核验变现记录。",
        "There is nothing to test with in the period: no verified realisation, no pledge, no valuation. Choose another \
         period, or record and verify realisations first.",
    )
}
