//! The officer's assessment: a valuation of the bank's own for every patent, what may be lent on them, and the
//! amount recommended. An assessment may be made anew until the application is decided.

use std::collections::HashMap;

use chrono::NaiveDate;
use contracts::{OrgId, PatentId};
use finance::{Money, MoneyError};

use super::{
    Application, ApplicationStatus, Assessment, Finding, OfferedPatent, Refusal, ServiceClock,
    ValuationFacts,
    application::Hand,
    checklist::{ChecklistItem, complete},
    clock::ClockKind,
    collateral::{Worth, findings, loan_on, worth},
    eligibility_rules::EligibilityRules,
    refusal::{FlawedValuation, ValuationFlaw},
    service_levels::ServiceLevels,
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
    /// The product's checklist.
    pub checklist: Vec<ChecklistItem>,
    /// What is found today of the enterprise, the product and the patents in other applications.
    pub standing: Vec<Finding>,
    /// The bank's rules of eligibility.
    pub rules: EligibilityRules,
    /// The bank's service levels.
    pub levels: ServiceLevels,
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
/// Not open, the checklist incomplete, something that stands in the way, valuations that cannot be relied on, or a
/// recommendation above what was asked or may be lent.
pub fn assess(application: Application, brought: Findings, by: &Hand) -> Result<Application, NotAssessed> {
    if !application.status.is_assessable() {
        return Err(Refusal::NotInStatus { status: application.status }.into());
    }
    complete(&brought.checklist)?;
    let mut found = brought.standing;
    standing(&application, &found)?;
    let valuations = matched(&application, &brought.valuations, by.on)?;
    found.extend(findings(&application.patents, &valuations, &brought.rules)?);
    standing(&application, &found)?;
    let Worth { collateral_value, maximum_loan } =
        worth(&valuations, brought.facility_ltv_cap, &brought.rules)?;
    let asked = brought.recommended_amount;
    if asked > application.amount {
        return Err(Refusal::AboveAmount { asked, most: application.amount }.into());
    }
    if asked > maximum_loan {
        return Err(Refusal::AboveCollateral { asked, maximum_loan }.into());
    }
    let valued = application.patents.into_iter().zip(&valuations);
    let patents = valued
        .map(|(patent, valuation)| Ok(with_figures(patent, valuation, loan_on(valuation, &brought.rules)?)))
        .collect::<Result<_, MoneyError>>()?;
    // An assessment made anew does not give the bank more time for its decision.
    let decision_clock = application.clock.filter(|clock| clock.kind == ClockKind::Decision);
    let clock = decision_clock.unwrap_or_else(|| {
        ServiceClock::start(ClockKind::Decision, by.today(), brought.levels.decision_days)
    });
    Ok(Application {
        patents,
        status: ApplicationStatus::Assessed,
        assessment: Some(Assessment {
            by: by.name.clone(),
            by_id: by.user,
            at: by.at,
            comment: brought.comment,
            recommended_amount: asked,
            collateral_value,
            maximum_loan,
            findings: found,
        }),
        // What was said on an earlier assessment was not said on this one.
        consent: None,
        first_approval: None,
        clock: Some(clock),
        review_days_left: None,
        version: application.version + 1,
        ..application
    })
}

/// Nothing stands in the way but what the parties have declared.
fn standing(application: &Application, found: &[Finding]) -> Result<(), Refusal> {
    let findings: Vec<Finding> =
        found.iter().filter(|one| one.stands_against(&application.declarations)).cloned().collect();
    if findings.is_empty() { Ok(()) } else { Err(Refusal::NotEligible { findings }) }
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
        let offered = application.patents.iter().find(|one| one.patent_id == *patent);
        if offered.is_none() || by_patent.insert(*patent, valuation).is_some() {
            let number = offered.map_or_else(|| patent.to_string(), |one| one.number.clone());
            flaws.push(FlawedValuation { patent_id: *patent, number, why: ValuationFlaw::OtherPatent });
        }
    }
    let mut fitting = Vec::with_capacity(application.patents.len());
    for patent in &application.patents {
        let found = match by_patent.get(&patent.patent_id) {
            None => Some(ValuationFlaw::Missing),
            Some(valuation) => {
                let found = flaw(valuation, patent.patent_id, application.bank_id, on);
                if found.is_none() {
                    fitting.push((*valuation).clone());
                }
                found
            }
        };
        flaws.extend(found.map(|why| FlawedValuation {
            patent_id: patent.patent_id,
            number: patent.number.clone(),
            why,
        }));
    }
    if flaws.is_empty() { Ok(fitting) } else { Err(Refusal::Valuations { flaws }) }
}

