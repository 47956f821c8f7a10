//! The act: the borrowing base of a facility is reckoned and recorded, and what follows from a shortfall is done —
//! margin is called, the call is cured, or its period ends and lending stops. On unchanged facts it changes nothing.

use chrono::NaiveDate;
use contracts::{Actor, FacilityId, OrgId, PatentId};
use finance::Money;
use sea_orm::ConnectionTrait;
use tx_kit::{AuditEntry, Fault, Tx};

use crate::{
    facility::{
        model::{
            Facility, MemberStatus, Status, Uncured,
            base::{BorrowingBase, PooledPatent, borrowing_base},
            margin_call::{self, CallStatus, Step},
            triggers::{TriggerKind, TriggerState, Tripped, uncured},
        },
        store, triggers,
    },
    registration::{self, Pledge, model::FilingKind},
    working_days,
};

/// What the pool of a facility carries on a day; `None` where it does not lend on a pool.
///
/// # Errors
/// The database's fault, or a sum beyond the range of money.
pub(crate) async fn reckon(
    conn: &impl ConnectionTrait,
    facility: &Facility,
    on: NaiveDate,
) -> Result<Option<BorrowingBase>, Fault> {
    let Some(pool) = facility.terms.collateral.pool() else { return Ok(None) };
    let pledges = registration::registered_under(conn, facility.id).await?;
    let patents = patents(conn, facility.bank_id, pledges).await?;
    let margin = store::margin(conn, facility.id).await?;
    borrowing_base(&pool, patents, (margin, facility.drawn), on).map(Some).map_err(broken)
}

fn broken(error: impl std::fmt::Display) -> Fault {
    Fault::Corrupt(format!("a borrowing base: {error}"))
}

/// The patents under registered pledges, each at the bank's newest value.
async fn patents(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    pledges: Vec<Pledge>,
) -> Result<Vec<PooledPatent>, Fault> {
    let ids: Vec<PatentId> =
        pledges.iter().flat_map(|pledge| pledge.held().map(|patent| patent.patent_id)).collect();
    let values = store::pool::values(conn, bank, ids).await?;
    let mut patents = Vec::new();
    for pledge in &pledges {
        let releasing = pledge
            .filing
            .as_ref()
            .is_some_and(|filing| filing.kind == FilingKind::Cancellation && filing.state.is_open());
        patents.extend(pledge.held().map(|patent| {
            let newest = values.get(&patent.patent_id);
            PooledPatent {
                pledge_id: pledge.id,
                patent_id: patent.patent_id,
                number: patent.number.clone(),
                title: patent.title.clone(),
                owner_id: pledge.enterprise_id,
                owner_name: pledge.enterprise_name.clone(),
                accepted: newest
                    .map_or(patent.collateral_value, |value| Money::from_fen(value.collateral_fen)),
                valuation_id: newest.map_or(patent.valuation_id, |value| value.valuation_id.into()),
                valid_until: newest.map_or(patent.valid_until, |value| value.valid_until),
                in_force: !patent.right.has_ended(),
                challenged: !patent.right.challenges.is_empty(),
                releasing,
                lasts_until: [patent.ends_on, pledge.debt_until].into_iter().flatten().min(),
            }
        }));
    }
    Ok(patents)
}

/// Reckons the base of a facility and does what follows from it; `None` where it does not lend on a pool, or lends no
/// more and nothing is drawn. `cause` is why: `close`, `valuation`, `pledge`, `deposit`, `request`.
///
/// # Errors
/// The database's fault.
pub async fn recompute(
    tx: &mut Tx,
    id: FacilityId,
    cause: &str,
    actor: &Actor,
) -> Result<Option<BorrowingBase>, Fault> {
    let Some(facility) = store::lock(tx.conn(), id).await? else { return Ok(None) };
    if !matches!(facility.status, Status::Active | Status::Suspended | Status::Expired) {
        return Ok(None);
    }
    let Some(base) = reckon(tx.conn(), &facility, tx.business_date()).await? else { return Ok(None) };
    record(tx, id, &base, cause).await?;
    follow(tx, &facility, &base, actor).await?;
    Ok(Some(base))
}

