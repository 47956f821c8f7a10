//! Routes that ask the tables in force: to which industries a patent or symbol belongs, which licence row speaks for an
//! industry, how its market moved.

use axum::{Json, extract::State};
use chrono::NaiveDate;
use contracts::PatentId;
use finance::Rate;
use http_kit::{Api, Page, Problem, QueryOf, Who};
use identity::Permission;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    IndexPoint, LicenceRow, Scheme, Share, in_force,
    model::{entry::IntensiveEntry, industry_code::normalised},
};
use crate::{
    catalogue::{patent::PatentFacts, store as patents},
    state::App,
};

/// The most symbols of one question.
const SYMBOLS_MAX: usize = 50;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::ReferenceRead, routes!(industries))
        .route(Permission::ReferenceRead, routes!(licence_evidence))
        .route(Permission::ReferenceRead, routes!(index))
}

/// Whose industries.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct IndustryQuery {
    /// The patent.
    patent_id: Option<PatentId>,
    /// IPC symbols instead, parted by commas.
    ipc: Option<String>,
    /// The day whose tables count; today where none is named.
    on: Option<NaiveDate>,
}

/// An industry that a patent belongs to.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct IndustryShare {
    /// By the concordance.
    #[serde(flatten)]
    share: Share,
    /// Whether the industry counts as patent-intensive: the row that says so, `null` where none does. Only codes of the
    /// national economy are looked up.
    patent_intensive: Option<IntensiveEntry>,
}

/// To which industries a patent belongs.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct Industries {
    /// The platform's own industry of it.
    industry: &'static str,
    /// By classification, the heaviest of each first.
    shares: Vec<IndustryShare>,
    /// The sum of the shares of the national economy: below 1 where symbols are not in the concordance.
    known: Rate,
}

/// To which industries a patent, or IPC symbols, belong by the concordance in force.
#[utoipa::path(get, path = "/reference/industries", tag = "reference", operation_id = "look_up_industries",
    params(IndustryQuery), responses((status = 200, body = Industries), (status = 404), (status = 422)))]
async fn industries(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<IndustryQuery>,
) -> Result<Json<Industries>, Problem> {
    let (conn, on) = (app.db.read(), query.on.unwrap_or_else(|| app.db.clock().business_date()));
    let facts = match (query.patent_id, &query.ipc) {
        (Some(id), _) => {
            let row = patents::one(conn, &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
            patents::record_of(&row)?.facts
        }
        (None, Some(symbols)) => PatentFacts {
            ipc: symbols
                .split([',', '，', ';', '；'])
                .take(SYMBOLS_MAX)
                .map(|s| s.trim().to_uppercase())
                .collect(),
            ..PatentFacts::default()
        },
        (None, None) => {
            return Err(Problem::bad_fields(Vec::new()).with_field(
                "ipc",
                "请填写专利或 IPC 分类号。",
                "Name a patent or IPC symbols.",
            ));
        }
    };
    let table = in_force::concordance(conn, on).await?;
    let mut shares = Vec::new();
    for scheme in Scheme::ALL {
        for share in table.shares(scheme, &facts) {
            let patent_intensive = match scheme {
                Scheme::NationalEconomy => in_force::intensive(conn, &share.code, on).await?,
                _ => None,
            };
            shares.push(IndustryShare { share, patent_intensive });
        }
    }
    let national = shares.iter().filter(|one| one.share.scheme == Scheme::NationalEconomy);
    let known = Rate::new(national.map(|one| one.share.weight.fraction()).sum());
    Ok(Json(Industries { industry: table.industry(&facts).code(), shares, known }))
}

/// Which industry, on which day.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct EvidenceQuery {
    /// A code of GB/T 4754, an industry of the platform, or `total`.
    industry: String,
    /// The day whose tables count; today where none is named.
    on: Option<NaiveDate>,
}

fn checked(industry: &str) -> Result<(), Problem> {
    if normalised(industry).is_some() {
        return Ok(());
    }
    Err(Problem::bad_fields(Vec::new()).with_field(
        "industry",
        "请填写国民经济行业代码（GB/T 4754）、平台产业，或 total（全国）。",
        "Write a code of GB/T 4754, an industry of the platform, or total.",
    ))
}

/// The row of the licence statistics that speaks for an industry; none where the table has none.
#[utoipa::path(get, path = "/reference/licence-evidence", tag = "reference", operation_id = "look_up_licence_evidence",
    params(EvidenceQuery), responses((status = 200, body = Page<LicenceRow>), (status = 422)))]
async fn licence_evidence(
    State(app): State<App>,
    QueryOf(query): QueryOf<EvidenceQuery>,
) -> Result<Json<Page<LicenceRow>>, Problem> {
    checked(&query.industry)?;
    let on = query.on.unwrap_or_else(|| app.db.clock().business_date());
    let found = in_force::evidence_for(app.db.read(), &query.industry, on).await?;
    Ok(Json(Page { items: found.into_iter().collect(), next_cursor: None }))
}

/// The most months of an index that one answer holds: the latest forty years.
const MONTHS_MAX: usize = 480;

/// An industry's market index, oldest month first; none where the table has none.
#[utoipa::path(get, path = "/reference/market-index", tag = "reference", operation_id = "look_up_market_index",
    params(EvidenceQuery), responses((status = 200, body = Page<IndexPoint>), (status = 422)))]
async fn index(
    State(app): State<App>,
    QueryOf(query): QueryOf<EvidenceQuery>,
) -> Result<Json<Page<IndexPoint>>, Problem> {
    checked(&query.industry)?;
    let on = query.on.unwrap_or_else(|| app.db.clock().business_date());
    let mut items = in_force::market_index(app.db.read(), &query.industry, on, on).await?;
    items.drain(..items.len().saturating_sub(MONTHS_MAX));
    Ok(Json(Page { items, next_cursor: None }))
}
