//! Why a whole file, or its mapping, is refused, in one sentence of each language that says what to do.

use serde::{Serialize, Serializer, ser::SerializeStruct};

/// Longest piece of a user's cell that a message repeats, characters.
const QUOTED_CHARS_MAX: usize = 120;

/// Most headers that a message lists.
const LISTED_HEADERS_MAX: usize = 40;

/// Why a file cannot be imported at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportProblem {
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
    /// Two columns that are read have one name, or a line of JSON Lines has one member twice.
    #[error("{}", self.en())]
    RepeatedColumn {
        /// The name, as the file writes it.
        header: String,
    },
    /// The name of a column holds the character U+0000.
    #[error("{}", self.en())]
    DamagedHeader {
        /// The name.
        header: String,
    },
    /// So many quotation marks never close that the rows cannot be told apart.
    #[error("{}", self.en())]
    BrokenQuotes {
        /// Line of the last one seen.
        line: u64,
    },
    /// The mapping is larger than the limit.
    #[error("{}", self.en())]
    MappingTooLarge {
        /// The limit, bytes.
        bytes_max: usize,
    },
    /// The mapping is no TOML.
    #[error("{}", self.en())]
    MappingSyntax {
        /// What the parser says, with the line.
        message: String,
    },
    /// The mapping has a key that does not exist.
    #[error("{}", self.en())]
    MappingUnknownKey {
        /// The key.
        key: String,
        /// The keys that exist there.
        known: Vec<String>,
    },
    /// The mapping gives a key a value that means nothing.
    #[error("{}", self.en())]
    MappingBadValue {
        /// The key.
        key: String,
        /// What may stand there.
        allowed: &'static str,
    },
}

impl ImportProblem {
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
            Self::RepeatedColumn { .. } => "repeated-column",
            Self::DamagedHeader { .. } => "damaged-header",
            Self::BrokenQuotes { .. } => "broken-quotes",
            Self::MappingTooLarge { .. } => "mapping-too-large",
            Self::MappingSyntax { .. } => "mapping-syntax",
            Self::MappingUnknownKey { .. } => "mapping-unknown-key",
            Self::MappingBadValue { .. } => "mapping-bad-value",
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
            Self::RepeatedColumn { header } => format!(
                "文件中有两列都叫“{}”，无法判断以哪一列为准。请删去其中一列，或改为不同的列名后重新导入。",
                quote(header)
            ),
            Self::DamagedHeader { header } => {
                format!("列名“{}”中含有空字符（U+0000），文件可能已损坏，请重新导出。", quote(header))
            }
            Self::BrokenQuotes { line } => {
                format!("引号不成对，无法区分各行（最后见于第 {line} 行），请重新导出。")
            }
            Self::MappingTooLarge { bytes_max } => format!("映射文件超过 {} KiB。", bytes_max / 1024),
            Self::MappingSyntax { message } => format!("映射文件不是有效的 TOML：{}。", quote(message)),
            Self::MappingUnknownKey { key, known } => {
                format!("映射文件中没有“{}”这一项（可用：{}）。", quote(key), known.join("、"))
            }
            Self::MappingBadValue { key, allowed } => {
                format!("映射文件中“{}”的值无效，应为：{allowed}。", quote(key))
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
            Self::RepeatedColumn { header } => format!(
                "Two columns of the file are called \"{}\", so which of them counts cannot be told; remove one of them or \
                 give it another name, and import again.",
                quote(header)
            ),
            Self::DamagedHeader { header } => format!(
                "The column name \"{}\" holds the character U+0000, so the file may be damaged; export it again.",
                quote(header)
            ),
            Self::BrokenQuotes { line } => format!(
                "Quotation marks do not pair, so rows cannot be told apart (last seen on line {line}); export \
                 the file again."
            ),
            Self::MappingTooLarge { bytes_max } => {
                format!("The mapping file is larger than {} KiB.", bytes_max / 1024)
            }
            Self::MappingSyntax { message } => {
                format!("The mapping file is not valid TOML: {}.", quote(message))
            }
            Self::MappingUnknownKey { key, known } => format!(
                "The mapping file has \"{}\", which does not exist (there are: {}).",
                quote(key),
                known.join(", ")
            ),
            Self::MappingBadValue { key, allowed } => format!(
                "The mapping file gives \"{}\" a value that is not understood; write {allowed}.",
                quote(key)
            ),
        }
    }
}

impl Serialize for ImportProblem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("ImportProblem", 3)?;
        fields.serialize_field("code", self.code())?;
        fields.serialize_field("zh", &self.zh())?;
        fields.serialize_field("en", &self.en())?;
        fields.end()
    }
}

/// A user's text, short enough and without line ends for a message of one line.
pub(super) fn quote(text: &str) -> String {
    let mut short: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(QUOTED_CHARS_MAX).collect();
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
