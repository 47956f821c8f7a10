//! The made-up patents.

use super::*;
use crate::{
    catalogue::industry::Industry,
    models::model::ModelContent,
    scoring::model::Scenario,
    valuations::model::{Inputs, appraise},
};

fn on() -> NaiveDate {
    "2026-11-24".parse().unwrap()
}

fn owners() -> Vec<(OrgId, &'static str)> {
    ["甲化工有限公司", "乙新材料有限公司", "丙锂业有限公司", "丁农业有限公司", "戊机械有限公司"]
        .into_iter()
        .zip(1_u128..)
        .map(|(name, id)| (OrgId::from_uuid(uuid::Uuid::from_u128(id)), name))
        .collect()
}

#[test]
fn the_same_seed_makes_up_the_same_patents() {
    assert_eq!(generated_patents(1, 50, on(), &owners()), generated_patents(1, 50, on(), &owners()));
    assert_ne!(generated_patents(1, 50, on(), &owners()), generated_patents(2, 50, on(), &owners()));
    assert!(generated_patents(1, 3, on(), &[]).iter().all(|p| p.owner.is_none()));
}

#[test]
fn every_made_up_patent_is_consistent_in_itself() {
    let found = generated_patents(7, 600, on(), &owners());
    let mut numbers = BTreeSet::new();
    let mut titles = BTreeSet::new();
    for patent in &found {
        let facts = &patent.facts;
        assert!(patent.generated && patent.source == SOURCE);
        assert!(numbers.insert(facts.publication_number.clone()), "{}", facts.publication_number);
        assert!(titles.insert(facts.title.clone()), "{}", facts.title);
        let (filed, granted) = (facts.filing_date.unwrap(), facts.grant_date);
        assert!(filed < on() && granted.is_none_or(|day| day > filed && day < on()));
        assert_eq!(facts.expiry_date, statutory_expiry(facts.kind, "CN", filed));
        assert_eq!(granted.is_none(), facts.legal_status == LegalStatus::Pending);
        assert!(facts.independent_claims < facts.claims);
        let application = facts.application_number.as_deref().unwrap();
        let (digits, check) = application.strip_prefix("CN").unwrap().split_once('.').unwrap();
        assert!(digits.starts_with(&filed.year().to_string()) && digits.len() == 12);
        assert_eq!(check.chars().next(), chinese_check_character(digits));
        assert_eq!(patent.industry().name_zh(), facts.industry.as_deref().unwrap(), "{:?}", facts.ipc);
    }
    for industry in Industry::ALL.into_iter().filter(|i| *i != Industry::Other) {
        assert!(found.iter().filter(|p| p.industry() == industry).count() > 60);
    }
}

#[test]
fn most_made_up_patents_can_be_pledged_and_each_owner_has_many_of_them() {
    let found = generated_patents(7, 320, on(), &owners());
    for (owner, name) in owners() {
        let lent = found
            .iter()
            .filter(|p| p.owner == Some(owner))
            .filter_map(|p| {
                let inputs = Inputs::platform(p.clone(), Scenario::Pledge, on(), 1);
                appraise(&inputs, &ModelContent::platform_default().content).ok()
            })
            .filter(|v| v.collateral.maximum_loan.is_positive())
            .count();
        assert!(lent > 30, "{name}: {lent}");
    }
}
