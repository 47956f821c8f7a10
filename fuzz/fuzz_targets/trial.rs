//! Any bytes as changes of a request of each method and each step around them; `appraisal` takes the request itself as bytes.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ip_finance_fuzz::checks::any_trial(bytes));
