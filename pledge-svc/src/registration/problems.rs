//! Refusals of the rules as the caller hears them.

use http_kit::{ActError, Problem};

use super::model::{FilingKind, Refusal};
use crate::applications::model as applications;

const fn kind_zh(kind: FilingKind) -> &'static str {
    match kind {
        FilingKind::Registration => "质押登记",
        FilingKind::Change => "变更登记",
        FilingKind::Cancellation => "注销登记",
    }
}

fn listed(numbers: &[String], none: &str) -> String {
    if numbers.is_empty() { none.to_owned() } else { numbers.join("、") }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotApproved
            | Refusal::PledgeExists
            | Refusal::ApprovalOver { .. }
            | Refusal::ValuationsEnded { .. }
            | Refusal::NotRegistrable { .. }
            | Refusal::PapersMissing { .. }
            | Refusal::NumberTaken
            | Refusal::FourEyes
            | Refusal::NotConfirmed
            | Refusal::NothingToConfirm
            | Refusal::NothingToCertify { .. } => of_registration(refusal),
            Refusal::ValuationsFlawed { .. }
            | Refusal::RevaluationOpen
            | Refusal::RevaluationDecided { .. }
            | Refusal::RevaluationOvertaken => of_value(refusal),
            Refusal::NotInStatus { .. }
            | Refusal::FilingOpen { .. }
            | Refusal::NothingFiled
            | Refusal::NotDeficient { .. }
            | Refusal::CorrectionLate { .. }
            | Refusal::WithdrawalAsked
            | Refusal::OfficeDecides
            | Refusal::NothingToSend => of_course(refusal),
            Refusal::StillSecured { .. }
            | Refusal::StillOwed { .. }
            | Refusal::NothingToChange
            | Refusal::NotUnderPledge { .. }
            | Refusal::ReleasesAll
            | Refusal::AboveMaximum { .. }
            | Refusal::CoverTooSmall { .. }
            | Refusal::DebtBeyondRight { .. }
            | Refusal::DebtBelowLoans { .. }
            | Refusal::ConsentTerm { .. }
            | Refusal::ConsentEnded => of_content(refusal),
        }
    }
}

/// What stands against a registration.
fn of_registration(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::NotApproved => Problem::refused(
            "not-approved",
            "申请尚未批准，不能提交质押登记。请先完成审批。",
            "The application is not approved, so no pledge can be made of it. Have it decided first.",
        ),
        Refusal::ApprovalOver { until } => Problem::refused(
            "approval-over",
            format!("批准有效期已于 {until} 届满，不能提交质押登记。请由企业重新申请。"),
            format!("The approval held until {until}, so no pledge can be made of it. The enterprise applies anew."),
        )
        .with("until", until),
        Refusal::PledgeExists => Problem::refused(
            "pledge-exists",
            "该申请已提交质押登记，无需重复提交。",
            "A pledge was already submitted for this application.",
        ),
        Refusal::ValuationsEnded { patents } => Problem::refused(
            "valuations-not-usable",
            format!("专利 {} 的评估已过有效期。请由企业重新申请并重新评估。", patents.join("、")),
            format!("The valuations of {} have ended. They must be valued and applied for anew.", patents.join(", ")),
        )
        .with("patents", patents),
        Refusal::NotRegistrable { findings } => Problem::refused(
            "not-registrable",
            format!("有 {} 项不予登记的情形，未作更改。请按各项说明处理后重试。", findings.len()),
            format!(
                "The register would refuse it on {} grounds; nothing was changed. Cure them as described and try again.",
                findings.len()
            ),
        )
        .with("findings", findings),
        Refusal::PapersMissing { missing } => Problem::refused(
            "papers-missing",
            format!(
                "缺少 {} 份登记材料，未作更改。{}。",
                missing.len(),
                missing.iter().map(|one| format!("{}：{}", one.name_zh, one.cure_zh)).collect::<Vec<_>>().join("；"),
            ),
            format!(
                "{} papers for the register are missing; nothing was changed. {}.",
                missing.len(),
                missing.iter().map(|one| format!("{}: {}", one.name_en, one.cure_en)).collect::<Vec<_>>().join("; "),
            ),
        )
        .with("missing", missing),
        Refusal::FourEyes => Problem::new(
            axum::http::StatusCode::FORBIDDEN,
            "four-eyes",
            "经办人不得办结自己提交的事项，请由本行另一位有权人办理。",
            "Who filed or proposed it does not decide about it; another authorised person of the bank must.",
        ),
        Refusal::NotConfirmed => Problem::refused(
            "pledgor-not-confirmed",
            "出质人尚未确认该登记事项，也未上传其签署的质押合同（变更登记为补充协议），不能办结。请出质人登录确认，或上传签署文本。",
            "The pledgor has neither confirmed the filing nor is the contract that it signed (a supplementary agreement for a change) among the papers. Have it confirm on its own login, or attach the signed paper.",
        ),
        Refusal::NothingToConfirm => Problem::refused(
            "nothing-to-confirm",
            "没有待出质人确认的登记事项，或已确认。",
            "Nothing waits for the pledgor's confirmation, or it was given.",
        ),
        Refusal::NothingToCertify { status } => Problem::refused(
            "nothing-to-certify",
            format!("质押{}，没有可出具的登记证明。登记后可下载。", status.name_zh()),
            format!("The pledge is {status}: there is no registration to certify. A certificate follows the registration."),
        )
        .with("status", status),
        // The number is the only one left.
        _ => Problem::refused(
            "registration-number-taken",
            "该登记号已用于另一笔质押。请核对登记通知书。",
            "Another pledge bears this registration number. Check the register's notice.",
        ),
    }
}

