//! Days are closed one after the other, none is left out.

use chrono::NaiveDate;

/// Why a day cannot be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OrderRefused {
    /// The day is not over: business is still done on it, and what other banks lend on it ends with it.
    #[error("{day} is not over yet")]
    Ahead {
        /// The day asked for.
        day: NaiveDate,
    },
}

/// The next day to close on the way to `until`: the day after the last one that is finished, else the first day on which
/// the bank had a loan. `None` when everything up to `until` is closed, or there is nothing to close.
///
/// # Errors
/// [`OrderRefused::Ahead`] for today and days after it.
pub fn next_day(
    finished: Option<NaiveDate>,
    first_loan: Option<NaiveDate>,
    until: NaiveDate,
    today: NaiveDate,
) -> Result<Option<NaiveDate>, OrderRefused> {
    if until >= today {
        return Err(OrderRefused::Ahead { day: until });
    }
    let next = finished.and_then(|day| day.succ_opt()).or(first_loan);
    Ok(next.filter(|day| *day <= until))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn days_are_closed_in_order_from_the_first_loan_on() {
        let (today, first) = (day("2026-11-24"), Some(day("2026-11-01")));
        let next =
            |finished: Option<&str>, until: &str| next_day(finished.map(day), first, day(until), today);
        assert_eq!(next(None, "2026-11-23"), Ok(Some(day("2026-11-01"))));
        assert_eq!(next(Some("2026-11-20"), "2026-11-23"), Ok(Some(day("2026-11-21"))));
        assert_eq!(next(Some("2026-11-23"), "2026-11-23"), Ok(None));
        for ahead in ["2026-11-24", "2026-11-25"] {
            let refused = OrderRefused::Ahead { day: day(ahead) };
            assert_eq!(next(Some("2026-11-23"), ahead), Err(refused), "a day is closed once it is over");
        }
        assert_eq!(next_day(None, None, day("2026-11-23"), today), Ok(None), "a bank without a loan");
    }
}
