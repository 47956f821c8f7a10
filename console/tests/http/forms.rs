//! Forms: what was typed is kept, errors stand at their fields, money moves only when confirmed, and once.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use serde_json::json;

use crate::{
    browser::Browser,
    fake_api::FakeApi,
    samples::{ENTERPRISE, FACILITY, ID, PATENT},
};

#[tokio::test]
async fn a_draw_is_read_back_in_words_and_sent_once_confirmed_with_the_forms_key() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "finance", "zh");
    let path = format!("/facilities/{FACILITY}/draw");
    let form = browser.get(&path).await;
    assert!(form.has("8,000,000.00"), "what is left for the enterprise");
    let key = form.input("idempotency_key");
    let typed = |confirmed: &str, amount: &str| {
        [
            ("idempotency_key", key.clone()),
            ("confirmed", confirmed.to_owned()),
            ("amount", amount.to_owned()),
            ("amount_unit", "wan".to_owned()),
            ("tenor_months", "12".to_owned()),
            ("repayment", "interest_only".to_owned()),
        ]
    };
    let send = |fields: [(&'static str, String); 6]| fields.map(|(name, value)| (name, value));
    let fields = send(typed("", "300"));
    let page = browser.post(&path, &fields.each_ref().map(|(n, v)| (*n, v.as_str()))).await;
    assert!(page.has("人民币叁佰万元整（3,000,000.00 元）"));
    assert!(api.last(&Method::POST, "/drawdowns").is_none(), "nothing is drawn before it is confirmed");
    assert_eq!(page.input("idempotency_key"), key);
    let confirmed = page.input("confirmed");
    // Another amount than the one confirmed is read back again.
    let fields = send(typed(&confirmed, "400"));
    let page = browser.post(&path, &fields.each_ref().map(|(n, v)| (*n, v.as_str()))).await;
    assert!(page.has("人民币肆佰万元整") && api.last(&Method::POST, "/drawdowns").is_none());
    let fields = send(typed(&confirmed, "300"));
    let sent = browser.post(&path, &fields.each_ref().map(|(n, v)| (*n, v.as_str()))).await;
    assert_eq!(sent.location, format!("/loans/{ID}?done=drawn"));
    let drawn = api.last(&Method::POST, "/drawdowns").unwrap();
    assert_eq!(drawn.key, key);
    assert_eq!(
        drawn.body,
        json!({ "enterprise_id": ENTERPRISE, "amount": "3000000.00", "tenor_months": 12, "repayment": "interest_only" })
    );
    assert!(browser.get(&sent.location).await.has("提款已发放"));
}

#[tokio::test]
async fn a_draw_above_the_limit_says_at_the_amount_how_much_is_left_and_keeps_what_was_typed() {
    let refusal = json!({ "slug": "limit-exceeded", "detail": "额度不足。", "asked": "9000000.00",
        "available": "8000000.00", "limit_kind": "sub_limit" });
    let api = FakeApi { refuse: Some(("/drawdowns", 409, refusal)), ..FakeApi::default() };
    let mut browser = Browser::of(&api, "finance", "zh");
    let path = format!("/facilities/{FACILITY}/draw");
    let fields = [
        ("idempotency_key", "k-1"),
        ("confirmed", "9000000.00|12|bullet"),
        ("amount", "900"),
        ("amount_unit", "wan"),
        ("tenor_months", "12"),
        ("repayment", "bullet"),
        ("purpose", "采购"),
    ];
    let page = browser.post(&path, &fields).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.has("分项额度余额不足，目前可用 8,000,000.00 元。") && page.has("额度不足。"));
    assert!(page.has("value=\"900\"") && page.has("采购") && page.has("value=\"bullet\" selected"));
    assert_eq!(page.input("idempotency_key"), "k-1");
}

