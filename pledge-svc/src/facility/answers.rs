//! The refusals of the subject's rules as the caller hears them.

use chrono::NaiveDate;
use finance::{Money, Repayment};
use http_kit::Problem;

use super::{
    conduct_answers::conduct_refused,
    model::{
        Status,
        deposit::{DepositKind, DepositRefused},
        draw::{LimitKind, Refusal},
        proposal::Flaw,
        triggers::TriggerKind,
    },
};
use crate::loan::model::products::ProductRefusal;

/// A member that may not draw for a while. What a person wrote to it is told in the words it was written in; what the bank
/// found by itself (class, list, case) is its own affair, and the member hears of what kind it is.
fn paused(reason: Option<&str>, by: Option<TriggerKind>) -> Problem {
    let why = reason.map(str::trim).filter(|reason| !reason.is_empty() && by.is_none());
    let (zh, en) = match by {
        None => (why.map(|why| why.trim_end_matches(['。', '.'])).unwrap_or_default(), ""),
        Some(TriggerKind::MemberTier) => (
            "贵企业在本行的贷款情况已达到授信约定的暂停条件",
            "the state of your loans at the bank has met a condition on which the line pauses a member",
        ),
        Some(TriggerKind::MemberWorkout) => {
            ("贵企业在本行有贷款正在专门处理", "a loan of yours at the bank is being dealt with separately")
        }
        Some(TriggerKind::MemberListed) => (
            "贵企业目前不符合本行的用信条件",
            "you do not meet the bank's conditions for further lending at present",
        ),
        Some(_) => ("授信约定的暂停条件已达到", "a condition on which the line pauses a member has been met"),
    };
    let zh = if zh.is_empty() { "。".to_owned() } else { format!("：{zh}。") };
    let en = if en.is_empty() { ".".to_owned() } else { format!(": {en}.") };
    let problem = Problem::refused(
        "member-paused",
        format!("贵企业的用信资格已暂停{zh}请联系客户经理了解恢复条件。"),
        format!("Your membership is paused{en} Ask the loan officer what would restore it."),
    );
    if let Some(why) = why { problem.with("reason", why) } else { problem }
}

/// A reservation that is refused: the bank's own people hear why a member is paused as it is written down.
#[must_use]
pub(super) fn reservation_refused(refusal: &Refusal) -> Problem {
    let Refusal::MemberPaused { reason: Some(why), .. } = refusal else { return draw_refused(refusal) };
    let zh = why.trim().trim_end_matches(['。', '.']);
    Problem::refused(
        "member-paused",
        format!("该企业的用信资格已暂停：{zh}。请先恢复其资格再审批。"),
        "The enterprise's membership is paused; the reason is given beside. Let it go on before its application is approved.",
    )
    .with("reason", why)
}

