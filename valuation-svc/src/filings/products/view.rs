//! Product filings as the API shows them.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{OrgId, PatentId, ProductFilingId};
use finance::Money;
use identity::Scope;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    model::{CriterionMet, FilingStatus, METHOD, Protects},
    store::{self, Parts, change, covered, recognition, revenue, row},
};
use crate::catalogue::timeline::model::FigureStatus;

/// A patent of a filing.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(super) struct ProductPatent {
    /// The patent.
    pub patent_id: PatentId,
    /// 公开(公告)号
    pub number: String,
    /// What of the product it protects.
    pub protects: Protects,
    /// The claims that read on it: `1, 3-5`.
    pub claims: String,
}

/// A year's sales.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProductRevenue {
    /// The year.
    pub year: i32,
    /// 销售收入
    pub revenue: Money,
}

/// A recognition as patent-intensive.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(super) struct Recognition {
    /// The recognition.
    pub id: Uuid,
    /// Who recognised it.
    pub body: String,
    /// 认定编号
    pub certificate: String,
    /// When.
    pub recognised_on: NaiveDate,
    /// The last day, where there is one.
    pub valid_until: Option<NaiveDate>,
    /// The criteria.
    pub criteria: Vec<CriterionMet>,
    /// The method that the platform's own conditions were modelled on.
    pub method: String,
    /// How well it is confirmed.
    pub method_status: FigureStatus,
    /// Who recorded it.
    pub recorded_by: String,
    /// The day on which it ended.
    pub ended_on: Option<NaiveDate>,
    /// Why.
    pub end_reason: Option<String>,
}

/// A product filing.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(super) struct ProductFiling {
    /// The filing.
    pub id: ProductFilingId,
    /// Who filed.
    pub tenant: OrgId,
    /// Its name.
    pub tenant_name: String,
    /// 产品名称
    pub product: String,
    /// 型号
    pub model: String,
    /// 生产企业, an organisation of the platform.
    pub enterprise_id: Option<OrgId>,
    /// 生产企业
    pub enterprise_name: String,
    /// How the claims read on the product.
    pub relation: String,
    /// 上市日
    pub launched_on: Option<NaiveDate>,
    /// Where it stands.
    pub status: FilingStatus,
    /// Whether it is recognised as patent-intensive.
    pub recognised: bool,
    /// Its patents.
    pub patents: Vec<ProductPatent>,
    /// Its sales, year by year.
    pub revenues: Vec<ProductRevenue>,
    /// Its recognitions, newest first.
    pub recognitions: Vec<Recognition>,
    /// Who filed it.
    pub filed_by: String,
    /// When.
    pub filed_at: DateTime<Utc>,
    /// The day on which it was withdrawn.
    pub withdrawn_on: Option<NaiveDate>,
    /// Why.
    pub withdrawal_reason: Option<String>,
    /// Name it in `If-Match`.
    pub version: i64,
}

/// What was done to a filing.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(super) struct ProductChange {
    /// The version that it made.
    pub version: i64,
    /// `file`, `change`, `withdraw`, `recognise` or `end_recognition`.
    pub act: String,
    /// Why.
    pub reason: String,
    /// What stood after it.
    pub details: serde_json::Value,
    /// Who.
    pub made_by: String,
    /// When.
    pub made_at: DateTime<Utc>,
}

/// A product made under a patent, as everybody sees it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(super) struct ProductOfPatent {
    /// The filing.
    pub filing_id: ProductFilingId,
    /// 产品名称
    pub product: String,
    /// 型号
    pub model: String,
    /// 生产企业
    pub enterprise_name: String,
    /// Who filed.
    pub tenant_name: String,
    /// What of the product the patent protects.
    pub protects: Option<Protects>,
    /// The claims that read on it.
    pub claims: String,
    /// Whether it is recognised as patent-intensive.
    pub recognised: bool,
    /// When it was filed.
    pub filed_at: DateTime<Utc>,
}

