//! What the others are told of funds: the account and the agreements, whole, after every change.

use contracts::{
    Event, MovementId,
    events::{FundAgreementChanged, FundChanged, FundMovement},
};
use tx_kit::{Fault, Tx};
use uuid::Uuid;

use super::{
    booking::Booking,
    model::{Agreement, Fund},
};
use crate::risk;

/// What was done to an agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// It was made.
    Made,
    /// Its terms were changed.
    Amended,
    /// It ended.
    Ended,
    /// The bank claimed under it.
    Claimed,
    /// A claim under it was decided, with a payment or without.
    Decided,
    /// A claim that waits has fallen.
    Lowered,
    /// A recovery came back.
    Recovered,
    /// The circuit breaker stopped it.
    Stopped,
    /// Two people released it.
    Released,
}

impl Act {
    const fn name(self) -> &'static str {
        match self {
            Self::Made => "made",
            Self::Amended => "amended",
            Self::Ended => "ended",
            Self::Claimed => "claimed",
            Self::Decided => "decided",
            Self::Lowered => "lowered",
            Self::Recovered => "recovered",
            Self::Stopped => "stopped",
            Self::Released => "released",
        }
    }
}

/// The movement behind a line of the statement.
pub(super) fn movement(entry: Uuid, fund: &Fund, booking: &Booking<'_>) -> Result<FundMovement, Fault> {
    Ok(FundMovement {
        entry_id: MovementId::from_uuid(entry),
        kind: booking.kind.name().to_owned(),
        amount: booking.amount,
        balance: fund.balance().map_err(|error| Fault::Invariant(error.to_string()))?,
        agreement_id: booking.under.map(|agreement| agreement.id),
        bank_id: booking.under.map(|agreement| agreement.bank_id),
        claim_id: booking.claim,
        party: booking.party.trim().to_owned(),
        reference: booking.reference.trim().to_owned(),
    })
}

/// Tells of a fund's account, in the act's own transaction; the loans that it covers are to be assessed anew.
pub(super) async fn tell(tx: &mut Tx, fund: &Fund, movement: Option<FundMovement>) -> Result<(), Fault> {
    let event = FundChanged {
        fund_id: fund.id,
        name: fund.name.clone(),
        sponsor: fund.sponsor.clone(),
        opened_on: fund.opened_on,
        capital: fund.capital,
        paid: fund.paid,
        recovered: fund.recovered,
        committed: fund.committed,
        movement,
    };
    risk::review_covered(tx.conn(), fund.id.uuid()).await?;
    tx.publish([(fund.id.uuid(), fund.version, Event::FundChanged(event))]).await
}

/// Tells of an agreement, in the act's own transaction. What it has left for the loans that its fund covers has changed,
/// unless it was stopped or released, which is for new ones alone.
pub(super) async fn tell_agreement(tx: &mut Tx, act: Act, one: &Agreement) -> Result<(), Fault> {
    let terms = &one.terms;
    let event = FundAgreementChanged {
        agreement_id: one.id,
        number: one.number.clone(),
        fund_id: one.fund_id,
        fund_name: one.fund_name.clone(),
        bank_id: one.bank_id,
        bank_name: one.bank_name.clone(),
        facility_id: one.facility_id,
        facility_name: one.facility_name.clone(),
        act: act.name().to_owned(),
        commitment: terms.commitment,
        leverage_max: terms.leverage_max,
        share_max: terms.share_max,
        threshold: terms.threshold,
        starts_on: terms.starts_on,
        ends_on: terms.ends_on,
        status: one.status.name().to_owned(),
        stop_cause: one.stop_cause.map(|cause| cause.name().to_owned()),
        stop_ratio: one.stop_ratio,
        stopped_on: one.stopped_on,
        paid: one.paid,
        returned: one.returned,
        pending: one.pending,
    };
    if !matches!(act, Act::Stopped | Act::Released) {
        risk::review_covered(tx.conn(), one.fund_id.uuid()).await?;
    }
    tx.publish([(one.id.uuid(), one.version, Event::FundAgreementChanged(event))]).await
}
