//! What happens to patents: timelines, annuities, families, citations, patents that lie unused.

use axum::http::{Method, StatusCode};
use contracts::{OrgKind, PatentId};
use identity::{Caller, Role};
use serde_json::{Value, json};
use valuation_svc::catalogue::{
    PatentRecord,
    generated::generated_patents,
    patent::{LegalStatus, PatentFacts, PatentKind},
};

use crate::bench::{
    Suite, caller, enterprise, examiner, items, officer, on_each, outbox, pledge_event, text, today,
};

pub fn transfer_office() -> Caller {
    caller(7, "大学", OrgKind::Institute, Role::TransferOffice)
}

/// An invention of the university, granted, undisputed, paid for until the middle of next year.
pub fn invention(number: &str) -> PatentRecord {
    let facts = PatentFacts {
        publication_number: number.into(),
        grant_number: Some(number.into()),
        jurisdiction: "CN".into(),
        kind: PatentKind::Invention,
        title: format!("一种锂盐的制备方法 {number}"),
        applicants: vec!["大学".into()],
        ipc: vec!["C22B26/12".into()],
        filing_date: "2015-06-03".parse().ok(),
        grant_date: "2018-01-09".parse().ok(),
        expiry_date: "2035-06-03".parse().ok(),
        legal_status: LegalStatus::Granted,
        annuities_paid_to: "2027-06-02".parse().ok(),
        ..PatentFacts::default()
    };
    let mut record = PatentRecord::of(facts, "test");
    record.owner = Some(transfer_office().tenant);
    record
}

/// The id of a recorded patent.
pub async fn id_of(suite: &Suite, number: &str) -> PatentId {
    text(&suite.get(&officer(1), &format!("/patents/by-number/{number}")).await, "id").parse().unwrap()
}

pub async fn made(suite: &Suite, who: &Caller, path: &str, body: Value) -> Value {
    let (status, answer) = suite.call(who, Method::POST, path, Some(body)).await;
    assert!(status.is_success(), "{path}: {status} {answer}");
    answer
}

pub async fn refused(suite: &Suite, who: &Caller, path: &str, body: Value) -> (StatusCode, Value) {
    let (status, answer) = suite.call(who, Method::POST, path, Some(body)).await;
    assert!(!status.is_success(), "{path}: {answer}");
    (status, answer["type"].clone())
}

fn happened(on: &str, what: &Value) -> Value {
    json!({ "happened_on": on, "what": what, "source": "国家知识产权局登记簿" })
}

