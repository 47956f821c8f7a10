//! Pledges at an office outside that delays, fails, drops the line, answers twice, out of order, or after we gave up.

use contracts::Clock;
use serde_json::{Value, json};
use tx_kit::testing::Backend;

use crate::{
    bench::{approver, finance, officer, operations},
    office::{FakeOffice, Mood, SECRET},
    registration::{Approved, history, pledge, step},
};

/// An office with a pledge that was filed and not sent yet: the pledge's id and the request's.
async fn filed(backend: Backend) -> (FakeOffice, Approved, String, String) {
    let office = FakeOffice::open(backend).await;
    let approved = Approved::new(&office.bench).await;
    let id = approved.file(&office.bench).await;
    let request = pledge(&office.bench, &id).await["filing"]["id"].as_str().unwrap().to_owned();
    (office, approved, id, request)
}

fn accepted() -> Value {
    json!({"kind": "accepted", "reference": "S2026-1"})
}

fn registered() -> Value {
    json!({"kind": "registered", "registration_number": "Y2026980007"})
}

#[tokio::test]
async fn an_office_outside_gets_the_papers_once_and_its_messages_register_the_pledge() {
    for backend in Backend::available().unwrap() {
        let (office, _, id, request) = filed(backend).await;
        let bench = &office.bench;
        let detail = pledge(bench, &id).await;
        assert_eq!(
            (&detail["filing"]["state"], &detail["decided_outside"]),
            (&json!("submitted"), &json!(true))
        );
        assert_eq!(detail["filings"][0]["delivery"], "waiting");
        assert_eq!(office.round().await, 1);
        assert_eq!(office.round().await, 0, "nothing is sent twice");
        let papers = office.filed(&request).unwrap().papers;
        assert_eq!(papers["pledge"]["secured_amount"], "2500000.00");
        assert_eq!(papers["papers"]["contract"]["patent_count"], 2);
        assert_eq!(pledge(bench, &id).await["filings"][0]["delivery"], "delivered");

        let first = office.says(&request, accepted());
        assert_eq!(office.calls(&first).await.expect(200)["receipt"], "taken");
        let detail = pledge(bench, &id).await;
        assert_eq!(
            (&detail["filing"]["state"], &detail["filing"]["due_on"]),
            (&json!("accepted"), &json!("2026-11-26"))
        );
        let second = office.says(&request, registered());
        assert_eq!(office.calls(&second).await.expect(200)["receipt"], "taken");
        for message in [&first, &second, &second] {
            assert_eq!(office.calls(message).await.expect(200)["receipt"], "known");
        }
        let detail = pledge(bench, &id).await;
        assert_eq!(
            (&detail["status"], &detail["registration_number"], &detail["filings"][0]["office_reference"]),
            (&json!("registered"), &json!("Y2026980007"), &json!("S2026-1"))
        );
        assert_eq!(history(bench, &id).await, ["submitted", "accepted", "registered"]);
        let told = bench.texts("SELECT name AS text FROM outbox WHERE name = 'pledge.changed.v1'").await;
        assert_eq!(told.len(), 2, "submitted and registered");
        let trail = bench.texts("SELECT user_name AS text FROM audit WHERE action = 'pledge.register'").await;
        assert_eq!(trail, ["登记机关"]);
        assert_eq!(office.strangers(), 0);
    }
}

#[tokio::test]
async fn messages_in_any_order_lead_where_the_offices_order_leads() {
    for backend in Backend::available().unwrap() {
        let (office, _, id, request) = filed(backend).await;
        office.round().await;
        let messages = [
            office.says(&request, accepted()),
            office.says(&request, json!({"kind": "deficient", "text": "缺委托书"})),
            office.says(&request, registered()),
            office.says(&request, json!({"kind": "annulled", "reason": "事后发现"})),
        ];
        for (index, receipt) in [(3, "waits"), (2, "waits"), (2, "known"), (1, "waits")] {
            assert_eq!(office.calls(&messages[index]).await.expect(200)["receipt"], receipt, "{index}");
        }
        let waiting = pledge(&office.bench, &id).await;
        assert_eq!(
            (&waiting["status"], &waiting["filing"]["state"]),
            (&json!("submitted"), &json!("submitted"))
        );
        assert_eq!(office.calls(&messages[0]).await.expect(200)["receipt"], "taken");
        let detail = pledge(&office.bench, &id).await;
        assert_eq!(
            (&detail["status"], &detail["filing"]["state"]),
            (&json!("annulled"), &json!("completed"))
        );
        assert_eq!(
            history(&office.bench, &id).await,
            ["submitted", "accepted", "deficient", "registered", "annulled"]
        );
        for message in &messages {
            assert_eq!(office.calls(message).await.expect(200)["receipt"], "known");
        }
        assert_eq!(pledge(&office.bench, &id).await["version"], detail["version"], "nothing moves again");
    }
}

