//! What asks for pledged patents to be valued anew, as it is told: with the pledge, by its deadline, until it is closed.

use contracts::{Envelope, Event, EventId, Service, TriggerId, ValuationId, events::RevaluationDue};
use identity::Caller;
use pledge_svc::registration::RevaluationsDue;
use serde_json::{Value, json};
use tx_kit::{Consumer, testing::Backend};
use uuid::Uuid;

use crate::{
    bench::{Bench, finance, officer, other_officer},
    registration::{Approved, history},
};

const DUE: &str = "/pledge-revaluations-due";

/// A trigger over a patent of the bank's, at a version; closed at the second.
fn told(patent: Uuid, number: u128, version: i64, who: &Caller) -> Envelope {
    let now = "2026-11-25T02:00:00Z".parse().unwrap();
    let day = |text: &str| text.parse().unwrap();
    let id = TriggerId::from_uuid(Uuid::from_u128(700_000 + number));
    let closed = version > 1;
    Envelope {
        id: EventId::fresh(now),
        source: Service::Valuation,
        aggregate: id.uuid(),
        version,
        occurred_at: now,
        business_date: day("2026-11-25"),
        event: Event::RevaluationDue(RevaluationDue {
            trigger_id: id,
            valuation_id: ValuationId::from_uuid(Uuid::from_u128(1)),
            valuation_number: "V20261101-1".into(),
            tenant: who.tenant,
            tenant_name: who.tenant_name.clone(),
            purpose: "pledge".into(),
            patent_id: patent.into(),
            patent_number: "CN100000001B".into(),
            patent_title: "一种吸附剂".into(),
            cause: "invalidation_filed".into(),
            reason_zh: "记录到无效宣告请求。".into(),
            reason_en: "A request for invalidation was recorded.".into(),
            noted_on: day("2026-11-25"),
            deadline: day("2026-12-10"),
            closed_by: closed.then(|| ValuationId::from_uuid(Uuid::from_u128(2))),
            closed_on: closed.then(|| day("2026-11-30")),
        }),
    }
}

async fn rows(bench: &Bench, who: &Caller, path: &str) -> Vec<Value> {
    bench.get(who, path).await.expect(200)["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_revaluation_due_is_listed_with_its_pledge_once_and_closed_by_its_newer_state() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let approved = Approved::new(&bench).await;
        let consumer = RevaluationsDue::new(bench.db.clone());
        let [first, second] = approved.patents;
        // What is told before the pledge is made is not lost; another bank's is not this bank's.
        let early = told(first, 1, 1, &officer());
        consumer.consume(&[early.clone(), early.clone(), told(first, 3, 1, &other_officer())]).await.unwrap();
        assert_eq!(rows(&bench, &officer(), DUE).await, [] as [Value; 0], "nothing is pledged");
        let id = approved.register(&bench).await;
        let due = rows(&bench, &officer(), &format!("{DUE}?status=due")).await;
        assert_eq!(due.len(), 1, "{due:?}");
        assert_eq!(
            (&due[0]["pledge_id"], &due[0]["deadline"], &due[0]["status"]),
            (&json!(id), &json!("2026-12-10"), &json!("due"))
        );
        let later = told(second, 2, 1, &officer());
        consumer.consume(std::slice::from_ref(&later)).await.unwrap();
        assert_eq!(history(&bench, &id).await.last().unwrap(), "revaluation_due");
        assert_eq!(rows(&bench, &officer(), &format!("{DUE}?pledge_id={id}")).await.len(), 2);
        // Neither the pledgor nor another bank finds it.
        for who in [finance(), other_officer()] {
            assert!(rows(&bench, &who, DUE).await.is_empty(), "{}", who.name);
        }
        bench.at("2026-12-11T02:00:00Z");
        assert_eq!(rows(&bench, &officer(), &format!("{DUE}?status=overdue")).await.len(), 2);
        // The newer state wins, whatever comes after it.
        let done = told(second, 2, 2, &officer());
        consumer.consume(&[done.clone(), done]).await.unwrap();
        consumer.consume(&[told(second, 2, 1, &officer())]).await.unwrap();
        let closed = rows(&bench, &officer(), &format!("{DUE}?status=closed")).await;
        assert_eq!((closed.len(), &closed[0]["closed_on"]), (1, &json!("2026-11-30")));
        let written = history(&bench, &id).await;
        assert_eq!(written.iter().filter(|kind| *kind == "revaluation_done").count(), 1, "{written:?}");
    }
}
