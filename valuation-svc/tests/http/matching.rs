//! Searching the catalogue, needs of enterprises, patents that fit them, and proposals.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use chrono::{DateTime, TimeDelta, Utc};
use contracts::{OrgKind, PatentId};
use identity::{Caller, Role};
use serde_json::{Value, json};
use tx_kit::testing::Backend;
use valuation_svc::{
    catalogue::{
        PatentRecord,
        patent::{LegalStatus, PatentFacts, PatentKind},
    },
    matching::index::{Narrowed, Place, SearchIndex, Sought},
};

use crate::bench::{
    BASE, Suite, caller, enterprise, examiner, items, officer, on_each, pledge_over, text, today,
};

fn institute(org: u128) -> Caller {
    caller(org, &format!("institute {org}"), OrgKind::Institute, Role::TransferOffice)
}

fn other_enterprise() -> Caller {
    caller(10, "other enterprise", OrgKind::Enterprise, Role::Finance)
}

fn patent(number: &str, title: &str, text: &str, ipc: &str, owner: Option<&Caller>) -> PatentRecord {
    let facts = PatentFacts {
        publication_number: number.to_owned(),
        jurisdiction: "CN".into(),
        kind: PatentKind::Invention,
        title: title.to_owned(),
        abstract_text: Some(text.to_owned()),
        applicants: vec![owner.map_or("四川某研究所".to_owned(), |owner| owner.tenant_name.clone())],
        ipc: vec![ipc.to_owned()],
        filing_date: Some("2019-05-06".parse().unwrap()),
        grant_date: Some("2021-08-09".parse().unwrap()),
        expiry_date: Some("2039-05-06".parse().unwrap()),
        legal_status: LegalStatus::Granted,
        ..PatentFacts::default()
    };
    PatentRecord { owner: owner.map(|owner| owner.tenant), ..PatentRecord::of(facts, "test") }
}

/// A few patents, most of them of institute 20.
fn shelf() -> Vec<PatentRecord> {
    let (own, other) = (institute(20), institute(21));
    vec![
        patent(
            "CN110000001B",
            "一种钛系锂离子筛吸附剂",
            "用于从低锂高镁卤水中选择性吸附锂，溶损率低。",
            "C22B26/12",
            Some(&own),
        ),
        patent("CN110000002B", "卤水提锂装置", "卤水经吸附柱提锂，淡水解吸。", "C22B26/12", Some(&other)),
        patent(
            "CN110000003B",
            "一种苎麻生物酶脱胶方法",
            "以果胶酶处理苎麻原麻，减少用碱量。",
            "D01C1/04",
            Some(&own),
        ),
        patent(
            "CN110000004B",
            "玄武岩纤维拉丝漏板",
            "以弥散强化铂铑合金制造漏板。",
            "C03B37/083",
            Some(&own),
        ),
        patent(
            "CN110000005B",
            "Ｌｉｔｈｉｕｍ extraction from brines",
            "Sorbents for lithium brines.",
            "C22B26/12",
            None,
        ),
        patent(
            "CN110000006B",
            "锂离子筛前驱体的制备方法",
            "焙烧得到锂离子筛前驱体，用于卤水提锂。",
            "C01G23/00",
            Some(&own),
        ),
    ]
}

async fn post(
    suite: &Suite,
    who: &Caller,
    path: &str,
    body: &Value,
    key: Option<&str>,
) -> (StatusCode, Value) {
    sent(suite, who, path, (body, key, None)).await
}

