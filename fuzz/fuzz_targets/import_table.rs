//! Any bytes as a table of another subject (reference data, deals): workbook, delimited text or JSON Lines, below any header.

#![no_main]

use libfuzzer_sys::fuzz_target;
use valuation_svc::{
    catalogue::import::{Limits, plain},
    deals,
    reference::model::{TableKind, whole},
};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { workbook_bytes_max: 4 << 20, workbook_cells_max: 20_000, ..Limits::default() };
    let recognise = |headers: &[String]| headers.iter().filter(|header| !header.is_empty()).count();
    match plain::table(bytes, &recognise, &limits) {
        Ok(table) => assert!(!table.headers.is_empty()),
        Err(problem) => assert!(problem.zh().ends_with('。') && problem.en().ends_with('.')),
    }
    for kind in TableKind::ALL {
        drop(whole::read(kind, bytes));
    }
    drop(deals::model::read::read(bytes));
});
