//! Drawing under a product, and a further tranche: what is agreed is shown before anything is drawn.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::{
    browser::Browser,
    fake_api::FakeApi,
    samples::{ENTERPRISE, FACILITY, ID},
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