fn protects(text: &str) -> Result<Protects, Fault> {
    Protects::parse(text).ok_or_else(|| Fault::Corrupt(format!("what a patent protects: {text}")))
}

fn patent(row: covered::Model) -> Result<ProductPatent, Fault> {
    Ok(ProductPatent {
        patent_id: row.patent_id.into(),
        protects: protects(&row.protects)?,
        number: row.number,
        claims: row.claims,
    })
}

fn year(row: &revenue::Model) -> ProductRevenue {
    ProductRevenue { year: row.year, revenue: Money::from_fen(row.revenue_fen) }
}

fn recognition(row: recognition::Model) -> Result<Recognition, Fault> {
    Ok(Recognition {
        id: row.id,
        criteria: serde_json::from_str(&row.criteria)?,
        method: METHOD.to_owned(),
        method_status: FigureStatus::PlatformDefault,
        body: row.body,
        certificate: row.certificate,
        recognised_on: row.recognised_on,
        valid_until: row.valid_until,
        recorded_by: row.recorded_by,
        ended_on: row.ended_on,
        end_reason: row.end_reason,
    })
}

/// A row with its parts as it is shown.
pub(super) fn shown(row: row::Model, parts: &Parts) -> Result<ProductFiling, Fault> {
    let own = |filing: Uuid| filing == row.id;
    let patents = parts.covered.iter().filter(|one| own(one.filing_id)).cloned().map(patent);
    let recognitions = parts.recognitions.iter().filter(|one| own(one.filing_id)).cloned().map(recognition);
    Ok(ProductFiling {
        patents: patents.collect::<Result<_, _>>()?,
        revenues: parts.revenues.iter().filter(|one| own(one.filing_id)).map(year).collect(),
        recognitions: recognitions.collect::<Result<_, _>>()?,
        status: FilingStatus::parse(&row.status)
            .ok_or_else(|| Fault::Corrupt(format!("status {} of product filing {}", row.status, row.id)))?,
        id: row.id.into(),
        tenant: row.tenant.into(),
        tenant_name: row.tenant_name,
        product: row.product,
        model: row.model,
        enterprise_id: row.enterprise_id.map(OrgId::from),
        enterprise_name: row.enterprise_name,
        relation: row.relation,
        launched_on: row.launched_on,
        recognised: row.recognised,
        filed_by: row.filed_by,
        filed_at: row.filed_at,
        withdrawn_on: row.withdrawn_on,
        withdrawal_reason: row.withdrawal_reason,
        version: row.version,
    })
}

/// Rows that were found in scope, with their parts.
pub(super) async fn all(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    rows: Vec<row::Model>,
) -> Result<Vec<ProductFiling>, Fault> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let parts = store::list_parts(conn, scope, &ids).await?;
    rows.into_iter().map(|row| shown(row, &parts)).collect()
}

/// An act as it is shown.
pub(super) fn change(row: change::Model) -> Result<ProductChange, Fault> {
    Ok(ProductChange {
        version: row.version,
        details: serde_json::from_str(&row.details)?,
        act: row.act,
        reason: row.reason,
        made_by: row.made_by,
        made_at: row.made_at,
    })
}

/// A filing as it is shown with one of its patents.
pub(super) fn of_patent(row: row::Model, parts: &Parts, patent: PatentId) -> Result<ProductOfPatent, Fault> {
    let covered = parts.covered.iter().find(|one| one.filing_id == row.id && one.patent_id == patent.uuid());
    Ok(ProductOfPatent {
        filing_id: row.id.into(),
        product: row.product,
        model: row.model,
        enterprise_name: row.enterprise_name,
        tenant_name: row.tenant_name,
        protects: covered.map(|one| protects(&one.protects)).transpose()?,
        claims: covered.map(|one| one.claims.clone()).unwrap_or_default(),
        recognised: row.recognised,
        filed_at: row.filed_at,
    })
}