async fn sent(
    suite: &Suite,
    who: &Caller,
    path: &str,
    (body, key, seen): (&Value, Option<&str>, Option<i64>),
) -> (StatusCode, Value) {
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(format!("{BASE}{path}"))
        .header(header::CONTENT_TYPE, "application/json");
    if let Some(key) = key {
        request = request.header("Idempotency-Key", key);
    }
    if let Some(seen) = seen {
        request = request.header(header::IF_MATCH, format!("\"{seen}\""));
    }
    let (status, bytes) = suite.send(who, request.body(Body::from(body.to_string())).unwrap()).await;
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

fn statement(visibility: &str, audience: &[&Caller]) -> Value {
    json!({
        "title": "低浓度卤水直接提锂",
        "problem": "卤水锂含量低、镁高，希望用吸附剂直接把锂富集出来。",
        "industry": "lithium_potassium",
        "ipc": ["C22B 26/12"],
        "budget_low": "500000.00",
        "budget_high": "2000000.00",
        "mode": "licence",
        "deadline": "2027-03-31",
        "visibility": visibility,
        "audience": audience.iter().map(|one| one.tenant).collect::<Vec<_>>(),
    })
}

async fn stated(suite: &Suite, who: &Caller, visibility: &str, audience: &[&Caller]) -> Value {
    let key = uuid::Uuid::new_v4().to_string();
    let (status, need) = post(suite, who, "/needs", &statement(visibility, audience), Some(&key)).await;
    assert_eq!(status, StatusCode::CREATED, "{need}");
    need
}

async fn id_of(suite: &Suite, number: &str) -> String {
    text(&suite.get(&officer(1), &format!("/patents/by-number/{number}")).await, "id").to_owned()
}

async fn propose(suite: &Suite, who: &Caller, patent: &str, to: Value) -> (StatusCode, Value) {
    let mut body =
        json!({ "patent_id": patent, "message": "可在现场做小试。", "contact": "转移中心 0818-1234567" });
    body.as_object_mut().unwrap().extend(to.as_object().unwrap().clone());
    let key = uuid::Uuid::new_v4().to_string();
    post(suite, who, "/matches", &body, Some(&key)).await
}

fn titles(page: &Value) -> Vec<&str> {
    items(page).iter().map(|item| text(item, "title")).collect()
}

fn later(suite: &Suite, minutes: i64) {
    let now: DateTime<Utc> = "2026-11-24T02:00:00Z".parse().unwrap();
    suite.clock.set(now + TimeDelta::minutes(minutes));
}

#[tokio::test]
async fn a_search_cuts_chinese_into_words_marks_them_and_shows_the_catalogue_as_it_is_now() {
    on_each(|suite: Suite| async move {
        suite.record(&shelf()).await;
        let who = officer(1);
        let found = suite.get(&who, "/patents/search?q=%E9%94%82%E7%A6%BB%E5%AD%90%E7%AD%9B").await;
        assert_eq!(titles(&found).len(), 2, "{found}");
        assert!(titles(&found).iter().all(|title| title.contains("锂离子筛")), "{found}");
        let marked: String = items(&found)[0]["title_pieces"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|piece| piece["marked"] == true)
            .map(|piece| text(piece, "text"))
            .collect();
        assert!(marked.contains("离子"), "{found}");
        // Full width, case and number of Latin words make no difference; a number and a class find theirs.
        for q in ["lithium%20brine", "LITHIUM", "CN110000005", "110000005"] {
            let found = suite.get(&who, &format!("/patents/search?q={q}")).await;
            assert_eq!(text(&items(&found)[0], "number"), "CN110000005B", "{q}: {found}");
        }
        // The beginning of a number is no word, and is looked for as a part.
        let begun = suite.get(&who, "/patents/search?q=CN1100").await;
        assert_eq!(items(&begun).len(), 6, "{begun}");
        let classed = suite.get(&who, "/patents/search?q=C22B26/12").await;
        assert_eq!(items(&classed).len(), 3, "{classed}");
        // Narrowed by class, industry, owner; page by page.
        let all = "/patents/search?q=%E5%8D%A4%E6%B0%B4";
        let narrowed =
            suite.get(&who, &format!("{all}&ipc=C22B&industry=lithium_potassium&status=granted")).await;
        assert_eq!(items(&narrowed).len(), 2, "{narrowed}");
        let first = suite.get(&who, &format!("{all}&limit=1")).await;
        let cursor = text(&first, "next_cursor");
        let second = suite.get(&who, &format!("{all}&limit=1&cursor={cursor}")).await;
        assert_ne!(titles(&first), titles(&second));
        for bad in ["/patents/search?q=%20", "/patents/search?q=x&cursor=nonsense"] {
            let (status, _) = suite.call(&who, Method::GET, bad, None).await;
            assert!(status.is_client_error(), "{bad}");
        }
        // A change is found with the next search, and what was there before is not.
        later(&suite, 1);
        let mut changed = shelf().remove(3);
        changed.facts.title = "搪瓷釉料".into();
        changed.facts.abstract_text = Some("用于搪瓷。".into());
        suite.record(&[changed]).await;
        let gone = suite.get(&who, "/patents/search?q=%E6%BC%8F%E6%9D%BF").await;
        assert!(items(&gone).is_empty(), "{gone}");
        let here = suite.get(&who, "/patents/search?q=%E6%90%AA%E7%93%B7").await;
        assert_eq!(titles(&here), ["搪瓷釉料"]);
        // What the database would not show is not shown, whatever the index has: a status is that of the day.
        let expired = suite.get(&who, &format!("{all}&status=expired")).await;
        assert!(items(&expired).is_empty(), "{expired}");
    })
    .await;
}

#[tokio::test]
async fn a_need_is_seen_by_whom_it_is_shown_to_and_steered_by_its_enterprise_alone() {
    on_each(|suite: Suite| async move {
        let (own, shown, hidden) = (enterprise(), institute(20), institute(21));
        let (status, refused) = post(&suite, &own, "/needs", &statement("chosen", &[]), Some("k0")).await;
        assert_eq!(
            (status, text(&refused["errors"][0], "field")),
            (StatusCode::UNPROCESSABLE_ENTITY, "audience")
        );
        let need = stated(&suite, &own, "chosen", &[&shown]).await;
        assert_eq!(need["ipc"], json!(["C22B26/12"]));
        let path = format!("/needs/{}", text(&need, "id"));
        let seen = suite.get(&shown, &path).await;
        assert_eq!(seen["audience"], json!([]));
        assert_eq!(suite.get(&examiner(), &path).await["audience"], json!([shown.tenant]));
        assert_eq!(items(&suite.get(&shown, "/needs?status=open&q=%E5%8D%A4%E6%B0%B4").await).len(), 1);
        for stranger in [hidden, other_enterprise(), officer(1)] {
            for part in ["", "/matches"] {
                let (status, _) = suite.call(&stranger, Method::GET, &format!("{path}{part}"), None).await;
                assert_eq!(status, StatusCode::NOT_FOUND, "{} {part}", stranger.name);
            }
            assert!(items(&suite.get(&stranger, "/needs").await).is_empty());
        }
        let stranger = other_enterprise();
        for (step, body) in [
            ("change", statement("institutes", &[])),
            ("pause", json!({})),
            ("resume", json!({})),
            ("close", json!({ "outcome": "met_elsewhere" })),
        ] {
            let (status, _) = post(&suite, &stranger, &format!("{path}/{step}"), &body, None).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{step}");
        }
        let (status, changed) =
            post(&suite, &own, &format!("{path}/change"), &statement("institutes", &[]), None).await;
        assert_eq!((status, &changed["version"]), (StatusCode::OK, &json!(2)), "{changed}");
        let stale = (&json!({}), None, Some(1));
        assert_eq!(
            sent(&suite, &own, &format!("{path}/pause"), stale).await.0,
            StatusCode::PRECONDITION_FAILED
        );
        let (_, paused) = post(&suite, &own, &format!("{path}/pause"), &json!({}), None).await;
        assert_eq!(text(&paused, "status"), "paused");
        let (status, _) = suite.call(&institute(21), Method::GET, &path, None).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "a paused need is not shown");
        let (status, _) = post(&suite, &own, &format!("{path}/resume"), &json!({}), None).await;
        assert_eq!(status, StatusCode::OK);
        let closing = json!({ "outcome": "met_elsewhere", "note": "另找到方案" });
        let (_, closed) = post(&suite, &own, &format!("{path}/close"), &closing, None).await;
        assert_eq!((text(&closed, "status"), text(&closed, "outcome")), ("closed", "met_elsewhere"));
        let (status, refused) = post(&suite, &own, &format!("{path}/resume"), &json!({}), None).await;
        assert_eq!(status, StatusCode::CONFLICT, "{refused}");
    })
    .await;
}

