//! Any bytes as changes of a deal as evidence for a patent.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ip_finance_fuzz::checks::any_deal(bytes));
