//! Pledges and their patents as rows. A bank finds the pledges it holds, an enterprise those it gave.

use std::collections::HashMap;

use contracts::{ApplicationId, FacilityId, OrgId, OrgKind, PatentId, PledgeId, ValuationId};
use finance::Money;
use identity::Scope;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
    sea_query::{Expr, ExprTrait},
};
use tx_kit::{
    Fault, Tx,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};

use super::model::{Pledge, PledgeStatus, PledgedPatent, collateral::Carrier};

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
        pub valid_until: Date,
        pub submitted_at: DateTimeUtc,
        pub registered_on: Option<Date>,
        pub cancelled_on: Option<Date>,
        #[sea_orm(column_type = "Text", nullable)]
        pub cancel_reason: Option<String>,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod patent_row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "pledge_patent")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub pledge_id: Uuid,
        pub position: i32,
        #[sea_orm(primary_key, auto_increment = false)]
        pub patent_id: Uuid,
        pub number: String,
        #[sea_orm(column_type = "Text")]
        pub title: String,
        pub valuation_id: Uuid,
        pub collateral_fen: i64,
        pub valid_until: Date,
        pub live: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What a list of pledges is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// In this status.
    pub status: Option<PledgeStatus>,
    /// Under this facility.
    pub facility: Option<FacilityId>,
    /// Given by this enterprise.
    pub enterprise: Option<OrgId>,
    /// Number, registration number or a party's name contains this.
    pub text: Option<String>,
}

fn visible(scope: &Scope) -> Condition {
    if scope.sees_all() {
        return Condition::all();
    }
    match scope.kind() {
        OrgKind::Bank => Condition::all().add(row::Column::BankId.eq(scope.tenant().uuid())),
        OrgKind::Enterprise => Condition::all().add(row::Column::EnterpriseId.eq(scope.tenant().uuid())),
        _ => Condition::all().add(Expr::val(1).eq(0)),
    }
}

fn within(scope: &Scope) -> Select<row::Entity> {
    row::Entity::find().filter(visible(scope))
}

/// A pledge, where it is in scope.
///
/// # Errors
/// The database's fault.
pub async fn find(conn: &impl ConnectionTrait, scope: &Scope, id: PledgeId) -> Result<Option<Pledge>, Fault> {
    let found = within(scope).filter(row::Column::Id.eq(id.uuid())).one(conn).await?;
    Ok(with_patents(conn, found.into_iter().collect()).await?.pop())
}

/// One page of pledges.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub async fn page(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    filter: &Filter,
    sort: Sort<row::Column>,
    request: &PageRequest,
) -> Result<PageOf<Pledge>, ListingError> {
    let mut select = within(scope);
    if let Some(status) = filter.status {
        select = select.filter(row::Column::Status.eq(status.name()));
    }
    if let Some(facility) = filter.facility {
        select = select.filter(row::Column::FacilityId.eq(facility.uuid()));
    }
    if let Some(enterprise) = filter.enterprise {
        select = select.filter(row::Column::EnterpriseId.eq(enterprise.uuid()));
    }
    if let Some(text) = &filter.text {
        let columns = [
            row::Column::Number,
            row::Column::RegistrationNumber,
            row::Column::EnterpriseName,
            row::Column::BankName,
        ];
        select = select.filter(listing::containing(&columns, text));
    }
    let page = listing::page(select, conn, sort, row::Column::Id, request).await?;
    Ok(PageOf { items: with_patents(conn, page.items).await?, next_cursor: page.next_cursor })
}

/// What the carrying rule needs of the pledges of members under one facility, by member, in one query.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn find_carriers(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    facility: FacilityId,
    enterprises: &[OrgId],
) -> Result<HashMap<OrgId, Vec<Carrier>>, Fault> {
    let rows = within(scope)
        .filter(row::Column::FacilityId.eq(facility.uuid()))
        .filter(row::Column::EnterpriseId.is_in(enterprises.iter().map(|id| id.uuid())))
        .filter(row::Column::Status.eq(PledgeStatus::Registered.name()))
        .order_by_asc(row::Column::Id)
        .all(conn)
        .await?;
    let mut carriers: HashMap<OrgId, Vec<Carrier>> = HashMap::new();
    for row in rows {
        carriers.entry(row.enterprise_id.into()).or_default().push(Carrier {
            id: row.id.into(),
            status: status_of(&row)?,
            maximum_loan: Money::from_fen(row.maximum_loan_fen),
            secured_amount: Money::from_fen(row.secured_fen),
            valid_until: row.valid_until,
        });
    }
    Ok(carriers)
}

/// The live pledge of each of the patents that has one, whoever holds it.
///
/// # Errors
/// The database's fault.
pub async fn find_live_by_patent(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    patents: &[PatentId],
) -> Result<HashMap<PatentId, PledgeId>, Fault> {
    let held: Vec<(uuid::Uuid, uuid::Uuid)> = patent_row::Entity::find()
        .select_only()
        .column(patent_row::Column::PatentId)
        .column(patent_row::Column::PledgeId)
        .filter(patent_row::Column::PatentId.is_in(patents.iter().map(|id| id.uuid())))
        .filter(patent_row::Column::Live.eq(true))
        .filter(
            patent_row::Column::PledgeId
                .in_subquery(within(scope).select_only().column(row::Column::Id).into_query()),
        )
        .into_tuple()
        .all(conn)
        .await?;
    Ok(held.into_iter().map(|(patent, pledge)| (patent.into(), pledge.into())).collect())
}

