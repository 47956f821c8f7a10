//! Who proposed a version and who decided it, as answers show it.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::UserId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::VersionStatus;

/// What every version shows beside its content: the fields of a version's view that are the same for all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = VersionSignatures)]
pub struct Signatures {
    /// Counts the proposals of the kind, from 1.
    pub version: i32,
    /// The first day on which it holds, once approved.
    pub effective_from: NaiveDate,
    /// Why it was proposed.
    pub reason: String,
    /// Where it is.
    pub status: VersionStatus,
    /// Who proposed it.
    pub maker_id: UserId,
    /// Their name.
    pub maker: String,
    /// Who decided it.
    pub approver: Option<String>,
    /// What was said with the decision.
    pub decision_reason: Option<String>,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
}
