//! Applications between submission and payment: papers, corrections, the decision with its conditions, what a bank keeps
//! about enterprises.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use serde_json::json;

use crate::{
    browser::Browser,
    fake_api::FakeApi,
    samples::{ENTERPRISE, ID},
};

fn uploaded(path: &str) -> Request<Body> {
    Request::post(path)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n%PDF-\r\n--x--\r\n"))
        .unwrap()
}

#[tokio::test]
async fn a_paper_is_handed_on_unread_and_one_that_is_refused_says_why_beside_the_form() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "finance", "zh");
    let path = format!("/applications/{ID}/documents");
    let page = browser.get(&path).await;
    assert!(page.has("营业执照.pdf") && page.has("accept=\".pdf,.png,.jpg,.jpeg,.xlsx,.docx\""));
    assert!(!page.has("name=\"internal\""), "only a bank keeps a paper to itself");
    let sent = browser.send(uploaded(&path)).await;
    assert_eq!(sent.location, format!("{path}?done=attached"));
    assert!(api.last(&Method::POST, "/documents").is_some());
    let refusal = json!({ "slug": "file-infected", "detail": "文件中发现病毒，不能保存。" });
    let api = FakeApi { refuse: Some(("/documents", 422, refusal)), ..FakeApi::default() };
    let page = Browser::of(&api, "loan_officer", "zh").send(uploaded(&path)).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.has("文件中发现病毒，不能保存。") && page.has("name=\"internal\""));
}

#[tokio::test]
async fn an_application_shows_its_clock_its_checklist_its_papers_and_what_was_corrected() {
    let api = FakeApi::default();
    let page = Browser::of(&api, "loan_officer", "zh").get(&format!("/applications/{ID}")).await;
    for part in
        ["剩 2 个工作日", "材料清单：天府知来贷", "请上传营业执照", "营业执照.pdf", "出具担保函", "已上传"]
    {
        assert!(page.has(part), "{part}");
    }
    let list = Browser::of(&api, "loan_officer", "zh").get("/applications?overdue=true").await;
    assert!(
        list.has("剩 2 个工作日")
            && api.last(&Method::GET, "/applications").unwrap().query.contains("overdue=true")
    );
}

#[tokio::test]
async fn what_is_missing_is_asked_for_with_its_cure_and_answered_with_statements() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "loan_officer", "zh");
    let path = format!("/applications/{ID}/deficiency");
    let fields = [("missing", "business_licence"), ("others", "请说明主要客户\n\n请补签字页")];
    let sent = browser.post(&path, &fields).await;
    assert_eq!(sent.location, format!("/applications/{ID}?done=asked"));
    let body = api.last(&Method::POST, "/deficiency").unwrap().body;
    assert_eq!(
        body,
        json!({ "items": [
            { "document_kind": "business_licence", "text": "营业执照：请上传营业执照" },
            { "document_kind": null, "text": "请说明主要客户" },
            { "document_kind": null, "text": "请补签字页" }] })
    );
    let mut browser = Browser::of(&api, "finance", "zh");
    let path = format!("/applications/{ID}/correct");
    assert!(browser.get(&path).await.has("【营业执照】请上传"));
    let english = Browser::of(&api, "finance", "en").get(&path).await;
    assert!(english.has("[Business licence] 请上传"), "its stops are the language's own: {}", english.text);
    let sent = browser.post(&path, &[("answer", "已补"), ("statements", "start_up")]).await;
    assert_eq!(sent.location, format!("/applications/{ID}?done=corrected"));
    let body = api.last(&Method::POST, "/correct").unwrap().body;
    assert_eq!(body, json!({ "answer": "已补", "statements": ["start_up"] }));
}

