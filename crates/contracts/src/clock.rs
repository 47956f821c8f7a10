//! Time is injected: nothing in the suite reads the machine's clock but [`SystemClock`].

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};

/// The source of time.
pub trait Clock: Send + Sync + 'static {
    /// The instant now.
    fn now(&self) -> DateTime<Utc>;

    /// The business date now: the calendar date in China (UTC+8, no daylight saving).
    fn business_date(&self) -> NaiveDate {
        china_date(self.now())
    }
}

/// The calendar date in China at an instant.
#[must_use]
pub fn china_date(at: DateTime<Utc>) -> NaiveDate {
    const EIGHT_HOURS_SECONDS: i32 = 8 * 3600;
    FixedOffset::east_opt(EIGHT_HOURS_SECONDS)
        .map_or_else(|| at.date_naive(), |zone| at.with_timezone(&zone).date_naive())
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the machine's clock is read")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// A clock that can be set, for the simulated year and for tests; released, it follows the machine's.
#[derive(Debug, Default)]
pub struct SimulatedClock {
    /// Microseconds since the epoch; `i64::MIN` once released.
    micros: AtomicI64,
}

impl SimulatedClock {
    /// A clock that stands at an instant.
    #[must_use]
    pub fn at(instant: DateTime<Utc>) -> Self {
        Self { micros: AtomicI64::new(instant.timestamp_micros()) }
    }

    /// Moves the clock to an instant.
    pub fn set(&self, instant: DateTime<Utc>) {
        self.micros.store(instant.timestamp_micros(), Ordering::SeqCst);
    }

    /// Lets the clock follow the machine's from here on.
    pub fn release(&self) {
        self.micros.store(i64::MIN, Ordering::SeqCst);
    }
}

impl Clock for SimulatedClock {
    fn now(&self) -> DateTime<Utc> {
        match self.micros.load(Ordering::SeqCst) {
            i64::MIN => SystemClock.now(),
            micros => DateTime::from_timestamp_micros(micros).unwrap_or(DateTime::UNIX_EPOCH),
        }
    }
}
