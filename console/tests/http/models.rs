//! Valuation models, overrides and back-tests in the browser, with their canned answers.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    browser::Browser,
    fake_api::FakeApi,
    samples::{ID, PATENT},
};

fn page(item: Value) -> Value {
    json!({ "items": [item], "next_cursor": null })
}

fn content() -> Value {
    json!({
        "tree": {
            "version": "t", "source_zh": "来源", "source_en": "source", "status": "s", "coverage_floor": 0.6,
            "scenarios": [{ "scenario": "pledge", "weights": [0.35, 0.25, 0.4] }],
            "grades": [{ "grade": "AAA", "from": 85.0 }],
            "indices": [{ "code": "L", "name_zh": "法律价值", "name_en": "Legal value", "children": [{
                "code": "L1", "name_zh": "稳定性", "name_en": "Stability", "weight": 1.0, "leaves": [{
                    "code": "L11", "name_zh": "审查", "name_en": "Examination", "weight": 1.0,
                    "band": { "input_zh": "审查", "input_en": "Examination", "unit_zh": "", "unit_en": "",
                        "direction": "rising", "points": [[0.0, 20.0], [3.0, 40.0]] } }] }] }],
        },
        "parameters": {
            "royalty_source": "licence_statistics", "discount": { "method": "build_up", "market_premium": 0.06 },
            "simulation": { "rank_correlations": [
                { "first": "annual_revenue", "second": "revenue_growth", "coefficient": "0.3" }] },
            "paths": 5000, "ltv": { "by_grade": [["AAA", "0.8"], ["C", "0"]], "ungraded": "0" },
            "liquidation": { "forced_sale_discount": 0.45, "cost": 0.08, "months": 9.0, "rate": 0.12 },
            "industries": [{ "industry": "lithium_potassium", "royalty_low": 0.02, "royalty_high": 0.05 }],
        },
        "overlays": [{ "code": "锂价", "reason": "碳酸锂价格回落", "industry": "lithium_potassium", "adjustment": "-0.1",
            "limit": "0.2", "from": "2026-01-01", "until": "2026-12-31" }],
    })
}

/// A version in a status.
fn version(status: &str) -> Value {
    json!({
        "id": ID, "bank_id": ID, "bank_name": "甲银行", "number": "M20261101-0000000001", "version": 3, "name": "锂电专版",
        "reason": "年度重估", "status": status, "developer": "研发甲", "validator": "验证乙", "approver": "风险丙",
        "content_hash": "ab12", "created_at": "2026-11-01T00:00:00Z", "changed_at": "2026-11-02T00:00:00Z",
        "activations": [{ "scenario": "pledge", "role": "champion", "active_from": "2026-11-01", "active_until": null,
            "activated_by": "风险丙" }],
        "based_on": null, "content": content(), "row_version": 4,
        "problems": [{ "field": "parameters.weights", "zh": "合计须为 1", "en": "must sum to 1" }],
        "validation": { "tests": [{ "name": "回测", "result": "MAPE 18%", "passed": true }], "findings": "可用",
            "conditions": "每季回测", "document": "验字 3 号" },
        "validated_at": "2026-11-02T00:00:00Z", "approval_note": "同意", "approved_at": "2026-11-03T00:00:00Z",
        "returned_by": null, "returned_reason": null, "retired_by": null, "retired_reason": null,
        "submitted_at": null, "material": true, "material_reason": null,
    })
}

fn figures(value: &str, loan: &str) -> Value {
    json!({ "score": "72.35", "grade": "A", "low": "9000000.00", "value": value, "high": "15000000.00",
        "collateral_value": "6000000.00", "ltv_cap": "0.7", "maximum_loan": loan, "net_realisable": "6100000.00",
        "external_report_required": false })
}

