//! Kinds of problems of stocktakes and market evaluations. … stands for a figure that the problem itself names.

use super::Kind;

/// The kinds.
pub(super) const KINDS: &[Kind] = &[
    (
        "already-evaluated",
        "该专家在本次评价中已评价过该专利。请修改已有的评价。",
        "The expert has evaluated this patent in this round. Revise that evaluation.",
    ),
    (
        "assessment-incomplete",
        "还有 … 项未填写，尚未提交；errors 逐项列出。请补全后再提交，或先保存草稿。",
        "… fields are not filled in and nothing was handed in; errors names each. Complete them, or save a draft.",
    ),
    (
        "deadline-not-later",
        "新的截止日须晚于现截止日 …。",
        "The new deadline must be after the present one, ….",
    ),
    (
        "no-such-bundle",
        "本次盘点没有第 … 号专利包。请先新建，或选择已有的。",
        "The stocktake has no bundle …. Make it first, or choose one that is there.",
    ),
    (
        "not-assigned",
        "该专利尚未分配到学院，不能填写评价。请先分配。",
        "The patent was given to no college yet. Assign it before it is assessed.",
    ),
    (
        "not-in-library",
        "有 … 件专利不在本机构的可转化库中，或所选专利包为空；patents 列出这些专利。请先完成盘点审核入库。",
        "… of the patents are not in the institute's library, or the bundle is empty; patents lists them. Have them reviewed in a stocktake first.",
    ),
    (
        "patent-not-owned",
        "该专利已不属于本机构，不能入库。请选择不入库并说明理由。",
        "The patent is no longer the institute's and does not go into its library. Keep it out, and say why.",
    ),
    (
        "reasons-missing",
        "有 … 项与发明人自评不同，请说明理由；fields 列出这些项。",
        "… grades differ from the inventor's; fields lists them. Say why.",
    ),
    ("round-closed", "该评价已结束，不能再作更改。", "The evaluation is closed and changes no more."),
    (
        "round-over",
        "评价已于 … 截止，不能再提交或修改。如仍有意见，请直接联系专利权人。",
        "The evaluation ended on …; nothing is handed in or revised any more. Speak to the owner directly.",
    ),
    (
        "stocktake-closed",
        "该盘点已结束，不能再作更改。请在新的盘点中办理。",
        "The stocktake is closed and changes no more. Take it up in a new one.",
    ),
    (
        "stocktake-step",
        "该专利在盘点中所处的环节不允许此操作；state 说明现处环节。请刷新后查看。",
        "Where the patent stands in the stocktake this cannot be done; state says where that is. Look at it again.",
    ),
    (
        "too-many-labels",
        "每件专利最多 … 个标签。请先移除一些。",
        "A patent carries at most … labels. Take some away first.",
    ),
    (
        "unknown-college",
        "所填学院不在本次盘点之列；colleges 列出参加的学院。请从中选择。",
        "The college takes no part in this stocktake; colleges lists those that do. Choose one of them.",
    ),
];
