//! The scores of the catalogue as a list and as a file.

use std::collections::HashMap;

use axum::{Json, extract::State, response::Response};
use chrono::NaiveDate;
use contracts::{OrgId, PatentId};
use http_kit::{
    Api, Fields, Lang, Page, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table, heads},
    page,
};
use identity::{Permission, Scope};
use rust_decimal::Decimal;
use sea_orm::{QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use tx_kit::listing::{self, Sort};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    asked::{ScoreModel, owner},
    history::{hundredths, ten_thousandths},
    model::{Grade, Scenario, cohort::CohortKey},
    store::{self, ScoreFilter, score},
};
use crate::state::App;

/// The routes.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::PatentRead, routes!(list_catalogue_scores))
        .route(Permission::PatentRead, routes!(export_catalogue_scores))
}

/// The orders of the list.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[schema(as = ScoreOrder)]
enum Order {
    /// Lowest score first.
    #[serde(rename = "total")]
    Total,
    /// Highest score first.
    #[default]
    #[serde(rename = "-total")]
    TotalDescending,
}

impl Order {
    const fn sort(self) -> Sort<score::Column> {
        Sort { column: score::Column::TotalHundredths, descending: matches!(self, Self::TotalDescending) }
    }
}

/// What the list is narrowed and ordered by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ScoresQuery {
    /// `pledge` (default), `licence` or `stocktake`.
    #[serde(default)]
    #[param(inline)]
    scenario: Scenario,
    /// `platform` (default), or `own` for the bank's own runs.
    #[serde(default)]
    #[param(inline)]
    model: ScoreModel,
    /// The bank by whose own runs, for the regulator.
    bank_id: Option<OrgId>,
    /// The grade.
    #[param(inline)]
    grade: Option<Grade>,
    /// The field of technology, 1 to 35 by the IPC-technology concordance (`20`), an IPC class that it does not know (`G16`),
    /// or a symbol (`C22B`).
    field: Option<String>,
    /// `-total` (default) or `total`.
    #[serde(default)]
    #[param(inline)]
    sort: Order,
    /// Rows wanted, 1 to 200.
    #[serde(default, deserialize_with = "page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// The kind of file, for exports.
    #[serde(default)]
    #[param(inline)]
    format: FileKind,
}

impl ScoresQuery {
    fn filter(&self, scope: &Scope) -> Result<ScoreFilter, Problem> {
        let field = self.field.as_deref().map(str::trim).filter(|field| !field.is_empty());
        let cohorts = field.and_then(CohortKey::numbers_of_field);
        let mut fields = Fields::new();
        let known = field.is_none() || cohorts.is_some();
        fields.require(
            known,
            "field",
            "须为技术领域编号（1 至 35）、IPC 大类或分类号，如 20、G16、C22B",
            "must be the number of a field of technology (1 to 35), an IPC class or a symbol, such as 20, G16 or C22B",
        );
        fields.finish()?;
        let owner = owner(scope, self.model, self.bank_id)?;
        Ok(ScoreFilter { owner, scenario: self.scenario, grade: self.grade, cohorts })
    }
}

/// A patent's last score.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
struct ScoreItem {
    /// The patent.
    patent_id: PatentId,
    /// Its number.
    number: String,
    /// Its title.
    title: String,
    /// 0–100.
    total: Decimal,
    /// Absent where coverage was too low.
    grade: Option<String>,
    /// 0–1.
    coverage: Decimal,
    /// Share of those it is compared with that scored lower, half of its equals counted, 0–1.
    percentile: Option<Decimal>,
    /// The field of technology of the main IPC symbol: its number among the 35, or the IPC class.
    field: Option<String>,
    /// The field's name in Chinese; absent for an IPC class.
    field_zh: Option<String>,
    /// The field's name in English; absent for an IPC class.
    field_en: Option<String>,
    /// The filing year.
    year: Option<u32>,
    /// The day scored on.
    scored_on: NaiveDate,
    /// The version of the tree.
    model_version: String,
}

