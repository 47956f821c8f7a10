//! Routes of the books: trial balance, reconciliation, control accounts; whose book a caller reads.

use axum::{Json, extract::State};
use chrono::NaiveDate;
use contracts::OrgId;
use finance::{Money, Rate};
use http_kit::{Api, Fields, Lang, Page, Problem, QueryOf, Who};
use identity::{Permission, Scope};
use serde::{Deserialize, Serialize};
use utoipa_axum::routes;

use super::{
    accounts,
    control::{ControlRow, control_accounts},
    ledger_view,
    model::ValueAddedTax,
    positions::{Position, find_positions},
    reconciliation::{Agreement, reconcile_page},
    reversals,
};
use crate::{parameters, state::App};

/// The routes.
pub(crate) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::LedgerRead, routes!(trial_balance))
        .route(Permission::LedgerRead, routes!(reconciliation))
        .route(Permission::LedgerRead, routes!(control))
        .merge(ledger_view::routes())
        .merge(reversals::routes())
}

/// Whose book is read: one's own; for who sees all the one named.
pub(super) fn book_of(who: &Who, named: Option<OrgId>) -> Result<OrgId, Problem> {
    match (who.scope().sees_all(), named) {
        (true, Some(book)) => Ok(book),
        (true, None) => Err(Problem::bad_fields(Vec::new()).with_field(
            "bank_id",
            "请指定银行。",
            "Say which bank's book you want to see.",
        )),
        (false, Some(book)) if book != who.0.tenant => Err(Problem::not_found()),
        (false, _) => Ok(who.0.tenant),
    }
}

#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct Which {
    /// Up to and with this day; today unless said otherwise.
    as_of: Option<NaiveDate>,
    /// The bank, for who sees all; a bank sees its own.
    bank_id: Option<OrgId>,
}

/// The trial balance of a book.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct TrialBalance {
    book: OrgId,
    as_of: NaiveDate,
    accounts: Vec<AccountRow>,
    /// Of the accounts of balance sheet and result.
    totals: TotalsRow,
    /// Of the notes beside them.
    memorandum: TotalsRow,
    /// What is kept beside the books as it stands now, without movements.
    positions: Vec<Position>,
    /// The rate at which output VAT is split off at a month's end; zero where the tax is kept elsewhere and income stands gross.
    vat_rate: Rate,
}

/// One account of it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct AccountRow {
    account: String,
    name: String,
    name_zh: String,
    name_en: String,
    /// A note beside balance sheet and result.
    memorandum: bool,
    debit: Money,
    credit: Money,
    /// Debits less credits.
    balance: Money,
}

/// Both sides; they are equal or something is very wrong.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct TotalsRow {
    debit: Money,
    credit: Money,
}

/// The trial balance of a book on a day: every account with its debits and credits.
#[utoipa::path(get, path = "/ledger/trial-balance", tag = "ledger", operation_id = "trial_balance", params(Which),
    responses((status = 200, body = TrialBalance), (status = 422)))]
async fn trial_balance(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(which): QueryOf<Which>,
) -> Result<Json<TrialBalance>, Problem> {
    let book = book_of(&who, which.bank_id)?;
    let today = app.db.clock().business_date();
    let mut fields = Fields::new();
    fields.has_come(which.as_of, today, "as_of");
    fields.finish()?;
    let as_of = which.as_of.unwrap_or(today);
    let balances = ledger::store::trial_balance(app.db.read(), book, as_of).await?;
    let overflow = |error: finance::MoneyError| Problem::fault(&error);
    let vat_rate = parameters::current::<ValueAddedTax>(app.db.read(), book, as_of).await?.rate;
    let is_note = |code: &str| accounts::account(code).is_some_and(|account| account.kind.is_memorandum());
    let total = |notes: bool| -> Result<TotalsRow, Problem> {
        let of = || balances.iter().filter(|row| is_note(&row.account) == notes);
        Ok(TotalsRow {
            debit: Money::total(of().map(|row| row.debit)).map_err(overflow)?,
            credit: Money::total(of().map(|row| row.credit)).map_err(overflow)?,
        })
    };
    let (totals, memorandum) = (total(false)?, total(true)?);
    let positions = find_positions(app.db.read(), &Scope::of_bank(book), today).await?;
    let rows = balances
        .into_iter()
        .map(|row| {
            let known = accounts::account(&row.account);
            let (zh, en) = known.map_or(("", ""), |account| (account.zh, account.en));
            Ok(AccountRow {
                name: if lang == Lang::Zh { zh } else { en }.to_owned(),
                name_zh: zh.to_owned(),
                name_en: en.to_owned(),
                memorandum: is_note(&row.account),
                balance: row.debit.checked_sub(row.credit).map_err(overflow)?,
                account: row.account,
                debit: row.debit,
                credit: row.credit,
            })
        })
        .collect::<Result<_, Problem>>()?;
    Ok(Json(TrialBalance { book, as_of, accounts: rows, totals, memorandum, positions, vat_rate }))
}

#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct Paging {
    /// Rows on the page.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// Each line's use beside its loans and its ledger account: the three agree, or the row says by how much not.
#[utoipa::path(get, path = "/ledger/reconciliation", tag = "ledger", operation_id = "reconciliation", params(Paging),
    responses((status = 200, body = Page<Agreement>)))]
async fn reconciliation(
    State(app): State<App>,
    who: Who,
    QueryOf(paging): QueryOf<Paging>,
) -> Result<Json<Page<Agreement>>, Problem> {
    let request = http_kit::page::request(paging.limit, paging.cursor);
    let page = reconcile_page(app.db.read(), &who.scope(), &request).await?;
    Ok(Json(Page::of(page, |one| one)))
}

/// Control accounts against the rows behind them, book by book.
#[utoipa::path(get, path = "/ledger/control-accounts", tag = "ledger", operation_id = "control_accounts",
    responses((status = 200, body = Page<ControlRow>)))]
async fn control(State(app): State<App>, who: Who, lang: Lang) -> Result<Json<Page<ControlRow>>, Problem> {
    let on = app.db.clock().business_date();
    let mut items = control_accounts(app.db.read(), &who.scope(), on).await?;
    for row in &mut items {
        row.name = ledger_view::name_of(&row.account, lang).to_owned();
    }
    Ok(Json(Page { items, next_cursor: None }))
}
