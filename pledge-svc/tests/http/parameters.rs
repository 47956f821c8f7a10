//! A bank's parameters over the router: proposed by one, approved by another, never laxer than the law.

use identity::{Caller, Role};
use serde_json::{Value, json};
use tx_kit::testing::Backend;

use super::bench::{Bench, approver, examiner, finance, officer, other_officer};

/// The risk manager of the officer's bank.
fn risk_manager() -> Caller {
    Caller {
        user: contracts::UserId::from_uuid(uuid::Uuid::from_u128(1_004)),
        roles: vec![Role::RiskManager],
        ..officer()
    }
}

/// What a bank would set beside the platform's defaults.
fn stricter() -> Value {
    json!({
        "classification": { "substandard_after_days": 60 },
        "staging": { "increased_after_days": 20, "impaired_after_days": 60 },
    })
}

async fn propose(bench: &Bench, content: Value, from: &str) -> super::bench::Answer {
    let body = json!({ "content": content, "effective_from": from, "reason": "从严管理" });
    bench.post(&risk_manager(), "/parameters/risk/proposals", body).await
}

fn decision(version: &Value, what: &str) -> String {
    format!("/parameters/risk/proposals/{}/{what}", version["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_bank_without_a_version_of_its_own_has_the_platforms_defaults_each_explained() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let body = bench.get(&officer(), "/parameters").await.expect(200);
        let kinds = body["items"].as_array().unwrap();
        let risk = kinds.iter().find(|one| one["kind"] == "risk").unwrap();
        assert_eq!(risk["source"], "platform_default");
        assert_eq!(risk["content"]["classification"]["substandard_after_days"], 90);
        assert_eq!(risk["content"]["provision_floor"]["normal"], "0.0100");
        let fields = risk["fields"].as_array().unwrap();
        let floor = fields.iter().find(|one| one["field"] == "provision_floor.normal").unwrap();
        assert!(floor["source_zh"].as_str().unwrap().contains("银发〔2002〕98号"), "{floor}");
        assert_eq!(floor["unit"], "fraction");
        assert_eq!((&risk["active"], &risk["proposal"]), (&Value::Null, &Value::Null));
        bench.get(&officer(), "/parameters/nothing").await.refused(404, "not-found");
        bench.get(&finance(), "/parameters").await.refused(403, "forbidden");
    }
}

#[tokio::test]
async fn a_version_holds_from_its_day_once_another_person_has_approved_it() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let proposed = propose(&bench, stricter(), "2026-12-01").await.expect(201);
        assert_eq!((&proposed["version"], &proposed["status"]), (&json!(1), &json!("proposed")));
        // Fields that were not sent have the platform's defaults.
        assert_eq!(proposed["content"]["classification"]["loss_after_days"], 360);
        propose(&bench, stricter(), "2026-12-01").await.refused(409, "parameters-pending");
        let waits = bench.get(&officer(), "/parameters/risk").await.expect(200);
        assert_eq!(
            (&waits["source"], &waits["proposal"]["version"]),
            (&json!("platform_default"), &json!(1))
        );
        // Nobody decides what they proposed, whatever roles they hold.
        let both = Caller { roles: vec![Role::RiskManager, Role::CreditApprover], ..risk_manager() };
        bench.post(&both, &decision(&proposed, "approve"), json!({})).await.refused(403, "four-eyes");
        bench.post(&officer(), &decision(&proposed, "approve"), json!({})).await.refused(403, "forbidden");
        let approved = bench.post(&approver(), &decision(&proposed, "approve"), json!({})).await.expect(200);
        assert_eq!(
            (&approved["status"], &approved["effective_from"]),
            (&json!("approved"), &json!("2026-12-01"))
        );
        bench
            .post(&approver(), &decision(&proposed, "approve"), json!({}))
            .await
            .refused(409, "not-in-status");
        let eve = bench.get(&officer(), "/parameters/risk?on=2026-11-30").await.expect(200);
        assert_eq!(eve["content"]["classification"]["substandard_after_days"], 90);
        let day = bench.get(&officer(), "/parameters/risk?on=2026-12-01").await.expect(200);
        assert_eq!((&day["source"], &day["active"]["version"]), (&json!("bank"), &json!(1)));
        assert_eq!(day["content"]["classification"]["substandard_after_days"], 60);
        // Another bank's parameters are its own affair; the regulator asks about any bank.
        let other = bench.get(&other_officer(), "/parameters/risk?on=2026-12-01").await.expect(200);
        assert_eq!(other["source"], "platform_default");
        let path = format!("/parameters/risk/versions/{}", proposed["id"].as_str().unwrap());
        bench.get(&other_officer(), &path).await.refused(404, "not-found");
        let asked = format!("/parameters/risk?on=2026-12-01&bank_id={}", officer().tenant);
        assert_eq!(bench.get(&examiner(), &asked).await.expect(200)["source"], "bank");
        assert_eq!(bench.get(&examiner(), &path).await.expect(200)["version"], 1);
    }
}

