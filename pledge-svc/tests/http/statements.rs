//! Statements and settlement certificates over the router.

use paper::Fonts;
use serde_json::json;
use tx_kit::testing::Backend;

use super::{
    bench::{Bench, finance, officer, other_finance, other_officer},
    facility::{draw, pledged, repay},
};

/// A loan of 900,000 drawn on 24 November, on which interest and 300,000 were paid on 24 December.
async fn told(bench: &Bench) -> (String, String) {
    let facility = bench.facility().await;
    pledged(bench, &facility, &finance(), 1).await;
    let drawn = draw(bench, &facility, &finance(), "900000.00", "d1").await.expect(201);
    let loan = drawn["loan_id"].as_str().unwrap().to_owned();
    bench.at("2026-12-24T02:00:00Z");
    repay(bench, &loan, "2587.50", "p1").await.expect(201);
    repay(bench, &loan, "300000.00", "p2").await.expect(201);
    (facility, loan)
}

#[tokio::test]
async fn a_statement_begins_with_what_stood_before_and_ends_with_what_is_left() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let (_, loan) = told(&bench).await;
        let path = format!("/loans/{loan}/statement");
        let year = bench.get(&finance(), &path).await.expect(200);
        assert_eq!((&year["from"], &year["to"]), (&json!("2026-01-01"), &json!("2026-12-24")));
        assert_eq!((&year["opening"], &year["closing"]), (&json!("0.00"), &json!("600000.00")));
        let kinds: Vec<&str> =
            year["lines"].as_array().unwrap().iter().map(|line| line["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["drawdown", "payment", "payment"]);
        assert_eq!(
            (&year["totals"]["interest"], &year["totals"]["principal"], &year["totals"]["paid"]),
            (&json!("2587.50"), &json!("300000.00"), &json!("302587.50"))
        );
        assert_eq!(year["owed"]["principal"], "600000.00");
        assert!(!year["plan"].as_array().unwrap().is_empty(), "instalments are still to come");
        let december = bench.get(&officer(), &format!("{path}?from=2026-12-01")).await.expect(200);
        assert_eq!((&december["opening"], &december["closing"]), (&json!("900000.00"), &json!("600000.00")));
        assert_ne!(december["code"], year["code"]);
        assert_eq!(
            bench.get(&officer(), &path).await.expect(200)["code"],
            year["code"],
            "the same for everybody"
        );
        for who in [other_finance(), other_officer()] {
            bench.get(&who, &path).await.refused(404, "not-found");
        }
        for bad in ["from=2026-12-02&to=2026-12-01", "to=2027-01-01", "format=docx", "from=x"] {
            bench.get(&finance(), &format!("{path}?{bad}")).await.refused(422, "invalid-request");
        }
    }
}

#[tokio::test]
async fn a_borrower_sees_all_its_loans_and_a_bank_its_facility() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let (facility, loan) = told(&bench).await;
        let drawn = draw(&bench, &facility, &finance(), "50000.00", "d2").await.expect(201);
        let own = bench.get(&finance(), "/loans/statement").await.expect(200);
        assert_eq!((&own["loans"], &own["closing"]), (&json!(2), &json!("650000.00")));
        assert_eq!(own["lines"].as_array().unwrap().len(), 4);
        let named = format!("/loans/statement?enterprise_id={}", finance().tenant);
        assert_eq!(bench.get(&officer(), &named).await.expect(200)["closing"], "650000.00");
        bench.get(&officer(), "/loans/statement").await.refused(422, "invalid-request");
        bench.get(&other_officer(), &named).await.refused(404, "not-found");
        bench.get(&other_finance(), &named).await.refused(404, "not-found");
        let path = format!("/facilities/{facility}/statement?from=2026-12-24");
        let line = bench.get(&officer(), &path).await.expect(200);
        assert_eq!((&line["opening"], &line["closing"]), (&json!("900000.00"), &json!("650000.00")));
        let newest = line["lines"].as_array().unwrap().iter().find(|one| one["kind"] == "drawdown").unwrap();
        assert_eq!(newest["loan_id"], drawn["loan_id"]);
        assert_ne!(newest["loan_id"], json!(loan));
        bench.get(&other_officer(), &path).await.refused(404, "not-found");
        let member = bench.get(&other_finance(), &path).await.expect(200);
        assert!(member["lines"].as_array().unwrap().is_empty(), "a member sees its own loans alone");
    }
}

#[tokio::test]
async fn a_statement_is_had_as_a_workbook_and_as_a_pdf_where_a_chinese_font_is_installed() {
    let bench = Bench::new(Backend::Sqlite).await;
    let (facility, loan) = told(&bench).await;
    for path in [
        format!("/loans/{loan}/statement"),
        "/loans/statement".to_owned(),
        format!("/facilities/{facility}/statement"),
    ] {
        let book = bench.get(&finance(), &format!("{path}?format=xlsx")).await.expect(200);
        assert!(book.as_str().unwrap().starts_with("PK"), "{path}");
        let pdf = bench.get(&finance(), &format!("{path}?format=pdf")).await;
        if Fonts::installed().is_ok() {
            assert!(pdf.expect(200).as_str().unwrap().starts_with("%PDF-"), "{path}");
        } else {
            pdf.refused(503, "no-chinese-font");
        }
    }
}

#[tokio::test]
async fn a_certificate_is_issued_once_the_loan_is_repaid() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let (_, loan) = told(&bench).await;
        let path = format!("/loans/{loan}/settlement-certificate");
        let open = bench.get(&finance(), &path).await.refused(409, "not-settled");
        assert_eq!(open["payoff"], "600000.00");
        repay(&bench, &loan, "600000.00", "p3").await.expect(201);
        let issued = bench.get(&finance(), &path).await.expect(200);
        assert_eq!(
            (&issued["settled_on"], &issued["principal"]),
            (&json!("2026-12-24"), &json!("900000.00"))
        );
        assert_eq!((&issued["interest"], &issued["paid_by_others"]), (&json!("2587.50"), &json!("0.00")));
        assert_eq!(bench.get(&officer(), &path).await.expect(200), issued, "the same at any time");
        bench.get(&other_finance(), &path).await.refused(404, "not-found");
        bench.get(&finance(), &format!("{path}?format=xlsx")).await.refused(422, "invalid-request");
        let pdf = bench.get(&finance(), &format!("{path}?format=pdf")).await;
        if Fonts::installed().is_ok() {
            assert!(pdf.expect(200).as_str().unwrap().starts_with("%PDF-"));
        } else {
            pdf.refused(503, "no-chinese-font");
        }
        let year = bench.get(&finance(), &format!("/loans/{loan}/statement")).await.expect(200);
        assert_eq!((&year["closing"], &year["owed"]["payoff"]), (&json!("0.00"), &json!("0.00")));
        assert!(year["plan"].as_array().unwrap().is_empty(), "nothing is to come");
    }
}
