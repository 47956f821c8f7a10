//! Bringing papers to an office outside and asking it what it has said: one parcel or one question at a time, tried
//! again with growing pauses, given up after some hours for a person to send again. Nothing is held in a transaction
//! while the office is waited for, and a worker that dies holds a parcel for a minute only.

use std::time::Duration;

use chrono::TimeDelta;
use contracts::{Actor, FilingId};
use http_kit::{ActError, Worker};
use identity::Scope;
use tokio_util::sync::CancellationToken;
use tx_kit::{AuditEntry, Db, Fault, InTx, Tx};

use super::{
    case::{contents, note},
    lapse,
    model::{Case, Delivery, FilingState, OfficeMessage, Parcel, ParcelKind, parcel::pause},
    office::{Office, Undelivered},
    store::{self, filings, parcels},
    take::{office_of, take_message},
};

/// How often the office is asked about a filing that it has said nothing new about.
pub const POLL_EVERY: TimeDelta = TimeDelta::minutes(15);
/// How long a worker may hold a parcel or a question.
const HOLD: TimeDelta = TimeDelta::seconds(60);
/// How often an idle worker looks for work.
const IDLE: Duration = Duration::from_millis(500);
/// Filings asked about in one round.
const POLLS_MAX: u64 = 20;

/// Who brings papers to an office outside; where the built-in register has them already, who looks what was not corrected
/// in time.
#[must_use]
pub fn workers(db: &Db, office: &Office) -> Vec<Worker> {
    if !office.is_outside() {
        return vec![lapse::worker(db)];
    }
    let (db, office) = (db.clone(), office.clone());
    vec![Worker::new("pledge.register", move |stop| run(db, office, stop))]
}

/// Works until told to stop.
async fn run(db: Db, office: Office, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match round(&db, &office).await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(fault) => tracing::error!(%fault, "papers for the register wait after a fault"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(IDLE) => {}
        }
    }
}

/// Sends one parcel that is due and asks about the filings that are due; how much there was to do.
///
/// # Errors
/// The database's fault. What the office does wrong is none: it is tried again.
pub async fn round(db: &Db, office: &Office) -> Result<usize, Fault> {
    let mut done = 0;
    if let Some(held) = db.run(|tx| parcels::take_due(tx, HOLD).in_tx()).await? {
        let outcome = office.deliver(&held.parcel).await;
        let (held, outcome) = (&held, &outcome);
        db.run(|tx| settle(tx, held, outcome).in_tx()).await?;
        if let Ok(messages) = outcome {
            take_all(db, messages).await?;
        }
        done += 1;
    }
    let now = db.clock().now();
    for filing in filings::list_to_poll(db.read(), &Scope::system(), now, POLLS_MAX).await? {
        // Another worker leaves it alone meanwhile.
        db.run(|tx| put_off(tx, filing).in_tx()).await?;
        ask(db, office, filing).await?;
        done += 1;
    }
    Ok(done)
}

async fn put_off(tx: &mut Tx, filing: FilingId) -> Result<(), Fault> {
    let next = tx.now() + POLL_EVERY;
    filings::poll_next(tx, filing, Some(next)).await
}

/// Asks the office about a filing and takes what it has said.
async fn ask(db: &Db, office: &Office, filing: FilingId) -> Result<(), Fault> {
    match office.messages(filing).await {
        Ok(Some(messages)) => take_all(db, &messages).await?,
        // It does not know the filing: what was sent is lost, and is sent again.
        Ok(None) => db.run(|tx| submit_again(tx, filing).in_tx()).await?,
        Err(reason) => tracing::info!(%filing, %reason, "the office could not be asked"),
    }
    db.run(|tx| still_open(tx, filing).in_tx()).await
}

