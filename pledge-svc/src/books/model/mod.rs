//! The pure rules of the books.

mod interest;
mod reversal;
mod vat;

pub use interest::{ImpairedDays, Interest};
pub use reversal::{Maker, Refusal, Reversal, ReversalStatus, Verdict, decided, may_be_reversed, proposed};
pub use vat::{Month, OutputTax, ValueAddedTax, months_ending, output_tax};
