//! Realisations and back-tests as lists and as files.

use axum::{Json, extract::State, response::Response};
use contracts::clock::china_date;
use http_kit::{
    Api, Lang, Page, Problem, QueryOf, Who,
    export::{self, Cell, FileKind, Table, heads},
    page,
};
use identity::Permission;
use serde::{Deserialize, Serialize};
use tx_kit::{
    Fault,
    listing::{self, Sort},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    store::{self, backtest, realisation},
    view::{self, BacktestItem, RealisationView},
};
use crate::{models::purpose, state::App};

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::ModelRead, routes!(list_realisations))
        .route(Permission::ModelRead, routes!(export_realisations))
        .route(Permission::ModelRead, routes!(list_backtests))
        .route(Permission::ModelRead, routes!(export_backtests))
}

/// Where a realisation is.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum RealisationStatus {
    Recorded,
    Verified,
    Refused,
}

impl RealisationStatus {
    const fn name(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Verified => "verified",
            Self::Refused => "refused",
        }
    }
}

/// Which realisations to list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct RealisationQuery {
    /// In this status.
    status: Option<RealisationStatus>,
    /// Rows wanted, 1 to 200.
    #[serde(deserialize_with = "page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// The kind of file, for exports.
    #[param(inline)]
    format: FileKind,
}

/// Which back-tests to list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct BacktestQuery {
    /// Rows wanted, 1 to 200.
    #[serde(deserialize_with = "page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// The kind of file, for exports.
    #[param(inline)]
    format: FileKind,
}

const LATEST_REALISED: Sort<realisation::Column> =
    Sort { column: realisation::Column::CreatedAt, descending: true };
const LATEST_TESTED: Sort<backtest::Column> = Sort { column: backtest::Column::CreatedAt, descending: true };

/// The bank's realisations, the latest first; the regulator sees every bank's.
#[utoipa::path(get, path = "/realisations", tag = "backtests", operation_id = "list_realisations",
    params(RealisationQuery), responses((status = 200, body = Page<RealisationView>)))]
async fn list_realisations(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<RealisationQuery>,
) -> Result<Json<Page<RealisationView>>, Problem> {
    let select = store::find_realisations(&who.scope(), query.status.map(RealisationStatus::name));
    let asked = page::request(query.limit, query.cursor);
    let found =
        listing::page(select, app.db.read(), LATEST_REALISED, realisation::Column::Id, &asked).await?;
    Ok(Json(Page::of(found, view::realisation)))
}

/// The same as a file, at most 50,000 rows.
#[utoipa::path(get, path = "/realisations/export", tag = "backtests", operation_id = "export_realisations",
    params(RealisationQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_realisations(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<RealisationQuery>,
) -> Result<Response, Problem> {
    let (conn, id) = (app.db.read(), realisation::Column::Id);
    let select = &store::find_realisations(&who.scope(), query.status.map(RealisationStatus::name));
    let rows = export::rows(
        |request| async move { listing::page(select.clone(), conn, LATEST_REALISED, id, &request).await },
        |row| Ok(realised(view::realisation(row), lang)),
    )
    .await?;
    let columns = heads(
        lang,
        [
            ("变现编号", "Number"),
            ("银行", "Bank"),
            ("评估编号", "Valuation"),
            ("专利号", "Patent"),
            ("专利名称", "Title"),
            ("变现方式", "Realised by"),
            ("变现金额（元）", "Realised (yuan)"),
            ("变现日", "Realised on"),
            ("依据文号", "Reference"),
            ("说明", "Note"),
            ("来源", "Source"),
            ("状态", "Status"),
            ("登记人", "Recorded by"),
            ("核验人", "Verified by"),
            ("核验意见", "Reason given"),
            ("登记日", "Recorded on"),
            ("核验日", "Decided on"),
        ],
    );
    Table { name: "realisations".to_owned(), columns, rows }.respond(query.format)
}

/// How a realised patent was turned into money, in the language of the request.
pub(super) fn realised_by(kind: &str, lang: Lang) -> Cell {
    match kind {
        "sale" => Cell::said(lang, "协议转让", "sale"),
        "auction" => Cell::said(lang, "拍卖", "auction"),
        "licence" => Cell::said(lang, "许可", "licence"),
        _ => Cell::said(lang, "处置", "disposal"),
    }
}

fn realised(one: RealisationView, lang: Lang) -> Vec<Cell> {
    let text = |value: Option<String>| value.map_or(Cell::Empty, Cell::Text);
    let source = match one.source.as_str() {
        "manual" => "人工登记",
        "import" => "批量登记",
        _ => "处置案件",
    };
    let status = match one.status.as_str() {
        "recorded" => "待核验",
        "verified" => "已核验",
        _ => "已退回",
    };
    vec![
        Cell::Text(one.number),
        Cell::Text(one.tenant_name),
        Cell::Text(one.valuation_number),
        Cell::Text(one.patent_number),
        Cell::Text(one.patent_title),
        realised_by(&one.kind, lang),
        Cell::Amount(one.amount),
        Cell::Date(one.realised_on),
        Cell::Text(one.reference),
        Cell::Text(one.note),
        Cell::said(lang, source, &one.source),
        Cell::said(lang, status, &one.status),
        Cell::Text(one.recorder),
        text(one.verifier),
        text(one.decision_reason),
        Cell::Date(china_date(one.created_at)),
        one.decided_at.map_or(Cell::Empty, |at| Cell::Date(china_date(at))),
    ]
}

/// The bank's back-tests, the newest first; the regulator sees every bank's.
#[utoipa::path(get, path = "/backtests", tag = "backtests", operation_id = "list_backtests",
    params(BacktestQuery), responses((status = 200, body = Page<BacktestItem>)))]
