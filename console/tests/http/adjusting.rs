//! Changes of a loan's repayment: worked out, then proposed; decided on the figures that are shown.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::{browser::Browser, fake_api::FakeApi, samples::ID};

#[tokio::test]
async fn a_change_is_worked_out_before_it_is_proposed() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "loan_officer", "zh");
    let path = format!("/loans/{ID}/adjustments/extension");
    let asked =
        [("months", "6"), ("in_difficulty", "true"), ("reason", "回款延后"), ("idempotency_key", "k-1")];
    let page = browser.post(&path, &asked).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.has("原还款计划") && page.has("新还款计划") && page.has("有变动"));
    assert!(page.has("观察期至 2027-12-01"), "a restructured loan is told to be observed");
    let preview = api.last(&Method::POST, "/preview").unwrap().body;
    assert_eq!(preview, json!({ "kind": "extension", "months": 6, "in_difficulty": true }));
    assert!(api.last(&Method::POST, "/adjustments").is_none(), "nothing is proposed yet");
    let sealed = page.input("worked_out");
    let confirmed: Vec<_> = asked.into_iter().chain([("worked_out", sealed.as_str())]).collect();
    let sent = browser.post(&path, &confirmed).await;
    assert_eq!(sent.location, format!("/adjustments/{ID}?done=adj-proposed"));
    let proposed = api.last(&Method::POST, "/adjustments").unwrap();
    assert_eq!(proposed.key, "k-1");
    assert_eq!(proposed.body, json!({ "change": preview, "reason": "回款延后" }));
}

#[tokio::test]
async fn what_is_changed_after_it_was_worked_out_is_worked_out_again() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "loan_officer", "en");
    let path = format!("/loans/{ID}/adjustments/rollover");
    let first =
        browser.post(&path, &[("term_months", "12"), ("assessment", "sound"), ("reason", "renewal")]).await;
    let sealed = first.input("worked_out");
    let other =
        [("term_months", "24"), ("assessment", "sound"), ("reason", "renewal"), ("worked_out", &sealed)];
    let again = browser.post(&path, &other).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(api.last(&Method::POST, "/preview").unwrap().body["term_months"], 24);
    assert!(api.last(&Method::POST, "/adjustments").is_none());
}

#[tokio::test]
async fn a_rollover_says_how_large_the_firm_is_and_how_the_security_was_renewed() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "loan_officer", "zh");
    let path = format!("/loans/{ID}/adjustments/rollover");
    let page = browser.get(&path).await;
    assert!(page.has("企业规模") && page.has("续设担保"));
    let typed = [
        ("term_months", "12"),
        ("firm_size", "small"),
        ("security", "补充质押协议"),
        ("assessment", "经营正常"),
        ("reason", "续贷"),
    ];
    browser.post(&path, &typed).await;
    assert_eq!(
        api.last(&Method::POST, "/preview").unwrap().body,
        json!({ "kind": "rollover", "term_months": 12, "firm_size": "small", "security": "补充质押协议" })
    );
}

#[tokio::test]
async fn an_agreed_list_is_read_line_by_line() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "loan_officer", "zh");
    let path = format!("/loans/{ID}/adjustments/restructuring");
    let typed =
        [("instalments", "2027-03-31 0 -\n2027-06-30 1500000\n"), ("annual_rate", "3.2"), ("reason", "重组")];
    browser.post(&path, &typed).await;
    assert_eq!(
        api.last(&Method::POST, "/preview").unwrap().body,
        json!({ "kind": "restructuring", "annual_rate": "0.032", "instalments": [
            { "due": "2027-03-31", "principal": "0.00", "pays_interest": false },
            { "due": "2027-06-30", "principal": "1500000.00", "pays_interest": true }] })
    );
    let page = browser.post(&path, &[("instalments", "next June: all"), ("reason", "重组")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.has("id=\"f-instalments-error\"") && page.has("next June: all"));
    let spread = [
        ("months", "24"),
        ("grace", "6"),
        ("repayment", "equal_principal"),
        ("spread_bp", "-50"),
        ("security", "补充质押协议"),
        ("reason", "重组"),
    ];
    browser.post(&path, &spread).await;
    let sent = api.last(&Method::POST, "/preview").unwrap().body;
    assert_eq!((&sent["spread_bp"], &sent["security"]), (&json!(-50), &json!("补充质押协议")));
    assert_eq!(
        api.last(&Method::POST, "/preview").unwrap().body["spread"],
        json!({ "repayment": "equal_principal", "months": 24, "grace": 6 })
    );
}

