//! Any bytes as changes of a model's content: what is wrong is told at its field, what is not wrong values a patent.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ip_finance_fuzz::checks::any_model(bytes));