/// Why a bank may not rely on a valuation of a patent on a day.
#[must_use]
pub fn flaw(
    valuation: &ValuationFacts,
    patent: PatentId,
    bank: OrgId,
    on: NaiveDate,
) -> Option<ValuationFlaw> {
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

fn with_figures(patent: OfferedPatent, valuation: &ValuationFacts, loan: Money) -> OfferedPatent {
    OfferedPatent {
        valuation_id: Some(valuation.id),
        collateral_value: Some(valuation.collateral.collateral_value),
        maximum_loan: Some(loan),
        ltv_cap: Some(valuation.collateral.ltv_cap),
        valid_until: Some(valuation.valid_until),
        ..patent
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applications::model::{
        FindingCode, Severity,
        checklist::RequiredKind,
        deficiency::{DeficientItem, ask},
        samples::{application, approver, assessed, day, officer, recommendation, valuation},
    };

    fn refusal(findings: Findings) -> Refusal {
        match assess(application(), findings, &officer()) {
            Err(NotAssessed::Refused(refusal)) => refusal,
            other => panic!("{other:?}"),
        }
    }

    fn flawed(patent: &OfferedPatent, why: ValuationFlaw) -> Refusal {
        let flaw = FlawedValuation { patent_id: patent.patent_id, number: patent.number.clone(), why };
        Refusal::Valuations { flaws: vec![flaw] }
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
        let clock = assessed.clock.unwrap();
        assert_eq!((clock.kind, clock.due_on), (ClockKind::Decision, day("2026-12-01")));
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
            spoil(&mut findings.valuations[1].1);
            assert_eq!(refusal(findings), flawed(&application().patents[1], flaw));
        }
    }

    #[test]
    fn a_patent_without_a_valuation_or_with_two_is_named() {
        let offered = &application().patents[1];
        let mut missing = recommendation(1);
        missing.valuations.pop();
        assert_eq!(refusal(missing), flawed(offered, ValuationFlaw::Missing));
        let mut twice = recommendation(1);
        twice.valuations.push((offered.patent_id, valuation(2, 1, 1)));
        assert_eq!(refusal(twice), flawed(offered, ValuationFlaw::OtherPatent));
    }

    #[test]
    fn nothing_is_assessed_while_the_checklist_is_incomplete_or_a_finding_stands() {
        let item = ChecklistItem {
            kind: RequiredKind::Document,
            code: "tax_certificate".into(),
            name_zh: "纳税证明".into(),
            name_en: "tax certificate".into(),
            present: false,
            cure_zh: "请上传".into(),
            cure_en: "attach it".into(),
        };
        let open = Findings { checklist: vec![item.clone()], ..recommendation(1) };
        assert_eq!(refusal(open), Refusal::ChecklistIncomplete { missing: vec![item] });
        let found = |code| Finding::new(code, "甲公司", ("原因", "why"), ("办法", "cure"));
        let listed = Findings { standing: vec![found(FindingCode::Blacklisted)], ..recommendation(1) };
        assert!(matches!(refusal(listed), Refusal::NotEligible { findings } if findings.len() == 1));
        let seen = Findings { standing: vec![found(FindingCode::OfferedElsewhere)], ..recommendation(1) };
        let assessed = assess(application(), seen, &officer()).unwrap();
        let told = assessed.assessment.unwrap().findings;
        assert_eq!(told.len(), 1, "a notice refuses nothing and is shown to who decides");
        assert_eq!(told[0].severity, Severity::Notice);
    }

    #[test]
    fn an_assessment_made_anew_gives_no_more_time_and_takes_back_what_was_said_on_the_first() {
        let first = assessed();
        let due = first.clock.unwrap().due_on;
        let later = Hand { on: day("2026-11-27"), ..officer() };
        let again = assess(first, recommendation(400_000), &later).unwrap();
        assert_eq!(again.clock.map(|clock| clock.due_on), Some(due));
        assert!(again.consent.is_none() && again.first_approval.is_none());
    }

    #[test]
    fn what_the_enterprise_still_corrects_is_not_assessed() {
        let items = vec![DeficientItem { document_kind: None, text: "请补充说明".into() }];
        let asked = ask(application(), items, &ServiceLevels::default(), &approver()).unwrap();
        let refused = assess(asked, recommendation(1), &officer());
        let status = ApplicationStatus::Deficient;
        assert!(
            matches!(refused, Err(NotAssessed::Refused(Refusal::NotInStatus { status: s })) if s == status)
        );
    }
}
