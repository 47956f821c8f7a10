//! The act: another person than the assessor approves. With the last approval that the amount takes, it is held on the
//! facility and the member's sub-limit in the same transaction, and the conditions that it carries take hold.

use contracts::{ApplicationId, DelegationId, Event, events::ApplicationDecided};
use finance::Money;
use http_kit::{ActError, IfMatch, Problem};
use identity::Caller;
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    authority::held_by_others,
    checklist, conditions, delegations,
    hand::hand,
    lapse,
    model::{
        Application, ApplicationStatus, ApprovedTerms,
        approve::{self, Vote},
        authority::ApprovalAuthority,
        condition::Wanted,
        eligibility::{Ask, admit, of_enterprise},
        products::Product,
        term::{approved_terms, within_kind},
    },
    seen::find_seen,
    standing::{Situation, ask, situation},
    store,
    submit::beyond,
};
use crate::{
    facility::{self, HeldApproval},
    loan::LoanRules,
    parameters, registration,
};

/// What the approver says.
#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    pub amount: Option<Money>,
    pub comment: String,
    pub delegation: Option<DelegationId>,
    /// What is said of the loan beside its amount.
    pub terms: ApprovedTerms,
    /// Conditions by the product's code.
    pub codes: Vec<String>,
    /// Conditions in the approver's own words.
    pub texts: Vec<String>,
}

/// Approves for the amount named, or for the one recommended.
pub(super) async fn approve(
    tx: &mut Tx,
    caller: &Caller,
    id: ApplicationId,
    seen: IfMatch,
    said: &Said,
) -> Result<Application, ActError> {
    let application = find_seen(tx, caller, id, seen).await?;
    let by = hand(caller, tx, application.bank_id).await?;
    let (facility_id, enterprise) = (application.facility_id, application.enterprise_id);
    let situation = situation(tx.conn(), caller, &application, by.on).await?;
    let authority: ApprovalAuthority = parameters::current(tx.conn(), application.bank_id, by.on).await?;
    let held = registration::live_by_patent(tx.conn(), &application.patent_ids()).await?;
    let lent = match said.delegation {
        Some(delegation) => Some(delegations::used(tx, caller, delegation, by.on).await?),
        None => None,
    };
    let chosen = chosen(situation.product(), said)?;
    let vote = Vote { amount: said.amount, comment: said.comment.clone(), lent, terms: said.terms.clone() };
    let decided_on = approve::Situation {
        terms: &situation.terms,
        held: &held,
        authority: &authority,
        held_by_others: held_by_others(tx.conn(), &application).await?,
    };
    let last = lapse::last_day(tx.conn(), application.bank_id, by.on).await?;
    let approved = approve::approve(application, vote, decided_on, &by)?.approved_until(last);
    let in_force = approved.status == ApplicationStatus::Approved;
    still_eligible(&situation, &approved)?;
    checklist::report_is_there(tx.conn(), &approved, (amount_of(&approved), by.on)).await?;
    let rules: LoanRules = parameters::current(tx.conn(), approved.bank_id, by.on).await?;
    within_kind(&approved, rules.of(situation.product().kind))?;
    if in_force {
        facility::reserve(tx, facility_id, enterprise, held_for(&approved), &caller.actor()).await?;
    }
    store::update(tx, &approved).await?;
    delegations::known(tx, caller).await?;
    let set = conditions::set(tx, &approved, situation.product(), chosen, &by).await?;
    let texts: Vec<&str> = set.iter().map(|one| one.text.as_str()).collect();
    if in_force {
        conditions::take_hold(tx, &approved).await?;
        decided(tx, caller, &approved, "application.approve", serde_json::json!({ "conditions": texts }))
            .await?;
    } else {
        let entry = AuditEntry::new(&caller.actor(), "application.approve_once", "application", id)
            .with(serde_json::json!({ "approval": approved.first_approval, "conditions": texts }));
        tx.audit([entry]).await?;
    }
    Ok(approved)
}

/// The amount that was approved, for good or for the first time.
fn amount_of(approved: &Application) -> Money {
    let first = approved.first_approval.as_ref().map(|first| first.amount);
    match approved.approved_amount_or_zero() {
        amount if amount.is_positive() => amount,
        _ => first.unwrap_or(approved.amount),
    }
}

/// What the bank knows of the borrower, its place on the line, what it has at the bank and what the product asks may have
/// changed since the assessment: all of it is looked at again before anything is held on the line.
fn still_eligible(situation: &Situation, approved: &Application) -> Result<(), ActError> {
    let ask = Ask { amount: amount_of(approved), ..ask(approved) };
    let findings = of_enterprise(&situation.terms, &situation.background, ask).map_err(beyond)?;
    Ok(admit(&findings, &approved.declarations)?)
}

/// What the line holds, and on which terms it is drawn.
fn held_for(approved: &Application) -> HeldApproval {
    let terms = approved_terms(approved);
    HeldApproval {
        application_id: approved.id,
        product: approved.product.clone(),
        tenor_months: approved.tenor_months,
        amount: approved.approved_amount_or_zero(),
        left: approved.approved_amount_or_zero(),
        term_exception: terms.term_exception.is_some(),
        entrusted: terms.entrusted_payment,
    }
}

/// The conditions that the approver wants: the product's by their codes, others in words.
fn chosen(product: &Product, said: &Said) -> Result<Vec<Wanted>, Problem> {
    let mut wanted = Vec::with_capacity(said.codes.len() + said.texts.len());
    for (position, code) in said.codes.iter().enumerate() {
        let Some(one) = product.condition(code) else {
            return Err(Problem::bad_fields(Vec::new()).with_field(
                format!("conditions[{position}].code"),
                "该产品没有此项条件。",
                "The product has no such condition.",
            ));
        };
        wanted.push(Wanted {
            code: Some(one.code.clone()),
            text: one.text_zh.clone(),
            text_en: Some(one.text_en.clone()),
        });
    }
    wanted.extend(said.texts.iter().map(|text| Wanted { code: None, text: text.clone(), text_en: None }));
    Ok(wanted)
}

/// Tells the others that an application has ended, and writes who ended it.
pub(super) async fn decided(
    tx: &mut Tx,
    caller: &Caller,
    application: &Application,
    action: &'static str,
    more: serde_json::Value,
) -> Result<(), Fault> {
    let event = Event::ApplicationDecided(ApplicationDecided {
        application_id: application.id,
        bank_id: application.bank_id,
        enterprise_id: application.enterprise_id,
        outcome: application.status.name().to_owned(),
        approved_amount: application.approved_amount_or_zero(),
        days: application.days_until(tx.business_date()),
    });
    tx.publish([(application.id.uuid(), application.version, event)]).await?;
    let entry = AuditEntry::new(&caller.actor(), action, "application", application.id)
        .with(serde_json::json!({ "decision": application.decision, "more": more }));
    tx.audit([entry]).await
}