fn changed() -> Value {
    json!({
        "id": ID, "number": "O20261101-0000000001", "tenant_id": ID, "tenant_name": "甲银行", "valuation_id": ID,
        "valuation_number": "V20261101-0000000001", "patent_id": PATENT, "patent_number": "CN115000001B",
        "patent_title": "一种锂吸附剂", "model_version": "锂电专版 v3", "change": { "kind": "value", "value": "11000000.00" },
        "reason_code": "recent_transaction", "reason": "同族专利近期成交", "evidence": "合同 12 号",
        "model_figures": figures("12345678.90", "4200000.00"), "figures": figures("11000000.00", "3700000.00"),
        "size": "-0.1090", "status": "proposed", "maker": "王敏", "decider": null, "decision_reason": null,
        "decided_at": null, "created_at": "2026-11-01T00:00:00Z",
    })
}

fn backtest() -> Value {
    let accuracy = json!({ "count": 2, "few": true, "bias": "0.05", "mape": "0.15", "median_error": "0.05",
        "rank_correlation": "1" });
    let discrimination = json!({ "count": 4, "defaults": 2, "few": true, "auc": "0.75",
        "auc_low": "0.218", "auc_high": "1", "ks": "0.5",
        "roc": [["0", "0"], ["0", "0.5"], ["0.5", "0.5"], ["0.5", "1"], ["1", "1"]] });
    let realised = |value: &str, price: &str| {
        json!({ "valuation_id": ID, "valuation_number": "V1", "patent_id": PATENT, "patent_number": "CN115000001B",
            "model": { "score": "70", "value": value }, "challenger": null, "realised": price,
            "realised_on": "2026-10-01", "kind": "auction" })
    };
    json!({
        "id": ID, "number": "B20261101-0000000001", "tenant_id": ID, "tenant_name": "甲银行", "version_id": null,
        "model_version": "平台默认", "challenger_id": ID, "challenger_version": "锂电专版 v3", "scenario": "pledge",
        "from": "2026-01-01", "to": "2026-10-31", "made_by": "验证乙", "created_at": "2026-11-01T00:00:00Z",
        "result": {
            "accuracy": accuracy, "discrimination": discrimination,
            "stability": { "reference_count": 40, "count": 38, "few": false, "psi": "0.12", "reading": "moved",
                "bands": [{ "above": null, "up_to": "55", "reference": "0.5", "actual": "0.4", "part": "0.02" },
                    { "above": "55", "up_to": null, "reference": "0.5", "actual": "0.6", "part": "0.1" }] },
            "challenger": { "model_accuracy": accuracy, "challenger_accuracy": accuracy,
                "model_discrimination": discrimination, "challenger_discrimination": null },
        },
        "observations": { "realised": [realised("1200000.00", "1000000.00"), realised("900000.00", "1000000.00")],
            "pledged": [], "scores_before": [], "scores": [] },
    })
}

fn realisation() -> Value {
    json!({
        "id": ID, "number": "R20261101-0000000001", "tenant_id": ID, "tenant_name": "甲银行", "valuation_id": ID,
        "valuation_number": "V20261101-0000000001", "patent_id": PATENT, "patent_number": "CN115000001B",
        "patent_title": "一种锂吸附剂", "kind": "auction", "amount": "800000.00", "realised_on": "2026-10-01",
        "reference": "拍卖 7 号", "note": "", "source": "manual", "status": "recorded", "recorder": "研发甲",
        "verifier": null, "decision_reason": null, "decided_at": null, "created_at": "2026-11-01T00:00:00Z",
    })
}

fn compared() -> Value {
    let bank = |name: &str, value: &str| {
        json!({ "tenant_id": ID, "tenant_name": name, "valuation_id": ID, "number": "V1", "value": value,
            "maximum_loan": "100000.00", "score": "70", "grade": "A", "model_version": "平台默认",
            "model_version_id": null, "override_id": ID, "valuation_date": "2026-11-01" })
    };
    json!({ "patent_id": PATENT, "patent_number": "CN115000001B", "patent_title": "一种锂吸附剂", "lowest": "900000.00",
        "highest": "1200000.00", "spread": "0.2857", "banks": [bank("甲银行", "1200000.00"), bank("乙银行", "900000.00")] })
}

