//! Who may look, what is written down of a look, and what may be taken away.

use contracts::OrgKind;
use identity::Role;
use sea_orm::{ConnectionTrait, DatabaseBackend, Statement};
use tx_kit::testing::Backend;
use uuid::Uuid;

use crate::{
    market::{BANK_A, FACILITY_A, LOAN_1, events},
    place::{Place, caller, examiner},
    workouts::{AGREEMENT, CASE},
};

const LISTS: [&str; 12] = [
    "facilities",
    "loans",
    "applications",
    "pledges",
    "policies",
    "valuations",
    "valuation-deviations",
    "recoveries",
    "disposals",
    "fund-agreements",
    "fund-movements",
    "appeals",
];

#[tokio::test]
async fn only_the_regulator_sees_the_portfolio() {
    for backend in Backend::available().unwrap() {
        let place = Place::fed(backend, &events(), 200).await;
        let mut paths: Vec<String> =
            ["/overview", "/warnings", "/warnings/export", "/warning-rules", "/events", "/funds"]
                .map(str::to_owned)
                .to_vec();
        paths.extend(LISTS.iter().flat_map(|list| [format!("/{list}"), format!("/{list}/export")]));
        paths.push(format!("/facilities/{}", Uuid::from_u128(FACILITY_A)));
        paths.push(format!("/loans/{}", Uuid::from_u128(LOAN_1)));
        paths.push(format!("/disposals/{}", Uuid::from_u128(CASE)));
        paths.push(format!("/fund-agreements/{}", Uuid::from_u128(AGREEMENT)));
        for path in &paths {
            for (kind, role) in [
                (OrgKind::Bank, Role::LoanOfficer),
                (OrgKind::Bank, Role::CreditApprover),
                (OrgKind::Bank, Role::RiskManager),
                (OrgKind::Bank, Role::BankAdmin),
                (OrgKind::Bank, Role::Auditor),
                (OrgKind::Enterprise, Role::Finance),
                (OrgKind::Insurer, Role::Underwriter),
                (OrgKind::Platform, Role::PlatformAdmin),
            ] {
                let answer = place.ask(Some(&caller(kind, role)), "GET", path, "").await;
                assert_eq!(answer.status, 403, "{role} at {path}");
            }
            assert_eq!(place.ask(None, "GET", path, "").await.status, 401, "{path}");
            for role in [Role::Examiner, Role::Supervisor] {
                let answer = place.ask(Some(&caller(OrgKind::Regulator, role)), "GET", path, "").await;
                assert_eq!(answer.status, 200, "{role} at {path}");
            }
        }
    }
}

async fn looks(place: &Place) -> Vec<(String, String)> {
    let conn = place.db.read();
    let backend: DatabaseBackend = conn.get_database_backend();
    let sql = "SELECT action, details FROM audit ORDER BY at, id";
    conn.query_all_raw(Statement::from_string(backend, sql))
        .await
        .unwrap()
        .into_iter()
        .map(|row| (row.try_get("", "action").unwrap(), row.try_get("", "details").unwrap()))
        .collect()
}

#[tokio::test]
async fn a_look_into_one_banks_business_is_written_down_and_a_list_is_not() {
    for backend in Backend::available().unwrap() {
        let place = Place::fed(backend, &events(), 200).await;
        place.read("/overview").await;
        place.read("/loans").await;
        assert!(looks(&place).await.is_empty());
        let id = Uuid::from_u128(LOAN_1);
        place.read(&format!("/loans/{id}")).await;
        let found = looks(&place).await;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, "portfolio.look");
        assert!(found[0].1.contains(&format!("/api/supervision/v1/loans/{id}")));
        assert!(found[0].1.contains(&Uuid::from_u128(BANK_A).to_string()));
        place.read(&format!("/disposals/{}", Uuid::from_u128(CASE))).await;
        place.read(&format!("/fund-agreements/{}", Uuid::from_u128(AGREEMENT))).await;
        assert_eq!(looks(&place).await.len(), 3);
        for list in ["loans", "disposals", "fund-agreements"] {
            let missing = format!("/{list}/{}", Uuid::from_u128(77));
            assert_eq!(place.ask(Some(&examiner()), "GET", &missing, "").await.status, 404);
        }
        assert_eq!(looks(&place).await.len(), 3, "nothing was seen");
    }
}

#[tokio::test]
async fn every_list_can_be_taken_away_as_csv_and_xlsx_and_that_is_written_down() {
    for backend in Backend::available().unwrap() {
        let place = Place::fed(backend, &events(), 200).await;
        for list in LISTS.iter().chain(&["warnings"]) {
            let csv = place.ask(Some(&examiner()), "GET", &format!("/{list}/export?format=csv"), "").await;
            assert_eq!((csv.status, csv.content_type.as_str()), (200, "text/csv; charset=utf-8"), "{list}");
            let text = String::from_utf8(csv.body).unwrap();
            assert!(text.starts_with('\u{feff}') && text.lines().count() > 1, "{list}: {text}");
            let xlsx = place.ask(Some(&examiner()), "GET", &format!("/{list}/export?format=xlsx"), "").await;
            assert!(xlsx.status == 200 && xlsx.body.starts_with(b"PK"), "{list}");
        }
        let loans = place.ask(Some(&examiner()), "GET", "/loans/export?industry=new_materials", "").await;
        let text = String::from_utf8(loans.body).unwrap();
        assert_eq!(text.lines().count(), 2);
        assert!(text.contains("L102,甲银行,企业2,集合授信fa,new_materials,1000000.00,,1000000.00,0.00,0.06"));
        assert!(looks(&place).await.iter().all(|(action, _)| action == "portfolio.export"));
        assert_eq!(looks(&place).await.len(), 2 * (LISTS.len() + 1) + 1);
    }
}
