//! Refusals of scoring as the caller hears them.

use axum::http::StatusCode;
use http_kit::Problem;

/// Another run of the same scenario is under way.
pub(super) fn run_open() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "scoring-run-open",
        "该场景的全库评分正在进行，未重复启动。请待其完成后再试。",
        "The catalogue is being scored for this purpose already; nothing was started. Try again when that run has ended.",
    )
}