/// A refused draw.
#[must_use]
pub(crate) fn draw_refused(refusal: &Refusal) -> Problem {
    match refusal {
        Refusal::NotActive { status } => Problem::refused(
            "facility-not-active",
            "该集合授信当前不在生效状态，不能用信。请联系主办银行。",
            "The facility is not active, so nothing can be drawn. Ask the lead bank.",
        )
        .with("status", status),
        Refusal::OutsideWindow { from, until } => outside_window(*from, *until),
        Refusal::MemberPaused { reason, by } => paused(reason.as_deref(), *by),
        Refusal::MemberLeft => Problem::refused(
            "member-left",
            "贵企业已退出该授信的成员名单，不能用信。请联系客户经理重新纳入名单。",
            "You have left the facility's list of members. Ask the loan officer to be put on it again.",
        ),
        Refusal::MemberOverdue => Problem::refused(
            "member-overdue",
            "贵企业在本行有贷款逾期，不能用信。请先结清逾期款项，结清后即可提款。",
            "A loan of yours at the bank is overdue, so nothing further is lent. Pay what is late first; you may draw as soon as it is paid.",
        ),
        Refusal::Tenor { asked: 0, cap } => Problem::refused(
            "tenor-exceeded",
            format!("期限须为 1 至 {cap} 个月，申请为 0 个月。请至少填写 1 个月。"),
            format!("The tenor must be 1 to {cap} months; none were asked for. Ask for one month at least."),
        )
        .with("tenor_cap_months", cap),
        Refusal::Tenor { asked, cap } => Problem::refused(
            "tenor-exceeded",
            format!("期限须为 1 至 {cap} 个月，申请为 {asked} 个月。请缩短期限。"),
            format!("The tenor must be 1 to {cap} months; {asked} were asked for. Shorten it."),
        )
        .with("tenor_cap_months", cap),
        Refusal::Product { refusal } => product_refused(refusal),
        Refusal::Conduct { refusal } => conduct_refused(refusal),
        Refusal::NoPledge => Problem::refused(
            "no-registered-pledge",
            "没有已登记且评估在有效期内的专利质押，不能提款。请先完成质押登记或重新评估；确需先行放款的，请银行办理质押豁免审批。",
            "No patent pledge is registered with a valid valuation. Complete the registration or have it revalued first; where it cannot wait, ask the bank for a waiver of the pledge.",
        ),
        Refusal::BeyondPledge { asked, matures_on, until, months } => beyond_pledge((*asked, *matures_on), (*until, *months)),
        Refusal::ConditionsOpen { open } => Problem::refused(
            "conditions-open",
            format!("尚有 {open} 项放款前提条件未落实，不能提款。请先办理并由银行确认。"),
            format!("{open} conditions precedent are not fulfilled. Fulfil them and have the bank confirm it first."),
        )
        .with("open", open),
        Refusal::Limit { kind, asked, available } => limit_problem(*kind, *asked, *available),
        Refusal::Uncovered { asked, left } => Problem::refused(
            "beyond-fund-cover",
            format!(
                "申请提款 {asked} 元，本授信约定由风险补偿基金分担损失，基金目前还可分担新增贷款 {left} 元。请减少金额，或联系银行：由基金扩大额度，或经银行决定在无基金分担的情况下继续放款。"
            ),
            format!(
                "{asked} yuan were asked for, and the fund on which this line counts covers {left} yuan more. Ask for less, or ask the bank: the fund may cover more, or the bank may decide to lend without it."
            ),
        )
        .with("asked", asked)
        .with("available", left),
        Refusal::DepositMissing { required, paid_in } => Problem::refused(
            "deposit-missing",
            format!("本次提款须先缴存互助保证金 {required} 元，现已缴存 {paid_in} 元。请先补缴。"),
            format!(
                "This draw needs {required} yuan in the mutual-aid pool; {paid_in} yuan is paid in. Pay in the rest first."
            ),
        )
        .with("required", required)
        .with("paid_in", paid_in),
    }
}

/// A loan that would last longer than what secures it.
fn beyond_pledge(
    (asked, due): (u32, NaiveDate),
    (until, months): (Option<NaiveDate>, Option<u32>),
) -> Problem {
    let zh = [months.map(|most| format!("最长 {most} 个月")), until.map(|day| format!("最迟 {day} 到期"))];
    let en = [months.map(|most| format!("at most {most} months")), until.map(|day| format!("due by {day}"))];
    let (zh, en) =
        (zh.into_iter().flatten().collect::<Vec<_>>(), en.into_iter().flatten().collect::<Vec<_>>());
    // A pledge without bounds secures a loan of any term, and less than was asked for.
    let (zh, en) = if zh.is_empty() {
        (String::new(), "all that is pledged secures".to_owned())
    } else {
        (format!("（{}）", zh.join("、")), format!("the pledge secures a loan: {}", en.join(" and ")))
    };
    Problem::refused(
        "beyond-pledge-term",
        format!(
            "申请期限 {asked} 个月、于 {due} 到期，超过质押所担保的债务期限{zh}。请缩短期限，或先由银行办理质押变更登记延长债务履行期限、补充质押。",
        ),
        format!(
            "{asked} months, due on {due}, is longer than {en}. Shorten the tenor, or have the bank file a longer debt term for the pledge, or pledge more.",
        ),
    )
    .with("asked", asked)
    .with("matures_on", due)
    .with("until", until)
    .with("tenor_max_months", months)
}

