//! Kinds of problems of a draw and its fees: what application, product, kind of loan, pledge and fund do not admit.
//! … stands for a figure that the problem itself names.

use super::Kind;

/// The kinds.
pub(super) const KINDS: &[Kind] = &[
    (
        "above-approved-term",
        "期限 … 个月超过所批准申请的期限 … 个月。请缩短期限，或另行申请。",
        "… months are longer than the … approved with the application. Shorten the tenor, or apply anew.",
    ),
    (
        "above-kind-term",
        "期限 … 个月超过该类贷款最长期限 … 个月。请缩短期限；未超过例外最长期限的，可申请由审批人说明理由批准。",
        "… months are longer than the … that a loan of this kind may run. Shorten the tenor; up to the longest that an exception allows, apply and have the approver give the reason.",
    ),
    (
        "above-product-amount",
        "贷款本金 … 元超过产品单笔上限 … 元。请减少金额。",
        "… yuan is more than the … that the product lends. Draw less.",
    ),
    (
        "above-product-rate",
        "合同利率 … 高于产品当日利率上限 …。请银行调整授信定价后再提款。",
        "The contract rate of … is above the … that the product admits today. Ask the bank to change the line's pricing first.",
    ),
    (
        "above-product-tenor",
        "期限 … 个月超过产品最长期限 … 个月。请缩短期限。",
        "… months are longer than the … of the product. Shorten the tenor.",
    ),
    (
        "application-not-held",
        "所指定的申请未在本授信下为贵企业预占额度。请核对申请编号，或不指定申请。",
        "The application named holds nothing for you on this line. Check it, or name none.",
    ),
    (
        "application-to-be-named",
        "贵企业在本授信下有多笔不同产品的已批准申请。请选择本次提款所属的申请。",
        "Approvals of several products hold a part of the line for you. Choose the application that this draw belongs to.",
    ),
    (
        "beyond-fund-cover",
        "申请提款 … 元，该授信约定由风险补偿基金分担损失，基金目前还可分担新增贷款 … 元。请减少金额，或联系银行：由基金扩大额度，或经银行决定在无基金分担的情况下继续放款。",
        "… yuan were asked for, and the fund on which this line counts covers … yuan more. Ask for less, or ask the bank: the fund may cover more, or the bank may decide to lend without it.",
    ),
    (
        "beyond-pledge-term",
        "申请期限 … 个月、于 … 到期，超过质押所担保的债务期限。请缩短期限，或先由银行办理质押变更登记延长债务履行期限、补充质押。",
        "… months, due on …, is longer than the pledge secures. Shorten the tenor, or have the bank file a longer debt term for the pledge, or pledge more.",
    ),
    (
        "entrusted-payment-required",
        "本次提款须由银行受托支付：金额超过 … 元，或批准意见要求。请填写收款人户名和账号；金额超限的，也可按交易对象分笔提款。",
        "The bank pays this draw out itself: it is more than … yuan, or the approval demands it. Name the payee with its account; where it is the amount, you may also draw for each counterparty by itself.",
    ),
    (
        "fees-forbidden",
        "产品 … 除担保费外不得收取其他费用。代收担保费的，请选择费用种类“担保费”。",
        "The product … admits no fee beside the guarantee's. Where it is that one, say so (kind: guarantee).",
    ),
    (
        "guarantee-fee-too-high",
        "担保费 … 元超过产品担保费率上限，本笔贷款最多还可收取 … 元。请降低金额。",
        "… yuan for the guarantee is beyond the product's highest rate; at most … more may be charged on the loan. Charge less.",
    ),
    (
        "no-rate-left",
        "按当日 LPR 加 … 个基点，利率不高于零，不能提款。请联系银行变更授信定价。",
        "The LPR of the day with … basis points leaves no rate above zero. Ask the bank to change the line's pricing.",
    ),
    (
        "term-reason-missing",
        "期限 … 个月超过该类贷款一般最长期限 … 个月。确需批准的，请填写期限例外理由。",
        "… months are longer than the … that a loan of this kind runs as a rule. To approve it all the same, give the reason for the exception.",
    ),
];
