//! Refusals of matching as the caller hears them.

use axum::http::StatusCode;
use http_kit::Problem;

use super::model::{
    need::NeedStatus,
    proposal::{MatchStatus, Refusal},
};

/// Only enterprises state needs.
pub(super) fn enterprises_only() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "enterprises-only",
        "技术需求只能由企业发布。",
        "Only an enterprise states what it looks for.",
    )
}

/// A step that the need's state does not allow.
pub(super) fn need_state(status: NeedStatus) -> Problem {
    Problem::refused(
        "need-not-open",
        format!("该技术需求目前为“{}”，不能进行此操作。", status.name_zh()),
        format!("The need is {} and does not allow this.", status.name()),
    )
    .with("state", status)
}

/// A step that the proposal's state does not allow.
pub(super) fn match_state(status: MatchStatus) -> Problem {
    Problem::refused(
        "proposal-not-open",
        format!("该推荐目前为“{}”，不能进行此操作。", status.name_zh()),
        format!("The proposal is {} and does not allow this.", status.name()),
    )
    .with("state", status)
}

/// The enterprise is none that may be proposed to.
pub(super) fn unknown_enterprise() -> Problem {
    Problem::invalid(
        "unknown-enterprise",
        "该机构不是在平台上发布过需求或办理过质押的企业，请从匹配结果中选择企业。",
        "This is no enterprise that has stated a need or pledged a patent here. Choose one from the suggestions.",
    )
}

/// Neither or both of need and enterprise are named.
pub(super) fn one_addressee() -> Problem {
    Problem::bad_fields(Vec::new()).with_field(
        "need_id",
        "请在技术需求与企业中填写一项。",
        "Name either a need or an enterprise.",
    )
}

/// Why nothing is proposed.
pub(super) fn refusal(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::NotOwner => Problem::refused(
            "not-patent-owner",
            "只能推荐本机构拥有的专利。请先在目录中登记权利人。",
            "Only a patent of one's own institute is proposed. Record the owner in the catalogue first.",
        ),
        Refusal::Unavailable(why) => {
            let (zh, en) = why.words();
            Problem::refused(
                "patent-not-offered",
                format!("该专利不能推荐：{zh}。"),
                format!("The patent cannot be proposed: {en}."),
            )
            .with("reason", why)
        }
        Refusal::NeedNotOpen => need_state_closed(),
        Refusal::Proposed(status) => Problem::refused(
            "already-proposed",
            format!("该专利已向此需求（企业）推荐，目前为“{}”。请在原推荐中跟进。", status.name_zh()),
            format!("The patent has been proposed here already and is {}. Follow that proposal up.", status.name()),
        )
        .with("state", status),
        Refusal::Declined { on } => Problem::refused(
            "declined-before",
            format!("企业已于 {on} 谢绝（或洽谈未达成）。专利或需求变更前不再推荐。"),
            format!("It was declined, or the talks failed, on {on}. It may be proposed again once patent or need has changed."),
        )
        .with("on", on),
        Refusal::DayFull { limit } => day_full(limit),
        Refusal::EnterpriseFull { limit } => Problem::refused(
            "enterprise-proposals-full",
            format!("今日向该企业的推荐已达上限 {limit} 件。请明日再推荐，或推荐最合适的几件。"),
            format!("{limit} patents have been proposed to this enterprise today, and no more may be. Go on tomorrow."),
        )
        .with("limit", limit),
    }
}

fn need_state_closed() -> Problem {
    Problem::refused(
        "need-not-open",
        "该技术需求已暂停、到期或关闭，不能推荐。请选择征集中的需求。",
        "The need is paused, expired or closed. Choose one that is open.",
    )
}

fn day_full(limit: u64) -> Problem {
    Problem::refused(
        "day-proposals-full",
        format!("本机构今日推荐已达上限 {limit} 件，请明日再推荐。"),
        format!("Your institute has proposed {limit} patents today, and no more may be. Go on tomorrow."),
    )
    .with("limit", limit)
}
