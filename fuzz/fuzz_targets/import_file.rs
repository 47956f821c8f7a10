//! Any bytes as a file of patents: workbook, delimited text or JSON Lines, in any encoding. What is answered adds up.

#![no_main]

use libfuzzer_sys::fuzz_target;
use valuation_svc::catalogue::import::{Limits, read_within};

fuzz_target!(|bytes: &[u8]| {
    // Small limits: what is refused beyond them is refused the same way at any size.
    let limits = Limits { workbook_bytes_max: 4 << 20, workbook_cells_max: 20_000, ..Limits::default() };
    match read_within(bytes, None, &limits) {
        Ok(file) => assert_eq!(file.read, file.rows.len() as u64 + file.duplicates),
        Err(problem) => assert!(problem.zh().ends_with('。') && problem.en().ends_with('.')),
    }
});