#[tokio::test]
async fn patents_for_a_need_are_ranked_with_reasons_and_what_cannot_be_offered_is_left_out() {
    on_each(|suite: Suite| async move {
        let mut patents = shelf();
        patents[5].facts.legal_status = LegalStatus::Lapsed;
        suite.record(&patents).await;
        let need = stated(&suite, &enterprise(), "institutes", &[]).await;
        let path = format!("/needs/{}/matches", text(&need, "id"));
        let ranked = suite.get(&enterprise(), &path).await;
        let first = &items(&ranked)[0];
        assert!(["CN110000001B", "CN110000002B"].contains(&text(&first["patent"], "number")), "{ranked}");
        assert_eq!(first["components"]["industry"], json!(1.0));
        assert!(text(&first["reasons"][0], "zh").contains("卤水"), "{first}");
        assert!(
            items(&ranked).iter().all(|one| text(&one["patent"], "number") != "CN110000006B"),
            "{ranked}"
        );
        assert!(first["score"].as_f64().unwrap() > items(&ranked).last().unwrap()["score"].as_f64().unwrap());
        // An institute looks at its own first; other weights rank otherwise.
        let own = suite.get(&institute(20), &path).await;
        assert_eq!(text(&items(&own)[0]["patent"], "number"), "CN110000001B");
        assert!(
            items(&own).iter().all(|one| one["patent"]["owner_id"] == json!(institute(20).tenant)),
            "{own}"
        );
        let (status, _) =
            suite.call(&enterprise(), Method::GET, &format!("{path}?weights=colour:1"), None).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        let by_class = suite.get(&enterprise(), &format!("{path}?weights=ipc:1")).await;
        assert_eq!(items(&by_class)[0]["score"], json!(100.0), "{by_class}");
        // A pledge without consent takes it out.
        let pledged: PatentId = text(&items(&own)[0]["patent"], "id").parse().unwrap();
        suite.consume(&[pledge_over(1, "registered", vec![pledged])]).await;
        let after = suite.get(&institute(20), &path).await;
        assert!(items(&after).iter().all(|one| text(&one["patent"], "number") != "CN110000001B"), "{after}");
        let wanted = suite.get(&institute(20), &format!("/patents/{pledged}/matches")).await;
        assert_eq!(text(&wanted["not_offered"], "code"), "pledged");
    })
    .await;
}

