//! What insurers have paid and refused on the bank's loans, as a list and as a file: what waits for the sharing of a loss,
//! and what found nothing to settle, whether the loan has a case or not.

use std::collections::HashMap;

use axum::{Json, extract::State, response::Response};
use contracts::{ClaimId, LoanId};
use http_kit::{
    Api, Lang, Page, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table, heads},
};
use identity::{Permission, Scope};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use tx_kit::{
    Fault,
    listing::{LIMIT_MAX, PageRequest, Sort},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    guarantee_view::InsurerClaimView,
    model::InsurerClaimStatus,
    store::{self, HeardOf, insurer_claim::Column},
};
use crate::{loan::store as loans, state::App};

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new()
        .route(Permission::DisposalRead, routes!(list_insurer_payments))
        .route(Permission::DisposalRead, routes!(export_insurer_payments))
}

/// A claim at an insurer under a policy that guarantees a loan.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct InsurerPayment {
    /// The claim, and what was paid on it.
    #[serde(flatten)]
    pub claim: InsurerClaimView,
    /// The policy's number.
    pub policy_number: String,
    /// The insurer's name.
    pub insurer_name: String,
    /// The loan that the policy guarantees.
    pub loan_id: Option<LoanId>,
    /// Its number.
    pub loan_number: String,
    /// The borrower's name.
    pub enterprise_name: String,
}

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PaymentQuery {
    /// In this state: `pending` and `unmatched` are for people to look at.
    status: Option<InsurerClaimStatus>,
    /// Only those for whose money something waits for a decision.
    waiting: Option<bool>,
    /// `heard_on`, `paid` or `status`; with `-` in front, largest first. Default `-heard_on`.
    sort: Option<String>,
    /// Rows wanted, 1 to 200.
    #[serde(default, deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// The kind of file, for exports.
    #[serde(default)]
    #[param(inline)]
    format: FileKind,
}

impl PaymentQuery {
    fn sort(&self) -> Result<Sort<Column>, Problem> {
        let text = self.sort.as_deref().unwrap_or("-heard_on");
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let column = match name {
            "heard_on" => Column::HeardOn,
            "paid" => Column::PaidFen,
            "status" => Column::Status,
            _ => {
                return Err(Problem::bad_fields(Vec::new()).with_field(
                    "sort",
                    "可按 heard_on、paid、status 排序。",
                    "Sort by heard_on, paid or status.",
                ));
            }
        };
        Ok(Sort { column, descending })
    }
}

/// The rows with their loans.
async fn shown(conn: &impl ConnectionTrait, rows: Vec<HeardOf>) -> Result<Vec<InsurerPayment>, Fault> {
    let ids: Vec<Uuid> = rows.iter().filter_map(|row| row.policy.loan_id).collect();
    let found = loans::loan::Entity::find().filter(loans::loan::Column::Id.is_in(ids)).all(conn).await?;
    let loans: HashMap<Uuid, loans::loan::Model> = found.into_iter().map(|loan| (loan.id, loan)).collect();
    let one = |row: HeardOf| {
        let loan = row.policy.loan_id.and_then(|id| loans.get(&id));
        InsurerPayment {
            claim: row.claim.into(),
            policy_number: row.policy.number,
            insurer_name: row.policy.insurer_name,
            loan_id: row.policy.loan_id.map(LoanId::from),
            loan_number: loan.map(|loan| loan.number.clone()).unwrap_or_default(),
            enterprise_name: loan.map(|loan| loan.enterprise_name.clone()).unwrap_or_default(),
        }
    };
    Ok(rows.into_iter().map(one).collect())
}

/// One of them, where it is in scope.
///
/// # Errors
/// The database's fault.
pub(super) async fn payment_of(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: ClaimId,
) -> Result<Option<InsurerPayment>, Fault> {
    let found = store::find_heard_of(conn, scope, id).await?;
    Ok(shown(conn, found.into_iter().collect()).await?.pop())
}

async fn page(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    query: &PaymentQuery,
    request: &PageRequest,
) -> Result<Page<InsurerPayment>, Problem> {
    let page = store::page_insurer_claims(
        conn,
        scope,
        (query.status, query.waiting.unwrap_or(false)),
        query.sort()?,
        request,
    )
    .await?;
    Ok(Page { items: shown(conn, page.items).await?, next_cursor: page.next_cursor })
}

/// What insurers have paid and refused under policies that guarantee the bank's loans; an insurer sees its own.
#[utoipa::path(get, path = "/insurer-payments", tag = "disposal", operation_id = "list_insurer_payments",
    params(PaymentQuery), responses((status = 200, body = Page<InsurerPayment>)))]
async fn list_insurer_payments(
    State(app): State<App>,
    who: Who,
    QueryOf(query): QueryOf<PaymentQuery>,
) -> Result<Json<Page<InsurerPayment>>, Problem> {
    let request = http_kit::page::request(query.limit, query.cursor.clone());
    Ok(Json(page(app.db.read(), &who.scope(), &query, &request).await?))
}

/// The same as a file.
#[utoipa::path(get, path = "/insurer-payments/export", tag = "disposal", operation_id = "export_insurer_payments",
    params(PaymentQuery), responses((status = 200, description = "CSV or XLSX")))]
async fn export_insurer_payments(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(query): QueryOf<PaymentQuery>,
) -> Result<Response, Problem> {
    let (conn, scope) = (app.db.read(), who.scope());
    let mut request = PageRequest { limit: LIMIT_MAX, cursor: None };
    let mut rows = Vec::new();
    while (rows.len() as u64) < ROWS_MAX {
        let page = page(conn, &scope, &query, &request).await?;
        rows.extend(page.items.into_iter().map(|one| cells(one, lang)));
        match page.next_cursor {
            Some(cursor) => request.cursor = Some(cursor),
            None => break,
        }
    }
    let columns = heads(
        lang,
        [
            ("保单号", "Policy"),
            ("保险公司", "Insurer"),
            ("贷款编号", "Loan"),
            ("借款企业", "Borrower"),
            ("获知日", "Heard of on"),
            ("赔付（元）", "Paid"),
            ("已冲抵（元）", "Applied"),
            ("未冲抵（元）", "Not applied"),
            ("已返还（元）", "Returned"),
            ("已退还（元）", "Given back"),
            ("状态", "Status"),
            ("原因", "Reason"),
        ],
    );
    Table { name: "insurer-payments".to_owned(), columns, rows }.respond(query.format)
}

fn cells(one: InsurerPayment, lang: Lang) -> Vec<Cell> {
    let claim = one.claim;
    vec![
        Cell::Text(one.policy_number),
        Cell::Text(one.insurer_name),
        Cell::Text(one.loan_number),
        Cell::Text(one.enterprise_name),
        Cell::Date(claim.heard_on),
        Cell::Amount(claim.paid),
        Cell::Amount(claim.applied),
        Cell::Amount(claim.unsettled),
        Cell::Amount(claim.returned),
        Cell::Amount(claim.given_back),
        Cell::said(lang, claim.status.name_zh(), claim.status.name()),
        Cell::Text(claim.reason.unwrap_or_default()),
    ]
}
