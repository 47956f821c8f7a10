//! Valuations of patents.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use contracts::PatentId;
use finance::Money;
use identity::Scope;
use serde_json::{Value, json};
use valuation_svc::{
    catalogue::{generated::generated_patents, patent::LegalStatus},
    valuations,
};

use crate::{
    bench::{BASE, enterprise, examiner, items, officer, on_each, text, today},
    timeline::{id_of, invention, made, transfer_office},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_values_a_patent_and_only_that_bank_and_the_regulator_see_it() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        let patent = suite.sound_patent().await;
        let body = json!({ "patent_id": patent["id"], "purpose": "pledge",
            "assumptions": { "annual_revenue": "80000000.00" } });
        let (status, made) = suite.call(&officer(1), Method::POST, "/valuations", Some(body)).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        let money = |value: &Value| value.as_str().unwrap().parse::<Money>().unwrap();
        assert!(money(&made["value"]["low"]) < money(&made["value"]["value"]));
        assert!(money(&made["value"]["value"]) < money(&made["value"]["high"]));
        assert!(money(&made["collateral"]["maximum_loan"]).is_positive());
        assert_eq!(made["assumptions"]["annual_revenue"]["source"], "request");
        assert_eq!(made["patent_number"], patent["number"]);
        assert_eq!(made["valuation_date"], "2026-11-24");
        assert_eq!(made["score"]["indices"].as_array().unwrap().len(), 3);
        let path = format!("/valuations/{}", text(&made, "id"));
        assert_eq!(suite.get(&officer(1), &path).await, made);
        assert_eq!(suite.get(&examiner(), &path).await, made);
        assert_eq!(suite.call(&officer(2), Method::GET, &path, None).await.0, StatusCode::NOT_FOUND);
        assert_eq!(suite.call(&enterprise(), Method::GET, &path, None).await.0, StatusCode::FORBIDDEN);
        assert_eq!(items(&suite.get(&officer(1), "/valuations").await).len(), 1);
        assert_eq!(items(&suite.get(&examiner(), "/valuations?sort=-value").await).len(), 1);
        assert!(items(&suite.get(&officer(2), "/valuations").await).is_empty());
        let by_patent = format!("/valuations?patent_id={}&valid=true", text(&patent, "id"));
        let listed = suite.get(&officer(1), &by_patent).await;
        assert_eq!(items(&listed)[0]["maximum_loan"], made["collateral"]["maximum_loan"]);
        let asked = json!({ "patent_id": patent["id"], "purpose": "pledge" });
        for refused in [enterprise(), examiner()] {
            let (status, _) = suite.call(&refused, Method::POST, "/valuations", Some(asked.clone())).await;
            assert_eq!(status, StatusCode::FORBIDDEN);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_valuation_can_be_made_again_with_identical_figures() {
    on_each(async |suite| {
        let suite = suite.with_patents(40).await;
        let patent = suite.sound_patent().await;
        let body = json!({ "patent_id": patent["id"], "purpose": "licence", "assumptions": { "seed": 42 } });
        let (_, made) = suite.call(&officer(1), Method::POST, "/valuations", Some(body)).await;
        suite.clock.set("2027-03-01T02:00:00Z".parse().unwrap());
        let path = format!("/valuations/{}/reproduction", text(&made, "id"));
        assert_eq!(suite.get(&officer(1), &path).await["identical"], true);
        assert_eq!(suite.call(&officer(2), Method::GET, &path, None).await.0, StatusCode::NOT_FOUND);
        let id = text(&made, "id").parse().unwrap();
        let again = valuations::reproduce(&suite.db, &Scope::system(), id).await.unwrap();
        assert!(again.identical);
        assert_eq!(made["seed"], 42);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_with_its_key_gets_the_first_valuation_again() {
    on_each(async |suite| {
        let suite = suite.with_patents(40).await;
        let patent = suite.sound_patent().await;
        let send = async |purpose: &str| {
            let body = json!({ "patent_id": patent["id"], "purpose": purpose });
            let request = Request::post(format!("{BASE}/valuations"))
                .header(header::CONTENT_TYPE, "application/json")
                .header("idempotency-key", "k-1")
                .body(Body::from(body.to_string()))
                .unwrap();
            let (status, bytes) = suite.send(&officer(1), request).await;
            (status, serde_json::from_slice::<Value>(&bytes).unwrap())
        };
        let (first, again, other) = (send("pledge").await, send("pledge").await, send("licence").await);
        assert_eq!(first.0, StatusCode::CREATED);
        assert_eq!(first, again);
        assert_eq!(other.0, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(items(&suite.get(&officer(1), "/valuations").await).len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_that_ended_is_not_assessed_and_a_wrong_figure_is_named() {
    on_each(async |suite| {
        let mut patents = generated_patents(3, 2, today(), &[]);
        patents[0].facts.legal_status = LegalStatus::Lapsed;
        patents[1].facts.legal_status = LegalStatus::Pending;
        suite.record(&patents).await;
        for (patent, ground) in patents.iter().zip(["lapsed", "pending"]) {
            let number = &patent.facts.publication_number;
            let found = suite.get(&officer(1), &format!("/patents/by-number/{number}")).await;
            let body = json!({ "patent_id": found["id"], "purpose": "pledge" });
            let (status, problem) = suite.call(&officer(1), Method::POST, "/valuations", Some(body)).await;
            assert_eq!(status, StatusCode::CONFLICT);
            assert_eq!(problem["type"], "/problems/not-assessable");
            assert_eq!(problem["grounds"][0]["code"], ground);
            let body = json!({ "patent_id": found["id"], "purpose": "pledge",
                "assumptions": { "royalty_rate": "0.9" }, "grades": { "trl": 12 } });
            let (status, problem) = suite.call(&officer(1), Method::POST, "/valuations", Some(body)).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
            let fields: Vec<_> =
                problem["errors"].as_array().unwrap().iter().map(|e| e["field"].clone()).collect();
            assert_eq!(fields, ["assumptions.royalty_rate", "grades.trl"]);
        }
        let body = json!({ "patent_id": PatentId::from_uuid(uuid::Uuid::nil()), "purpose": "pledge" });
        assert_eq!(
            suite.call(&officer(1), Method::POST, "/valuations", Some(body)).await.0,
            StatusCode::NOT_FOUND
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_with_plans_and_an_option_is_valued_by_each_of_them_and_made_again_the_same() {
    on_each(async |suite| {
        let suite = suite.with_patents(40).await;
        let patent = suite.sound_patent().await;
        let methods = json!({
            "excess_earnings": { "basis": "经审计的 2026 年盈利预测", "inputs": {
                "earnings": ["4000000.00", "4400000.00", "4800000.00"],
                "contributory_charges": ["1000000.00", "1000000.00", "1000000.00"] } },
            "with_and_without": { "basis": "可行性研究报告", "inputs": {
                "cash_flows_with": ["3000000.00", "3300000.00"],
                "cash_flows_without": ["1800000.00", "1700000.00"], "timing": "end_of_year", "tab": false } },
            "real_option": { "basis": "中试方案", "inputs": { "strike": "200000.00", "years": "3" } },
            "weights": { "reason": "盈利预测经审计", "shares": { "relief_from_royalty": "0.4",
                "excess_earnings": "0.4", "with_and_without": "0.1", "real_option": "0.1" } },
            "correlations": { "reason": "本行历史数据", "pairs": [
                { "first": "revenue_growth", "second": "discount_rate", "coefficient": "0.5" }] },
        });
        let body = json!({ "patent_id": patent["id"], "purpose": "licence", "methods": methods,
            "assumptions": { "success_probability": "0.8", "success_reason": "已签订供货合同" } });
        let (status, made) = suite.call(&officer(1), Method::POST, "/valuations", Some(body)).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        let all = made["value"]["methods"].as_array().unwrap();
        assert_eq!(all.len(), 8);
        for (code, weight) in [
            ("relief_from_royalty", "0.4"),
            ("excess_earnings", "0.4"),
            ("with_and_without", "0.1"),
            ("real_option", "0.1"),
        ] {
            let one = all.iter().find(|one| one["method"] == code).unwrap();
            assert_eq!((&one["considered"], &one["weight"]), (&json!(true), &json!(weight)), "{code}");
            assert!(one["value"].as_str().unwrap().parse::<Money>().unwrap().is_positive(), "{code}");
        }
        let hedonic = all.iter().find(|one| one["method"] == "hedonic").unwrap();
        assert!(hedonic["considered"] == false && !text(hedonic, "reason_zh").is_empty());
        assert_eq!(made["value"]["simulation"]["correlations"]["source"], "request");
        assert_eq!(made["assumptions"]["success_probability"]["source"], "request");
        suite.clock.set("2027-03-01T02:00:00Z".parse().unwrap());
        let path = format!("/valuations/{}", text(&made, "id"));
        assert_eq!(suite.get(&officer(1), &path).await, made);
        assert_eq!(suite.get(&officer(1), &format!("{path}/reproduction")).await["identical"], true);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_method_of_the_request_is_told_at_its_field() {
    on_each(async |suite| {
        let suite = suite.with_patents(40).await;
        let patent = suite.sound_patent().await;
        let refused = async |methods: Value| {
            let body = json!({ "patent_id": patent["id"], "purpose": "pledge", "methods": methods });
            let (status, problem) = suite.call(&officer(1), Method::POST, "/valuations", Some(body)).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
            let errors = problem["errors"].as_array().unwrap().iter();
            errors.map(|error| text(error, "field").to_owned()).collect::<Vec<_>>()
        };
        let earnings = json!({ "basis": "", "inputs": { "earnings": ["1.00"] } });
        let weights = json!({ "reason": "x", "shares": { "hedonic": "1" } });
        assert_eq!(
            refused(json!({ "excess_earnings": earnings, "weights": weights })).await,
            ["methods.excess_earnings.basis", "methods.weights.shares.hedonic"]
        );
        let charges =
            json!({ "basis": "x", "inputs": { "earnings": ["1", "2"], "contributory_charges": ["1"] } });
        assert_eq!(
            refused(json!({ "excess_earnings": charges })).await,
            ["methods.excess_earnings.inputs.contributory_charges"]
        );
        // The bounds named are those of a stored valuation, not the calculator's.
        let body = json!({ "patent_id": patent["id"], "purpose": "pledge",
            "assumptions": { "technology_life_years": "0.001", "technology_life_reason": "x" },
            "methods": { "market_comparables": { "basis": "x", "inputs": { "comparables": [] } },
                "real_option": { "basis": "x", "inputs": { "steps": 0 } } } });
        let (_, problem) = suite.call(&officer(1), Method::POST, "/valuations", Some(body)).await;
        for (at, field, bound) in [
            (0, "assumptions.technology_life_years", "0.1"),
            (1, "methods.market_comparables.inputs.comparables", "200"),
            (2, "methods.real_option.inputs.steps", "2000"),
        ] {
            let error = &problem["errors"][at];
            assert!(text(error, "field") == field && error.to_string().contains(bound), "{problem}");
        }
        assert!(items(&suite.get(&officer(1), "/valuations").await).is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_organisation_was_told_before_is_named_beside_a_stated_revenue_and_is_no_evidence() {
    on_each(async |suite| {
        let suite = suite.with_patents(40).await;
        let patent = suite.sound_patent().await;
        let valued = async |yuan: &str| {
            let body = json!({ "patent_id": patent["id"], "purpose": "pledge",
                "assumptions": { "annual_revenue": yuan } });
            let (status, made) = suite.call(&officer(1), Method::POST, "/valuations", Some(body)).await;
            assert_eq!(status, StatusCode::CREATED, "{made}");
            made
        };
        let first = valued("1000000.00").await;
        let told = first["limits"].to_string();
        assert!(told.contains("申请方填报年销售收入 100 万元，为模型按行业"), "{told}");
        assert!(told.contains("未经核实"), "{told}");
        let second = valued("30000000.00").await;
        let told = second["limits"].to_string();
        let earlier = format!("评估 {} 曾填报 100 万元，同样未经核实，不作为依据", text(&first, "number"));
        assert!(told.contains(&earlier), "{told}");
        assert!(told.contains("申请方填报年销售收入 3,000 万元，为模型按行业"), "{told}");
        // Stated twice, it does not confirm itself: the lowest is named.
        let third = valued("30000000.00").await["limits"].to_string();
        assert!(third.contains(&earlier), "{third}");
        let again = format!("/valuations/{}/reproduction", text(&second, "id"));
        assert_eq!(suite.get(&officer(1), &again).await["identical"], true);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sales_told_with_a_product_are_compared_for_those_who_may_see_them_and_for_nobody_else() {
    on_each(async |suite| {
        suite.record(&[invention("CN110000001B")]).await;
        let id = id_of(&suite, "CN110000001B").await;
        let sold = |year: i32, yuan: &str| json!({ "year": year, "revenue": yuan });
        let product = json!({ "product": "电池级碳酸锂", "model": "LC-99", "relation": "权利要求1的方法用于全部产线",
            "patents": [{ "patent_id": id, "protects": "process", "claims": "1" }],
            "revenues": [sold(2024, "9000000.00"), sold(2025, "12000000.00")] });
        made(&suite, &transfer_office(), "/product-filings", product).await;
        let body = json!({ "patent_id": id, "purpose": "licence", "assumptions": { "annual_revenue": "36000000.00" } });
        let told = async |who: &identity::Caller| made(&suite, who, "/valuations", body.clone()).await["limits"].to_string();
        let own = told(&transfer_office()).await;
        assert!(own.contains("为专利产品备案 2025 年销售收入（1,200 万元）的 3 倍"), "{own}");
        assert!(own.contains("差距较大，应以财务报表核实") && own.contains("为模型按行业"), "{own}");
        let banks = told(&officer(1)).await;
        assert!(banks.contains("未经核实") && !banks.contains("专利产品备案"), "{banks}");
    })
    .await;
}
