//! Any bytes as changes of a valuation's facts and figures.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ip_finance_fuzz::checks::any_valuation(bytes));
