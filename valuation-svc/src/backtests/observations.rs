//! The observations of a back-test, row by row and as a file. They were stored with it and never change.

use axum::{Json, extract::State, response::Response};
use chrono::NaiveDate;
use contracts::{BacktestId, PatentId, ValuationId};
use finance::Money;
use http_kit::{
    Lang, Page, PathId, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table, heads},
    page,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use tx_kit::{Fault, listing::ListingError};
use utoipa::{IntoParams, ToSchema};

use super::{
    listing::realised_by,
    model::{DefaultObservation, Observations, RealisedObservation, SideFigures},
    store,
};
use crate::state::App;

/// Rows of a page where none is asked for.
const ROWS: u64 = 50;

/// What was observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ObservationKind {
    /// What a patent brought.
    Realised,
    /// Whether the borrower of a pledged patent defaulted.
    Pledged,
}

/// One observation beside what the model said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct BacktestObservation {
    /// `realised` or `pledged`.
    kind: ObservationKind,
    /// The valuation that it is compared with.
    valuation_id: ValuationId,
    /// Its number; absent for pledged patents.
    valuation_number: Option<String>,
    /// The patent.
    patent_id: PatentId,
    /// Its publication number.
    patent_number: String,
    /// What the model said.
    model: SideFigures,
    /// What the challenger said, where one is compared and ran.
    challenger: Option<SideFigures>,
    /// What was realised.
    realised: Option<Money>,
    /// The day of that.
    realised_on: Option<NaiveDate>,
    /// `sale`, `auction`, `licence`, `disposal`.
    realised_by: Option<String>,
    /// (value − realised) ÷ realised, six decimals.
    error: Option<Decimal>,
    /// Whether the borrower defaulted; absent for realisations.
    defaulted: Option<bool>,
}

fn realised(one: RealisedObservation) -> BacktestObservation {
    let (value, amount) = (one.model.value.yuan(), one.realised.yuan());
    BacktestObservation {
        kind: ObservationKind::Realised,
        valuation_id: one.valuation_id,
        valuation_number: Some(one.valuation_number),
        patent_id: one.patent_id,
        patent_number: one.patent_number,
        model: one.model,
        challenger: one.challenger,
        realised: Some(one.realised),
        realised_on: Some(one.realised_on),
        realised_by: Some(one.kind),
        error: (value - amount).checked_div(amount).map(|error| error.round_dp(6)),
        defaulted: None,
    }
}

fn pledged(one: DefaultObservation) -> BacktestObservation {
    BacktestObservation {
        kind: ObservationKind::Pledged,
        valuation_id: one.valuation_id,
        valuation_number: None,
        patent_id: one.patent_id,
        patent_number: one.patent_number,
        model: one.model,
        challenger: one.challenger,
        realised: None,
        realised_on: None,
        realised_by: None,
        error: None,
        defaulted: Some(one.defaulted),
    }
}

/// All of them in the order in which they were stored, realisations first.
fn rows(all: Observations, kind: Option<ObservationKind>) -> Vec<BacktestObservation> {
    let of = |wanted| kind.is_none_or(|kind| kind == wanted);
    let realised = all.realised.into_iter().map(realised).filter(|_| of(ObservationKind::Realised));
    let pledged = all.pledged.into_iter().map(pledged).filter(|_| of(ObservationKind::Pledged));
    realised.chain(pledged).collect()
}

/// Which observations to list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct ObservationQuery {
    /// Of this kind.
    #[param(inline)]
    kind: Option<ObservationKind>,
    /// Rows wanted, 1 to 200.
    #[serde(deserialize_with = "page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// What the file holds.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct ObservationExport {
    /// Of this kind.
    #[param(inline)]
    kind: Option<ObservationKind>,
    /// The kind of file.
    #[param(inline)]
    format: FileKind,
}

