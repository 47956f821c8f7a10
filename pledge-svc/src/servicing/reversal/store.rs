//! Proposals to undo payments as rows. A bank finds those of its loans, an enterprise those of its own that were carried
//! out.

use contracts::{LoanId, OrgKind, RepaymentId, RepaymentReversalId};
use identity::Scope;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Select,
};
use tx_kit::{
    Fault, Tx,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};

use crate::{
    loan::store::{about, repayment},
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

/// What lists narrow by.
const COLUMNS: about::Columns<row::Column> = about::Columns {
    loan: row::Column::LoanId,
    status: row::Column::Status,
    words: [row::Column::LoanNumber, row::Column::EnterpriseName],
};

fn within(scope: &Scope) -> Select<row::Entity> {
    let seen = about::about_loans::<row::Entity>(row::Column::LoanId, scope);
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
    let alike = about::Narrowed {
        loan: filter.loan,
        status: filter.status.map(ReversalStatus::name),
        text: filter.text.as_deref(),
    };
    let mut select = about::narrowed(within(scope), COLUMNS, &alike);
    if let Some(repayment) = filter.repayment {
        select = select.filter(row::Column::RepaymentId.eq(repayment.uuid()));
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
    Ok(about::about_loans::<repayment::Entity>(repayment::Column::LoanId, scope)
        .filter(repayment::Column::Id.eq(id.uuid()))
        .filter(repayment::Column::LoanId.eq(loan.uuid()))
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
    about::insert_unless_one_waits(tx, row::ActiveModel::from(row)).await
}

/// Writes what became of a proposal; its row must still be as read.
///
/// # Errors
/// The database's fault; a conflict where another transaction decided it meanwhile.
pub async fn update(tx: &Tx, read: &row::Model, change: row::ActiveModel) -> Result<(), Fault> {
    let change = row::ActiveModel { version: Set(read.version + 1), ..change };
    let as_read =
        about::AsRead { id: (row::Column::Id, read.id), version: (row::Column::Version, read.version) };
    if about::answer_as_read(tx, as_read, change).await? {
        Ok(())
    } else {
        Err(Fault::Conflict(format!("reversal {} was decided by another", read.id)))
    }
}
