//! Refusals as the caller hears them.

use chrono::{DateTime, Utc};
use finance::Money;
use http_kit::{ActError, Problem};
use paper::Language;

use super::{
    model::{Change, Refusal, SignedMethod, governor::TRIES_MAX},
    names,
};
use crate::{catalogue::patent::LegalStatus, scoring::model::Grade};

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
            Refusal::Changed { changes } => changed(&changes),
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

/// Something is another than the preparer signed: each change with what was signed and what is now.
fn changed(changes: &[Change]) -> Problem {
    let said: Vec<Said> = changes.iter().map(said).collect();
    let zh: Vec<String> =
        said.iter().map(|one| format!("{}由 {} 变为 {}", one.name.0, one.signed.0, one.now.0)).collect();
    let en: Vec<String> =
        said.iter().map(|one| format!("{} from {} to {}", one.name.1, one.signed.1, one.now.1)).collect();
    let told: Vec<serde_json::Value> = said
        .iter()
        .map(|one| serde_json::json!({ "what": one.what, "signed": one.signed.1, "now": one.now.1 }))
        .collect();
    let problem = Problem::refused(
        "report-value-changed",
        format!("编制人签署后有变化：{}。请退回，由编制人重新签署。", zh.join("；")),
        format!(
            "Since the preparer signed, this has changed: {}. Send the report back to be signed anew.",
            en.join("; ")
        ),
    )
    .with("changes", told);
    match changes
        .iter()
        .find_map(|one| if let Change::Value(signed, now) = one { Some((signed, now)) } else { None })
    {
        Some((signed, now)) => problem.with("signed", signed).with("now", now),
        None => problem,
    }
}

/// A change in words, Chinese and English.
struct Said {
    /// A stable word.
    what: &'static str,
    name: (&'static str, &'static str),
    signed: (String, String),
    now: (String, String),
}

fn said(change: &Change) -> Said {
    let same = |text: String| (text.clone(), text);
    let yuan = |amount: &Money| (format!("{amount} 元"), format!("CNY {amount}"));
    let status = |one: &LegalStatus| {
        (names::status(*one, Language::Chinese).to_owned(), names::status(*one, Language::English).to_owned())
    };
    let grade = |one: &Option<Grade>| match one {
        Some(grade) => same(grade.as_str().to_owned()),
        None => ("不评级".to_owned(), "none".to_owned()),
    };
    let (what, name, signed, now) = match change {
        Change::Value(signed, now) => ("value", ("评估值", "the value"), yuan(signed), yuan(now)),
        Change::Methods(signed, now) => {
            ("methods", ("采用的方法", "the methods that count"), methods(signed), methods(now))
        }
        Change::ValidUntil(signed, now) => {
            let days = (same(signed.to_string()), same(now.to_string()));
            ("valid_until", ("有效期至", "the end of validity"), days.0, days.1)
        }
        Change::LegalStatus(signed, now) => {
            ("legal_status", ("法律状态", "the patent's status"), status(signed), status(now))
        }
        Change::Grade(signed, now) => ("grade", ("等级", "the grade"), grade(signed), grade(now)),
        Change::Confidence(signed, now) => {
            let shares = (same(signed.to_string()), same(now.to_string()));
            ("confidence", ("可信度", "the confidence"), shares.0, shares.1)
        }
    };
    Said { what, name, signed, now }
}

fn methods(used: &[SignedMethod]) -> (String, String) {
    let zh: Vec<String> = used.iter().map(|one| format!("{} {}", one.name_zh, one.weight)).collect();
    let en: Vec<String> = used.iter().map(|one| format!("{} {}", one.name_en, one.weight)).collect();
    (zh.join("、"), en.join(", "))
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

/// As many values as may be were tried against the report within the hour.
pub(super) fn values_tried(again_at: DateTime<Utc>, now: DateTime<Utc>) -> Problem {
    // Part of a second counts as one.
    let seconds = u64::try_from((again_at - now).num_milliseconds()).unwrap_or(0).div_ceil(1_000).max(1);
    let minutes = seconds.div_ceil(60);
    Problem::new(
        axum::http::StatusCode::TOO_MANY_REQUESTS,
        "report-values-tried",
        format!(
            "该报告一小时内已核对 {TRIES_MAX} 次评估值，请在 {minutes} 分钟后再核对。不填评估值、只凭验证码或报告文件，现在仍可验证。"
        ),
        format!(
            "{TRIES_MAX} values were tried against this report within an hour: try one again in {minutes} minutes. \
             Without a value, by the code or by the report's file, it can be verified now."
        ),
    )
    .with("again_at", again_at)
    .retry_after(seconds)
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
