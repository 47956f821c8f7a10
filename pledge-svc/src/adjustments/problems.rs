//! Refusals of the rules as the caller hears them.

use axum::http::StatusCode;
use contracts::OrgKind;
use http_kit::{ActError, Problem};
use tx_kit::Fault;

use super::{consent_problems, model::Refusal};
use crate::loan::LoanStatus;

impl From<Refusal> for ActError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Broken(what) => Self::Fault(Fault::Invariant(what)),
            refusal => Self::Refused(problem(&refusal)),
        }
    }
}

/// A refusal as a problem; a defect among them is a fault.
pub(super) fn problem(refusal: &Refusal) -> Problem {
    about_the_loan(refusal)
        .or_else(|| about_the_bounds(refusal))
        .or_else(|| about_the_request(refusal))
        .or_else(|| about_the_tax(refusal))
        .or_else(|| about_the_decision(refusal))
        .or_else(|| consent_problems::problem(refusal))
        .unwrap_or_else(|| Problem::fault(refusal))
}

/// A refusal as a reader hears it: whom the bank holds on its list and how it classes a loan is its own affair.
pub(super) fn problem_to(reader: OrgKind, refusal: &Refusal) -> Problem {
    let of_the_bank = matches!(refusal, Refusal::Blacklisted | Refusal::Classified { .. });
    if reader != OrgKind::Enterprise || !of_the_bank {
        return problem(refusal);
    }
    Problem::refused(
        "change-not-admitted",
        "按贷款银行的规定，该变更今日不能办理。请与贷款银行联系。",
        "The bank's rules do not admit this change today. Ask the bank.",
    )
}

/// What the loan does not admit.
fn about_the_loan(refusal: &Refusal) -> Option<Problem> {
    Some(match refusal {
        Refusal::NotActive { status } => Problem::refused(
            "loan-not-active",
            format!("该笔贷款{}，不能再变更还款安排。", status_zh(*status)),
            format!("The loan is {}; its repayment can no longer be changed.", status.name().replace('_', " ")),
        )
        .with("status", status),
        Refusal::NothingToPlan => Problem::refused(
            "nothing-to-plan",
            "该笔贷款没有尚未到期的本金，无须重排还款计划。如有逾期，请办理重组或收回。",
            "No principal is left that has not fallen due, so there is no plan to make. What is overdue is restructured or collected.",
        ),
        Refusal::Overdue { days, amount } => Problem::refused(
            "overdue",
            format!("该笔贷款已逾期 {days} 天，到期未还 {amount} 元。请先收回逾期款项，或改为办理重组。"),
            format!("{amount} yuan have fallen due and the loan is {days} days overdue. Collect that first, or propose a restructuring."),
        )
        .with("overdue_days", days)
        .with("amount", amount),
        Refusal::DueUnpaid { amount } => Problem::refused(
            "due-unpaid",
            format!("到期应还的 {amount} 元尚未还清。请先收款，再办理此项变更。"),
            format!("{amount} yuan that have fallen due are not paid. Receive them first and then propose this."),
        )
        .with("amount", amount),
        Refusal::NothingAhead => Problem::refused(
            "nothing-paid-ahead",
            "没有超出还款计划的提前还款，无须重排。请先登记提前还款的到账。",
            "No principal was paid ahead of the plan. Record the prepayment first.",
        ),
        Refusal::NothingToShorten => Problem::refused(
            "nothing-to-shorten",
            "该笔贷款到期一次还本或只剩最后一期，没有可保持不变的每期还款额。请选择“降低每期还款额”。",
            "Principal is repaid at the end, or one instalment is left, so there is none to keep. Choose the lower instalment.",
        ),
        Refusal::Classified { tier } => Problem::refused(
            "classified",
            format!("该笔贷款风险分类为{}，不符合无还本续贷条件（须为正常类）。可考虑重组。", tier.name_zh()),
            format!("The loan is classified {}; only a normal one may be rolled over. Consider a restructuring.", tier.name().replace('_', " ")),
        )
        .with("tier", tier),
        Refusal::Restructured { since } => Problem::refused(
            "restructured",
            format!("该笔贷款自 {since} 起为重组贷款，不能无还本续贷。"),
            format!("The loan has counted as restructured since {since} and cannot be rolled over."),
        )
        .with("since", since),
        Refusal::Misused { since } => Problem::refused(
            "misused",
            format!("该笔贷款自 {since} 起已认定挪用。请先认定挪用终止，再办理此项。"),
            format!("A part of the loan has counted as misused since {since}. Have the misuse ended first."),
        )
        .with("since", since),
        Refusal::NotMisused => Problem::refused(
            "not-misused",
            "该笔贷款没有认定的挪用，无须终止。",
            "No part of the loan counts as misused, so there is nothing to end.",
        ),
        Refusal::Fees { owed } => Problem::refused(
            "no-such-fees",
            format!("该笔贷款应收费用为 {owed} 元，减免金额须大于零且不超过该数。"),
            format!("{owed} yuan are owed in fees: waive more than nothing and at most that."),
        )
        .with("fees", owed),
        Refusal::Unchanged => Problem::refused(
            "nothing-changes",
            "与现行利率和定价方式相同，无须变更。",
            "This is the rate and the pricing in force; nothing would change.",
        ),
        Refusal::NoFixing { on } => Problem::refused(
            "no-fixing",
            format!("没有 {on} 有效的 LPR 报价。请先在“参数管理—LPR 报价”中补录并复核当月公告。"),
            format!("No LPR fixing in force on {on} is known. Record the announcement of its month under the parameters first."),
        )
        .with("on", on),
        _ => return None,
    })
}

