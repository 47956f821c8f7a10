//! Numbers of documents and of applications, brought to one form whatever the export.
//!
//! One document must have one number, or a patent imported from two sources would stand in the catalogue twice:
//! `US 2015/0056336 A1` (The Lens), `US2015056336 (A1)` (Espacenet) and `US-20150056336-A1` (Google) are one.
//!
//! Forms by source: US publications are four digits of the year and seven of the sequence, patents up to eight characters
//! (USPTO, *Publication Number* and *Patent Number*, uspto.gov); international publications and applications as told beside the
//! rules below (LexisNexis PatentSight, *WO (PCT) – Overview of Importable Number Formats*; Espacenet help, *Application
//! number*); Chinese applications CNIPA's ZC 0006-2003; European ones the EPO's Guidelines. Other offices' numbers, Japan's
//! among them, are taken as exports write them.

use super::{office, reason::Reason};
use crate::catalogue::number::chinese_check_character;

/// Longest number that an office is believed to have given, characters.
const LENGTH_MAX: usize = 24;

/// The number of a document in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DocumentNumber {
    /// Two letters (WIPO ST.3).
    pub office: String,
    /// What follows the office, without the kind code.
    pub body: String,
    /// Kind code (WIPO ST.16); empty where none is stated.
    pub kind: String,
}

impl DocumentNumber {
    /// The whole number.
    pub(super) fn full(&self) -> String {
        format!("{}{}{}", self.office, self.body, self.kind)
    }

    /// Reads a number. `stated_office` and `stated_kind` come from columns of their own and fill what the number
    /// itself leaves out.
    ///
    /// # Errors
    /// Not the number of a document, or one whose office nobody names.
    pub(super) fn parse(
        text: &str,
        stated_office: Option<&str>,
        stated_kind: Option<&str>,
    ) -> Result<Self, Reason> {
        let not_a_number = || Reason::NotANumber { value: text.to_owned() };
        // A row for a family lists several numbers; the first is the document of the row.
        let first = text.split(['\n', '\r', ';', '；', '|']).map(str::trim).find(|p| !p.is_empty());
        let (plain, spelled_kind) = simplified(first.unwrap_or(""));
        if plain.is_empty() || plain.len() > LENGTH_MAX || !plain.bytes().any(|b| b.is_ascii_digit()) {
            return Err(not_a_number());
        }
        let (office, rest) = match plain.get(..2) {
            Some("ZL") => ("CN", &plain[2..]),
            Some(code) if office::is_code(code) => (code, &plain[2..]),
            // Without an office: digits, perhaps after the letter of a design or of a Japanese era.
            _ if plain.bytes().take_while(u8::is_ascii_alphabetic).count() > 2 => return Err(not_a_number()),
            _ => match stated_office.and_then(office::named) {
                Some(code) => (code, plain.as_str()),
                None => return Err(Reason::OfficeUnknown { value: text.to_owned() }),
            },
        };
        let (body, own_kind) = match spelled_kind {
            Some(kind) => (rest, kind),
            None => split_kind(rest),
        };
        let stated = stated_kind.map(|kind| simplified(kind).0).filter(|kind| is_kind(kind));
        let kind = if own_kind.is_empty() { stated.unwrap_or_default() } else { own_kind };
        if !body.bytes().any(|b| b.is_ascii_digit()) {
            return Err(not_a_number());
        }
        Ok(Self { office: office.to_owned(), body: whole_body(office, body), kind })
    }
}

/// Capital letters and digits, and the kind code where blanks, dashes or brackets set it apart.
fn simplified(text: &str) -> (String, Option<String>) {
    let mut parts: Vec<String> = Vec::new();
    let mut open = false;
    for c in text.chars().take(200) {
        let c = match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            c => c,
        };
        if c.is_ascii_alphanumeric() {
            if !open {
                parts.push(String::new());
                open = true;
            }
            if let Some(part) = parts.last_mut() {
                part.push(c.to_ascii_uppercase());
            }
        } else if !matches!(c, '/' | ',' | '.') {
            open = false;
        }
    }
    // A corrected document of The Lens has the day of correction behind it: `EP 2862606 B8 20160907`.
    let is_day = |part: &String| part.len() == 8 && part.bytes().all(|b| b.is_ascii_digit());
    if parts.len() > 2
        && parts.last().is_some_and(is_day)
        && parts.get(parts.len() - 2).is_some_and(|p| is_kind(p))
    {
        parts.pop();
    }
    let kind =
        if parts.len() > 1 && parts.last().is_some_and(|part| is_kind(part)) { parts.pop() } else { None };
    (parts.concat(), kind)
}

