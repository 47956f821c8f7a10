//! Trial appraisals by every method, a patent's score, and the runs over the catalogue.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::{
    browser::Browser,
    fake_api::FakeApi,
    samples::{ID, PATENT},
};

/// A method, what its form sends, and a figure and a picture that its answer shows.
type Trial = (&'static str, &'static [(&'static str, &'static str)], &'static [&'static str]);

const TRIALS: &[Trial] = &[
    (
        "excess_earnings",
        &[("earnings", "100 120"), ("contributory_charges", "30、30"), ("revenue_unit", "wan")],
        &["123.46", "各年现金流与现值", "0.869565217"],
    ),
    (
        "with_and_without",
        &[("cash_flows_with", "100"), ("cash_flows_without", "60"), ("revenue_unit", "yuan")],
        &["123.46", "52.17"],
    ),
    (
        "replacement_cost",
        &[("costs", "30\n10\n5\n2"), ("revenue_unit", "wan"), ("functional_obsolescence", "10")],
        &["32.15", "从重置成本到评估价值", "68.40%"],
    ),
    (
        "market_comparables",
        &[("comparables", "100 1.1 0.9\n120"), ("revenue_unit", "wan"), ("summary", "median")],
        &["120.00", "交易 2"],
    ),
    (
        "hedonic",
        &[("transactions", "100 3\n120 4"), ("subject", "5"), ("revenue_unit", "wan")],
        &["130.00", "91.00%", "交易 2", "0.120000000"],
    ),
    (
        "royalty_capitalisation",
        &[("royalty", "50"), ("royalty_unit", "wan"), ("tax_rate", "25"), ("discount_rate", "12")],
        &["312.50", "8.3333", "-12.50"],
    ),
    (
        "real_option",
        &[("model", "black_scholes"), ("underlying", "3422"), ("underlying_unit", "wan"), ("years", "17")],
        &["906.87", "1,603.00", "547.00"],
    ),
    (
        "monte_carlo",
        &[
            ("revenue_shape", "normal"),
            ("revenue", "100 10"),
            ("royalty_rate_shape", "triangular"),
            ("royalty_rate", "3 5 7"),
            ("discount_rate", "12"),
            ("life_years", "5"),
            ("revenue_growth", "0"),
            ("success_probability", "100"),
            ("rank_correlations", "销售收入 许可费率 0.3"),
            ("revenue_unit", "wan"),
        ],
        &["135.18", "敏感性", "1500", "许可费率"],
    ),
    (
        "profit_split",
        &[
            ("low", "0.5"),
            ("high", "1.5"),
            ("factors", "80 @30\n70 @50\n60 @20"),
            ("revenue", "1000"),
            ("revenue_unit", "wan"),
            ("discount_rate", "12"),
        ],
        &["1.21%", "71.00%", "在 0.50% 至 1.50% 之间取分成率 1.21%", "8.10", "各年现金流与现值"],
    ),
    (
        "remaining_life",
        &[("legal_years", "15"), ("half_life_years", "5"), ("floor", "25"), ("product_plan_years", "12")],
        &["10.00", "15.00", "12.00", "取决于技术寿命"],
    ),
    (
        "reconciliation",
        &[("indications", "许可费节省法 120 60\n成本法 30 40"), ("revenue_unit", "wan")],
        &["84.00", "72.00", "60.00%", "2 种方法", "加权综合为 84.00 万元"],
    ),
    (
        "collateral_value",
        &[
            ("market_value", "1000"),
            ("market_value_unit", "wan"),
            ("forced_sale_discount", "45"),
            ("cost", "8"),
            ("months", "9"),
            ("rate", "12"),
            ("grade", "A"),
        ],
        &["550.00", "464.77", "325.34", "-450.00", "-44.00", "-41.23", "0.464769", "70.00%"],
    ),
];

