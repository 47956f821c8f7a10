//! Numbers that people read out on the telephone: a letter, the business date, ten characters of the id.

use chrono::NaiveDate;
use uuid::Uuid;

/// Crockford's base 32: no I, L, O or U to be misread.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters after the day, of five bits each.
const CHARACTERS: usize = 10;
/// The id's last bits in them; before these the second of the day at which the id was made.
const RANDOM: u32 = 33;
/// Bits of an id below its millisecond.
const BELOW_MILLISECOND: u32 = 80;
const MILLISECONDS_A_DAY: u128 = 86_400_000;

/// `L20261124-4X7K3M9Q2A`: unique as far as the second and 33 random bits of the id are, and indexed as unique beside it.
/// Numbers of a day sort by their second, so that a new one goes to the end of that index.
#[must_use]
pub fn number(prefix: &str, on: NaiveDate, id: Uuid) -> String {
    let id = id.as_u128();
    let second = (id >> BELOW_MILLISECOND) % MILLISECONDS_A_DAY / 1_000;
    let mut bits = (second << RANDOM) | (id & ((1 << RANDOM) - 1));
    let mut tail = [0_u8; CHARACTERS];
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
    fn a_number_has_its_date_and_ten_plain_characters() {
        let on = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        assert_eq!(number("L", on, Uuid::from_u128(0)), "L20261124-0000000000");
        assert_eq!(number("L", on, Uuid::from_u128(33)), "L20261124-0000000011");
        let last = ((MILLISECONDS_A_DAY - 1) << BELOW_MILLISECOND) | ((1 << BELOW_MILLISECOND) - 1);
        assert_eq!(number("L", on, Uuid::from_u128(last)), "L20261124-N2ZZZZZZZZ");
    }

    #[test]
    fn a_number_made_a_second_later_sorts_later() {
        let on = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        let at = |milliseconds: u128, low: u128| {
            number("L", on, Uuid::from_u128((milliseconds << BELOW_MILLISECOND) | low))
        };
        assert!(at(1_000, (1 << 62) - 1) < at(2_000, 0));
        assert!(at(86_398_000, (1 << 62) - 1) < at(86_399_000, 0));
    }
}
