//! Reference tables and deals: what the API answers, and what their pages make of it.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use serde_json::{Value, json};

use crate::{
    browser::Browser,
    fake_api::FakeApi,
    samples::{BANK, ID, PATENT},
};

fn version(state: &str) -> Value {
    json!({ "id": ID, "table": "licence-statistics", "number": 2, "state": state, "source": "国家知识产权局",
        "citation": "许可统计", "status": "official", "effective_from": (state == "published").then_some("2026-12-01"),
        "rows": 31, "file_name": "许可.xlsx", "imported_by": "王敏", "imported_at": "2026-11-20T02:00:00Z",
        "proposed_by_id": null, "proposed_by": null, "proposed_at": null, "proposal_reason": null, "decided_by": null,
        "decided_at": null, "decision_reason": null, "version": 1 })
}

fn table(name: &str) -> Value {
    let in_force = if name == "patent-intensive" { Value::Null } else { version("published") };
    json!({ "table": name, "name_zh": "数据表", "name_en": "Table", "in_force": in_force, "published": 1, "drafts": 1,
        "proposed": 0,
        "columns": [{ "name": "industry", "name_zh": "行业代码", "name_en": "Industry code", "required": true }] })
}

fn entry(contracts: u32) -> Value {
    json!({ "table": "licence_statistics", "industry": "C26", "year": 2025, "contracts": contracts, "royalty_median": "0.03" })
}

fn deal(full: bool) -> Value {
    let shown = |value: &str| if full { json!(value) } else { Value::Null };
    json!({ "id": ID, "number": shown("D20261124-1"), "kind": "sale", "dealt_on": "2026-10-01", "ipc": ["C22B"],
        "industry": "lithium_potassium", "patent_count": 2, "patents": if full { json!(["CN1B"]) } else { Value::Null },
        "patent_ids": if full { json!([PATENT]) } else { Value::Null }, "seller": shown("甲大学"), "buyer": shown("乙公司"),
        "price": "800000.00", "royalty_rate": "0.03", "royalty_base": "net_sales", "term_months": null,
        "remaining_months": 120, "source": "announcement", "source_reference": shown("2026-17"), "shared": true,
        "in_full": full, "standing": "recorded", "revision": 1, "recorder_id": if full { json!(BANK) } else { Value::Null },
        "recorder": shown("甲银行"), "maker": shown("李强"), "checker": null, "decision_reason": null,
        "created_at": "2026-11-20T02:00:00Z", "version": 1 })
}

fn list(items: Value) -> Value {
    json!({ "items": items, "next_cursor": null })
}

/// The answer to a read.
pub fn answer(steps: &[&str]) -> Value {
    match steps {
        ["reference"] => {
            list(json!(["concordance", "patent-intensive", "licence-statistics", "market-index"].map(table)))
        }
        ["reference", "market-index"] => list(json!([
            { "industry": "total", "month": "2026-01-01", "value": "100", "version_id": ID, "version_number": 1, "row_number": 1 },
            { "industry": "total", "month": "2026-02-01", "value": "101.5", "version_id": ID, "version_number": 1, "row_number": 2 },
        ])),
        ["reference", "industries"] => json!({ "industry": "lithium_potassium", "known": "0.7", "shares": [
            { "scheme": "national_economy", "code": "C32", "name": "有色金属", "weight": "0.7", "patent_intensive": null }] }),
        ["reference", "licence-evidence"] => {
            list(json!([{ "industry": "C26", "year": 2025, "source": "国家知识产权局",
            "citation": "许可统计", "status": "official", "royalty_low": "0.02", "royalty_median": "0.03",
            "royalty_high": "0.05", "royalty_contracts": 12, "fee_mean": null, "fee_median": null,
            "mean_term_years": "4.5", "contracts": 40, "version_id": ID, "version_number": 2,
            "effective_from": "2026-12-01", "row_number": 7 }]))
        }
        ["reference", _, "versions"] => list(json!([version("draft"), version("published")])),
        ["reference", _, "versions", _] => version("draft"),
        ["reference", _, "versions", _, "rows"] => list(json!([{ "row_number": 1, "entry": entry(40) }])),
        ["reference", ..] => json!({ "added": 0, "removed": 0, "changed": 1, "unchanged": 30,
            "changes": [{ "identity": "C26 2025", "before": entry(38), "after": entry(40) }] }),
        ["deals"] => list(json!([deal(true), deal(false)])),
        ["deals", "comparables"] => json!({
            "items": [{ "deal": deal(false), "similarity": { "total": "0.82", "classes": "0.7", "kind": "1", "age": "0.9",
                "size": "0.5" }, "adjustments": [{ "kind": "time", "factor": "1.1", "zh": "市场指数 110 ÷ 100",
                "en": "market index 110 ÷ 100", "known": true }], "factor": "1.1", "adjusted_price": "880000.00",
                "adjusted_royalty": "0.03" }],
            "weighed": 7, "prices": { "count": 1, "low": "880000.00", "median": "880000.00", "high": "880000.00",
                "weighted_mean": "880000.00" }, "from": "2021-11-24", "on": "2026-11-24", "kind": "sale",
            "remaining_months": 170, "discount_rate": "0.12", "weights": ["0.5", "0.2", "0.2", "0.1"] }),
        ["deals", _, "history"] => {
            list(json!([{ "what": "recorded", "revision": 1, "reason": null, "by": "李强",
            "at": "2026-11-20T02:00:00Z", "content": {} }]))
        }
        ["deals", PATENT] => deal(false),
        _ => deal(true),
    }
}

