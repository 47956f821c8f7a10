//! Kinds of problems of a pledge: its debt's term, its pledgor's confirmation, its revaluation. … stands for a figure that
//! the problem itself names.

use super::Kind;

/// The kinds.
pub(super) const KINDS: &[Kind] = &[
    (
        "debt-below-loans",
        "债务履行期限所填为 …，早于所担保贷款的最后到期日 …。请填写不早于该日的期限。",
        "A loan that the pledge secures falls due on a later day, …, than the … asked for. Let the debt's term reach it.",
    ),
    (
        "debt-beyond-right",
        "债务履行期限至 …，超过专利权有效期（最早于 … 届满）。请缩短期限，或先解除该专利的质押。",
        "The debt would last until …, and the first of the patents ends on …. Shorten the term, or release that patent first.",
    ),
    (
        "nothing-to-confirm",
        "没有待出质人确认的登记事项，或已确认。请刷新后查看。",
        "Nothing waits for the pledgor's confirmation, or it was given. Reload to see it.",
    ),
    (
        "pledgor-not-confirmed",
        "出质人尚未确认该登记事项，也未上传其签署的质押合同（变更登记为补充协议），不能办结。请出质人登录确认，或上传签署文本。",
        "The pledgor has neither confirmed the filing nor is the contract that it signed (a supplementary agreement for a change) among the papers. Have it confirm on its own login, or attach the signed paper.",
    ),
    (
        "revaluation-decided",
        "该重估已办结，不能再次审批。请刷新后查看。",
        "The revaluation was decided already. Reload to see it.",
    ),
    (
        "revaluation-open",
        "该质押已有待审批的重估，请先办结。",
        "A revaluation of this pledge waits for its decision. Have it decided first.",
    ),
    (
        "revaluation-overtaken",
        "提出重估后，质押所依据的评估已被其他评估取代。请退回并按最新评估重新提出。",
        "Since it was proposed another valuation has taken the place of the one relied on. Refuse it and propose the newest anew.",
    ),
];
