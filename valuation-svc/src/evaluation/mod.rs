//! Market evaluation (企业专家市场评价): an institute puts patents of its library to experts of enterprises, who say whether
//! they would use them, what they see and what would have to be improved. The institute hears it, by name or not as each
//! expert likes, and replies. It values nothing: price ideas are for talks and no valuation reads them.
//!
//! Where is …? What an expert says: `model/answer.rs`; what the answers come to: `model/summary.rs`; what a closed round
//! says to the score: `model/grades.rs`; opening and closing: `open.rs`, `close.rs`; answering and replying: `answer.rs`;
//! the list of rounds and its file: `listing.rs`, of a round's patents: `round_patents.rs`.

mod answer;
pub(crate) mod api;
mod close;
mod evaluations;
mod listing;
mod migrations;
pub mod model;
mod open;
mod problems;
mod round_patents;
mod rounds;
mod store;

pub use migrations::EvaluationTables;
