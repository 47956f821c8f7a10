//! After wrong passwords an account, and an address, must wait: longer with each further one.

use chrono::{DateTime, TimeDelta, Utc};

/// What is known of an account's or address's wrong passwords.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// Wrong passwords in a row.
    pub failures: i64,
    /// The last one.
    pub last_at: DateTime<Utc>,
    /// Until when further attempts are refused unseen.
    pub locked_until: Option<DateTime<Utc>>,
}

/// How many wrong passwords are borne, and how long one then waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tolerance {
    /// The wrong password with this number locks.
    pub failures_max: i64,
    /// The first wait; each further wrong password doubles it.
    pub first_wait: TimeDelta,
    /// The longest wait.
    pub wait_max: TimeDelta,
}

/// For one account.
pub const ACCOUNT: Tolerance =
    Tolerance { failures_max: 5, first_wait: TimeDelta::seconds(30), wait_max: TimeDelta::minutes(30) };
/// For one address, behind which a whole organisation may sit.
pub const ADDRESS: Tolerance =
    Tolerance { failures_max: 50, first_wait: TimeDelta::seconds(30), wait_max: TimeDelta::minutes(30) };
/// After this long without a wrong password, earlier ones are forgotten.
pub const MEMORY: TimeDelta = TimeDelta::hours(24);

/// How long to wait yet; `None` where an attempt is welcome.
#[must_use]
pub fn wait(record: Option<&Record>, now: DateTime<Utc>) -> Option<TimeDelta> {
    record
        .and_then(|record| record.locked_until)
        .map(|until| until - now)
        .filter(|left| *left > TimeDelta::zero())
}

/// The record after one more wrong password.
#[must_use]
pub fn after_failure(record: Option<&Record>, tolerance: Tolerance, now: DateTime<Utc>) -> Record {
    let before = record.filter(|record| now - record.last_at < MEMORY).map_or(0, |record| record.failures);
    let failures = before.saturating_add(1);
    let locked_until = (failures >= tolerance.failures_max).then(|| {
        let doublings = u32::try_from(failures - tolerance.failures_max).unwrap_or(u32::MAX).min(16);
        let wait = tolerance.first_wait * 2_i32.pow(doublings);
        now + wait.min(tolerance.wait_max)
    });
    Record { failures, last_at: now, locked_until }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    fn fail(times: i64) -> Record {
        let mut record = after_failure(None, ACCOUNT, at(0));
        for _ in 1..times {
            record = after_failure(Some(&record), ACCOUNT, at(0));
        }
        record
    }

    #[test]
    fn the_fifth_wrong_password_locks_and_each_further_one_doubles_the_wait() {
        assert_eq!(wait(Some(&fail(4)), at(0)), None);
        assert_eq!(wait(Some(&fail(5)), at(0)), Some(TimeDelta::seconds(30)));
        assert_eq!(wait(Some(&fail(6)), at(0)), Some(TimeDelta::seconds(60)));
        assert_eq!(wait(Some(&fail(9)), at(0)), Some(TimeDelta::minutes(8)));
        assert_eq!(wait(Some(&fail(60)), at(0)), Some(TimeDelta::minutes(30)), "but not for ever");
    }

    #[test]
    fn a_lock_ends_and_old_failures_are_forgotten() {
        let locked = fail(5);
        assert_eq!(wait(Some(&locked), at(1)), None);
        let next_day = after_failure(Some(&locked), ACCOUNT, at(25 * 60));
        assert_eq!((next_day.failures, next_day.locked_until), (1, None));
    }

    #[test]
    fn an_address_bears_more_than_an_account() {
        let mut record = after_failure(None, ADDRESS, at(0));
        for _ in 1..49 {
            record = after_failure(Some(&record), ADDRESS, at(0));
        }
        assert_eq!(wait(Some(&record), at(0)), None);
        record = after_failure(Some(&record), ADDRESS, at(0));
        assert!(wait(Some(&record), at(0)).is_some());
    }
}
