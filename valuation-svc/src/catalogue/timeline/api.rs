//! Routes of timelines: recording; a patent's annuities. Reading stands in `entries.rs`.

use axum::{Json, extract::State, http::StatusCode};
use contracts::PatentId;
use http_kit::{Api, Command, Fields, Page, PathId, Problem, RetryKey, Who};
use identity::{Permission, Scope};
use utoipa_axum::routes;

use super::{
    entries, listing,
    model::Happening,
    record::{self, RecordEntry},
    view::{self, AnnuityYear, TimelineEntry},
};
use crate::{catalogue::store as patents, state::App};

/// The longest source or reference, in characters.
const SOURCE_CHARS_MAX: usize = 200;
/// The longest remark, in characters.
const REMARK_CHARS_MAX: usize = 2_000;
/// The routes.
pub(crate) fn routes() -> Api<App> {
    listing::routes()
        .merge(entries::routes())
        .route(Permission::PatentRecord, routes!(record_entry))
        .route(Permission::PatentRead, routes!(annuities))
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
