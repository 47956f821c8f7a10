//! The acts of whoever examines: putting an examination before the administrator, revising it while it is not decided.

use contracts::{OrgKind, PrefilingId};
use http_kit::{ActError, IfMatch, Problem};
use identity::Caller;
use sea_orm::ActiveValue::Set;
use serde::Deserialize;
use serde_json::json;
use tx_kit::{AuditEntry, Fault, Tx};
use utoipa::ToSchema;

use super::{
    model::{Course, Findings, Ownership, Refusal, Status, may_examine},
    store::{self, row},
    view::{Prefiling, shown},
};

/// An examination as it is put forward.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PrefilingExamined {
    /// 发明名称
    pub(super) title: String,
    /// 发明人
    pub(super) inventors: Vec<String>,
    /// 技术领域
    pub(super) field: String,
    /// 技术方案概要
    pub(super) summary: String,
    /// 是否已作新颖性检索
    pub(super) searched: bool,
    /// 检索结论
    #[serde(default)]
    pub(super) search_findings: String,
    /// 市场前景, from 1 (none) to 5 (large).
    pub(super) market_outlook: i32,
    /// 市场前景说明
    pub(super) market_note: String,
    /// 权属
    pub(super) ownership: Ownership,
    /// 是否财政资助
    pub(super) state_funded: bool,
    /// 资助项目
    #[serde(default)]
    pub(super) project: Option<String>,
    /// 建议
    pub(super) recommendation: Course,
    /// 建议理由
    pub(super) recommendation_reason: String,
    /// 评估人; the caller where nobody is named.
    #[serde(default)]
    pub(super) evaluator: Option<String>,
}

impl PrefilingExamined {
    fn evaluator<'a>(&'a self, caller: &'a Caller) -> &'a str {
        self.evaluator.as_deref().map(str::trim).filter(|name| !name.is_empty()).unwrap_or(&caller.name)
    }

    fn check(&self, caller: &Caller) -> Result<(), ActError> {
        let found = Findings {
            inventors: &self.inventors,
            evaluator: self.evaluator(caller),
            maker: &caller.name,
            searched: self.searched,
            state_funded: self.state_funded,
            project: self.project.as_deref(),
            ownership: self.ownership,
            recommendation: self.recommendation,
        };
        may_examine(&found).map_err(ActError::from)
    }

    fn project(&self) -> Option<String> {
        self.project.as_deref().map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned)
    }
}

/// Puts an examination before the institute's administrator.
pub(super) async fn examine(
    tx: &mut Tx,
    caller: &Caller,
    asked: &PrefilingExamined,
) -> Result<Prefiling, ActError> {
    if caller.org_kind != OrgKind::Institute {
        return Err(Problem::forbidden().into());
    }
    asked.check(caller)?;
    let row = row::Model {
        id: PrefilingId::fresh(tx.now()).uuid(),
        tenant: caller.tenant.uuid(),
        tenant_name: caller.tenant_name.clone(),
        title: asked.title.trim().to_owned(),
        inventors: serde_json::to_string(&asked.inventors)?,
        field: asked.field.trim().to_owned(),
        summary: asked.summary.trim().to_owned(),
        searched: asked.searched,
        search_findings: asked.search_findings.trim().to_owned(),
        market_outlook: asked.market_outlook,
        market_note: asked.market_note.trim().to_owned(),
        ownership: asked.ownership.name().to_owned(),
        state_funded: asked.state_funded,
        project: asked.project(),
        recommendation: asked.recommendation.name().to_owned(),
        recommendation_reason: asked.recommendation_reason.trim().to_owned(),
        evaluator: asked.evaluator(caller).to_owned(),
        maker_id: caller.user.uuid(),
        maker: caller.name.clone(),
        made_at: tx.now(),
        status: Status::Evaluated.name().to_owned(),
        decision: None,
        decision_reason: None,
        decided_by_id: None,
        decided_by: None,
        decided_at: None,
        patent_id: None,
        linked_on: None,
        version: 1,
    };
    store::insert(tx, row.clone()).await?;
    told(tx, caller, "prefiling.examine", &row).await?;
    Ok(shown(row)?)
}

/// Revises an examination that is not decided.
pub(super) async fn revise(
    tx: &mut Tx,
    caller: &Caller,
    ((id, seen), asked): ((PrefilingId, IfMatch), &PrefilingExamined),
) -> Result<Prefiling, ActError> {
    let row = store::find_locked(tx, &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    seen.check(row.version)?;
    if row.status != Status::Evaluated.name() {
        return Err(Refusal::Decided.into());
    }
    asked.check(caller)?;
    let change = row::ActiveModel {
        title: Set(asked.title.trim().to_owned()),
        inventors: Set(serde_json::to_string(&asked.inventors)?),
        field: Set(asked.field.trim().to_owned()),
        summary: Set(asked.summary.trim().to_owned()),
        searched: Set(asked.searched),
        search_findings: Set(asked.search_findings.trim().to_owned()),
        market_outlook: Set(asked.market_outlook),
        market_note: Set(asked.market_note.trim().to_owned()),
        ownership: Set(asked.ownership.name().to_owned()),
        state_funded: Set(asked.state_funded),
        project: Set(asked.project()),
        recommendation: Set(asked.recommendation.name().to_owned()),
        recommendation_reason: Set(asked.recommendation_reason.trim().to_owned()),
        evaluator: Set(asked.evaluator(caller).to_owned()),
        maker_id: Set(caller.user.uuid()),
        maker: Set(caller.name.clone()),
        made_at: Set(tx.now()),
        ..Default::default()
    };
    store::update(tx, &row, change).await?;
    let row = store::find_locked(tx, &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    told(tx, caller, "prefiling.revise", &row).await?;
    Ok(shown(row)?)
}

/// Writes what was done into the audit trail. What was invented stays out of it until it is public.
pub(super) async fn told(
    tx: &mut Tx,
    caller: &Caller,
    action: &'static str,
    row: &row::Model,
) -> Result<(), Fault> {
    let details = json!({
        "recommendation": row.recommendation, "decision": row.decision, "patent": row.patent_id,
        "evaluator": row.evaluator, "state_funded": row.state_funded,
    });
    tx.audit([AuditEntry::new(&caller.actor(), action, "prefiling", row.id).with(details)]).await
}