#[tokio::test]
async fn every_method_has_its_form_its_figures_and_its_picture_in_both_languages() {
    for (method, fields, shown) in TRIALS {
        let api = FakeApi::default();
        let mut browser = Browser::of(&api, "finance", "zh");
        let form = browser.get(&format!("/trials?of={method}")).await;
        for (name, _) in *fields {
            let field = name.trim_end_matches("_unit");
            assert!(form.has(&format!("name=\"{field}")), "{method} asks for {field}");
        }
        let page = browser.post(&format!("/trials/{method}"), fields).await;
        assert_eq!(page.status, StatusCode::OK, "{method}");
        for text in *shown {
            assert!(page.has(text), "{method} shows {text}");
        }
        assert!(page.has("<svg") && page.has("查看数据表"), "{method} has its picture and its table");
        let body = api.last(&Method::POST, "/preview").unwrap().body;
        assert_eq!(body["method"], **method);
        let english = Browser::of(&api, "finance", "en").get(&format!("/trials?of={method}")).await;
        assert!(!english.has(">tr-"), "{method}: every text is there in English");
    }
}

#[tokio::test]
async fn what_does_not_read_is_said_at_its_field_and_what_was_typed_is_kept() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "finance", "zh");
    let fields = [("revenue_shape", "triangular"), ("revenue", "100 三"), ("royalty_rate", "5")];
    let page = browser.post("/trials/monte_carlo", &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.has("参数个数或写法与所选分布不符") && page.has("100 三"));
    assert!(api.last(&Method::POST, "/preview").is_none());
    let refused = FakeApi {
        refuse: Some((
            "/preview",
            422,
            json!({ "slug": "cannot-be-calculated", "detail": "无法计算", "errors": [{ "field": "comparables[1].price",
                "detail": "必须大于零" }] }),
        )),
        ..FakeApi::default()
    };
    let page = Browser::of(&refused, "finance", "zh")
        .post("/trials/market_comparables", &[("comparables", "1\n0")])
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.has("无法计算"));
}

#[tokio::test]
async fn a_refused_percent_is_told_its_bounds_in_percent_and_nothing_else_is() {
    for (method, field, detail, said) in [
        ("profit_split", "factors[0].score", "必须在 0 与 1 之间", "必须在 0% 与 100% 之间"),
        ("profit_split", "low", "最多 6 位小数", "最多 4 位小数"),
        ("profit_split", "factors", "必须有 1 至 1000 项", "必须有 1 至 1000 项"),
        ("reconciliation", "indications", "权重之和必须为 1", "权重之和必须为 100%"),
        ("reconciliation", "indications[0].method", "须为 1 至 100 个字符", "须为 1 至 100 个字符"),
        ("collateral_value", "ltv", "必须在 0 与 1 之间", "必须在 0% 与 100% 之间"),
        ("collateral_value", "months", "必须在 0 与 120 之间", "必须在 0 与 120 之间"),
        ("monte_carlo", "success_probability", "必须在 0 与 1 之间", "必须在 0% 与 100% 之间"),
        ("monte_carlo", "revenue", "概率之和必须为 1", "概率之和必须为 100%"),
        ("monte_carlo", "life_years", "必须在 0 与 600 之间", "必须在 0 与 600 之间"),
    ] {
        let refused = FakeApi {
            refuse: Some((
                "/preview",
                422,
                json!({ "slug": "cannot-be-calculated", "detail": "无法计算",
                    "errors": [{ "field": field, "detail": detail }] }),
            )),
            ..FakeApi::default()
        };
        let mut sent: Vec<(&str, &str)> = [
            ("profit_split", "factors", "120"),
            ("reconciliation", "indications", "成本法 100 1"),
            ("collateral_value", "market_value", "1000"),
        ]
        .into_iter()
        .filter(|(of, ..)| *of == method)
        .map(|(_, name, typed)| (name, typed))
        .collect();
        if method == "monte_carlo" {
            let names = ["revenue", "royalty_rate", "discount_rate", "life_years", "revenue_growth"];
            sent.extend(names.into_iter().chain(["success_probability"]).map(|name| (name, "1")));
        }
        let page = Browser::of(&refused, "finance", "zh").post(&format!("/trials/{method}"), &sent).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{method}");
        assert!(page.has(&format!("-error\">{said}<")), "{method} {field} has said at it: {said}");
    }
}