/// Steps that do not follow from where the papers are.
fn of_course(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::NotInStatus { status } => Problem::refused(
            "not-in-status",
            format!("质押{}，不能办理此操作。请刷新后查看最新状态。", status.name_zh()),
            format!("The pledge is {status}, so this step is not possible. Reload to see where it is."),
        )
        .with("status", status),
        Refusal::FilingOpen { kind } => Problem::refused(
            "filing-open",
            format!("该质押的{}正在办理中。请待其办结，或先撤回。", kind_zh(kind)),
            format!("A {kind} of this pledge is at the register. Wait for its end, or withdraw it first."),
        )
        .with("filing", kind),
        Refusal::NothingFiled => Problem::refused(
            "nothing-filed",
            "该质押没有正在办理的登记事项。请刷新后查看最新状态。",
            "Nothing of this pledge is at the register. Reload to see where it is.",
        ),
        Refusal::CorrectionLate { until } => Problem::refused(
            "correction-late",
            format!("补正期限已于 {until} 届满，登记申请视为撤回。请重新提交质押登记。"),
            format!(
                "The correction was wanted by {until}; the filing counts as withdrawn. File the pledge anew."
            ),
        )
        .with("until", until),
        Refusal::NotDeficient { state } => Problem::refused(
            "not-deficient",
            format!("登记事项{}，登记机关未要求补正。", state.name_zh()),
            format!("The filing is {state}; the register has asked for no correction."),
        )
        .with("state", state),
        Refusal::WithdrawalAsked => Problem::refused(
            "withdrawal-asked",
            "已向登记机关申请撤回，请等待其答复。",
            "The register was already asked to let it be withdrawn. Wait for its answer.",
        ),
        Refusal::NothingToSend => Problem::refused(
            "nothing-to-send",
            "没有需要重新发送的材料。",
            "There is nothing that needs to be sent again.",
        ),
        // The office outside is the only one left.
        _ => Problem::refused(
            "office-decides",
            "本平台已接入外部登记机关，登记结果以其回执为准，不能在此代为办理。",
            "An office outside decides; its answer arrives by itself and cannot be given here.",
        ),
    }
}

