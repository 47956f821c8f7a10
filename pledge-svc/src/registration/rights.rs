//! Follows what is told of patents: their legal status, what attacks them, until when their annuities are paid, what the
//! catalogue refused to record, and that a bank values one lower than before.
//! A pledge carries nothing on a right that ended; everything is written into its history.

use async_trait::async_trait;
use contracts::{Actor, Envelope, Event, PatentId, events::DisposalRefused};
use identity::Scope;
use serde_json::json;
use tx_kit::{AuditEntry, Consumer, Db, Fault, InTx, Tx, inbox};

use super::{
    annuities,
    case::event,
    model::{
        Pledge,
        collateral::carrying,
        right::{Turn, turn},
    },
    revalue,
    store::{
        self, filings,
        history::{self, NewLine},
        rights::{self, News},
    },
};
use crate::{applications::EligibilityRules, parameters, risk};

/// The consumer's durable name.
const NAME: &str = "pledge.patent_rights";
/// Who tells, in the history.
const CATALOGUE: &str = "专利库";

/// Keeps how pledged patents stand.
pub struct PatentRights {
    db: Db,
}

impl PatentRights {
    /// A consumer that writes to this database.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }
}

#[async_trait]
impl Consumer for PatentRights {
    fn name(&self) -> &'static str {
        NAME
    }

    fn wants(&self, event_name: &str) -> bool {
        matches!(
            event_name,
            "patent.legal_status_changed.v1"
                | "patent.challenged.v1"
                | "patent.annuity_recorded.v1"
                | "patent.disposal_refused.v1"
                | "valuation.completed.v1"
        )
    }

    async fn consume(&self, batch: &[Envelope]) -> Result<(), Fault> {
        self.db.run(|tx| follow(tx, batch).in_tx()).await
    }
}

async fn follow(tx: &mut Tx, batch: &[Envelope]) -> Result<(), Fault> {
    for envelope in inbox::first_time(tx, NAME, batch).await? {
        match &envelope.event {
            Event::LegalStatusChanged(told) => {
                let news = News::Status { to: told.to.clone(), since: told.effective };
                hear(tx, told.patent_id, envelope.version, &news).await?;
            }
            Event::PatentChallenged(told) => {
                let news = News::Challenges(told.open.clone());
                hear(tx, told.patent_id, envelope.version, &news).await?;
            }
            Event::AnnuityRecorded(told) => annuities::hear(tx, told, envelope.version).await?,
            Event::DisposalRefused(told) => refused(tx, told).await?,
            Event::ValuationCompleted(told) => revalue::hear(tx, told).await?,
            _ => {}
        }
    }
    Ok(())
}

/// Notes what was told of a patent, with every live pledge over it.
async fn hear(tx: &mut Tx, patent: PatentId, version: i64, news: &News) -> Result<(), Fault> {
    let Some((before, after)) = rights::note(tx, patent, version, news).await? else { return Ok(()) };
    let kind = match turn(&before, &after) {
        Turn::Ended => "patent_ended",
        Turn::Restored => "patent_restored",
        Turn::Challenged => "patent_challenged",
        Turn::Cleared => "patent_cleared",
        Turn::Nothing => return Ok(()),
    };
    for pledge in store::find::find_over_patent(tx.conn(), &Scope::system(), patent).await? {
        let number = pledge.patents.iter().find(|one| one.patent_id == patent).map(|one| one.number.clone());
        let details = json!({
            "patent": patent, "number": number, "status": after.status, "challenges": after.challenges,
        });
        let on = after.since.filter(|_| kind == "patent_ended").unwrap_or_else(|| tx.business_date());
        written(tx, &pledge, kind, on, details).await?;
        // The loans that it secures are looked at again at the next close.
        risk::review_line(tx.conn(), pledge.facility_id.uuid()).await?;
        carry_anew(tx, pledge, kind).await?;
    }
    Ok(())
}

/// The pledge as read already knows how its rights stand now: what it carries may have changed, and whoever reckons
/// with it is told after that was noted.
async fn carry_anew(tx: &mut Tx, mut pledge: Pledge, kind: &'static str) -> Result<(), Fault> {
    // What the bank has set since the pledge was filed counts from now on.
    let rules: EligibilityRules = parameters::current(tx.conn(), pledge.bank_id, tx.business_date()).await?;
    pledge.challenged_carries = rules.challenged_carries;
    let filed = match pledge.filing.as_ref() {
        Some(filing) => filings::find(tx.conn(), &Scope::system(), filing.id).await?,
        None => None,
    };
    let now = carrying(&pledge, filed.as_ref())
        .map_err(|error| Fault::Corrupt(format!("what pledge {} carries: {error}", pledge.id)))?;
    let details = json!({ "because": kind, "carried": pledge.carrying, "carries": now });
    let read_version = pledge.version;
    let changed = Pledge { carrying: now, version: read_version + 1, ..pledge };
    store::update(tx, &changed, read_version).await?;
    let event = Event::PledgeChanged(event(&changed));
    tx.publish([(changed.id.uuid(), changed.version, event)]).await?;
    let actor = Actor { tenant: changed.bank_id, ..Actor::system() };
    tx.audit([AuditEntry::new(&actor, "pledge.carrying", "pledge", changed.id).with(details)]).await
}

/// Somebody wanted to dispose of a pledged patent without the pledgee's consent.
async fn refused(tx: &mut Tx, told: &DisposalRefused) -> Result<(), Fault> {
    let Some(pledge) = store::find::find(tx.conn(), &Scope::system(), told.pledge_id).await? else {
        return Ok(());
    };
    let details = json!({
        "patent": told.patent_id, "number": told.patent_number, "act": told.act, "asked_by": told.asked_by,
    });
    written(tx, &pledge, "disposal_refused", told.refused_on, details).await
}

/// Writes a line of the catalogue's into a pledge's history.
pub(super) async fn written(
    tx: &mut Tx,
    pledge: &Pledge,
    kind: &str,
    on: chrono::NaiveDate,
    details: serde_json::Value,
) -> Result<(), Fault> {
    let line = NewLine { pledge: pledge.id, filing: None, on, kind, who: CATALOGUE, details };
    history::write(tx, line).await
}
