//! What is done to many items by one command, and bundles, over HTTP.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::{CampaignId, UserId, clock::china_date};
use http_kit::{
    Api, Command, Fields, Lang, Page, PathId, Problem, QueryOf, RetryKey, Who,
    export::{self, Cell, FileKind, Table, heads},
};
use identity::Permission;
use serde::{Deserialize, Serialize};
use tx_kit::InTx;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    assign::{self, Changed, OpenedJob, Seen},
    campaigns::{found, readable, trimmed},
    edit,
    model::{Assigned, Edit, LABEL_CHARS_MAX, NAME_CHARS_MAX, Rule, TEXT_CHARS_MAX},
    store::{self, bundle},
};
use crate::state::App;

/// The most items changed by one command.
const ITEMS_MAX: usize = 1_000;
/// The most labels added or taken away at once.
const LABELS_MAX: usize = 20;

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::StocktakeManage, routes!(assign_items))
        .route(Permission::StocktakeManage, routes!(assign_items_by_rules))
        .route(Permission::StocktakeManage, routes!(edit_items))
        .route(Permission::StocktakeRead, routes!(list_bundles))
        .route(Permission::StocktakeRead, routes!(export_bundles))
        .route(Permission::StocktakeManage, routes!(make_bundle))
}

/// Items, and whom they go to.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
struct AssignRequest {
    /// The items, at most 1,000; all are assigned or none.
    items: Vec<Seen>,
    /// The college or unit.
    college: String,
    /// The inventor to ask; who it was where absent.
    #[serde(default)]
    inventor_name: Option<String>,
    /// That inventor's account in the institute.
    #[serde(default)]
    inventor_id: Option<UserId>,
}

fn bounded(items: &[Seen], fields: &mut Fields) {
    let holds = (1..=ITEMS_MAX).contains(&items.len());
    fields.require(
        holds,
        "items",
        format!("一次 1 至 {ITEMS_MAX} 件。"),
        format!("From 1 to {ITEMS_MAX} at a time."),
    );
}

/// Gives drafts to a college and an inventor.
#[utoipa::path(post, path = "/stocktakes/{id}/assign", tag = "stocktakes", operation_id = "assign_stocktake_items",
    params(("id" = CampaignId, Path), RetryKey), request_body = AssignRequest,
    responses((status = 200, body = Changed), (status = 404),
        (status = 409, description = "stocktake-closed, stocktake-step"), (status = 412, description = "stale-version")))]
async fn assign_items(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<CampaignId>,
    cmd: Command<AssignRequest>,
) -> Result<Json<Changed>, Problem> {
    let asked = &cmd.body;
    let mut fields = Fields::new();
    bounded(&asked.items, &mut fields);
    fields.text(&asked.college, NAME_CHARS_MAX, "college");
    let named = asked.inventor_name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    if let Some(name) = named {
        fields.text(name, NAME_CHARS_MAX, "inventor_name");
    }
    fields.require(
        asked.inventor_id.is_none() || named.is_some(),
        "inventor_name",
        "指定账号时须填写姓名。",
        "Required where an account is named.",
    );
    fields.finish()?;
    let to = &Assigned {
        college: asked.college.trim().to_owned(),
        inventor_name: named.unwrap_or_default().to_owned(),
        inventor_id: asked.inventor_id,
    };
    let (caller, items) = (&who.0, asked.items.as_slice());
    let changed =
        app.db.run_once(cmd.key.as_ref(), |tx| assign::assign(tx, caller, id, (items, to)).in_tx()).await?;
    Ok(Json(changed))
}

/// Rules by which all drafts are given.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
struct RulesRequest {
    /// The rules, at most 5,000; the first that fits decides.
    rules: Vec<Rule>,
}

/// Gives every draft to a college and an inventor by rules, in a job.
#[utoipa::path(post, path = "/stocktakes/{id}/assign-by-rules", tag = "stocktakes",
    operation_id = "assign_stocktake_by_rules", params(("id" = CampaignId, Path), RetryKey), request_body = RulesRequest,
    responses((status = 202, body = OpenedJob), (status = 404), (status = 409, description = "stocktake-closed")))]
