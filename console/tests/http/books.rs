//! Ledger, reversals, statements and subsidies in the browser.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::{
    browser::Browser,
    fake_api::FakeApi,
    samples::{BANK, FACILITY, ID},
};

#[tokio::test]
async fn from_an_account_one_gets_to_its_entries_and_from_an_entry_to_its_movement() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "operations", "zh");
    let page = browser.get("/ledger").await;
    assert!(page.has("href=\"/ledger/accounts/1303\"") && page.has("统驭科目与台账核对"));
    assert!(page.has("表外项目") && page.has("href=\"/ledger/accounts/9101\"") && page.has("未提用授信承诺"));
    assert!(!page.has("税款在其他系统核算"), "the bank states its rate");
    let page = browser.get("/ledger/accounts/1303?from=2026-11-01&to=2026-11-24").await;
    assert!(page.has(&format!("href=\"/ledger/movements/{ID}\"")) && page.has("期初余额"));
    let asked = api.last(&Method::GET, "/accounts/1303/entries").unwrap();
    assert!(
        asked.query.contains("from=2026-11-01") && asked.query.contains("to=2026-11-24"),
        "{}",
        asked.query
    );
    let page = browser.get(&format!("/ledger/movements/{ID}")).await;
    assert!(page.has(&format!("href=\"/ledger/movements/{ID}/reverse\"")) && page.has("吸收存款"));
    let page = Browser::of(&api, "loan_officer", "zh").get(&format!("/ledger/movements/{ID}")).await;
    assert!(!page.has("/reverse\""), "only operations undoes a movement");
}

#[tokio::test]
async fn the_regulator_says_whose_book_it_reads() {
    let api = FakeApi::default();
    let page = Browser::of(&api, "examiner", "zh").get(&format!("/ledger?bank_id={BANK}")).await;
    assert!(page.has(&format!("href=\"/ledger/accounts/1001?bank_id={BANK}\"")), "links keep the bank");
    let asked = api.last(&Method::GET, "/ledger/trial-balance").unwrap();
    assert!(asked.query.contains(BANK), "{}", asked.query);
}

#[tokio::test]
async fn a_reversal_is_proposed_with_a_reason_and_a_refusal_stands_at_its_form() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "operations", "zh");
    let path = format!("/ledger/movements/{ID}/reverse");
    let form = browser.get(&path).await;
    let key = form.input("idempotency_key");
    let sent = browser.post(&path, &[("idempotency_key", &key), ("reason", "账号有误")]).await;
    assert_eq!(sent.location, "/ledger-reversals?done=rev-proposed");
    let asked = api.last(&Method::POST, "/reversals").unwrap();
    assert_eq!((asked.body, asked.key), (json!({ "reason": "账号有误" }), key));
    let refusal = json!({ "slug": "four-eyes", "detail": "冲正须由另一位运营人员复核。" });
    let api = FakeApi { refuse: Some(("/confirm", 409, refusal)), ..FakeApi::default() };
    let mut browser = Browser::of(&api, "operations", "zh");
    let path = format!("/ledger-reversals/{ID}/confirm");
    let form = browser.get(&path).await;
    let page = browser.post(&path, &[("idempotency_key", &form.input("idempotency_key"))]).await;
    assert!(page.has("冲正须由另一位运营人员复核") && page.has("账号有误"), "beside what is decided");
}

#[tokio::test]
async fn a_payment_is_undone_from_its_loan_by_two_people_of_operations() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "operations", "zh");
    let path = format!("/loans/{ID}/repayments/{ID}/reverse");
    for page in [format!("/loans/{ID}"), format!("/loans/{ID}/repayments")] {
        assert!(browser.get(&page).await.has(&format!("href=\"{path}\"")), "{page}");
    }
    let officer = Browser::of(&api, "loan_officer", "zh").get(&format!("/loans/{ID}")).await;
    assert!(!officer.has("/reverse\""), "only operations undoes a payment");
    let form = browser.get(&path).await;
    assert!(form.has("504,312.50") && form.has("如同未曾还款"));
    let key = form.input("idempotency_key");
    let sent = browser.post(&path, &[("idempotency_key", &key), ("reason", "记错贷款")]).await;
    assert_eq!(sent.location, "/repayment-reversals?done=rr-proposed");
    let asked = api.last(&Method::POST, &format!("/repayments/{ID}/reversals")).unwrap();
    assert_eq!((asked.body, asked.key), (json!({ "reason": "记错贷款" }), key));
    let refusal = json!({ "slug": "four-eyes", "detail": "冲正须由另一位运营人员复核。" });
    let api = FakeApi { refuse: Some(("/approve", 409, refusal)), ..FakeApi::default() };
    let mut browser = Browser::of(&api, "operations", "zh");
    let path = format!("/repayment-reversals/{ID}/approve");
    let form = browser.get(&path).await;
    assert!(form.has("name=\"seen_version\" value=\"1\""), "decided on the version that was shown");
    let fields = [
        ("idempotency_key", form.input("idempotency_key")),
        ("seen_version", "1".to_owned()),
        ("reason", "已核对".to_owned()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let page = browser.post(&path, &fields).await;
    assert!(page.has("冲正须由另一位运营人员复核") && page.has("记错贷款"), "beside what is decided");
}

#[tokio::test]
async fn a_statement_is_shown_and_had_as_a_file_for_the_same_days() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "finance", "zh");
    let page = browser.get(&format!("/loans/{ID}/statement?from=2026-01-01&to=2026-11-24")).await;
    for part in ["504,312.50", "1,500,000.00", "0123-4567-89AB-CDEF", "下载 PDF"] {
        assert!(page.has(part), "{part}");
    }
    assert!(!page.has("/settlement\""), "no certificate while anything is owed");
    let file =
        browser.get(&format!("/loans/{ID}/statement/file?from=2026-01-01&to=2026-11-24&format=xlsx")).await;
    assert_eq!(file.status, StatusCode::OK);
    let asked = api.last(&Method::GET, "/statement").unwrap();
    for part in ["from=2026-01-01", "to=2026-11-24", "format=xlsx"] {
        assert!(asked.query.contains(part), "{}", asked.query);
    }
    let page = browser.get(&format!("/facilities/{FACILITY}/statement")).await;
    assert!(page.has("LN-2026-0001") && page.has("锂产业集群授信"));
}

