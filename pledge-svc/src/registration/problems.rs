//! Refusals of the rules as the caller hears them.

use http_kit::{ActError, Problem};

use super::model::Refusal;

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotApproved => Self::refused(
                "not-approved",
                "申请尚未批准，不能提交质押登记。请先完成审批。",
                "The application is not approved, so no pledge can be made of it. Have it decided first.",
            ),
            Refusal::PledgeExists => Self::refused(
                "pledge-exists",
                "该申请已提交质押登记，无需重复提交。",
                "A pledge was already submitted for this application.",
            ),
            Refusal::ValuationsEnded { patents } => Self::refused(
                "valuations-not-usable",
                format!("专利 {} 的评估已过有效期。请由企业重新申请并重新评估。", patents.join("、")),
                format!("The valuations of {} have ended. They must be valued and applied for anew.", patents.join(", ")),
            )
            .with("patents", patents),
            Refusal::NotRegistrable { findings } => Self::refused(
                "not-registrable",
                format!("有 {} 项不予登记的情形，未作更改。请按各项说明处理后重试。", findings.len()),
                format!(
                    "The register would refuse it on {} grounds; nothing was changed. Cure them as described and try again.",
                    findings.len()
                ),
            )
            .with("findings", findings),
            Refusal::NotInStatus { status } => Self::refused(
                "not-in-status",
                format!("质押{}，不能办理此操作。请刷新后查看最新状态。", status.name_zh()),
                format!("The pledge is {status}, so this step is not possible. Reload to see where it is."),
            )
            .with("status", status),
            Refusal::NumberTaken => Self::refused(
                "registration-number-taken",
                "该登记号已用于另一笔质押。请核对登记通知书。",
                "Another pledge bears this registration number. Check the register's notice.",
            ),
            Refusal::StillSecured { outstanding } => Self::refused(
                "still-secured",
                format!("企业在该授信下尚有贷款本金 {outstanding} 元未还清，不能注销质押。请先结清贷款。"),
                format!("{outstanding} yuan of principal is outstanding under the facility. Have it repaid before cancelling."),
            )
            .with("outstanding", outstanding),
        }
    }
}

impl From<Refusal> for ActError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}
