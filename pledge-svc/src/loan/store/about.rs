//! Rows about loans that are asked for by one person and answered by another: changes of terms, what borrowers ask for,
//! payments to be undone. Who may see a loan may look them up; one waits at a time where an index says so; each is answered
//! once, by whoever read it as it still is.

use contracts::LoanId;
use identity::Scope;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, QueryTrait, Select,
};
use tx_kit::{Fault, Tx, listing};
use uuid::Uuid;

use super::{find, loan};

/// The rows whose loan a scope may see.
pub(crate) fn about_loans<E: EntityTrait>(loan_id: impl ColumnTrait, scope: &Scope) -> Select<E> {
    let loans = find(scope).select_only().column(loan::Column::Id).into_query();
    E::find().filter(loan_id.in_subquery(loans))
}

/// What lists of such rows are narrowed to alike.
pub(crate) struct Narrowed<'a> {
    /// Of this loan.
    pub loan: Option<LoanId>,
    /// In this state.
    pub status: Option<&'a str>,
    /// Loan number or borrower contains this.
    pub text: Option<&'a str>,
}

/// The columns of such rows that [`Narrowed`] asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Columns<C> {
    /// The loan.
    pub loan: C,
    /// The state.
    pub status: C,
    /// The loan's number and the borrower's name.
    pub words: [C; 2],
}

/// The rows of a list that are left.
pub(crate) fn narrowed<E: EntityTrait>(
    select: Select<E>,
    columns: Columns<E::Column>,
    to: &Narrowed<'_>,
) -> Select<E> {
    let mut select = select;
    if let Some(loan) = to.loan {
        select = select.filter(columns.loan.eq(loan.uuid()));
    }
    if let Some(status) = to.status {
        select = select.filter(columns.status.eq(status));
    }
    if let Some(text) = to.text {
        select = select.filter(listing::containing(&columns.words, text));
    }
    select
}

/// Writes a new row; false where one waits already.
///
/// # Errors
/// The database's fault.
pub(crate) async fn insert_unless_one_waits<A>(tx: &Tx, row: A) -> Result<bool, Fault>
where
    A: ActiveModelTrait + Send,
    <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
{
    let inserted = A::Entity::insert(row).exec_without_returning(tx.conn()).await.map_err(Fault::from);
    match inserted {
        Err(fault) if fault.is_unique_violation() => Ok(false),
        other => other.map(|_| true),
    }
}

/// A row as it was read: its id and its version, each with its column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AsRead<C> {
    /// Which row.
    pub id: (C, Uuid),
    /// At which version.
    pub version: (C, i64),
}

/// Writes what became of a row that still stands as read; `change` raises its version. False where another answered it
/// meanwhile.
///
/// # Errors
/// The database's fault.
pub(crate) async fn answer_as_read<A>(
    tx: &Tx,
    read: AsRead<<A::Entity as EntityTrait>::Column>,
    change: A,
) -> Result<bool, Fault>
where
    A: ActiveModelTrait + Send,
{
    let touched = A::Entity::update_many()
        .set(change)
        .filter(read.id.0.eq(read.id.1))
        .filter(read.version.0.eq(read.version.1))
        .exec(tx.conn())
        .await?
        .rows_affected;
    Ok(touched == 1)
}
