//! The register's pages: what everybody may look up, what a pledge's page says, and what its forms send.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::{
    browser::Browser,
    fake_api::FakeApi,
    samples::{ID, PATENT},
};

#[tokio::test]
async fn anybody_looks_up_the_register_without_signing_in() {
    let api = FakeApi::default();
    let mut browser = Browser::open(&api);
    let page = browser.get("/register").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.has("name=\"patent_number\"") && api.asked().is_empty(), "nothing is asked before one asks");
    let page = browser.get("/register?registration_number=Y2026980001&patent_number=").await;
    assert!(page.has("Y2026980001") && page.has("已撤销") && page.has("CN115000001B"), "{}", page.text);
    let asked = api.last(&Method::GET, "/register/entries").unwrap();
    assert_eq!((asked.token.as_str(), asked.query.as_str()), ("", "registration_number=Y2026980001"));
    assert!(page.has("当前使用平台内置登记簿"), "{}", page.text);
    let page = browser.get("/register?patent_number=CN9").await;
    assert!(page.has("没有查到登记"), "{}", page.text);
    assert!(browser.get("/sign-in").await.has("href=\"/register\""));
}

#[tokio::test]
async fn a_pledges_page_says_what_the_register_wants_and_what_can_be_done() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "operations", "zh");
    let page = browser.get(&format!("/pledges/{ID}")).await;
    for text in [
        "登记机关要求补正",
        "请补充共有人同意",
        "（8）共有专利未取得全体共有人同意",
        "the office answered 503",
        "登记已逾期",
        "已申请撤回",
        "已解除质押",
        "未决程序",
        "与已有决定矛盾",
        "普通许可给乙公司",
    ] {
        assert!(page.has(text), "no {text}");
    }
    for step in ["correct", "register", "resend", "deficiency", "refuse", "withdraw", "annul", "certificate"]
    {
        assert!(page.has(&format!("href=\"/pledges/{ID}/{step}\"")), "no {step}");
    }
    for step in ["change", "cancel", "consent"] {
        assert!(!page.has(&format!("href=\"/pledges/{ID}/{step}\"")), "{step}");
    }
}

#[tokio::test]
async fn a_correction_restates_the_contract_as_it_was_filed() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "operations", "zh");
    let form = browser.get(&format!("/pledges/{ID}/correct")).await;
    assert_eq!(form.input("pledgor_address"), "格尔木市");
    let page = browser
        .post(
            &format!("/pledges/{ID}/correct"),
            &[
                ("note", "已补充"),
                ("pledgor_address", "格尔木市昆仑路"),
                ("pledgee_address", "西宁市"),
                ("claim_kind", "贷款债权"),
                ("scope", "主债权及利息"),
                ("debt_until", "2027-10-31"),
                ("declarations", "co_owned"),
            ],
        )
        .await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    let sent = api.last(&Method::POST, "/correct").unwrap().body;
    assert_eq!((&sent["note"], &sent["declarations"]), (&json!("已补充"), &json!(["co_owned"])));
    assert_eq!(
        sent["contract"]["pledgor"],
        json!({ "name": "青海盐湖锂业有限公司", "address": "格尔木市昆仑路" })
    );
    assert_eq!(sent["contract"]["debt_until"], "2027-10-31");
}

#[tokio::test]
async fn a_consent_names_acts_patents_and_days_and_is_taken_back_with_a_reason() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "credit_approver", "zh");
    let page = browser.get(&format!("/pledges/{ID}")).await;
    assert!(page.has(&format!("href=\"/pledges/{ID}/consents/{ID}/revoke\"")), "{}", page.text);
    let fields = [
        ("acts", "transfer"),
        ("acts", "licence"),
        ("patents", PATENT),
        ("terms", "转让给乙公司"),
        ("valid_from", ""),
        ("valid_until", "2027-02-28"),
    ];
    let page = browser.post(&format!("/pledges/{ID}/consent"), &fields).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    let sent = api.last(&Method::POST, "/consents").unwrap().body;
    assert_eq!(
        sent,
        json!({ "acts": ["transfer", "licence"], "patents": [PATENT], "terms": "转让给乙公司",
            "valid_until": "2027-02-28" })
    );
    let path = format!("/pledges/{ID}/consents/{ID}/revoke");
    browser.post(&path, &[("reason", "被许可人变更")]).await;
    assert_eq!(api.last(&Method::POST, "/revoke").unwrap().body, json!({ "reason": "被许可人变更" }));
    let mut officer = Browser::of(&api, "loan_officer", "zh");
    assert_eq!(officer.get(&path).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_change_sends_what_is_released_and_the_amount_in_yuan() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "operations", "zh");
    let form = browser.get(&format!("/pledges/{ID}/change")).await;
    assert!(form.has(PATENT) && !form.has("CN115000002B 一种提锂装置"), "a released patent is not offered");
    let fields = [
        ("secured_amount", "200"),
        ("secured_amount_unit", "wan"),
        ("release", PATENT),
        ("enterprise_name", "青海盐湖锂业股份有限公司"),
        ("reason", "部分还款"),
    ];
    browser.post(&format!("/pledges/{ID}/change"), &fields).await;
    let sent = api.last(&Method::POST, "/change").unwrap().body;
    assert_eq!((&sent["secured_amount"], &sent["release"]), (&json!("2000000.00"), &json!([PATENT])));
    assert_eq!(sent["enterprise_name"], "青海盐湖锂业股份有限公司");
}

#[tokio::test]
async fn a_pledge_is_valued_anew_by_the_valuation_chosen_and_another_person_accepts_it() {
    let api = FakeApi::default();
    let mut officer = Browser::of(&api, "loan_officer", "zh");
    let page = officer.get(&format!("/pledges/{ID}")).await;
    assert!(page.has(&format!("href=\"/pledges/{ID}/revalue\"")) && page.has("待审批"), "{}", page.text);
    let field = format!("valuation-{PATENT}");
    let fields = [(field.as_str(), ID), ("comment", "定期重估")];
    let page = officer.post(&format!("/pledges/{ID}/revalue"), &fields).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    let sent = api.last(&Method::POST, "/revaluations").unwrap().body;
    let named = json!([{ "patent_id": PATENT, "valuation_id": ID }]);
    assert_eq!(sent, json!({ "comment": "定期重估", "valuations": named }));
    let path = format!("/pledges/{ID}/revaluations/{ID}/approve");
    assert_eq!(officer.get(&path).await.status, StatusCode::FORBIDDEN);
    let mut approver = Browser::of(&api, "credit_approver", "zh");
    let waiting = approver.get("/pledge-revaluations?status=proposed").await;
    assert!(waiting.has(&format!("href=\"/pledges/{ID}/revaluations/{ID}\"")), "{}", waiting.text);
    approver.post(&path, &[("comment", "同意")]).await;
    assert_eq!(api.last(&Method::POST, "/approve").unwrap().body, json!({ "comment": "同意" }));
}

#[tokio::test]
async fn the_pledgor_confirms_what_the_bank_has_filed_and_the_bank_does_not() {
    let api = FakeApi::default();
    let path = format!("/pledges/{ID}/confirm");
    let mut finance = Browser::of(&api, "finance", "zh");
    let page = finance.get(&format!("/pledges/{ID}")).await;
    assert!(page.has(&format!("href=\"{path}\"")), "{}", page.text);
    let done = finance.post(&path, &[]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert_eq!(api.last(&Method::POST, "/confirm").unwrap().body, json!({}));
    let mut operations = Browser::of(&api, "operations", "zh");
    assert_eq!(operations.get(&path).await.status, StatusCode::FORBIDDEN);
}
