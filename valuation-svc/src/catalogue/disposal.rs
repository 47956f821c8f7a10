//! Disposing of a pledged patent: a newer record that transfers, licenses or abandons one is not taken while the
//! pledgee has not consented (Civil Code, article 444). What was refused is kept and told, so that the pledgee hears
//! of it.
//!
//! Where is …? What a newer record does: [`disposals`], a pure rule; the pledgees' consents: `consent.rs`; pledges:
//! `encumbrance.rs`; refusing: `upsert.rs`.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use contracts::{Actor, Event, EventId, OrgId, PatentId, PledgeId, events::DisposalRefused};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde::{Deserialize, Serialize};
use tx_kit::{Fault, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    consent::{self, Consents},
    encumbrance,
    patent::{LegalStatus, PatentFacts},
    record::PatentRecord,
};

/// The most refusals that are shown with a patent.
const SHOWN_MAX: u64 = 20;

/// What may not be done with a pledged patent without the pledgee's consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Disposal {
    /// 转让
    Transfer,
    /// 许可
    Licence,
    /// 放弃
    Abandonment,
}

impl Disposal {
    /// The name in JSON, in events and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Transfer => "transfer",
            Self::Licence => "licence",
            Self::Abandonment => "abandonment",
        }
    }

    /// In Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Transfer => "转让",
            Self::Licence => "许可",
            Self::Abandonment => "放弃",
        }
    }

    /// In English, as something that is done to it.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::Transfer => "transferred",
            Self::Licence => "licensed",
            Self::Abandonment => "abandoned",
        }
    }
}

/// What a record does to a patent, compared with the one before it. That a right lapses, expires or is invalidated
/// is no act of its owner and is recorded as it is.
#[must_use]
pub fn disposals(before: &PatentRecord, after: &PatentRecord) -> Vec<Disposal> {
    let more = |before: Option<u32>, after: Option<u32>| before.zip(after).is_some_and(|(b, a)| a > b);
    let (old, new) = (&before.facts, &after.facts);
    let owner = before.owner.is_some() && after.owner != before.owner;
    let holders = !holders(old).is_empty() && holders(new) != holders(old);
    let transferred = owner || holders || more(old.transfers, new.transfers);
    let abandoned = new.legal_status == LegalStatus::Withdrawn && old.legal_status != LegalStatus::Withdrawn;
    [
        (transferred, Disposal::Transfer),
        (more(old.licences, new.licences), Disposal::Licence),
        (abandoned, Disposal::Abandonment),
    ]
    .into_iter()
    .filter_map(|(done, disposal)| done.then_some(disposal))
    .collect()
}

/// Who holds the right, without the spelling of brackets and blanks.
fn holders(facts: &PatentFacts) -> BTreeSet<String> {
    let named = if facts.current_owners.is_empty() { &facts.applicants } else { &facts.current_owners };
    named
        .iter()
        .map(|name| {
            name.chars()
                .filter(|c| !c.is_whitespace())
                .map(|c| match c {
                    '（' => '(',
                    '）' => ')',
                    other => other,
                })
                .collect::<String>()
                .to_lowercase()
        })
        .collect()
}

/// A disposal that nobody consented to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// The patent.
    pub patent_id: PatentId,
    /// Its number.
    pub number: String,
    /// What was to be recorded.
    pub act: Disposal,
    /// The pledge.
    pub pledge_id: PledgeId,
    /// The pledgee.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
}

/// The pledges over the patents of a chunk, with what their pledgees have consented to.
pub(crate) struct Guards {
    pledges: HashMap<Uuid, Vec<encumbrance::entity::Model>>,
    consents: Consents,
    on: NaiveDate,
}

impl Guards {
    /// Looks up the registered pledges over patents.
    pub(crate) async fn of(tx: &Tx, patents: &[Uuid]) -> Result<Self, Fault> {
        let pledges = encumbrance::of_patents(tx.conn(), patents).await?;
        let pledged: Vec<Uuid> = pledges.keys().copied().collect();
        let consents = consent::of_patents(tx.conn(), &pledged).await?;
        Ok(Self { pledges, consents, on: tx.business_date() })
    }

    /// The first disposal by a newer record that a pledgee has not consented to.
    pub(crate) fn breach(
        &self,
        patent: Uuid,
        number: &str,
        (before, after): (&PatentRecord, &PatentRecord),
    ) -> Option<Breach> {
        self.breach_of(patent, number, &disposals(before, after))
    }

    /// The first of some acts that a pledgee has not consented to.
    pub(crate) fn breach_of(&self, patent: Uuid, number: &str, acts: &[Disposal]) -> Option<Breach> {
        let pledges = self.pledges.get(&patent)?;
        let mut wanted = pledges.iter().flat_map(|pledge| acts.iter().map(move |act| (pledge, *act)));
        let (pledge, act) =
            wanted.find(|(pledge, act)| !self.consents.cover(pledge.pledge_id, patent, *act, self.on))?;
        Some(Breach {
            patent_id: patent.into(),
            number: number.to_owned(),
            act,
            pledge_id: pledge.pledge_id.into(),
            bank_id: pledge.bank_id.into(),
            bank_name: pledge.bank_name.clone(),
        })
    }
}

