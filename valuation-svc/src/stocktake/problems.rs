//! Refusals of the rules as the caller hears them.

use http_kit::{ActError, Problem};

use super::model::Refusal;

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Closed { name } => Self::refused(
                "stocktake-closed",
                format!("盘点“{name}”已结束，不能再作更改。请在新的盘点中办理。"),
                format!("The stocktake \"{name}\" is closed and changes no more. Take it up in a new one."),
            ),
            Refusal::NotInState { state } => Self::refused(
                "stocktake-step",
                format!("该专利在盘点中{}，不能进行此操作。请刷新后查看现状。", state.name_zh()),
                format!("The patent stands at \"{state}\" in the stocktake, where this cannot be done. Look at it again."),
            )
            .with("state", state),
            Refusal::NotAssigned => Self::refused(
                "not-assigned",
                "该专利尚未分配到学院，不能填写评价。请先分配。",
                "The patent was given to no college yet. Assign it before it is assessed.",
            ),
            Refusal::UnknownCollege { college, known } => Self::invalid(
                "unknown-college",
                format!("“{college}”不在本次盘点的学院之列：{}。请从中选择。", known.join("、")),
                format!("\"{college}\" takes no part in this stocktake: {}. Choose one of them.", known.join(", ")),
            )
            .with("colleges", known),
            Refusal::Incomplete { missing } => {
                let fields = missing.clone();
                fields.into_iter().fold(
                    Self::invalid(
                        "assessment-incomplete",
                        format!("还有 {} 项未填写，尚未提交。请补全后再提交，或先保存草稿。", missing.len()),
                        format!(
                            "{} fields are not filled in, and nothing was handed in. Complete them, or save a draft.",
                            missing.len()
                        ),
                    ),
                    |problem, field| problem.with_field(field, "提交前必填。", "Required before it is handed in."),
                )
            }
            Refusal::ReasonsMissing { fields } => Self::invalid(
                "reasons-missing",
                format!("有 {} 项与发明人自评不同，请说明理由。", fields.len()),
                format!("{} grades differ from the inventor's. Say why.", fields.len()),
            )
            .with("fields", fields)
            .with_field("reasons", "与自评不同时必填。", "Required where it differs from the inventor's."),
            Refusal::FourEyes => Self::new(
                axum::http::StatusCode::FORBIDDEN,
                "four-eyes",
                "发明人和作出单位评价的人不得审核同一件专利，请由另一人审核。",
                "The patent's inventor and who assessed it for the unit do not review it; another person must.",
            ),
            Refusal::NotOwned => Self::refused(
                "patent-not-owned",
                "该专利已不属于本机构，不能入库。请选择不入库并说明理由。",
                "The patent is no longer the institute's and does not go into its library. Keep it out, and say why.",
            ),
            Refusal::NoSuchBundle { number } => Self::invalid(
                "no-such-bundle",
                format!("本次盘点没有第 {number} 号专利包。请先新建，或选择已有的。"),
                format!("The stocktake has no bundle {number}. Make it first, or choose one that is there."),
            )
            .with("bundle", number),
            Refusal::NotLater { deadline } => Self::invalid(
                "deadline-not-later",
                format!("新的截止日须晚于现截止日 {deadline}。"),
                format!("The new deadline must be after the present one, {deadline}."),
            )
            .with("deadline", deadline)
            .with_field("deadline", "须晚于现截止日。", "Must be after the present one."),
            Refusal::TooManyLabels { most } => Self::refused(
                "too-many-labels",
                format!("每件专利最多 {most} 个标签。请先移除一些。"),
                format!("A patent carries at most {most} labels. Take some away first."),
            )
            .with("most", most),
        }
    }
}

impl From<Refusal> for ActError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}
