//! Valuation reports and what anybody may verify, revaluation triggers, patents valued together.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use calamine::Reader;
use contracts::{Event, OrgKind, PatentId};
use finance::{Money, Rounding};
use http_body_util::BodyExt;
use identity::{Caller, Role};
use serde_json::{Value, json};
use tower::ServiceExt;
use tx_kit::jobs;
use valuation_svc::{
    catalogue::{
        PatentRecord,
        generated::generated_patents,
        patent::LegalStatus,
        record::{Dispute, DisputeKind, DisputeStatus},
    },
    portfolios::PortfolioJob,
    triggers,
};

use crate::{
    bench::{
        BASE, Suite, VERIFY, caller, enterprise, examiner, items, officer, on_each, outbox, text, today,
    },
    drawn,
    models::{done, money, risk},
    triggers::{approved, only_aged},
};

/// Another person of bank 1.
fn reviewer() -> Caller {
    let one = caller(1, "bank 1", OrgKind::Bank, Role::RiskManager);
    Caller { user: uuid::Uuid::from_u128(199).into(), ..one }
}

async fn valued(suite: &Suite, who: &Caller, patent: &Value) -> Value {
    let body = json!({ "patent_id": patent["id"], "purpose": "pledge" });
    let (status, made) = suite.call(who, Method::POST, "/valuations", Some(body)).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    made
}

async fn post(suite: &Suite, who: &Caller, path: &str, body: Value) -> (StatusCode, Value) {
    suite.call(who, Method::POST, path, Some(body)).await
}