/// Whether a pledge bears this number in the register.
///
/// # Errors
/// The database's fault.
pub async fn find_by_registration_number(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    number: &str,
) -> Result<Option<PledgeId>, Fault> {
    let found = within(scope).filter(row::Column::RegistrationNumber.eq(number)).one(conn).await?;
    Ok(found.map(|row| row.id.into()))
}

/// Writes a new pledge with its patents.
///
/// # Errors
/// The database's fault; a twin that took a patent first makes the transaction run again and be refused.
pub async fn insert(tx: &mut Tx, pledge: &Pledge) -> Result<(), Fault> {
    let Some(valid_until) = pledge.valid_until() else {
        return Err(Fault::Invariant(format!("pledge {} is over no patent", pledge.id)));
    };
    let head = row::ActiveModel {
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
        valid_until: Set(valid_until),
        submitted_at: Set(pledge.submitted_at),
        registered_on: Set(pledge.registered_on),
        cancelled_on: Set(pledge.cancelled_on),
        cancel_reason: Set(pledge.cancel_reason.clone()),
        version: Set(pledge.version),
    };
    row::Entity::insert(head).exec_without_returning(tx.conn()).await.map_err(twin)?;
    let patents = (1..).zip(&pledge.patents).map(|(position, patent)| patent_row::ActiveModel {
        pledge_id: Set(pledge.id.uuid()),
        position: Set(position),
        patent_id: Set(patent.patent_id.uuid()),
        number: Set(patent.number.clone()),
        title: Set(patent.title.clone()),
        valuation_id: Set(patent.valuation_id.uuid()),
        collateral_fen: Set(patent.collateral_value.fen()),
        valid_until: Set(patent.valid_until),
        live: Set(pledge.status.is_live()),
    });
    patent_row::Entity::insert_many(patents).exec_without_returning(tx.conn()).await.map_err(twin)?;
    Ok(())
}

/// Writes the pledge's new status; the row must still be at the version before.
///
/// # Errors
/// The database's fault; a conflict where another transaction changed the pledge meanwhile.
pub async fn update(tx: &mut Tx, pledge: &Pledge) -> Result<(), Fault> {
    let changed = row::Entity::update_many()
        .set(row::ActiveModel {
            status: Set(pledge.status.name().to_owned()),
            registration_number: Set(pledge.registration_number.clone()),
            registered_on: Set(pledge.registered_on),
            cancelled_on: Set(pledge.cancelled_on),
            cancel_reason: Set(pledge.cancel_reason.clone()),
            version: Set(pledge.version),
            ..Default::default()
        })
        .filter(row::Column::Id.eq(pledge.id.uuid()))
        .filter(row::Column::Version.eq(pledge.version - 1))
        .exec(tx.conn())
        .await
        .map_err(twin)?;
    if changed.rows_affected != 1 {
        return Err(Fault::Conflict(format!("pledge {} was changed by another", pledge.id)));
    }
    patent_row::Entity::update_many()
        .col_expr(patent_row::Column::Live, Expr::value(pledge.status.is_live()))
        .filter(patent_row::Column::PledgeId.eq(pledge.id.uuid()))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// A unique index was taken by a twin that the check before could not see yet: decide again.
fn twin(error: sea_orm::DbErr) -> Fault {
    let fault = Fault::from(error);
    if fault.is_unique_violation() { Fault::Conflict("a twin was first".to_owned()) } else { fault }
}

fn status_of(row: &row::Model) -> Result<PledgeStatus, Fault> {
    row.status.parse().map_err(|_| Fault::Corrupt(format!("status {} of pledge {}", row.status, row.id)))
}

async fn with_patents(conn: &impl ConnectionTrait, rows: Vec<row::Model>) -> Result<Vec<Pledge>, Fault> {
    let ids: Vec<uuid::Uuid> = rows.iter().map(|row| row.id).collect();
    let mut patents: HashMap<uuid::Uuid, Vec<PledgedPatent>> = HashMap::new();
    if !ids.is_empty() {
        let found = patent_row::Entity::find()
            .filter(patent_row::Column::PledgeId.is_in(ids))
            .order_by_asc(patent_row::Column::Position)
            .all(conn)
            .await?;
        for patent in found {
            patents.entry(patent.pledge_id).or_default().push(PledgedPatent {
                patent_id: patent.patent_id.into(),
                number: patent.number,
                title: patent.title,
                valuation_id: ValuationId::from_uuid(patent.valuation_id),
                collateral_value: Money::from_fen(patent.collateral_fen),
                valid_until: patent.valid_until,
            });
        }
    }
    rows.into_iter()
        .map(|row| {
            let status = status_of(&row)?;
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
                patents: patents.remove(&row.id).unwrap_or_default(),
                submitted_at: row.submitted_at,
                registered_on: row.registered_on,
                cancelled_on: row.cancelled_on,
                cancel_reason: row.cancel_reason,
                version: row.version,
            })
        })
        .collect()
}