/// What the API answers about the subject.
pub fn answer(steps: &[&str]) -> Value {
    match steps {
        ["models"] => page(version("draft")),
        ["models", "comparison"] => page(compared()),
        ["models", "platform-default"] => {
            json!({ "id": "platform-default", "model_version": "平台默认", "content_hash": "cd34", "content": content() })
        }
        ["models", _, "diff"] => json!({ "from": null, "to": version("draft"), "differences": [{
            "path": "parameters.liquidation.cost", "place_zh": "", "place_en": "", "before": "0.08", "after": "0.1" }, {
            "path": "tree.indices.L.children.L1.leaves.L11.weight", "place_zh": "法律价值 › 稳定性 › 剩余保护期",
            "place_en": "Legal value › Stability › Remaining term", "before": "0.3", "after": "0.25" }] }),
        ["models", ..] => version("draft"),
        ["overrides"] => page(changed()),
        ["overrides", "statistics"] => json!({ "from": "2025-11-01", "to": "2026-11-01", "makers": [{
            "bank_name": "甲银行", "maker": "王敏", "count": 3, "approved": 1, "refused": 1, "up": 2, "down": 1,
            "mean_move": "0.04", "mean_size": "0.06", "largest": "0.1" }] }),
        ["overrides", ..] => changed(),
        ["backtests"] => page(backtest()),
        ["backtests", _, "observations"] => {
            page(json!({ "kind": "realised", "valuation_id": ID, "valuation_number": "V20261101-0000000001",
            "patent_id": PATENT, "patent_number": "CN115000001B", "model": { "score": "70", "value": "1200000.00" },
            "challenger": null, "realised": "1000000.00", "realised_on": "2026-10-01", "realised_by": "auction",
            "error": "0.2", "defaulted": null }))
        }
        ["backtests", _, "reproduction"] => json!({ "identical": true, "result": {} }),
        ["backtests", ..] => backtest(),
        ["realisations"] => page(realisation()),
        ["realisations", ..] => realisation(),
        ["valuations", _, "challengers"] => {
            page(json!({ "version_id": ID, "model_version": "挑战 v4", "content_hash": "e",
            "score": "71", "grade": "A", "value": "12000000.00", "low": "9000000.00", "high": "14000000.00",
            "collateral_value": "6000000.00", "maximum_loan": "4000000.00" }))
        }
        _ => json!({}),
    }
}

#[tokio::test]
async fn a_developer_changes_one_section_and_the_rest_of_the_content_is_sent_as_it_was() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "model_developer", "zh");
    let here = format!("/models/{ID}");
    let shown = browser.get(&here).await;
    assert!(shown.has("合计须为 1") && shown.has("法律价值") && shown.has("锂价"), "{}", shown.text);
    assert!(shown.has(&format!("href=\"{here}/submit\"")) && !shown.has(&format!("{here}/validate")));
    let form = browser.get(&format!("{here}/edit?section=bands")).await;
    assert_eq!(form.status, StatusCode::OK);
    let points = "/tree/indices/0/children/0/leaves/0/band/points";
    assert!(form.has("0.0:20.0, 3.0:40.0"), "{}", form.text);
    let typed = [(points, "0:25, 3:45"), ("row_version", "4"), ("idempotency_key", "k1")];
    let sent = browser.post(&format!("{here}/edit?section=bands"), &typed).await;
    assert_eq!(sent.location, format!("{here}?done=saved"), "{}", sent.text);
    let asked = api.last(&Method::POST, "/content").unwrap();
    let mut expected = content();
    *expected.pointer_mut(points).unwrap() = json!([[0.0, 25.0], [3.0, 45.0]]);
    assert_eq!(asked.body, json!({ "content": expected, "row_version": 4 }));
    let wrong =
        browser.post(&format!("{here}/edit?section=bands"), &[(points, "很多"), ("row_version", "4")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.has("无法读取"));
}

