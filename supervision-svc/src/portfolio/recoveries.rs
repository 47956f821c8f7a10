//! `GET /recoveries`: disposals and recoveries, fund use and remaining cover, and appeals, of each bank and of the whole
//! market; summed by the database, put together in `recovery_sums`.

use axum::{Json, extract::State, response::Response};
use chrono::NaiveDate;
use contracts::OrgId;
use finance::{Money, Rate};
use http_kit::{
    Lang, Problem, QueryOf, Who,
    export::{Cell, FileKind},
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{
    desk::{exported, ratio_cell, table},
    recovery_sums,
};
use crate::state::App;

/// What became of loans that are not repaid, of the funds' cover and of refusals that were appealed against.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct Recoveries {
    /// The business date.
    pub as_of: NaiveDate,
    /// The whole market.
    pub totals: RecoveryFigures,
    /// Each bank, the largest claims first.
    pub by_bank: Vec<BankRecoveries>,
    /// Each month in which something moved.
    pub by_month: Vec<RecoveryMonth>,
}

/// One bank.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct BankRecoveries {
    /// The bank.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    #[serde(flatten)]
    pub figures: RecoveryFigures,
}

/// The figures of a bank or of all. What is not opened, or was refused to be opened, is no case.
#[derive(Debug, Clone, Default, PartialEq, Serialize, utoipa::ToSchema)]
pub(crate) struct RecoveryFigures {
    /// Cases ever opened.
    pub cases: i64,
    /// Of them, not closed.
    pub open_cases: i64,
    /// Owed on the days they were opened.
    pub claim: Money,
    /// Costs that the bank paid.
    pub costs: Money,
    /// Proceeds of collateral, gross.
    pub proceeds: Money,
    /// Losses that were determined.
    pub loss: Money,
    /// Of them, what those who share them have paid.
    pub compensated: Money,
    /// The bank's own part.
    pub own_loss: Money,
    /// Principal written off.
    pub written_off: Money,
    /// Recovered after the losses were determined, gross.
    pub recovered: Money,
    /// Of the recoveries, what those who paid got back.
    pub returned: Money,
    /// 回收率: proceeds and recoveries over what was owed.
    pub recovery_rate: Option<Rate>,
    /// Fund agreements that have not ended.
    pub agreements: i64,
    /// Of them, stopped by the circuit breaker.
    pub stopped_agreements: i64,
    /// What the funds have committed under them.
    pub commitment: Money,
    /// Compensation that funds paid, under every agreement.
    pub fund_paid: Money,
    /// Recoveries handed back to funds.
    pub fund_returned: Money,
    /// Fund use: paid less handed back.
    pub fund_used: Money,
    /// Claimed from funds and not decided.
    pub fund_pending: Money,
    /// Remaining cover: what is left of the commitments that have not ended.
    pub cover_left: Money,
    /// Appeals against refusals.
    pub appeals: i64,
    /// Of them, not decided.
    pub open_appeals: i64,
    /// Upheld: the refusal stands.
    pub upheld: i64,
    /// Lifted: the application is assessed anew.
    pub reopened: i64,
    /// Lifted over decided.
    pub reopened_share: Option<Rate>,
    /// Calendar days from the appeal to its decision, on average.
    #[schema(value_type = Option<String>)]
    pub average_days_to_decision: Option<Decimal>,
}

/// What moved in a month.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct RecoveryMonth {
    /// `2026-11`
    pub month: String,
    /// Costs that banks paid.
    pub costs: Money,
    /// Proceeds of collateral, gross.
    pub proceeds: Money,
    /// Losses that were determined, less what payments of borrowers took off them.
    pub loss: Money,
    /// What those who share losses paid.
    pub compensated: Money,
    /// Principal written off.
    pub written_off: Money,
    /// Recovered after the losses were determined, gross.
    pub recovered: Money,
    /// Compensation that funds paid.
    pub fund_paid: Money,
    /// Recoveries handed back to funds.
    pub fund_returned: Money,
    /// Capital paid into funds, replenishment included.
    pub fund_capital: Money,
    /// Appeals made.
    pub appeals: i64,
}

#[utoipa::path(get, path = "/recoveries", tag = "recovery", operation_id = "recoveries",
    responses((status = 200, body = Recoveries)))]
pub(super) async fn recoveries(State(app): State<App>, who: Who) -> Result<Json<Recoveries>, Problem> {
    let (conn, scope) = (app.db.read(), who.scope());
    let (totals, by_bank) = recovery_sums::by_bank(conn, &scope).await?;
    let by_month = recovery_sums::by_month(conn, &scope).await?;
    Ok(Json(Recoveries { as_of: app.db.clock().business_date(), totals, by_bank, by_month }))
}

/// Which file.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct ExportOf {
    /// `csv` or `xlsx`.
    format: Option<FileKind>,
}

#[utoipa::path(get, path = "/recoveries/export", tag = "recovery", operation_id = "export_recoveries",
    params(ExportOf), responses((status = 200, description = "CSV or XLSX")))]
pub(super) async fn export(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(wanted): QueryOf<ExportOf>,
) -> Result<Response, Problem> {
    let (_, by_bank) = recovery_sums::by_bank(app.db.read(), &who.scope()).await?;
    let columns = [
        ("银行", "Bank"),
        ("案件", "Cases"),
        ("未结案", "Open cases"),
        ("立案时债权", "Owed when opened"),
        ("处置费用", "Costs"),
        ("处置价款", "Proceeds"),
        ("损失", "Loss"),
        ("已获代偿", "Compensated"),
        ("银行自担损失", "Bank's own loss"),
        ("核销本金", "Written off"),
        ("损失后追偿", "Recovered"),
        ("返还分担方", "Handed back"),
        ("回收率", "Recovery rate"),
        ("基金承诺额", "Fund commitment"),
        ("基金已代偿", "Fund paid"),
        ("返还基金", "Handed back to funds"),
        ("基金净使用", "Fund use"),
        ("待基金决定", "Not decided by funds"),
        ("剩余保障", "Cover left"),
        ("熔断协议", "Stopped agreements"),
        ("申诉", "Appeals"),
        ("未决申诉", "Open appeals"),
        ("维持", "Upheld"),
        ("退回重审", "Reopened"),
    ];
    let table = table("recoveries", lang, &columns, by_bank.into_iter().map(cells).collect());
    exported(&app, &who, &table, None, wanted.format).await
}

fn cells(bank: BankRecoveries) -> Vec<Cell> {
    let one = bank.figures;
    vec![
        Cell::Text(bank.bank_name),
        Cell::Number(one.cases),
        Cell::Number(one.open_cases),
        Cell::Amount(one.claim),
        Cell::Amount(one.costs),
        Cell::Amount(one.proceeds),
        Cell::Amount(one.loss),
        Cell::Amount(one.compensated),
        Cell::Amount(one.own_loss),
        Cell::Amount(one.written_off),
        Cell::Amount(one.recovered),
        Cell::Amount(one.returned),
        ratio_cell(one.recovery_rate),
        Cell::Amount(one.commitment),
        Cell::Amount(one.fund_paid),
        Cell::Amount(one.fund_returned),
        Cell::Amount(one.fund_used),
        Cell::Amount(one.fund_pending),
        Cell::Amount(one.cover_left),
        Cell::Number(one.stopped_agreements),
        Cell::Number(one.appeals),
        Cell::Number(one.open_appeals),
        Cell::Number(one.upheld),
        Cell::Number(one.reopened),
    ]
}
