//! Reference tables: import, difference, in force from a day, what rests on them; deals as market evidence.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use contracts::{OrgKind, UserId};
use identity::{Caller, Role};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use valuation_svc::{
    catalogue::{
        PatentRecord,
        patent::{PatentFacts, PatentKind},
    },
    reference,
};

use crate::bench::{BASE, Suite, caller, enterprise, examiner, items, officer, on_each, text, today};

pub fn admin() -> Caller {
    caller(7, "platform", OrgKind::Platform, Role::PlatformAdmin)
}

/// Another person of the platform.
fn second_admin() -> Caller {
    Caller { user: UserId::from_uuid(uuid::Uuid::from_u128(7_002)), ..admin() }
}

/// A person of a bank who writes deals down; `person` tells colleagues apart.
fn operations(bank: u128, person: u128) -> Caller {
    let mut who = caller(bank, &format!("bank {bank}"), OrgKind::Bank, Role::Operations);
    who.user = UserId::from_uuid(uuid::Uuid::from_u128(bank * 1_000 + person));
    who
}

pub async fn send_form(
    suite: &Suite,
    who: &Caller,
    (path, key): (&str, &str),
    parts: &[(&str, &str)],
    file: &[u8],
) -> (StatusCode, Value) {
    send_named(suite, who, (path, key), parts, ("table.csv", file)).await
}

