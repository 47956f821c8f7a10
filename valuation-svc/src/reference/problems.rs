//! Refusals of the rules as the caller hears them.

use http_kit::{ActError, Problem};

use super::model::{Refusal, whole::FileRefusal};

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotInState { state } => Self::refused(
                "not-in-status",
                format!("该版本当前为“{}”，不能办理此操作，未作任何更改。请刷新查看。", state.name_zh()),
                format!(
                    "The version is {}: this cannot be done now; nothing was changed. Reload.",
                    state.name()
                ),
            )
            .with("status", state.name()),
            Refusal::Version(refusal) => refusal.into(),
            Refusal::Unchanged => Self::refused(
                "reference-unchanged",
                "该版本与届时生效的版本逐行相同，无需发布。请作废此草稿，或导入有变化的文件。",
                "The version says row by row what will hold on that day anyway. Discard the draft, or import a file that differs.",
            ),
        }
    }
}

impl From<Refusal> for ActError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}

/// The most headers that a message lists.
const HEADERS_MAX: usize = 20;

impl From<FileRefusal> for Problem {
    fn from(refusal: FileRefusal) -> Self {
        match refusal {
            FileRefusal::Unreadable(problem) => Self::invalid("unreadable-file", problem.zh(), problem.en()),
            FileRefusal::Headers { seen } => {
                let seen: Vec<String> =
                    seen.into_iter().take(HEADERS_MAX).map(|h| h.chars().take(40).collect()).collect();
                Self::invalid(
                    "unknown-headers",
                    format!("没有找到所需的表头（见到：{}）。请按页面所列的列名准备文件。", seen.join("、")),
                    format!("The columns needed were not found (seen: {}). Name them as the page lists.", seen.join(", ")),
                )
            }
            FileRefusal::NoRows => Self::invalid(
                "no-rows",
                "文件只有表头，没有数据行，未作任何更改。",
                "The file has a header and no rows; nothing was changed.",
            ),
            FileRefusal::Rows { rows, count, errors } => Self::invalid(
                "rows-refused",
                format!("{rows} 行中有 {count} 处错误，全部未导入。请按所列行号和列改正后重新上传。"),
                format!("{count} errors in {rows} rows; nothing was imported. Correct the lines and columns listed and upload again."),
            )
            .with("rows", rows)
            .with("count", count)
            .with("row_errors", errors),
        }
    }
}

impl From<FileRefusal> for ActError {
    fn from(refusal: FileRefusal) -> Self {
        Self::Refused(refusal.into())
    }
}
