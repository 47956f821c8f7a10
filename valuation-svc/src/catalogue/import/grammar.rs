//! Whether what a person types is the number of one document in the form that its office gives: the reader of files takes
//! what an export says, a person is told at once what is wrong.
//!
//! The forms are those that the offices publish under: US as the USPTO describes them (*Publication Number*, *Patent Number*,
//! uspto.gov), WO four digits of the year and six since 2004 (LexisNexis PatentSight, *WO (PCT) – Overview of Importable Number
//! Formats*; older ones are brought to it), CN a kind and a sequence (ZC 0007-2012), with the lengths of 7 to 9 digits that
//! documents since 1985 bear, and EP seven digits: these two lengths are as documents show them, their standards' text was not
//! compared. WIPO's ST.13 and ST.6 recommend forms to offices and bind none. Numbers of offices beyond these are held to digits
//! after at most two letters.

use super::{
    document_number::{DocumentNumber, application},
    office,
};

/// What is wrong, in Chinese and in English.
pub type Flaw = (String, String);

/// The form of an office's publication numbers, in words.
fn form(office: &str) -> (&'static str, &'static str) {
    match office {
        "CN" => (
            "CN 后为 7 至 9 位数字（或 12、13 位专利号）",
            "CN, then 7 to 9 digits (or the 12 or 13 of a patent number)",
        ),
        "EP" => ("EP 后为 7 位数字", "EP, then 7 digits"),
        "WO" => ("WO 后为四位年份和 6 位序号", "WO, then the year and six digits"),
        "US" => (
            "US 后为 1 至 8 位专利号（可带 D、PP、RE 等前缀）或 11 位公布号",
            "US, then a patent's 1 to 8 digits (after D, PP, RE … where it has one) or a publication's 11",
        ),
        _ => (
            "国别代码后为 3 至 13 位数字，数字前至多两个字母",
            "the country's code, then 3 to 13 digits after at most two letters",
        ),
    }
}

fn fits(office: &str, body: &str) -> bool {
    let letters = body.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (prefix, digits) = body.split_at(letters);
    let whole = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let count = digits.len();
    match office {
        "CN" => {
            let number = digits.strip_suffix('X').filter(|rest| rest.len() == 12).unwrap_or(digits);
            letters == 0 && whole(number) && matches!(count, 7..=9 | 12 | 13)
        }
        "EP" => letters == 0 && whole(digits) && count == 7,
        "WO" => letters == 0 && whole(digits) && count == 10,
        "US" => {
            let prefixed = matches!(prefix, "D" | "PP" | "RE" | "H" | "T" | "X" | "AI");
            whole(digits) && (prefix.is_empty() && matches!(count, 1..=8 | 11) || prefixed && count <= 7)
        }
        _ => letters <= 2 && whole(digits) && (3..=13).contains(&count),
    }
}

/// What is wrong with the number of a document; none where it is one.
#[must_use]
pub fn flaw_of_document(text: &str) -> Option<Flaw> {
    let shown: String = text.trim().chars().filter(|c| !c.is_control()).take(40).collect();
    if text.trim().contains(['\n', '\r', ';', '；', '|', '、']) {
        return Some((
            format!("“{shown}”含多个号码，请逐个填写。"),
            format!("\"{shown}\" holds several numbers; give them one by one."),
        ));
    }
    let plain = text.trim().bytes().all(|b| b.is_ascii_alphanumeric() || b" -/.,()".contains(&b));
    let begins = text.trim().get(..2).map(str::to_ascii_uppercase);
    let Some(office) = begins.filter(|code| plain && (code == "ZL" || office::is_code(code))) else {
        return Some((
            format!("“{shown}”须以国别代码（两个字母）开头，如 CN115000000B、EP3456789B1。"),
            format!(
                "\"{shown}\" must begin with its country's two letters, as in CN115000000B or EP3456789B1."
            ),
        ));
    };
    match DocumentNumber::parse(text, None, None) {
        Ok(number) if fits(&number.office, &number.body) => None,
        _ => {
            let (zh, en) = form(if office == "ZL" { "CN" } else { office.as_str() });
            Some((
                format!("“{shown}”不是公开（公告）号：应为{zh}，可带文献种类代码。"),
                format!(
                    "\"{shown}\" is no publication number: it takes {en}, with a kind code where there is one."
                ),
            ))
        }
    }
}

/// What is wrong with the number of an application that a priority is claimed from; none where it is one.
#[must_use]
pub fn flaw_of_priority(text: &str) -> Option<Flaw> {
    let shown: String = text.trim().chars().filter(|c| !c.is_control()).take(40).collect();
    let begins = text.trim().get(..2).map(str::to_ascii_uppercase);
    let named = begins.is_some_and(|code| matches!(code.as_str(), "ZL" | "PC") || office::is_code(&code));
    let read = application(text, "").ok().flatten();
    if named && text.trim().len() <= 40 && read.is_some() {
        return None;
    }
    Some((
        format!(
            "“{shown}”不是带国别代码的申请号（优先权号），如 CN201510000000、PCT/CN2020/000001；中国、欧洲申请号的校验位须正确。"
        ),
        format!(
            "\"{shown}\" is no application number with its country, such as CN201510000000 or PCT/CN2020/000001; the check digit of a Chinese or European one must be right."
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_the_form_of_their_office_are_taken_however_they_are_spaced() {
        for number in [
            "CN115000000B",
            "CN 85100001 A",
            "ZL201310467361.2",
            "EP3456789B1",
            "EP 3 456 789 B1",
            "WO 2019/123456 A1",
            "WO99/12345",
            "US11000000B2",
            "US 2015/0056336 A1",
            "USD712345S",
            "USRE40000E",
            "JP2020123456A",
            "JPH0512345A",
            "KR101234567B1",
            "DE102019123456A1",
            "TWI612345B",
        ] {
            assert_eq!(flaw_of_document(number), None, "{number}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused_with_the_form_of_its_office() {
        for number in [
            "",
            "同族若干",
            "115000000",
            "XX1234567",
            "EP12345B1",
            "EPHELLO123",
            "CN12345",
            "WO2019B1",
            "US123456789B1",
            "FR12",
        ] {
            assert!(flaw_of_document(number).is_some(), "{number}");
        }
        assert!(flaw_of_document("EP12345B1").is_some_and(|(zh, _)| zh.contains("EP 后为 7 位数字")));
        assert!(flaw_of_document("EP3456789B1;US11000000B2").is_some_and(|(zh, _)| zh.contains("逐个填写")));
    }

    #[test]
    fn a_priority_names_its_country_and_keeps_its_check_digit() {
        for number in ["CN201510000000", "PCT/CN2020/000001", "US16/123456", "EP07109822.2"] {
            assert_eq!(flaw_of_priority(number), None, "{number}");
        }
        for number in ["CN201310467361.3", "EP07109822.3", "201510000000", "优先权", "CN"] {
            assert!(flaw_of_priority(number).is_some(), "{number}");
        }
    }
}
