//! Any bytes as a file of patents: workbook, delimited text or JSON Lines, in any encoding.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ip_finance_fuzz::uploads::any_patents(bytes));