async fn list_backtests(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<BacktestQuery>,
) -> Result<Json<Page<BacktestItem>>, Problem> {
    let asked = page::request(query.limit, query.cursor);
    let select = store::find_backtests(&who.scope());
    let found = listing::page(select, app.db.read(), LATEST_TESTED, backtest::Column::Id, &asked).await?;
    let items = found.items.iter().map(view::item).collect::<Result<_, Fault>>()?;
    Ok(Json(Page { items, next_cursor: found.next_cursor }))
}

/// The same as a file, at most 50,000 rows.
#[utoipa::path(get, path = "/backtests/export", tag = "backtests", operation_id = "export_backtests",
    params(BacktestQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_backtests(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<BacktestQuery>,
) -> Result<Response, Problem> {
    let (conn, id) = (app.db.read(), backtest::Column::Id);
    let select = &store::find_backtests(&who.scope());
    let rows = export::rows(
        |request| async move { listing::page(select.clone(), conn, LATEST_TESTED, id, &request).await },
        |row| Ok(tested(view::item(&row)?, lang)),
    )
    .await?;
    let columns = heads(
        lang,
        [
            ("回测编号", "Number"),
            ("银行", "Bank"),
            ("被测模型", "Model"),
            ("挑战模型", "Challenger"),
            ("用途", "Used for"),
            ("起始日", "From"),
            ("截止日", "To"),
            ("变现观测数", "Realised patents"),
            ("平均偏差", "Bias"),
            ("平均绝对误差（MAPE）", "MAPE"),
            ("秩相关系数", "Rank correlation"),
            ("质押观测数", "Pledged patents"),
            ("AUC", "AUC"),
            ("KS", "KS"),
            ("评分稳定性（PSI）", "PSI"),
            ("回测人", "Made by"),
            ("回测日", "Made on"),
        ],
    );
    Table { name: "backtests".to_owned(), columns, rows }.respond(query.format)
}

fn tested(one: BacktestItem, lang: Lang) -> Vec<Cell> {
    let measure = |value: Option<String>| value.map_or(Cell::Empty, Cell::Text);
    let count = |value: Option<u32>| value.map_or(Cell::Empty, |count| Cell::Number(count.into()));
    let (accuracy, split) = (one.result.accuracy.as_ref(), one.result.discrimination.as_ref());
    vec![
        Cell::Text(one.number),
        Cell::Text(one.tenant_name),
        Cell::Text(one.model_version),
        one.challenger_version.map_or(Cell::Empty, Cell::Text),
        Cell::Text(purpose(&one.scenario, lang).to_owned()),
        Cell::Date(one.from),
        Cell::Date(one.to),
        count(accuracy.map(|found| found.count)),
        measure(accuracy.map(|found| found.bias.to_string())),
        measure(accuracy.map(|found| found.mape.to_string())),
        measure(accuracy.and_then(|found| found.rank_correlation).map(|value| value.to_string())),
        count(split.map(|found| found.count)),
        measure(split.map(|found| found.auc.to_string())),
        measure(split.map(|found| found.ks.to_string())),
        measure(one.result.stability.as_ref().map(|found| found.psi.to_string())),
        Cell::Text(one.made_by),
        Cell::Date(china_date(one.created_at)),
    ]
}
