//! The approver's yes: never by the assessor, never above what was recommended, within the approver's own authority or
//! one that was lent, only while every valuation may be relied on, the facility is open and no other pledge holds a
//! patent. Above the bank's level it takes two different approvers, and the risk manager's consent first.

use std::collections::HashMap;

use contracts::{PatentId, PledgeId, UserId};
use finance::Money;

use super::{
    Application, ApplicationStatus, Approval, Decision, Refusal,
    application::Hand,
    authority::{ApprovalAuthority, Basis, Demand, Lent},
    eligibility::Terms,
    records::ApprovedTerms,
    refusal::{FlawedValuation, ValuationFlaw},
};

/// What an approver says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vote {
    /// Less than recommended, where the approver wants so.
    pub amount: Option<Money>,
    /// The approver's comment; may be empty.
    pub comment: String,
    /// A colleague's authority that is used.
    pub lent: Option<Lent>,
    /// What the approver says of the loan beside its amount.
    pub terms: ApprovedTerms,
}

/// What the decision is taken on.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// The facility.
    pub terms: &'a Terms,
    /// The live pledges, by patent.
    pub held: &'a HashMap<PatentId, PledgeId>,
    /// The bank's authority.
    pub authority: &'a ApprovalAuthority,
    /// What the borrower's other applications hold at the bank.
    pub held_by_others: Money,
}

/// Approves an application, for the amount named or for the one recommended: for good, or for the first time where the
/// bank wants two.
///
/// # Errors
/// Not assessed; the assessor's, the first approver's or a former refuser's hand; an amount above the recommendation or
/// beyond the authority; the risk manager's consent missing; valuations that have ended, a facility that is not open, or
/// a patent under another pledge.
pub fn approve(
    application: Application,
    vote: Vote,
    situation: Situation<'_>,
    by: &Hand,
) -> Result<Application, Refusal> {
    let most = most(&application)?;
    may_decide(&application, vote.lent.as_ref(), by.user)?;
    let amount = vote.amount.unwrap_or(most);
    if amount > most {
        return Err(Refusal::AboveAmount { asked: amount, most });
    }
    still_sound(&application, situation, by)?;
    let demand = demanded(&application, vote.lent.as_ref(), amount, situation, by.user)?;
    let terms = vote.terms.with(application.first_approval.as_ref().map(|first| &first.terms));
    if demand.approvers > 1 && application.status == ApplicationStatus::Assessed {
        return Ok(Application {
            status: ApplicationStatus::ApprovedOnce,
            first_approval: Some(Approval {
                by: by.name.clone(),
                by_id: by.user,
                at: by.at,
                amount,
                comment: vote.comment,
                under: vote.lent,
                demand,
                terms,
            }),
            version: application.version + 1,
            ..application
        });
    }
    Ok(Application {
        status: ApplicationStatus::Approved,
        decision: Some(Decision {
            by: by.name.clone(),
            by_id: by.user,
            at: by.at,
            outcome: ApplicationStatus::Approved,
            amount,
            reason: vote.comment,
            under: vote.lent,
            demand: Some(demand),
            terms,
        }),
        clock: None,
        holds_reservation: true,
        version: application.version + 1,
        ..application
    })
}

/// The most that may be approved: what was recommended, or what the first approver agreed to.
fn most(application: &Application) -> Result<Money, Refusal> {
    match (&application.assessment, &application.first_approval, application.status) {
        (Some(assessment), _, ApplicationStatus::Assessed) => Ok(assessment.recommended_amount),
        (Some(_), Some(first), ApplicationStatus::ApprovedOnce) => Ok(first.amount),
        (_, _, status) => Err(Refusal::NotInStatus { status }),
    }
}

/// Everybody whose judgement or authority stands behind a vote.
fn behind(user: UserId, lent: Option<&Lent>) -> impl Iterator<Item = UserId> {
    [Some(user), lent.map(|lent| lent.from_id)].into_iter().flatten()
}

/// Whether a person, alone or with a lent authority, may decide this application at all.
///
/// # Errors
/// The assessor, somebody whose refusal was lifted on appeal, or somebody who has approved it already.
pub fn may_decide(application: &Application, lent: Option<&Lent>, user: UserId) -> Result<(), Refusal> {
    if behind(user, lent).any(|one| application.was_assessed_by(one)) {
        return Err(Refusal::FourEyes);
    }
    if application
        .appeal
        .as_ref()
        .is_some_and(|appeal| behind(user, lent).any(|one| one == appeal.refused_by_id))
    {
        return Err(Refusal::OwnRefusal);
    }
    if application.consent.as_ref().is_some_and(|consent| behind(user, lent).any(|one| one == consent.by_id))
    {
        return Err(Refusal::SameApprover);
    }
    if let (Some(first), ApplicationStatus::ApprovedOnce) = (&application.first_approval, application.status)
    {
        let twice = behind(user, lent)
            .any(|one| behind(first.by_id, first.under.as_ref()).any(|earlier| earlier == one));
        if twice {
            return Err(Refusal::SameApprover);
        }
    }
    Ok(())
}

