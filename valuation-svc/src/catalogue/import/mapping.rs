//! A mapping: what a user states about a file whose headers are not known, in TOML.

use std::{collections::BTreeMap, str::FromStr};

use encoding_rs::Encoding;
use figment::{
    Figment,
    providers::{Format as _, Toml},
    value::{Dict, Value},
};

use super::{
    dates::DateOrder,
    field::{Field, header_key},
    problem::ImportProblem,
};

/// Largest mapping, bytes.
const BYTES_MAX: usize = 64 * 1024;

/// The keys of a mapping.
const KEYS: [&str; 6] = ["columns", "list_separator", "date_format", "encoding", "delimiter", "sheet"];

/// What a user states about a file. What it leaves out is recognised as if there were no mapping.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    /// Field to header, as the file writes it.
    pub(super) columns: BTreeMap<Field, String>,
    pub(super) list_separator: Option<String>,
    pub(super) date_order: Option<DateOrder>,
    pub(super) encoding: Option<&'static Encoding>,
    /// ASCII.
    pub(super) delimiter: Option<u8>,
    pub(super) sheet: Option<String>,
}

impl Mapping {
    /// Reads a mapping.
    ///
    /// # Errors
    /// Not TOML, a key or field that does not exist, or a value that means nothing.
    pub fn parse(text: &str) -> Result<Self, ImportProblem> {
        if text.len() > BYTES_MAX {
            return Err(ImportProblem::MappingTooLarge { bytes_max: BYTES_MAX });
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let dict: Dict = Figment::from(Toml::string(text))
            .extract()
            .map_err(|error| ImportProblem::MappingSyntax { message: error.to_string() })?;
        let mut mapping = Self::default();
        for (key, value) in &dict {
            match key.as_str() {
                "columns" => mapping.columns = columns(value)?,
                "list_separator" => mapping.list_separator = Some(separator(value)?),
                "date_format" => mapping.date_order = Some(date_order(value)?),
                "encoding" => mapping.encoding = Some(encoding(value)?),
                "delimiter" => mapping.delimiter = Some(delimiter(value)?),
                "sheet" => mapping.sheet = Some(text_of("sheet", value)?.to_owned()),
                _ => {
                    return Err(ImportProblem::MappingUnknownKey {
                        key: key.clone(),
                        known: KEYS.map(str::to_owned).to_vec(),
                    });
                }
            }
        }
        Ok(mapping)
    }

    /// Whether it names the two columns without which nothing can be imported.
    pub(super) fn is_complete(&self) -> bool {
        let number = [Field::PublicationNumber, Field::GrantNumber];
        self.columns.contains_key(&Field::Title) && number.iter().any(|f| self.columns.contains_key(f))
    }
}

impl FromStr for Mapping {
    type Err = ImportProblem;

    fn from_str(text: &str) -> Result<Self, ImportProblem> {
        Self::parse(text)
    }
}

fn text_of<'v>(key: &str, value: &'v Value) -> Result<&'v str, ImportProblem> {
    value
        .as_str()
        .filter(|text| !text.is_empty())
        .ok_or_else(|| ImportProblem::MappingBadValue { key: key.to_owned(), allowed: "\"…\"" })
}

fn columns(value: &Value) -> Result<BTreeMap<Field, String>, ImportProblem> {
    let dict = value.as_dict().ok_or_else(|| ImportProblem::MappingBadValue {
        key: "columns".to_owned(),
        allowed: "[columns] number = \"…\"",
    })?;
    let mut columns = BTreeMap::new();
    for (name, header) in dict {
        let field = Field::by_name(name).ok_or_else(|| ImportProblem::MappingUnknownKey {
            key: format!("columns.{name}"),
            known: Field::names().map(str::to_owned).collect(),
        })?;
        let header = text_of(&format!("columns.{name}"), header)?;
        if header_key(header).is_empty() {
            return Err(ImportProblem::MappingBadValue {
                key: format!("columns.{name}"), allowed: "\"…\""
            });
        }
        columns.insert(field, header.to_owned());
    }
    Ok(columns)
}

fn separator(value: &Value) -> Result<String, ImportProblem> {
    text_of("list_separator", value).map(str::to_owned)
}

fn date_order(value: &Value) -> Result<DateOrder, ImportProblem> {
    DateOrder::of_format(text_of("date_format", value)?).ok_or_else(|| ImportProblem::MappingBadValue {
        key: "date_format".to_owned(),
        allowed: "YYYY-MM-DD, DD/MM/YYYY, MM/DD/YYYY",
    })
}

fn encoding(value: &Value) -> Result<&'static Encoding, ImportProblem> {
    Encoding::for_label(text_of("encoding", value)?.as_bytes()).ok_or_else(|| {
        ImportProblem::MappingBadValue {
            key: "encoding".to_owned(),
            allowed: "utf-8, gbk, gb18030, utf-16le, utf-16be, windows-1252, big5, shift_jis, euc-kr",
        }
    })
}

fn delimiter(value: &Value) -> Result<u8, ImportProblem> {
    let refused = || ImportProblem::MappingBadValue {
        key: "delimiter".to_owned(),
        allowed: "\",\", \";\", \"|\", \"\\t\"",
    };
    match text_of("delimiter", value)? {
        "tab" | "\\t" => Ok(b'\t'),
        text => match text.as_bytes() {
            [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\r\n\0".contains(byte) => {
                Ok(*byte)
            }
            _ => Err(refused()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_names_columns_and_forms() {
        let mapping = Mapping::parse(
            "list_separator = \" / \"\ndate_format = \"DD/MM/YYYY\"\nencoding = \"gbk\"\ndelimiter = \"tab\"\n\
             [columns]\nnumber = \"文号\"\ntitle = \"题目\"\n",
        )
        .unwrap();
        assert_eq!(mapping.columns[&Field::PublicationNumber], "文号");
        assert_eq!(mapping.date_order, Some(DateOrder::DayMonthYear));
        assert_eq!(mapping.delimiter, Some(b'\t'));
        assert!(mapping.is_complete());
        assert!(!Mapping::parse("").unwrap().is_complete());
    }

    #[test]
    fn what_means_nothing_is_refused_by_name() {
        let code = |text: &str| Mapping::parse(text).unwrap_err().code();
        assert_eq!(code("[columns\n"), "mapping-syntax");
        assert_eq!(code("colums = 1"), "mapping-unknown-key");
        assert_eq!(code("[columns]\nprice = \"x\""), "mapping-unknown-key");
        assert_eq!(code("[columns]\ntitle = 3"), "mapping-bad-value");
        assert_eq!(code("delimiter = \"ab\""), "mapping-bad-value");
        assert_eq!(code("encoding = \"ebcdic\""), "mapping-bad-value");
        assert_eq!(code("date_format = \"whenever\""), "mapping-bad-value");
        let problem = Mapping::parse("[columns]\nprice = \"x\"").unwrap_err();
        assert!(problem.en().contains("columns.price"), "{problem}");
    }
}
