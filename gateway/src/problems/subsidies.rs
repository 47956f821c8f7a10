//! Kinds of problems of claims for subsidies. … stands for a figure that the problem itself names.

use super::Kind;

/// The kinds.
pub(super) const KINDS: &[Kind] = &[
    (
        "amount-changed",
        "按今天的付息和额度，该申请可核定 … 元，与您看到的 … 元不同，未作任何更改。请刷新查看后再审核。",
        "On today's payments and caps the claim comes to … yuan, not the … that you have seen; nothing was changed. Look again before you decide.",
    ),
    (
        "bad-period",
        "申请期间须在同一自然年内，起始日不晚于截止日，且截止日不晚于今天。跨年请分别申请。",
        "The period lies within one calendar year, begins no later than it ends and ends no later than today. Claim each year by itself.",
    ),
    (
        "cap-reached",
        "… 年度的企业上限或政策预算已用完，本次没有可申请的金额。",
        "The enterprise's cap or the scheme's budget of … is used up: nothing is left to claim.",
    ),
    (
        "interest-paid-late",
        "该期间可申请的利息 … 元均为逾期后支付，该政策不予补贴。请选择按期付息的期间。",
        "All … yuan of interest left in the period were paid late, which the scheme leaves out. Choose a period whose interest was paid in time.",
    ),
    (
        "loan-excluded",
        "该政策不补贴重组过的贷款，或被认定挪用过资金的贷款；why 说明是哪一种（restructured、misused）。请选择其他政策。",
        "The scheme leaves out loans that were restructured, or whose money was not used as agreed; why says which (restructured, misused). Choose another scheme.",
    ),
    (
        "no-premium",
        "该保单的保费已全部退还，没有可补贴的保费。",
        "The policy's premium was given back: nothing is left to subsidise.",
    ),
    ("no-subsidy", "无法计算补贴：…。", "No subsidy can be worked out: …."),
    (
        "no-such-fees",
        "该笔贷款应收费用为 … 元，减免金额须大于零且不超过该数。",
        "… yuan are owed in fees: waive more than nothing and at most that.",
    ),
    (
        "not-funded",
        "专户余额 … 元，不足以拨付。请先登记到账资金。",
        "The special account holds … yuan, which is not enough. Record the money received first.",
    ),
    (
        "nothing-to-claim",
        "该期间借款人已付利息 … 元，其中 … 元已在其他申请中，没有可申请的利息。",
        "… yuan of interest was paid in the period, … of it is in other claims: nothing is left to claim.",
    ),
    (
        "outside-validity",
        "该政策有效期为 … 至 …，请把期间调整到有效期内。",
        "The scheme is valid from … to …: choose a period within it.",
    ),
    (
        "premium-claimed",
        "该保单的保费已申请补贴，不能重复申请。",
        "A subsidy for this policy's premium was claimed already.",
    ),
    (
        "scheme-not-active",
        "该补贴政策…，不能申请。请选择实施中的政策。",
        "The scheme is …, so nothing can be claimed under it. Choose an active one.",
    ),
    (
        "scheme-of-other-kind",
        "该政策补贴的不是这一类费用。贷款利息请选贴息政策，保费请选保费补贴政策。",
        "The scheme subsidises something else: choose an interest scheme for interest, a premium scheme for premiums.",
    ),
    (
        "scheme-of-other-product",
        "该政策只补贴“…”产品的贷款。",
        "The scheme is for loans of the product … only.",
    ),
];
