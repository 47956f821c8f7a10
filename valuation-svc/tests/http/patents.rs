//! Finding patents, and what is recorded of them.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use contracts::PatentId;
use serde_json::{Value, json};
use tower::ServiceExt;
use valuation_svc::catalogue::{
    self, PatentRecord,
    generated::generated_patents,
    patent::{LegalStatus, PatentFacts, PatentKind},
};

use crate::bench::{BASE, enterprise, items, officer, on_each, outbox, pledge_event, text, today};

#[tokio::test(flavor = "multi_thread")]
async fn every_patent_is_found_once_by_paging_in_any_order() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        for sort in ["number", "-number", "filing_date", "-filing_date", "title", "-title"] {
            let mut seen = std::collections::BTreeSet::new();
            let mut cursor = String::new();
            loop {
                let page =
                    suite.get(&officer(1), &format!("/patents?limit=25&sort={sort}&cursor={cursor}")).await;
                for item in items(&page) {
                    assert!(seen.insert(text(item, "id").to_owned()), "{sort}");
                }
                match page["next_cursor"].as_str() {
                    Some(next) => cursor = next.to_owned(),
                    None => break,
                }
            }
            assert_eq!(seen.len(), 60, "{sort}");
        }
        let (status, problem) =
            suite.call(&officer(1), Method::GET, "/patents?sort=number&cursor=nonsense", None).await;
        assert_eq!(
            (status, &problem["type"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("/problems/invalid-request"))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patent_is_found_by_words_class_industry_owner_and_any_spelling_of_its_numbers() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        let who = enterprise();
        let some =
            &items(&suite.get(&who, "/patents?limit=1&industry=natural_gas_chemistry").await)[0].clone();
        let (id, number, title) = (text(some, "id"), text(some, "number"), text(some, "title"));
        for q in [number, title, &number.to_lowercase(), &number[2..11], "enterprise"] {
            let query = serde_urlencoded_q(q);
            let found = suite.get(&who, &format!("/patents?limit=200&{query}")).await;
            assert!(items(&found).iter().any(|item| item["id"] == id), "{q}");
        }
        let class = &some["ipc"][0].as_str().unwrap()[..4];
        for item in items(&suite.get(&who, &format!("/patents?limit=200&ipc={class}")).await) {
            assert!(item["ipc"].as_array().unwrap().iter().any(|c| c.as_str().unwrap().starts_with(class)));
        }
        for item in items(&suite.get(&who, "/patents?limit=200&industry=natural_gas_chemistry").await) {
            assert_eq!(item["industry_name"], "天然气化工");
        }
        let owned = suite.get(&who, &format!("/patents?limit=200&owner_id={}", who.tenant)).await;
        assert_eq!(items(&owned).len(), 60);
        let detail = suite.get(&who, &format!("/patents/{id}")).await;
        let application = text(&detail, "application_number").to_owned();
        let bare = application.trim_start_matches("CN").to_owned();
        for spelling in
            [number, &number.to_lowercase(), &number[..11], &application, &bare, &format!("ZL{bare}")]
        {
            let found = suite.get(&who, &format!("/patents/by-number/{spelling}")).await;
            assert_eq!(found["id"], id, "{spelling}");
        }
        let none = format!("/patents/{}", PatentId::from_uuid(uuid::Uuid::nil()));
        for path in [none.as_str(), "/patents/nonsense", "/patents/by-number/CN1", "/patents/by-number/%25"] {
            assert_eq!(suite.call(&who, Method::GET, path, None).await.0, StatusCode::NOT_FOUND, "{path}");
        }
        assert!(items(&suite.get(&who, "/patents?q=%25").await).is_empty(), "a wildcard is a character");
    })
    .await;
}

