//! The refusals of the subject's rules as the caller hears them.

use finance::Money;
use http_kit::Problem;

use super::model::{
    Status,
    draw::{LimitKind, Refusal},
    proposal::Flaw,
};

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
        Refusal::OutsideWindow { from, until } => Problem::refused(
            "outside-window",
            format!("用信有效期为 {from} 至 {until}，今日不可提款。"),
            format!("Draws are open from {from} to {until}; today is outside."),
        )
        .with("available_from", from)
        .with("available_until", until),
        Refusal::MemberPaused => Problem::refused(
            "member-paused",
            "贵企业的用信资格已暂停。请联系客户经理了解恢复条件。",
            "Your membership is paused. Ask the loan officer what would restore it.",
        ),
        Refusal::Tenor { asked, cap } => Problem::refused(
            "tenor-exceeded",
            format!("期限须为 1 至 {cap} 个月，申请为 {asked} 个月。请缩短期限。"),
            format!("The tenor must be 1 to {cap} months; {asked} were asked for. Shorten it."),
        )
        .with("tenor_cap_months", cap),
        Refusal::NoPledge => Problem::refused(
            "no-registered-pledge",
            "没有已登记且评估在有效期内的专利质押，不能提款。请先完成质押登记或重新评估。",
            "No patent pledge is registered with a valid valuation. Complete the registration or have it revalued first.",
        ),
        Refusal::Limit { kind, asked, available } => limit_problem(*kind, *asked, *available),
    }
}

fn limit_problem(kind: LimitKind, asked: Money, available: Money) -> Problem {
    let (zh, en) = match kind {
        LimitKind::Facility => ("集合授信可用额度", "what is free on the facility"),
        LimitKind::SubLimit => ("企业分项可用额度", "what is free under the sub-limit"),
        LimitKind::SingleMember => ("单户集中度上限余额", "what the cap for one member leaves"),
        LimitKind::Collateral => ("已登记质押物可贷余额", "what the registered collateral still carries"),
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

/// The flaws of a proposal or change, each at its field.
#[must_use]
pub(crate) fn flawed(flaws: Vec<Flaw>) -> Problem {
    flaws.into_iter().fold(Problem::bad_fields(Vec::new()), |problem, flaw| {
        problem.with_field(flaw.field, flaw.zh, flaw.en)
    })
}

/// The maker tried to decide.
#[must_use]
pub(crate) fn four_eyes() -> Problem {
    Problem::new(
        axum::http::StatusCode::FORBIDDEN,
        "four-eyes",
        "经办人不得审批自己提交的事项，请由另一位有权人办理。",
        "The maker never approves their own act; another authorised person must decide.",
    )
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
