//! What a product filing says, what may be filed and recognised, and which of its sales are confirmed. Pure.

pub mod filing;
pub mod recognition;
pub mod sales;

pub use filing::{Covered, FilingRefused, FilingStatus, Protects, may_cover};
pub use recognition::{CriterionMet, METHOD, RecognitionRefused, may_recognise};
