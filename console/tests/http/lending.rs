//! Drawing under a product, and a further tranche: what is agreed is shown before anything is drawn.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::{
    browser::Browser,
    fake_api::FakeApi,
    samples::{ENTERPRISE, FACILITY, ID, PATENT, application, facility},
};

#[tokio::test]
async fn a_draw_under_a_product_shows_what_it_agrees_before_it_is_confirmed() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "finance", "zh");
    let path = format!("/facilities/{FACILITY}/draw");
    let page = browser.get(&path).await;
    assert!(page.has("可选贷款产品") && page.has("设备更新贷款") && page.has("value=\"equipment\""));
    let asked = [
        ("idempotency_key", "k-1"),
        ("amount", "300"),
        ("amount_unit", "wan"),
        ("product", "equipment"),
        ("tenor_months", "12"),
        ("repayment", "equal_principal"),
        ("grace", "6"),
    ];
    let page = browser.post(&path, &asked).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.has("产品约定") && page.has("17,250.00") && page.has("人民币叁佰万元整"));
    assert!(api.last(&Method::POST, "/drawdowns").is_none(), "nothing is drawn yet");
    let sealed = page.input("confirmed");
    let confirmed: Vec<_> = asked.into_iter().chain([("confirmed", sealed.as_str())]).collect();
    let sent = browser.post(&path, &confirmed).await;
    assert_eq!(sent.location, format!("/loans/{ID}?done=drawn"));
    assert_eq!(
        api.last(&Method::POST, "/drawdowns").unwrap().body,
        json!({ "enterprise_id": ENTERPRISE, "amount": "3000000.00", "tenor_months": 12, "grace": 6,
            "repayment": "equal_principal", "product": "equipment" })
    );
    // Another product than the one confirmed is shown again.
    let other: Vec<_> = confirmed
        .iter()
        .map(|(name, value)| (*name, if *name == "product" { "standard" } else { value }))
        .collect();
    assert_eq!(browser.post(&path, &other).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_member_with_approvals_of_two_products_chooses_under_which_it_draws() {
    let approved = |id: &str, number: &str, product: &str, holds: bool| {
        let mut one = application();
        one["id"] = json!(id);
        one["number"] = json!(number);
        one["product"] = json!(product);
        one["status"] = json!("approved");
        one["decision"] = json!({ "outcome": "approved", "amount": "2800000.00" });
        one["holds_reservation"] = json!(holds);
        one
    };
    let mut line = facility();
    line["members"][0]["reserved"] = json!("4000000.00");
    let first = approved(ID, "AP-2026-0001", "tianfu_zhilai", true);
    let rest = |holds| approved(PATENT, "AP-2026-0002", "standard", holds);
    let of = |held: bool| FakeApi {
        instead: vec![
            (FACILITY, line.clone()),
            ("/v1/applications", json!({ "items": [first.clone(), rest(held)], "next_cursor": null })),
        ],
        ..FakeApi::default()
    };
    let path = format!("/facilities/{FACILITY}/draw");
    let page = Browser::of(&of(false), "finance", "zh").get(&path).await;
    assert!(!page.has("name=\"application_id\""), "what is held for one alone needs no choice");

    let api = of(true);
    let mut browser = Browser::of(&api, "finance", "zh");
    let page = browser.get(&path).await;
    assert!(page.has("AP-2026-0001 · 天府知来贷 · 批准 2,800,000.00 元 · 12 个月"));
    assert!(page.has("AP-2026-0002 · 专利权质押贷款") && page.has("4,000,000.00"));
    let asked = api.last(&Method::GET, "/v1/applications").unwrap().query;
    assert!(
        asked.contains("status=approved") && asked.contains(&format!("facility_id={FACILITY}")),
        "{asked}"
    );
    let draw = [
        ("idempotency_key", "k-3"),
        ("amount", "200"),
        ("amount_unit", "wan"),
        ("application_id", PATENT),
        ("tenor_months", "12"),
        ("repayment", "bullet"),
    ];
    let page = browser.post(&path, &draw).await;
    assert!(
        page.has(&format!("value=\"{PATENT}\" selected")) && api.last(&Method::POST, "/drawdowns").is_none()
    );
    let sealed = page.input("confirmed");
    let confirmed: Vec<_> = draw.into_iter().chain([("confirmed", sealed.as_str())]).collect();
    let other: Vec<_> = confirmed
        .iter()
        .map(|(name, value)| (*name, if *name == "application_id" { ID } else { value }))
        .collect();
    browser.post(&path, &other).await;
    assert!(api.last(&Method::POST, "/drawdowns").is_none(), "another application is shown again");
    browser.post(&path, &confirmed).await;
    assert_eq!(api.last(&Method::POST, "/drawdowns").unwrap().body["application_id"], PATENT);
}

#[tokio::test]
async fn a_product_that_does_not_admit_the_draw_says_so_at_the_form() {
    let refusal = json!({ "slug": "tenor-not-multiple", "detail": "该产品每 3 个月还款一次。" });
    let api = FakeApi { refuse: Some(("/drawdowns/preview", 409, refusal)), ..FakeApi::default() };
    let mut browser = Browser::of(&api, "finance", "zh");
    let path = format!("/facilities/{FACILITY}/draw");
    let asked = [("amount", "300"), ("amount_unit", "wan"), ("product", "quarterly"), ("tenor_months", "10")];
    let page = browser.post(&path, &asked).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.has("该产品每 3 个月还款一次。") && page.has("value=\"10\""));
    assert!(api.last(&Method::POST, "/drawdowns").is_none());
}

