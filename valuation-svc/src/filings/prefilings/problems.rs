//! Refusals of examinations as the caller hears them.

use axum::http::StatusCode;
use http_kit::{ActError, Problem};

use super::model::Refusal;

impl From<Refusal> for ActError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::EvaluatorIsInventor(name) => Self::refused(
                "evaluator-is-inventor",
                format!("{name} 是该发明的发明人，不能评估自己的发明。请由他人评估并提交。"),
                format!(
                    "{name} is an inventor of it and does not examine an invention of one's own. Have another person do it."
                ),
            ),
            Refusal::DeciderIsInventor(name) => Self::refused(
                "evaluator-is-inventor",
                format!("{name} 是该发明的发明人，不能就自己的发明作决定。请由另一位管理员决定。"),
                format!(
                    "{name} is an inventor of it and does not decide on an invention of one's own. Have another administrator do it."
                ),
            ),
            Refusal::NotSearched => Self::refused(
                "novelty-not-searched",
                "尚未作新颖性检索，不能建议或决定申请专利。请先检索并写明结论。",
                "The state of the art was not searched, so it cannot be filed. Search it first and say what was found.",
            ),
            Refusal::ProjectMissing => Self::refused(
                "project-missing",
                "财政资助的发明须写明资助项目。请补充项目名称或编号。",
                "Name the project whose public money paid for the invention.",
            ),
            Refusal::NotTheInstitutes => Self::refused(
                "not-the-institutes",
                "非职务发明归发明人所有，单位不能申请专利。请改选其他建议，或更正权属。",
                "The invention is the inventors' own, so the institute cannot file it. Choose another course, or correct whose it is.",
            ),
            Refusal::Decided => Self::refused(
                "already-decided",
                "该评估已作决定，不能再修改或重复决定。请刷新查看。",
                "It has been decided; it is not changed or decided again. Reload to see it.",
            ),
            Refusal::NotAdministrator => Self::new(
                StatusCode::FORBIDDEN,
                "not-administrator",
                "申请前评估由本单位管理员决定。请由管理员办理。",
                "The institute's administrator decides on it. Have that person do it.",
            ),
            Refusal::FourEyes => Self::refused(
                "four-eyes",
                "您提交了该评估，不能自己决定。请由另一位管理员决定。",
                "You put it forward yourself; another administrator decides on it.",
            ),
            Refusal::NotToBeFiled => Self::refused(
                "not-to-be-filed",
                "只有决定申请专利的评估才能关联专利。",
                "Only what was decided to be filed has a patent.",
            ),
            Refusal::LinkedAlready => Self::refused(
                "already-linked",
                "该评估或该专利已有关联，不能重复关联。",
                "A patent has been named for it already, or that patent for another examination.",
            ),
            Refusal::PatentOfOthers => Self::refused(
                "patent-held-by-others",
                "该专利属于平台上的其他机构，不能关联。请核对号码。",
                "The patent belongs to another organisation of the platform. Check the number.",
            ),
        }
    }
}
