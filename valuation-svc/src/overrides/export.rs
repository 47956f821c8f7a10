//! The list of overrides as a file, for the regulator and the bank's validators.

use axum::{extract::State, response::Response};
use http_kit::{
    Lang, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table, heads},
};
use sea_orm::{QueryOrder, QuerySelect};
use serde::Deserialize;
use tx_kit::Fault;
use utoipa::IntoParams;

use super::{
    model::OverrideStatus,
    store::{self, Filter, row},
    view::{self, OverrideView},
};
use crate::state::App;

/// What the file holds.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct ExportQuery {
    /// In this status.
    status: Option<OverrideStatus>,
    /// The kind of file.
    #[param(inline)]
    format: FileKind,
}

/// The overrides of the caller's bank as a file, at most 50,000 rows; the regulator's holds every bank's.
#[utoipa::path(get, path = "/overrides/export", tag = "overrides", operation_id = "export_overrides",
    params(ExportQuery), responses((status = 200, description = "CSV or XLSX")))]
pub(super) async fn export_overrides(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<ExportQuery>,
) -> Result<Response, Problem> {
    let rows = store::find(&who.scope(), &Filter { status: query.status, valuation: None })
        .order_by_desc(row::Column::CreatedAt)
        .limit(ROWS_MAX)
        .all(app.db.read())
        .await?;
    let views = rows.into_iter().map(view::shown).collect::<Result<Vec<OverrideView>, Fault>>()?;
    tokio::task::spawn_blocking(move || table(views, lang).respond(query.format))
        .await
        .map_err(|error| Problem::fault(&error))?
}

fn table(views: Vec<OverrideView>, lang: Lang) -> Table {
    let columns = heads(
        lang,
        [
            ("调整编号", "Number"),
            ("银行", "Bank"),
            ("评估编号", "Valuation"),
            ("专利号", "Patent"),
            ("模型", "Model"),
            ("模型估值", "Model's value"),
            ("调整后估值", "Value proposed"),
            ("调整后可贷上限", "Greatest loan proposed"),
            ("调整幅度", "Size"),
            ("理由", "Reason"),
            ("依据", "Evidence"),
            ("经办人", "Maker"),
            ("审批人", "Decided by"),
            ("状态", "Status"),
        ],
    );
    let rows = views.into_iter().map(|one| {
        let (zh, en) = match one.status {
            OverrideStatus::Proposed => ("待审批", "proposed"),
            OverrideStatus::Approved => ("已批准", "approved"),
            OverrideStatus::Refused => ("已否决", "refused"),
        };
        vec![
            Cell::Text(one.number),
            Cell::Text(one.tenant_name),
            Cell::Text(one.valuation_number),
            Cell::Text(one.patent_number),
            Cell::Text(one.model_version),
            Cell::Amount(one.model_figures.value),
            Cell::Amount(one.figures.value),
            Cell::Amount(one.figures.maximum_loan),
            Cell::Decimal(one.size),
            Cell::Text(one.reason),
            Cell::Text(one.evidence),
            Cell::Text(one.maker),
            one.decider.map_or(Cell::Empty, Cell::Text),
            Cell::said(lang, zh, en),
        ]
    });
    Table { name: "overrides".into(), columns, rows: rows.collect() }
}
