//! Any bytes as changes of a loan's terms: its schedule.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ip_finance_fuzz::checks::any_schedule(bytes));
