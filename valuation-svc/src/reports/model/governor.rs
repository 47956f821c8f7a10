//! How often anybody may try a value against one report. Whoever holds the code alone learns no figure; without a bound they
//! could try figures until one is the report's.

use chrono::{DateTime, TimeDelta, Utc};

/// Values that may be tried against one report within [`HOUR`], from wherever they come. The platform's own bound.
pub const TRIES_MAX: i64 = 10;
/// How long tries count, from the first of them.
pub const HOUR: TimeDelta = TimeDelta::hours(1);

/// The tries that count against a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tries {
    /// When the first of them came.
    pub since: DateTime<Utc>,
    /// How many.
    pub count: i64,
}

/// The tries with one more.
///
/// # Errors
/// When to try again, where there were as many as may be.
pub fn one_more(before: Option<Tries>, now: DateTime<Utc>) -> Result<Tries, DateTime<Utc>> {
    match before {
        Some(tries) if now < tries.since + HOUR => {
            if tries.count < TRIES_MAX {
                Ok(Tries { count: tries.count + 1, ..tries })
            } else {
                Err(tries.since + HOUR)
            }
        }
        _ => Ok(Tries { since: now, count: 1 }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_values_may_be_tried_in_an_hour_and_ten_more_in_the_next() {
        let at = |minute| DateTime::UNIX_EPOCH + TimeDelta::minutes(minute);
        let mut tries = None;
        for minute in 0..TRIES_MAX {
            tries = Some(one_more(tries, at(minute)).unwrap());
        }
        assert_eq!(one_more(tries, at(10)), Err(at(60)));
        assert_eq!(one_more(tries, at(59)), Err(at(60)));
        assert_eq!(one_more(tries, at(60)), Ok(Tries { since: at(60), count: 1 }));
    }
}
