//! What funds have agreed to cover for banks, what of it is used and what is left: the list, one with its movements, the
//! export.

use axum::{Json, extract::State, response::Response};
use chrono::{DateTime, NaiveDate, Utc};
use contracts::{FacilityId, FundAgreementId, FundId, OrgId};
use finance::{Money, MoneyError, Rate};
use http_kit::{
    Lang, Page, PathId, Problem, QueryOf, Who,
    export::{Cell, FileKind, ROWS_MAX},
};
use identity::Scope;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::{Deserialize, Serialize};
use tx_kit::{Fault, listing::page};
use uuid::Uuid;

use super::{
    desk::{Look, exported, looked, only, order, ratio_cell, saying, table},
    events::{EventView, timeline},
    funds::MovementFigures,
    model::ratio::ratio,
};
use crate::{
    read_model::{
        fund_agreement::{Column, Entity, Model},
        fund_movement, visible,
    },
    state::App,
};

/// What to list.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct Filter {
    /// With this bank.
    bank_id: Option<Uuid>,
    /// Of this fund.
    fund_id: Option<Uuid>,
    /// `active`, `stopped` (by the circuit breaker), `ended`; `open` for all that have not ended.
    status: Option<String>,
    /// In number, fund, bank or facility.
    q: Option<String>,
    /// `number` (default), `commitment`, `paid`, `bank_name`; a minus for largest first.
    sort: Option<String>,
    /// Rows on the page.
    #[serde(deserialize_with = "http_kit::page::limit")]
    limit: Option<u64>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// For exports: `csv` or `xlsx`.
    format: Option<FileKind>,
}

const ORDERS: [(&str, Column); 4] = [
    ("number", Column::Number),
    ("commitment", Column::CommitmentFen),
    ("paid", Column::PaidFen),
    ("bank_name", Column::BankName),
];

impl Filter {
    fn select(&self, scope: &Scope) -> Select<Entity> {
        let mut query = Entity::find().filter(visible(scope, Column::BankId));
        query = only(query, Column::BankId, self.bank_id);
        query = only(query, Column::FundId, self.fund_id);
        query = match self.status.as_deref() {
            None => query,
            Some("open") => query.filter(Column::Status.ne("ended")),
            Some(status) => query.filter(Column::Status.eq(status)),
        };
        saying(
            query,
            &[Column::Number, Column::FundName, Column::BankName, Column::FacilityName],
            self.q.as_deref(),
        )
    }
}

/// An agreement.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = SupervisedFundAgreement)]
pub(super) struct AgreementFigures {
    /// Its id.
    id: FundAgreementId,
    /// Its number.
    number: String,
    /// The fund.
    fund_id: FundId,
    /// Its name.
    fund_name: String,
    /// The bank.
    bank_id: OrgId,
    /// Its name.
    bank_name: String,
    /// The one facility covered; null where all of the bank's are that name the fund.
    facility_id: Option<FacilityId>,
    /// Its name.
    facility_name: Option<String>,
    /// How much of the fund's capital stands for the bank.
    commitment: Money,
    /// Compensation paid.
    paid: Money,
    /// Recoveries handed back.
    returned: Money,
    /// Claimed and not decided.
    pending: Money,
    /// Used: paid less handed back.
    used: Money,
    /// What is left of the cover: the commitment less what is used; nothing once ended.
    cover_left: Money,
    /// Used over commitment.
    use_ratio: Option<Rate>,
    /// The covered balance is at most so many times what is left.
    leverage_max: String,
    /// The largest part of a loss that the fund bears.
    share_max: String,
    /// The circuit breaker's threshold.
    threshold: String,
    /// First day of new cover.
    starts_on: NaiveDate,
    /// Last day of new cover.
    ends_on: NaiveDate,
    /// Where it is.
    status: String,
    /// Why the circuit breaker stopped it.
    stop_cause: Option<String>,
    /// The ratio that did.
    stop_ratio: Option<String>,
    /// The day it was stopped or ended.
    stopped_on: Option<NaiveDate>,
    /// Last change heard of.
    changed_at: DateTime<Utc>,
}

impl TryFrom<Model> for AgreementFigures {
    type Error = MoneyError;

    fn try_from(row: Model) -> Result<Self, MoneyError> {
        let (commitment, paid, returned) = (
            Money::from_fen(row.commitment_fen),
            Money::from_fen(row.paid_fen),
            Money::from_fen(row.returned_fen),
        );
        let used = paid.checked_sub(returned)?;
        let ended = row.status == "ended";
        Ok(Self {
            id: row.id.into(),
            number: row.number,
            fund_id: row.fund_id.into(),
            fund_name: row.fund_name,
            bank_id: row.bank_id.into(),
            bank_name: row.bank_name,
            facility_id: row.facility_id.map(Into::into),
            facility_name: row.facility_name,
            cover_left: if ended { Money::ZERO } else { commitment.checked_sub(used)? },
            use_ratio: ratio(used, commitment),
            commitment,
            paid,
            returned,
            pending: Money::from_fen(row.pending_fen),
            used,
            leverage_max: row.leverage_max,
            share_max: row.share_max,
            threshold: row.threshold,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            status: row.status,
            stop_cause: row.stop_cause,
            stop_ratio: row.stop_ratio,
            stopped_on: row.stopped_on,
            changed_at: row.changed_at,
        })
    }
}

