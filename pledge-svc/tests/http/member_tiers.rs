//! A member whose loans at the bank have become bad borrows nothing more from it: on no line, and from the moment at
//! which the bank knows, not from the next close of business.

use contracts::{OrgKind, UserId};
use identity::{Caller, Role};
use serde_json::{Value, json};
use tx_kit::testing::Backend;
use uuid::Uuid;

use super::{
    bench::{Bench, approver, finance, officer, operations, org, other_finance, other_officer},
    facility::draw,
    facility_life::{approved, change, place, unsecured, view},
};

fn risk_manager() -> Caller {
    Caller { user: UserId::from_uuid(Uuid::from_u128(1_004)), roles: vec![Role::RiskManager], ..officer() }
}

fn other_approver() -> Caller {
    assert_eq!(other_officer().org_kind, OrgKind::Bank);
    Caller {
        user: UserId::from_uuid(Uuid::from_u128(1_102)),
        roles: vec![Role::CreditApprover],
        ..other_officer()
    }
}

async fn close(bench: &Bench, until: &str) {
    let day = json!({ "business_date": until });
    for _ in 0..1_000 {
        let answer = bench.post(&operations(), "/closings", day.clone()).await;
        if answer.status.as_u16() != 202 {
            answer.expect(200);
            return;
        }
    }
    panic!("the close up to {until} does not end");
}

/// Two people judge a loan.
async fn judged(bench: &Bench, loan: &str, tier: &str) {
    let path = format!("/loans/{loan}/classifications");
    let body = json!({ "tier": tier, "reason": "主要客户破产" });
    let made = bench.post(&risk_manager(), &path, body).await.expect(201);
    let confirm = format!("{path}/{}/confirm", made["id"].as_str().unwrap());
    bench.post(&approver(), &confirm, json!({})).await.expect(200);
}

/// A loan of the first enterprise on a line of its own, drawn on 2026-11-24.
async fn lent(bench: &Bench) -> (String, String) {
    let line = approved(bench, unsecured(json!({ "members": [place(20, "300000.00")] }))).await;
    let drawn = draw(bench, &line, &finance(), "100000.00", "first").await.expect(201);
    (line, drawn["loan_id"].as_str().unwrap().to_owned())
}

fn place_of(view: &Value, number: u128) -> &Value {
    let members = view["members"].as_array().unwrap();
    members.iter().find(|one| one["enterprise_id"] == json!(org(number))).unwrap()
}

/// The first enterprise stands paused on a line, with the reason, and its draw is refused for it.
async fn stopped(bench: &Bench, line: &str, class: &str, key: &str) {
    let shown = view(bench, &officer(), line).await;
    let place = place_of(&shown, 20);
    assert_eq!(place["status"], "paused", "{place}");
    assert!(place["status_reason"].as_str().unwrap().contains(class), "{place}");
    let triggers = bench.get(&officer(), &format!("/facilities/{line}/triggers")).await.expect(200);
    assert_eq!(
        (&triggers["items"][0]["kind"], &triggers["items"][0]["state"]),
        (&json!("member_tier"), &json!("standing")),
        "{triggers}"
    );
    let refused = draw(bench, line, &finance(), "1000.00", key).await.refused(409, "member-paused");
    // The class is the bank's own affair: the member hears of what kind the pause is, and reads no more of its place.
    assert!(refused["detail"].as_str().unwrap().contains("暂停条件"), "{refused}");
    assert!(!refused.to_string().contains(class) && refused.get("reason").is_none(), "{refused}");
    let own = place_of(&view(bench, &finance(), line).await, 20).clone();
    assert!(own["status"] == "paused" && own["status_reason"].is_null(), "{own}");
}

