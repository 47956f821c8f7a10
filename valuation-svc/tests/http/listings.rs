//! Lists: their orders, their pages, their files, and what bulk changes leave in the audit trail.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use crate::{
    bench::{BASE, Suite, items, officer, on_each, text},
    reference::{admin, imported},
    stocktake::{done, office, opened, work},
    timeline::{id_of, invention, made, transfer_office},
    triggers::{approved, only_aged},
};

/// What the audit trail says of things of a kind, in no order.
async fn trail(suite: &Suite, subject: &str, action: &str) -> Vec<Value> {
    let conn = suite.db.read();
    let sql =
        format!("SELECT details AS text FROM audit WHERE subject = '{subject}' AND action = '{action}'");
    let rows = conn.query_all_raw(Statement::from_string(conn.get_database_backend(), sql)).await.unwrap();
    rows.iter()
        .map(|row| serde_json::from_str(&row.try_get::<String>("", "text").unwrap()).unwrap())
        .collect()
}

async fn lines_of(suite: &Suite, path: &str, who: &identity::Caller) -> Vec<String> {
    let request = Request::get(format!("{BASE}{path}")).body(Body::empty()).unwrap();
    let (status, bytes) = suite.send(who, request).await;
    assert_eq!(status, StatusCode::OK, "{path}");
    let file = String::from_utf8(bytes).unwrap();
    file.trim_start_matches('\u{feff}').lines().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_item_that_a_bulk_edit_changed_can_be_told_from_the_trail_as_it_was_and_as_it_is() {
    on_each(async |suite| {
        let campaign = opened(&suite).await;
        let at = |rest: &str| format!("/stocktakes/{campaign}/{rest}");
        done(&suite, &office(), &at("bundles"), json!({ "name": "锂盐制备" })).await;
        let listed = suite.get(&office(), &format!("/stocktake-items?campaign_id={campaign}")).await;
        let seen: Vec<Value> = items(&listed).iter().map(|item| json!({ "id": item["id"] })).collect();
        assert_eq!(seen.len(), 2);
        let first = json!({ "items": seen, "add_labels": ["锂电"], "bundle": 1 });
        done(&suite, &office(), &at("edit"), first).await;
        let second = json!({ "items": seen, "remove_labels": ["锂电"], "unbundle": true });
        done(&suite, &office(), &at("edit"), second).await;
        let edits = trail(&suite, "stocktake_item", "stocktake.edit").await;
        assert_eq!(edits.len(), 4, "{edits:?}");
        let (labelled, bundled) =
            (json!({ "before": [], "after": ["锂电"] }), json!({ "before": null, "after": 1 }));
        let undone = (json!({ "before": ["锂电"], "after": [] }), json!({ "before": 1, "after": null }));
        for (labels, bundle) in [(labelled, bundled), undone] {
            let such =
                |line: &&Value| line["changed"]["labels"] == labels && line["changed"]["bundle"] == bundle;
            assert_eq!(edits.iter().filter(such).count(), 2, "{labels}: {edits:?}");
        }
        assert_eq!(
            trail(&suite, "stocktake", "stocktake.edit").await.len(),
            2,
            "and one line for each command"
        );

        let to = json!({ "items": seen, "college": "药学院", "inventor_name": "赵六" });
        done(&suite, &office(), &at("assign"), to).await;
        let rules = json!({ "rules": [{ "ipc": "A61K", "college": "材料学院", "inventor_name": "孙七" }] });
        done(&suite, &office(), &at("assign-by-rules"), rules).await;
        work(&suite).await;
        let given = trail(&suite, "stocktake_item", "stocktake.assign").await;
        assert_eq!(given.len(), 3, "two by name, one by a rule: {given:?}");
        let by_rule = given.iter().find(|line| line["changed"]["college"]["before"] == "药学院").unwrap();
        assert_eq!(by_rule["changed"]["college"]["after"], "材料学院");
        assert_eq!(by_rule["changed"]["inventor_name"], json!({ "before": "赵六", "after": "孙七" }));

        let later = json!({ "deadline": "2027-01-31", "reason": "学院补报" });
        done(&suite, &office(), &at("extend"), later).await;
        let moved = trail(&suite, "stocktake", "stocktake.extend").await;
        assert_eq!(moved.len(), 2);
        let which = moved.iter().find(|line| line["items"].is_array()).unwrap();
        assert_eq!(which["changed"]["due_on"], json!({ "before": "2026-12-31", "after": "2027-01-31" }));
        assert_eq!(which["items"].as_array().unwrap().len(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patent_that_a_file_changes_keeps_what_it_said_before_in_the_trail() {
    on_each(async |suite| {
        let suite = suite.with_patents(3).await;
        let patents = valuation_svc::catalogue::generated::generated_patents(
            11,
            3,
            crate::bench::today(),
            &[(crate::bench::enterprise().tenant, "enterprise")],
        );
        let mut changed = patents[0].clone();
        changed.facts.title = "另一个名称".to_owned();
        suite.record(&[changed, patents[1].clone()]).await;
        let lines = trail(&suite, "patent", "patent.record").await;
        assert_eq!(lines.len(), 1, "one patent changed: {lines:?}");
        let title = json!({ "before": patents[0].facts.title, "after": "另一个名称" });
        assert_eq!(lines[0]["changed"]["facts.title"], title, "{}", lines[0]);
        let new = trail(&suite, "catalogue", "patent.record").await;
        let new: Vec<&Value> = new.iter().filter_map(|line| line["new"].as_array()).flatten().collect();
        assert_eq!(new.len(), 3, "and which were new stands there too");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn items_sort_by_what_has_an_index_and_bundles_come_in_pages_and_as_a_file() {
    on_each(async |suite| {
        let campaign = opened(&suite).await;
        let numbers = async |query: &str| {
            let listed = suite.get(&office(), &format!("/stocktake-items?{query}")).await;
            items(&listed).iter().map(|item| text(item, "patent_number").to_owned()).collect::<Vec<_>>()
        };
        let within = format!("campaign_id={campaign}");
        for sort in ["number", "due_on", "updated_at", "state", "college", "grade"] {
            let up = numbers(&format!("{within}&sort={sort}")).await;
            let mut down = numbers(&format!("{within}&sort=-{sort}")).await;
            down.reverse();
            assert_eq!((up.len(), &up), (2, &down), "{sort}");
        }
        for sort in ["number", "-due_on", "updated_at"] {
            assert_eq!(numbers(&format!("sort={sort}")).await.len(), 2, "{sort}");
        }
        let (status, refused) =
            suite.call(&office(), Method::GET, "/stocktake-items?sort=college", None).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{refused}");

        for number in 1..=5 {
            let name = format!("第{number}包");
            done(&suite, &office(), &format!("/stocktakes/{campaign}/bundles"), json!({ "name": name }))
                .await;
        }
        let (mut found, mut next) = (Vec::new(), String::new());
        loop {
            let page = suite.get(&office(), &format!("/stocktakes/{campaign}/bundles?limit=2{next}")).await;
            assert!(items(&page).len() <= 2);
            found.extend(items(&page).iter().map(|one| one["number"].as_i64().unwrap()));
            match page["next_cursor"].as_str() {
                Some(cursor) => next = format!("&cursor={cursor}"),
                None => break,
            }
        }
        assert_eq!(found, [1, 2, 3, 4, 5]);
        let file =
            lines_of(&suite, &format!("/stocktakes/{campaign}/bundles/export?format=csv"), &office()).await;
        assert_eq!(file.len(), 6, "{file:?}");
        assert_eq!(lines_of(&suite, "/stocktakes/export?format=csv", &office()).await.len(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patents_timeline_is_a_file_in_words() {
    on_each(async |suite| {
        suite.record(&[invention("CN110000001B")]).await;
        let path = format!("/patents/{}/timeline", id_of(&suite, "CN110000001B").await);
        let entry = json!({ "what": { "kind": "awarded", "award": "china_patent_award", "year": 2024 },
            "happened_on": "2024-06-01", "source": "=国家知识产权局公告" });
        made(&suite, &transfer_office(), &path, entry).await;
        let file = lines_of(&suite, &format!("{path}/export?format=csv"), &officer(1)).await;
        let line = file.iter().find(|line| line.contains("中国专利奖")).unwrap();
        assert!(line.contains("获奖") && line.contains("年度：2024"), "{line}");
        assert!(line.contains("'=国家知识产权局公告"), "no value is a formula: {line}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_and_citations_are_had_as_files_by_whoever_sees_their_lists() {
    on_each(async |suite| {
        let rules = only_aged(&suite, "12").await;
        approved(&suite, rules, "2026-12-25").await;
        let path = "/revaluation-triggers/rules/versions/export";
        let own = lines_of(&suite, path, &officer(1)).await;
        assert!(own.len() == 2 && own[0].starts_with("机构,版本,状态"), "{own:?}");
        assert!(
            own[1].contains("已批准") && own[1].contains("2026-12-25") && own[1].contains("评估已久"),
            "{own:?}"
        );
        assert!(!own[1].contains("权利转移"), "causes that ask for nothing are left out");
        assert_eq!(lines_of(&suite, path, &officer(2)).await.len(), 1, "another bank's rules are its own");

        let path = "/reference/market-index/versions/export";
        let draft = imported(&suite, "market-index", "行业代码,月份,指数\n全国,2026-01,100\n").await;
        let seen = lines_of(&suite, path, &admin()).await;
        assert!(seen[1].contains("草稿") && seen[1].contains(text(&draft, "file_name")), "{seen:?}");
        let theirs = lines_of(&suite, path, &officer(1)).await;
        assert!(theirs.iter().all(|line| !line.contains("草稿")), "{theirs:?}");
        let (status, _) =
            suite.call(&officer(1), Method::GET, "/reference/nothing/versions/export", None).await;
        assert_eq!(status, StatusCode::NOT_FOUND);

        suite.record(&[invention("CN110000001B")]).await;
        let cited = id_of(&suite, "CN110000001B").await;
        let told = json!({ "source": "检索报告", "citations": [
            { "kind": "backward_patent", "reference": "CN110000009B", "cited_on": "2020-01-02" }] });
        made(&suite, &transfer_office(), &format!("/patents/{cited}/citations"), told).await;
        let file = format!("/patents/{cited}/citations/export");
        let lines = lines_of(&suite, &file, &officer(1)).await;
        assert!(lines.len() == 2 && lines[1].starts_with("引证专利,CN110000009B,2020-01-02"), "{lines:?}");
        assert_eq!(lines_of(&suite, &format!("{file}?kind=forward"), &officer(1)).await.len(), 1);
    })
    .await;
}
