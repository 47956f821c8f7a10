//! A fund that does not answer a demand holds nothing up: once its time has run out two people of the bank record that, the
//! case goes on, and what the fund answers later is taken on the books and off them.

use contracts::OrgKind;
use identity::{Caller, Role};
use serde_json::{Value, json};
use tx_kit::testing::Backend;

use super::{
    bench::{Bench, approver, officer},
    disposal::{ask, books_agree, case, done, lent, outstanding, shared, written_off},
    fund::{fund, manager, person},
    guarantee_money::unanswered,
    guarantees::claim_on,
};

/// A risk manager and an approver in one: the model, not the role, keeps maker and approver apart.
fn both() -> Caller {
    person(1_005, 10, "双岗", OrgKind::Bank, &[Role::RiskManager, Role::CreditApprover])
}

/// What the fund has set aside for claims under its agreement.
async fn pending(bench: &Bench) -> Value {
    bench.get(&officer(), "/fund-agreements").await.expect(200)["items"][0]["pending"].clone()
}

#[tokio::test]
async fn a_fund_that_never_answers_holds_up_no_case_and_pays_or_declines_later_all_the_same() {
    for backend in Backend::available().unwrap() {
        for when in ["sharing", "written_off", "closed", "declined"] {
            let bench = Bench::new(backend).await;
            let loan = lent(&bench).await;
            let id = shared(&bench, &loan).await;
            let claim = claim_on(&bench, &id, "fund").await;
            let path = format!("/compensation-claims/{}", claim["id"].as_str().unwrap());
            let answer = json!({ "amount": "250000.00" });
            let early = ask(&bench, &id, unanswered(&claim)).await.refused(409, "answer-still-due");
            assert_eq!(early["until"], "2027-06-09", "sixty days after the claim");
            // One person of the fund answers and no second one ever confirms: that is no answer.
            bench.post(&manager(1), &format!("{path}/answer"), answer.clone()).await.expect(200);
            bench.at("2027-06-10T02:00:00Z");
            let asks = format!("/disposal-cases/{id}/proposals");
            bench.post(&manager(1), &asks, unanswered(&claim)).await.refused(403, "forbidden");
            let asked = bench.post(&both(), &asks, unanswered(&claim)).await.expect(201);
            let approve = format!("/disposal-proposals/{}/approve", asked["id"].as_str().unwrap());
            bench.send(&both(), "POST", &approve, json!({}), Some("a")).await.refused(403, "four-eyes");
            bench.send(&approver(), "POST", &approve, json!({}), Some("b")).await.expect(200);
            let silent = claim_on(&bench, &id, "fund").await;
            assert_eq!((&silent["status"], &silent["granted"]), (&json!("unanswered"), &Value::Null));
            assert_eq!(pending(&bench).await, "250000.00", "what the fund owes stays set aside");

            // An answer that comes now waits for its second person and holds nothing up; sent back, it is none again.
            bench.post(&manager(1), &format!("{path}/answer"), answer.clone()).await.expect(200);
            if when != "sharing" {
                written_off(&bench, &id).await;
                assert_eq!(outstanding(&bench, &loan).await, ("0.00".into(), "written_off".into()));
            }
            let back = bench.post(&manager(2), &format!("{path}/send-back"), json!({})).await.expect(200);
            assert_eq!(back["status"], "unanswered");
            if matches!(when, "closed" | "declined") {
                let end = json!({ "kind": "closing", "outcome": "ended", "reason": "执行终结" });
                done(&bench, &id, end).await;
            }

            let declines = when == "declined";
            let said = if declines { json!({ "amount": "0.00", "reason": "逾期申报" }) } else { answer };
            bench.post(&manager(1), &format!("{path}/answer"), said).await.expect(200);
            let confirm = format!("{path}/confirm");
            bench.send(&manager(1), "POST", &confirm, json!({}), Some("c")).await.refused(403, "four-eyes");
            let paid = bench.send(&manager(2), "POST", &confirm, json!({}), Some("d")).await.expect(200);
            let (status, sum) = if declines { ("declined", "0.00") } else { ("paid", "250000.00") };
            assert_eq!((&paid["status"], &paid["paid"]), (&json!(status), &json!(sum)), "{when}");
            let money = case(&bench, &id).await["money"].clone();
            let came_back = if matches!(when, "written_off" | "closed") { sum } else { "0.00" };
            assert_eq!(
                (&money["compensated"], &money["written_back"]),
                (&json!(sum), &json!(came_back)),
                "{when}"
            );
            let left = if when == "sharing" { "250000.00" } else { "0.00" };
            assert_eq!(outstanding(&bench, &loan).await.0, left, "on the books it pays the loan");
            assert_eq!(pending(&bench).await, "0.00");
            let account = fund(&bench, &manager(1)).await["account"].clone();
            let balance = if declines { "1000000.00" } else { "750000.00" };
            assert_eq!((&account["balance"], &account["agrees"]), (&json!(balance), &json!(true)));
            books_agree(&bench).await;
        }
    }
}
