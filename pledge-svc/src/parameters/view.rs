//! Kinds and versions as the API shows them.

use chrono::NaiveDate;
use contracts::{OrgId, ParameterVersionId};
use four_eyes::Signatures;
use identity::Scope;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tx_kit::Fault;
use utoipa::ToSchema;

use super::{
    kinds::Kind,
    model::FieldDoc,
    store::{self, row, version_of},
};

/// Where the values that hold come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Source {
    /// 本行设定
    Bank,
    /// 平台默认
    PlatformDefault,
}

/// A version of a bank's parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub(super) struct VersionView {
    /// Its id.
    pub id: ParameterVersionId,
    /// The bank.
    pub bank_id: OrgId,
    /// The bank's name.
    pub bank_name: String,
    /// The kind of parameters.
    pub kind: String,
    /// The whole set.
    #[schema(value_type = Object)]
    pub content: Value,
    /// Its number, its first day, and who signed it.
    #[serde(flatten)]
    pub signed: Signatures,
}

/// The view of a row.
pub(super) fn shown(row: row::Model) -> Result<VersionView, Fault> {
    let status = version_of(&row)?.status;
    Ok(VersionView {
        id: row.id.into(),
        bank_id: row.bank_id.into(),
        bank_name: row.bank_name,
        kind: row.kind,
        content: serde_json::from_str(&row.content)?,
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

/// A kind of parameters with what holds on a day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct KindView {
    /// The kind.
    pub kind: &'static str,
    /// 名称
    pub zh: &'static str,
    /// The name in English.
    pub en: &'static str,
    /// The day asked about.
    pub on: NaiveDate,
    /// Where the values come from.
    pub source: Source,
    /// The values that hold.
    #[schema(value_type = Object)]
    pub content: Value,
    /// The platform's defaults.
    #[schema(value_type = Object)]
    pub default: Value,
    /// What each field means, its unit and its source.
    pub fields: &'static [FieldDoc],
    /// Whether a version begins with a month: then a proposal names the first day of one.
    pub from_the_first_of_a_month: bool,
    /// From the day asked about on, the first day on which a version may begin.
    pub first_day: NaiveDate,
    /// The bank's version that holds; null where the platform's defaults do.
    pub active: Option<VersionView>,
    /// The proposal that waits for a decision.
    pub proposal: Option<VersionView>,
}

/// A kind as it stands for a bank; for nobody's bank the platform's defaults.
pub(super) async fn kind_view(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    bank: Option<OrgId>,
    kind: &Kind,
    on: NaiveDate,
) -> Result<KindView, Fault> {
    let (active, open) = match bank {
        Some(bank) => (
            store::find_active(conn, scope, bank, kind.name, on).await?,
            store::find_open(conn, scope, bank, kind.name).await?,
        ),
        None => (None, None),
    };
    let active = active.map(shown).transpose()?;
    let default = (kind.default)();
    Ok(KindView {
        kind: kind.name,
        zh: kind.zh,
        en: kind.en,
        on,
        source: if active.is_some() { Source::Bank } else { Source::PlatformDefault },
        content: active.as_ref().map_or_else(|| default.clone(), |version| version.content.clone()),
        default,
        fields: kind.fields,
        from_the_first_of_a_month: kind.from_the_first_of_a_month,
        first_day: kind.begins(on),
        active,
        proposal: open.map(shown).transpose()?,
    })
}
