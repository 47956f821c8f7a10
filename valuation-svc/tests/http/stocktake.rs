//! An institute's stocktake, from its opening to its end, and the market's evaluation of what it finds.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use contracts::{OrgKind, UserId};
use identity::{Caller, Role};
use serde_json::{Value, json};
use tx_kit::jobs;
use valuation_svc::{
    catalogue::{
        PatentRecord,
        patent::{LegalStatus, PatentFacts, PatentKind},
    },
    stocktake::StocktakeJob,
};

use crate::bench::{BASE, Suite, caller, examiner, items, officer, on_each, text};

/// A person of an institute.
fn person(org: u128, user: u128, name: &str, role: Role) -> Caller {
    let user = UserId::from_uuid(uuid::Uuid::from_u128(org * 100 + user));
    Caller {
        user,
        name: name.to_owned(),
        ..caller(org, &format!("institute {org}"), OrgKind::Institute, role)
    }
}

pub fn office() -> Caller {
    person(50, 1, "office", Role::TransferOffice)
}

pub fn reviewer() -> Caller {
    person(50, 2, "reviewer", Role::InstituteAdmin)
}

fn inventor(user: u128, name: &str) -> Caller {
    person(50, user, name, Role::Inventor)
}

fn elsewhere(role: Role) -> Caller {
    person(51, 9, "张三", role)
}

fn patent(number: &str, inventor: &str, filed: &str, ipc: &str) -> PatentRecord {
    let facts = PatentFacts {
        publication_number: number.to_owned(),
        jurisdiction: "CN".into(),
        title: format!("一种锂盐的制备方法 {number}"),
        kind: PatentKind::Invention,
        legal_status: LegalStatus::Granted,
        applicants: vec!["川东理工大学".into()],
        inventors: vec![inventor.to_owned()],
        ipc: vec![ipc.to_owned()],
        filing_date: Some(filed.parse().unwrap()),
        grant_date: Some("2018-05-01".parse().unwrap()),
        expiry_date: Some("2036-01-01".parse().unwrap()),
        claims: Some(8),
        ..PatentFacts::default()
    };
    PatentRecord { owner: Some(office().tenant), ..PatentRecord::of(facts, "test") }
}