fn is_kind(text: &str) -> bool {
    matches!(text.as_bytes(), [letter] if letter.is_ascii_uppercase())
        || matches!(text.as_bytes(), [letter, digit] if letter.is_ascii_uppercase() && digit.is_ascii_digit())
}

/// The kind code at the end of a number written without blanks. Where a letter and a digit end it, only the last
/// letter can begin the code.
fn split_kind(number: &str) -> (&str, String) {
    let letters_end = match number.as_bytes() {
        [.., letter, digit] if letter.is_ascii_uppercase() && digit.is_ascii_digit() => number.len() - 2,
        [.., letter] if letter.is_ascii_uppercase() => number.len() - 1,
        _ => return (number, String::new()),
    };
    let (body, kind) = number.split_at(letters_end);
    if body.bytes().filter(u8::is_ascii_digit).count() >= 3 {
        (body, kind.to_owned())
    } else {
        (number, String::new())
    }
}

/// Bodies that offices and exports shorten, at their full length.
fn whole_body(office: &str, body: &str) -> String {
    let digits = body.bytes().all(|b| b.is_ascii_digit());
    let year: Option<u32> = body.get(..4).and_then(|year| year.parse().ok());
    match (office, body.len()) {
        // US 2015/0056336, which the EPO's format shortens to ten digits.
        ("US", 10) if digits && year.is_some_and(|y| (2001..2100).contains(&y)) => {
            format!("{}0{}", &body[..4], &body[4..])
        }
        // WO 99/12345, today WO 1999/012345: two digits of the year and five until June 2002, two and six until the end of
        // 2003, four and six since; exports write four and five, too.
        ("WO", 7) if digits => format!("{}{}0{}", century(body), &body[..2], &body[2..]),
        ("WO", 8) if digits && matches!(&body[..2], "02" | "03") => format!("20{body}"),
        ("WO", 9) if digits && year.is_some_and(|y| (1978..2100).contains(&y)) => {
            format!("{}0{}", &body[..4], &body[4..])
        }
        _ => body.to_owned(),
    }
}

/// The century of a year of two digits: the Patent Cooperation Treaty's first is 1978.
fn century(year: &str) -> &'static str {
    if year >= "78" { "19" } else { "20" }
}

/// An international application in one form: its office, four digits of the year, and the sequence. Two digits of the year
/// and five of the sequence were written until the end of 2003 (`PCT/CN98/00123`), four and six since.
fn international(rest: &str) -> String {
    match rest.split_at_checked(2) {
        Some((office, digits)) if digits.len() == 7 && digits.bytes().all(|b| b.is_ascii_digit()) => {
            let (year, sequence) = digits.split_at(2);
            format!("PCT/{office}{}{year}/0{sequence}", century(year))
        }
        _ => format!("PCT/{}/{}", &rest[..6], &rest[6..]),
    }
}

/// The number of an application in one form. Chinese ones get their check digit, or have it checked; European ones have it
/// checked and left out.
///
/// # Errors
/// A check digit that is wrong.
pub(super) fn application(text: &str, office: &str) -> Result<Option<String>, Reason> {
    let first = text.split(['\n', '\r', ';', '；', '|']).map(str::trim).find(|p| !p.is_empty());
    let Some(first) = first else { return Ok(None) };
    let (plain, kind) = simplified(first);
    if !plain.bytes().any(|b| b.is_ascii_digit()) || plain.len() > 2 * LENGTH_MAX {
        return Err(Reason::NotANumber { value: text.to_owned() });
    }
    // The Lens marks applications under the PCT by a W: `US 2012/0031234 W`.
    if kind.as_deref() == Some("W") && plain.len() > 6 {
        return Ok(Some(format!("PCT/{}/{}", &plain[..6], &plain[6..])));
    }
    if let Some(rest) = plain.strip_prefix("PCT").filter(|rest| rest.len() > 6) {
        return Ok(Some(international(rest)));
    }
    let (code, rest) = match plain.get(..2) {
        Some("ZL") => ("CN", &plain[2..]),
        Some(code) if office::is_code(code) => (code, &plain[2..]),
        _ => (office, plain.as_str()),
    };
    match code {
        "CN" => chinese(rest, first).map(|number| Some(format!("CN{number}"))),
        "EP" => european(rest, first).map(|number| Some(format!("EP{number}"))),
        _ => Ok(Some(format!("{code}{rest}"))),
    }
}

