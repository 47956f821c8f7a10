//! Refusals of the rules as the caller hears them.

use http_kit::{ActError, Problem};

use super::model::Refusal;

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Closed { name } => Self::refused(
                "round-closed",
                format!("评价“{name}”已结束，不能再作更改。"),
                format!("The evaluation \"{name}\" is closed and changes no more."),
            ),
            Refusal::Over { deadline } => Self::refused(
                "round-over",
                format!("评价已于 {deadline} 截止，不能再提交或修改。如仍有意见，请直接联系专利权人。"),
                format!("The evaluation ended on {deadline}; nothing is handed in or revised any more. Speak to the owner directly."),
            )
            .with("deadline", deadline),
            Refusal::NotInLibrary { patents } => Self::invalid(
                "not-in-library",
                format!("有 {} 件专利不在本机构的可转化库中，或所选专利包为空。请先完成盘点审核入库。", patents.len()),
                format!(
                    "{} of the patents are not in the institute's library, or the bundle is empty. Have them reviewed in a stocktake first.",
                    patents.len()
                ),
            )
            .with("patents", patents),
            Refusal::Evaluated => Self::refused(
                "already-evaluated",
                "您在本次评价中已评价过该专利。请修改已有的评价。",
                "You have evaluated this patent in this round. Revise that evaluation.",
            ),
        }
    }
}

impl From<Refusal> for ActError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}
