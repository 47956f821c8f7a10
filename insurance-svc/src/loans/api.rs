//! `GET /insurable-loans`: what an underwriter may quote a guarantee for.

use axum::{Json, extract::State, response::Response};
use chrono::NaiveDate;
use contracts::{LoanId, OrgId};
use finance::Money;
use http_kit::{
    Api, Lang, Page, Problem, QueryOf, Who,
    export::{Cell, FileKind, Table, heads},
    page,
};
use identity::{Permission, Scope};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, Select};
use serde::{Deserialize, Serialize};
use tx_kit::listing::{self, Sort};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::store::{self, loan};
use crate::{lists, state::App};

pub(crate) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::QuoteMake, routes!(list_insurable_loans))
        .route(Permission::QuoteMake, routes!(export_insurable_loans))
}

/// A pledge loan as an insurer sees it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct InsurableLoan {
    /// The loan.
    pub loan_id: LoanId,
    /// Its number.
    pub number: String,
    /// The lending bank, which a guarantee pays.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    /// The borrower, which insures.
    pub enterprise_id: OrgId,
    /// Its name.
    pub enterprise_name: String,
    /// Principal still owed.
    pub outstanding: Money,
    /// Day of the last instalment.
    pub matures_on: NaiveDate,
    /// Whether a policy covers it today.
    pub insured: bool,
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct LoanQuery {
    /// Part of the loan's number or of a party's name.
    q: Option<String>,
    /// `number`, `matures_on` or `outstanding`, with a minus for the largest first.
    sort: Option<String>,
    /// Rows wanted, 1 to 200.
    #[serde(default, deserialize_with = "page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// For exports: `csv` or `xlsx`.
    #[serde(default)]
    format: FileKind,
}

fn selected(scope: &Scope, query: &LoanQuery) -> Select<loan::Entity> {
    let select = store::find(scope).filter(loan::Column::OutstandingFen.gt(0));
    match &query.q {
        None => select,
        Some(text) => select.filter(lists::containing(
            &[loan::Column::Number, loan::Column::BankName, loan::Column::EnterpriseName],
            text,
        )),
    }
}

fn shown(row: loan::Model, today: NaiveDate) -> InsurableLoan {
    InsurableLoan {
        insured: row.is_insured(today),
        loan_id: row.loan_id.into(),
        number: row.number,
        bank_id: row.bank_id.into(),
        bank_name: row.bank_name,
        enterprise_id: row.enterprise_id.into(),
        enterprise_name: row.enterprise_name,
        outstanding: Money::from_fen(row.outstanding_fen),
        matures_on: row.matures_on,
    }
}

#[utoipa::path(get, path = "/insurable-loans", tag = "loans", operation_id = "list_insurable_loans",
    params(LoanQuery), responses((status = 200, body = Page<InsurableLoan>)))]
async fn list_insurable_loans(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<LoanQuery>,
) -> Result<Json<Page<InsurableLoan>>, Problem> {
    let columns = [
        ("number", loan::Column::Number),
        ("matures_on", loan::Column::MaturesOn),
        ("outstanding", loan::Column::OutstandingFen),
    ];
    let default = Sort { column: loan::Column::Number, descending: true };
    let sort = lists::order(query.sort.as_deref(), &columns, default)?;
    let request = page::request(query.limit, query.cursor.clone());
    let select = selected(&who.scope(), &query);
    let page = listing::page(select, app.db.read(), sort, loan::Column::LoanId, &request).await?;
    let today = app.db.clock().business_date();
    Ok(Json(Page::of(page, |row| shown(row, today))))
}

#[utoipa::path(get, path = "/insurable-loans/export", tag = "loans", operation_id = "export_insurable_loans",
    params(LoanQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_insurable_loans(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<LoanQuery>,
) -> Result<Response, Problem> {
    let select = selected(&who.scope(), &query).order_by_desc(loan::Column::Number);
    let today = app.db.clock().business_date();
    let rows = lists::for_file(select, app.db.read()).await?.into_iter().map(|row| {
        let loan = shown(row, today);
        vec![
            Cell::Text(loan.number),
            Cell::Text(loan.bank_name),
            Cell::Text(loan.enterprise_name),
            Cell::Amount(loan.outstanding),
            Cell::Date(loan.matures_on),
            Cell::yes(lang, loan.insured),
        ]
    });
    let columns = heads(
        lang,
        [
            ("贷款编号", "Loan"),
            ("银行", "Bank"),
            ("借款企业", "Borrower"),
            ("贷款余额", "Outstanding"),
            ("到期日", "Matures on"),
            ("已投保", "Insured"),
        ],
    );
    let table = Table { name: "insurable-loans".to_owned(), columns, rows: rows.collect() };
    table.respond(query.format)
}
