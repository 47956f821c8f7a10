//! A list of enterprises as a CSV file: name, credit code, reason, first day, last day. In UTF-8, or in GB 18030 as
//! spreadsheets in China save it.

use chrono::NaiveDate;
use finance::CreditCode;
use http_kit::{Problem, Text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::list::NewEntry;
use crate::applications::model::blacklist::ListSource;

/// The most rows of one file.
pub(super) const ROWS_MAX: usize = 5_000;
/// The longest text in a cell, in characters.
const TEXT_CHARS_MAX: usize = 500;
/// The heads by which a column is known.
const HEADS: [(&str, &[&str]); 5] = [
    ("name", &["name", "名称", "企业名称", "被执行人姓名/名称", "被执行人名称"]),
    ("credit_code", &["credit_code", "统一社会信用代码"]),
    ("reason", &["reason", "原因", "失信被执行人行为具体情形", "案号"]),
    ("valid_from", &["valid_from", "起始日期", "发布时间", "开始日期"]),
    ("valid_until", &["valid_until", "截止日期", "终止日期"]),
];

/// A row that was not entered, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct RejectedLine {
    /// The line, from 1; the heads are line 1.
    pub line: u64,
    /// 原因
    pub reason_zh: String,
    /// Why.
    pub reason_en: String,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReadList {
    pub entries: Vec<NewEntry>,
    pub rejected: Vec<RejectedLine>,
}

/// Reads a file. Rows that do not hold are named; a file that is none is refused whole.
pub(super) fn read(bytes: &[u8], source: ListSource, today: NaiveDate) -> Result<ReadList, Problem> {
    let text = decoded(bytes);
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let heads = reader.headers().map_err(|_| unreadable())?.clone();
    if let Some((first, second)) = repeated(&heads) {
        return Err(repeated_column(first, second));
    }
    let place = |wanted: &str| {
        let (_, names) = HEADS.iter().find(|(name, _)| *name == wanted)?;
        heads.iter().position(|head| names.iter().any(|name| head.eq_ignore_ascii_case(name)))
    };
    let (Some(name), Some(reason)) = (place("name"), place("reason")) else { return Err(unreadable()) };
    let columns = Columns {
        name,
        reason,
        credit_code: place("credit_code"),
        valid_from: place("valid_from"),
        valid_until: place("valid_until"),
    };
    let mut lines = Lines { rest: text.as_bytes(), passed: 0, line: 1 };
    let mut found = ReadList { entries: Vec::new(), rejected: Vec::new() };
    for record in reader.records() {
        let record = record.map_err(|_| unreadable())?;
        if record.iter().all(str::is_empty) {
            continue;
        }
        if found.entries.len() + found.rejected.len() >= ROWS_MAX {
            return Err(Problem::invalid(
                "too-many-rows",
                format!("文件超过 {ROWS_MAX} 行，请拆分后导入。"),
                format!("The file has more than {ROWS_MAX} rows. Split it."),
            ));
        }
        let line = record.position().map_or(0, |begins| lines.line_at(begins.byte()));
        match columns.entry(&record, source, today) {
            Ok(entry) => found.entries.push(entry),
            Err(reason) => {
                found.rejected.push(RejectedLine { line, reason_zh: reason.zh, reason_en: reason.en })
            }
        }
    }
    Ok(found)
}

/// Counts the lines as an editor shows them: ended by LF, CR or both. The table's reader counts LF alone, and leaves the LF of
/// a pair and lines with nothing on them to the record after.
struct Lines<'t> {
    rest: &'t [u8],
    passed: u64,
    line: u64,
}

impl Lines<'_> {
    /// The line of the first text at or behind a place, which is no earlier than the one asked for before.
    fn line_at(&mut self, place: u64) -> u64 {
        while let Some((byte, rest)) = self.rest.split_first() {
            let ends = matches!(byte, b'\r' | b'\n');
            if self.passed >= place && !ends {
                break;
            }
            let first_of_two = *byte == b'\r' && rest.first() == Some(&b'\n');
            self.line += u64::from(ends && !first_of_two);
            (self.rest, self.passed) = (rest, self.passed + 1);
        }
        self.line
    }
}