#[tokio::test]
async fn a_weight_close_to_its_score_is_read_and_a_line_that_is_not_is_told_what_a_weight_is() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "finance", "zh");
    let page = browser.post("/trials/profit_split", &[("factors", "80@30")]).await;
    assert_eq!(page.status, StatusCode::OK);
    let factors = api.last(&Method::POST, "/preview").unwrap().body["factors"].clone();
    assert_eq!(factors, json!([{ "score": "0.8", "weight": "30" }]));
    let page = browser.post("/trials/profit_split", &[("factors", "80 @x")]).await;
    assert!(page.has("权重为不小于 0 的数，且不得全为 0"));
}

#[tokio::test]
async fn the_steps_around_the_methods_send_what_was_typed_and_nothing_that_was_left_empty() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "finance", "zh");
    for (method, fields, sent) in [
        (
            "profit_split",
            vec![
                ("low", "0.5"),
                ("high", "1.5"),
                ("factors", "71"),
                ("revenue", ""),
                ("discount_rate", "12"),
                ("tax_rate", "25"),
                ("timing", "mid_year"),
                ("tab", "true"),
            ],
            json!({ "method": "profit_split", "low": "0.005", "high": "0.015",
                "factors": [{ "score": "0.71", "weight": "1" }], "revenue": [] }),
        ),
        (
            "profit_split",
            vec![("low", "0.5"), ("high", "1.5"), ("factors", "71"), ("revenue", "1"), ("tab", "true")],
            json!({ "method": "profit_split", "low": "0.005", "high": "0.015",
                "factors": [{ "score": "0.71", "weight": "1" }], "revenue": ["1.00"], "tab": true }),
        ),
        (
            "remaining_life",
            vec![("legal_years", "7.5"), ("half_life_years", ""), ("floor", ""), ("product_plan_years", "4")],
            json!({ "method": "remaining_life", "legal_years": "7.5", "product_plan_years": "4" }),
        ),
        (
            "reconciliation",
            vec![("indications", "Relief from royalty 120 60%\n成本法 30 40"), ("revenue_unit", "wan")],
            json!({ "method": "reconciliation", "indications": [
                { "method": "Relief from royalty", "value": "1200000.00", "weight": "0.6" },
                { "method": "成本法", "value": "300000.00", "weight": "0.4" }] }),
        ),
        (
            "collateral_value",
            vec![
                ("market_value", "1000"),
                ("market_value_unit", "yuan"),
                ("forced_sale_discount", "45"),
                ("cost", "8"),
                ("months", "9"),
                ("rate", "12"),
                ("grade", "A"),
                ("ltv", "33.3"),
            ],
            json!({ "method": "collateral_value", "market_value": "1000.00", "forced_sale_discount": "0.45",
                "cost": "0.08", "months": "9", "rate": "0.12", "ltv": "0.333" }),
        ),
    ] {
        let page = browser.post(&format!("/trials/{method}"), &fields).await;
        assert_eq!(page.status, StatusCode::OK, "{method}");
        assert_eq!(api.last(&Method::POST, "/preview").unwrap().body, sent, "{method}");
    }
    for (method, field, typed, said) in [
        ("profit_split", "factors", "80 30", "每行须为：得分（%） @权重"),
        ("reconciliation", "indications", "120 60", "每行须为：名称 价值 权重（%）"),
    ] {
        let page = browser.post(&format!("/trials/{method}"), &[(field, typed)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{method}");
        assert!(page.has(said) && page.has(typed), "{method}");
    }
}

#[tokio::test]
async fn a_patents_score_shows_its_way_from_the_cohort_what_would_raise_it_and_what_moved_it() {
    let api = FakeApi::default();
    for (language, texts) in [
        (
            "zh",
            [
                "从群组均值到本专利得分",
                "新增两个海外同族国家或地区",
                "材料、冶金",
                "同族国家和地区 1.00 → 4.00（事实变化，贡献分 0.05 → 3.15",
                "时间推移 -0.06，权重重新分摊 -0.06",
                "仅评分定义（模型）变更，专利事实未变：同族国家和地区，权重 4.20% → 10.50%（模型权重调整",
                "T99（模型取消此指标，贡献分 0.42 → 0.00，-0.42）",
                "评分模型版本变更（其中因定义变更 0.00 分）：T98 40.00 → 3.00",
                "（模型取数口径调整或事实变化（无法区分），贡献分 3.78 → 1.68",
                "引用期未满，偏低",
            ],
        ),
        (
            "en",
            [
                "From the cohort",
                "two more overseas family members",
                "Materials, metallurgy",
                "fact changed; contribution 0.05 → 3.15",
                "time passed -0.06, weights redistributed -0.06",
                "no fact of the patent: Countries of the family, weight 4.20% → 10.50% (weight changed in the model",
                "T99 (leaf removed from the model; contribution 0.42 → 0.00, -0.42)",
                "Another version of the model (0.00 points by its definition): T98 40.00 → 3.00",
                "(reading or fact changed (cannot be told apart); contribution 3.78 → 1.68",
                "Citation window still open",
            ],
        ),
    ] {
        let page = Browser::of(&api, "loan_officer", language).get(&format!("/patents/{PATENT}/score")).await;
        for text in texts.into_iter().chain(["71.18", "83.40%", "+3.10", "<svg"]) {
            assert!(page.has(text), "{language}: {text}");
        }
        assert!(!page.has(">sc-"), "every text is there in {language}");
    }
    let asked = api.last(&Method::GET, "/score").unwrap();
    assert!(asked.query.contains("scenario=pledge"));
}

#[tokio::test]
async fn a_run_is_started_by_who_may_and_followed_by_who_may_read_models() {
    let api = FakeApi::default();
    let mut developer = Browser::of(&api, "model_developer", "zh");
    assert!(developer.get("/scoring-runs").await.has("启动全库评分"));
    let sent = developer
        .post("/scoring-runs", &[("scenario", "pledge"), ("model", "own"), ("idempotency_key", "k-1")])
        .await;
    assert_eq!(sent.location, format!("/scoring-runs/{ID}?done=sr-started"));
    let asked = api.last(&Method::POST, "/scoring-runs").unwrap();
    assert_eq!((asked.key.as_str(), &asked.body["model"]), ("k-1", &json!("own")));
    let page = developer.get(&format!("/scoring-runs/{ID}")).await;
    assert!(page.has("900000 / 2000000") && page.has("12345") && page.has("/patent-scores?scenario=pledge"));
    let list = developer.get("/patent-scores?grade=A&field=C22").await;
    assert!(list.has("CN115000001B") && list.has("83.40%"));
    let asked = api.last(&Method::GET, "/patent-scores").unwrap().query;
    assert!(asked.contains("grade=A") && asked.contains("field=C22"), "{asked}");
    assert!(!Browser::of(&api, "loan_officer", "zh").get("/scoring-runs").await.has("启动全库评分"));
}

#[tokio::test]
async fn a_refusal_is_said_in_the_language_of_the_page() {
    let refuse = || async {
        http_kit::Problem::refused("no-such-plan", "没有这样的计划", "There is no such plan")
    };
    let api = axum::Router::new()
        .route("/api/valuation/v1/appraisals/preview", axum::routing::post(refuse))
        .fallback_service(FakeApi::default().router());
    for (lang, said, unsaid) in
        [("en", "There is no such plan", "没有这样的计划"), ("zh", "没有这样的计划", "There is no such plan")]
    {
        let mut browser = Browser::before(api.clone()).signed_in("finance", lang);
        let page = browser.post("/trials/market_comparables", &[("comparables", "100\n120")]).await;
        assert!(page.has(said) && !page.has(unsaid), "{lang}");
    }
}
