//! Versions of parameters as rows. A bank finds its own, the regulator every bank's, nobody else any.

use chrono::NaiveDate;
use contracts::{OrgId, ParameterVersionId};
use four_eyes::{
    Version, VersionStatus,
    table::{self, DecidedTable, VersionTable},
};
use identity::Scope;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Select};
use tx_kit::{
    Fault, Tx,
    listing::{ListingError, PageOf, PageRequest},
};

use crate::visible;

/// The rows of versions.
pub mod row {
    use sea_orm::entity::prelude::*;

    /// One version of a kind of one bank.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "parameter_version")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub bank_id: Uuid,
        pub bank_name: String,
        pub kind: String,
        pub version: i32,
        #[sea_orm(column_type = "Text")]
        pub content: String,
        pub effective_from: Date,
        #[sea_orm(column_type = "Text")]
        pub reason: String,
        pub status: String,
        pub maker_id: Uuid,
        pub maker: String,
        pub approver_id: Option<Uuid>,
        pub approver: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub decision_reason: Option<String>,
        pub created_at: DateTimeUtc,
        pub decided_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

impl VersionTable for Entity {
    const ID: Column = Column::Id;
    const NUMBER: Column = Column::Version;
    const STATUS: Column = Column::Status;
    const EFFECTIVE_FROM: Column = Column::EffectiveFrom;
    const IN_FORCE: &'static str = VersionStatus::Approved.name();
}

impl DecidedTable for Entity {
    const APPROVER_ID: Column = Column::ApproverId;
    const APPROVER: Column = Column::Approver;
    const DECISION_REASON: Column = Column::DecisionReason;
    const DECIDED_AT: Column = Column::DecidedAt;
}

fn within(scope: &Scope) -> Select<Entity> {
    Entity::find().filter(visible::of_bank(scope, Column::BankId))
}

fn of_kind(scope: &Scope, bank: OrgId, kind: &str) -> Select<Entity> {
    within(scope).filter(Column::BankId.eq(bank.uuid())).filter(Column::Kind.eq(kind))
}

/// A version of a kind, where it is in scope.
///
/// # Errors
/// The database's fault.
pub async fn find(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    kind: &str,
    id: ParameterVersionId,
) -> Result<Option<row::Model>, Fault> {
    Ok(within(scope).filter(Column::Kind.eq(kind)).filter(Column::Id.eq(id.uuid())).one(conn).await?)
}

/// The version of a bank that holds on a day.
///
/// # Errors
/// The database's fault.
pub async fn find_active(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    bank: OrgId,
    kind: &str,
    on: NaiveDate,
) -> Result<Option<row::Model>, Fault> {
    Ok(table::holding(of_kind(scope, bank, kind), on).one(conn).await?)
}

/// The versions of some kinds that hold for several banks on a day, the one that counts of each first. One statement,
/// whatever their number.
///
/// # Errors
/// The database's fault.
pub async fn find_active_of(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    banks: &[OrgId],
    kinds: &[&str],
    on: NaiveDate,
) -> Result<Vec<row::Model>, Fault> {
    let versions = within(scope)
        .filter(Column::BankId.is_in(banks.iter().map(|bank| bank.uuid())))
        .filter(Column::Kind.is_in(kinds.iter().copied()));
    Ok(table::holding(versions, on).all(conn).await?)
}

/// The proposal of a bank that waits for a decision.
///
/// # Errors
/// The database's fault.
pub async fn find_open(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    bank: OrgId,
    kind: &str,
) -> Result<Option<row::Model>, Fault> {
    Ok(table::waiting(of_kind(scope, bank, kind)).one(conn).await?)
}

/// The highest number given so far; 0 where none was.
///
/// # Errors
/// The database's fault.
pub async fn find_last_number(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    bank: OrgId,
    kind: &str,
) -> Result<i32, Fault> {
    table::last_number(of_kind(scope, bank, kind), conn).await
}

/// One page of a bank's versions of a kind, newest first.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub async fn page(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    bank: OrgId,
    kind: &str,
    status: Option<VersionStatus>,
    request: &PageRequest,
) -> Result<PageOf<row::Model>, ListingError> {
    let status = status.map(VersionStatus::name);
    table::newest_first(of_kind(scope, bank, kind), conn, status, request).await
}

/// Writes a proposal; a twin that was first makes the transaction run again and be refused.
///
/// # Errors
/// The database's fault.
pub async fn insert(tx: &Tx, row: row::Model) -> Result<(), Fault> {
    Entity::insert(row::ActiveModel::from(row))
        .exec_without_returning(tx.conn())
        .await
        .map_err(|error| Fault::from(error).overtaken_if_taken())?;
    Ok(())
}

/// The version of a row, as the rules see it.
///
/// # Errors
/// A status that does not read back.
pub fn version_of(row: &row::Model) -> Result<Version, Fault> {
    Ok(Version {
        status: VersionStatus::of_name(&row.status).ok_or_else(|| {
            Fault::Corrupt(format!("status {} of parameter version {}", row.status, row.id))
        })?,
        maker: row.maker_id.into(),
        effective_from: row.effective_from,
    })
}
