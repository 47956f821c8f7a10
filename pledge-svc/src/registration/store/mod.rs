//! Pledges and their patents as rows. A bank finds those it holds, an enterprise those it gave, a fund or an insurer those behind
//! what is claimed on it. Filed for them: [`filings`], [`messages`], [`parcels`]; what happened: [`history`]; consents, what is to
//! be valued anew, how the rights stand: [`consents`], [`due`], [`rights`]; looking up: [`find`].

pub mod consents;
pub mod due;
pub mod filings;
pub mod find;
pub mod history;
pub mod messages;
pub mod owing;
pub mod parcels;
pub mod revaluations;
pub mod rights;

use std::collections::HashMap;

use contracts::{ApplicationId, FilingId, OrgKind, PatentId, ValuationId};
use finance::Money;
use identity::Scope;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
    sea_query::{Expr, ExprTrait, SelectStatement},
};
use tx_kit::{Fault, Tx};

use super::model::{
    FilingBrief, Pledge, PledgeStatus, PledgedPatent, Right,
    entry::{number_key, number_stem},
};
use crate::{disposal, visible};

/// The rows of pledges.
pub mod row {
    use sea_orm::entity::prelude::*;

    /// One pledge.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "pledge")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub application_id: Uuid,
        pub facility_id: Uuid,
        pub bank_id: Uuid,
        pub bank_name: String,
        pub enterprise_id: Uuid,
        pub enterprise_name: String,
        pub status: String,
        pub registration_number: Option<String>,
        pub secured_fen: i64,
        pub collateral_fen: i64,
        pub maximum_loan_fen: i64,
        pub carrying_fen: i64,
        pub valid_until: Date,
        pub debt_until: Option<Date>,
        /// The first end of the rights under it.
        pub rights_until: Option<Date>,
        pub tenor_months: Option<i32>,
        pub challenged_carries: Option<bool>,
        /// The first day up to which the annuities are paid.
        pub annuity_until: Option<Date>,
        pub filing_id: Option<Uuid>,
        pub filing_kind: Option<String>,
        pub filing_state: Option<String>,
        pub due_on: Option<Date>,
        pub submitted_at: DateTimeUtc,
        pub registered_on: Option<Date>,
        pub cancelled_on: Option<Date>,
        #[sea_orm(column_type = "Text", nullable)]
        pub cancel_reason: Option<String>,
        pub annulled_on: Option<Date>,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The rows of patents under pledges.
pub mod patent_row {
    use sea_orm::entity::prelude::*;

