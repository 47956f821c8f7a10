//! Hears what became of pledged patents: which were pledged, whose borrowers defaulted, and what the collateral of a
//! disposal brought. A borrower counts as in default at a bank from the first day on which one of its loans is more than 90
//! days overdue or classified substandard or worse (商业银行金融资产风险分类办法, 2023); the default is the loan's facility's, and
//! counts for the pledges that secure that facility.
//!
//! A sale of a disposal case names the patents sold with the price of each; each price is recorded as what that patent
//! brought and waits for a person to verify it. A case told before patents were named counts only where the borrower had
//! exactly one patent pledged to the bank: then what the case brought is what that patent brought. Where there were several,
//! the bank records by hand what each of them brought.

use std::collections::BTreeSet;

use async_trait::async_trait;
use contracts::{
    Envelope, Event, OrgId, PatentId, RealisationId,
    events::{DisposalCaseChanged, LoanStateChanged, PledgeChanged},
};
use finance::Money;
use identity::Scope;
use sea_orm::{ActiveValue::Set, EntityTrait, sea_query::OnConflict};
use tx_kit::{Consumer, Db, Fault, InTx, Tx, inbox};

use super::store::{self, default, outcome, realisation};
use crate::valuations;

/// The consumer's name on the bus and in the inbox.
const NAME: &str = "valuation.backtests";
/// Days overdue beyond which a loan is in default.
const DEFAULT_DAYS: i64 = 90;
/// Tiers of a loan in default.
const DEFAULT_TIERS: [&str; 3] = ["substandard", "doubtful", "loss"];

/// Keeps outcomes and realisations.
pub struct Outcomes {
    db: Db,
}

impl Outcomes {
    /// A consumer that writes into this database.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }
}

#[async_trait]
impl Consumer for Outcomes {
    fn name(&self) -> &'static str {
        NAME
    }

    fn wants(&self, event_name: &str) -> bool {
        matches!(event_name, "pledge.changed.v1" | "loan.state_changed.v1" | "disposal.case_changed.v1")
    }

    async fn consume(&self, batch: &[Envelope]) -> Result<(), Fault> {
        self.db.run(|tx| take(tx, batch).in_tx()).await
    }
}

async fn take(tx: &mut Tx, batch: &[Envelope]) -> Result<(), Fault> {
    for envelope in inbox::first_time(tx, NAME, batch).await? {
        match &envelope.event {
            Event::PledgeChanged(told) => pledged(tx, envelope, told).await?,
            Event::LoanStateChanged(told) => defaulted(tx, envelope, told).await?,
            Event::DisposalCaseChanged(told) => disposed(tx, envelope, told).await?,
            _ => {}
        }
    }
    Ok(())
}

