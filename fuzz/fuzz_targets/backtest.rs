//! Any bytes as changes of the observations of a back-test.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ip_finance_fuzz::checks::any_backtest(bytes));