#[tokio::test]
async fn needs_and_enterprises_are_found_for_a_patent() {
    on_each(|suite: Suite| async move {
        let mut patents = shelf();
        patents.push(patent(
            "CN110000007B",
            "卤水吸附提锂系统",
            "吸附柱串联，卤水提锂。",
            "C22B26/12",
            Some(&other_enterprise()),
        ));
        suite.record(&patents).await;
        let need = stated(&suite, &enterprise(), "institutes", &[]).await;
        stated(&suite, &other_enterprise(), "chosen", &[&institute(21)]).await;
        let id = id_of(&suite, "CN110000001B").await;
        let wanted = suite.get(&institute(20), &format!("/patents/{id}/matches")).await;
        let needs = wanted["needs"].as_array().unwrap();
        assert_eq!(needs.len(), 1, "a need that is shown to another institute is none here: {wanted}");
        assert_eq!(text(&needs[0]["need"], "id"), text(&need, "id"));
        assert!(needs[0]["need"]["stated_by"].is_null(), "{wanted}");
        let enterprises = wanted["enterprises"].as_array().unwrap();
        assert_eq!(enterprises.len(), 1, "{wanted}");
        assert_eq!(text(&enterprises[0], "enterprise_name"), "other enterprise");
        assert_eq!(text(&enterprises[0]["nearest"], "number"), "CN110000007B");
        let (status, _) =
            propose(&suite, &institute(20), &id, json!({ "enterprise_id": other_enterprise().tenant })).await;
        assert_eq!(status, StatusCode::CREATED);
        let nobody = json!({ "enterprise_id": uuid::Uuid::from_u128(77) });
        let (status, refused) = propose(&suite, &institute(20), &id, nobody).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{refused}");
        assert!(text(&refused, "type").ends_with("/unknown-enterprise"), "{refused}");
        assert_eq!(
            suite.get(&institute(20), "/matching-rules").await["limits"]["per_enterprise_a_day"],
            json!(5)
        );
    })
    .await;
}