#[tokio::test]
async fn a_claim_is_worked_out_and_shown_before_it_is_submitted() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "finance", "zh");
    let form = browser.get("/subsidies/new").await;
    let key = form.input("idempotency_key");
    let typed = |worked_out: &str, until: &str| {
        [
            ("idempotency_key", key.clone()),
            ("kind", "interest".to_owned()),
            ("worked_out", worked_out.to_owned()),
            ("scheme_id", ID.to_owned()),
            ("loan_id", ID.to_owned()),
            ("period_from", "2026-01-01".to_owned()),
            ("period_to", until.to_owned()),
        ]
    };
    let first = typed("", "2026-06-30");
    let first: Vec<(&str, &str)> = first.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let page = browser.post("/subsidies/new", &first).await;
    assert!(
        page.has("45,000.00") && page.has("12,000.00") && page.has("超出年度上限"),
        "basis, subsidy, what is cut"
    );
    assert!(
        api.last(&Method::POST, "/subsidy-claims").is_none(),
        "nothing is claimed before it is confirmed"
    );
    let worked_out = page.input("worked_out");
    // Another period than the one worked out is worked out again.
    let other = typed(&worked_out, "2026-07-31");
    let other: Vec<(&str, &str)> = other.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post("/subsidies/new", &other).await;
    assert!(api.last(&Method::POST, "/subsidy-claims").is_none());
    let same = typed(&worked_out, "2026-06-30");
    let same: Vec<(&str, &str)> = same.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let sent = browser.post("/subsidies/new", &same).await;
    assert_eq!(sent.location, format!("/subsidies/{ID}?done=subsidy-submitted"));
    let claimed = api.last(&Method::POST, "/subsidy-claims").unwrap();
    assert_eq!(claimed.key, key);
    assert_eq!(
        claimed.body,
        json!({ "kind": "interest", "scheme_id": ID, "loan_id": ID, "period_from": "2026-01-01", "period_to": "2026-06-30" })
    );
}

#[tokio::test]
async fn the_fund_decides_and_pays_and_a_preset_fills_a_new_scheme() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "fund_manager", "zh");
    let page = browser.get(&format!("/subsidies/{ID}")).await;
    assert!(
        page.has(&format!("href=\"/subsidies/{ID}/approve\"")) && !page.has("/pay\""),
        "not approved yet"
    );
    let path = format!("/subsidies/{ID}/approve");
    let form = browser.get(&path).await;
    let key = form.input("idempotency_key");
    browser.post(&path, &[("idempotency_key", &key), ("reason", "符合政策")]).await;
    let decided = api.last(&Method::POST, "/decide").unwrap();
    assert_eq!(decided.body, json!({ "approve": true, "reason": "符合政策" }));
    let form = browser.get("/subsidy-schemes/new?kind=interest").await;
    assert_eq!(form.input("annual_rate"), "1.50");
    assert!(form.has("value=\"tianfu_zhilai\" selected>天府知来贷"), "held to its programme");
    let scheme = browser.get(&format!("/subsidy-schemes/{ID}")).await;
    assert!(scheme.has("天府知来贷") && !scheme.has("tianfu_zhilai"), "named in words");
    let key = form.input("idempotency_key");
    let fields = [
        ("idempotency_key", key.as_str()),
        ("kind", "interest"),
        ("name", "贴息"),
        ("source", "试行办法"),
        ("annual_rate", "1.5"),
        ("includes", "restructured"),
        ("valid_from", "2026-01-01"),
        ("valid_until", "2026-12-31"),
    ];
    let sent = browser.post("/subsidy-schemes/new", &fields).await;
    assert_eq!(sent.location, format!("/subsidy-schemes/{ID}?done=proposed"));
    let proposed = api.last(&Method::POST, "/subsidy-schemes").unwrap();
    assert_eq!(proposed.body["annual_rate"], "0.015");
    let left_out =
        ["overdue", "restructured", "misused"].map(|name| &proposed.body[format!("exclude_{name}")]);
    assert_eq!(
        left_out,
        [&json!(true), &json!(false), &json!(true)],
        "what is ticked is subsidised all the same"
    );
}
