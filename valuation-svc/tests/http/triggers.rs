//! The rules of revaluation: proposed by one person, approved by another of the same organisation, in force from a day.

use axum::http::{Method, StatusCode};
use contracts::OrgKind;
use identity::{Caller, Role};
use serde_json::{Value, json};
use valuation_svc::triggers;

use crate::bench::{Suite, caller, examiner, items, officer, on_each, text, today};

const RULES: &str = "/revaluation-triggers/rules";

fn person(bank: u128, number: u128, roles: &[Role]) -> Caller {
    let one = caller(bank, &format!("bank {bank}"), OrgKind::Bank, Role::RiskManager);
    Caller { user: uuid::Uuid::from_u128(number).into(), roles: roles.to_vec(), ..one }
}

fn maker(bank: u128) -> Caller {
    person(bank, bank * 100 + 31, &[Role::RiskManager])
}

fn approver(bank: u128) -> Caller {
    person(bank, bank * 100 + 32, &[Role::CreditApprover])
}

/// The rules of bank 1 with the one cause that asks after so many months.
pub async fn only_aged(suite: &Suite, months: &str) -> Value {
    let mut rules = suite.get(&officer(1), RULES).await["rules"].clone();
    for rule in rules.as_array_mut().unwrap() {
        rule["enabled"] = json!(rule["cause"] == "aged");
        if rule["cause"] == "aged" {
            rule["threshold"] = json!(months);
        }
    }
    rules
}

async fn post(suite: &Suite, who: &Caller, path: &str, body: Value) -> (StatusCode, Value) {
    suite.call(who, Method::POST, &format!("{RULES}{path}"), Some(body)).await
}

async fn proposed(suite: &Suite, who: &Caller, rules: &Value, from: &str) -> (StatusCode, Value) {
    let body = json!({ "rules": rules, "effective_from": from, "reason": "按年度评审调整" });
    post(suite, who, "/proposals", body).await
}

