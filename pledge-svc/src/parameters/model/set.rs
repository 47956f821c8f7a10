//! What a set of parameters is: a serialisable value with a default, a name, documented fields and its own rule of
//! what is wrong with it.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use utoipa::ToSchema;

/// What is wrong with one field of a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The field's path: `lgd.unsecured`, `scenarios[1].weight`.
    pub field: String,
    /// 中文
    pub zh: String,
    /// English
    pub en: String,
    /// What the reader said of a value that did not read; the sentences are then made from it where it is answered.
    pub unread: Option<String>,
}

impl Flaw {
    /// A flaw with its sentence in both languages.
    #[must_use]
    pub fn new(field: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { field: field.into(), zh: zh.into(), en: en.into(), unread: None }
    }
}

/// What a field's value counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A decimal fraction: 0.0345 is 3.45 %.
    Fraction,
    /// What something is multiplied by: 1.6.
    Factor,
    /// Yuan, as a decimal string.
    Yuan,
    /// Days.
    Days,
    /// Months.
    Months,
    /// Years.
    Years,
    /// A whole number of things.
    Count,
    /// One of the names that the field admits, or a text.
    Text,
    /// Yes or no.
    Flag,
}

/// What a field means and where its default comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldDoc {
    /// The field's path; `[]` stands for every entry of a list: `scenarios[].weight`.
    pub field: &'static str,
    /// 中文
    pub zh: &'static str,
    /// English
    pub en: &'static str,
    /// What it counts.
    pub unit: Unit,
    /// 依据: the law or the source, or that the default is the platform's.
    pub source_zh: &'static str,
    /// The same in English.
    pub source_en: &'static str,
}

/// The source of a default that is the platform's own choice: (中文, English).
pub const PLATFORM_DEFAULT: (&str, &str) =
    ("平台默认值，须由银行核定", "platform default, for the bank to set");

/// A set of parameters that a bank may set for itself.
///
/// Stored as JSON: give new fields a serde default, so that older versions keep reading, and deny unknown fields, so
/// that a mistyped one is told.
pub trait ParameterSet: Serialize + DeserializeOwned + Default + Clone {
    /// The name in paths and in the database: `risk`.
    const KIND: &'static str;
    /// 名称
    const ZH: &'static str;
    /// The name in English.
    const EN: &'static str;
    /// Every field that a bank may set.
    const FIELDS: &'static [FieldDoc];

    /// Whether a version begins with a month, because what it says is reckoned or declared month by month.
    const FROM_THE_FIRST_OF_A_MONTH: bool = false;

    /// Everything that is wrong with the values; nothing where they may be used.
    fn flaws(&self) -> Vec<Flaw>;
}

/// Reads a set from what was sent and looks for everything wrong with it; gives the whole set, with the defaults of
/// fields that were not sent.
///
/// # Errors
/// What does not read, or everything that is wrong.
pub fn checked<P: ParameterSet>(content: &Value) -> Result<Value, Vec<Flaw>> {
    let unreadable = |field: String, reason: String| {
        vec![Flaw { unread: Some(reason), ..Flaw::new(field, "无法识别。", "Does not read.") }]
    };
    let set: P = serde_path_to_error::deserialize(content)
        .map_err(|error| unreadable(error.path().to_string(), error.inner().to_string()))?;
    let flaws = set.flaws();
    if !flaws.is_empty() {
        return Err(flaws);
    }
    serde_json::to_value(&set).map_err(|error| unreadable(".".to_owned(), error.to_string()))
}

/// The platform's default of a set as JSON; null for one that does not serialise, which the test of the kinds forbids.
#[must_use]
pub fn default_of<P: ParameterSet>() -> Value {
    serde_json::to_value(P::default()).unwrap_or(Value::Null)
}