/// `07109822.2`: two digits of the year, six of the sequence, and a check digit (EPO, Guidelines for Examination A-II, 1.8),
/// which exports leave out and which is not kept. Others write the year with four digits; Espacenet also puts a nought before
/// the sequence: `EP20070109822`. Without a dot a check digit is told only behind eight digits; other lengths are refused.
fn european(number: &str, text: &str) -> Result<String, Reason> {
    let refused = || Reason::NotANumber { value: text.to_owned() };
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let number = without_kind(number);
    let after_dot = text
        .rsplit_once(['.', '．'])
        .filter(|(before, _)| before.chars().any(char::is_numeric))
        .map(|(_, after)| simplified(after).0);
    let (body, stated) = match after_dot.as_deref().map(without_kind).filter(|part| !part.is_empty()) {
        Some(part) => (number.strip_suffix(part).ok_or_else(refused)?, Some(part)),
        // Not a number of this kind: an international application, or what an office wrote before.
        None if !all_digits(number) => return Ok(number.to_owned()),
        None if number.len() == 9 => (&number[..8], Some(&number[8..])),
        None => (number, None),
    };
    let year: Option<u32> = body.get(..4).and_then(|year| year.parse().ok());
    let four_digits = year.is_some_and(|year| (1978..2100).contains(&year));
    let digits = match (body.len(), body.as_bytes().get(4)) {
        _ if !all_digits(body) => return Err(refused()),
        (8, _) => body.to_owned(),
        (10, _) if four_digits => body[2..].to_owned(),
        (11, Some(b'0')) if four_digits => format!("{}{}", &body[2..4], &body[5..]),
        _ => return Err(refused()),
    };
    let expected = european_check_digit(&digits).ok_or_else(refused)?;
    if stated.is_some_and(|stated| !stated.chars().eq([expected])) {
        return Err(Reason::CheckDigit { value: text.to_owned(), expected });
    }
    Ok(digits)
}

/// The number without the letter of its kind.
fn without_kind(number: &str) -> &str {
    number.strip_suffix(['A', 'D', 'U']).unwrap_or(number)
}

/// The check digit of a European application: its digits times 1 and 2 in turn, the digits of the products summed, what is
/// missing to the next ten (EPO support for Open Patent Services, forums.epo.org, 17 January 2022).
fn european_check_digit(digits: &str) -> Option<char> {
    let sum = digits.chars().zip([1, 2].into_iter().cycle()).try_fold(0, |sum, (c, weight)| {
        c.to_digit(10).map(|digit| digit * weight).map(|product| sum + product / 10 + product % 10)
    })?;
    char::from_digit((10 - sum % 10) % 10, 10)
}

