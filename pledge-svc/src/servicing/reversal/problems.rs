//! Refusals to undo a payment as the caller hears them.

use axum::http::StatusCode;
use http_kit::{ActError, Problem};

use crate::servicing::model::reversal::{Later, Refusal, ReversalStatus};

impl From<Refusal> for ActError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(match refusal {
            Refusal::NotLast(later) => not_last(&later),
            Refusal::Decided(_) | Refusal::FourEyes | Refusal::NotMaker | Refusal::Pending => {
                decision(&refusal)
            }
            other => about_the_payment(&other),
        })
    }
}

fn not_last(later: &Later) -> Problem {
    let (zh, en) = match later {
        Later::Payment { on, amount } => (
            format!("此后该贷款在 {on} 另有一笔还款 {amount} 元。请先冲正该笔还款，再冲正本笔。"),
            format!("A payment of {amount} yuan on {on} came after it. Undo that one first, then this one."),
        ),
        Later::Tranche { on, amount } => (
            format!("此后该贷款在 {on} 再次放款 {amount} 元，本笔还款不能冲正。请与借款人另行清算差额。"),
            format!("A tranche of {amount} yuan was drawn on {on} after it, so the payment stays. Settle the difference with the borrower."),
        ),
        Later::Plan { on, cause } => (
            format!("此后该贷款在 {on} 已变更还款安排（{}），本笔还款不能冲正。请以新的还款安排变更更正。", cause_zh(cause)),
            format!("The loan's schedule was changed on {on} after it ({}), so the payment stays. Correct it by another change of the schedule.", cause.replace('_', " ")),
        ),
        Later::Other => (
            "此后该贷款另有收费、减免、挪用罚息或利率重定价等变动，本笔还款不能冲正。请以费用减免等方式更正。".to_owned(),
            "A fee, a waiver, a penalty for misuse or a rate reset came after it, so the payment stays. Correct the loan by a further change.".to_owned(),
        ),
    };
    Problem::refused("payment-not-last", zh, en)
}

fn cause_zh(cause: &str) -> &str {
    match cause {
        "prepayment" => "提前还款",
        "extension" => "展期",
        "restructuring" => "重组",
        "rollover" => "无还本续贷",
        "repricing" => "重定价",
        "calendar" => "工作日历更新",
        "repayment_reversal" => "还款冲正",
        other => other,
    }
}

fn about_the_payment(refusal: &Refusal) -> Problem {
    match refusal {
        Refusal::Reversed { on } => Problem::refused(
            "payment-reversed",
            format!("该笔还款已于 {on} 冲正，未作更改。"),
            format!("The payment was undone on {on}; nothing was changed."),
        )
        .with("reversed_on", on),
        Refusal::OfCase { source } => Problem::refused(
            "payment-of-case",
            "该笔款项是处置、代偿或基金支付，不能在还款中冲正。请在相应的处置案件或代偿申请中更正。",
            "Others paid this in a disposal case, so it is not undone as a payment. Correct it in the case or the compensation claim.",
        )
        .with("source", source),
        Refusal::WrittenOff => Problem::refused(
            "loan-not-active",
            "该笔贷款已核销，还款不能冲正。请在处置案件中以“追偿所得”更正。",
            "The loan is written off, so no payment on it is undone. Correct it as a recovery of the case.",
        ),
        Refusal::Shared { case } => Problem::refused(
            "loss-shared",
            format!("该贷款的损失已在案件 {case} 中认定分担，分担额以本笔还款为准，不能冲正。请在该案件中更正。"),
            format!("The loss of this loan was shared in case {case} with the payment counted, so it is not undone. Correct it in that case."),
        )
        .with("number", case),
        Refusal::Claimed { claim } => Problem::refused(
            "payment-claimed",
            format!("该笔还款的利息已用于贴息申请 {claim}。请先撤回该申请；已拨付的，请先退回补贴款。"),
            format!("Subsidy claim {claim} rests on the interest of this payment. Withdraw the claim first; where it was paid, send the subsidy back first."),
        )
        .with("claim", claim),
        Refusal::Released { pledge } => Problem::refused(
            "pledge-released",
            format!("该笔还款后，质押 {pledge} 已注销、解除部分专利或正在注销。请先撤回注销，或重新登记质押并另行放款。"),
            format!("After this payment pledge {pledge} was cancelled, made smaller, or is about to be. Withdraw the cancellation first, or register a pledge anew and lend again."),
        )
        .with("pledge", pledge),
        Refusal::GivenBack { on } => Problem::refused(
            "deposit-given-back",
            format!("该笔还款后，借款人的互助保证金已于 {on} 退还。请先由其重新缴存，再冲正。"),
            format!("The borrower's contribution to the mutual-aid pool was given back on {on}, after this payment. Have it paid in again, then undo the payment."),
        )
        .with("given_back_on", on),
        Refusal::LineEnded => Problem::refused(
            "line-ended",
            "该集合授信已关闭，或借款人已退出名单，已还本金不能再计入。请与借款人另行清算差额。",
            "The line is closed or the borrower has left its list, so nothing is drawn on it again. Settle the difference with the borrower.",
        ),
        Refusal::NoRoom { needs, free } => Problem::refused(
            "line-has-no-room",
            format!("冲正须重新占用授信 {needs} 元，现可用额度为 {free} 元：释放的额度已另作他用。请先收回其他用信、释放预占或调增额度。"),
            format!("Undoing it draws {needs} yuan of the line again, but {free} are free: what the payment freed was lent again. Collect or release something else, or raise the limit first."),
        )
        .with("needed", needs)
        .with("available", free),
        other => Problem::fault(&format!("{other:?}")),
    }
}

fn decision(refusal: &Refusal) -> Problem {
    match refusal {
        Refusal::Pending => Problem::refused(
            "payment-reversal-pending",
            "该笔还款已有一项冲正申请待复核。请先复核、退回或撤回。",
            "A reversal of this payment waits for its decision. Have it decided or withdrawn first.",
        ),
        Refusal::Decided(status) => decided(*status),
        Refusal::NotMaker => Problem::new(
            StatusCode::FORBIDDEN,
            "not-maker",
            "只有申请人可以撤回冲正申请。需要时请复核人退回。",
            "Only who proposed it withdraws it. Ask a colleague to refuse it instead.",
        ),
        _ => Problem::new(
            StatusCode::FORBIDDEN,
            "four-eyes",
            "冲正须由另一位运营人员复核，经办人不能复核自己的申请。",
            "Another person of operations must decide it: who proposed a reversal never confirms it.",
        ),
    }
}

fn decided(status: ReversalStatus) -> Problem {
    Problem::refused(
        "already-decided",
        format!("该冲正申请{}，不能再次办理。请刷新查看。", status.name_zh()),
        format!("The reversal is {} and cannot be decided again. Reload to see it.", status.name()),
    )
    .with("status", status)
}
