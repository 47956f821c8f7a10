//! Refusals of the rules as the caller hears them.

use axum::http::StatusCode;
use http_kit::{ActError, Problem};
use serde_json::json;
use tx_kit::Fault;

use super::model::{Refusal, assess::NotAssessed, refusal::ValuationFlaw};

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotEligible { findings } => not_eligible(&findings),
            Refusal::NotInStatus { status } => Self::refused(
                "not-in-status",
                format!("申请{}，不能办理此操作。请刷新后查看最新状态。", status.name_zh()),
                format!("The application is {status}, so this step is not possible. Reload to see where it is."),
            )
            .with("status", status),
            Refusal::FourEyes => Self::new(
                StatusCode::FORBIDDEN,
                "four-eyes",
                "评审人不得审批同一笔申请。请由另一名审批人办理。",
                "Who assessed an application may not decide it. Another approver must.",
            ),
            Refusal::Valuations { flaws } => valuations(&flaws),
            Refusal::AboveCollateral { asked, maximum_loan } => Self::refused(
                "above-collateral",
                format!("金额 {asked} 元超过质押物可贷上限 {maximum_loan} 元。请降低金额或增加专利。"),
                format!("{asked} yuan is more than the {maximum_loan} that may be lent on the patents. Lower it, or take more patents."),
            )
            .with("asked", asked)
            .with("maximum_loan", maximum_loan),
            Refusal::AboveAmount { asked, most } => Self::refused(
                "above-amount",
                format!("金额 {asked} 元超过申请或建议的 {most} 元。请降低金额。"),
                format!("{asked} yuan is more than the {most} asked for or recommended. Lower it."),
            )
            .with("asked", asked)
            .with("available", most),
            Refusal::FacilityClosed => Self::refused(
                "facility-not-active",
                "该集合授信未生效或提款期已截止，不能批准。请先恢复授信。",
                "The facility is not active or its window has ended, so nothing can be approved under it.",
            ),
            Refusal::AlreadyPledged { patents } => Self::refused(
                "already-pledged",
                format!("专利 {} 已办理其他质押。请重新评审。", patents.join("、")),
                format!("Already under another pledge: {}. Assess anew.", patents.join(", ")),
            )
            .with("patents", patents),
            Refusal::PledgeExists => Self::refused(
                "pledge-exists",
                "该申请已提交质押登记，不能撤回。请联系银行办理质押注销。",
                "A pledge stands on the approval, so it cannot be withdrawn. Ask the bank to cancel the pledge.",
            ),
        }
    }
}

/// The findings that stand, each with its reason and cure.
fn not_eligible(findings: &[super::Finding]) -> Problem {
    Problem::refused(
        "not-eligible",
        format!("有 {} 项不符合质押条件，申请未受理。请按各项说明处理后重试。", findings.len()),
        format!(
            "{} findings stand against it and the application was not taken. Cure them as described and try again.",
            findings.len()
        ),
    )
    .with("findings", findings)
}

fn valuations(flaws: &[(contracts::PatentId, ValuationFlaw)]) -> Problem {
    let listed: Vec<_> =
        flaws.iter().map(|(patent, why)| json!({ "patent_id": patent, "why": why })).collect();
    let (zh, en): (Vec<_>, Vec<_>) = flaws.iter().map(|(_, flaw)| describe(*flaw)).unzip();
    Problem::refused(
        "valuations-not-usable",
        format!("评估不可采用：{}。请重新评估后再办理。", distinct(zh).join("；")),
        format!(
            "The valuations cannot be relied on: {}. Value the patents anew first.",
            distinct(en).join("; ")
        ),
    )
    .with("valuations", listed)
}

fn distinct(mut texts: Vec<&'static str>) -> Vec<&'static str> {
    texts.sort_unstable();
    texts.dedup();
    texts
}

fn describe(flaw: ValuationFlaw) -> (&'static str, &'static str) {
    match flaw {
        ValuationFlaw::Missing => ("有专利缺少评估", "a patent has none"),
        ValuationFlaw::OtherPatent => {
            ("评估与所提供的专利不符", "one is not of a patent offered, or named twice")
        }
        ValuationFlaw::OtherTenant => ("评估不是本行作出", "one is not the bank's own"),
        ValuationFlaw::OtherPurpose => ("评估目的不是质押", "one was made for another purpose than a pledge"),
        ValuationFlaw::NotCompleted => ("评估尚未完成", "one is not completed"),
        ValuationFlaw::Expired => ("评估已过有效期", "one has ended"),
        ValuationFlaw::Worthless => ("评估的可贷金额为零", "one leaves nothing to lend on"),
    }
}

impl From<Refusal> for ActError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}

impl From<NotAssessed> for ActError {
    fn from(error: NotAssessed) -> Self {
        match error {
            NotAssessed::Refused(refusal) => refusal.into(),
            NotAssessed::Money(error) => Self::Fault(Fault::Other(error.to_string())),
        }
    }
}
