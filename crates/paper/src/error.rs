//! Why a document cannot be made.

/// A document that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PaperError {
    /// No font of the machine has Chinese characters; a PDF cannot be made here until one is installed.
    #[error(
        "no Chinese font is installed on the server: install one, such as Noto Sans CJK (package fonts-noto-cjk)"
    )]
    NoChineseFont,
    /// A font file is there and does not read.
    #[error("the font {path} does not read: {reason}")]
    BrokenFont {
        /// Where it lies.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The sum of a column is beyond the range of amounts.
    #[error("the sum of column `{column}` is beyond the range of amounts")]
    Overflow {
        /// The column's head.
        column: String,
    },
    /// The writer of the format refused.
    #[error("the document cannot be written: {0}")]
    Unwritable(String),
}
