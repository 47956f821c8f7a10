//! The pledgees' consents as the catalogue knows them: fed by pledge-svc's events. It decides nothing about them; the
//! newest version of a consent wins.

use std::collections::HashMap;

use async_trait::async_trait;
use chrono::NaiveDate;
use contracts::{Envelope, Event, events::PledgeConsentGiven};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use tx_kit::{Consumer, Db, Fault, InTx, Tx, inbox};
use uuid::Uuid;

use super::disposal::Disposal;

/// The consumer's name on the bus and in the inbox.
const NAME: &str = "valuation.consents";
/// Separates acts within the `acts` column.
const BETWEEN: char = ',';

/// The consent table.
pub mod entity {
    use sea_orm::entity::prelude::*;

    /// A row: one consent over one patent.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "pledge_consent")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub consent_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub patent_id: Uuid,
        pub pledge_id: Uuid,
        /// `transfer,licence`.
        pub acts: String,
        pub valid_from: Date,
        pub valid_until: Date,
        pub revoked: bool,
        /// The version of the consent that this row is of.
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The consents over some patents.
#[derive(Default)]
pub(crate) struct Consents {
    by_patent: HashMap<Uuid, Vec<entity::Model>>,
}

impl Consents {
    /// Whether the pledgee of a pledge consents to an act over a patent on a day.
    pub(crate) fn cover(&self, pledge: Uuid, patent: Uuid, act: Disposal, on: NaiveDate) -> bool {
        self.by_patent.get(&patent).is_some_and(|all| {
            all.iter().any(|one| {
                one.pledge_id == pledge && holds(one, on) && one.acts.split(BETWEEN).any(|a| a == act.name())
            })
        })
    }

    /// What the pledgee of a pledge consents to on a day.
    pub(crate) fn acts(&self, pledge: Uuid, patent: Uuid, on: NaiveDate) -> Vec<Disposal> {
        [Disposal::Transfer, Disposal::Licence, Disposal::Abandonment]
            .into_iter()
            .filter(|act| self.cover(pledge, patent, *act, on))
            .collect()
    }
}

fn holds(one: &entity::Model, on: NaiveDate) -> bool {
    !one.revoked && one.valid_from <= on && on <= one.valid_until
}

/// The consents over patents. That a pledgee consents is for everybody to see who deals with the patent.
///
/// # Errors
/// The database's fault.
pub(crate) async fn of_patents(conn: &impl ConnectionTrait, patents: &[Uuid]) -> Result<Consents, Fault> {
    let mut found = Consents::default();
    if patents.is_empty() {
        return Ok(found);
    }
    let rows = entity::Entity::find()
        .filter(entity::Column::PatentId.is_in(patents.iter().copied()))
        .all(conn)
        .await?;
    for row in rows {
        found.by_patent.entry(row.patent_id).or_default().push(row);
    }
    Ok(found)
}

/// Keeps the consents by `pledge.consent_given.v1`.
pub struct PledgeeConsents {
    db: Db,
}

impl PledgeeConsents {
    /// A consumer that writes into this database.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }
}

#[async_trait]
impl Consumer for PledgeeConsents {
    fn name(&self) -> &'static str {
        NAME
    }

    fn wants(&self, event_name: &str) -> bool {
        event_name == "pledge.consent_given.v1"
    }

    async fn consume(&self, batch: &[Envelope]) -> Result<(), Fault> {
        self.db.run(|tx| take(tx, batch).in_tx()).await
    }
}

async fn take(tx: &mut Tx, batch: &[Envelope]) -> Result<(), Fault> {
    for envelope in inbox::first_time(tx, NAME, batch).await? {
        if let Event::PledgeConsentGiven(consent) = &envelope.event {
            keep(tx, consent, envelope.version).await?;
        }
    }
    Ok(())
}

async fn keep(tx: &Tx, consent: &PledgeConsentGiven, version: i64) -> Result<(), Fault> {
    for patent in &consent.patents {
        let key = (consent.consent_id.uuid(), patent.uuid());
        let known = entity::Entity::find_by_id(key).one(tx.conn()).await?;
        if known.as_ref().is_some_and(|row| row.version >= version) {
            continue;
        }
        let row = entity::ActiveModel {
            consent_id: Set(key.0),
            patent_id: Set(key.1),
            pledge_id: Set(consent.pledge_id.uuid()),
            acts: Set(consent.acts.join(&BETWEEN.to_string())),
            valid_from: Set(consent.valid_from),
            valid_until: Set(consent.valid_until),
            revoked: Set(consent.revoked),
            version: Set(version),
        };
        if known.is_some() {
            entity::Entity::update(row).exec(tx.conn()).await?;
        } else {
            entity::Entity::insert(row).exec_without_returning(tx.conn()).await?;
        }
    }
    Ok(())
}
