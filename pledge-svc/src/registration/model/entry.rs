//! What the register shows to everybody: who pledged what to whom, since when, and whether it still stands. Amounts
//! and what is not registered are nobody's business.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Pledge, PledgeStatus};

/// A patent of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EntryPatent {
    /// Its publication number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// The day on which it was released, where it was.
    pub released_on: Option<NaiveDate>,
}

/// An entry of the public register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RegisterEntry {
    /// 登记号
    pub registration_number: String,
    /// `registered`, `cancelled` or `annulled`.
    pub status: PledgeStatus,
    /// 出质人
    pub pledgor: String,
    /// 质权人
    pub pledgee: String,
    /// 登记日, from which the pledge exists.
    pub registered_on: NaiveDate,
    /// 注销日
    pub cancelled_on: Option<NaiveDate>,
    /// The day on which it was found never to have existed.
    pub annulled_on: Option<NaiveDate>,
    /// The patents.
    pub patents: Vec<EntryPatent>,
}

/// The entry of a pledge; none where it was never registered.
#[must_use]
pub fn entry(pledge: Pledge) -> Option<RegisterEntry> {
    let (registration_number, registered_on) = (pledge.registration_number?, pledge.registered_on?);
    let patents = pledge.patents.into_iter().map(|one| EntryPatent {
        number: one.number,
        title: one.title,
        released_on: one.released_on,
    });
    Some(RegisterEntry {
        registration_number,
        status: pledge.status,
        pledgor: pledge.enterprise_name,
        pledgee: pledge.bank_name,
        registered_on,
        cancelled_on: pledge.cancelled_on,
        annulled_on: pledge.annulled_on,
        patents: patents.collect(),
    })
}

/// A patent's number as it is looked up: letters and digits only, `ZL` (the Chinese mark of a granted patent) read
/// as `CN`.
#[must_use]
pub fn number_key(typed: &str) -> String {
    let plain: String =
        typed.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
    match plain.strip_prefix("ZL") {
        Some(rest) => format!("CN{rest}"),
        None => plain,
    }
}

/// A number's key without its kind code: a letter, perhaps with a digit, behind the number's digits.
#[must_use]
pub fn number_stem(key: &str) -> &str {
    let letter = |text: &str| text.ends_with(|c: char| c.is_ascii_uppercase());
    let digit = |text: &str| text.ends_with(|c: char| c.is_ascii_digit());
    let without = |text: &str, last: usize| key.get(..text.len().saturating_sub(last)).unwrap_or_default();
    let behind = if letter(key) {
        1
    } else if digit(key) && letter(without(key, 1)) {
        2
    } else {
        0
    };
    let stem = without(key, behind);
    if digit(stem) { stem } else { key }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registration::model::samples::{registered, submitted};

    #[test]
    fn the_public_sees_no_amount_and_nothing_that_is_not_registered() {
        assert_eq!(entry(submitted().pledge), None);
        let shown = serde_json::to_value(entry(registered()).unwrap()).unwrap();
        assert!(
            shown.as_object().unwrap().keys().all(|key| !key.contains("amount") && !key.contains("loan"))
        );
        assert_eq!(shown["registration_number"], "Y1");
    }

    #[test]
    fn a_number_is_found_as_people_type_it() {
        for typed in ["CN 115000000 B", "cn115000000b", "ZL115000000B"] {
            assert_eq!(number_key(typed), "CN115000000B", "{typed}");
        }
    }

    #[test]
    fn a_number_is_found_without_its_kind_code_too() {
        for (key, stem) in [
            ("CN115000000B", "CN115000000"),
            ("US10123456B2", "US10123456"),
            ("CN115000000", "CN115000000"),
            ("CN1", "CN1"),
            ("B", "B"),
            ("", ""),
        ] {
            assert_eq!(number_stem(key), stem, "{key}");
        }
    }
}
