//! The approver's yes: never by the assessor, never above what was recommended, only while every valuation
//! may be relied on, the facility is open and no other pledge holds a patent.

use std::collections::HashMap;

use contracts::{PatentId, PledgeId};
use finance::Money;

use super::{
    Application, ApplicationStatus, Decision, Refusal, application::Hand, eligibility::Terms,
    refusal::ValuationFlaw,
};

/// Approves an application, for the amount named or for the one recommended.
///
/// # Errors
/// Not assessed, the assessor's own hand, an amount above the recommendation, valuations that have ended, a
/// facility that is not open, or a patent under another pledge.
pub fn approve(
    application: Application,
    amount: Option<Money>,
    comment: &str,
    terms: &Terms,
    held: &HashMap<PatentId, PledgeId>,
    by: &Hand,
) -> Result<Application, Refusal> {
    let recommended = match (&application.assessment, application.status) {
        (Some(assessment), ApplicationStatus::Assessed) => assessment.recommended_amount,
        (_, status) => return Err(Refusal::NotInStatus { status }),
    };
    if application.was_assessed_by(by.user) {
        return Err(Refusal::FourEyes);
    }
    let amount = amount.unwrap_or(recommended);
    if amount > recommended {
        return Err(Refusal::AboveAmount { asked: amount, most: recommended });
    }
    let ended = application.patents.iter().filter(|patent| patent.valid_until.is_none_or(|day| day < by.on));
    let flaws: Vec<_> = ended.map(|patent| (patent.patent_id, ValuationFlaw::Expired)).collect();
    if !flaws.is_empty() {
        return Err(Refusal::Valuations { flaws });
    }
    if !terms.active || by.on > terms.available_until {
        return Err(Refusal::FacilityClosed);
    }
    let pledged = application.patents.iter().filter(|patent| held.contains_key(&patent.patent_id));
    let patents: Vec<String> = pledged.map(|patent| patent.number.clone()).collect();
    if !patents.is_empty() {
        return Err(Refusal::AlreadyPledged { patents });
    }
    Ok(Application {
        status: ApplicationStatus::Approved,
        decision: Some(Decision {
            by: by.name.clone(),
            by_id: by.user,
            at: by.at,
            outcome: ApplicationStatus::Approved,
            amount,
            reason: comment.to_owned(),
        }),
        holds_reservation: true,
        version: application.version + 1,
        ..application
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applications::model::samples::{application, approver, assessed, day, officer, terms};

    fn decide(amount: Option<i64>, terms: &Terms, by: &Hand) -> Result<Application, Refusal> {
        approve(assessed(), amount.map(Money::from_fen), "同意", terms, &HashMap::new(), by)
    }

    #[test]
    fn the_amount_recommended_is_approved_unless_less_is_named() {
        let approved = |amount| decide(amount, &terms(), &approver()).unwrap().approved_amount();
        assert_eq!(approved(None), Some(Money::from_fen(500_000)));
        assert_eq!(approved(Some(400_000)), Some(Money::from_fen(400_000)));
        assert_eq!(
            decide(Some(500_001), &terms(), &approver()),
            Err(Refusal::AboveAmount { asked: Money::from_fen(500_001), most: Money::from_fen(500_000) })
        );
    }

    #[test]
    fn the_assessor_never_approves() {
        assert_eq!(decide(None, &terms(), &officer()), Err(Refusal::FourEyes));
    }

    #[test]
    fn nothing_is_approved_before_it_is_assessed() {
        let refused = approve(application(), None, "", &terms(), &HashMap::new(), &approver());
        assert_eq!(refused, Err(Refusal::NotInStatus { status: ApplicationStatus::Submitted }));
    }

    #[test]
    fn nothing_is_approved_on_valuations_that_have_ended() {
        let late = Hand { on: day("2027-05-25"), ..approver() };
        let terms = Terms { available_until: day("2027-12-31"), ..terms() };
        assert!(
            matches!(decide(None, &terms, &late), Err(Refusal::Valuations { flaws }) if flaws.len() == 2)
        );
        assert!(decide(None, &terms, &Hand { on: day("2027-05-24"), ..approver() }).is_ok());
    }

    #[test]
    fn nothing_is_approved_on_a_closed_facility_or_a_patent_pledged_meanwhile() {
        let suspended = Terms { active: false, ..terms() };
        assert_eq!(decide(None, &suspended, &approver()), Err(Refusal::FacilityClosed));
        let held =
            HashMap::from([(assessed().patents[0].patent_id, PledgeId::from_uuid(uuid::Uuid::from_u128(7)))]);
        let refused = approve(assessed(), None, "", &terms(), &held, &approver());
        assert!(matches!(refused, Err(Refusal::AlreadyPledged { patents }) if patents.len() == 1));
    }
}
