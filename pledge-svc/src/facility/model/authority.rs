//! Who may decide a facility, a change of one or a waiver of a pledge: never the maker, only within the own authority or
//! one that was lent, and above the bank's level two different approvers, after the risk manager where the bank wants so.

use contracts::UserId;
use finance::{Money, Rate};
use serde::{Deserialize, Serialize};

use super::{Facility, agreement::part_of, change::Change};
use crate::applications::{ApprovalAuthority, Demand, Lent};

/// What somebody says on a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// An approver approves.
    Approves,
    /// The risk manager has nothing against it.
    Consents,
    /// The risk manager is against it.
    Denies,
}

impl Word {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Approves => "approves",
            Self::Consents => "consents",
            Self::Denies => "denies",
        }
    }

    /// The word of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Approves, Self::Consents, Self::Denies].into_iter().find(|word| word.name() == text)
    }
}

/// What was said on the proposal before, in the order in which it was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// Who.
    pub by_id: UserId,
    /// Who, for people.
    pub by: String,
    /// Whose authority was used, where it was lent.
    pub lent_by: Option<UserId>,
    /// What.
    pub word: Word,
    /// Why.
    pub comment: String,
}

impl Spoken {
    /// Everybody whose judgement or authority stands behind it.
    fn behind(&self) -> impl Iterator<Item = UserId> {
        [Some(self.by_id), self.lent_by].into_iter().flatten()
    }
}

/// Which of the bank's levels apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// The amount decides, by the levels for collective lines.
    Line(Money),
    /// The amount decides, by the levels for a single borrower.
    Borrower(Money),
    /// It only takes away: another person than the maker is enough.
    TakesAway,
}

impl Weight {
    /// How much it weighs for a bank that takes part: its own part of the amount.
    #[must_use]
    pub fn part(self, share: Rate) -> Self {
        match self {
            Self::Line(amount) => Self::Line(part_of(amount, share)),
            Self::Borrower(amount) => Self::Borrower(part_of(amount, share)),
            Self::TakesAway => Self::TakesAway,
        }
    }
}

/// What is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case<'a> {
    /// Who proposed it.
    pub maker: UserId,
    /// How much it weighs.
    pub weight: Weight,
    /// What was said before.
    pub spoken: &'a [Spoken],
}

/// Why somebody may not decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotYours {
    /// It is the own proposal, or the maker's authority is used.
    Own,
    /// The person, or whose authority is used, has spoken on it before.
    SpokenBefore,
    /// The amount is beyond the authority.
    Beyond {
        /// The amount that decides.
        asked: Money,
        /// How far the authority reaches.
        limit: Money,
    },
    /// The risk manager has not spoken yet.
    ConsentMissing,
    /// The risk manager is against it.
    ConsentDenied {
        /// Who.
        by: String,
        /// Why.
        comment: String,
    },
}

/// An approval as it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// What the decision takes; `None` where it only takes away.
    pub demand: Option<Demand>,
    /// Whether it is the last one needed.
    pub last: bool,
}

/// What a decision takes; `None` where another person than the maker is enough.
#[must_use]
pub fn demand(authority: &ApprovalAuthority, weight: Weight) -> Option<Demand> {
    match weight {
        Weight::Line(amount) => Some(authority.demand_for_line(amount)),
        Weight::Borrower(amount) => Some(authority.demand(amount)),
        Weight::TakesAway => None,
    }
}

/// Counts an approval by a person, under the own authority or a lent one.
///
/// # Errors
/// The maker's hand, somebody who has spoken before, an amount beyond the authority, the risk manager's word missing or
/// against it.
pub fn approve(
    authority: &ApprovalAuthority,
    case: Case<'_>,
    by: UserId,
    lent: Option<&Lent>,
) -> Result<Counted, NotYours> {
    let behind = || [Some(by), lent.map(|lent| lent.from_id)].into_iter().flatten();
    if behind().any(|one| one == case.maker) {
        return Err(NotYours::Own);
    }
    if behind().any(|one| case.spoken.iter().any(|earlier| earlier.behind().any(|other| other == one))) {
        return Err(NotYours::SpokenBefore);
    }
    let Some(demand) = demand(authority, case.weight) else {
        return Ok(Counted { demand: None, last: true });
    };
    if let Some(limit) = authority.bound(by, lent).filter(|limit| demand.amount > *limit) {
        return Err(NotYours::Beyond { asked: demand.amount, limit });
    }
    if demand.risk_consent {
        match case.spoken.iter().rev().find(|one| one.word != Word::Approves) {
            None => return Err(NotYours::ConsentMissing),
            Some(one) if one.word == Word::Denies => {
                return Err(NotYours::ConsentDenied { by: one.by.clone(), comment: one.comment.clone() });
            }
            Some(_) => {}
        }
    }
    let given = case.spoken.iter().filter(|one| one.word == Word::Approves).count();
    Ok(Counted { demand: Some(demand), last: given + 1 >= usize::from(demand.approvers) })
}

