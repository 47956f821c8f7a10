//! A row's cells by the names of its columns, read into figures. What is wrong is collected cell by cell, so that the
//! person who sent the file hears of everything at once.

use chrono::NaiveDate;
use finance::{Money, Rate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::catalogue::import::{Reason, plain::PlainRow, plain::header_key};

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its name in JSON, and a header that is understood.
    pub name: &'static str,
    /// Its header in Chinese.
    pub zh: &'static str,
    /// Its header in English.
    pub en: &'static str,
    /// Whether a file without it is refused.
    pub required: bool,
}

impl Column {
    /// A column.
    #[must_use]
    pub const fn new(name: &'static str, zh: &'static str, en: &'static str, required: bool) -> Self {
        Self { name, zh, en, required }
    }

    fn is(&self, header: &str) -> bool {
        let key = header_key(header);
        [self.name, self.zh, self.en].iter().any(|known| header_key(known) == key)
    }
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReferenceRowError)]
pub struct RowError {
    /// The line of the file, or the row of the sheet, counted from one.
    pub line: u64,
    /// The column at fault; absent where the row as a whole is.
    pub column: Option<String>,
    /// A stable word for programs.
    pub code: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl RowError {
    /// An error of a row, at a column or as a whole.
    #[must_use]
    pub fn new(
        line: u64,
        column: Option<&str>,
        code: &str,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        let (zh, en) = (zh.into(), en.into());
        Self { line, column: column.map(str::to_owned), code: code.to_owned(), zh, en }
    }

    /// An error of the reader's own.
    #[must_use]
    pub fn of(line: u64, column: Option<&str>, reason: &Reason) -> Self {
        Self::new(line, column, reason.code(), reason.zh(), reason.en())
    }
}

/// How many columns a header knows; 0 where a required one is missing.
#[must_use]
pub fn recognised(columns: &[Column], headers: &[String]) -> usize {
    let stands = |column: &Column| headers.iter().any(|header| column.is(header));
    if columns.iter().any(|column| column.required && !stands(column)) {
        return 0;
    }
    columns.iter().filter(|column| stands(column)).count()
}

/// Where each column stands in a header.
#[must_use]
pub fn places(columns: &[Column], headers: &[String]) -> Vec<Option<usize>> {
    columns.iter().map(|column| headers.iter().position(|header| column.is(header))).collect()
}

/// The header of the second column that says what another one says already.
#[must_use]
pub fn repeated(columns: &[Column], headers: &[String]) -> Option<String> {
    columns.iter().find_map(|column| headers.iter().filter(|header| column.is(header)).nth(1).cloned())
}

/// Most characters of a cell that a message repeats.
const QUOTED_CHARS_MAX: usize = 60;
/// Most characters of a text that is kept.
pub const TEXT_CHARS_MAX: usize = 200;

/// One row seen through its columns.
#[derive(Debug)]
pub struct Cells<'a> {
    columns: &'a [Column],
    values: Vec<String>,
    /// Line of the file.
    pub line: u64,
    /// What was found to be wrong so far.
    pub errors: Vec<RowError>,
}

impl<'a> Cells<'a> {
    /// The cells of a table's row, the columns standing at `places`.
    #[must_use]
    pub fn of_row(columns: &'a [Column], places: &[Option<usize>], row: &PlainRow) -> Self {
        let mut cells = Self { columns, values: Vec::new(), line: row.line, errors: Vec::new() };
        if let Some(reason) = &row.broken {
            cells.errors.push(RowError::of(row.line, None, reason));
        }
        for (column, place) in columns.iter().zip(places) {
            let cell = place.and_then(|at| row.cells.get(at));
            cells.values.push(match cell {
                None => String::new(),
                Some(Ok(text)) => says(text),
                Some(Err(reason)) => {
                    cells.errors.push(RowError::of(row.line, Some(column.zh), reason));
                    String::new()
                }
            });
        }
        cells
    }

    /// The cells of values by name, as a line of JSON gives them.
    #[must_use]
    pub fn of_values(columns: &'a [Column], line: u64, value: impl Fn(&str) -> String) -> Self {
        let mut cells = Self { columns, values: Vec::new(), line, errors: Vec::new() };
        for column in columns {
            let text = value(column.name);
            if text.contains('\0') {
                cells.errors.push(RowError::of(line, Some(column.zh), &Reason::ZeroCharacter));
            }
            cells.values.push(says(&text));
        }
        cells
    }

