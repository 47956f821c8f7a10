//! Refusals of instructions as the caller hears them.

use axum::http::StatusCode;
use http_kit::{ActError, Problem};

use super::model::{InstructionStatus, Refusal};

impl From<Refusal> for ActError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Decided(status) => decided(status),
            Refusal::OtherAmount { instructed } => Self::refused(
                "amount-differs",
                format!("到账（付出）金额须等于付款指示金额 {instructed} 元。请退回该指示，由借款人按实际金额重新提交，或按实际到账金额直接登记还款。"),
                format!("The instruction is for {instructed} yuan; what came in, or went out, must be the same to the fen. Send it back and have it given anew with the amount received, or record the money that came in as a payment of its own."),
            )
            .with("instructed", instructed),
            Refusal::Beside { pending, left } => Self::refused(
                "instructed-already",
                format!("已有 {pending} 元的付款指示待银行确认，现最多还可提交 {left} 元。请先等待确认或撤回原指示。"),
                format!("Instructions for {pending} yuan wait for the bank already, so at most {left} yuan may be instructed beside them. Wait for their confirmation, or withdraw one."),
            )
            .with("pending", pending)
            .with("left", left),
            Refusal::ReferenceUsed => Self::refused(
                "reference-used",
                "该银行流水号已用于确认另一笔付款指示，同一笔到账不能确认两次。请核对流水号。",
                "This reference has confirmed another instruction: one receipt confirms one instruction. Check the reference.",
            ),
            Refusal::NotPayoff { payoff } => Self::refused(
                "not-payoff",
                format!("该金额不能结清贷款：今日结清金额为 {payoff} 元。请按该金额结清；待确认的指示请退回，由借款人按今日金额重新提交，或按实际到账金额作为一般还款登记。"),
                format!("The amount does not settle the loan: {payoff} yuan would today. Pay that; where an instruction waits, send it back and have it given anew for that amount, or record what came in as an ordinary payment."),
            )
            .with("payoff", payoff),
            Refusal::NotGiver => Self::new(
                StatusCode::FORBIDDEN,
                "not-giver",
                "付款指示只能由提交指示的企业撤回。银行不予办理的，请退回并说明原因。",
                "Only the enterprise that gave an instruction withdraws it. A bank that does not carry it out sends it back with a reason.",
            ),
        }
    }
}

fn decided(status: InstructionStatus) -> Problem {
    Problem::refused(
        "already-decided",
        format!("该付款指示{}，不能再次办理。请刷新查看。", status.name_zh()),
        format!(
            "The instruction is {} and nothing more is done about it. Reload to see it.",
            status.name().replace('_', " ")
        ),
    )
    .with("status", status)
}
