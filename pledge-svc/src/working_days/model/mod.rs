//! What a bank records of a year's working days, and how the page shows a year.

mod arranged;
mod year;

pub use arranged::ArrangedYears;
pub use year::{Stretch, expected, stretches};