#[tokio::test]
async fn a_declined_pair_is_not_proposed_again_until_the_need_changes_and_an_accepted_one_is_followed_to_its_end()
 {
    on_each(|suite: Suite| async move {
        suite.record(&shelf()).await;
        let (giver, taker) = (institute(20), enterprise());
        let need = stated(&suite, &taker, "institutes", &[]).await;
        let to = json!({ "need_id": need["id"] });
        let id = id_of(&suite, "CN110000001B").await;
        let foreign = id_of(&suite, "CN110000002B").await;
        let (status, refused) = propose(&suite, &giver, &foreign, to.clone()).await;
        assert_eq!(status, StatusCode::CONFLICT, "{refused}");
        let (status, made) = propose(&suite, &giver, &id, to.clone()).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        assert_eq!((text(&made, "origin"), text(&made, "status")), ("platform", "proposed"));
        assert!(made["score"].as_f64().unwrap() > 20.0, "{made}");
        let (_, again) = propose(&suite, &giver, &id, to.clone()).await;
        assert!(text(&again, "type").ends_with("/already-proposed"), "{again}");
        let path = format!("/matches/{}", text(&made, "id"));
        let queue = suite.get(&taker, "/matches?status=proposed").await;
        assert!(items(&queue)[0]["institute_contact"].is_null(), "{queue}");
        // Strangers neither read nor answer it.
        let stranger = (institute(21), other_enterprise());
        for who in [&stranger.0, &stranger.1, &officer(1)] {
            assert_eq!(suite.call(who, Method::GET, &path, None).await.0, StatusCode::NOT_FOUND);
            assert!(items(&suite.get(who, "/matches").await).is_empty());
        }
        let talks = json!({ "status": "in_talks" });
        let decline = json!({ "reason_code": "not_mature", "note": "还没有中试" });
        let accept = json!({ "contact": "技术部 138" });
        for (who, step, body) in [
            (&stranger.1, "accept", &accept),
            (&stranger.1, "decline", &decline),
            (&stranger.1, "report-back", &talks),
            (&stranger.0, "withdraw", &json!({})),
            (&stranger.0, "follow-up", &talks),
        ] {
            let (status, _) = post(&suite, who, &format!("{path}/{step}"), body, None).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{step}");
        }
        let (status, _) = post(&suite, &giver, &format!("{path}/follow-up"), &talks, None).await;
        assert_eq!(status, StatusCode::CONFLICT, "what was not accepted is not talked about");
        let (status, declined) = post(&suite, &taker, &format!("{path}/decline"), &decline, None).await;
        assert_eq!((status, text(&declined, "reason_code")), (StatusCode::OK, "not_mature"));
        let (_, refused) = propose(&suite, &giver, &id, to.clone()).await;
        assert!(text(&refused, "type").ends_with("/declined-before"), "{refused}");
        let changed = format!("/needs/{}/change", text(&need, "id"));
        assert_eq!(
            post(&suite, &taker, &changed, &statement("institutes", &[]), None).await.0,
            StatusCode::OK
        );
        let (status, made) = propose(&suite, &giver, &id, to.clone()).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        let path = format!("/matches/{}", text(&made, "id"));
        let (_, accepted) = post(&suite, &taker, &format!("{path}/accept"), &accept, None).await;
        assert_eq!(text(&accepted, "institute_contact"), "转移中心 0818-1234567");
        assert_eq!(text(&suite.get(&giver, &path).await, "enterprise_contact"), "技术部 138");
        assert_eq!(items(&suite.get(&giver, "/matches?in_hand=true").await).len(), 1);
        assert_eq!(
            post(&suite, &taker, &format!("{path}/report-back"), &talks, None).await.0,
            StatusCode::OK
        );
        let half = json!({ "status": "signed", "mode": "licence" });
        let (status, refused) = post(&suite, &giver, &format!("{path}/follow-up"), &half, None).await;
        assert_eq!(
            (status, text(&refused["errors"][0], "field")),
            (StatusCode::UNPROCESSABLE_ENTITY, "signed_on")
        );
        let signed =
            json!({ "status": "signed", "mode": "licence", "amount": "800000.00", "signed_on": today() });
        let (status, signed) = post(&suite, &giver, &format!("{path}/follow-up"), &signed, None).await;
        assert_eq!((status, text(&signed, "outcome_amount")), (StatusCode::OK, "800000.00"), "{signed}");
        let file = Request::get(format!("{BASE}/matches/export?format=csv")).body(Body::empty()).unwrap();
        let (status, bytes) = suite.send(&examiner(), file).await;
        assert!(status.is_success() && String::from_utf8_lossy(&bytes).contains("800000"), "{status}");
    })
    .await;
}