#[tokio::test]
async fn what_did_not_arrive_is_asked_for() {
    for backend in Backend::available().unwrap() {
        let (office, approved, id, request) = filed(backend).await;
        office.round().await;
        office.says(&request, accepted());
        let second = office.says(&request, registered());
        assert_eq!(office.calls(&second).await.expect(200)["receipt"], "waits");
        assert!(office.round().await > 0, "a gap is asked about at once");
        assert_eq!(pledge(&office.bench, &id).await["status"], "registered");

        let approved = another(&office, &approved.facility).await;
        let other = approved.file(&office.bench).await;
        let request = pledge(&office.bench, &other).await["filing"]["id"].as_str().unwrap().to_owned();
        office.round().await;
        office.says(&request, accepted());
        office.minutes(16).await;
        assert_eq!(pledge(&office.bench, &other).await["filing"]["state"], "accepted", "no callback came");
    }
}

/// Another approved application under the facility, over patents of its own.
async fn another(office: &FakeOffice, facility: &str) -> Approved {
    let bench = &office.bench;
    let patents = [bench.patent(11, &finance(), json!({})), bench.patent(12, &finance(), json!({}))];
    let request = json!({"facility_id": facility, "amount": "1000000.00", "tenor_months": 6,
        "purpose": "采购原料", "patent_ids": patents});
    let applied = bench.post(&finance(), "/applications", request).await.expect(201);
    let application = applied["id"].as_str().unwrap().to_owned();
    let valuations = patents.map(
        |patent| json!({"patent_id": patent, "valuation_id": bench.valuation(patent, &officer(), json!({}))}),
    );
    let assessment = json!({"valuations": valuations, "recommended_amount": "1000000.00", "comment": "可行"});
    let path = |step: &str| format!("/applications/{application}/{step}");
    bench.post(&officer(), &path("assess"), assessment).await.expect(200);
    bench.post(&approver(), &path("approve"), json!({})).await.expect(200);
    bench.registration_papers(&finance(), &application).await;
    Approved { facility: facility.to_owned(), application, patents }
}

#[tokio::test]
async fn papers_are_sent_again_until_the_office_has_them_and_it_has_them_once() {
    for backend in Backend::available().unwrap() {
        let (office, _, id, request) = filed(backend).await;
        let moods = [Mood::Fails, Mood::TakesAndDropsTheLine, Mood::TakesAndFails, Mood::Slow];
        office.moods(moods);
        assert_eq!(office.round().await, 1);
        let detail = pledge(&office.bench, &id).await;
        assert_eq!(detail["filings"][0]["delivery"], "waiting");
        assert!(detail["delivery_error"].as_str().unwrap().contains("500"), "{detail}");
        // A few requests have passed, not the pause of five seconds.
        office.minutes(3).await;
        assert_eq!(pledge(&office.bench, &id).await["filings"][0]["delivery"], "delivered");
        assert_eq!(pledge(&office.bench, &id).await["delivery_error"], Value::Null);
        let has = office.filed(&request).unwrap();
        assert_eq!((has.times, office.count()), (3, 1), "the same request three times is one filing");
        for answer in [accepted(), registered()] {
            office.calls(&office.says(&request, answer)).await.expect(200);
        }
        assert_eq!(pledge(&office.bench, &id).await["status"], "registered");
    }
}

