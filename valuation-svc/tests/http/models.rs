//! A bank's own models: three people, one champion, challengers beside; what a valuation was made with stays.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use contracts::{OrgKind, UserId};
use finance::Money;
use identity::{Caller, Role};
use serde_json::{Value, json};

use crate::{
    bench::{BASE, Suite, caller, examiner, items, officer, on_each, text},
    overrides::{another_patent, file},
    reference::{imported, put_in_force},
};

/// A person of a bank, another than the officer.
pub fn person(bank: u128, role: Role, number: u128) -> Caller {
    Caller {
        user: UserId::from_uuid(uuid::Uuid::from_u128(bank * 100 + number)),
        ..caller(bank, &format!("bank {bank}"), OrgKind::Bank, role)
    }
}

pub fn developer(bank: u128) -> Caller {
    person(bank, Role::ModelDeveloper, 1)
}

pub fn validator(bank: u128) -> Caller {
    person(bank, Role::ModelValidator, 2)
}

pub fn risk(bank: u128) -> Caller {
    person(bank, Role::RiskManager, 3)
}

/// A command under a key of its own.
pub async fn act(suite: &Suite, who: &Caller, path: &str, body: Value) -> (StatusCode, Value) {
    let request = Request::builder()
        .method(Method::POST)
        .uri(format!("{BASE}{path}"))
        .header(header::CONTENT_TYPE, "application/json")
        .header("idempotency-key", uuid::Uuid::new_v4().to_string())
        .body(Body::from(body.to_string()))
        .unwrap();
    let (status, bytes) = suite.send(who, request).await;
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

/// The same, which must succeed.
pub async fn done(suite: &Suite, who: &Caller, path: &str, body: Value) -> Value {
    let (status, answer) = act(suite, who, path, body).await;
    assert!(status.is_success(), "{path}: {status} {answer}");
    answer
}

fn report() -> Value {
    json!({ "tests": [{ "name": "回测", "result": "MAPE 18%", "passed": true }], "findings": "可用",
        "conditions": "每季回测", "document": "验字 3 号" })
}

/// A draft whose content is the platform's default with one figure changed.
pub async fn draft(suite: &Suite, bank: u128, pointer: &str, figure: Value) -> String {
    let made =
        done(suite, &developer(bank), "/models", json!({ "name": "本行版", "reason": "年度重估" })).await;
    let mut content = made["content"].clone();
    *content.pointer_mut(pointer).unwrap() = figure;
    let path = format!("/models/{}", text(&made, "id"));
    let body = json!({ "content": content, "row_version": made["row_version"] });
    done(suite, &developer(bank), &format!("{path}/content"), body).await;
    path
}

/// A draft on its way to being in use today.
pub async fn put_in_use(suite: &Suite, bank: u128, path: &str, role: &str) -> Value {
    done(suite, &developer(bank), &format!("{path}/submit"), json!({})).await;
    done(suite, &validator(bank), &format!("{path}/validate"), report()).await;
    done(suite, &risk(bank), &format!("{path}/approve"), json!({ "comment": "同意" })).await;
    let use_it = json!({ "scenario": "pledge", "role": role, "active_from": "2026-11-24" });
    done(suite, &risk(bank), &format!("{path}/activate"), use_it).await
}

pub async fn value(suite: &Suite, bank: u128, patent: &Value) -> Value {
    let body = json!({ "patent_id": patent["id"], "purpose": "pledge" });
    let (status, made) = suite.call(&officer(bank), Method::POST, "/valuations", Some(body)).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    made
}

pub fn money(value: &Value) -> Money {
    value.as_str().unwrap().parse().unwrap()
}

const COST: &str = "/parameters/liquidation/cost";

#[tokio::test(flavor = "multi_thread")]
async fn a_version_takes_three_people_and_then_values_and_every_older_valuation_can_still_be_made_again() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        let patent = suite.sound_patent().await;
        let before = value(&suite, 1, &patent).await;
        assert!(before["model_version_id"].is_null());
        let path = draft(&suite, 1, COST, json!(0.2)).await;
        for (who, step, body) in [
            (validator(1), "validate", report()),
            (risk(1), "approve", json!({})),
            (
                risk(1),
                "activate",
                json!({ "scenario": "pledge", "role": "champion", "active_from": "2026-11-24" }),
            ),
        ] {
            let (status, refused) = act(&suite, &who, &format!("{path}/{step}"), body).await;
            assert_eq!(
                (status, text(&refused, "type").ends_with("not-in-status")),
                (StatusCode::CONFLICT, true)
            );
        }
        let both = Caller { user: developer(1).user, ..validator(1) };
        done(&suite, &developer(1), &format!("{path}/submit"), json!({})).await;
        let (status, _) = act(&suite, &both, &format!("{path}/validate"), report()).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "nobody validates what they developed");
        done(&suite, &validator(1), &format!("{path}/return"), json!({ "reason": "请补充回测" })).await;
        let used = put_in_use(&suite, 1, &path, "champion").await;
        assert_eq!((text(&used, "status"), used["returned_reason"].is_null()), ("active", true));
        let after = value(&suite, 1, &patent).await;
        assert_eq!(after["model_version_id"], used["id"]);
        assert_eq!(after["content_hash"], used["content_hash"]);
        assert_eq!(after["value"]["value"], before["value"]["value"]);
        assert!(
            money(&after["collateral"]["collateral_value"])
                < money(&before["collateral"]["collateral_value"])
        );
        assert_eq!(
            value(&suite, 2, &patent).await["content_hash"],
            before["content_hash"],
            "another bank's is another's"
        );
        // A second champion supersedes the first, which is of no use any more.
        let second = draft(&suite, 1, COST, json!(0.3)).await;
        put_in_use(&suite, 1, &second, "champion").await;
        assert_eq!(text(&suite.get(&developer(1), &path).await, "status"), "retired");
        for made in [&before, &after] {
            let again =
                suite.get(&officer(1), &format!("/valuations/{}/reproduction", text(made, "id"))).await;
            assert_eq!((&again["identical"], &again["content_hash"]), (&json!(true), &made["content_hash"]));
        }
        let differs = suite.get(&developer(1), &format!("{second}/diff?against={}", text(&used, "id"))).await;
        let paths: Vec<&str> =
            differs["differences"].as_array().unwrap().iter().map(|one| text(one, "path")).collect();
        assert_eq!(paths, ["parameters.liquidation.cost"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenger_is_kept_beside_and_never_is_the_value() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        let patent = suite.sound_patent().await;
        let path = draft(&suite, 1, COST, json!(0.4)).await;
        put_in_use(&suite, 1, &path, "challenger").await;
        let made = value(&suite, 1, &patent).await;
        assert!(made["model_version_id"].is_null(), "the platform's default still is the champion");
        let beside = format!("/valuations/{}/challengers", text(&made, "id"));
        let found = suite.get(&validator(1), &beside).await;
        let challenger = &items(&found)[0];
        assert_eq!(challenger["value"], made["value"]["value"]);
        assert!(money(&challenger["collateral_value"]) < money(&made["collateral"]["collateral_value"]));
        assert_eq!(suite.call(&officer(1), Method::GET, &beside, None).await.0, StatusCode::FORBIDDEN);
        assert_eq!(suite.call(&validator(2), Method::GET, &beside, None).await.0, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_content_that_breaks_rules_is_told_by_field_and_not_handed_in() {
    on_each(async |suite| {
        let path = draft(&suite, 1, "/parameters/weights/real_option", json!(0.5)).await;
        let shown = suite.get(&developer(1), &path).await;
        assert_eq!(shown["problems"][0]["field"], "parameters.weights");
        let (status, refused) = act(&suite, &developer(1), &format!("{path}/submit"), json!({})).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused["errors"][0]["field"], "content.parameters.weights", "{refused}");
        let stale = json!({ "content": shown["content"], "row_version": 1 });
        let (status, _) = act(&suite, &developer(1), &format!("{path}/content"), stale).await;
        assert_eq!(status, StatusCode::PRECONDITION_FAILED);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_bank_sees_nothing_of_a_banks_models_and_the_regulator_compares_all() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        let patent = suite.sound_patent().await;
        let path = draft(&suite, 1, COST, json!(0.2)).await;
        let content = suite.get(&developer(1), &path).await["content"].clone();
        let changed = json!({ "content": content, "row_version": 2 });
        let reason = json!({ "reason": "试探" });
        let use_it = json!({ "scenario": "pledge", "role": "champion", "active_from": "2026-11-24" });
        for (who, step, body) in [
            (developer(2), "content", changed),
            (developer(2), "submit", json!({})),
            (developer(2), "discard", reason.clone()),
            (validator(2), "validate", report()),
            (validator(2), "return", reason.clone()),
            (risk(2), "approve", json!({})),
            (risk(2), "decline", reason.clone()),
            (risk(2), "activate", use_it),
            (risk(2), "retire", reason),
        ] {
            let (status, _) = act(&suite, &who, &format!("{path}/{step}"), body).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{step}");
        }
        for read in [path.clone(), format!("{path}/diff")] {
            assert_eq!(suite.call(&developer(2), Method::GET, &read, None).await.0, StatusCode::NOT_FOUND);
            suite.get(&examiner(), &read).await;
        }
        assert!(items(&suite.get(&developer(2), "/models").await).is_empty());
        assert_eq!(items(&suite.get(&examiner(), "/models").await).len(), 1);
        put_in_use(&suite, 1, &path, "champion").await;
        let (one, two) = (value(&suite, 1, &patent).await, value(&suite, 2, &patent).await);
        let compared = suite.get(&examiner(), "/models/comparison").await;
        let row = &items(&compared)[0];
        assert_eq!((items(&compared).len(), &row["patent_id"]), (1, &patent["id"]));
        let seen: Vec<&Value> =
            row["banks"].as_array().unwrap().iter().map(|bank| &bank["valuation_id"]).collect();
        assert!(seen.contains(&&one["id"]) && seen.contains(&&two["id"]), "{row}");
        let other = another_patent(&suite).await;
        value(&suite, 1, &other).await;
        assert_eq!(items(&suite.get(&examiner(), "/models/comparison").await).len(), 1, "one bank alone");
        value(&suite, 2, &other).await;
        let both = suite.get(&examiner(), "/models/comparison?sort=patent_number&limit=1").await;
        let rest = format!("/models/comparison?sort=patent_number&cursor={}", text(&both, "next_cursor"));
        let rest = suite.get(&examiner(), &rest).await;
        assert_eq!((items(&both).len(), items(&rest).len()), (1, 1));
        assert!(text(&items(&both)[0], "patent_number") < text(&items(&rest)[0], "patent_number"));
        let one_of = format!("/models/comparison?patent_id={}", text(&patent, "id"));
        assert_eq!(items(&suite.get(&examiner(), &one_of).await).as_slice(), std::slice::from_ref(row));
        let written = file(&suite, &examiner(), "/models/comparison/export").await;
        assert_eq!(written.lines().count(), 5, "a row for each bank of each patent: {written}");
        assert_eq!(
            suite.call(&risk(1), Method::GET, "/models/comparison", None).await.0,
            StatusCode::FORBIDDEN
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_royalty_rests_on_the_cited_row_of_the_statistics_and_can_be_made_again() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        let patent = suite.sound_patent().await;
        let rows = "行业代码,年份,许可合同数,提成率下限,提成率中位数,提成率上限\n全国,2025,8000,2%,3%,5%\n";
        let table = imported(&suite, "licence-statistics", rows).await;
        let (status, _) = put_in_force(&suite, "licence-statistics", &table, "2026-11-24").await;
        assert_eq!(status, StatusCode::OK);
        let made = value(&suite, 1, &patent).await;
        assert_eq!(text(&made["assumptions"]["royalty_rate"], "source"), "statistics");
        let methods = made["value"]["methods"].as_array().unwrap();
        let royalty = methods.iter().find(|one| one["method"] == "relief_from_royalty").unwrap();
        assert_eq!(text(&royalty["inputs"], "royalty_evidence"), "licence_statistics v2 #1 (total, 2025)");
        assert_eq!(
            (text(&royalty["inputs"], "royalty_low"), text(&royalty["inputs"], "royalty_high")),
            ("0.02", "0.05")
        );
        let again = format!("/valuations/{}/reproduction", text(&made, "id"));
        assert_eq!(suite.get(&officer(1), &again).await["identical"], true);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_discarded_by_its_developer_unless_it_was_handed_in_once() {
    on_each(async |suite| {
        let reason = json!({ "reason": "另起一版" });
        let path = draft(&suite, 1, COST, json!(0.2)).await;
        let other = Caller { user: validator(1).user, ..developer(1) };
        let (status, _) = act(&suite, &other, &format!("{path}/discard"), reason.clone()).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let gone = done(&suite, &developer(1), &format!("{path}/discard"), reason.clone()).await;
        assert_eq!((text(&gone, "status"), text(&gone, "retired_reason")), ("discarded", "另起一版"));
        let (status, _) = act(&suite, &developer(1), &format!("{path}/submit"), json!({})).await;
        assert_eq!(status, StatusCode::CONFLICT);
        let second = draft(&suite, 1, COST, json!(0.2)).await;
        done(&suite, &developer(1), &format!("{second}/submit"), json!({})).await;
        done(&suite, &validator(1), &format!("{second}/return"), reason.clone()).await;
        let (status, refused) = act(&suite, &developer(1), &format!("{second}/discard"), reason).await;
        assert_eq!(
            (status, text(&refused, "type").ends_with("model-was-submitted")),
            (StatusCode::CONFLICT, true)
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_change_that_developer_and_validator_call_immaterial_leaves_older_valuations_as_they_are() {
    on_each(async |suite| {
        let suite = suite.with_patents(60).await;
        let patent = suite.sound_patent().await;
        value(&suite, 1, &patent).await;
        let path = draft(&suite, 1, COST, json!(0.2)).await;
        let light = json!({ "material": false });
        let (status, refused) = act(&suite, &developer(1), &format!("{path}/submit"), light).await;
        assert_eq!(
            (status, text(&refused["errors"][0], "field")),
            (StatusCode::UNPROCESSABLE_ENTITY, "material_reason")
        );
        let light = json!({ "material": false, "material_reason": "只改了说明" });
        let handed_in = done(&suite, &developer(1), &format!("{path}/submit"), light).await;
        assert_eq!(handed_in["material"], false);
        let (status, refused) = act(&suite, &validator(1), &format!("{path}/validate"), report()).await;
        assert_eq!(
            (status, text(&refused["errors"][0], "field")),
            (StatusCode::UNPROCESSABLE_ENTITY, "material")
        );
        let mut agreed = report();
        agreed["material"] = json!(false);
        agreed["material_reason"] = json!("影响不足 1%");
        done(&suite, &validator(1), &format!("{path}/validate"), agreed).await;
        done(&suite, &risk(1), &format!("{path}/approve"), json!({})).await;
        let use_it = json!({ "scenario": "pledge", "role": "champion", "active_from": "2026-11-24" });
        done(&suite, &risk(1), &format!("{path}/activate"), use_it).await;
        valuation_svc::triggers::sweep(&suite.db).await.unwrap();
        assert_eq!(retired(&suite).await, 0, "an immaterial change asks for nothing");
        let second = draft(&suite, 1, COST, json!(0.3)).await;
        put_in_use(&suite, 1, &second, "champion").await;
        valuation_svc::triggers::sweep(&suite.db).await.unwrap();
        assert_eq!(retired(&suite).await, 1, "a material one does");
    })
    .await;
}

/// How many valuations wait because of their model.
async fn retired(suite: &Suite) -> usize {
    let due = suite.get(&officer(1), "/revaluation-triggers?limit=200").await;
    items(&due).iter().filter(|one| one["cause"] == "model_retired").count()
}

/// The champion that a bank values pledges with on a day, in days from 2026-11-24; `None` for the platform's default.
async fn champion(suite: &Suite, bank: u128, days: i64) -> Option<String> {
    let on = crate::bench::today() + chrono::TimeDelta::days(days);
    let bank = contracts::OrgId::from_uuid(uuid::Uuid::from_u128(bank));
    let of = (valuation_svc::scoring::model::Scenario::Pledge, on);
    let (champion, _) = valuation_svc::models::in_force(suite.db.read(), bank, of.0, of.1).await.unwrap();
    champion.version_id.map(|id| id.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_champion_before_is_in_use_until_the_day_on_which_the_next_one_begins() {
    on_each(async |suite| {
        let old = draft(&suite, 1, COST, json!(0.2)).await;
        let old_id = put_in_use(&suite, 1, &old, "champion").await["id"].as_str().map(ToOwned::to_owned);
        let new = draft(&suite, 1, COST, json!(0.3)).await;
        done(&suite, &developer(1), &format!("{new}/submit"), json!({})).await;
        done(&suite, &validator(1), &format!("{new}/validate"), report()).await;
        done(&suite, &risk(1), &format!("{new}/approve"), json!({})).await;
        let later = json!({ "scenario": "pledge", "role": "champion", "active_from": "2026-12-04" });
        let new_id = done(&suite, &risk(1), &format!("{new}/activate"), later).await["id"]
            .as_str()
            .map(ToOwned::to_owned);
        let of_day = |days| if days < 10 { &old_id } else { &new_id };
        for days in [0, 1, 9, 10, 11, 400] {
            assert_eq!(&champion(&suite, 1, days).await, of_day(days), "day {days}");
        }
        assert_eq!(valuation_svc::models::retire_superseded(&suite.db).await.unwrap(), 0);
        assert_eq!(text(&suite.get(&developer(1), &old).await, "status"), "active");
        let beside = json!({ "scenario": "pledge", "role": "challenger", "active_from": "2026-12-01" });
        let (status, refused) = act(&suite, &risk(1), &format!("{old}/activate"), beside).await;
        assert_eq!(
            (status, text(&refused["errors"][0], "field")),
            (StatusCode::UNPROCESSABLE_ENTITY, "active_from"),
            "no version is champion and challenger on one day"
        );
        suite.clock.set("2026-12-04T02:00:00Z".parse().unwrap());
        assert_eq!(valuation_svc::models::retire_superseded(&suite.db).await.unwrap(), 1);
        let before = suite.get(&developer(1), &old).await;
        assert_eq!(text(&before, "status"), "retired");
        assert!(text(&before, "retired_reason").ends_with("2026-12-04"), "{before}");
        assert_eq!(valuation_svc::models::retire_superseded(&suite.db).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_champion_that_is_taken_back_before_it_began_leaves_its_days_to_the_one_before() {
    on_each(async |suite| {
        let old = draft(&suite, 1, COST, json!(0.2)).await;
        let old_id = put_in_use(&suite, 1, &old, "champion").await["id"].as_str().map(ToOwned::to_owned);
        let new = draft(&suite, 1, COST, json!(0.3)).await;
        done(&suite, &developer(1), &format!("{new}/submit"), json!({})).await;
        done(&suite, &validator(1), &format!("{new}/validate"), report()).await;
        done(&suite, &risk(1), &format!("{new}/approve"), json!({})).await;
        let later = json!({ "scenario": "pledge", "role": "champion", "active_from": "2026-12-04" });
        done(&suite, &risk(1), &format!("{new}/activate"), later).await;
        done(&suite, &risk(1), &format!("{new}/retire"), json!({ "reason": "参数有误" })).await;
        for days in [0, 9, 10, 400] {
            assert_eq!(champion(&suite, 1, days).await, old_id, "day {days}");
        }
        assert_eq!(text(&suite.get(&developer(1), &old).await, "status"), "active");
        done(&suite, &risk(1), &format!("{old}/retire"), json!({ "reason": "改用平台默认" })).await;
        assert_eq!(champion(&suite, 1, 0).await, None, "the platform's default holds where a bank has none");
    })
    .await;
}
