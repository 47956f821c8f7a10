//! Why a row or a whole file is refused, in one sentence of each language that says what to do.

use serde::{Serialize, Serializer, ser::SerializeStruct};

/// Longest piece of a user's cell that a message repeats, characters.
const QUOTED_CHARS_MAX: usize = 60;

/// Most headers that a message lists.
const LISTED_HEADERS_MAX: usize = 40;

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
    /// The check digit of a Chinese application number is wrong.
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
    /// Bytes that the encoding cannot express.
    Unreadable {
        /// The encoding the file was read in.
        encoding: &'static str,
    },
    /// A quotation mark opens in this row and never closes.
    UnclosedQuote,
    /// The row is larger than the limit.
    RowTooLarge {
        /// The limit, bytes.
        bytes_max: usize,
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
            Self::Unreadable { .. } => "unreadable",
            Self::UnclosedQuote => "unclosed-quote",
            Self::RowTooLarge { .. } => "row-too-large",
            Self::TooManyCells { .. } => "too-many-cells",
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
            Self::Unreadable { encoding } => {
                format!("含有无法按 {encoding} 解码的字符，请在映射文件中写明 encoding")
            }
            Self::UnclosedQuote => "本行的引号没有结束".into(),
            Self::RowTooLarge { bytes_max } => format!("本行超过 {bytes_max} 字节"),
            Self::TooManyCells { expected, found } => {
                format!("本行有 {found} 个单元格，表头只有 {expected} 个")
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
            Self::Unreadable { encoding } => format!(
                "a character cannot be read as {encoding}; state the file's encoding in a mapping file"
            ),
            Self::UnclosedQuote => "a quotation mark opens in this row and never closes".into(),
            Self::RowTooLarge { bytes_max } => format!("the row is larger than {bytes_max} bytes"),
            Self::TooManyCells { expected, found } => {
                format!("the row has {found} cells, the header only {expected}")
            }
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

/// Why a file cannot be imported at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// No bytes, or nothing but blank rows.
    #[error("{}", self.en())]
    Empty,
    /// The file is larger than the limit.
    #[error("{}", self.en())]
    TooLarge {
        /// The limit, bytes.
        bytes_max: u64,
    },
    /// Something else than a table.
    #[error("{}", self.en())]
    NotATable {
        /// What it looks like, where that is known: `PDF`, `HTML`, `ZIP`.
        looks_like: Option<&'static str>,
    },
    /// A table, but no row among the first is a header with a publication number and a title.
    #[error("{}", self.en())]
    UnrecognisedHeaders {
        /// The headers of the row that looks most like one.
        seen: Vec<String>,
    },
    /// The mapping names a header that the file does not have.
    #[error("{}", self.en())]
    MappedHeaderMissing {
        /// The header that was looked for.
        header: String,
        /// The headers that are there.
        seen: Vec<String>,
    },
    /// The mapping names a sheet that the workbook does not have.
    #[error("{}", self.en())]
    SheetMissing {
        /// The sheet that was looked for.
        sheet: String,
        /// The sheets that are there.
        seen: Vec<String>,
    },
    /// A workbook locked with a password.
    #[error("{}", self.en())]
    EncryptedWorkbook,
    /// A workbook in the binary format before 2007.
    #[error("{}", self.en())]
    OldWorkbook,
    /// A workbook that cannot be unpacked or understood.
    #[error("{}", self.en())]
    CorruptWorkbook,
    /// A workbook that unpacks to more than the limits allow.
    #[error("{}", self.en())]
    WorkbookTooLarge,
    /// More rows than the limit.
    #[error("{}", self.en())]
    TooManyRows {
        /// The limit.
        rows_max: u64,
    },
    /// More columns than the limit.
    #[error("{}", self.en())]
    TooManyColumns {
        /// The limit.
        columns_max: usize,
    },
    /// So many quotation marks never close that the rows cannot be told apart.
    #[error("{}", self.en())]
    BrokenQuotes {
        /// Line of the last one seen.
        line: u64,
    },
}

impl FileError {
    /// A stable word for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLarge { .. } => "too-large",
            Self::NotATable { .. } => "not-a-table",
            Self::UnrecognisedHeaders { .. } => "unrecognised-headers",
            Self::MappedHeaderMissing { .. } => "mapped-header-missing",
            Self::SheetMissing { .. } => "sheet-missing",
            Self::EncryptedWorkbook => "encrypted-workbook",
            Self::OldWorkbook => "old-workbook",
            Self::CorruptWorkbook => "corrupt-workbook",
            Self::WorkbookTooLarge => "workbook-too-large",
            Self::TooManyRows { .. } => "too-many-rows",
            Self::TooManyColumns { .. } => "too-many-columns",
            Self::BrokenQuotes { .. } => "broken-quotes",
        }
    }

    /// The sentence in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Empty => "文件为空。".into(),
            Self::TooLarge { bytes_max } => {
                format!("文件超过 {} MiB，请拆分后导入。", bytes_max / 1024 / 1024)
            }
            Self::NotATable { looks_like: Some(kind) } => {
                format!("文件不是表格（看起来是 {kind}），请导出为 CSV 或 XLSX。")
            }
            Self::NotATable { looks_like: None } => "文件不是表格，请导出为 CSV 或 XLSX。".into(),
            Self::UnrecognisedHeaders { seen } => format!(
                "无法识别表头（见到：{}）；请用映射文件指明公开号和标题所在的列。",
                listed(seen, "、")
            ),
            Self::MappedHeaderMissing { header, seen } => {
                format!("文件中没有映射文件所写的列“{}”（见到：{}）。", quote(header), listed(seen, "、"))
            }
            Self::SheetMissing { sheet, seen } => {
                format!("工作簿中没有工作表“{}”（见到：{}）。", quote(sheet), listed(seen, "、"))
            }
            Self::EncryptedWorkbook => "工作簿有密码，请取消密码后再导入。".into(),
            Self::OldWorkbook => "这是旧版 XLS 工作簿，请另存为 XLSX 或 CSV。".into(),
            Self::CorruptWorkbook => "工作簿已损坏，请重新导出。".into(),
            Self::WorkbookTooLarge => "工作簿解压后过大，请拆分或另存为 CSV。".into(),
            Self::TooManyRows { rows_max } => format!("文件超过 {rows_max} 行，请拆分后导入。"),
            Self::TooManyColumns { columns_max } => format!("文件超过 {columns_max} 列。"),
            Self::BrokenQuotes { line } => {
                format!("引号不成对，无法区分各行（最后见于第 {line} 行），请重新导出。")
            }
        }
    }

    /// The sentence in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::Empty => "The file is empty.".into(),
            Self::TooLarge { bytes_max } => {
                format!("The file is larger than {} MiB; split it.", bytes_max / 1024 / 1024)
            }
            Self::NotATable { looks_like: Some(kind) } => {
                format!("The file is not a table (it looks like {kind}); export it as CSV or XLSX.")
            }
            Self::NotATable { looks_like: None } => {
                "The file is not a table; export it as CSV or XLSX.".into()
            }
            Self::UnrecognisedHeaders { seen } => format!(
                "The headers are not recognised (seen: {}); name the columns of publication number and title \
                 in a mapping file.",
                listed(seen, ", ")
            ),
            Self::MappedHeaderMissing { header, seen } => format!(
                "The file has no column \"{}\", which the mapping file names (seen: {}).",
                quote(header),
                listed(seen, ", ")
            ),
            Self::SheetMissing { sheet, seen } => {
                format!("The workbook has no sheet \"{}\" (seen: {}).", quote(sheet), listed(seen, ", "))
            }
            Self::EncryptedWorkbook => "The workbook has a password; remove it and import again.".into(),
            Self::OldWorkbook => "This is an old XLS workbook; save it as XLSX or CSV.".into(),
            Self::CorruptWorkbook => "The workbook is damaged; export it again.".into(),
            Self::WorkbookTooLarge => {
                "The workbook is too large when unpacked; split it or save it as CSV.".into()
            }
            Self::TooManyRows { rows_max } => {
                format!("The file has more than {rows_max} rows; split it.")
            }
            Self::TooManyColumns { columns_max } => {
                format!("The file has more than {columns_max} columns.")
            }
            Self::BrokenQuotes { line } => format!(
                "Quotation marks do not pair, so rows cannot be told apart (last seen on line {line}); export \
                 the file again."
            ),
        }
    }
}

impl Serialize for FileError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("FileError", 3)?;
        fields.serialize_field("code", self.code())?;
        fields.serialize_field("zh", &self.zh())?;
        fields.serialize_field("en", &self.en())?;
        fields.end()
    }
}

/// A user's text, short enough and without line ends for a message of one line.
pub(super) fn quote(text: &str) -> String {
    let mut short: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(QUOTED_CHARS_MAX)
        .collect();
    if text.chars().nth(QUOTED_CHARS_MAX).is_some() {
        short.push('…');
    }
    short
}

fn listed(headers: &[String], separator: &str) -> String {
    let mut list =
        headers.iter().take(LISTED_HEADERS_MAX).map(|h| quote(h)).collect::<Vec<_>>().join(separator);
    if headers.len() > LISTED_HEADERS_MAX {
        list.push_str(separator);
        list.push('…');
    }
    list
}
