//! Any request for a trial appraisal: an answer that is written as JSON, or a refusal that names a field.

#![no_main]

use libfuzzer_sys::fuzz_target;
use valuation_svc::appraisal::model::preview::{PreviewRequest, preview};

fuzz_target!(|bytes: &[u8]| {
    let Ok(mut request) = serde_json::from_slice::<PreviewRequest>(bytes) else { return };
    // A large tree or simulation takes seconds by design, and finds nothing that a small one does not.
    match &mut request {
        PreviewRequest::MonteCarlo(asked) => asked.paths = asked.paths.map(|paths| paths.min(2_000)),
        PreviewRequest::RealOption(asked) => asked.steps = Some(asked.steps.unwrap_or(100).min(200)),
        _ => {}
    }
    match preview(&request) {
        Ok(answer) => drop(serde_json::to_string(&answer).expect("an answer is JSON")),
        Err(refusal) => assert!(!refusal.field.is_empty() && !refusal.zh.is_empty()),
    }
});