async fn assign_items_by_rules(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<CampaignId>,
    cmd: Command<RulesRequest>,
) -> Result<(StatusCode, Json<OpenedJob>), Problem> {
    let mut fields = Fields::new();
    fields.require(!cmd.body.rules.is_empty(), "rules", "至少一条规则。", "At least one rule.");
    let rules = readable(&cmd.body.rules, &mut fields);
    fields.finish()?;
    let (caller, rules) = (&who.0, rules.as_slice());
    let queued = app
        .db
        .run_once(cmd.key.as_ref(), |tx| assign::assign_by_rules(tx, caller, id, rules).in_tx())
        .await?;
    Ok((StatusCode::ACCEPTED, Json(queued)))
}

/// Changes to many items; what is absent stays.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
struct EditRequest {
    /// The items, at most 1,000; all are changed or none.
    items: Vec<Seen>,
    /// Labels to add.
    #[serde(default)]
    add_labels: Vec<String>,
    /// Labels to take away.
    #[serde(default)]
    remove_labels: Vec<String>,
    /// The number of the bundle to put them in.
    #[serde(default)]
    bundle: Option<i64>,
    /// Takes them out of their bundles.
    #[serde(default)]
    unbundle: bool,
    /// Another day by which they are to be reviewed.
    #[serde(default)]
    due_on: Option<NaiveDate>,
}

/// Changes labels, bundle or day of many items by one command.
#[utoipa::path(post, path = "/stocktakes/{id}/edit", tag = "stocktakes", operation_id = "edit_stocktake_items",
    params(("id" = CampaignId, Path), RetryKey), request_body = EditRequest,
    responses((status = 200, body = Changed), (status = 404),
        (status = 409, description = "stocktake-closed, stocktake-step, too-many-labels"),
        (status = 412, description = "stale-version"), (status = 422, description = "no-such-bundle")))]
async fn edit_items(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<CampaignId>,
    cmd: Command<EditRequest>,
) -> Result<Json<Changed>, Problem> {
    let asked = &cmd.body;
    let (add, remove) = (trimmed(&asked.add_labels), trimmed(&asked.remove_labels));
    let mut fields = Fields::new();
    bounded(&asked.items, &mut fields);
    for (name, labels) in [("add_labels", &add), ("remove_labels", &remove)] {
        let hold = labels.len() <= LABELS_MAX
            && labels.iter().all(|label| {
                label.chars().count() <= LABEL_CHARS_MAX
                    && !label.contains('|')
                    && !label.contains(char::is_control)
            });
        fields.require(
            hold,
            name,
            format!("最多 {LABELS_MAX} 个标签，每个最多 {LABEL_CHARS_MAX} 个字符，不含“|”。"),
            format!("At most {LABELS_MAX} labels of {LABEL_CHARS_MAX} characters without \"|\"."),
        );
    }
    let one = asked.bundle.is_none() || !asked.unbundle;
    fields.require(one, "unbundle", "不能同时入包和出包。", "Not both into a bundle and out of one.");
    let today = app.db.clock().business_date();
    fields.require(
        asked.due_on.is_none_or(|day| day >= today),
        "due_on",
        format!("不得早于今日 {today}。"),
        format!("Must not be before today, {today}."),
    );
    fields.in_reach(asked.due_on, today, "due_on");
    fields.finish()?;
    let bundle = if asked.unbundle { Some(None) } else { asked.bundle.map(Some) };
    let change = &Edit { add_labels: add, remove_labels: remove, bundle, due_on: asked.due_on };
    let (caller, items) = (&who.0, asked.items.as_slice());
    let changed = app
        .db
        .run_once(cmd.key.as_ref(), |tx| edit::edit_many(tx, caller, id, (items, change)).in_tx())
        .await?;
    Ok(Json(changed))
}

/// A bundle of patents that are offered together.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
struct Bundle {
    /// Its number within the stocktake.
    number: i64,
    /// What it is called.
    name: String,
    /// What it is for.
    note: String,
    /// How many patents are in it.
    patents: i64,
    /// Who made it.
    made_by: String,
    /// When.
    created_at: DateTime<Utc>,
}