/// Asks with the headers that make a command safe.
pub async fn ask(
    suite: &Suite,
    who: &Caller,
    (path, body): (&str, Value),
    (key, version): (Option<&str>, Option<i64>),
) -> (StatusCode, Value) {
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(format!("{BASE}{path}"))
        .header(header::CONTENT_TYPE, "application/json");
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    if let Some(version) = version {
        request = request.header(header::IF_MATCH, format!("\"{version}\""));
    }
    let (status, bytes) = suite.send(who, request.body(Body::from(body.to_string())).unwrap()).await;
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

pub async fn done(suite: &Suite, who: &Caller, path: &str, body: Value) -> Value {
    let (status, answer) = ask(suite, who, (path, body), (None, None)).await;
    assert!(status.is_success(), "{path}: {status} {answer}");
    answer
}

pub async fn work(suite: &Suite) {
    while jobs::step(&suite.db, &StocktakeJob).await.unwrap() {}
}

/// Three patents of the institute, a stocktake of them, and its id.
pub async fn opened(suite: &Suite) -> String {
    suite
        .record(&[
            patent("CN105000001B", "张三", "2016-01-01", "C22B26/12"),
            patent("CN105000002B", "李四", "2016-02-01", "A61K31/00"),
            patent("CN105000003B", "王五", "2010-02-01", "A61K31/00"),
        ])
        .await;
    let plan = json!({ "name": "2026 年盘点", "deadline": "2026-12-31", "filed_from": 2015,
        "colleges": ["材料学院", "药学院"], "rules": [{ "ipc": "C22B", "college": "材料学院" }] });
    let (status, refused) = ask(suite, &office(), ("/stocktakes", plan.clone()), (None, None)).await;
    assert_eq!(
        (status, &refused["type"]),
        (StatusCode::BAD_REQUEST, &json!("/problems/idempotency-key-required"))
    );
    let (status, made) = ask(suite, &office(), ("/stocktakes", plan.clone()), (Some("k1"), None)).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let (_, again) = ask(suite, &office(), ("/stocktakes", plan), (Some("k1"), None)).await;
    assert_eq!(again["id"], made["id"], "the same key opens no second one");
    work(suite).await;
    text(&made, "id").to_owned()
}

fn own_words() -> Value {
    json!({ "trl": 6, "scenarios": "动力电池", "prospect": 4, "willingness": "willing", "mode": "licence",
        "funding": "state", "project_number": "2019YFC19", "implementation": "none", "value": 4,
        "contact_name": "张三", "hand_in": true })
}

/// Brings an item into the library.
pub async fn shelve(suite: &Suite, item: &str) -> Value {
    done(suite, &office(), &format!("/stocktake-items/{item}/self-assessment-for"), own_words()).await;
    let unit = json!({ "trl": 5, "prospect": 4, "mode": "licence", "value": 4, "reasons": "缺少中试", "forward": true });
    done(suite, &office(), &format!("/stocktake-items/{item}/unit-assessment"), unit).await;
    done(suite, &reviewer(), &format!("/stocktake-items/{item}/review"), json!({ "verdict": "accept" })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patent_goes_from_its_inventor_over_the_office_into_the_library_and_its_grades_go_on_record() {
    on_each(async |suite| {
        let campaign = opened(&suite).await;
        let listed = suite.get(&office(), &format!("/stocktake-items?campaign_id={campaign}")).await;
        assert_eq!(items(&listed).len(), 2, "the one filed in 2010 is not of this stocktake");
        let first = items(&listed)[0].clone();
        assert_eq!((text(&first, "college"), text(&first, "inventor_name")), ("材料学院", "张三"));
        let path = format!("/stocktake-items/{}", text(&first, "id"));

        // The inventor finds the own item by name, and nobody else's.
        let zhang = inventor(3, "张三");
        let own = suite.get(&zhang, "/stocktake-items").await;
        assert_eq!(items(&own).len(), 1);
        assert_eq!(suite.call(&inventor(4, "李四"), Method::GET, &path, None).await.0, StatusCode::NOT_FOUND);
        let assess = format!("{path}/self-assessment");
        let (status, refused) = ask(&suite, &zhang, (&assess, json!({ "trl": 6, "hand_in": true })), (None, None)).await;
        assert_eq!((status, &refused["type"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("/problems/assessment-incomplete")));
        let draft = done(&suite, &zhang, &assess, json!({ "trl": 6 })).await;
        assert!(draft["missing"].as_array().unwrap().contains(&json!("prospect")));
        let (status, _) = ask(&suite, &zhang, (&assess, own_words()), (None, Some(1))).await;
        assert_eq!(status, StatusCode::PRECONDITION_FAILED);
        let version = draft["version"].as_i64();
        let (status, handed) = ask(&suite, &zhang, (&assess, own_words()), (None, version)).await;
        assert_eq!((status, text(&handed, "state")), (StatusCode::OK, "college"), "{handed}");
        assert_eq!(handed["dormant"], true, "granted in 2018, not used, no reason on file");

        // The office differs and says why; who assessed does not review.
        let unit = |reasons: &str| json!({ "trl": 5, "prospect": 4, "mode": "licence", "value": 4, "reasons": reasons, "forward": true });
        let at_unit = format!("{path}/unit-assessment");
        let (status, refused) = ask(&suite, &office(), (&at_unit, unit("")), (None, None)).await;
        assert_eq!((status, &refused["type"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("/problems/reasons-missing")));
        done(&suite, &office(), &at_unit, unit("缺少中试数据")).await;
        let both = Caller { roles: vec![Role::TransferOffice, Role::InstituteAdmin], ..office() };
        let review = format!("{path}/review");
        let (status, refused) = ask(&suite, &both, (&review, json!({ "verdict": "accept" })), (None, None)).await;
        assert_eq!((status, &refused["type"]), (StatusCode::FORBIDDEN, &json!("/problems/four-eyes")));
        let patent = format!("/patents/{}", text(&first, "patent_id"));
        assert!(suite.get(&office(), &patent).await["technology_readiness"].is_null());
        let accepted = done(&suite, &reviewer(), &review, json!({ "verdict": "accept" })).await;
        assert_eq!(text(&accepted, "state"), "library");
        let recorded = suite.get(&officer(1), &patent).await;
        assert_eq!(recorded["technology_readiness"], 5, "the office's reviewed grade is what banks score by");

        let coverage = suite.get(&reviewer(), &format!("/stocktakes/{campaign}/coverage")).await;
        assert_eq!((&coverage["all"]["patents"], &coverage["all"]["in_library"]), (&json!(2), &json!(1)));
        assert_eq!((&coverage["all"]["assigned"], &coverage["colleges"][1]["reviewed"]), (&json!(1), &json!(1)));
        // Another institute sees and does nothing; the regulator sees all of it.
        for (method, at) in [
            (Method::GET, path.clone()),
            (Method::GET, format!("/stocktakes/{campaign}")),
            (Method::GET, format!("/stocktakes/{campaign}/coverage")),
            (Method::GET, format!("/stocktakes/{campaign}/jobs")),
            (Method::GET, format!("/stocktakes/{campaign}/bundles")),
            (Method::GET, format!("/stocktakes/{campaign}/bundles/export")),
        ] {
            let stranger = elsewhere(Role::TransferOffice);
            assert_eq!(suite.call(&stranger, method.clone(), &at, None).await.0, StatusCode::NOT_FOUND, "{at}");
            assert_eq!(suite.call(&examiner(), method, &at, None).await.0, StatusCode::OK, "{at}");
        }
        let seen = json!([{ "id": first["id"] }]);
        for (role, at, body) in [
            (Role::TransferOffice, format!("/stocktakes/{campaign}/fill"), json!({})),
            (Role::TransferOffice, format!("/stocktakes/{campaign}/close"), json!({})),
            (
                Role::TransferOffice,
                format!("/stocktakes/{campaign}/extend"),
                json!({ "deadline": "2027-12-31", "reason": "补报" }),
            ),
            (Role::TransferOffice, format!("/stocktakes/{campaign}/bundles"), json!({ "name": "包" })),
            (Role::TransferOffice, format!("/stocktakes/{campaign}/assign"), json!({ "items": seen, "college": "药学院" })),
            (Role::TransferOffice, format!("/stocktakes/{campaign}/edit"), json!({ "items": seen, "add_labels": ["甲"] })),
            (Role::TransferOffice, format!("/stocktakes/{campaign}/assign-by-rules"), json!({ "rules": [{ "college": "药学院" }] })),
            (Role::TransferOffice, at_unit.clone(), unit("理由")),
            (Role::TransferOffice, format!("{path}/return"), json!({ "reason": "请补充" })),
            (Role::TransferOffice, format!("{path}/self-assessment-for"), own_words()),
            (Role::Inventor, assess.clone(), own_words()),
            (Role::InstituteAdmin, review.clone(), json!({ "verdict": "accept" })),
        ] {
            let (status, answer) = ask(&suite, &elsewhere(role), (&at, body), (None, None)).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{at}: {answer}");
        }
        assert!(items(&suite.get(&elsewhere(Role::Inventor), "/stocktake-items").await).is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sold_meanwhile_is_neither_taken_into_the_library_nor_offered_from_it() {
    on_each(async |suite| {
        let campaign = opened(&suite).await;
        let listed = suite.get(&office(), &format!("/stocktake-items?campaign_id={campaign}")).await;
        let (first, second) = (items(&listed)[0].clone(), items(&listed)[1].clone());
        shelve(&suite, text(&first, "id")).await;
        let to = json!({ "items": [{ "id": second["id"] }], "college": "药学院" });
        done(&suite, &office(), &format!("/stocktakes/{campaign}/assign"), to).await;
        let path = format!("/stocktake-items/{}", text(&second, "id"));
        done(&suite, &office(), &format!("{path}/self-assessment-for"), own_words()).await;
        let unit = json!({ "trl": 6, "prospect": 4, "mode": "licence", "value": 4, "forward": true });
        done(&suite, &office(), &format!("{path}/unit-assessment"), unit).await;

        let buyer = Some(elsewhere(Role::TransferOffice).tenant);
        let sold = [
            patent("CN105000001B", "张三", "2016-01-01", "C22B26/12"),
            patent("CN105000002B", "李四", "2016-02-01", "A61K31/00"),
        ]
        .map(|record| PatentRecord { owner: buyer, ..record });
        assert_eq!(suite.record(&sold).await.updated, 2);
        let review = format!("{path}/review");
        let accept = json!({ "verdict": "accept" });
        let (status, refused) = ask(&suite, &reviewer(), (&review, accept), (None, None)).await;
        assert_eq!((status, &refused["type"]), (StatusCode::CONFLICT, &json!("/problems/patent-not-owned")));
        let kept = json!({ "verdict": "keep_out", "reason": "已转让" });
        assert_eq!(text(&done(&suite, &reviewer(), &review, kept).await, "state"), "kept_out");
        let round = json!({ "name": "评价", "deadline": "2026-11-30", "patents": [first["patent_id"]], "open_to_all": true });
        let (status, refused) =
            ask(&suite, &office(), ("/evaluation-rounds", round), (Some("sold"), None)).await;
        assert_eq!(
            (status, &refused["type"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("/problems/not-in-library"))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_items_are_assigned_labelled_and_bundled_at_once_and_the_end_counts_what_is_left() {
    on_each(async |suite| {
        let campaign = opened(&suite).await;
        let at = |rest: &str| format!("/stocktakes/{campaign}/{rest}");
        let unknown = json!({ "rules": [{ "college": "体育学院" }] });
        let (status, refused) = ask(&suite, &office(), (&at("assign-by-rules"), unknown), (None, None)).await;
        assert_eq!((status, &refused["type"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("/problems/unknown-college")));
        let rules = json!({ "rules": [{ "number": "CN 105000002 B", "college": "药学院", "inventor_name": "赵六" }] });
        done(&suite, &office(), &at("assign-by-rules"), rules).await;
        work(&suite).await;
        let jobs = suite.get(&office(), &at("jobs")).await;
        assert_eq!((text(&items(&jobs)[0], "work"), text(&items(&jobs)[0], "state")), ("assign", "finished"));
        assert_eq!((&items(&jobs)[0]["touched"], &items(&jobs)[1]["touched"]), (&json!(1), &json!(2)));
        let listed = suite.get(&office(), "/stocktake-items?college=%E8%8D%AF%E5%AD%A6%E9%99%A2").await;
        let second = items(&listed)[0].clone();
        assert_eq!((text(&second, "patent_number"), text(&second, "inventor_name")), ("CN105000002B", "赵六"));

        let all = suite.get(&office(), "/stocktake-items?running=true&unfinished=true").await;
        let seen: Vec<Value> =
            items(&all).iter().map(|item| json!({ "id": item["id"], "version": item["version"] })).collect();
        let edit = |bundle: i64| json!({ "items": seen, "add_labels": ["锂电"], "bundle": bundle });
        let (status, refused) = ask(&suite, &office(), (&at("edit"), edit(1)), (None, None)).await;
        assert_eq!((status, &refused["type"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("/problems/no-such-bundle")));
        let bundle = done(&suite, &office(), &at("bundles"), json!({ "name": "锂盐制备" })).await;
        assert_eq!(bundle["number"], 1);
        assert_eq!(done(&suite, &office(), &at("edit"), edit(1)).await["items"], 2);
        let (status, _) = ask(&suite, &office(), (&at("edit"), edit(1)), (None, None)).await;
        assert_eq!(status, StatusCode::PRECONDITION_FAILED, "the versions named are old: nothing is changed");
        let bundles = suite.get(&office(), &at("bundles")).await;
        assert_eq!(items(&bundles)[0]["patents"], 2);
        let labelled = suite.get(&office(), "/stocktake-items?label=%E9%94%82%E7%94%B5&bundle=1").await;
        assert_eq!(items(&labelled).len(), 2);

        shelve(&suite, text(&second, "id")).await;
        suite.clock.set("2027-01-04T02:00:00Z".parse().unwrap());
        let late = suite.get(&office(), "/stocktake-items?overdue=true").await;
        assert_eq!(items(&late).len(), 1);
        let longer = |day: &str| json!({ "deadline": day, "reason": "学院补报" });
        let (status, refused) =
            ask(&suite, &office(), (&at("extend"), longer("2026-12-31")), (None, None)).await;
        assert_eq!(
            (status, &refused["type"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("/problems/deadline-not-later"))
        );
        done(&suite, &office(), &at("extend"), longer("2027-01-31")).await;
        assert!(items(&suite.get(&office(), "/stocktake-items?overdue=true").await).is_empty());
        let due = suite.get(&office(), "/stocktake-items?waiting=due").await;
        assert!(items(&due).is_empty(), "it is due in four weeks");
        let request = Request::get(format!("{BASE}/stocktake-items/export?format=csv&campaign_id={campaign}"));
        let (status, bytes) = suite.send(&office(), request.body(Body::empty()).unwrap()).await;
        let file = String::from_utf8(bytes).unwrap();
        assert_eq!(status, StatusCode::OK);
        assert!(file.lines().next().unwrap().contains("应用场景*") && file.contains("动力电池"), "{file}");
        let columns = suite.get(&office(), "/stocktake-columns").await;
        assert!(items(&columns).iter().any(|column| column["confirmed"] == false));

        let closed = done(&suite, &office(), &at("close"), json!({ "note": "其余转入下期" })).await;
        assert_eq!((text(&closed, "state"), &closed["unfinished"]["draft"]), ("closed", &json!(1)));
        let (status, refused) = ask(&suite, &office(), (&at("close"), json!({})), (None, None)).await;
        assert_eq!((status, &refused["type"]), (StatusCode::CONFLICT, &json!("/problems/stocktake-closed")));
        let left = suite.get(&office(), &format!("/stocktake-items?campaign_id={campaign}&unfinished=true")).await;
        assert_eq!(items(&left).len(), 1, "what is unfinished stays listed");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stocktake_of_more_patents_than_a_chunk_goes_on_where_it_stopped_and_takes_each_once() {
    on_each(async |suite| {
        let many: Vec<PatentRecord> =
            (0..1_100).map(|n| patent(&format!("CN106{n:06}B"), "张三", "2016-01-01", "C22B26/12")).collect();
        suite.record(&many).await;
        let plan =
            json!({ "name": "大规模盘点", "deadline": "2026-12-31", "rules": [{ "college": "材料学院" }] });
        let (_, made) = ask(&suite, &office(), ("/stocktakes", plan), (Some("many"), None)).await;
        let at = |rest: &str| format!("/stocktakes/{}/{rest}", text(&made, "id"));
        assert!(jobs::step(&suite.db, &StocktakeJob).await.unwrap());
        let halfway = suite.get(&office(), &at("jobs")).await;
        let job = &items(&halfway)[0];
        assert_eq!((&job["done"], &job["total"]), (&json!(1_000), &json!(1_100)));
        // Another worker, another day's process: it goes on from the checkpoint.
        work(&suite).await;
        let coverage = suite.get(&office(), &at("coverage")).await;
        assert_eq!(
            (&coverage["all"]["patents"], &coverage["all"]["assigned"]),
            (&json!(1_100), &json!(1_100))
        );
        done(&suite, &office(), &at("fill"), json!({})).await;
        work(&suite).await;
        let again = suite.get(&office(), &at("jobs")).await;
        assert_eq!((text(&items(&again)[0], "state"), &items(&again)[0]["touched"]), ("finished", &json!(0)));
    })
    .await;
}
