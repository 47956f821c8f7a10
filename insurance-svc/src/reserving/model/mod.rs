//! Reserving methods over a run-off triangle. Estimates, not amounts owed: binary floating point, shown to the fen.

pub mod mack;
pub mod prior;
pub mod triangle;

pub use mack::SigmaRule;
pub use triangle::{Triangle, TriangleError};

/// What a method says about one origin period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Origin {
    /// Paid or incurred so far.
    pub latest: f64,
    /// Expected in the end.
    pub ultimate: f64,
    /// What is still to come.
    pub reserve: f64,
    /// Root of the mean squared error of prediction of the reserve.
    pub standard_error: f64,
}

/// What a method says about the whole triangle.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// The reserve of all origin periods.
    pub reserve: f64,
    /// Its standard error; origins share the estimated factors, so theirs do not just add up.
    pub standard_error: f64,
    /// Origin by origin, oldest first.
    pub by_origin: Vec<Origin>,
}
