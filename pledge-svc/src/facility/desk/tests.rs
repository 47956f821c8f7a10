//! The desk under a scheduler that chooses who runs: at every await another task may go on. The board's lock is never
//! held over an await, so that these are all the interleavings there are.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
    sync::{Arc, Mutex},
};

use shuttle::{
    Config, Runner,
    future::{block_on, spawn, yield_now},
    rand::{Rng, thread_rng},
    scheduler::{PctScheduler, RandomScheduler},
};
use tx_kit::Fault;

use super::{
    board::Limits,
    service::{Bank, Desk, Unanswered},
};

const SCHEDULES: usize = 2_000;
const LIMITS: Limits = Limits { waiting_max: 64, draws_max: 3, lines_max: 2, workers_max: 2 };
/// Free on each line.
const FREE: u32 = 5;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Draw {
    number: usize,
    amount: u32,
    /// It makes every transaction fail that it is in.
    bad: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Granted,
    Refused { free: u32 },
}

#[derive(Default)]
struct Books {
    drawn: BTreeMap<u32, u32>,
    /// In the order in which they were decided.
    decided: BTreeMap<u32, Vec<(usize, u32, Answer)>>,
    in_hand: BTreeSet<u32>,
}

/// A bank whose transactions take their time, fail now and then, and meet lines that others hold.
#[derive(Clone, Default)]
struct Simulated {
    books: Arc<Mutex<Books>>,
    trouble: bool,
}

fn sometimes(trouble: bool) -> bool {
    trouble && thread_rng().gen_range(0..4) == 0
}

impl Bank for Simulated {
    type Line = u32;
    type Draw = Draw;
    type Answer = Answer;

    async fn decide(
        &self,
        lines: &[(u32, Vec<Draw>)],
        alone: bool,
    ) -> Result<Vec<Option<Vec<Answer>>>, Fault> {
        for (line, draws) in lines {
            assert!(!draws.is_empty());
            assert!(self.books.lock().unwrap().in_hand.insert(*line), "two batches on one line");
        }
        assert!(lines.iter().map(|(_, draws)| draws.len()).sum::<usize>() <= LIMITS.draws_max);
        assert!(lines.len() <= LIMITS.lines_max && (lines.len() == 1 || !alone));
        yield_now().await;
        let failed =
            sometimes(self.trouble) || lines.iter().any(|(_, draws)| draws.iter().any(|one| one.bad));
        let mut answers = Vec::new();
        {
            let mut books = self.books.lock().unwrap();
            for (line, draws) in lines {
                let held = !alone && sometimes(self.trouble);
                let settled =
                    (!failed && !held).then(|| draws.iter().map(|one| books.settle(*line, one)).collect());
                answers.push(settled);
            }
        }
        yield_now().await;
        for (line, _) in lines {
            self.books.lock().unwrap().in_hand.remove(line);
        }
        if failed { Err(Fault::Other("lost".to_owned())) } else { Ok(answers) }
    }

    fn start(work: impl Future<Output = ()> + Send + 'static) {
        drop(spawn(work));
    }

    fn pause() -> impl Future<Output = ()> + Send {
        yield_now()
    }
}

impl Books {
    fn settle(&mut self, line: u32, draw: &Draw) -> Answer {
        let drawn = self.drawn.entry(line).or_default();
        let free = FREE - *drawn;
        let answer = if draw.amount <= free {
            *drawn += draw.amount;
            Answer::Granted
        } else {
            Answer::Refused { free }
        };
        self.decided.entry(line).or_default().push((draw.number, draw.amount, answer));
        answer
    }
}

/// Tasks of a build without optimisation need more room than the scheduler gives them by itself.
fn config() -> Config {
    let mut config = Config::new();
    config.stack_size = 0x4_0000;
    config
}

/// Under schedules chosen at random.
fn at_random(test: impl Fn() + Send + Sync + 'static) {
    Runner::new(RandomScheduler::new(SCHEDULES), config()).run(test);
}

/// Under schedules in which few tasks overtake others, at any point: what random ones hardly come upon.
fn overtaken(test: impl Fn() + Send + Sync + 'static) {
    Runner::new(PctScheduler::new(3, SCHEDULES), config()).run(test);
}

