//! The whole catalogue is scored twice, a quarter apart, by the platform's indices and by bank A's own model, so that
//! percentiles and what moved a score are there to see.

use contracts::Service;
use serde_json::json;
use tx_kit::jobs;
use valuation_svc::scoring::ScoringJob;

use super::{
    cast::{DEVELOPER_A, TRANSFER_OFFICE},
    desk::{DemoError, Desk},
};

/// Days of the year on which the catalogue is scored.
pub(super) const DAYS: [i64; 2] = [260, 352];

/// Scores the catalogue for a pledge and waits for the runs.
pub(super) async fn run(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    desk.post(&TRANSFER_OFFICE, Service::Valuation, "/scoring-runs", json!({ "scenario": "pledge" })).await?;
    let own = json!({ "scenario": "pledge", "model": "own" });
    desk.post(&DEVELOPER_A, Service::Valuation, "/scoring-runs", own).await?;
    let job = ScoringJob::default();
    while jobs::step(&desk.suite.databases.valuation, &job).await? {}
    Ok(())
}
