//! Refusals of the rules as the caller hears them.

use axum::http::StatusCode;
use finance::Money;
use http_kit::{ActError, Problem};
use tx_kit::Fault;

use super::model::{
    DeficientItem, Finding, Refusal,
    assess::NotAssessed,
    checklist::ChecklistItem,
    collateral::flaw_finding,
    refusal::{FlawedValuation, ValuationFlaw},
};

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
            Refusal::SameApprover => Self::new(
                StatusCode::FORBIDDEN,
                "same-approver",
                "您（或授权您的人）已就本笔申请发表意见，须由另一名审批人办理。",
                "You, or whose authority you use, have spoken on this application already. Another approver must.",
            ),
            Refusal::OwnRefusal => Self::new(
                StatusCode::FORBIDDEN,
                "own-refusal",
                "作出否决或评审的人不得处理申诉及其后的审批。请由另一名审批人办理。",
                "Who refused or assessed it decides neither the appeal nor what comes after. Another approver must.",
            ),
            Refusal::AboveAuthority { asked, limit } => above_authority(asked, limit),
            Refusal::ConsentMissing => Self::refused(
                "consent-missing",
                "该金额须先经风险经理同意。请待风险经理发表意见后再审批。",
                "This amount takes the risk manager's consent first. Wait for it.",
            ),
            Refusal::ConsentDenied { by, comment } => Self::refused(
                "consent-denied",
                format!("风险经理{by}不同意：{comment}。请重新评审或否决。"),
                format!("The risk manager {by} does not agree: {comment}. Assess anew, or refuse."),
            ),
            Refusal::ChecklistIncomplete { missing } => checklist_incomplete(&missing),
            Refusal::CorrectionIncomplete { missing } => correction_incomplete(&missing),
            Refusal::AppealedBefore => Self::refused(
                "appealed-before",
                "一笔申请只能申诉一次，已有申诉结果。如情况变化，请重新申请。",
                "An application is appealed once. Apply anew where things have changed.",
            ),
            Refusal::AppealTooLate { until } => Self::refused(
                "appeal-too-late",
                format!("申诉期限已于 {until} 届满。请重新申请。"),
                format!("The appeal was possible until {until}. Apply anew."),
            )
            .with("until", until),
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
                format!("金额 {asked} 元超过申请、建议或首次批准的 {most} 元。请降低金额。"),
                format!("{asked} yuan is more than the {most} asked for, recommended or approved first. Lower it."),
            )
            .with("asked", asked)
            .with("available", most),
            Refusal::TermWithoutReason { asked, most } => Self::refused(
                "term-reason-missing",
                format!("期限 {asked} 个月超过该类贷款一般最长期限 {most} 个月。确需批准的，请填写期限例外理由。"),
                format!("{asked} months are longer than the {most} that a loan of this kind runs as a rule. To approve it all the same, give the reason for the exception."),
            )
            .with("asked", asked)
            .with("tenor_max_months", most),
            Refusal::TermTooLong { asked, most } => Self::refused(
                "above-kind-term",
                format!("期限 {asked} 个月超过该类贷款例外最长期限 {most} 个月，不能批准。请企业缩短期限后重新申请。"),
                format!("{asked} months are longer than the {most} that even an exception allows. The enterprise applies anew for a shorter term."),
            )
            .with("asked", asked)
            .with("tenor_max_months", most),
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
            Refusal::ApprovalHolds { until } => Self::refused(
                "approval-holds",
                format!("批准有效期至 {until}，在此之前不能作失效处理。"),
                format!("The approval holds until {until}; it can lapse from the day after on."),
            )
            .with("until", until),
            Refusal::PledgeExists => Self::refused(
                "pledge-exists",
                "该申请已提交质押登记，不能撤回，也不会失效。请由银行办理质押注销。",
                "A pledge stands on the approval: it is not withdrawn and does not lapse. The bank cancels the pledge first.",
            ),
        }
    }
}

/// An amount beyond an approver's authority, and how far that reaches.
#[must_use]
pub fn above_authority(asked: Money, limit: Money) -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "above-authority",
        format!("金额 {asked} 元超过权限 {limit} 元。请由权限足够的审批人办理，或使用其转授的权限。"),
        format!("{asked} yuan is beyond the authority of {limit}. An approver with more must do it, or lend theirs."),
    )
    .with("asked", asked)
    .with("limit", limit)
}

fn checklist_incomplete(missing: &[ChecklistItem]) -> Problem {
    Problem::refused(
        "checklist-incomplete",
        format!("材料清单尚缺 {} 项，不能评审。请通知企业补正。", missing.len()),
        format!(
            "{} items of the checklist are missing, so it cannot be assessed. Ask the enterprise for them.",
            missing.len()
        ),
    )
    .with("missing", missing)
}

fn correction_incomplete(missing: &[DeficientItem]) -> Problem {
    Problem::refused(
        "correction-incomplete",
        format!("尚有 {} 份要求的材料未上传，不能提交补正。请上传后再提交。", missing.len()),
        format!("{} papers that were asked for are not attached. Attach them first.", missing.len()),
    )
    .with("missing", missing)
}

/// The findings that stand, each with its reason and cure.
fn not_eligible(findings: &[Finding]) -> Problem {
    Problem::refused(
        "not-eligible",
        format!("有 {} 项不符合准入条件，未予受理。请按各项说明处理后重试。", findings.len()),
        format!(
            "{} findings stand against it and nothing was changed. Cure them as described and try again.",
            findings.len()
        ),
    )
    .with("findings", findings)
}

fn valuations(flaws: &[FlawedValuation]) -> Problem {
    let (zh, en): (Vec<_>, Vec<_>) = flaws.iter().map(|flawed| describe(flawed.why)).unzip();
    let findings: Vec<Finding> = flaws.iter().map(flaw_finding).collect();
    Problem::refused(
        "valuations-not-usable",
        format!("评估不可采用：{}。请重新评估后再办理。", distinct(zh).join("；")),
        format!(
            "The valuations cannot be relied on: {}. Value the patents anew first.",
            distinct(en).join("; ")
        ),
    )
    .with("valuations", flaws)
    .with("findings", findings)
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
