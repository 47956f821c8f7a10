//! The arithmetic of portfolios: exact ratios, concentration, series by month. No rows, no clock.

pub(crate) mod concentration;
pub(crate) mod industry;
pub(crate) mod month;
pub(crate) mod ratio;
pub(crate) mod spread;
