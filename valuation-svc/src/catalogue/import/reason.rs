//! Why a row is refused, in one sentence of each language that says what to do.

use std::fmt;

use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::problem::quote;

/// A row that is not imported. The others of its file are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowError {
    /// The line of the file on which the row begins, or the row of the sheet, counted from one.
    pub line: u64,
    /// The header of the column at fault as the file writes it; `None` where the row as a whole is.
    pub column: Option<String>,
    /// What is wrong.
    pub reason: Reason,
}

/// Why a row is rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// A cell that every record needs is empty or its column is missing.
    Missing,
    /// Not the number of a patent document.
    NotANumber {
        /// The cell.
        value: String,
    },
    /// A number without the office that gave it, and no column that names the office.
    OfficeUnknown {
        /// The cell.
        value: String,
    },
    /// The check digit of a Chinese or European application number is wrong.
    CheckDigit {
        /// The cell.
        value: String,
        /// What the digit must be.
        expected: char,
    },
    /// Not a date, or a day that does not exist.
    BadDate {
        /// The cell.
        value: String,
    },
    /// Day and month may be taken for each other.
    AmbiguousDate {
        /// The cell.
        value: String,
    },
    /// Not a whole number.
    BadCount {
        /// The cell.
        value: String,
    },
    /// Not a symbol of the classification.
    BadClass {
        /// The symbol.
        value: String,
    },
    /// Not an `http` or `https` address.
    BadLink {
        /// The cell.
        value: String,
    },
    /// The cell is larger than the limit.
    CellTooLarge {
        /// The limit, bytes.
        bytes_max: usize,
    },
    /// The workbook's cell holds an error such as `#N/A`.
    WorkbookError {
        /// The error as the workbook shows it.
        value: String,
    },
    /// The cell holds a formula, which is never evaluated.
    Formula {
        /// The formula.
        value: String,
    },
    /// Bytes that the encoding cannot express.
    Unreadable {
        /// The encoding the file was read in.
        encoding: &'static str,
    },
    /// The cell holds the character U+0000, which no text has: the file is damaged there.
    ZeroCharacter,
    /// A quotation mark opens in this row and never closes.
    UnclosedQuote,
    /// The line of a JSON Lines file is no JSON object.
    NotAnObject,
    /// The row is larger than the limit.
    RowTooLarge {
        /// The limit, bytes.
        bytes_max: usize,
    },
    /// The row is wider than any file may be.
    TooWide {
        /// The most columns of a file.
        columns_max: usize,
        /// Columns of the row, as far as they were counted.
        found: usize,
    },
    /// The row has more cells than the header.
    TooManyCells {
        /// Cells of the header.
        expected: usize,
        /// Cells of the row, or the limit where it has more than that.
        found: usize,
    },
}

