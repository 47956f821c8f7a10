//! The close of business: for each bank and business date every loan is accrued, aged, classified and provided for, in
//! shards that any replica takes, resumed after a kill, caught up day by day in order.
//!
//! | phase | what | why it stands alone |
//! |---|---|---|
//! | 1 open | one run for a bank and date, cut into shards; the day before must be finished | days keep their order |
//! | 2 shards | chunk by chunk: read, decide in memory, write, move the shard's cursor, in one transaction | a kill loses one chunk at most and repeats none |
//! | 3 finish | once every shard is through: facilities, margin calls, prices, day balances | they need every loan of the day |
//!
//! A day is closed once it is over. Banks take turns, a day of each; afterwards the books of those who lead no loan are
//! closed as far as every bank is. What a bank's late close posts into a book that is closed already stands there on the
//! first open day (`ledger`).
//!
//! A day is closed as of the next morning: what falls due then is billed, what fell due before and is not paid is late.
//! One loan that fails is written down and left at the day before; the others go on; the next run takes it along.
//! Payments go on while a day is closed: chunks take no lock on quiet loans, they are written under a guard and run again
//! where a payment came between; loans on which something happens are locked while they are decided.
//!
//! Where is …? What a day does to one loan: `model/day.rs`; a chunk: `chunk.rs`, its reading `reading.rs`, its writing `store.rs`,
//! quiet loans by one statement: `quiet.rs`; runs
//! and their order: `run.rs`; how a day is cut: `stretches.rs`; shards: `shards.rs`; loans that fail: `failures.rs`; the end of a day: `finish.rs`; books and
//! lines that no run is about: `others.rs`; what goes to borrowers: `notices.rs`, `notices_of_acts.rs`;
//! the worker: `worker.rs`; routes: `api.rs`, files and
//! what failed page by page: `listing.rs`.

mod api;
mod busy;
mod chunk;
mod failures;
mod finish;
mod listing;
pub mod migrations;
pub mod model;
mod notice_kind;
mod notices;
mod notices_of_acts;
mod others;
mod postings;
mod quiet;
mod reading;
mod run;
mod shards;
mod store;
mod stretches;
mod worker;

pub(crate) use api::routes;
pub(crate) use notices_of_acts::{
    OfInstruction, OfTerms, Told, declared_due, instruction, payment_reversed, terms, use_rejected,
    use_unproven,
};
pub use run::{CatchUpError, CaughtUp, Cut, catch_up, catch_up_all, catch_up_cut, held_until, last_day_over};
pub(crate) use worker::worker;