/// Asked without a token.
async fn asked(suite: &Suite, method: Method, query: &str, body: Vec<u8>) -> (StatusCode, Value) {
    let request = Request::builder()
        .method(method)
        .uri(format!("{BASE}/report-verifications?{query}"))
        .body(Body::from(body))
        .unwrap();
    let answer = suite.router.clone().oneshot(request).await.unwrap();
    let status = answer.status();
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

pub async fn file(suite: &Suite, who: &Caller, path: &str) -> (StatusCode, Vec<u8>) {
    let request = Request::get(format!("{BASE}{path}")).body(Body::empty()).unwrap();
    suite.send(who, request).await
}

async fn issued(suite: &Suite, valuation: &Value) -> Value {
    let body = json!({ "valuation_id": valuation["id"], "texts": { "intended_user": "信贷审批部" } });
    let (status, draft) = post(suite, &officer(1), "/reports", body).await;
    assert_eq!(status, StatusCode::CREATED, "{draft}");
    let path = format!("/reports/{}", text(&draft, "id"));
    let (status, prepared) = post(suite, &officer(1), &format!("{path}/prepare"), json!({})).await;
    assert_eq!(status, StatusCode::OK, "{prepared}");
    let (status, issued) = post(suite, &reviewer(), &format!("{path}/issue"), json!({})).await;
    assert_eq!(status, StatusCode::OK, "{issued}");
    issued
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_takes_two_people_and_says_what_the_valuation_says() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        let patent = suite.sound_patent().await;
        let valuation = valued(&suite, &officer(1), &patent).await;
        let body = json!({ "valuation_id": valuation["id"] });
        let (_, draft) = post(&suite, &officer(1), "/reports", body.clone()).await;
        let path = format!("/reports/{}", text(&draft, "id"));
        let (status, twice) = post(&suite, &reviewer(), "/reports", body.clone()).await;
        assert_eq!(
            (status, twice["number"].clone()),
            (StatusCode::CONFLICT, draft["number"].clone()),
            "{twice}"
        );
        let texts = json!({ "comments": "已核查登记簿" });
        assert_eq!(post(&suite, &officer(1), &format!("{path}/revise"), texts).await.0, StatusCode::OK);
        let preview = suite.get(&officer(1), &format!("{path}/content")).await;
        assert_eq!(preview["result"]["value"]["value"], valuation["value"]["value"]);
        assert_eq!((&preview["comments"], &preview["code"]), (&json!("已核查登记簿"), &json!("")));
        assert_eq!(
            post(&suite, &officer(1), &format!("{path}/issue"), json!({})).await.0,
            StatusCode::CONFLICT
        );
        assert_eq!(
            file(&suite, &officer(1), &format!("{path}/file?format=xlsx")).await.0,
            StatusCode::CONFLICT
        );
        post(&suite, &officer(1), &format!("{path}/prepare"), json!({})).await;
        let (status, _) = post(&suite, &officer(1), &format!("{path}/issue"), json!({})).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "the preparer does not review");
        let back = json!({ "reason": "请补充说明" });
        let (_, returned) = post(&suite, &reviewer(), &format!("{path}/return"), back).await;
        assert_eq!((text(&returned, "status"), text(&returned, "returned")), ("draft", "请补充说明"));
        post(&suite, &officer(1), &format!("{path}/prepare"), json!({})).await;
        let (status, issued) = post(&suite, &reviewer(), &format!("{path}/issue"), json!({})).await;
        assert_eq!((status, text(&issued, "status")), (StatusCode::OK, "issued"), "{issued}");
        let content = suite.get(&examiner(), &format!("{path}/content")).await;
        assert_eq!(content["code"], issued["code"]);
        assert_eq!(content["signatures"]["reviewed"]["name"], json!(reviewer().name));
        assert_eq!(content["model"]["seed"], valuation["seed"]);
        // Nobody of another bank finds any of it.
        for (method, part, body) in [
            (Method::GET, "", None),
            (Method::GET, "/content", None),
            (Method::GET, "/file", None),
            (Method::POST, "/revise", Some(json!({}))),
            (Method::POST, "/prepare", Some(json!({}))),
            (Method::POST, "/return", Some(json!({ "reason": "无" }))),
            (Method::POST, "/issue", Some(json!({}))),
            (Method::POST, "/withdraw", Some(json!({ "reason": "无" }))),
        ] {
            let (status, _) = suite.call(&officer(2), method, &format!("{path}{part}"), body).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{part}");
        }
        assert_eq!(post(&suite, &officer(2), "/reports", body).await.0, StatusCode::NOT_FOUND);
        assert!(items(&suite.get(&officer(2), "/reports").await).is_empty());
        assert_eq!(items(&suite.get(&examiner(), "/reports?status=issued").await).len(), 1);
        let (status, _) = post(&suite, &enterprise(), "/reports", json!({})).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_signature_stands_under_a_value_that_was_overridden_after_it_was_given() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        let patent = suite.sound_patent().await;
        let valuation = valued(&suite, &officer(1), &patent).await;
        let body = json!({ "valuation_id": valuation["id"] });
        let (_, draft) = post(&suite, &officer(1), "/reports", body).await;
        let path = format!("/reports/{}", text(&draft, "id"));
        post(&suite, &officer(1), &format!("{path}/prepare"), json!({})).await;
        let lower =
            money(&valuation["value"]["value"]).scale("0.8".parse().unwrap(), Rounding::Down).unwrap();
        let asked = json!({ "change": { "kind": "value", "value": lower }, "reason_code": "legal_risk",
            "reason": "稳定性存疑", "evidence": "检索报告 3 号" });
        let valued = format!("/valuations/{}/overrides", text(&valuation, "id"));
        let proposed = done(&suite, &officer(1), &valued, asked).await;
        done(&suite, &risk(1), &format!("/overrides/{}/approve", text(&proposed, "id")), json!({})).await;
        let (status, refused) = post(&suite, &reviewer(), &format!("{path}/issue"), json!({})).await;
        assert_eq!(
            (status, text(&refused, "type")),
            (StatusCode::CONFLICT, "/problems/report-value-changed"),
            "{refused}"
        );
        assert_eq!((&refused["now"], &refused["changes"][0]["what"]), (&json!(lower), &json!("value")));
        post(&suite, &reviewer(), &format!("{path}/return"), json!({ "reason": "请按调整后的数值签署" }))
            .await;
        post(&suite, &officer(1), &format!("{path}/prepare"), json!({})).await;
        let (status, issued) = post(&suite, &reviewer(), &format!("{path}/issue"), json!({})).await;
        assert_eq!((status, &issued["value"]), (StatusCode::OK, &json!(lower)), "{issued}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_report_is_issued_on_a_right_that_has_changed_since_the_preparer_signed() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        let patent = suite.sound_patent().await;
        let valuation = valued(&suite, &officer(1), &patent).await;
        let (_, draft) =
            post(&suite, &officer(1), "/reports", json!({ "valuation_id": valuation["id"] })).await;
        let path = format!("/reports/{}", text(&draft, "id"));
        post(&suite, &officer(1), &format!("{path}/prepare"), json!({})).await;
        let mut record = made_up(text(&patent, "number"));
        record.facts.legal_status = LegalStatus::Lapsed;
        assert_eq!(suite.record(&[record]).await.updated, 1);
        // The event that asks for a new valuation is not heard yet.
        let (status, refused) = post(&suite, &reviewer(), &format!("{path}/issue"), json!({})).await;
        assert_eq!(
            (status, text(&refused, "type")),
            (StatusCode::CONFLICT, "/problems/report-value-changed"),
            "{refused}"
        );
        let wanted = json!([{ "what": "legal_status", "signed": "granted, in force", "now": "lapsed" }]);
        assert_eq!((&refused["changes"], &refused["now"]), (&wanted, &Value::Null));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn anybody_verifies_a_report_by_its_code_and_learns_no_figure() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        let patent = suite.sound_patent().await;
        let valuation = valued(&suite, &officer(1), &patent).await;
        let report = issued(&suite, &valuation).await;
        let (path, code) = (format!("/reports/{}", text(&report, "id")), text(&report, "code"));
        let (status, found) = asked(&suite, Method::GET, &format!("code={code}"), Vec::new()).await;
        assert_eq!((status, found["in_force"].clone()), (StatusCode::OK, json!(true)), "{found}");
        assert_eq!((text(&found, "issuer"), &found["patent_number"]), ("bank 1", &patent["number"]));
        assert_eq!((&found["file_matches"], &found["value_matches"]), (&Value::Null, &Value::Null));
        assert_eq!(report["verification_url"], json!(format!("{VERIFY}?code={code}")));
        let value = text(&report, "value");
        assert!(!found.to_string().contains(value), "a figure is told");
        let compare = async |value: &str| {
            asked(&suite, Method::GET, &format!("code={code}&value={value}"), Vec::new()).await.1["value_matches"].clone()
        };
        assert_eq!((compare(value).await, compare("1.00").await), (json!(true), json!(false)));
        // A file is the one issued, or it is not.
        let (status, workbook) = file(&suite, &officer(1), &format!("{path}/file?format=xlsx")).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(file(&suite, &officer(1), &format!("{path}/file?format=xlsx")).await.1, workbook);
        let brought = async |bytes: Vec<u8>| asked(&suite, Method::POST, &format!("code={code}"), bytes).await.1;
        let same = brought(workbook.clone()).await;
        assert_eq!((&same["file_matches"], &same["file_kind"]), (&json!(true), &json!("xlsx_zh")), "{same}");
        let mut book: calamine::Xlsx<_> =
            calamine::open_workbook_from_rs(std::io::Cursor::new(workbook.clone())).unwrap();
        let cells = |sheet: &calamine::Range<calamine::Data>| {
            sheet.rows().flatten().map(ToString::to_string).collect::<Vec<String>>().join("\n")
        };
        let (about, said) =
            (book.worksheet_range("评估对象").unwrap(), book.worksheet_range("限制与声明").unwrap());
        assert!(cells(&about).contains(text(&patent, "number")), "{about:?}");
        assert!(cells(&said).contains("不是资产评估机构依照《资产评估法》出具"), "{said:?}");
        let mut altered = workbook;
        altered.push(0);
        assert_eq!(brought(altered).await["file_matches"], false);
        let (_, document) = file(&suite, &officer(1), &format!("{path}/file?format=json")).await;
        assert_eq!(brought(document).await["file_kind"], "json");
        // A machine without a Chinese font says so instead.
        let (status, pdf) = file(&suite, &officer(1), &format!("{path}/file")).await;
        assert!(matches!(status, StatusCode::OK | StatusCode::SERVICE_UNAVAILABLE), "{status}");
        if status == StatusCode::OK {
            assert!(pdf.starts_with(b"%PDF"));
            let shapes = drawn::shapes(&pdf);
            assert_eq!(drawn::qr_text(&shapes), Some(format!("{VERIFY}?code={code}")));
            // The radar: the scores and five rings, each with a corner for every second-level index.
            let score = &valuation["score"]["indices"];
            let spokes: usize =
                score.as_array().unwrap().iter().map(|index| index["subindices"].as_array().unwrap().len()).sum();
            let rings = shapes.iter().filter(|shape| shape.len() == 1 && shape[0].len() == spokes).count();
            assert_eq!((spokes, rings), (14, 6));
            assert_eq!(brought(pdf).await["file_kind"], "pdf_zh");
        }
        // What is no code, and what is nobody's.
        assert_eq!(asked(&suite, Method::GET, "code=1234", Vec::new()).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        let (status, _) = asked(&suite, Method::GET, "code=0000-0000-0000-0000-0", Vec::new()).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        // A newer report takes its place; a withdrawn one says so.
        suite.clock.set("2026-11-25T02:00:00Z".parse().unwrap());
        let newer = issued(&suite, &valued(&suite, &officer(1), &patent).await).await;
        let (_, found) = asked(&suite, Method::GET, &format!("code={code}"), Vec::new()).await;
        assert_eq!((text(&found, "status"), &found["in_force"]), ("superseded", &json!(false)));
        let gone = format!("/reports/{}/withdraw", text(&newer, "id"));
        let (status, _) = post(&suite, &reviewer(), &gone, json!({ "reason": "录入有误" })).await;
        assert_eq!(status, StatusCode::OK);
        let query = format!("code={}", text(&newer, "code").to_lowercase().replace('-', ""));
        let (_, found) = asked(&suite, Method::GET, &query, Vec::new()).await;
        assert_eq!(text(&found, "status"), "withdrawn");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn values_are_tried_against_a_report_ten_times_an_hour_and_its_holder_verifies_it_all_the_same() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        let valuation = valued(&suite, &officer(1), &suite.sound_patent().await).await;
        let report = issued(&suite, &valuation).await;
        let (id, code, value) = (text(&report, "id"), text(&report, "code"), text(&report, "value"));
        let guess = format!("code={code}&value=1.00");
        let open = async |query: &str| asked(&suite, Method::GET, query, Vec::new()).await;
        for number in 0..10 {
            assert_eq!(open(&guess).await.0, StatusCode::OK, "try {number}");
        }
        let (status, refused) = open(&format!("code={code}&value={value}")).await;
        assert_eq!(
            (status, text(&refused, "type")),
            (StatusCode::TOO_MANY_REQUESTS, "/problems/report-values-tried")
        );
        assert_eq!(refused["again_at"], "2026-11-24T03:00:00Z", "{refused}");
        // Another replica and a restarted one count the same tries.
        let replica = suite.replica();
        let request =
            Request::get(format!("{BASE}/report-verifications?{guess}")).body(Body::empty()).unwrap();
        let answer = replica.oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(answer.headers()["retry-after"], "3600");
        // The hash that everybody is told with the code proves nothing.
        let told = format!("code={code}&value={value}&sha256={}", text(&report, "content_sha256"));
        assert_eq!(open(&told).await.0, StatusCode::TOO_MANY_REQUESTS);
        // Whoever holds the document verifies it, its value too.
        assert_eq!(open(&format!("code={code}")).await.1["in_force"], true);
        let (_, workbook) = file(&suite, &officer(1), &format!("/reports/{id}/file?format=xlsx")).await;
        let held = asked(&suite, Method::POST, &format!("code={code}&value={value}"), workbook).await;
        assert_eq!(
            (held.0, &held.1["file_matches"], &held.1["value_matches"]),
            (StatusCode::OK, &json!(true), &json!(true))
        );
        suite.clock.set("2026-11-24T03:00:00Z".parse().unwrap());
        assert_eq!(open(&guess).await.1["value_matches"], false, "the next hour");
    })
    .await;
}