/// A draw that its product does not admit.
fn product_refused(refusal: &ProductRefusal) -> Problem {
    match refusal {
        ProductRefusal::Unknown { product } => Problem::refused(
            "unknown-product",
            format!("该银行没有代码为“{product}”的贷款产品。请从可选产品中选择。"),
            format!("The bank offers no product `{product}`. Choose one of those that it lists."),
        )
        .with("product", product),
        ProductRefusal::Method { asked, admitted } => Problem::refused(
            "repayment-not-admitted",
            format!(
                "该产品不支持{}。可选：{}。",
                method_zh(*asked),
                admitted.iter().map(|one| method_zh(*one)).collect::<Vec<_>>().join("、")
            ),
            format!(
                "The product is not repaid by {asked}. Choose {}.",
                admitted.iter().map(|one| one.name()).collect::<Vec<_>>().join(", ")
            ),
        )
        .with("admitted", admitted),
        ProductRefusal::Interval { asked, every } => Problem::refused(
            "tenor-not-multiple",
            format!("该产品每 {every} 个月还款一次，期限须为其整数倍，申请为 {asked} 个月。请调整期限。"),
            format!("Instalments are {every} months apart, and {asked} months are no multiple of it. Change the tenor."),
        )
        .with("every_months", every),
        ProductRefusal::Tenor { asked, most } => Problem::refused(
            "product-tenor-exceeded",
            format!("该产品期限最长 {most} 个月，申请为 {asked} 个月。请缩短期限或选择其他产品。"),
            format!("The product lends for at most {most} months; {asked} were asked for. Shorten the tenor or choose another product."),
        )
        .with("tenor_max_months", most),
        ProductRefusal::Grace { asked, most } => Problem::refused(
            "grace-too-long",
            format!("宽限期最多 {most} 期，申请为 {asked} 期。请减少宽限期。"),
            format!("At most {most} instalments may be without principal; {asked} were asked for. Ask for fewer."),
        )
        .with("grace_max", most),
        ProductRefusal::NoFixing { on } => Problem::refused(
            "no-lpr-fixing",
            format!("银行尚未录入 {on} 适用的 LPR，浮动利率产品暂不能提款。请联系银行，或选择固定利率产品。"),
            format!("The bank has not recorded the LPR in force on {on}, so nothing can be drawn at a floating rate. Ask the bank, or choose a product with a fixed one."),
        )
        .with("on", on),
        ProductRefusal::NoRate { spread_bp } => Problem::refused(
            "no-rate-left",
            format!("按当日 LPR 加 {spread_bp} 个基点，利率不高于零，不能提款。请联系银行变更授信定价。"),
            format!("The LPR of the day with {spread_bp} basis points leaves no rate above zero. Ask the bank to change the line's pricing."),
        )
        .with("spread_bp", spread_bp),
    }
}

const fn method_zh(method: Repayment) -> &'static str {
    match method {
        Repayment::EqualInstalment => "等额本息",
        Repayment::EqualPrincipal => "等额本金",
        Repayment::InterestOnly => "按期付息到期还本",
        Repayment::Bullet => "一次性还本付息",
    }
}

/// The day lies outside the availability window.
#[must_use]
pub(crate) fn outside_window(from: NaiveDate, until: NaiveDate) -> Problem {
    Problem::refused(
        "outside-window",
        format!("用信有效期为 {from} 至 {until}，今日不可提款。"),
        format!("Draws are open from {from} to {until}; today is outside."),
    )
    .with("available_from", from)
    .with("available_until", until)
}

fn limit_problem(kind: LimitKind, asked: Money, available: Money) -> Problem {
    let (zh, en) = match kind {
        LimitKind::Facility => ("集合授信可用额度", "what is free on the facility"),
        LimitKind::SubLimit => ("企业分项可用额度", "what is free under the sub-limit"),
        LimitKind::SingleMember => ("单户集中度上限余额", "what the cap for one member leaves"),
        LimitKind::Group => {
            ("关联组集中度上限余额", "what the cap for the group of connected members leaves")
        }
        LimitKind::Collateral => ("已登记质押物可贷余额", "what the registered collateral still carries"),
        LimitKind::Unsecured => ("免质押额度余额", "what may still be owed without collateral"),
        LimitKind::Waiver => ("质押豁免额度余额", "what the waiver of the pledge leaves"),
        LimitKind::BorrowingBase => ("专利池借款基数余额", "what the pool of patents still carries"),
        LimitKind::PatentPool => ("单一专利池集中度上限余额", "what the cap for one pool of patents leaves"),
        LimitKind::SingleCustomer => (
            "银行对单一客户的贷款上限余额（按资本净额核定）",
            "what the bank may still lend to one customer by its capital",
        ),
        LimitKind::ConnectedGroup => (
            "银行对关联客户组的风险暴露上限余额（按一级资本净额核定）",
            "what the bank may still lend to a group of connected customers by its capital",
        ),
    };
    Problem::refused(
        "limit-exceeded",
        format!("申请提款 {asked} 元，超过{zh} {available} 元。请减少金额。"),
        format!("{asked} yuan were asked for, more than {en}: {available} yuan. Ask for less."),
    )
    .with("asked", asked)
    .with("available", available)
    .with("limit_kind", kind)
}

/// A loan that may not be renewed: its bank has more out to the customer, or to its group, than its capital allows.
#[must_use]
pub(super) fn beyond_bounds(kind: LimitKind, out: Money, cap: Money) -> Problem {
    let (zh, en) = match kind {
        LimitKind::ConnectedGroup => (
            "关联客户组在银行的贷款及已批未提金额",
            "what the group of connected customers owes the bank and holds approved",
        ),
        _ => ("借款人在银行的贷款余额", "what the borrower owes the bank"),
    };
    Problem::refused(
        "exposure-bound",
        format!("{zh}为 {out} 元，超过按资本核定的上限 {cap} 元，不能续贷。请先收回超出部分。"),
        format!("{en}, {out} yuan, is more than the {cap} yuan that its capital allows, so the loan is not renewed. Collect the excess first."),
    )
    .with("limit_kind", kind)
    .with("exposure", out)
    .with("cap", cap)
}

