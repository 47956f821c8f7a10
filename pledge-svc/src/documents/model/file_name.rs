//! The name that a file keeps: what people called it, without what could mislead a person or a machine.

/// The longest name, in characters.
const CHARS_MAX: usize = 120;

/// Whether a character changes the direction in which the rest is read: `invoice\u{202e}fdp.exe` looks like a PDF.
const fn turns_text(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The last part of the path that the browser gives, without control and direction characters, at most 120 characters;
/// the ending survives the cut. `None` where nothing is left.
#[must_use]
pub fn clean(given: &str) -> Option<String> {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control() && !turns_text(*c)).collect();
    let name = name.trim().trim_matches('.').trim();
    if name.is_empty() {
        return None;
    }
    let length = name.chars().count();
    if length <= CHARS_MAX {
        return Some(name.to_owned());
    }
    let ending: String = extension(name).map(|ending| format!(".{ending}")).unwrap_or_default();
    let kept = CHARS_MAX.saturating_sub(ending.chars().count());
    Some(name.chars().take(kept).chain(ending.chars()).collect())
}

/// The ending of a name in small letters, without its dot; `None` where there is none or it is no ending.
#[must_use]
pub fn extension(name: &str) -> Option<String> {
    let (stem, ending) = name.rsplit_once('.')?;
    let sound = !stem.is_empty()
        && (1..=8).contains(&ending.len())
        && ending.chars().all(|c| c.is_ascii_alphanumeric());
    sound.then(|| ending.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_words_and_loses_its_path_and_what_misleads() {
        assert_eq!(clean("营业执照.pdf").as_deref(), Some("营业执照.pdf"));
        assert_eq!(clean("C:\\Users\\me\\报表 2026.xlsx").as_deref(), Some("报表 2026.xlsx"));
        assert_eq!(clean("../../etc/passwd").as_deref(), Some("passwd"));
        assert_eq!(clean("invoice\u{202e}fdp.exe").as_deref(), Some("invoicefdp.exe"));
        assert_eq!(clean("a\r\nb\0.pdf").as_deref(), Some("ab.pdf"));
        for nothing in ["", "  ", "..", "/", "\u{202e}"] {
            assert_eq!(clean(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn a_long_name_is_cut_in_the_middle_and_keeps_its_ending() {
        let name = clean(&format!("{}.docx", "长".repeat(300))).unwrap();
        assert_eq!(name.chars().count(), CHARS_MAX);
        assert!(name.ends_with("长.docx"));
    }

    #[test]
    fn an_ending_is_short_plain_and_behind_a_name() {
        assert_eq!(extension("a.PDF").as_deref(), Some("pdf"));
        assert_eq!(extension("a.tar.gz").as_deref(), Some("gz"));
        for none in ["pdf", ".pdf", "a.", "a.p df", "a.执照", "a.verylongending"] {
            assert_eq!(extension(none), None, "{none}");
        }
    }
}