/// The made-up patent of a number, to be recorded with something new.
fn made_up(number: &str) -> PatentRecord {
    let owners = [(enterprise().tenant, "enterprise")];
    let mut all = generated_patents(11, 60, today(), &owners).into_iter();
    all.find(|one| one.facts.publication_number == number).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_for_invalidation_asks_once_for_each_valuation_and_a_new_one_closes_it() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        let patent = suite.sound_patent().await;
        let first = valued(&suite, &officer(1), &patent).await;
        valued(&suite, &officer(2), &patent).await;
        let mut record = made_up(text(&patent, "number"));
        record.disputes.push(Dispute {
            kind: DisputeKind::Invalidation,
            status: DisputeStatus::Open,
            noted_on: today(),
        });
        suite.record(&[record]).await;
        for _ in 0..2 {
            suite.consume(&outbox(&suite.db).await).await;
        }
        let due = suite.get(&officer(1), "/revaluation-triggers?status=due").await;
        assert_eq!(items(&due).len(), 1, "{due}");
        let one = &items(&due)[0];
        assert_eq!((text(one, "cause"), text(one, "deadline")), ("invalidation_filed", "2026-12-09"));
        assert_eq!(one["valuation_id"], first["id"]);
        assert_eq!(items(&suite.get(&examiner(), "/revaluation-triggers").await).len(), 2);
        let body = json!({ "valuation_id": first["id"] });
        let (status, refused) = post(&suite, &officer(1), "/reports", body).await;
        assert_eq!(status, StatusCode::CONFLICT, "no report on what is to be valued anew: {refused}");
        let told = outbox(&suite.db).await;
        let events = told.iter().filter(|one| matches!(one.event, Event::RevaluationDue(_))).count();
        assert_eq!(events, 2);
        suite.clock.set("2026-11-25T02:00:00Z".parse().unwrap());
        let second = valued(&suite, &officer(1), &patent).await;
        suite.consume(&outbox(&suite.db).await).await;
        let closed = suite.get(&officer(1), "/revaluation-triggers?status=closed").await;
        assert_eq!(items(&closed)[0]["closed_by"], second["id"], "{closed}");
        assert!(items(&suite.get(&officer(1), "/revaluation-triggers?status=due").await).is_empty());
        assert_eq!(items(&suite.get(&officer(2), "/revaluation-triggers?status=due").await).len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn time_asks_for_revaluations_by_the_rules_that_the_bank_has_set() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        let patent = suite.sound_patent().await;
        let made = valued(&suite, &officer(1), &patent).await;
        let other = valued(&suite, &officer(2), &patent).await;
        assert_eq!(triggers::sweep(&suite.db).await.unwrap(), 0);
        approved(&suite, only_aged(&suite, "1").await, &today().to_string()).await;
        suite.clock.set("2026-12-24T02:00:00Z".parse().unwrap());
        assert!(triggers::sweep(&suite.db).await.unwrap() >= 1);
        assert_eq!(triggers::sweep(&suite.db).await.unwrap(), 0, "what is recorded is recorded once");
        let due = suite
            .get(&officer(1), &format!("/revaluation-triggers?valuation_id={}", text(&made, "id")))
            .await;
        assert_eq!(items(&due).len(), 1, "{due}");
        assert_eq!(
            (text(&items(&due)[0], "cause"), text(&items(&due)[0], "deadline")),
            ("aged", "2027-01-23")
        );
        let theirs = format!("/revaluation-triggers?cause=aged&valuation_id={}", text(&other, "id"));
        assert!(items(&suite.get(&officer(2), &theirs).await).is_empty(), "the other bank has not set it");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn patents_are_valued_together_by_a_job_that_goes_on_where_it_was() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        let patent = suite.sound_patent().await;
        let valuation = valued(&suite, &officer(1), &patent).await;
        let listed = suite.get(&officer(1), "/patents?limit=200").await;
        let ids: Vec<&str> = items(&listed).iter().map(|one| text(one, "id")).collect();
        let body =
            json!({ "name": "全部专利", "source": { "patents": ids }, "spec": { "purpose": "pledge" } });
        let (status, begun) = post(&suite, &officer(1), "/portfolios", body).await;
        assert_eq!((status, text(&begun, "status")), (StatusCode::ACCEPTED, "running"), "{begun}");
        let path = format!("/portfolios/{}", text(&begun, "id"));
        assert!(jobs::step(&suite.db, &PortfolioJob).await.unwrap());
        let half = suite.get(&officer(1), &path).await;
        assert_eq!((&half["done"], &half["summary"]), (&json!(40), &Value::Null), "{half}");
        let (status, _) = file(&suite, &officer(1), &format!("{path}/report?format=xlsx")).await;
        assert_eq!(status, StatusCode::CONFLICT);
        while jobs::step(&suite.db, &PortfolioJob).await.unwrap() {}
        let whole = suite.get(&officer(1), &path).await;
        let summary = &whole["summary"];
        assert_eq!((text(&whole, "status"), &summary["patents"]), ("valued", &json!(60)), "{whole}");
        assert_eq!(summary["valuations"], 1);
        let members = suite.get(&officer(1), &format!("{path}/members?limit=200")).await;
        let money = |value: &Value| value.as_str().unwrap().parse::<Money>().unwrap();
        let largest = suite.get(&officer(1), &format!("{path}/members?largest=true&limit=2")).await;
        let highest = items(&members).iter().map(|one| money(&one["value"])).max().unwrap();
        assert_eq!((items(&largest).len(), money(&items(&largest)[0]["value"])), (2, highest));
        let sum = Money::total(items(&members).iter().map(|one| money(&one["value"]))).unwrap();
        assert_eq!((money(&summary["value"]), items(&members).len()), (sum, 60));
        let own = items(&members).iter().find(|one| one["patent_id"] == patent["id"]).unwrap();
        assert_eq!((&own["valuation_id"], &own["value"]), (&valuation["id"], &valuation["value"]["value"]));
        assert!(
            money(&summary["p5"]) < money(&summary["p50"]) && money(&summary["p50"]) < money(&summary["p95"])
        );
        assert_eq!(file(&suite, &officer(1), &format!("{path}/report?format=xlsx")).await.0, StatusCode::OK);
        assert_eq!(file(&suite, &officer(1), &format!("{path}/members/export")).await.0, StatusCode::OK);
        for part in ["", "/members", "/members/export", "/report"] {
            let (status, _) = file(&suite, &officer(2), &format!("{path}{part}")).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{part}");
        }
        assert!(items(&suite.get(&officer(2), "/portfolios").await).is_empty());
        for (who, told) in [(officer(1), true), (officer(2), false)] {
            let (status, list) = file(&suite, &who, "/portfolios/export").await;
            assert_eq!(status, StatusCode::OK);
            assert_eq!(String::from_utf8(list).unwrap().contains("全部专利"), told);
        }
        // A pledge of another bank, and a patent that is not there.
        let unknown = PatentId::from_uuid(uuid::Uuid::from_u128(5));
        let spec = json!({ "purpose": "pledge" });
        for (source, wanted) in [
            (json!({ "pledge": unknown }), StatusCode::NOT_FOUND),
            (json!({ "patents": [unknown] }), StatusCode::UNPROCESSABLE_ENTITY),
            (json!({ "owner": unknown }), StatusCode::CONFLICT),
        ] {
            let body = json!({ "name": "无", "source": source, "spec": spec });
            assert_eq!(post(&suite, &officer(1), "/portfolios", body).await.0, wanted, "{source}");
        }
    })
    .await;
}
