//! Full-text search over the catalogue. The index finds and orders; the database decides what there is and what the filters
//! let through.

use std::collections::HashMap;

use axum::{Json, extract::State};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use contracts::OrgId;
use http_kit::{Api, Fields, Page, Problem, QueryOf, Who, page};
use identity::{Permission, Scope};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Deserialize;
use tx_kit::Fault;
use utoipa::IntoParams;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    index::{Hit, Narrowed, Sought},
    model::{classes, snippet::snippet},
    view::FoundPatent,
};
use crate::{
    catalogue::{
        industry::Industry,
        patent::{LegalStatus, PatentKind},
        store::{self, Filter, patent},
        view,
    },
    state::App,
};

/// The longest question, in characters.
const QUESTION_CHARS_MAX: usize = 500;
/// How deep a search goes: whoever has looked through so many asks more narrowly.
const DEPTH_MAX: usize = 10_000;
/// Hits read from the database at a time.
const STEP: usize = 200;
/// How much of an abstract is shown, in characters.
const SNIPPET_CHARS: usize = 120;
/// How much of a title.
const TITLE_CHARS: usize = 200;
/// Rows on a page where none are asked for.
const LIMIT_DEFAULT: usize = 20;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new().route(Permission::PatentRead, routes!(search_patents))
}

/// What is searched for, and what it is narrowed by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SearchQuery {
    /// Words, a number or an IPC symbol; Chinese is cut into words.
    q: String,
    /// The beginning of an IPC symbol: `C22B26`.
    ipc: Option<String>,
    /// The industry's code.
    industry: Option<Industry>,
    /// Status on the day of asking.
    status: Option<LegalStatus>,
    /// Kind of patent.
    kind: Option<PatentKind>,
    /// Whether a registered pledge lies on it.
    encumbered: Option<bool>,
    /// The owner, an organisation of the platform.
    owner_id: Option<OrgId>,
    /// Rows wanted, 1 to 200; 20 where absent.
    #[serde(default, deserialize_with = "page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

impl SearchQuery {
    fn filter(&self) -> Filter {
        Filter {
            ipc: self.ipc.clone().filter(|ipc| !ipc.trim().is_empty()),
            kind: self.kind,
            legal_status: self.status,
            industry: self.industry,
            encumbered: self.encumbered,
            owner: self.owner_id,
            ..Filter::default()
        }
    }

    /// What the index can narrow by. A beginning that is no level of the classification is left to the database.
    fn narrowed(&self) -> Narrowed {
        let symbol = self.ipc.as_deref().map(classes::symbol);
        let level = symbol.filter(|text| [1, 3, 4].contains(&text.len()) || text.contains('/'));
        Narrowed {
            ipc: level,
            industry: self.industry,
            statuses: match self.status {
                None => Vec::new(),
                // The term of one that is stated as standing may have ended.
                Some(LegalStatus::Expired) => {
                    vec![LegalStatus::Expired, LegalStatus::Granted, LegalStatus::Unknown]
                }
                Some(status) => vec![status],
            },
            owner: self.owner_id,
        }
    }

    fn begin(&self) -> Result<usize, Problem> {
        let Some(text) = &self.cursor else { return Ok(0) };
        let read = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let at = read.and_then(|text| text.strip_prefix("search:").and_then(|at| at.parse::<usize>().ok()));
        at.filter(|at| *at <= DEPTH_MAX).ok_or_else(|| tx_kit::listing::ListingError::BadCursor.into())
    }
}

/// Searches patents by words, best first.
#[utoipa::path(get, path = "/patents/search", tag = "patents", operation_id = "search_patents", params(SearchQuery),
    responses((status = 200, body = Page<FoundPatent>)))]
async fn search_patents(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<SearchQuery>,
) -> Result<Json<Page<FoundPatent>>, Problem> {
    let mut fields = Fields::new();
    fields.text(&query.q, QUESTION_CHARS_MAX, "q");
    fields.finish()?;
    let begin = query.begin()?;
    let limit = query.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(LIMIT_DEFAULT);
    let sought = Sought::typed(&query.q);
    let scope = who.scope();
    let (mut items, next) = found(&app, &scope, (&query, &sought), (begin, limit)).await?;
    if begin == 0 && items.is_empty() {
        items = by_part(&app, &scope, (&query, &sought), limit).await?;
    }
    let next_cursor = next.map(|at| URL_SAFE_NO_PAD.encode(format!("search:{at}")));
    Ok(Json(Page { items, next_cursor }))
}

/// Rows from a place of the ranking on, and where the next page begins.
async fn found(
    app: &App,
    scope: &Scope,
    (query, sought): (&SearchQuery, &Sought),
    (begin, limit): (usize, usize),
) -> Result<(Vec<FoundPatent>, Option<usize>), Fault> {
    let mut items = Vec::with_capacity(limit);
    if sought.is_empty() {
        return Ok((items, None));
    }
    let (narrowed, filter, mut at) = (query.narrowed(), query.filter(), begin);
    while at < DEPTH_MAX {
        let hits = app.matching.index.find(&app.db, sought, &narrowed, (at, STEP)).await?;
        let rows = rows_of(app, scope, &filter, &hits).await?;
        for hit in &hits {
            if items.len() == limit {
                return Ok((items, Some(at)));
            }
            at += 1;
            if let Some(row) = rows.get(&hit.id) {
                items.push(shown(app, row, (hit, sought))?);
            }
        }
        if hits.len() < STEP {
            return Ok((items, None));
        }
    }
    Ok((items, None))
}

/// What has the text as a part of number, title or applicant, by number: for beginnings of numbers and fragments of words,
/// which are no words to the index. One page.
async fn by_part(
    app: &App,
    scope: &Scope,
    (query, sought): (&SearchQuery, &Sought),
    limit: usize,
) -> Result<Vec<FoundPatent>, Fault> {
    let filter = Filter { q: Some(query.q.trim().to_owned()), ..query.filter() };
    let rows = store::find(scope, &filter, app.db.clock().business_date())
        .order_by_asc(patent::Column::Number)
        .order_by_asc(patent::Column::Id)
        .limit(u64::try_from(limit).unwrap_or(u64::MAX))
        .all(app.db.read())
        .await?;
    rows.iter().map(|row| shown(app, row, (&Hit { id: row.id, score: 0.0 }, sought))).collect()
}

async fn rows_of(
    app: &App,
    scope: &Scope,
    filter: &Filter,
    hits: &[Hit],
) -> Result<HashMap<Uuid, patent::Model>, Fault> {
    let on = app.db.clock().business_date();
    let rows = store::find(scope, filter, on)
        .filter(patent::Column::Id.is_in(hits.iter().map(|hit| hit.id)))
        .all(app.db.read())
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

fn shown(app: &App, row: &patent::Model, (hit, sought): (&Hit, &Sought)) -> Result<FoundPatent, Fault> {
    let item = view::item(row, app.db.clock().business_date())?;
    let text = store::record_of(row)?.facts.abstract_text.unwrap_or_default();
    Ok(FoundPatent {
        relevance: (hit.score * 100.0).round() / 100.0,
        title_pieces: snippet(&item.title, sought.words(), TITLE_CHARS),
        abstract_pieces: snippet(&text, sought.words(), SNIPPET_CHARS),
        item,
    })
}
