//! What every act of this subject does once its rule has decided: the filing, the pledge, the register's messages and
//! the history are written, the others are told, and what follows from an ending is done.

use contracts::{Actor, Event, PledgeId, events::PledgeChanged};
use http_kit::{ActError, IfMatch, Problem};
use identity::Scope;
use serde_json::json;
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    model::{
        Answer, Case, Delivery, Filing, FilingKind, OfficeMessage, Parcel, ParcelKind, Pledge, PledgeStatus,
        annul, arrive::TakenMessage, clock, collateral::carrying, take::take,
    },
    office::Office,
    store::{self, filings, history::NewLine, messages, parcels},
};
use crate::{applications, working_days};

/// Who does it, and under which name it stands in the audit trail.
#[derive(Debug, Clone, Copy)]
pub(super) struct By<'a> {
    pub actor: &'a Actor,
    pub action: &'static str,
}

/// The pledge in scope, as the caller has seen it, with what is at the register for it, the filing's row locked.
pub(super) async fn held(tx: &Tx, scope: &Scope, (id, seen): (PledgeId, IfMatch)) -> Result<Case, ActError> {
    let pledge = store::find::find(tx.conn(), scope, id).await?.ok_or_else(Problem::not_found)?;
    let named = pledge.filing.as_ref().map(|filing| filing.id);
    let filing = match named {
        Some(filing) => filings::lock(tx, filing).await?,
        None => None,
    };
    let filing = filing.ok_or_else(|| Fault::Corrupt(format!("the filing of pledge {id}")))?;
    seen.check(pledge.version)?;
    Ok(Case { pledge, filing })
}

/// Files something: for a new pledge where `before` is none, for one that is there otherwise. What the register says
/// at once is taken; where it is elsewhere the papers go on their way.
pub(super) async fn file(
    tx: &mut Tx,
    office: &Office,
    by: By<'_>,
    before: Option<&Pledge>,
    case: Case,
) -> Result<Case, ActError> {
    let (mut case, taken) = said_at_once(tx, office, case);
    case.filing.version = 1;
    case.filing = timed(tx, &case.pledge, case.filing).await?;
    case.pledge.version = before.map_or(1, |pledge| pledge.version + 1);
    case.pledge.filing = Some(case.filing.brief());
    case.pledge.carrying = carries(&case)?;
    match before {
        None => store::insert(tx, &case.pledge).await?,
        Some(pledge) => store::update(tx, &case.pledge, pledge.version).await?,
    }
    filings::insert(tx, &case.filing).await?;
    let kind = match case.filing.kind {
        FilingKind::Registration => "submitted",
        FilingKind::Change => "change_filed",
        FilingKind::Cancellation => "cancellation_filed",
    };
    let papers = &case.filing.papers;
    let details = json!({ "online": case.filing.online, "change": papers.change, "reason": papers.reason });
    note(tx, by.actor, &case, kind, tx.business_date(), details).await?;
    kept(tx, by.actor, &case, &taken).await?;
    if office.is_outside() {
        send(tx, &case, ParcelKind::Submission).await?;
    }
    told(tx, by, before, &case).await?;
    follow(tx, by.actor, &case.pledge).await?;
    Ok(case)
}

fn said_at_once(tx: &Tx, office: &Office, mut case: Case) -> (Case, Vec<TakenMessage>) {
    let mut taken = Vec::new();
    for answer in office.at_once(&case.filing) {
        let message = next_message(tx, &case.filing, answer);
        let (next, came_to) = take(case, &message);
        case = next;
        taken.push((message, came_to));
    }
    (case, taken)
}

/// The built-in register's next message about a filing.
pub(super) fn next_message(tx: &Tx, filing: &Filing, answer: Answer) -> OfficeMessage {
    OfficeMessage { request_id: filing.id, sequence: filing.taken + 1, on: tx.business_date(), answer }
}

/// The built-in register decides at its desk.
pub(super) async fn decided(tx: &mut Tx, by: By<'_>, before: Case, answer: Answer) -> Result<Case, ActError> {
    let message = next_message(tx, &before.filing, answer);
    let (after, came_to) = take(before.clone(), &message);
    moved(tx, by, &before, after, &[(message, came_to)]).await
}

