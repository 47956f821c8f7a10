//! Every kind of parameters, one line each: a subject adds its own set to [`KINDS`] and needs nothing else.

use chrono::{Datelike, Months, NaiveDate};
use serde_json::Value;

use super::model::{
    FieldDoc, Flaw, ParameterSet,
    set::{checked, default_of},
};
use crate::{
    adjustments::{ChangeBounds, ChangePapers, ReferenceRates},
    applications::{ApplicationProducts, ApprovalAuthority, EligibilityRules, ServiceLevels},
    books::ValueAddedTax,
    disposal::WorkoutRules,
    instructions::PaymentRules,
    loan::{LendingProducts, LoanRules},
    registration::RegistrationPapers,
    risk::RiskParameters,
    working_days::ArrangedYears,
};

/// A kind of parameters without its type.
pub struct Kind {
    /// The name in paths and in the database.
    pub name: &'static str,
    /// 名称
    pub zh: &'static str,
    /// The name in English.
    pub en: &'static str,
    /// Its fields.
    pub fields: &'static [FieldDoc],
    /// Whether a version begins with a month.
    pub from_the_first_of_a_month: bool,
    /// The platform's default.
    pub default: fn() -> Value,
    /// The whole set for what was sent, or everything that is wrong with it.
    pub check: fn(&Value) -> Result<Value, Vec<Flaw>>,
}

impl Kind {
    const fn of<P: ParameterSet>() -> Self {
        Self {
            name: P::KIND,
            zh: P::ZH,
            en: P::EN,
            fields: P::FIELDS,
            from_the_first_of_a_month: P::FROM_THE_FIRST_OF_A_MONTH,
            default: default_of::<P>,
            check: checked::<P>,
        }
    }

    /// The first day, from a day on, on which a version may begin: that day, or the first of the month that follows where
    /// versions begin with a month.
    #[must_use]
    pub fn begins(&self, from: NaiveDate) -> NaiveDate {
        if !self.from_the_first_of_a_month || from.day() == 1 {
            return from;
        }
        let next = from.with_day(1).and_then(|first| first.checked_add_months(Months::new(1)));
        next.unwrap_or(NaiveDate::MAX)
    }
}

/// The kinds, in the order in which they are shown.
pub const KINDS: &[Kind] = &[
    Kind::of::<ApprovalAuthority>(),
    Kind::of::<ApplicationProducts>(),
    Kind::of::<LendingProducts>(),
    Kind::of::<LoanRules>(),
    Kind::of::<ChangeBounds>(),
    Kind::of::<ChangePapers>(),
    Kind::of::<ServiceLevels>(),
    Kind::of::<PaymentRules>(),
    Kind::of::<EligibilityRules>(),
    Kind::of::<RegistrationPapers>(),
    Kind::of::<RiskParameters>(),
    Kind::of::<WorkoutRules>(),
    Kind::of::<ReferenceRates>(),
    Kind::of::<ArrangedYears>(),
    Kind::of::<ValueAddedTax>(),
];

/// The kind of a name.
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::model::diff::leaves;

    /// The path of a leaf as the documentation names it: `pd[3].months` is `pd[].months`.
    fn documented(path: &str) -> String {
        let mut name = String::new();
        let mut within = false;
        for letter in path.chars() {
            match letter {
                '[' => {
                    within = true;
                    name.push_str("[]");
                }
                ']' => within = false,
                _ if within => {}
                other => name.push(other),
            }
        }
        name
    }

    #[test]
    fn every_default_may_be_used_and_says_what_each_of_its_fields_means() {
        for kind in KINDS {
            let default = (kind.default)();
            assert_eq!((kind.check)(&default).as_ref(), Ok(&default), "{}", kind.name);
            for (path, _) in leaves(&default) {
                let name = documented(&path);
                let doc = kind.fields.iter().find(|doc| doc.field == name);
                let doc = doc.unwrap_or_else(|| panic!("{}: {name} is not documented", kind.name));
                for text in [doc.zh, doc.en, doc.source_zh, doc.source_en] {
                    assert!(!text.trim().is_empty(), "{}: {name}", kind.name);
                }
            }
        }
    }

    #[test]
    fn what_is_declared_by_the_month_begins_with_one_and_everything_else_on_its_day() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let begins = |name: &str, from: &str| kind(name).unwrap().begins(day(from));
        assert_eq!(begins("value_added_tax", "2026-12-01"), day("2026-12-01"));
        for within in ["2026-12-02", "2026-12-31"] {
            assert_eq!(begins("value_added_tax", within), day("2027-01-01"));
        }
        assert_eq!(begins("risk", "2026-12-02"), day("2026-12-02"));
    }

    #[test]
    fn no_two_kinds_bear_one_name() {
        let mut names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), KINDS.len());
    }
}
