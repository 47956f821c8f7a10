//! The acts: an owner says why a patent waits, and takes that back.

use chrono::{DateTime, Months, NaiveDate, Utc};
use contracts::{LegalEventId, OrgId, PatentId};
use http_kit::{ActError, Problem};
use identity::{Caller, Scope};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tx_kit::{AuditEntry, Fault, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::{self, row};
use crate::catalogue::store::{self as patents, patent};

/// The longest time that one justification covers.
const VALID_MONTHS_MAX: u32 = 36;

/// Why a patent waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DormancyGround)]
pub enum Ground {
    /// 技术有待成熟
    TechnologyMaturing,
    /// 市场尚未形成
    MarketNotReady,
    /// 待行政审批
    RegulatoryApproval,
    /// 防御性布局
    Defensive,
    /// 公共利益、国防
    PublicInterest,
    /// 正在洽谈转化
    Negotiating,
    /// 其他
    Other,
}

impl Ground {
    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TechnologyMaturing => "technology_maturing",
            Self::MarketNotReady => "market_not_ready",
            Self::RegulatoryApproval => "regulatory_approval",
            Self::Defensive => "defensive",
            Self::PublicInterest => "public_interest",
            Self::Negotiating => "negotiating",
            Self::Other => "other",
        }
    }
}

/// A justification as it is given.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DormancyJustificationGiven)]
pub(super) struct JustificationGiven {
    /// Why.
    pub(super) ground: Ground,
    /// In words.
    pub(super) reason: String,
    /// A reference to the paper.
    #[serde(default)]
    pub(super) document: Option<String>,
    /// The last day that it covers, at most three years ahead.
    pub(super) valid_until: NaiveDate,
}

/// A justification.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = DormancyJustification)]
pub(super) struct Justification {
    /// The justification.
    id: Uuid,
    /// The patent.
    patent_id: PatentId,
    /// The owner that gave it.
    tenant: OrgId,
    /// Its name.
    tenant_name: String,
    /// Why.
    #[schema(value_type = Ground)]
    ground: String,
    /// In words.
    reason: String,
    /// A reference to the paper.
    document: Option<String>,
    /// The last day that it covers.
    valid_until: NaiveDate,
    /// Who gave it.
    recorded_by: String,
    /// When.
    recorded_at: DateTime<Utc>,
    /// The day on which it was withdrawn, or replaced by a newer one.
    withdrawn_on: Option<NaiveDate>,
    /// Why.
    withdrawal_reason: Option<String>,
}

impl From<row::Model> for Justification {
    fn from(row: row::Model) -> Self {
        Self {
            id: row.id,
            patent_id: row.patent_id.into(),
            tenant: row.tenant.into(),
            tenant_name: row.tenant_name,
            ground: row.ground,
            reason: row.reason,
            document: row.document,
            valid_until: row.valid_until,
            recorded_by: row.recorded_by,
            recorded_at: row.recorded_at,
            withdrawn_on: row.withdrawn_on,
            withdrawal_reason: row.withdrawal_reason,
        }
    }
}

/// The last day that a justification given on a day may cover.
pub(super) fn latest(today: NaiveDate) -> NaiveDate {
    today.checked_add_months(Months::new(VALID_MONTHS_MAX)).unwrap_or(today)
}

/// The caller's own patent, locked; another's is not there.
async fn own(tx: &Tx, caller: &Caller, id: PatentId) -> Result<patent::Model, ActError> {
    let row = patents::lock(tx, id).await?.ok_or_else(Problem::not_found)?;
    if row.owner_id != Some(caller.tenant.uuid()) {
        return Err(Problem::not_found().into());
    }
    Ok(row)
}

/// Gives a justification; one that stood before is replaced.
pub(super) async fn give(
    tx: &mut Tx,
    caller: &Caller,
    (id, given): (PatentId, &JustificationGiven),
) -> Result<Justification, ActError> {
    let patent = own(tx, caller, id).await?;
    store::end(tx, id, (&caller.name, "由新的说明替换 replaced by a newer one")).await?;
    let row = row::Model {
        id: LegalEventId::fresh(tx.now()).uuid(),
        patent_id: id.uuid(),
        tenant: caller.tenant.uuid(),
        tenant_name: caller.tenant_name.clone(),
        ground: given.ground.name().to_owned(),
        reason: given.reason.trim().to_owned(),
        document: given.document.as_deref().map(str::trim).filter(|d| !d.is_empty()).map(str::to_owned),
        valid_until: given.valid_until,
        recorded_by: caller.name.clone(),
        recorded_at: tx.now(),
        withdrawn_on: None,
        withdrawn_by: None,
        withdrawal_reason: None,
    };
    store::insert(tx, row.clone()).await?;
    let details = json!({
        "number": patent.number, "ground": row.ground, "reason": row.reason, "valid_until": row.valid_until,
    });
    told(tx, caller, "patent.dormancy.justify", (id, details)).await?;
    Ok(row.into())
}

/// Withdraws the justification that stands.
pub(super) async fn withdraw(
    tx: &mut Tx,
    caller: &Caller,
    (id, reason): (PatentId, &str),
) -> Result<Justification, ActError> {
    own(tx, caller, id).await?;
    let scope = Scope::system();
    let standing = store::find_standing(tx.conn(), &scope, (id, caller.tenant)).await?.ok_or_else(|| {
        Problem::refused(
            "nothing-justified",
            "该专利没有有效的未实施说明，无需撤回。",
            "No justification of this patent stands, so there is none to withdraw.",
        )
    })?;
    store::end(tx, id, (&caller.name, reason)).await?;
    told(tx, caller, "patent.dormancy.withdraw", (id, json!({ "reason": reason }))).await?;
    let today = tx.business_date();
    Ok(Justification {
        withdrawn_on: Some(today),
        withdrawal_reason: Some(reason.to_owned()),
        ..standing.into()
    })
}

async fn told(
    tx: &mut Tx,
    caller: &Caller,
    action: &'static str,
    (id, details): (PatentId, serde_json::Value),
) -> Result<(), Fault> {
    tx.audit([AuditEntry::new(&caller.actor(), action, "patent", id).with(details)]).await
}
