//! Rounds as a list and as a file.

use axum::{Json, extract::State, response::Response};
use chrono::NaiveDate;
use contracts::clock::china_date;
use http_kit::{
    Api, Lang, Page, Problem, QueryOf, Who,
    export::{self, Cell, FileKind, Table, heads},
};
use identity::Permission;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{
    model::{Round, RoundState},
    store::{self, RoundFilter},
};
use crate::{catalogue::industry::Industry, state::App};

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::EvaluationRead, routes!(list_rounds))
        .route(Permission::EvaluationRead, routes!(export_rounds))
}

/// What the list is narrowed and paged by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RoundQuery {
    /// `open` or `closed`.
    #[param(inline)]
    state: Option<RoundState>,
    /// Those that take answers today.
    answering: Option<bool>,
    /// Those whose last day is over and that are not closed.
    over: Option<bool>,
    /// Addressed to this industry.
    industry: Option<Industry>,
    /// Name or institute contains this.
    q: Option<String>,
    /// Rows wanted, 1 to 200.
    #[serde(default, deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// The kind of file, for exports.
    #[serde(default)]
    #[param(inline)]
    format: FileKind,
}

impl RoundQuery {
    fn filter(&self, on: NaiveDate) -> RoundFilter {
        RoundFilter {
            state: self.state,
            answers_on: self.answering.unwrap_or(false).then_some(on),
            over_on: self.over.unwrap_or(false).then_some(on),
            industry: self.industry.map(|industry| industry.code().to_owned()),
            text: self.q.clone(),
        }
    }
}

/// The rounds that one may see: an institute's own, or those put to an enterprise; newest first.
#[utoipa::path(get, path = "/evaluation-rounds", tag = "evaluations", operation_id = "list_evaluation_rounds",
    params(RoundQuery), responses((status = 200, body = Page<Round>)))]
async fn list_rounds(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<RoundQuery>,
) -> Result<Json<Page<Round>>, Problem> {
    let filter = query.filter(app.db.clock().business_date());
    let request = http_kit::page::request(query.limit, query.cursor);
    let page = store::page_rounds(app.db.read(), &who.scope(), &filter, &request).await?;
    Ok(Json(Page::of(page, |round| round)))
}

/// The same as a file, at most 50,000 rows.
#[utoipa::path(get, path = "/evaluation-rounds/export", tag = "evaluations",
    operation_id = "export_evaluation_rounds", params(RoundQuery),
    responses((status = 200, description = "CSV or XLSX")))]
async fn export_rounds(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<RoundQuery>,
) -> Result<Response, Problem> {
    let filter = &query.filter(app.db.clock().business_date());
    let (conn, scope) = (app.db.read(), &who.scope());
    let rows = export::rows(
        |request| async move { store::page_rounds(conn, scope, filter, &request).await },
        |round| Ok(cells(round, lang)),
    )
    .await?;
    let columns = heads(
        lang,
        [
            ("评价名称", "Round"),
            ("院校", "Institute"),
            ("截止日", "Deadline"),
            ("状态", "Status"),
            ("专利件数", "Patents"),
            ("面向产业", "Industry"),
            ("面向全部企业", "Open to every enterprise"),
            ("说明", "Note"),
            ("发起人", "Opened by"),
            ("发起日", "Opened on"),
            ("结束人", "Closed by"),
            ("结束日", "Closed on"),
        ],
    );
    Table { name: "evaluation-rounds".to_owned(), columns, rows }.respond(query.format)
}

fn cells(one: Round, lang: Lang) -> Vec<Cell> {
    let industry = match one.industry.as_str() {
        "" => Cell::Empty,
        code => {
            let industry = Industry::of_code(code);
            Cell::said(lang, industry.name_zh(), industry.name_en())
        }
    };
    vec![
        Cell::Text(one.name),
        Cell::Text(one.institute_name),
        Cell::Date(one.deadline),
        Cell::said(lang, one.state.name_zh(), one.state.name()),
        Cell::Number(one.patents),
        industry,
        Cell::yes(lang, one.open_to_all),
        Cell::Text(one.note),
        Cell::Text(one.opened_by),
        Cell::Date(china_date(one.created_at)),
        one.closed_by.map_or(Cell::Empty, Cell::Text),
        one.closed_at.map_or(Cell::Empty, |at| Cell::Date(china_date(at))),
    ]
}
