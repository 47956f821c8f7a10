//! Official identifiers, checked and not only stored: the unified social credit code of an organisation, the
//! Chinese patent application number, and the symbol of the International Patent Classification.

use std::{fmt, str::FromStr};

/// Why a text is not the identifier it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// Not of the form.
    #[error("`{given}` is not {what}")]
    Malformed {
        /// What it should have been.
        what: &'static str,
        /// The text, cut to forty characters.
        given: String,
    },
    /// The form is right, the check character is not: a digit was mistyped.
    #[error("the check character of `{given}` should be {expected}: please compare it with the certificate")]
    Check {
        /// The text.
        given: String,
        /// What the check character would be if the others were right.
        expected: char,
    },
}

fn malformed(what: &'static str, given: &str) -> IdentifierError {
    IdentifierError::Malformed { what, given: given.chars().take(40).collect() }
}

/// A newtype over its canonical text: reading, writing, JSON, schema.
macro_rules! identifier {
    ($name:ident, $description:literal, $example:literal) => {
        impl $name {
            /// The canonical text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .description(Some($description))
                    .examples([$example])
                    .build()
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    };
}

/// The 31 characters of GB 32100-2015, in order of their value: no I, O, S, V, Z.
const CREDIT_CHARACTERS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// 统一社会信用代码: the unified social credit code of an organisation (GB 32100-2015), eighteen characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CreditCode(String);

identifier!(
    CreditCode,
    "Unified social credit code (GB 32100-2015), with its check character",
    "914403001922038216"
);

/// The check character of a unified social credit code from its first seventeen characters: weights 3ⁱ mod
/// 31, modulus 31 (GB 32100-2015). `None` when they are not seventeen characters of that alphabet.
#[must_use]
pub fn credit_code_check(first17: &str) -> Option<char> {
    if first17.len() != 17 {
        return None;
    }
    let (mut weight, mut sum) = (1, 0);
    for character in first17.bytes() {
        sum += CREDIT_CHARACTERS.iter().position(|allowed| *allowed == character)? * weight;
        weight = weight * 3 % 31;
    }
    CREDIT_CHARACTERS.get((31 - sum % 31) % 31).copied().map(char::from)
}

impl FromStr for CreditCode {
    type Err = IdentifierError;

    /// Reads a code; letters may be small, spaces around it are dropped.
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let what =
            "a unified social credit code: eighteen digits and capital letters other than I, O, S, V, Z";
        let code = text.trim().to_ascii_uppercase();
        let digits = code.as_bytes().get(2..8).is_some_and(|region| region.iter().all(u8::is_ascii_digit));
        let (Some((first, last)), true) = (code.split_at_checked(17), digits) else {
            return Err(malformed(what, text));
        };
        let expected = credit_code_check(first).ok_or_else(|| malformed(what, text))?;
        let mut last = last.bytes();
        match (last.next(), last.next()) {
            (Some(check), None) if char::from(check) == expected => Ok(Self(code)),
            (Some(check), None) if CREDIT_CHARACTERS.contains(&check) => {
                Err(IdentifierError::Check { given: code, expected })
            }
            _ => Err(malformed(what, text)),
        }
    }
}

/// 专利申请号: a Chinese patent application number with its check character, such as `200310102344.5`: year,
/// kind, serial number (ZC 0006-2003); before October 2003 two digits of the year and five of the serial
/// number. The patent number is the same behind `ZL`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApplicationNumber(String);

identifier!(
    ApplicationNumber,
    "Chinese patent application number with its check character",
    "200310102344.5"
);

/// The check character of a Chinese application number from its twelve digits (eight before October 2003):
/// weights 2 to 9 repeating, modulus 11, X for ten. `None` when they are not that many digits.
#[must_use]
pub fn application_number_check(digits12: &str) -> Option<char> {
    if !matches!(digits12.len(), 8 | 12) {
        return None;
    }
    let mut sum = 0;
    for (character, weight) in digits12.chars().zip((2..=9).cycle()) {
        sum += character.to_digit(10)? * weight;
    }
    char::from_digit(sum % 11, 10).or(Some('X'))
}

impl ApplicationNumber {
    /// The year of filing.
    #[must_use]
    pub fn filing_year(&self) -> i32 {
        match self.digits().len() {
            12 => self.0[..4].parse().unwrap_or(0),
            _ => self.0[..2].parse().map_or(0, |short: i32| short + if short >= 85 { 1900 } else { 2000 }),
        }
    }

