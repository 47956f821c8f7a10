//! The acts: an officer proposes newer valuations of the bank's own for a registered pledge, another person accepts or
//! refuses them; a lower value of the bank's own counts as soon as it is made.

use contracts::{Actor, Event, PatentId, PledgeId, RevaluationId, events::ValuationCompleted};
use finance::{Rate, Rounding};
use http_kit::{ActError, IfMatch, Problem};
use identity::{Caller, Scope};
use serde_json::json;
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    case::event,
    model::{
        Pledge, Refusal,
        collateral::carrying,
        revaluation::{
            NewWorth, Revaluation, RevaluationStatus, RevaluedPatent, compared, decide, lowers, revalued,
        },
    },
    store::{self, filings, history::NewLine, revaluations},
};
use crate::{
    applications::{
        self, EligibilityRules, FlawedValuation, ValuationFlaw, flaw, loan_on, model::ValuationFacts,
    },
    facility, parameters,
};

/// Who brings a value about that nobody decides.
const VALUATION: &str = "本行评估";
/// The purpose of a valuation that a bank lends on.
const PURPOSE: &str = "pledge";

/// Proposes newer valuations for patents of a pledge.
pub(super) async fn propose(
    tx: &mut Tx,
    caller: &Caller,
    (id, seen): (PledgeId, IfMatch),
    (named, comment): (&[(PatentId, ValuationFacts)], &str),
) -> Result<Revaluation, ActError> {
    let scope = caller.scope();
    let pledge = store::find::find(tx.conn(), &scope, id).await?.ok_or_else(Problem::not_found)?;
    seen.check(pledge.version)?;
    if revaluations::find_open(tx.conn(), &scope, id).await? {
        return Err(Refusal::RevaluationOpen.into());
    }
    usable(&pledge, named, tx.business_date())?;
    let rules: EligibilityRules = parameters::current(tx.conn(), pledge.bank_id, tx.business_date()).await?;
    let mut worth = Vec::with_capacity(named.len());
    for (patent, facts) in named {
        let new = NewWorth {
            valuation_id: facts.id,
            collateral_value: facts.collateral.collateral_value,
            maximum_loan: loan_on(facts, &rules).map_err(beyond)?,
            valid_until: facts.valid_until,
        };
        worth.push((*patent, new));
    }
    let patents = compared(&pledge, worth)?;
    let would = with_values(tx, &pledge, &patents).await?;
    let made = Revaluation {
        comment: comment.to_owned(),
        proposed_by: caller.name.clone(),
        proposed_by_id: Some(caller.user),
        ..made(tx, (&pledge, &would), patents, RevaluationStatus::Proposed)
    };
    revaluations::insert(tx, &made).await?;
    written(tx, &caller.actor(), &made, "revaluation_proposed").await?;
    Ok(made)
}

/// Accepts or refuses what was proposed.
pub(super) async fn decide_about(
    tx: &mut Tx,
    caller: &Caller,
    (pledge, id): (PledgeId, RevaluationId),
    said: (bool, String),
) -> Result<Revaluation, ActError> {
    let scope = caller.scope();
    let found = store::find::find(tx.conn(), &scope, pledge).await?.ok_or_else(Problem::not_found)?;
    let proposed =
        revaluations::find(tx.conn(), &scope, (pledge, id)).await?.ok_or_else(Problem::not_found)?;
    let read_version = proposed.version;
    let by = applications::hand(caller, tx, found.bank_id).await?;
    let mut decided = decide(proposed, &found, said, &by)?;
    let actor = caller.actor();
    if decided.status == RevaluationStatus::Approved {
        let changed = with_values(tx, &found, &decided.patents).await?;
        decided.collateral_before = found.collateral_value;
        decided.collateral_after = changed.collateral_value;
        decided.carrying_before = found.carrying;
        decided.carrying_after = changed.carrying;
        take_effect(tx, &found, &changed, &decided.patents).await?;
    }
    revaluations::decided(tx, &decided, read_version).await?;
    let kind = if decided.status == RevaluationStatus::Approved { "revalued" } else { "revaluation_refused" };
    written(tx, &actor, &decided, kind).await?;
    Ok(decided)
}

/// A valuation of the bank's own that says less than the one relied on counts at once; one that says more is for people.
pub(super) async fn hear(tx: &mut Tx, told: &ValuationCompleted) -> Result<(), Fault> {
    if told.purpose != PURPOSE {
        return Ok(());
    }
    let rules: EligibilityRules = parameters::current(tx.conn(), told.tenant, tx.business_date()).await?;
    let by_grade = rules.cap_of(told.grade.as_deref()).unwrap_or(Rate::ONE);
    let most = told.collateral_value.scale(by_grade, Rounding::Down).map_err(beyond)?;
    let worth = NewWorth {
        valuation_id: told.valuation_id,
        collateral_value: told.collateral_value,
        maximum_loan: told.maximum_loan.min(most),
        valid_until: told.valid_until,
    };
    for pledge in store::find::find_over_patent(tx.conn(), &Scope::system(), told.patent_id).await? {
        if pledge.bank_id != told.tenant || !lowers(&pledge, told.patent_id, &worth) {
            continue;
        }
        let Ok(patents) = compared(&pledge, vec![(told.patent_id, worth.clone())]) else { continue };
        let changed = with_values(tx, &pledge, &patents).await?;
        let now = tx.now();
        let made = Revaluation {
            proposed_by: VALUATION.to_owned(),
            decided_by: Some(VALUATION.to_owned()),
            decided_at: Some(now),
            ..made(tx, (&pledge, &changed), patents, RevaluationStatus::Automatic)
        };
        take_effect(tx, &pledge, &changed, &made.patents).await?;
        revaluations::insert(tx, &made).await?;
        let actor = Actor { name: VALUATION.to_owned(), tenant: pledge.bank_id, ..Actor::system() };
        written(tx, &actor, &made, "revalued").await?;
    }
    Ok(())
}