/// Records a base that is not as the one before.
async fn record(tx: &Tx, id: FacilityId, base: &BorrowingBase, cause: &str) -> Result<(), Fault> {
    let rows = serde_json::to_string(&base.rows)?;
    let same = store::pool::last(tx.conn(), id).await?.is_some_and(|last| {
        last.as_of == base.on
            && last.base_fen == base.base.fen()
            && last.outstanding_fen == base.outstanding.fen()
            && last.patents == rows
    });
    if same { Ok(()) } else { store::pool::insert_base(tx, id, base, cause).await }
}

/// What follows from the shortfall, or from there being none.
async fn follow(tx: &mut Tx, facility: &Facility, base: &BorrowingBase, actor: &Actor) -> Result<(), Fault> {
    let Some(pool) = facility.terms.collateral.pool() else { return Ok(()) };
    let live = store::pool::live_call(tx.conn(), facility.id).await?;
    let call = live.as_ref().map(store::pool::live_of).transpose()?;
    let today = tx.business_date();
    let calendar = working_days::of_bank(tx.conn(), facility.bank_id, today).await?;
    let step = margin_call::next(call, base.shortfall, pool.cure_days, (today, calendar))
        .ok_or_else(|| Fault::Other("the cure period ends beyond the calendar".to_owned()))?;
    let action = match (step, live) {
        (Step::Call { due_on }, _) => {
            store::pool::insert_call(tx, facility, base, due_on).await?;
            "facility.margin_call"
        }
        (Step::Amount, Some(row)) => {
            let status = store::pool::live_of(&row)?.status;
            store::pool::update_call(tx, &row, status, base).await?;
            return Ok(());
        }
        (Step::Cured, Some(row)) => {
            store::pool::update_call(tx, &row, CallStatus::Cured, base).await?;
            cleared(tx, facility).await?;
            "facility.margin_call.cure"
        }
        (Step::Lapsed, Some(row)) => {
            store::pool::update_call(tx, &row, CallStatus::Uncured, base).await?;
            let news = stopped(tx, facility, base, (pool.uncured, row.due_on)).await?;
            triggers::stop(tx, facility, &news, actor).await?;
            "facility.margin_call.lapse"
        }
        _ => return Ok(()),
    };
    let entry = AuditEntry::new(actor, action, "facility", facility.id).with(serde_json::json!({
        "base": base.base, "outstanding": base.outstanding, "shortfall": base.shortfall,
    }));
    tx.audit([entry]).await
}

/// The line no longer lends on a pool, or is closed: a call on it ends, and what it stopped may go on by people's hand.
///
/// # Errors
/// The database's fault.
pub(crate) async fn lift(tx: &mut Tx, facility: &Facility, actor: &Actor) -> Result<(), Fault> {
    let Some(row) = store::pool::live_call(tx.conn(), facility.id).await? else { return Ok(()) };
    store::pool::lift_call(tx, &row).await?;
    cleared(tx, facility).await?;
    let entry = AuditEntry::new(actor, "facility.margin_call.lift", "facility", facility.id)
        .with(serde_json::json!({ "number": row.number, "shortfall": Money::from_fen(row.shortfall_fen) }));
    tx.audit([entry]).await
}

/// The shortfall no longer stops anything; people let the line and its members go on.
async fn cleared(tx: &Tx, facility: &Facility) -> Result<(), Fault> {
    for (key, row) in store::trigger::live(tx.conn(), facility.id).await? {
        if key.0 == TriggerKind::MarginCall {
            let from = store::trigger::state_of(&row)?;
            store::trigger::end(tx, facility.id, Some(key), (from, TriggerState::Cleared), None).await?;
        }
    }
    Ok(())
}

/// Whom a call that was not met stops: the line, or the members that owe more than their patents bring.
async fn stopped(
    tx: &Tx,
    facility: &Facility,
    base: &BorrowingBase,
    (whom, due_on): (Uncured, NaiveDate),
) -> Result<Vec<Tripped>, Fault> {
    if whom == Uncured::Line {
        return Ok(vec![uncured(base.shortfall, due_on, None)]);
    }
    let brought = base.brought().map_err(broken)?;
    let members = store::lock_all_members(tx.conn(), facility.id).await?;
    let owes_more = members.iter().filter(|member| member.status == MemberStatus::Active).filter(|member| {
        let own = brought.get(&member.enterprise_id).copied().unwrap_or_default();
        member.drawn > own.checked_add(member.margin).unwrap_or(Money::MAX)
    });
    Ok(owes_more.map(|member| uncured(base.shortfall, due_on, Some(member))).collect())
}