/// The rows of refused disposals.
pub mod refused {
    use sea_orm::entity::prelude::*;

    /// A row: one kind of act over one patent under one pledge, refused on one day.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "refused_disposal")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub patent_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub pledge_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub act: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub refused_on: Date,
        pub bank_name: String,
        pub asked_by: String,
        pub at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Keeps and tells refusals; what was refused on the same day before is not told again.
///
/// # Errors
/// The database's fault.
pub async fn note(tx: &mut Tx, breaches: &[Breach], actor: &Actor) -> Result<(), Fault> {
    let on = tx.business_date();
    let mut events = Vec::new();
    for breach in breaches {
        let key = (breach.patent_id.uuid(), breach.pledge_id.uuid(), breach.act.name().to_owned(), on);
        if refused::Entity::find_by_id(key).one(tx.conn()).await?.is_some() {
            continue;
        }
        let row = refused::ActiveModel {
            patent_id: Set(breach.patent_id.uuid()),
            pledge_id: Set(breach.pledge_id.uuid()),
            act: Set(breach.act.name().to_owned()),
            refused_on: Set(on),
            bank_name: Set(breach.bank_name.clone()),
            asked_by: Set(actor.name.clone()),
            at: Set(tx.now()),
        };
        refused::Entity::insert(row).exec_without_returning(tx.conn()).await?;
        let told = DisposalRefused {
            patent_id: breach.patent_id,
            patent_number: breach.number.clone(),
            pledge_id: breach.pledge_id,
            bank_id: breach.bank_id,
            act: breach.act.name().to_owned(),
            asked_by: actor.name.clone(),
            refused_on: on,
        };
        // Each refusal stands for itself: it is an aggregate of its own.
        events.push((EventId::fresh(tx.now()).uuid(), 1, Event::DisposalRefused(told)));
    }
    tx.publish(events).await
}

/// What was refused about a patent, newest first. It concerns everybody who deals with the patent.
///
/// # Errors
/// The database's fault.
pub(crate) async fn of_patent(
    conn: &impl ConnectionTrait,
    id: PatentId,
) -> Result<Vec<refused::Model>, Fault> {
    Ok(refused::Entity::find()
        .filter(refused::Column::PatentId.eq(id.uuid()))
        .order_by_desc(refused::Column::At)
        .limit(SHOWN_MAX)
        .all(conn)
        .await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(change: impl FnOnce(&mut PatentRecord)) -> PatentRecord {
        let mut record = PatentRecord::of(
            PatentFacts {
                publication_number: "CN115000000B".into(),
                applicants: vec!["甲（达州）公司".into()],
                legal_status: LegalStatus::Granted,
                licences: Some(1),
                transfers: Some(0),
                ..PatentFacts::default()
            },
            "test",
        );
        record.owner = Some(OrgId::from_uuid(Uuid::from_u128(1)));
        change(&mut record);
        record
    }

    fn done(change: impl FnOnce(&mut PatentRecord)) -> Vec<Disposal> {
        disposals(&record(|_| {}), &record(change))
    }

    #[test]
    fn a_new_owner_a_new_holder_and_one_more_transfer_are_transfers() {
        assert_eq!(done(|r| r.owner = Some(OrgId::from_uuid(Uuid::from_u128(2)))), [Disposal::Transfer]);
        assert_eq!(done(|r| r.facts.current_owners = vec!["乙公司".into()]), [Disposal::Transfer]);
        assert_eq!(done(|r| r.facts.applicants = vec!["乙公司".into()]), [Disposal::Transfer]);
        assert_eq!(done(|r| r.facts.transfers = Some(1)), [Disposal::Transfer]);
    }

    #[test]
    fn one_more_licence_is_a_licence_and_a_withdrawn_right_is_abandoned() {
        assert_eq!(done(|r| r.facts.licences = Some(2)), [Disposal::Licence]);
        assert_eq!(done(|r| r.facts.legal_status = LegalStatus::Withdrawn), [Disposal::Abandonment]);
    }

    #[test]
    fn what_is_said_otherwise_or_first_told_and_what_befalls_a_right_is_no_disposal() {
        assert_eq!(done(|r| r.facts.current_owners = vec!["甲(达州) 公司".into()]), []);
        assert_eq!(done(|r| r.facts.forward_citations = Some(9)), []);
        for status in [LegalStatus::Lapsed, LegalStatus::Expired, LegalStatus::Invalidated] {
            assert_eq!(done(|r| r.facts.legal_status = status), [], "{status:?}");
        }
        let untold = record(|r| (r.facts.licences, r.owner) = (None, None));
        assert_eq!(disposals(&untold, &record(|_| {})), []);
    }
}
