//! Any bytes as changes of a value as a pledge and what may be lent on it.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ip_finance_fuzz::checks::any_collateral(bytes));
