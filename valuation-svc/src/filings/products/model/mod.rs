//! What a product filing says, and what may be filed and recognised. Pure.

pub mod filing;
pub mod recognition;

pub use filing::{Covered, FilingRefused, FilingStatus, Protects, may_cover};
pub use recognition::{CriterionMet, METHOD, RecognitionRefused, may_recognise};