    fn at(&self, name: &str) -> (&'a str, &str) {
        let found = self.columns.iter().zip(&self.values).find(|(column, _)| column.name == name);
        found.map_or(("", ""), |(column, value)| (column.zh, value.as_str()))
    }

    /// What stands in a column; empty where nothing does.
    #[must_use]
    pub fn raw(&self, name: &str) -> &str {
        self.at(name).1
    }

    /// Whether anything stands in a column.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        !self.raw(name).is_empty()
    }

    /// Notes what is wrong with a column.
    pub fn refuse(&mut self, name: &str, code: &str, zh: impl Into<String>, en: impl Into<String>) {
        let column = self.at(name).0;
        self.errors.push(RowError::new(self.line, Some(column).filter(|c| !c.is_empty()), code, zh, en));
    }

    fn bad(&mut self, name: &str, zh: &str, en: &str) {
        let value: String = self.raw(name).chars().take(QUOTED_CHARS_MAX).collect();
        self.refuse(name, "bad-value", format!("“{value}”{zh}"), format!("\"{value}\" {en}"));
    }

    /// The text of a column; empty where nothing stands.
    pub fn text(&mut self, name: &str) -> String {
        let value = self.raw(name).to_owned();
        if value.chars().count() > TEXT_CHARS_MAX {
            let zh = format!("超过 {TEXT_CHARS_MAX} 个字符");
            self.refuse(name, "too-long", zh, format!("longer than {TEXT_CHARS_MAX} characters"));
        }
        value
    }

    /// The text of a column that every row needs.
    pub fn demanded(&mut self, name: &str) -> String {
        if !self.has(name) {
            self.refuse(name, "missing", "缺少必填内容", "a row needs this, and it is empty");
        }
        self.text(name)
    }

    /// The number of a column: `1,234.5`, `5%` (as 0.05).
    pub fn decimal(&mut self, name: &str) -> Option<Decimal> {
        if !self.has(name) {
            return None;
        }
        let found = decimal(self.raw(name));
        if found.is_none() {
            self.bad(name, "不是数字", "is not a number");
        }
        found
    }

    /// The whole number of a column.
    pub fn count(&mut self, name: &str) -> Option<u32> {
        let number = self.decimal(name)?;
        let found = u32::try_from(number.normalize()).ok().filter(|_| number.fract().is_zero());
        if found.is_none() {
            self.bad(name, "不是非负整数", "is not a whole number from 0");
        }
        found
    }

    /// The rate of a column, between 0 and 1: `0.03` or `3%`.
    pub fn share(&mut self, name: &str) -> Option<Rate> {
        let rate = Rate::new(self.decimal(name)?);
        if !rate.is_share() {
            self.bad(name, "须在 0 与 1 之间（如 0.03 或 3%）", "must lie between 0 and 1 (0.03 or 3%)");
            return None;
        }
        Some(rate)
    }

    /// The amount of a column, yuan with at most two decimals.
    pub fn amount(&mut self, name: &str) -> Option<Money> {
        let yuan = self.decimal(name)?;
        let found =
            yuan.round_dp(2).eq(&yuan).then(|| yuan.normalize().to_string().parse::<Money>().ok()).flatten();
        if found.is_none_or(Money::is_negative) {
            self.bad(
                name,
                "不是以元计、至多两位小数的金额",
                "is not an amount in yuan with at most two decimals",
            );
            return None;
        }
        found
    }

    /// The day of a column: `2024-03-07`, `2024/3/7`, `2024年3月7日`.
    pub fn day(&mut self, name: &str) -> Option<NaiveDate> {
        if !self.has(name) {
            return None;
        }
        let found = day(self.raw(name));
        if found.is_none() {
            self.bad(name, "不是日期，请写作 2024-03-07", "is not a date; write 2024-03-07");
        }
        found
    }

    /// The month of a column as its first day: `2024-03`, `202403`, `2024年3月`.
    pub fn month(&mut self, name: &str) -> Option<NaiveDate> {
        if !self.has(name) {
            return None;
        }
        let found = month(self.raw(name));
        if found.is_none() {
            self.bad(name, "不是月份，请写作 2024-03", "is not a month; write 2024-03");
        }
        found
    }

    /// Yes or no; no where nothing stands.
    pub fn flag(&mut self, name: &str) -> bool {
        match self.raw(name).to_lowercase().as_str() {
            "" | "否" | "no" | "n" | "false" | "0" => false,
            "是" | "yes" | "y" | "true" | "1" => true,
            _ => {
                self.bad(name, "须为“是”或“否”", "must be yes or no");
                false
            }
        }
    }
}

