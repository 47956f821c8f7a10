//! What did not read in a request, said to whoever sent it: which field, and what belongs there. The libraries that
//! read name their own types and count columns; none of that reaches the caller.

use crate::problem::{FieldProblem, Text};

/// The texts quoted with backticks in a reader's message.
fn quoted(message: &str) -> Vec<&str> {
    message.split('`').skip(1).step_by(2).collect()
}

/// The message without the place where the reader stood.
fn without_place(message: &str) -> &str {
    message.rfind(" at line ").map_or(message, |end| &message[..end])
}

/// The path of a member of what lies at `path`; the readers write `.` (or nothing) for the whole.
fn member(path: &str, name: &str) -> String {
    if matches!(path, "" | "." | "?") { name.to_owned() } else { format!("{path}.{name}") }
}

/// Says in both languages what is wrong with the value at `path`, from the message of whatever read it.
#[must_use]
pub fn unreadable(path: &str, message: &str) -> FieldProblem {
    let message = without_place(message);
    let path = path.trim_end_matches(".?");
    let names = quoted(message);
    let field = match names.first() {
        Some(name) if message.starts_with("missing field") => member(path, name),
        // What is there is in the path already, where the reader got as far as its name.
        Some(name) if is_of_a_member(message) && path.rsplit('.').next() != Some(name) => member(path, name),
        _ if matches!(path, "" | "." | "?") => "body".to_owned(),
        _ => path.to_owned(),
    };
    FieldProblem { field, text: sentence(message, &names) }
}

fn is_of_a_member(message: &str) -> bool {
    ["unknown field", "duplicate field"].iter().any(|kind| message.starts_with(kind))
}

/// Whether the text is no JSON at all, whatever was to be read from it.
fn is_no_json(message: &str) -> bool {
    let signs = [
        "EOF",
        "expected ",
        "key must be",
        "trailing comma",
        "trailing characters",
        "control character",
        "recursion limit",
        "invalid escape",
        "invalid number",
        "invalid unicode",
        "lone leading surrogate",
        "number out of range",
    ];
    signs.iter().any(|sign| message.starts_with(sign))
}

fn sentence(message: &str, names: &[&str]) -> Text {
    if is_no_json(message) {
        return Text::new("不是完整有效的 JSON。", "This is not complete, valid JSON.");
    }
    if message.starts_with("missing field") {
        return Text::new("缺少此项，请填写。", "Missing: this field is required.");
    }
    if message.starts_with("unknown field") {
        return Text::new("没有此字段，请删去。", "There is no such field: leave it out.");
    }
    if message.starts_with("duplicate field") {
        return Text::new("此字段重复，只能出现一次。", "The field is there twice: give it once.");
    }
    if message.starts_with("unknown variant") {
        let (zh, en) =
            (names.get(1..).unwrap_or_default().join("、"), names.get(1..).unwrap_or_default().join(", "));
        return Text::new(format!("须为以下之一：{zh}。"), format!("Must be one of: {en}."));
    }
    if message.contains("UUID") {
        return Text::new(
            "须为编号（UUID），如 018f4e2a-7c3d-7b1e-9a54-3f2b6c8d9e01。",
            "Must be an id (a UUID), such as 018f4e2a-7c3d-7b1e-9a54-3f2b6c8d9e01.",
        );
    }
    let expected = message.rsplit_once("expected ").map_or("", |(_, expected)| expected);
    if !expected.is_empty() {
        return belongs_there(expected);
    }
    by_its_reader(message)
}

/// What belongs there, from a reader's "expected …".
fn belongs_there(expected: &str) -> Text {
    let whole = ["u8", "u16", "u32", "u64", "usize"];
    let signed = ["i8", "i16", "i32", "i64", "isize"];
    if whole.contains(&expected) {
        return Text::new("须为不小于零的整数。", "Must be a whole number, not below zero.");
    }
    if signed.contains(&expected) {
        return Text::new("须为整数。", "Must be a whole number.");
    }
    if matches!(expected, "f32" | "f64") || expected.contains("Decimal") {
        return Text::new("须为数字，如 \"0.0345\"。", "Must be a number, such as \"0.0345\".");
    }
    if expected.starts_with("a formatted date and time") || expected.contains("RFC 3339") {
        return moment();
    }
    if expected.starts_with("a formatted date") {
        return day();
    }
    if expected.contains("bool") {
        return Text::new("须为 true 或 false。", "Must be true or false.");
    }
    if expected.contains("string") {
        return Text::new(
            "须为带引号的文本；金额和利率也写成文本，如 \"1234.56\"。",
            "Must be text in quotes; amounts and rates are written as text, too, such as \"1234.56\".",
        );
    }
    if expected.contains("sequence") || expected.contains("array") || expected.contains("tuple") {
        return Text::new("须为列表（[…]）。", "Must be a list ([…]).");
    }
    if expected.contains("map") || expected.contains("struct") || expected.contains("object") {
        return Text::new("须为对象（{…}）。", "Must be an object ({…}).");
    }
    not_taken()
}

