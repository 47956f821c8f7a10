//! The acts of the built-in register's desk: granting what was filed, asking for a correction, refusing, annulling.
//! Where an office outside decides, nobody decides here.

use chrono::NaiveDate;
use contracts::PledgeId;
use http_kit::{ActError, IfMatch, Problem};
use identity::{Caller, Scope};
use tx_kit::{Fault, Tx};

use super::{
    cancel::line,
    case::{By, decided, held},
    model::{
        Answer, Case, Filing, FilingKind, Ground, Pledge, Refusal, annul, change, contract::check,
        deficiency, papers::complete, refuse, register, submit::registrable,
    },
    office::Office,
    papers,
    store::{self, filings},
    submit::examined,
};
use crate::applications::{self, model::PatentFacts};

/// The grounds and the words of a decision.
#[derive(Debug, Clone)]
pub(super) struct Words {
    /// The grounds named.
    pub grounds: Vec<Ground>,
    /// The words.
    pub text: String,
    /// For a correction: the day by which it is wanted.
    pub answer_by: Option<NaiveDate>,
}

fn at_the_desk(office: &Office) -> Result<(), Refusal> {
    if office.is_outside() { Err(Refusal::OfficeDecides) } else { Ok(()) }
}

/// Grants what was filed: enters the pledge under the number given, or under one of the register's own, or its
/// change or cancellation.
pub(super) async fn grant(
    tx: &mut Tx,
    office: &Office,
    caller: &Caller,
    (id, seen): (PledgeId, IfMatch),
    (named, facts): (Option<&str>, &[PatentFacts]),
) -> Result<Pledge, ActError> {
    let case = held(tx, &caller.scope(), (id, seen)).await?;
    at_the_desk(office)?;
    let number = match named {
        Some(given) => given.to_owned(),
        None => contracts::number("Y", tx.business_date(), id.uuid()),
    };
    let answer = register::register(&case.pledge, number)?;
    both_agree(tx, caller, &case).await?;
    if let Answer::Registered { registration_number } = &answer {
        still_registrable(tx, &case, facts).await?;
        number_is_free(tx, registration_number, id).await?;
    }
    let action = match case.filing.kind {
        FilingKind::Registration => "pledge.register",
        FilingKind::Change => "pledge.change",
        FilingKind::Cancellation => "pledge.cancel",
    };
    let actor = caller.actor();
    Ok(decided(tx, By { actor: &actor, action }, case, answer).await?.pledge)
}

/// Another person than the filer grants, and the pledgor has had its word on what burdens it.
async fn both_agree(tx: &Tx, caller: &Caller, case: &Case) -> Result<(), ActError> {
    let burdens = match case.filing.change() {
        Some(content) => change::burdens(&case.pledge, content),
        None => case.filing.kind == FilingKind::Registration,
    };
    let signed = burdens && papers::is_signed(tx.conn(), &case.pledge, case.filing.kind).await?;
    Ok(register::may_grant(&case.filing, burdens, signed, caller.user)?)
}

/// No ground has come up since the pledge was filed.
async fn still_registrable(tx: &Tx, case: &Case, facts: &[PatentFacts]) -> Result<(), ActError> {
    let pledge = &case.pledge;
    let application = applications::find(tx.conn(), &Scope::system(), pledge.application_id)
        .await?
        .ok_or_else(|| Fault::Corrupt(format!("the application of pledge {}", pledge.id)))?;
    complete(papers::checklist(tx.conn(), &application, Some(pledge.id), tx.business_date()).await?)?;
    let mut findings = examined(tx, &application, facts, Some(pledge.id)).await?;
    if let Some(contract) = &case.filing.papers.contract {
        findings.extend(check(contract, &application, facts));
    }
    Ok(registrable(&findings, &case.filing.papers.declarations)?)
}

/// The number is unique in the register, whoever's pledge bears it.
pub(super) async fn number_is_free(tx: &Tx, number: &str, pledge: PledgeId) -> Result<(), ActError> {
    let bearer = store::find::find_by_registration_number(tx.conn(), &Scope::system(), number).await?;
    match bearer {
        Some(other) if other != pledge => Err(Refusal::NumberTaken.into()),
        _ => Ok(()),
    }
}

/// Asks for a correction.
pub(super) async fn ask_correction(
    tx: &mut Tx,
    office: &Office,
    caller: &Caller,
    (id, seen): (PledgeId, IfMatch),
    words: &Words,
) -> Result<Pledge, ActError> {
    let case = held(tx, &caller.scope(), (id, seen)).await?;
    at_the_desk(office)?;
    let Words { grounds, text, answer_by } = words.clone();
    let answer = deficiency::deficiency(&case.filing, text, grounds, answer_by)?;
    let actor = caller.actor();
    let by = By { actor: &actor, action: "pledge.deficiency" };
    Ok(decided(tx, by, case, answer).await?.pledge)
}

/// Refuses what was filed.
pub(super) async fn refuse(
    tx: &mut Tx,
    office: &Office,
    caller: &Caller,
    (id, seen): (PledgeId, IfMatch),
    words: &Words,
) -> Result<Pledge, ActError> {
    let case = held(tx, &caller.scope(), (id, seen)).await?;
    at_the_desk(office)?;
    let answer = refuse::refuse(&case.filing, words.grounds.clone(), words.text.clone())?;
    let actor = caller.actor();
    Ok(decided(tx, By { actor: &actor, action: "pledge.refuse" }, case, answer).await?.pledge)
}

/// Annuls a pledge from the start.
pub(super) async fn annul(
    tx: &mut Tx,
    office: &Office,
    caller: &Caller,
    (id, seen): (PledgeId, IfMatch),
    words: &Words,
) -> Result<Pledge, ActError> {
    let pledge = store::find::find(tx.conn(), &caller.scope(), id).await?.ok_or_else(Problem::not_found)?;
    seen.check(pledge.version)?;
    at_the_desk(office)?;
    // The line is locked: a draw that leans on the pledge is granted before it is gone, or not at all.
    line(tx, &pledge).await?;
    let answer = annul::annul(&pledge, words.grounds.clone(), words.text.clone())?;
    let filing = registration_of(tx, &pledge).await?;
    let actor = caller.actor();
    let case = Case { pledge, filing };
    Ok(decided(tx, By { actor: &actor, action: "pledge.annul" }, case, answer).await?.pledge)
}

/// The filing by which a pledge was registered, its row locked.
async fn registration_of(tx: &Tx, pledge: &Pledge) -> Result<Filing, ActError> {
    let filed = filings::list(tx.conn(), &Scope::system(), pledge.id).await?;
    let registration = filed
        .into_iter()
        .find(|one| one.kind == FilingKind::Registration)
        .ok_or_else(|| Fault::Corrupt(format!("the registration of pledge {}", pledge.id)))?;
    let locked = filings::lock(tx, registration.id).await?;
    locked.ok_or_else(|| Fault::Corrupt(format!("filing {}", registration.id)).into())
}
