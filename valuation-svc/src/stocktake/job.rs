//! The job that fills a stocktake with the institute's patents, or gives its drafts to colleges by rules: a thousand
//! patents a chunk, each chunk in one transaction with its checkpoint, so that a million resume where they stopped.

use async_trait::async_trait;
use chrono::NaiveDate;
use contracts::{CampaignId, StocktakeItemId};
use identity::Scope;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use serde::{Deserialize, Serialize};
use tx_kit::{
    AuditEntry, Fault, Tx,
    jobs::{Job, JobHandler, Progress},
};
use uuid::Uuid;

use super::{
    model::{Assigned, Campaign, CampaignState, Hand, Item, ItemState, Read, Rule, assigned, first_match},
    store,
};
use crate::catalogue::{
    number,
    patent::LegalStatus,
    record::PatentRecord,
    store::{self as patents, patent},
};

/// The kind of job.
pub(super) const KIND: &str = "stocktake.items";
/// Patents a chunk.
const CHUNK: u64 = 1_000;

/// What is done to the items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Work {
    /// The institute's patents become items.
    Fill,
    /// Drafts are given to colleges and inventors.
    Assign,
}

/// What a job is to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Payload {
    /// The stocktake.
    pub campaign: CampaignId,
    /// What.
    pub work: Work,
    /// By which rules; the first that fits decides.
    pub rules: Vec<Rule>,
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Cursor {
    /// The last patent or item looked at.
    after: Option<Uuid>,
    /// Looked at.
    done: i64,
    /// To be looked at.
    total: i64,
    /// Made or changed.
    touched: i64,
}

/// Fills stocktakes.
pub struct StocktakeJob;

#[async_trait]
impl JobHandler for StocktakeJob {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn chunk(&self, tx: &mut Tx, job: &Job) -> Result<Progress, Fault> {
        let payload: Payload = serde_json::from_value(job.payload.clone())?;
        let cursor: Option<Cursor> = serde_json::from_value(job.cursor.clone())?;
        // The command was admitted for the institute; the job works for it. A stocktake does not end within a chunk.
        let campaign = store::hold_campaign(tx.conn(), payload.campaign).await?;
        let campaign = campaign.ok_or_else(|| Fault::Corrupt(format!("stocktake {}", payload.campaign)))?;
        if campaign.state == CampaignState::Closed {
            return progress(cursor.unwrap_or_default(), true);
        }
        let first = cursor.is_none();
        let mut cursor = cursor.unwrap_or_default();
        let finished = match payload.work {
            Work::Fill => fill(tx, job, &campaign, (&payload.rules, first), &mut cursor).await?,
            Work::Assign => assign(tx, job, &campaign, (&payload.rules, first), &mut cursor).await?,
        };
        if finished {
            let what = serde_json::json!({ "work": payload.work, "looked_at": cursor.done, "touched": cursor.touched });
            let entry = AuditEntry::new(&job.actor, "stocktake.items", "stocktake", campaign.id).with(what);
            tx.audit([entry]).await?;
        }
        progress(cursor, finished)
    }
}

fn progress(cursor: Cursor, finished: bool) -> Result<Progress, Fault> {
    Ok(Progress {
        done: cursor.done,
        total: cursor.total.max(cursor.done),
        cursor: serde_json::to_value(cursor)?,
        report: serde_json::json!({ "touched": cursor.touched }),
        finished,
    })
}

/// The patents that a stocktake is of: the institute's rights in force on a day, filed in its years.
fn patents_of(campaign: &Campaign, on: NaiveDate) -> Select<patent::Entity> {
    use patent::Column;
    let mut standing = vec![LegalStatus::Granted.as_str(), LegalStatus::Unknown.as_str()];
    if campaign.with_pending {
        standing.push(LegalStatus::Pending.as_str());
    }
    let first_day = |year: i32| NaiveDate::from_ymd_opt(year, 1, 1);
    let wanted = Condition::all()
        .add(Column::Status.is_in(standing))
        .add(Condition::any().add(Column::ExpiresOn.is_null()).add(Column::ExpiresOn.gt(on)))
        .add_option(campaign.filed_from.and_then(first_day).map(|day| Column::FilingDate.gte(day)))
        .add_option(
            campaign.filed_to.and_then(|year| first_day(year + 1)).map(|day| Column::FilingDate.lt(day)),
        );
    let owner = patents::Filter { owner: Some(campaign.institute_id), ..patents::Filter::default() };
    patents::find(&Scope::system(), &owner, on).filter(wanted)
}

