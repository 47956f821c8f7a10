//! Tasks as rows. A bank finds those of the loans that it leads; an enterprise the proofs that it owes, but not the bank's
//! checks of it; the regulator every one.

use chrono::NaiveDate;
use contracts::{FacilityId, LoanId, LoanTaskId, OrgId, OrgKind, UserId};
use finance::Money;
use identity::Scope;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Select, Statement, Value, sea_query::OnConflict,
};
use tx_kit::{
    Fault, Tx,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};
use uuid::Uuid;

use super::model::{Outcome, Task, TaskKind, TaskStatus};
use crate::visible;

/// The table of tasks.
pub mod row {
    use sea_orm::entity::prelude::*;

    /// One task.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "loan_task")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub kind: String,
        pub loan_id: Uuid,
        pub loan_number: String,
        pub facility_id: Uuid,
        pub bank_id: Uuid,
        pub enterprise_id: Uuid,
        pub enterprise_name: String,
        pub draw_id: Option<Uuid>,
        pub amount_fen: Option<i64>,
        pub purpose: Option<String>,
        pub since: Date,
        pub due_on: Date,
        pub status: String,
        #[sea_orm(column_type = "Text")]
        pub documents: String,
        #[sea_orm(column_type = "Text", nullable)]
        pub note: Option<String>,
        pub outcome: Option<String>,
        pub done_by: Option<String>,
        pub done_by_id: Option<Uuid>,
        pub done_on: Option<Date>,
        pub decided_by: Option<String>,
        pub decided_by_id: Option<Uuid>,
        #[sea_orm(column_type = "Text", nullable)]
        pub decision_note: Option<String>,
        pub created_at: DateTimeUtc,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub use row::Column;

/// Rows written by one statement: a database takes only so many values in one.
const ROWS_AT_ONCE: usize = 500;

/// What a list of tasks is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this kind.
    pub kind: Option<TaskKind>,
    /// In this status.
    pub status: Option<TaskStatus>,
    /// Those whose day lies before this one and that somebody still has to do.
    pub overdue_on: Option<NaiveDate>,
    /// Of this loan.
    pub loan: Option<LoanId>,
    /// Under this facility.
    pub facility: Option<FacilityId>,
    /// Of this enterprise.
    pub enterprise: Option<OrgId>,
    /// Loan's number or enterprise contains this.
    pub text: Option<String>,
}

fn within(scope: &Scope) -> Select<row::Entity> {
    let seen = row::Entity::find().filter(visible::between(scope, Column::BankId, Column::EnterpriseId));
    if scope.kind() == OrgKind::Enterprise {
        // What else the bank does about a loan is its own affair.
        return seen.filter(Column::Kind.eq(TaskKind::UseOfFunds.name()));
    }
    seen
}

/// Those whose day is over and that somebody still has to do.
fn overdue(on: NaiveDate) -> Condition {
    let waits = TaskStatus::ALL.into_iter().filter(|status| status.waits()).map(TaskStatus::name);
    Condition::all().add(Column::Status.is_in(waits)).add(Column::DueOn.lt(on))
}

/// A task, where it is in scope.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn find(conn: &impl ConnectionTrait, scope: &Scope, id: LoanTaskId) -> Result<Option<Task>, Fault> {
    let found = within(scope).filter(Column::Id.eq(id.uuid())).one(conn).await?;
    found.map(task_of).transpose()
}

/// The proof of a draw, where one is asked for.
///
/// # Errors
/// As [`find`].
pub async fn find_of_draw(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    draw: Uuid,
) -> Result<Option<Task>, Fault> {
    let found = within(scope).filter(Column::DrawId.eq(draw)).one(conn).await?;
    found.map(task_of).transpose()
}

