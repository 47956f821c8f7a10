//! Numbers that people read out on the telephone: a letter, the business date, eight characters of the id.

use chrono::NaiveDate;
use uuid::Uuid;

/// Crockford's base 32: no I, L, O or U to be misread.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// `L20261124-7K3M9Q2X`: unique as far as 40 random bits of the id are, and indexed as unique beside it.
#[must_use]
pub fn number(prefix: &str, on: NaiveDate, id: Uuid) -> String {
    let mut bits = id.as_u128();
    let mut tail = [0_u8; 8];
    for place in tail.iter_mut().rev() {
        let index = usize::try_from(bits & 31).unwrap_or(0);
        *place = ALPHABET.get(index).copied().unwrap_or(b'0');
        bits >>= 5;
    }
    format!("{prefix}{}-{}", on.format("%Y%m%d"), String::from_utf8_lossy(&tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_its_date_and_eight_plain_characters() {
        let on = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        assert_eq!(number("L", on, Uuid::from_u128(0)), "L20261124-00000000");
        assert_eq!(number("L", on, Uuid::from_u128(33)), "L20261124-00000011");
    }
}