/// Writes where messages have led a case.
pub(super) async fn moved(
    tx: &mut Tx,
    by: By<'_>,
    before: &Case,
    mut after: Case,
    taken: &[TakenMessage],
) -> Result<Case, ActError> {
    after.filing.version = before.filing.version + 1;
    after.filing = timed(tx, &after.pledge, after.filing).await?;
    if let Some(brief) = &mut after.pledge.filing {
        brief.due_on = after.filing.due_on;
    }
    filings::update(tx, &after.filing, before.filing.version).await?;
    if after.pledge != before.pledge {
        after.pledge.version = before.pledge.version + 1;
        after.pledge.carrying = carries(&after)?;
        store::update(tx, &after.pledge, before.pledge.version).await?;
    }
    kept(tx, by.actor, &after, taken).await?;
    if !after.filing.state.is_open() {
        parcels::call_back(tx, after.filing.id).await?;
        filings::poll_next(tx, after.filing.id, None).await?;
    }
    ended(tx, by.actor, before, &after).await?;
    if after.pledge != before.pledge {
        told(tx, by, Some(&before.pledge), &after).await?;
    }
    Ok(after)
}

/// What the parties have changed about a filing that stays where it is at the register.
pub(super) async fn revised(
    tx: &mut Tx,
    by: By<'_>,
    before: &Case,
    filing: Filing,
) -> Result<Case, ActError> {
    let filing = timed(tx, &before.pledge, filing).await?;
    filings::update(tx, &filing, before.filing.version).await?;
    let mut after = Case { pledge: before.pledge.clone(), filing };
    after.pledge.filing = Some(after.filing.brief());
    after.pledge.version = before.pledge.version + 1;
    after.pledge.carrying = carries(&after)?;
    store::update(tx, &after.pledge, before.pledge.version).await?;
    told(tx, by, Some(&before.pledge), &after).await?;
    Ok(after)
}

/// The papers with the last day for the register's answer by the calendar of the bank; the rules count by the one that
/// ships.
async fn timed(tx: &Tx, pledge: &Pledge, filing: Filing) -> Result<Filing, Fault> {
    let (Some(from), Some(_)) = (filing.clock_from, filing.due_on) else { return Ok(filing) };
    let calendar = working_days::of_bank(tx.conn(), pledge.bank_id, tx.business_date()).await?;
    Ok(Filing { due_on: Some(clock::due(from, filing.online, calendar)), ..filing })
}

fn carries(case: &Case) -> Result<finance::Money, Fault> {
    carrying(&case.pledge, Some(&case.filing))
        .map_err(|error| Fault::Corrupt(format!("what pledge {} carries: {error}", case.pledge.id)))
}

/// Keeps messages with what they came to, and writes them into the history.
async fn kept(tx: &mut Tx, actor: &Actor, case: &Case, taken: &[TakenMessage]) -> Result<(), Fault> {
    for (message, came_to) in taken {
        if messages::find(tx.conn(), &Scope::system(), message.request_id, message.sequence).await?.is_none()
        {
            messages::keep(tx, message).await?;
        }
        messages::note(tx, message, *came_to).await?;
        let mut details = serde_json::to_value(&message.answer)?;
        if let Some(members) = details.as_object_mut() {
            members.remove("kind");
            members.insert("sequence".to_owned(), message.sequence.into());
            members.insert("came_to".to_owned(), came_to.name().into());
        }
        note(tx, actor, case, message.answer.name(), message.on, details).await?;
    }
    Ok(())
}

/// Writes a line into the pledge's history.
pub(super) async fn note(
    tx: &mut Tx,
    actor: &Actor,
    case: &Case,
    kind: &str,
    on: chrono::NaiveDate,
    details: serde_json::Value,
) -> Result<(), Fault> {
    let line =
        NewLine { pledge: case.pledge.id, filing: Some(case.filing.id), on, kind, who: &actor.name, details };
    store::history::write(tx, line).await
}

/// Puts papers on their way to the office outside.
pub(super) async fn send(tx: &mut Tx, case: &Case, kind: ParcelKind) -> Result<(), Fault> {
    let parcel = Parcel { filing_id: case.filing.id, kind, body: contents(case, kind) };
    parcels::insert(tx, &parcel).await?;
    filings::note_delivery(tx, case.filing.id, Delivery::Waiting).await
}

