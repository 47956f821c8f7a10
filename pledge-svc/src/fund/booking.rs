//! The line that a movement of money leaves in the fund's statement.

use contracts::{CompensationId, MovementId};
use finance::Money;
use tx_kit::{Fault, Tx};
use uuid::Uuid;

use super::{
    events,
    model::{Agreement, EntryKind, Fund},
    store,
};

/// What moved.
pub(super) struct Booking<'a> {
    /// What kind of movement.
    pub kind: EntryKind,
    /// How much.
    pub amount: Money,
    /// The agreement, for compensation and recoveries.
    pub under: Option<&'a Agreement>,
    /// The bank's claim, for the same.
    pub claim: Option<CompensationId>,
    /// Who paid or was paid.
    pub party: &'a str,
    /// The paper behind it.
    pub reference: &'a str,
    /// Who asked for it.
    pub maker: &'a str,
    /// Who decided it.
    pub approver: &'a str,
}

/// Writes the line with the balance after it, and tells the others; the fund is as the movement leaves it.
pub(super) async fn book(tx: &mut Tx, fund: &Fund, booking: Booking<'_>) -> Result<Uuid, Fault> {
    let id = MovementId::fresh(tx.now()).uuid();
    let balance = fund.balance().map_err(|error| Fault::Invariant(error.to_string()))?;
    let row = store::entry::Model {
        id,
        fund_id: fund.id.uuid(),
        agreement_id: booking.under.map(|agreement| agreement.id.uuid()),
        bank_id: booking.under.map(|agreement| agreement.bank_id.uuid()),
        kind: booking.kind.name().to_owned(),
        amount_fen: booking.amount.fen(),
        balance_fen: balance.fen(),
        claim_id: booking.claim.map(CompensationId::uuid),
        party: booking.party.trim().to_owned(),
        reference: booking.reference.trim().to_owned(),
        maker: booking.maker.to_owned(),
        approver: booking.approver.to_owned(),
        booked_on: tx.business_date(),
        created_at: tx.now(),
    };
    store::insert_entry(tx, row).await?;
    let movement = events::movement(id, fund, &booking)?;
    events::tell(tx, fund, Some(movement)).await?;
    Ok(id)
}