fn serde_urlencoded_q(q: &str) -> String {
    let encoded: String = q.bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("q={encoded}")
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_can_be_taken_away_as_files() {
    on_each(async |suite| {
        let suite = suite.with_patents(20).await;
        let request =
            Request::get(format!("{BASE}/patents/export?format=csv&kind=invention")).body(Body::empty());
        let (status, bytes) = suite.send(&officer(1), request.unwrap()).await;
        assert_eq!(status, StatusCode::OK);
        let file = String::from_utf8(bytes).unwrap();
        assert!(file.starts_with("\u{feff}公开(公告)号,名称"));
        assert!(file.lines().count() > 5 && file.lines().skip(1).all(|line| line.contains("发明")));
        for path in ["/patents/export?format=xlsx", "/valuations/export?format=xlsx"] {
            let request = Request::get(format!("{BASE}{path}")).body(Body::empty()).unwrap();
            let (status, bytes) = suite.send(&officer(1), request).await;
            assert!(status == StatusCode::OK && bytes.starts_with(b"PK"), "{path}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn recording_the_same_patents_again_changes_nothing() {
    on_each(async |suite| {
        let patents = generated_patents(5, 700, today(), &[]);
        let first = suite.record(&patents).await;
        assert_eq!((first.imported, first.updated, first.unchanged), (700, 0, 0));
        let again = suite.record(&patents).await;
        assert_eq!((again.imported, again.updated, again.unchanged), (0, 0, 700));
        let mut newer = patents[..3].to_vec();
        newer[0].facts.forward_citations = Some(99);
        newer.push(newer[0].clone());
        let changed = suite.record(&newer).await;
        assert_eq!((changed.imported, changed.updated, changed.unchanged), (0, 1, 3));
        let number = &patents[0].facts.publication_number;
        let shown = suite.get(&officer(1), &format!("/patents/by-number/{number}")).await;
        assert_eq!(shown["forward_citations"], 99);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trial_calculator_and_the_model_are_open_to_those_who_may() {
    on_each(async |suite| {
        let one_year = json!({ "method": "relief_from_royalty", "revenue": ["100"], "royalty_rate": "0.05",
            "discount_rate": "0.10", "tax_rate": "0", "timing": "end_of_year", "tab": false });
        let (status, found) =
            suite.call(&enterprise(), Method::POST, "/appraisals/preview", Some(one_year)).await;
        assert_eq!((status, &found["value"]), (StatusCode::OK, &json!("4.55")));
        let wrong = json!({ "method": "relief_from_royalty", "revenue": ["100"], "royalty_rate": "2",
            "discount_rate": "0.10" });
        let (status, problem) =
            suite.call(&enterprise(), Method::POST, "/appraisals/preview", Some(wrong)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(problem["errors"][0]["field"], "royalty_rate");
        let model = suite.get(&officer(1), "/scoring/model").await;
        assert_eq!(model["indices"].as_array().unwrap().len(), 3);
        let (status, _) = suite.call(&enterprise(), Method::GET, "/scoring/model", None).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert!(items(&suite.get(&enterprise(), "/ipc-industries").await).len() > 60);
        let anonymous = Request::get(format!("{BASE}/patents")).body(Body::empty()).unwrap();
        let answer = suite.router.clone().oneshot(anonymous).await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trial_calculator_names_what_does_not_read_by_its_path() {
    on_each(async |suite| {
        let refused = async |body: Value| {
            let (status, problem) =
                suite.call(&enterprise(), Method::POST, "/appraisals/preview", Some(body.clone())).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
            problem["errors"][0].clone()
        };
        let collateral = json!({ "method": "collateral_value", "market_value": "1000.00",
            "forced_sale_discount": "0.45", "cost": "0.08", "months": "9", "rate": "0.12", "grade": "A" });
        let with = |name: &str, value: Value| {
            let mut body = collateral.clone();
            body[name] = value;
            body
        };
        let royalty = |timing: &str, revenue: &str| {
            json!({ "method": "relief_from_royalty", "revenue": ["1", revenue], "royalty_rate": "0.05",
                "discount_rate": "0.10", "timing": timing })
        };
        let indication = |name: &str, value: &str| {
            let sound = json!({ "method": "income", "value": "1", "weight": "0.5" });
            let mut second = sound.clone();
            second[name] = json!(value);
            json!({ "method": "reconciliation", "indications": [sound, second] })
        };
        for (body, field) in [
            (with("market_value", json!("NaN")), "market_value"),
            (with("grade", json!("Z")), "grade"),
            (with("agreed_price", json!("1000.00")), "agreed_price"),
            (royalty("zz", "1"), "timing"),
            (royalty("mid_year", "x"), "revenue[1]"),
            (indication("value", "x"), "indications[1].value"),
            (indication("note", "x"), "indications[1].note"),
            (json!({ "method": "collateral_value" }), "market_value"),
            (json!({ "market_value": "1000.00" }), "method"),
            (with("method", json!("agreed_price")), "method"),
            (json!([]), "body"),
        ] {
            let error = refused(body.clone()).await;
            assert_eq!(error["field"], field, "{body}: {error}");
        }
        // Every method is read by its own members alone.
        for method in [
            "relief_from_royalty",
            "excess_earnings",
            "with_and_without",
            "replacement_cost",
            "market_comparables",
            "hedonic",
            "royalty_capitalisation",
            "real_option",
            "monte_carlo",
            "profit_split",
            "remaining_life",
            "reconciliation",
            "collateral_value",
        ] {
            let error = refused(json!({ "method": method, "agreed_price": "1" })).await;
            assert_eq!(error["field"], "agreed_price", "{method}: {error}");
        }
        let (status, found) =
            suite.call(&enterprise(), Method::POST, "/appraisals/preview", Some(collateral)).await;
        assert_eq!((status, &found["method"]), (StatusCode::OK, &json!("collateral_value")), "{found}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_utility_model_shows_the_invention_that_its_applicant_filed_for_the_same_thing_that_day() {
    on_each(|suite| async move {
        let filed = |number: &str, kind: PatentKind, applicant: &str, status: LegalStatus| {
            let facts = PatentFacts {
                publication_number: number.into(),
                jurisdiction: "CN".into(),
                kind,
                title: "一种电解槽".into(),
                applicants: vec![applicant.into(), "某大学".into()],
                filing_date: "2022-05-06".parse().ok(),
                legal_status: status,
                ..PatentFacts::default()
            };
            PatentRecord::of(facts, "test")
        };
        let model = filed("CN217000001U", PatentKind::UtilityModel, "甲公司", LegalStatus::Granted);
        let mut stranger = filed("CN114000009A", PatentKind::Invention, "乙公司", LegalStatus::Pending);
        stranger.facts.applicants = vec!["乙公司".into()];
        let refused = filed("CN114000002A", PatentKind::Invention, "甲公司", LegalStatus::Rejected);
        suite.record(&[model, stranger, refused]).await;
        let path = "/patents/by-number/CN217000001U";
        let alone = suite.get(&officer(1), path).await;
        assert_eq!(alone["same_day_twin"], Value::Null, "another applicant's, and one that has ended");
        let pending = filed("CN114000001A", PatentKind::Invention, "甲公司", LegalStatus::Pending);
        suite.record(&[pending]).await;
        let twin = suite.get(&officer(1), path).await["same_day_twin"].clone();
        assert_eq!((&twin["number"], &twin["kind"]), (&json!("CN114000001A"), &json!("invention")));
        let back = suite.get(&officer(1), "/patents/by-number/CN114000001A").await;
        assert_eq!(back["same_day_twin"]["number"], "CN217000001U");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lapse_a_challenge_and_a_missed_annuity_are_recorded_and_told_each_under_a_version_of_its_own() {
    on_each(async |suite| {
        let mut patents = generated_patents(5, 1, today(), &[(enterprise().tenant, "甲公司")]);
        patents[0].facts.legal_status = LegalStatus::Granted;
        patents[0].disputes.clear();
        suite.record(&patents).await;
        let number = &patents[0].facts.publication_number;
        let shown = suite.get(&officer(1), &format!("/patents/by-number/{number}")).await;
        suite.consume(&[pledge_event(2, "registered", text(&shown, "id").parse().unwrap())]).await;
        let mut changed = patents[0].clone();
        changed.facts.legal_status = LegalStatus::Lapsed;
        changed.facts.annuities_paid_to = today().checked_sub_months(chrono::Months::new(7));
        changed.disputes = vec![catalogue::record::Dispute {
            kind: catalogue::record::DisputeKind::Invalidation,
            status: catalogue::record::DisputeStatus::Open,
            noted_on: today(),
        }];
        assert_eq!(suite.record(std::slice::from_ref(&changed)).await.updated, 1, "no act of the owner");
        let mut told: Vec<(String, i64)> = outbox(&suite.db)
            .await
            .into_iter()
            .filter(|envelope| envelope.event.name().starts_with("patent."))
            .map(|envelope| (envelope.event.name().to_owned(), envelope.version))
            .collect();
        told.sort_by_key(|(_, version)| *version);
        let names: Vec<&str> = told.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            ["patent.legal_status_changed.v1", "patent.challenged.v1", "patent.annuity_recorded.v1"]
        );
        assert_eq!((told[1].1, told[2].1), (told[0].1 + 1, told[0].1 + 2));
    })
    .await;
}
