//! Numbers that people read out on the telephone: a letter, the business date, eight characters of the id.

use chrono::NaiveDate;
use uuid::Uuid;

/// Crockford's base 32: no I, L, O or U to be misread.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// `V20261124-7K3M9Q2X`: forty random bits of the id, and a unique index beside it.
#[must_use]
pub fn number(prefix: &str, on: NaiveDate, id: Uuid) -> String {
    let bits = id.as_u128();
    let tail: String = (0..8)
        .rev()
        .filter_map(|place| usize::try_from((bits >> (5 * place)) & 31).ok())
        .filter_map(|index| ALPHABET.get(index).copied().map(char::from))
        .collect();
    format!("{prefix}{}-{tail}", on.format("%Y%m%d"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_its_date_and_eight_plain_characters() {
        let on = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        assert_eq!(number("V", on, Uuid::from_u128(33)), "V20261124-00000011");
    }
}
