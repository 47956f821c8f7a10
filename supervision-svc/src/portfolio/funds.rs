//! Risk-compensation funds and the movements of their money.

use axum::{Json, extract::State, response::Response};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::{CompensationId, FundAgreementId, FundId, MovementId, OrgId};
use finance::{Money, MoneyError, Rate};
use http_kit::{
    Lang, Page, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX},
};
use identity::Scope;
use sea_orm::{EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::{Deserialize, Serialize};
use tx_kit::{Fault, listing::page};
use uuid::Uuid;

use super::{
    desk::{exported, only, order, saying, table},
    model::ratio::ratio,
};
use crate::{
    read_model::{fund, fund_movement, visible},
    state::App,
};

/// Which funds to list.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct FundFilter {
    /// In name or sponsor.
    q: Option<String>,
    /// `name` (default), `capital`, `paid`; a minus for largest first.
    sort: Option<String>,
    /// Rows on the page.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
}

const FUND_ORDERS: [(&str, fund::Column); 3] =
    [("name", fund::Column::Name), ("capital", fund::Column::CapitalFen), ("paid", fund::Column::PaidFen)];

/// A fund.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = SupervisedFund)]
pub(super) struct FundFigures {
    /// The fund; its organisation's id.
    id: FundId,
    /// Its name.
    name: String,
    /// Who set it up.
    sponsor: String,
    /// The day it was opened.
    opened_on: NaiveDate,
    /// Paid in, replenishment included.
    capital: Money,
    /// Compensation paid.
    paid: Money,
    /// Recoveries handed back.
    recovered: Money,
    /// What it holds: capital and recoveries less compensation.
    balance: Money,
    /// What of the balance is promised to banks.
    committed: Money,
    /// What is promised to nobody.
    free: Money,
    /// Compensation less recoveries over capital.
    use_ratio: Option<Rate>,
    /// Last change heard of.
    changed_at: DateTime<Utc>,
}

impl TryFrom<fund::Model> for FundFigures {
    type Error = MoneyError;

    fn try_from(row: fund::Model) -> Result<Self, MoneyError> {
        let (capital, paid, recovered, committed) = (
            Money::from_fen(row.capital_fen),
            Money::from_fen(row.paid_fen),
            Money::from_fen(row.recovered_fen),
            Money::from_fen(row.committed_fen),
        );
        let balance = capital.checked_add(recovered)?.checked_sub(paid)?;
        Ok(Self {
            id: row.id.into(),
            name: row.name,
            sponsor: row.sponsor,
            opened_on: row.opened_on,
            balance,
            free: balance.checked_sub(committed)?,
            use_ratio: ratio(paid.checked_sub(recovered)?, capital),
            capital,
            paid,
            recovered,
            committed,
            changed_at: row.changed_at,
        })
    }
}

fn does_not_fit(error: MoneyError) -> Fault {
    Fault::Corrupt(error.to_string())
}

#[utoipa::path(get, path = "/funds", tag = "recovery", operation_id = "supervised_funds", params(FundFilter),
    responses((status = 200, body = Page<FundFigures>)))]
pub(super) async fn list(
    State(app): State<App>,
    who: Who,
    QueryOf(filter): QueryOf<FundFilter>,
) -> Result<Json<Page<FundFigures>>, Problem> {
    let select = fund::Entity::find().filter(visible(&who.scope(), fund::Column::Id));
    let select = saying(select, &[fund::Column::Name, fund::Column::Sponsor], filter.q.as_deref());
    let sort = order(filter.sort.as_deref(), "name", &FUND_ORDERS)?;
    let request = http_kit::page::request(filter.limit, filter.cursor);
    let found = page(select, app.db.read(), sort, fund::Column::Id, &request).await?;
    let items = found.items.into_iter().map(FundFigures::try_from).collect::<Result<_, _>>();
    Ok(Json(Page { items: items.map_err(does_not_fit)?, next_cursor: found.next_cursor }))
}

/// Which movements to list.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct MovementFilter {
    /// Of this fund.
    fund_id: Option<Uuid>,
    /// Under this agreement.
    agreement_id: Option<Uuid>,
    /// With this bank.
    bank_id: Option<Uuid>,
    /// `capital`, `replenishment`, `compensation`, `recovery`.
    kind: Option<String>,
    /// In this month: `2026-11`.
    month: Option<String>,
    /// `-booked_on` (default) or `amount`; a minus for largest first.
    sort: Option<String>,
    /// Rows on the page.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// For exports: `csv` or `xlsx`.
    format: Option<FileKind>,
}

