//! Taking the register's next message: where the filing and the pledge go by it.
//!
//! Nothing ends twice and nothing goes back. A message that says again what is already so is a repetition; one that
//! speaks against what is already decided contradicts, changes nothing, and is kept for people to look at.

use chrono::NaiveDate;
use finance::WorkingDays;

use super::{
    Answer, Deficiency, Filing, FilingKind, FilingState, OfficeMessage, Pledge, PledgeStatus, change, clock,
};

/// What a message came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CameTo {
    /// The filing, and perhaps the pledge, moved.
    Moved,
    /// It says again what is so.
    Repeated,
    /// It speaks against what is decided.
    Contradicts,
}

impl CameTo {
    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Moved => "moved",
            Self::Repeated => "repeated",
            Self::Contradicts => "contradicts",
        }
    }
}

/// A pledge with the papers that are at the register for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The pledge.
    pub pledge: Pledge,
    /// The papers.
    pub filing: Filing,
}

/// Takes a message. The filing notes its number whatever it came to; its version and the pledge's count what moved.
#[must_use]
pub fn take(case: Case, message: &OfficeMessage) -> (Case, CameTo) {
    let on = message.on;
    let (case, came_to) = match &message.answer {
        Answer::Accepted { reference } => accepted(case, reference.as_deref(), on),
        Answer::Deficient { text, grounds, answer_by } => deficient(
            case,
            Deficiency { text: text.clone(), grounds: grounds.clone(), asked_on: on, answer_by: *answer_by },
        ),
        Answer::Registered { registration_number } => registered(case, registration_number, on),
        Answer::Changed => changed(case, on),
        Answer::Cancelled => cancelled(case, on),
        Answer::Refused { grounds, reason } => {
            let ended = end(case, FilingState::Refused, on, |pledge| Pledge {
                status: PledgeStatus::Refused,
                ..pledge
            });
            with_words(ended, grounds, Some(reason))
        }
        Answer::Withdrawn => end(case, FilingState::Withdrawn, on, |pledge| Pledge {
            status: PledgeStatus::Withdrawn,
            ..pledge
        }),
        Answer::Annulled { grounds, reason } => with_words(annulled(case, on), grounds, Some(reason)),
    };
    let filing = Filing { taken: message.sequence, version: case.filing.version + 1, ..case.filing };
    let pledge = match came_to {
        CameTo::Moved => {
            Pledge { filing: Some(filing.brief()), version: case.pledge.version + 1, ..case.pledge }
        }
        CameTo::Repeated | CameTo::Contradicts => case.pledge,
    };
    (Case { pledge, filing }, came_to)
}

fn accepted(case: Case, reference: Option<&str>, on: NaiveDate) -> (Case, CameTo) {
    match case.filing.state {
        FilingState::Submitted | FilingState::Corrected => {}
        FilingState::Accepted => return (case, CameTo::Repeated),
        _ => return (case, CameTo::Contradicts),
    }
    let filing = Filing {
        state: FilingState::Accepted,
        office_reference: reference.map(str::to_owned).or(case.filing.office_reference),
        clock_from: Some(on),
        due_on: Some(clock::due(on, case.filing.online, WorkingDays::china())),
        ..case.filing
    };
    (Case { filing, ..case }, CameTo::Moved)
}

fn deficient(case: Case, deficiency: Deficiency) -> (Case, CameTo) {
    if !case.filing.state.is_open() {
        return (case, CameTo::Contradicts);
    }
    if case.filing.deficiency.as_ref() == Some(&deficiency) {
        return (case, CameTo::Repeated);
    }
    // It is the parties' turn: the register's time stands still.
    let filing = Filing {
        state: FilingState::Deficient,
        deficiency: Some(deficiency),
        clock_from: None,
        due_on: None,
        ..case.filing
    };
    (Case { filing, ..case }, CameTo::Moved)
}

