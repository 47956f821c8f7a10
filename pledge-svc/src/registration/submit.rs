//! The act: the bank files the pledge of an approved application with the register.

use chrono::NaiveDate;
use contracts::{ApplicationId, FilingId, PledgeId};
use http_kit::{ActError, IfMatch, Problem};
use identity::{Caller, Scope};
use tx_kit::{Fault, Tx};

use super::{
    carried::live_by_patent,
    case::{By, file},
    model::{
        Case, Filing, FilingKind, Papers, Pledge, PledgeContract, Refusal,
        contract::{check, draw_up},
        filing::NewFiling,
        papers::complete,
        submit,
    },
    office::Office,
    papers,
    store::rights,
};
use crate::{
    applications::{
        self, Application, Considered, EligibilityRules, Finding, grounds, hand, model::PatentFacts,
        with_owners_consent,
    },
    facility, parameters,
};

/// What the bank files.
#[derive(Debug, Clone)]
pub(super) struct Submission {
    /// The contract, where the parties state it; otherwise it is drawn up from the approval.
    pub contract: Option<PledgeContract>,
    /// Whether online.
    pub online: bool,
}

/// Makes the pledge of an application as the caller has seen it. `facts` are the patents as the catalogue shows them now.
pub(super) async fn submit_pledge(
    tx: &mut Tx,
    office: &Office,
    caller: &Caller,
    (id, seen): (ApplicationId, IfMatch),
    (submission, facts): (&Submission, &[PatentFacts]),
) -> Result<Pledge, ActError> {
    let application =
        applications::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    seen.check(application.version)?;
    if application.pledge_id.is_some() {
        return Err(Refusal::PledgeExists.into());
    }
    if let Some(until) = application.approval_until.filter(|until| *until < tx.business_date()) {
        return Err(Refusal::ApprovalOver { until }.into());
    }
    let contract = match &submission.contract {
        Some(stated) => stated.clone(),
        None => draw_up(&application, facts, debt_term(tx, caller, &application).await?),
    };
    let mut findings = examined(tx, &application, facts, None).await?;
    findings.extend(check(&contract, &application, facts));
    let pledge_id = PledgeId::fresh(tx.now());
    let number = contracts::number("P", tx.business_date(), pledge_id.uuid());
    let by = hand(caller, tx, application.bank_id).await?;
    let mut pledge = submit::submit(&application, facts, &findings, (pledge_id, number), &by)?;
    complete(papers::checklist(tx.conn(), &application, None, tx.business_date()).await?)?;
    let attached = papers::filed_with(tx.conn(), &application, None, tx.business_date()).await?;
    // The catalogue tells of changes only: how a right stands when it is filed is what it shows now.
    let mut shown: Vec<&PatentFacts> = facts.iter().collect();
    shown.sort_by_key(|fact| fact.id);
    for fact in shown {
        let since = fact.grant_date.filter(|_| fact.legal_status == "granted");
        rights::note_shown(tx, fact.id, &fact.legal_status, since).await?;
    }
    pledge.debt_until = contract.debt_until;
    let rules: EligibilityRules =
        parameters::current(tx.conn(), application.bank_id, tx.business_date()).await?;
    pledge.challenged_carries = rules.challenged_carries;
    // What the catalogue told meanwhile counts too.
    let told = rights::find(tx.conn(), &Scope::system(), &application.patent_ids()).await?;
    let paid = rights::find_annuities(tx.conn(), &Scope::system(), &application.patent_ids()).await?;
    for patent in &mut pledge.patents {
        patent.right = told.get(&patent.patent_id).cloned().unwrap_or_default();
        patent.annuity_until = patent.annuity_until.max(paid.get(&patent.patent_id).copied());
    }
    let filing = Filing::new(NewFiling {
        id: FilingId::fresh(tx.now()),
        pledge_id,
        kind: FilingKind::Registration,
        online: submission.online,
        papers: Papers {
            contract: Some(contract),
            declarations: application.declarations.clone(),
            attached,
            ..Papers::default()
        },
        outside: office.is_outside(),
        at: tx.now(),
    })
    .filed_by(caller.user, &caller.name);
    let actor = caller.actor();
    let by = By { actor: &actor, action: "pledge.submit" };
    let case = file(tx, office, by, None, Case { pledge, filing }).await?;
    applications::record_pledge(tx, application, pledge_id).await?;
    Ok(case.pledge)
}

/// The term of the debt as it is drawn up: the line is drawn on until its window ends, and the last loan lasts as long as
/// was approved.
async fn debt_term(
    tx: &Tx,
    caller: &Caller,
    application: &Application,
) -> Result<(NaiveDate, NaiveDate), ActError> {
    let (line, enterprise) = (application.facility_id, application.enterprise_id);
    let line = facility::find_for_application(tx.conn(), &caller.scope(), line, enterprise)
        .await?
        .ok_or_else(Problem::not_found)?;
    let today = tx.business_date();
    Ok((today, line.available_until.max(today)))
}

/// The grounds against the patents of an application today; a pledge that exists is not in its own way.
pub(super) async fn examined(
    tx: &Tx,
    application: &Application,
    facts: &[PatentFacts],
    itself: Option<PledgeId>,
) -> Result<Vec<Finding>, Fault> {
    let held = live_by_patent(tx.conn(), &application.patent_ids()).await?;
    let considered = Considered {
        pledgor: application.enterprise_id,
        tenor_months: application.tenor_months,
        on: tx.business_date(),
        held: &held,
        itself,
    };
    let consented = papers::owners_consent(tx.conn(), application, itself).await?;
    Ok(with_owners_consent(grounds(facts, considered), consented))
}