    /// The digit of the kind: 1 invention, 2 utility model, 3 design, 8 and 9 international applications for
    /// an invention and a utility model.
    #[must_use]
    pub fn kind_digit(&self) -> u8 {
        let position = if self.digits().len() == 12 { 4 } else { 2 };
        self.0.as_bytes()[position] - b'0'
    }

    /// The patent number once granted: `ZL200310102344.5`.
    #[must_use]
    pub fn patent_number(&self) -> String {
        format!("ZL{}", self.0)
    }

    fn digits(&self) -> &str {
        self.0.split_once('.').map_or(self.0.as_str(), |(digits, _)| digits)
    }
}

impl FromStr for ApplicationNumber {
    type Err = IdentifierError;

    /// Reads a number with or without the prefixes CN (application) and ZL (patent), and with or without the
    /// point before the check character; the canonical text has no prefix and the point.
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let what = "a Chinese patent application number with its check digit, such as 200310102344.5";
        let plain: String = text.trim().to_ascii_uppercase().chars().filter(|c| *c != ' ').collect();
        let bare = plain.strip_prefix("ZL").or_else(|| plain.strip_prefix("CN")).unwrap_or(&plain);
        let split = bare.split_once('.').or_else(|| bare.split_at_checked(bare.len().checked_sub(1)?));
        let (digits, check) = split.ok_or_else(|| malformed(what, text))?;
        let expected = application_number_check(digits).ok_or_else(|| malformed(what, text))?;
        let (kind, year) = match digits.len() {
            12 => (&digits[4..5], digits[..4].parse().unwrap_or(0)),
            _ => (&digits[2..3], 1985),
        };
        let mut given = check.chars();
        match (given.next(), given.next()) {
            _ if !matches!(kind, "1" | "2" | "3" | "8" | "9") || year < 1985 => Err(malformed(what, text)),
            (Some(check), None) if check == expected => Ok(Self(format!("{digits}.{check}"))),
            (Some(check), None) if check.is_ascii_digit() || check == 'X' => {
                Err(IdentifierError::Check { given: bare.to_owned(), expected })
            }
            _ => Err(malformed(what, text)),
        }
    }
}

/// A symbol of the International Patent Classification: a subclass (`A61K`) or a group (`A61K31/00`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IpcSymbol(String);

identifier!(
    IpcSymbol,
    "Symbol of the International Patent Classification: a subclass or a group",
    "A61K31/00"
);

impl IpcSymbol {
    /// The subclass: four characters such as `A61K`.
    #[must_use]
    pub fn subclass(&self) -> &str {
        &self.0[..4]
    }

    /// The section, a letter from A to H.
    #[must_use]
    pub fn section(&self) -> &str {
        &self.0[..1]
    }

    /// The main group, such as `31`; `None` for a bare subclass.
    #[must_use]
    pub fn main_group(&self) -> Option<&str> {
        self.0[4..].split_once('/').map(|(main, _)| main)
    }
}

impl FromStr for IpcSymbol {
    type Err = IdentifierError;

    /// Reads a symbol; spaces, small letters and the edition that offices print behind it
    /// (`H01M 10/0525(2010.01)I`) are accepted and dropped. Only the shape is checked, not the edition's list.
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let what = "an IPC symbol such as A61K or A61K31/00";
        let upper = text.to_ascii_uppercase();
        let symbol = upper.split_once('(').map_or(upper.as_str(), |(symbol, _)| symbol);
        let symbol: String = symbol.chars().filter(|c| *c != ' ').collect();
        let shaped = symbol.split_at_checked(4).is_some_and(|(subclass, group)| {
            is_subclass(subclass.as_bytes()) && (group.is_empty() || is_group(group))
        });
        if shaped { Ok(Self(symbol)) } else { Err(malformed(what, text)) }
    }
}

fn is_subclass(symbol: &[u8]) -> bool {
    matches!(symbol, [b'A'..=b'H', b'0'..=b'9', b'0'..=b'9', b'A'..=b'Z'])
}