/// The check that lies ahead of a loan.
///
/// # Errors
/// As [`find`].
pub async fn find_ahead(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    loan: LoanId,
) -> Result<Option<Task>, Fault> {
    let found = within(scope)
        .filter(Column::LoanId.eq(loan.uuid()))
        .filter(Column::Kind.eq(TaskKind::Check.name()))
        .filter(Column::Status.eq(TaskStatus::Open.name()))
        .one(conn)
        .await?;
    found.map(task_of).transpose()
}

/// The proofs of a bank's loans that became overdue on a day, a page of them in the order of their ids.
///
/// # Errors
/// As [`find`].
pub async fn find_newly_overdue(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    (bank, due_on): (OrgId, NaiveDate),
    (after, most): (Uuid, u64),
) -> Result<Vec<Task>, Fault> {
    let waits = TaskStatus::ALL.into_iter().filter(|status| status.waits()).map(TaskStatus::name);
    let found = within(scope)
        .filter(Column::BankId.eq(bank.uuid()))
        .filter(Column::DueOn.eq(due_on))
        .filter(Column::Kind.eq(TaskKind::UseOfFunds.name()))
        .filter(Column::Status.is_in(waits))
        .filter(Column::Id.gt(after))
        .order_by_asc(Column::Id)
        .limit(most)
        .all(conn)
        .await?;
    found.into_iter().map(task_of).collect()
}

/// One page of tasks.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub async fn page(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    filter: &Filter,
    sort: Sort<Column>,
    request: &PageRequest,
) -> Result<PageOf<Task>, ListingError> {
    let mut select = within(scope);
    if let Some(kind) = filter.kind {
        select = select.filter(Column::Kind.eq(kind.name()));
    }
    if let Some(status) = filter.status {
        select = select.filter(Column::Status.eq(status.name()));
    }
    if let Some(on) = filter.overdue_on {
        select = select.filter(overdue(on));
    }
    if let Some(loan) = filter.loan {
        select = select.filter(Column::LoanId.eq(loan.uuid()));
    }
    if let Some(facility) = filter.facility {
        select = select.filter(Column::FacilityId.eq(facility.uuid()));
    }
    if let Some(enterprise) = filter.enterprise {
        select = select.filter(Column::EnterpriseId.eq(enterprise.uuid()));
    }
    if let Some(text) = &filter.text {
        let columns = [Column::LoanNumber, Column::EnterpriseName];
        select = select.filter(listing::containing(&columns, text));
    }
    let page = listing::page(select, conn, sort, Column::Id, request).await?;
    let items = page.items.into_iter().map(task_of).collect::<Result<_, Fault>>()?;
    Ok(PageOf { items, next_cursor: page.next_cursor })
}

/// Writes a new task.
///
/// # Errors
/// The database's fault; a conflict where its draw or loan has one already.
pub async fn insert(tx: &Tx, task: &Task, decided_by: Option<UserId>) -> Result<(), Fault> {
    let row = row::ActiveModel::from(row_of(task, decided_by)?).reset_all();
    let inserted = row::Entity::insert(row).exec_without_returning(tx.conn()).await;
    inserted.map_err(|error| Fault::from(error).overtaken_if_taken())?;
    Ok(())
}

/// Writes new tasks; a draw or loan that has its task already keeps it.
///
/// # Errors
/// The database's fault.
pub async fn insert_missing(tx: &Tx, tasks: &[Task]) -> Result<(), Fault> {
    for some in tasks.chunks(ROWS_AT_ONCE) {
        let rows = some.iter().map(|task| Ok(row::ActiveModel::from(row_of(task, None)?).reset_all()));
        row::Entity::insert_many(rows.collect::<Result<Vec<_>, Fault>>()?)
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(tx.conn())
            .await?;
    }
    Ok(())
}

const FALL_AWAY: &str = "UPDATE loan_task SET status = 'void', version = version + 1 \
     WHERE bank_id = $1 AND due_on <= $2 AND status IN ('open', 'rejected') \
       AND EXISTS (SELECT 1 FROM loan l WHERE l.id = loan_task.loan_id AND l.status <> 'active')";

