//! Refusals as the caller hears them.

use http_kit::{ActError, Problem};

use super::model::Refusal;

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotInStatus { status } => Self::refused(
                "not-in-status",
                format!("报告当前为“{}”，不能办理此操作。请刷新查看。", status.name_zh()),
                format!("The report is {}: this cannot be done now. Look again.", status.name()),
            )
            .with("status", status),
            Refusal::FourEyes => Self::new(
                axum::http::StatusCode::FORBIDDEN,
                "four-eyes",
                "编制人不能复核自己编制的报告，请由另一人复核并出具。",
                "Who prepared the report may not review it: another person issues it.",
            ),
            Refusal::ValuationEnded { valid_until } => Self::refused(
                "valuation-expired",
                format!("该评估的有效期已于 {valid_until} 届满。请重新评估后再出具报告。"),
                format!("The valuation could be relied on until {valid_until}. Value the patent anew first."),
            )
            .with("valid_until", valid_until),
            Refusal::RevaluationDue { zh, en } => Self::refused(
                "revaluation-due",
                format!("该评估须重新进行：{}请重新评估后再出具报告。", zh.concat()),
                format!("The valuation is to be made anew: {} Value the patent anew first.", en.join(" ")),
            ),
            Refusal::ValueChanged { signed, now } => Self::refused(
                "report-value-changed",
                format!("编制人签署的评估值为 {signed} 元，评估现为 {now} 元。请退回，由编制人重新签署。"),
                format!(
                    "The preparer signed a value of CNY {signed}; the valuation now says CNY {now}. Send the report back to be \
                     signed anew."
                ),
            )
            .with("signed", signed)
            .with("now", now),
            Refusal::ReportOpen { number } => Self::refused(
                "report-open",
                format!("该评估已有报告 {number} 正在编制，请在其上继续。"),
                format!("Report {number} on this valuation is being written: go on with it."),
            )
            .with("number", number),
            Refusal::NotIssued { status } => Self::refused(
                "report-not-issued",
                format!("报告当前为“{}”，出具后才有可下载的文件。", status.name_zh()),
                format!("The report is {}: it has files once it is issued.", status.name()),
            )
            .with("status", status),
        }
    }
}

impl From<Refusal> for ActError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}

/// A code that cannot be one.
pub(super) fn bad_code() -> Problem {
    Problem::invalid(
        "bad-report-code",
        "验证码不正确：应为 17 位字母和数字，请核对是否有输错或漏输的字符。",
        "This cannot be a code: it has 17 letters and digits. Look for one that is wrong or missing.",
    )
}

/// A code that no report carries.
pub(super) fn no_such_code() -> Problem {
    Problem::new(
        axum::http::StatusCode::NOT_FOUND,
        "no-such-report",
        "没有报告使用此验证码。请核对报告上的验证码；若核对无误，该报告不是本平台出具的。",
        "No report carries this code. Compare it with the report's; where it is the same, the report was not issued here.",
    )
}

/// A file that is too large to be one of ours.
pub(super) fn too_large(bytes_max: usize) -> Problem {
    Problem::new(
        axum::http::StatusCode::PAYLOAD_TOO_LARGE,
        "payload-too-large",
        format!("文件超过 {} MiB，不会是本平台出具的报告。", bytes_max >> 20),
        format!("The file is larger than {} MiB: no report of the platform is.", bytes_max >> 20),
    )
}
