//! How the desk serves what waits on its board: workers that come when there is work and leave when there is none.
//!
//! | what | how |
//! |---|---|
//! | gather | callers that have just been answered ask again: a worker lets them come before it takes a batch |
//! | together | draws of several lines in one transaction; lines that somebody else holds are left out |
//! | alone | a line that was left out, or whose batch failed, in a transaction of its own |
//! | one by one | the draws of a line that failed: one bad draw must not take the others with it |

use std::{
    fmt::Display,
    future::Future,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot;
use tx_kit::Fault;

use super::board::{Board, Limits, Taken};

/// How often a worker lets others go first while draws keep coming.
const GATHER_MAX: usize = 16;

/// What the desk stands in: who decides draws, and how tasks run. The product's is a database under tokio; a test's
/// own lets a scheduler choose who runs.
pub(super) trait Bank: Send + Sync + 'static {
    /// The name of a line.
    type Line: Copy + Eq + Hash + Display + Send + Sync + 'static;
    /// What is asked.
    type Draw: Send + Sync + 'static;
    /// What is answered.
    type Answer: Send + 'static;

    /// Decides draws of lines in one transaction; answers come in the order of the questions. A line that another
    /// transaction holds is waited for where it is `alone`, and otherwise left out: `None`.
    fn decide(
        &self,
        lines: &[(Self::Line, Vec<Self::Draw>)],
        alone: bool,
    ) -> impl Future<Output = Result<Vec<Option<Vec<Self::Answer>>>, Fault>> + Send;

    /// Starts a task.
    fn start(work: impl Future<Output = ()> + Send + 'static);

    /// Lets the other tasks go first.
    fn pause() -> impl Future<Output = ()> + Send;
}

/// Why a draw has no answer.
#[derive(Debug)]
pub(super) enum Unanswered {
    /// Too many wait on its line.
    Full,
    /// Its worker ended under it, which only a shutdown or a panic does.
    Gone,
    /// The database's fault: nothing was drawn, or the same key will tell.
    Fault(Fault),
}

type Reply<A> = oneshot::Sender<Result<A, Fault>>;
type Waiting<B> = (<B as Bank>::Draw, Reply<<B as Bank>::Answer>);

/// The desk.
pub(super) struct Desk<B: Bank> {
    bank: B,
    limits: Limits,
    board: Mutex<Board<B::Line, Waiting<B>>>,
}

impl<B: Bank> Desk<B> {
    pub(super) fn new(bank: B, limits: Limits) -> Arc<Self> {
        Arc::new(Self { bank, limits, board: Mutex::new(Board::new(limits)) })
    }

    fn board(&self) -> MutexGuard<'_, Board<B::Line, Waiting<B>>> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Brings a draw to its line and waits for the answer.
    pub(super) async fn draw(
        self: &Arc<Self>,
        line: B::Line,
        draw: B::Draw,
    ) -> Result<B::Answer, Unanswered> {
        let (reply, answer) = oneshot::channel();
        let hires = {
            let mut board = self.board();
            board.place(line, (draw, reply)).map_err(|_| Unanswered::Full)?;
            board.hires()
        };
        if hires {
            self.hire();
        }
        match answer.await {
            Ok(answer) => answer.map_err(Unanswered::Fault),
            Err(_) => Err(Unanswered::Gone),
        }
    }

    fn hire(self: &Arc<Self>) {
        B::start(Arc::clone(self).work());
    }

    async fn work(self: Arc<Self>) {
        let mut duty = Duty { desk: &self, lines: Vec::new(), left: false };
        loop {
            self.gather().await;
            let batch = self.board().take();
            if batch.is_empty() {
                duty.left = true;
                return;
            }
            duty.lines = batch.iter().map(|(line, _)| *line).collect();
            self.serve(batch, &mut duty).await;
        }
    }

    /// Waits while draws keep coming: a batch of all of them costs hardly more than a batch of one.
    async fn gather(&self) {
        let mut before = self.board().ready_draws();
        for _ in 0..GATHER_MAX {
            if before >= self.limits.draws_max {
                return;
            }
            B::pause().await;
            let now = self.board().ready_draws();
            if now == before {
                return;
            }
            before = now;
        }
    }

    async fn serve(self: &Arc<Self>, batch: Taken<B::Line, Waiting<B>>, duty: &mut Duty<'_, B>) {
        let (asked, mut replies): (Vec<_>, Vec<_>) = batch.into_iter().map(apart::<B>).unzip();
        let alone = asked.len() == 1;
        let mut answers = match self.bank.decide(&asked, alone).await {
            Ok(answers) => answers,
            Err(fault) if alone && replies.iter().all(|replies| replies.len() == 1) => {
                answer(replies.pop().unwrap_or_default(), vec![Err(fault)]);
                asked.iter().for_each(|(line, _)| duty.served(*line));
                return;
            }
            Err(fault) => {
                tracing::warn!(%fault, lines = asked.len(), "a batch of draws failed; its parts are decided alone");
                Vec::new()
            }
        };
        let failed = answers.is_empty();
        answers.resize_with(asked.len(), || None);
        let mut left = Vec::new();
        for (((line, draws), replies), answers) in asked.into_iter().zip(replies).zip(answers) {
            match answers {
                Some(answers) => {
                    answer(replies, answers.into_iter().map(Ok).collect());
                    duty.served(line);
                }
                None => left.push((line, draws, replies)),
            }
        }
        if !left.is_empty() && self.board().hires() {
            // What has come meanwhile on other lines does not wait for those that are held.
            self.hire();
        }
        // A connection that broke costs nobody a draw; where the next one is lost too, nobody waits for a turn to be told so.
        let mut outage = None;
        for (line, draws, replies) in left {
            match &outage {
                Some(fault) => away(replies, fault),
                // A line that failed alone is not asked as a whole again.
                None => outage = self.alone(line, draws, replies, !(failed && alone)).await,
            }
            duty.served(line);
        }
    }

    /// Decides the draws of a line by themselves; the outage that it met.
    async fn alone(
        &self,
        line: B::Line,
        mut draws: Vec<B::Draw>,
        replies: Vec<Reply<B::Answer>>,
        whole: bool,
    ) -> Option<Fault> {
        if whole {
            let asked = [(line, draws)];
            match self.bank.decide(&asked, true).await {
                Ok(mut answers) => {
                    let answers = answers.pop().flatten().unwrap_or_default();
                    answer(replies, answers.into_iter().map(Ok).collect());
                    return None;
                }
                Err(fault) if fault.is_outage() => {
                    away(replies, &fault);
                    return Some(fault);
                }
                Err(fault) if replies.len() == 1 => {
                    answer(replies, vec![Err(fault)]);
                    return None;
                }
                Err(fault) => {
                    tracing::warn!(facility.id = %line, %fault, "the draws of a line failed; each is decided alone");
                }
            }
            let [(_, asked)] = asked;
            draws = asked;
        }
        let mut waiting = draws.into_iter().zip(replies);
        while let Some((draw, reply)) = waiting.next() {
            let decided = self.bank.decide(&[(line, vec![draw])], true).await;
            let (reply, decided) = (vec![reply], decided.map(|mut lines| lines.pop().flatten()));
            match decided {
                Ok(answers) => answer(reply, answers.unwrap_or_default().into_iter().map(Ok).collect()),
                Err(fault) if fault.is_outage() => {
                    away(reply.into_iter().chain(waiting.map(|(_, reply)| reply)).collect(), &fault);
                    return Some(fault);
                }
                Err(fault) => answer(reply, vec![Err(fault)]),
            }
        }
        None
    }
}

/// A line's draws, and who waits for their answers.
type Apart<B> = ((<B as Bank>::Line, Vec<<B as Bank>::Draw>), Vec<Reply<<B as Bank>::Answer>>);

/// The draws of a line without those who wait for the answers, and these.
fn apart<B: Bank>((line, waiting): (B::Line, Vec<Waiting<B>>)) -> Apart<B> {
    let (draws, replies) = waiting.into_iter().unzip();
    ((line, draws), replies)
}

/// The database is away, and it is for each of them: nobody waits for a turn to be told so.
fn away<A>(replies: Vec<Reply<A>>, fault: &Fault) {
    let same = replies.iter().filter_map(|_| fault.outage().map(Err)).collect();
    answer(replies, same);
}

fn answer<A>(replies: Vec<Reply<A>>, answers: Vec<Result<A, Fault>>) {
    let mut answers = answers.into_iter();
    for reply in replies {
        let answer = answers.next().unwrap_or_else(|| Err(Fault::Other("a draw got no answer".to_owned())));
        // A caller that has gone can ask again with the same key.
        drop(reply.send(answer));
    }
}

/// A worker on duty with the lines it serves. Should it end halfway, by a panic, the lines are free again and another
/// worker may come.
struct Duty<'d, B: Bank> {
    desk: &'d Arc<Desk<B>>,
    lines: Vec<B::Line>,
    left: bool,
}

impl<B: Bank> Duty<'_, B> {
    fn served(&mut self, line: B::Line) {
        self.lines.retain(|one| *one != line);
        self.desk.board().served(line);
    }
}

impl<B: Bank> Drop for Duty<'_, B> {
    fn drop(&mut self) {
        if self.left {
            return;
        }
        let mut board = self.desk.board();
        for line in &self.lines {
            board.served(*line);
        }
        board.off_duty();
    }
}