fn form(path: &str) -> Request<Body> {
    Request::post(path)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\na\r\n--x--\r\n",
        ))
        .unwrap()
}

#[tokio::test]
async fn a_draft_shows_what_it_changes_and_is_put_in_force_by_two_people_of_the_platform_alone() {
    let api = FakeApi::default();
    let path = format!("/reference-data/licence-statistics/versions/{ID}");
    let mut admin = Browser::of(&api, "platform_admin", "zh");
    let page = admin.get(&path).await;
    assert!(page.has("变更 1") && page.has("许可合同数 38") && page.has("许可合同数 40"));
    assert!(page.has("提请生效") && page.has("作废草稿") && !page.has(&format!("href=\"{path}/approve\"")));
    let typed = [("effective_from", "2026-12-01"), ("reason", "年度更新"), ("seen_version", "1")];
    let sent = admin.post(&format!("{path}/propose"), &typed).await;
    assert_eq!(sent.location, format!("{path}?done=ref-proposed"));
    let asked = api.last(&Method::POST, "/propose").unwrap();
    assert_eq!(asked.body, json!({ "effective_from": "2026-12-01", "reason": "年度更新" }));
    let mut waits = version("proposed");
    waits["proposed_by"] = json!("王敏");
    let api = FakeApi { instead: vec![(ID, waits)], ..FakeApi::default() };
    let mut second = Browser::of(&api, "platform_admin", "zh");
    let page = second.get(&path).await;
    assert!(page.has("待审批") && page.has(&format!("href=\"{path}/refuse\"")) && !page.has("提请生效"));
    assert!(
        second.get(&format!("{path}/approve")).await.has("许可合同数 38"),
        "what differs stands beside it"
    );
    second.post(&format!("{path}/approve"), &[("seen_version", "1")]).await;
    let asked = api.last(&Method::POST, "/approve").unwrap();
    assert_eq!((asked.if_match.as_str(), asked.body), ("\"1\"", json!({})));
    for step in ["propose", "approve"] {
        let reader = Browser::of(&api, "loan_officer", "zh").get(&format!("{path}/{step}")).await;
        assert_eq!(reader.status, StatusCode::FORBIDDEN, "{step}");
    }
}

#[tokio::test]
async fn a_file_with_wrong_rows_comes_back_with_every_line_and_column() {
    let refusal = json!({ "slug": "rows-refused", "detail": "3 行中有 1 处错误，全部未导入。", "count": 1, "rows": 3,
        "row_errors": [{ "line": 3, "column": "月份", "code": "bad-value", "zh": "“2026-13”不是月份", "en": "not a month" }] });
    let refuse = || Some(("/versions", 422, refusal.clone()));
    let api = FakeApi { refuse: refuse(), ..FakeApi::default() };
    let page =
        Browser::of(&api, "platform_admin", "zh").send(form("/reference-data/market-index/import")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.has("全部未导入") && page.has("月份") && page.has("“2026-13”不是月份"));
    let api = FakeApi::default();
    let sent =
        Browser::of(&api, "platform_admin", "zh").send(form("/reference-data/market-index/import")).await;
    assert_eq!(sent.location, format!("/reference-data/market-index/versions/{ID}?done=ref-imported"));
}

#[tokio::test]
async fn a_deal_is_typed_in_words_of_the_trade_and_shared_without_its_parties() {
    let api = FakeApi::default();
    let mut desk = Browser::of(&api, "operations", "zh");
    let typed = [
        ("kind", "sole_licence"),
        ("dealt_on", "2026-10-01"),
        ("ipc", "C22B26/12\nC01D15/08"),
        ("seller", "甲大学"),
        ("buyer", "乙公司"),
        ("price", "80"),
        ("price_unit", "wan"),
        ("royalty_rate", "3"),
        ("royalty_base", "net_sales"),
        ("term_months", "36"),
        ("source", "announcement"),
        ("source_reference", "2026-17"),
        ("shared", "true"),
    ];
    let sent = desk.post("/deals/new", &typed).await;
    assert_eq!(sent.location, format!("/deals/{ID}?done=deal-recorded"));
    let body = api.last(&Method::POST, "/deals").unwrap().body;
    assert_eq!((body["price"].as_str(), body["royalty_rate"].as_str()), (Some("800000.00"), Some("0.03")));
    assert_eq!(
        (body["ipc"].clone(), body["shared"].clone()),
        (json!(["C22B26/12", "C01D15/08"]), json!(true))
    );
    let hidden = desk.get(&format!("/deals/{PATENT}")).await;
    assert!(hidden.has("不予显示") && !hidden.has("甲大学") && !hidden.has("复核通过</a>"));
    let own = desk.get(&format!("/deals/{ID}")).await;
    assert!(own.has("甲大学") && own.has("复核通过") && own.has("退回更正"));
}

