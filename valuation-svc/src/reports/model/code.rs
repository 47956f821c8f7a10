//! The public code of an issued report: sixteen random characters and a check character, in the alphabet and by the weights
//! of GB 32100-2015 (weights 3ⁱ mod 31, modulus 31): 31 is prime, so that any one wrong character and any two
//! neighbours exchanged are noticed. Sixteen characters of 31 are 79 random bits: not to be guessed.

use std::fmt;

use serde::{Deserialize, Serialize};

/// In order of their value: no I, O, S, V, Z.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Random characters.
const RANDOM: usize = 16;
/// Characters with the check character, without hyphens.
pub const CODE_CHARS: usize = RANDOM + 1;
/// Bytes below it are spread evenly over the alphabet.
const EVEN: u8 = 248;

/// A code, without hyphens.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReportCode(String);

impl ReportCode {
    /// The code of random bytes; `None` where too many of them had to be passed over.
    #[must_use]
    pub fn of_random(bytes: &[u8]) -> Option<Self> {
        let mut text: String = bytes
            .iter()
            .filter(|byte| **byte < EVEN)
            .take(RANDOM)
            .filter_map(|byte| ALPHABET.get(usize::from(byte % 31)).copied().map(char::from))
            .collect();
        if text.len() < RANDOM {
            return None;
        }
        text.push(check(&text)?);
        Some(Self(text))
    }

    /// The code that somebody typed: hyphens and spaces are dropped, letters may be small, letters that the alphabet leaves
    /// out are read as the digits they look like. `None` where it cannot be a code.
    #[must_use]
    pub fn read(typed: &str) -> Option<Self> {
        let text: String = typed
            .chars()
            .filter(|c| !matches!(c, '-' | '－' | '—' | ' ' | '\u{3000}'))
            .map(|c| match c.to_ascii_uppercase() {
                'O' => '0',
                'I' => '1',
                'Z' => '2',
                'S' => '5',
                other => other,
            })
            .collect();
        let (random, last) = text.split_at_checked(RANDOM)?;
        let expected = check(random)?;
        (last.len() == 1 && last.starts_with(expected)).then_some(Self(text))
    }

    /// Without hyphens, as stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ReportCode {
    /// In groups of four, as printed: `7K3M-9Q2A-4XTC-0B1F-E`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, character) in self.0.chars().enumerate() {
            if position > 0 && position % 4 == 0 {
                f.write_str("-")?;
            }
            write!(f, "{character}")?;
        }
        Ok(())
    }
}

fn check(random: &str) -> Option<char> {
    let (mut weight, mut sum) = (1, 0);
    for byte in random.bytes() {
        sum += ALPHABET.iter().position(|allowed| *allowed == byte)? * weight;
        weight = weight * 3 % 31;
    }
    ALPHABET.get((31 - sum % 31) % 31).copied().map(char::from)
}
