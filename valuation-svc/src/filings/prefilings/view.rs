//! Examinations as the API shows them.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{OrgId, PatentId, PrefilingId};
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::ToSchema;

use super::{
    model::{Course, Ownership, Status},
    store::row,
};

/// An invention examined before it is filed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(super) struct Prefiling {
    /// The examination.
    pub id: PrefilingId,
    /// The institute.
    pub tenant: OrgId,
    /// Its name.
    pub tenant_name: String,
    /// 发明名称
    pub title: String,
    /// 发明人
    pub inventors: Vec<String>,
    /// 技术领域
    pub field: String,
    /// 技术方案概要
    pub summary: String,
    /// 是否已作新颖性检索
    pub searched: bool,
    /// 检索结论
    pub search_findings: String,
    /// 市场前景, from 1 (none) to 5 (large).
    pub market_outlook: i32,
    /// 市场前景说明
    pub market_note: String,
    /// 权属
    pub ownership: Ownership,
    /// 是否财政资助
    pub state_funded: bool,
    /// 资助项目
    pub project: Option<String>,
    /// 建议
    pub recommendation: Course,
    /// 建议理由
    pub recommendation_reason: String,
    /// 评估人
    pub evaluator: String,
    /// Who put it before the administrator.
    pub maker: String,
    /// When.
    pub made_at: DateTime<Utc>,
    /// Where it stands.
    pub status: Status,
    /// 决定
    pub decision: Option<Course>,
    /// 决定理由
    pub decision_reason: Option<String>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// The patent, once one is filed.
    pub patent_id: Option<PatentId>,
    /// The day on which it was named.
    pub linked_on: Option<NaiveDate>,
    /// Name it in `If-Match`.
    pub version: i64,
}

fn corrupt(what: &str, row: &row::Model) -> Fault {
    Fault::Corrupt(format!("{what} of examination {}", row.id))
}

/// A row as it is shown.
pub(super) fn shown(row: row::Model) -> Result<Prefiling, Fault> {
    let course = |text: &str| Course::parse(text).ok_or_else(|| corrupt("course", &row));
    let recommendation = course(&row.recommendation)?;
    let decision = row.decision.as_deref().map(course).transpose()?;
    Ok(Prefiling {
        ownership: Ownership::parse(&row.ownership).ok_or_else(|| corrupt("ownership", &row))?,
        status: Status::parse(&row.status).ok_or_else(|| corrupt("status", &row))?,
        recommendation,
        decision,
        id: row.id.into(),
        tenant: row.tenant.into(),
        tenant_name: row.tenant_name,
        title: row.title,
        inventors: serde_json::from_str(&row.inventors)?,
        field: row.field,
        summary: row.summary,
        searched: row.searched,
        search_findings: row.search_findings,
        market_outlook: row.market_outlook,
        market_note: row.market_note,
        state_funded: row.state_funded,
        project: row.project,
        recommendation_reason: row.recommendation_reason,
        evaluator: row.evaluator,
        maker: row.maker,
        made_at: row.made_at,
        decision_reason: row.decision_reason,
        decided_by: row.decided_by,
        decided_at: row.decided_at,
        patent_id: row.patent_id.map(PatentId::from),
        linked_on: row.linked_on,
        version: row.version,
    })
}