/// How many approvals are still to be given; what only takes away waits for one.
#[must_use]
pub fn missing(authority: &ApprovalAuthority, case: Case<'_>) -> u8 {
    let needed = demand(authority, case.weight).map_or(1, |demand| demand.approvers);
    let given = case.spoken.iter().filter(|one| one.word == Word::Approves).count();
    needed.saturating_sub(u8::try_from(given).unwrap_or(u8::MAX))
}

/// Whether the decision takes the risk manager's word and nobody has said it yet.
#[must_use]
pub fn risk_word_wanted(authority: &ApprovalAuthority, case: Case<'_>) -> bool {
    demand(authority, case.weight).is_some_and(|demand| demand.risk_consent)
        && !case.spoken.iter().any(|one| matches!(one.word, Word::Consents | Word::Denies))
}

/// Whether the risk manager may speak: not on the own proposal, and not after having approved it in another role. A later
/// word takes the place of an earlier one.
///
/// # Errors
/// [`NotYours::Own`] or [`NotYours::SpokenBefore`].
pub fn consent(case: Case<'_>, by: UserId) -> Result<(), NotYours> {
    if by == case.maker {
        return Err(NotYours::Own);
    }
    let approved = |one: &&Spoken| one.word == Word::Approves && one.behind().any(|other| other == by);
    if case.spoken.iter().any(|one| approved(&one)) { Err(NotYours::SpokenBefore) } else { Ok(()) }
}

