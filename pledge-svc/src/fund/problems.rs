//! Refusals of the rules as the caller hears them.

use axum::http::StatusCode;
use http_kit::{ActError, Problem};

use super::model::{PaymentLimit, Refusal, StopCause};

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Flawed(flaws) => flaws
                .into_iter()
                .fold(Self::bad_fields(Vec::new()), |all, flaw| all.with_field(flaw.field, flaw.zh, flaw.en)),
            Refusal::FourEyes => Self::new(
                StatusCode::FORBIDDEN,
                "four-eyes",
                "经办人不得复核自己提交的事项，请由本机构另一位有权人办理。",
                "The maker never decides their own act; another authorised person of the fund must.",
            ),
            Refusal::Decided { status } => Self::refused(
                "already-decided",
                "该事项已有结论，未作更改。请刷新后查看。",
                "This was decided before; nothing was changed. Reload to see how.",
            )
            .with("status", status),
            Refusal::Overflow(error) => Self::fault(&error),
            other => of_money(other),
        }
    }
}

/// Refusals about the account and its promises.
fn of_money(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::AlreadyOpen => Problem::refused(
            "fund-open",
            "本机构的基金账户已开立，无需重复开立。",
            "Your organisation's fund is open already.",
        ),
        Refusal::NotOpen => Problem::refused(
            "fund-not-open",
            "本机构尚未开立基金账户。请先提交开立事项并由另一人复核。",
            "Your organisation has no fund yet. Ask for one to be opened and have another person decide it.",
        ),
        Refusal::NotFree { asked, free } => Problem::refused(
            "not-enough-free",
            format!("拟承诺 {asked} 元，资金池可用于承诺的余额为 {free} 元。请减少承诺额或先补充资金。"),
            format!("{asked} yuan would be committed, {free} yuan of the balance are free for it. Commit less or replenish the fund first."),
        )
        .with("asked", asked)
        .with("free", free),
        Refusal::AbovePayable { limit, most, asked } => {
            let (zh, en) = limit_words(limit);
            Problem::refused(
                "above-payable",
                format!("拟支付 {asked} 元，超过{zh} {most} 元。请按可付金额支付。"),
                format!("{asked} yuan would be paid, more than {en}: {most} yuan. Pay at most that."),
            )
            .with("asked", asked)
            .with("payable", most)
            .with("limit_kind", limit)
        }
        Refusal::AboveReturnable { most, asked } => Problem::refused(
            "above-returnable",
            format!("拟返还 {asked} 元，超过尚未返还的代偿额 {most} 元。"),
            format!("{asked} yuan would be handed back, but only {most} yuan of compensation are outstanding."),
        )
        .with("asked", asked)
        .with("outstanding", most),
        other => of_agreement(other),
    }
}

fn limit_words(limit: PaymentLimit) -> (&'static str, &'static str) {
    match limit {
        PaymentLimit::Claimed => ("银行申请代偿额", "what the bank claimed"),
        PaymentLimit::PerClaim => ("单笔代偿上限", "the cap for one loan"),
        PaymentLimit::PerYear => ("本年度代偿余额", "what the year's cap leaves"),
        PaymentLimit::Commitment => ("协议剩余承诺额", "what is left of the commitment"),
        PaymentLimit::Balance => ("资金池余额", "what the fund holds"),
    }
}

/// Refusals about an agreement.
fn of_agreement(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::NotInStatus { status } => Problem::refused(
            "not-in-status",
            format!("合作协议{}，不能办理此操作。请刷新后查看最新状态。", status.name_zh()),
            format!("The agreement is {}, so this step is not possible. Reload to see where it is.", status.name()),
        )
        .with("status", status),
        Refusal::SameCover { number } => Problem::refused(
            "same-cover",
            format!("协议 {number} 已覆盖同一范围。请变更该协议，或先终止。"),
            format!("Agreement {number} covers the same already. Amend it, or end it first."),
        )
        .with("number", number),
        Refusal::OtherFacility => Problem::refused(
            "other-facility",
            "该授信不存在，或不由该银行牵头。请核对银行与授信。",
            "The facility is not there, or not led by that bank. Check bank and facility.",
        ),
        Refusal::BelowPaid { paid } => Problem::refused(
            "below-paid",
            format!("承诺额不得低于已净代偿的 {paid} 元。"),
            format!("The commitment may not be less than the {paid} yuan paid under it."),
        )
        .with("paid", paid),
        Refusal::BelowCovered { covered, capacity } => Problem::refused(
            "below-covered",
            format!("新条款最多可覆盖 {capacity} 元，低于已覆盖的 {covered} 元。请提高承诺额或放大倍数。"),
            format!("The new terms carry {capacity} yuan, less than the {covered} yuan covered. Raise commitment or leverage."),
        )
        .with("covered", covered)
        .with("capacity", capacity),
        Refusal::StillCovering { covered, pending } => Problem::refused(
            "still-covering",
            format!("尚有覆盖余额 {covered} 元、待定代偿 {pending} 元，不能终止。请待结清后办理。"),
            format!("{covered} yuan are still covered and {pending} yuan claimed. End the agreement once both are nothing."),
        )
        .with("covered", covered)
        .with("pending", pending),
        Refusal::OutsideTerm { from, until } => Problem::refused(
            "outside-term",
            format!("协议自 {from} 至 {until} 接受新增业务，今日不在期内。"),
            format!("The agreement takes new loans from {from} to {until}; today is outside."),
        ),
        Refusal::BeyondLeverage { asked, room } => Problem::refused(
            "beyond-leverage",
            format!("新增 {asked} 元将超过约定放大倍数，剩余可覆盖额为 {room} 元。"),
            format!("{asked} yuan more would exceed the leverage agreed; {room} yuan may still be covered."),
        )
        .with("asked", asked)
        .with("room", room),
        Refusal::Stopped { number, cause } => {
            let (zh, en) = match cause {
                Some(StopCause::NonPerforming) => ("不良率超过熔断线", "its non-performing share passed the threshold"),
                _ => ("代偿率超过熔断线", "its compensated share passed the threshold"),
            };
            Problem::refused(
                "cover-stopped",
                format!("协议 {number} 因{zh}已熔断，暂停新增业务，须由基金两人解除。"),
                format!("Agreement {number} is stopped because {en}; two people of the fund must release it before anything new is covered."),
            )
            .with("number", number)
        }
        other => Problem::fault(&other),
    }
}

impl From<Refusal> for ActError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}
