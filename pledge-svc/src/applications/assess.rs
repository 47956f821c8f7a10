//! The act: the bank's officer assesses an application on the bank's own valuations, once its checklist is complete and
//! nothing stands against the enterprise.

use contracts::{ApplicationId, PatentId};
use finance::Money;
use http_kit::{ActError, IfMatch};
use identity::Caller;
use tx_kit::{AuditEntry, Tx};

use super::{
    checklist, conditions,
    hand::hand,
    model::{Application, ValuationFacts, assess},
    seen::find_seen,
    standing::{found_before_assessment, situation},
    store,
};
use crate::parameters;

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
    seen: IfMatch,
    brought: &Brought,
) -> Result<Application, ActError> {
    let application = find_seen(tx, caller, id, seen).await?;
    let (bank, today) = (application.bank_id, tx.business_date());
    let situation = situation(tx.conn(), caller, &application, today).await?;
    let first_approval_lapses = application.first_approval.is_some();
    let findings = assess::Findings {
        valuations: brought.valuations.clone(),
        recommended_amount: brought.recommended_amount,
        comment: brought.comment.clone(),
        facility_ltv_cap: situation.line.ltv_cap,
        checklist: checklist::of(
            tx.conn(),
            &application,
            situation.product(),
            (brought.recommended_amount, today),
        )
        .await?,
        standing: found_before_assessment(tx.conn(), &application, &situation).await?,
        rules: parameters::current(tx.conn(), bank, today).await?,
        levels: parameters::current(tx.conn(), bank, today).await?,
    };
    let assessed = assess::assess(application, findings, &hand(caller, tx, bank).await?)?;
    store::update(tx, &assessed).await?;
    store::replace_patents(tx, &assessed).await?;
    if first_approval_lapses {
        conditions::fall_away(tx, &assessed).await?;
    }
    let entry = AuditEntry::new(&caller.actor(), "application.assess", "application", id)
        .with(serde_json::json!({ "assessment": assessed.assessment }));
    tx.audit([entry]).await?;
    Ok(assessed)
}
