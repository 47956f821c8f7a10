//! Rules of deals: values in, a decision or a refusal out.
//!
//! | what | where |
//! |---|---|
//! | a deal and what must hold of it | [`deal`], its words in `words` |
//! | recorded, verified, returned | [`standing`] |
//! | a row of a file becomes a deal | [`read`] |
//! | which deals compare with a patent, and how well | [`comparable`] |
//! | what a comparable's price is multiplied by | [`adjustment`] |

pub mod adjustment;
pub mod comparable;
pub mod deal;
pub mod read;
pub mod standing;
mod words;

pub use deal::{Deal, DealDraft, DealKind, SUBCLASS_CHARS, symbol_typed};
pub use standing::{Refusal, Standing};