fn registered(case: Case, number: &str, on: NaiveDate) -> (Case, CameTo) {
    if case.filing.kind != FilingKind::Registration {
        return (case, CameTo::Contradicts);
    }
    if !case.filing.state.is_open() {
        let same = case.filing.state == FilingState::Completed
            && case.pledge.registration_number.as_deref() == Some(number);
        return (case, if same { CameTo::Repeated } else { CameTo::Contradicts });
    }
    let debt_until = case.filing.papers.contract.as_ref().and_then(|contract| contract.debt_until);
    let pledge = Pledge {
        status: PledgeStatus::Registered,
        registration_number: Some(number.to_owned()),
        registered_on: Some(on),
        // A correction may have restated the contract.
        debt_until: debt_until.or(case.pledge.debt_until),
        ..case.pledge
    };
    (Case { pledge, filing: completed(case.filing, on) }, CameTo::Moved)
}

fn changed(case: Case, on: NaiveDate) -> (Case, CameTo) {
    let Some(content) = case.filing.change().cloned() else { return (case, CameTo::Contradicts) };
    match case.filing.state {
        FilingState::Completed => return (case, CameTo::Repeated),
        state if !state.is_open() => return (case, CameTo::Contradicts),
        _ => {}
    }
    // What is registered was decided when it was filed; a pledge that has ended meanwhile changes no more.
    if case.pledge.status != PledgeStatus::Registered {
        return (case, CameTo::Contradicts);
    }
    let pledge = change::applied(case.pledge, &content, on);
    (Case { pledge, filing: completed(case.filing, on) }, CameTo::Moved)
}

fn cancelled(case: Case, on: NaiveDate) -> (Case, CameTo) {
    if case.filing.kind != FilingKind::Cancellation {
        return (case, CameTo::Contradicts);
    }
    match case.filing.state {
        FilingState::Completed => return (case, CameTo::Repeated),
        state if !state.is_open() || case.pledge.status != PledgeStatus::Registered => {
            return (case, CameTo::Contradicts);
        }
        _ => {}
    }
    let pledge = Pledge {
        status: PledgeStatus::Cancelled,
        cancelled_on: Some(on),
        cancel_reason: case.filing.papers.reason.clone(),
        ..case.pledge
    };
    (Case { pledge, filing: completed(case.filing, on) }, CameTo::Moved)
}

/// Ends a filing without what it asked for; only a pledge that was never registered ends with it.
fn end(
    case: Case,
    state: FilingState,
    on: NaiveDate,
    ended: impl FnOnce(Pledge) -> Pledge,
) -> (Case, CameTo) {
    if case.filing.state == state {
        return (case, CameTo::Repeated);
    }
    if !case.filing.state.is_open() {
        return (case, CameTo::Contradicts);
    }
    let filing = Filing { state, due_on: None, deficiency: None, decided_on: Some(on), ..case.filing };
    let pledge = if filing.kind == FilingKind::Registration { ended(case.pledge) } else { case.pledge };
    (Case { pledge, filing }, CameTo::Moved)
}

/// A ground was found after the registration, also after the pledge was cancelled: it never existed.
fn annulled(case: Case, on: NaiveDate) -> (Case, CameTo) {
    let stood = case.filing.kind == FilingKind::Registration && case.filing.state == FilingState::Completed;
    match case.pledge.status {
        PledgeStatus::Annulled if stood => (case, CameTo::Repeated),
        PledgeStatus::Registered | PledgeStatus::Cancelled if stood => {
            let pledge = Pledge { status: PledgeStatus::Annulled, annulled_on: Some(on), ..case.pledge };
            (Case { pledge, ..case }, CameTo::Moved)
        }
        _ => (case, CameTo::Contradicts),
    }
}

fn with_words(
    (case, came_to): (Case, CameTo),
    grounds: &[super::Ground],
    reason: Option<&String>,
) -> (Case, CameTo) {
    if came_to != CameTo::Moved {
        return (case, came_to);
    }
    let filing = Filing { grounds: grounds.to_vec(), decision_note: reason.cloned(), ..case.filing };
    (Case { filing, ..case }, came_to)
}

fn completed(filing: Filing, on: NaiveDate) -> Filing {
    Filing { state: FilingState::Completed, due_on: None, deficiency: None, decided_on: Some(on), ..filing }
}
