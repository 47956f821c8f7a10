//! Appraisal: what a patent is worth, by which methods, in what range, and what may be lent on it.
//!
//! Where is …? One method a file under [`model`]; the trial calculator in `model/preview/`; the complete
//! valuation that a bank asks for is in `valuations`.

pub(crate) mod api;
pub mod model;