impl Change {
    /// How much its approval weighs: the limit after it, where it gives more of the line, lets a member that was paused go
    /// on, or changes the terms; a change that lowers the limit, pauses or lets leave, or closes the line takes another
    /// person alone.
    #[must_use]
    pub fn weight(&self, facility: &Facility) -> Weight {
        let takes_away = Self {
            limit: self.limit.filter(|limit| *limit <= facility.limit),
            leave: self.leave.clone(),
            pause: self.pause.clone(),
            close: self.close,
            reason: self.reason.clone(),
            ..Self::default()
        };
        if *self == takes_away {
            Weight::TakesAway
        } else {
            Weight::Line(self.limit.unwrap_or(facility.limit))
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::facility::model::samples::facility;

    fn user(number: u128) -> UserId {
        UserId::from_uuid(Uuid::from_u128(number))
    }

    fn fen(amount: i64) -> Money {
        Money::from_fen(amount)
    }

    fn said(number: u128, word: Word) -> Spoken {
        Spoken { by_id: user(number), by: format!("{number}"), lent_by: None, word, comment: "理由".into() }
    }

    /// One approver up to 100, two up to 1,000, above that the risk manager first.
    fn authority() -> ApprovalAuthority {
        serde_json::from_value(serde_json::json!({
            "line_levels": [
                { "up_to": "1.00", "approvers": 1 },
                { "up_to": "10.00", "approvers": 2 },
                { "up_to": null, "approvers": 2, "risk_consent": true },
            ],
            "personal_limit": "20.00",
            "persons": [{ "user_id": user(8), "name": "八", "limit": "5.00" }],
        }))
        .unwrap()
    }

    fn of(amount: i64, spoken: &[Spoken]) -> Case<'_> {
        Case { maker: user(1), weight: Weight::Line(fen(amount)), spoken }
    }

    fn last(amount: i64, spoken: &[Spoken], by: u128) -> Result<bool, NotYours> {
        approve(&authority(), of(amount, spoken), user(by), None).map(|counted| counted.last)
    }

    #[test]
    fn one_approver_is_enough_up_to_the_level_and_two_different_ones_above() {
        assert_eq!(last(100, &[], 2), Ok(true));
        assert_eq!(last(101, &[], 2), Ok(false));
        assert_eq!(last(101, &[said(2, Word::Approves)], 2), Err(NotYours::SpokenBefore));
        assert_eq!(last(101, &[said(2, Word::Approves)], 3), Ok(true));
        let waits = |spoken: &[Spoken]| missing(&authority(), of(101, spoken));
        assert_eq!((waits(&[]), waits(&[said(9, Word::Consents), said(2, Word::Approves)])), (2, 1));
        assert_eq!(last(100, &[], 1), Err(NotYours::Own));
    }

    #[test]
    fn an_amount_beyond_the_own_authority_is_for_somebody_else() {
        let beyond = |asked, limit| Err(NotYours::Beyond { asked: fen(asked), limit: fen(limit) });
        assert_eq!(last(501, &[], 8), beyond(501, 500));
        assert_eq!(last(500, &[], 8), Ok(false));
        assert_eq!(last(2_001, &[said(9, Word::Consents)], 2), beyond(2_001, 2_000));
        let lent = Lent {
            delegation_id: contracts::DelegationId::from_uuid(Uuid::nil()),
            from_id: user(7),
            from: "七".into(),
            cap: Some(fen(700)),
        };
        let under = |lent: &Lent, by| approve(&authority(), of(600, &[]), user(by), Some(lent));
        assert!(!under(&lent, 8).unwrap().last, "a colleague's authority reaches further than the own one");
        let makers = Lent { from_id: user(1), ..lent.clone() };
        assert_eq!(under(&makers, 8), Err(NotYours::Own));
        // Whose authority was used has spoken as well.
        let first = Spoken { lent_by: Some(user(7)), ..said(8, Word::Approves) };
        assert_eq!(last(600, &[first], 7), Err(NotYours::SpokenBefore));
    }

    #[test]
    fn above_the_highest_level_the_risk_manager_speaks_first_and_the_last_word_counts() {
        let (no, yes) = (said(9, Word::Denies), said(9, Word::Consents));
        let denied = Err(NotYours::ConsentDenied { by: "9".into(), comment: "理由".into() });
        assert_eq!(last(1_001, &[], 2), Err(NotYours::ConsentMissing));
        assert_eq!(last(1_001, std::slice::from_ref(&no), 2), denied);
        assert_eq!(last(1_001, &[no.clone(), yes.clone()], 2), Ok(false));
        assert_eq!(last(1_001, &[yes.clone(), no], 2), denied);
        assert_eq!(last(1_001, &[yes.clone(), said(2, Word::Approves)], 3), Ok(true));
        assert_eq!(last(1_001, &[yes], 9), Err(NotYours::SpokenBefore), "nobody is both");
        assert_eq!(consent(of(1_001, &[]), user(1)), Err(NotYours::Own));
        assert_eq!(consent(of(1_001, &[said(2, Word::Approves)]), user(2)), Err(NotYours::SpokenBefore));
        assert_eq!(consent(of(1_001, &[said(2, Word::Approves)]), user(9)), Ok(()));
    }

    #[test]
    fn a_change_weighs_the_limit_after_it_unless_it_only_takes_away() {
        let line = facility(500, 0, 0);
        let to = |limit| Change { limit: Some(fen(limit)), ..Change::default() };
        assert_eq!(to(501).weight(&line), Weight::Line(fen(501)));
        assert_eq!(to(499).weight(&line), Weight::TakesAway);
        let one = contracts::OrgId::from_uuid(Uuid::from_u128(5));
        let pause = Change { pause: vec![one], reason: "逾期".into(), ..Change::default() };
        assert_eq!(pause.weight(&line), Weight::TakesAway);
        // Letting go on gives credit again, also beside what takes away.
        let resume = Change { resume: vec![one], reason: "已结清".into(), ..Change::default() };
        assert_eq!(resume.weight(&line), Weight::Line(fen(500)));
        let both = Change { resume: vec![one], pause: vec![one], ..to(499) };
        assert_eq!(both.weight(&line), Weight::Line(fen(499)));
        let looser = Change { pool_cap: Some(finance::Rate::ONE), ..to(499) };
        assert_eq!(looser.weight(&line), Weight::Line(fen(499)));
        let longer = Change { available_until: Some("2028-01-01".parse().unwrap()), ..Change::default() };
        assert_eq!(longer.weight(&line), Weight::Line(fen(500)));
        assert_eq!(
            approve(&authority(), Case { weight: Weight::TakesAway, ..of(0, &[]) }, user(8), None)
                .map(|one| one.last),
            Ok(true)
        );
    }
}
