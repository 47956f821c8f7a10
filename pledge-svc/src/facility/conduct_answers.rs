//! What application, product and the rules for the kind of loan refuse, as the caller hears it.

use http_kit::Problem;

use super::model::conduct::ConductRefusal;
use crate::applications::CeilingRefusal;

/// A draw that the line would grant and that is refused all the same.
#[must_use]
pub(super) fn conduct_refused(refusal: &ConductRefusal) -> Problem {
    match refusal {
        ConductRefusal::UnknownApplication { application } => Problem::refused(
            "application-not-held",
            "所指定的申请未在本授信下为贵企业预占额度。请核对申请编号，或不指定申请。",
            "The application named holds nothing for you on this line. Check it, or name none.",
        )
        .with("application_id", application),
        ConductRefusal::AboveHeld { asked, most } => Problem::refused(
            "application-not-held",
            format!("每笔提款只归属一笔已批准的申请；本次提款可归属的申请至多尚可提取 {most} 元，少于本次的 {asked} 元。请减少金额，其余部分在其他申请下另行提取；仅有一笔申请预占额度的，也可不指定申请。"),
            format!("A draw is under one approved application, and the one for this draw leaves at most {most} yuan, less than the {asked} asked for. Draw less, and the rest under another application; where one alone holds a part of the line, none need be named."),
        )
        .with("asked", asked)
        .with("most", most),
        ConductRefusal::AmbiguousApplication { applications } => Problem::refused(
            "application-to-be-named",
            "贵企业在本授信下有多笔不同产品的已批准申请。请选择本次提款所属的申请。",
            "Approvals of several products hold a part of the line for you. Choose the application that this draw belongs to.",
        )
        .with_field("application_id", "请选择本次提款所属的申请。", "Choose the application that this draw belongs to.")
        .with("applications", applications),
        ConductRefusal::AboveApproval { asked, most } => Problem::refused(
            "above-approved-term",
            format!("期限 {asked} 个月超过所批准申请的期限 {most} 个月。请缩短期限，或另行申请。"),
            format!("{asked} months are longer than the {most} approved with the application. Shorten the tenor, or apply anew."),
        )
        .with("asked", asked)
        .with("tenor_max_months", most),
        ConductRefusal::Product { name_zh, name_en, refusal } => product((name_zh, name_en), refusal),
        ConductRefusal::KindTerm { asked, most, excepted: true } => Problem::refused(
            "above-kind-term",
            format!("期限 {asked} 个月超过该类贷款例外最长期限 {most} 个月。请缩短期限。"),
            format!("{asked} months are longer than the {most} that even an exception allows a loan of this kind. Shorten the tenor."),
        )
        .with("asked", asked)
        .with("tenor_max_months", most),
        ConductRefusal::KindTerm { asked, most, excepted: false } => Problem::refused(
            "above-kind-term",
            format!("期限 {asked} 个月超过该类贷款一般最长期限 {most} 个月。请缩短期限；确需更长的，请先申请并由审批人说明理由批准。"),
            format!("{asked} months are longer than the {most} that a loan of this kind runs as a rule. Shorten the tenor; where it has to be longer, apply and have the approver give the reason."),
        )
        .with("asked", asked)
        .with("tenor_max_months", most),
        ConductRefusal::EntrustedPayment { amount, above: Some(above) } => Problem::refused(
            "entrusted-payment-required",
            format!("单笔提款 {amount} 元超过 {above} 元，须由银行受托支付。请填写收款人户名和账号，或按交易对象分笔提款。"),
            format!("A draw of {amount} yuan is more than {above} and is paid out by the bank. Name the payee with its account, or draw for each counterparty by itself."),
        )
        .with("amount", amount)
        .with("entrusted_above", above),
        ConductRefusal::EntrustedPayment { amount, above: None } => Problem::refused(
            "entrusted-payment-required",
            "按批准意见，该申请项下的提款须由银行受托支付。请填写收款人户名和账号。",
            "By its approval, whatever is drawn under the application is paid out by the bank. Name the payee with its account.",
        )
        .with("amount", amount),
    }
}

fn product((zh, en): (&str, &str), refusal: &CeilingRefusal) -> Problem {
    match refusal {
        CeilingRefusal::Amount { asked, most } => Problem::refused(
            "above-product-amount",
            format!("贷款本金 {asked} 元超过产品“{zh}”单笔上限 {most} 元。请减少金额。"),
            format!("{asked} yuan is more than the {most} that {en} lends. Draw less."),
        )
        .with("asked", asked)
        .with("most", most),
        CeilingRefusal::Tenor { asked, most } => Problem::refused(
            "above-product-tenor",
            format!("期限 {asked} 个月超过产品“{zh}”最长期限 {most} 个月。请缩短期限。"),
            format!("{asked} months are longer than the {most} of {en}. Shorten the tenor."),
        )
        .with("asked", asked)
        .with("tenor_max_months", most),
        CeilingRefusal::Rate { rate, most } => Problem::refused(
            "above-product-rate",
            format!("合同利率 {rate} 高于产品“{zh}”当日利率上限 {most}。请银行调整授信定价后再提款。"),
            format!("The contract rate of {rate} is above the {most} that {en} admits today. Ask the bank to change the line's pricing first."),
        )
        .with("rate", rate)
        .with("most", most),
        CeilingRefusal::NoLpr { on } => Problem::refused(
            "no-lpr-fixing",
            format!("产品“{zh}”的利率上限按 LPR 计算，银行尚未录入 {on} 适用的 LPR，暂不能提款。请联系银行录入。"),
            format!("The highest rate of {en} goes by the LPR, and the bank has not recorded the one in force on {on}. Ask the bank to record it."),
        )
        .with("on", on),
    }
}
