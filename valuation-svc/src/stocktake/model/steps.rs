//! The steps of an item, each a pure decision: the item after it, or why not. Whoever calls has found the stocktake open.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::UserId;

use super::{Assessment, Assigned, Item, ItemState, Refusal, UnitAssessment};

/// The most labels of one item.
const LABELS_MAX: usize = 20;

/// Who acts, and when.
#[derive(Debug, Clone, Copy)]
pub struct Hand<'a> {
    /// The person.
    pub user: UserId,
    /// The person's name.
    pub name: &'a str,
    /// When.
    pub now: DateTime<Utc>,
}

/// What a reviewer decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Review<'a> {
    /// Into the library.
    Accept,
    /// Kept out of it, with the reason.
    KeepOut(&'a str),
    /// Back to the transfer office or the inventor, with the reason.
    Return(ItemState, &'a str),
}

/// What is changed of many items at once; what is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Edit {
    /// Labels to add.
    pub add_labels: Vec<String>,
    /// Labels to take away.
    pub remove_labels: Vec<String>,
    /// The bundle to put them in; `Some(None)` takes them out of theirs.
    pub bundle: Option<Option<i64>>,
    /// Another day by which they are to be reviewed.
    pub due_on: Option<NaiveDate>,
}

fn stands(item: &Item, states: &[ItemState]) -> Result<(), Refusal> {
    if states.contains(&item.state) { Ok(()) } else { Err(Refusal::NotInState { state: item.state }) }
}

fn touched(item: Item, hand: Hand<'_>) -> Item {
    Item { updated_at: hand.now, version: item.version + 1, ..item }
}

/// Gives an item to a college and an inventor, before it was handed in.
///
/// # Errors
/// [`Refusal::NotInState`].
pub fn assigned(item: Item, to: Assigned, hand: Hand<'_>) -> Result<Item, Refusal> {
    stands(&item, &[ItemState::Draft])?;
    let Assigned { college, inventor_name, inventor_id } = to;
    Ok(touched(Item { college, inventor_name, inventor_id, ..item }, hand))
}

/// Writes down what the inventor says, and hands it in where that is wanted.
///
/// # Errors
/// Not given to a college, not in draft, or handed in incomplete.
pub fn self_assessed(
    item: Item,
    own: Assessment,
    hand_in: bool,
    (hand, as_inventor): (Hand<'_>, bool),
) -> Result<Item, Refusal> {
    stands(&item, &[ItemState::Draft])?;
    if !item.is_assigned() {
        return Err(Refusal::NotAssigned);
    }
    let missing = own.missing();
    if hand_in && !missing.is_empty() {
        return Err(Refusal::Incomplete { missing });
    }
    let item = Item {
        self_assessment: Some(own),
        self_assessed_by: Some(hand.name.to_owned()),
        inventor_id: if as_inventor { Some(hand.user) } else { item.inventor_id },
        state: if hand_in { ItemState::College } else { ItemState::Draft },
        reason: if hand_in { None } else { item.reason.clone() },
        ..item
    };
    Ok(touched(item, hand))
}

/// Writes down what the transfer office says, and sends it on to review where that is wanted.
///
/// # Errors
/// Not with the office, or different from the inventor's without a reason.
pub fn unit_assessed(
    item: Item,
    unit: UnitAssessment,
    forward: bool,
    hand: Hand<'_>,
) -> Result<Item, Refusal> {
    stands(&item, &[ItemState::College])?;
    let own = item.self_assessment.clone().unwrap_or_default();
    let fields = unit.differs(&own);
    if !fields.is_empty() && unit.reasons.trim().is_empty() {
        return Err(Refusal::ReasonsMissing { fields });
    }
    let item = Item {
        unit_assessment: Some(unit),
        unit_assessed_by_id: Some(hand.user),
        unit_assessed_by: Some(hand.name.to_owned()),
        state: if forward { ItemState::Institution } else { ItemState::College },
        reason: if forward { None } else { item.reason.clone() },
        ..item
    };
    Ok(touched(item, hand))
}

/// The transfer office gives an item back to its inventor.
///
/// # Errors
/// [`Refusal::NotInState`].
pub fn returned(item: Item, reason: &str, hand: Hand<'_>) -> Result<Item, Refusal> {
    stands(&item, &[ItemState::College])?;
    let item = Item { state: ItemState::Draft, reason: Some(reason.to_owned()), ..item };
    Ok(touched(item, hand))
}

/// A reviewer decides. What was kept out may still be accepted.
///
/// # Errors
/// Not with the reviewers, or reviewed by its inventor or by who assessed it.
pub fn reviewed(item: Item, review: Review<'_>, hand: Hand<'_>) -> Result<Item, Refusal> {
    let from: &[ItemState] = match review {
        Review::Accept => &[ItemState::Institution, ItemState::KeptOut],
        Review::KeepOut(_) | Review::Return(..) => &[ItemState::Institution],
    };
    stands(&item, from)?;
    if [item.unit_assessed_by_id, item.inventor_id].contains(&Some(hand.user)) {
        return Err(Refusal::FourEyes);
    }
    let (state, reason) = match review {
        Review::Accept => (ItemState::Library, None),
        Review::KeepOut(reason) => (ItemState::KeptOut, Some(reason.to_owned())),
        Review::Return(ItemState::Draft, reason) => (ItemState::Draft, Some(reason.to_owned())),
        Review::Return(_, reason) => (ItemState::College, Some(reason.to_owned())),
    };
    let item = Item { state, reason, reviewed_by: Some(hand.name.to_owned()), ..item };
    Ok(touched(item, hand))
}

/// Changes labels, bundle and day of an item, wherever it stands; a day only before it was reviewed.
///
/// # Errors
/// [`Refusal::TooManyLabels`], [`Refusal::NotInState`] for the day of what is reviewed.
pub fn edited(item: Item, edit: &Edit, hand: Hand<'_>) -> Result<Item, Refusal> {
    if edit.due_on.is_some() && item.state.is_final() {
        return Err(Refusal::NotInState { state: item.state });
    }
    let mut labels: Vec<String> =
        item.labels.iter().filter(|label| !edit.remove_labels.contains(label)).cloned().collect();
    for label in &edit.add_labels {
        if !labels.contains(label) {
            labels.push(label.clone());
        }
    }
    if labels.len() > LABELS_MAX {
        return Err(Refusal::TooManyLabels { most: LABELS_MAX });
    }
    let item = Item {
        labels,
        bundle: edit.bundle.unwrap_or(item.bundle),
        due_on: edit.due_on.unwrap_or(item.due_on),
        ..item
    };
    Ok(touched(item, hand))
}
