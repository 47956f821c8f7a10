//! `GET /valuation-deviations`: patents that several organisations value, and how far they lie apart.

use axum::{Json, extract::State, response::Response};
use chrono::NaiveDate;
use contracts::{OrgId, PatentId};
use finance::{Money, Rate};
use http_kit::{
    Lang, Page, Problem, QueryOf, Who,
    export::{Cell, FileKind},
};
use identity::Scope;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use tx_kit::Fault;

use super::{
    computed::page_of,
    desk::{exported, table},
    model::spread::spread,
    newest::{Newest, Which, newest_valuations},
};
use crate::state::App;

/// What to list.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct Filter {
    /// Of this patent.
    patent_id: Option<PatentId>,
    /// In number or title.
    q: Option<String>,
    /// At least so far apart: `0.2` for 20 %.
    spread_min: Option<Rate>,
    /// Rows on the page.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// For exports: `csv` or `xlsx`.
    format: Option<FileKind>,
}

/// One organisation's value.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct ValueByBank {
    /// The organisation.
    bank_id: OrgId,
    /// Its name.
    bank_name: String,
    /// Its newest value.
    value: Money,
    /// The day it is stated for.
    valuation_date: NaiveDate,
}

/// A patent valued by several.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(super) struct Deviation {
    /// The patent.
    patent_id: PatentId,
    /// Its number.
    number: String,
    /// Its title.
    title: String,
    /// The newest value of each organisation, highest first.
    values: Vec<ValueByBank>,
    /// The lowest.
    low: Money,
    /// The highest.
    high: Money,
    /// (high − low) ÷ low.
    spread: Rate,
}

async fn deviations(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    filter: &Filter,
) -> Result<Vec<Deviation>, Fault> {
    let newest = newest_valuations(conn, scope, Which::ValuedByMany, 0).await?;
    let mut found: Vec<Deviation> = newest
        .chunk_by(|a, b| a.patent_id == b.patent_id)
        .filter_map(deviation)
        .filter(|one| filter.patent_id.is_none_or(|id| id == one.patent_id))
        .filter(|one| filter.q.as_ref().is_none_or(|q| one.number.contains(q) || one.title.contains(q)))
        .filter(|one| filter.spread_min.is_none_or(|least| one.spread >= least))
        .collect();
    found.sort_by(|a, b| b.spread.cmp(&a.spread).then(a.patent_id.cmp(&b.patent_id)));
    Ok(found)
}

fn deviation(of_patent: &[Newest]) -> Option<Deviation> {
    let first = of_patent.first()?;
    let amounts: Vec<Money> = of_patent.iter().map(|one| Money::from_fen(one.value_fen)).collect();
    let (low, high, spread) = spread(&amounts)?;
    let mut values: Vec<ValueByBank> = of_patent
        .iter()
        .map(|one| ValueByBank {
            bank_id: one.tenant.into(),
            bank_name: one.tenant_name.clone(),
            value: Money::from_fen(one.value_fen),
            valuation_date: one.valuation_date,
        })
        .collect();
    values.sort_by(|a, b| b.value.cmp(&a.value).then(a.bank_id.cmp(&b.bank_id)));
    Some(Deviation {
        patent_id: first.patent_id.into(),
        number: first.patent_number.clone(),
        title: first.patent_title.clone(),
        values,
        low,
        high,
        spread,
    })
}

#[utoipa::path(get, path = "/valuation-deviations", tag = "portfolio", operation_id = "valuation_deviations",
    params(Filter), responses((status = 200, body = Page<Deviation>)))]
pub(super) async fn list(
    State(app): State<App>,
    who: Who,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Json<Page<Deviation>>, Problem> {
    let found = deviations(app.db.read(), &who.scope(), &filter).await?;
    page_of(found, filter.limit, filter.cursor.as_deref()).map(Json)
}

#[utoipa::path(get, path = "/valuation-deviations/export", tag = "portfolio",
    operation_id = "export_valuation_deviations", params(Filter),
    responses((status = 200, description = "CSV or XLSX")))]
pub(super) async fn export(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Response, Problem> {
    let found = deviations(app.db.read(), &who.scope(), &filter).await?;
    let columns = [
        ("专利号", "Patent"),
        ("名称", "Title"),
        ("机构", "Organisation"),
        ("价值", "Value"),
        ("评估基准日", "Valuation date"),
        ("离散度", "Spread"),
    ];
    let rows = found
        .into_iter()
        .flat_map(|one| {
            let (number, title, spread) = (one.number, one.title, one.spread);
            one.values.into_iter().map(move |value| {
                vec![
                    Cell::Text(number.clone()),
                    Cell::Text(title.clone()),
                    Cell::Text(value.bank_name),
                    Cell::Amount(value.value),
                    Cell::Date(value.valuation_date),
                    Cell::rate(spread),
                ]
            })
        })
        .collect();
    let table = table("valuation-deviations", lang, &columns, rows);
    exported(&app, &who, &table, None, filter.format).await
}