/// Takes messages one by one, so that one that contradicts does not keep the others.
async fn take_all(db: &Db, messages: &[OfficeMessage]) -> Result<(), Fault> {
    for message in messages {
        match db.run(|tx| take_message(tx, message).in_tx()).await {
            Ok(_) => {}
            Err(ActError::Refused(problem)) => {
                tracing::warn!(filing = %message.request_id, problem = problem.slug(), "a message of the office was not taken");
            }
            Err(ActError::Fault(fault)) => return Err(fault),
        }
    }
    Ok(())
}

/// Notes what became of a parcel.
async fn settle(
    tx: &mut Tx,
    held: &parcels::Held,
    outcome: &Result<Vec<OfficeMessage>, Undelivered>,
) -> Result<(), Fault> {
    let filing = held.parcel.filing_id;
    match outcome {
        Ok(_) => {
            parcels::delivered(tx, held.id).await?;
            filings::note_delivery(tx, filing, Delivery::Delivered).await?;
            still_open_at(tx, filing, tx.now() + POLL_EVERY).await
        }
        Err(Undelivered::Later(reason)) => match pause(held.attempt) {
            Some(wait) => {
                tracing::info!(%filing, attempt = held.attempt, %reason, "papers are sent again later");
                let next = tx.now() + wait;
                parcels::failed(tx, held.id, next, reason).await
            }
            None => give_up(tx, held, reason).await,
        },
        Err(Undelivered::Never(reason)) => give_up(tx, held, reason).await,
    }
}

async fn give_up(tx: &mut Tx, held: &parcels::Held, reason: &str) -> Result<(), Fault> {
    let filing = held.parcel.filing_id;
    tracing::warn!(%filing, %reason, "papers did not reach the office and are not sent again by themselves");
    parcels::given_up(tx, held.id, reason).await?;
    filings::note_delivery(tx, filing, Delivery::GivenUp).await?;
    let Some(case) = case_of(tx, filing).await? else { return Ok(()) };
    let actor = Actor { tenant: case.pledge.bank_id, ..Actor::system() };
    let details = serde_json::json!({ "parcel": held.parcel.kind.name(), "error": reason });
    note(tx, &actor, &case, "not_delivered", tx.business_date(), details.clone()).await?;
    let entry = AuditEntry::new(&actor, "pledge.not_delivered", "pledge", case.pledge.id).with(details);
    tx.audit([entry]).await
}

/// Sends what was filed anew, where nothing of it is on its way.
async fn submit_again(tx: &mut Tx, filing: FilingId) -> Result<(), Fault> {
    let Some(case) = case_of(tx, filing).await? else { return Ok(()) };
    if case.filing.state != FilingState::Submitted || case.filing.delivery != Delivery::Delivered {
        return Ok(());
    }
    let kind = ParcelKind::Submission;
    let parcel = Parcel { filing_id: filing, kind, body: contents(&case, kind) };
    parcels::insert(tx, &parcel).await?;
    filings::note_delivery(tx, filing, Delivery::Waiting).await?;
    let actor = office_of(&case.pledge);
    note(tx, &actor, &case, "sent_again", tx.business_date(), serde_json::Value::Null).await
}

/// The filing with its pledge, its row locked.
async fn case_of(tx: &Tx, id: FilingId) -> Result<Option<Case>, Fault> {
    let Some(filing) = filings::lock(tx, id).await? else { return Ok(None) };
    let pledge = store::find::find(tx.conn(), &Scope::system(), filing.pledge_id).await?;
    Ok(pledge.map(|pledge| Case { pledge, filing }))
}

/// An ended filing is asked about no more.
async fn still_open(tx: &mut Tx, filing: FilingId) -> Result<(), Fault> {
    let next = tx.now() + POLL_EVERY;
    still_open_at(tx, filing, next).await
}

async fn still_open_at(
    tx: &mut Tx,
    filing: FilingId,
    next: chrono::DateTime<chrono::Utc>,
) -> Result<(), Fault> {
    let found = filings::find(tx.conn(), &Scope::system(), filing).await?;
    let open = found.is_some_and(|one| one.state.is_open());
    filings::poll_next(tx, filing, open.then_some(next)).await
}
