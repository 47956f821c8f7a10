//! The act: an institute opens a stocktake, and its patents are queued to become items.

use contracts::{CampaignId, JobId};
use http_kit::ActError;
use identity::Caller;
use tx_kit::{AuditEntry, Tx, jobs};

use super::{
    assign::OpenedJob,
    job::{KIND, Payload, Work},
    model::{Campaign, CampaignState, Rule},
    running, store,
};

/// What a new stocktake is of.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// What it is called.
    pub name: String,
    /// By when everything is reviewed.
    pub deadline: chrono::NaiveDate,
    /// Filed in these years.
    pub filed: (Option<i32>, Option<i32>),
    /// With applications that are pending.
    pub with_pending: bool,
    /// The colleges that take part.
    pub colleges: Vec<String>,
    /// Whom patents go to at once.
    pub rules: Vec<Rule>,
}

/// Opens a stocktake.
pub(super) async fn open(tx: &mut Tx, caller: &Caller, plan: &Plan) -> Result<OpenedJob, ActError> {
    let campaign = Campaign {
        id: CampaignId::fresh(tx.now()),
        institute_id: caller.tenant,
        institute_name: caller.tenant_name.clone(),
        name: plan.name.clone(),
        deadline: plan.deadline,
        filed_from: plan.filed.0,
        filed_to: plan.filed.1,
        with_pending: plan.with_pending,
        colleges: plan.colleges.clone(),
        state: CampaignState::Open,
        bundles: 0,
        opened_by: caller.name.clone(),
        created_at: tx.now(),
        closed_by: None,
        closed_at: None,
        closing_note: None,
        unfinished: None,
        version: 1,
    };
    for rule in &plan.rules {
        campaign.takes(&rule.college)?;
    }
    store::insert_campaign(tx, &campaign).await?;
    let details = serde_json::json!({ "name": campaign.name, "deadline": campaign.deadline });
    tx.audit([AuditEntry::new(&caller.actor(), "stocktake.open", "stocktake", campaign.id).with(details)])
        .await?;
    let job_id = queue(tx, caller, campaign.id, Work::Fill, plan.rules.clone()).await?;
    Ok(OpenedJob { campaign, job_id })
}

/// Looks for patents again that have come since: those that are items already stay as they are.
pub(super) async fn refill(tx: &mut Tx, caller: &Caller, id: CampaignId) -> Result<OpenedJob, ActError> {
    let campaign = running(tx, caller, id).await?;
    let job_id = queue(tx, caller, id, Work::Fill, Vec::new()).await?;
    Ok(OpenedJob { campaign, job_id })
}

/// Queues work on a stocktake's items.
pub(super) async fn queue(
    tx: &mut Tx,
    caller: &Caller,
    campaign: CampaignId,
    work: Work,
    rules: Vec<Rule>,
) -> Result<JobId, ActError> {
    let payload = Payload { campaign, work, rules };
    Ok(jobs::enqueue(tx, KIND, caller.tenant, &caller.actor(), &payload).await?)
}
