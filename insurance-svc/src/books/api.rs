//! `GET /ledger/trial-balance`: an insurer's own book; the regulator names whose.

use axum::{Json, extract::State, response::Response};
use chrono::NaiveDate;
use contracts::{OrgId, OrgKind};
use finance::Money;
use http_kit::{
    Api, Fields, Lang, Problem, QueryOf, Who,
    export::{Cell, FileKind, Table, heads},
};
use identity::Permission;
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::chart::CHART;
use crate::state::App;

pub(crate) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::InsuranceLedgerRead, routes!(trial_balance))
        .route(Permission::InsuranceLedgerRead, routes!(export_trial_balance))
}

/// Debits and credits of one account.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AccountLine {
    /// The account's code.
    pub account: String,
    /// 中文
    pub name_zh: String,
    /// English
    pub name_en: String,
    /// Sum of debits.
    pub debit: Money,
    /// Sum of credits.
    pub credit: Money,
}

/// Both sides of the whole book.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Totals {
    /// Sum of debits.
    pub debit: Money,
    /// Sum of credits; equal to the debits.
    pub credit: Money,
}

/// A trial balance.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TrialBalance {
    /// Whose book.
    pub book: OrgId,
    /// Up to and with this day.
    pub as_of: NaiveDate,
    /// The accounts that were posted to.
    pub accounts: Vec<AccountLine>,
    /// Their sums.
    pub totals: Totals,
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct BalanceQuery {
    /// The day; today where left out.
    as_of: Option<NaiveDate>,
    /// Whose book, for the regulator.
    insurer_id: Option<OrgId>,
    /// For exports: `csv` or `xlsx`.
    #[serde(default)]
    format: FileKind,
}

/// Whose book the caller reads: an insurer its own, the regulator the one it names.
fn book(who: &Who, query: &BalanceQuery) -> Result<OrgId, Problem> {
    match who.0.org_kind {
        OrgKind::Insurer => match query.insurer_id {
            Some(other) if other != who.0.tenant => Err(Problem::not_found()),
            _ => Ok(who.0.tenant),
        },
        OrgKind::Regulator => query.insurer_id.ok_or_else(|| {
            Problem::bad_fields(Vec::new()).with_field(
                "insurer_id",
                "请指明保险公司。",
                "Name the insurer whose book to read.",
            )
        }),
        _ => Err(Problem::not_found()),
    }
}

async fn balance(app: &App, who: &Who, query: &BalanceQuery) -> Result<TrialBalance, Problem> {
    let book = book(who, query)?;
    let today = app.db.clock().business_date();
    let mut fields = Fields::new();
    fields.has_come(query.as_of, today, "as_of");
    fields.finish()?;
    let as_of = query.as_of.unwrap_or(today);
    let sums = ledger::trial_balance(app.db.read(), book, as_of).await?;
    let total = |side: fn(&ledger::AccountBalance) -> Money| {
        Money::total(sums.iter().map(side)).map_err(|error| Fault::Corrupt(error.to_string()))
    };
    let totals = Totals { debit: total(|sum| sum.debit)?, credit: total(|sum| sum.credit)? };
    let accounts = sums
        .into_iter()
        .map(|sum| {
            let known = CHART.iter().find(|account| account.code == sum.account);
            AccountLine {
                name_zh: known.map_or_else(String::new, |account| account.zh.to_owned()),
                name_en: known.map_or_else(String::new, |account| account.en.to_owned()),
                account: sum.account,
                debit: sum.debit,
                credit: sum.credit,
            }
        })
        .collect();
    Ok(TrialBalance { book, as_of, accounts, totals })
}

#[utoipa::path(get, path = "/ledger/trial-balance", tag = "ledger", operation_id = "insurance_trial_balance",
    params(BalanceQuery), responses((status = 200, body = TrialBalance)))]
async fn trial_balance(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<BalanceQuery>,
) -> Result<Json<TrialBalance>, Problem> {
    Ok(Json(balance(&app, &who, &query).await?))
}

#[utoipa::path(get, path = "/ledger/trial-balance/export", tag = "ledger",
    operation_id = "export_insurance_trial_balance", params(BalanceQuery),
    responses((status = 200, description = "CSV or XLSX")))]
async fn export_trial_balance(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<BalanceQuery>,
) -> Result<Response, Problem> {
    let balance = balance(&app, &who, &query).await?;
    let mut rows: Vec<Vec<Cell>> = balance
        .accounts
        .into_iter()
        .map(|line| {
            vec![
                Cell::Text(line.account),
                Cell::said(lang, &line.name_zh, &line.name_en),
                Cell::Amount(line.debit),
                Cell::Amount(line.credit),
            ]
        })
        .collect();
    rows.push(vec![
        Cell::said(lang, "合计", "Total"),
        Cell::Empty,
        Cell::Amount(balance.totals.debit),
        Cell::Amount(balance.totals.credit),
    ]);
    let columns = heads(lang, [("科目", "Account"), ("名称", "Name"), ("借方", "Debit"), ("贷方", "Credit")]);
    Table { name: "trial-balance".to_owned(), columns, rows }.respond(query.format)
}
