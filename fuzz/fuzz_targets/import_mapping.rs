//! Any text as a mapping file, over a file that it may map.

#![no_main]

use libfuzzer_sys::fuzz_target;
use valuation_svc::catalogue::import::{Mapping, read};

const FILE: &str = "No;Name;When\nEP1654906B1;Thing;01/02/2003\n";

fuzz_target!(|text: &str| {
    if let Ok(mapping) = Mapping::parse(text) {
        drop(read(FILE.as_bytes(), Some(&mapping)));
    }
});