    /// One patent under one pledge.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "pledge_patent")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub pledge_id: Uuid,
        pub position: i32,
        #[sea_orm(primary_key, auto_increment = false)]
        pub patent_id: Uuid,
        pub number: String,
        /// As it is looked up.
        pub number_key: String,
        /// The same without its kind code.
        pub number_stem: String,
        #[sea_orm(column_type = "Text")]
        pub title: String,
        pub valuation_id: Uuid,
        pub collateral_fen: i64,
        pub loan_fen: Option<i64>,
        pub valid_until: Date,
        pub ends_on: Option<Date>,
        pub annuity_until: Option<Date>,
        pub released_on: Option<Date>,
        /// Whether a live pledge holds it: at most one does.
        pub live: bool,
        /// When the pledge let go of it here, whatever day the register entered for it.
        pub let_go_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

fn seen(scope: &Scope) -> Condition {
    match scope.kind() {
        _ if scope.sees_all() => Condition::all(),
        // Whoever bears a part of a loss sees what secured the debt.
        OrgKind::Fund | OrgKind::Insurer => {
            let debt = [row::Column::FacilityId, row::Column::EnterpriseId].map(|column| column.into_expr());
            Condition::all()
                .add(Expr::tuple(debt).in_subquery(disposal::debts_borne_by(scope.tenant().uuid())))
        }
        _ => visible::between(scope, row::Column::BankId, row::Column::EnterpriseId),
    }
}

/// The ids of the pledges in scope.
pub(crate) fn ids_in(scope: &Scope) -> SelectStatement {
    within(scope).select_only().column(row::Column::Id).into_query()
}

/// The rows of pledges in scope.
pub(super) fn within(scope: &Scope) -> Select<row::Entity> {
    row::Entity::find().filter(seen(scope))
}

/// Writes a new pledge with its patents.
///
/// # Errors
/// The database's fault; a twin that took a patent first makes the transaction run again and be refused.
pub async fn insert(tx: &mut Tx, pledge: &Pledge) -> Result<(), Fault> {
    row::Entity::insert(columns(pledge)?)
        .exec_without_returning(tx.conn())
        .await
        .map_err(|error| Fault::from(error).overtaken_if_taken())?;
    let patents = (1..).zip(&pledge.patents).map(|(position, patent)| patent_row::ActiveModel {
        pledge_id: Set(pledge.id.uuid()),
        position: Set(position),
        patent_id: Set(patent.patent_id.uuid()),
        number: Set(patent.number.clone()),
        number_key: Set(number_key(&patent.number)),
        number_stem: Set(number_stem(&number_key(&patent.number)).to_owned()),
        title: Set(patent.title.clone()),
        valuation_id: Set(patent.valuation_id.uuid()),
        collateral_fen: Set(patent.collateral_value.fen()),
        loan_fen: Set(patent.maximum_loan.map(Money::fen)),
        valid_until: Set(patent.valid_until),
        ends_on: Set(patent.ends_on),
        annuity_until: Set(patent.annuity_until),
        released_on: Set(patent.released_on),
        live: Set(pledge.status.is_live()),
        let_go_at: Set(None),
    });
    patent_row::Entity::insert_many(patents)
        .exec_without_returning(tx.conn())
        .await
        .map_err(|error| Fault::from(error).overtaken_if_taken())?;
    Ok(())
}

/// Writes what a pledge has become; the row must still be at the version that was read.
///
/// # Errors
/// The database's fault; a conflict where another transaction changed the pledge meanwhile.
pub async fn update(tx: &mut Tx, pledge: &Pledge, read_version: i64) -> Result<(), Fault> {
    let mut change = columns(pledge)?;
    change.id = sea_orm::ActiveValue::NotSet;
    let changed = row::Entity::update_many()
        .set(change)
        .filter(row::Column::Id.eq(pledge.id.uuid()))
        .filter(row::Column::Version.eq(read_version))
        .exec(tx.conn())
        .await
        .map_err(|error| Fault::from(error).overtaken_if_taken())?;
    if changed.rows_affected != 1 {
        return Err(Fault::Conflict(format!("pledge {} was changed by another", pledge.id)));
    }
    let held = Condition::all()
        .add(patent_row::Column::PledgeId.eq(pledge.id.uuid()))
        .add(patent_row::Column::Live.eq(true));
    for patent in pledge.patents.iter().filter(|one| one.released_on.is_some()) {
        patent_row::Entity::update_many()
            .col_expr(patent_row::Column::ReleasedOn, Expr::value(patent.released_on))
            .col_expr(patent_row::Column::Live, Expr::value(false))
            .col_expr(patent_row::Column::LetGoAt, Expr::value(tx.now()))
            .filter(held.clone())
            .filter(patent_row::Column::PatentId.eq(patent.patent_id.uuid()))
            .exec(tx.conn())
            .await?;
    }
    if !pledge.status.is_live() {
        // What ended lets go of everything that it still held, and never takes hold again.
        patent_row::Entity::update_many()
            .col_expr(patent_row::Column::Live, Expr::value(false))
            .col_expr(patent_row::Column::LetGoAt, Expr::value(tx.now()))
            .filter(held)
            .exec(tx.conn())
            .await?;
    }
    Ok(())
}

/// Writes until when the annuities of the patents under a pledge are paid; the pledge itself was written by [`update`].
///
/// # Errors
/// The database's fault.
pub async fn write_annuities(tx: &mut Tx, pledge: &Pledge) -> Result<(), Fault> {
    for patent in &pledge.patents {
        patent_row::Entity::update_many()
            .col_expr(patent_row::Column::AnnuityUntil, Expr::value(patent.annuity_until))
            .filter(patent_row::Column::PledgeId.eq(pledge.id.uuid()))
            .filter(patent_row::Column::PatentId.eq(patent.patent_id.uuid()))
            .exec(tx.conn())
            .await?;
    }
    Ok(())
}

/// Writes the values of patents under a pledge that were valued anew; the pledge itself was written by [`update`].
///
/// # Errors
/// The database's fault.
pub async fn write_values(tx: &mut Tx, pledge: &Pledge, revalued: &[PatentId]) -> Result<(), Fault> {
    for patent in pledge.patents.iter().filter(|one| revalued.contains(&one.patent_id)) {
        patent_row::Entity::update_many()
            .col_expr(patent_row::Column::ValuationId, Expr::value(patent.valuation_id.uuid()))
            .col_expr(patent_row::Column::CollateralFen, Expr::value(patent.collateral_value.fen()))
            .col_expr(patent_row::Column::LoanFen, Expr::value(patent.maximum_loan.map(Money::fen)))
            .col_expr(patent_row::Column::ValidUntil, Expr::value(patent.valid_until))
            .filter(patent_row::Column::PledgeId.eq(pledge.id.uuid()))
            .filter(patent_row::Column::PatentId.eq(patent.patent_id.uuid()))
            .exec(tx.conn())
            .await?;
    }
    Ok(())
}

fn columns(pledge: &Pledge) -> Result<row::ActiveModel, Fault> {
    let Some(valid_until) = pledge.valid_until() else {
        return Err(Fault::Invariant(format!("pledge {} is over no patent", pledge.id)));
    };
    let filing = pledge.filing.as_ref();
    Ok(row::ActiveModel {
        id: Set(pledge.id.uuid()),
        number: Set(pledge.number.clone()),
        application_id: Set(pledge.application_id.uuid()),
        facility_id: Set(pledge.facility_id.uuid()),
        bank_id: Set(pledge.bank_id.uuid()),
        bank_name: Set(pledge.bank_name.clone()),
        enterprise_id: Set(pledge.enterprise_id.uuid()),
        enterprise_name: Set(pledge.enterprise_name.clone()),
        status: Set(pledge.status.name().to_owned()),
        registration_number: Set(pledge.registration_number.clone()),
        secured_fen: Set(pledge.secured_amount.fen()),
        collateral_fen: Set(pledge.collateral_value.fen()),
        maximum_loan_fen: Set(pledge.maximum_loan.fen()),
        carrying_fen: Set(pledge.carrying.fen()),
        valid_until: Set(valid_until),
        debt_until: Set(pledge.debt_until),
        rights_until: Set(pledge.first_end()),
        tenor_months: Set(pledge.tenor_months.map(|months| i32::try_from(months).unwrap_or(i32::MAX))),
        challenged_carries: Set(Some(pledge.challenged_carries)),
        annuity_until: Set(pledge.annuities_until()),
        filing_id: Set(filing.map(|one| one.id.uuid())),
        filing_kind: Set(filing.map(|one| one.kind.name().to_owned())),
        filing_state: Set(filing.map(|one| one.state.name().to_owned())),
        due_on: Set(filing.and_then(|one| one.due_on)),
        submitted_at: Set(pledge.submitted_at),
        registered_on: Set(pledge.registered_on),
        cancelled_on: Set(pledge.cancelled_on),
        cancel_reason: Set(pledge.cancel_reason.clone()),
        annulled_on: Set(pledge.annulled_on),
        version: Set(pledge.version),
    })
}

/// Months as they are reckoned with; a CHECK holds them positive.
pub(super) fn months_of(months: Option<i32>) -> Option<u32> {
    months.and_then(|months| u32::try_from(months).ok())
}

/// A word of a row that no longer reads.
pub(super) fn unreadable(what: &str, text: &str, id: uuid::Uuid) -> Fault {
    Fault::Corrupt(format!("{what} {text} of {id}"))
}

pub(super) fn status_of(row: &row::Model) -> Result<PledgeStatus, Fault> {
    row.status.parse().map_err(|_| unreadable("status", &row.status, row.id))
}

fn filing_of(row: &row::Model) -> Result<Option<FilingBrief>, Fault> {
    let (Some(id), Some(kind), Some(state)) = (row.filing_id, &row.filing_kind, &row.filing_state) else {
        return Ok(None);
    };
    Ok(Some(FilingBrief {
        id: FilingId::from_uuid(id),
        kind: kind.parse().map_err(|_| unreadable("filing", kind, row.id))?,
        state: state.parse().map_err(|_| unreadable("filing state", state, row.id))?,
        due_on: row.due_on,
    }))
}

/// The pledges of rows, each with its patents and how their rights stand.
pub(super) async fn with_patents(
    conn: &impl ConnectionTrait,
    rows: Vec<row::Model>,
) -> Result<Vec<Pledge>, Fault> {
    let ids: Vec<uuid::Uuid> = rows.iter().map(|row| row.id).collect();
    let mut patents: HashMap<uuid::Uuid, Vec<PledgedPatent>> = HashMap::new();
    if !ids.is_empty() {
        let found = patent_row::Entity::find()
            .filter(patent_row::Column::PledgeId.is_in(ids))
            .order_by_asc(patent_row::Column::Position)
            .all(conn)
            .await?;
        let named: Vec<PatentId> = found.iter().map(|one| one.patent_id.into()).collect();
        let known = rights::find(conn, &Scope::system(), &named).await?;
        for patent in found {
            let right = known.get(&patent.patent_id.into()).cloned().unwrap_or_default();
            patents.entry(patent.pledge_id).or_default().push(pledged(patent, right));
        }
    }
    rows.into_iter()
        .map(|row| {
            let of_row = patents.remove(&row.id).unwrap_or_default();
            pledge_of(row, of_row)
        })
        .collect()
}

fn pledged(patent: patent_row::Model, right: Right) -> PledgedPatent {
    PledgedPatent {
        patent_id: patent.patent_id.into(),
        number: patent.number,
        title: patent.title,
        valuation_id: ValuationId::from_uuid(patent.valuation_id),
        collateral_value: Money::from_fen(patent.collateral_fen),
        maximum_loan: patent.loan_fen.map(Money::from_fen),
        valid_until: patent.valid_until,
        ends_on: patent.ends_on,
        annuity_until: patent.annuity_until,
        released_on: patent.released_on,
        right,
    }
}

fn pledge_of(row: row::Model, patents: Vec<PledgedPatent>) -> Result<Pledge, Fault> {
    let (status, filing) = (status_of(&row)?, filing_of(&row)?);
    Ok(Pledge {
        id: row.id.into(),
        number: row.number,
        application_id: ApplicationId::from_uuid(row.application_id),
        facility_id: row.facility_id.into(),
        bank_id: row.bank_id.into(),
        bank_name: row.bank_name,
        enterprise_id: row.enterprise_id.into(),
        enterprise_name: row.enterprise_name,
        status,
        registration_number: row.registration_number,
        secured_amount: Money::from_fen(row.secured_fen),
        collateral_value: Money::from_fen(row.collateral_fen),
        maximum_loan: Money::from_fen(row.maximum_loan_fen),
        carrying: Money::from_fen(row.carrying_fen),
        debt_until: row.debt_until,
        tenor_months: months_of(row.tenor_months),
        challenged_carries: row.challenged_carries.unwrap_or(false),
        patents,
        filing,
        submitted_at: row.submitted_at,
        registered_on: row.registered_on,
        cancelled_on: row.cancelled_on,
        cancel_reason: row.cancel_reason,
        annulled_on: row.annulled_on,
        version: row.version,
    })
}
