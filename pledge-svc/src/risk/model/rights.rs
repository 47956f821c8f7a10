//! When a patent ends at the latest, by its number and filing date (专利法, article 42).

use chrono::{Months, NaiveDate};

/// Designs filed from this day on are protected for fifteen years, those before for ten.
const LONGER_DESIGNS: Option<NaiveDate> = NaiveDate::from_ymd_opt(2021, 6, 1);

/// The day on which the term of protection ends: twenty years from filing for an invention, ten for a utility model,
/// fifteen for a design (ten where it was filed before 2021-06-01). The letter at the end of a Chinese publication
/// number says which it is; a number without one is taken for an invention's.
#[must_use]
pub fn term_ends_on(number: &str, filed_on: NaiveDate) -> Option<NaiveDate> {
    let kind = number.trim().chars().rev().find(char::is_ascii_alphabetic);
    let years = match kind.map(|letter| letter.to_ascii_uppercase()) {
        Some('U' | 'Y') => 10,
        Some('S' | 'D') if LONGER_DESIGNS.is_some_and(|day| filed_on >= day) => 15,
        Some('S' | 'D') => 10,
        _ => 20,
    };
    filed_on.checked_add_months(Months::new(years * 12))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_term_follows_the_kind_and_the_filing_date() {
        let ends =
            |number: &str, filed: &str| term_ends_on(number, filed.parse().unwrap()).unwrap().to_string();
        assert_eq!(ends("CN112345678B", "2021-01-04"), "2041-01-04");
        assert_eq!(ends("CN212345678U", "2021-01-04"), "2031-01-04");
        assert_eq!(ends("CN306543210S", "2021-05-31"), "2031-05-31");
        assert_eq!(ends("CN306543210S", "2021-06-01"), "2036-06-01");
        assert_eq!(ends("202110000001.2", "2020-02-29"), "2040-02-29", "no letter");
    }
}
