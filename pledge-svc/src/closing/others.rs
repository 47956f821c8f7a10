//! What no bank's run does: the books of those who lead no loan (participants, funds, institutions), and the windows of
//! lines on which nothing was ever drawn, with the deposits that were instructed on them.

use chrono::{NaiveDate, TimeDelta};
use contracts::OrgId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use tx_kit::{Db, Fault, InTx, Tx};
use uuid::Uuid;

use crate::{
    books,
    facility::{self, store as lines},
    instructions,
};

/// Days of a book closed in one transaction.
const DAYS: u64 = 31;
/// How long the books of others wait for a bank whose days do not get closed: what it posts for them afterwards stands on
/// a later day.
const WAITS: TimeDelta = TimeDelta::days(1);

/// Closes the others' books up to and with `until`, where `all` banks have closed it and so have posted everything into
/// them; else up to a day before it. Turns the windows of lines of banks that never lent.
///
/// # Errors
/// The database's fault.
pub(super) async fn close(db: &Db, banks: &[OrgId], until: NaiveDate, all: bool) -> Result<(), Fault> {
    let last = if all { until } else { until - WAITS };
    for book in ledger::books(db.read()).await? {
        if banks.contains(&book) {
            continue;
        }
        while let Some(first) = ledger::first_open_day(db.read(), book).await?.filter(|day| *day <= last) {
            db.run(|tx| close_days(tx, book, (first, last)).in_tx()).await?;
        }
    }
    let morning = until + TimeDelta::days(1);
    for bank in banks_of_lines(db).await? {
        if !banks.contains(&bank) {
            instructions::lapse_due(db, bank, until).await?;
            facility::turn_windows(db, bank, morning).await?;
        }
    }
    Ok(())
}

async fn close_days(tx: &mut Tx, book: OrgId, (first, last): (NaiveDate, NaiveDate)) -> Result<(), Fault> {
    for day in first.iter_days().take_while(|day| *day <= last && *day < first + chrono::Days::new(DAYS)) {
        tx.on_business_date(day);
        books::tax_months(tx, book, day).await?;
        ledger::close_day(tx, book, day).await?;
    }
    Ok(())
}

/// The banks whose lines have a window that opens or ends.
async fn banks_of_lines(db: &Db) -> Result<Vec<OrgId>, Fault> {
    use lines::facility::Column;
    let ids: Vec<Uuid> = lines::facility::Entity::find()
        .select_only()
        .column(Column::BankId)
        .distinct()
        .filter(Column::Status.is_in(["approved", "active", "suspended"]))
        .into_tuple()
        .all(db.read())
        .await?;
    Ok(ids.into_iter().map(OrgId::from_uuid).collect())
}
