//! Routes of the general ledger: the chart of accounts, the entries of an account, day balances, movements.

use axum::{Json, extract::State, response::Response};
use chrono::{DateTime, Days, NaiveDate, Utc};
use contracts::{MovementId, OrgId};
use finance::Money;
use http_kit::{
    Api, Fields, Lang, Page, PathId, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table},
};
use identity::Permission;
use ledger::{Account, AccountEntry, AccountKind, DayBalance, PostedMovement, Side, Span};
use serde::{Deserialize, Serialize};
use tx_kit::listing::{LIMIT_MAX, PageRequest};
use utoipa_axum::routes;
use uuid::Uuid;

use super::{accounts, api::book_of};
use crate::state::App;

/// Days shown where the caller names none.
const DAYS_DEFAULT: u64 = 30;
/// The most days of day balances in one answer.
const DAY_SPAN_MAX: i64 = 92;

/// The routes.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::LedgerRead, routes!(chart_of_accounts))
        .route(Permission::LedgerRead, routes!(account_entries))
        .route(Permission::LedgerRead, routes!(export_account_entries))
        .route(Permission::LedgerRead, routes!(day_balances))
        .route(Permission::LedgerRead, routes!(read_movement))
}

/// An account of the chart.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct ChartRow {
    account: String,
    name: String,
    name_zh: String,
    name_en: String,
    #[schema(value_type = String)]
    kind: AccountKind,
    /// The side on which it grows.
    normal_side: Side,
    /// Whether its balance is the sum of rows that another subject keeps.
    controlled: bool,
}

/// The chart of accounts.
#[utoipa::path(get, path = "/ledger/accounts", tag = "ledger", operation_id = "chart_of_accounts",
    responses((status = 200, body = Page<ChartRow>)))]
async fn chart_of_accounts(lang: Lang) -> Json<Page<ChartRow>> {
    let row = |account: &Account| ChartRow {
        account: account.code.to_owned(),
        name: named(account, lang).to_owned(),
        name_zh: account.zh.to_owned(),
        name_en: account.en.to_owned(),
        kind: account.kind,
        normal_side: account.kind.normal_side(),
        controlled: accounts::is_control(account.code),
    };
    Json(Page { items: accounts::CHART.iter().map(row).collect(), next_cursor: None })
}

fn named(account: &Account, lang: Lang) -> &'static str {
    if lang == Lang::Zh { account.zh } else { account.en }
}

/// The name of an account by its code; empty for one that is not of the chart.
pub(super) fn name_of(code: &str, lang: Lang) -> &'static str {
    accounts::account(code).map_or("", |account| named(account, lang))
}

#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct EntriesFilter {
    /// The first day; 30 days before the last unless said otherwise.
    from: Option<NaiveDate>,
    /// The last day; today unless said otherwise.
    to: Option<NaiveDate>,
    /// Whose book, for who sees all; everybody else sees the own.
    bank_id: Option<OrgId>,
    /// Rows on the page.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// For exports: `csv` or `xlsx`.
    format: Option<FileKind>,
}

impl EntriesFilter {
    fn span(&self, today: NaiveDate) -> Result<Span, Problem> {
        span(self.from, self.to, today)
    }
}

fn span(from: Option<NaiveDate>, to: Option<NaiveDate>, today: NaiveDate) -> Result<Span, Problem> {
    let mut fields = Fields::new();
    fields.has_come(to, today, "to");
    fields.finish()?;
    let to = to.unwrap_or(today);
    let from = from.unwrap_or_else(|| to.checked_sub_days(Days::new(DAYS_DEFAULT)).unwrap_or(to));
    if from > to {
        return Err(Problem::bad_fields(Vec::new()).with_field(
            "from",
            format!("起始日 {from} 晚于截止日 {to}，请更正。"),
            format!("The first day {from} is after the last day {to}."),
        ));
    }
    Ok(Span { from, to })
}

/// The entries of an account.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct AccountEntries {
    book: OrgId,
    account: String,
    name: String,
    from: NaiveDate,
    to: NaiveDate,
    /// Debits less credits before the first entry of this page.
    opening: Money,
    items: Vec<EntryRow>,
    next_cursor: Option<String>,
}

