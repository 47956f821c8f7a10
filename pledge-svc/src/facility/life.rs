//! The acts of the day: lines whose window begins open, lines whose window is over expire. A step of the close of
//! business, for the bank whose day it is; run again for the same day it finds nothing left to do.

use chrono::NaiveDate;
use contracts::{Actor, FacilityId, OrgId};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    approve::guarded,
    events,
    model::{Status, life},
    store::{self, facility::Column as F},
    view,
};

/// Lines moved in one transaction; call again while this many were.
pub const LINES_PER_STEP: u64 = 500;

/// A bank's lines whose window ended before the day expire; gives how many did. They lend nothing more; repayments go on.
///
/// # Errors
/// The database's fault.
pub async fn expire_due(tx: &mut Tx, bank: OrgId, on: NaiveDate) -> Result<u64, Fault> {
    let lending = [Status::Approved, Status::Active, Status::Suspended].map(Status::name);
    let ended = Condition::all().add(F::Status.is_in(lending)).add(F::AvailableUntil.lt(on));
    let due = due(tx, bank, ended).await?;
    let mut moved = 0;
    for id in due {
        moved += u64::from(step(tx, id, Status::Expired, on).await?);
    }
    Ok(moved)
}

/// A bank's approved lines whose window has begun on the day open; gives how many did.
///
/// # Errors
/// The database's fault.
pub async fn open_due(tx: &mut Tx, bank: OrgId, on: NaiveDate) -> Result<u64, Fault> {
    let begun = Condition::all()
        .add(F::Status.eq(Status::Approved.name()))
        .add(F::AvailableFrom.lte(on))
        .add(F::AvailableUntil.gte(on));
    let due = due(tx, bank, begun).await?;
    let mut moved = 0;
    for id in due {
        moved += u64::from(step(tx, id, Status::Active, on).await?);
    }
    Ok(moved)
}

/// The lines in question in the order of their ids, in which they are then locked.
async fn due(tx: &Tx, bank: OrgId, which: Condition) -> Result<Vec<FacilityId>, Fault> {
    let ids: Vec<uuid::Uuid> = store::facility::Entity::find()
        .select_only()
        .column(F::Id)
        .filter(F::BankId.eq(bank.uuid()))
        .filter(which)
        .order_by_asc(F::Id)
        .limit(LINES_PER_STEP)
        .into_tuple()
        .all(tx.conn())
        .await?;
    Ok(ids.into_iter().map(FacilityId::from_uuid).collect())
}

async fn step(tx: &mut Tx, id: FacilityId, to: Status, on: NaiveDate) -> Result<bool, Fault> {
    let Some(facility) = store::lock(tx.conn(), id).await? else { return Ok(false) };
    let (from, until) = (facility.available_from, facility.available_until);
    let moves = match to {
        Status::Expired => life::expires(facility.status, until, on),
        _ => life::opens(facility.status, from, until, on),
    };
    if !moves {
        return Ok(false);
    }
    let change = store::facility::ActiveModel {
        status: Set(to.name().to_owned()),
        version: Set(facility.version + 1),
        ..Default::default()
    };
    guarded(tx, &facility, change).await?;
    let view = view::after(tx, id).await?;
    events::state(tx, &view).await?;
    let action = if to == Status::Expired { "facility.expire" } else { "facility.open" };
    let entry = AuditEntry::new(&Actor::system(), action, "facility", id)
        .with(serde_json::json!({ "from": facility.status, "to": to, "on": on }));
    tx.audit([entry]).await?;
    Ok(true)
}
