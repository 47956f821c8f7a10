//! The regulator's pages of disposals, funds and appeals: figures that lead to their rows, filters that reach the API.

use axum::http::{Method, StatusCode};

use crate::{
    browser::Browser,
    fake_api::FakeApi,
    samples::{BANK, ID},
};

#[tokio::test]
async fn every_figure_of_a_bank_leads_to_the_rows_that_it_is_made_of() {
    let api = FakeApi::default();
    let page = Browser::of(&api, "examiner", "zh").get("/supervision/recoveries").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let links = page.text.replace("&#38;", "&").replace("&amp;", "&");
    for href in [
        format!("/supervision/disposals?bank_id={BANK}&status=open"),
        format!("/supervision/fund-agreements?bank_id={BANK}&status=stopped"),
        format!("/supervision/fund-movements?bank_id={BANK}&kind=recovery"),
        format!("/supervision/fund-movements?fund_id={ID}&kind=compensation"),
        format!("/supervision/appeals?bank_id={BANK}&outcome=open"),
        "/supervision/fund-agreements?status=open".to_owned(),
    ] {
        assert!(links.contains(&format!("href=\"{href}\"")), "{href}");
    }
    for shown in ["64.8", "951.40", "省级风险补偿资金池"] {
        assert!(page.has(shown), "{shown}");
    }
}

#[tokio::test]
async fn filters_of_the_regulators_lists_reach_the_api_and_the_file_has_the_same() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "supervisor", "en");
    browser.get(&format!("/supervision/disposals?bank_id={BANK}&status=open&sort=-loss")).await;
    let asked = api.last(&Method::GET, "/supervision/v1/disposals").unwrap();
    for part in [format!("bank_id={BANK}"), "status=open".into(), "sort=-loss".into()] {
        assert!(asked.query.contains(&part), "{}", asked.query);
    }
    let file = browser.get("/supervision/appeals/export?format=csv&outcome=open").await;
    assert!(file.has("format=csv") && file.has("outcome=open"), "{}", file.text);
}

#[tokio::test]
async fn a_case_and_an_agreement_show_what_moved_and_why_it_was_stopped() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "examiner", "zh");
    let case = browser.get(&format!("/supervision/disposals/{ID}")).await;
    for shown in ["分配处置价款", "分配追偿所得", "1,520,000.00", "LN-2026-0001"] {
        assert!(case.has(shown), "{shown}");
    }
    let agreement = browser.get(&format!("/supervision/fund-agreements/{ID}")).await;
    for shown in ["熔断", "代偿率", "代偿支付", "CC-2026-0001"] {
        assert!(agreement.has(shown), "{shown}");
    }
    assert!(browser.get("/supervision/appeals").await.has("已逾承诺答复日"));
}