#[tokio::test]
async fn what_was_given_up_is_sent_again_by_a_person_and_a_late_answer_counts() {
    for backend in Backend::available().unwrap() {
        let (office, _, id, request) = filed(backend).await;
        let bench = &office.bench;
        office.moods([Mood::WillNotHaveThem]);
        office.round().await;
        let detail = pledge(bench, &id).await;
        assert_eq!(
            (&detail["filings"][0]["delivery"], &detail["filing"]["state"]),
            (&json!("given_up"), &json!("submitted"))
        );
        assert!(detail["delivery_error"].as_str().unwrap().contains("缺少附件"), "{detail}");
        assert_eq!(office.round().await, 0, "it is not sent again by itself");
        step(bench, &id, "resend", json!({})).await;
        bench
            .post(&operations(), &format!("/pledges/{id}/resend"), json!({}))
            .await
            .refused(409, "nothing-to-send");
        office.moods([Mood::WillNotHaveThem]);
        office.round().await;
        // The office had them all the same, and answers when nobody waits any more.
        for answer in [accepted(), registered()] {
            office.calls(&office.says(&request, answer)).await.expect(200);
        }
        assert_eq!(pledge(bench, &id).await["status"], "registered");
        assert_eq!(
            history(bench, &id).await,
            ["submitted", "not_delivered", "sent_again", "not_delivered", "accepted", "registered"]
        );
        bench
            .post(&operations(), &format!("/pledges/{id}/resend"), json!({}))
            .await
            .refused(409, "nothing-filed");
        assert_eq!(office.round().await, 0);
    }
}

#[tokio::test]
async fn an_office_that_lost_the_papers_gets_them_again() {
    for backend in Backend::available().unwrap() {
        let (office, _, id, request) = filed(backend).await;
        office.round().await;
        office.burn();
        office.minutes(17).await;
        assert_eq!(office.filed(&request).unwrap().times, 1);
        assert_eq!(history(&office.bench, &id).await, ["submitted", "sent_again"]);
    }
}

#[tokio::test]
async fn only_the_office_is_heard_and_only_about_now() {
    for backend in Backend::available().unwrap() {
        let (office, _, id, request) = filed(backend).await;
        office.round().await;
        let first = office.says(&request, accepted());
        let now = office.bench.clock.now().timestamp();
        let stranger = b"a secret that a stranger thought of himself";
        office.calls_with(&first, now, stranger).await.refused(401, "signature");
        office.calls_with(&first, now - 301, SECRET).await.refused(401, "signature");
        let nobody = json!({"request_id": uuid::Uuid::nil(), "sequence": 1, "on": "2026-11-24", "answer": {"kind": "withdrawn"}});
        office.calls(&nobody).await.refused(404, "not-found");
        office.calls(&json!({"request_id": request})).await.refused(422, "invalid-request");
        for sequence in [0, -1, 1_000_000] {
            let mut odd = first.clone();
            odd["sequence"] = json!(sequence);
            office.calls(&odd).await.refused(409, "register-message-contradicts");
        }
        assert_eq!(pledge(&office.bench, &id).await["filing"]["state"], "submitted");
        office.calls(&first).await.expect(200);
        let mut twin = first.clone();
        twin["answer"] = registered();
        office.calls(&twin).await.refused(409, "register-message-contradicts");
        assert_eq!(pledge(&office.bench, &id).await["filing"]["state"], "accepted");
    }
}

#[tokio::test]
async fn a_decision_is_not_undone_by_a_later_message_that_contradicts_it() {
    for backend in Backend::available().unwrap() {
        let (office, _, id, request) = filed(backend).await;
        office.round().await;
        for answer in [
            accepted(),
            registered(),
            json!({"kind": "registered", "registration_number": "Y2026980008"}),
            json!({"kind": "refused", "grounds": ["right_ended"], "reason": "专利权终止"}),
            json!({"kind": "deficient", "text": "缺委托书"}),
        ] {
            office.calls(&office.says(&request, answer)).await.expect(200);
        }
        let detail = pledge(&office.bench, &id).await;
        assert_eq!(
            (&detail["status"], &detail["registration_number"], &detail["filing"]["state"]),
            (&json!("registered"), &json!("Y2026980007"), &json!("completed"))
        );
        let lines = office.bench.get(&officer(), &format!("/pledges/{id}/history")).await.expect(200);
        assert_eq!(lines["items"][0]["details"]["came_to"], "contradicts", "people can see it");
    }
}

