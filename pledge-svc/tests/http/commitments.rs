//! What a bank is bound to lend is a risk although nothing is drawn: noted beside the balance sheet and provided for at the
//! close, by what members without a loan may still draw.

use contracts::UserId;
use identity::{Caller, Role};
use serde_json::{Value, json};
use tx_kit::testing::Backend;
use uuid::Uuid;

use super::{
    bench::{Bench, approver, examiner, finance, officer, operations, other_finance, other_officer},
    facility::draw,
    facility_life::{approved, unsecured},
    subsidies::controls_agree,
};

fn risk_manager() -> Caller {
    let user = UserId::from_uuid(Uuid::from_u128(1_004));
    Caller { user, roles: vec![Role::RiskManager], ..officer() }
}

async fn close(bench: &Bench, until: &str) {
    for _ in 0..100 {
        let answer = bench.post(&operations(), "/closings", json!({ "business_date": until })).await;
        if answer.status.as_u16() != 202 {
            answer.expect(200);
            return;
        }
    }
    panic!("the close up to {until} does not end");
}

/// What is committed and provided for, as the list and as the books show it.
async fn committed(bench: &Bench) -> (String, i64) {
    let list = bench.get(&risk_manager(), "/risk/commitments").await.expect(200);
    let row = &list["items"][0];
    let fen = |name: &str| row[name].as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
    let body = bench.get(&officer(), "/ledger/trial-balance").await.expect(200);
    let account = |code: &str| {
        let rows = body["accounts"].as_array().unwrap();
        let found = rows.iter().find(|row| row["account"] == code);
        found.map_or(0, |row| row["balance"].as_str().unwrap().replace('.', "").parse::<i64>().unwrap())
    };
    assert_eq!((account("9105"), account("2801")), (fen("undrawn"), -fen("provision")), "{list}");
    controls_agree(bench).await;
    (row["undrawn"].as_str().unwrap().to_owned(), fen("provision"))
}

#[tokio::test]
async fn what_members_without_a_loan_may_draw_is_noted_and_provided_for_until_they_draw_or_the_line_stops() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let body = json!({ "content": { "commitments": { "conversion": "0.4" } }, "effective_from": "2026-11-24",
            "reason": "不可撤销的授信承诺" });
        let proposed = bench.post(&risk_manager(), "/parameters/risk/proposals", body).await.expect(201);
        let approve = format!("/parameters/risk/proposals/{}/approve", proposed["id"].as_str().unwrap());
        bench.post(&approver(), &approve, json!({})).await.expect(200);
        let line = approved(&bench, unsecured(json!({}))).await;
        draw(&bench, &line, &finance(), "100000.00", "k1").await.expect(201);

        bench.at("2026-11-25T02:00:00Z");
        close(&bench, "2026-11-24").await;
        // Members 21 and 22 owe nothing: 300,000 and 200,000. What member 20 may still draw stands with its loan.
        let (undrawn, provision) = committed(&bench).await;
        assert_eq!(undrawn, "500000.00");
        // 40 % of it, 2 % of which defaults in a year and 75 % of that is lost, before scenarios and discount.
        assert!((250_000..=350_000).contains(&provision), "{provision}");
        let none = bench.get(&other_officer(), "/risk/commitments").await.expect(200);
        assert_eq!(none["items"], json!([]), "another bank's");
        bench.get(&finance(), "/risk/commitments").await.refused(403, "forbidden");
        let file = bench.get(&risk_manager(), "/risk/commitments/export?format=csv").await.expect(200);
        assert!(file.as_str().unwrap().contains("500000.00"), "{file}");
        // Who reads the parts of several banks is told whose each is.
        let of_all = bench.get(&examiner(), "/risk/commitments").await.expect(200);
        assert_eq!(of_all["items"][0]["bank_name"], json!(officer().tenant_name));
        assert!(file.as_str().unwrap().contains(&officer().tenant_name), "{file}");

        draw(&bench, &line, &other_finance(), "50000.00", "k2").await.expect(201);
        bench.at("2026-11-26T02:00:00Z");
        close(&bench, "2026-11-25").await;
        let (undrawn, less) = committed(&bench).await;
        assert_eq!(undrawn, "200000.00");
        assert!(0 < less && less < provision, "{less}");

        let stop = json!({ "reason": "集群逾期率上升" });
        bench.post(&approver(), &format!("/facilities/{line}/suspend"), stop).await.expect(200);
        bench.at("2026-11-27T02:00:00Z");
        close(&bench, "2026-11-26").await;
        assert_eq!(
            committed(&bench).await,
            ("0.00".to_owned(), 0),
            "a line that is stopped commits to nothing"
        );
        let rows: Value = bench.get(&risk_manager(), "/risk/commitments").await.expect(200);
        assert_eq!(rows["items"][0]["assessed_on"], "2026-11-26");
    }
}
