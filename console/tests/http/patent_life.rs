//! What happens to a patent and what is filed beside it, as the pages send it on.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    browser::Browser,
    fake_api::FakeApi,
    samples::{ID, PATENT},
};

#[tokio::test]
async fn a_transfer_is_recorded_with_its_holders_line_by_line_and_a_correction_names_its_entry() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "transfer_office", "zh");
    let fields = [
        ("happened_on", "2026-10-02"),
        ("from", "甲公司\r\n"),
        ("to", "乙公司\r\n丙公司"),
        ("source", "登记簿"),
        ("supersedes", ID),
    ];
    let sent = browser.post(&format!("/patents/{PATENT}/record/transferred"), &fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let asked = api.last(&Method::POST, "/timeline").unwrap();
    assert_eq!(
        asked.body,
        json!({ "happened_on": "2026-10-02", "source": "登记簿", "supersedes": ID,
            "what": { "kind": "transferred", "from": ["甲公司"], "to": ["乙公司", "丙公司"] } })
    );
    let form = browser.get(&format!("/patents/{PATENT}/record/licensed?supersedes={ID}")).await;
    assert!(form.has("更正为：实施许可") && form.has("record/void?supersedes="), "{}", form.text);
    let nothing = browser.get(&format!("/patents/{PATENT}/record/opening")).await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_product_is_filed_with_its_patents_and_sales_in_yuan() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "finance", "zh");
    let fields = [
        ("product", "碳酸锂"),
        ("model", "LC-99"),
        ("relation", "方法用于产线"),
        ("patents[0].patent_id", PATENT),
        ("patents[0].protects", "process"),
        ("patents[0].claims", "1"),
        ("patents[1].patent_id", ""),
        ("revenues[0].year", "2025"),
        ("revenues[0].revenue", "1200"),
        ("revenues[0].revenue_unit", "wan"),
        ("revenues[1].year", ""),
        ("revenues[1].revenue", ""),
    ];
    let sent = browser.post("/product-filings/new", &fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let asked = api.last(&Method::POST, "/product-filings").unwrap();
    assert_eq!(asked.body["patents"].as_array().unwrap().len(), 1);
    assert_eq!(asked.body["revenues"], json!([{ "year": 2025, "revenue": "12000000.00" }]));
    assert_eq!(asked.body["enterprise_name"], Value::Null);
}

#[tokio::test]
async fn only_the_institutes_administrator_is_offered_the_decision() {
    let api = FakeApi::default();
    let path = format!("/prefilings/{ID}");
    for (role, offered) in [("transfer_office", false), ("institute_admin", true), ("examiner", false)] {
        let page = Browser::of(&api, role, "zh").get(&path).await;
        assert_eq!(page.has("作出决定"), offered, "{role}");
    }
}

#[tokio::test]
async fn an_enterprise_records_from_the_list_of_its_own_patents_and_ends_a_licence_by_its_entry() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "finance", "zh");
    let page = browser.get("/own-patents").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for link in ["/own-patents", "/dormant-patents", &format!("/patents/{PATENT}/record/licensed")] {
        assert!(page.has(&format!("href=\"{link}\"")), "{link}: {}", page.text);
    }
    let form = browser.get(&format!("/patents/{PATENT}/record/licence_ended")).await;
    assert!(form.has("2026-09-01 独占许可 乙公司"), "{}", form.text);
    let fields = [
        ("happened_on", "2026-10-02"),
        ("licence_entry", ID),
        ("reason", "协商解除"),
        ("source", "解除协议"),
    ];
    let sent = browser.post(&format!("/patents/{PATENT}/record/licence_ended"), &fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let asked = api.last(&Method::POST, "/timeline").unwrap();
    assert_eq!(
        asked.body["what"],
        json!({ "kind": "licence_ended", "licence_entry": ID, "reason": "协商解除" })
    );
    let mut office = Browser::of(&api, "transfer_office", "zh");
    assert!(!office.get("/").await.has("href=\"/own-patents\""));
}
