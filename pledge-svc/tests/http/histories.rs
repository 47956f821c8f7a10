//! Lists of what has happened over the router: page by page without a gap, and as files.

use identity::Caller;
use serde_json::{Value, json};
use tx_kit::testing::Backend;

use super::{
    bench::{Bench, approver, finance, officer, operations, other_finance, other_officer},
    facility::{draw, pledged, repay},
};

/// A line and a loan of 1,000,000 on it of 2026-11-24.
async fn lent(bench: &Bench) -> (String, String) {
    let facility = bench.facility().await;
    pledged(bench, &facility, &finance(), 1).await;
    let drawn = draw(bench, &facility, &finance(), "1000000.00", "k1").await.expect(201);
    (facility, drawn["loan_id"].as_str().unwrap().to_owned())
}

/// The ids of a list read with so many rows a page.
async fn ids(bench: &Bench, who: &Caller, path: &str, limit: usize) -> Vec<String> {
    let mut ids = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = bench.get(who, &format!("{path}?limit={limit}{cursor}")).await.expect(200);
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= limit);
        ids.extend(items.iter().map(|one| one["id"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return ids,
        }
    }
}

async fn file(bench: &Bench, who: &Caller, path: &str) -> String {
    let (status, _, bytes) = bench.download(who, path).await;
    assert_eq!(status.as_u16(), 200, "{path}");
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn movements_and_payments_of_a_loan_come_page_by_page_and_as_a_file() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let (_, loan) = lent(&bench).await;
        repay(&bench, &loan, "1000.00", "r1").await.expect(201);
        repay(&bench, &loan, "2000.00", "r2").await.expect(201);
        let path = format!("/loans/{loan}/movements");
        let whole = ids(&bench, &officer(), &path, 200).await;
        assert!(whole.len() >= 3, "the draw and two payments: {whole:?}");
        assert_eq!(ids(&bench, &officer(), &path, 1).await, whole);
        assert_eq!(ids(&bench, &finance(), &path, 1).await, Vec::<String>::new(), "the book is the bank's");
        let text = file(&bench, &officer(), &format!("{path}/export")).await;
        assert!(text.contains("科目名称") && text.contains("1000000.00"), "{text}");
        let text = file(&bench, &finance(), &format!("/loans/{loan}/repayments/export")).await;
        assert!(text.contains("1000.00") && text.contains("2000.00"), "{text}");
        for path in [format!("{path}/export"), format!("/loans/{loan}/repayments/export")] {
            assert_eq!(bench.download(&other_finance(), &path).await.0.as_u16(), 404, "{path}");
            assert_eq!(bench.download(&other_officer(), &path).await.0.as_u16(), 404, "{path}");
        }
    }
}

#[tokio::test]
async fn changes_of_a_line_come_page_by_page() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = bench.facility().await;
        let path = format!("/facilities/{facility}/changes");
        for limit in ["21000000.00", "22000000.00", "23000000.00"] {
            let body = json!({ "limit": limit, "reason": "扩大规模" });
            let change = bench.post(&officer(), &path, body).await.expect(201);
            let refuse = format!("{path}/{}/refuse", change["id"].as_str().unwrap());
            bench.post(&approver(), &refuse, json!({ "reason": "暂不扩大" })).await.expect(200);
        }
        let whole = ids(&bench, &officer(), &path, 200).await;
        assert_eq!((whole.len(), ids(&bench, &officer(), &path, 2).await), (3, whole.clone()));
        let newest: Value = bench.get(&officer(), &format!("{path}?limit=1")).await.expect(200);
        assert_eq!(newest["items"][0]["limit"], "23000000.00");
    }
}

#[tokio::test]
async fn closes_their_failures_and_notices_can_be_had_as_files() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        lent(&bench).await;
        bench.at("2026-11-25T02:00:00Z");
        for _ in 0..100 {
            let answer =
                bench.post(&operations(), "/closings", json!({ "business_date": "2026-11-24" })).await;
            if answer.status.as_u16() != 202 {
                answer.expect(200);
                break;
            }
        }
        let text = file(&bench, &officer(), "/closings/export").await;
        assert!(text.contains("2026-11-24") && text.contains("finished"), "{text}");
        let runs = bench.get(&officer(), "/closings").await.expect(200);
        let run = runs["items"][0]["id"].as_str().unwrap();
        let path = format!("/closings/{run}/failures");
        let failed = bench.get(&officer(), &path).await.expect(200);
        assert_eq!((&failed["items"], &failed["next_cursor"]), (&json!([]), &Value::Null));
        assert!(file(&bench, &officer(), &format!("{path}/export")).await.contains("原因"));
        bench.get(&other_officer(), &path).await.refused(404, "not-found");
        assert!(file(&bench, &finance(), "/notices/export?kind=overdue").await.contains("贷款编号"));
    }
}