#[tokio::test]
async fn a_tranche_shows_both_schedules_before_it_is_drawn() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "finance", "zh");
    assert!(browser.get(&format!("/loans/{ID}")).await.has("再次放款"));
    let path = format!("/loans/{ID}/tranche");
    let asked =
        [("idempotency_key", "k-2"), ("amount", "30"), ("amount_unit", "wan"), ("purpose", "设备尾款")];
    let page = browser.post(&path, &asked).await;
    assert!(page.has("原还款计划") && page.has("新还款计划") && page.has("10,350.00"));
    assert!(api.last(&Method::POST, "/tranches").is_none(), "nothing is drawn yet");
    let sealed = page.input("confirmed");
    let confirmed: Vec<_> = asked.into_iter().chain([("confirmed", sealed.as_str())]).collect();
    let sent = browser.post(&path, &confirmed).await;
    assert_eq!(sent.location, format!("/loans/{ID}?done=tranche-drawn"));
    let drawn = api.last(&Method::POST, "/tranches").unwrap();
    assert_eq!(
        (drawn.key.as_str(), drawn.body),
        ("k-2", json!({ "amount": "300000.00", "purpose": "设备尾款" }))
    );
    let bank = Browser::of(&api, "loan_officer", "zh").get(&format!("/loans/{ID}")).await;
    assert!(!bank.has(&format!("/loans/{ID}/tranche\"")), "a bank does not draw for its borrower");
}

#[tokio::test]
async fn a_payment_that_waits_for_the_bank_is_said_so_and_confirmed_by_operations_with_the_receipt() {
    let given = json!({ "id": ID, "lapses_on": "2026-12-08" });
    let api = FakeApi { refuse: Some(("/repayments", 202, given)), ..FakeApi::default() };
    let mut browser = Browser::of(&api, "finance", "zh");
    let path = format!("/loans/{ID}/repay");
    let asked = [
        ("idempotency_key", "k-1"),
        ("amount", "1504312.50"),
        ("amount_unit", "yuan"),
        ("pays_off", "true"),
        ("confirmed", "1504312.50"),
    ];
    let sent = browser.post(&path, &asked).await;
    assert_eq!(sent.location, format!("/payment-instructions/{ID}?done=pi-given"));
    let body = api.last(&Method::POST, "/repayments").unwrap().body;
    assert_eq!(body, json!({ "amount": "1504312.50", "pays_off": true }));
    let page = browser.get(&sent.location).await;
    assert!(page.has("待银行确认到账后入账") && page.has("待银行确认") && page.has("/withdraw\""));
    assert!(!page.has("/confirm\""), "who pays does not confirm");
    let loan = browser.get(&format!("/loans/{ID}")).await;
    assert!(loan.has("待银行确认的付款指示") && loan.has(&format!("href=\"/payment-instructions/{ID}\"")));

    let mut browser = Browser::of(&api, "operations", "zh");
    let path = format!("/payment-instructions/{ID}/confirm");
    let form = browser.get(&path).await;
    assert!(form.has("value=\"1504312.50\"") && form.has("name=\"seen_version\" value=\"1\""));
    let fields = [
        ("idempotency_key", "k-2"),
        ("seen_version", "1"),
        ("amount", "1504312.50"),
        ("amount_unit", "yuan"),
        ("reference", "20261124-0001"),
    ];
    let sent = browser.post(&path, &fields).await;
    assert_eq!(sent.location, format!("/payment-instructions/{ID}?done=pi-confirmed"));
    let asked = api.last(&Method::POST, "/confirm").unwrap();
    assert_eq!(asked.body, json!({ "amount": "1504312.50", "reference": "20261124-0001" }));
    assert_eq!((asked.key.as_str(), asked.if_match.as_str()), ("k-2", "\"1\""));
    let withdraw = browser.get(&format!("/payment-instructions/{ID}/withdraw")).await;
    assert_eq!(withdraw.status, StatusCode::FORBIDDEN, "the bank sends back instead");
}

