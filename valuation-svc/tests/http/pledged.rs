//! Patents that stand as collateral.

use axum::http::StatusCode;
use contracts::{ConsentId, Envelope, Event, PatentId, PledgeId, events::PledgeConsentGiven};
use serde_json::json;
use tx_kit::jobs;
use valuation_svc::{
    catalogue::{generated::generated_patents, patent::LegalStatus},
    imports,
};

use crate::bench::{enterprise, items, officer, on_each, pledge_event, pledge_over, text, today, told};

fn consent_event(version: i64, patent: PatentId, acts: &[&str], revoked: bool) -> Envelope {
    let id = |n: u128| uuid::Uuid::from_u128(n);
    let consent = PledgeConsentGiven {
        consent_id: ConsentId::from_uuid(id(80)),
        pledge_id: PledgeId::from_uuid(id(70)),
        bank_id: officer(1).tenant,
        bank_name: "bank 1".into(),
        enterprise_id: enterprise().tenant,
        patents: vec![patent],
        acts: acts.iter().map(|act| (*act).to_owned()).collect(),
        valid_from: today(),
        valid_until: "2026-12-31".parse().unwrap(),
        revoked,
    };
    told(80, version, Event::PledgeConsentGiven(consent))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registered_pledge_shows_with_the_patent_until_it_is_cancelled_whatever_the_order_of_events() {
    on_each(async |suite| {
        let suite = suite.with_patents(10).await;
        let id: PatentId = text(&items(&suite.get(&officer(1), "/patents").await)[0], "id").parse().unwrap();
        let patent = async || suite.get(&enterprise(), &format!("/patents/{id}")).await;
        let registered = pledge_event(2, "registered", id);
        suite.consume(&[pledge_event(1, "submitted", id)]).await;
        assert_eq!(patent().await["encumbered"], false);
        suite.consume(&[registered.clone(), registered.clone()]).await;
        suite.consume(std::slice::from_ref(&registered)).await;
        let shown = patent().await;
        assert_eq!(shown["encumbered"], true);
        assert_eq!(shown["encumbrances"].as_array().unwrap().len(), 1);
        assert_eq!(shown["encumbrances"][0]["bank_name"], "bank 1");
        assert_eq!(items(&suite.get(&officer(1), "/patents?encumbered=true").await).len(), 1);
        suite.consume(&[pledge_event(3, "cancelled", id)]).await;
        suite.consume(&[pledge_event(2, "registered", id)]).await;
        let shown = patent().await;
        assert_eq!(shown["encumbered"], false, "an older event does not bring the pledge back");
        assert!(shown["encumbrances"].as_array().unwrap().is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patent_released_from_a_pledge_is_free_whatever_the_order_of_events() {
    on_each(async |suite| {
        let suite = suite.with_patents(10).await;
        let found = suite.get(&officer(1), "/patents").await;
        let id = |at: usize| text(&items(&found)[at], "id").parse::<PatentId>().unwrap();
        let (kept, released) = (id(0), id(1));
        suite.consume(&[pledge_over(3, "registered", vec![kept])]).await;
        suite.consume(&[pledge_over(2, "registered", vec![kept, released])]).await;
        let pledged = async |patent: PatentId| {
            suite.get(&officer(2), &format!("/patents/{patent}")).await["encumbered"].clone()
        };
        assert_eq!((pledged(kept).await, pledged(released).await), (json!(true), json!(false)));
        suite.consume(&[pledge_over(4, "registered", vec![kept, released])]).await;
        assert_eq!(pledged(released).await, true);
        suite.consume(&[pledge_over(5, "registered", vec![released])]).await;
        assert_eq!((pledged(kept).await, pledged(released).await), (json!(false), json!(true)));
        let list = suite.get(&officer(1), "/encumbrances?limit=1").await;
        assert_eq!(items(&list).len(), 1, "{list}");
        assert_eq!(items(&list)[0]["patent_id"], json!(released));
        let nobodys = format!("/encumbrances?bank_id={}", officer(2).tenant);
        assert!(items(&suite.get(&officer(1), &nobodys).await).is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pledged_patent_is_not_transferred_licensed_or_abandoned_without_the_pledgees_consent() {
    on_each(async |suite| {
        let mut patents = generated_patents(5, 2, today(), &[(enterprise().tenant, "甲公司")]);
        patents[0].facts.legal_status = LegalStatus::Granted;
        suite.record(&patents).await;
        let number = patents[0].facts.publication_number.clone();
        let path = format!("/patents/by-number/{number}");
        let shown = suite.get(&officer(1), &path).await;
        let id: PatentId = text(&shown, "id").parse().unwrap();
        let mut sold = patents[0].clone();
        sold.facts.current_owners = vec!["乙公司".into()];
        let mut given_up = patents[0].clone();
        given_up.facts.legal_status = LegalStatus::Withdrawn;

        suite.consume(&[pledge_event(2, "registered", id)]).await;
        let refused = suite.record(&[sold.clone(), given_up.clone(), patents[1].clone()]).await;
        assert_eq!((refused.updated, refused.unchanged, refused.refused), (0, 1, 2));
        assert_eq!(suite.record(std::slice::from_ref(&sold)).await.refused, 1);
        let shown = suite.get(&officer(1), &path).await;
        assert_eq!(shown["current_owners"], json!(patents[0].facts.current_owners));
        let acts: Vec<&str> =
            shown["refused_disposals"].as_array().unwrap().iter().map(|one| text(one, "act")).collect();
        assert_eq!(acts.len(), 2, "the same act is noted once a day: {acts:?}");
        assert!(acts.contains(&"transfer") && acts.contains(&"abandonment"), "{acts:?}");

        let file = format!(
            "公开(公告)号,标题,当前专利权人,申请(专利权)人\n{number},{},乙公司,甲公司\n",
            shown["title"]
        );
        let (status, import) = suite.upload(&officer(1), "a.csv", file.as_bytes()).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{import}");
        while jobs::step(&suite.db, &imports::ImportJob).await.unwrap() {}
        let done = suite.get(&officer(1), &format!("/imports/{}", text(&import, "id"))).await;
        assert_eq!(done["result"]["rejected"], 1, "{done}");
        let reason = &done["result"]["errors"][0]["reason"];
        assert_eq!(reason["code"], "pledged_without_consent", "{done}");
        assert!(text(reason, "zh").contains("bank 1"), "{reason}");

        suite.consume(&[consent_event(1, id, &["transfer"], false)]).await;
        let shown = suite.get(&officer(1), &path).await;
        assert_eq!(shown["encumbrances"][0]["consented"], json!(["transfer"]));
        assert_eq!(suite.record(std::slice::from_ref(&given_up)).await.refused, 1, "another act");
        assert_eq!(suite.record(std::slice::from_ref(&sold)).await.updated, 1);
        suite.consume(&[consent_event(2, id, &["transfer"], true)]).await;
        suite.consume(&[consent_event(1, id, &["transfer"], false)]).await;
        let mut again = sold.clone();
        again.facts.current_owners = vec!["丙公司".into()];
        assert_eq!(suite.record(std::slice::from_ref(&again)).await.refused, 1, "the consent was taken back");
        suite.consume(&[pledge_event(3, "cancelled", id)]).await;
        assert_eq!(suite.record(&[again, given_up]).await.updated, 2);
    })
    .await;
}
