//! Routes of timelines: reading, recording; a patent's annuities.

use axum::{Json, extract::State, http::StatusCode};
use contracts::PatentId;
use http_kit::{Api, Command, Fields, Page, PathId, Problem, QueryOf, RetryKey, Who, page};
use identity::{Permission, Scope};
use serde::Deserialize;
use tx_kit::Fault;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{
    listing,
    model::Happening,
    record::{self, RecordEntry},
    store,
    view::{self, AnnuityYear, TimelineEntry},
};
use crate::{catalogue::store as patents, state::App};

/// The longest source or reference, in characters.
const SOURCE_CHARS_MAX: usize = 200;
/// The longest remark, in characters.
const REMARK_CHARS_MAX: usize = 2_000;
/// The kinds of entries that are deals.
const DEALS: [&str; 3] = ["transferred", "licensed", "licence_ended"];
/// The kinds of entries that the register of pledges makes.
const PLEDGES: [&str; 2] = ["pledge_registered", "pledge_cancelled"];

/// The routes.
pub(crate) fn routes() -> Api<App> {
    listing::routes()
        .route(Permission::PatentRead, routes!(timeline))
        .route(Permission::PatentRecord, routes!(record_entry))
        .route(Permission::PatentRead, routes!(annuities))
}

/// What a timeline is narrowed and paged by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TimelineQuery {
    /// Entries of this kind; `deals` for transfers, licences and their early ends, `pledges` for pledges registered and cancelled.
    kind: Option<String>,
    /// Rows wanted, 1 to 200.
    #[serde(default, deserialize_with = "page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// What happened to a patent, the newest day first. Filing, publication, grant and the end of its term stand with the
/// patent itself.
#[utoipa::path(get, path = "/patents/{id}/timeline", tag = "patents", operation_id = "list_patent_timeline",
    params(("id" = PatentId, Path), TimelineQuery),
    responses((status = 200, body = Page<TimelineEntry>), (status = 404, description = "没有此专利")))]
async fn timeline(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PatentId>,
    QueryOf(query): QueryOf<TimelineQuery>,
) -> Result<Json<Page<TimelineEntry>>, Problem> {
    let (conn, scope) = (app.db.read(), who.scope());
    patents::one(conn, &scope, id).await?.ok_or_else(Problem::not_found)?;
    let kinds: Vec<&str> = match query.kind.as_deref() {
        None => Vec::new(),
        Some("deals") => DEALS.to_vec(),
        Some("pledges") => PLEDGES.to_vec(),
        Some(kind) => vec![kind],
    };
    let request = page::request(query.limit, query.cursor.clone());
    let found = store::page(conn, &scope, (id, &kinds), &request).await?;
    let ids: Vec<uuid::Uuid> = found.items.iter().map(|row| row.id).collect();
    let newer = store::list_superseding(conn, &scope, &ids).await?;
    let items = found
        .items
        .into_iter()
        .map(|row| {
            let superseded_by = newer.get(&row.id).copied();
            view::entry(row, superseded_by)
        })
        .collect::<Result<Vec<_>, Fault>>()?;
    Ok(Json(Page { items, next_cursor: found.next_cursor }))
}

/// Records what happened to a patent, or corrects an entry by one that takes its place. The patent's facts follow, and
/// whoever holds it in pledge is told.
#[utoipa::path(post, path = "/patents/{id}/timeline", tag = "patents", operation_id = "record_patent_event",
    params(("id" = PatentId, Path), RetryKey), request_body = RecordEntry,
    responses((status = 201, body = TimelineEntry), (status = 404, description = "没有此专利"),
        (status = 409, description = "patent-held-by-others, pledged-without-consent, entry-refused"),
        (status = 422, description = "参数有误")))]
async fn record_entry(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<PatentId>,
    cmd: Command<RecordEntry>,
) -> Result<(StatusCode, Json<TimelineEntry>), Problem> {
    let asked = &cmd.body;
    let mut fields = Fields::new();
    let today = app.db.clock().business_date();
    fields.has_come(Some(asked.happened_on), today, "happened_on");
    if let Happening::Licensed { until, .. } = &asked.what {
        fields.in_reach(*until, today, "what.until");
    }
    fields.text(&asked.source, SOURCE_CHARS_MAX, "source");
    for (text, chars_max, field) in
        [(&asked.document, SOURCE_CHARS_MAX, "document"), (&asked.remark, REMARK_CHARS_MAX, "remark")]
    {
        if let Some(text) = text.as_deref().filter(|text| !text.trim().is_empty()) {
            fields.text(text, chars_max, field);
        }
    }
    for (field, text) in asked.what.texts() {
        fields.text(text, SOURCE_CHARS_MAX, &format!("what.{field}"));
    }
    if let Some((field, amount)) = asked.what.amount() {
        fields.amount(amount, finance::Money::MAX, &format!("what.{field}"));
    }
    fields.finish()?;
    let entry = record::record(&app.db, &who.0, cmd.key.as_ref(), (id, asked)).await?;
    Ok((StatusCode::CREATED, Json(entry)))
}

/// The annuities of a patent's whole term: when each is due, what it costs by the scale, whether it is paid.
#[utoipa::path(get, path = "/patents/{id}/annuities", tag = "patents", operation_id = "list_patent_annuities",
    params(("id" = PatentId, Path)),
    responses((status = 200, body = Page<AnnuityYear>), (status = 404, description = "没有此专利")))]
async fn annuities(
    State(app): State<App>,
    PathId(id): PathId<PatentId>,
) -> Result<Json<Page<AnnuityYear>>, Problem> {
    let row = patents::one(app.db.read(), &Scope::system(), id).await?.ok_or_else(Problem::not_found)?;
    let items = view::schedule(&patents::record_of(&row)?);
    Ok(Json(Page { items, next_cursor: None }))
}
