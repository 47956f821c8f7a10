//! Scoring the whole catalogue, and one patent's score.

use axum::http::{Method, StatusCode};
use calamine::{Data, Reader};
use contracts::OrgKind;
use identity::Role;
use rust_decimal::Decimal;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use tx_kit::{Fault, InTx, Tx, jobs};
use uuid::Uuid;
use valuation_svc::{
    catalogue::generated::generated_patents,
    scoring::{
        ScoringJob,
        model::{Said, SaidLeaves},
        store::score,
    },
};

use crate::{
    bench::{Suite, caller, enterprise, examiner, items, officer, on_each, text, today},
    models::{draft, put_in_use},
    overrides::{another_patent, file},
    reports,
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
        assert_eq!(oecd["indicators"].as_array().unwrap().len(), 13);
        assert_eq!(oecd["indicators"][12]["indicator"], "renewal");
        assert!(!oecd["indicators"][12]["value"].is_null(), "its annuities are on record: {oecd}");
        assert!((0.0..1.0).contains(&number(&oecd["confidence"])), "{oecd}");
        assert_eq!(score["standing"]["cohort_breadth"], "field_all_years", "sixty patents are few");
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
        let leaves = change["leaves"].as_array().unwrap();
        let licence = leaves.iter().find(|leaf| leaf["code"] == "E41").unwrap_or_else(|| panic!("{change}"));
        let moved = number(&licence["contribution_after"]) - number(&licence["contribution_before"]);
        assert!((moved - number(&licence["points"])).abs() < 0.021, "{licence}");
        sums_to_the_change(change);
        assert_eq!((&change["definition_only"], &change["other_model"]), (&json!(false), &json!(false)));
        let written = file(&suite, &officer(1), &format!("/patents/{id}/scores/export?format=csv")).await;
        assert!(
            written.contains("E41") && written.contains(text(licence, "contribution_after")),
            "{written}"
        );
        let written = file(&suite, &developer(1), "/scoring-runs/export?format=csv").await;
        assert_eq!(written.lines().count(), 4, "a head and three runs: {written}");
        let stocktake = suite.get(&officer(1), &format!("/patents/{id}/score?scenario=stocktake")).await;
        assert!(stocktake["standing"].is_null() && stocktake["score"]["total"] != report["total"]);
    })
    .await;
}

/// Points of leaves, and of causes within a leaf, sum to the whole to the hundredth.
fn sums_to_the_change(change: &Value) {
    let hundredths = |value: &Value| text(value, "points").parse::<Decimal>().unwrap();
    let leaves = change["leaves"].as_array().unwrap();
    let sum: Decimal = leaves.iter().map(hundredths).sum();
    assert_eq!(sum, hundredths(change), "{change}");
    for leaf in leaves {
        let parts: Decimal = leaf["parts"].as_array().unwrap().iter().map(hundredths).sum();
        assert_eq!(parts, hundredths(leaf), "{leaf}");
    }
}

