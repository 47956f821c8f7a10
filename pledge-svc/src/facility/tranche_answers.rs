//! The refusals of a further tranche as the caller hears them.

use http_kit::{ActError, Problem};
use tx_kit::Fault;

use crate::loan::{LoanStatus, model::tranche::TrancheRefusal};

/// A loan that admits no further tranche; a defect among the reasons is a fault.
pub(super) fn refused(refusal: TrancheRefusal) -> ActError {
    ActError::Refused(match refusal {
        TrancheRefusal::Broken(what) => return ActError::Fault(Fault::Invariant(what)),
        TrancheRefusal::NotActive { status } => Problem::refused(
            "loan-not-active",
            format!(
                "该笔贷款{}，不能再次放款。请另行申请提款。",
                if status == LoanStatus::WrittenOff { "已核销" } else { "已结清" }
            ),
            format!("The loan is {}; make a new draw instead.", status.name().replace('_', " ")),
        )
        .with("status", status),
        TrancheRefusal::NotAdmitted => Problem::refused(
            "tranche-not-admitted",
            "该笔贷款的产品不支持分次放款。请另行申请提款。",
            "The loan's product is drawn at once. Make a new draw instead.",
        ),
        TrancheRefusal::TooLate { until } => Problem::refused(
            "tranche-window-passed",
            format!("该笔贷款的分次放款截止于 {until}。请另行申请提款。"),
            format!("Further tranches could be drawn until {until}. Make a new draw instead."),
        )
        .with("tranche_until", until),
        TrancheRefusal::Overdue { days } => Problem::refused(
            "loan-overdue",
            format!("该笔贷款已逾期 {days} 天，不能再次放款。请先还清逾期款项。"),
            format!("The loan is {days} days overdue. Pay what is overdue before drawing again."),
        )
        .with("overdue_days", days),
        TrancheRefusal::Restructured { since } => Problem::refused(
            "loan-restructured",
            format!("该笔贷款已于 {since} 重组，不能再次放款。请与银行商定其他安排。"),
            format!("The loan was restructured on {since}, so nothing further is drawn on it. Agree another way with the bank."),
        )
        .with("restructured_on", since),
        TrancheRefusal::Matured { on } => Problem::refused(
            "loan-matured",
            format!("该笔贷款于 {on} 到期，不能再次放款。请另行申请提款。"),
            format!("The loan matures on {on}; nothing can be drawn on it from that day on. Make a new draw instead."),
        )
        .with("matures_on", on),
    })
}
