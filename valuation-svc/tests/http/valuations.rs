//! Valuations of patents.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use contracts::{PatentId, UserId};
use finance::Money;
use identity::Scope;
use serde_json::{Value, json};
use valuation_svc::{
    catalogue::{PatentRecord, generated::generated_patents, patent::LegalStatus},
    scoring::model::HumanGrades,
    valuations,
};

use crate::{
    bench::{BASE, Suite, enterprise, examiner, items, officer, on_each, text, today},
    models::{draft, money, put_in_use},
    timeline::{id_of, invention, made, transfer_office},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_values_a_patent_and_only_that_bank_and_the_regulator_see_it() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        let patent = suite.sound_patent().await;
        let body = json!({ "patent_id": patent["id"], "purpose": "pledge",
            "assumptions": { "annual_revenue": "18000000.00" } });
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
        let second = valued("18000000.00").await;
        let told = second["limits"].to_string();
        let earlier = format!("评估 {} 曾填报 100 万元，同样未经核实，不作为依据", text(&first, "number"));
        assert!(told.contains(&earlier), "{told}");
        assert!(told.contains("申请方填报年销售收入 1,800 万元，为模型按行业"), "{told}");
        // Stated twice, it does not confirm itself: the lowest is named.
        let third = valued("18000000.00").await["limits"].to_string();
        assert!(third.contains(&earlier), "{third}");
        let again = format!("/valuations/{}/reproduction", text(&second, "id"));
        assert_eq!(suite.get(&officer(1), &again).await["identical"], true);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sales_told_with_a_product_are_compared_for_a_licence_for_those_who_may_see_them_and_for_nobody_else()
{
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

/// What is answered to a request that states an annual revenue.
async fn stated(
    suite: &Suite,
    who: &identity::Caller,
    (patent, purpose): (PatentId, &str),
    revenue: Money,
) -> (StatusCode, Value) {
    let body =
        json!({ "patent_id": patent, "purpose": purpose, "assumptions": { "annual_revenue": revenue } });
    suite.call(who, Method::POST, "/valuations", Some(body)).await
}

/// What the model takes for a pledge where no revenue is stated.
async fn estimated(suite: &Suite, patent: PatentId) -> Money {
    let asked = json!({ "patent_id": patent, "purpose": "pledge" });
    money(&made(suite, &officer(1), "/valuations", asked).await["assumptions"]["annual_revenue"]["value"])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revenue_stated_for_a_pledge_is_taken_up_to_three_times_the_models_estimate_and_refused_beyond() {
    on_each(async |suite| {
        suite.record(&[invention("CN110000001B")]).await;
        let id = id_of(&suite, "CN110000001B").await;
        let estimate = estimated(&suite, id).await;
        let most = Money::from_fen(estimate.fen() * 3);
        let beyond = Money::from_fen(most.fen() + 1);
        let (status, problem) = stated(&suite, &officer(1), (id, "pledge"), beyond).await;
        assert_eq!(
            (status, text(&problem, "type")),
            (StatusCode::CONFLICT, "/problems/valuation-beyond-model"),
            "{problem}"
        );
        assert_eq!(problem["errors"][0]["field"], "assumptions.annual_revenue", "{problem}");
        for (name, figure) in [("stated_revenue", beyond), ("most", most), ("model_estimate", estimate)] {
            assert_eq!(problem[name], json!(figure), "{name}");
        }
        assert_eq!((&problem["filed_sales"], text(&problem, "times")), (&Value::Null, "3"));
        assert_eq!(problem["recognised_sales"], Value::Null);
        let all = "/valuations?limit=50";
        assert_eq!(items(&suite.get(&officer(1), all).await).len(), 1, "nothing is kept of what was refused");
        let (status, taken) = stated(&suite, &officer(1), (id, "pledge"), most).await;
        assert_eq!(status, StatusCode::CREATED, "{taken}");
        assert_eq!(taken["assumptions"]["annual_revenue"]["value"], json!(most));
        for purpose in ["licence", "stocktake"] {
            let (status, other) = stated(&suite, &officer(1), (id, purpose), beyond).await;
            assert_eq!(status, StatusCode::CREATED, "{other}");
        }
        // What was told before is as unverified as what is told now.
        let (status, again) = stated(&suite, &officer(1), (id, "pledge"), beyond).await;
        assert_eq!((status, &again["most"]), (StatusCode::CONFLICT, &json!(most)));
    })
    .await;
}

/// A colleague of the transfer office's.
fn colleague() -> identity::Caller {
    let mut who = transfer_office();
    who.user = UserId::from_uuid(uuid::Uuid::from_u128(7_002));
    "王同事".clone_into(&mut who.name);
    who
}

/// The university's product under its patent, with what it sold in 2025.
fn product(patent: PatentId, sales: &str) -> Value {
    json!({ "product": "电池级碳酸锂", "model": "LC-99", "relation": "权利要求1的方法用于全部产线",
        "patents": [{ "patent_id": patent, "protects": "process", "claims": "1" }],
        "revenues": [{ "year": 2025, "revenue": sales }], "reason": "年度更新" })
}

#[tokio::test(flavor = "multi_thread")]
async fn sales_raise_the_bound_of_a_pledge_once_another_than_their_filer_records_the_products_recognition() {
    on_each(async |suite| {
        suite.record(&[invention("CN110000001B")]).await;
        let id = id_of(&suite, "CN110000001B").await;
        let yuan = |yuan: i64| Money::from_yuan(yuan).unwrap();
        let (step, estimate) = (yuan(200_000_000), estimated(&suite, id).await);
        assert!(estimate < step, "the confirmed sales are what the bound is measured by");
        let most = yuan(600_000_000);
        let asked = async |revenue: Money| stated(&suite, &officer(1), (id, "pledge"), revenue).await;
        assert_eq!(asked(most).await.0, StatusCode::CONFLICT);
        let filed = made(&suite, &transfer_office(), "/product-filings", product(id, "480000000.00")).await;
        let one = format!("/product-filings/{}", text(&filed, "id"));
        let unconfirmed = async || {
            let (status, problem) = asked(most).await;
            // A filing is a fact of the score, too, and moves the estimate by a little.
            let estimate = money(&problem["model_estimate"]);
            assert_eq!(
                (status, money(&problem["most"])),
                (StatusCode::CONFLICT, Money::from_fen(estimate.fen() * 3))
            );
            assert!(estimate < step);
            assert_eq!((&problem["filed_sales"], &problem["recognised_sales"]), (&json!(step), &Value::Null));
        };
        unconfirmed().await;
        let recognition = json!({ "body": "认定机构", "certificate": "MJ-2026-0001", "recognised_on": "2026-06-01",
            "criteria": [{ "criterion": "专利对产品的贡献", "met": true, "evidence": "评价报告第3节" }] });
        made(&suite, &transfer_office(), &format!("{one}/recognise"), recognition.clone()).await;
        unconfirmed().await;
        let reason = json!({ "reason": "应由他人登记" });
        made(&suite, &transfer_office(), &format!("{one}/end-recognition"), reason).await;
        made(&suite, &colleague(), &format!("{one}/recognise"), recognition).await;

        let (status, taken) = asked(most).await;
        assert_eq!(status, StatusCode::CREATED, "{taken}");
        let told = taken["limits"].to_string();
        assert!(told.contains("至多为专利产品备案 2025 年销售收入（不低于 20,000 万元）的 3 倍"), "{told}");
        let (status, problem) = asked(Money::from_fen(most.fen() + 1)).await;
        assert_eq!((status, &problem["recognised_sales"]), (StatusCode::CONFLICT, &json!(step)), "{problem}");
        assert_eq!(problem["most"], json!(most));
        for answer in [&taken, &problem] {
            let answer = answer.to_string();
            for figure in ["480000000.00", "480,000,000", "48,000 万元"] {
                assert!(!answer.contains(figure), "{answer}");
            }
        }
        let owners = yuan(1_440_000_000);
        let (status, own) = stated(&suite, &transfer_office(), (id, "pledge"), owners).await;
        assert_eq!(status, StatusCode::CREATED, "{own}");
        let beyond = Money::from_fen(owners.fen() + 1);
        let (status, own) = stated(&suite, &transfer_office(), (id, "pledge"), beyond).await;
        assert_eq!((status, &own["recognised_sales"]), (StatusCode::CONFLICT, &json!(yuan(480_000_000))), "{own}");

        made(&suite, &transfer_office(), &format!("{one}/change"), product(id, "90000000000.00")).await;
        let (status, problem) = asked(Money::from_fen(most.fen() + 1)).await;
        assert_eq!((status, &problem["most"]), (StatusCode::CONFLICT, &json!(most)), "raised after the recognition");
        assert_eq!(problem["filed_sales"], json!(yuan(50_000_000_000)), "{problem}");

        made(&suite, &transfer_office(), &format!("{one}/withdraw"), json!({ "reason": "停产" })).await;
        assert_eq!(asked(most).await.0, StatusCode::CONFLICT, "sales withdrawn are no longer on record");
        let again = format!("/valuations/{}/reproduction", text(&taken, "id"));
        assert_eq!(suite.get(&officer(1), &again).await["identical"], true);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filed_sales_are_bounded_and_their_sum_fails_no_valuation() {
    on_each(async |suite| {
        suite.record(&[invention("CN110000001B")]).await;
        let id = id_of(&suite, "CN110000001B").await;
        let (office, path) = (transfer_office(), "/product-filings");
        for beyond in ["1000000000000.01", "40000000000000000.00"] {
            let (status, problem) = suite.call(&office, Method::POST, path, Some(product(id, beyond))).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
            assert_eq!(problem["errors"][0]["field"], "revenues[0].revenue", "{problem}");
        }
        for _ in 0..4 {
            made(&suite, &office, path, product(id, "1000000000000.00")).await;
        }
        let (status, taken) = stated(&suite, &officer(1), (id, "pledge"), Money::from_fen(100_000_000)).await;
        assert_eq!(status, StatusCode::CREATED, "{taken}");
        assert!(
            taken["limits"].to_string().contains("专利产品备案 2025 年销售收入（不低于 200,000,000 万元）"),
            "{taken}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn grades_that_a_request_states_carry_a_pledge_no_further_than_an_override_might() {
    on_each(async |suite| {
        let grades = HumanGrades {
            trl: Some(4),
            substitutability: Some(3),
            detectability: Some(3),
            independence: Some(3),
            trend: Some(3),
            market: Some(3),
            market_share: Some(3),
            competition: Some(3),
            policy_fit: Some(3),
        };
        suite.record(&[PatentRecord { grades, ..invention("CN110000001B") }]).await;
        let id = id_of(&suite, "CN110000001B").await;
        let asked = async |purpose: &str, grades: Value, assumptions: Value| {
            let body = json!({ "patent_id": id, "purpose": purpose, "grades": grades, "assumptions": assumptions });
            suite.call(&officer(1), Method::POST, "/valuations", Some(body)).await
        };
        let (_, plain) = asked("pledge", json!({}), json!({})).await;
        let estimate = money(&plain["assumptions"]["annual_revenue"]["value"]);
        let (status, problem) = asked("pledge", json!({ "trl": 9 }), json!({})).await;
        assert_eq!(
            (status, text(&problem, "type")),
            (StatusCode::CONFLICT, "/problems/valuation-beyond-model"),
            "{problem}"
        );
        assert_eq!(problem["model_value"], plain["value"]["value"], "by the grades on record");
        assert!(money(&problem["most"]) < money(&problem["stated_value"]), "{problem}");

        let best = json!({ "trl": 9, "substitutability": 5, "trend": 5, "market": 5, "market_share": 5, "competition": 5 });
        let most = Money::from_fen(estimate.fen() * 3);
        let beyond = json!({ "annual_revenue": Money::from_fen(most.fen() + 1) });
        let (status, problem) = asked("pledge", best, beyond).await;
        assert_eq!((status, &problem["model_estimate"]), (StatusCode::CONFLICT, &json!(estimate)), "{problem}");
        assert_eq!((&problem["most"], text(&problem["errors"][0], "field")), (&json!(most), "assumptions.annual_revenue"));

        let (status, licence) = asked("licence", json!({ "trl": 9, "market": 3 }), json!({})).await;
        assert_eq!(status, StatusCode::CREATED, "{licence}");
        let told = licence["limits"].to_string();
        assert!(told.contains("未采用在案评级，平台未核实：技术就绪度 9。"), "{told}");
        assert!(told.contains("has not checked: technology readiness 9."), "{told}");
        let (status, near) = asked("pledge", json!({ "detectability": 4 }), json!({})).await;
        assert_eq!(status, StatusCode::CREATED, "{near}");
        assert!(near["limits"].to_string().contains("侵权可判定性 4"), "{near}");
        assert!(!plain["limits"].to_string().contains("在案评级"), "{plain}");
        for one in [&licence, &near] {
            let again = format!("/valuations/{}/reproduction", text(one, "id"));
            assert_eq!(suite.get(&officer(1), &again).await["identical"], true);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_banks_own_model_sets_how_many_times_the_known_revenue_may_be_stated() {
    on_each(async |suite| {
        suite.record(&[invention("CN110000001B")]).await;
        let id = id_of(&suite, "CN110000001B").await;
        let version = draft(&suite, 1, "/parameters/override_limits/revenue_times", json!("1.5")).await;
        put_in_use(&suite, 1, &version, "champion").await;
        let twice = Money::from_fen(estimated(&suite, id).await.fen() * 2);
        let (status, problem) = stated(&suite, &officer(1), (id, "pledge"), twice).await;
        assert_eq!((status, text(&problem, "times")), (StatusCode::CONFLICT, "1.5"), "{problem}");
        let (status, taken) = stated(&suite, &officer(1), (id, "pledge"), money(&problem["most"])).await;
        assert_eq!(status, StatusCode::CREATED, "{taken}");
        let (status, other) = stated(&suite, &officer(2), (id, "pledge"), twice).await;
        assert_eq!(
            status,
            StatusCode::CREATED,
            "the platform's default holds for a bank without a model: {other}"
        );
    })
    .await;
}
