//! Where a test may count the steps of transactions and break one of them. In the product it is nothing at all:
//! a type without size and a call that only waits for its work.

#[cfg(not(feature = "testing"))]
pub(crate) use silent::Probe;

#[cfg(feature = "testing")]
pub use counting::{Break, Probe};

#[cfg(not(feature = "testing"))]
mod silent {
    /// Nothing.
    #[derive(Debug, Clone, Default)]
    pub(crate) struct Probe {}

    impl Probe {
        pub(crate) async fn around<T>(
            &self,
            step: impl Future<Output = Result<T, sqlx::Error>>,
        ) -> Result<T, sqlx::Error> {
            step.await
        }
    }
}

#[cfg(feature = "testing")]
mod counting {
    use std::{
        io,
        sync::{Arc, Mutex, PoisonError},
    };

    /// How a step breaks.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Break {
        /// It never reaches the database.
        Before,
        /// The database does it, and its answer is lost.
        After,
    }

    #[derive(Debug, Default)]
    struct Count {
        steps: u64,
        planned: Option<(u64, Break)>,
    }

    /// Counts the steps of a database's transactions — each begin, statement and commit — and breaks one of them
    /// as if the connection had been lost there. Clones count together.
    #[derive(Debug, Clone, Default)]
    pub struct Probe {
        count: Arc<Mutex<Count>>,
    }

    impl Probe {
        fn count(&self) -> std::sync::MutexGuard<'_, Count> {
            self.count.lock().unwrap_or_else(PoisonError::into_inner)
        }

        /// Steps counted so far.
        #[must_use]
        pub fn steps(&self) -> u64 {
            self.count().steps
        }

        /// Breaks the `n`th step from now, counted from 1.
        pub fn break_at(&self, n: u64, how: Break) {
            let mut count = self.count();
            count.planned = Some((count.steps + n, how));
        }

        /// Whether a break is still to come; takes it back.
        #[must_use]
        pub fn take_back(&self) -> bool {
            self.count().planned.take().is_some()
        }

        fn reach(&self) -> Option<Break> {
            let mut count = self.count();
            count.steps += 1;
            let how = count.planned.filter(|(at, _)| *at <= count.steps).map(|(_, how)| how);
            if how.is_some() {
                count.planned = None;
            }
            how
        }

        pub(crate) async fn around<T>(
            &self,
            step: impl Future<Output = Result<T, sqlx::Error>>,
        ) -> Result<T, sqlx::Error> {
            let lost =
                || Err(sqlx::Error::Io(io::Error::new(io::ErrorKind::ConnectionReset, "lost by a test")));
            match self.reach() {
                None => step.await,
                Some(Break::Before) => lost(),
                Some(Break::After) => {
                    step.await?;
                    lost()
                }
            }
        }
    }
}
