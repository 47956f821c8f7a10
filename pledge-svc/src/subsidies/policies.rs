//! Follows `policy.bound.v1` and `policy.ended.v1`: the premiums that enterprises pay, and what is given back of them.
//! Events may come in any order and more than once.

use async_trait::async_trait;
use chrono::NaiveDate;
use contracts::{
    Envelope, Event,
    events::{PolicyBound, PolicyEnded},
};
use sea_orm::{EntityTrait, QuerySelect};
use tx_kit::{Consumer, Db, Fault, InTx, Tx, inbox};
use uuid::Uuid;

use super::store::{self, entities::policy};

/// The consumer's durable name.
const NAME: &str = "pledge.subsidised_policies";
/// A policy in force, as far as it was heard.
const BOUND: &str = "bound";

/// Keeps the policies whose premiums may be subsidised.
pub struct InsuredPolicies {
    db: Db,
}

impl InsuredPolicies {
    /// A consumer that writes to this database.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }
}

#[async_trait]
impl Consumer for InsuredPolicies {
    fn name(&self) -> &'static str {
        NAME
    }

    fn wants(&self, event_name: &str) -> bool {
        matches!(event_name, "policy.bound.v1" | "policy.ended.v1")
    }

    async fn consume(&self, batch: &[Envelope]) -> Result<(), Fault> {
        self.db.run(|tx| follow(tx, batch).in_tx()).await
    }
}

async fn follow(tx: &mut Tx, batch: &[Envelope]) -> Result<(), Fault> {
    for envelope in inbox::first_time(tx, NAME, batch).await? {
        match &envelope.event {
            Event::PolicyBound(bound) => policy_bound(tx, bound).await?,
            Event::PolicyEnded(ended) => policy_ended(tx, ended).await?,
            _ => {}
        }
    }
    Ok(())
}

async fn held(tx: &Tx, id: Uuid) -> Result<Option<policy::Model>, Fault> {
    Ok(policy::Entity::find_by_id(id).lock_exclusive().one(tx.conn()).await?)
}

async fn policy_bound(tx: &mut Tx, bound: &PolicyBound) -> Result<(), Fault> {
    let before = held(tx, bound.policy_id.uuid()).await?;
    let row = policy::Model {
        policy_id: bound.policy_id.uuid(),
        known: true,
        number: bound.number.clone(),
        product: bound.product.clone(),
        insurer_name: bound.insurer_name.clone(),
        insured_id: bound.insured_id.uuid(),
        insured_name: bound.insured_name.clone(),
        premium_fen: bound.premium.fen(),
        returned_fen: before.as_ref().map_or(0, |row| row.returned_fen),
        starts_on: bound.starts_on,
        ends_on: bound.ends_on,
        status: before.as_ref().map_or_else(|| BOUND.to_owned(), |row| row.status.clone()),
    };
    store::note_policy(tx, row, before.is_none()).await
}

async fn policy_ended(tx: &mut Tx, ended: &PolicyEnded) -> Result<(), Fault> {
    let before = held(tx, ended.policy_id.uuid()).await?;
    let is_new = before.is_none();
    let row = policy::Model {
        returned_fen: ended.returned_premium.fen(),
        status: ended.status.clone(),
        ..before.unwrap_or_else(|| unheard(ended.policy_id.uuid()))
    };
    store::note_policy(tx, row, is_new).await
}

/// A policy of which only the end has arrived: shown when its binding comes.
fn unheard(id: Uuid) -> policy::Model {
    policy::Model {
        policy_id: id,
        known: false,
        number: String::new(),
        product: String::new(),
        insurer_name: String::new(),
        insured_id: Uuid::nil(),
        insured_name: String::new(),
        premium_fen: 0,
        returned_fen: 0,
        starts_on: NaiveDate::default(),
        ends_on: NaiveDate::default(),
        status: BOUND.to_owned(),
    }
}
