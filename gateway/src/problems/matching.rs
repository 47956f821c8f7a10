//! Kinds of problems of needs and proposals. … stands for a figure that the problem itself names.

use super::Kind;

/// The kinds.
pub(super) const KINDS: &[Kind] = &[
    (
        "already-proposed",
        "该专利已向此需求（企业）推荐，目前为“…”。请在原推荐中跟进。",
        "The patent has been proposed here already and is …. Follow that proposal up.",
    ),
    (
        "day-proposals-full",
        "本机构今日推荐已达上限 … 件，请明日再推荐。",
        "Your institute has proposed … patents today, and no more may be. Go on tomorrow.",
    ),
    (
        "declined-before",
        "企业已于 … 谢绝（或洽谈未达成）。专利或需求变更前不再推荐。",
        "It was declined, or the talks failed, on …. It may be proposed again once patent or need has changed.",
    ),
    (
        "enterprise-proposals-full",
        "今日向该企业的推荐已达上限 … 件。请明日再推荐，或推荐最合适的几件。",
        "… patents have been proposed to this enterprise today, and no more may be. Go on tomorrow.",
    ),
    ("enterprises-only", "技术需求只能由企业发布。", "Only an enterprise states what it looks for."),
    (
        "need-not-open",
        "该技术需求目前为“…”，不能进行此操作。请选择征集中的需求。",
        "The need is … and does not allow this. Choose one that is open.",
    ),
    (
        "not-patent-owner",
        "只能推荐本机构拥有的专利。请先在目录中登记权利人。",
        "Only a patent of one's own institute is proposed. Record the owner in the catalogue first.",
    ),
    ("patent-not-offered", "该专利不能推荐：…。", "The patent cannot be proposed: …."),
    ("proposal-not-open", "该推荐目前为“…”，不能进行此操作。", "The proposal is … and does not allow this."),
    (
        "unknown-enterprise",
        "该机构不是在平台上发布过需求或办理过质押的企业，请从匹配结果中选择企业。",
        "This is no enterprise that has stated a need or pledged a patent here. Choose one from the suggestions.",
    ),
];