/// One entry.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct EntryRow {
    movement_id: MovementId,
    /// Its place in the movement.
    position: i32,
    kind: String,
    /// What the movement is about: a loan, a claim, a close of business.
    subject_id: Uuid,
    /// Within what: a facility.
    group_id: Option<Uuid>,
    business_date: NaiveDate,
    posted_at: DateTime<Utc>,
    /// Whether the movement undoes another one.
    is_reversal: bool,
    side: Side,
    amount: Money,
    /// Debits less credits after it.
    balance: Money,
}

impl From<AccountEntry> for EntryRow {
    fn from(one: AccountEntry) -> Self {
        Self {
            movement_id: one.movement,
            position: one.position,
            kind: one.kind,
            subject_id: one.subject,
            group_id: one.group,
            business_date: one.business_date,
            posted_at: one.posted_at,
            is_reversal: one.is_reversal,
            side: one.side,
            amount: one.amount,
            balance: one.balance,
        }
    }
}

fn known(code: &str) -> Result<&'static Account, Problem> {
    accounts::account(code).ok_or_else(Problem::not_found)
}

/// The entries of an account by day, with the balance after each.
#[utoipa::path(get, path = "/ledger/accounts/{code}/entries", tag = "ledger", operation_id = "list_account_entries",
    params(("code" = String, Path, description = "The account's code: 1303"), EntriesFilter),
    responses((status = 200, body = AccountEntries), (status = 404), (status = 422)))]
async fn account_entries(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    PathId(code): PathId<String>,
    QueryOf(filter): QueryOf<EntriesFilter>,
) -> Result<Json<AccountEntries>, Problem> {
    let account = known(&code)?;
    let book = book_of(&who, filter.bank_id)?;
    let span = filter.span(app.db.clock().business_date())?;
    let request = http_kit::page::request(filter.limit, filter.cursor);
    let page = ledger::entries(app.db.read(), book, account.code, span, &request).await?;
    Ok(Json(AccountEntries {
        book,
        account: account.code.to_owned(),
        name: named(account, lang).to_owned(),
        from: span.from,
        to: span.to,
        opening: page.opening,
        items: page.entries.into_iter().map(EntryRow::from).collect(),
        next_cursor: page.next_cursor,
    }))
}

/// The same as a file.
#[utoipa::path(get, path = "/ledger/accounts/{code}/entries/export", tag = "ledger",
    operation_id = "export_account_entries",
    params(("code" = String, Path, description = "The account's code: 1303"), EntriesFilter),
    responses((status = 200, description = "CSV or XLSX"), (status = 404), (status = 422)))]
async fn export_account_entries(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    PathId(code): PathId<String>,
    QueryOf(filter): QueryOf<EntriesFilter>,
) -> Result<Response, Problem> {
    let account = known(&code)?;
    let book = book_of(&who, filter.bank_id)?;
    let span = filter.span(app.db.clock().business_date())?;
    let mut request = PageRequest { limit: LIMIT_MAX, cursor: None };
    let mut rows = Vec::new();
    while (rows.len() as u64) < ROWS_MAX {
        let page = ledger::entries(app.db.read(), book, account.code, span, &request).await?;
        rows.extend(page.entries.iter().map(cells));
        match page.next_cursor {
            Some(cursor) => request.cursor = Some(cursor),
            None => break,
        }
    }
    let columns = if lang == Lang::Zh {
        ["记账日", "凭证号", "业务种类", "借方（元）", "贷方（元）", "余额（借减贷，元）", "冲正"]
    } else {
        ["Business date", "Movement", "Kind", "Debit", "Credit", "Balance (debit less credit)", "Reversal"]
    };
    let table = Table {
        name: format!("ledger-{}", account.code),
        columns: columns.map(str::to_owned).to_vec(),
        rows,
    };
    table.respond(filter.format.unwrap_or_default())
}

fn cells(one: &AccountEntry) -> Vec<Cell> {
    let (debit, credit) = match one.side {
        Side::Debit => (Cell::Amount(one.amount), Cell::Empty),
        Side::Credit => (Cell::Empty, Cell::Amount(one.amount)),
    };
    vec![
        Cell::Date(one.business_date),
        Cell::Text(one.movement.to_string()),
        Cell::Text(one.kind.clone()),
        debit,
        credit,
        Cell::Amount(one.balance),
        if one.is_reversal { Cell::Text("✓".to_owned()) } else { Cell::Empty },
    ]
}

