//! A technology field and a filing year in one number.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::field::{self, TechnologyField};

/// Years in one field's numbers.
const YEARS: u32 = 10_000;
/// The first number that stands for one of the 35 fields; those below are IPC classes, letter by letter.
const FIRST_FIELD: u32 = 26 * 100;

/// A technology field and a filing year, in one number. The field is one of the 35 of Schmoch's concordance by the main
/// IPC symbol, and where that does not know the symbol, its IPC class (three characters).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CohortKey(u32);

impl CohortKey {
    /// The cohort of a patent by its main IPC symbol; `None` where the symbol has no class.
    #[must_use]
    pub fn of(main_ipc: &str, filed: NaiveDate) -> Option<Self> {
        let mut letters = main_ipc.trim().bytes();
        let section = letters.next()?.to_ascii_uppercase();
        let (tens, ones) = (letters.next()?, letters.next()?);
        if !section.is_ascii_uppercase() || !tens.is_ascii_digit() || !ones.is_ascii_digit() {
            return None;
        }
        let class = u32::from(section - b'A') * 100 + u32::from(tens - b'0') * 10 + u32::from(ones - b'0');
        let field = field::field_of(main_ipc).map_or(class, |field| FIRST_FIELD + u32::from(field.number));
        let year = u32::try_from(filed.year()).ok().filter(|year| *year < YEARS)?;
        Some(Self(field * YEARS + year))
    }

    /// The number that stands for it in the store.
    #[must_use]
    pub fn number(self) -> i64 {
        i64::from(self.0)
    }

    /// The cohort that a stored number stands for; `None` where it is none.
    #[must_use]
    pub fn of_number(number: i64) -> Option<Self> {
        let field = |number: u32| number / YEARS;
        u32::try_from(number).ok().filter(|number| field(*number) < FIRST_FIELD + 100).map(Self)
    }

    /// The numbers of all cohorts of a field, as in a list's filter: its number (`20`), an IPC class (`G16`) or a symbol
    /// (`C22B`). `None` where it is none of them.
    #[must_use]
    pub fn numbers_of_field(field: &str) -> Option<std::ops::RangeInclusive<i64>> {
        let first = match field.trim().parse::<u8>() {
            Ok(number) => {
                let known = field::field(number)?;
                i64::from((FIRST_FIELD + u32::from(known.number)) * YEARS)
            }
            Err(_) => Self::of(field, NaiveDate::from_ymd_opt(1, 1, 1)?)?.first().number(),
        };
        Some(first..=first + i64::from(YEARS) - 1)
    }

    /// The cohort of the same field in year 0, before all others of it.
    const fn first(self) -> Self {
        Self(self.0 / YEARS * YEARS)
    }

    /// The cohort of the same field in another year.
    #[must_use]
    pub const fn in_year(self, year: u32) -> Self {
        Self(self.first().0 + if year < YEARS { year } else { YEARS - 1 })
    }

    /// The last cohort that its field can have.
    #[must_use]
    pub const fn last_of_field(self) -> Self {
        self.in_year(YEARS - 1)
    }

    /// The field: its number among the 35, `20`, or the IPC class, `G16`.
    #[must_use]
    pub fn field(self) -> String {
        let field = self.0 / YEARS;
        if field >= FIRST_FIELD {
            return (field - FIRST_FIELD).to_string();
        }
        let section = u8::try_from(field / 100).map_or('?', |letter| char::from(b'A' + letter % 26));
        format!("{section}{:02}", field % 100)
    }

    /// The field among the 35; `None` where the cohort stands for an IPC class.
    #[must_use]
    pub fn technology(self) -> Option<&'static TechnologyField> {
        let number = (self.0 / YEARS).checked_sub(FIRST_FIELD)?;
        u8::try_from(number).ok().and_then(field::field)
    }

    /// The filing year.
    #[must_use]
    pub const fn year(self) -> u32 {
        self.0 % YEARS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_cohort_is_the_field_of_the_main_symbol_and_the_filing_year() {
        let key = CohortKey::of("C22B 26/12", day("2019-05-01")).unwrap();
        assert_eq!((key.field().as_str(), key.year()), ("20", 2019));
        assert_eq!(key.technology().map(|field| field.name_zh), Some("材料、冶金"));
        assert!(CohortKey::of("H01M", day("2019-01-01")).unwrap() < key);
        assert_eq!(CohortKey::of_number(key.number()), Some(key));
        for asked in ["20", " 20 ", "C22B", "c21", "C04B 35/00"] {
            assert!(CohortKey::numbers_of_field(asked).unwrap().contains(&key.number()), "{asked}");
        }
        for other in ["19", "C23", "H01M"] {
            assert!(!CohortKey::numbers_of_field(other).unwrap().contains(&key.number()), "{other}");
        }
        for none in ["", "C2", "22B", "CCC"] {
            assert_eq!(CohortKey::of(none, day("2019-05-01")), None, "{none}");
        }
        for none in ["0", "36", "metals", "300"] {
            assert_eq!(CohortKey::numbers_of_field(none), None, "{none}");
        }
    }

    #[test]
    fn a_symbol_that_the_concordance_does_not_know_stands_in_its_class() {
        let key = CohortKey::of("G16H 10/60", day("2021-01-01")).unwrap();
        assert_eq!((key.field().as_str(), key.technology()), ("G16", None));
        assert!(CohortKey::numbers_of_field("G16").unwrap().contains(&key.number()));
        assert_eq!(key.in_year(2019).year(), 2019);
        assert!(key < key.last_of_field() && key.last_of_field().field() == "G16");
    }
}