#[tokio::test]
async fn nobody_approves_what_raises_the_own_authority() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let version = async |own: &str| {
            let persons = [json!({ "user_id": approver().user, "name": approver().name, "limit": own })];
            let body = json!({ "content": { "personal_limit": "1000000.00", "persons": persons },
                "effective_from": "2026-11-24", "reason": "权限调整" });
            let path = "/parameters/approval_authority/proposals";
            let made = bench.post(&risk_manager(), path, body).await.expect(201);
            format!("{path}/{}/approve", made["id"].as_str().unwrap())
        };
        // From no bound at all to five million is no raise; from five to six is.
        let cut = version("5000000.00").await;
        bench.post(&approver(), &cut, json!({})).await.expect(200);
        let raise = version("6000000.00").await;
        bench.post(&approver(), &raise, json!({})).await.refused(403, "own-limit-raised");
        let id = contracts::UserId::from_uuid(uuid::Uuid::from_u128(1_007));
        let other = Caller { user: id, name: "另一审批人".to_owned(), ..approver() };
        bench.post(&other, &raise, json!({})).await.expect(200);
    }
}

#[tokio::test]
async fn parameters_never_work_backwards() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        // Nor for a day so far ahead that the proposal would only keep others waiting.
        for (from, said) in [("2026-11-23", "2026-11-24"), ("9999-01-01", "2028-11-24")] {
            let refused = propose(&bench, stricter(), from).await.refused(422, "invalid-request");
            assert_eq!(refused["errors"][0]["field"], "effective_from");
            assert!(refused.to_string().contains(said), "{refused}");
        }
        // Proposed for today and approved three days later: it holds from the approval on.
        let proposed = propose(&bench, stricter(), "2026-11-24").await.expect(201);
        bench.at("2026-11-27T02:00:00Z");
        let approved = bench.post(&approver(), &decision(&proposed, "approve"), json!({})).await.expect(200);
        assert_eq!(approved["effective_from"], "2026-11-27");
    }
}

#[tokio::test]
async fn what_is_laxer_than_the_law_or_not_a_parameter_is_refused_at_its_field() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let at = |content: Value| {
            let bench = &bench;
            async move {
                let refused = propose(bench, content, "2026-12-01").await.refused(422, "invalid-request");
                refused["errors"][0]["field"].as_str().unwrap().to_owned()
            }
        };
        assert_eq!(at(json!({ "provision_floor": { "loss": "0.9" } })).await, "content.provision_floor.loss");
        assert_eq!(
            at(json!({ "classification": { "upgrade_months": 3 } })).await,
            "content.classification.upgrade_months"
        );
        assert!(at(json!({ "classification": { "substandard_days": 60 } })).await.starts_with("content."));
        assert!(at(json!({ "pd": { "normal": ["two per cent"] } })).await.starts_with("content.pd.normal"));
        propose(&bench, json!({}), "2026-12-01").await.refused(409, "parameters-unchanged");
        let none = bench.get(&officer(), "/parameters/risk/versions").await.expect(200);
        assert!(none["items"].as_array().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_refused_version_leaves_what_holds_and_the_next_one_is_compared_with_it() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let first = propose(&bench, stricter(), "2026-12-01").await.expect(201);
        bench.post(&approver(), &decision(&first, "refuse"), json!({})).await.refused(422, "invalid-request");
        let reason = json!({ "reason": "依据不足" });
        let refused = bench.post(&approver(), &decision(&first, "refuse"), reason).await.expect(200);
        assert_eq!(
            (&refused["status"], &refused["decision_reason"]),
            (&json!("refused"), &json!("依据不足"))
        );
        let holds = bench.get(&officer(), "/parameters/risk?on=2027-01-01").await.expect(200);
        assert_eq!(holds["source"], "platform_default");
        let mut content = stricter();
        content["classification"]["substandard_after_days"] = json!(45);
        content["staging"]["impaired_after_days"] = json!(45);
        let second = propose(&bench, content, "2026-12-01").await.expect(201);
        assert_eq!(second["version"], 2);
        let ids = [&first, &second].map(|one| one["id"].as_str().unwrap().to_owned());
        let path = format!("/parameters/risk/diff?from={}&to={}", ids[0], ids[1]);
        let diff = bench.get(&officer(), &path).await.expect(200);
        let found = diff["differences"].as_array().unwrap();
        let fields: Vec<&str> = found.iter().map(|one| one["field"].as_str().unwrap()).collect();
        assert_eq!(fields, ["classification.substandard_after_days", "staging.impaired_after_days"]);
        assert_eq!((&found[0]["before"], &found[0]["after"]), (&json!(60), &json!(45)));
        let from_default =
            bench.get(&officer(), &format!("/parameters/risk/diff?to={}", ids[1])).await.expect(200);
        assert_eq!(from_default["differences"].as_array().unwrap().len(), 3);
        let versions = bench.get(&officer(), "/parameters/risk/versions").await.expect(200);
        let numbers: Vec<i64> = versions["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["version"].as_i64().unwrap())
            .collect();
        assert_eq!(numbers, [2, 1]);
        bench.get(&other_officer(), &path).await.refused(404, "not-found");
    }
}

#[tokio::test]
async fn a_repeated_proposal_is_answered_as_the_first_time() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let body = json!({ "content": stricter(), "effective_from": "2026-12-01", "reason": "从严管理" });
        let send = |body: Value| {
            let bench = &bench;
            async move {
                bench.send(&risk_manager(), "POST", "/parameters/risk/proposals", body, Some("k1")).await
            }
        };
        let first = send(body.clone()).await.expect(201);
        assert_eq!(send(body).await.expect(201), first);
    }
}