/// Valuations that the bank may rely on today; one that leaves nothing to lend on is accepted as what it says.
fn usable(
    pledge: &Pledge,
    named: &[(PatentId, ValuationFacts)],
    on: chrono::NaiveDate,
) -> Result<(), Refusal> {
    let flaws = named.iter().filter_map(|(patent, facts)| {
        let why = flaw(facts, *patent, pledge.bank_id, on).filter(|why| *why != ValuationFlaw::Worthless)?;
        let held = pledge.held().find(|one| one.patent_id == *patent);
        let number = held.map_or_else(|| patent.to_string(), |one| one.number.clone());
        Some(FlawedValuation { patent_id: *patent, number, why })
    });
    let flaws: Vec<FlawedValuation> = flaws.collect();
    if flaws.is_empty() { Ok(()) } else { Err(Refusal::ValuationsFlawed { flaws }) }
}

/// The pledge with the new values and with what it carries then.
async fn with_values(tx: &Tx, pledge: &Pledge, patents: &[RevaluedPatent]) -> Result<Pledge, Fault> {
    // Pledge and line are the suite's own to compare: the pledge was found in scope.
    let system = Scope::system();
    let (line, enterprise) = (pledge.facility_id, pledge.enterprise_id);
    let terms = facility::find_for_application(tx.conn(), &system, line, enterprise).await?;
    let cap: Option<Rate> = terms.map(|line| line.ltv_cap);
    let filed = match &pledge.filing {
        Some(filing) => filings::find(tx.conn(), &system, filing.id).await?,
        None => None,
    };
    let mut changed = revalued(pledge.clone(), patents, cap).map_err(beyond)?;
    changed.carrying = carrying(&changed, filed.as_ref()).map_err(beyond)?;
    changed.version = pledge.version + 1;
    Ok(changed)
}

/// Writes the pledge with its new values and tells the others.
async fn take_effect(
    tx: &mut Tx,
    before: &Pledge,
    changed: &Pledge,
    patents: &[RevaluedPatent],
) -> Result<(), Fault> {
    let revalued: Vec<PatentId> = patents.iter().map(|one| one.patent_id).collect();
    store::update(tx, changed, before.version).await?;
    store::write_values(tx, changed, &revalued).await?;
    let told = Event::PledgeChanged(event(changed));
    tx.publish([(changed.id.uuid(), changed.version, told)]).await
}

/// A revaluation of now by nobody yet.
fn made(
    tx: &Tx,
    (pledge, would): (&Pledge, &Pledge),
    patents: Vec<RevaluedPatent>,
    status: RevaluationStatus,
) -> Revaluation {
    Revaluation {
        id: RevaluationId::fresh(tx.now()),
        pledge_id: pledge.id,
        pledge_number: pledge.number.clone(),
        bank_id: pledge.bank_id,
        enterprise_id: pledge.enterprise_id,
        enterprise_name: pledge.enterprise_name.clone(),
        status,
        patents,
        collateral_before: pledge.collateral_value,
        collateral_after: would.collateral_value,
        carrying_before: pledge.carrying,
        carrying_after: would.carrying,
        comment: String::new(),
        proposed_by: String::new(),
        proposed_by_id: None,
        proposed_at: tx.now(),
        decided_by: None,
        decided_at: None,
        decision_note: None,
        version: 1,
    }
}

/// History and audit.
async fn written(tx: &mut Tx, actor: &Actor, made: &Revaluation, kind: &'static str) -> Result<(), Fault> {
    let said = made.decision_note.as_deref().unwrap_or(made.comment.as_str());
    let details = json!({
        "revaluation": made.id, "numbers": made.patents.iter().map(|one| one.number.as_str()).collect::<Vec<_>>(),
        "collateral_before": made.collateral_before, "collateral_after": made.collateral_after,
        "carried": made.carrying_before, "carries": made.carrying_after, "reason": said,
    });
    let line = NewLine {
        pledge: made.pledge_id,
        filing: None,
        on: tx.business_date(),
        kind,
        who: &actor.name,
        details: details.clone(),
    };
    store::history::write(tx, line).await?;
    let action = match made.status {
        RevaluationStatus::Proposed => "pledge.revaluation_propose",
        RevaluationStatus::Approved => "pledge.revaluation_approve",
        RevaluationStatus::Refused => "pledge.revaluation_refuse",
        RevaluationStatus::Automatic => "pledge.revaluation_lower",
    };
    tx.audit([AuditEntry::new(actor, action, "pledge", made.pledge_id).with(details)]).await
}

fn beyond(error: finance::MoneyError) -> Fault {
    Fault::Other(format!("a revaluation: {error}"))
}
