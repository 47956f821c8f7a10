//! A registered pledge is valued anew: a newer valuation of the bank's own takes the place of the one relied on. An officer
//! proposes it and another person decides; what lowers a value counts at once, without waiting for anybody.
//!
//! What the pledge carries never exceeds its secured claim: a higher value lends no more until a higher claim is registered.

use std::{fmt, str::FromStr};

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{OrgId, PatentId, PledgeId, RevaluationId, UserId, ValuationId};
use finance::{Money, MoneyError, Rate, Rounding};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Pledge, PledgeStatus, Refusal, pledge::share};
use crate::applications::Hand;

/// Where a revaluation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RevaluationStatus {
    /// 待审批
    Proposed,
    /// 已采纳
    Approved,
    /// 未采纳
    Refused,
    /// 自动下调: a lower value of the bank's own counts at once
    Automatic,
}

impl RevaluationStatus {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Proposed, Self::Approved, Self::Refused, Self::Automatic];

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Automatic => "automatic",
        }
    }

    /// The Chinese word.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Proposed => "待审批",
            Self::Approved => "已采纳",
            Self::Refused => "未采纳",
            Self::Automatic => "自动下调",
        }
    }
}

impl fmt::Display for RevaluationStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for RevaluationStatus {
    type Err = super::pledge::UnknownStatus;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|one| one.name() == text).ok_or(super::pledge::UnknownStatus)
    }
}

/// What a valuation says of a patent as collateral.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = RevaluedWorth)]
pub struct NewWorth {
    /// The valuation.
    pub valuation_id: ValuationId,
    /// The patent's value as collateral.
    pub collateral_value: Money,
    /// The most that may be lent on it alone.
    pub maximum_loan: Money,
    /// The last day on which it may be relied on.
    pub valid_until: NaiveDate,
}

/// One patent valued anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RevaluedPatent {
    /// The patent.
    pub patent_id: PatentId,
    /// Its publication number.
    pub number: String,
    /// The valuation relied on before.
    pub valuation_before: ValuationId,
    /// The value before.
    pub value_before: Money,
    /// How long that could be relied on.
    pub valid_before: NaiveDate,
    /// What takes its place.
    #[serde(flatten)]
    pub worth: NewWorth,
}

/// A pledge valued anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Revaluation {
    /// Its id.
    pub id: RevaluationId,
    /// The pledge.
    pub pledge_id: PledgeId,
    /// The pledge's number.
    pub pledge_number: String,
    /// The bank.
    pub bank_id: OrgId,
    /// The pledgor.
    pub enterprise_id: OrgId,
    /// Its name.
    pub enterprise_name: String,
    /// Where it is.
    pub status: RevaluationStatus,
    /// The patents.
    pub patents: Vec<RevaluedPatent>,
    /// The pledge's collateral value before.
    pub collateral_before: Money,
    /// The same with the new values.
    pub collateral_after: Money,
    /// What the pledge carried before.
    pub carrying_before: Money,
    /// What it carries with the new values, as far as its secured claim.
    pub carrying_after: Money,
    /// In the officer's words.
    pub comment: String,
    /// Who proposed it, for people.
    pub proposed_by: String,
    /// The same by id; none where the valuation itself brought it about.
    #[serde(skip)]
    pub proposed_by_id: Option<UserId>,
    /// When.
    pub proposed_at: DateTime<Utc>,
    /// Who decided, for people.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// In words.
    pub decision_note: Option<String>,
    /// Counts its changes, from 1.
    pub version: i64,
}

/// What is to be valued anew of a pledge, patent by patent.
///
/// # Errors
/// Not registered; a patent that is not under the pledge or stands twice; the valuation relied on already.
pub fn compared(pledge: &Pledge, named: Vec<(PatentId, NewWorth)>) -> Result<Vec<RevaluedPatent>, Refusal> {
    if pledge.status != PledgeStatus::Registered {
        return Err(Refusal::NotInStatus { status: pledge.status });
    }
    let mut found: Vec<RevaluedPatent> = Vec::with_capacity(named.len());
    let mut strangers = Vec::new();
    for (id, worth) in named {
        let twice = found.iter().any(|one| one.patent_id == id);
        match pledge.held().find(|one| one.patent_id == id && !twice) {
            None => strangers.push(id),
            Some(patent) if patent.valuation_id == worth.valuation_id => {}
            Some(patent) => found.push(RevaluedPatent {
                patent_id: id,
                number: patent.number.clone(),
                valuation_before: patent.valuation_id,
                value_before: patent.collateral_value,
                valid_before: patent.valid_until,
                worth,
            }),
        }
    }
    if !strangers.is_empty() {
        return Err(Refusal::NotUnderPledge { patents: strangers });
    }
    if found.is_empty() { Err(Refusal::NothingToChange) } else { Ok(found) }
}

