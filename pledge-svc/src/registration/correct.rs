//! The act: the bank answers what the register found deficient.

use contracts::PledgeId;
use http_kit::{ActError, IfMatch};
use identity::{Caller, Scope};
use tx_kit::{Fault, Tx};

use super::{
    case::{By, held, note, revised, send},
    change::secured,
    model::{
        Case, FilingKind, ParcelKind, Pledge, change,
        contract::check,
        correct::{self, Correction},
        lapse::in_time,
        submit::registrable,
    },
    office::Office,
    papers,
    submit::examined,
};
use crate::applications::{self, model::PatentFacts};

/// Corrects. What is corrected must hold as what is filed must.
pub(super) async fn correct(
    tx: &mut Tx,
    office: &Office,
    caller: &Caller,
    (id, seen): (PledgeId, IfMatch),
    (correction, facts): (&Correction, &[PatentFacts]),
) -> Result<Pledge, ActError> {
    let before = held(tx, &caller.scope(), (id, seen)).await?;
    if !office.is_outside() {
        in_time(&before.filing, tx.business_date())?;
    }
    let mut filing = correct::correct(before.filing.clone(), correction.clone(), tx.business_date())?;
    if filing.kind == FilingKind::Registration {
        // What was attached since goes with the correction.
        filing.papers.attached = papers::filed_again(tx.conn(), &before.pledge, tx.business_date()).await?;
    }
    let corrected = Case { pledge: before.pledge.clone(), filing };
    holds(tx, &corrected, facts).await?;
    let actor = caller.actor();
    let by = By { actor: &actor, action: "pledge.correct" };
    let after = revised(tx, by, &before, corrected.filing).await?;
    let details = serde_json::json!({
        "note": after.filing.papers.note,
        "declarations": after.filing.papers.declarations,
        "correction": after.filing.corrections,
    });
    note(tx, &actor, &after, "corrected", tx.business_date(), details).await?;
    if office.is_outside() {
        send(tx, &after, ParcelKind::Correction).await?;
    }
    Ok(after.pledge)
}

async fn holds(tx: &mut Tx, case: &Case, facts: &[PatentFacts]) -> Result<(), ActError> {
    let papers = &case.filing.papers;
    match (case.filing.kind, case.filing.change()) {
        (FilingKind::Registration, _) => {
            let application = applications::find(tx.conn(), &Scope::system(), case.pledge.application_id)
                .await?
                .ok_or_else(|| Fault::Corrupt(format!("the application of pledge {}", case.pledge.id)))?;
            let mut findings = examined(tx, &application, facts, Some(case.pledge.id)).await?;
            if let Some(contract) = &papers.contract {
                findings.extend(check(contract, &application, facts));
            }
            Ok(registrable(&findings, &papers.declarations)?)
        }
        (FilingKind::Change, Some(content)) => {
            let secured = secured(tx, &case.pledge, content).await?;
            // What is at the register already is what is corrected.
            let unfiled = Pledge { filing: None, ..case.pledge.clone() };
            Ok(change::change(&unfiled, content, secured)?)
        }
        _ => Ok(()),
    }
}