#[tokio::test]
async fn a_validator_hands_in_the_tests_that_were_filled_in() {
    let api = FakeApi {
        instead: vec![("models/0190a000-0000-7000-8000-000000000009", version("submitted"))],
        ..FakeApi::default()
    };
    let mut browser = Browser::of(&api, "model_validator", "zh");
    let here = format!("/models/{ID}");
    assert!(browser.get(&here).await.has(&format!("href=\"{here}/validate\"")));
    assert_eq!(browser.get(&format!("{here}/validate")).await.status, StatusCode::OK);
    let typed = [
        ("tests[0].name", "回测"),
        ("tests[0].passed", "true"),
        ("tests[0].result", "MAPE 18%"),
        ("findings", "可用"),
        ("document", "验字 3 号"),
    ];
    let sent = browser.post(&format!("{here}/validate"), &typed).await;
    assert_eq!(sent.location, format!("{here}?done=mdl-validated"), "{}", sent.text);
    let asked = api.last(&Method::POST, "/validate").unwrap();
    assert_eq!(
        asked.body,
        json!({ "tests": [{ "name": "回测", "result": "MAPE 18%", "passed": true }], "findings": "可用",
            "document": "验字 3 号" })
    );
}

#[tokio::test]
async fn an_officer_proposes_another_value_and_the_approver_sees_both() {
    let api = FakeApi::default();
    let mut officer = Browser::of(&api, "loan_officer", "zh");
    let here = format!("/valuations/{ID}/override");
    assert_eq!(officer.get(&here).await.status, StatusCode::OK);
    let typed = [
        ("change.kind", "value"),
        ("change.value", "1100"),
        ("change.value_unit", "wan"),
        ("reason_code", "recent_transaction"),
        ("reason", "同族专利近期成交"),
        ("evidence", "合同 12 号"),
    ];
    let sent = officer.post(&here, &typed).await;
    assert!(sent.location.ends_with("?done=proposed"), "{}", sent.text);
    let asked = api.last(&Method::POST, "/overrides").unwrap();
    assert_eq!(asked.body["change"], json!({ "kind": "value", "value": "11000000.00" }));
    let mut approver = Browser::of(&api, "credit_approver", "zh");
    let shown = approver.get(&format!("/overrides/{ID}/approve")).await;
    assert!(shown.has("同族专利近期成交") && shown.has("模型结果"), "{}", shown.text);
    let sent = approver.post(&format!("/overrides/{ID}/approve"), &[]).await;
    assert_eq!(sent.location, format!("/overrides/{ID}?done=ovr-approved"));
}

#[tokio::test]
async fn a_back_test_shows_its_pictures_with_tables_and_warns_of_few_observations() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "model_validator", "zh");
    let shown = browser.get(&format!("/backtests/{ID}")).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
    assert!(shown.text.matches("<svg aria-hidden").count() >= 3 && shown.has("<details"), "{}", shown.text);
    assert!(shown.has("观测不足 30 个") && shown.has("复算一致") && shown.has("有所变动"));
    assert!(
        shown.has("0.218 – 1.000") && shown.has("区间含 0.5 时") && shown.has("共同观测不足 30 个"),
        "{}",
        shown.text
    );
    let mut bare = backtest();
    bare["result"] = json!({ "accuracy": null, "discrimination": null, "stability": null, "challenger": {
        "model_accuracy": null, "challenger_accuracy": null, "model_discrimination": null,
        "challenger_discrimination": null } });
    let instead = vec![("backtests/0190a000-0000-7000-8000-000000000009", bare)];
    let api = FakeApi { instead, ..FakeApi::default() };
    let mut browser = Browser::of(&api, "model_validator", "zh");
    let shown = browser.get(&format!("/backtests/{ID}")).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
    assert!(shown.has("没有已核验的变现记录") && shown.has("没有共同的观测"), "{}", shown.text);
}

#[tokio::test]
async fn what_differs_between_versions_is_named_as_people_name_it() {
    let api = FakeApi::default();
    for (lang, cost, weight) in [
        ("zh", "处置 › 成本或费用率", "法律价值 › 稳定性 › 剩余保护期 › 权重"),
        ("en", "Liquidation › Cost", "Legal value › Stability › Remaining term"),
    ] {
        let mut browser = Browser::of(&api, "model_developer", lang);
        let shown = browser.get(&format!("/models/{ID}/diff")).await;
        assert!(shown.has(cost) && shown.has(weight), "{}", shown.text);
        assert!(shown.has("title=\"parameters.liquidation.cost\""), "{}", shown.text);
    }
}

