//! The end of a bank's day for its facilities, once every loan of the day is classified: windows open and end, the
//! figures are held against the suspension triggers, pools are reckoned, and what is committed to members without a loan is
//! noted and provided for (`risk`). One line that fails is written down and the
//! others go on; run again it does nothing that was done.

use chrono::NaiveDate;
use contracts::{Actor, FacilityId, OrgId};
use finance::Money;
use identity::Scope;
use sea_orm::{
    ColumnTrait, ConnectionTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Statement, Value,
};
use tx_kit::{Db, Fault, InTx, Tx};
use uuid::Uuid;

use super::{
    LINES_PER_STEP, apply_triggers, expire_due,
    exposure::refresh_customer_caps,
    member_listed::listed,
    member_tiers::classes,
    member_workout::standings,
    model::{Facility, Status, triggers::LineFigures},
    open_due, pool, store,
};
use crate::{
    fund,
    risk::{self, model::Tier},
};

/// What the end of a day came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LinesClosed {
    /// Lines whose window ended.
    pub expired: u64,
    /// Lines whose window began.
    pub opened: u64,
    /// Lines looked at.
    pub lines: u64,
    /// Triggers that stopped a line or a member today.
    pub tripped: u64,
    /// Lines that could not be looked at; the log says why, and the next day takes them along.
    pub failed: u64,
}

/// Ends a business day for a bank's facilities. What ended with the day has ended the next morning. A day that is caught
/// up later opens and ends windows, notes what is committed and looks at nothing else.
///
/// # Errors
/// The database's fault while lines are listed.
pub async fn close_lines(db: &Db, bank: OrgId, day: NaiveDate) -> Result<LinesClosed, Fault> {
    let morning = day.succ_opt().ok_or_else(|| Fault::Other("the calendar ends here".to_owned()))?;
    let (expired, opened) = windows(db, bank, morning).await?;
    let mut closed = LinesClosed { expired, opened, ..LinesClosed::default() };
    db.run(|tx| refresh_customer_caps(tx, bank, morning).in_tx()).await?;
    // The figures are those of now: a day that is closed late has none of its own left, and nobody is called or stopped
    // for a day that is long past.
    if morning < contracts::clock::china_date(db.clock().now()) {
        closed.failed += commitments(db, bank, morning).await?;
        return Ok(closed);
    }
    for line in lines_of(db.read(), bank).await? {
        closed.lines += 1;
        match db.run(|tx| close_line(tx, bank, line, day).in_tx()).await {
            Ok(tripped) => closed.tripped += tripped,
            Err(fault) => {
                tracing::error!(facility.id = %line, %fault, "the day of a facility could not be ended");
                closed.failed += 1;
            }
        }
    }
    // Last: a line that was stopped today commits to nothing.
    closed.failed += commitments(db, bank, morning).await?;
    Ok(closed)
}

/// Ends and opens the windows of a bank's lines that ended before a morning or begin by it, and brings what they commit to
/// up to it; how many windows of each. For a bank that never lent this is all of its day.
///
/// # Errors
/// The database's fault.
pub(crate) async fn turn_windows(db: &Db, bank: OrgId, morning: NaiveDate) -> Result<(u64, u64), Fault> {
    let turned = windows(db, bank, morning).await?;
    commitments(db, bank, morning).await?;
    Ok(turned)
}

/// Notes and provides for what a bank's lines commit to on a morning, those that ended since among them; how many could not
/// be looked at. Of a day that is caught up the windows are its own, and what is drawn is that of now.
async fn commitments(db: &Db, bank: OrgId, morning: NaiveDate) -> Result<u64, Fault> {
    let day = morning.pred_opt().unwrap_or(morning);
    let lines = lending(db.read(), bank).await?;
    let mut failed = 0;
    for line in risk::commitments_changed(db.read(), bank, &lines, day).await? {
        if let Err(fault) = db.run(|tx| commits(tx, line, day).in_tx()).await {
            tracing::error!(facility.id = %line, %fault, "what a facility commits to could not be noted");
            failed += 1;
        }
    }
    Ok(failed)
}

/// The lines of a bank that may be drawn, now or once their window opens; without their shares.
async fn lending(conn: &impl ConnectionTrait, bank: OrgId) -> Result<Vec<Facility>, Fault> {
    use store::facility::Column as F;
    let rows = store::find(&Scope::system())
        .filter(F::BankId.eq(bank.uuid()))
        .filter(F::Status.is_in([Status::Approved, Status::Active].map(Status::name)))
        .order_by_asc(F::Id)
        .all(conn)
        .await?;
    rows.into_iter().map(|row| store::facility_of(row, Vec::new())).collect()
}