#[tokio::test]
async fn a_decision_rests_on_the_figures_that_were_shown() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "credit_approver", "zh");
    let path = format!("/adjustments/{ID}/approve");
    let page = browser.get(&path).await;
    assert!(page.has("原还款计划") && page.has("李强") && page.has("回款延后"));
    assert_eq!(page.input("loan_version"), "7");
    let sent = browser.post(&path, &[("reason", "同意"), ("loan_version", "7")]).await;
    assert_eq!(sent.location, format!("/adjustments/{ID}?done=adj-approved"));
    assert_eq!(
        api.last(&Method::POST, "/approve").unwrap().body,
        json!({ "reason": "同意", "loan_version": 7 })
    );
    let stale = json!({ "slug": "stale-version", "detail": "您看到的内容已被更新。" });
    let api = FakeApi { refuse: Some(("/approve", 412, stale)), ..FakeApi::default() };
    let page = Browser::of(&api, "credit_approver", "zh").post(&path, &[("reason", "同意")]).await;
    assert_eq!(page.status, StatusCode::PRECONDITION_FAILED);
    assert!(page.has("您看到的内容已被更新。"));
    let officer = Browser::of(&api, "loan_officer", "zh").get(&path).await;
    assert_eq!(officer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_change_shows_its_level_and_takes_the_risk_managers_word() {
    let api = FakeApi::default();
    let page = Browser::of(&api, "credit_approver", "zh").get(&format!("/adjustments/{ID}/approve")).await;
    assert!(page.has("周风险") && page.has("抵押率未变") && page.has("1,500,000.00"), "{}", page.text);
    let mut manager = Browser::of(&api, "risk_manager", "zh");
    let path = format!("/adjustments/{ID}/risk-consent");
    assert!(manager.get(&format!("/adjustments/{ID}")).await.has(&path));
    assert_eq!(manager.get(&path).await.status, StatusCode::OK);
    let sent = manager.post(&path, &[("agrees", "false"), ("comment", "回款无保障")]).await;
    assert_eq!(sent.location, format!("/adjustments/{ID}?done=consented"));
    assert_eq!(
        api.last(&Method::POST, "/risk-consent").unwrap().body,
        json!({ "agrees": false, "comment": "回款无保障" })
    );
}

#[tokio::test]
async fn the_pay_off_of_a_day_is_shown_with_the_history_of_the_loan() {
    let api = FakeApi::default();
    let page =
        Browser::of(&api, "finance", "en").get(&format!("/loans/{ID}/adjustments?on=2026-12-01")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(api.last(&Method::GET, "/payoff").unwrap().query.contains("on=2026-12-01"));
    assert!(page.has("1,501,449.84") && page.has("Extension") && page.has("2027-01-01"));
    assert!(!page.has("/adjustments/extension\""), "a borrower proposes nothing here");
}

#[tokio::test]
async fn a_misuse_is_told_by_what_would_be_owed_before_it_is_proposed() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "loan_officer", "zh");
    let path = format!("/loans/{ID}/adjustments/misuse");
    let asked = [
        ("amount", "40"),
        ("amount_unit", "wan"),
        ("since", "2026-11-01"),
        ("surcharge", "80"),
        ("reason", "资金流入股市"),
        ("idempotency_key", "k-1"),
    ];
    let page = browser.post(&path, &asked).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.has("罚息") && page.has("12.34") && page.has("300.00"));
    assert!(!page.has("原还款计划"), "the plan stays");
    let change =
        json!({ "kind": "misuse", "amount": "400000.00", "since": "2026-11-01", "surcharge": "0.8" });
    assert_eq!(api.last(&Method::POST, "/preview").unwrap().body, change);
    let sealed = page.input("worked_out");
    let confirmed: Vec<_> = asked.into_iter().chain([("worked_out", sealed.as_str())]).collect();
    let sent = browser.post(&path, &confirmed).await;
    assert_eq!(sent.location, format!("/adjustments/{ID}?done=adj-proposed"));
    assert_eq!(
        api.last(&Method::POST, "/adjustments").unwrap().body,
        json!({ "change": change, "reason": "资金流入股市" })
    );
}