#[tokio::test]
async fn what_is_no_amount_is_said_at_the_field_before_anything_is_sent() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "finance", "en");
    let path = format!("/loans/{ID}/repay");
    let page =
        browser.post(&path, &[("amount", "three"), ("amount_unit", "yuan"), ("comment", "by wire")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.has("aria-invalid=\"true\"") && page.has("Write a number") && page.has("value=\"by wire\""));
    assert!(api.last(&Method::POST, "/repayments").is_none());
}

#[tokio::test]
async fn the_apis_field_errors_stand_at_the_fields_of_the_form() {
    let refusal = json!({ "slug": "invalid-request", "detail": "请求有误，未作任何更改。", "errors": [
        { "field": "name", "detail": "必填，最多 100 个字符。" },
        { "field": "members[0].sub_limit", "detail": "金额必须大于零。" },
        { "field": "elsewhere", "detail": "别处的说明" }] });
    let api = FakeApi { refuse: Some(("/facilities", 422, refusal)), ..FakeApi::default() };
    let mut browser = Browser::of(&api, "loan_officer", "zh");
    let page = browser
        .post(
            "/facilities/new",
            &[
                ("cluster", "盐湖"),
                ("limit", "5000"),
                ("limit_unit", "wan"),
                ("annual_rate", "3.45"),
                ("members[3].enterprise_id", ENTERPRISE),
                ("members[3].sub_limit", "0"),
                ("members[3].sub_limit_unit", "wan"),
            ],
        )
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let sent = api.last(&Method::POST, "/facilities").unwrap().body;
    assert_eq!((&sent["limit"], &sent["annual_rate"]), (&json!("50000000.00"), &json!("0.0345")));
    assert_eq!(sent["members"].as_array().unwrap().len(), 1);
    assert!(page.has("id=\"f-name-error\"") && page.has("必填，最多 100 个字符。"));
    assert!(page.has("id=\"f-available_from-error\""), "what was left empty is marked too");
    assert!(
        page.has("id=\"f-members-3--sub_limit-error\""),
        "the fault is shown in the row where it was typed"
    );
    assert!(page.has("elsewhere: 别处的说明") && page.has("value=\"盐湖\""));
}

#[tokio::test]
async fn an_enterprise_checks_eligibility_and_submits_with_its_declarations() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "finance", "zh");
    let fields = [
        ("facility_id", FACILITY),
        ("amount", "300"),
        ("amount_unit", "wan"),
        ("tenor_months", "12"),
        ("purpose", "采购原料"),
        ("patent_ids", PATENT),
    ];
    let mut check = fields.to_vec();
    check.push(("act", "check"));
    let page = browser.post("/applications/new", &check).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.has("符合准入条件") && page.has("双方声明知悉") && page.has("name=\"declarations\""));
    assert!(api.last(&Method::POST, "/applications").is_none(), "a check submits nothing");
    let mut all = fields.to_vec();
    all.push(("declarations", "invalidation_pending"));
    let sent = browser.post("/applications/new", &all).await;
    assert_eq!(sent.location, format!("/applications/{ID}?done=submitted"));
    let body = api.last(&Method::POST, "/applications").unwrap().body;
    assert_eq!(body["patent_ids"], json!([PATENT]));
    assert_eq!(body["declarations"], json!(["invalidation_pending"]));
}

#[tokio::test]
async fn the_officer_relies_on_one_valuation_for_each_patent() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "loan_officer", "zh");
    let path = format!("/applications/{ID}/assess");
    assert!(browser.get(&path).await.has("PV-2026-000001"));
    let valuation = format!("valuation-{PATENT}");
    let fields = [
        (valuation.as_str(), ID),
        ("recommended_amount", "280"),
        ("recommended_amount_unit", "wan"),
        ("comment", "同意"),
    ];
    assert_eq!(browser.post(&path, &fields).await.location, format!("/applications/{ID}?done=assessed"));
    let body = api.last(&Method::POST, "/assess").unwrap().body;
    assert_eq!(
        body,
        json!({ "valuations": [{ "patent_id": PATENT, "valuation_id": ID }], "recommended_amount": "2800000.00", "comment": "同意" })
    );
}