#[tokio::test]
async fn a_correction_reaches_the_office_once_and_the_desk_here_decides_nothing() {
    for backend in Backend::available().unwrap() {
        let (office, _, id, request) = filed(backend).await;
        let bench = &office.bench;
        office.round().await;
        for (act, body) in [
            ("register", json!({})),
            ("refuse", json!({"reason": "不符"})),
            ("annul", json!({"reason": "不符"})),
            ("deficiency", json!({"text": "补正"})),
        ] {
            let answer = bench.post(&operations(), &format!("/pledges/{id}/{act}"), body).await;
            answer.refused(409, "office-decides");
        }
        for answer in [accepted(), json!({"kind": "deficient", "text": "缺委托书", "grounds": ["other"]})]
        {
            office.calls(&office.says(&request, answer)).await.expect(200);
        }
        assert_eq!(pledge(bench, &id).await["filings"][0]["deficiency"]["text"], "缺委托书");
        bench.at("2026-11-30T02:00:00Z");
        let corrected = step(bench, &id, "correct", json!({"note": "委托书已补"})).await;
        assert_eq!(corrected["filing"]["due_on"], "2026-12-02");
        office.moods([Mood::TakesAndFails]);
        office.round().await;
        office.minutes(1).await;
        let has = office.filed(&request).unwrap();
        assert_eq!((has.times, has.corrections.len()), (1, 1));
        assert_eq!(has.corrections[&1]["papers"]["note"], "委托书已补");
        office.calls(&office.says(&request, registered())).await.expect(200);
        assert_eq!(pledge(bench, &id).await["status"], "registered");
    }
}

#[tokio::test]
async fn an_office_that_is_asked_to_let_go_may_register_all_the_same() {
    for backend in Backend::available().unwrap() {
        let (office, approved, id, request) = filed(backend).await;
        let bench = &office.bench;
        office.round().await;
        let asked = step(bench, &id, "withdraw", json!({"reason": "另行办理"})).await;
        assert_eq!(asked["status"], "submitted");
        bench
            .post(&operations(), &format!("/pledges/{id}/withdraw"), json!({"reason": "再次"}))
            .await
            .refused(409, "withdrawal-asked");
        office.round().await;
        assert_eq!(office.filed(&request).unwrap().withdrawals, 1);
        for answer in [accepted(), registered(), json!({"kind": "withdrawn"})] {
            office.calls(&office.says(&request, answer)).await.expect(200);
        }
        assert_eq!(pledge(bench, &id).await["status"], "registered", "what the office decided first stands");
        approved.draw(bench, "1000.00", "d-1").await.expect(201);
    }
}

#[tokio::test]
async fn nothing_is_drawn_on_a_pledge_whose_cancellation_is_under_way() {
    for backend in Backend::available().unwrap() {
        let (office, approved, id, request) = filed(backend).await;
        let bench = &office.bench;
        office.round().await;
        for answer in [accepted(), registered()] {
            office.calls(&office.says(&request, answer)).await.expect(200);
        }
        let asked = step(bench, &id, "cancel", json!({"reason": "不再需要"})).await;
        assert_eq!((&asked["status"], &asked["carrying"]), (&json!("registered"), &json!("0.00")));
        approved.draw(bench, "1.00", "d-1").await.expect(409);
        let cancellation = asked["filing"]["id"].as_str().unwrap().to_owned();
        office.round().await;
        assert_eq!(office.filed(&cancellation).unwrap().papers["kind"], "cancellation");
        for answer in [accepted(), json!({"kind": "cancelled"})] {
            office.calls(&office.says(&cancellation, answer)).await.expect(200);
        }
        let detail = pledge(bench, &id).await;
        assert_eq!((&detail["status"], &detail["cancel_reason"]), (&json!("cancelled"), &json!("不再需要")));
        assert_eq!(bench.member(&approved.facility, &finance()).await.0, "0.00");
        assert_eq!(office.round().await, 0);
    }
}

#[tokio::test]
async fn the_same_message_by_two_ways_at_once_is_taken_once() {
    for backend in Backend::available().unwrap() {
        let (office, _, id, request) = filed(backend).await;
        office.round().await;
        let message = office.says(&request, accepted());
        let (one, other, third) =
            tokio::join!(office.calls(&message), office.calls(&message), office.calls(&message));
        let mut receipts = [one, other, third].map(|answer| answer.expect(200)["receipt"].to_string());
        receipts.sort_unstable();
        assert_eq!(receipts, ["\"known\"", "\"known\"", "\"taken\""]);
        assert_eq!(history(&office.bench, &id).await, ["submitted", "accepted"]);
    }
}
