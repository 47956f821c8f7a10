//! Group commit: draws that wait are decided together, those on one facility in the order of their arrival.
//!
//! A draw waits on its facility's line before it takes a connection. While one batch commits, the next gathers; a
//! batch holds the draws of one busy facility or of many quiet ones. Several replicas each have a desk: the row lock
//! inside the act, not the desk, is what keeps the limit.
//!
//! Where is …? What waits and what is served: `desk/board.rs`; how it is served: `desk/service.rs`; deciding and
//! writing a batch: `draw.rs`.

mod board;
mod service;
#[cfg(test)]
mod tests;

use std::{future::Future, sync::Arc};

use contracts::FacilityId;
use http_kit::Problem;
use tx_kit::{Db, Fault};

use self::{
    board::Limits,
    service::{Bank, Desk, Unanswered},
};
use super::{
    draw::{Answer, Asked, draw_batch},
    lines::Patience,
};

/// Draws that may wait on one facility; beyond it the caller is asked to come again. At a thousand draws a second it
/// is four seconds' work.
const WAITING_MAX: usize = 4_096;
/// The most draws decided in one transaction. More would not be faster: what a transaction costs by itself is by then
/// a small part, and everybody waits for the last row.
const DRAWS_MAX: usize = 256;
/// The most facilities in one transaction on PostgreSQL: as many row locks are held until it ends.
const LINES_POSTGRES: usize = 64;
/// On SQLite whoever writes is alone, and a transaction costs a synchronous write: draws on different facilities share
/// it as those on one do.
const LINES_SQLITE: usize = DRAWS_MAX;
/// Batches under way at a time on PostgreSQL: a server decides one while the desk prepares another. Half of the
/// connections stay for everything else.
const WORKERS_POSTGRES: usize = 4;
/// SQLite has one writer: a second batch would wait for it half full.
const WORKERS_SQLITE: usize = 1;

/// The desk of all facilities.
pub struct DrawDesk(Arc<Desk<Db>>);

impl DrawDesk {
    /// Nothing waits yet.
    #[must_use]
    pub fn new(db: Db) -> Self {
        let (lines_max, workers_max) = if db.is_postgres() {
            (LINES_POSTGRES, WORKERS_POSTGRES)
        } else {
            (LINES_SQLITE, WORKERS_SQLITE)
        };
        let limits = Limits { waiting_max: WAITING_MAX, draws_max: DRAWS_MAX, lines_max, workers_max };
        Self(Desk::new(db, limits))
    }

    /// Brings a draw to its facility and waits for the answer.
    ///
    /// # Errors
    /// Too many wait, or the database's fault: nothing was drawn then, or the same key will tell.
    pub async fn draw(&self, facility: FacilityId, asked: Asked) -> Result<Answer, Problem> {
        self.0.draw(facility, asked).await.map_err(|unanswered| match unanswered {
            Unanswered::Full | Unanswered::Gone => Problem::unavailable(1),
            Unanswered::Fault(fault) => fault.into(),
        })
    }
}

impl Bank for Db {
    type Line = FacilityId;
    type Draw = Asked;
    type Answer = Answer;

    fn decide(
        &self,
        lines: &[(FacilityId, Vec<Asked>)],
        alone: bool,
    ) -> impl Future<Output = Result<Vec<Option<Vec<Answer>>>, Fault>> + Send {
        draw_batch(self, lines, if alone { Patience::Wait } else { Patience::LeaveOut })
    }

    fn start(work: impl Future<Output = ()> + Send + 'static) {
        tokio::spawn(work);
    }

    fn pause() -> impl Future<Output = ()> + Send {
        tokio::task::yield_now()
    }
}