async fn fill(
    tx: &Tx,
    job: &Job,
    campaign: &Campaign,
    (rules, first): (&[Rule], bool),
    cursor: &mut Cursor,
) -> Result<bool, Fault> {
    let on = tx.business_date();
    if first {
        cursor.total = whole(patents_of(campaign, on).count(tx.conn()).await?);
    }
    let rows = patents_of(campaign, on)
        .filter(Condition::all().add_option(cursor.after.map(|id| patent::Column::Id.gt(id))))
        .order_by_asc(patent::Column::Id)
        .limit(CHUNK)
        .all(tx.conn())
        .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let taken = store::taken(tx.conn(), campaign.id, &ids).await?;
    let hand = Hand { user: job.actor.user, name: &job.actor.name, now: tx.now() };
    let mut items = Vec::with_capacity(rows.len());
    for row in rows.iter().filter(|row| !taken.contains(&row.id)) {
        items.push(item(campaign, row, &patents::record_of(row)?, rules, hand));
    }
    store::insert_items(tx, &items).await?;
    cursor.after = ids.last().copied().or(cursor.after);
    cursor.done += whole(ids.len() as u64);
    cursor.touched += whole(items.len() as u64);
    Ok((ids.len() as u64) < CHUNK)
}

async fn assign(
    tx: &mut Tx,
    job: &Job,
    campaign: &Campaign,
    (rules, first): (&[Rule], bool),
    cursor: &mut Cursor,
) -> Result<bool, Fault> {
    if first {
        cursor.total = whole(store::drafts(tx.conn(), campaign.id).await?);
    }
    let after = cursor.after.map(StocktakeItemId::from_uuid);
    let items = store::drafts_after(tx.conn(), campaign.id, after, CHUNK).await?;
    let count = items.len() as u64;
    let wanted = items.iter().map(|item| item.patent_id.uuid());
    let found = patent::Entity::find().filter(patent::Column::Id.is_in(wanted)).all(tx.conn()).await?;
    let hand = Hand { user: job.actor.user, name: &job.actor.name, now: tx.now() };
    let mut trail = Vec::new();
    for item in items {
        cursor.after = Some(item.id.uuid());
        let Some(row) = found.iter().find(|row| row.id == item.patent_id.uuid()) else { continue };
        let Some(to) = whom(row, &patents::record_of(row)?, rules) else { continue };
        let same = item.college == to.college
            && item.inventor_name == to.inventor_name
            && item.inventor_id == to.inventor_id;
        if same {
            continue;
        }
        let Ok(after) = assigned(item.clone(), to, hand) else { continue };
        store::update_item(tx, &after).await?;
        let line = AuditEntry::new(&job.actor, "stocktake.assign", "stocktake_item", item.id);
        trail.push(line.with_change(&item, &after));
        cursor.touched += 1;
    }
    tx.audit(trail).await?;
    cursor.done += whole(count);
    Ok(count < CHUNK)
}

fn whom(row: &patent::Model, record: &PatentRecord, rules: &[Rule]) -> Option<Assigned> {
    let facts = &record.facts;
    let mut numbers = vec![row.number_key.clone()];
    numbers.extend(
        [&facts.application_number, &facts.grant_number].into_iter().flatten().map(|n| number::key(n)),
    );
    let read =
        Read { numbers: &numbers, inventors: &facts.inventors, ipc: &facts.ipc, filed_on: facts.filing_date };
    first_match(rules, read)
}

fn item(
    campaign: &Campaign,
    row: &patent::Model,
    record: &PatentRecord,
    rules: &[Rule],
    hand: Hand<'_>,
) -> Item {
    let facts = &record.facts;
    let to = whom(row, record, rules).unwrap_or_else(|| Assigned {
        inventor_name: facts.inventors.first().cloned().unwrap_or_default(),
        ..Assigned::default()
    });
    Item {
        id: StocktakeItemId::fresh(hand.now),
        campaign_id: campaign.id,
        institute_id: campaign.institute_id,
        patent_id: row.id.into(),
        patent_number: row.number.clone(),
        patent_title: row.title.clone(),
        patent_kind: row.kind.clone(),
        ipc: facts.ipc.first().cloned().unwrap_or_default(),
        filed_on: facts.filing_date,
        granted_on: facts.grant_date,
        college: to.college,
        inventor_id: to.inventor_id,
        inventor_name: to.inventor_name,
        due_on: campaign.deadline,
        state: ItemState::Draft,
        self_assessment: None,
        self_assessed_by: None,
        unit_assessment: None,
        unit_assessed_by_id: None,
        unit_assessed_by: None,
        labels: Vec::new(),
        bundle: None,
        reason: None,
        reviewed_by: None,
        updated_at: hand.now,
        version: 1,
    }
}

fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
