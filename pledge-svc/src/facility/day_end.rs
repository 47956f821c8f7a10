//! The end of a bank's day for its facilities, once every loan of the day is classified: windows open and end, the
//! figures are held against the suspension triggers, and pools are reckoned. One line that fails is written down and the
//! others go on; run again it does nothing that was done.

use chrono::NaiveDate;
use contracts::{Actor, FacilityId, OrgId};
use finance::Money;
use identity::Scope;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Alias, CaseStatement, Expr, ExprTrait, Query},
};
use tx_kit::{Db, Fault, InTx, Tx};
use uuid::Uuid;

use super::{
    LINES_PER_STEP, apply_triggers, expire_due,
    exposure::refresh_customer_caps,
    member_listed::listed,
    member_tiers::classes,
    member_workout::standings,
    model::{Status, triggers::LineFigures},
    open_due, pool, store,
};
use crate::{fund, loan::store as loans, risk::model::Tier};

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
/// up later opens and ends windows and looks at nothing else.
///
/// # Errors
/// The database's fault while lines are listed.
pub async fn close_lines(db: &Db, bank: OrgId, day: NaiveDate) -> Result<LinesClosed, Fault> {
    let morning = day.succ_opt().ok_or_else(|| Fault::Other("the calendar ends here".to_owned()))?;
    let (expired, opened) = turn_windows(db, bank, morning).await?;
    let mut closed = LinesClosed { expired, opened, ..LinesClosed::default() };
    db.run(|tx| refresh_customer_caps(tx, bank, morning).in_tx()).await?;
    // The figures are those of now: a day that is closed late has none of its own left, and nobody is called or stopped
    // for a day that is long past.
    if morning < contracts::clock::china_date(db.clock().now()) {
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
    Ok(closed)
}

/// Ends and opens the windows of a bank's lines that ended before a morning or begin by it; how many of each.
///
/// # Errors
/// The database's fault.
pub(crate) async fn turn_windows(db: &Db, bank: OrgId, morning: NaiveDate) -> Result<(u64, u64), Fault> {
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
    outstanding: Option<i64>,
    non_performing: Option<i64>,
    overdue: Option<i64>,
}

/// What a line owes, and of it what is substandard or worse and what is of loans with something overdue; each member's worst class,
/// and whether it is in workout; how its funds stand.
async fn figures(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    line: FacilityId,
    day: NaiveDate,
) -> Result<LineFigures, Fault> {
    use loans::loan::Column as L;
    let of_loans = |column: &'static str, from: i64| {
        let which = Query::select()
            .column(Alias::new("loan_id"))
            .from(Alias::new("loan_risk"))
            .and_where(Expr::col(Alias::new("facility_id")).eq(line.uuid()))
            .and_where(Expr::col(Alias::new(column)).gte(from))
            .to_owned();
        CaseStatement::new().case(L::Id.in_subquery(which), Expr::col(L::OutstandingFen)).finally(0_i64)
    };
    let bad = of_loans("tier", Tier::Substandard.number().into());
    let late = of_loans("overdue_days", 1);
    let bigint = |sum: Expr| sum.cast_as(Alias::new("BIGINT"));
    let sums = loans::loan::Entity::find()
        .select_only()
        .column_as(bigint(Expr::col(L::OutstandingFen).sum()), "outstanding")
        .column_as(bigint(Expr::expr(bad).sum()), "non_performing")
        .column_as(bigint(Expr::expr(late).sum()), "overdue")
        .filter(L::FacilityId.eq(line.uuid()))
        .into_model::<Sums>()
        .one(conn)
        .await?;
    let fen = |of: fn(&Sums) -> Option<i64>| Money::from_fen(sums.as_ref().and_then(of).unwrap_or(0));
    Ok(LineFigures {
        outstanding: fen(|sums| sums.outstanding),
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