#[tokio::test]
async fn whom_the_bank_pays_is_typed_with_the_draw_and_what_was_proved_is_decided_by_the_bank() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "finance", "zh");
    let path = format!("/facilities/{FACILITY}/draw");
    let asked = [
        ("idempotency_key", "k-7"),
        ("amount", "1200"),
        ("amount_unit", "wan"),
        ("tenor_months", "12"),
        ("repayment", "interest_only"),
        ("payee.name", "成都装备制造有限公司"),
        ("payee.account", "6222020000000001"),
    ];
    let page = browser.post(&path, &asked).await;
    assert!(page.has("成都装备制造有限公司") && api.last(&Method::POST, "/drawdowns").is_none());
    let sealed = page.input("confirmed");
    // Another account than the one confirmed is read back again.
    let other = asked.map(|(name, value)| if name == "payee.account" { (name, "1") } else { (name, value) });
    let again: Vec<_> = other.into_iter().chain([("confirmed", sealed.as_str())]).collect();
    browser.post(&path, &again).await;
    assert!(api.last(&Method::POST, "/drawdowns").is_none());
    let confirmed: Vec<_> = asked.into_iter().chain([("confirmed", sealed.as_str())]).collect();
    browser.post(&path, &confirmed).await;
    let drawn = api.last(&Method::POST, "/drawdowns").unwrap();
    let payee = json!({ "name": "成都装备制造有限公司", "account": "6222020000000001" });
    assert_eq!(drawn.body["payee"], payee);

    let path = format!("/loans/{ID}/use-evidence");
    let sent = browser.post(&path, &[("draw_id", ID), ("document_ids", ID), ("note", "购货发票")]).await;
    assert_eq!(sent.location, format!("/loans/{ID}?done=care-proved"));
    let proved = api.last(&Method::POST, "/use-evidence").unwrap();
    assert_eq!(proved.body, json!({ "draw_id": ID, "note": "购货发票", "document_ids": [ID] }));
    let mut bank = Browser::of(&api, "loan_officer", "zh");
    let task = bank.get(&format!("/loan-tasks/{ID}")).await;
    assert!(task.has("待核验") && task.has(&format!("/loan-tasks/{ID}/accept")));
    let sent = bank.post(&format!("/loan-tasks/{ID}/reject"), &[("reason", "发票与合同不符")]).await;
    assert_eq!(sent.location, format!("/loan-tasks/{ID}?done=care-rejected"));
    let checked = [("outcome", "watch"), ("findings", "存货周转变慢"), ("next_due_on", "2026-12-31")];
    let sent = bank.post(&format!("/loans/{ID}/checks"), &checked).await;
    assert_eq!(sent.location, format!("/loans/{ID}?done=care-checked"));
    let loan = bank.get(&format!("/loans/{ID}")).await;
    assert!(loan.has("受托支付") && loan.has("天府知来贷") && loan.has("用途证明与贷后检查"));
}
