//! The risk of loans and a bank's parameters: figures lead to their rows, what is typed is sent exact, who decides sees
//! what differs.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{browser::Browser, fake_api::FakeApi, samples::ID};

#[tokio::test]
async fn figures_of_risk_lead_to_the_loans_behind_them() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "risk_manager", "zh");
    let page = browser.get("/risk").await;
    for part in [
        "不良贷款率",
        "25.00%",
        "/risk/loans?nonperforming=true",
        "/risk/loans?tier=substandard",
        "/risk/loans?stage=2",
        "/risk/loans?overdue=91_270",
        "/risk/loans?flag=pledge_lost",
        "var(--c1)",
    ] {
        assert!(page.has(part), "{part}");
    }
    // The migration has a row and a column for loans that came or ended.
    assert!(page.has("期间新增") && page.has("期间结清"));
    browser.get("/risk/loans?tier=substandard&sort=-provision").await;
    let asked = api.last(&Method::GET, "/risk/loans").unwrap().query;
    assert!(asked.contains("tier=substandard") && asked.contains("sort=-provision"), "{asked}");
}

#[tokio::test]
async fn the_supervisor_sees_the_market_by_tier_and_stage_and_gets_to_the_loans() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "examiner", "zh");
    let page = browser.get("/supervision").await;
    for part in [
        "5.00%",
        "45.00%",
        "/supervision/loans?tier=substandard",
        "/supervision/loans?stage=3",
        "次级",
        "35.00",
    ] {
        assert!(page.has(part), "{part}");
    }
    browser.get("/supervision/loans?tier=nonperforming&stage=3").await;
    let asked = api.last(&Method::GET, "/loans").unwrap().query;
    assert!(asked.contains("tier=nonperforming") && asked.contains("stage=3"), "{asked}");
}

#[tokio::test]
async fn a_judgement_is_sent_with_its_estimate_as_a_fraction_and_a_refusal_keeps_it() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "risk_manager", "zh");
    let path = format!("/loans/{ID}/risk/classify");
    let typed = [("tier", "doubtful"), ("impairment", "60"), ("reason", "停产"), ("idempotency_key", "k-1")];
    let sent = browser.post(&path, &typed).await;
    assert_eq!(sent.location, format!("/loans/{ID}/risk?done=risk-proposed"));
    let posted = api.last(&Method::POST, "/classifications").unwrap();
    assert_eq!(posted.body, json!({ "tier": "doubtful", "impairment": "0.6", "reason": "停产" }));
    assert_eq!(posted.key, "k-1");
    let refusal = json!({ "slug": "better-than-rule", "detail": "按规则该贷款为关注类。" });
    let api = FakeApi { refuse: Some(("/classifications", 409, refusal)), ..FakeApi::default() };
    let page = Browser::of(&api, "risk_manager", "zh").post(&path, &typed).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.has("按规则该贷款为关注类。") && page.has("停产") && page.has("value=\"60\""));
}

#[tokio::test]
async fn who_confirms_a_judgement_sees_what_is_wanted_by_whom_and_what_the_rules_give() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "credit_approver", "zh");
    let path = format!("/loans/{ID}/risk/{ID}/confirm");
    let page = browser.get(&path).await;
    for part in ["可疑", "60.00%", "周宁", "按规则为关注类", "主要客户&#60;破产&#62;", "第十条"]
    {
        assert!(page.has(part), "{part}");
    }
    let sent = browser.post(&path, &[("reason", "同意")]).await;
    assert_eq!(sent.location, format!("/loans/{ID}/risk?done=risk-confirmed"));
    assert_eq!(api.last(&Method::POST, "/confirm").unwrap().body, json!({ "reason": "同意" }));
    // Another judgement than the one that waits was decided meanwhile.
    let other = browser.get(&format!("/loans/{ID}/risk/other/confirm")).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    let officer = Browser::of(&api, "loan_officer", "zh").get(&path).await;
    assert_eq!(officer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_set_of_parameters_is_proposed_whole_with_its_lists_and_exact_figures() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "risk_manager", "zh");
    let form = browser.get("/parameters/risk/propose").await;
    assert!(form.has("name=\"content.pd.normal[2]\""), "an empty row to add an entry");
    assert!(
        form.has("name=\"content.scenarios[0].pd_factor\" value=\"1.6\"") && form.has("依据：平台默认值")
    );
    let typed = [
        ("effective_from", "2026-12-01"),
        ("reason", "从严管理"),
        ("content.classification.substandard_after_days", "60"),
        ("content.pd.normal[0]", "2.5"),
        ("content.pd.normal[1]", ""),
        ("content.pd.normal[2]", "4"),
        ("content.scenarios[0].name", "基准"),
        ("content.scenarios[0].weight", "100"),
        ("content.scenarios[0].pd_factor", "1.15"),
        ("content.scenarios[1].name", ""),
        ("content.scenarios[1].weight", ""),
        ("content.scenarios[1].pd_factor", ""),
    ];
    let sent = browser.post("/parameters/risk/propose", &typed).await;
    assert_eq!(sent.location, format!("/parameters/risk/versions/{ID}?done=param-proposed"));
    assert_eq!(
        api.last(&Method::POST, "/proposals").unwrap().body,
        json!({
            "content": {
                "classification": { "substandard_after_days": 60 }, "pd": { "normal": ["0.025", "0.04"] },
                "scenarios": [{ "name": "基准", "weight": "1", "pd_factor": "1.15" }],
            },
            "effective_from": "2026-12-01", "reason": "从严管理",
        })
    );
}

