//! The working days that a bank goes by: the calendar that ships with the product, and the arrangements of years that the
//! bank has recorded since the State Council published them. Every clock, term and due date of the bank counts by them.
//!
//! Where is …?
//! - what a bank records, and what is wrong with it: `model/arranged.rs`; recording it: `parameters`
//! - the calendar of a bank on a day: [`of_bank`], of several: [`of_banks`]; the page of it: `api.rs`

mod api;
mod current;
pub mod model;

pub(crate) use api::routes;
pub(crate) use current::calendar;
pub use current::{Calendars, of_bank, of_banks};
pub use model::ArrangedYears;