/// Makes the last score of a patent one of an older version of the platform's tree, which had another leaf in the place of
/// one of today's, weighed a second and scored a third otherwise, and counted citations in another way.
async fn as_an_older_version_said(tx: &mut Tx, patent: Uuid) -> Result<(), Fault> {
    let found = score::Entity::find().filter(score::Column::PatentId.eq(patent)).one(tx.conn()).await?;
    let row = found.unwrap_or_else(|| panic!("no score of {patent}"));
    let mut leaves: SaidLeaves = serde_json::from_str(&row.leaves)?;
    for (key, said) in &mut leaves.0 {
        match key.as_str() {
            "E43" => "E99".clone_into(key),
            "L21" => *said = said.map(|one| Said { share: one.share / 2, ..one }),
            "L11" => *said = said.map(|one| Said { value: one.value / 2, ..one }),
            "T11.2" => {
                "T11".clone_into(key);
                *said = said.map(|one| Said { fact: one.fact + 20.0, value: 0, ..one });
            }
            _ => {}
        }
    }
    let points: i64 = leaves.0.iter().filter_map(|(_, said)| said.map(Said::contribution)).sum();
    let mut older: score::ActiveModel = row.into();
    older.leaves = Set(serde_json::to_string(&leaves)?);
    older.total_hundredths = Set(Some((points + 5_000_000_000) / 10_000_000_000));
    older.model_version = Set("gbt42748-platform-0".to_owned());
    score::Entity::update(older).exec(tx.conn()).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn another_version_of_the_platforms_indices_is_told_leaf_by_leaf_without_the_older_tree() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        started(&suite, 1, "platform").await;
        ended(&suite).await;
        let patent = suite.sound_patent().await;
        let id = text(&patent, "id").to_owned();
        let patent: Uuid = id.parse().unwrap();
        suite.db.run(|tx| as_an_older_version_said(tx, patent).in_tx()).await.unwrap();
        let run = started(&suite, 1, "platform").await;
        ended(&suite).await;
        let lines = suite.get(&officer(1), &format!("/patents/{id}/scores")).await;
        let line = &items(&lines)[0];
        assert_eq!(text(line, "run_id"), text(&run, "id"), "{lines}");
        let change = &line["change"];
        assert_eq!(
            (&change["other_model"], &change["definition_only"]),
            (&json!(true), &json!(false)),
            "a leaf that reads another figure may have another fact, too: {change}"
        );
        let moved = number(&line["total"]) - number(&change["previous_total"]);
        assert!((number(&change["points"]) - moved).abs() < 1e-9 && moved > 0.0, "{change}");
        sums_to_the_change(change);
        let cause = |code: &str| {
            let leaves = change["leaves"].as_array().unwrap();
            leaves.iter().find(|leaf| leaf["code"] == code).map(|leaf| text(leaf, "cause"))
        };
        assert_eq!(cause("E99"), Some("leaf_removed"), "{change}");
        assert_eq!(cause("E43"), Some("leaf_added"), "{change}");
        assert_eq!(cause("L21"), Some("weight_changed"), "{change}");
        assert_eq!(cause("L11"), Some("band_changed"), "{change}");
        assert_eq!(cause("T11"), Some("reading_changed"), "{change}");
        let leaves = change["leaves"].as_array().unwrap();
        let reading = leaves.iter().find(|leaf| leaf["code"] == "T11").unwrap();
        let exact = |points: &Value| points.as_str().unwrap().parse::<Decimal>().unwrap();
        let certain = exact(&change["points"]) - exact(&reading["points"]);
        assert_eq!(exact(&change["definition_points"]), certain, "{change}");
        assert_eq!(change["leaves"].as_array().unwrap().len(), 5, "what stood still is not told: {change}");
        let written = file(&suite, &officer(1), &format!("/patents/{id}/scores/export?format=csv")).await;
        assert!(written.contains("E99") && written.contains("gbt42748-platform-2"), "{written}");
        assert!(!written.contains("'-"), "figures below nothing stay figures: {written}");
        let path = format!("/patents/{id}/scores/export?format=xlsx");
        let (status, workbook) = reports::file(&suite, &officer(1), &path).await;
        assert_eq!(status, StatusCode::OK);
        let mut book: calamine::Xlsx<_> =
            calamine::open_workbook_from_rs(std::io::Cursor::new(workbook)).unwrap();
        let sheet = book.worksheet_range("patent-score-history").unwrap();
        let row = sheet.rows().find(|row| row[9].to_string().starts_with("L21")).unwrap();
        let weighed = leaves.iter().find(|leaf| leaf["code"] == "L21").unwrap();
        for (column, figure) in [
            (1, &line["total"]),
            (3, &line["coverage"]),
            (6, &change["previous_total"]),
            (16, &weighed["weight_before"]),
            (19, &weighed["contribution_after"]),
            (20, &weighed["points"]),
        ] {
            assert_eq!(row[column], Data::Float(number(figure)), "column {column} of {row:?}: {weighed}");
        }
        let shown = suite.get(&enterprise(), &format!("/patents/{id}/score")).await;
        assert_eq!(&shown["standing"]["change"], change);
    })
    .await;
}

async fn started(suite: &Suite, bank: u128, model: &str) -> Value {
    let body = json!({ "scenario": "pledge", "model": model });
    let (status, run) = suite.call(&developer(bank), Method::POST, "/scoring-runs", Some(body)).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{run}");
    run
}

async fn ended(suite: &Suite) {
    let job = ScoringJob::default();
    while jobs::step(&suite.db, &job).await.unwrap() {}
}

