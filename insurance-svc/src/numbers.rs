//! Numbers of quotes, policies and claims: a letter, the business date, and the id's random tail.

use chrono::NaiveDate;
use uuid::Uuid;

/// `P20261124-9F3A60C1B2`: unique as far as 40 random bits of the id are, and a unique index stands beside it.
#[must_use]
pub(crate) fn number(prefix: char, on: NaiveDate, id: Uuid) -> String {
    const TAIL: u128 = 0xFF_FFFF_FFFF;
    format!("{prefix}{}-{:010X}", on.format("%Y%m%d"), id.as_u128() & TAIL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_carries_its_kind_its_date_and_the_tail_of_its_id() {
        let on = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        assert_eq!(number('P', on, Uuid::from_u128(0xABC)), "P20260301-0000000ABC");
    }
}
