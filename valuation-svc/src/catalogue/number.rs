//! Numbers of patent documents as keys: what a person types and what a file says must meet.

/// The key of a number: letters and digits, upper case; `ZL` and a bare Chinese number become `CN`.
#[must_use]
pub fn key(number: &str) -> String {
    let mut key: String =
        number.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    if let Some(rest) = key.strip_prefix("ZL") {
        key = format!("CN{rest}");
    } else if key.len() >= 9 && key.starts_with(|c: char| c.is_ascii_digit()) {
        key = format!("CN{key}");
    }
    key
}

/// The check character of a Chinese application number: its digits times 2–9 repeating, modulo 11, ten as `X`. The number
/// itself is CNIPA's standard ZC 0006-2003 (in force since 2003-10-01: four digits of the year, one of the kind, seven of
/// the sequence); the weights are those that practitioners give alike, with the examples below, not the standard's text.
#[must_use]
pub fn chinese_check_character(digits: &str) -> Option<char> {
    let sum = digits
        .chars()
        .zip((2..=9).cycle())
        .try_fold(0_u32, |sum, (c, weight)| c.to_digit(10).map(|digit| sum + digit * weight))?;
    match sum % 11 {
        10 => Some('X'),
        rest => char::from_digit(rest, 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_number_have_one_key() {
        for spelling in ["CN 115000000 B", "cn115000000b", "CN115000000B", "ZL115000000B"] {
            assert_eq!(key(spelling), "CN115000000B", "{spelling}");
        }
        assert_eq!(key("201310467361.2"), "CN2013104673612");
        assert_eq!(key("ZL 201310467361.2"), "CN2013104673612");
    }

    #[test]
    fn the_check_character_of_a_chinese_application_number() {
        assert_eq!(chinese_check_character("201310467361"), Some('2'));
        // Worked through in print: 201710601862.3; 97101765.4 and 90101673.X of the eight digits before October 2003.
        assert_eq!(chinese_check_character("201710601862"), Some('3'));
        assert_eq!(chinese_check_character("97101765"), Some('4'));
        assert_eq!(chinese_check_character("90101673"), Some('X'));
        assert_eq!(chinese_check_character("20131046736A"), None);
    }
}