#[tokio::test]
async fn who_decides_sees_maker_ask_and_limits_and_a_refusal_of_four_eyes_keeps_the_comment() {
    let refusal = json!({ "slug": "four-eyes", "detail": "评审人不得审批同一申请。" });
    let api = FakeApi { refuse: Some(("/approve", 403, refusal)), ..FakeApi::default() };
    let mut browser = Browser::of(&api, "credit_approver", "zh");
    let path = format!("/applications/{ID}/approve");
    let page = browser.get(&path).await;
    for part in ["李强", "2,800,000.00", "额度占用", "青海盐湖锂业有限公司", "35,000,000.00"]
    {
        assert!(page.has(part), "{part}");
    }
    let page =
        browser.post(&path, &[("comment", "条件良好"), ("amount", "280"), ("amount_unit", "wan")]).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.has("评审人不得审批同一申请。") && page.has("条件良好"));
}

#[tokio::test]
async fn a_valuation_is_asked_with_percents_and_amounts_made_exact() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "loan_officer", "zh");
    let fields = [
        ("purpose", "pledge"),
        ("annual_revenue", "1,200"),
        ("annual_revenue_unit", "wan"),
        ("royalty_rate", "3.5"),
        ("seed", "7"),
        ("grades.trl", "7"),
        ("grades.market", ""),
        ("grades.market_share", "4"),
    ];
    let sent = browser.post(&format!("/patents/{PATENT}/value"), &fields).await;
    assert_eq!(sent.location, format!("/valuations/{ID}?done=valued"));
    let body = api.last(&Method::POST, "/valuations").unwrap().body;
    assert_eq!(
        body["assumptions"],
        json!({ "annual_revenue": "12000000.00", "royalty_rate": "0.035", "seed": 7 })
    );
    assert_eq!(body["grades"], json!({ "trl": 7, "market_share": 4 }));
}

#[tokio::test]
async fn further_methods_stand_in_groups_and_are_sent_with_what_they_rest_on() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "loan_officer", "zh");
    let path = format!("/patents/{PATENT}/value");
    let form = browser.get(&path).await;
    assert!(
        form.has("<summary>多期超额收益法：另行提供输入</summary>")
            && !form.has("<details class=\"group\" open")
    );
    let fields = [
        ("purpose", "pledge"),
        ("success_probability", "80"),
        ("success_reason", "已签订供货合同"),
        ("excess_earnings.basis", "经审计的盈利预测"),
        ("excess_earnings.earnings", "400\n440"),
        ("excess_earnings.revenue_unit", "wan"),
        ("excess_earnings.discount_rate", "15"),
        ("with_and_without.revenue_unit", "wan"),
        ("weights.excess_earnings", "60"),
        ("weights.relief_from_royalty", "40"),
        ("weights.reason", "盈利预测经审计"),
        ("correlations.pairs", "revenue_growth discount_rate 0.5\nrevenue royalty_rate 0.2"),
        ("correlations.reason", "本行历史数据"),
    ];
    browser.post(&path, &fields).await;
    let body = api.last(&Method::POST, "/valuations").unwrap().body;
    assert_eq!(
        body["methods"],
        json!({
            "excess_earnings": { "basis": "经审计的盈利预测", "inputs": { "earnings": ["4000000.00", "4400000.00"],
                "contributory_charges": [], "discount_rate": "0.15" } },
            "weights": { "reason": "盈利预测经审计",
                "shares": { "relief_from_royalty": "0.4", "excess_earnings": "0.6" } },
            "correlations": { "reason": "本行历史数据", "pairs": [
                { "first": "revenue_growth", "second": "discount_rate", "coefficient": "0.5" },
                { "first": "annual_revenue", "second": "royalty_rate", "coefficient": "0.2" }] },
        })
    );
    assert_eq!(body["assumptions"]["success_reason"], "已签订供货合同");
    let page = browser.post(&path, &[("purpose", "pledge"), ("hedonic.basis", "交易库")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.has("<details class=\"group\" open><summary>特征价格法") && page.has("交易库"));
}

