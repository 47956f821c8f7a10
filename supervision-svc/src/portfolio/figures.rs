//! Sums over the read model, made by the database: amounts as BIGINT fen, grouped, never row by row.

use chrono::NaiveDate;
use finance::{Money, Rate};
use identity::Scope;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Alias, Expr, ExprTrait},
};
use tx_kit::Fault;
use uuid::Uuid;

use crate::read_model::{application, claim, event, facility, loan, pledge, policy, visible};

/// Facilities that count as lines: granted and not yet closed. What is drawn on an expired line is still owed.
pub(crate) const LINES: [&str; 3] = ["active", "suspended", "expired"];

/// `SUM` of BIGINT is NUMERIC on PostgreSQL and null over nothing: cast back, nothing is zero.
pub(super) fn sum(column: impl ColumnTrait) -> Expr {
    total(Expr::col(column.as_column_ref()))
}

fn total(amounts: impl Into<Expr>) -> Expr {
    Expr::expr(amounts.into().sum().cast_as(Alias::new("BIGINT"))).if_null(0_i64)
}

fn count(column: impl ColumnTrait) -> Expr {
    Expr::col(column.as_column_ref()).count()
}

/// A bank's lines.
#[derive(Debug, FromQueryResult)]
pub(super) struct BankLines {
    pub bank_id: Uuid,
    pub status: String,
    pub facilities: i64,
    pub limit_fen: i64,
    pub drawn_fen: i64,
    pub reserved_fen: i64,
}