fn kinds(timeline: &Value) -> Vec<&str> {
    items(timeline).iter().map(|entry| text(entry, "kind")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_recorded_moves_the_patent_and_is_corrected_only_by_a_newer_entry() {
    on_each(async |suite| {
        suite.record(&[invention("CN110000001B")]).await;
        let id = id_of(&suite, "CN110000001B").await;
        suite.consume(&[pledge_event(2, "registered", id)]).await;
        let (office, path) = (transfer_office(), format!("/patents/{id}/timeline"));
        let attacked = json!({ "kind": "dispute_opened", "dispute": "invalidation", "by": "丙公司" });
        let entry = made(&suite, &office, &path, happened("2026-09-01", &attacked)).await;
        let missed = json!({ "kind": "annuity_missed", "year": 12, "amount": "4000.00" });
        made(&suite, &officer(1), &path, happened("2026-06-04", &missed)).await;
        let patent = suite.get(&officer(2), &format!("/patents/{id}")).await;
        assert_eq!(patent["disputes"][0]["status"], "open", "{patent}");
        assert_eq!(
            (text(&patent, "annuity_paid_until"), text(&patent, "annuity_status")),
            ("2026-06-02", "due")
        );
        assert_eq!(patent["next_annuity"]["surcharge"], "1000.00", "five months begun after the first");
        let told: Vec<String> =
            outbox(&suite.db).await.iter().map(|one| one.event.name().to_owned()).collect();
        assert!(told.contains(&"patent.challenged.v1".to_owned()), "{told:?}");
        assert!(told.contains(&"patent.annuity_recorded.v1".to_owned()), "{told:?}");

        let wrong = json!({ "happened_on": "2026-09-01", "what": { "kind": "void" }, "source": "误登",
            "supersedes": entry["id"] });
        let void = made(&suite, &office, &path, wrong.clone()).await;
        assert_eq!(
            refused(&suite, &office, &path, wrong).await,
            (StatusCode::CONFLICT, json!("/problems/entry-refused")),
            "an entry is corrected once"
        );
        let patent = suite.get(&officer(2), &format!("/patents/{id}")).await;
        assert!(patent["disputes"].as_array().unwrap().is_empty(), "{patent}");
        let timeline = suite.get(&enterprise(), &path).await;
        let mut all = kinds(&timeline);
        all.sort_unstable();
        assert_eq!(all, ["annuity_missed", "dispute_opened", "opening", "pledge_registered", "void"]);
        let first = items(&timeline).iter().find(|one| one["id"] == entry["id"]).unwrap();
        assert_eq!(first["superseded_by"], void["id"]);
        let only = suite.get(&enterprise(), &format!("{path}?kind=annuity_missed&limit=1")).await;
        assert_eq!(items(&only)[0]["what"]["amount"], "4000.00");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pledged_patent_is_sold_or_licensed_in_its_timeline_only_with_the_pledgees_consent() {
    on_each(async |suite| {
        suite.record(&[invention("CN110000001B")]).await;
        let id = id_of(&suite, "CN110000001B").await;
        let (office, path) = (transfer_office(), format!("/patents/{id}/timeline"));
        let sale = json!({ "kind": "transferred", "from": ["大学"], "to": ["乙公司"] });
        let licence = json!({ "kind": "licensed", "licence": "exclusive", "licensee": "乙公司",
            "until": "2030-01-01", "registered_number": "X2026510000001" });
        suite.consume(&[pledge_event(2, "registered", id)]).await;
        for what in [&sale, &licence, &json!({ "kind": "lapsed", "cause": "abandoned" })] {
            let found = refused(&suite, &office, &path, happened("2026-10-01", what)).await;
            assert_eq!(found, (StatusCode::CONFLICT, json!("/problems/pledged-without-consent")), "{what}");
        }
        let patent = suite.get(&officer(1), &format!("/patents/{id}")).await;
        assert_eq!(patent["refused_disposals"].as_array().unwrap().len(), 3, "the pledgee hears of each");
        assert_eq!(patent["owner_id"], json!(office.tenant));
        for stranger in [officer(2), enterprise()] {
            let (status, _) =
                suite.call(&stranger, Method::POST, &path, Some(happened("2026-10-01", &sale))).await;
            assert_eq!(status, StatusCode::CONFLICT, "{}", stranger.tenant_name);
        }
        suite.consume(&[pledge_event(3, "cancelled", id)]).await;
        made(&suite, &office, &path, happened("2026-10-01", &licence)).await;
        made(&suite, &office, &path, happened("2026-10-02", &sale)).await;
        let patent = suite.get(&officer(1), &format!("/patents/{id}")).await;
        assert_eq!((&patent["licences"], &patent["transfers"]), (&json!(1), &json!(1)));
        assert_eq!(patent["current_owners"], json!(["乙公司"]));
        assert_eq!((&patent["owner_id"], &patent["implemented"]), (&Value::Null, &json!(true)));
        let deals = suite.get(&officer(1), &format!("{path}?kind=deals")).await;
        assert_eq!(kinds(&deals), ["transferred", "licensed"]);
        let all = suite.get(&officer(1), &path).await;
        assert!(kinds(&all).contains(&"pledge_cancelled"));
        let future = happened("2026-12-01", &json!({ "kind": "published" }));
        let (status, problem) = suite.call(&officer(1), Method::POST, &path, Some(future)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(problem["errors"][0]["field"], "happened_on");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_newer_file_says_otherwise_stands_in_the_timeline_and_later_entries_go_over_it() {
    on_each(async |suite| {
        suite.record(&[invention("CN110000001B")]).await;
        let id = id_of(&suite, "CN110000001B").await;
        let path = format!("/patents/{id}/timeline");
        assert!(items(&suite.get(&officer(1), &path).await).is_empty(), "a first import fills no timeline");
        let mut lapsed = invention("CN110000001B");
        lapsed.facts.legal_status = LegalStatus::Lapsed;
        lapsed.facts.forward_citations = Some(4);
        suite.record(std::slice::from_ref(&lapsed)).await;
        let timeline = suite.get(&officer(1), &path).await;
        let stated = items(&timeline).iter().find(|one| one["kind"] == "stated").unwrap();
        assert_eq!(stated["what"]["facts"], json!({ "legal_status": "lapsed" }));
        assert!(kinds(&timeline).contains(&"opening"));
        let back = happened("2026-11-20", &json!({ "kind": "restored" }));
        made(&suite, &transfer_office(), &path, back).await;
        let patent = suite.get(&officer(1), &format!("/patents/{id}")).await;
        assert_eq!((text(&patent, "legal_status"), &patent["forward_citations"]), ("granted", &json!(4)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_annuity_calendar_tells_what_is_due_late_and_missed() {
    on_each(async |suite| {
        let paid = |number: &str, filed: &str, paid_to: &str| {
            let mut record = invention(number);
            record.facts.filing_date = filed.parse().ok();
            record.facts.annuities_paid_to = paid_to.parse().ok();
            record
        };
        let mut unknown = invention("CN110000005B");
        unknown.facts.annuities_paid_to = None;
        suite
            .record(&[
                paid("CN110000001B", "2015-12-10", "2026-12-09"),
                paid("CN110000002B", "2015-09-01", "2026-08-31"),
                paid("CN110000003B", "2015-03-01", "2026-02-28"),
                invention("CN110000004B"),
                unknown,
            ])
            .await;
        let numbers = async |query: &str| {
            let list = suite.get(&enterprise(), &format!("/annuities?{query}")).await;
            items(&list).iter().map(|one| text(one, "number").to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(numbers("").await, ["CN110000003B", "CN110000002B", "CN110000001B"]);
        assert_eq!(numbers("state=due_soon").await, ["CN110000001B"]);
        assert_eq!(numbers("state=due_soon&within_days=7").await, Vec::<String>::new());
        assert_eq!(numbers("state=grace").await, ["CN110000002B"]);
        assert_eq!(numbers("state=missed").await, ["CN110000003B"]);
        assert_eq!(numbers(&format!("owner_id={}", enterprise().tenant)).await, Vec::<String>::new());
        let late = suite.get(&enterprise(), "/annuities?state=grace").await;
        let next = &items(&late)[0]["next"];
        assert_eq!((&next["year"], text(next, "due_on")), (&json!(12), "2026-09-01"));
        assert_eq!((text(next, "fee"), text(next, "surcharge")), ("4000.00", "400.00"));
        let id = id_of(&suite, "CN110000002B").await;
        let years = suite.get(&enterprise(), &format!("/patents/{id}/annuities")).await;
        // Granted in the third year: nothing was owed before.
        assert_eq!((items(&years).len(), &items(&years)[0]["year"]), (18, &json!(3)));
        assert_eq!((&items(&years)[8]["paid"], &items(&years)[9]["paid"]), (&json!(true), &json!(false)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_family_and_citations_are_rows_that_the_counts_follow_from_files_and_from_people() {
    on_each(async |suite| {
        let mut citing = invention("CN110000002B");
        citing.cites = vec!["CN110000001B".into(), "US9000000B2".into()];
        citing.literature = vec!["张三. 锂盐制备进展[J]. 2012".into()];
        let mut with_family = invention("CN110000001B");
        with_family.family = vec!["EP3000001B1".into()];
        // The citing patent comes first: the cited one finds it all the same.
        suite.record(std::slice::from_ref(&citing)).await;
        suite.record(std::slice::from_ref(&with_family)).await;
        suite.record(&[citing, with_family]).await;
        let id = id_of(&suite, "CN110000001B").await;
        let office = transfer_office();
        let cited = suite.get(&enterprise(), &format!("/patents/{id}/citations?kind=forward")).await;
        assert_eq!(items(&cited).len(), 1, "{cited}");
        assert_eq!(items(&cited)[0]["reference"], "CN110000002B");
        assert_eq!(items(&cited)[0]["ipc"], json!(["C22B26/12"]));
        let more = json!({ "source": "检索报告", "citations": [
            { "kind": "forward", "reference": "US11000000B2", "cited_on": "2024-05-07", "ipc": ["H01M10/54"] },
            { "kind": "forward", "reference": "US 11000000 B2", "cited_on": "2024-05-07" },
        ] });
        let path = format!("/patents/{id}/citations");
        made(&suite, &office, &path, more.clone()).await;
        let (status, problem) = suite.call(&officer(2), Method::POST, &path, Some(more)).await;
        assert_eq!((status, &problem["type"]), (StatusCode::CONFLICT, &json!("/problems/patent-held-by-others")));
        let patent = suite.get(&enterprise(), &format!("/patents/{id}")).await;
        assert_eq!(patent["forward_citations"], 2, "the same number twice is one citation");
        // The one cites from before its publication, the other from after five years: scores read neither.
        let score = suite.get(&enterprise(), &format!("/patents/{id}/score")).await;
        let leaves = score["score"]["leaves"].as_array().unwrap();
        let cited = leaves.iter().find(|leaf| leaf["code"] == "T11").unwrap();
        assert_eq!(
            (text(cited, "reason_zh"), text(cited, "basis")),
            ("公开后五年内被引证 0 次：30 分", "recorded"),
            "{cited}"
        );

        let family = format!("/patents/{id}/family");
        let members = suite.get(&enterprise(), &family).await;
        assert_eq!(items(&members).len(), 2, "the patent and what the file listed: {members}");
        let high = format!("/patents/{id}/high-value");
        let answer = |found: &Value, at: usize| found["answers"][at]["met"].clone();
        let before = suite.get(&examiner(), &high).await;
        assert_eq!(answer(&before, 1), Value::Null, "whether the member abroad is in force nobody says");
        let told = json!({ "source": "EPO 登记簿", "priority_number": "CN201510000000",
            "members": [{ "number": "EP 3000001 B1", "legal_status": "granted", "filed_on": "2016-06-01" },
                { "number": "US10000001B2", "legal_status": "lapsed" }] });
        let members = made(&suite, &office, &family, told).await;
        assert_eq!(items(&members).len(), 3, "{members}");
        let patent = suite.get(&enterprise(), &format!("/patents/{id}")).await;
        assert_eq!((&patent["family_size"], &patent["family_countries"]), (&json!(3), &json!(["CN", "EP", "US"])));
        let found = suite.get(&examiner(), &high).await;
        assert_eq!((answer(&found, 1), &found["high_value"]), (json!(true), &json!(true)), "{found}");
        let listed = suite.get(&examiner(), "/patents?high_value=true&limit=200").await;
        assert!(items(&listed).iter().any(|one| one["id"] == json!(id)), "{listed}");
        let others = suite.get(&examiner(), "/patents?high_value=false&limit=200").await;
        assert!(items(&others).iter().all(|one| one["id"] != json!(id)), "{others}");
        let out = json!({ "number": "EP3000001B1", "reason": "优先权不同" });
        let left = made(&suite, &office, &format!("{family}/removals"), out.clone()).await;
        assert_eq!(items(&left).len(), 2);
        assert_eq!(
            refused(&suite, &office, &format!("{family}/removals"), out).await.1,
            json!("/problems/not-a-member")
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_says_why_a_patent_lies_unused_and_only_it_and_the_regulator_see_that() {
    on_each(async |suite| {
        let mut young = invention("CN110000002B");
        young.facts.grant_date = today().checked_sub_months(chrono::Months::new(59));
        let mut licensed = invention("CN110000003B");
        licensed.facts.licences = Some(1);
        suite.record(&[invention("CN110000001B"), young, licensed]).await;
        suite.record(&generated_patents(3, 3, today(), &[(enterprise().tenant, "甲公司")])).await;
        let (office, id) = (transfer_office(), id_of(&suite, "CN110000001B").await);
        let numbers = async |who: &Caller, query: &str| {
            let list = suite.get(who, &format!("/dormant-patents?{query}")).await;
            items(&list).iter().map(|one| text(one, "number").to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(numbers(&office, "").await, ["CN110000001B"]);
        assert_eq!(numbers(&officer(1), "").await, Vec::<String>::new());
        assert!(numbers(&examiner(), "").await.contains(&"CN110000001B".to_owned()));
        let path = format!("/dormant-patents/{id}/justifications");
        let why = json!({ "ground": "technology_maturing", "reason": "中试阶段", "document": "校科〔2026〕8号",
            "valid_until": "2027-12-31" });
        made(&suite, &office, &path, why.clone()).await;
        assert_eq!(numbers(&office, "").await, Vec::<String>::new());
        assert_eq!(numbers(&examiner(), "justified=true").await, ["CN110000001B"]);
        for stranger in [officer(1), caller(6, "另一大学", OrgKind::Institute, Role::TransferOffice)] {
            let (status, _) = suite.call(&stranger, Method::POST, &path, Some(why.clone())).await;
            assert_eq!(status, StatusCode::NOT_FOUND);
            assert_eq!(suite.call(&stranger, Method::GET, &path, None).await.0, StatusCode::NOT_FOUND);
        }
        made(&suite, &office, &path, why).await;
        let history = suite.get(&examiner(), &path).await;
        assert_eq!(items(&history).len(), 2);
        assert_eq!(items(&history).iter().filter(|one| one["withdrawn_on"].is_null()).count(), 1);
        let back = format!("{path}/withdrawal");
        let stranger = caller(6, "另一大学", OrgKind::Institute, Role::TransferOffice);
        let reason = json!({ "reason": "已开始洽谈" });
        assert_eq!(refused(&suite, &stranger, &back, reason.clone()).await.0, StatusCode::NOT_FOUND);
        made(&suite, &office, &back, reason.clone()).await;
        assert_eq!(refused(&suite, &office, &back, reason).await.1, json!("/problems/nothing-justified"));
        assert_eq!(numbers(&office, "").await, ["CN110000001B"]);
    })
    .await;
}