/// What a reader of one kind of value says in its own words.
fn by_its_reader(message: &str) -> Text {
    if message.contains("is not an amount") {
        return Text::new(
            "须为金额（元），最多两位小数，如 1234.56。",
            "Must be an amount in yuan with at most two decimals, such as 1234.56.",
        );
    }
    if message.contains("more than two decimals") {
        return Text::new("金额最多两位小数。", "An amount has at most two decimals.");
    }
    if message.contains("the amount is beyond") {
        return Text::new("金额超出可记录的范围。", "The amount is beyond what can be booked.");
    }
    if message.contains("true` or `false") {
        return Text::new("须为 true 或 false。", "Must be true or false.");
    }
    let integer = ["invalid digit", "cannot parse integer", "number too large", "number too small"];
    if integer.iter().any(|reason| message.contains(reason)) {
        return Text::new("须为整数，且在允许范围内。", "Must be a whole number within range.");
    }
    if message.contains("decimal") || message.contains("is not a rate") {
        return Text::new("须为数字，如 0.0345。", "Must be a number, such as 0.0345.");
    }
    let date = [
        "premature end of input",
        "input contains invalid characters",
        "input is out of range",
        "trailing input",
    ];
    if date.contains(&message) {
        return day();
    }
    // A whole range, as `page::limit` writes it.
    if let Some((low, high)) =
        message.split_once('–').filter(|(low, _)| low.bytes().all(|b| b.is_ascii_digit()))
    {
        return Text::new(format!("须为 {low} 至 {high}。"), format!("Must be {low} to {high}."));
    }
    // Our own identifiers and closed lists say in a sentence what they should be.
    if message.starts_with('`') || message.starts_with("the check character") {
        return Text::new(
            "格式或校验位不正确，请核对后填写。",
            format!("{}.", message.trim_end_matches('.')),
        );
    }
    not_taken()
}

fn day() -> Text {
    Text::new(
        "须为日期，格式 YYYY-MM-DD，如 2026-05-01（时刻如 2026-05-01T08:00:00Z）。",
        "Must be a date, YYYY-MM-DD, such as 2026-05-01 (a moment: 2026-05-01T08:00:00Z).",
    )
}

fn moment() -> Text {
    Text::new("须为时刻，如 2026-05-01T08:00:00Z。", "Must be a moment, such as 2026-05-01T08:00:00Z.")
}

fn not_taken() -> Text {
    Text::new(
        "此处不接受这样的值，请对照接口文档填写。",
        "No such value is taken here: see the API document for what is.",
    )
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use finance::Money;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Colour {
        Red,
        Green,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only whether it reads is of interest")]
    struct Part {
        id: uuid::Uuid,
        due: Option<NaiveDate>,
        amount: Option<Money>,
        months: Option<u32>,
        ready: Option<bool>,
        colour: Option<Colour>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only whether it reads is of interest")]
    struct Whole {
        parts: Vec<Part>,
    }

    fn flaw(body: &str) -> (String, Text) {
        let mut reader = serde_json::Deserializer::from_str(body);
        let error = serde_path_to_error::deserialize::<_, Whole>(&mut reader).unwrap_err();
        let flaw = unreadable(&error.path().to_string(), &error.inner().to_string());
        (flaw.field, flaw.text)
    }

    const ID: &str = "018f4e2a-7c3d-7b1e-9a54-3f2b6c8d9e01";

    #[test]
    fn what_does_not_read_is_named_by_its_path_with_what_belongs_there() {
        let in_part = |member: &str| format!(r#"{{"parts": [{{"id": "{ID}", {member}}}]}}"#);
        for (body, field, en) in [
            ("{}".to_owned(), "parts", "Missing"),
            (r#"{"parts": [{}]}"#.to_owned(), "parts[0].id", "Missing"),
            (r#"{"parts": [{"id": "x"}]}"#.to_owned(), "parts[0].id", "UUID"),
            (r#"{"parts": 5}"#.to_owned(), "parts", "a list"),
            (in_part(r#""due": "soon""#), "parts[0].due", "YYYY-MM-DD"),
            (in_part(r#""due": "2026-13-01""#), "parts[0].due", "YYYY-MM-DD"),
            (in_part(r#""amount": "ten""#), "parts[0].amount", "amount in yuan"),
            (in_part(r#""amount": 10"#), "parts[0].amount", "text in quotes"),
            (in_part(r#""amount": "0.001""#), "parts[0].amount", "two decimals"),
            (in_part(r#""months": "x""#), "parts[0].months", "whole number"),
            (in_part(r#""months": -1"#), "parts[0].months", "not below zero"),
            (in_part(r#""ready": "x""#), "parts[0].ready", "true or false"),
            (in_part(r#""colour": "blue""#), "parts[0].colour", "red, green"),
            (in_part(r#""size": 1"#), "parts[0].size", "no such field"),
            ("{".to_owned(), "body", "valid JSON"),
            ("parts".to_owned(), "body", "valid JSON"),
        ] {
            let (named, text) = flaw(&body);
            assert_eq!(named, field, "{body}");
            assert!(text.en.contains(en), "{body}: {}", text.en);
            for leaked in [" at line", "column", "expected ", "struct ", "u32", "invalid type"] {
                assert!(!text.en.contains(leaked) && !text.zh.contains(leaked), "{body}: {}", text.en);
            }
            assert!(!text.zh.is_ascii(), "{body}: {}", text.zh);
        }
    }

    #[test]
    fn our_own_sentences_are_kept_and_foreign_ones_are_not() {
        let own = unreadable("day_count", "`x` is not a day count: use one of 30/360, actual/365");
        assert!(own.text.en.contains("use one of 30/360"));
        let foreign = unreadable("a", "some inner thing went wrong at line 1 column 21");
        assert!(!foreign.text.en.contains("inner thing"), "{}", foreign.text.en);
        assert_eq!(unreadable("limit", "1–200").text.en, "Must be 1 to 200.");
    }
}