/// Whether a valuation just made counts at once: it is newer than the one relied on and says less. Ids of valuations
/// follow the order in which they were made.
#[must_use]
pub fn lowers(pledge: &Pledge, patent: PatentId, worth: &NewWorth) -> bool {
    pledge.status == PledgeStatus::Registered
        && pledge.held().any(|one| {
            one.patent_id == patent
                && worth.valuation_id > one.valuation_id
                && worth.collateral_value < one.collateral_value
        })
}

/// The pledge with the new values. `ltv_cap` is the line's; where it is not known the pledge's own ratio stays.
///
/// # Errors
/// When a sum is beyond the range of money.
pub fn revalued(
    pledge: Pledge,
    patents: &[RevaluedPatent],
    ltv_cap: Option<Rate>,
) -> Result<Pledge, MoneyError> {
    let (value_before, loan_before) = (pledge.collateral_value, pledge.maximum_loan);
    let mut changed = pledge;
    for patent in &mut changed.patents {
        let alone = share(loan_before, patent.collateral_value, value_before)?;
        patent.maximum_loan = Some(patent.maximum_loan.unwrap_or(alone).min(patent.collateral_value));
        if let Some(new) = patents.iter().find(|one| one.patent_id == patent.patent_id) {
            let worth = &new.worth;
            patent.valuation_id = worth.valuation_id;
            patent.collateral_value = worth.collateral_value;
            patent.maximum_loan = Some(worth.maximum_loan.min(worth.collateral_value));
            patent.valid_until = patent.ends_on.map_or(worth.valid_until, |end| end.min(worth.valid_until));
        }
    }
    let collateral_value = Money::total(changed.held().map(|one| one.collateral_value))?;
    let alone = Money::total(changed.held().filter_map(|one| one.maximum_loan))?;
    let together = match ltv_cap {
        Some(cap) => collateral_value.scale(cap, Rounding::Down)?,
        None => share(loan_before, collateral_value, value_before)?,
    };
    Ok(Pledge { collateral_value, maximum_loan: alone.min(together), ..changed })
}

