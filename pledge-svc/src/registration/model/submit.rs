//! Sending a pledge to the register: for an approved application, over every patent of it, for the amount approved,
//! with a contract that says what it must, and only when the register would have no ground to refuse it.

use std::collections::HashMap;

use chrono::NaiveDate;
use contracts::{PatentId, PledgeId};

use super::{Pledge, PledgeStatus, PledgedPatent, Refusal, Right};
use crate::applications::{Application, Finding, FindingCode, Hand, OfferedPatent, model::PatentFacts};

/// Makes the pledge of an approved application. `findings` are the grounds found against its patents and its
/// contract today.
///
/// # Errors
/// Not approved, a pledge exists, valuations that have ended, or a ground that no declaration lifts.
pub fn submit(
    application: &Application,
    facts: &[PatentFacts],
    findings: &[Finding],
    (id, number): (PledgeId, String),
    by: &Hand,
) -> Result<Pledge, Refusal> {
    let (Some(secured_amount), Some(assessment)) =
        (application.approved_amount(), application.assessment.as_ref())
    else {
        return Err(Refusal::NotApproved);
    };
    if application.pledge_id.is_some() {
        return Err(Refusal::PledgeExists);
    }
    let ended = application.patents.iter().filter(|patent| patent.valid_until.is_none_or(|day| day < by.on));
    let ended: Vec<String> = ended.map(|patent| patent.number.clone()).collect();
    if !ended.is_empty() {
        return Err(Refusal::ValuationsEnded { patents: ended });
    }
    registrable(findings, &application.declarations)?;
    let known: HashMap<PatentId, &PatentFacts> = facts.iter().map(|one| (one.id, one)).collect();
    let patents =
        application.patents.iter().filter_map(|one| pledged(one, known.get(&one.patent_id).copied()));
    Ok(Pledge {
        id,
        number,
        application_id: application.id,
        facility_id: application.facility_id,
        bank_id: application.bank_id,
        bank_name: application.bank_name.clone(),
        enterprise_id: application.enterprise_id,
        enterprise_name: application.enterprise_name.clone(),
        status: PledgeStatus::Submitted,
        registration_number: None,
        secured_amount,
        collateral_value: assessment.collateral_value,
        maximum_loan: assessment.maximum_loan,
        carrying: assessment.maximum_loan.min(secured_amount),
        debt_until: None,
        tenor_months: Some(application.tenor_months),
        challenged_carries: false,
        patents: patents.collect(),
        filing: None,
        submitted_at: by.at,
        registered_on: None,
        cancelled_on: None,
        cancel_reason: None,
        annulled_on: None,
        version: 1,
    })
}

/// Nothing stands against the pledge but what the parties have declared.
///
/// # Errors
/// [`Refusal::NotRegistrable`] with what stands.
pub fn registrable(findings: &[Finding], declarations: &[FindingCode]) -> Result<(), Refusal> {
    let stands = |finding: &&Finding| finding.stands_against(declarations);
    let findings: Vec<Finding> = findings.iter().filter(stands).cloned().collect();
    if findings.is_empty() { Ok(()) } else { Err(Refusal::NotRegistrable { findings }) }
}

/// Every patent of an assessed application has its valuation; the caller has seen that they are valid. None may be
/// relied on beyond the right itself.
fn pledged(patent: &OfferedPatent, facts: Option<&PatentFacts>) -> Option<PledgedPatent> {
    let ends: Option<NaiveDate> = facts.and_then(|one| one.expires_on);
    let valid_until = patent.valid_until?;
    Some(PledgedPatent {
        patent_id: patent.patent_id,
        number: patent.number.clone(),
        title: patent.title.clone(),
        valuation_id: patent.valuation_id?,
        collateral_value: patent.collateral_value?,
        maximum_loan: patent.maximum_loan,
        valid_until: ends.map_or(valid_until, |end| end.min(valid_until)),
        ends_on: ends,
        annuity_until: facts.and_then(PatentFacts::annuity_until),
        released_on: None,
        right: Right::default(),
    })
}

#[cfg(test)]
mod tests {
    use finance::Money;

    use super::*;
    use crate::{
        applications::{
            model::samples::{approved, assessed, officer, patent},
            with_owners_consent,
        },
        registration::model::samples::day,
    };

    fn id() -> PledgeId {
        PledgeId::from_uuid(uuid::Uuid::from_u128(7))
    }

    fn made(application: &Application, findings: &[Finding], by: &Hand) -> Result<Pledge, Refusal> {
        submit(application, &[patent(1), patent(2)], findings, (id(), "P".into()), by)
    }

    #[test]
    fn the_pledge_secures_the_amount_approved_with_every_patent() {
        let pledge = made(&approved(), &[], &officer()).unwrap();
        assert_eq!(pledge.secured_amount, Money::from_fen(500_000));
        assert_eq!(pledge.maximum_loan, Money::from_fen(750_000));
        assert_eq!(pledge.carrying, Money::from_fen(500_000));
        assert_eq!((pledge.patents.len(), pledge.status), (2, PledgeStatus::Submitted));
    }

    #[test]
    fn only_an_approved_application_without_a_pledge_gets_one() {
        assert_eq!(made(&assessed(), &[], &officer()), Err(Refusal::NotApproved));
        assert_eq!(made(&approved().with_pledge(id()), &[], &officer()), Err(Refusal::PledgeExists));
    }

    #[test]
    fn a_pledge_is_not_made_on_valuations_that_have_ended() {
        let late = Hand { on: day("2027-05-25"), ..officer() };
        let refused = made(&approved(), &[], &late);
        assert!(matches!(refused, Err(Refusal::ValuationsEnded { patents }) if patents.len() == 2));
    }

    #[test]
    fn a_valuation_is_not_relied_on_beyond_the_patents_own_end() {
        let short = PatentFacts { expires_on: Some(day("2027-03-01")), ..patent(1) };
        let by = officer();
        let pledge = submit(&approved(), &[short, patent(2)], &[], (id(), "P".into()), &by).unwrap();
        assert_eq!(pledge.valid_until(), Some(day("2027-03-01")));
        assert_eq!(pledge.first_end(), Some(day("2027-03-01")));
    }

    #[test]
    fn co_owners_consent_by_their_paper_and_not_by_the_parties_declaration() {
        let found = || vec![Finding::new(FindingCode::CoOwned, "CN1B", ("原因", "why"), ("办法", "cure"))];
        let declared = [FindingCode::CoOwned];
        assert_eq!(registrable(&found(), &declared), Ok(()), "an application is taken on the declaration");
        assert!(registrable(&with_owners_consent(found(), false), &declared).is_err());
        assert_eq!(registrable(&with_owners_consent(found(), true), &[]), Ok(()));
    }

    #[test]
    fn what_the_register_would_refuse_is_not_sent_unless_declared() {
        let found =
            [Finding::new(FindingCode::InvalidationPending, "CN1B", ("原因", "why"), ("办法", "cure"))];
        let refused = made(&approved(), &found, &officer());
        assert_eq!(refused, Err(Refusal::NotRegistrable { findings: found.to_vec() }));
        let declared = Application { declarations: vec![FindingCode::InvalidationPending], ..approved() };
        assert!(made(&declared, &found, &officer()).is_ok());
    }
}