/// What is not exempt from VAT.
fn about_the_tax(refusal: &Refusal) -> Option<Problem> {
    Some(match refusal {
        Refusal::NoExemption { until } => Problem::refused(
            "no-vat-exemption",
            format!("本行未在“参数管理—增值税”中选定小微企业贷款利息免税，或政策已于 {until} 到期。请先由本行核定并复核参数。"),
            format!("The bank has not elected the exemption of small firms' loans under the parameters of VAT, or it ended on {until}. Have the parameters set first."),
        )
        .with("until", until),
        Refusal::Exempt { until } => Problem::refused(
            "vat-exempt-already",
            format!("该笔贷款已认定免征增值税至 {until}，无须再次认定。"),
            format!("The loan's interest is exempt until {until} already."),
        )
        .with("until", until),
        Refusal::NotExempt => Problem::refused(
            "no-vat-recognition",
            "该笔贷款未认定免征增值税，无可撤销。",
            "The loan is not recognised as exempt from VAT; there is nothing to revoke.",
        ),
        Refusal::ExemptionOver { until } => Problem::refused(
            "vat-exemption-over",
            format!("免税期已于 {until} 届满，此后的利息已照章计税，不能在此撤销认定。请就免税期内的利息在本行总账更正，并在申报时补税。"),
            format!("The exemption ended on {until} and what was earned since is taxed, so the recognition is not revoked here. Correct the interest of its time in the bank's general ledger and in its return."),
        )
        .with("until", until),
        Refusal::ExemptSyndicated => Problem::refused(
            "not-vat-exempt",
            "银团贷款不在此认定：贷款利息按份额记入各行账簿，各行按本行税率计税；是否选定免税由各行自定，请各行就其份额自行申报减免。",
            "A loan that several banks lend is not recognised here: each bank's part of the interest stands in its own book and is taxed at its own rate; whether it elects the exemption is its own affair, claimed in its own return.",
        ),
        Refusal::ExemptFirm { size } => Problem::refused(
            "not-vat-exempt",
            format!("放款时企业为{}企业，不在免税范围：仅限小型、微型企业和个体工商户（财政部 税务总局公告2023年第16号）。", size.name_zh()),
            format!("The firm was {} when the loan was drawn: only micro and small firms' loans are exempt (财政部 税务总局公告2023年第16号).", size.name()),
        )
        .with("firm_size", size),
        Refusal::ExemptCredit { credit, most } => Problem::refused(
            "not-vat-exempt",
            format!("该户授信 {credit} 元，超过免税上限 {most} 元，利息照章纳税。"),
            format!("The borrower's credit, {credit} yuan, is above what is exempt, {most}: the interest is taxed."),
        )
        .with("credit", credit)
        .with("most", most),
        Refusal::ExemptRate { rate, most } => Problem::refused(
            "not-vat-exempt",
            format!("放款时利率 {rate} 高于免税上限 {most}（放款日 LPR 乘以本行选定的倍数），利息照章纳税。"),
            format!("The rate of the draw, {rate}, is above what is exempt, {most} (the LPR of that day times the bank's multiple): the interest is taxed."),
        )
        .with("rate", rate)
        .with("most", most),
        Refusal::CreditBelowLoan { principal } => field(
            "credit",
            format!("单户授信须包含该笔贷款：不低于 {principal} 元。"),
            format!("The borrower's credit includes this loan: at least {principal} yuan."),
        ),
        _ => return None,
    })
}

fn status_zh(status: LoanStatus) -> &'static str {
    match status {
        LoanStatus::Active => "未结清",
        LoanStatus::Repaid => "已结清",
        LoanStatus::WrittenOff => "已核销",
    }
}