/// Steps whose content does not hold.
fn of_content(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::StillOwed { loans, cases } => Problem::refused(
            "still-secured",
            format!(
                "质押所担保的债权尚未了结（贷款 {}，案件 {}），不能注销质押。请先收清利息、罚息和费用，并将案件办结。",
                listed(&loans, "无"),
                listed(&cases, "无"),
            ),
            format!(
                "What the pledge secures is not at its end (loans {}, cases {}). Collect interest, penalty and fees and bring the cases to their end before cancelling it.",
                listed(&loans, "none"),
                listed(&cases, "none"),
            ),
        )
        .with("loans", loans)
        .with("cases", cases),
        Refusal::StillSecured { outstanding } => Problem::refused(
            "still-secured",
            format!("企业在该授信下尚有贷款本金 {outstanding} 元未还清，不能注销质押。请先结清贷款。"),
            format!("{outstanding} yuan of principal is outstanding under the facility. Have it repaid before cancelling."),
        )
        .with("outstanding", outstanding),
        Refusal::NothingToChange => Problem::refused(
            "nothing-to-change",
            "所填内容与现状一致，没有可变更的事项。",
            "Everything named is as it is already: there is nothing to change.",
        ),
        Refusal::NotUnderPledge { patents } => Problem::refused(
            "not-under-pledge",
            format!("有 {} 件专利不在该质押项下。请核对所选专利。", patents.len()),
            format!("{} of the patents are not under this pledge. Check which were chosen.", patents.len()),
        )
        .with("patents", patents),
        Refusal::ReleasesAll => Problem::refused(
            "releases-all",
            "不能解除全部专利的质押；如需全部解除，请办理注销登记。",
            "Not every patent can be released: cancel the pledge instead.",
        ),
        Refusal::AboveMaximum { claim, maximum } => Problem::refused(
            "above-maximum",
            format!("被担保债权 {claim} 元须大于零且不超过其余专利的可贷上限 {maximum} 元。请调整金额或专利。"),
            format!(
                "A secured claim of {claim} yuan must be more than zero and at most the {maximum} that may be lent on the remaining patents. Change the amount or the patents."
            ),
        )
        .with("claim", claim)
        .with("maximum", maximum),
        Refusal::CoverTooSmall { outstanding, cover } => Problem::refused(
            "cover-too-small",
            format!("变更后质押物仅能覆盖 {cover} 元，低于未还本金 {outstanding} 元。请先还款或补充质押。"),
            format!(
                "After the change the pledges would carry {cover} yuan, less than the {outstanding} outstanding. Have some repaid or pledge more first."
            ),
        )
        .with("outstanding", outstanding)
        .with("cover", cover),
        Refusal::DebtBeyondRight { until, ends } => Problem::refused(
            "debt-beyond-right",
            format!("债务履行期限至 {until}，超过专利权有效期（最早于 {ends} 届满）。请缩短期限，或先解除该专利的质押。"),
            format!("The debt would last until {until}, and the first of the patents ends on {ends}. Shorten the term, or release that patent first."),
        )
        .with("until", until)
        .with("ends", ends),
        Refusal::DebtBelowLoans { until, due } => Problem::refused(
            "debt-below-loans",
            format!("债务履行期限不得早于所担保贷款的最后到期日 {due}，所填为 {until}。"),
            format!("A loan that the pledge secures falls due on {due}, after the {until} asked for. The debt's term must reach it."),
        )
        .with("until", until)
        .with("due", due),
        Refusal::ConsentTerm { earliest, latest } => Problem::invalid(
            "consent-term",
            format!("同意的截止日须在 {earliest} 至 {latest} 之间。"),
            format!("The consent's last day must be from {earliest} to {latest}."),
        )
        .with("earliest", earliest)
        .with("latest", latest),
        // An ended consent is the only one left.
        _ => Problem::refused(
            "consent-ended",
            "该同意已撤回或已到期。",
            "The consent was taken back or is over.",
        ),
    }
}

/// Revaluations that are not admitted.
fn of_value(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::ValuationsFlawed { flaws } => applications::Refusal::Valuations { flaws }.into(),
        Refusal::RevaluationOpen => Problem::refused(
            "revaluation-open",
            "该质押已有待审批的重估，请先办结。",
            "A revaluation of this pledge waits for its decision. Have it decided first.",
        ),
        Refusal::RevaluationDecided { status } => Problem::refused(
            "revaluation-decided",
            format!("该重估{}，不能再次审批。", status.name_zh()),
            format!("The revaluation is {status} already."),
        )
        .with("status", status),
        // Another valuation is the only one left.
        _ => Problem::refused(
            "revaluation-overtaken",
            "提出重估后，质押所依据的评估已被其他评估取代。请退回并按最新评估重新提出。",
            "Since it was proposed another valuation has taken the place of the one relied on. Refuse it and propose the newest anew.",
        ),
    }
}

impl From<Refusal> for ActError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}
