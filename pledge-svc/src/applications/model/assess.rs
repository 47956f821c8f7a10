//! The officer's assessment: a valuation of the bank's own for every patent, what may be lent on them, and the
//! amount recommended. An assessment may be made anew until the application is decided.

use std::collections::HashMap;

use chrono::NaiveDate;
use contracts::{OrgId, PatentId};
use finance::{Money, MoneyError};

use super::{
    Application, ApplicationStatus, Assessment, OfferedPatent, Refusal, ValuationFacts,
    application::Hand,
    collateral::{Worth, worth},
    refusal::ValuationFlaw,
};

/// What the officer brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    /// The valuation named for each patent.
    pub valuations: Vec<(PatentId, ValuationFacts)>,
    /// The amount recommended.
    pub recommended_amount: Money,
    /// In the officer's words.
    pub comment: String,
    /// The facility's cap on what is lent against collateral value.
    pub facility_ltv_cap: finance::Rate,
}

/// Why there is no assessment.
#[derive(Debug, thiserror::Error)]
pub enum NotAssessed {
    /// The rules refuse it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The sums are beyond the range of money.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// Assesses an application.
///
/// # Errors
/// Not open, valuations that cannot be relied on, or a recommendation above what was asked or may be lent.
pub fn assess(application: Application, findings: Findings, by: &Hand) -> Result<Application, NotAssessed> {
    if !application.status.is_open() {
        return Err(Refusal::NotInStatus { status: application.status }.into());
    }
    let valuations = matched(&application, &findings.valuations, by.on)?;
    let Worth { collateral_value, maximum_loan } = worth(&valuations, findings.facility_ltv_cap)?;
    let asked = findings.recommended_amount;
    if asked > application.amount {
        return Err(Refusal::AboveAmount { asked, most: application.amount }.into());
    }
    if asked > maximum_loan {
        return Err(Refusal::AboveCollateral { asked, maximum_loan }.into());
    }
    let patents = application.patents.into_iter().zip(&valuations).map(valued).collect();
    Ok(Application {
        patents,
        status: ApplicationStatus::Assessed,
        assessment: Some(Assessment {
            by: by.name.clone(),
            by_id: by.user,
            at: by.at,
            comment: findings.comment,
            recommended_amount: asked,
            collateral_value,
            maximum_loan,
        }),
        version: application.version + 1,
        ..application
    })
}

/// The valuations in the order of the application's patents.
fn matched(
    application: &Application,
    named: &[(PatentId, ValuationFacts)],
    on: NaiveDate,
) -> Result<Vec<ValuationFacts>, Refusal> {
    let mut by_patent: HashMap<PatentId, &ValuationFacts> = HashMap::new();
    let mut flaws = Vec::new();
    for (patent, valuation) in named {
        let offered = application.patents.iter().any(|one| one.patent_id == *patent);
        if !offered || by_patent.insert(*patent, valuation).is_some() {
            flaws.push((*patent, ValuationFlaw::OtherPatent));
        }
    }
    let mut fitting = Vec::with_capacity(application.patents.len());
    for patent in &application.patents {
        match by_patent.get(&patent.patent_id) {
            None => flaws.push((patent.patent_id, ValuationFlaw::Missing)),
            Some(valuation) => match flaw(valuation, patent.patent_id, application.bank_id, on) {
                Some(flaw) => flaws.push((patent.patent_id, flaw)),
                None => fitting.push((*valuation).clone()),
            },
        }
    }
    if flaws.is_empty() { Ok(fitting) } else { Err(Refusal::Valuations { flaws }) }
}

fn flaw(valuation: &ValuationFacts, patent: PatentId, bank: OrgId, on: NaiveDate) -> Option<ValuationFlaw> {
    let checks = [
        (valuation.patent_id == patent, ValuationFlaw::OtherPatent),
        (valuation.tenant_id == bank, ValuationFlaw::OtherTenant),
        (valuation.purpose == "pledge", ValuationFlaw::OtherPurpose),
        (valuation.status == "completed", ValuationFlaw::NotCompleted),
        (valuation.valid_until >= on, ValuationFlaw::Expired),
        (
            valuation.collateral.collateral_value.is_positive()
                && valuation.collateral.maximum_loan.is_positive(),
            ValuationFlaw::Worthless,
        ),
    ];
    checks.into_iter().find(|(holds, _)| !holds).map(|(_, flaw)| flaw)
}

fn valued((patent, valuation): (OfferedPatent, &ValuationFacts)) -> OfferedPatent {
    OfferedPatent {
        valuation_id: Some(valuation.id),
        collateral_value: Some(valuation.collateral.collateral_value),
        maximum_loan: Some(valuation.collateral.maximum_loan),
        ltv_cap: Some(valuation.collateral.ltv_cap),
        valid_until: Some(valuation.valid_until),
        ..patent
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applications::model::samples::{application, day, officer, recommendation, valuation};

    fn refusal(findings: Findings) -> Refusal {
        match assess(application(), findings, &officer()) {
            Err(NotAssessed::Refused(refusal)) => refusal,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_assessment_states_what_may_be_lent_and_dates_every_patent() {
        let assessed = assess(application(), recommendation(500_000), &officer()).unwrap();
        assert_eq!(assessed.status, ApplicationStatus::Assessed);
        let assessment = assessed.assessment.unwrap();
        assert_eq!(assessment.collateral_value, Money::from_fen(1_500_000));
        assert_eq!(assessment.maximum_loan, Money::from_fen(750_000));
        assert!(assessed.patents.iter().all(|patent| patent.valid_until == Some(day("2027-05-24"))));
        assert_eq!(assessed.version, 2);
    }

    #[test]
    fn no_more_is_recommended_than_asked_or_than_the_patents_carry() {
        assert_eq!(
            refusal(recommendation(600_001)),
            Refusal::AboveAmount { asked: Money::from_fen(600_001), most: Money::from_fen(600_000) }
        );
        let mut thin = recommendation(500_000);
        thin.facility_ltv_cap = finance::Rate::from_basis_points(3_000);
        assert_eq!(
            refusal(thin),
            Refusal::AboveCollateral {
                asked: Money::from_fen(500_000),
                maximum_loan: Money::from_fen(450_000)
            }
        );
    }

    #[test]
    fn every_patent_needs_a_valid_pledge_valuation_of_the_bank_itself() {
        type Spoil = fn(&mut ValuationFacts);
        let spoil: [(Spoil, ValuationFlaw); 5] = [
            (|one| one.patent_id = PatentId::from_uuid(uuid::Uuid::nil()), ValuationFlaw::OtherPatent),
            (|one| one.tenant_id = OrgId::from_uuid(uuid::Uuid::nil()), ValuationFlaw::OtherTenant),
            (|one| one.purpose = "licence".into(), ValuationFlaw::OtherPurpose),
            (|one| one.valid_until = day("2026-11-23"), ValuationFlaw::Expired),
            (|one| one.collateral.maximum_loan = Money::ZERO, ValuationFlaw::Worthless),
        ];
        for (spoil, flaw) in spoil {
            let mut findings = recommendation(1);
            let patent = findings.valuations[1].0;
            spoil(&mut findings.valuations[1].1);
            assert_eq!(refusal(findings), Refusal::Valuations { flaws: vec![(patent, flaw)] });
        }
    }

    #[test]
    fn a_patent_without_a_valuation_or_with_two_is_named() {
        let mut missing = recommendation(1);
        let (patent, _) = missing.valuations.pop().unwrap();
        assert_eq!(refusal(missing), Refusal::Valuations { flaws: vec![(patent, ValuationFlaw::Missing)] });
        let mut twice = recommendation(1);
        twice.valuations.push((patent, valuation(2, 1, 1)));
        assert_eq!(refusal(twice), Refusal::Valuations { flaws: vec![(patent, ValuationFlaw::OtherPatent)] });
    }
}