async fn stored(app: &App, who: &Who, id: BacktestId) -> Result<Observations, Problem> {
    let row = store::find_backtest(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    Ok(serde_json::from_str(&row.observations).map_err(Fault::from)?)
}

/// The observations that a back-test rests on.
#[utoipa::path(get, path = "/backtests/{id}/observations", tag = "backtests",
    operation_id = "list_backtest_observations", params(("id" = BacktestId, Path), ObservationQuery),
    responses((status = 200, body = Page<BacktestObservation>), (status = 404)))]
pub(super) async fn list_observations(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<BacktestId>,
    QueryOf(query): QueryOf<ObservationQuery>,
) -> Result<Json<Page<BacktestObservation>>, Problem> {
    // What is stored never changes: a cursor is the number of rows before it.
    let before: usize = match &query.cursor {
        Some(text) => text.parse().map_err(|_| ListingError::BadCursor)?,
        None => 0,
    };
    let found = rows(stored(&app, &who, id).await?, query.kind);
    let limit = usize::try_from(query.limit.unwrap_or(ROWS)).unwrap_or(1);
    let end = before.saturating_add(limit);
    let next_cursor = (end < found.len()).then(|| end.to_string());
    let items = found.into_iter().skip(before).take(limit).collect();
    Ok(Json(Page { items, next_cursor }))
}

/// The observations as a file, at most 50,000 rows.
#[utoipa::path(get, path = "/backtests/{id}/observations/export", tag = "backtests",
    operation_id = "export_backtest_observations", params(("id" = BacktestId, Path), ObservationExport),
    responses((status = 200, description = "CSV or XLSX"), (status = 404)))]
pub(super) async fn export_observations(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    PathId(id): PathId<BacktestId>,
    QueryOf(query): QueryOf<ObservationExport>,
) -> Result<Response, Problem> {
    let found = rows(stored(&app, &who, id).await?, query.kind);
    tokio::task::spawn_blocking(move || table(found, lang).respond(query.format))
        .await
        .map_err(|error| Problem::fault(&error))?
}

fn table(found: Vec<BacktestObservation>, lang: Lang) -> Table {
    let columns = heads(
        lang,
        [
            ("观测", "Observation"),
            ("专利号", "Patent"),
            ("评估编号", "Valuation"),
            ("模型得分", "Model's score"),
            ("模型估值", "Model's value"),
            ("挑战模型得分", "Challenger's score"),
            ("挑战模型估值", "Challenger's value"),
            ("实际变现金额", "Realised"),
            ("变现日", "Realised on"),
            ("变现方式", "Realised by"),
            ("相对误差", "Relative error"),
            ("借款人违约", "Borrower defaulted"),
        ],
    );
    let most = usize::try_from(ROWS_MAX).unwrap_or(usize::MAX);
    let rows = found.into_iter().take(most).map(|one| {
        let (zh, en) = match one.kind {
            ObservationKind::Realised => ("变现", "realised"),
            ObservationKind::Pledged => ("质押", "pledged"),
        };
        let by = one.realised_by.map_or(Cell::Empty, |by| realised_by(&by, lang));
        let score = |side: &SideFigures| Cell::Decimal(side.score);
        vec![
            Cell::said(lang, zh, en),
            Cell::Text(one.patent_number),
            one.valuation_number.map_or(Cell::Empty, Cell::Text),
            score(&one.model),
            Cell::Amount(one.model.value),
            one.challenger.as_ref().map_or(Cell::Empty, score),
            one.challenger.as_ref().map_or(Cell::Empty, |side| Cell::Amount(side.value)),
            one.realised.map_or(Cell::Empty, Cell::Amount),
            one.realised_on.map_or(Cell::Empty, Cell::Date),
            by,
            one.error.map_or(Cell::Empty, Cell::Decimal),
            one.defaulted.map_or(Cell::Empty, |flag| Cell::yes(lang, flag)),
        ]
    });
    Table { name: "backtest-observations".into(), columns, rows: rows.collect() }
}
