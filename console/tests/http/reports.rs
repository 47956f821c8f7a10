//! Pages of valuation reports, of what is to be valued anew, and of patents valued together.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::{
    browser::Browser,
    fake_api::FakeApi,
    report_samples::{CODE, report},
    samples::ID,
};

#[tokio::test]
async fn anybody_verifies_a_report_without_signing_in() {
    let api = FakeApi::default();
    let mut browser = Browser::open(&api);
    let page = browser.get("/verify").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.has("name=\"code\"") && api.asked().is_empty(), "nothing is asked before one asks");
    let page = browser.get(&format!("/verify?code={CODE}&value=1")).await;
    for text in [
        "报告真实，当前有效",
        "文件与出具的文件完全一致",
        "评估值与报告不一致",
        "甲银行",
        "CN115000001B",
        CODE,
    ] {
        assert!(page.has(text), "no {text}: {}", page.text);
    }
    assert!(!page.has("12,345,678"), "no figure is told");
    let asked = api.last(&Method::GET, "/report-verifications").unwrap();
    assert_eq!((asked.token.as_str(), asked.query), ("", format!("code={CODE}&value=1")));
    assert!(browser.get("/sign-in").await.has("href=\"/verify\""));
}

#[tokio::test]
async fn a_report_shows_everything_that_it_will_say_and_what_can_be_done() {
    let api = FakeApi::default();
    let path = format!("/valuation-reports/{ID}");
    let page = Browser::of(&api, "loan_officer", "zh").get(&path).await;
    for text in
        ["甲银行信贷审批部", "GB/T 42748-2023", "乙银行", "C39 2022", "class=\"tornado\"", "内部评估报告"]
    {
        assert!(page.has(text), "no {text}");
    }
    for step in ["prepare", "revise"] {
        assert!(page.has(&format!("href=\"{path}/{step}\"")), "no {step}");
    }
    assert!(!page.has(&format!("href=\"{path}/issue\"")) && !page.has(&format!("href=\"{path}/file")));
    assert!(!page.has("shape-rendering"), "a draft has no code to verify");
    let api = FakeApi { instead: vec![(ID, report("issued"))], ..FakeApi::default() };
    let page = Browser::of(&api, "loan_officer", "zh").get(&path).await;
    assert!(page.has(&format!("href=\"{path}/file?format=pdf\"")) && page.has("已出具"), "{}", page.text);
    assert!(page.has(&format!("href=\"{path}/withdraw\"")) && !page.has(&format!("href=\"{path}/prepare\"")));
    let address = format!("https://ipf.example/verify?code={CODE}");
    assert!(
        page.has(&format!("href=\"{address}\"")) && page.has("shape-rendering"),
        "its QR code: {}",
        page.text
    );
    let reader = Browser::of(&api, "examiner", "zh").get(&path).await;
    assert!(!reader.has(&format!("href=\"{path}/withdraw\"")), "the regulator signs nothing");
}

#[tokio::test]
async fn a_signature_names_the_version_that_was_seen() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "risk_manager", "zh");
    let path = format!("/valuation-reports/{ID}/issue");
    assert_eq!(browser.get(&path).await.status, StatusCode::OK);
    browser.post(&path, &[("seen_version", "3")]).await;
    let sent = api.last(&Method::POST, "/issue").unwrap();
    assert_eq!((sent.if_match.as_str(), sent.body), ("\"3\"", json!({})));
    let drafted = browser
        .post(
            "/valuation-reports/new",
            &[("valuation_id", ID), ("intended_user", "审批部"), ("comments", "已核查")],
        )
        .await;
    assert!(drafted.location.starts_with("/valuation-reports/"), "{}", drafted.location);
    let sent = api.last(&Method::POST, "/reports").unwrap();
    let texts = json!({ "intended_user": "审批部", "special_assumptions": "", "comments": "已核查" });
    assert_eq!(sent.body, json!({ "valuation_id": ID, "texts": texts }));
}

#[tokio::test]
async fn rules_of_revaluations_are_proposed_as_typed_and_decided_beside_what_they_change() {
    let api = FakeApi::default();
    let path = "/revaluation-triggers/rules";
    let officer = Browser::of(&api, "loan_officer", "zh").get(path).await;
    assert!(officer.has("被请求宣告无效") && officer.has("第 2 版等待审批") && officer.has("赵琳"));
    assert!(!officer.has(&format!("href=\"{path}/versions/{ID}/approve\"")));
    let form = format!("{path}/propose");
    let refused = Browser::of(&api, "loan_officer", "zh").get(&form).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let mut risk = Browser::of(&api, "risk_manager", "zh");
    assert!(risk.get(&form).await.has("name=\"rules.aged.threshold\""));
    let sent = risk
        .post(
            &form,
            &[
                ("effective_from", "2026-12-01"),
                ("reason", "年度评审"),
                ("enabled", "aged"),
                ("rules.aged.deadline_days", "20"),
                ("rules.aged.threshold", "6"),
            ],
        )
        .await;
    assert!(sent.location.ends_with("?done=param-proposed"), "{}", sent.location);
    let sent = api.last(&Method::POST, "/revaluation-triggers/rules/proposals").unwrap().body;
    assert_eq!((&sent["effective_from"], &sent["reason"]), (&json!("2026-12-01"), &json!("年度评审")));
    let aged = sent["rules"].as_array().unwrap().iter().find(|rule| rule["cause"] == "aged").unwrap().clone();
    assert_eq!(aged, json!({ "cause": "aged", "enabled": true, "deadline_days": 20, "threshold": "6" }));
    assert_eq!(sent["rules"].as_array().unwrap().len(), 10);
    let mut approver = Browser::of(&api, "credit_approver", "zh");
    let page = approver.get(&format!("{path}/versions/{ID}")).await;
    assert!(page.has("期限（天） 15") && page.has("期限（天） 7"), "before and after: {}", page.text);
    approver.post(&format!("{path}/versions/{ID}/refuse"), &[("reason", "依据不足")]).await;
    let sent = api.last(&Method::POST, &format!("/proposals/{ID}/refuse")).unwrap().body;
    assert_eq!(sent, json!({ "reason": "依据不足" }));
}

#[tokio::test]
async fn a_portfolio_shows_its_range_concentration_and_weak_links() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "loan_officer", "zh");
    let page = browser.get(&format!("/portfolios/{ID}")).await;
    for text in ["赫芬达尔指数", "洛伦兹曲线", "有效期短", "工艺互补", "25.00%", "其余"]
    {
        assert!(page.has(text), "no {text}");
    }
    browser
        .post(
            "/portfolios/new",
            &[("name", "本机构"), ("purpose", "pledge"), ("basis", "owner"), ("synergy_rate", "")],
        )
        .await;
    let sent = api.last(&Method::POST, "/portfolios").unwrap().body;
    assert_eq!(sent["spec"], json!({ "purpose": "pledge" }));
    assert!(sent["source"]["owner"].is_string(), "{sent}");
}
