//! Routes of the blacklist: enter, import, end, look.

use axum::{
    Json,
    extract::{DefaultBodyLimit, Request, State},
    http::StatusCode,
    response::Response,
};
use chrono::NaiveDate;
use contracts::{BlacklistEntryId, OrgId};
use finance::CreditCode;
use http_kit::{
    ActError, Api, Command, Fields, Lang, Page, PathId, Problem, QueryOf, RetryKey, Who,
    export::{Cell, FileKind, ROWS_MAX, Table, heads},
};
use identity::Permission;
use serde::{Deserialize, Serialize};
use tx_kit::{
    InTx,
    listing::{LIMIT_MAX, PageRequest, Sort},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    file::{self, RejectedLine},
    list::{NewEntry, end, enter, enter_all},
    registered,
    store::blacklist::{self as store, Column, Filter},
    upload::{self, FORM_BYTES_MAX, ListForm, ListQueryOfBody, ListUpload},
};
use crate::{
    applications::model::blacklist::{BlacklistEntry, ListSource},
    state::App,
};

/// The longest name or reason, in characters.
const TEXT_CHARS_MAX: usize = 500;

pub(super) fn routes() -> Api<App> {
    let (schemas, paths, import) = routes!(import_blacklist);
    let import = import.layer(DefaultBodyLimit::max(FORM_BYTES_MAX));
    Api::new()
        .route(Permission::CounterpartyRead, routes!(list_blacklist))
        .route(Permission::CounterpartyRead, routes!(export_blacklist))
        .route(Permission::CounterpartyManage, routes!(enter_blacklist))
        .route(Permission::CounterpartyManage, (schemas, paths, import))
        .route(Permission::CounterpartyRead, routes!(read_blacklist_entry))
        .route(Permission::CounterpartyManage, routes!(end_blacklist_entry))
}

/// An entry to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
struct EnterRequest {
    /// The enterprise's name; the registered one, and filled in, where its id is given.
    #[serde(default)]
    name: String,
    /// Its unified social credit code, where it is known.
    credit_code: Option<CreditCode>,
    /// The enterprise on the platform, where it is one.
    enterprise_id: Option<OrgId>,
    /// Where the entry comes from.
    source: ListSource,
    /// Why.
    reason: String,
    /// The first day; today where none is named.
    valid_from: Option<NaiveDate>,
    /// The last day; none where it has no end.
    valid_until: Option<NaiveDate>,
}

/// An entry, and whether it holds today.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = BlacklistEntryView)]
struct EntryView {
    #[serde(flatten)]
    entry: BlacklistEntry,
    /// Whether it stands against the enterprise today.
    in_force: bool,
}

fn view(app: &App, entry: BlacklistEntry) -> EntryView {
    let in_force = entry.in_force(app.db.clock().business_date());
    EntryView { entry, in_force }
}

/// Why an entry is ended.
#[derive(Debug, Clone, Deserialize, ToSchema)]
struct EndRequest {
    /// Why.
    reason: String,
}

/// What came of a list.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
struct ImportedList {
    /// Rows read.
    read: usize,
    /// Rows entered.
    entered: usize,
    /// Rows that held already.
    unchanged: usize,
    /// Rows that were not entered, and why.
    rejected: Vec<RejectedLine>,
}

/// What is listed, and in which order.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct ListQuery {
    /// From this source.
    source: Option<ListSource>,
    /// `true`: only what holds today.
    in_force: Option<bool>,
    /// Name, code or reason contains this.
    q: Option<String>,
    /// `entered_at`, `name` or `valid_from`; with `-` in front, largest first. Default `-entered_at`.
    sort: Option<String>,
    /// Rows wanted, 1 to 200.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// The kind of file, for exports.
    #[param(inline)]
    format: FileKind,
}

impl ListQuery {
    fn filter(&self, today: NaiveDate) -> Filter {
        Filter {
            source: self.source,
            in_force_on: self.in_force.unwrap_or_default().then_some(today),
            text: self.q.clone(),
        }
    }

    fn sort(&self) -> Result<Sort<Column>, Problem> {
        let text = self.sort.as_deref().unwrap_or("-entered_at");
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let column = match name {
            "entered_at" => Column::EnteredAt,
            "name" => Column::Name,
            "valid_from" => Column::ValidFrom,
            _ => {
                return Err(Problem::bad_fields(Vec::new()).with_field(
                    "sort",
                    "可按 entered_at、name、valid_from 排序。",
                    "Sort by entered_at, name or valid_from.",
                ));
            }
        };
        Ok(Sort { column, descending })
    }
}

/// The bank's blacklist.
#[utoipa::path(get, path = "/blacklist", tag = "counterparties", operation_id = "list_blacklist",
    params(ListQuery), responses((status = 200, body = Page<EntryView>)))]