/// A set of a bank's parameters of texts: the paths of its fields, and what they hold.
fn named_set(kind: &str, fields: &[&str], content: &Value) -> Value {
    let docs: Vec<Value> = fields
        .iter()
        .map(|field| json!({ "field": field, "zh": "字段", "en": "field", "unit": "text", "source_zh": "", "source_en": "" }))
        .collect();
    json!({ "kind": kind, "zh": "参数", "en": "Parameters", "on": "2026-11-24", "source": "platform_default",
        "content": content, "default": content, "fields": docs, "active": null, "from_the_first_of_a_month": false,
        "first_day": "2026-11-24", "proposal": null })
}

#[tokio::test]
async fn the_names_among_parameters_are_said_in_words_and_chosen_from_a_list() {
    let products = named_set(
        "lending_products",
        &[
            "products[].kind",
            "products[].repayments",
            "products[].repayments[]",
            "products[].day_count",
            "products[].roll",
            "products[].rate_reset",
        ],
        &json!({ "products": [{ "kind": "working_capital", "repayments": ["interest_only", "equal_principal"],
            "day_count": "30/360", "roll": "modified_following", "rate_reset": "half_yearly" }] }),
    );
    let changes = named_set(
        "loan_changes",
        &["rollover_products[]"],
        &json!({ "rollover_products": ["lpr_floating", "own_credit"] }),
    );
    let others = named_set(
        "others",
        &["basis", "write_off_tier"],
        &json!({ "basis": "obligor", "write_off_tier": "doubtful" }),
    );
    let api = FakeApi {
        instead: vec![
            ("/parameters/lending_products", products),
            ("/parameters/loan_changes", changes),
            ("/parameters/others", others),
        ],
        ..FakeApi::default()
    };
    for (lang, texts, worth, option) in [
        (
            "zh",
            [
                "流动资金贷款",
                "按期付息到期还本",
                "等额本金",
                "顺延，但不跨月",
                "浮动利率（LPR 加点） · 按半年对日",
            ],
            ["LPR 浮动利率贷款", "借款人合计", "可疑"],
            "<option value=\"working_capital\" selected>流动资金贷款</option>",
        ),
        (
            "en",
            [
                "Working-capital loan",
                "Interest only, principal at the end",
                "Equal principal",
                "Next working day, within the month",
                "Floating rate (LPR and a spread) · Each half-year on the day of the draw",
            ],
            ["Loan at a floating LPR rate", "all of the borrower", "doubtful"],
            "<option value=\"working_capital\" selected>Working-capital loan</option>",
        ),
    ] {
        let mut browser = Browser::of(&api, "risk_manager", lang);
        let page = browser.get("/parameters/lending_products").await;
        assert_eq!(page.status, StatusCode::OK, "{lang}");
        for text in texts {
            assert!(page.has(text), "{lang}: {text}");
        }
        for code in
            ["working_capital", "interest_only", "equal_principal", "modified_following", "half_yearly"]
        {
            assert!(!page.has(code), "{lang}: {code}");
        }
        let form = browser.get("/parameters/lending_products/propose").await;
        assert!(form.has(option) && form.has("name=\"content.products[0].repayments[2]\""), "{lang}");
        let [floating, all, tier] = worth;
        let page = browser.get("/parameters/loan_changes").await;
        assert!(page.has(floating) && !page.has("lpr_floating"), "{lang}");
        assert!(page.has("own_credit"), "a bank's own product is told by the code that the bank gave it");
        let page = browser.get("/parameters/others").await;
        assert!(page.has(all) && page.has(tier) && !page.has("obligor"), "{lang}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_parameter_stands_at_its_field() {
    let refusal = json!({ "slug": "invalid-request", "detail": "请求有误，未作任何更改。", "errors": [
        { "field": "content.classification.substandard_after_days", "detail": "不得宽于监管规定。" }] });
    let api = FakeApi { refuse: Some(("/proposals", 422, refusal)), ..FakeApi::default() };
    let mut browser = Browser::of(&api, "risk_manager", "zh");
    let typed = [
        ("effective_from", "2026-12-01"),
        ("reason", "放宽"),
        ("content.classification.substandard_after_days", "120"),
    ];
    let page = browser.post("/parameters/risk/propose", &typed).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.has("不得宽于监管规定。") && page.has("value=\"120\""));
    let api = FakeApi::default();
    let page = Browser::of(&api, "risk_manager", "zh")
        .post("/parameters/risk/propose", &[("content.classification.substandard_after_days", "ninety")])
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.has("value=\"ninety\"") && api.last(&Method::POST, "/proposals").is_none());
}

#[tokio::test]
async fn who_decides_a_version_sees_before_and_after_side_by_side() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "credit_approver", "zh");
    let page = browser.get(&format!("/parameters/risk/versions/{ID}/approve")).await;
    for part in ["周宁", "从严管理", "90 天", "60 天", "与平台默认值的差异", "逾期超过此天数，至少归为次级类"]
    {
        assert!(page.has(part), "{part}");
    }
    let sent = browser.post(&format!("/parameters/risk/versions/{ID}/approve"), &[("reason", "")]).await;
    assert_eq!(sent.location, "/parameters/risk?done=param-approved");
    assert!(api.last(&Method::POST, &format!("/proposals/{ID}/approve")).is_some());
}
