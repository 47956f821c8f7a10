//! Stocktakes and market evaluation in the browser.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::{
    browser::Browser,
    fake_api::FakeApi,
    samples::{ID, PATENT},
    stocktake_samples::{closed, item, put_to_expert},
};

#[tokio::test]
async fn an_inventor_keeps_a_draft_and_then_hands_it_in_at_the_version_seen() {
    let api = FakeApi {
        instead: vec![("stocktake-items/0190a000-0000-7000-8000-000000000009", item("draft"))],
        ..FakeApi::default()
    };
    let mut browser = Browser::of(&api, "inventor", "zh");
    let here = format!("/stocktake-items/{ID}");
    let page = browser.get(&here).await;
    assert!(page.has("沉睡专利") && page.has("请补充应用场景"), "{}", page.text);
    assert!(page.has(&format!("href=\"{here}/self-assessment\"")) && !page.has("self-assessment-for"));
    let form = browser.get(&format!("{here}/self-assessment")).await;
    let typed = [
        ("trl", "7"),
        ("prospect", "5"),
        ("scenarios", "储能"),
        ("act", "draft"),
        ("seen_version", "3"),
        ("idempotency_key", "k1"),
    ];
    assert_eq!(form.status, StatusCode::OK);
    let sent = browser.post(&format!("{here}/self-assessment"), &typed).await;
    assert_eq!(sent.location, format!("{here}?done=saved"));
    let asked = api.last(&Method::POST, "/self-assessment").unwrap();
    assert_eq!((asked.if_match.as_str(), asked.key.as_str()), ("\"3\"", "k1"));
    assert_eq!(asked.body, json!({ "trl": 7, "prospect": 5, "scenarios": "储能", "hand_in": false }));
}

#[tokio::test]
async fn rules_are_typed_a_line_each_and_many_items_are_changed_at_the_versions_shown() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "transfer_office", "zh");
    let here = format!("/stocktakes/{ID}");
    browser.get(&format!("{here}/rules")).await;
    let rules = "材料学院；ipc=C22B from=2015；张三\n科研院";
    let sent = browser.post(&format!("{here}/rules"), &[("rules", rules)]).await;
    assert_eq!(sent.location, format!("{here}?done=stk-queued"));
    let asked = api.last(&Method::POST, "/assign-by-rules").unwrap();
    assert_eq!(
        asked.body["rules"],
        json!([{ "college": "材料学院", "ipc": "C22B", "filed_from": 2015, "inventor_name": "张三" },
            { "college": "科研院" }])
    );
    let page = browser.get(&format!("{here}/many?assigned=false")).await;
    let chosen = format!("{ID} 3");
    assert!(page.has(&chosen), "{}", page.text);
    let typed = [("items", chosen.as_str()), ("what", "edit"), ("add_labels", "锂电、储能"), ("bundle", "1")];
    let sent = browser.post(&format!("{here}/many"), &typed).await;
    assert_eq!(sent.location, format!("{here}/many?done=saved"));
    let asked = api.last(&Method::POST, "/edit").unwrap();
    assert_eq!(asked.body["items"], json!([{ "id": ID, "version": 3 }]));
    assert_eq!((&asked.body["add_labels"], &asked.body["bundle"]), (&json!(["锂电", "储能"]), &json!(1)));
}

#[tokio::test]
async fn a_stocktake_shows_its_coverage_as_a_picture_with_its_table_and_what_it_left() {
    let api = FakeApi {
        instead: vec![("stocktakes/0190a000-0000-7000-8000-000000000009", closed())],
        ..FakeApi::default()
    };
    let mut browser = Browser::of(&api, "transfer_office", "zh");
    let page = browser.get(&format!("/stocktakes/{ID}")).await;
    assert!(page.has("<svg aria-hidden") && page.has("<details") && page.has("材料学院"), "{}", page.text);
    assert!(page.has("待自评 3 件") && page.has("unfinished=true"));
    assert!(!page.has(&format!("/stocktakes/{ID}/close")), "what has ended is not closed again");
}

#[tokio::test]
async fn an_expert_sees_no_summary_and_a_price_idea_is_sent_as_a_range() {
    let api = FakeApi { instead: vec![("/patents", put_to_expert())], ..FakeApi::default() };
    let mut browser = Browser::of(&api, "evaluator", "zh");
    let page = browser.get(&format!("/evaluation-rounds/{ID}")).await;
    let evaluate = format!("/evaluation-rounds/{ID}/patents/{PATENT}/evaluate");
    assert!(page.has(&evaluate) && !page.has("评价汇总"), "{}", page.text);
    let typed = [
        ("intent", "intends"),
        ("wish", "licence"),
        ("maturity", "7"),
        ("outlook", "4"),
        ("price_low", "10"),
        ("price_low_unit", "wan"),
        ("price_high", "30"),
        ("price_high_unit", "wan"),
        ("named", "true"),
    ];
    let sent = browser.post(&evaluate, &typed).await;
    assert_eq!(sent.location, format!("/evaluation-rounds/{ID}?done=eva-sent"));
    let asked = api.last(&Method::POST, "/evaluations").unwrap();
    assert_eq!(
        (&asked.body["price_low"], &asked.body["price_high"]),
        (&json!("100000.00"), &json!("300000.00"))
    );
    assert_eq!((&asked.body["named"], &asked.body["conflict"]), (&json!(true), &json!(false)));
    assert_eq!(asked.body["patent_id"], PATENT);
}

#[tokio::test]
async fn the_columns_of_the_file_say_which_heads_are_not_yet_checked_with_the_national_platform() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "transfer_office", "zh");
    let page = browser.get("/stocktake-columns").await;
    assert!(page.has("技术成熟度") && page.has("尚未与国家平台核对"), "{}", page.text);
    assert!(browser.get("/stocktakes").await.has("href=\"/stocktake-columns\""));
}
