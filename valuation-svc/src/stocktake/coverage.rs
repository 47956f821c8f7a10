//! How far a stocktake has come, counted from its items.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use contracts::CampaignId;
use identity::Scope;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::ToSchema;

use super::{
    model::{Coverage, ItemState},
    store::{self, Own},
};

/// How far one college has come.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(super) struct CollegeCoverage {
    /// The college; empty for what was given to none.
    pub college: String,
    /// How far.
    #[serde(flatten)]
    pub coverage: Coverage,
}

/// How far the patents of one prospect grade have come.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(super) struct GradeCoverage {
    /// The grade, 1 to 5; 0 for what nobody has graded.
    pub grade: i64,
    /// How far.
    #[serde(flatten)]
    pub coverage: Coverage,
}

/// How far a stocktake has come.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(super) struct CoverageView {
    /// The business date of this answer.
    pub as_of: NaiveDate,
    /// In all.
    pub all: Coverage,
    /// By college, in the order of their names.
    pub colleges: Vec<CollegeCoverage>,
    /// By prospect grade.
    pub grades: Vec<GradeCoverage>,
}

/// Counts a stocktake that was found in scope.
pub(super) async fn of(
    conn: &impl ConnectionTrait,
    (scope, own): (&Scope, Option<&Own>),
    campaign: CampaignId,
    on: NaiveDate,
) -> Result<CoverageView, Fault> {
    let mut all = Coverage::default();
    let mut colleges: BTreeMap<String, Coverage> = BTreeMap::new();
    let mut grades: BTreeMap<i64, Coverage> = BTreeMap::new();
    for one in store::find_coverage(conn, (scope, own), campaign, None).await? {
        let state = ItemState::parse(&one.state)
            .ok_or_else(|| Fault::Corrupt(format!("state {} in stocktake {campaign}", one.state)))?;
        let (assigned, items) = (!one.college.is_empty(), u64::try_from(one.items).unwrap_or(0));
        all.add(state, assigned, items);
        colleges.entry(one.college).or_default().add(state, assigned, items);
        grades.entry(one.grade).or_default().add(state, assigned, items);
    }
    for one in store::find_coverage(conn, (scope, own), campaign, Some(on)).await? {
        let items = u64::try_from(one.items).unwrap_or(0);
        all.overdue += items;
        colleges.entry(one.college).or_default().overdue += items;
        grades.entry(one.grade).or_default().overdue += items;
    }
    let colleges =
        colleges.into_iter().map(|(college, coverage)| CollegeCoverage { college, coverage }).collect();
    let grades = grades.into_iter().map(|(grade, coverage)| GradeCoverage { grade, coverage }).collect();
    Ok(CoverageView { as_of: on, all, colleges, grades })
}
