//! Proposals to undo payments as rows. A bank finds those of its loans, an enterprise those of its own that were carried
//! out.

use contracts::{LoanId, OrgKind, RepaymentId, RepaymentReversalId};
use identity::Scope;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select,
};
use tx_kit::{
    Fault, Tx,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};

use crate::{
    loan::store::{self as loans, repayment},
    servicing::model::reversal::ReversalStatus,
};

/// The rows.
pub mod row {
    use sea_orm::entity::prelude::*;

    /// One proposal.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "repayment_reversal")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub repayment_id: Uuid,
        pub loan_id: Uuid,
        pub loan_number: String,
        pub facility_id: Uuid,
        pub bank_id: Uuid,
        pub bank_name: String,
        pub enterprise_id: Uuid,
        pub enterprise_name: String,
        pub amount_fen: i64,
        pub principal_fen: i64,
        pub interest_fen: i64,
        pub fees_fen: i64,
        pub paid_on: Date,
        pub status: String,
        #[sea_orm(column_type = "Text")]
        pub reason: String,
        pub maker_id: Uuid,
        pub maker: String,
        pub approver_id: Option<Uuid>,
        pub approver: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub decision_reason: Option<String>,
        pub created_at: DateTimeUtc,
        pub decided_at: Option<DateTimeUtc>,
        pub reversed_on: Option<Date>,
        pub correction_fen: Option<i64>,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What a list is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this loan.
    pub loan: Option<LoanId>,
    /// Of this payment.
    pub repayment: Option<RepaymentId>,
    /// In this state.
    pub status: Option<ReversalStatus>,
    /// Loan number or borrower contains this.
    pub text: Option<String>,
}

fn within(scope: &Scope) -> Select<row::Entity> {
    let loans = loans::find(scope).select_only().column(loans::loan::Column::Id).into_query();
    let seen = row::Entity::find().filter(row::Column::LoanId.in_subquery(loans));
    if scope.kind() == OrgKind::Enterprise {
        // What the bank considers, and what it decided against, is its own affair.
        return seen.filter(row::Column::Status.eq(ReversalStatus::Approved.name()));
    }
    seen
}

/// A proposal, where it is in scope.
///
/// # Errors
/// The database's fault.
pub async fn find(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: RepaymentReversalId,
) -> Result<Option<row::Model>, Fault> {
    Ok(within(scope).filter(row::Column::Id.eq(id.uuid())).one(conn).await?)
}

/// One page of proposals.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub async fn page(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    filter: &Filter,
    sort: Sort<row::Column>,
    request: &PageRequest,
) -> Result<PageOf<row::Model>, ListingError> {
    let mut select = within(scope);
    if let Some(loan) = filter.loan {
        select = select.filter(row::Column::LoanId.eq(loan.uuid()));
    }
    if let Some(repayment) = filter.repayment {
        select = select.filter(row::Column::RepaymentId.eq(repayment.uuid()));
    }
    if let Some(status) = filter.status {
        select = select.filter(row::Column::Status.eq(status.name()));
    }
    if let Some(text) = &filter.text {
        let columns = [row::Column::LoanNumber, row::Column::EnterpriseName];
        select = select.filter(listing::containing(&columns, text));
    }
    listing::page(select, conn, sort, row::Column::Id, request).await
}

/// A payment of a loan that a scope may see.
///
/// # Errors
/// The database's fault.
pub async fn find_repayment(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    (loan, id): (LoanId, RepaymentId),
) -> Result<Option<repayment::Model>, Fault> {
    let loans = loans::find(scope).select_only().column(loans::loan::Column::Id).into_query();
    Ok(repayment::Entity::find_by_id(id.uuid())
        .filter(repayment::Column::LoanId.eq(loan.uuid()))
        .filter(repayment::Column::LoanId.in_subquery(loans))
        .one(conn)
        .await?)
}

/// Locks a payment of a loan that is held: what rests on it, and whoever would rest something on it, waits.
///
/// # Errors
/// The database's fault.
pub async fn lock_repayment(
    tx: &Tx,
    (loan, id): (LoanId, RepaymentId),
) -> Result<Option<repayment::Model>, Fault> {
    Ok(repayment::Entity::find_by_id(id.uuid())
        .filter(repayment::Column::LoanId.eq(loan.uuid()))
        .lock_exclusive()
        .one(tx.conn())
        .await?)
}

/// The state that a row is in.
///
/// # Errors
/// [`Fault::Corrupt`]
pub fn status_of(row: &row::Model) -> Result<ReversalStatus, Fault> {
    ReversalStatus::parse(&row.status)
        .ok_or_else(|| Fault::Corrupt(format!("status {} of reversal {}", row.status, row.id)))
}

/// Writes a new proposal; false where one waits for the payment already.
///
/// # Errors
/// The database's fault.
pub async fn insert(tx: &Tx, row: row::Model) -> Result<bool, Fault> {
    let made = row::ActiveModel::from(row);
    let inserted = row::Entity::insert(made).exec_without_returning(tx.conn()).await.map_err(Fault::from);
    match inserted {
        Err(fault) if fault.is_unique_violation() => Ok(false),
        other => other.map(|_| true),
    }
}

/// Writes what became of a proposal; its row must still be as read.
///
/// # Errors
/// The database's fault; a conflict where another transaction decided it meanwhile.
pub async fn update(tx: &Tx, read: &row::Model, change: row::ActiveModel) -> Result<(), Fault> {
    let change = row::ActiveModel { version: Set(read.version + 1), ..change };
    let touched = row::Entity::update_many()
        .set(change)
        .filter(row::Column::Id.eq(read.id))
        .filter(row::Column::Version.eq(read.version))
        .exec(tx.conn())
        .await?
        .rows_affected;
    if touched == 1 {
        Ok(())
    } else {
        Err(Fault::Conflict(format!("reversal {} was decided by another", read.id)))
    }
}