fn says(text: &str) -> String {
    let text = text.trim();
    if matches!(text, "-" | "--" | "—" | "——" | "/") { String::new() } else { text.to_owned() }
}

fn decimal(text: &str) -> Option<Decimal> {
    let plain: String = text.chars().filter(|c| !matches!(c, ',' | '，' | ' ' | '￥' | '¥')).collect();
    let (digits, percent) =
        plain.strip_suffix(['%', '％']).map_or((plain.as_str(), false), |digits| (digits, true));
    // A workbook writes small numbers as 1e-7.
    let number: Decimal = digits.parse().ok().or_else(|| Decimal::from_scientific(digits).ok())?;
    Some(if percent { number / Decimal::ONE_HUNDRED } else { number })
}

fn numbers(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|piece| !piece.is_empty()).collect()
}

/// Years that are believed.
const YEARS: std::ops::RangeInclusive<i32> = 1980..=2199;

fn date(year: &str, month: &str, day: u32) -> Option<NaiveDate> {
    let year = year.parse().ok().filter(|year| YEARS.contains(year))?;
    NaiveDate::from_ymd_opt(year, month.parse().ok()?, day)
}

fn day(text: &str) -> Option<NaiveDate> {
    match numbers(text).as_slice() {
        [whole] if whole.len() == 8 => date(&whole[..4], &whole[4..6], whole[6..].parse().ok()?),
        [year, month, day] if year.len() == 4 => date(year, month, day.parse().ok()?),
        _ => None,
    }
}

fn month(text: &str) -> Option<NaiveDate> {
    match numbers(text).as_slice() {
        [whole] if whole.len() == 6 => date(&whole[..4], &whole[4..], 1),
        // A workbook keeps a month as its first day.
        [year, month] | [year, month, "1" | "01"] if year.len() == 4 => date(year, month, 1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 2] =
        [Column::new("code", "代码", "Code", true), Column::new("rate", "费率", "Rate", false)];

    fn cells(rate: &str) -> Cells<'static> {
        Cells::of_values(&COLUMNS, 7, |name| if name == "rate" { rate.to_owned() } else { String::new() })
    }

    #[test]
    fn figures_read_as_people_write_them() {
        assert_eq!(cells("3%").share("rate"), Some("0.03".parse().unwrap()));
        assert_eq!(cells("1e-2").share("rate"), Some("0.01".parse().unwrap()));
        assert_eq!(cells("3,210,000").amount("rate"), Some(Money::from_yuan(3_210_000).unwrap()));
        assert_eq!(cells("4,531").count("rate"), Some(4531));
        assert_eq!(cells("2024年3月").month("rate"), NaiveDate::from_ymd_opt(2024, 3, 1));
        assert_eq!(cells("2024-03-01").month("rate"), NaiveDate::from_ymd_opt(2024, 3, 1));
        assert_eq!(cells("20240307").day("rate"), NaiveDate::from_ymd_opt(2024, 3, 7));
        assert_eq!(cells("—").decimal("rate"), None);
    }

    #[test]
    fn what_does_not_read_is_named_with_line_and_column() {
        for wrong in ["abc", "1.5", "-0.1"] {
            let mut row = cells(wrong);
            assert_eq!(row.share("rate"), None, "{wrong}");
            assert_eq!((row.errors[0].line, row.errors[0].column.as_deref()), (7, Some("费率")));
        }
        let mut row = cells("1.005");
        assert_eq!((row.amount("rate"), row.errors.len()), (None, 1));
        let mut row = cells("2024-13");
        assert_eq!((row.month("rate"), row.errors.len()), (None, 1));
        let mut row = cells("");
        assert_eq!(row.demanded("code"), "");
        assert_eq!(row.errors[0].code, "missing");
    }

    #[test]
    fn a_header_is_known_in_either_language_and_only_with_its_required_columns() {
        let headers = |text: &[&str]| text.iter().map(|h| (*h).to_owned()).collect::<Vec<_>>();
        assert_eq!(recognised(&COLUMNS, &headers(&["费率", "代 码"])), 2);
        assert_eq!(recognised(&COLUMNS, &headers(&["CODE"])), 1);
        assert_eq!(recognised(&COLUMNS, &headers(&["费率"])), 0);
        assert_eq!(places(&COLUMNS, &headers(&["x", "code"])), [Some(1), None]);
    }
}
