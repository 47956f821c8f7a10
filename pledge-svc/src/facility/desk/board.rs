//! Which draws wait on which line, which lines are being served, and how many workers serve them. A plain structure:
//! it knows no task, clock or database, and is asked under one lock.

use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
};

/// How much may wait, and how much is taken at a time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Draws that may wait on one line.
    pub(super) waiting_max: usize,
    /// Draws in a batch.
    pub(super) draws_max: usize,
    /// Lines in a batch.
    pub(super) lines_max: usize,
    /// Workers at a time.
    pub(super) workers_max: usize,
}

/// Lines with the draws that a worker takes away with them.
pub(super) type Taken<L, D> = Vec<(L, Vec<D>)>;

struct Line<D> {
    /// In the order of their arrival.
    waiting: VecDeque<D>,
    /// Whether a worker has draws of it in hand: the next ones wait, so that they stay in order.
    served: bool,
}

/// The board. A line is here while anything of it waits or is served.
pub(super) struct Board<L, D> {
    limits: Limits,
    lines: HashMap<L, Line<D>>,
    /// Lines with waiting draws that nobody serves, the longest waiting first.
    ready: VecDeque<L>,
    /// Draws that wait on them.
    ready_draws: usize,
    on_duty: usize,
}

impl<L: Copy + Eq + Hash, D> Board<L, D> {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, lines: HashMap::new(), ready: VecDeque::new(), ready_draws: 0, on_duty: 0 }
    }

    /// Puts a draw last on its line; gives it back where too many wait there.
    pub(super) fn place(&mut self, name: L, draw: D) -> Result<(), D> {
        let line = self.lines.entry(name).or_insert_with(|| Line { waiting: VecDeque::new(), served: false });
        if line.waiting.len() >= self.limits.waiting_max {
            return Err(draw);
        }
        line.waiting.push_back(draw);
        if !line.served {
            self.ready_draws += 1;
            if line.waiting.len() == 1 {
                self.ready.push_back(name);
            }
        }
        Ok(())
    }

    /// Whether one more worker is wanted; it is on duty from now on.
    pub(super) fn hires(&mut self) -> bool {
        let wanted = !self.ready.is_empty() && self.on_duty < self.limits.workers_max;
        if wanted {
            self.on_duty += 1;
        }
        wanted
    }

    /// Draws that a worker could take now.
    pub(super) const fn ready_draws(&self) -> usize {
        self.ready_draws
    }

    /// Takes a batch for a worker: whole lines, longest waiting first, as far as it reaches. A worker that finds
    /// nothing is off duty.
    pub(super) fn take(&mut self) -> Taken<L, D> {
        let mut taken = Vec::new();
        let mut room = self.limits.draws_max;
        while room > 0 && taken.len() < self.limits.lines_max {
            let Some(name) = self.ready.pop_front() else { break };
            let Some(line) = self.lines.get_mut(&name) else { continue };
            self.ready_draws -= line.waiting.len();
            let draws: Vec<D> = line.waiting.drain(..line.waiting.len().min(room)).collect();
            line.served = true;
            room -= draws.len();
            taken.push((name, draws));
        }
        if taken.is_empty() {
            self.off_duty();
        }
        taken
    }

    /// The draws taken of a line are answered; what came meanwhile is ready.
    pub(super) fn served(&mut self, name: L) {
        let Some(line) = self.lines.get_mut(&name) else { return };
        line.served = false;
        if line.waiting.is_empty() {
            self.lines.remove(&name);
        } else {
            self.ready_draws += line.waiting.len();
            self.ready.push_back(name);
        }
    }

    /// A worker leaves.
    pub(super) const fn off_duty(&mut self) {
        self.on_duty = self.on_duty.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { waiting_max: 4, draws_max: 3, lines_max: 2, workers_max: 1 };

    fn board(draws: &[(char, u32)]) -> Board<char, u32> {
        let mut board = Board::new(LIMITS);
        for (line, draw) in draws {
            board.place(*line, *draw).unwrap();
        }
        board
    }

    #[test]
    fn lines_come_in_the_order_of_their_first_draw_and_draws_in_the_order_of_theirs() {
        let mut board = board(&[('b', 1), ('a', 2), ('b', 3), ('c', 4)]);
        assert_eq!(board.ready_draws(), 4);
        assert_eq!(board.take(), [('b', vec![1, 3]), ('a', vec![2])]);
        assert_eq!(board.ready_draws(), 1);
    }

    #[test]
    fn what_does_not_fit_a_batch_stays_first_on_its_line() {
        let mut board = board(&[('a', 1), ('a', 2), ('a', 3), ('a', 4)]);
        assert_eq!(board.take(), [('a', vec![1, 2, 3])]);
        board.place('a', 5).unwrap();
        // The line is served: nobody else takes the rest of it.
        assert!(board.take().is_empty());
        board.served('a');
        assert_eq!(board.take(), [('a', vec![4, 5])]);
    }

    #[test]
    fn a_full_line_gives_its_draw_back_and_fills_no_other() {
        let mut board = board(&[('a', 1), ('a', 2), ('a', 3), ('a', 4)]);
        assert_eq!(board.place('a', 5), Err(5));
        assert_eq!(board.place('b', 6), Ok(()));
    }

    #[test]
    fn there_are_no_more_workers_than_allowed_and_none_without_work() {
        let mut board = board(&[('a', 1)]);
        assert!(board.hires());
        assert!(!board.hires());
        assert_eq!(board.take().len(), 1);
        board.served('a');
        assert!(board.take().is_empty());
        assert!(!board.hires(), "nothing waits");
        board.place('a', 2).unwrap();
        assert!(board.hires(), "the one before has left");
    }

    #[test]
    fn a_line_that_nobody_uses_takes_no_memory() {
        let mut board = board(&[('a', 1)]);
        board.take();
        board.served('a');
        assert!(board.lines.is_empty() && board.ready.is_empty());
    }
}
