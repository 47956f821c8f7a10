//! The acts: a finding is recorded once for each cause and valuation and told to the others; a newer valuation closes
//! what asked for it.

use std::collections::HashMap;

use chrono::Days;
use contracts::{
    Actor, Event, OrgId, TriggerId, ValuationId,
    events::{RevaluationDue, ValuationCompleted},
};
use identity::Scope;
use serde_json::json;
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    model::{Finding, TriggerRules},
    rules,
    store::{self, Filter, trigger},
};
use crate::valuations::InForce;

/// What organisations have set, read once in a transaction.
#[derive(Default)]
pub(super) struct Rules {
    known: HashMap<OrgId, TriggerRules>,
}

impl Rules {
    pub(super) async fn of(&mut self, tx: &Tx, tenant: OrgId) -> Result<TriggerRules, Fault> {
        if let Some(known) = self.known.get(&tenant) {
            return Ok(known.clone());
        }
        let set = rules::current(tx.conn(), tenant, tx.business_date()).await?;
        self.known.insert(tenant, set.clone());
        Ok(set)
    }
}

/// Records a finding about a valuation, unless its organisation has switched the cause off or it is recorded already;
/// whether it was recorded now.
pub(super) async fn raise(
    tx: &mut Tx,
    rules: &mut Rules,
    of: &InForce,
    found: Finding,
) -> Result<bool, Fault> {
    let set = rules.of(tx, of.tenant).await?;
    let Some(rule) = set.of(found.cause) else { return Ok(false) };
    let cause = found.cause.name();
    if store::is_recorded(tx.conn(), of.id, cause, &found.key).await? {
        return Ok(false);
    }
    let today = tx.business_date();
    let by_rule = today.checked_add_days(Days::new(rule.deadline_days.into())).unwrap_or(today);
    let id = TriggerId::fresh(tx.now());
    let row = trigger::Model {
        id: id.uuid(),
        valuation_id: of.id.uuid(),
        valuation_number: of.number.clone(),
        tenant: of.tenant.uuid(),
        tenant_name: of.tenant_name.clone(),
        purpose: of.purpose.clone(),
        patent_id: of.patent_id.uuid(),
        patent_number: of.patent_number.clone(),
        patent_title: of.patent_title.clone(),
        cause: cause.to_owned(),
        cause_key: found.key,
        reason_zh: found.zh,
        reason_en: found.en,
        noted_on: today,
        deadline: found.deadline.unwrap_or(by_rule).max(today),
        status: "due".to_owned(),
        closed_by: None,
        closed_on: None,
        created_at: tx.now(),
        version: 1,
    };
    store::insert(tx, row.clone()).await?;
    told(tx, &row, "valuation.revaluation_due").await?;
    Ok(true)
}

/// A newer valuation of the same organisation for the same purpose closes what asked for it.
pub(super) async fn close(tx: &mut Tx, made: &ValuationCompleted) -> Result<(), Fault> {
    let filter = Filter { patent: Some(made.patent_id), ..Filter::default() };
    let open = store::list_open(tx.conn(), &Scope::system(), &filter).await?;
    for row in open {
        let of_it = row.tenant == made.tenant.uuid() && row.purpose == made.purpose;
        // Ids grow with time: a valuation that is told late closes nothing that came after it.
        if !of_it || row.valuation_id >= made.valuation_id.uuid() {
            continue;
        }
        let on = tx.business_date();
        store::close(tx, row.id.into(), row.version, (made.valuation_id, on)).await?;
        let closed = trigger::Model {
            status: "closed".to_owned(),
            closed_by: Some(made.valuation_id.uuid()),
            closed_on: Some(on),
            version: row.version + 1,
            ..row
        };
        told(tx, &closed, "valuation.revalued").await?;
    }
    Ok(())
}

async fn told(tx: &mut Tx, row: &trigger::Model, action: &'static str) -> Result<(), Fault> {
    let event = RevaluationDue {
        trigger_id: row.id.into(),
        valuation_id: row.valuation_id.into(),
        valuation_number: row.valuation_number.clone(),
        tenant: row.tenant.into(),
        tenant_name: row.tenant_name.clone(),
        purpose: row.purpose.clone(),
        patent_id: row.patent_id.into(),
        patent_number: row.patent_number.clone(),
        patent_title: row.patent_title.clone(),
        cause: row.cause.clone(),
        reason_zh: row.reason_zh.clone(),
        reason_en: row.reason_en.clone(),
        noted_on: row.noted_on,
        deadline: row.deadline,
        closed_by: row.closed_by.map(ValuationId::from_uuid),
        closed_on: row.closed_on,
    };
    tx.publish([(row.id, row.version, Event::RevaluationDue(event))]).await?;
    let actor = Actor { tenant: row.tenant.into(), ..Actor::system() };
    let details = json!({
        "trigger": row.id, "patent": row.patent_number, "cause": row.cause, "reason": row.reason_zh,
        "deadline": row.deadline, "closed_by": row.closed_by,
    });
    let valuation = ValuationId::from_uuid(row.valuation_id);
    tx.audit([AuditEntry::new(&actor, action, "valuation", valuation).with(details)]).await
}