/// A patent, and another that cites it, as its file says.
async fn citing_and_cited(suite: &Suite) -> (Value, Value) {
    let cited = suite.sound_patent().await;
    let citing = another_patent(suite).await;
    let mut records = generated_patents(11, 60, today(), &[(enterprise().tenant, "enterprise")]);
    records.retain(|record| record.facts.publication_number == text(&citing, "number"));
    records[0].cites = vec![text(&cited, "number").to_owned()];
    suite.record(&records).await;
    (citing, cited)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_scores_the_catalogue_by_its_own_model_and_it_and_the_regulator_alone_see_what_it_says() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        let (citing, cited) = citing_and_cited(&suite).await;
        let body = Some(json!({ "scenario": "pledge", "model": "own" }));
        let (status, refused) = suite.call(&developer(1), Method::POST, "/scoring-runs", body).await;
        assert_eq!(
            (status, text(&refused, "type")),
            (StatusCode::CONFLICT, "/problems/scoring-no-own-model")
        );
        let version = draft(&suite, 1, "/tree/scenarios/0/weights", json!([1.0, 0.0, 0.0])).await;
        let used = put_in_use(&suite, 1, &version, "champion").await;
        let run = started(&suite, 1, "own").await;
        assert_eq!((&run["model"], &run["model_version_id"]), (&json!("own"), &used["id"]), "{run}");
        let bank = text(&run, "bank_id").to_owned();
        // The platform's tree does not wait for a bank's.
        started(&suite, 2, "platform").await;
        ended(&suite).await;
        let path = format!("/scoring-runs/{}", text(&run, "id"));
        assert_eq!(suite.get(&examiner(), &path).await["state"], "finished");
        assert_eq!(suite.call(&developer(2), Method::GET, &path, None).await.0, StatusCode::NOT_FOUND);

        let mine = suite.get(&officer(1), "/patent-scores?model=own&limit=200").await;
        let label = text(&run, "model_version");
        assert!(
            !items(&mine).is_empty() && items(&mine).iter().all(|one| text(one, "model_version") == label)
        );
        let named = format!("/patent-scores?bank_id={bank}&limit=200");
        assert_eq!(suite.get(&examiner(), &named).await["items"], mine["items"]);
        let platform = suite.get(&officer(1), "/patent-scores?limit=200").await;
        assert!(items(&platform).iter().all(|one| text(one, "model_version") != label));
        let id = text(&cited, "id").to_owned();
        for stranger in [officer(2), enterprise()] {
            let theirs = suite.get(&stranger, "/patent-scores?model=own&limit=200").await;
            assert!(items(&theirs).is_empty(), "{theirs}");
            for path in [
                named.clone(),
                format!("/patent-scores/export?bank_id={bank}"),
                format!("/patents/{id}/score?bank_id={bank}"),
                format!("/patents/{id}/scores?bank_id={bank}"),
                format!("/patents/{id}/scores/export?bank_id={bank}"),
            ] {
                let (status, answer) = suite.call(&stranger, Method::GET, &path, None).await;
                assert_eq!(status, StatusCode::NOT_FOUND, "{path}: {answer}");
            }
            let lines = suite.get(&stranger, &format!("/patents/{id}/scores?model=own")).await;
            assert!(items(&lines).is_empty(), "{lines}");
        }
        let own = suite.get(&officer(1), &format!("/patents/{id}/score?model=own")).await;
        assert_eq!(own["standing"]["total"], own["score"]["total"], "{own}");
        assert_eq!(text(&own["standing"], "model_version"), label);
        assert_eq!(suite.get(&examiner(), &format!("/patents/{id}/score?bank_id={bank}")).await, own);

        // What the catalogue knows of citations: one of the cited patent has a day and classes.
        let indicator = |score: &Value, at: usize| score["standing"]["oecd"]["indicators"][at].clone();
        assert!(!indicator(&own, 3)["value"].is_null(), "generality from the one that cites: {own}");
        assert!(!indicator(&own, 0)["basis"].is_null(), "{own}");
        let other = suite.get(&officer(1), &format!("/patents/{}/score", text(&citing, "id"))).await;
        assert!(!indicator(&other, 9)["value"].is_null(), "originality from the one it cites: {other}");

        // The next version of the bank's model: what moved is told leaf by leaf, by its own trees.
        let version = draft(&suite, 1, "/tree/scenarios/0/weights", json!([0.5, 0.5, 0.0])).await;
        put_in_use(&suite, 1, &version, "champion").await;
        let second = started(&suite, 1, "own").await;
        ended(&suite).await;
        let lines = suite.get(&officer(1), &format!("/patents/{id}/scores?model=own")).await;
        assert_eq!(items(&lines).len(), 2, "{lines}");
        let change = &items(&lines)[0]["change"];
        assert_eq!(
            (&change["other_model"], text(&items(&lines)[0], "run_id")),
            (&json!(true), text(&second, "id"))
        );
        let leaves = change["leaves"].as_array().unwrap();
        assert!(
            !leaves.is_empty() && leaves.iter().all(|leaf| leaf["cause"] == "weight_changed"),
            "{change}"
        );
        sums_to_the_change(change);
        let moved = number(&items(&lines)[0]["total"]) - number(&change["previous_total"]);
        assert!((number(&change["points"]) - moved).abs() < 1e-9, "{change}");
        assert_eq!(
            (&change["definition_only"], &change["definition_points"]),
            (&json!(true), &change["points"])
        );
        let platform_lines = suite.get(&officer(1), &format!("/patents/{id}/scores")).await;
        assert_eq!(items(&platform_lines).len(), 1, "the platform's history is its own");
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