/// Callers on two lines; each asks twice, the second time when it has its first answer.
fn callers(trouble: bool, bad: Option<usize>) {
    let bank = Simulated { trouble, ..Simulated::default() };
    let desk = Desk::new(bank.clone(), LIMITS);
    let arrived: Arc<Mutex<BTreeMap<u32, Vec<usize>>>> = Arc::default();
    let answered: Arc<Mutex<BTreeMap<usize, Result<Answer, ()>>>> = Arc::default();
    let tasks: Vec<_> = (0..5_usize)
        .map(|caller| {
            let (desk, arrived, answered) = (Arc::clone(&desk), Arc::clone(&arrived), Arc::clone(&answered));
            spawn(async move {
                for round in 0..2_usize {
                    let number = caller * 10 + round;
                    let line = u32::from(caller % 2 == 1);
                    let amount = 1 + u32::from(round == 1 && caller == 2);
                    let draw = Draw { number, amount, bad: bad == Some(number) };
                    arrived.lock().unwrap().entry(line).or_default().push(number);
                    let answer = match desk.draw(line, draw).await {
                        Ok(answer) => Ok(answer),
                        Err(Unanswered::Fault(_)) => Err(()),
                        Err(other) => panic!("{other:?}"),
                    };
                    assert!(answered.lock().unwrap().insert(number, answer).is_none());
                }
            })
        })
        .collect();
    block_on(async {
        for task in tasks {
            task.await.unwrap();
        }
    });
    let (books, answered, arrived) =
        (bank.books.lock().unwrap(), answered.lock().unwrap(), arrived.lock().unwrap());
    assert_eq!(answered.len(), 10);
    for (line, decided) in &books.decided {
        // The order of decisions is that of arrival, and a slow clerk who decides one after the other agrees.
        let order: Vec<usize> = decided.iter().map(|(number, ..)| *number).collect();
        let expected: Vec<usize> = arrived[line].iter().copied().filter(|one| order.contains(one)).collect();
        assert_eq!(order, expected);
        let mut clerk = Books::default();
        for (number, amount, answer) in decided {
            let draw = Draw { number: *number, amount: *amount, bad: false };
            assert_eq!(clerk.settle(*line, &draw), *answer);
            assert_eq!(answered[number], Ok(*answer));
        }
        assert!(books.drawn[line] <= FREE);
    }
    let decided: usize = books.decided.values().map(Vec::len).sum();
    let faults = answered.values().filter(|answer| answer.is_err()).count();
    assert_eq!(decided + faults, 10);
    if !trouble {
        assert_eq!(faults, usize::from(bad.is_some()), "one bad draw takes no other with it");
    }
}

#[test]
fn every_draw_is_answered_once_and_in_the_order_of_arrival_whoever_runs_when() {
    at_random(|| callers(false, None));
    overtaken(|| callers(false, None));
}

#[test]
fn a_draw_that_fails_takes_no_other_with_it() {
    at_random(|| callers(false, Some(10)));
}

#[test]
fn failures_and_lines_that_others_hold_neither_lose_a_draw_nor_decide_it_twice() {
    at_random(|| callers(true, Some(20)));
    overtaken(|| callers(true, None));
}

#[test]
fn a_line_on_which_too_many_wait_refuses_at_once_and_goes_on() {
    at_random(|| {
        let bank = Simulated::default();
        let limits = Limits { waiting_max: 1, draws_max: 1, workers_max: 1, ..LIMITS };
        let desk = Desk::new(bank.clone(), limits);
        let tasks: Vec<_> = (0..4_usize)
            .map(|number| {
                let desk = Arc::clone(&desk);
                spawn(async move { desk.draw(0, Draw { number, amount: 1, bad: false }).await })
            })
            .collect();
        let (mut granted, mut full) = (0, 0);
        block_on(async {
            for task in tasks {
                match task.await.unwrap() {
                    Ok(Answer::Granted) => granted += 1,
                    Err(Unanswered::Full) => full += 1,
                    other => panic!("{other:?}"),
                }
            }
        });
        assert!(granted >= 1);
        assert_eq!(granted + full, 4);
        assert_eq!(bank.books.lock().unwrap().decided[&0].len(), granted);
    });
}