/// Where each column stands.
struct Columns {
    name: usize,
    reason: usize,
    credit_code: Option<usize>,
    valid_from: Option<usize>,
    valid_until: Option<usize>,
}

impl Columns {
    fn entry(
        &self,
        record: &csv::StringRecord,
        source: ListSource,
        today: NaiveDate,
    ) -> Result<NewEntry, Text> {
        let cell = |place: Option<usize>| {
            place.and_then(|place| record.get(place)).map(str::trim).filter(|text| !text.is_empty())
        };
        let text = |place: usize, zh: &str, en: &str| {
            let found = cell(Some(place)).unwrap_or_default();
            if found.chars().any(char::is_control) {
                let (zh, en) = (
                    format!("{zh}含换行等控制字符"),
                    format!("the {en} holds line breaks or other control characters"),
                );
                return Err(Text::new(zh, en));
            }
            if (1..=TEXT_CHARS_MAX).contains(&found.chars().count()) {
                Ok(found.to_owned())
            } else {
                Err(Text::new(format!("{zh}缺失或过长"), format!("the {en} is missing or too long")))
            }
        };
        let day = |place: Option<usize>| match cell(place) {
            None => Ok(None),
            Some(text) => parse_day(text).map(Some).ok_or_else(|| {
                Text::new(format!("日期“{text}”无法识别"), format!("the date {text} does not read"))
            }),
        };
        let name = text(self.name, "企业名称", "name")?;
        let reason = text(self.reason, "原因", "reason")?;
        let credit_code = match cell(self.credit_code) {
            None => None,
            Some(text) => match text.parse::<CreditCode>() {
                Ok(code) => Some(code.to_string()),
                Err(_) => {
                    return Err(Text::new(
                        format!("统一社会信用代码“{text}”校验不符"),
                        format!("the credit code {text} fails its check"),
                    ));
                }
            },
        };
        let (valid_from, valid_until) = (day(self.valid_from)?.unwrap_or(today), day(self.valid_until)?);
        if valid_until.is_some_and(|until| until < valid_from) {
            return Err(Text::new("截止日期早于起始日期", "the last day lies before the first"));
        }
        Ok(NewEntry { name, credit_code, enterprise_id: None, source, reason, valid_from, valid_until })
    }
}

/// `2026-11-24`, `2026/11/24`, `2026年11月24日`, `20261124`.
fn parse_day(text: &str) -> Option<NaiveDate> {
    ["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d"]
        .iter()
        .find_map(|form| NaiveDate::parse_from_str(text, form).ok())
        .filter(|day| (1900..=9999).contains(&chrono::Datelike::year(day)))
}

/// The text of a file: UTF-8 with or without its mark, otherwise GB 18030, which every byte string reads as.
fn decoded(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::GB18030.decode(bytes).0.into_owned(),
    }
}

/// Two heads of one column: whose cells count would be anybody's guess. Of two different heads of a reason the first counts,
/// since the courts' list has the case number beside the conduct.
fn repeated(heads: &csv::StringRecord) -> Option<(&str, &str)> {
    HEADS.iter().find_map(|(column, names)| {
        let mut found = heads.iter().filter(|head| names.iter().any(|name| head.eq_ignore_ascii_case(name)));
        let first = found.next()?;
        let second = found.find(|head| *column != "reason" || head.eq_ignore_ascii_case(first))?;
        Some((first, second))
    })
}

fn repeated_column(first: &str, second: &str) -> Problem {
    Problem::invalid(
        "unreadable-file",
        format!(
            "文件中同一列出现两次：“{first}”、“{second}”，无法确定以哪一列为准。请只保留一列后重新上传。"
        ),
        format!(
            "The file has one column twice: {first} and {second}. Keep the one that counts and upload it again."
        ),
    )
}

fn unreadable() -> Problem {
    Problem::invalid(
        "unreadable-file",
        "文件无法识别：须为 CSV，首行含“企业名称”和“原因”列。请检查后重新上传。",
        "The file does not read: it must be CSV with the columns name and reason in its first line.",
    )
}

