//! Instructions as rows. A bank finds those given to it, an enterprise its own, the regulator all, nobody else any.

use chrono::NaiveDate;
use contracts::{FacilityId, LoanId, OrgId, PaymentInstructionId};
use finance::Money;
use identity::Scope;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use tx_kit::{
    Fault, Tx,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};
use uuid::Uuid;

use super::model::{InstructionKind, InstructionStatus};
use crate::{facility::DepositKind, visible};

/// The rows.
pub mod row {
    use sea_orm::entity::prelude::*;

    /// One instruction.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "payment_instruction")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub kind: String,
        pub bank_id: Uuid,
        pub bank_name: String,
        pub enterprise_id: Uuid,
        pub enterprise_name: String,
        pub facility_id: Uuid,
        pub loan_id: Option<Uuid>,
        pub number: String,
        pub deposit_kind: Option<String>,
        pub amount_fen: i64,
        pub comment: Option<String>,
        pub status: String,
        pub maker_id: Uuid,
        pub maker: String,
        pub instructed_on: Date,
        pub lapses_on: Date,
        pub created_at: DateTimeUtc,
        pub decided_by_id: Option<Uuid>,
        pub decided_by: Option<String>,
        pub decided_at: Option<DateTimeUtc>,
        #[sea_orm(column_type = "Text", nullable)]
        pub reason: Option<String>,
        pub reference: Option<String>,
        pub booked_id: Option<Uuid>,
        pub booked_on: Option<Date>,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use row::Column;

/// What a list is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// In this state.
    pub status: Option<InstructionStatus>,
    /// Of this kind.
    pub kind: Option<InstructionKind>,
    /// On this loan.
    pub loan: Option<LoanId>,
    /// On this line, its loans included.
    pub facility: Option<FacilityId>,
    /// Number of the loan or line, borrower or reference contains this.
    pub text: Option<String>,
}

fn within(scope: &Scope) -> Select<row::Entity> {
    row::Entity::find().filter(visible::between(scope, Column::BankId, Column::EnterpriseId))
}

/// An instruction, where it is in scope.
///
/// # Errors
/// The database's fault.
pub async fn find(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: PaymentInstructionId,
) -> Result<Option<row::Model>, Fault> {
    Ok(within(scope).filter(Column::Id.eq(id.uuid())).one(conn).await?)
}

/// Locks an instruction that was found in scope.
///
/// # Errors
/// The database's fault.
pub async fn lock(tx: &Tx, id: PaymentInstructionId) -> Result<Option<row::Model>, Fault> {
    Ok(row::Entity::find_by_id(id.uuid()).lock_exclusive().one(tx.conn()).await?)
}

/// One page of instructions.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub async fn page(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    filter: &Filter,
    sort: Sort<Column>,
    request: &PageRequest,
) -> Result<PageOf<row::Model>, ListingError> {
    let mut select = within(scope);
    if let Some(status) = filter.status {
        select = select.filter(Column::Status.eq(status.name()));
    }
    if let Some(kind) = filter.kind {
        select = select.filter(Column::Kind.eq(kind.name()));
    }
    if let Some(loan) = filter.loan {
        select = select.filter(Column::LoanId.eq(loan.uuid()));
    }
    if let Some(facility) = filter.facility {
        select = select.filter(Column::FacilityId.eq(facility.uuid()));
    }
    if let Some(text) = &filter.text {
        let columns = [Column::Number, Column::EnterpriseName, Column::Reference];
        select = select.filter(listing::containing(&columns, text));
    }
    listing::page(select, conn, sort, Column::Id, request).await
}

/// Instructions listed at once.
const LISTED: u64 = 500;

/// The instructions of a bank that still wait at the end of a day on or after their last, by id from `after` on.
///
/// # Errors
/// The database's fault.
pub async fn list_over(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    bank: OrgId,
    (day, after): (NaiveDate, Uuid),
) -> Result<Vec<Uuid>, Fault> {
    Ok(within(scope)
        .select_only()
        .column(Column::Id)
        .filter(Column::BankId.eq(bank.uuid()))
        .filter(Column::Status.eq(InstructionStatus::Pending.name()))
        .filter(Column::LapsesOn.lte(day))
        .filter(Column::Id.gt(after))
        .order_by_asc(Column::Id)
        .limit(LISTED)
        .into_tuple()
        .all(conn)
        .await?)
}