#[tokio::test]
async fn a_member_that_is_substandard_on_another_line_borrows_nothing_on_a_new_one() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        lent(&bench).await;
        // Interest fell due on 24 December 2026 and was never paid: 182 days later the loan is substandard.
        bench.at("2027-06-25T02:00:00Z");
        close(&bench, "2027-06-24").await;
        let line = approved(&bench, unsecured(json!({}))).await;
        stopped(&bench, &line, "次级", "k1").await;
        draw(&bench, &line, &other_finance(), "1000.00", "k2").await.expect(201);
        // Another bank's line is another bank's decision.
        let made = bench.post(&other_officer(), "/facilities", unsecured(json!({}))).await.expect(201);
        let elsewhere = made["id"].as_str().unwrap();
        let approve = format!("/facilities/{elsewhere}/approve");
        let open = bench.post(&other_approver(), &approve, json!({})).await.expect(200);
        assert_eq!(place_of(&open, 20)["status"], "active", "{open}");
    }
}

#[tokio::test]
async fn a_waiver_of_the_pledge_lets_a_member_of_a_bad_class_draw_nothing() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let (_, loan) = lent(&bench).await;
        bench.at("2026-11-25T02:00:00Z");
        close(&bench, "2026-11-24").await;
        judged(&bench, &loan, "substandard").await;
        let line = bench.facility().await;
        let path = format!("/facilities/{line}/pledge-waivers");
        let ask = json!({
            "enterprise_id": finance().tenant, "amount": "1000000.00", "until": "2026-12-31", "reason": "登记在途"
        });
        let made = bench.post(&officer(), &path, ask).await.expect(201);
        let approve = format!("{path}/{}/approve", made["id"].as_str().unwrap());
        bench.post(&approver(), &approve, json!({})).await.expect(200);
        stopped(&bench, &line, "次级", "k1").await;
    }
}

#[tokio::test]
async fn a_member_of_a_bad_class_is_put_on_a_list_and_stands_paused_on_it() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let (_, loan) = lent(&bench).await;
        bench.at("2026-11-25T02:00:00Z");
        close(&bench, "2026-11-24").await;
        judged(&bench, &loan, "doubtful").await;
        let line = approved(&bench, unsecured(json!({ "members": [place(21, "300000.00")] }))).await;
        let joined = change(&bench, &line, json!({ "members": [place(20, "200000.00")] })).await;
        assert_eq!(place_of(&joined, 20)["status"], "paused", "{joined}");
        stopped(&bench, &line, "可疑", "k1").await;
        draw(&bench, &line, &other_finance(), "1000.00", "k2").await.expect(201);
    }
}

#[tokio::test]
async fn every_line_of_the_bank_follows_a_judgement_in_the_same_act_and_goes_on_when_people_say_so() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let (own, loan) = lent(&bench).await;
        let other = approved(&bench, unsecured(json!({}))).await;
        let lenient = json!({ "triggers": { "member_tier": "loss" } });
        let lenient = approved(&bench, unsecured(lenient)).await;
        let off = approved(&bench, unsecured(json!({ "triggers": { "member_tier": null } }))).await;
        draw(&bench, &other, &finance(), "1000.00", "k1").await.expect(201);
        bench.at("2026-11-25T02:00:00Z");
        close(&bench, "2026-11-24").await;
        judged(&bench, &loan, "substandard").await;
        stopped(&bench, &own, "次级", "k2").await;
        stopped(&bench, &other, "次级", "k3").await;
        draw(&bench, &lenient, &finance(), "1000.00", "k4").await.expect(201);
        draw(&bench, &off, &finance(), "1000.00", "k5").await.expect(201);
        // The bank lets it go on with what it has seen, and is asked again once that is worse.
        change(&bench, &other, json!({ "resume": [org(20)] })).await;
        draw(&bench, &other, &finance(), "1000.00", "k6").await.expect(201);
        judged(&bench, &loan, "doubtful").await;
        stopped(&bench, &other, "可疑", "k7").await;
        // What the others hear of a line has one version for each telling.
        let sql = "SELECT MAX(CAST(twice AS VARCHAR(20))) AS text FROM (SELECT COUNT(*) AS twice FROM outbox \
                   WHERE name = 'facility.changed.v1' GROUP BY aggregate, version) AS told";
        assert_eq!(bench.texts(sql).await, ["1"]);
    }
}
