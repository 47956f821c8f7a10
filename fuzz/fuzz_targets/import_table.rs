//! Any bytes as a table of another subject (reference data, deals): workbook, delimited text or JSON Lines, below any header.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ip_finance_fuzz::uploads::any_upload(bytes));