fn bundled((row, patents): (bundle::Model, i64)) -> Bundle {
    let bundle::Model { bundle, name, note, made_by, created_at, .. } = row;
    Bundle { number: bundle, name, note, patents, made_by, created_at }
}

/// How bundles are paged.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct BundleQuery {
    /// Rows wanted, 1 to 200.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// The kind of file, for exports.
    #[param(inline)]
    format: FileKind,
}

/// The bundles of a stocktake, by number.
#[utoipa::path(get, path = "/stocktakes/{id}/bundles", tag = "stocktakes", operation_id = "list_stocktake_bundles",
    params(("id" = CampaignId, Path), BundleQuery),
    responses((status = 200, body = Page<Bundle>), (status = 404)))]
async fn list_bundles(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<CampaignId>,
    QueryOf(query): QueryOf<BundleQuery>,
) -> Result<Json<Page<Bundle>>, Problem> {
    found(&app, &who, id).await?;
    let request = http_kit::page::request(query.limit, query.cursor);
    let page = store::page_bundles(app.db.read(), &who.scope(), id, &request).await?;
    Ok(Json(Page::of(page, bundled)))
}

/// The same as a file.
#[utoipa::path(get, path = "/stocktakes/{id}/bundles/export", tag = "stocktakes",
    operation_id = "export_stocktake_bundles", params(("id" = CampaignId, Path), BundleQuery),
    responses((status = 200, description = "CSV or XLSX"), (status = 404)))]
async fn export_bundles(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    PathId(id): PathId<CampaignId>,
    QueryOf(query): QueryOf<BundleQuery>,
) -> Result<Response, Problem> {
    found(&app, &who, id).await?;
    let (conn, scope) = (app.db.read(), &who.scope());
    let rows = export::rows(
        |request| async move { store::page_bundles(conn, scope, id, &request).await },
        |row| {
            let one = bundled(row);
            Ok(vec![
                Cell::Number(one.number),
                Cell::Text(one.name),
                Cell::Text(one.note),
                Cell::Number(one.patents),
                Cell::Text(one.made_by),
                Cell::Date(china_date(one.created_at)),
            ])
        },
    )
    .await?;
    let columns = heads(
        lang,
        [
            ("包号", "Number"),
            ("名称", "Name"),
            ("说明", "Note"),
            ("专利件数", "Patents"),
            ("组包人", "Made by"),
            ("组包日", "Made on"),
        ],
    );
    Table { name: "stocktake-bundles".to_owned(), columns, rows }.respond(query.format)
}

/// A new bundle.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
struct BundleRequest {
    /// What it is called.
    name: String,
    /// What it is for.
    #[serde(default)]
    note: String,
}

/// Makes a bundle; its number is the next of the stocktake.
#[utoipa::path(post, path = "/stocktakes/{id}/bundles", tag = "stocktakes", operation_id = "make_stocktake_bundle",
    params(("id" = CampaignId, Path), RetryKey), request_body = BundleRequest,
    responses((status = 201, body = Bundle), (status = 404), (status = 409, description = "stocktake-closed")))]
async fn make_bundle(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<CampaignId>,
    cmd: Command<BundleRequest>,
) -> Result<(StatusCode, Json<Bundle>), Problem> {
    let mut fields = Fields::new();
    fields.text(&cmd.body.name, NAME_CHARS_MAX, "name");
    let note = cmd.body.note.trim();
    if !note.is_empty() {
        fields.text(note, TEXT_CHARS_MAX, "note");
    }
    fields.finish()?;
    let (caller, name) = (&who.0, cmd.body.name.trim());
    let made = app
        .db
        .run_once(cmd.key.as_ref(), |tx| {
            async move {
                Ok::<_, http_kit::ActError>(bundled((
                    edit::make_bundle(tx, caller, id, (name, note)).await?,
                    0,
                )))
            }
            .in_tx()
        })
        .await?;
    Ok((StatusCode::CREATED, Json(made)))
}
