//! The end of a bank's day for the care of its loans: the day's draws get their tasks, what loans that ended no longer need
//! falls away, and proofs that pass their day are told. Everything here may be done twice without harm.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use contracts::{LoanId, OrgId};
use finance::Money;
use identity::Scope;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tx_kit::{Db, Fault, InTx, Tx};
use uuid::Uuid;

use super::{
    evidence::{fresh, to_prove, told},
    model::{Task, TaskKind, months_after},
    store,
};
use crate::{
    closing::{self, Told},
    loan::{
        LoanRules, LoanStatus,
        store::{self as loans, loan, tranche},
    },
    parameters,
};

/// How many loans or tasks are looked at in one transaction.
const AT_ONCE: u64 = 500;
/// China's hours ahead of UTC, in which business days are counted.
const CHINA_HOURS: i64 = 8;

/// Ends a business day for the care of a bank's loans.
///
/// # Errors
/// The database's fault.
pub(crate) async fn end_day(db: &Db, bank: OrgId, day: NaiveDate) -> Result<(), Fault> {
    let rules: LoanRules = parameters::current(db.read(), bank, day).await?;
    let mut after = first_id(day);
    while let Some(last) = db.run(|tx| of_loans(tx, (bank, day), after, &rules).in_tx()).await? {
        after = last;
    }
    let mut after = first_id(day);
    while let Some(last) = db.run(|tx| of_tranches(tx, (bank, day), after, &rules).in_tx()).await? {
        after = last;
    }
    db.run(|tx| fall_away(tx, bank, day).in_tx()).await?;
    let mut after = Uuid::nil();
    while let Some(last) = db.run(|tx| tell(tx, (bank, day), after).in_tx()).await? {
        after = last;
    }
    Ok(())
}

/// The lowest id of the day: ids begin with the millisecond of their making, so that what a day made is found by the primary
/// key without an index of its own.
fn first_id(day: NaiveDate) -> Uuid {
    let midnight = day.and_time(NaiveTime::MIN).and_utc() - TimeDelta::hours(CHINA_HOURS);
    let instant = u64::try_from(midnight.timestamp_millis()).unwrap_or(0);
    Uuid::from_u128(u128::from(instant) << 80)
}

/// The lowest id of the day after.
fn end_id(day: NaiveDate) -> Uuid {
    day.succ_opt().map_or(Uuid::max(), first_id)
}

/// Tasks for some of the day's loans; the last one looked at, nothing once none is left.
async fn of_loans(
    tx: &mut Tx,
    (bank, day): (OrgId, NaiveDate),
    after: Uuid,
    rules: &LoanRules,
) -> Result<Option<Uuid>, Fault> {
    use loan::Column as C;
    tx.on_business_date(day);
    let rows = loan::Entity::find()
        .filter(C::BankId.eq(bank.uuid()))
        .filter(C::Status.eq(LoanStatus::Active.name()))
        .filter(C::Id.gt(after))
        .filter(C::Id.lt(end_id(day)))
        .filter(C::DrawnOn.eq(day))
        .order_by_asc(C::Id)
        .limit(AT_ONCE)
        .all(tx.conn())
        .await?;
    let Some(last) = rows.last().map(|row| row.id) else { return Ok(None) };
    let tranches = loans::tranches(tx.conn(), rows.iter().map(|row| row.id)).await?;
    let mut tasks = Vec::new();
    for row in &rows {
        let own: Vec<tranche::Model> =
            tranches.iter().filter(|tranche| tranche.loan_id == row.id).cloned().collect();
        tasks.extend(wanted(to_prove(tx, row, &own, rules), rules));
        let due_on = months_after(day, rules.check_months);
        tasks.push(Task { since: day, due_on, version: 1, ..fresh(tx, row, TaskKind::Check) });
    }
    store::insert_missing(tx, &tasks).await?;
    Ok(Some(last))
}

/// Those that the bank wants proved by papers.
fn wanted(tasks: Vec<Task>, rules: &LoanRules) -> impl Iterator<Item = Task> {
    let from = rules.evidence_from;
    let large = move |task: &Task| task.amount.is_some_and(|amount| amount >= from);
    tasks.into_iter().filter(large).map(|task| Task { version: 1, ..task })
}

/// The same for some of the day's tranches, of loans drawn before.
async fn of_tranches(
    tx: &mut Tx,
    (bank, day): (OrgId, NaiveDate),
    after: Uuid,
    rules: &LoanRules,
) -> Result<Option<Uuid>, Fault> {
    use tranche::Column as T;
    tx.on_business_date(day);
    let rows = tranche::Entity::find()
        .filter(T::Id.gt(after))
        .filter(T::Id.lt(end_id(day)))
        .filter(T::DrawnOn.eq(day))
        .order_by_asc(T::Id)
        .limit(AT_ONCE)
        .all(tx.conn())
        .await?;
    let Some(last) = rows.last().map(|row| row.id) else { return Ok(None) };
    let of = loan::Entity::find()
        .filter(loan::Column::Id.is_in(rows.iter().map(|row| row.loan_id)))
        .filter(loan::Column::BankId.eq(bank.uuid()))
        .filter(loan::Column::Status.eq(LoanStatus::Active.name()))
        .all(tx.conn())
        .await?;
    let mut tasks = Vec::new();
    for row in &of {
        let own: Vec<tranche::Model> =
            rows.iter().filter(|tranche| tranche.loan_id == row.id).cloned().collect();
        let later = to_prove(tx, row, &own, rules).into_iter();
        // The loan's own draw is its loan's affair, on the day on which that was drawn.
        let later = later.filter(|task| task.draw_id != Some(row.drawdown_id)).collect();
        tasks.extend(wanted(later, rules));
    }
    store::insert_missing(tx, &tasks).await?;
    Ok(Some(last))
}

async fn fall_away(tx: &mut Tx, bank: OrgId, day: NaiveDate) -> Result<(), Fault> {
    store::fall_away(tx, bank, day).await
}

/// Tells the borrowers of some proofs whose last day it was.
async fn tell(tx: &mut Tx, (bank, day): (OrgId, NaiveDate), after: Uuid) -> Result<Option<Uuid>, Fault> {
    tx.on_business_date(day);
    let late = store::find_newly_overdue(tx.conn(), &Scope::system(), (bank, day), (after, AT_ONCE)).await?;
    let Some(last) = late.last().map(|task| task.id.uuid()) else { return Ok(None) };
    let mut by_loan: BTreeMap<LoanId, (&Task, Money)> = BTreeMap::new();
    for task in &late {
        let (_, sum) = by_loan.entry(task.loan_id).or_insert((task, Money::ZERO));
        *sum = sum.checked_add(task.amount.unwrap_or_default()).unwrap_or(Money::MAX);
    }
    for (task, amount) in by_loan.into_values() {
        closing::use_unproven(tx, &Told { amount, ..told(task) }).await?;
    }
    Ok(Some(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_day_in_china_made_lies_between_its_first_id_and_the_next_days() {
        let day: NaiveDate = "2026-11-24".parse().unwrap();
        let made = |at: &str| LoanId::fresh(at.parse().unwrap()).uuid();
        let within = |id: Uuid| first_id(day) <= id && id < end_id(day);
        assert!(within(made("2026-11-23T16:00:00Z")) && within(made("2026-11-24T15:59:59.999Z")));
        assert!(!within(made("2026-11-23T15:59:59.999Z")) && !within(made("2026-11-24T16:00:00Z")));
    }
}
