//! The acts: a bank that takes part in a line agrees, by its own authority, to lend its share of it, to a change of it or
//! to a waiver of a pledge under it — or declines. Its latest word counts until the lead decides. What waits for the
//! word is decided on the line as it stands: what could not be approved is not agreed to either.

use contracts::FacilityId;
use finance::Money;
use http_kit::{ActError, IfMatch, Problem};
use identity::Caller;
use tx_kit::{IdempotencyKey, InTx, Tx};
use uuid::Uuid;

use super::{
    agreements::{self, Matter, Said, lead_approves, seated_at},
    answers, approve,
    change::{self, ChangeView},
    exposure,
    model::{
        Facility, Share, Status,
        agreement::AgreementKind,
        change::{Change, Changed},
        waiver::WaiverStatus,
    },
    store,
    view::{self, FacilityView},
    votes::Subject,
    waivers::{self, WaiverView},
};
use crate::state::App;

/// Says the word of the caller's bank on a proposed line.
pub(super) async fn line(
    app: &App,
    caller: &Caller,
    key: Option<&IdempotencyKey>,
    (id, seen): (FacilityId, IfMatch),
    said: Said<'_>,
) -> Result<FacilityView, ActError> {
    app.db.run_once(key, |tx| line_in(tx, caller, (id, seen), said).in_tx()).await
}

async fn line_in(
    tx: &mut Tx,
    caller: &Caller,
    (id, seen): (FacilityId, IfMatch),
    said: Said<'_>,
) -> Result<FacilityView, ActError> {
    let (facility, share) = participant(tx, caller, (id, seen)).await?;
    if facility.status != Status::Proposed {
        return Err(answers::wrong_state(facility.status).into());
    }
    let matter = of_line(tx, &facility).await?;
    agreements::say(tx, caller, (&facility, &share), &matter, said).await?;
    approve::moved(tx, &facility).await?;
    Ok(view::after(tx, id).await?)
}

/// The line itself, with the largest of its sub-limits: who may lend that may lend the others.
pub(super) async fn of_line(tx: &Tx, facility: &Facility) -> Result<Matter, ActError> {
    let largest = exposure::largest_place(tx.conn(), facility.id).await?;
    Ok(Matter {
        kind: AgreementKind::Facility,
        subject: approve::subject(facility),
        members: largest.into_iter().collect(),
    })
}

/// Says the word of the caller's bank on an open change.
pub(super) async fn change(
    app: &App,
    caller: &Caller,
    key: Option<&IdempotencyKey>,
    (target, seen): ((FacilityId, Uuid), IfMatch),
    said: Said<'_>,
) -> Result<ChangeView, ActError> {
    app.db.run_once(key, |tx| change_in(tx, caller, (target, seen), said).in_tx()).await
}

async fn change_in(
    tx: &mut Tx,
    caller: &Caller,
    ((id, change), seen): ((FacilityId, Uuid), IfMatch),
    said: Said<'_>,
) -> Result<ChangeView, ActError> {
    let (facility, share) = participant(tx, caller, (id, seen)).await?;
    let (row, change) = change::open(tx.conn(), &facility, change).await?;
    let changed = match said {
        Said::Agrees(_) => Some(change::decided(tx, &facility, &change).await?.1),
        Said::Declines(_) => None,
    };
    let subject = change::subject(&facility, &row, &change);
    let matter = of_change(subject, changed.as_ref());
    agreements::say(tx, caller, (&facility, &share), &matter, said).await?;
    Ok(change::view_of(tx.conn(), row).await?)
}

/// A change, with the sub-limits that are not as before.
pub(super) fn of_change(subject: Subject, changed: Option<&Changed>) -> Matter {
    let places = changed.map(|changed| changed.places.as_slice()).unwrap_or_default();
    let members: Vec<(String, Money)> =
        places.iter().map(|place| (place.enterprise_name.clone(), place.allotment.sub_limit)).collect();
    Matter { kind: AgreementKind::Change, subject, members }
}

/// What a change is about as a whole: the limit after it.
pub(super) fn amount_of(facility: &Facility, change: &Change) -> Money {
    change.limit.unwrap_or(facility.limit)
}

/// Says the word of the caller's bank on a proposed waiver.
pub(super) async fn waiver(
    app: &App,
    caller: &Caller,
    key: Option<&IdempotencyKey>,
    (target, seen): ((FacilityId, Uuid), IfMatch),
    said: Said<'_>,
) -> Result<WaiverView, ActError> {
    app.db.run_once(key, |tx| waiver_in(tx, caller, (target, seen), said).in_tx()).await
}

async fn waiver_in(
    tx: &mut Tx,
    caller: &Caller,
    ((id, waiver), seen): ((FacilityId, Uuid), IfMatch),
    said: Said<'_>,
) -> Result<WaiverView, ActError> {
    let (facility, share) = participant(tx, caller, (id, seen)).await?;
    let row = store::waiver::one_of(tx.conn(), id, waiver).await?.ok_or_else(Problem::not_found)?;
    if waivers::status_of(&row)? != WaiverStatus::Proposed {
        return Err(answers::wrong_state(facility.status).with("waiver", row.status).into());
    }
    if let Said::Agrees(_) = said {
        waivers::still_admitted(tx, &facility, &row).await?;
    }
    let matter = of_waiver(&facility, &row);
    agreements::say(tx, caller, (&facility, &share), &matter, said).await?;
    Ok(waivers::view_of(tx.conn(), row).await?)
}

/// A waiver, with what the member may owe under it.
pub(super) fn of_waiver(facility: &Facility, row: &store::waiver::row::Model) -> Matter {
    Matter {
        kind: AgreementKind::Waiver,
        subject: waivers::subject(facility, row),
        members: vec![(row.enterprise_name.clone(), Money::from_fen(row.amount_fen))],
    }
}

/// Locks a line in which the caller's bank takes part.
async fn participant(
    tx: &Tx,
    caller: &Caller,
    (id, seen): (FacilityId, IfMatch),
) -> Result<(Facility, Share), ActError> {
    let (facility, share) = seated_at(tx, caller, id, seen).await?;
    Ok((facility, share.ok_or_else(lead_approves)?))
}