impl Reason {
    /// A stable word for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::NotANumber { .. } => "not-a-number",
            Self::OfficeUnknown { .. } => "office-unknown",
            Self::CheckDigit { .. } => "check-digit",
            Self::BadDate { .. } => "bad-date",
            Self::AmbiguousDate { .. } => "ambiguous-date",
            Self::BadCount { .. } => "bad-count",
            Self::BadClass { .. } => "bad-class",
            Self::BadLink { .. } => "bad-link",
            Self::CellTooLarge { .. } => "cell-too-large",
            Self::WorkbookError { .. } => "workbook-error",
            Self::Formula { .. } => "formula",
            Self::Unreadable { .. } => "unreadable",
            Self::ZeroCharacter => "zero-character",
            Self::UnclosedQuote => "unclosed-quote",
            Self::NotAnObject => "not-an-object",
            Self::RowTooLarge { .. } => "row-too-large",
            Self::TooManyCells { .. } | Self::TooWide { .. } => "too-many-cells",
        }
    }

    /// The sentence in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Missing => "缺少必填内容".into(),
            Self::NotANumber { value } => format!("“{}”不是专利文献号", quote(value)),
            Self::OfficeUnknown { value } => {
                format!("“{}”缺少国别代码，文件中也没有国别列", quote(value))
            }
            Self::CheckDigit { value, expected } => {
                format!("申请号“{}”的校验位不正确，应为 {expected}", quote(value))
            }
            Self::BadDate { value } => format!("“{}”不是有效日期", quote(value)),
            Self::AmbiguousDate { value } => {
                format!("日期“{}”的日与月无法区分，请在映射文件中写明 date_format", quote(value))
            }
            Self::BadCount { value } => format!("“{}”不是数量", quote(value)),
            Self::BadClass { value } => format!("“{}”不是分类号", quote(value)),
            Self::BadLink { value } => format!("“{}”不是 http 或 https 网址", quote(value)),
            Self::CellTooLarge { bytes_max } => format!("单元格超过 {bytes_max} 字节"),
            Self::WorkbookError { value } => format!("单元格为 Excel 错误值 {}", quote(value)),
            Self::Formula { value } => format!("单元格为公式“{}”，请改为数值后导出", quote(value)),
            Self::Unreadable { encoding } => {
                format!("含有无法按 {encoding} 解码的字符，请在映射文件中写明 encoding")
            }
            Self::ZeroCharacter => "单元格含有空字符（U+0000），内容可能已损坏。请改正或重新导出本行".into(),
            Self::UnclosedQuote => "本行的引号没有结束".into(),
            Self::NotAnObject => "本行不是 JSON 对象".into(),
            Self::RowTooLarge { bytes_max } => format!("本行超过 {bytes_max} 字节"),
            Self::TooManyCells { expected, found } => {
                format!("本行有 {found} 列，表头为 {expected} 列。请删去多出的列，或检查本行的分隔符和引号")
            }
            Self::TooWide { columns_max, found } => {
                format!(
                    "本行有 {found} 列，每行最多 {columns_max} 列。请删去多出的列，或检查本行的分隔符和引号"
                )
            }
        }
    }

    /// The sentence in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::Missing => "a record needs this, and it is empty".into(),
            Self::NotANumber { value } => {
                format!("\"{}\" is not the number of a patent document", quote(value))
            }
            Self::OfficeUnknown { value } => {
                format!("\"{}\" has no country code, and no column names the country", quote(value))
            }
            Self::CheckDigit { value, expected } => {
                format!(
                    "the check digit of application number \"{}\" is wrong; it must be {expected}",
                    quote(value)
                )
            }
            Self::BadDate { value } => format!("\"{}\" is not a date that exists", quote(value)),
            Self::AmbiguousDate { value } => format!(
                "in \"{}\" day and month cannot be told apart; state date_format in a mapping file",
                quote(value)
            ),
            Self::BadCount { value } => format!("\"{}\" is not a whole number", quote(value)),
            Self::BadClass { value } => format!("\"{}\" is not a classification symbol", quote(value)),
            Self::BadLink { value } => format!("\"{}\" is not an http or https address", quote(value)),
            Self::CellTooLarge { bytes_max } => format!("the cell is larger than {bytes_max} bytes"),
            Self::WorkbookError { value } => format!("the cell holds the Excel error {}", quote(value)),
            Self::Formula { value } => {
                format!("the cell holds the formula \"{}\"; export its value instead", quote(value))
            }
            Self::Unreadable { encoding } => format!(
                "a character cannot be read as {encoding}; state the file's encoding in a mapping file"
            ),
            Self::ZeroCharacter => {
                "the cell holds the character U+0000, so its content may be damaged; correct the row or export it again".into()
            }
            Self::UnclosedQuote => "a quotation mark opens in this row and never closes".into(),
            Self::NotAnObject => "the line is not a JSON object".into(),
            Self::RowTooLarge { bytes_max } => format!("the row is larger than {bytes_max} bytes"),
            Self::TooManyCells { expected, found } => {
                format!(
                    "the row has {found} columns and the header {expected}; remove what is beyond, or look at the row's delimiters and quotation marks"
                )
            }
            Self::TooWide { columns_max, found } => format!(
                "the row has {found} columns and may have {columns_max}; remove what is beyond, or look at the row's delimiters and quotation marks"
            ),
        }
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Reason", 3)?;
        fields.serialize_field("code", self.code())?;
        fields.serialize_field("zh", &self.zh())?;
        fields.serialize_field("en", &self.en())?;
        fields.end()
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en())
    }
}
