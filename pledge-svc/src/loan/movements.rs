//! The ledger movements about a loan, as its banks and the regulator read them.

use axum::{Json, extract::State, response::Response};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::{LoanId, MovementId, OrgId, OrgKind};
use finance::Money;
use http_kit::{
    Api, Lang, Page, PathId, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table, heads},
};
use identity::Permission;
use ledger::store::PostedMovement;
use serde::{Deserialize, Serialize};
use tx_kit::listing::{LIMIT_MAX, PageOf, PageRequest};
use utoipa::IntoParams;
use utoipa_axum::routes;
use uuid::Uuid;

use super::api::seen;
use crate::{books::accounts, state::App};

/// The routes.
pub(crate) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::LoanRead, routes!(movements))
        .route(Permission::LoanRead, routes!(export_movements))
}

/// A ledger movement.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct MovementView {
    id: Uuid,
    book: OrgId,
    kind: String,
    business_date: NaiveDate,
    posted_at: DateTime<Utc>,
    /// The movement that this one undoes.
    reversal_of: Option<MovementId>,
    /// The movement that undoes this one.
    reversed_by: Option<MovementId>,
    /// Why it undoes that one.
    reason: Option<String>,
    entries: Vec<EntryView>,
}

/// An entry of a movement.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct EntryView {
    account: String,
    account_name: String,
    side: ledger::Side,
    amount: Money,
}

fn shown(movement: PostedMovement, lang: Lang) -> MovementView {
    let name = |code: &str| {
        accounts::account(code).map_or_else(String::new, |account| {
            if lang == Lang::Zh { account.zh } else { account.en }.to_owned()
        })
    };
    MovementView {
        id: movement.id.uuid(),
        book: movement.book,
        kind: movement.kind,
        business_date: movement.business_date,
        posted_at: movement.posted_at,
        reversal_of: movement.reversal_of,
        reversed_by: movement.reversed_by,
        reason: movement.reason,
        entries: movement
            .entries
            .into_iter()
            .map(|entry| EntryView {
                account_name: name(&entry.account),
                account: entry.account,
                side: entry.side,
                amount: entry.amount,
            })
            .collect(),
    }
}

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct Paging {
    /// Rows on the page.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// For exports: `csv` or `xlsx`.
    format: FileKind,
}

/// The movements about a loan that the caller may read. A bank reads its own book; a borrower, who has no book here,
/// reads none.
async fn found(
    app: &App,
    who: &Who,
    loan: Uuid,
    request: &PageRequest,
) -> Result<PageOf<PostedMovement>, Problem> {
    let book = match who.0.org_kind {
        _ if who.scope().sees_all() => None,
        OrgKind::Bank => Some(who.0.tenant),
        _ => return Ok(PageOf { items: Vec::new(), next_cursor: None }),
    };
    Ok(ledger::store::movements_of(app.db.read(), loan, book, request).await?)
}

/// The ledger movements about a loan, oldest first.
#[utoipa::path(get, path = "/loans/{id}/movements", tag = "loans", operation_id = "list_loan_movements",
    params(("id" = LoanId, Path), Paging), responses((status = 200, body = Page<MovementView>), (status = 404)))]
async fn movements(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    PathId(id): PathId<LoanId>,
    QueryOf(query): QueryOf<Paging>,
) -> Result<Json<Page<MovementView>>, Problem> {
    let row = seen(&app, &who, id).await?;
    let request = http_kit::page::request(query.limit, query.cursor);
    let page = found(&app, &who, row.id, &request).await?;
    Ok(Json(Page::of(page, |movement| shown(movement, lang))))
}

/// The same as a file, a line for each entry.
#[utoipa::path(get, path = "/loans/{id}/movements/export", tag = "loans", operation_id = "export_loan_movements",
    params(("id" = LoanId, Path), Paging), responses((status = 200, description = "CSV or XLSX"), (status = 404)))]
async fn export_movements(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    PathId(id): PathId<LoanId>,
    QueryOf(query): QueryOf<Paging>,
) -> Result<Response, Problem> {
    let row = seen(&app, &who, id).await?;
    let mut request = PageRequest { limit: LIMIT_MAX, cursor: None };
    let mut rows = Vec::new();
    while (rows.len() as u64) < ROWS_MAX {
        let page = found(&app, &who, row.id, &request).await?;
        rows.extend(page.items.into_iter().flat_map(|movement| lines(shown(movement, lang))));
        match page.next_cursor {
            Some(cursor) => request.cursor = Some(cursor),
            None => break,
        }
    }
    let columns = heads(
        lang,
        [
            ("营业日", "Business date"),
            ("类型", "Kind"),
            ("凭证", "Movement"),
            ("科目", "Account"),
            ("科目名称", "Account name"),
            ("借方（元）", "Debit"),
            ("贷方（元）", "Credit"),
            ("冲正的原凭证", "Undoes movement"),
        ],
    );
    Table { name: format!("loan-{}-movements", row.number), columns, rows }.respond(query.format)
}

fn lines(movement: MovementView) -> impl Iterator<Item = Vec<Cell>> {
    let MovementView { id, kind, business_date, reversal_of, entries, .. } = movement;
    entries.into_iter().map(move |entry| {
        let amount = Cell::Amount(entry.amount);
        let (debit, credit) = match entry.side {
            ledger::Side::Debit => (amount, Cell::Empty),
            ledger::Side::Credit => (Cell::Empty, amount),
        };
        vec![
            Cell::Date(business_date),
            Cell::Text(kind.clone()),
            Cell::Text(id.to_string()),
            Cell::Text(entry.account),
            Cell::Text(entry.account_name),
            debit,
            credit,
            reversal_of.map_or(Cell::Empty, |of| Cell::Text(of.to_string())),
        ]
    })
}
