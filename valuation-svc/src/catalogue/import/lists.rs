//! Cells that hold several things: applicants, inventors, classes, family members.

/// The pieces of a cell, trimmed, none empty. `separator` is what the mapping or the export's custom says;
/// without it the cell is split by what it holds.
pub(super) fn split<'a>(text: &'a str, separator: Option<&str>) -> Vec<&'a str> {
    let pieces: Vec<&str> = match separator {
        Some(separator) => text.split(separator).collect(),
        None if text.contains(";;") => text.split(";;").collect(),
        None if text.contains(['\n', '\r', ';', '；', '|']) => {
            text.split(['\n', '\r', ';', '；', '|']).collect()
        }
        None => vec![text],
    };
    pieces.into_iter().map(str::trim).filter(|piece| !piece.is_empty()).collect()
}

/// The symbols of a cell of classes, or the numbers of a cell of documents, which commas may part too. A separator
/// that the cell does not have, and a bare slash, which stands inside symbols, part nothing.
pub(super) fn symbols<'a>(text: &'a str, separator: Option<&str>) -> Vec<&'a str> {
    let separator = separator.filter(|separator| *separator != "/" && text.contains(*separator));
    split(text, separator)
        .into_iter()
        .flat_map(|piece| piece.split([',', '，', '、']))
        .map(str::trim)
        .filter(|piece| !piece.is_empty())
        .collect()
}

/// The names of a cell in their order, each once, without the country behind them.
pub(super) fn names(text: &str, separator: Option<&str>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for piece in split(text, separator) {
        for part in parts_of_chinese_list(piece, separator) {
            let name = tidy(part);
            if !name.is_empty() && !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

/// Chinese lists use `、` and commas too. A comma inside a Western name parts nothing: `SMITH, JOHN`.
fn parts_of_chinese_list<'a>(piece: &'a str, separator: Option<&str>) -> Vec<&'a str> {
    if separator.is_some() {
        return vec![piece];
    }
    let parts: Vec<&str> = piece.split(['、', ',', '，']).map(str::trim).collect();
    let chinese = |part: &&str| part.chars().count() > 1 && part.chars().all(is_han_or_bracket);
    if parts.iter().all(chinese) { parts } else { vec![piece] }
}

fn is_han_or_bracket(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '·' | '(' | ')' | '（' | '）')
}

/// One name with single blanks; `ELWHA LLC [US]` loses its country, `STUMP; JOSEPH` its semicolon.
fn tidy(name: &str) -> String {
    let mut bare = name;
    if let Some(open) = bare.strip_suffix(']').and_then(|inner| inner.rfind('[')) {
        let code = &bare[open + 1..bare.len() - 1];
        if code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()) {
            bare = &bare[..open];
        }
    }
    one_line(bare).replace("; ", ", ")
}

/// Text on one line with single blanks.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_export_has_its_separator() {
        for text in ["甲;;乙", "甲; 乙", "甲 | 乙", "甲；乙", "甲\n乙", "甲\r\n乙", " 甲 ; 乙 ;"]
        {
            assert_eq!(split(text, None), ["甲", "乙"], "{text}");
        }
        assert_eq!(split("甲 / 乙", Some(" / ")), ["甲", "乙"]);
        assert_eq!(symbols("A63H30/04, B64C39/02", None), ["A63H30/04", "B64C39/02"]);
        assert_eq!(symbols("A63H30/04; B64C39/02", Some("/")), ["A63H30/04", "B64C39/02"]);
        assert_eq!(symbols("A63H30/04 / B64C39/02", Some(" / ")), ["A63H30/04", "B64C39/02"]);
    }

    #[test]
    fn a_comma_parts_chinese_names_only() {
        assert_eq!(names("张三、李四", None), ["张三", "李四"]);
        assert_eq!(names("张三,李四", None), ["张三", "李四"]);
        assert_eq!(names("SMITH, JOHN; DOE, JANE", None), ["SMITH, JOHN", "DOE, JANE"]);
        assert_eq!(names("Foo, Inc.", None), ["Foo, Inc."]);
        assert_eq!(
            names("KRESS; ROBERT W.;;STUMP; JOSEPH W.", None),
            ["KRESS, ROBERT W.", "STUMP, JOSEPH W."]
        );
        assert_eq!(names("WIESENTHAL; JOHN F.", Some(";;")), ["WIESENTHAL, JOHN F."]);
    }

    #[test]
    fn the_same_name_counts_once() {
        assert_eq!(names("ELWHA LLC [US];  ELWHA LLC", None), ["ELWHA LLC"]);
    }
}