/// `201310467361.2`: year, kind of patent, serial number, check digit; eight digits instead of twelve before
/// October 2003.
fn chinese(number: &str, text: &str) -> Result<String, Reason> {
    // The EPO's format ends in a letter for the kind and has no check digit, like the form of The Lens.
    let number = number.strip_suffix(['A', 'U', 'S', 'D']).unwrap_or(number);
    let length = match number.len() {
        12 | 13 if number.starts_with("19") || number.starts_with("20") => 12,
        8 | 9 => 8,
        _ => return Ok(number.to_owned()),
    };
    let (digits, stated) = number.split_at(length);
    let Some(expected) = chinese_check_character(digits) else { return Ok(number.to_owned()) };
    if !stated.is_empty() && !stated.starts_with(expected) {
        return Err(Reason::CheckDigit { value: text.to_owned(), expected });
    }
    Ok(format!("{digits}.{expected}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full(text: &str) -> String {
        DocumentNumber::parse(text, None, None).unwrap().full()
    }

    #[test]
    fn one_document_has_one_number_whatever_the_export() {
        for text in ["US 2015/0056336 A1", "US2015056336 (A1)", "US-20150056336-A1", "US20150056336A1"] {
            assert_eq!(full(text), "US20150056336A1", "{text}");
        }
        for text in ["WO 1999/012345 A1", "WO9912345 (A1)", "WO/1999/012345A1", "WO99/12345 A1"] {
            assert_eq!(full(text), "WO1999012345A1", "{text}");
        }
        for text in ["WO 02/057123 A1", "WO02057123A1", "WO 2002/057123 A1", "WO200257123A1"] {
            assert_eq!(full(text), "WO2002057123A1", "{text}");
        }
        for text in ["CN115000000B", "CN 115000000 B", "ZL115000000B", "ＣＮ１１５００００００Ｂ"]
        {
            assert_eq!(full(text), "CN115000000B", "{text}");
        }
    }

    #[test]
    fn offices_number_in_their_own_ways() {
        for (text, number) in [
            ("EP 2862606 B8 20160907", "EP2862606B8"),
            ("JP H0912345 A", "JPH0912345A"),
            ("US D712345 S1", "USD712345S1"),
            ("US H2123 H", "USH2123H"),
            ("IN 1442CH2015 A", "IN1442CH2015A"),
            ("KR20150000637 (U)", "KR20150000637U"),
            ("AU PO8823 D0", "AUPO8823D0"),
            ("US8,123,456B2", "US8123456B2"),
            ("CN1432370A\nCN1234567C", "CN1432370A"),
        ] {
            assert_eq!(full(text), number, "{text}");
        }
    }

    #[test]
    fn columns_of_their_own_name_the_office_and_the_kind() {
        let number = DocumentNumber::parse("8123456", Some("United States of America"), Some("B2")).unwrap();
        assert_eq!(number.full(), "US8123456B2");
        let refused = |text| DocumentNumber::parse(text, None, None).unwrap_err().code();
        assert_eq!(refused("8123456"), "office-unknown");
        assert_eq!(refused("一种无人机"), "not-a-number");
        assert_eq!(refused("hello 12"), "not-a-number");
        assert_eq!(refused(""), "not-a-number");
    }

    #[test]
    fn applications_have_one_form_and_their_check_digit_is_checked() {
        let read = |text| application(text, "CN").map_err(|reason| reason.code());
        for text in ["CN201310467361.2", "201310467361.2", "CN 201310467361 A", "ZL2013104673612"] {
            assert_eq!(read(text), Ok(Some("CN201310467361.2".into())), "{text}");
        }
        assert_eq!(read("CN201310467361.5"), Err("check-digit"));
        assert_eq!(read("CN20131467361"), Ok(Some("CN20131467361".into())));
        assert_eq!(read("US 2012/031234 W"), Ok(Some("PCT/US2012/031234".into())));
        assert_eq!(read("PCT/CN2013/072213"), Ok(Some("PCT/CN2013/072213".into())));
        // The EPO's own examples: Espacenet's help, and its support for Open Patent Services.
        for text in ["EP07109822", "EP2007109822", "EP20070109822", "07109822.2", "EP07109822A"] {
            let read = application(text, "EP").map_err(|reason| reason.code());
            assert_eq!(read, Ok(Some("EP07109822".into())), "{text}");
        }
        assert_eq!(read("EP99403122.7"), Ok(Some("EP99403122".into())));
        assert_eq!(read("EP99403122.8"), Err("check-digit"));
        assert_eq!(read("PCT/CN98/00123"), Ok(Some("PCT/CN1998/000123".into())));
        assert_eq!(read("PCT/US03/12345"), Ok(Some("PCT/US2003/012345".into())));
    }

    #[test]
    fn a_european_application_has_one_number_however_year_and_check_digit_are_written() {
        let read = |text| application(text, "EP").map_err(|reason| reason.code());
        for (text, number) in [
            ("EP2007109822.2", "EP07109822"),
            ("EP20070109822.2", "EP07109822"),
            ("EP 2007109822.2 A", "EP07109822"),
            ("EP071098222", "EP07109822"),
            ("EP07109822．2", "EP07109822"),
            ("EP2000012345.5", "EP00012345"),
            ("EP20000962770", "EP00962770"),
            ("EP 13198813 A", "EP13198813"),
        ] {
            assert_eq!(read(text), Ok(Some(number.into())), "{text}");
        }
        let wrong_digit =
            ["EP2000012345.1", "EP2007109822.3", "EP20070109822.3", "EP99403122.77", "EP99403122.X"];
        for text in wrong_digit {
            assert_eq!(read(text), Err("check-digit"), "{text}");
        }
        for text in ["EP20071098222", "EP200701098222", "EP0710982", "EP1912345678", "EP071098222.2"] {
            assert_eq!(read(text), Err("not-a-number"), "{text}");
        }
    }
}