fn still_sound(application: &Application, situation: Situation<'_>, by: &Hand) -> Result<(), Refusal> {
    let ended = application.patents.iter().filter(|patent| patent.valid_until.is_none_or(|day| day < by.on));
    let flaws: Vec<_> = ended
        .map(|patent| FlawedValuation {
            patent_id: patent.patent_id,
            number: patent.number.clone(),
            why: ValuationFlaw::Expired,
        })
        .collect();
    if !flaws.is_empty() {
        return Err(Refusal::Valuations { flaws });
    }
    if !situation.terms.active || by.on > situation.terms.available_until {
        return Err(Refusal::FacilityClosed);
    }
    let pledged = application.patents.iter().filter(|patent| situation.held.contains_key(&patent.patent_id));
    let patents: Vec<String> = pledged.map(|patent| patent.number.clone()).collect();
    if patents.is_empty() { Ok(()) } else { Err(Refusal::AlreadyPledged { patents }) }
}

/// What the amount takes, once this person's authority reaches it and the risk manager has agreed where it must.
fn demanded(
    application: &Application,
    lent: Option<&Lent>,
    amount: Money,
    situation: Situation<'_>,
    user: UserId,
) -> Result<Demand, Refusal> {
    let deciding = deciding_amount(situation.authority.basis, amount, situation.held_by_others);
    situation.authority.reaches(user, lent, deciding)?;
    let demand = situation.authority.demand(deciding);
    if demand.risk_consent {
        match &application.consent {
            None => return Err(Refusal::ConsentMissing),
            Some(consent) if !consent.agrees => {
                return Err(Refusal::ConsentDenied {
                    by: consent.by.clone(),
                    comment: consent.comment.clone(),
                });
            }
            Some(_) => {}
        }
    }
    Ok(demand)
}

/// The amount that decides the level. A sum beyond the range of money is the highest there is.
#[must_use]
pub fn deciding_amount(basis: Basis, amount: Money, held_by_others: Money) -> Money {
    match basis {
        Basis::Application => amount,
        Basis::Obligor => amount.checked_add(held_by_others).unwrap_or(Money::MAX),
    }
}

#[cfg(test)]
mod tests {
    use contracts::DelegationId;
    use uuid::Uuid;

    use super::*;
    use crate::applications::model::{
        authority::Level,
        consent::consent,
        samples::{application, approver, assessed, day, officer, risk_manager, second_approver, terms},
    };

    fn vote(amount: Option<i64>) -> Vote {
        Vote { amount: amount.map(Money::from_fen), comment: "同意".into(), ..Vote::default() }
    }

    fn decide(
        application: Application,
        vote: Vote,
        terms: &Terms,
        authority: &ApprovalAuthority,
        by: &Hand,
    ) -> Result<Application, Refusal> {
        let held = HashMap::new();
        let situation = Situation { terms, held: &held, authority, held_by_others: Money::ZERO };
        approve(application, vote, situation, by)
    }

    fn alone(amount: Option<i64>, terms: &Terms, by: &Hand) -> Result<Application, Refusal> {
        decide(assessed(), vote(amount), terms, &ApprovalAuthority::default(), by)
    }

    /// Two approvers above 4,000 yuan, the risk manager's consent above 4,500.
    fn two() -> ApprovalAuthority {
        let level = |up_to: Option<i64>, approvers, risk_consent| Level {
            up_to: up_to.map(Money::from_fen),
            approvers,
            risk_consent,
        };
        ApprovalAuthority {
            levels: vec![
                level(Some(400_000), 1, false),
                level(Some(450_000), 2, false),
                level(None, 2, true),
            ],
            ..ApprovalAuthority::default()
        }
    }

    #[test]
    fn the_amount_recommended_is_approved_unless_less_is_named() {
        let approved = |amount| alone(amount, &terms(), &approver()).unwrap().approved_amount();
        assert_eq!(approved(None), Some(Money::from_fen(500_000)));
        assert_eq!(approved(Some(400_000)), Some(Money::from_fen(400_000)));
        assert_eq!(
            alone(Some(500_001), &terms(), &approver()),
            Err(Refusal::AboveAmount { asked: Money::from_fen(500_001), most: Money::from_fen(500_000) })
        );
    }

    #[test]
    fn the_assessor_never_approves() {
        assert_eq!(alone(None, &terms(), &officer()), Err(Refusal::FourEyes));
    }

    #[test]
    fn nothing_is_approved_before_it_is_assessed() {
        let refused = decide(application(), vote(None), &terms(), &ApprovalAuthority::default(), &approver());
        assert_eq!(refused, Err(Refusal::NotInStatus { status: ApplicationStatus::Submitted }));
    }

