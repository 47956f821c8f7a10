//! Follows `compensation.returned.v1`: what banks hand back out of recoveries of losses that a guarantee paid for, and what
//! they give back because it settled no loss. It lowers what the claim has cost; the policy's limits stay eroded by what was paid.

use async_trait::async_trait;
use contracts::{Envelope, Event, events::CompensationReturned};
use finance::Money;
use identity::Scope;
use sea_orm::{ActiveValue::Set, EntityTrait};
use tx_kit::{AuditEntry, Consumer, Db, Fault, InTx, Tx, inbox};

use super::{
    postings,
    store::{self, claim, recovery},
};
use crate::policies;

/// The consumer's durable name.
const NAME: &str = "insurance.recoveries";

/// Takes what banks hand back.
pub(crate) struct Recoveries {
    db: Db,
}

impl Recoveries {
    /// A consumer that writes to this database.
    pub(crate) fn new(db: Db) -> Self {
        Self { db }
    }
}

#[async_trait]
impl Consumer for Recoveries {
    fn name(&self) -> &'static str {
        NAME
    }

    fn wants(&self, event_name: &str) -> bool {
        event_name == "compensation.returned.v1"
    }

    async fn consume(&self, batch: &[Envelope]) -> Result<(), Fault> {
        // One transaction an event: each holds one policy and its claim only.
        for envelope in batch {
            self.db.run(|tx| follow(tx, envelope).in_tx()).await?;
        }
        Ok(())
    }
}

async fn follow(tx: &mut Tx, envelope: &Envelope) -> Result<(), Fault> {
    for envelope in inbox::first_time(tx, NAME, std::slice::from_ref(envelope)).await? {
        if let Event::CompensationReturned(back) = &envelope.event {
            take(tx, envelope, back).await?;
        }
    }
    Ok(())
}

async fn take(tx: &mut Tx, envelope: &Envelope, back: &CompensationReturned) -> Result<(), Fault> {
    let unknown = || Fault::Corrupt(format!("a recovery of claim {}, which is not here", back.claim_id));
    let system = Scope::system();
    // The policy is held before its claim, as in every act.
    policies::find_held(tx, &system, back.policy_id).await?.ok_or_else(unknown)?;
    let row = store::find_held(tx, &system, back.claim_id).await?.ok_or_else(unknown)?;
    let recovered = Money::from_fen(row.recovered_fen)
        .checked_add(back.amount)
        .map_err(|error| Fault::Corrupt(format!("recoveries of claim {}: {error}", row.id)))?;
    if row.insurer_id != back.insurer_id.uuid() || recovered > Money::from_fen(row.paid_fen) {
        return Err(Fault::Corrupt(format!(
            "{} handed back of claim {}, which was paid {}",
            recovered,
            row.id,
            Money::from_fen(row.paid_fen)
        )));
    }
    let changed = claim::ActiveModel { recovered_fen: Set(recovered.fen()), ..Default::default() };
    store::save(tx, &row, changed).await?;
    let line = recovery::ActiveModel {
        id: Set(envelope.id.uuid()),
        claim_id: Set(row.id),
        insurer_id: Set(row.insurer_id),
        bank_id: Set(back.bank_id.uuid()),
        bank_name: Set(back.bank_name.clone()),
        compensation_id: Set(back.compensation_id.map(contracts::CompensationId::uuid)),
        compensation_number: Set(back.compensation_number.clone()),
        amount_fen: Set(back.amount.fen()),
        received_on: Set(tx.business_date()),
    };
    recovery::Entity::insert(line).exec_without_returning(tx.conn()).await?;
    ledger::post(tx, &[postings::recovered(&row, back.amount)?]).await?;
    let insurer = contracts::Actor { tenant: back.insurer_id, ..contracts::Actor::system() };
    tx.audit([AuditEntry::new(&insurer, "claim.recover", "claim", row.id).with(serde_json::json!({
        "amount": back.amount, "bank": back.bank_id, "compensation": back.compensation_number,
    }))])
    .await
}