#[tokio::test]
async fn the_names_in_a_model_are_said_in_words_and_chosen_from_a_list() {
    let differs = |path: &str, before: &str, after: &str| json!({ "path": path, "place_zh": "", "place_en": "", "before": before, "after": after });
    let differences = [
        differs("parameters.royalty_source", "licence_statistics", "industry_table"),
        differs("overlays.锂价.industry", "lithium_potassium", "natural_gas_chemistry"),
    ];
    let ending: &'static str = format!("/models/{ID}/diff").leak();
    let diff = json!({ "from": null, "to": version("draft"), "differences": differences });
    let api = FakeApi { instead: vec![(ending, diff)], ..FakeApi::default() };
    for (lang, shown, differ) in [
        (
            "zh",
            [
                "许可统计，无对应行时用本模型行业参数",
                "无风险利率加各项溢价",
                "年销售收入",
                "收入增长率",
                ">锂钾",
            ],
            ["许可统计，无对应行时用本模型行业参数", ">本模型行业参数", ">锂钾", ">天然气化工"],
        ),
        (
            "en",
            [
                "Licence statistics; without a row",
                "Risk-free rate and the premiums",
                "Annual revenue",
                "Revenue growth",
                ">Lithium and potassium",
            ],
            [
                "Licence statistics; without a row",
                "figures by industry",
                ">Lithium and potassium",
                ">Natural gas chemistry",
            ],
        ),
    ] {
        let mut browser = Browser::of(&api, "model_developer", lang);
        let codes = [
            "licence_statistics",
            "industry_table",
            "build_up",
            "annual_revenue",
            "revenue_growth",
            "natural_gas_chemistry",
            "lithium_potassium",
        ];
        let pages = [
            ("/models/platform-default".to_owned(), &shown[..]),
            (format!("/models/{ID}/diff"), &differ[..]),
        ];
        for (path, texts) in pages {
            let page = browser.get(&path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            for text in texts {
                assert!(page.has(text), "{lang} {path}: {text}");
            }
            for code in codes {
                assert!(!page.has(code), "{lang} {path}: {code}");
            }
        }
        let form = browser.get(&format!("/models/{ID}/edit?section=parameters")).await;
        assert!(
            form.has("<option value=\"build_up\" selected>")
                && form.has("<option value=\"annual_revenue\" selected>")
        );
        let form = browser.get(&format!("/models/{ID}/edit?section=overlays")).await;
        assert!(form.has("<option value=\"lithium_potassium\" selected>"), "{lang}");
    }
}

#[tokio::test]
async fn the_regulator_sees_what_each_bank_values_a_patent_at() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "examiner", "en");
    let shown = browser.get("/models/comparison").await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
    assert!(shown.has("甲银行") && shown.has("乙银行") && shown.has(&format!("href=\"/overrides/{ID}\"")));
}

#[tokio::test]
async fn a_developer_states_an_immaterial_change_and_discards_only_what_was_never_handed_in() {
    let api = FakeApi::default();
    let mut browser = Browser::of(&api, "model_developer", "zh");
    let here = format!("/models/{ID}");
    let shown = browser.get(&here).await;
    assert!(shown.has(&format!("href=\"{here}/discard\"")) && shown.has("重大变更"), "{}", shown.text);
    let typed = [("material", "false"), ("material_reason", "只改了说明")];
    let sent = browser.post(&format!("{here}/submit"), &typed).await;
    assert_eq!(sent.location, format!("{here}?done=mdl-submitted"), "{}", sent.text);
    let asked = api.last(&Method::POST, "/submit").unwrap();
    assert_eq!(asked.body, json!({ "material": false, "material_reason": "只改了说明" }));
    let mut returned = version("draft");
    returned["submitted_at"] = json!("2026-10-01T00:00:00Z");
    let instead = vec![("models/0190a000-0000-7000-8000-000000000009", returned)];
    let api = FakeApi { instead, ..FakeApi::default() };
    let mut browser = Browser::of(&api, "model_developer", "zh");
    assert!(!browser.get(&here).await.has("/discard"), "what was handed in stays");
}
