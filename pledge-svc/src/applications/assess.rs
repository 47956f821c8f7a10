//! The act: the bank's officer assesses an application on the bank's own valuations.

use contracts::{ApplicationId, PatentId};
use finance::Money;
use http_kit::{ActError, Problem};
use identity::Caller;
use tx_kit::{AuditEntry, Tx};

use super::{
    hand::hand,
    model::{Application, ValuationFacts, assess},
    store,
};
use crate::facility;

/// What the officer brings.
#[derive(Debug, Clone)]
pub(super) struct Brought {
    pub valuations: Vec<(PatentId, ValuationFacts)>,
    pub recommended_amount: Money,
    pub comment: String,
}

/// Records the assessment.
pub(super) async fn assess(
    tx: &mut Tx,
    caller: &Caller,
    id: ApplicationId,
    brought: &Brought,
) -> Result<Application, ActError> {
    let application = store::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    let line = facility::find_for_application(
        tx.conn(),
        &caller.scope(),
        application.facility_id,
        application.enterprise_id,
    )
    .await?
    .ok_or_else(Problem::not_found)?;
    let findings = assess::Findings {
        valuations: brought.valuations.clone(),
        recommended_amount: brought.recommended_amount,
        comment: brought.comment.clone(),
        facility_ltv_cap: line.ltv_cap,
    };
    let assessed = assess::assess(application, findings, &hand(caller, tx))?;
    store::update(tx, &assessed).await?;
    store::replace_patents(tx, &assessed).await?;
    let entry = AuditEntry::new(&caller.actor(), "application.assess", "application", id)
        .with(serde_json::json!({ "assessment": assessed.assessment }));
    tx.audit([entry]).await?;
    Ok(assessed)
}