/// What the security, the line or the bank's bounds do not admit.
fn about_the_bounds(refusal: &Refusal) -> Option<Problem> {
    Some(match refusal {
        Refusal::BeyondRights { asked, ends } => Problem::refused(
            "beyond-patent-life",
            format!("变更后到期日为 {asked}，而质押专利中最早的一件于 {ends} 届满，债务履行期限不得超过专利权有效期。请缩短期限；或先以有效期更长的专利另行质押登记，再变更登记解除该件专利。重组须写明续设的担保。"),
            format!("The loan would mature on {asked}, and the first of the patents that secure it ends on {ends}: a debt may not outlive them. Shorten the term; or pledge a patent with more years left and have this one released from the pledge. A restructuring states the renewed security."),
        )
        .with("asked", asked)
        .with("ends", ends),
        Refusal::BeyondDebt { asked, until } => Problem::refused(
            "beyond-debt-term",
            format!("变更后到期日为 {asked}，而质押合同约定的债务履行期限至 {until}。请缩短期限，或与出质人签订补充协议并办理变更登记后，在“续设担保”中写明。"),
            format!("The loan would mature on {asked}, and the pledge contract gives the debt until {until}. Shorten the term, or sign a supplementary agreement with the pledgor, file the change, and state it as the renewed security."),
        )
        .with("asked", asked)
        .with("until", until),
        Refusal::TermBound { asked, latest } => Problem::refused(
            "restructuring-too-long",
            format!("重组后到期日为 {asked}，超过本行上限 {latest}。请缩短；上限由“参数管理—贷款变更边界”设定。"),
            format!("The new plan would end on {asked}, later than the bank's bound, {latest}. Shorten it; the bound is a parameter of loan changes."),
        )
        .with("asked", asked)
        .with("latest", latest),
        Refusal::Tenor { asked, most } => Problem::refused(
            "tenor-above-cap",
            format!("续贷期限 {asked} 个月超过授信额度、产品及流动资金贷款期限允许的 {most} 个月。请缩短。"),
            format!("A rollover of {asked} months is longer than the line, the product and the rules on working-capital loans give, {most}. Shorten it."),
        )
        .with("asked", asked)
        .with("most", most),
        Refusal::FirmSize { size } => Problem::refused(
            "firm-size",
            format!("该企业为{}企业，不在续贷范围：小微企业流动资金贷款，以及政策期内到期的中型企业流动资金贷款（银监发〔2014〕36号、金规〔2024〕13号）。请收回或重新授信。", size.name_zh()),
            format!("The firm is {}: only working-capital loans of micro and small firms are rolled over, and those of medium-sized firms while the notice of 2024 admits them (银监发〔2014〕36号, 金规〔2024〕13号). Collect the loan or lend anew.", size.name()),
        )
        .with("firm_size", size),
        Refusal::NotWorkingCapital => Problem::refused(
            "not-working-capital",
            "该笔贷款的产品不是流动资金贷款，不能无还本续贷。可办理展期。",
            "The loan is not of a working-capital product and is not rolled over. It may be extended.",
        ),
        Refusal::Blacklisted => Problem::refused(
            "blacklisted",
            "借款人在银行限制名单内，不能续贷。请先按规定移出名单，或收回贷款。",
            "The borrower is on the bank's blacklist and is not rolled over. Have the entry ended first, or collect the loan.",
        ),
        Refusal::ValuationEnded { until } => Problem::refused(
            "valuation-ended",
            format!("质押专利的评估有效期已于 {until} 届满。请先重新评估，再办理续贷。"),
            format!("A valuation of the pledged patents ended on {until}. Have them valued anew before a rollover."),
        )
        .with("until", until),
        Refusal::InARow { most } => Problem::refused(
            "rolled-over-too-often",
            format!("该笔贷款已连续续贷 {most} 次，达到本行上限。请收回本金后重新申请。"),
            format!("The loan was rolled over {most} times in a row, as often as the bank allows. Collect the principal and apply anew."),
        )
        .with("most", most),
        Refusal::RateBounds { asked, low, high } => Problem::refused(
            "rate-out-of-bounds",
            format!("利率 {asked} 不在本行允许的 {low} 至 {high} 之间（按授信利率、融资产品与“参数管理—贷款变更边界”）。请调整。"),
            format!("A rate of {asked} is not within {low} and {high}, which the line's rate, the product applied for and the bank's bounds of loan changes give."),
        )
        .with("asked", asked)
        .with("low", low)
        .with("high", high),
        Refusal::NotFloating => Problem::refused(
            "not-floating",
            "该笔贷款为固定利率，没有可变更的加点。请填写利率，或先办理重定价。",
            "The loan's rate is fixed and has no spread. Give a rate, or reprice the loan first.",
        ),
        _ => return None,
    })
}

