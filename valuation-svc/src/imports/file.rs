//! A file as it was read, and what importing it came to.

use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::ToSchema;

use crate::catalogue::{
    PatentRecord, Upserted,
    disposal::Breach,
    import::{self, ImportProblem, Mapping, RowError},
};

/// Rejected rows that are listed one by one; beyond they are only counted.
pub(super) const ERRORS_MAX: usize = 1_000;

/// What importing a file came to. `read` is the sum of the four counts after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportResult {
    /// Rows below the header that are not blank.
    pub read: u64,
    /// Patents that are new.
    pub imported: u64,
    /// Patents that were known and say something new.
    pub updated: u64,
    /// Patents that were known as they are, and rows that repeat a document of the same file.
    pub unchanged: u64,
    /// Rows that are not imported.
    pub rejected: u64,
    /// Why, row by row; the first thousand.
    pub errors: Vec<RejectedRow>,
}

impl ImportResult {
    /// The result of recording what was read; `duplicates` counts as unchanged.
    pub(super) fn of(counts: RowCounts, sum: Upserted, errors: Vec<RejectedRow>) -> Self {
        let Upserted { imported, updated, unchanged, refused } = sum;
        let RowCounts { read, duplicates, rejected } = counts;
        let (unchanged, rejected) = (unchanged + duplicates, rejected + refused);
        Self { read, imported, updated, unchanged, rejected, errors }
    }
}

/// The rows of a file.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct RowCounts {
    /// Below the header and not blank.
    pub read: u64,
    /// Merged into the record of an earlier row of the same document.
    pub duplicates: u64,
    /// Not imported.
    pub rejected: u64,
}

/// A row that is not imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RejectedRow {
    /// The line of the file, or the row of the sheet, counted from one.
    pub line: u64,
    /// The header of the column at fault; absent where the row as a whole is.
    pub column: Option<String>,
    /// What is wrong.
    pub reason: ReasonText,
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReasonText {
    /// A stable word for programs.
    pub code: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read at all.
    #[error("{en}")]
    Unreadable {
        /// One sentence in Chinese.
        zh: String,
        /// One sentence in English.
        en: String,
    },
    /// The machinery failed; nothing was changed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// What was read from a file.
pub(super) struct ReadFile {
    pub records: Vec<PatentRecord>,
    pub counts: RowCounts,
    pub errors: Vec<RejectedRow>,
}

/// Reads a file off the request threads.
pub(super) async fn read(bytes: Vec<u8>, mapping: Option<String>) -> Result<ReadFile, ImportError> {
    tokio::task::spawn_blocking(move || parse(&bytes, mapping.as_deref()))
        .await
        .map_err(|error| Fault::Other(error.to_string()))?
}

fn parse(bytes: &[u8], mapping: Option<&str>) -> Result<ReadFile, ImportError> {
    let mapping = mapping.map(Mapping::parse).transpose().map_err(unreadable)?;
    let file = import::read(bytes, mapping.as_ref()).map_err(unreadable)?;
    let (read, duplicates) = (file.read, file.duplicates);
    let (records, refused) = file.into_parts();
    Ok(ReadFile {
        records,
        counts: RowCounts { read, duplicates, rejected: u64::try_from(refused.len()).unwrap_or(u64::MAX) },
        errors: refused.into_iter().take(ERRORS_MAX).map(RejectedRow::from).collect(),
    })
}

pub(super) fn unreadable(problem: ImportProblem) -> ImportError {
    ImportError::Unreadable { zh: problem.zh(), en: problem.en() }
}

impl From<RowError> for RejectedRow {
    fn from(error: RowError) -> Self {
        let (code, zh, en) = (error.reason.code().to_owned(), error.reason.zh(), error.reason.en());
        Self { line: error.line, column: error.column, reason: ReasonText { code, zh, en } }
    }
}

/// A row that would dispose of a pledged patent; its line is not kept once the file is read.
impl From<&Breach> for RejectedRow {
    fn from(breach: &Breach) -> Self {
        let Breach { number, bank_name, act, .. } = breach;
        Self {
            line: 0,
            column: None,
            reason: ReasonText {
                code: "pledged_without_consent".to_owned(),
                zh: format!(
                    "{number}：该专利已质押给{bank_name}，未经质权人同意不得{}，未作更改。请先取得质权人同意。",
                    act.zh()
                ),
                en: format!(
                    "{number}: it is pledged to {bank_name} and may not be {} without the pledgee's consent; nothing was changed. Obtain the consent first.",
                    act.en()
                ),
            },
        }
    }
}