/// Decides about what was proposed: another person than who proposed it, on a pledge that is still registered and still
/// relies on the valuations that the proposal was compared with.
///
/// # Errors
/// Decided already, the proposer's hand, valuations that have ended meanwhile, or that another took the place of.
pub fn decide(
    proposed: Revaluation,
    pledge: &Pledge,
    (approves, note): (bool, String),
    by: &Hand,
) -> Result<Revaluation, Refusal> {
    if proposed.status != RevaluationStatus::Proposed {
        return Err(Refusal::RevaluationDecided { status: proposed.status });
    }
    if proposed.proposed_by_id == Some(by.user) {
        return Err(Refusal::FourEyes);
    }
    if approves {
        if pledge.status != PledgeStatus::Registered {
            return Err(Refusal::NotInStatus { status: pledge.status });
        }
        let ended = proposed.patents.iter().filter(|one| one.worth.valid_until < by.on);
        let patents: Vec<String> = ended.map(|one| one.number.clone()).collect();
        if !patents.is_empty() {
            return Err(Refusal::ValuationsEnded { patents });
        }
        let stands = |new: &RevaluedPatent| {
            pledge
                .held()
                .any(|one| one.patent_id == new.patent_id && one.valuation_id == new.valuation_before)
        };
        if !proposed.patents.iter().all(stands) {
            return Err(Refusal::RevaluationOvertaken);
        }
    }
    let status = if approves { RevaluationStatus::Approved } else { RevaluationStatus::Refused };
    Ok(Revaluation {
        status,
        decided_by: Some(by.name.clone()),
        decided_at: Some(by.at),
        decision_note: Some(note).filter(|note| !note.is_empty()),
        version: proposed.version + 1,
        ..proposed
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        applications::model::samples::{approver, officer},
        registration::model::{
            collateral::carrying,
            samples::{day, fen, patent_id, registered},
        },
    };

    fn worth(number: u128, value: i64, loan: i64, until: &str) -> NewWorth {
        NewWorth {
            valuation_id: uuid::Uuid::from_u128(1_000_000 + number).into(),
            collateral_value: fen(value),
            maximum_loan: fen(loan),
            valid_until: day(until),
        }
    }

    fn anew(value: i64, loan: i64) -> Vec<RevaluedPatent> {
        compared(&registered(), vec![(patent_id(1), worth(1, value, loan, "2027-11-24"))]).unwrap()
    }

    fn half() -> Option<Rate> {
        Some(Rate::from_basis_points(5_000))
    }

    fn proposal(patents: Vec<RevaluedPatent>) -> Revaluation {
        let pledge = registered();
        Revaluation {
            id: uuid::Uuid::from_u128(77).into(),
            pledge_id: pledge.id,
            pledge_number: pledge.number,
            bank_id: pledge.bank_id,
            enterprise_id: pledge.enterprise_id,
            enterprise_name: pledge.enterprise_name,
            status: RevaluationStatus::Proposed,
            patents,
            collateral_before: fen(1_500_000),
            collateral_after: fen(2_500_000),
            carrying_before: fen(500_000),
            carrying_after: fen(500_000),
            comment: "定期重估".into(),
            proposed_by: officer().name,
            proposed_by_id: Some(officer().user),
            proposed_at: officer().at,
            decided_by: None,
            decided_at: None,
            decision_note: None,
            version: 1,
        }
    }

    /// Two patents of 1,000,000 and 500,000 fen, together good for 750,000; 500,000 are secured.
    #[test]
    fn a_higher_value_lengthens_validity_and_lends_no_more_than_the_secured_claim() {
        let pledge = revalued(registered(), &anew(2_000_000, 1_000_000), half()).unwrap();
        assert_eq!((pledge.collateral_value, pledge.maximum_loan), (fen(2_500_000), fen(1_250_000)));
        assert_eq!(pledge.patents[0].valid_until, day("2027-11-24"));
        assert_eq!(carrying(&pledge, None).unwrap(), fen(500_000));
    }

    #[test]
    fn a_lower_value_carries_less_at_once() {
        let pledge = revalued(registered(), &anew(200_000, 100_000), half()).unwrap();
        assert_eq!((pledge.collateral_value, pledge.maximum_loan), (fen(700_000), fen(350_000)));
        assert_eq!(carrying(&pledge, None).unwrap(), fen(350_000));
        let nothing = revalued(registered(), &anew(0, 0), None).unwrap();
        assert_eq!(nothing.maximum_loan, fen(250_000), "the other patent alone");
    }

    #[test]
    fn only_a_newer_and_lower_value_counts_without_anybody() {
        let lower =
            |number, value| lowers(&registered(), patent_id(1), &worth(number, value, 1, "2027-11-24"));
        assert!(lower(1, 999_999));
        assert!(!lower(1, 1_000_000));
        let old = NewWorth { valuation_id: uuid::Uuid::nil().into(), ..worth(1, 1, 1, "2027-11-24") };
        assert!(!lowers(&registered(), patent_id(1), &old), "an older valuation that is told late");
    }

    #[test]
    fn what_is_named_must_be_under_the_pledge_and_new() {
        let one = |patent| compared(&registered(), vec![(patent_id(patent), worth(1, 9, 9, "2027-11-24"))]);
        assert_eq!(one(9), Err(Refusal::NotUnderPledge { patents: vec![patent_id(9)] }));
        let same =
            NewWorth { valuation_id: registered().patents[0].valuation_id, ..worth(1, 9, 9, "2027-11-24") };
        assert_eq!(compared(&registered(), vec![(patent_id(1), same)]), Err(Refusal::NothingToChange));
        let gone = Pledge { status: PledgeStatus::Cancelled, ..registered() };
        let refused = compared(&gone, vec![(patent_id(1), worth(1, 9, 9, "2027-11-24"))]);
        assert_eq!(refused, Err(Refusal::NotInStatus { status: PledgeStatus::Cancelled }));
    }

    #[test]
    fn another_person_decides_on_valuations_that_hold_and_that_nothing_has_overtaken() {
        let yes = || (true, String::new());
        let made = proposal(anew(2_000_000, 1_000_000));
        assert_eq!(decide(made.clone(), &registered(), yes(), &officer()), Err(Refusal::FourEyes));
        let done = decide(made.clone(), &registered(), yes(), &approver()).unwrap();
        assert_eq!(done.status, RevaluationStatus::Approved);
        let decided = Refusal::RevaluationDecided { status: RevaluationStatus::Approved };
        assert_eq!(decide(done, &registered(), yes(), &approver()), Err(decided));
        let lowered = revalued(registered(), &anew(9, 9), half()).unwrap();
        assert_eq!(decide(made.clone(), &lowered, yes(), &approver()), Err(Refusal::RevaluationOvertaken));
        let late = Hand { on: day("2027-11-25"), ..approver() };
        let refused = decide(made.clone(), &registered(), yes(), &late);
        assert!(matches!(refused, Err(Refusal::ValuationsEnded { .. })));
        let no = decide(made, &lowered, (false, "依据不足".into()), &approver()).unwrap();
        assert_eq!((no.status, no.decision_note.as_deref()), (RevaluationStatus::Refused, Some("依据不足")));
    }
}