/// Rules of bank 1 that two people have put in force from a day.
pub async fn approved(suite: &Suite, rules: Value, from: &str) -> Value {
    let (status, version) = proposed(suite, &maker(1), &rules, from).await;
    assert_eq!(status, StatusCode::CREATED, "{version}");
    let path = format!("/proposals/{}/approve", text(&version, "id"));
    let (status, version) = post(suite, &approver(1), &path, json!({})).await;
    assert_eq!((status, text(&version, "status")), (StatusCode::OK, "approved"), "{version}");
    version
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_take_two_people_and_hold_from_their_day_on() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        let body = json!({ "patent_id": suite.sound_patent().await["id"], "purpose": "pledge" });
        suite.call(&officer(1), Method::POST, "/valuations", Some(body)).await;
        let shown = suite.get(&officer(1), RULES).await;
        assert_eq!((&shown["defaults"], &shown["rules"]), (&json!(true), &shown["platform"]["rules"]));
        let rules = only_aged(&suite, "1").await;
        let (status, _) = proposed(&suite, &officer(1), &rules, "2026-12-25").await;
        assert_eq!(status, StatusCode::FORBIDDEN, "an officer proposes none");
        for (rules, from) in [(&json!([]), "2026-12-25"), (&rules, "2026-11-23"), (&rules, "9999-01-01")] {
            let (status, refused) = proposed(&suite, &maker(1), rules, from).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{refused}");
        }
        let (status, same) = proposed(&suite, &maker(1), &shown["rules"], "2026-12-25").await;
        assert_eq!(
            (status, text(&same, "type")),
            (StatusCode::CONFLICT, "/problems/trigger-rules-unchanged")
        );
        let both = person(1, 131, &[Role::RiskManager, Role::CreditApprover]);
        let (status, version) = proposed(&suite, &both, &rules, "2026-12-25").await;
        assert_eq!((status, text(&version, "status")), (StatusCode::CREATED, "proposed"), "{version}");
        let (status, second) = proposed(&suite, &maker(1), &rules, "2026-12-26").await;
        assert_eq!(
            (status, text(&second, "type")),
            (StatusCode::CONFLICT, "/problems/trigger-rules-pending")
        );
        let path = format!("/proposals/{}", text(&version, "id"));
        // Whoever proposed it neither approves nor refuses it, whatever roles they have.
        for (act, body) in [("approve", json!({})), ("refuse", json!({ "reason": "撤" }))] {
            let (status, own) = post(&suite, &both, &format!("{path}/{act}"), body).await;
            assert_eq!((status, text(&own, "type")), (StatusCode::FORBIDDEN, "/problems/four-eyes"), "{act}");
        }
        let waits = suite.get(&officer(1), RULES).await;
        assert_eq!((&waits["defaults"], &waits["proposal"]["id"]), (&json!(true), &version["id"]), "{waits}");
        let (status, done) = post(&suite, &approver(1), &format!("{path}/approve"), json!({})).await;
        assert_eq!((status, text(&done, "effective_from")), (StatusCode::OK, "2026-12-25"), "{done}");
        let (status, _) =
            post(&suite, &approver(1), &format!("{path}/refuse"), json!({ "reason": "迟" })).await;
        assert_eq!(status, StatusCode::CONFLICT, "once");
        let later = suite.get(&officer(1), &format!("{RULES}?on=2026-12-25")).await;
        assert_eq!(
            (&later["version"], &later["changed_by"]),
            (&json!(1), &json!(approver(1).name)),
            "{later}"
        );
        let diff = suite.get(&officer(1), &format!("{RULES}/diff?to={}", text(&version, "id"))).await;
        let causes: Vec<&str> =
            diff["differences"].as_array().unwrap().iter().map(|one| text(one, "cause")).collect();
        assert!(causes.contains(&"aged") && causes.len() == 10, "{diff}");
        // The day before its first day the platform's defaults still hold: nothing is a month too old.
        suite.clock.set("2026-12-24T02:00:00Z".parse().unwrap());
        triggers::sweep(&suite.db).await.unwrap();
        let aged = "/revaluation-triggers?cause=aged&status=due";
        assert!(items(&suite.get(&officer(1), aged).await).is_empty());
        suite.clock.set("2026-12-25T02:00:00Z".parse().unwrap());
        triggers::sweep(&suite.db).await.unwrap();
        assert_eq!(items(&suite.get(&officer(1), aged).await).len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_an_organisations_own_and_their_history_is_seen_by_it_and_the_regulator() {
    on_each(async |suite| {
        let rules = only_aged(&suite, "6").await;
        let (_, version) = proposed(&suite, &maker(1), &rules, &today().to_string()).await;
        let id = text(&version, "id").to_owned();
        for act in ["approve", "refuse"] {
            let path = format!("/proposals/{id}/{act}");
            let (status, _) = post(&suite, &approver(2), &path, json!({ "reason": "试探" })).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{act}");
        }
        let bank = format!("organisation_id={}", officer(1).tenant);
        for path in [format!("/versions/{id}"), format!("/diff?from={id}")] {
            let (status, _) = suite.call(&officer(2), Method::GET, &format!("{RULES}{path}"), None).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        }
        let versions = format!("{RULES}/versions?{bank}");
        assert!(items(&suite.get(&officer(2), &versions).await).is_empty());
        assert_eq!(suite.get(&officer(2), &format!("{RULES}?{bank}")).await["proposal"], Value::Null);
        let path = format!("/proposals/{id}/refuse");
        let (status, _) = post(&suite, &approver(1), &path, json!({})).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "a refusal says why");
        let (_, refused) = post(&suite, &approver(1), &path, json!({ "reason": "依据不足" })).await;
        assert_eq!((text(&refused, "status"), text(&refused, "decision_reason")), ("refused", "依据不足"));
        let second = approved(&suite, rules, &today().to_string()).await;
        for who in [officer(1), examiner()] {
            let history = suite.get(&who, &versions).await;
            let states: Vec<(i64, &str)> = items(&history)
                .iter()
                .map(|one| (one["version"].as_i64().unwrap(), text(one, "status")))
                .collect();
            assert_eq!(states, [(2, "approved"), (1, "refused")], "{history}");
        }
        let held = suite.get(&examiner(), &format!("{RULES}?{bank}")).await;
        assert_eq!((&held["active"]["id"], &held["defaults"]), (&second["id"], &json!(false)));
    })
    .await;
}
