//! The breaker before one service: after several failures in a row nobody waits for it any more; from time to time
//! one request tries whether it is back.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// Failures in a row that open the breaker.
pub const FAILURES_MAX: u32 = 5;
/// How long it stays open before one request may try.
pub const OPEN_FOR: Duration = Duration::from_secs(5);

#[derive(Debug, Clone, Copy)]
enum State {
    /// Requests pass; so many have failed in a row.
    Closed { failures: u32 },
    /// Requests are refused until then.
    Open { until: Instant },
    /// One request tries; if it is never heard of again, another may from then on.
    Trying { until: Instant },
}

/// A breaker, closed at first.
#[derive(Debug)]
pub struct Breaker {
    state: Mutex<State>,
}

impl Default for Breaker {
    fn default() -> Self {
        Self { state: Mutex::new(State::Closed { failures: 0 }) }
    }
}

impl Breaker {
    /// Whether a request may pass.
    ///
    /// # Errors
    /// How long to wait before the next try.
    pub fn pass(&self, trial_max: Duration) -> Result<(), Duration> {
        let now = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match *state {
            State::Closed { .. } => Ok(()),
            State::Open { until } | State::Trying { until } if now < until => Err(until - now),
            State::Open { .. } | State::Trying { .. } => {
                *state = State::Trying { until: now + trial_max };
                Ok(())
            }
        }
    }

    /// A request was answered.
    pub fn succeeded(&self) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = State::Closed { failures: 0 };
    }

    /// A request was not answered; whether this opened the breaker.
    pub fn failed(&self) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let failures = match *state {
            State::Closed { failures } => failures + 1,
            State::Open { .. } | State::Trying { .. } => FAILURES_MAX,
        };
        let opens = failures >= FAILURES_MAX;
        *state =
            if opens { State::Open { until: Instant::now() + OPEN_FOR } } else { State::Closed { failures } };
        opens
    }

    /// Whether requests are refused unseen.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !matches!(*self.state.lock().unwrap_or_else(PoisonError::into_inner), State::Closed { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRIAL: Duration = Duration::from_secs(30);

    #[tokio::test(start_paused = true)]
    async fn after_five_failures_nobody_waits_and_one_request_tries_again_later() {
        let breaker = Breaker::default();
        for _ in 1..FAILURES_MAX {
            assert!(!breaker.failed());
            assert!(breaker.pass(TRIAL).is_ok());
        }
        assert!(breaker.failed());
        assert!(breaker.pass(TRIAL).is_err());
        tokio::time::advance(OPEN_FOR).await;
        assert!(breaker.pass(TRIAL).is_ok(), "one tries");
        assert!(breaker.pass(TRIAL).is_err(), "the others wait for what it finds");
        assert!(breaker.failed(), "still gone");
        assert!(breaker.pass(TRIAL).is_err());
        tokio::time::advance(OPEN_FOR).await;
        assert!(breaker.pass(TRIAL).is_ok());
        breaker.succeeded();
        assert!(breaker.pass(TRIAL).is_ok() && breaker.pass(TRIAL).is_ok(), "back for all");
    }

    #[tokio::test(start_paused = true)]
    async fn a_trial_that_is_never_heard_of_again_does_not_close_the_door_for_ever() {
        let breaker = Breaker::default();
        while !breaker.failed() {}
        tokio::time::advance(OPEN_FOR).await;
        assert!(breaker.pass(TRIAL).is_ok());
        tokio::time::advance(TRIAL).await;
        assert!(breaker.pass(TRIAL).is_ok());
    }

    #[tokio::test]
    async fn an_answer_between_failures_starts_the_count_again() {
        let breaker = Breaker::default();
        assert!((1..FAILURES_MAX).all(|_| !breaker.failed()));
        breaker.succeeded();
        assert!(!breaker.failed());
    }
}