/// What the office gets.
pub(super) fn contents(case: &Case, kind: ParcelKind) -> serde_json::Value {
    let Case { pledge, filing } = case;
    match kind {
        ParcelKind::Submission => json!({
            "request_id": filing.id,
            "kind": filing.kind,
            "online": filing.online,
            "filed_at": filing.filed_at,
            "pledge": {
                "number": pledge.number,
                "registration_number": pledge.registration_number,
                "pledgor": pledge.enterprise_name,
                "pledgee": pledge.bank_name,
                "secured_amount": pledge.secured_amount,
                "patents": pledge.held().map(|one| json!({ "id": one.patent_id, "number": one.number, "title": one.title }))
                    .collect::<Vec<_>>(),
            },
            "papers": filing.papers,
        }),
        ParcelKind::Correction => json!({
            "request_id": filing.id,
            "correction": filing.corrections,
            "papers": filing.papers,
        }),
        ParcelKind::Withdrawal => json!({ "request_id": filing.id }),
    }
}

/// What follows from the end of a pledge.
async fn ended(tx: &mut Tx, actor: &Actor, before: &Case, after: &Case) -> Result<(), ActError> {
    let status = after.pledge.status;
    if status == before.pledge.status {
        return Ok(());
    }
    if status == PledgeStatus::Annulled {
        fall_with_it(tx, before, after).await?;
    }
    follow(tx, actor, &after.pledge).await
}

/// The application is let go of: its line with a cancelled pledge, for another pledge with one that never was.
async fn follow(tx: &mut Tx, actor: &Actor, pledge: &Pledge) -> Result<(), ActError> {
    if pledge.status.is_live() {
        return Ok(());
    }
    // The application of a pledge that one may decide about is the suite's own to find.
    let application = applications::find(tx.conn(), &Scope::system(), pledge.application_id)
        .await?
        .ok_or_else(|| Fault::Corrupt(format!("the application of pledge {}", pledge.id)))?;
    match pledge.status {
        PledgeStatus::Cancelled => applications::let_go(tx, application, actor).await,
        _ if application.pledge_id == Some(pledge.id) => {
            Ok(applications::release_pledge(tx, application).await?)
        }
        _ => Ok(()),
    }
}

/// A change or a cancellation that is at the register falls with the pledge.
async fn fall_with_it(tx: &mut Tx, before: &Case, after: &Case) -> Result<(), Fault> {
    let open = before.pledge.filing.as_ref().filter(|one| one.state.is_open() && one.id != after.filing.id);
    let Some(open) = open else { return Ok(()) };
    let Some(filing) = filings::lock(tx, open.id).await? else { return Ok(()) };
    let read_version = filing.version;
    let fallen = annul::fallen(filing, tx.business_date());
    filings::update(tx, &fallen, read_version).await?;
    parcels::call_back(tx, fallen.id).await?;
    filings::poll_next(tx, fallen.id, None).await
}

/// Tells the others of what concerns them, and writes who brought it about.
async fn told(tx: &mut Tx, by: By<'_>, before: Option<&Pledge>, after: &Case) -> Result<(), Fault> {
    let pledge = &after.pledge;
    let now = event(pledge);
    if before.is_none_or(|before| event(before) != now) {
        tx.publish([(pledge.id.uuid(), pledge.version, Event::PledgeChanged(now))]).await?;
    }
    let entry = AuditEntry::new(by.actor, by.action, "pledge", pledge.id).with(json!({
        "status": pledge.status,
        "filing": pledge.filing,
        "registration_number": pledge.registration_number,
        "secured_amount": pledge.secured_amount,
        "reason": after.filing.papers.reason,
        "grounds": after.filing.grounds,
        "note": after.filing.decision_note,
    }));
    tx.audit([entry]).await
}

/// The pledge as the others are told of it.
pub(super) fn event(pledge: &Pledge) -> PledgeChanged {
    PledgeChanged {
        pledge_id: pledge.id,
        bank_id: pledge.bank_id,
        bank_name: pledge.bank_name.clone(),
        enterprise_id: pledge.enterprise_id,
        enterprise_name: pledge.enterprise_name.clone(),
        application_id: pledge.application_id,
        status: pledge.status.name().to_owned(),
        registration_number: pledge.registration_number.clone(),
        secured_amount: pledge.secured_amount,
        collateral_value: pledge.collateral_value,
        patents: pledge.held().map(|patent| patent.patent_id).collect(),
        facility_id: Some(pledge.facility_id),
    }
}
