//! What a document is by its kind code (WIPO ST.16 as each office uses it) or by the words of an export: what it
//! protects, and whether it publishes a grant.

use super::document_number::DocumentNumber;
use crate::catalogue::patent::PatentKind;

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Nature {
    pub kind: PatentKind,
    /// The document publishes a right that was granted.
    pub granted: bool,
    /// The day of publication is the day of the grant: not so for corrections and amended specifications.
    pub published_on_grant: bool,
}

/// Offices whose utility models are registered before their document of kind `U` is published.
const REGISTER_BEFORE_U: [&str; 9] = ["CN", "DE", "TW", "JP", "RU", "UA", "CZ", "ES", "RO"];

/// What the document of this number is. `stated_type` is the export's column of the document's type, `stated_kind`
/// its column of the kind of patent.
pub(super) fn nature(number: &DocumentNumber, stated_type: &str, stated_kind: &str) -> Nature {
    let by_words = kind_of_words(stated_kind).or_else(|| kind_of_words(stated_type));
    let kind = by_words.unwrap_or_else(|| kind_of_code(number));
    // Chinese codes are exact; The Lens calls some registered utility models applications.
    let exact = number.office == "CN" && !number.kind.is_empty();
    let words = granted_by_words(stated_type).or_else(|| granted_by_words(stated_kind));
    let granted = words.filter(|_| !exact).unwrap_or_else(|| granted_by_code(number));
    Nature { kind, granted, published_on_grant: granted && is_first_grant(number) }
}

fn lower(text: &str) -> String {
    text.trim().chars().flat_map(char::to_lowercase).collect()
}

fn kind_of_words(words: &str) -> Option<PatentKind> {
    let words = lower(words);
    let has = |word: &str| words.contains(word);
    if has("实用新型") || has("utility model") || has("limited patent") || words == "新型" {
        Some(PatentKind::UtilityModel)
    } else if has("外观") || has("design") {
        Some(PatentKind::Design)
    } else if has("发明") || has("invention") && !has("registration") || words == "utility" {
        Some(PatentKind::Invention)
    } else if has("plant") || has("植物") || has("invention registration") {
        Some(PatentKind::Other)
    } else {
        None
    }
}

fn granted_by_words(words: &str) -> Option<bool> {
    let words = lower(words);
    let has = |word: &str| words.contains(word);
    if has("授权") || has("granted patent") || has("amended patent") || has("ammended patent") {
        Some(true)
    } else if has("patent application") || has("发明申请") || has("发明公开") || has("search report")
    {
        Some(false)
    } else {
        None
    }
}

fn letter(number: &DocumentNumber) -> char {
    number.kind.chars().next().unwrap_or(' ')
}

fn kind_of_code(number: &DocumentNumber) -> PatentKind {
    let office = number.office.as_str();
    match letter(number) {
        'U' | 'Y' => PatentKind::UtilityModel,
        'S' => PatentKind::Design,
        // Chinese designs before 2010 have a D; elsewhere a D is an application not yet published.
        'D' if office == "CN" => PatentKind::Design,
        'P' | 'H' => PatentKind::Other,
        'A' | 'B' | 'C' | 'D' | 'E' | 'F' | 'T' => PatentKind::Invention,
        // The body of an American number names what it protects: `USD712345`, `USPP12345`, `USRE40000`.
        _ if office == "US" && number.body.starts_with('P') => PatentKind::Other,
        _ if office == "US" && number.body.starts_with('D') => PatentKind::Design,
        _ if office == "US" && number.body.starts_with("RE") => PatentKind::Invention,
        _ => PatentKind::Other,
    }
}

fn granted_by_code(number: &DocumentNumber) -> bool {
    let office = number.office.as_str();
    match (office, letter(number)) {
        ("WO", _) => false,
        ("US", 'A') => number.kind == "A",
        ("US", 'S' | 'P' | 'E' | 'B') => number.kind != "P1",
        ("CN", 'B' | 'C' | 'U' | 'Y' | 'S' | 'D') => true,
        (_, 'B' | 'C') => true,
        (_, 'Y') => true,
        ("JP" | "KR" | "TW", 'S') => true,
        (_, 'U') => REGISTER_BEFORE_U.contains(&office),
        _ => false,
    }
}

/// Corrections (`8`, `9`) and specifications amended after opposition (EP and DE `B2`, DE `C2` …) appear later than
/// the grant.
fn is_first_grant(number: &DocumentNumber) -> bool {
    let kind = number.kind.as_str();
    match number.office.as_str() {
        "EP" => kind == "B1",
        _ => !kind.ends_with(['8', '9']),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, stated_type: &str, stated_kind: &str) -> (PatentKind, bool) {
        let nature = nature(&DocumentNumber::parse(text, None, None).unwrap(), stated_type, stated_kind);
        (nature.kind, nature.granted)
    }

    #[test]
    fn the_code_tells_kind_and_grant() {
        for (text, expected) in [
            ("CN104082188A", (PatentKind::Invention, false)),
            ("CN102698432B", (PatentKind::Invention, true)),
            ("CN204872591U", (PatentKind::UtilityModel, true)),
            ("CN2189478Y", (PatentKind::UtilityModel, true)),
            ("CN301234567S", (PatentKind::Design, true)),
            ("US3974881A", (PatentKind::Invention, true)),
            ("US20150056336A1", (PatentKind::Invention, false)),
            ("USD712345S1", (PatentKind::Design, true)),
            ("USPP12345P2", (PatentKind::Other, true)),
            ("KR20150000637U", (PatentKind::UtilityModel, false)),
            ("WO2015026896A1", (PatentKind::Invention, false)),
            ("EP1654906B1", (PatentKind::Invention, true)),
            ("CN104082188", (PatentKind::Other, false)),
        ] {
            assert_eq!(of(text, "", ""), expected, "{text}");
        }
    }

    #[test]
    fn the_words_of_the_export_come_before_the_code() {
        assert_eq!(of("GB2400000A", "Granted Patent", ""), (PatentKind::Invention, true));
        assert_eq!(of("AU2015100001A4", "Limited Patent", ""), (PatentKind::UtilityModel, false));
        assert_eq!(of("CN204872591U", "Patent Application", ""), (PatentKind::UtilityModel, true));
        assert_eq!(of("CN115000000", "", "发明授权"), (PatentKind::Invention, true));
        assert_eq!(of("CN115000000", "", "发明申请"), (PatentKind::Invention, false));
        assert_eq!(of("CN301234567S", "Design right", "外观设计"), (PatentKind::Design, true));
    }

    #[test]
    fn a_correction_is_not_published_on_the_day_of_the_grant() {
        let on_grant =
            |text| nature(&DocumentNumber::parse(text, None, None).unwrap(), "", "").published_on_grant;
        assert!(on_grant("EP1654906B1"));
        assert!(!on_grant("EP1654906B8"));
        assert!(!on_grant("EP1654906B2"));
        assert!(!on_grant("CN104082188A"));
    }
}
