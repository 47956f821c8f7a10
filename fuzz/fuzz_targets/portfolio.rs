//! Any bytes as changes of patents valued together.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ip_finance_fuzz::checks::any_portfolio(bytes));