#[cfg(test)]
mod properties;

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> ReadList {
        read(text.as_bytes(), ListSource::DishonestDebtor, "2026-11-24".parse().unwrap()).unwrap()
    }

    #[test]
    fn rows_that_hold_are_taken_and_the_others_named_by_line() {
        let list = read_text(
            "企业名称,统一社会信用代码,原因,起始日期,截止日期\n\
             甲公司,,有履行能力而拒不履行,2026年01月02日,2028/01/02\n\
             ,,无名,,\n\
             乙公司,123,代码错,,\n\
             丙公司,,日期错,昨天,\n\
             丁公司,,倒置,2026-02-02,2026-02-01\n\
             戊公司,,无期限,,\n",
        );
        let names: Vec<&str> = list.entries.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["甲公司", "戊公司"]);
        assert_eq!(list.entries[0].valid_until, Some("2028-01-02".parse().unwrap()));
        assert_eq!(list.entries[1].valid_from, "2026-11-24".parse::<NaiveDate>().unwrap());
        assert_eq!(list.rejected.iter().map(|one| one.line).collect::<Vec<_>>(), [3, 4, 5, 6]);
    }

    #[test]
    fn lines_are_counted_as_an_editor_shows_them() {
        let lines =
            |text: &str| -> Vec<u64> { read_text(text).rejected.iter().map(|one| one.line).collect() };
        assert_eq!(lines("名称,原因\r\n,无名\r\n\r\n,,\r\n,又无名\r\n"), [2, 5]);
        assert_eq!(lines("名称,原因\r,无名\r甲公司,\r"), [2, 3]);
        assert_eq!(lines("\n名称,原因\n\"甲\n公司\",逃废债\n,无名"), [3, 5]);
    }

    #[test]
    fn a_list_from_a_chinese_spreadsheet_reads_in_its_own_encoding() {
        let (bytes, _, _) = encoding_rs::GB18030.encode("名称,原因\n甲公司,逃废债\n");
        let list = read(&bytes, ListSource::OwnList, "2026-11-24".parse().unwrap()).unwrap();
        assert_eq!(list.entries[0].name, "甲公司");
        let marked = read_text("\u{feff}name,reason\n甲公司,逃废债\n");
        assert_eq!(marked.entries.len(), 1);
    }

    #[test]
    fn a_column_that_is_there_twice_is_named_and_the_file_refused() {
        let today: NaiveDate = "2026-11-24".parse().unwrap();
        for (heads, named) in [
            ("名称,名称,原因", "“名称”、“名称”"),
            ("名称,企业名称,原因", "“名称”、“企业名称”"),
            ("name,原因,原因", "“原因”、“原因”"),
            ("名称,原因,起始日期,发布时间", "“起始日期”、“发布时间”"),
        ] {
            let text = format!("{heads}\n甲公司,乙公司,逃废债,\n");
            let refused = read(text.as_bytes(), ListSource::OwnList, today).unwrap_err();
            assert_eq!(refused.slug(), "unreadable-file");
            assert!(refused.detail().zh.contains(named), "{heads}: {}", refused.detail().zh);
        }
        let courts =
            read_text("被执行人名称,案号,失信被执行人行为具体情形,备注,备注\n甲公司,1号,拒不履行,,\n");
        assert_eq!(courts.entries[0].reason, "1号");
    }

    #[test]
    fn a_control_character_is_called_one() {
        let list = read_text("名称,原因\n甲\0公司,逃废债\n,逃废债\n");
        let why: Vec<&str> = list.rejected.iter().map(|one| one.reason_zh.as_str()).collect();
        assert_eq!(why, ["企业名称含换行等控制字符", "企业名称缺失或过长"]);
    }

    #[test]
    fn what_is_no_list_is_refused_whole() {
        let today = "2026-11-24".parse().unwrap();
        for text in ["", "a,b\n1,2\n", "\0\0\0"] {
            assert!(read(text.as_bytes(), ListSource::OwnList, today).is_err(), "{text:?}");
        }
        let many = format!("name,reason\n{}", "甲公司,原因\n".repeat(ROWS_MAX + 1));
        assert_eq!(read(many.as_bytes(), ListSource::OwnList, today).unwrap_err().slug(), "too-many-rows");
    }
}
