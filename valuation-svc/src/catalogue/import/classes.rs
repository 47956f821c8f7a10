//! Symbols of the international and the cooperative classification, `A63H 30/04 (2006.01)` as `A63H30/04`.

use super::reason::Reason;

/// Reads one symbol. `None` for a class of designs (Locarno), which is another classification and stands in the
/// same column of Chinese exports.
///
/// # Errors
/// Not a symbol.
pub(super) fn symbol(text: &str) -> Result<Option<String>, Reason> {
    let bad = || Reason::BadClass { value: text.to_owned() };
    // Versions and levels stand behind the symbol, in brackets: `(2006.01)I`, `(IPC1-7)`.
    let bare = text.split(['(', '（', '[']).next().unwrap_or("");
    let plain: String = bare.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    if is_locarno(&plain) {
        return Ok(None);
    }
    if plain.len() > 20 {
        return Err(bad());
    }
    let head = plain.as_bytes();
    let section = head.first().is_some_and(|b| matches!(b, b'A'..=b'H' | b'Y'));
    let class = head.get(1..3).is_some_and(|digits| digits.iter().all(u8::is_ascii_digit));
    if !section || !class {
        return Err(bad());
    }
    let Some(subclass) = head.get(3) else { return Ok(Some(plain)) };
    if !subclass.is_ascii_uppercase() {
        return Err(bad());
    }
    let (subclass, group) = plain.split_at_checked(4).ok_or_else(bad)?;
    if let Some(group) = padded(group) {
        return Ok(Some(format!("{subclass}{group}")));
    }
    if group.is_empty() || is_group(group) { Ok(Some(plain)) } else { Err(bad()) }
}

/// The form of machines: the main group in four digits, the subgroup behind it without a stroke, `C22B002612`, or
/// with six digits as WIPO ST.8 has it, `C22B0026120000`.
fn padded(group: &str) -> Option<String> {
    let digits = group.bytes().all(|b| b.is_ascii_digit());
    let (main, sub) = group.split_at_checked(4).filter(|(_, sub)| digits && sub.len() >= 2)?;
    let main = main.trim_start_matches('0');
    let bare = if sub.len() == 6 { sub.trim_end_matches('0') } else { sub };
    (!main.is_empty()).then(|| format!("{main}/{bare:0<2}"))
}

fn is_group(group: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.len() <= 6 && text.bytes().all(|b| b.is_ascii_digit());
    match group.split_once('/') {
        Some((main, sub)) => digits(main) && digits(sub),
        None => digits(group),
    }
}

/// `14-02`, `LOC(13)Cl.14-02`.
fn is_locarno(plain: &str) -> bool {
    plain.starts_with("LOC")
        || matches!(plain.as_bytes(), [a, b, b'-', c, d, ..]
            if [a, b, c, d].iter().all(|digit| digit.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Option<String>, &'static str> {
        symbol(text).map_err(|reason| reason.code())
    }

    #[test]
    fn a_symbol_is_read_without_blanks_and_versions() {
        for text in ["A63H30/04", "A63H 30/04", "A63H  30/04(2006.01)I", "a63h30/04（2006.01）"] {
            assert_eq!(read(text), Ok(Some("A63H30/04".into())), "{text}");
        }
        for text in ["C22B002612", "C22B0026120000", "C22B 26/12"] {
            assert_eq!(read(text), Ok(Some("C22B26/12".into())), "{text}");
        }
        assert_eq!(read("C22B000300"), Ok(Some("C22B3/00".into())));
        assert_eq!(read("B64D"), Ok(Some("B64D".into())));
        assert_eq!(read("Y02T50/10"), Ok(Some("Y02T50/10".into())));
    }

    #[test]
    fn classes_of_designs_are_left_out_and_other_words_refused() {
        assert_eq!(read("14-02"), Ok(None));
        assert_eq!(read("LOC(13)Cl.14-02"), Ok(None));
        for text in ["无人机", "244/13.1", "A6", "A63H30/", "Z99Z1/00"] {
            assert_eq!(read(text), Err("bad-class"), "{text}");
        }
    }
}