async fn list_blacklist(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Json<Page<EntryView>>, Problem> {
    let filter = query.filter(app.db.clock().business_date());
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    let page = store::page(app.db.read(), &who.scope(), &filter, query.sort()?, &request).await?;
    Ok(Json(Page::of(page, |entry| view(&app, entry))))
}

/// The same as a file.
#[utoipa::path(get, path = "/blacklist/export", tag = "counterparties", operation_id = "export_blacklist",
    params(ListQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_blacklist(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<ListQuery>,
) -> Result<Response, Problem> {
    let filter = query.filter(app.db.clock().business_date());
    let (scope, sort) = (who.scope(), query.sort()?);
    let mut request = PageRequest { limit: LIMIT_MAX, cursor: None };
    let mut rows = Vec::new();
    while (rows.len() as u64) < ROWS_MAX {
        let page = store::page(app.db.read(), &scope, &filter, sort, &request).await?;
        rows.extend(page.items.iter().map(cells));
        match page.next_cursor {
            Some(cursor) => request.cursor = Some(cursor),
            None => break,
        }
    }
    let columns = heads(
        lang,
        [
            ("企业名称", "Enterprise"),
            ("统一社会信用代码", "Credit code"),
            ("来源", "Source"),
            ("原因", "Reason"),
            ("起始日期", "Valid from"),
            ("截止日期", "Valid until"),
            ("录入人", "Entered by"),
            ("移出原因", "Reason of removal"),
        ],
    );
    Table { name: "blacklist".to_owned(), columns, rows }.respond(query.format)
}

fn cells(one: &BlacklistEntry) -> Vec<Cell> {
    let text = |text: &Option<String>| text.clone().map_or(Cell::Empty, Cell::Text);
    vec![
        Cell::Text(one.name.clone()),
        text(&one.credit_code),
        Cell::Text(one.source.name().to_owned()),
        Cell::Text(one.reason.clone()),
        Cell::Date(one.valid_from),
        one.valid_until.map_or(Cell::Empty, Cell::Date),
        Cell::Text(one.entered_by.clone()),
        text(&one.end_reason),
    ]
}

/// Put an enterprise on the blacklist.
#[utoipa::path(post, path = "/blacklist", tag = "counterparties", operation_id = "enter_blacklist",
    params(RetryKey), request_body = EnterRequest, responses((status = 201, body = EntryView), (status = 422)))]
async fn enter_blacklist(
    State(app): State<App>,
    who: Who,
    cmd: Command<EnterRequest>,
) -> Result<(StatusCode, Json<EntryView>), Problem> {
    let Command { mut body, key } = cmd;
    if let Some(entry) = app.db.answered::<BlacklistEntry, ActError>(key.as_ref()).await? {
        return Ok((StatusCode::CREATED, Json(view(&app, entry))));
    }
    if let Some(id) = body.enterprise_id {
        body.name = registered::one(&app, &who.0, id, &body.name).await?;
    }
    let mut fields = Fields::new();
    fields.text(&body.name, TEXT_CHARS_MAX, "name");
    fields.text(&body.reason, TEXT_CHARS_MAX, "reason");
    let valid_from = body.valid_from.unwrap_or_else(|| app.db.clock().business_date());
    fields.require(
        body.valid_until.is_none_or(|until| until >= valid_from),
        "valid_until",
        "截止日期不得早于起始日期。",
        "The last day must not lie before the first.",
    );
    fields.finish()?;
    let new = &NewEntry {
        name: body.name.trim().to_owned(),
        credit_code: body.credit_code.map(|code| code.to_string()),
        enterprise_id: body.enterprise_id,
        source: body.source,
        reason: body.reason.trim().to_owned(),
        valid_from,
        valid_until: body.valid_until,
    };
    let caller = &who.0;
    let act = app.db.run_once::<_, ActError, _>(key.as_ref(), |tx| {
        async move { Ok(enter(tx, caller, new).await?) }.in_tx()
    });
    Ok((StatusCode::CREATED, Json(view(&app, act.await?))))
}

/// Enter a whole list, such as the courts' list of dishonest debtors. Rows that hold already are passed over.
#[utoipa::path(post, path = "/blacklist/imports", tag = "counterparties", operation_id = "import_blacklist",
    params(ListQueryOfBody, RetryKey),
    request_body(content((inline(ListForm) = "multipart/form-data"), (String = "text/csv"))),
    responses((status = 200, body = ImportedList), (status = 413, description = "payload-too-large"),
        (status = 422, description = "unreadable-file, too-many-rows")))]
async fn import_blacklist(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<ListQueryOfBody>,
    request: Request,
) -> Result<Json<ImportedList>, Problem> {
    let caller = &who.0;
    let ListUpload { source, bytes, key } = upload::read(caller, request, query).await?;
    let read = &file::read(&bytes, source, app.db.clock().business_date())?;
    let act = app.db.run_once::<_, ActError, _>(key.as_ref(), |tx| {
        async move {
            let entered = enter_all(tx, caller, &read.entries).await?;
            Ok(ImportedList {
                read: read.entries.len() + read.rejected.len(),
                entered,
                unchanged: read.entries.len().saturating_sub(entered),
                rejected: read.rejected.clone(),
            })
        }
        .in_tx()
    });
    Ok(Json(act.await?))
}

/// One entry.
#[utoipa::path(get, path = "/blacklist/{id}", tag = "counterparties", operation_id = "read_blacklist_entry",
    params(("id" = BlacklistEntryId, Path)), responses((status = 200, body = EntryView), (status = 404)))]
async fn read_blacklist_entry(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<BlacklistEntryId>,
) -> Result<Json<EntryView>, Problem> {
    let found = store::find(app.db.read(), &who.scope(), id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(view(&app, found)))
}

/// End an entry before its time.
#[utoipa::path(post, path = "/blacklist/{id}/end", tag = "counterparties", operation_id = "end_blacklist_entry",
    params(("id" = BlacklistEntryId, Path), RetryKey), request_body = EndRequest,
    responses((status = 200, body = EntryView), (status = 404), (status = 409, description = "not-in-status")))]
async fn end_blacklist_entry(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<BlacklistEntryId>,
    cmd: Command<EndRequest>,
) -> Result<Json<EntryView>, Problem> {
    let mut fields = Fields::new();
    fields.text(&cmd.body.reason, TEXT_CHARS_MAX, "reason");
    fields.finish()?;
    let (caller, reason) = (&who.0, cmd.body.reason.trim());
    let ended = app.db.run_once(cmd.key.as_ref(), |tx| end(tx, caller, id, reason).in_tx()).await?;
    Ok(Json(view(&app, ended)))
}
