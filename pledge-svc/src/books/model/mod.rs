//! The pure rules of the books.

mod reversal;

pub use reversal::{Maker, Refusal, Reversal, ReversalStatus, Verdict, decided, may_be_reversed, proposed};