async fn pledged(tx: &Tx, envelope: &Envelope, told: &PledgeChanged) -> Result<(), Fault> {
    if told.status != "registered" {
        return Ok(());
    }
    for patent in &told.patents {
        let key = (told.pledge_id.uuid(), patent.uuid());
        if outcome::Entity::find_by_id(key).one(tx.conn()).await?.is_some() {
            continue;
        }
        let row = outcome::ActiveModel {
            pledge_id: Set(key.0),
            patent_id: Set(key.1),
            bank_id: Set(told.bank_id.uuid()),
            enterprise_id: Set(told.enterprise_id.uuid()),
            facility_id: Set(told.facility_id.map(|line| line.uuid())),
            registered_on: Set(envelope.business_date),
        };
        outcome::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

async fn defaulted(tx: &Tx, envelope: &Envelope, told: &LoanStateChanged) -> Result<(), Fault> {
    if told.overdue_days <= DEFAULT_DAYS && !DEFAULT_TIERS.contains(&told.tier.as_str()) {
        return Ok(());
    }
    let key = (told.bank_id.uuid(), told.enterprise_id.uuid(), told.facility_id.uuid());
    let known = default::Entity::find_by_id(key).one(tx.conn()).await?;
    if known.is_some_and(|row| row.defaulted_on <= envelope.business_date) {
        return Ok(());
    }
    let row = default::ActiveModel {
        bank_id: Set(key.0),
        enterprise_id: Set(key.1),
        facility_id: Set(key.2),
        defaulted_on: Set(envelope.business_date),
    };
    let key = [default::Column::BankId, default::Column::EnterpriseId, default::Column::FacilityId];
    let earlier = OnConflict::columns(key).update_column(default::Column::DefaultedOn).to_owned();
    default::Entity::insert(row).on_conflict(earlier).exec_without_returning(tx.conn()).await?;
    Ok(())
}

async fn disposed(tx: &Tx, envelope: &Envelope, told: &DisposalCaseChanged) -> Result<(), Fault> {
    if told.act != "proceeds" || !told.proceeds.is_positive() {
        return Ok(());
    }
    if told.sold.is_empty() {
        let scope = Scope::of_bank(told.bank_id);
        let borrower = (told.bank_id, told.enterprise_id);
        let pledged = store::list_pledged(tx.conn(), &scope, borrower, told.opened_on).await?;
        let patents: BTreeSet<uuid::Uuid> = pledged.iter().map(|row| row.patent_id).collect();
        let (Some(only), 1) = (patents.first().copied(), patents.len()) else { return Ok(()) };
        return brought(tx, envelope, told, (PatentId::from_uuid(only), told.proceeds)).await;
    }
    for one in told.sold.iter().filter(|one| one.price.is_positive()) {
        brought(tx, envelope, told, (one.patent_id, one.price)).await?;
    }
    Ok(())
}

/// Records what a patent brought, against the bank's last valuation of it before the case; nothing where there is none.
async fn brought(
    tx: &Tx,
    envelope: &Envelope,
    told: &DisposalCaseChanged,
    (patent, amount): (PatentId, Money),
) -> Result<(), Fault> {
    let scope = Scope::of_bank(told.bank_id);
    let Some(valued) = valued_before(tx, told.bank_id, patent, told.opened_on).await? else { return Ok(()) };
    let known = store::find_recorded(tx.conn(), &scope, (valued.id, &told.number)).await?;
    if let Some(known) = known {
        if known.source_version < envelope.version {
            let raised = realisation::Model {
                amount_fen: amount.fen(),
                realised_on: envelope.business_date,
                source_version: envelope.version,
                ..known
            };
            store::raise_realisation(tx, &raised).await?;
        }
        return Ok(());
    }
    let id = RealisationId::fresh(tx.now());
    let row = realisation::Model {
        id: id.uuid(),
        number: contracts::number("R", envelope.business_date, id.uuid()),
        tenant: valued.tenant,
        tenant_name: valued.tenant_name,
        valuation_id: valued.id,
        valuation_number: valued.number,
        patent_id: valued.patent_id,
        patent_number: valued.patent_number,
        patent_title: valued.patent_title,
        kind: "disposal".to_owned(),
        amount_fen: amount.fen(),
        realised_on: envelope.business_date,
        reference: told.number.clone(),
        note: String::new(),
        source: "event".to_owned(),
        source_version: envelope.version,
        status: "recorded".to_owned(),
        recorder_id: contracts::Actor::system().user.uuid(),
        recorder: contracts::Actor::system().name,
        verifier_id: None,
        verifier: None,
        decision_reason: None,
        decided_at: None,
        created_at: tx.now(),
    };
    store::insert_realisation(tx, row).await
}

/// The bank's last valuation of a patent for a pledge, made by a day.
async fn valued_before(
    tx: &Tx,
    bank: OrgId,
    patent: PatentId,
    day: chrono::NaiveDate,
) -> Result<Option<valuations::store::valuation::Model>, Fault> {
    use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};
    use valuations::store::{Filter, valuation::Column};
    let filter = Filter { patent: Some(patent), purpose: Some("pledge"), ..Filter::default() };
    Ok(valuations::store::find(&Scope::of_bank(bank), &filter)
        .filter(Column::ValuationDate.lte(day))
        .order_by_desc(Column::ValuationDate)
        .order_by_desc(Column::Id)
        .one(tx.conn())
        .await?)
}
