//! Rules and their versions as the API shows them.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{OrgId, TriggerRulesVersionId};
use four_eyes::Signatures;
use identity::Scope;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::ToSchema;

use super::store::{self, row, version_of};
use crate::triggers::model::{CauseRule, RuleDifference, TriggerRules};

/// A version of an organisation's rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = TriggerRulesVersion)]
pub(super) struct RulesVersionView {
    /// Its id.
    pub id: TriggerRulesVersionId,
    /// The organisation.
    pub organisation_id: OrgId,
    /// Its name.
    pub organisation_name: String,
    /// One rule for each cause.
    pub rules: Vec<CauseRule>,
    /// Its number, its first day, and who signed it.
    #[serde(flatten)]
    pub signed: Signatures,
}

/// The view of a row.
pub(super) fn shown(row: row::Model) -> Result<RulesVersionView, Fault> {
    let status = version_of(&row)?.status;
    Ok(RulesVersionView {
        id: row.id.into(),
        organisation_id: row.tenant.into(),
        rules: store::rules_of(&row)?.rules,
        organisation_name: row.tenant_name,
        signed: Signatures {
            version: row.version,
            effective_from: row.effective_from,
            reason: row.reason,
            status,
            maker_id: row.maker_id.into(),
            maker: row.maker,
            approver: row.approver,
            decision_reason: row.decision_reason,
            created_at: row.created_at,
            decided_at: row.decided_at,
        },
    })
}

/// An organisation's rules on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = TriggerRulesView)]
pub(super) struct RulesView {
    /// The rules in force.
    #[serde(flatten)]
    pub rules: TriggerRules,
    /// Whether they are the platform's defaults, because none of the organisation's own hold.
    pub defaults: bool,
    /// The platform's defaults, to compare with.
    pub platform: TriggerRules,
    /// The day asked about.
    pub on: NaiveDate,
    /// Who approved the version in force.
    pub changed_by: Option<String>,
    /// When.
    pub changed_at: Option<DateTime<Utc>>,
    /// The number of the version in force; 0 where the platform's defaults hold.
    pub version: i32,
    /// The version in force; null where the platform's defaults hold.
    pub active: Option<RulesVersionView>,
    /// The proposal that waits for a decision.
    pub proposal: Option<RulesVersionView>,
}

/// The rules of an organisation as they stand on a day.
pub(super) async fn rules_view(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    tenant: OrgId,
    on: NaiveDate,
) -> Result<RulesView, Fault> {
    let active = store::find_active(conn, scope, tenant, on).await?.map(shown).transpose()?;
    let proposal = store::find_open(conn, scope, tenant).await?.map(shown).transpose()?;
    let platform = TriggerRules::default();
    Ok(RulesView {
        rules: match &active {
            Some(version) => TriggerRules { rules: version.rules.clone() },
            None => platform.clone(),
        },
        defaults: active.is_none(),
        platform,
        on,
        changed_by: active.as_ref().and_then(|version| version.signed.approver.clone()),
        changed_at: active.as_ref().and_then(|version| version.signed.decided_at),
        version: active.as_ref().map_or(0, |version| version.signed.version),
        active,
        proposal,
    })
}

/// Two versions side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = TriggerRulesComparison)]
pub(super) struct Comparison {
    /// Before; null for the platform's defaults.
    pub from: Option<RulesVersionView>,
    /// After; null for the platform's defaults.
    pub to: Option<RulesVersionView>,
    /// The causes whose rule differs.
    pub differences: Vec<RuleDifference>,
}