/// What waits beside a new instruction and draws on the same money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// What a loan owes.
    Loan(LoanId),
    /// A deposit of a member of a line, to go back.
    Return(FacilityId, OrgId, DepositKind),
}

/// What the pending instructions on the same money come to.
///
/// # Errors
/// The database's fault; [`Fault::Corrupt`] where their sum leaves the range of amounts.
pub async fn pending(conn: &impl ConnectionTrait, beside: Beside) -> Result<Money, Fault> {
    let select = match beside {
        Beside::Loan(loan) => row::Entity::find().filter(Column::LoanId.eq(loan.uuid())),
        Beside::Return(facility, enterprise, kind) => row::Entity::find()
            .filter(Column::FacilityId.eq(facility.uuid()))
            .filter(Column::EnterpriseId.eq(enterprise.uuid()))
            .filter(Column::Kind.eq(InstructionKind::DepositReturn.name()))
            .filter(Column::DepositKind.eq(kind.name())),
    };
    let amounts: Vec<i64> = select
        .select_only()
        .column(Column::AmountFen)
        .filter(Column::Status.eq(InstructionStatus::Pending.name()))
        .into_tuple()
        .all(conn)
        .await?;
    Money::total(amounts.into_iter().map(Money::from_fen)).map_err(|error| Fault::Corrupt(error.to_string()))
}

/// The state that a row is in.
///
/// # Errors
/// [`Fault::Corrupt`]
pub fn status_of(row: &row::Model) -> Result<InstructionStatus, Fault> {
    InstructionStatus::parse(&row.status)
        .ok_or_else(|| Fault::Corrupt(format!("status {} of instruction {}", row.status, row.id)))
}

/// What a row instructs.
///
/// # Errors
/// [`Fault::Corrupt`]
pub fn kind_of(row: &row::Model) -> Result<InstructionKind, Fault> {
    InstructionKind::parse(&row.kind)
        .ok_or_else(|| Fault::Corrupt(format!("kind {} of instruction {}", row.kind, row.id)))
}

/// Which deposit a row is about; none where it is about a loan.
///
/// # Errors
/// [`Fault::Corrupt`]
pub fn deposit_kind_of(row: &row::Model) -> Result<Option<DepositKind>, Fault> {
    let read = |text: &String| {
        DepositKind::parse(text)
            .ok_or_else(|| Fault::Corrupt(format!("deposit {text} of instruction {}", row.id)))
    };
    row.deposit_kind.as_ref().map(read).transpose()
}

/// Writes a new instruction.
///
/// # Errors
/// The database's fault.
pub async fn insert(tx: &Tx, row: row::Model) -> Result<(), Fault> {
    row::Entity::insert(row::ActiveModel::from(row)).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Writes what became of an instruction, which must still be pending and as read; false where the receipt has confirmed
/// another one.
///
/// # Errors
/// The database's fault; a conflict where another transaction decided it meanwhile.
pub async fn update(tx: &Tx, read: &row::Model, change: row::ActiveModel) -> Result<bool, Fault> {
    let change = row::ActiveModel { version: Set(read.version + 1), ..change };
    let touched = row::Entity::update_many()
        .set(change)
        .filter(Column::Id.eq(read.id))
        .filter(Column::Version.eq(read.version))
        .filter(Column::Status.eq(InstructionStatus::Pending.name()))
        .exec(tx.conn())
        .await
        .map_err(Fault::from);
    match touched {
        Ok(done) if done.rows_affected == 1 => Ok(true),
        Ok(_) => Err(Fault::Conflict(format!("instruction {} was decided by another", read.id))),
        Err(fault) if fault.is_unique_violation() => Ok(false),
        Err(fault) => Err(fault),
    }
}