#[tokio::test]
async fn a_fee_is_charged_by_who_may_change_loans() {
    let api = FakeApi::default();
    let path = format!("/loans/{ID}/fees");
    let asked =
        [("amount", "300"), ("amount_unit", "yuan"), ("reason", "公证费"), ("idempotency_key", "k-2")];
    let sent = Browser::of(&api, "loan_officer", "zh").post(&path, &asked).await;
    assert_eq!(sent.location, format!("/loans/{ID}?done=fee-charged"));
    let charged = api.last(&Method::POST, "/fees").unwrap();
    assert_eq!(charged.key, "k-2");
    assert_eq!(charged.body, json!({ "amount": "300.00", "reason": "公证费" }));
}

#[tokio::test]
async fn a_borrower_asks_and_the_bank_takes_up_what_was_asked_for_as_it_stands() {
    let api = FakeApi::default();
    let path = format!("/loans/{ID}/change-requests/extension");
    let mut borrower = Browser::of(&api, "finance", "zh");
    let form = borrower.get(&path).await;
    assert!(form.has("name=\"months\"") && !form.has("name=\"in_difficulty\""), "the bank alone says that");
    let typed = [("months", "6"), ("reason", "回款延后"), ("idempotency_key", "k-1")];
    let sent = borrower.post(&path, &typed).await;
    assert_eq!(sent.location, format!("/change-requests/{ID}?done=creq-asked"));
    let asked = api.last(&Method::POST, "/change-requests").unwrap();
    assert_eq!(asked.key, "k-1");
    let change = json!({ "kind": "extension", "months": 6, "in_difficulty": false });
    assert_eq!(asked.body, json!({ "change": change, "reason": "回款延后" }));

    let path = format!("/change-requests/{ID}/take-up");
    let mut officer = Browser::of(&api, "loan_officer", "zh");
    let form = officer.get(&path).await;
    assert!(form.has("value=\"3.25\""), "as it was asked for");
    let typed = [("basis", "fixed"), ("annual_rate", "3.25"), ("reason", "同意受理")];
    let sent = officer.post(&path, &typed).await;
    assert_eq!(sent.location, format!("/adjustments/{ID}?done=creq-taken-up"));
    let change = json!({ "kind": "repricing", "basis": "fixed", "annual_rate": "0.0325" });
    let body = api.last(&Method::POST, "/take-up").unwrap().body;
    assert_eq!(body, json!({ "change": change, "reason": "同意受理" }));
    assert_eq!(borrower.get(&path).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_borrower_consents_to_the_figures_shown_and_the_bank_sees_what_is_missing() {
    let api = FakeApi::default();
    let mut borrower = Browser::of(&api, "finance", "zh");
    let page = borrower.get(&format!("/adjustments/{ID}")).await;
    assert!(page.has("待同意") && page.has("新还款计划"));
    assert!(
        page.has(&format!("/adjustments/{ID}/consent")) && page.has(&format!("/adjustments/{ID}/decline"))
    );
    assert!(!page.has(&format!("/adjustments/{ID}/approve")));
    let sent = borrower.post(&format!("/adjustments/{ID}/consent"), &[("note", "同意")]).await;
    assert_eq!(sent.location, format!("/adjustments/{ID}?done=adj-consented"));
    assert_eq!(api.last(&Method::POST, "/consent").unwrap().body, json!({ "note": "同意" }));
    let page = Browser::of(&api, "credit_approver", "zh").get(&format!("/adjustments/{ID}")).await;
    assert!(page.has("补充协议") && page.has("请上传双方签章的补充协议"));
    assert!(!page.has(&format!("/adjustments/{ID}/consent")), "nobody consents for the borrower");
}
