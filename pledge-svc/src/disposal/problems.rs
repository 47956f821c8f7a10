//! Refusals of the rules as the caller hears them.

use http_kit::{ActError, Problem};

use super::{gate_problems::of_gates, model::Refusal};

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Flawed(flaws) => flaws
                .into_iter()
                .fold(Self::bad_fields(Vec::new()), |all, flaw| all.with_field(flaw.field, flaw.zh, flaw.en)),
            Refusal::FourEyes => four_eyes::same_person(),
            Refusal::Decided { status } => Self::refused(
                "already-decided",
                "该事项已有结论，未作更改。请刷新后查看。",
                "This was decided before; nothing was changed. Reload to see how.",
            )
            .with("status", status),
            Refusal::NotInStatus { status } => Self::refused(
                "not-in-status",
                format!("案件处于“{}”，不能办理此操作。请刷新后查看最新状态。", status.name_zh()),
                format!(
                    "The case is {}, so this step is not possible. Reload to see where it is.",
                    status.name()
                ),
            )
            .with("status", status),
            Refusal::Overflow(error) => Self::fault(&error),
            Refusal::Sharing(error) => Self::refused(
                "cannot-be-shared",
                "各方的分担条件互相矛盾，无法分担。请核对次序与比例，同一次序合计不得超过 100%。",
                format!(
                    "The promises do not fit together: {error}. Check ranks and shares; those of one rank sum to 100 % at most."
                ),
            ),
            Refusal::Waterfall(error) => Self::refused(
                "cannot-be-distributed",
                "价款无法按此顺序分配。请核对清偿顺序与金额。",
                format!("The proceeds cannot be distributed: {error}."),
            ),
            other => of_case(other),
        }
    }
}

/// Refusals about opening, disposing and closing.
fn of_case(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::NotOverdue => Problem::refused(
            "not-overdue",
            "该贷款没有逾期，不能以逾期立案。如有其他违约情形，请以“决定”立案并说明理由。",
            "Nothing is overdue on this loan. If it is in default otherwise, open the case by decision and say why.",
        ),
        Refusal::LoanNotOutstanding => Problem::refused(
            "loan-not-outstanding",
            "该贷款已结清或已核销，不能办理此操作。",
            "The loan is settled or off the books, so this is not possible.",
        ),
        Refusal::CaseOpen { number } => Problem::refused(
            "case-open",
            format!("该贷款已有未结案件（{number}），请在该案件中办理。"),
            format!("The loan has a case that is open ({number}); work on that one."),
        )
        .with("number", number),
        Refusal::ReserveTooLow { least, of, next } => {
            let (zh, en) = if next {
                ("再次拍卖降价不得超过前次起拍价的 20%", "the next court auction may begin at most 20 % below the one before")
            } else {
                ("网络司法拍卖起拍价不得低于评估价的 70%", "a court's online auction may not begin below 70 % of the value")
            };
            Problem::refused(
                "reserve-too-low",
                format!("{zh}（法释〔2016〕18号），最低为 {least} 元。请提高起拍价。"),
                format!("By Fashi [2016] No. 18 {en}: at least {least} yuan of {of}. Raise the reserve."),
            )
            .with("least", least)
        }
        Refusal::BelowReserve { price, reserve } => Problem::refused(
            "below-reserve",
            format!("成交价 {price} 元低于现行处置方案对应的底价 {reserve} 元，未作登记。流拍后须先提交降低底价的新处置方案并经批准（司法拍卖每次降价不超过 20%），再登记价款。"),
            format!("The price, {price} yuan, is below the plan's lowest price for these patents, {reserve} yuan, and nothing was entered. After an offer without bidders propose a new plan with a lower reserve (a court lowers it by 20 % at most) and enter the price once it is approved."),
        )
        .with("price", price)
        .with("reserve", reserve),
        Refusal::NotPledged { number } => Problem::refused(
            "not-pledged",
            format!("专利 {number} 没有有效质押，其价款不能在此登记。请核对专利。"),
            format!("Patent {number} is under no live pledge, so its price cannot be entered here. Check the patent."),
        )
        .with("number", number),
        Refusal::PledgedElsewhere { number } => Problem::refused(
            "pledged-elsewhere",
            format!("专利 {number} 的质押不担保本案贷款，其价款不能在此登记。请在其所担保贷款的案件中办理。"),
            format!("The pledge over patent {number} does not secure this case's loan. Enter its price in the case of the loan that it secures."),
        )
        .with("number", number),
        Refusal::AlreadySold { number } => Problem::refused(
            "already-sold",
            format!("专利 {number} 已处置成交，不能重复登记价款。请核对专利。"),
            format!("Patent {number} was sold before; its price is entered once. Check the patent."),
        )
        .with("number", number),
        Refusal::NoCollection => Problem::refused(
            "no-collection",
            "尚无催收记录，不能核销。请先登记已采取的催收措施。",
            "Nothing was done to collect, so the loan cannot be written off. Enter what was done first.",
        ),
        Refusal::NothingLeft => Problem::refused(
            "nothing-left",
            "账面已无欠款，无需核销，可申请结案。",
            "Nothing is owed on the books any more, so there is nothing to write off. Ask to close the case.",
        ),
        Refusal::StillOverdue { days } => Problem::refused(
            "still-overdue",
            format!("贷款仍逾期 {days} 天，不能以恢复正常结案。"),
            format!("The loan is still {days} days overdue, so the case is not cured."),
        )
        .with("overdue_days", days),
        Refusal::StillOwed { owed } => Problem::refused(
            "still-owed",
            format!("尚欠 {owed} 元，不能以此结果结案；收回或核销（账销案存）后再结案。"),
            format!(
                "{owed} yuan are still owed, so the case cannot end like this. Recover them, or write them off and keep the claim, first."
            ),
        )
        .with("owed", owed),
        other => of_claim(other),
    }
}

