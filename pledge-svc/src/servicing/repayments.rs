//! The payments on a loan as a file.

use axum::{extract::State, response::Response};
use contracts::LoanId;
use finance::Money;
use http_kit::{
    Api, Lang, PathId, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX, Table, heads},
};
use identity::Permission;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use crate::{
    loan::{
        api::seen,
        store::repayment::{self, Column},
    },
    state::App,
};

/// The routes of this file.
pub(super) fn routes() -> Api<App> {
    Api::new().route(Permission::LoanRead, routes!(export_repayments))
}

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct Kind {
    /// `csv` or `xlsx`.
    format: FileKind,
}

/// The payments on a loan as a file, newest first.
#[utoipa::path(get, path = "/loans/{id}/repayments/export", tag = "loans", operation_id = "export_repayments",
    params(("id" = LoanId, Path), Kind), responses((status = 200, description = "CSV or XLSX"), (status = 404)))]
async fn export_repayments(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    PathId(id): PathId<LoanId>,
    QueryOf(query): QueryOf<Kind>,
) -> Result<Response, Problem> {
    let loan = seen(&app, &who, id).await?;
    let paid = repayment::Entity::find()
        .filter(Column::LoanId.eq(loan.id))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .limit(ROWS_MAX)
        .all(app.db.read())
        .await?;
    let amount = |fen| Cell::Amount(Money::from_fen(fen));
    let cells = |row: repayment::Model| {
        vec![
            Cell::Date(row.paid_on),
            amount(row.amount_fen),
            amount(row.principal_fen),
            amount(row.interest_fen),
            amount(row.penalty_fen),
            amount(row.fees_fen),
            amount(row.outstanding_fen),
            row.reversed_on.map_or(Cell::Empty, Cell::Date),
            Cell::Text(row.source),
            row.comment.map_or(Cell::Empty, Cell::Text),
        ]
    };
    let columns = heads(
        lang,
        [
            ("还款日", "Paid on"),
            ("金额（元）", "Amount"),
            ("其中本金（元）", "Principal"),
            ("其中利息（元）", "Interest"),
            ("其中罚息（元）", "Penalty"),
            ("其中费用（元）", "Fees"),
            ("还款后本金余额（元）", "Principal left"),
            ("冲正日", "Undone on"),
            ("来源", "Source"),
            ("备注", "Comment"),
        ],
    );
    let rows = paid.into_iter().map(cells).collect();
    Table { name: format!("loan-{}-repayments", loan.number), columns, rows }.respond(query.format)
}