fn does_not_fit(error: MoneyError) -> Fault {
    Fault::Corrupt(error.to_string())
}

/// An agreement with its movements, oldest first, and what was heard of it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = SupervisedFundAgreementDetail)]
pub(super) struct AgreementDetail {
    #[serde(flatten)]
    figures: AgreementFigures,
    /// Compensation adds up to what was paid, recoveries to what was handed back.
    movements: Vec<MovementFigures>,
    /// What was heard of it, newest first.
    events: Vec<EventView>,
}

#[utoipa::path(get, path = "/fund-agreements", tag = "recovery", operation_id = "supervised_fund_agreements",
    params(Filter), responses((status = 200, body = Page<AgreementFigures>)))]
pub(super) async fn list(
    State(app): State<App>,
    who: Who,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Json<Page<AgreementFigures>>, Problem> {
    let sort = order(filter.sort.as_deref(), "number", &ORDERS)?;
    let request = http_kit::page::request(filter.limit, filter.cursor.clone());
    let found = page(filter.select(&who.scope()), app.db.read(), sort, Column::Id, &request).await?;
    let items = found.items.into_iter().map(AgreementFigures::try_from).collect::<Result<_, _>>();
    Ok(Json(Page { items: items.map_err(does_not_fit)?, next_cursor: found.next_cursor }))
}

#[utoipa::path(get, path = "/fund-agreements/{id}", tag = "recovery", operation_id = "supervised_fund_agreement",
    params(("id" = FundAgreementId, Path)),
    responses((status = 200, body = AgreementDetail), (status = 404, description = "Not known")))]
pub(super) async fn detail(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<FundAgreementId>,
) -> Result<Json<AgreementDetail>, Problem> {
    let conn = app.db.read();
    let found = Filter::default().select(&who.scope()).filter(Column::Id.eq(id.uuid())).one(conn).await;
    let row = found.map_err(Fault::from)?.ok_or_else(Problem::not_found)?;
    let path = format!("/fund-agreements/{id}");
    looked(&app, &who, Look { subject: "fund_agreement", id: row.id, bank: row.bank_id, path }).await?;
    let movements = fund_movement::Entity::find()
        .filter(fund_movement::Column::AgreementId.eq(row.id))
        .order_by_asc(fund_movement::Column::BookedOn)
        .order_by_asc(fund_movement::Column::Id)
        .all(conn)
        .await
        .map_err(Fault::from)?;
    Ok(Json(AgreementDetail {
        movements: movements.into_iter().map(MovementFigures::from).collect(),
        events: timeline(conn, &who.scope(), row.id).await?,
        figures: AgreementFigures::try_from(row).map_err(does_not_fit)?,
    }))
}

#[utoipa::path(get, path = "/fund-agreements/export", tag = "recovery",
    operation_id = "export_supervised_fund_agreements", params(Filter),
    responses((status = 200, description = "CSV or XLSX")))]
pub(super) async fn export(
    State(app): State<App>,
    who: Who,
    lang: Lang,
    QueryOf(filter): QueryOf<Filter>,
) -> Result<Response, Problem> {
    let select = filter.select(&who.scope()).order_by_asc(Column::Number).limit(ROWS_MAX);
    let rows = select.all(app.db.read()).await.map_err(Fault::from)?;
    let columns = [
        ("协议编号", "Agreement"),
        ("基金", "Fund"),
        ("银行", "Bank"),
        ("承诺额", "Commitment"),
        ("已代偿", "Compensation paid"),
        ("已返还", "Handed back"),
        ("待决定", "Not decided"),
        ("已用", "Used"),
        ("剩余保障", "Cover left"),
        ("使用率", "Use"),
        ("状态", "Status"),
        ("熔断原因", "Stopped for"),
        ("熔断或终止日", "Stopped or ended on"),
    ];
    let rows: Vec<AgreementFigures> =
        rows.into_iter().map(AgreementFigures::try_from).collect::<Result<_, _>>().map_err(does_not_fit)?;
    let table = table("fund-agreements", lang, &columns, rows.into_iter().map(cells).collect());
    exported(&app, &who, &table, filter.bank_id, filter.format).await
}

fn cells(view: AgreementFigures) -> Vec<Cell> {
    vec![
        Cell::Text(view.number),
        Cell::Text(view.fund_name),
        Cell::Text(view.bank_name),
        Cell::Amount(view.commitment),
        Cell::Amount(view.paid),
        Cell::Amount(view.returned),
        Cell::Amount(view.pending),
        Cell::Amount(view.used),
        Cell::Amount(view.cover_left),
        ratio_cell(view.use_ratio),
        Cell::Text(view.status),
        view.stop_cause.map_or(Cell::Empty, Cell::Text),
        view.stopped_on.map_or(Cell::Empty, Cell::Date),
    ]
}
