//! Finding and writing applications. A bank finds those addressed to it, an enterprise its own.

mod entities;
mod mapping;

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use contracts::{ApplicationId, FacilityId, OrgId, PatentId};
use finance::{Money, MoneyError};
use identity::Scope;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
};
use tx_kit::{
    Fault, Tx,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};

pub use entities::application::Column;
use entities::{application, patent};

use super::model::{Application, ApplicationStatus};
use crate::visible;

/// What of an application has run out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// An approval without a pledge.
    Approval,
    /// The term for a correction.
    Correction,
}

/// Applications whose time is over, read at once.
const OVER_AT_ONCE: u64 = 200;

/// What a list of applications is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// In this status.
    pub status: Option<ApplicationStatus>,
    /// Under this facility.
    pub facility: Option<FacilityId>,
    /// Of this enterprise.
    pub enterprise: Option<OrgId>,
    /// Under this product.
    pub product: Option<String>,
    /// What was due before this day.
    pub due_before: Option<NaiveDate>,
    /// Number, facility or a party's name contains this.
    pub text: Option<String>,
}

fn within(scope: &Scope) -> Select<application::Entity> {
    application::Entity::find().filter(visible::between(scope, Column::BankId, Column::EnterpriseId))
}

/// An application, where it is in scope.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn find(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: ApplicationId,
) -> Result<Option<Application>, Fault> {
    let found = within(scope).filter(Column::Id.eq(id.uuid())).one(conn).await?;
    Ok(with_patents(conn, found.into_iter().collect()).await?.pop())
}

/// One page of applications.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub async fn page(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    filter: &Filter,
    sort: Sort<Column>,
    request: &PageRequest,
) -> Result<PageOf<Application>, ListingError> {
    let mut select = within(scope);
    if let Some(status) = filter.status {
        select = select.filter(Column::Status.eq(status.name()));
    }
    if let Some(facility) = filter.facility {
        select = select.filter(Column::FacilityId.eq(facility.uuid()));
    }
    if let Some(enterprise) = filter.enterprise {
        select = select.filter(Column::EnterpriseId.eq(enterprise.uuid()));
    }
    if let Some(product) = &filter.product {
        select = select.filter(Column::Product.eq(product));
    }
    if let Some(day) = filter.due_before {
        select = select.filter(Column::Clock.is_not_null()).filter(Column::DueOn.lt(day));
    }
    if let Some(text) = &filter.text {
        let columns = [Column::Number, Column::EnterpriseName, Column::FacilityName, Column::BankName];
        select = select.filter(listing::containing(&columns, text));
    }
    let page = listing::page(select, conn, sort, Column::Id, request).await?;
    Ok(PageOf { items: with_patents(conn, page.items).await?, next_cursor: page.next_cursor })
}

/// What an application's bank has approved for its borrower by other applications that still hold it: whole amounts, of
/// syndicated lines too, as authority is given for them. What the bank itself bears of them is `facility::at_bank`.
///
/// # Errors
/// The database's fault, or a sum beyond the range of money.
pub async fn find_approved_besides(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    one: &Application,
) -> Result<Money, Fault> {
    let amounts: Vec<Option<i64>> = within(scope)
        .select_only()
        .column(Column::DecidedFen)
        .filter(Column::BankId.eq(one.bank_id.uuid()))
        .filter(Column::EnterpriseId.eq(one.enterprise_id.uuid()))
        .filter(Column::HoldsReservation.eq(true))
        .filter(Column::Id.ne(one.id.uuid()))
        .into_tuple()
        .all(conn)
        .await?;
    Money::total(amounts.into_iter().flatten().map(Money::from_fen)).map_err(|error: MoneyError| {
        Fault::Corrupt(format!("what bank {} has approved: {error}", one.bank_id))
    })
}