#[tokio::test]
async fn a_patent_that_cannot_be_assessed_says_why() {
    let refusal = json!({ "slug": "not-assessable", "detail": "该专利不能评估。",
        "grounds": [{ "reason_zh": "专利权已失效", "reason_en": "The patent has lapsed" }] });
    let api = FakeApi { refuse: Some(("/valuations", 409, refusal)), ..FakeApi::default() };
    let mut browser = Browser::of(&api, "loan_officer", "zh");
    let page = browser.post(&format!("/patents/{PATENT}/value"), &[("purpose", "pledge")]).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.has("该专利不能评估。") && page.has("专利权已失效"));
}

#[tokio::test]
async fn an_upload_is_handed_on_unread_and_leads_to_its_progress() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "loan_officer", "zh");
    let request = Request::post("/imports")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nnumber\r\n--x--\r\n"))
        .unwrap();
    let sent = browser.send(request).await;
    assert_eq!(sent.location, format!("/imports/{ID}?done=uploaded"));
}

#[tokio::test]
async fn trials_show_their_figures_and_keep_the_form() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "finance", "zh");
    let page = browser
        .post(
            "/trials/relief_from_royalty",
            &[
                ("revenue", "1000 1200\n1300"),
                ("revenue_unit", "wan"),
                ("royalty_rate", "5"),
                ("tab", "true"),
            ],
        )
        .await;
    assert!(page.has("123.46") && page.has("1.1223"));
    let body = api.last(&Method::POST, "/preview").unwrap().body;
    assert_eq!(body["revenue"], json!(["10000000.00", "12000000.00", "13000000.00"]));
    let page = browser
        .post(
            "/trials/schedule",
            &[
                ("principal", "150"),
                ("principal_unit", "wan"),
                ("annual_rate", "3.45"),
                ("instalments", "12"),
            ],
        )
        .await;
    assert!(page.has("1,508,625.00") && page.has("value=\"150\""));
}

#[tokio::test]
async fn a_trial_schedule_asks_what_becomes_of_due_dates_on_holidays() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "finance", "zh");
    let page = browser.get("/trials?of=schedule").await;
    assert!(page.has("顺延，但不跨月") && page.has("仍计至原定日期"));
    let fields = [
        ("principal", "150"),
        ("principal_unit", "wan"),
        ("annual_rate", "3.45"),
        ("instalments", "12"),
        ("roll", "modified_following"),
        ("interest_to", "agreed"),
        ("period", "quarter"),
        ("every", "2"),
        ("grace", "1"),
        ("first_due", "2026-12-20"),
        ("level_last", "true"),
    ];
    browser.post("/trials/schedule", &fields).await;
    let body = api.last(&Method::POST, "/schedules/preview").unwrap().body;
    assert_eq!((&body["roll"], &body["unadjusted"]), (&json!("modified_following"), &json!(true)));
    assert_eq!((&body["period"], &body["every"]), (&json!("quarter"), &json!(2)), "every half-year");
    assert_eq!((&body["grace"], &body["first_due"]), (&json!(1), &json!("2026-12-20")));
    assert_eq!(body["level_last"], true);
}