/// The lines of each bank by status.
pub(super) async fn lines(conn: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<BankLines>, Fault> {
    Ok(facility::Entity::find()
        .select_only()
        .column(facility::Column::BankId)
        .column(facility::Column::Status)
        .column_as(count(facility::Column::Id), "facilities")
        .column_as(sum(facility::Column::LimitFen), "limit_fen")
        .column_as(sum(facility::Column::DrawnFen), "drawn_fen")
        .column_as(sum(facility::Column::ReservedFen), "reserved_fen")
        .filter(visible(scope, facility::Column::BankId))
        .filter(facility::Column::StateVersion.gt(0))
        .filter(facility::Column::Status.is_in(LINES))
        .group_by(facility::Column::BankId)
        .group_by(facility::Column::Status)
        .into_model()
        .all(conn)
        .await?)
}

/// The name that a bank bore last, wherever it is mentioned.
#[derive(Debug, FromQueryResult)]
pub(super) struct BankName {
    pub bank_id: Uuid,
    pub bank_name: String,
}

/// Every bank that is mentioned anywhere, with its name.
pub(super) async fn bank_names(conn: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<BankName>, Fault> {
    let mut names = named(
        facility::Entity::find().filter(facility::Column::StateVersion.gt(0)),
        facility::Column::BankId,
        facility::Column::BankName,
        scope,
    )
    .all(conn)
    .await?;
    let applications = application::Entity::find().filter(application::Column::Known.eq(true));
    names.extend(
        named(applications, application::Column::BankId, application::Column::BankName, scope)
            .all(conn)
            .await?,
    );
    let loans = loan::Entity::find().filter(loan::Column::Known.eq(true));
    names.extend(named(loans, loan::Column::BankId, loan::Column::BankName, scope).all(conn).await?);
    let pledges = pledge::Entity::find();
    names.extend(named(pledges, pledge::Column::BankId, pledge::Column::BankName, scope).all(conn).await?);
    Ok(names)
}

fn named<E: EntityTrait>(
    select: Select<E>,
    id: E::Column,
    name: E::Column,
    scope: &Scope,
) -> sea_orm::Selector<sea_orm::SelectModel<BankName>> {
    select
        .select_only()
        .column_as(id, "bank_id")
        .column_as(Expr::col(name.as_column_ref()).max(), "bank_name")
        .filter(visible(scope, id))
        .group_by(id)
        .into_model()
}

/// What is owed at one rate, of one bank in one industry.
#[derive(Debug, FromQueryResult)]
pub(super) struct Owed {
    pub bank_id: Uuid,
    pub industry: String,
    pub annual_rate: String,
    pub loans: i64,
    pub outstanding_fen: i64,
}

impl Owed {
    /// The rate as stored.
    pub(super) fn rate(&self) -> Result<Rate, Fault> {
        self.annual_rate.parse().map_err(|error: finance::RateError| Fault::Corrupt(error.to_string()))
    }
}

/// Loans on which principal is owed, by bank, industry and rate: few rows however many loans.
pub(super) async fn owed(conn: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<Owed>, Fault> {
    Ok(loan::Entity::find()
        .select_only()
        .column(loan::Column::BankId)
        .column(loan::Column::Industry)
        .column(loan::Column::AnnualRate)
        .column_as(count(loan::Column::Id), "loans")
        .column_as(sum(loan::Column::OutstandingFen), "outstanding_fen")
        .filter(visible(scope, loan::Column::BankId))
        .filter(loan::Column::Known.eq(true))
        .filter(loan::Column::OutstandingFen.gt(0))
        .group_by(loan::Column::BankId)
        .group_by(loan::Column::Industry)
        .group_by(loan::Column::AnnualRate)
        .into_model()
        .all(conn)
        .await?)
}

/// What one borrower owes one bank.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct Exposure {
    pub bank_id: Uuid,
    pub enterprise_id: Uuid,
    pub bank_name: String,
    pub enterprise_name: String,
    pub outstanding_fen: i64,
    pub changed_at: chrono::DateTime<chrono::Utc>,
}

/// What each borrower owes each bank.
pub(crate) async fn exposures(conn: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<Exposure>, Fault> {
    let latest = |column: loan::Column| Expr::col(column.as_column_ref()).max();
    Ok(loan::Entity::find()
        .select_only()
        .column(loan::Column::BankId)
        .column(loan::Column::EnterpriseId)
        .column_as(latest(loan::Column::BankName), "bank_name")
        .column_as(latest(loan::Column::EnterpriseName), "enterprise_name")
        .column_as(latest(loan::Column::ChangedAt), "changed_at")
        .column_as(sum(loan::Column::OutstandingFen), "outstanding_fen")
        .filter(visible(scope, loan::Column::BankId))
        .filter(loan::Column::Known.eq(true))
        .filter(loan::Column::OutstandingFen.gt(0))
        .group_by(loan::Column::BankId)
        .group_by(loan::Column::EnterpriseId)
        .order_by_asc(loan::Column::BankId)
        .order_by_asc(loan::Column::EnterpriseId)
        .into_model()
        .all(conn)
        .await?)
}

/// What was lent, and in how many loans.
#[derive(Debug, Default, FromQueryResult)]
pub(super) struct Lent {
    pub granted_fen: i64,
    pub loans: i64,
}

/// All principal ever lent (累放).
pub(super) async fn granted(conn: &impl ConnectionTrait, scope: &Scope) -> Result<Money, Fault> {
    let found: Option<Lent> = loan::Entity::find()
        .select_only()
        .column_as(sum(loan::Column::PrincipalFen), "granted_fen")
        .column_as(count(loan::Column::Id), "loans")
        .filter(visible(scope, loan::Column::BankId))
        .filter(loan::Column::Known.eq(true))
        .into_model()
        .one(conn)
        .await?;
    Ok(Money::from_fen(found.unwrap_or_default().granted_fen))
}

/// How many loans are owed on after a due date that was not met.
pub(super) async fn overdue_loans(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    today: NaiveDate,
) -> Result<i64, Fault> {
    let found: Option<Lent> = loan::Entity::find()
        .select_only()
        .column_as(sum(loan::Column::PrincipalFen), "granted_fen")
        .column_as(count(loan::Column::Id), "loans")
        .filter(visible(scope, loan::Column::BankId))
        .filter(loan::Column::Known.eq(true))
        .filter(loan::overdue(today))
        .into_model()
        .one(conn)
        .await?;
    Ok(found.unwrap_or_default().loans)
}

/// A bank's applications in one state.
#[derive(Debug, FromQueryResult)]
pub(super) struct BankApplications {
    pub bank_id: Uuid,
    pub status: String,
    pub applications: i64,
    pub days: i64,
}

/// Applications by bank and state, with the days that their decisions took.
pub(super) async fn applications(
    conn: &impl ConnectionTrait,
    scope: &Scope,
) -> Result<Vec<BankApplications>, Fault> {
    Ok(application::Entity::find()
        .select_only()
        .column(application::Column::BankId)
        .column(application::Column::Status)
        .column_as(count(application::Column::Id), "applications")
        .column_as(sum(application::Column::DecisionDays), "days")
        .filter(visible(scope, application::Column::BankId))
        .filter(application::Column::Known.eq(true))
        .group_by(application::Column::BankId)
        .group_by(application::Column::Status)
        .into_model()
        .all(conn)
        .await?)
}

/// A bank's pledges in one state.
#[derive(Debug, FromQueryResult)]
pub(super) struct BankPledges {
    pub bank_id: Uuid,
    pub status: String,
    pub secured_fen: i64,
    pub collateral_fen: i64,
}

/// Pledges that were ever registered, by bank and state.
pub(super) async fn pledges(conn: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<BankPledges>, Fault> {
    Ok(pledge::Entity::find()
        .select_only()
        .column(pledge::Column::BankId)
        .column(pledge::Column::Status)
        .column_as(sum(pledge::Column::SecuredFen), "secured_fen")
        .column_as(sum(pledge::Column::CollateralFen), "collateral_fen")
        .filter(visible(scope, pledge::Column::BankId))
        .filter(pledge::Column::RegisteredOn.is_not_null())
        .group_by(pledge::Column::BankId)
        .group_by(pledge::Column::Status)
        .into_model()
        .all(conn)
        .await?)
}

/// Cover that runs today.
#[derive(Debug, Default, FromQueryResult)]
pub(super) struct Cover {
    pub policies: i64,
    pub limit_fen: i64,
}

/// Policies that are neither ended nor past their last day.
pub(super) async fn cover(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    today: NaiveDate,
) -> Result<Cover, Fault> {
    let found: Option<Cover> = policy::Entity::find()
        .select_only()
        .column_as(count(policy::Column::Id), "policies")
        .column_as(sum(policy::Column::LimitFen), "limit_fen")
        .filter(visible(scope, policy::Column::InsurerId))
        .filter(policy::Column::Known.eq(true))
        .filter(policy::Column::EndedMonth.is_null())
        .filter(policy::Column::EndsOn.gte(today))
        .into_model()
        .one(conn)
        .await?;
    Ok(found.unwrap_or_default())
}

/// Claims in all.
#[derive(Debug, Default, FromQueryResult)]
pub(super) struct Claims {
    pub claims: i64,
    pub reserve_fen: i64,
    pub paid_fen: i64,
}

/// Claims, what is reserved for them and what was paid.
///
/// A claim is paid in full and once, which releases its reserve: what stays reserved is the reserve of those on which
/// nothing was paid, in whatever order the events came.
pub(super) async fn claims(conn: &impl ConnectionTrait, scope: &Scope) -> Result<Claims, Fault> {
    let unpaid =
        Expr::case(claim::Column::PaidFen.eq(0), Expr::col(claim::Column::ReserveFen)).finally(0_i64);
    let found: Option<Claims> = claim::Entity::find()
        .select_only()
        .column_as(count(claim::Column::Id), "claims")
        .column_as(total(unpaid), "reserve_fen")
        .column_as(sum(claim::Column::PaidFen), "paid_fen")
        .filter(visible(scope, claim::Column::InsurerId))
        .into_model()
        .one(conn)
        .await?;
    Ok(found.unwrap_or_default())
}

/// The newest event: how far the figures reach, and how long it was on its way.
pub(super) async fn newest_event(conn: &impl ConnectionTrait) -> Result<Option<event::Model>, Fault> {
    Ok(event::Entity::find()
        .order_by_desc(event::Column::OccurredAt)
        .order_by_desc(event::Column::Id)
        .limit(1)
        .one(conn)
        .await?)
}