/// Which of an application's patents another application offers that is not decided yet.
///
/// # Errors
/// The database's fault.
pub async fn find_offered_elsewhere(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    one: &Application,
) -> Result<HashSet<PatentId>, Fault> {
    let open = ApplicationStatus::ALL.into_iter().filter(|status| status.is_open());
    let others = within(scope)
        .select_only()
        .column(Column::Id)
        .filter(Column::Id.ne(one.id.uuid()))
        .filter(Column::Status.is_in(open.map(ApplicationStatus::name)))
        .into_query();
    let found: Vec<uuid::Uuid> = patent::Entity::find()
        .select_only()
        .column(patent::Column::PatentId)
        .filter(patent::Column::PatentId.is_in(one.patent_ids().into_iter().map(PatentId::uuid)))
        .filter(patent::Column::ApplicationId.in_subquery(others))
        .distinct()
        .into_tuple()
        .all(conn)
        .await?;
    Ok(found.into_iter().map(PatentId::from_uuid).collect())
}

/// Applications of which something was over before a day, in the order of their ids and after one: some of them.
///
/// # Errors
/// The database's fault.
pub async fn list_over(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    what: Over,
    before: NaiveDate,
    after: uuid::Uuid,
) -> Result<Vec<uuid::Uuid>, Fault> {
    let over = match what {
        Over::Approval => Condition::all()
            .add(Column::Status.eq(ApplicationStatus::Approved.name()))
            .add(Column::PledgeId.is_null())
            .add(Column::ApprovalUntil.lt(before)),
        // While it is the enterprise's turn the clock is that of its correction.
        Over::Correction => Condition::all()
            .add(Column::Status.eq(ApplicationStatus::Deficient.name()))
            .add(Column::DueOn.lt(before)),
    };
    Ok(within(scope)
        .select_only()
        .column(Column::Id)
        .filter(over)
        .filter(Column::Id.gt(after))
        .order_by_asc(Column::Id)
        .limit(OVER_AT_ONCE)
        .into_tuple()
        .all(conn)
        .await?)
}

/// Writes a new application with its patents.
///
/// # Errors
/// The database's fault.
pub async fn insert(tx: &mut Tx, one: &Application) -> Result<(), Fault> {
    application::Entity::insert(mapping::fixed(one)?).exec_without_returning(tx.conn()).await?;
    patent::Entity::insert_many(mapping::patents(one)).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Writes what a step changed; the row must still be at the version before.
///
/// # Errors
/// The database's fault; a conflict where another transaction changed the application meanwhile.
pub async fn update(tx: &mut Tx, one: &Application) -> Result<(), Fault> {
    let changed = application::Entity::update_many()
        .set(mapping::changing(one)?)
        .filter(Column::Id.eq(one.id.uuid()))
        .filter(Column::Version.eq(one.version - 1))
        .exec(tx.conn())
        .await?;
    if changed.rows_affected == 1 {
        Ok(())
    } else {
        Err(Fault::Conflict(format!("application {} was changed by another", one.id)))
    }
}

/// Writes the patents again, with the figures of an assessment.
///
/// # Errors
/// The database's fault.
pub async fn replace_patents(tx: &mut Tx, one: &Application) -> Result<(), Fault> {
    patent::Entity::delete_many()
        .filter(patent::Column::ApplicationId.eq(one.id.uuid()))
        .exec(tx.conn())
        .await?;
    patent::Entity::insert_many(mapping::patents(one)).exec_without_returning(tx.conn()).await?;
    Ok(())
}

async fn with_patents(
    conn: &impl ConnectionTrait,
    rows: Vec<application::Model>,
) -> Result<Vec<Application>, Fault> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let found = patent::Entity::find()
        .filter(patent::Column::ApplicationId.is_in(rows.iter().map(|row| row.id)))
        .order_by_asc(patent::Column::Position)
        .all(conn)
        .await?;
    let mut patents: HashMap<uuid::Uuid, Vec<patent::Model>> = HashMap::new();
    for row in found {
        patents.entry(row.application_id).or_default().push(row);
    }
    rows.into_iter()
        .map(|row| {
            let own = patents.remove(&row.id).unwrap_or_default();
            mapping::application_of(row, own)
        })
        .collect()
}
