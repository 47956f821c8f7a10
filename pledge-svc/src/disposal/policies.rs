//! Follows the policies that guarantee loans and the claims under them, as insurers tell of them. Events may come in any
//! order and more than once; each has its effect once, in a transaction of its own.
//!
//! Locks: the policy's row first, which nobody else locks; then facility, member, loan, case, the claims at the insurer.

use async_trait::async_trait;
use contracts::{
    ClaimId, Envelope, Event, OrgId, PolicyId,
    events::{PolicyBound, PolicyEnded},
};
use http_kit::ActError;
use identity::Scope;
use tx_kit::{Consumer, Db, Fault, InTx, Tx, inbox};

use super::{
    insurer,
    model::{Guarantee, InsurerClaim},
    store,
};
use crate::{
    loan::{Held, hold},
    risk,
};

/// The consumer's durable name.
const NAME: &str = "pledge.guarantee_policies";

/// Keeps the policies behind loans, and brings what insurers pay to the claims on them.
pub struct GuaranteePolicies {
    db: Db,
}

impl GuaranteePolicies {
    /// A consumer that writes to this database.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }
}

#[async_trait]
impl Consumer for GuaranteePolicies {
    fn name(&self) -> &'static str {
        NAME
    }

    fn wants(&self, event_name: &str) -> bool {
        matches!(
            event_name,
            "policy.bound.v1"
                | "policy.ended.v1"
                | "claim.registered.v1"
                | "claim.declined.v1"
                | "claim.paid.v1"
        )
    }

    async fn consume(&self, batch: &[Envelope]) -> Result<(), Fault> {
        for envelope in batch {
            self.db.run(|tx| follow(tx, envelope).in_tx()).await?;
        }
        Ok(())
    }
}

async fn follow(tx: &mut Tx, envelope: &Envelope) -> Result<(), Fault> {
    for envelope in inbox::first_time(tx, NAME, std::slice::from_ref(envelope)).await? {
        let on = tx.business_date();
        match &envelope.event {
            Event::PolicyBound(bound) => policy_bound(tx, bound).await?,
            Event::PolicyEnded(ended) => policy_ended(tx, ended).await?,
            Event::ClaimRegistered(event) => {
                let ids = (event.claim_id, event.policy_id, event.insurer_id);
                heard(tx, ids, |row| Ok(if row.version == 0 { step(row) } else { row })).await?;
            }
            Event::ClaimDeclined(event) => {
                let ids = (event.claim_id, event.policy_id, event.insurer_id);
                heard(tx, ids, |row| Ok(row.refused(event.reason.clone()))).await?;
            }
            Event::ClaimPaid(event) => {
                let ids = (event.claim_id, event.policy_id, event.insurer_id);
                let paid = |row: InsurerClaim| {
                    row.with_payment(event.amount, on).map_err(|error| {
                        Fault::Corrupt(format!("payments of claim {}: {error}", event.claim_id))
                    })
                };
                heard(tx, ids, paid).await?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn step(row: InsurerClaim) -> InsurerClaim {
    InsurerClaim { version: row.version + 1, ..row }
}

async fn policy_bound(tx: &mut Tx, bound: &PolicyBound) -> Result<(), Fault> {
    let before = store::lock_policy(tx, bound.policy_id, bound.insurer_id).await?;
    let Some(terms) = &bound.guarantee else {
        store::write_policy(tx, store::policy::Model { known: true, ..before }).await?;
        return store::forget_insurer_claims(tx, bound.policy_id).await;
    };
    let row = store::policy::Model {
        known: true,
        number: bound.number.clone(),
        insurer_id: bound.insurer_id.uuid(),
        insurer_name: bound.insurer_name.clone(),
        loan_id: Some(terms.loan_id.uuid()),
        bank_id: Some(terms.beneficiary_id.uuid()),
        limit_per_claim_fen: terms.limit_per_claim.fen(),
        aggregate_limit_fen: terms.aggregate_limit.fen(),
        deductible_fen: terms.deductible.fen(),
        coinsurance: terms.coinsurance.to_string(),
        starts_on: terms.starts_on,
        ends_on: terms.ends_on,
        // An end that came first stands.
        last_day: before.last_day,
        status: before.status,
        policy_id: before.policy_id,
    };
    store::write_policy(tx, row).await?;
    let loan = insured_loan(tx, bound.policy_id).await?;
    assess_again(tx, loan.as_ref()).await?;
    settle(tx, loan).await
}

async fn policy_ended(tx: &mut Tx, ended: &PolicyEnded) -> Result<(), Fault> {
    let before = store::lock_policy(tx, ended.policy_id, ended.insurer_id).await?;
    let row = store::policy::Model { status: ended.status.clone(), last_day: ended.last_day, ..before };
    store::write_policy(tx, row).await?;
    let loan = insured_loan(tx, ended.policy_id).await?;
    assess_again(tx, loan.as_ref()).await
}

/// The next close provides for the loan by the policies that insure it now.
async fn assess_again(tx: &Tx, loan: Option<&(Guarantee, Held)>) -> Result<(), Fault> {
    match loan {
        Some((_, held)) => risk::review_loan(tx.conn(), held.id().uuid()).await,
        None => Ok(()),
    }
}

/// Writes what was heard of a claim, unless its policy guarantees no loan, and settles what can be.
async fn heard(
    tx: &mut Tx,
    (claim, policy, insurer): (ClaimId, PolicyId, OrgId),
    change: impl FnOnce(InsurerClaim) -> Result<InsurerClaim, Fault>,
) -> Result<(), Fault> {
    let behind = store::lock_policy(tx, policy, insurer).await?;
    if behind.known && behind.loan_id.is_none() {
        return Ok(());
    }
    let loan = insured_loan(tx, policy).await?;
    let rows = store::lock_insurer_claims(tx, policy).await?;
    let row = rows.into_iter().find(|row| row.claim_id == claim);
    let before = row.unwrap_or_else(|| InsurerClaim::heard(claim, policy, insurer, tx.business_date()));
    let read = before.version;
    let after = change(before)?;
    if after.version != read {
        store::write_insurer_claim(tx, &after).await?;
    }
    settle(tx, loan).await
}

/// The loan that a policy guarantees, held, with the policy; nothing before both are known here.
async fn insured_loan(tx: &Tx, policy: PolicyId) -> Result<Option<(Guarantee, Held)>, Fault> {
    let Some((loan, guarantee)) = store::find_guarantee(tx.conn(), &Scope::system(), policy).await? else {
        return Ok(None);
    };
    let held = hold(tx, &insurer::in_the_banks_book(&guarantee), loan).await?;
    Ok(held.map(|held| (guarantee, held)))
}

/// Holds what is known of a policy's claims against the bank's claim on its insurer.
async fn settle(tx: &mut Tx, loan: Option<(Guarantee, Held)>) -> Result<(), Fault> {
    let Some((guarantee, mut held)) = loan else { return Ok(()) };
    match insurer::settle_under(tx, &mut held, &guarantee).await {
        Ok(()) => Ok(()),
        Err(ActError::Fault(fault)) => Err(fault),
        Err(ActError::Refused(problem)) => Err(Fault::Invariant(format!(
            "what was heard of policy {} could not be settled: {problem:?}",
            guarantee.number
        ))),
    }
}