const MOVEMENT_ORDERS: [(&str, fund_movement::Column); 2] =
    [("booked_on", fund_movement::Column::BookedOn), ("amount", fund_movement::Column::AmountFen)];

impl MovementFilter {
    fn select(&self, scope: &Scope) -> Select<fund_movement::Entity> {
        use fund_movement::Column;
        let mut query = fund_movement::Entity::find().filter(visible(scope, Column::FundId));
        for (column, value) in [
            (Column::FundId, self.fund_id),
            (Column::AgreementId, self.agreement_id),
            (Column::BankId, self.bank_id),
        ] {
            query = only(query, column, value);
        }
        query = only(query, Column::Kind, self.kind.as_deref());
        query = only(query, Column::BookedMonth, self.month.as_deref());
        query
    }
}

/// A movement of a fund's money.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = SupervisedFundMovement)]
pub(super) struct MovementFigures {
    /// The line of the fund's statement.
    pub id: MovementId,
    /// The fund.
    pub fund_id: FundId,
    /// The agreement, for compensation and recoveries.
    pub agreement_id: Option<FundAgreementId>,
    /// The bank, for the same.
    pub bank_id: Option<OrgId>,
    /// What moved.
    pub kind: String,
    /// How much.
    pub amount: Money,
    /// What the fund held after it.
    pub balance: Money,
    /// The bank's claim, for compensation and recoveries.
    pub claim_id: Option<CompensationId>,
    /// Who paid or was paid.
    pub party: String,
    /// The paper behind it.
    pub reference: String,
    /// The business date.
    pub booked_on: NaiveDate,
}

impl From<fund_movement::Model> for MovementFigures {
    fn from(row: fund_movement::Model) -> Self {
        Self {
            id: MovementId::from_uuid(row.id),
            fund_id: row.fund_id.into(),
            agreement_id: row.agreement_id.map(Into::into),
            bank_id: row.bank_id.map(Into::into),
            kind: row.kind,
            amount: Money::from_fen(row.amount_fen),
            balance: Money::from_fen(row.balance_fen),
            claim_id: row.claim_id.map(Into::into),
            party: row.party,
            reference: row.reference,
            booked_on: row.booked_on,
        }
    }
}

#[utoipa::path(get, path = "/fund-movements", tag = "recovery", operation_id = "supervised_fund_movements",
    params(MovementFilter), responses((status = 200, body = Page<MovementFigures>)))]
pub(super) async fn movements(
    State(app): State<App>,
    who: Who,
    QueryOf(filter): QueryOf<MovementFilter>,
) -> Result<Json<Page<MovementFigures>>, Problem> {
    let sort = order(filter.sort.as_deref(), "-booked_on", &MOVEMENT_ORDERS)?;
    let request = http_kit::page::request(filter.limit, filter.cursor.clone());
    let select = filter.select(&who.scope());
    let found = page(select, app.db.read(), sort, fund_movement::Column::Id, &request).await?;
    Ok(Json(Page::of(found, MovementFigures::from)))
}

#[utoipa::path(get, path = "/fund-movements/export", tag = "recovery",
    operation_id = "export_supervised_fund_movements", params(MovementFilter),
    responses((status = 200, description = "CSV or XLSX")))]
pub(super) async fn export_movements(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(filter): QueryOf<MovementFilter>,
) -> Result<Response, Problem> {
    let select = filter.select(&who.scope()).order_by_desc(fund_movement::Column::BookedOn).limit(ROWS_MAX);
    let rows = select.all(app.db.read()).await.map_err(Fault::from)?;
    let columns = [
        ("日期", "Date"),
        ("类型", "Kind"),
        ("金额", "Amount"),
        ("余额", "Balance"),
        ("对方", "Party"),
        ("凭据", "Reference"),
    ];
    let cells = |row: fund_movement::Model| {
        let view = MovementFigures::from(row);
        vec![
            Cell::Date(view.booked_on),
            Cell::Text(view.kind),
            Cell::Amount(view.amount),
            Cell::Amount(view.balance),
            Cell::Text(view.party),
            Cell::Text(view.reference),
        ]
    };
    let table = table("fund-movements", lang, &columns, rows.into_iter().map(cells).collect());
    exported(&app, &who, &table, filter.bank_id, filter.format).await
}
