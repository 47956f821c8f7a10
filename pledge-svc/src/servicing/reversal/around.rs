//! Everything around a payment that decides whether it may be undone, read while its loan is held.

use finance::{Money, Schedule};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use tx_kit::{Fault, Tx};

use crate::{
    disposal,
    facility::{self, Status, model::MemberStatus},
    loan::{
        Held,
        store::{self, plan, repayment, tranche},
    },
    registration,
    servicing::model::{
        Trace,
        reversal::{Around, Later},
    },
    subsidies,
};

/// Why a new plan was made that follows from a payment alone.
const AFTER_PREPAYMENT: &str = "prepayment";
/// Of one that an undone payment brought back.
const UNDONE: &str = "repayment_reversal";

/// What a payment found and moved; none of one that is undone in a case.
///
/// # Errors
/// [`Fault::Corrupt`]
pub(super) fn trace_of(row: &repayment::Model) -> Result<Option<Trace>, Fault> {
    let read = |text: &str| {
        serde_json::from_str(text)
            .map_err(|error| Fault::Corrupt(format!("the trace of payment {}: {error}", row.id)))
    };
    row.trace.as_deref().map(read).transpose()
}

/// The payment's surroundings.
///
/// # Errors
/// The database's fault.
pub(super) async fn around(
    tx: &Tx,
    held: &Held,
    paid: &repayment::Model,
    trace: Option<&Trace>,
) -> Result<Around, Fault> {
    let conn = tx.conn();
    let (line, place) = (&held.facility, &held.member);
    let member = (line.id, place.enterprise_id);
    // A pool secures the loans of all its members.
    let pledgor = line.terms.collateral.pool().is_none().then_some(place.enterprise_id);
    let retired = trace.map_or(Money::ZERO, |trace| trace.retired);
    let principal = Money::from_fen(paid.principal_fen);
    let needs = principal.checked_sub(retired).map_err(|error| Fault::Corrupt(error.to_string()))?;
    let later = match trace {
        Some(trace) => since(conn, held, paid, trace).await?,
        None => None,
    };
    Ok(Around {
        reversed_on: paid.reversed_on,
        source: paid.source.clone(),
        status: held.status,
        later,
        shared: disposal::loss_shared(conn, held.id()).await?,
        claimed: subsidies::claim_on(conn, paid.id.into()).await?,
        released: registration::released_since(conn, line.id, pledgor, paid.created_at).await?,
        given_back: facility::contribution_back_since(conn, member, paid.created_at).await?,
        line_ended: line.status == Status::Closed || place.status == MemberStatus::Left,
        needs,
        line_free: line.available(),
        member_free: place.available(),
    })
}

/// What happened to the loan since the payment; a plan made anew because of it is undone with it.
async fn since(
    conn: &impl ConnectionTrait,
    held: &Held,
    paid: &repayment::Model,
    trace: &Trace,
) -> Result<Option<Later>, Fault> {
    if steps_since(held, trace) == 0 || replanned(conn, held, trace).await?.is_some() {
        return Ok(None);
    }
    later(conn, held, paid).await.map(Some)
}

/// The steps that the loan has come since the payment.
fn steps_since(held: &Held, trace: &Trace) -> i64 {
    held.row.steps - (trace.steps + 1)
}

/// The plan before, where every step since the payment has made the plan anew because of it.
///
/// # Errors
/// The database's fault.
pub(super) async fn replanned(
    conn: &impl ConnectionTrait,
    held: &Held,
    trace: &Trace,
) -> Result<Option<Schedule>, Fault> {
    let steps = steps_since(held, trace);
    if steps < 1 {
        return Ok(None);
    }
    let before = store::plan_under(conn, &held.row, trace.plan_version).await?;
    let before = before
        .ok_or_else(|| Fault::Corrupt(format!("plan {} of loan {}", trace.plan_version, held.row.id)))?;
    let versions = plan::Entity::find()
        .filter(plan::Column::LoanId.eq(held.row.id))
        .filter(plan::Column::Version.gt(trace.plan_version))
        .order_by_asc(plan::Column::Version)
        .all(conn)
        .await?;
    let made = standing(&before, versions)?;
    let follows =
        i64::try_from(made.len()) == Ok(steps) && made.iter().all(|cause| cause == AFTER_PREPAYMENT);
    Ok(follows.then_some(before))
}

/// Why the plans after `before` were made that still have a bearing: an undone payment brought an earlier plan back, and
/// what had been made of that one no longer counts.
fn standing(before: &Schedule, versions: Vec<plan::Model>) -> Result<Vec<String>, Fault> {
    let mut standing: Vec<(String, Schedule)> = Vec::new();
    for version in versions {
        let schedule: Schedule = serde_json::from_str(&version.schedule)?;
        let back = standing.iter().rposition(|(_, earlier)| *earlier == schedule).map(|place| place + 1);
        let back = back.or_else(|| (*before == schedule).then_some(0));
        match back.filter(|_| version.cause == UNDONE) {
            Some(left) => standing.truncate(left),
            None => standing.push((version.cause, schedule)),
        }
    }
    Ok(standing.into_iter().map(|(cause, _)| cause).collect())
}

/// The newest of what happened to the loan after the payment.
async fn later(conn: &impl ConnectionTrait, held: &Held, paid: &repayment::Model) -> Result<Later, Fault> {
    let payment = repayment::Entity::find()
        .filter(repayment::Column::LoanId.eq(held.row.id))
        .filter(repayment::Column::Id.ne(paid.id))
        .filter(repayment::Column::ReversedOn.is_null())
        .filter(repayment::Column::CreatedAt.gte(paid.created_at))
        .order_by_desc(repayment::Column::CreatedAt)
        .order_by_desc(repayment::Column::Id)
        .one(conn)
        .await?;
    let tranche = tranche::Entity::find()
        .filter(tranche::Column::LoanId.eq(held.row.id))
        .filter(tranche::Column::CreatedAt.gte(paid.created_at))
        .order_by_desc(tranche::Column::CreatedAt)
        .one(conn)
        .await?;
    let plan = plan::Entity::find()
        .filter(plan::Column::LoanId.eq(held.row.id))
        .filter(plan::Column::MadeAt.gte(paid.created_at))
        .order_by_desc(plan::Column::Version)
        .one(conn)
        .await?;
    let payment = payment.map(|row| {
        (row.created_at, Later::Payment { on: row.paid_on, amount: Money::from_fen(row.amount_fen) })
    });
    // A tranche makes a plan in the same breath; it is the tranche that is named.
    let plan = plan
        .filter(|row| row.cause != "tranche")
        .map(|row| (row.made_at, Later::Plan { on: row.effective_on, cause: row.cause }));
    let tranche = tranche.map(|row| {
        (row.created_at, Later::Tranche { on: row.drawn_on, amount: Money::from_fen(row.amount_fen) })
    });
    let newest = [payment, plan, tranche].into_iter().flatten().max_by_key(|(at, _)| *at);
    Ok(newest.map_or(Later::Other, |(_, later)| later))
}
