//! Group commit: draws that wait on one facility are decided together, in the order of their arrival.
//!
//! Each facility in use has one desk with a bounded queue; a draw waits there before it takes a connection. While
//! a batch commits, the next one gathers. Several replicas each have their own desk for a facility: the row lock
//! inside the act, not the desk, is what keeps the limit.

use std::time::Duration;

use contracts::FacilityId;
use http_kit::Problem;
use tokio::sync::{mpsc, oneshot};
use tx_kit::{Db, Fault};

use super::draw::{Answer, Asked, BATCH_MAX, draw_batch};

/// Draws that may wait on one facility; beyond it the caller is asked to come again.
const QUEUE_MAX: usize = 4_096;
/// How long a draw may wait for a place in the queue.
const PLACE_WAIT: Duration = Duration::from_secs(5);
/// A desk without work is closed after this long.
const IDLE: Duration = Duration::from_secs(300);
/// Facilities with a desk at one time; the least used gives way.
const DESKS_MAX: u64 = 10_000;

type Reply = oneshot::Sender<Result<Answer, Fault>>;
type Queue = mpsc::Sender<(Asked, Reply)>;

/// The desks of all facilities in use.
pub struct DrawDesk {
    db: Db,
    desks: moka::sync::Cache<FacilityId, Queue>,
}

impl DrawDesk {
    /// No desk open yet.
    #[must_use]
    pub fn new(db: Db) -> Self {
        let desks = moka::sync::Cache::builder().max_capacity(DESKS_MAX).time_to_idle(IDLE).build();
        Self { db, desks }
    }

    /// Brings a draw to its facility's desk and waits for the answer.
    ///
    /// # Errors
    /// The queue is full, or the database's fault: nothing was drawn then, or the same key will tell.
    pub(crate) async fn draw(&self, facility: FacilityId, asked: Asked) -> Result<Answer, Problem> {
        let queue = self.desks.get_with(facility, || open(self.db.clone(), facility));
        let place = tokio::time::timeout(PLACE_WAIT, queue.reserve()).await;
        let Ok(Ok(place)) = place else { return Err(Problem::unavailable(1)) };
        let (reply, answer) = oneshot::channel();
        place.send((asked, reply));
        match answer.await {
            Ok(answer) => answer.map_err(Problem::from),
            // The desk's task ended under the draw, which only a shutdown does.
            Err(_) => Err(Problem::unavailable(1)),
        }
    }
}

fn open(db: Db, facility: FacilityId) -> Queue {
    let (queue, waiting) = mpsc::channel(QUEUE_MAX);
    // It ends by itself once its queue is dropped from the cache and nobody waits.
    tokio::spawn(serve(db, facility, waiting));
    queue
}

async fn serve(db: Db, facility: FacilityId, mut waiting: mpsc::Receiver<(Asked, Reply)>) {
    let mut gathered = Vec::with_capacity(BATCH_MAX);
    while waiting.recv_many(&mut gathered, BATCH_MAX).await > 0 {
        let (asked, replies): (Vec<Asked>, Vec<Reply>) = gathered.drain(..).unzip();
        match draw_batch(&db, facility, &asked).await {
            Ok(answers) => {
                for (reply, answer) in replies.into_iter().zip(answers) {
                    // A caller that has gone can ask again with the same key.
                    drop(reply.send(Ok(answer)));
                }
            }
            Err(fault) if asked.len() > 1 => {
                tracing::warn!(facility.id = %facility, %fault, "a batch of {} draws failed; each is decided alone", asked.len());
                one_by_one(&db, facility, asked, replies).await;
            }
            Err(fault) => {
                if let Some(reply) = replies.into_iter().next() {
                    drop(reply.send(Err(fault)));
                }
            }
        }
    }
}

/// One bad draw must not take the others with it.
async fn one_by_one(db: &Db, facility: FacilityId, asked: Vec<Asked>, replies: Vec<Reply>) {
    for (one, reply) in asked.into_iter().zip(replies) {
        let answer = draw_batch(db, facility, std::slice::from_ref(&one)).await;
        drop(reply.send(answer.and_then(|mut answers| {
            answers.pop().ok_or_else(|| Fault::Other("a draw got no answer".to_owned()))
        })));
    }
}