#[tokio::test]
async fn one_enterprise_is_not_flooded_on_one_day_and_closing_a_need_lets_its_proposals_lapse() {
    on_each(|suite: Suite| async move {
        let giver = institute(20);
        let many: Vec<PatentRecord> = (0..6)
            .map(|n| {
                let number = format!("CN12000000{n}B");
                patent(&number, &format!("卤水提锂吸附剂之{n}"), "用于卤水提锂。", "C22B26/12", Some(&giver))
            })
            .collect();
        suite.record(&many).await;
        let need = stated(&suite, &enterprise(), "platform", &[]).await;
        let to = json!({ "need_id": need["id"] });
        for n in 0..5 {
            let id = id_of(&suite, &format!("CN12000000{n}B")).await;
            let (status, made) = propose(&suite, &giver, &id, to.clone()).await;
            assert_eq!(status, StatusCode::CREATED, "{made}");
        }
        let sixth = id_of(&suite, "CN120000005B").await;
        let (status, refused) = propose(&suite, &giver, &sixth, to.clone()).await;
        assert_eq!((status, &refused["limit"]), (StatusCode::CONFLICT, &json!(5)), "{refused}");
        let first = suite.get(&giver, "/matches?sort=created_at&limit=1").await;
        let path = format!("/matches/{}/withdraw", text(&items(&first)[0], "id"));
        let (_, withdrawn) = post(&suite, &giver, &path, &json!({ "comment": "重复" }), None).await;
        assert_eq!(text(&withdrawn, "status"), "withdrawn");
        let close = format!("/needs/{}/close", text(&need, "id"));
        let closing = json!({ "outcome": "no_longer_needed" });
        assert_eq!(post(&suite, &enterprise(), &close, &closing, None).await.0, StatusCode::OK);
        assert_eq!(items(&suite.get(&giver, "/matches?status=lapsed").await).len(), 4);
        later(&suite, 60 * 24);
        let (status, refused) = propose(&suite, &giver, &sixth, to).await;
        assert!(
            status == StatusCode::CONFLICT && text(&refused, "type").ends_with("/need-not-open")
                || status == StatusCode::NOT_FOUND,
            "{refused}"
        );
    })
    .await;
}

#[tokio::test]
async fn the_index_finds_what_appeared_behind_its_mark_and_is_made_anew_over_an_older_catalogue() {
    on_each(|suite: Suite| async move {
        suite.record(&shelf()).await;
        let index = SearchIndex::new(Place::Memory);
        assert!(!index.follow(&suite.db).await.unwrap(), "six patents are read in one turn");
        let found =
            async |q: &str| index.ask(&Sought::typed(q), &Narrowed::default(), (0, 10)).await.unwrap().len();
        assert_eq!((found("苎麻").await, found("搪瓷").await), (1, 0));
        // Changed in the instant of the mark: a row that a search cannot meet by its stamp alone.
        let mut changed = shelf().remove(2);
        changed.facts.title = "搪瓷釉料".into();
        changed.facts.abstract_text = Some("用于搪瓷。".into());
        suite.record(&[changed]).await;
        later(&suite, 3);
        while index.follow(&suite.db).await.unwrap() {}
        assert_eq!((found("苎麻").await, found("搪瓷").await), (0, 1));
        // An index that has seen more than the database has is of another database.
        let empty = Suite::new(Backend::Sqlite).await;
        empty.record(&shelf()[..1]).await;
        assert_eq!(found("卤水").await, 3);
        later(&suite, 60);
        let mut newest = shelf().remove(5);
        newest.facts.claims = Some(7);
        suite.record(&[newest]).await;
        while index.follow(&suite.db).await.unwrap() {}
        while index.follow(&empty.db).await.unwrap() {}
        assert_eq!(found("卤水").await, 1);
    })
    .await;
}