#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct DaysFilter {
    /// The first day; the last one unless said otherwise.
    from: Option<NaiveDate>,
    /// The last day; today unless said otherwise.
    to: Option<NaiveDate>,
    /// One account's code.
    account: Option<String>,
    /// Whose book, for who sees all; everybody else sees the own.
    bank_id: Option<OrgId>,
}

/// The balance of an account over a closed day.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct DayRow {
    business_date: NaiveDate,
    account: String,
    name: String,
    /// Debits less credits before the day.
    opening: Money,
    debit: Money,
    credit: Money,
    /// Debits less credits after the day.
    closing: Money,
}

/// The day balances that the close of business filled.
#[utoipa::path(get, path = "/ledger/day-balances", tag = "ledger", operation_id = "list_day_balances",
    params(DaysFilter), responses((status = 200, body = Page<DayRow>), (status = 422)))]
async fn day_balances(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(filter): QueryOf<DaysFilter>,
) -> Result<Json<Page<DayRow>>, Problem> {
    let book = book_of(&who, filter.bank_id)?;
    let today = app.db.clock().business_date();
    let to = filter.to.unwrap_or(today);
    let asked = span(Some(filter.from.unwrap_or(to)), Some(to), today)?;
    if (asked.to - asked.from).num_days() >= DAY_SPAN_MAX {
        return Err(Problem::bad_fields(Vec::new()).with_field(
            "from",
            format!("一次最多查询 {DAY_SPAN_MAX} 天，请缩短期间。"),
            format!("At most {DAY_SPAN_MAX} days at a time: ask for a shorter period."),
        ));
    }
    let days = (asked.from, asked.to);
    let rows = ledger::day_balances(app.db.read(), book, days, filter.account.as_deref()).await?;
    let row = |one: DayBalance| DayRow {
        business_date: one.business_date,
        name: name_of(&one.account, lang).to_owned(),
        account: one.account,
        opening: one.opening,
        debit: one.debit,
        credit: one.credit,
        closing: one.closing,
    };
    Ok(Json(Page { items: rows.into_iter().map(row).collect(), next_cursor: None }))
}

/// A movement of the ledger with its entries.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct LedgerMovement {
    id: MovementId,
    book: OrgId,
    kind: String,
    /// What it is about: a loan, a claim, a close of business.
    subject_id: Uuid,
    /// Within what: a facility.
    group_id: Option<Uuid>,
    business_date: NaiveDate,
    posted_at: DateTime<Utc>,
    /// The movement that it undoes.
    reversal_of: Option<MovementId>,
    /// The movement that undoes it.
    reversed_by: Option<MovementId>,
    /// Why it undoes that one.
    reason: Option<String>,
    entries: Vec<MovementEntry>,
    /// Whether it may be undone in the ledger; otherwise it is corrected where it was made.
    reversible: bool,
}

/// An entry of it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct MovementEntry {
    account: String,
    account_name: String,
    side: Side,
    amount: Money,
}

/// One movement of one's own book, or of any for who sees all.
#[utoipa::path(get, path = "/ledger/movements/{id}", tag = "ledger", operation_id = "read_movement",
    params(("id" = MovementId, Path)), responses((status = 200, body = LedgerMovement), (status = 404)))]
async fn read_movement(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    PathId(id): PathId<MovementId>,
) -> Result<Json<LedgerMovement>, Problem> {
    let book = if who.scope().sees_all() { None } else { Some(who.0.tenant) };
    let found = ledger::movement_by_id(app.db.read(), id, book).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(shown(found, lang)))
}

fn shown(one: PostedMovement, lang: Lang) -> LedgerMovement {
    let reversible = super::model::may_be_reversed(&one).is_ok();
    LedgerMovement {
        id: one.id,
        book: one.book,
        kind: one.kind,
        subject_id: one.subject,
        group_id: one.group,
        business_date: one.business_date,
        posted_at: one.posted_at,
        reversal_of: one.reversal_of,
        reversed_by: one.reversed_by,
        reason: one.reason,
        entries: one
            .entries
            .into_iter()
            .map(|entry| MovementEntry {
                account_name: name_of(&entry.account, lang).to_owned(),
                account: entry.account,
                side: entry.side,
                amount: entry.amount,
            })
            .collect(),
        reversible,
    }
}
