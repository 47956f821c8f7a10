//! The unified social credit code of an organisation: 18 characters, the last of which checks the others
//! (GB 32100-2015, 法人和其他组织统一社会信用代码编码规则).

/// The characters in the order of their values: digits and capitals without I, O, S, V, Z (table 2).
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// The weight of each of the first 17 places: powers of 3 modulo 31 (table 3).
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// Whether the code has the right form and check character.
#[must_use]
pub fn holds(code: &str) -> bool {
    let values: Option<Vec<usize>> =
        code.bytes().map(|byte| ALPHABET.iter().position(|known| *known == byte)).collect();
    let Some(values) = values.filter(|values| values.len() == WEIGHTS.len() + 1) else { return false };
    let sum: usize = values.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    let check = (ALPHABET.len() - sum % ALPHABET.len()) % ALPHABET.len();
    values.last() == Some(&check)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_registered_companies_hold() {
        // Public register entries of three well-known companies (Shenzhen, Hangzhou, Shenzhen).
        for code in ["914403001922038216", "91330100799655058B", "9144030071526726XG"] {
            assert!(holds(code), "{code}");
        }
    }

    #[test]
    fn a_slip_of_the_pen_is_seen() {
        assert!(!holds("914403001922038217"), "another check digit");
        assert!(!holds("914403001922083216"), "two digits swapped");
        assert!(!holds("91440300192203821"), "one missing");
        assert!(!holds("9144030019220382I6"), "a letter that is not used");
        assert!(!holds(""));
    }
}
