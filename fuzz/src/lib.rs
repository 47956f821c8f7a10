//! What importers and calculators are held to whatever they are fed with. The targets in `fuzz_targets/` hand their bytes
//! to it for as long as they run; the tests of valuation-svc try some thousands of the same briefly.

pub mod checks;
pub mod uploads;
