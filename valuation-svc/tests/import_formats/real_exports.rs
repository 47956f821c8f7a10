//! Whole real exports, where they lie beside the repository (`../shared/data/patents/`): no row is refused.

use std::{collections::BTreeSet, path::Path};

use valuation_svc::catalogue::{
    PatentRecord,
    import::{self, Format},
    patent::{LegalStatus, PatentFacts, PatentKind},
};

fn beside(name: &str) -> Option<Vec<u8>> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/patents").join(name)).ok()
}

#[test]
fn an_export_of_the_lens_with_5884_documents_is_imported_whole() {
    let Some(bytes) = beside("lens_drones_5884.csv") else { return };
    let file = import::read(&bytes, None).unwrap();
    let (records, refused) = file.clone().into_parts();
    assert_eq!(refused, []);
    assert_eq!((file.format, file.read, file.duplicates), (Format::Lens, 5_884, 0));
    assert_eq!(records.len(), 5_884);
    let missing_filing = records.iter().filter(|r| r.facts.filing_date.is_none()).count();
    assert_eq!(missing_filing, 3);
    let sum = |value: fn(&PatentFacts) -> usize| records.iter().map(|r| value(&r.facts)).sum::<usize>();
    assert_eq!(sum(|p| usize::from(p.jurisdiction == "CN")), 355);
    // Sums of the file, counted by other means.
    assert_eq!(sum(|p| p.forward_citations.map_or(0, |n| n as usize)), 47_360);
    assert_eq!(sum(|p| p.simple_family_size.map_or(0, |n| n as usize)), 21_014);
    assert_eq!((sum(|p| p.ipc.len()), sum(|p| p.cpc.len())), (15_190, 29_032));
    assert_eq!(sum(|p| p.inventors.len()), 15_355);
    let of = |kind, status| sum_of(&records, kind, status);
    assert_eq!(of(PatentKind::Invention, LegalStatus::Granted), 1_552);
    assert_eq!(of(PatentKind::UtilityModel, LegalStatus::Granted), 194);
    assert_eq!(of(PatentKind::Design, LegalStatus::Granted), 11);
}

fn sum_of(records: &[PatentRecord], kind: PatentKind, status: LegalStatus) -> usize {
    records.iter().filter(|r| r.facts.kind == kind && r.facts.legal_status == status).count()
}

#[test]
fn an_export_of_espacenet_is_imported_whole() {
    let Some(bytes) = beside("espacenet_small.csv") else { return };
    let file = import::read(&bytes, None).unwrap();
    assert_eq!(file.format, Format::Espacenet);
    let (records, refused) = file.into_parts();
    assert_eq!(refused, []);
    assert!(!records.is_empty());
}

#[test]
fn the_samples_of_real_exports_are_imported_whole() {
    let lens = import::read(include_bytes!("../data/lens-sample.csv"), None).unwrap();
    assert_eq!((lens.read, lens.rejected()), (58, 0));
    let espacenet = import::read(include_bytes!("../data/espacenet-sample.csv"), None).unwrap();
    assert_eq!((espacenet.read, espacenet.rejected(), espacenet.format), (25, 0, Format::Espacenet));
    let (records, _) = espacenet.into_parts();
    let numbers: Vec<&str> = records.iter().map(|r| r.facts.publication_number.as_str()).collect();
    assert_eq!(numbers[..4], ["KR20150000637U", "WO2015026896A1", "KR20150010269A", "US20150056336A1"]);
    assert_eq!(records[3].facts.applicants, ["ELWHA LLC"]);
    assert_eq!(records[0].facts.priority_date, "2013-08-01".parse().ok());
}

#[test]
fn the_sample_of_the_demonstration_holds_granted_rights_of_seven_offices() {
    let file = import::read(include_bytes!("../../data/sample-real.csv"), None).unwrap();
    let (records, refused) = file.into_parts();
    assert_eq!((records.len(), refused.len()), (120, 0));
    assert!(
        records.iter().all(|r| r.facts.legal_status == LegalStatus::Granted && r.facts.grant_date.is_some())
    );
    let offices: BTreeSet<&str> = records.iter().map(|r| r.facts.jurisdiction.as_str()).collect();
    assert_eq!(offices.into_iter().collect::<Vec<_>>(), ["AU", "CN", "EP", "GB", "KR", "RU", "US"]);
    let industries: BTreeSet<&str> = records.iter().map(|r| r.industry().code()).collect();
    assert!(industries.len() >= 4, "{industries:?}");
}
