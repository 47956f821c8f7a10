//! An organisation's versions of the rules as a file: who signed each, from when on it holds, and what it asks for.

use axum::{extract::State, response::Response};
use contracts::{OrgId, clock::china_date};
use four_eyes::VersionStatus;
use http_kit::{
    Api, Lang, Problem, QueryOf, Who,
    export::{self, Cell, FileKind, Table, heads},
};
use identity::Permission;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{
    store,
    view::{RulesVersionView, shown},
};
use crate::{state::App, triggers::model::CauseRule};

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new().route(Permission::ValuationRead, routes!(export_versions))
}

/// Which versions the file holds.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct VersionFileQuery {
    /// The organisation; one's own where none is named. Only the regulator sees others'.
    organisation_id: Option<OrgId>,
    /// In this status.
    status: Option<VersionStatus>,
    /// The kind of file.
    #[param(inline)]
    format: FileKind,
}

/// An organisation's versions of the rules as a file, newest first, at most 50,000 rows.
#[utoipa::path(get, path = "/revaluation-triggers/rules/versions/export", tag = "triggers",
    operation_id = "export_trigger_rules_versions", params(VersionFileQuery),
    responses((status = 200, description = "CSV or XLSX")))]
async fn export_versions(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<VersionFileQuery>,
) -> Result<Response, Problem> {
    let tenant = query.organisation_id.unwrap_or(who.0.tenant);
    let (conn, scope) = (app.db.read(), &who.scope());
    let rows = export::rows(
        |request| async move { store::page(conn, scope, tenant, query.status, &request).await },
        |row| Ok(cells(shown(row)?, lang)),
    )
    .await?;
    let columns = heads(
        lang,
        [
            ("机构", "Organisation"),
            ("版本", "Version"),
            ("状态", "Status"),
            ("生效日", "Effective from"),
            ("触发情形", "Causes"),
            ("提出人", "Proposed by"),
            ("提出日", "Proposed on"),
            ("提出理由", "Why proposed"),
            ("审批人", "Decided by"),
            ("审批日", "Decided on"),
            ("审批意见", "Comment"),
        ],
    );
    Table { name: "revaluation-rules".to_owned(), columns, rows }.respond(query.format)
}

fn cells(one: RulesVersionView, lang: Lang) -> Vec<Cell> {
    let text = |value: Option<String>| value.map_or(Cell::Empty, Cell::Text);
    let signed = one.signed;
    vec![
        Cell::Text(one.organisation_name),
        Cell::Number(signed.version.into()),
        Cell::said(lang, signed.status.name_zh(), signed.status.name()),
        Cell::Date(signed.effective_from),
        Cell::Text(causes(&one.rules, lang)),
        Cell::Text(signed.maker),
        Cell::Date(china_date(signed.created_at)),
        Cell::Text(signed.reason),
        text(signed.approver),
        signed.decided_at.map_or(Cell::Empty, |at| Cell::Date(china_date(at))),
        text(signed.decision_reason),
    ]
}

/// The causes that ask for a revaluation, each with its deadline and threshold.
fn causes(rules: &[CauseRule], lang: Lang) -> String {
    let one = |rule: &CauseRule| {
        let threshold = rule.threshold.map(|threshold| threshold.normalize());
        match lang {
            Lang::Zh => {
                let threshold = threshold.map_or_else(String::new, |t| format!("，阈值 {t}"));
                format!("{}（{} 天内{threshold}）", rule.cause.name_zh(), rule.deadline_days)
            }
            Lang::En => {
                let threshold = threshold.map_or_else(String::new, |t| format!(", threshold {t}"));
                format!("{} (within {} days{threshold})", rule.cause.name_en(), rule.deadline_days)
            }
        }
    };
    rules.iter().filter(|rule| rule.enabled).map(one).collect::<Vec<_>>().join("; ")
}
