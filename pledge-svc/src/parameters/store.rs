//! Versions of parameters as rows. A bank finds its own, the regulator every bank's, nobody else any.

use chrono::NaiveDate;
use contracts::{OrgId, OrgKind, ParameterVersionId};
use identity::Scope;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait},
};
use tx_kit::{
    Fault, Tx,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};

use super::model::{Version, VersionStatus};

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

use row::Column;

fn within(scope: &Scope) -> Select<row::Entity> {
    let seen = match scope.kind() {
        _ if scope.sees_all() => Condition::all(),
        OrgKind::Bank => Condition::all().add(Column::BankId.eq(scope.tenant().uuid())),
        _ => Condition::all().add(Expr::val(1).eq(0)),
    };
    row::Entity::find().filter(seen)
}

fn of_kind(scope: &Scope, bank: OrgId, kind: &str) -> Select<row::Entity> {
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

/// The version of a bank that holds on a day: the approved one with the latest first day, of several the highest.
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
    Ok(of_kind(scope, bank, kind)
        .filter(Column::Status.eq(VersionStatus::Approved.name()))
        .filter(Column::EffectiveFrom.lte(on))
        .order_by_desc(Column::EffectiveFrom)
        .order_by_desc(Column::Version)
        .one(conn)
        .await?)
}

/// The versions of some kinds that hold for several banks on a day, the one that counts of each last. One statement,
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
    Ok(within(scope)
        .filter(Column::BankId.is_in(banks.iter().map(|bank| bank.uuid())))
        .filter(Column::Kind.is_in(kinds.iter().copied()))
        .filter(Column::Status.eq(VersionStatus::Approved.name()))
        .filter(Column::EffectiveFrom.lte(on))
        .order_by_asc(Column::EffectiveFrom)
        .order_by_asc(Column::Version)
        .all(conn)
        .await?)
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
    Ok(of_kind(scope, bank, kind).filter(Column::Status.eq(VersionStatus::Proposed.name())).one(conn).await?)
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
    let last: Option<i32> = of_kind(scope, bank, kind)
        .select_only()
        .column(Column::Version)
        .order_by_desc(Column::Version)
        .into_tuple()
        .one(conn)
        .await?;
    Ok(last.unwrap_or(0))
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
    let mut select = of_kind(scope, bank, kind);
    if let Some(status) = status {
        select = select.filter(Column::Status.eq(status.name()));
    }
    let sort = Sort { column: Column::Version, descending: true };
    listing::page(select, conn, sort, Column::Id, request).await
}

/// Writes a proposal; a twin that was first makes the transaction run again and be refused.
///
/// # Errors
/// The database's fault.
pub async fn insert(tx: &Tx, row: row::Model) -> Result<(), Fault> {
    let inserted = row::Entity::insert(row::ActiveModel::from(row))
        .exec_without_returning(tx.conn())
        .await
        .map_err(Fault::from);
    match inserted {
        Err(fault) if fault.is_unique_violation() => {
            Err(Fault::Conflict("another proposal of the kind was first".to_owned()))
        }
        other => other.map(drop),
    }
}

/// Writes the decision about a version that waits.
///
/// # Errors
/// The database's fault; a conflict where another person decided it meanwhile.
pub async fn decide(tx: &Tx, decided: &row::Model) -> Result<(), Fault> {
    let touched = row::Entity::update_many()
        .set(row::ActiveModel {
            status: Set(decided.status.clone()),
            effective_from: Set(decided.effective_from),
            approver_id: Set(decided.approver_id),
            approver: Set(decided.approver.clone()),
            decision_reason: Set(decided.decision_reason.clone()),
            decided_at: Set(decided.decided_at),
            ..Default::default()
        })
        .filter(Column::Id.eq(decided.id))
        .filter(Column::Status.eq(VersionStatus::Proposed.name()))
        .exec(tx.conn())
        .await?
        .rows_affected;
    if touched == 1 {
        Ok(())
    } else {
        Err(Fault::Conflict(format!("parameter version {} was decided by another", decided.id)))
    }
}

/// The version of a row, as the rules see it.
///
/// # Errors
/// A status that does not read back.
pub fn version_of(row: &row::Model) -> Result<Version, Fault> {
    Ok(Version {
        status: row
            .status
            .parse()
            .map_err(|_| Fault::Corrupt(format!("status {} of parameter version {}", row.status, row.id)))?,
        maker: row.maker_id.into(),
        effective_from: row.effective_from,
    })
}
