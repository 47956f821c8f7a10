//! Sending a pledge to the register: for an approved application, over every patent of it, for the amount
//! approved, and only when the register would have no ground to refuse it.

use contracts::PledgeId;

use super::{Pledge, PledgeStatus, PledgedPatent, Refusal};
use crate::applications::{Application, Finding, Hand, OfferedPatent};

/// Makes the pledge of an approved application. `findings` are the grounds found against its patents today.
///
/// # Errors
/// Not approved, a pledge exists, valuations that have ended, or a ground that no declaration lifts.
pub fn submit(
    application: &Application,
    findings: &[Finding],
    id: PledgeId,
    number: String,
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
    registrable(application, findings)?;
    let patents = application.patents.iter().filter_map(pledged).collect();
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
        patents,
        submitted_at: by.at,
        registered_on: None,
        cancelled_on: None,
        cancel_reason: None,
        version: 1,
    })
}

/// Nothing stands against the patents but what the parties have declared.
///
/// # Errors
/// [`Refusal::NotRegistrable`] with what stands.
pub fn registrable(application: &Application, findings: &[Finding]) -> Result<(), Refusal> {
    let stands = |finding: &&Finding| finding.stands_against(&application.declarations);
    let findings: Vec<Finding> = findings.iter().filter(stands).cloned().collect();
    if findings.is_empty() { Ok(()) } else { Err(Refusal::NotRegistrable { findings }) }
}

/// Every patent of an assessed application has its valuation; the caller has seen that they are valid.
fn pledged(patent: &OfferedPatent) -> Option<PledgedPatent> {
    Some(PledgedPatent {
        patent_id: patent.patent_id,
        number: patent.number.clone(),
        title: patent.title.clone(),
        valuation_id: patent.valuation_id?,
        collateral_value: patent.collateral_value?,
        valid_until: patent.valid_until?,
    })
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use finance::Money;

    use super::*;
    use crate::applications::{
        FindingCode,
        model::samples::{approved, assessed, officer},
    };

    fn id() -> PledgeId {
        PledgeId::from_uuid(uuid::Uuid::from_u128(7))
    }

    fn made(application: &Application, findings: &[Finding], by: &Hand) -> Result<Pledge, Refusal> {
        submit(application, findings, id(), "P".into(), by)
    }

    #[test]
    fn the_pledge_secures_the_amount_approved_with_every_patent() {
        let pledge = made(&approved(), &[], &officer()).unwrap();
        assert_eq!(pledge.secured_amount, Money::from_fen(500_000));
        assert_eq!(pledge.maximum_loan, Money::from_fen(750_000));
        assert_eq!((pledge.patents.len(), pledge.status), (2, PledgeStatus::Submitted));
    }

    #[test]
    fn only_an_approved_application_without_a_pledge_gets_one() {
        assert_eq!(made(&assessed(), &[], &officer()), Err(Refusal::NotApproved));
        assert_eq!(made(&approved().with_pledge(id()), &[], &officer()), Err(Refusal::PledgeExists));
    }

    #[test]
    fn a_pledge_is_not_made_on_valuations_that_have_ended() {
        let late = Hand { on: NaiveDate::from_ymd_opt(2027, 5, 25).unwrap(), ..officer() };
        let refused = made(&approved(), &[], &late);
        assert!(matches!(refused, Err(Refusal::ValuationsEnded { patents }) if patents.len() == 2));
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