#[tokio::test]
async fn who_decides_sees_what_it_takes_and_sends_conditions_and_the_authority_used() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "credit_approver", "zh");
    let path = format!("/applications/{ID}/approve");
    let page = browser.get(&path).await;
    for part in [
        "须 2 名不同审批人",
        "孙悦",
        "5,000,000.00",
        "行长（上限 5,000,000.00，至 2026-11-30）",
        "已在补偿资金备案",
    ] {
        assert!(page.has(part), "{part}");
    }
    let fields = [
        ("comment", "同意"),
        ("delegation_id", ID),
        ("condition_codes", "fund_filing"),
        ("condition_texts", "出具担保函\n"),
    ];
    let sent = browser.post(&path, &fields).await;
    assert_eq!(sent.location, format!("/applications/{ID}?done=approved"));
    let body = api.last(&Method::POST, "/approve").unwrap().body;
    assert_eq!(body["conditions"], json!([{ "code": "fund_filing" }, { "text": "出具担保函" }]));
    assert_eq!(body["delegation_id"], ID);
    let mut browser = Browser::of(&api, "risk_manager", "zh");
    let path = format!("/applications/{ID}/consent");
    browser.post(&path, &[("agrees", "false"), ("comment", "集中度过高")]).await;
    let body = api.last(&Method::POST, "/consent").unwrap().body;
    assert_eq!(body, json!({ "agrees": false, "comment": "集中度过高" }));
    let refused = Browser::of(&api, "loan_officer", "zh").get(&path).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_appeal_is_decided_under_the_appeal_and_a_condition_under_its_application() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "credit_approver", "zh");
    browser.post(&format!("/applications/{ID}/uphold"), &[("reason", "维持")]).await;
    assert!(api.last(&Method::POST, &format!("/applications/{ID}/appeal/uphold")).is_some());
    let mut browser = Browser::of(&api, "loan_officer", "zh");
    let path = format!("/applications/{ID}/conditions/{ID}/fulfil");
    let sent = browser.post(&path, &[("document_ids", ID), ("note", "已收到")]).await;
    assert_eq!(sent.location, format!("/applications/{ID}?done=condition-fulfilled"));
    let body = api.last(&Method::POST, &format!("/conditions/{ID}/fulfil")).unwrap().body;
    assert_eq!(body, json!({ "note": "已收到", "document_ids": [ID] }));
}

#[tokio::test]
async fn authority_is_lent_with_an_exact_cap_and_a_group_is_who_has_a_relation() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "credit_approver", "zh");
    let fields = [
        ("to_user_id", ID),
        ("cap", "500"),
        ("cap_unit", "wan"),
        ("valid_from", "2026-11-24"),
        ("valid_until", "2026-11-30"),
        ("reason", "出差"),
    ];
    let sent = browser.post("/delegations/new", &fields).await;
    assert_eq!(sent.location, format!("/delegations/{ID}?done=lent"));
    assert_eq!(api.last(&Method::POST, "/delegations").unwrap().body["cap"], "5000000.00");
    let page = format!("/delegations/{ID}");
    assert!(!browser.get(&page).await.has("name=\"reason\""), "one's own is taken back without a word");
    let mut browser = Browser::of(&api, "risk_manager", "zh");
    assert!(browser.get(&page).await.has("name=\"reason\""));
    assert_eq!(browser.post(&page, &[("reason", "已离职")]).await.location, format!("{page}?done=revoked"));
    let body = api.last(&Method::POST, &format!("{page}/withdraw")).unwrap().body;
    assert_eq!(body, json!({ "reason": "已离职" }));
    let relation = format!("relation-{ENTERPRISE}");
    let fields = [("name", "甲系企业"), ("reason", "同一实际控制人"), (relation.as_str(), "母公司")];
    let sent = browser.post("/connected-groups/new", &fields).await;
    assert_eq!(sent.location, format!("/connected-groups/{ID}?done=declared"));
    let body = api.last(&Method::POST, "/connected-groups").unwrap().body;
    let member = json!({ "enterprise_id": ENTERPRISE, "name": "青海盐湖锂业有限公司", "relation": "母公司" });
    assert_eq!(body["members"], json!([member]));
}

#[tokio::test]
async fn papers_of_a_change_and_of_a_case_stand_on_its_page_and_a_cases_are_never_the_debtors() {
    let api = FakeApi::default();
    for (role, page, word) in
        [("loan_officer", "adjustments", "变更协议"), ("risk_manager", "disposal", "催收函")]
    {
        let mut browser = Browser::of(&api, role, "zh");
        let path = format!("/{page}/{ID}/documents");
        let shown = browser.get(&format!("/{page}/{ID}")).await;
        assert!(shown.has("营业执照.pdf") && shown.has(&path), "{page}");
        let form = browser.get(&path).await;
        assert!(form.has(word));
        assert_eq!(form.has("name=\"internal\""), page == "adjustments", "all papers of a case are");
        let sent = browser.send(uploaded(&path)).await;
        assert_eq!(sent.location, format!("{path}?done=attached"));
    }
    assert!(api.last(&Method::POST, &format!("/disposal-cases/{ID}/documents")).is_some());
    let loan = Browser::of(&api, "risk_manager", "zh").get(&format!("/loans/{ID}")).await;
    assert!(loan.has(&format!("/disposal/new?loan_id={ID}")));
    let loan = Browser::of(&api, "loan_officer", "zh").get(&format!("/loans/{ID}")).await;
    assert!(!loan.has("/disposal/new"), "who may not open a case is not led there");
}