#[tokio::test]
async fn comparables_show_similarity_factors_and_the_adjusted_price() {
    let api = FakeApi::default();
    let page = Browser::of(&api, "loan_officer", "zh")
        .get(&format!("/deals/comparables?patent_id={PATENT}&kind=sale"))
        .await;
    assert!(page.has("82%") || page.has("82.00%"), "{}", page.text);
    assert!(page.has("市场指数 110 ÷ 100") && page.has("88.00") && page.has("共比较 7 笔"));
    assert!(api.last(&Method::GET, "/comparables").unwrap().query.contains("kind=sale"));
}

#[tokio::test]
async fn a_table_answers_with_the_row_that_a_valuation_cites() {
    let api = FakeApi::default();
    let mut reader = Browser::of(&api, "loan_officer", "zh");
    let page = reader.get("/reference-data/licence-statistics?industry=C2614").await;
    assert!(api.last(&Method::GET, "/licence-evidence").unwrap().query.contains("industry=C2614"));
    assert!(page.has("第 2 版第 7 行") && page.has("3.00%"));
    assert!(page.has(&format!("href=\"/reference-data/licence-statistics/versions/{ID}\"")));
    let page = reader.get("/reference-data/concordance?ipc=C22B26/12").await;
    assert!(page.has("有色金属") && page.has("70.00%"));
}

#[tokio::test]
async fn an_industry_of_a_version_is_told_by_its_name_above_the_code_that_rows_are_looked_for_by() {
    let rows: &'static str = format!("/market-index/versions/{ID}/rows").leak();
    let difference: &'static str = format!("/market-index/versions/{ID}/difference").leak();
    let entry = json!({ "table": "market_index", "industry": "natural_gas_chemistry", "month": "2026-01-01", "value": "104" });
    let sorted = json!({ "table": "concordance", "ipc": "E21B", "scheme": "cluster", "code": "mechanical_engineering",
        "name": null, "weight": null });
    let changes = json!([
        { "identity": "natural_gas_chemistry 2026-01", "before": null, "after": entry },
        { "identity": "E21B cluster mechanical_engineering", "before": sorted, "after": null },
    ]);
    let instead = vec![
        (rows, list(json!([{ "row_number": 1, "entry": entry }]))),
        (difference, json!({ "added": 1, "removed": 1, "changed": 0, "unchanged": 0, "changes": changes })),
    ];
    let api = FakeApi { instead, ..FakeApi::default() };
    for (lang, index, class) in [
        ("zh", "天然气化工 2026-01", "E21B 集群产业 机械工程"),
        ("en", "Natural gas chemistry 2026-01", "E21B Cluster industry Mechanical engineering"),
    ] {
        let page = Browser::of(&api, "platform_admin", lang)
            .get(&format!("/reference-data/market-index/versions/{ID}"))
            .await;
        assert_eq!(page.status, StatusCode::OK, "{lang}");
        assert!(page.has(index) && page.has(class), "{lang}: {}", page.text);
        assert_eq!(page.text.matches("natural_gas_chemistry").count(), 1, "{lang}: beneath its name alone");
        assert!(!page.has("mechanical_engineering"), "{lang}");
    }
}

#[tokio::test]
async fn versions_of_tables_and_of_rules_and_a_patents_citations_are_had_as_files_from_their_pages() {
    let api = FakeApi::default();
    let mut reader = Browser::of(&api, "loan_officer", "zh");
    for (page, list, of_api) in [
        (
            "/reference-data/licence-statistics".to_owned(),
            "/versions",
            "/api/valuation/v1/reference/licence-statistics".to_owned(),
        ),
        (
            "/revaluation-triggers/rules".to_owned(),
            "/versions",
            "/api/valuation/v1/revaluation-triggers/rules".to_owned(),
        ),
        (format!("/patents/{PATENT}/citations"), "", format!("/api/valuation/v1/patents/{PATENT}/citations")),
    ] {
        let file = format!("{page}{list}/export?format=xlsx");
        assert!(reader.get(&page).await.has(&format!("href=\"{file}\"")), "{page}");
        assert!(reader.get(&file).await.has("format=xlsx"), "{file}");
        let asked = api.last(&Method::GET, "/export").unwrap();
        assert_eq!(asked.path, format!("{of_api}{list}/export"));
    }
}
