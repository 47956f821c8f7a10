//! The act: a message of the office outside is taken, in its turn, whoever brings it and however often.

use contracts::Actor;
use http_kit::{ActError, Problem};
use identity::Scope;
use serde::{Deserialize, Serialize};
use tx_kit::{Fault, Tx};
use utoipa::ToSchema;

use super::{
    cancel::line,
    case::{By, moved},
    deliver::POLL_EVERY,
    desk::number_is_free,
    model::{
        Answer, CameTo, Case, Filing, FilingKind, OfficeMessage, Pledge,
        arrive::{Arrival, TakenMessage, Waiting, arrive},
    },
    store::{self, filings, messages},
};

/// Under which name the office stands in the trail.
const OFFICE: &str = "登记机关";

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MessageReceipt)]
pub enum Receipt {
    /// It was taken.
    Taken,
    /// It waits for one before it that has not arrived.
    Waits,
    /// It was here before.
    Known,
}

/// Takes a message.
///
/// # Errors
/// 404 for a filing that is not ours; a refusal for another message under a number that is taken, and for a
/// registration number that another pledge bears; the database's fault.
pub async fn take_message(tx: &mut Tx, message: &OfficeMessage) -> Result<Receipt, ActError> {
    let (waiting, known) = standing(tx, message).await?;
    let before = waiting.case.clone();
    let (after, arrival, taken) = arrive(waiting, message.clone(), known.as_ref());
    match arrival {
        Arrival::Refused => return Err(contradicts(message).into()),
        Arrival::Known => return Ok(Receipt::Known),
        Arrival::Kept => messages::keep(tx, message).await?,
    }
    if taken.is_empty() {
        // One before it is missing: the office is asked for it at once.
        filings::poll_next(tx, before.filing.id, Some(tx.now())).await?;
        return Ok(Receipt::Waits);
    }
    for number in granted(&taken) {
        number_is_free(tx, number, before.pledge.id).await?;
    }
    let actor = office_of(&before.pledge);
    let by = By { actor: &actor, action: action(&taken) };
    let after = moved(tx, by, &before, after.case, &taken).await?;
    if after.filing.state.is_open() {
        let next = tx.now() + POLL_EVERY;
        filings::poll_next(tx, after.filing.id, Some(next)).await?;
    }
    Ok(Receipt::Taken)
}

/// The case that a message is about, its filing locked, with what waits and with what was taken under its number.
async fn standing(tx: &Tx, message: &OfficeMessage) -> Result<(Waiting, Option<OfficeMessage>), ActError> {
    // The office's proof stands for its right to speak about any filing.
    let system = Scope::system();
    let id = message.request_id;
    let filing = filings::find(tx.conn(), &system, id).await?.ok_or_else(Problem::not_found)?;
    let pledge = the_pledge(tx, &filing).await?;
    if filing.kind == FilingKind::Cancellation {
        // Locks go in one order, facility first: the end of the pledge will let go of the line.
        line(tx, &pledge).await?;
    }
    let filing = filings::lock(tx, id).await?.ok_or_else(Problem::not_found)?;
    // Read again under the lock.
    let pledge = the_pledge(tx, &filing).await?;
    let known = if message.sequence <= filing.taken {
        messages::find(tx.conn(), &system, id, message.sequence).await?
    } else {
        None
    };
    let waiting = messages::list_beyond(tx.conn(), &system, id, filing.taken).await?;
    Ok((Waiting { case: Case { pledge, filing }, messages: waiting }, known))
}

async fn the_pledge(tx: &Tx, filing: &Filing) -> Result<Pledge, ActError> {
    let found = store::find::find(tx.conn(), &Scope::system(), filing.pledge_id).await?;
    found.ok_or_else(|| Fault::Corrupt(format!("the pledge of filing {}", filing.id)).into())
}

fn granted(taken: &[TakenMessage]) -> impl Iterator<Item = &str> {
    taken.iter().filter_map(|(message, came_to)| match &message.answer {
        Answer::Registered { registration_number } if *came_to == CameTo::Moved => {
            Some(registration_number.as_str())
        }
        _ => None,
    })
}

/// The last step that the messages brought about.
fn action(taken: &[TakenMessage]) -> &'static str {
    let last = taken.iter().rev().find(|(_, came_to)| *came_to == CameTo::Moved);
    match last.map(|(message, _)| &message.answer) {
        Some(Answer::Registered { .. }) => "pledge.register",
        Some(Answer::Deficient { .. }) => "pledge.deficiency",
        Some(Answer::Changed) => "pledge.change",
        Some(Answer::Cancelled) => "pledge.cancel",
        Some(Answer::Refused { .. }) => "pledge.refuse",
        Some(Answer::Withdrawn) => "pledge.withdraw",
        Some(Answer::Annulled { .. }) => "pledge.annul",
        Some(Answer::Accepted { .. }) | None => "pledge.accept",
    }
}

/// The office stands in the pledgee's trail: nobody of the suite has decided.
pub(super) fn office_of(pledge: &Pledge) -> Actor {
    Actor { name: OFFICE.to_owned(), tenant: pledge.bank_id, ..Actor::system() }
}

fn contradicts(message: &OfficeMessage) -> Problem {
    Problem::refused(
        "register-message-contradicts",
        format!("序号 {} 已有内容不同的回执，或序号无效，未作更改。", message.sequence),
        format!(
            "Another message bears the number {}, or it is no number of a message; nothing was changed.",
            message.sequence
        ),
    )
    .with("sequence", message.sequence)
}