/// Refusals about losses and claims.
fn of_claim(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::NothingLost => Problem::refused(
            "nothing-lost",
            "没有可认定为损失的欠款。若已清偿，请结案。",
            "Nothing is owed that would be a loss. If everything is paid, close the case.",
        ),
        Refusal::SharedTwice { name } => Problem::refused(
            "shared-twice",
            format!("{name} 已在授信的分担安排中，不必另列。"),
            format!("{name} covers the facility already; do not name it again."),
        )
        .with("name", name),
        Refusal::NoFundAgreement { name } => Problem::refused(
            "no-agreement",
            format!("该笔贷款发放时不在 {name} 的协议覆盖范围内（未签协议、不在协议期限内、已熔断或超出放大倍数），{name} 不分担其损失。请将其移出分担方。"),
            format!("No agreement of {name} covered this loan when it was drawn: there was none, outside its days, stopped, or beyond its leverage. Leave it out."),
        )
        .with("name", name),
        Refusal::AboveClaimed { claimed, asked } => Problem::refused(
            "above-claimed",
            format!("金额 {asked} 元超过可付的 {claimed} 元。请按可付金额办理。"),
            format!("{asked} yuan are more than the {claimed} yuan that can be paid. Enter at most that."),
        )
        .with("asked", asked)
        .with("most", claimed),
        Refusal::ReasonMissing => Problem::bad_fields(Vec::new()).with_field(
            "reason",
            "答复金额低于申请金额时须说明理由。",
            "Say why less than claimed is granted.",
        ),
        Refusal::FundAnswersItself => Problem::refused(
            "fund-answers-itself",
            "基金的代偿由基金自行答复并复核，银行不能代为登记。",
            "A fund answers its claims itself, two people of it; the bank cannot record that.",
        ),
        other => of_insurer(other),
    }
}