fn item(row: score::Model, names: &HashMap<Uuid, (String, String)>) -> ScoreItem {
    let (number, title) = names.get(&row.patent_id).cloned().unwrap_or_default();
    let cohort = row.cohort.and_then(CohortKey::of_number);
    let technology = cohort.and_then(CohortKey::technology);
    ScoreItem {
        patent_id: row.patent_id.into(),
        number,
        title,
        total: hundredths(row.total_hundredths.unwrap_or(0)),
        grade: row.grade,
        coverage: ten_thousandths(row.coverage_points),
        percentile: row.percentile_points.map(ten_thousandths),
        field: cohort.map(CohortKey::field),
        field_zh: technology.map(|field| field.name_zh.to_owned()),
        field_en: technology.map(|field| field.name_en.to_owned()),
        year: cohort.map(CohortKey::year),
        scored_on: row.scored_on,
        model_version: row.model_version,
    }
}

/// The last scores of the catalogue, the best first.
#[utoipa::path(get, path = "/patent-scores", tag = "scoring", operation_id = "list_catalogue_scores",
    params(ScoresQuery), responses((status = 200, body = Page<ScoreItem>)))]
async fn list_catalogue_scores(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ScoresQuery>,
) -> Result<Json<Page<ScoreItem>>, Problem> {
    let scope = who.scope();
    let select = store::find_scores(&scope, &query.filter(&scope)?);
    let asked = page::request(query.limit, query.cursor);
    let found =
        listing::page(select, app.db.read(), query.sort.sort(), score::Column::PatentId, &asked).await?;
    let ids = found.items.iter().map(|row| row.patent_id);
    let names = store::find_names(app.db.read(), &scope, ids).await?;
    Ok(Json(Page::of(found, |row| item(row, &names))))
}

/// The list as a file, at most 50,000 rows.
#[utoipa::path(get, path = "/patent-scores/export", tag = "scoring", operation_id = "export_catalogue_scores",
    params(ScoresQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_catalogue_scores(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<ScoresQuery>,
) -> Result<Response, Problem> {
    let scope = who.scope();
    let sort = query.sort.sort();
    let order = if sort.descending { sea_orm::Order::Desc } else { sea_orm::Order::Asc };
    let rows = store::find_scores(&scope, &query.filter(&scope)?)
        .order_by(sort.column, order.clone())
        .order_by(score::Column::PatentId, order)
        .limit(ROWS_MAX)
        .all(app.db.read())
        .await?;
    let names = store::find_names(app.db.read(), &scope, rows.iter().map(|row| row.patent_id)).await?;
    tokio::task::spawn_blocking(move || file(rows, &names, lang, query.format))
        .await
        .map_err(|error| Problem::fault(&error))?
}

fn file(
    rows: Vec<score::Model>,
    names: &HashMap<Uuid, (String, String)>,
    lang: Lang,
    format: FileKind,
) -> Result<Response, Problem> {
    let columns = heads(
        lang,
        [
            ("专利号", "Patent"),
            ("专利名称", "Title"),
            ("评分", "Score"),
            ("等级", "Grade"),
            ("覆盖率", "Coverage"),
            ("群组内百分位", "Percentile in cohort"),
            ("技术领域", "Field of technology"),
            ("申请年", "Filing year"),
            ("评分日", "Scored on"),
            ("模型版本", "Model version"),
        ],
    );
    let cells = |row| {
        let one = item(row, names);
        let text = |value: Option<String>| value.map_or(Cell::Empty, Cell::Text);
        let name = if lang == Lang::Zh { one.field_zh } else { one.field_en };
        let field = one.field.map(|code| name.map_or_else(|| code.clone(), |name| format!("{code} {name}")));
        vec![
            Cell::Text(one.number),
            Cell::Text(one.title),
            Cell::Decimal(one.total),
            text(one.grade),
            Cell::Decimal(one.coverage),
            one.percentile.map_or(Cell::Empty, Cell::Decimal),
            text(field),
            one.year.map_or(Cell::Empty, |year| Cell::Number(year.into())),
            Cell::Date(one.scored_on),
            Cell::Text(one.model_version),
        ]
    };
    Table { name: "patent-scores".into(), columns, rows: rows.into_iter().map(cells).collect() }
        .respond(format)
}