/// A form whose file has a name of its own.
async fn send_named(
    suite: &Suite,
    who: &Caller,
    (path, key): (&str, &str),
    parts: &[(&str, &str)],
    (file_name, file): (&str, &[u8]),
) -> (StatusCode, Value) {
    let mut body = Vec::new();
    for (name, value) in parts {
        let part = format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let head = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{file_name}\"\r\n\
         Content-Type: text/csv\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--edge--\r\n");
    let request = Request::post(format!("{BASE}{path}"))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .header("idempotency-key", key)
        .body(Body::from(body))
        .unwrap();
    let (status, bytes) = suite.send(who, request).await;
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

const SAID: [(&str, &str); 3] =
    [("source", "国家知识产权局"), ("citation", "年度许可统计，第 3 页"), ("status", "official")];

pub async fn imported(suite: &Suite, table: &str, file: &str) -> Value {
    let path = format!("/reference/{table}/versions");
    let (status, made) = send_form(suite, &admin(), (&path, "import-1"), &SAID, file.as_bytes()).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    made
}

async fn step(
    suite: &Suite,
    who: &Caller,
    (table, version, step): (&str, &Value, &str),
    body: Value,
) -> (StatusCode, Value) {
    let path = format!("/reference/{table}/versions/{}/{step}", text(version, "id"));
    suite.call(who, Method::POST, &path, Some(body)).await
}

async fn proposed(suite: &Suite, table: &str, version: &Value, from: &str) -> (StatusCode, Value) {
    let body = json!({ "effective_from": from, "reason": "年度更新" });
    step(suite, &admin(), (table, version, "propose"), body).await
}

/// Two people put a version in force from a day; the answer to the second of them.
pub async fn put_in_force(suite: &Suite, table: &str, version: &Value, from: &str) -> (StatusCode, Value) {
    let (status, waits) = proposed(suite, table, version, from).await;
    assert_eq!((status, text(&waits, "state")), (StatusCode::OK, "proposed"), "{waits}");
    step(suite, &second_admin(), (table, version, "approve"), json!({})).await
}

const LICENCES: &str = "行业代码,年份,许可合同数,提成率下限,提成率中位数,提成率上限,提成费平均期限（年）\n\
    全国,2022,7781,,,,6.3\nC26,2025,40,2%,3%,5%,4.5\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_a_draft_that_others_do_not_see_until_it_is_in_force_from_its_day() {
    on_each(async |suite| {
        let tables = suite.get(&officer(1), "/reference").await;
        let names: Vec<&str> = items(&tables).iter().map(|table| text(table, "table")).collect();
        assert_eq!(names, ["concordance", "patent-intensive", "licence-statistics", "market-index"]);
        assert_eq!(items(&tables)[0]["in_force"]["status"], "platform_default");
        assert_eq!(items(&tables)[1]["in_force"], Value::Null, "no official table is made up");

        let before = suite.get(&officer(1), "/reference/licence-evidence?industry=C2614").await;
        assert_eq!(items(&before)[0]["industry"], "total");
        assert_eq!(items(&before)[0]["contracts"], 7781);
        assert_eq!(items(&before)[0]["fee_mean"], "3210000.00");

        let draft = imported(&suite, "licence-statistics", LICENCES).await;
        let again = imported(&suite, "licence-statistics", LICENCES).await;
        assert_eq!(again["id"], draft["id"], "the same key and file is one import");
        assert_eq!((draft["state"].as_str(), draft["number"].as_i64()), (Some("draft"), Some(2)));
        let path = format!("/reference/licence-statistics/versions/{}", text(&draft, "id"));
        for hidden in [path.clone(), format!("{path}/rows"), format!("{path}/difference")] {
            let (status, _) = suite.call(&officer(1), Method::GET, &hidden, None).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{hidden}");
        }
        let difference = suite.get(&admin(), &format!("{path}/difference")).await;
        let counts =
            ["added", "removed", "changed", "unchanged"].map(|name| difference[name].as_u64().unwrap());
        assert_eq!(counts, [1, 0, 1, 0], "{difference}");

        for (from, said) in [("2026-11-23", "2026-11-24"), ("9999-01-01", "2028-11-24")] {
            let (status, refused) = proposed(&suite, "licence-statistics", &draft, from).await;
            assert_eq!(
                (status, text(&refused["errors"][0], "field")),
                (StatusCode::UNPROCESSABLE_ENTITY, "effective_from")
            );
            assert!(refused.to_string().contains(said), "{refused}");
        }
        let (status, made) = put_in_force(&suite, "licence-statistics", &draft, "2026-11-26").await;
        assert_eq!((status, text(&made, "state")), (StatusCode::OK, "published"));
        let (status, refused) = proposed(&suite, "licence-statistics", &draft, "2026-11-26").await;
        assert_eq!(
            (status, refused["type"].as_str()),
            (StatusCode::CONFLICT, Some("/problems/not-in-status"))
        );

        let row = |on: &str| format!("/reference/licence-evidence?industry=C2614&on={on}");
        let still = suite.get(&officer(1), &row("2026-11-25")).await;
        assert_eq!(items(&still)[0]["industry"], "total", "not before its day");
        let cited = suite.get(&officer(1), &row("2026-11-26")).await;
        let cited = &items(&cited)[0];
        assert_eq!((text(cited, "industry"), text(cited, "royalty_median")), ("C26", "0.03"));
        assert_eq!(
            (cited["version_id"].clone(), cited["row_number"].as_i64()),
            (made["id"].clone(), Some(2))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_valuations_rest_on_is_put_in_force_by_two_people_of_the_platform() {
    on_each(async |suite| {
        const TABLE: &str = "licence-statistics";
        let suite = suite.with_patents(60).await;
        let asked = json!({ "patent_id": suite.sound_patent().await["id"], "purpose": "pledge" });
        let (_, valued) = suite.call(&officer(1), Method::POST, "/valuations", Some(asked)).await;
        let draft = imported(&suite, TABLE, LICENCES).await;
        let (status, early) = step(&suite, &second_admin(), (TABLE, &draft, "approve"), json!({})).await;
        assert_eq!((status, text(&early, "type")), (StatusCode::CONFLICT, "/problems/not-in-status"));
        let (_, waits) = proposed(&suite, TABLE, &draft, "2026-11-25").await;
        assert_eq!((text(&waits, "state"), text(&waits, "proposal_reason")), ("proposed", "年度更新"));
        for (act, body) in [("approve", json!({})), ("refuse", json!({ "reason": "撤" }))] {
            let (status, own) = step(&suite, &admin(), (TABLE, &draft, act), body).await;
            assert_eq!((status, text(&own, "type")), (StatusCode::FORBIDDEN, "/problems/four-eyes"), "{act}");
        }
        let (status, _) = step(&suite, &officer(1), (TABLE, &draft, "approve"), json!({})).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "the platform's people alone");
        let path = format!("/reference/{TABLE}/versions/{}", text(&draft, "id"));
        let (status, _) = suite.call(&officer(1), Method::GET, &path, None).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "a proposal is nobody else's");
        let shown = suite.get(&admin(), "/reference").await;
        assert_eq!((&items(&shown)[2]["proposed"], &items(&shown)[2]["drafts"]), (&json!(1), &json!(0)));
        let why = json!({ "reason": "缺少中位数的出处" });
        let (_, back) = step(&suite, &second_admin(), (TABLE, &draft, "refuse"), why).await;
        assert_eq!((text(&back, "state"), text(&back, "decision_reason")), ("draft", "缺少中位数的出处"));
        assert_eq!(back["effective_from"], Value::Null);
        // What is approved after its day is in force from the approval on, and what was in force before stays.
        proposed(&suite, TABLE, &draft, "2026-11-25").await;
        suite.clock.set("2026-11-28T02:00:00Z".parse().unwrap());
        let (status, made) = step(&suite, &second_admin(), (TABLE, &draft, "approve"), json!({})).await;
        assert_eq!((status, text(&made, "effective_from")), (StatusCode::OK, "2026-11-28"), "{made}");
        for (on, industry) in [("2026-11-27", "total"), ("2026-11-28", "C26")] {
            let row = format!("/reference/licence-evidence?industry=C2614&on={on}");
            assert_eq!(text(&items(&suite.get(&officer(1), &row).await)[0], "industry"), industry, "{on}");
        }
        let again = format!("/valuations/{}/reproduction", text(&valued, "id"));
        assert_eq!(suite.get(&officer(1), &again).await["identical"], true, "it keeps the row that it cites");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_one_wrong_row_is_not_taken_and_only_the_platform_imports() {
    on_each(async |suite| {
        let path = "/reference/market-index/versions";
        let wrong = "行业代码,月份,指数\nC26,2026-01,100\nC26,2026-13,101\n";
        let (status, refused) = send_form(&suite, &admin(), (path, "wrong"), &SAID, wrong.as_bytes()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused["type"], "/problems/rows-refused");
        let error = &refused["row_errors"][0];
        assert_eq!((error["line"].as_u64(), error["column"].as_str()), (Some(3), Some("月份")));
        assert!(items(&suite.get(&admin(), path).await).is_empty(), "nothing was stored");

        let (status, _) = send_form(&suite, &officer(1), (path, "not-mine"), &SAID, wrong.as_bytes()).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let (status, _) = send_form(
            &suite,
            &admin(),
            (path, "unsaid"),
            &SAID[..1],
            b"industry,month,value\nC26,2026-01,1\n",
        )
        .await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "source, citation and status are demanded");

        let draft = imported(&suite, "market-index", "industry,month,value\nC26,2026-01,100\n").await;
        let discard = format!("{path}/{}/discard", text(&draft, "id"));
        let (status, gone) = suite.call(&admin(), Method::POST, &discard, Some(json!({}))).await;
        assert_eq!((status, text(&gone, "state")), (StatusCode::OK, "discarded"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn patents_follow_the_concordance_that_is_in_force() {
    on_each(async |suite| {
        let suite = suite.with_patents(40).await;
        let stop = CancellationToken::new();
        assert_eq!(reference::catch_up(&suite.db, &stop).await.unwrap(), 0, "they follow the shipped one");
        // Every section, so that each patent has another industry than before.
        let all: String = ('A'..='H')
            .map(|section| {
                format!("{section},cluster,agriculture,农业,1\n{section},国民经济行业,C26,化学,0.5\n")
            })
            .collect();
        let draft = imported(&suite, "concordance", &format!("ipc,scheme,code,name,weight\n{all}")).await;
        let (status, _) = put_in_force(&suite, "concordance", &draft, &today().to_string()).await;
        assert_eq!(status, StatusCode::OK);
        assert!(reference::catch_up(&suite.db, &stop).await.unwrap() > 10);
        assert_eq!(reference::catch_up(&suite.db, &stop).await.unwrap(), 0, "once is enough");
        let patents = suite.get(&officer(1), "/patents?limit=200").await;
        assert!(items(&patents).iter().all(|patent| patent["industry"] == "agriculture"));
        let id = text(&items(&patents)[0], "id");
        let found = suite.get(&officer(1), &format!("/reference/industries?patent_id={id}")).await;
        assert_eq!((text(&found, "industry"), text(&found, "known")), ("agriculture", "0.5"));
        assert_eq!(items(&suite.get(&officer(1), "/ipc-industries").await).len(), 8);
    })
    .await;
}

fn sale(number: &str, price: &str, shared: bool) -> Value {
    json!({
        "kind": "sale", "dealt_on": "2025-11-24", "ipc": ["C22B26/12"], "seller": "甲大学", "buyer": "乙公司",
        "price": price, "remaining_months": 120, "source": "announcement", "source_reference": number, "shared": shared,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deal_is_verified_by_another_person_and_others_never_learn_its_parties() {
    on_each(async |suite| {
        let (maker, checker, stranger) = (operations(1, 1), operations(1, 2), operations(2, 1));
        let (status, deal) =
            suite.call(&maker, Method::POST, "/deals", Some(sale("A-1", "800000", true))).await;
        assert_eq!(status, StatusCode::CREATED, "{deal}");
        let path = format!("/deals/{}", text(&deal, "id"));
        let (status, twice) =
            suite.call(&checker, Method::POST, "/deals", Some(sale("A-1", "1", true))).await;
        assert_eq!((status, twice["type"].as_str()), (StatusCode::CONFLICT, Some("/problems/deal-known")));

        let verify = format!("{path}/verify");
        let (status, own) = suite.call(&maker, Method::POST, &verify, Some(json!({}))).await;
        assert_eq!((status, own["type"].as_str()), (StatusCode::FORBIDDEN, Some("/problems/four-eyes")));
        let wrong = json!({ "deal": sale("A-1", "900000", true), "reason": "核对公告" });
        for (command, body) in
            [("verify", json!({})), ("return", json!({ "reason": "不符" })), ("correct", wrong.clone())]
        {
            let (status, _) =
                suite.call(&stranger, Method::POST, &format!("{path}/{command}"), Some(body)).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{command}");
        }
        for hidden in [path.clone(), format!("{path}/history")] {
            let (status, _) = suite.call(&stranger, Method::GET, &hidden, None).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "not before it is verified: {hidden}");
        }
        let (status, _) = suite
            .call(&checker, Method::POST, &format!("{path}/return"), Some(json!({ "reason": "价款不符" })))
            .await;
        assert_eq!(status, StatusCode::OK);
        let (status, corrected) =
            suite.call(&maker, Method::POST, &format!("{path}/correct"), Some(wrong)).await;
        assert_eq!((status, corrected["revision"].as_i64()), (StatusCode::OK, Some(2)));
        let (status, verified) = suite.call(&checker, Method::POST, &verify, Some(json!({}))).await;
        assert_eq!((status, text(&verified, "standing")), (StatusCode::OK, "verified"));

        let seen = suite.get(&stranger, &path).await;
        for name in [
            "seller",
            "buyer",
            "patents",
            "patent_ids",
            "source_reference",
            "recorder",
            "recorder_id",
            "number",
            "maker",
            "checker",
        ] {
            assert_eq!(seen[name], Value::Null, "{name}");
        }
        assert_eq!((text(&seen, "price"), seen["ipc"].clone()), ("900000.00", json!(["C22B"])));
        let (status, _) = suite.call(&stranger, Method::GET, &format!("{path}/history"), None).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let id: uuid::Uuid = text(&seen, "id").parse().unwrap();
        assert_eq!(id.get_version_num(), 4, "an id does not tell when the deal was written down");
        let asked = suite.get(&stranger, "/deals?q=%E7%94%B2%E5%A4%A7%E5%AD%A6").await;
        assert!(items(&asked).is_empty(), "nor by asking for a party");
        assert_eq!(items(&suite.get(&stranger, "/deals").await).len(), 1);
        assert_eq!(items(&suite.get(&stranger, "/deals?ipc=C22B").await).len(), 1, "the subclass is shown");
        assert!(
            items(&suite.get(&stranger, "/deals?ipc=C22B26").await).is_empty(),
            "and no group is found out"
        );
        assert_eq!(items(&suite.get(&checker, "/deals?ipc=C22B26").await).len(), 1);
        assert_eq!(suite.get(&examiner(), &path).await["seller"], "甲大学");
        let lines = suite.get(&maker, &format!("{path}/history")).await;
        let what: Vec<&str> = items(&lines).iter().map(|line| text(line, "what")).collect();
        assert_eq!(what, ["recorded", "returned", "corrected", "verified"]);
        let (status, _) =
            suite.call(&enterprise(), Method::POST, "/deals", Some(sale("A-2", "1", true))).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        for read in ["/deals".to_owned(), "/deals/export?format=csv".to_owned(), path] {
            let (status, _) = suite.call(&admin(), Method::GET, &read, None).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "who keeps the tables reads no deals: {read}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_deals_is_taken_whole_and_verified_deals_compare_with_a_patent() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        let (maker, checker) = (operations(1, 1), operations(1, 2));
        let patent = suite.sound_patent().await;
        let symbol = patent["ipc"][0].as_str().unwrap();
        let head = "交易类型,合同日期,IPC分类号,专利件数,出让方,受让方,价款（元）,来源,来源编号,许可期限（月）,剩余保护期（月）,可共享\n";
        let rows = format!(
            "转让,2026-10-01,{symbol},1,甲,乙,1000000,公告,F-1,,120,是\n\
             普通许可,2024-10-01,{symbol},4,甲,丙,400000,合同备案,F-2,36,,否\n\
             转让,2026-09-01,{symbol},1,甲,丁,1200000,公告,F-3,,120,否\n\
             转让,2026-08-01,{symbol},1,甲,戊,900000,公告,F-4,,120,否\n"
        );
        let broken = format!("{head}{rows}转让,2026-10-01,{symbol},1,甲,乙,1,公告,F-1,,120,是\n");
        let (status, refused) = send_form(&suite, &maker, ("/deals/imports", "broken"), &[], broken.as_bytes()).await;
        assert_eq!((status, refused["row_errors"][0]["line"].as_u64()), (StatusCode::UNPROCESSABLE_ENTITY, Some(6)));
        assert!(items(&suite.get(&maker, "/deals").await).is_empty());
        let (bytes, ..) = encoding_rs::GB18030.encode(head);
        let gbk = [bytes.as_ref(), encoding_rs::GB18030.encode(&rows).0.as_ref()].concat();
        let (status, taken) = send_form(&suite, &maker, ("/deals/imports", "whole"), &[], &gbk).await;
        assert_eq!((status, taken["recorded"].as_u64()), (StatusCode::CREATED, Some(4)), "{taken}");
        let again = async |name: &str| {
            send_named(&suite, &maker, ("/deals/imports", "whole"), &[], (name, &gbk)).await
        };
        assert_eq!(again("table.csv").await, (StatusCode::CREATED, taken), "sent again, it is there once");
        let (status, refused) = again("other.csv").await;
        assert_eq!(
            (status, text(&refused, "type")),
            (StatusCode::UNPROCESSABLE_ENTITY, "/problems/idempotency-key-reused"),
            "the same file by another name is another request: {refused}"
        );
        assert_eq!(items(&suite.get(&maker, "/deals").await).len(), 4);

        let compare = format!("/deals/comparables?patent_id={}", text(&patent, "id"));
        assert!(items(&suite.get(&maker, &compare).await).is_empty(), "what nobody verified is no evidence");
        for deal in items(&suite.get(&maker, "/deals").await) {
            let path = format!("/deals/{}/verify", text(deal, "id"));
            let (status, _) = suite.call(&checker, Method::POST, &path, Some(json!({}))).await;
            assert_eq!(status, StatusCode::OK);
        }
        let index = format!(
            "industry,month,value\n{0},2024-10,100\n{0},2026-10,120\n",
            patent["industry"].as_str().filter(|code| *code != "other").unwrap_or("total")
        );
        let draft = imported(&suite, "market-index", &index).await;
        put_in_force(&suite, "market-index", &draft, &today().to_string()).await;

        let found = suite.get(&maker, &compare).await;
        let [sale, _, _, licence] = &items(&found)[..] else { panic!("{found}") };
        assert_eq!((text(&sale["deal"], "kind"), text(&licence["deal"], "kind")), ("sale", "ordinary_licence"));
        let factors: Vec<&str> = licence["adjustments"].as_array().unwrap().iter().map(|a| text(a, "kind")).collect();
        assert_eq!(factors, ["time", "life", "scope", "number"]);
        assert_eq!(text(&licence["adjustments"][0], "factor"), "1.20");
        assert_eq!(text(&licence["adjustments"][3], "factor"), "0.25");
        assert_eq!(found["prices"]["count"], 4);
        let asked = json!({ "patent_id": patent["id"], "purpose": "pledge" });
        for (bank, name) in [(1, "市场法（可比交易）"), (2, "市场法（许可统计）")] {
            let (status, made) = suite.call(&officer(bank), Method::POST, "/valuations", Some(asked.clone())).await;
            assert_eq!(status, StatusCode::CREATED, "{made}");
            assert!(made.to_string().contains(name), "bank {bank} values with the deals that it sees: {made}");
        }
        let others = suite.get(&operations(2, 1), &compare).await;
        assert_eq!(items(&others).len(), 1, "only what is shared");
        assert_eq!(items(&others)[0]["deal"]["seller"], Value::Null);
        // The other bank writes the same announcement down: it is one deal, seen in full.
        let mut same = self::sale("F-1", "1000000", true);
        same["dealt_on"] = json!("2026-10-01");
        same["ipc"] = json!([symbol]);
        let (status, twin) = suite.call(&operations(2, 1), Method::POST, "/deals", Some(same)).await;
        assert_eq!(status, StatusCode::CREATED, "{twin}");
        let verify = format!("/deals/{}/verify", text(&twin, "id"));
        let (status, _) = suite.call(&operations(2, 2), Method::POST, &verify, Some(json!({}))).await;
        assert_eq!(status, StatusCode::OK);
        for who in [operations(2, 1), operations(1, 1)] {
            let found = suite.get(&who, &compare).await;
            let once = items(&found).iter().filter(|one| one["deal"]["source_reference"] == "F-1").count();
            let seen = if who.tenant == operations(1, 1).tenant { 4 } else { 1 };
            assert_eq!((once, items(&found).len()), (1, seen), "{found}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_patents_owner_wrote_down_is_seen_and_makes_no_value_of_that_patent() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        let patent = suite.sound_patent().await;
        let office = caller(50, "institute 50", OrgKind::Institute, Role::TransferOffice);
        let mut admin = caller(50, "institute 50", OrgKind::Institute, Role::InstituteAdmin);
        admin.user = UserId::from_uuid(uuid::Uuid::from_u128(50_001));
        let facts = PatentFacts {
            publication_number: text(&patent, "number").to_owned(),
            kind: PatentKind::Invention,
            ..PatentFacts::default()
        };
        let owned = PatentRecord { owner: Some(office.tenant), ..PatentRecord::of(facts, "test") };
        assert_eq!(suite.record(&[owned]).await.updated, 1);
        for place in 1..4 {
            let mut deal = sale(&format!("O-{place}"), "90000000", true);
            deal["ipc"] = json!([patent["ipc"][0]]);
            let (status, made) = suite.call(&office, Method::POST, "/deals", Some(deal)).await;
            assert_eq!(status, StatusCode::CREATED, "{made}");
            let verify = format!("/deals/{}/verify", text(&made, "id"));
            let (status, _) = suite.call(&admin, Method::POST, &verify, Some(json!({}))).await;
            assert_eq!(status, StatusCode::OK);
        }
        let compare = format!("/deals/comparables?patent_id={}", text(&patent, "id"));
        assert_eq!(items(&suite.get(&operations(2, 1), &compare).await).len(), 3);
        let asked = json!({ "patent_id": patent["id"], "purpose": "pledge" });
        let (status, made) = suite.call(&officer(2), Method::POST, "/valuations", Some(asked)).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        assert!(made.to_string().contains("市场法（许可统计）"), "{made}");
    })
    .await;
}
