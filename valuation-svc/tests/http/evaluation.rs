//! The market's evaluation of patents of an institute's library.

use axum::http::{Method, StatusCode};
use contracts::{OrgKind, UserId};
use identity::{Caller, Role};
use serde_json::{Value, json};

use crate::{
    bench::{Suite, caller, examiner, items, on_each, text},
    stocktake::{ask, office, opened, shelve},
};

fn expert(org: u128, user: u128) -> Caller {
    let user = UserId::from_uuid(uuid::Uuid::from_u128(org * 100 + user));
    Caller { user, ..caller(org, &format!("enterprise {org}"), OrgKind::Enterprise, Role::Evaluator) }
}

fn says(patent: &Value, outlook: u8, named: bool) -> Value {
    json!({ "patent_id": patent, "intent": "intends", "maturity": 7, "outlook": outlook, "wish": "licence",
        "price_low": "100000.00", "price_high": "300000.00", "named": named })
}

/// A patent in the library and a round over it for three enterprises: the patent's and the round's id.
async fn round(suite: &Suite) -> (Value, String) {
    let campaign = opened(suite).await;
    let listed = suite.get(&office(), &format!("/stocktake-items?campaign_id={campaign}")).await;
    let (first, second) = (items(&listed)[0].clone(), items(&listed)[1].clone());
    shelve(suite, text(&first, "id")).await;
    let invited: Vec<Value> = (60..63)
        .map(|org| json!({ "enterprise_id": expert(org, 1).tenant, "name": format!("enterprise {org}") }))
        .collect();
    let plan = |patent: &Value| json!({ "name": "锂盐评价", "deadline": "2026-11-30", "patents": [patent], "invited": invited });
    let (status, refused) =
        ask(suite, &office(), ("/evaluation-rounds", plan(&second["patent_id"])), (Some("r0"), None)).await;
    assert_eq!(
        (status, &refused["type"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("/problems/not-in-library"))
    );
    let (status, made) =
        ask(suite, &office(), ("/evaluation-rounds", plan(&first["patent_id"])), (Some("r1"), None)).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    (first["patent_id"].clone(), text(&made, "id").to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn experts_are_heard_by_name_at_once_and_unnamed_from_three_on_at_the_rounds_end() {
    on_each(async |suite| {
        let (patent, round) = round(&suite).await;
        let at = format!("/evaluation-rounds/{round}");
        let put = format!("{at}/evaluations");
        let (status, own) = ask(&suite, &expert(60, 1), (&put, says(&patent, 3, true)), (None, None)).await;
        assert_eq!(status, StatusCode::CREATED, "{own}");
        for (org, user) in [(60, 2), (61, 1), (62, 1)] {
            let (status, _) =
                ask(&suite, &expert(org, user), (&put, says(&patent, 2, false)), (None, None)).await;
            assert_eq!(status, StatusCode::CREATED);
        }
        let (status, refused) =
            ask(&suite, &expert(60, 1), (&put, says(&patent, 5, true)), (None, None)).await;
        assert_eq!((status, &refused["type"]), (StatusCode::CONFLICT, &json!("/problems/already-evaluated")));
        let one = format!("/evaluations/{}", text(&own, "id"));
        let revised = says(&patent, 4, true);
        let (status, revised) =
            ask(&suite, &expert(60, 1), (&format!("{one}/revise"), revised), (None, Some(1))).await;
        assert_eq!((status, &revised["outlook"]), (StatusCode::OK, &json!(4)), "{revised}");

        let summary = |page: &Value| items(page)[0]["summary"].clone();
        let patents = format!("{at}/patents");
        let running = summary(&suite.get(&office(), &patents).await);
        assert_eq!((&running["answers"], &running["withheld"]), (&json!(1), &json!(3)));
        assert_eq!(items(&suite.get(&office(), "/evaluations").await).len(), 1);
        // An expert sees the own answer alone, and no summary.
        assert_eq!(items(&suite.get(&expert(60, 2), "/evaluations").await).len(), 1);
        let put_to = suite.get(&expert(61, 1), &patents).await;
        assert!(items(&put_to)[0]["summary"].is_null() && items(&put_to)[0]["own_evaluation_id"].is_string());
        assert_eq!(suite.get(&expert(61, 1), &at).await["invited"], json!([]));

        // Neither an enterprise that was not asked nor another institute finds any of it.
        let stranger = caller(52, "institute 52", OrgKind::Institute, Role::TransferOffice);
        for (who, path) in [
            (expert(70, 1), at.clone()),
            (expert(70, 1), one.clone()),
            (stranger.clone(), at.clone()),
            (stranger.clone(), patents.clone()),
            (stranger.clone(), format!("{patents}/export")),
            (stranger.clone(), one.clone()),
            (expert(60, 2), one.clone()),
        ] {
            assert_eq!(suite.call(&who, Method::GET, &path, None).await.0, StatusCode::NOT_FOUND, "{path}");
        }
        for (who, path, body) in [
            (expert(70, 1), put.clone(), says(&patent, 1, false)),
            (expert(60, 2), format!("{one}/revise"), says(&patent, 1, false)),
            (stranger.clone(), format!("{at}/close"), json!({})),
            (stranger, format!("{one}/reply"), json!({ "reply": "谢谢" })),
        ] {
            assert_eq!(
                ask(&suite, &who, (&path, body), (None, None)).await.0,
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }

        let (status, closed) =
            ask(&suite, &office(), (&format!("{at}/close"), json!({})), (None, Some(1))).await;
        assert_eq!((status, text(&closed, "state")), (StatusCode::OK, "closed"), "{closed}");
        let ended = summary(&suite.get(&office(), &patents).await);
        assert_eq!(
            (&ended["answers"], &ended["withheld"], &ended["outlook_median"]),
            (&json!(4), &json!(0), &json!(2))
        );
        let shown = suite.get(&office(), "/evaluations").await;
        let by_name = items(&shown).iter().filter(|one| one["enterprise_name"].is_string()).count();
        assert_eq!((items(&shown).len(), by_name), (4, 1));
        let hidden = items(&shown).iter().find(|one| one["enterprise_name"].is_null()).unwrap();
        assert!(hidden["evaluator_name"].is_null() && hidden["updated_at"].is_null());
        let id: uuid::Uuid = text(hidden, "id").parse().unwrap();
        assert_eq!(id.get_version_num(), 4, "an id does not tell when somebody unnamed wrote");
        let reply = format!("/evaluations/{}/reply", text(hidden, "id"));
        let (status, _) =
            ask(&suite, &office(), (&reply, json!({ "reply": "谢谢，可提供样品" })), (None, None)).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(suite.get(&examiner(), &at).await["state"], "closed");
        let (status, refused) =
            ask(&suite, &expert(60, 1), (&format!("{one}/revise"), says(&patent, 1, true)), (None, None))
                .await;
        assert_eq!((status, &refused["type"]), (StatusCode::CONFLICT, &json!("/problems/round-closed")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn experts_of_one_enterprise_do_not_hide_behind_each_other() {
    on_each(async |suite| {
        let (patent, round) = round(&suite).await;
        let at = format!("/evaluation-rounds/{round}");
        let put = format!("{at}/evaluations");
        for (org, user, named) in
            [(60, 1, false), (60, 2, false), (60, 3, false), (61, 1, false), (62, 1, true)]
        {
            let (status, _) =
                ask(&suite, &expert(org, user), (&put, says(&patent, 2, named)), (None, None)).await;
            assert_eq!(status, StatusCode::CREATED);
        }
        let (status, _) = ask(&suite, &office(), (&format!("{at}/close"), json!({})), (None, Some(1))).await;
        assert_eq!(status, StatusCode::OK);
        let ended = items(&suite.get(&office(), &format!("{at}/patents")).await)[0]["summary"].clone();
        assert_eq!((&ended["answers"], &ended["withheld"]), (&json!(1), &json!(4)));
        for who in [office(), examiner()] {
            assert_eq!(items(&suite.get(&who, "/evaluations").await).len(), 1, "the one by name");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_answered_after_the_last_day_and_an_interest_is_explained() {
    on_each(async |suite| {
        let (patent, round) = round(&suite).await;
        let put = format!("/evaluation-rounds/{round}/evaluations");
        let mut interested = says(&patent, 5, true);
        interested["conflict"] = json!(true);
        interested["price_low"] = json!("900000.00");
        let (status, refused) = ask(&suite, &expert(60, 1), (&put, interested), (None, None)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        let named: Vec<&str> =
            refused["errors"].as_array().unwrap().iter().map(|one| text(one, "field")).collect();
        assert_eq!(named, ["conflict_note", "price_high"]);
        suite.clock.set("2026-12-01T02:00:00Z".parse().unwrap());
        let (status, refused) =
            ask(&suite, &expert(60, 1), (&put, says(&patent, 3, true)), (None, None)).await;
        assert_eq!((status, &refused["type"]), (StatusCode::CONFLICT, &json!("/problems/round-over")));
        let over = suite.get(&office(), "/evaluation-rounds?over=true").await;
        assert_eq!(items(&over).len(), 1, "it waits to be closed");
        assert!(items(&suite.get(&expert(60, 1), "/evaluation-rounds?answering=true").await).is_empty());
    })
    .await;
}
