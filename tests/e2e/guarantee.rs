//! Guarantee insurance from both sides: the insurer's service binds and pays, the bank's shares the loss, and what passes
//! between them is told by events alone.

use std::sync::Arc;

use chrono::TimeDelta;
use contracts::{Clock, SimulatedClock, SystemClock};
use serde_json::{Value, json};
use tx_kit::testing::Backend;

use super::{
    story,
    world::{Door, World},
};

const RISK: &str = "risk@bank-a.demo";
const APPROVER: &str = "approver@bank-a.demo";
const OFFICER: &str = "officer@bank-a.demo";
const HANDLER: &str = "claims@insurer-a.demo";
const CLAIMS_APPROVER: &str = "claims-approver@insurer-a.demo";
const EXAMINER: &str = "examiner@regulator.demo";
const CASES: &str = "/api/pledge/v1/disposal-cases";
const CLAIMS: &str = "/api/insurance/v1/claims";

fn fen(value: &Value) -> i64 {
    value.as_str().unwrap_or_else(|| panic!("no amount: {value}")).parse::<finance::Money>().unwrap().fen()
}

/// Asks for something in a case and has it approved; its result.
async fn done(door: &Door, case: &str, ask: Value) -> Value {
    let asked = door.post(RISK, &format!("{CASES}/{case}/proposals"), ask).await.expect(201);
    let approve = format!("/api/pledge/v1/disposal-proposals/{}/approve", asked["id"].as_str().unwrap());
    door.post(APPROVER, &approve, json!({})).await.expect(200)["result"].clone()
}

/// A loan in default, its collateral found worthless; the case's id.
async fn defaulted(door: &Door, loan: &str) -> String {
    let opened = door.post(RISK, CASES, json!({ "loan_id": loan, "cause": "overdue" })).await.expect(201);
    let case = opened["id"].as_str().unwrap().to_owned();
    let paper = door.attach(RISK, &format!("disposal-cases/{case}"), "valuation").await.expect(201);
    let today = opened["opened_on"].clone();
    let finding = json!({
        "kind": "finding", "value": "5000.00", "costs": "20000.00", "valued_on": today, "valuer": "评估机构 评字 2 号",
        "reason": "两次流拍，无人应价", "document_id": paper["id"],
    });
    done(door, &case, finding).await;
    case
}

/// The insurer pays a claim for a loss through its two people; the claim as it was paid.
async fn paid(door: &Door, policy: &Value, loss: &Value) -> Value {
    let notice = json!({
        "policy_id": policy["policy_id"], "cause": "借款人逾期", "occurred_on": policy["defaulted_on"], "loss": loss,
    });
    let claim = door.post(HANDLER, CLAIMS, notice).await.expect(201);
    let step = |name: &str| format!("{CLAIMS}/{}/{name}", claim["id"].as_str().unwrap());
    let found = json!({ "assessed_loss": loss, "reserve": "1000.00", "comment": "属实" });
    door.post(HANDLER, &step("assess"), found).await.expect(200);
    door.post(CLAIMS_APPROVER, &step("approve"), json!({})).await.expect(200);
    door.post(CLAIMS_APPROVER, &step("payments"), json!({})).await.expect(201)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_insurer_pays_in_its_own_service_pays_the_loan_once_and_comes_back_out_of_recoveries() {
    let clock = Arc::new(SimulatedClock::at(SystemClock.now()));
    let world = World::at(Backend::Sqlite, clock.clone()).await;
    let told = story::tell(&world.door).await;
    clock.set(clock.now() + TimeDelta::days(150));
    // Whoever signed in five months ago signs in again.
    let door = Door::new(world.door.base.clone());
    let case = defaulted(&door, &told.loan).await;
    let look = || async { door.get(RISK, &format!("{CASES}/{case}")).await.expect(200) };
    let policy = door
        .until("the policy at the bank", async || look().await["guarantees"].as_array()?.first().cloned())
        .await;
    assert_eq!(policy["covers_default"], json!(true), "{policy}");

    let insurer = json!({ "bearer": "insurer", "party_id": policy["insurer_id"], "rank": 1, "share": "0.8" });
    let shared = done(&door, &case, json!({ "kind": "sharing", "interest": false, "also": [insurer] })).await;
    let borne = fen(&shared["parts"][0]["borne"]);
    assert!(borne > 0 && borne < fen(&shared["loss"]), "{shared}");
    let before = door.get(OFFICER, &format!("/api/pledge/v1/loans/{}", told.loan)).await.expect(200);

    let claim = paid(&door, &policy, &shared["loss"]).await;
    assert_eq!(fen(&claim["paid"]), borne, "both books reckon the same terms");
    let settled = door
        .until("the payment at the bank", async || {
            let view = look().await;
            (view["claims"][0]["status"] == json!("paid")).then_some(view)
        })
        .await;
    assert_eq!(
        (&settled["claims"][0]["paid"], &settled["insurer_claims"][0]["status"]),
        (&claim["paid"], &json!("settled"))
    );
    let after = door.get(OFFICER, &format!("/api/pledge/v1/loans/{}", told.loan)).await.expect(200);
    assert_eq!(fen(&before["outstanding"]) - fen(&after["outstanding"]), borne, "credited once");

    let recovery =
        json!({ "kind": "recovery", "amount": "1000.00", "payer": "企业", "reference": "回单 1 号" });
    done(&door, &case, recovery).await;
    let returned = look().await["claims"][0]["returned"].clone();
    let path = format!("{CLAIMS}/{}", claim["id"].as_str().unwrap());
    let back = door
        .until("the recovery at the insurer", async || {
            let shown = door.get(HANDLER, &path).await.expect(200);
            (shown["recovered"] != json!("0.00")).then_some(shown)
        })
        .await;
    assert_eq!((&back["recovered"], fen(&back["net_paid"])), (&returned, borne - fen(&returned)));
    let all = door.get(EXAMINER, "/api/pledge/v1/ledger/reconciliation").await.expect(200);
    for one in all["items"].as_array().unwrap() {
        assert_eq!(one["agrees"], json!(true), "{one}");
    }
    world.end().await;
}
