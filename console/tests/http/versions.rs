//! Nobody decides on what has changed since: forms carry the version that their page showed.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::{
    browser::Browser,
    fake_api::FakeApi,
    samples::{ENTERPRISE, FACILITY, ID},
};

#[tokio::test]
async fn forms_that_decide_on_a_thing_carry_the_version_that_they_show_and_the_api_is_asked_to_keep_to_it() {
    let api = FakeApi::default();
    for (role, path, ending) in [
        ("loan_officer", format!("/facilities/{FACILITY}/change"), "/changes"),
        ("loan_officer", format!("/facilities/{FACILITY}/close"), "/changes"),
        ("loan_officer", format!("/facilities/{FACILITY}/members/{ENTERPRISE}"), "/changes"),
        ("credit_approver", format!("/facilities/{FACILITY}/approve"), "/approve"),
        ("credit_approver", format!("/facilities/{FACILITY}/changes/{ID}/approve"), "/approve"),
        ("finance", format!("/facilities/{FACILITY}/deposit"), "/deposits"),
        ("credit_approver", format!("/applications/{ID}/approve"), "/approve"),
        ("credit_approver", format!("/applications/{ID}/refuse"), "/refuse"),
        ("finance", format!("/applications/{ID}/withdraw"), "/withdraw"),
        ("fund_manager", format!("/fund-instructions/{ID}/approve"), "/approve"),
        ("fund_manager", format!("/fund-instructions/{ID}/refuse"), "/refuse"),
        ("fund_manager", format!("/subsidies/{ID}/approve"), "/decide"),
        ("fund_manager", format!("/subsidies/{ID}/refuse"), "/decide"),
        ("fund_manager", format!("/subsidies/{ID}/pay"), "/pay"),
        ("credit_approver", format!("/loans/{ID}/risk/{ID}/confirm"), "/confirm"),
        ("credit_approver", format!("/loans/{ID}/risk/{ID}/refuse"), "/refuse"),
    ] {
        let mut browser = Browser::of(&api, role, "zh");
        let page = browser.get(&path).await;
        assert!(page.has("name=\"seen_version\" value=\"3\""), "{path}: {}", page.text);
        let fields = [
            ("idempotency_key", "k-1"),
            ("seen_version", "3"),
            ("reason", "扩产"),
            ("act", "pause"),
            ("kind", "mutual_aid"),
            ("amount", "1"),
            ("amount_unit", "wan"),
        ];
        browser.post(&path, &fields).await;
        let sent = api.last(&Method::POST, ending).unwrap();
        assert_eq!((sent.if_match.as_str(), sent.key.as_str()), ("\"3\"", "k-1"), "{path}");
    }
}

#[tokio::test]
async fn who_decided_on_an_old_version_is_told_so_and_led_to_the_current_one() {
    let detail = "您看到的内容已被更新（现为第 4 版），未作任何更改。请刷新查看后再办理。";
    let refusal = json!({ "slug": "stale-version", "detail": detail, "version": 4 });
    let api = FakeApi { refuse: Some(("/approve", 412, refusal)), ..FakeApi::default() };
    let mut browser = Browser::of(&api, "credit_approver", "zh");
    let path = format!("/facilities/{FACILITY}/approve");
    let page = browser.post(&path, &[("idempotency_key", "k-1"), ("seen_version", "2")]).await;
    assert_eq!(page.status, StatusCode::PRECONDITION_FAILED);
    assert!(page.has(detail) && page.has("重新载入最新内容后再办理"));
    assert!(page.has(&format!("href=\"{path}\"")), "the same page, loaded anew");
    assert!(page.has("name=\"seen_version\" value=\"2\""), "sent again without a look, it is refused again");
}

#[tokio::test]
async fn a_subsidy_is_granted_at_the_amount_that_was_read_in_words() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "fund_manager", "zh");
    let path = format!("/subsidies/{ID}/approve");
    let page = browser.get(&path).await;
    assert!(page.has("可核定：人民币壹万贰仟元整") && page.has("name=\"amount\" value=\"12000.00\""));
    let fields =
        [("idempotency_key", "k-1"), ("seen_version", "3"), ("amount", "12000.00"), ("reason", "符合")];
    browser.post(&path, &fields).await;
    let sent = api.last(&Method::POST, "/decide").unwrap().body;
    assert_eq!((&sent["amount"], &sent["approve"]), (&json!("12000.00"), &json!(true)));
}

#[tokio::test]
async fn a_suspension_is_sent_whatever_was_drawn_meanwhile() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "credit_approver", "zh");
    let path = format!("/facilities/{FACILITY}/suspend");
    assert!(!browser.get(&path).await.has("seen_version"));
    browser.post(&path, &[("idempotency_key", "k-1"), ("reason", "逾期率过高")]).await;
    assert_eq!(api.last(&Method::POST, "/suspend").unwrap().if_match, "");
}
