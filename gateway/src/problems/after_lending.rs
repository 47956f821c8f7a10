//! Kinds of problems after the draw: new terms, classification, use of the money, disposal, funds, books. … stands for a figure
//! that the problem itself names.

use super::Kind;

/// The kinds.
pub(super) const KINDS: &[Kind] = &[
    (
        "above-claimed",
        "金额 … 元超过可付的 … 元。请按可付金额办理。",
        "… yuan are more than the … yuan that can be paid. Enter at most that.",
    ),
    (
        "above-payable",
        "拟支付 … 元，超过… … 元。请按可付金额支付。",
        "… yuan would be paid, more than …: … yuan. Pay at most that.",
    ),
    (
        "above-returnable",
        "拟返还 … 元，超过尚未返还的代偿额 … 元。",
        "… yuan would be handed back, but only … yuan of compensation are outstanding.",
    ),
    (
        "already-decided",
        "该事项…，不能再次办理。请刷新查看。",
        "It is … and cannot be decided again. Reload to see it.",
    ),
    (
        "already-reversed",
        "该凭证已被凭证 … 冲正，未作更改。",
        "The movement was already reversed by …; nothing was changed.",
    ),
    (
        "already-sold",
        "专利 … 已处置成交，不能重复登记价款。请核对专利。",
        "Patent … was sold before; its price is entered once. Check the patent.",
    ),
    (
        "below-covered",
        "新条款最多可覆盖 … 元，低于已覆盖的 … 元。请提高承诺额或放大倍数。",
        "The new terms carry … yuan, less than the … yuan covered. Raise commitment or leverage.",
    ),
    (
        "below-paid",
        "承诺额不得低于已净代偿的 … 元。",
        "The commitment may not be less than the … yuan paid under it.",
    ),
    (
        "below-reserve",
        "成交价 … 元低于现行处置方案对应的底价 … 元，未作登记。请先提交降低底价的新处置方案并经批准。",
        "The price is below the plan's lowest price for these patents. Propose a plan with a lower reserve first.",
    ),
    (
        "better-than-rule",
        "按规则该贷款为…类，人工认定只可维持或下调，不得认定为…类。",
        "The rules give …; a judgement keeps that or worsens it, so … is not possible.",
    ),
    (
        "beyond-leverage",
        "新增 … 元将超过约定放大倍数，剩余可覆盖额为 … 元。",
        "… yuan more would exceed the leverage agreed; … yuan may still be covered.",
    ),
    (
        "beyond-patent-life",
        "变更后到期日为 …，而质押专利中最早的一件于 … 届满，债务履行期限不得超过专利权有效期。请缩短期限；或先以有效期更长的专利另行质押登记，再变更登记解除该件专利。重组须写明续设的担保。",
        "The loan would mature on …, and the first of the patents that secure it ends on …: a debt may not outlive them. Shorten the term; or pledge a patent with more years left and have this one released from the pledge. A restructuring states the renewed security.",
    ),
    (
        "cannot-be-distributed",
        "价款无法按此顺序分配。请核对清偿顺序与金额。",
        "The proceeds cannot be distributed: ….",
    ),
    (
        "cannot-be-shared",
        "各方的分担条件互相矛盾，无法分担。请核对次序与比例，同一次序合计不得超过 100%。",
        "The promises do not fit together: …. Check ranks and shares; those of one rank sum to 100 % at most.",
    ),
    (
        "case-open",
        "该贷款已有未结案件（…），请在该案件中办理。",
        "The loan has a case that is open (…); work on that one.",
    ),
    (
        "claims-open",
        "尚有 … 笔代偿申请未决，请待各方答复后办理。",
        "… claims for compensation wait for a decision; do this once they are decided.",
    ),
    (
        "classified",
        "该笔贷款风险分类为…，不符合无还本续贷条件（须为正常类）。可考虑重组。",
        "The loan is classified …; only a normal one may be rolled over. Consider a restructuring.",
    ),
    (
        "compensation-live",
        "贷款由代偿方代为清偿，尚有 … 元代偿款未追回，不能出具结清证明。待借款人偿还代偿款后再办理。",
        "Others have paid this loan for the borrower and … yuan of that are not back, so it is not certified as settled. The certificate follows once they are.",
    ),
    (
        "controlled-account",
        "凭证涉及 … …，其余额须与业务台账一致，不能只在总账冲正。请在原业务中更正。",
        "The movement touches … …, whose balance must equal the rows behind it, so it is not reversed in the ledger alone. Correct it where it was made.",
    ),
    (
        "cover-stopped",
        "协议 … 因…已熔断，暂停新增业务，须由基金两人解除。",
        "Agreement … is stopped because …; two people of the fund must release it before anything new is covered.",
    ),
    (
        "day-ahead",
        "… 尚未结束，不能日终。请选择昨日或以前的日期。",
        "… is not over yet and cannot be closed. Choose yesterday or a day before.",
    ),
    (
        "due-unpaid",
        "到期应还的 … 元尚未还清。请先收款，再办理此项变更。",
        "… yuan that have fallen due are not paid. Receive them first and then propose this.",
    ),
    (
        "extension-too-long",
        "展期后到期日为 …，超过法定上限 …（短期贷款累计展期不超过原期限，中期不超过一半，长期不超过三年）。请缩短。",
        "The loan would mature on …, later than the law allows, … (a short-term loan is extended by its own term at most, a medium-term one by half of it, a long-term one by three years). Shorten it.",
    ),
    (
        "fees-too-high",
        "一笔贷款未付费用合计不超过 … 元，现已有 … 元，最多还可收取 … 元。",
        "No more than … yuan of fees may stand open on a loan; … do, so charge at most ….",
    ),
    (
        "fund-answers-itself",
        "基金的代偿由基金自行答复并复核，银行不能代为登记。",
        "A fund answers its claims itself, two people of it; the bank cannot record that.",
    ),
    (
        "fund-not-open",
        "本机构尚未开立基金账户。请先提交开立事项并由另一人复核。",
        "Your organisation has no fund yet. Ask for one to be opened and have another person decide it.",
    ),
    ("fund-open", "本机构的基金账户已开立，无需重复开立。", "Your organisation's fund is open already."),
    (
        "is-reversal",
        "该凭证本身就是冲正凭证，不能再冲正。如原凭证无误，请重新办理原业务。",
        "This movement is itself a reversal and cannot be reversed. If the first one was right, do the business again.",
    ),
    (
        "judgement-pending",
        "该贷款已有一项认定等待确认。请先完成确认，再提出新的认定。",
        "Another judgement of this loan waits for confirmation. Have it decided first.",
    ),
    (
        "judgement-unchanged",
        "与现有认定相同，或没有可撤销的认定，无需提交。",
        "It says what was judged already, or there is nothing to lift.",
    ),
    (
        "loan-in-workout",
        "该贷款的案件 … 处于“…”，不能变更还款安排。请先在该案件中办结。",
        "Case … of this loan is at …: its terms are not changed meanwhile. Bring the case to its end first.",
    ),
    (
        "loan-not-active",
        "该笔贷款…，不能再变更还款安排、收取费用或再次放款。",
        "The loan is …: its repayment is no longer changed, no fee is charged and nothing further is drawn on it.",
    ),
    (
        "loan-not-outstanding",
        "该贷款已结清或已核销，不能办理此操作。",
        "The loan is settled or off the books, so this is not possible.",
    ),
    (
        "loan-settled",
        "贷款已结清或已核销，不再分类。",
        "The loan is repaid or written off and is classified no more.",
    ),
    (
        "loan-step",
        "凭证（…）是贷款业务的一步，不能只在总账冲正。请在该笔贷款中更正；还款请在其“还款明细”中冲正。",
        "The movement (…) is a step of a loan and is not reversed in the ledger alone. Correct it in the loan; a payment is undone among its payments.",
    ),
    (
        "loss-shared",
        "该贷款的损失已在案件 … 中分担或核销，到账款项须按各方所付比例返还。请由银行在该案件中登记“追偿所得”。",
        "The loss of this loan was shared or written off in case …, so what comes in goes back to those who bore it. The bank enters it as a recovery in that case.",
    ),
    (
        "misused",
        "该笔贷款自 … 起已认定挪用。请先认定挪用终止，再办理此项。",
        "A part of the loan has counted as misused since …. Have the misuse ended first.",
    ),
    (
        "no-agreement",
        "… 没有覆盖该授信的有效协议。请先由基金签订协议，或将其移出分担方。",
        "… has no agreement that covers the facility. Have the fund agree first, or leave it out.",
    ),
    (
        "no-collection",
        "尚无催收记录，不能核销。请先登记已采取的催收措施。",
        "Nothing was done to collect, so the loan cannot be written off. Enter what was done first.",
    ),
    (
        "no-fixing",
        "没有 … 有效的 LPR 报价。请先在“参数管理—LPR 报价”中补录并复核当月公告。",
        "No LPR fixing in force on … is known. Record the announcement of its month under the parameters first.",
    ),
    (
        "not-enough-free",
        "拟承诺 … 元，资金池可用于承诺的余额为 … 元。请减少承诺额或先补充资金。",
        "… yuan would be committed, … yuan of the balance are free for it. Commit less or replenish the fund first.",
    ),
    (
        "not-maker",
        "只有提交人可以撤回。如不同意，请由审批人否决。",
        "Only the person who proposed it withdraws it; an approver may refuse it.",
    ),
    (
        "not-misused",
        "该笔贷款没有认定的挪用，无须终止。",
        "No part of the loan counts as misused, so there is nothing to end.",
    ),
    (
        "not-overdue",
        "该贷款没有逾期，不能以逾期立案。如有其他违约情形，请以“决定”立案并说明理由。",
        "Nothing is overdue on this loan. If it is in default otherwise, open the case by decision and say why.",
    ),
    (
        "not-pledged",
        "专利 … 没有有效质押，其价款不能在此登记。请核对专利。",
        "Patent … is under no live pledge, so its price cannot be entered here. Check the patent.",
    ),
    (
        "not-settled",
        "贷款尚未结清，结清金额为 … 元。还清后即可开具结清证明。",
        "The loan is not settled: … yuan would settle it. The certificate is issued once it is paid.",
    ),
    (
        "nothing-changes",
        "与现行利率和定价方式相同，无须变更。",
        "This is the rate and the pricing in force; nothing would change.",
    ),
    (
        "nothing-left",
        "账面已无欠款，无需核销，可申请结案。",
        "Nothing is owed on the books any more, so there is nothing to write off. Ask to close the case.",
    ),
    (
        "nothing-lost",
        "没有可认定为损失的欠款。若已清偿，请结案。",
        "Nothing is owed that would be a loss. If everything is paid, close the case.",
    ),
    (
        "nothing-paid-ahead",
        "没有超出还款计划的提前还款，无须重排。请先登记提前还款的到账。",
        "No principal was paid ahead of the plan. Record the prepayment first.",
    ),
    (
        "nothing-to-plan",
        "该笔贷款没有尚未到期的本金，无须重排还款计划。如有逾期，请办理重组或收回。",
        "No principal is left that has not fallen due, so there is no plan to make. What is overdue is restructured or collected.",
    ),
    (
        "nothing-to-shorten",
        "该笔贷款到期一次还本或只剩最后一期，没有可保持不变的每期还款额。请选择“降低每期还款额”。",
        "Principal is repaid at the end, or one instalment is left, so there is none to keep. Choose the lower instalment.",
    ),
    (
        "other-facility",
        "该授信不存在，或不由该银行牵头。请核对银行与授信。",
        "The facility is not there, or not led by that bank. Check bank and facility.",
    ),
    (
        "outside-term",
        "协议自 … 至 … 接受新增业务，今日不在期内。",
        "The agreement takes new loans from … to …; today is outside.",
    ),
    (
        "overdue",
        "该笔贷款已逾期 … 天，到期未还 … 元。请先收回逾期款项，或改为办理重组。",
        "… yuan have fallen due and the loan is … days overdue. Collect that first, or propose a restructuring.",
    ),
    (
        "paid-by-bank",
        "该笔提款由银行受托支付，支付时已核验交易材料，无需另交用途证明。",
        "The bank paid this draw out itself, against its papers: no proof is asked for.",
    ),
    (
        "period-too-long",
        "该期间超过 … 笔，请缩短期间后重试。",
        "The period has more than … lines: ask for a shorter one.",
    ),
    (
        "pledged-elsewhere",
        "专利 … 的质押不担保本案贷款，其价款不能在此登记。请在其所担保贷款的案件中办理。",
        "The pledge over patent … does not secure this case's loan. Enter its price in the case of the loan that it secures.",
    ),
    (
        "reserve-too-low",
        "…（法释〔2016〕18号），最低为 … 元。请提高起拍价。",
        "By Fashi [2016] No. 18 …: at least … yuan of …. Raise the reserve.",
    ),
    (
        "restructured",
        "该笔贷款自 … 起为重组贷款，不能无还本续贷。",
        "The loan has counted as restructured since … and cannot be rolled over.",
    ),
    (
        "reversal-pending",
        "该凭证已有一笔冲正待复核。请先复核或退回。",
        "A reversal of this movement waits for its decision. Have it confirmed or rejected first.",
    ),
    (
        "same-cover",
        "协议 … 已覆盖同一范围。请变更该协议，或先终止。",
        "Agreement … covers the same already. Amend it, or end it first.",
    ),
    (
        "shared-twice",
        "… 已在授信的分担安排中，不必另列。",
        "… covers the facility already; do not name it again.",
    ),
    (
        "still-covering",
        "尚有覆盖余额 … 元、待定代偿 … 元，不能终止。请待结清后办理。",
        "… yuan are still covered and … yuan claimed. End the agreement once both are nothing.",
    ),
    (
        "still-overdue",
        "贷款仍逾期 … 天，不能以恢复正常结案。",
        "The loan is still … days overdue, so the case is not cured.",
    ),
    (
        "still-owed",
        "尚欠 … 元，不能以此结果结案；收回或核销（账销案存）后再结案。",
        "… yuan are still owed, so the case cannot end like this. Recover them, or write them off and keep the claim, first.",
    ),
    (
        "task-of-other-kind",
        "该事项不是用途证明，无需核验。",
        "The task is no proof of use, so there is nothing to decide.",
    ),
    (
        "tax-of-month",
        "凭证（…）是月末从收入中分离的税额，冲正后该月收入即未计税，因此不能冲正。请更正有误的业务，税额差异随下一月末计入。",
        "The movement (…) is the tax of a month's income, which would stay untaxed without it, so it is not reversed. Correct the business that was wrong; the tax follows at the next month's end.",
    ),
    (
        "too-many-loans",
        "贷款超过 … 笔，请按企业分别出具对账单。",
        "There are more than … loans: ask for the statement enterprise by enterprise.",
    ),
    (
        "watch-unchanged",
        "该贷款已在（或不在）观察名单中，无需变更。请刷新后查看。",
        "The watch list says so already. Reload to see it.",
    ),
];
