//! Any cells below a known header, as CSV and as JSON Lines: so that runs get beyond the header.

#![no_main]

use libfuzzer_sys::fuzz_target;
use valuation_svc::catalogue::import::read;

const HEADER: &str = "公开号,标题,申请号,申请日,IPC,权利要求数量,简单同族,引证专利,当前法律状态,链接\n";
const OBJECT: &str = "{\"title\":\"a\",\"publication_number\":\"CN1234567C\"}\n";

fuzz_target!(|text: &str| {
    for start in [HEADER, OBJECT] {
        if let Ok(file) = read(format!("{start}{text}").as_bytes(), None) {
            assert_eq!(file.read, file.rows.len() as u64 + file.duplicates);
        }
    }
});
