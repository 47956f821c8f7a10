//! What the close of a day does to one loan, and which day is next.

mod course;
mod day;
mod order;

pub use course::Course;
pub use day::{Closed, Quiet, close, is_quiet};
pub use order::{OrderRefused, next_day};
