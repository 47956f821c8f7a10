//! Whether an event can be claimed for: within cover, not in the future, after the waiting period.

use chrono::{Days, NaiveDate};

use crate::{
    policies::model::Cover,
    products::model::{Product, WaitingPeriod},
};

/// Why an event cannot be claimed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotCovered {
    /// It has not happened yet.
    InTheFuture,
    /// It happened before the first or after the last day of cover.
    OutsideCover {
        /// The first day of cover.
        from: NaiveDate,
        /// The last.
        until: NaiveDate,
    },
    /// It happened within the waiting period.
    Waiting {
        /// The first day on which an event is covered.
        from: NaiveDate,
    },
}

/// Decides whether an event on a day can be claimed for.
///
/// # Errors
/// [`NotCovered`]
pub fn covered(
    cover: &Cover,
    product: &Product,
    occurred_on: NaiveDate,
    today: NaiveDate,
) -> Result<(), NotCovered> {
    if occurred_on > today {
        return Err(NotCovered::InTheFuture);
    }
    if !cover.covers(occurred_on) {
        return Err(NotCovered::OutsideCover { from: cover.starts_on, until: cover.last_day() });
    }
    let from = after_waiting(product, WaitingPeriod::FromInception, cover.starts_on);
    if occurred_on < from {
        return Err(NotCovered::Waiting { from });
    }
    Ok(())
}

/// The first day on which a claim for an event may be paid.
#[must_use]
pub fn payable_from(product: &Product, occurred_on: NaiveDate) -> NaiveDate {
    after_waiting(product, WaitingPeriod::FromOccurrence, occurred_on)
}

fn after_waiting(product: &Product, runs: WaitingPeriod, from: NaiveDate) -> NaiveDate {
    if product.waiting_period_runs != runs {
        return from;
    }
    from.checked_add_days(Days::new(product.waiting_period_days.into())).unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::products::model::Catalogue;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn only_what_happened_within_cover_can_be_claimed_for() {
        let catalogue = Catalogue::load().unwrap();
        let mut product = catalogue.version("enforcement", "2025.1").unwrap().clone();
        let cover = Cover {
            premium: "100".parse().unwrap(),
            starts_on: day("2026-03-01"),
            ends_on: day("2027-02-28"),
            cancelled_from: Some(day("2026-09-01")),
        };
        let today = day("2026-10-01");
        let decide = |product: &Product, on: &str| covered(&cover, product, day(on), today);
        assert_eq!(decide(&product, "2026-03-01"), Ok(()));
        assert_eq!(decide(&product, "2026-08-31"), Ok(()));
        assert_eq!(decide(&product, "2026-10-02"), Err(NotCovered::InTheFuture));
        let outside = NotCovered::OutsideCover { from: day("2026-03-01"), until: day("2026-08-31") };
        assert_eq!(decide(&product, "2026-02-28"), Err(outside));
        assert_eq!(decide(&product, "2026-09-01"), Err(outside));
        product.waiting_period_days = 30;
        assert_eq!(decide(&product, "2026-03-30"), Err(NotCovered::Waiting { from: day("2026-03-31") }));
    }

    #[test]
    fn a_guarantee_pays_after_its_waiting_period_and_enforcement_at_once() {
        let catalogue = Catalogue::load().unwrap();
        let guarantee = catalogue.version("pledge_loan_guarantee", "2025.1").unwrap();
        let enforcement = catalogue.version("enforcement", "2025.1").unwrap();
        assert_eq!(payable_from(guarantee, day("2026-03-01")), day("2026-03-31"));
        assert_eq!(payable_from(enforcement, day("2026-03-01")), day("2026-03-01"));
    }
}
