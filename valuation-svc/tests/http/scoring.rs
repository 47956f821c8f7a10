//! Scoring the whole catalogue, and one patent's score.

use axum::http::{Method, StatusCode};
use contracts::OrgKind;
use identity::Role;
use serde_json::{Value, json};
use tx_kit::jobs;
use valuation_svc::{catalogue::generated::generated_patents, scoring::ScoringJob};

use crate::{
    bench::{caller, enterprise, examiner, items, officer, on_each, text, today},
    models::{draft, put_in_use},
};

fn developer(bank: u128) -> identity::Caller {
    caller(bank, &format!("bank {bank}"), OrgKind::Bank, Role::ModelDeveloper)
}

fn number(value: &Value) -> f64 {
    value.as_str().unwrap_or_else(|| panic!("no decimal: {value}")).parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_scores_the_whole_catalogue_goes_on_after_a_kill_and_says_what_changed() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        let body = Some(json!({ "scenario": "pledge" }));
        let (status, _) = suite.call(&officer(1), Method::POST, "/scoring-runs", body.clone()).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let (status, run) = suite.call(&developer(1), Method::POST, "/scoring-runs", body.clone()).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{run}");
        assert_eq!(text(&run, "state"), "queued");
        let (status, refused) = suite.call(&developer(2), Method::POST, "/scoring-runs", body.clone()).await;
        assert_eq!((status, text(&refused, "type")), (StatusCode::CONFLICT, "/problems/scoring-run-open"));
        // A fresh handler for each chunk is a worker that was killed after each.
        while jobs::step(&suite.db, &ScoringJob::default()).await.unwrap() {}
        let path = format!("/scoring-runs/{}", text(&run, "id"));
        let done = suite.get(&developer(1), &path).await;
        assert_eq!((text(&done, "state"), &done["percent"]), ("finished", &json!(100)), "{done}");
        let counts = &done["counts"];
        assert_eq!(
            (&counts["read"], &counts["written"], &counts["changed"]),
            (&json!(60), &json!(60), &json!(60))
        );
        assert!(counts["assessed"].as_i64().unwrap() > 0 && counts["cohorts"].as_i64().unwrap() > 0);
        assert_eq!(suite.call(&developer(2), Method::GET, &path, None).await.0, StatusCode::NOT_FOUND);
        assert!(items(&suite.get(&developer(2), "/scoring-runs").await).is_empty());
        assert_eq!(items(&suite.get(&examiner(), "/scoring-runs").await).len(), 1);

        let patent = suite.sound_patent().await;
        let id = text(&patent, "id").to_owned();
        let score = suite.get(&enterprise(), &format!("/patents/{id}/score")).await;
        let report = &score["score"];
        assert_eq!(score["standing"]["total"], report["total"], "{score}");
        let leaves = report["leaves"].as_array().unwrap();
        let sum: f64 = leaves.iter().map(|leaf| number(&leaf["contribution"])).sum();
        assert!((sum - number(&report["total"])).abs() < 0.15, "printed points sum to the printed total");
        let percentile = number(&score["standing"]["percentile"]);
        assert!((0.0..=1.0).contains(&percentile));
        let oecd = &score["standing"]["oecd"];
        assert_eq!(oecd["indicators"].as_array().unwrap().len(), 11);
        let generality = &oecd["indicators"][3];
        assert_eq!(generality["indicator"], "generality");
        assert!(!generality["normalised"].is_null() || oecd["quality_4"].is_null(), "undefined is not zero");
        assert!(score["standing"]["change"]["previous_on"].is_null(), "the first score has none before it");

        let best = suite.get(&enterprise(), "/patent-scores?limit=200").await;
        let totals: Vec<f64> = items(&best).iter().map(|one| number(&one["total"])).collect();
        assert_eq!(totals.len(), usize::try_from(counts["assessed"].as_i64().unwrap()).unwrap());
        assert!(totals.windows(2).all(|pair| pair[0] >= pair[1]), "{totals:?}");
        let field = text(&items(&best)[0], "field").to_owned();
        let of_field = suite.get(&enterprise(), &format!("/patent-scores?field={field}&limit=200")).await;
        assert!(items(&of_field).iter().all(|one| text(one, "field") == field));
        let (status, refused) =
            suite.call(&enterprise(), Method::GET, "/patent-scores?field=metals", None).await;
        assert_eq!(
            (status, &refused["errors"][0]["field"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("field"))
        );

        // Nothing new: the next run leaves no line. Another licence: the run after says so.
        let again = async || {
            let (status, run) = suite.call(&developer(1), Method::POST, "/scoring-runs", body.clone()).await;
            assert_eq!(status, StatusCode::ACCEPTED, "{run}");
            let job = ScoringJob::default();
            while jobs::step(&suite.db, &job).await.unwrap() {}
            suite.get(&developer(1), &format!("/scoring-runs/{}", text(&run, "id"))).await
        };
        assert_eq!(again().await["counts"]["changed"], 0);
        let mut records = generated_patents(11, 60, today(), &[(enterprise().tenant, "enterprise")]);
        records.retain(|record| record.facts.publication_number == text(&patent, "number"));
        records[0].facts.licences = Some(if records[0].facts.licences == Some(0) { 40 } else { 0 });
        suite.record(&records).await;
        assert_eq!(again().await["counts"]["changed"], 1);
        let lines = suite.get(&officer(1), &format!("/patents/{id}/scores")).await;
        assert_eq!(items(&lines).len(), 2, "{lines}");
        let change = &items(&lines)[0]["change"];
        assert_eq!(change["previous_total"], report["total"]);
        let licence = change["leaves"].as_array().unwrap().iter().find(|leaf| leaf["code"] == "E41");
        assert!(licence.is_some(), "{change}");
        let stocktake = suite.get(&officer(1), &format!("/patents/{id}/score?scenario=stocktake")).await;
        assert!(stocktake["standing"].is_null() && stocktake["score"]["total"] != report["total"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_scores_a_patent_by_its_own_weights_and_nobody_else_does() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        let patent = suite.sound_patent().await;
        let path = format!("/patents/{}/score", text(&patent, "id"));
        let own = format!("{path}?model=own");
        let platform = suite.get(&officer(1), &path).await;
        let before = suite.get(&officer(1), &own).await;
        assert_eq!(before["score"]["total"], platform["score"]["total"], "the bank has none in use yet");
        assert!(before["model_version_id"].is_null());
        let version = draft(&suite, 1, "/tree/scenarios/0/weights", json!([1.0, 0.0, 0.0])).await;
        let used = put_in_use(&suite, 1, &version, "champion").await;
        let after = suite.get(&officer(1), &own).await;
        assert_eq!(after["model_version_id"], used["id"], "{after}");
        let legal = &after["score"]["indices"][0];
        assert_eq!((&legal["code"], &legal["score"]), (&json!("L"), &after["score"]["total"]), "{after}");
        assert_eq!(suite.get(&officer(1), &path).await["score"], platform["score"]);
        for who in [officer(2), enterprise(), examiner()] {
            let theirs = suite.get(&who, &own).await;
            assert_eq!(theirs["score"]["total"], platform["score"]["total"]);
            assert!(theirs["model_version_id"].is_null());
        }
    })
    .await;
}