/// What was asked for and cannot be.
fn about_the_request(refusal: &Refusal) -> Option<Problem> {
    Some(match refusal {
        Refusal::TooLong { asked, latest } => Problem::refused(
            "extension-too-long",
            format!("展期后到期日为 {asked}，超过展期上限 {latest}（期限一年以内的累计展期不超过原期限，超过一年的不超过一半；本行可在“参数管理—贷款变更边界”中从严设定）。请缩短。"),
            format!("The loan would mature on {asked}, later than it may be extended to, {latest} (a loan of up to a year by its own term at most, a longer one by half of it; the bank may set less under its bounds of loan changes). Shorten it."),
        )
        .with("asked", asked)
        .with("latest", latest),
        Refusal::SizeUnknown => field(
            "firm_size",
            "续贷须写明企业规模（微型、小型、中型或大型，按中小企业划型标准规定）。",
            "A rollover states the size of the firm: micro, small, medium or large by the national standard.",
        ),
        Refusal::OnePrice => field(
            "spread_bp",
            "利率与加点只能填写一项：填写利率即转为固定利率。",
            "Give a rate or a spread, not both: a rate makes the loan fixed.",
        ),
        Refusal::MisusedAmount { outstanding } => field(
            "amount",
            format!("挪用金额须大于零且不超过贷款余额 {outstanding} 元。"),
            format!("The amount must be more than zero and at most the {outstanding} yuan outstanding."),
        ),
        Refusal::MisusedSince { first, last } => field(
            "since",
            format!("挪用起始日须在放款日 {first} 至今日 {last} 之间。"),
            format!("The first day lies between the draw, {first}, and today, {last}."),
        ),
        Refusal::Surcharge { low, high } => field(
            "surcharge",
            format!("挪用罚息加收比例须在 {low} 至 {high} 之间（银发〔2003〕251号）。"),
            format!("The surcharge for misuse lies between {low} and {high} of the contract rate (银发〔2003〕251号)."),
        ),
        Refusal::Months { months, every } => field(
            "months",
            format!("期限为 {months} 个月：须为 {every} 个月的整数倍，且不超过 600 期。"),
            format!("{months} months: the term must be a multiple of {every} and at most 600 instalments."),
        ),
        Refusal::Grace { grace, instalments } => field(
            "grace",
            format!("宽限 {grace} 期，而还款共 {instalments} 期：至少须留一期还本。"),
            format!("{grace} of {instalments} instalments repay nothing: at least one must repay principal."),
        ),
        Refusal::OnePlan => field(
            "change",
            "重组须在“按新期限分期”与“约定还款清单”中选择一项。",
            "Give either a new term or an agreed list of instalments, not both.",
        ),
        Refusal::Dates { due, after } => field(
            "instalments",
            format!("还款日 {due} 须晚于 {after}。请按日期先后填写，且均在今日之后。"),
            format!("The due date {due} must come after {after}: dates rise and lie ahead."),
        ),
        Refusal::Count(count) => field(
            "instalments",
            format!("清单有 {count} 期：须为 1 至 600 期。"),
            format!("The list has {count} instalments: 1 to 600 are possible."),
        ),
        Refusal::Negative(amount) => field(
            "instalments",
            format!("本金 {amount} 元为负数。"),
            format!("Principal of {amount} yuan is below zero."),
        ),
        Refusal::Sum { planned, balance } => field(
            "instalments",
            format!("清单合计还本 {planned} 元，应为 {balance} 元。请调整至相等。"),
            format!("The list repays {planned} yuan of principal and must repay {balance}."),
        ),
        Refusal::Rate => field(
            "annual_rate",
            "利率须在 0 至 1 之间（0.0345 表示 3.45%）。",
            "The rate must lie between 0 and 1 (0.0345 is 3.45 %).",
        ),
        _ => return None,
    })
}

fn field(name: &str, zh: impl Into<String>, en: impl Into<String>) -> Problem {
    Problem::bad_fields(Vec::new()).with_field(name, zh, en)
}

/// Who decides, and when.
fn about_the_decision(refusal: &Refusal) -> Option<Problem> {
    Some(match refusal {
        Refusal::FourEyes => four_eyes::same_person(),
        Refusal::NotMaker => Problem::new(
            StatusCode::FORBIDDEN,
            "not-maker",
            "只有提交人可以撤回。如不同意，请由审批人否决。",
            "Only the person who proposed it withdraws it; an approver may refuse it.",
        ),
        Refusal::Decided(status) => Problem::refused(
            "already-decided",
            format!("该事项{}，不能再次办理。请刷新查看。", status.name_zh()),
            format!("It is {} and cannot be decided again. Reload to see it.", status.name()),
        )
        .with("status", status),
        Refusal::Pending => Problem::refused(
            "change-pending",
            "该笔贷款已有一项待审批的变更，请先完成审批或撤回。",
            "A change of this loan already waits for a decision; have it decided or withdrawn first.",
        ),
        Refusal::Stale { current } => Problem::stale(*current),
        _ => return None,
    })
}
