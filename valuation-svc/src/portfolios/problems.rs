//! Refusals as the caller hears them.

use http_kit::Problem;
use uuid::Uuid;

use super::model::MEMBERS_MAX;

/// Nothing to put together.
pub(super) fn no_patents() -> Problem {
    Problem::refused(
        "no-patents",
        "没有可以合并估值的专利。请选择专利，或选择名下有专利的权利人。",
        "There is no patent to value together. Name patents, or an owner that has some.",
    )
}

/// Too many to put together.
pub(super) fn too_many() -> Problem {
    Problem::invalid(
        "too-many-patents",
        format!("一个组合最多 {MEMBERS_MAX} 件专利，请拆分。"),
        format!("A portfolio has {MEMBERS_MAX} patents at most: split it."),
    )
    .with("most", MEMBERS_MAX)
}

/// A patent that the catalogue does not know.
pub(super) fn unknown_patent(id: Uuid) -> Problem {
    Problem::invalid(
        "unknown-patent",
        format!("专利库中没有专利 {id}，请核对后重新提交。"),
        format!("The catalogue has no patent {id}: look at the list again."),
    )
    .with("patent_id", id)
}

/// A report on what is not valued yet.
pub(super) fn not_valued() -> Problem {
    Problem::refused(
        "portfolio-not-valued",
        "该组合正在估值，完成后才有报告。请稍后再试。",
        "The portfolio is being valued: its report is there once that is done.",
    )
}