#[tokio::test]
async fn a_year_is_recorded_from_the_lines_of_its_notice() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "risk_manager", "zh");
    let mut fields = vec![
        ("year", "2027"),
        ("source", "国办发明电〔2026〕1号"),
        ("days", "放假 2027-01-01 2027-01-03 元旦\n上班 2027-01-10 元旦"),
        ("effective_from", "2026-12-01"),
        ("reason", "登记"),
    ];
    browser.post("/working-days/record", &fields).await;
    let body = api.last(&Method::POST, "/parameters/working_days/proposals").unwrap().body;
    let year = json!({ "year": 2027, "source": "国办发明电〔2026〕1号",
        "holidays": [{ "from": "2027-01-01", "to": "2027-01-03", "name": "元旦" }],
        "working": [{ "from": "2027-01-10", "to": "2027-01-10", "name": "元旦" }] });
    assert_eq!(body["content"], json!({ "years": [year] }));
    assert_eq!(body["effective_from"], "2026-12-01");
    fields[2].1 = "元旦 2027-01-01";
    let page = browser.post("/working-days/record", &fields).await;
    assert!(page.has("有一行无法识别"));
}

#[tokio::test]
async fn a_year_without_recorded_holidays_is_shown_where_days_are_closed() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "operations", "zh");
    for path in ["/closings", "/working-days", "/"] {
        let page = browser.get(path).await;
        assert!(page.has("2027 年放假安排尚未登记"), "{path}");
    }
    for path in ["/closings", "/reference-rates", "/"] {
        let page = browser.get(path).await;
        assert!(page.has("尚未录入 2026-12-20 应公告的 LPR"), "{path}: the announcement that is due");
    }
}

#[tokio::test]
async fn a_quote_names_patent_factors_and_declarations_and_is_bound_with_the_forms_key() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "underwriter", "zh");
    let fields = [
        ("product", "enforcement"),
        ("insured_id", ENTERPRISE),
        ("patent_number", "zl202110000001.x"),
        ("limit_per_claim", "85"),
        ("limit_per_claim_unit", "wan"),
        ("aggregate_limit", "170"),
        ("aggregate_limit_unit", "wan"),
        ("starts_on", "2026-12-01"),
        ("ends_on", "2027-11-30"),
        ("factors.insured_class", "small"),
        ("factors.co_owner_consent", "yes"),
    ];
    let sent = browser.post("/quotes/new", &fields).await;
    assert_eq!(sent.location, format!("/quotes/{ID}?done=quoted"));
    let body = api.last(&Method::POST, "/quotes").unwrap().body;
    assert_eq!(body["patent_id"], PATENT);
    assert_eq!(body["insured_name"], "青海盐湖锂业有限公司");
    assert_eq!(body["factors"], json!({ "insured_class": "small", "co_owner_consent": "yes" }));
    let page = browser.get(&format!("/quotes/{ID}")).await;
    assert!(page.has("基准费率") && page.has("限额超过权限"));
    let key = page.input("idempotency_key");
    let sent = browser.post(&format!("/quotes/{ID}"), &[("idempotency_key", &key)]).await;
    assert_eq!(sent.location, format!("/policies/{ID}?done=bound"));
    assert_eq!(api.last(&Method::POST, "/policies").unwrap().key, key);
}

#[tokio::test]
async fn a_one_time_password_is_shown_once_to_who_made_the_user() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "platform_admin", "zh");
    let page = browser
        .post(
            "/users/new",
            &[
                ("username", "new@bank-a.demo"),
                ("name", "新人"),
                ("roles", "loan_officer"),
                ("roles", "auditor"),
            ],
        )
        .await;
    assert!(page.has("once-only-1") && page.has("仅显示这一次"));
    assert_eq!(api.last(&Method::POST, "/users").unwrap().body["roles"], json!(["loan_officer", "auditor"]));
}

#[tokio::test]
async fn a_form_sent_to_a_dead_service_keeps_what_was_typed_and_says_that_nothing_was_changed() {
    let api = FakeApi {
        dead: Some("/api/pledge/v1/loans/x"),
        refuse: Some(("/register", 503, json!({}))),
        ..FakeApi::default()
    };
    let mut browser = Browser::of(&api, "operations", "zh");
    let page =
        browser.post(&format!("/pledges/{ID}/register"), &[("registration_number", "Y2026980001")]).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.has("Y2026980001") && page.has("未能办理"));
}