/// A loan that may not be renewed, because a bank that takes part has more out than its own capital allows. What it has out is
/// its own affair.
#[must_use]
pub(super) fn beyond_bounds_of(bank: &str) -> Problem {
    Problem::refused(
        "exposure-bound",
        format!("参与行{bank}对该借款人或其关联客户组的余额超过该行按资本核定的上限，不能续贷。请与该行协商。"),
        format!("{bank}, which takes part in the line, has more out to the borrower or its group than its capital allows, so the loan is not renewed. Settle it with that bank first."),
    )
    .with("bank_name", bank)
}

/// The flaws of a proposal or change, each at its field.
#[must_use]
pub(crate) fn flawed(flaws: Vec<Flaw>) -> Problem {
    flaws.into_iter().fold(Problem::bad_fields(Vec::new()), |problem, flaw| {
        problem.with_field(flaw.field, flaw.zh, flaw.en)
    })
}

/// The state does not admit the act.
#[must_use]
pub(crate) fn wrong_state(status: Status) -> Problem {
    Problem::refused(
        "wrong-state",
        "当前状态不允许此操作，请刷新后查看最新状态。",
        "The present state does not admit this act; look at the current state first.",
    )
    .with("status", status)
}

/// A deposit that is not taken or not given back.
#[must_use]
pub(crate) fn deposit_refused(refused: DepositRefused) -> Problem {
    match refused {
        DepositRefused::NotAgreed(DepositKind::MutualAid) => Problem::refused(
            "deposit-not-agreed",
            "该授信未约定互助保证金，无需缴存。",
            "The facility has no mutual-aid pool, so there is nothing to pay into.",
        ),
        DepositRefused::NotAgreed(DepositKind::Margin) => Problem::refused(
            "deposit-not-agreed",
            "该授信不是专利池担保，无需缴存补充保证金。",
            "The facility does not lend on a pool of patents, so there is no margin to pay in.",
        ),
        DepositRefused::NotOpen(status) => wrong_state(status),
        DepositRefused::MemberLeft => Problem::refused(
            "member-left",
            "该企业已退出成员名单，不能缴存。",
            "The enterprise has left the list of members and cannot pay in.",
        ),
        DepositRefused::BeyondNeed { most } => Problem::refused(
            "deposit-beyond-need",
            format!("保证金余额最多为 {most} 元。请减少金额。"),
            format!("At most {most} yuan may be held as a deposit. Pay in less."),
        )
        .with("most", most),
        DepositRefused::AboveHeld { held } => Problem::refused(
            "deposit-above-held",
            format!("可退还的保证金余额为 {held} 元。请核对金额。"),
            format!("{held} yuan is held. Ask for at most that."),
        )
        .with("held", held),
        DepositRefused::StillOwed { drawn, reserved } => Problem::refused(
            "deposit-still-needed",
            format!("企业在该授信下尚有已用 {drawn} 元、预占 {reserved} 元或未结清的利息，保证金暂不能退还。请先结清。"),
            format!(
                "The member still has {drawn} yuan drawn, {reserved} yuan held, or interest unpaid. Settle it before the deposit comes back."
            ),
        )
        .with("drawn", drawn)
        .with("reserved", reserved),
        DepositRefused::Suspended => Problem::refused(
            "facility-not-active",
            "该授信已暂停，互助保证金暂不退还。请待恢复后办理。",
            "The line is suspended: the mutual-aid pool is kept together until it goes on.",
        )
        .with("status", Status::Suspended),
        DepositRefused::PoolAtRisk { loans } => Problem::refused(
            "pool-at-risk",
            format!("互助池成员有 {loans} 笔贷款逾期、不良或在处置中，互助保证金暂不退还。请待其清偿或案件结束后办理。"),
            format!("{loans} loans of the pool's members are overdue, non-performing or in a case: its deposits stay until they are paid or the cases are closed."),
        )
        .with("loans", loans),
        DepositRefused::BaseNeedsIt { free } => Problem::refused(
            "deposit-still-needed",
            format!("退还后专利池不足以支持已用额度，目前最多可退还 {free} 元。"),
            format!("The pool would no longer carry what is drawn; {free} yuan could go back now."),
        )
        .with("free", free),
    }
}