/// One to four digits, a stroke, two to six digits (WIPO ST.8); the main group does not begin with zero.
fn is_group(group: &str) -> bool {
    let digits = |part: &str, sizes: std::ops::RangeInclusive<usize>| {
        sizes.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
    };
    group
        .split_once('/')
        .is_some_and(|(main, sub)| digits(main, 1..=4) && !main.starts_with('0') && digits(sub, 2..=6))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Codes of listed and other well-known companies, from the public register.
    #[test]
    fn the_codes_of_real_companies_pass() {
        for code in ["914403001922038216", "91330100799655058B", "9144030071526726XG", "91110108551385082Q"] {
            assert_eq!(code.parse::<CreditCode>().unwrap().as_str(), code);
        }
        assert_eq!(" 91330100799655058b ".parse::<CreditCode>().unwrap().as_str(), "91330100799655058B");
    }

    #[test]
    fn a_mistyped_code_is_told_what_the_check_character_would_be() {
        assert_eq!(
            "914403001922038217".parse::<CreditCode>(),
            Err(IdentifierError::Check { given: "914403001922038217".to_owned(), expected: '6' })
        );
        for text in [
            "",
            "9144030019220382",
            "9144030019220382166",
            "91440300192203821O",
            "9144O3001922038216",
            "统一社会信用",
        ] {
            assert!(matches!(text.parse::<CreditCode>(), Err(IdentifierError::Malformed { .. })), "{text}");
        }
        assert_eq!(credit_code_check("short"), None);
    }

    /// 200310102344.5 is the example of the numbering standard ZC 0006-2003.
    #[test]
    fn an_application_number_is_read_in_the_forms_people_write() {
        for text in ["200310102344.5", "CN200310102344.5", "ZL 200310102344.5", "2003101023445"] {
            let number: ApplicationNumber = text.parse().unwrap();
            assert_eq!(number.as_str(), "200310102344.5", "{text}");
            assert_eq!((number.filing_year(), number.kind_digit()), (2003, 1));
            assert_eq!(number.patent_number(), "ZL200310102344.5");
        }
        let old: ApplicationNumber = "85100001.0".parse().unwrap();
        assert_eq!((old.filing_year(), old.kind_digit()), (1985, 1));
        let young: ApplicationNumber = "02801232.1".parse().unwrap();
        assert_eq!((young.filing_year(), young.kind_digit()), (2002, 8));
    }

    #[test]
    fn a_wrong_application_number_is_refused() {
        let wrong = "200310102344.6".parse::<ApplicationNumber>();
        assert!(matches!(wrong, Err(IdentifierError::Check { expected: '5', .. })));
        for text in
            ["", ".", "2003101.5", "200370102344.5", "198010102344.5", "200310102344.55", "20031010234é.5"]
        {
            assert!(
                matches!(text.parse::<ApplicationNumber>(), Err(IdentifierError::Malformed { .. })),
                "{text}"
            );
        }
    }

    #[test]
    fn an_ipc_symbol_is_read_to_its_canonical_form() {
        for (text, canonical) in [
            ("A61K", "A61K"),
            ("a61k 31/00", "A61K31/00"),
            ("H01M 10/0525(2010.01)I", "H01M10/0525"),
            ("G06F17/30", "G06F17/30"),
        ] {
            assert_eq!(text.parse::<IpcSymbol>().unwrap().as_str(), canonical);
        }
        let symbol: IpcSymbol = "H01M10/0525".parse().unwrap();
        assert_eq!((symbol.section(), symbol.subclass(), symbol.main_group()), ("H", "H01M", Some("10")));
        for text in
            ["", "I61K", "A6K", "A61K31", "A61K/00", "A61K31/0", "A61K031/00", "A61K31/0000000", "中文"]
        {
            assert!(text.parse::<IpcSymbol>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_code_made_with_its_check_character_passes_and_any_single_mistake_fails(
            head in "[0-9A-H]{2}[0-9]{6}[0-9A-HJ-NP-RTUWXY]{9}",
            position in 2_usize..8,
            shift in 1_u8..10,
        ) {
            let code = format!("{head}{}", credit_code_check(&head).unwrap());
            prop_assert!(code.parse::<CreditCode>().is_ok());
            let mut bytes = code.into_bytes();
            bytes[position] = b'0' + (bytes[position] - b'0' + shift) % 10;
            let mistyped = String::from_utf8(bytes).unwrap().parse::<CreditCode>();
            prop_assert!(matches!(mistyped, Err(IdentifierError::Check { .. })), "{:?}", mistyped);
        }

        #[test]
        fn any_application_number_made_with_its_check_character_passes(digits in "20[0-9]{2}[12389][0-9]{7}") {
            let number = format!("{digits}.{}", application_number_check(&digits).unwrap());
            prop_assert_eq!(number.parse::<ApplicationNumber>().unwrap().to_string(), number);
        }

        #[test]
        fn no_text_breaks_a_reader(text in ".{0,40}") {
            let _ = (text.parse::<CreditCode>(), text.parse::<ApplicationNumber>(), text.parse::<IpcSymbol>());
        }
    }
}
