//! Files of patents as the databases of the world export them: what is read from each, and what is refused with which
//! sentence. Documents with made-up numbers do not exist. And what every importer and calculator does with anything at all.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

#[path = "../../../fuzz/src/checks.rs"]
mod checks;
mod encodings;
mod fed_with_anything;
mod json_lines;
mod large_sheets;
mod mapping;
mod oddities;
mod real_exports;
mod refusals;
mod robustness;
#[path = "../../../fuzz/src/uploads.rs"]
mod uploads;
mod vendors;
mod workbooks;
mod written_package;

use valuation_svc::catalogue::{
    import::{self, ImportProblem, Mapping, ReadFile},
    patent::PatentFacts,
};

/// Reads a text without a mapping.
fn read(text: &str) -> Result<ReadFile, ImportProblem> {
    import::read(text.as_bytes(), None)
}

/// Reads a text with a mapping.
fn read_mapped(text: &str, mapping: &str) -> Result<ReadFile, ImportProblem> {
    import::read(text.as_bytes(), Some(&Mapping::parse(mapping)?))
}

/// The facts of a file of which no row is refused.
fn facts(file: ReadFile) -> Vec<PatentFacts> {
    let (records, refused) = file.into_parts();
    assert_eq!(refused, []);
    records.into_iter().map(|record| record.facts).collect()
}

/// The facts of a text with one document.
fn only(text: &str) -> PatentFacts {
    let mut all = facts(read(text).unwrap());
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

/// Line, column and code of the refused rows of a text.
fn refused(text: &str) -> Vec<(u64, Option<String>, &'static str)> {
    let (_, refused) = read(text).unwrap().into_parts();
    refused.into_iter().map(|e| (e.line, e.column, e.reason.code())).collect()
}

fn day(text: &str) -> Option<chrono::NaiveDate> {
    Some(text.parse().unwrap())
}