async fn commits(tx: &mut Tx, line: FacilityId, day: NaiveDate) -> Result<(), Fault> {
    tx.on_business_date(day);
    match store::lock(tx.conn(), line).await? {
        Some(facility) => risk::follow_commitment(tx, &facility, day).await,
        None => Ok(()),
    }
}

async fn windows(db: &Db, bank: OrgId, morning: NaiveDate) -> Result<(u64, u64), Fault> {
    let (mut expired, mut opened) = (0, 0);
    loop {
        let moved = db.run(|tx| expire_due(tx, bank, morning).in_tx()).await?;
        expired += moved;
        if moved < LINES_PER_STEP {
            break;
        }
    }
    loop {
        let moved = db.run(|tx| open_due(tx, bank, morning).in_tx()).await?;
        opened += moved;
        if moved < LINES_PER_STEP {
            break;
        }
    }
    Ok((expired, opened))
}

async fn lines_of(conn: &impl ConnectionTrait, bank: OrgId) -> Result<Vec<FacilityId>, Fault> {
    use store::facility::Column as F;
    let in_use = [Status::Active, Status::Suspended, Status::Expired].map(Status::name);
    let ids: Vec<Uuid> = store::find(&Scope::system())
        .select_only()
        .column(F::Id)
        .filter(F::BankId.eq(bank.uuid()))
        .filter(F::Status.is_in(in_use))
        .order_by_asc(F::Id)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(ids.into_iter().map(FacilityId::from_uuid).collect())
}

/// `$1` bank, `$2` line, `$3` the class that is normal, `$4` the best that is non-performing.
const WORSE_THAN_NORMAL: &str = "SELECT \
       CAST(SUM(CASE WHEN r.tier >= $4 THEN l.outstanding_fen ELSE 0 END) AS BIGINT) AS non_performing, \
       CAST(SUM(CASE WHEN r.overdue_days > 0 THEN l.outstanding_fen ELSE 0 END) AS BIGINT) AS overdue \
     FROM loan_risk r JOIN loan l ON l.id = r.loan_id \
     WHERE r.bank_id = $1 AND r.settled = FALSE AND r.tier > $3 AND r.facility_id = $2";

async fn close_line(tx: &mut Tx, bank: OrgId, line: FacilityId, day: NaiveDate) -> Result<u64, Fault> {
    tx.on_business_date(day);
    let actor = Actor { tenant: bank, ..Actor::system() };
    let figures = figures(tx.conn(), bank, line, day).await?;
    let tripped = apply_triggers(tx, line, &figures, &actor).await?;
    pool::recompute(tx, line, "close", &actor).await?;
    Ok(u64::try_from(tripped.len()).unwrap_or(u64::MAX))
}

#[derive(FromQueryResult)]
struct Sums {
    non_performing: Option<i64>,
    overdue: Option<i64>,
}

/// What a line owes, and of it what is substandard or worse and what is of loans with something overdue; each member's worst class,
/// and whether it is in workout; how its funds stand. Only loans worse than normal are read, for nothing else is either; all
/// of them together is what the line has drawn.
async fn figures(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    line: FacilityId,
    day: NaiveDate,
) -> Result<LineFigures, Fault> {
    use store::facility::Column as F;
    let values: [Value; 4] = [
        bank.uuid().into(),
        line.uuid().into(),
        Tier::Normal.number().into(),
        Tier::Substandard.number().into(),
    ];
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), WORSE_THAN_NORMAL, values);
    let sums = Sums::find_by_statement(statement).one(conn).await?;
    let drawn: Option<i64> = store::find(&Scope::system())
        .select_only()
        .column(F::DrawnFen)
        .filter(F::Id.eq(line.uuid()))
        .into_tuple()
        .one(conn)
        .await?;
    let fen = |of: fn(&Sums) -> Option<i64>| Money::from_fen(sums.as_ref().and_then(of).unwrap_or(0));
    Ok(LineFigures {
        outstanding: Money::from_fen(drawn.unwrap_or(0)),
        non_performing: fen(|sums| sums.non_performing),
        overdue: fen(|sums| sums.overdue),
        tiers: classes(conn, (bank, line), None).await?,
        // Who is entered from tomorrow on draws nothing tomorrow.
        listed: listed(conn, (bank, line), None, day.succ_opt().unwrap_or(day)).await?,
        workout: standings(conn, (bank, line), None, day).await?,
        // The day is over: what counts is whether a fund covers what is drawn tomorrow.
        funds: fund::of_line(conn, bank, line, day.succ_opt().unwrap_or(day)).await?,
    })
}