/// What is due by a day on loans that have ended falls away.
///
/// # Errors
/// The database's fault.
pub async fn fall_away(tx: &Tx, bank: OrgId, day: NaiveDate) -> Result<(), Fault> {
    let values: [Value; 2] = [bank.uuid().into(), day.into()];
    let backend = tx.conn().get_database_backend();
    tx.conn().execute_raw(Statement::from_sql_and_values(backend, FALL_AWAY, values)).await?;
    Ok(())
}

/// Writes what a step changed; the row must still be at the version before.
///
/// # Errors
/// The database's fault; a conflict where another changed it meanwhile.
pub async fn update(tx: &Tx, task: &Task, decided_by: Option<UserId>) -> Result<(), Fault> {
    let touched = row::Entity::update_many()
        .set(row::ActiveModel::from(row_of(task, decided_by)?).reset_all())
        .filter(Column::Id.eq(task.id.uuid()))
        .filter(Column::Version.eq(task.version - 1))
        .exec(tx.conn())
        .await?
        .rows_affected;
    if touched == 1 {
        Ok(())
    } else {
        Err(Fault::Conflict(format!("task {} was changed by another", task.id)))
    }
}

fn row_of(task: &Task, decided_by: Option<UserId>) -> Result<row::Model, Fault> {
    Ok(row::Model {
        id: task.id.uuid(),
        kind: task.kind.name().to_owned(),
        loan_id: task.loan_id.uuid(),
        loan_number: task.loan_number.clone(),
        facility_id: task.facility_id.uuid(),
        bank_id: task.bank_id.uuid(),
        enterprise_id: task.enterprise_id.uuid(),
        enterprise_name: task.enterprise_name.clone(),
        draw_id: task.draw_id,
        amount_fen: task.amount.map(Money::fen),
        purpose: task.purpose.clone(),
        since: task.since,
        due_on: task.due_on,
        status: task.status.name().to_owned(),
        documents: serde_json::to_string(&task.documents)?,
        note: task.note.clone(),
        outcome: task.outcome.map(|outcome| outcome.name().to_owned()),
        done_by: task.done_by.clone(),
        done_by_id: task.done_by_id.map(UserId::uuid),
        done_on: task.done_on,
        decided_by: task.decided_by.clone(),
        decided_by_id: decided_by.map(UserId::uuid),
        decision_note: task.decision_note.clone(),
        created_at: task.created_at,
        version: task.version,
    })
}

fn task_of(row: row::Model) -> Result<Task, Fault> {
    let corrupt = |what: &str| Fault::Corrupt(format!("{what} of task {}", row.id));
    Ok(Task {
        kind: TaskKind::parse(&row.kind).ok_or_else(|| corrupt("kind"))?,
        status: TaskStatus::parse(&row.status).ok_or_else(|| corrupt("status"))?,
        outcome: match row.outcome.as_deref() {
            Some(name) => Some(Outcome::parse(name).ok_or_else(|| corrupt("outcome"))?),
            None => None,
        },
        documents: serde_json::from_str(&row.documents)?,
        id: row.id.into(),
        loan_id: row.loan_id.into(),
        loan_number: row.loan_number,
        facility_id: row.facility_id.into(),
        bank_id: row.bank_id.into(),
        enterprise_id: row.enterprise_id.into(),
        enterprise_name: row.enterprise_name,
        draw_id: row.draw_id,
        amount: row.amount_fen.map(Money::from_fen),
        purpose: row.purpose,
        since: row.since,
        due_on: row.due_on,
        note: row.note,
        done_by: row.done_by,
        done_by_id: row.done_by_id.map(UserId::from_uuid),
        done_on: row.done_on,
        decided_by: row.decided_by,
        decision_note: row.decision_note,
        created_at: row.created_at,
        version: row.version,
    })
}