    #[test]
    fn nothing_is_approved_on_valuations_that_have_ended() {
        let late = Hand { on: day("2027-05-25"), ..approver() };
        let terms = Terms { available_until: day("2027-12-31"), ..terms() };
        assert!(matches!(alone(None, &terms, &late), Err(Refusal::Valuations { flaws }) if flaws.len() == 2));
        assert!(alone(None, &terms, &Hand { on: day("2027-05-24"), ..approver() }).is_ok());
    }

    #[test]
    fn nothing_is_approved_on_a_closed_facility_or_a_patent_pledged_meanwhile() {
        let suspended = Terms { active: false, ..terms() };
        assert_eq!(alone(None, &suspended, &approver()), Err(Refusal::FacilityClosed));
        let held =
            HashMap::from([(assessed().patents[0].patent_id, PledgeId::from_uuid(Uuid::from_u128(7)))]);
        let situation = Situation {
            terms: &terms(),
            held: &held,
            authority: &ApprovalAuthority::default(),
            held_by_others: Money::ZERO,
        };
        let refused = approve(assessed(), vote(None), situation, &approver());
        assert!(matches!(refused, Err(Refusal::AlreadyPledged { patents }) if patents.len() == 1));
    }

    #[test]
    fn above_the_level_it_takes_two_and_never_the_same_person_twice() {
        let once = decide(assessed(), vote(Some(450_000)), &terms(), &two(), &approver()).unwrap();
        assert_eq!((once.status, once.approved_amount()), (ApplicationStatus::ApprovedOnce, None));
        assert!(!once.holds_reservation && once.decision.is_none());
        let again = decide(once.clone(), vote(None), &terms(), &two(), &approver());
        assert_eq!(again, Err(Refusal::SameApprover));
        let more = decide(once.clone(), vote(Some(450_001)), &terms(), &two(), &second_approver());
        assert!(matches!(more, Err(Refusal::AboveAmount { .. })));
        let twice = decide(once, vote(None), &terms(), &two(), &second_approver()).unwrap();
        assert_eq!(twice.approved_amount(), Some(Money::from_fen(450_000)));
        assert!(twice.holds_reservation);
        assert_eq!(twice.first_approval.map(|first| first.by_id), Some(approver().user));
    }

    #[test]
    fn an_amount_brought_below_the_level_takes_one() {
        let approved = decide(assessed(), vote(Some(400_000)), &terms(), &two(), &approver()).unwrap();
        assert_eq!(approved.status, ApplicationStatus::Approved);
        assert_eq!(approved.decision.and_then(|decision| decision.demand).map(|one| one.approvers), Some(1));
    }

    #[test]
    fn above_the_second_level_the_risk_manager_speaks_first() {
        let missing = decide(assessed(), vote(None), &terms(), &two(), &approver());
        assert_eq!(missing, Err(Refusal::ConsentMissing));
        let denied = consent(assessed(), false, "集中度过高", &risk_manager()).unwrap();
        let refused = decide(denied, vote(None), &terms(), &two(), &approver());
        assert!(matches!(refused, Err(Refusal::ConsentDenied { .. })));
        let agreed = consent(assessed(), true, "可控", &risk_manager()).unwrap();
        let by = Hand { user: risk_manager().user, ..approver() };
        let own = decide(agreed.clone(), vote(None), &terms(), &two(), &by);
        assert_eq!(own, Err(Refusal::SameApprover), "who consented does not approve as well");
        assert!(decide(agreed, vote(None), &terms(), &two(), &approver()).is_ok());
    }

    #[test]
    fn a_lent_authority_stands_for_the_one_who_lent_it() {
        let lent = |from: &Hand| Lent {
            delegation_id: DelegationId::from_uuid(Uuid::from_u128(9)),
            from_id: from.user,
            from: from.name.clone(),
            cap: None,
        };
        let with = |from: &Hand| Vote { lent: Some(lent(from)), ..vote(Some(450_000)) };
        let assessors = decide(assessed(), with(&officer()), &terms(), &two(), &approver());
        assert_eq!(assessors, Err(Refusal::FourEyes));
        let once = decide(assessed(), with(&second_approver()), &terms(), &two(), &approver()).unwrap();
        let lender = decide(once, vote(None), &terms(), &two(), &second_approver());
        assert_eq!(lender, Err(Refusal::SameApprover), "the lender's authority is used already");
    }

    #[test]
    fn what_the_borrower_has_elsewhere_counts_where_the_bank_says_so() {
        let (amount, held) = (Money::from_fen(300), Money::from_fen(200));
        assert_eq!(deciding_amount(Basis::Application, amount, held), amount);
        assert_eq!(deciding_amount(Basis::Obligor, amount, held), Money::from_fen(500));
        assert_eq!(deciding_amount(Basis::Obligor, amount, Money::MAX), Money::MAX);
    }
}
