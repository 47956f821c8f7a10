//! Refusals of the rules as the caller hears them.

use axum::http::StatusCode;
use http_kit::{ActError, Problem};

use super::model::Refusal;

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotInStatus { status } => Self::refused(
                "not-in-status",
                format!("该事项{}，不能办理此操作。请刷新后查看。", status.zh()),
                format!(
                    "The task is {}, so this step is not possible. Reload to see where it is.",
                    status.name()
                ),
            )
            .with("status", status),
            Refusal::OtherKind => Self::refused(
                "task-of-other-kind",
                "该事项不是用途证明，无需核验。",
                "The task is no proof of use, so there is nothing to decide.",
            ),
            Refusal::NoPapers => Self::bad_fields(Vec::new()).with_field(
                "document_ids",
                "请至少选择一份已上传的证明材料。",
                "Name at least one document that is attached to the loan.",
            ),
            Refusal::FourEyes => Self::new(
                StatusCode::FORBIDDEN,
                "four-eyes",
                "提交材料的人不得核验，请由本行另一位人员办理。",
                "Who brought the papers does not decide on them; another person of the bank must.",
            ),
            Refusal::Entrusted => Self::refused(
                "paid-by-bank",
                "该笔提款由银行受托支付，支付时已核验交易材料，无需另交用途证明。",
                "The bank paid this draw out itself, against its papers: no proof is asked for.",
            ),
            Refusal::LoanNotActive => Self::refused(
                "loan-not-active",
                "贷款已结清或已核销，无需办理。",
                "The loan is repaid or written off: nothing is to be done.",
            ),
            Refusal::BadDay { from, until } => Self::bad_fields(Vec::new()).with_field(
                "checked_on",
                format!("检查日期须在 {from} 至 {until} 之间。"),
                format!("A check is made from {from} to {until}."),
            ),
        }
    }
}

impl From<Refusal> for ActError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}