/// Refusals about insurers, and what waits for an answer.
fn of_insurer(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::NoPolicy { name, on } => Problem::refused(
            "no-policy",
            format!("{name} 没有在违约日 {on} 承保本笔贷款的保证保险保单，不分担其损失。请核对保单的保险期间，或将其移出分担方。"),
            format!("No guarantee policy of {name} covered this loan on {on}, the day of the default. Check the policy's period, or leave the insurer out."),
        )
        .with("name", name)
        .with("defaulted_on", on),
        Refusal::InsurerOnPlatform { name } => Problem::refused(
            "insurer-on-platform",
            format!("{name} 已在平台承保本笔贷款，不能以平台外机构登记。请按机构选择，以其保单为准。"),
            format!("{name} insures this loan on the platform and is not entered by hand. Choose it by its organisation; its policy counts."),
        )
        .with("name", name),
        Refusal::InsurerAnswersItself { name } => Problem::refused(
            "insurer-answers-itself",
            format!("{name} 的保单在平台上，其赔付或拒赔由保险公司办理后自动入账，银行不能代为登记。请在保险理赔中报案并跟进。"),
            format!("The policy of {name} is on the platform: what the insurer pays or refuses arrives by itself, and the bank cannot record it. Notify the claim under the policy and follow it there."),
        )
        .with("name", name),
        Refusal::AnswerStillDue { name, until } => Problem::refused(
            "answer-still-due",
            format!("{name} 的答复期限至 {until}，期满仍未答复的方可登记。期限内请继续催告。"),
            format!("{name} has until {until} to answer; only then may it be recorded that it does not. Keep asking until then."),
        )
        .with("until", until),
        Refusal::OtherClaim { number } => Problem::refused(
            "other-claim",
            format!("该笔赔款不能匹配至代偿申请 {number}：须为同一保险公司、同一笔贷款的申请，且赔款此前未冲抵其他申请。请核对，或退还保险公司。"),
            format!("This money cannot settle claim {number}: it must be a claim on the same insurer for the same loan, and the money must have paid no other before. Check the claim, or give the money back."),
        )
        .with("number", number),
        Refusal::ClaimsOpen { open } => Problem::refused(
            "claims-open",
            format!("尚有 {open} 笔代偿申请未决，请待各方答复后办理。"),
            format!("{open} claims for compensation wait for a decision; do this once they are decided."),
        )
        .with("open", open),
        Refusal::ClaimNotInStatus { status } => Problem::refused(
            "not-in-status",
            format!("代偿申请处于“{}”，不能办理此操作。请刷新后查看最新状态。", status.name_zh()),
            format!("The claim is {}, so this step is not possible. Reload to see where it is.", status.name()),
        )
        .with("status", status),
        other => of_loan(other),
    }
}

/// Refusals of acts on the loan beside its case.
fn of_loan(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::LossShared { number } => Problem::refused(
            "loss-shared",
            format!("该贷款的损失已在案件 {number} 中分担或核销，到账款项须按各方所付比例返还。请由银行在该案件中登记“追偿所得”。"),
            format!("The loss of this loan was shared or written off in case {number}, so what comes in goes back to those who bore it. The bank enters it as a recovery in that case."),
        )
        .with("number", number),
        Refusal::InWorkout { number, status } => Problem::refused(
            "loan-in-workout",
            format!("该贷款的案件 {number} 处于“{}”，不能变更还款安排。请先在该案件中办结。", status.name_zh()),
            format!("Case {number} of this loan is at {}: its terms are not changed meanwhile. Bring the case to its end first.", status.name().replace('_', " ")),
        )
        .with("number", number)
        .with("status", status),
        Refusal::CompensationLive { owed } => Problem::refused(
            "compensation-live",
            format!("贷款由代偿方代为清偿，尚有 {owed} 元代偿款未追回，不能出具结清证明。待借款人偿还代偿款后再办理。"),
            format!("Others have paid this loan for the borrower and {owed} yuan of that are not back, so it is not certified as settled. The certificate follows once they are."),
        )
        .with("owed", owed),
        other => of_gates(other),
    }
}

impl From<Refusal> for ActError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}
