//! Files of patents.

use std::io::Cursor;

use axum::http::{Method, StatusCode};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use tx_kit::jobs;
use valuation_svc::{catalogue::generated::generated_patents, imports};

use crate::bench::{Suite, enterprise, items, officer, on_each, text, today};

const THREE_ROWS: &str = "公开(公告)号,标题,申请(专利权)人,申请日,IPC\n\
    CN110000001B,一种锂盐的制备方法,甲公司,2019-03-01,C01D15/08\n\
    CN110000002B,一种减速器,乙公司; 丙公司,2019-04-01,F16H57/021\n\
    ,没有号码的一行,甲公司,2019-05-01,C01D15/08\n";

#[tokio::test(flavor = "multi_thread")]
async fn an_uploaded_file_becomes_visible_all_at_once_and_again_changes_nothing() {
    on_each(async |suite| {
        let (status, import) = suite.upload(&officer(1), "专利.csv", THREE_ROWS.as_bytes()).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{import}");
        assert_eq!((text(&import, "state"), text(&import, "file_name")), ("queued", "专利.csv"));
        assert!(import["result"].is_null());
        let path = format!("/imports/{}", text(&import, "id"));
        jobs::step(&suite.db, &imports::ImportJob).await.unwrap();
        assert_eq!(suite.get(&officer(1), &path).await["state"], "running");
        assert!(items(&suite.get(&officer(1), "/patents").await).is_empty(), "nothing is half imported");
        while jobs::step(&suite.db, &imports::ImportJob).await.unwrap() {}
        let done = suite.get(&officer(1), &path).await;
        assert_eq!((text(&done, "state"), &done["percent"]), ("finished", &json!(100)));
        let counts = |done: &Value| {
            ["read", "imported", "updated", "unchanged", "rejected"]
                .map(|n| done["result"][n].as_i64().unwrap())
        };
        assert_eq!(counts(&done), [3, 2, 0, 0, 1]);
        assert_eq!(done["result"]["errors"][0]["line"], 4);
        assert!(done["result"]["errors"][0]["reason"]["zh"].is_string());
        let shown = suite.get(&officer(1), "/patents/by-number/CN110000002B").await;
        assert_eq!(shown["applicants"], json!(["乙公司", "丙公司"]));
        assert_eq!(shown["industry"], "mechanical_engineering");
        let (_, again) = suite.upload(&officer(1), "again.csv", THREE_ROWS.as_bytes()).await;
        while jobs::step(&suite.db, &imports::ImportJob).await.unwrap() {}
        let again = suite.get(&officer(1), &format!("/imports/{}", text(&again, "id"))).await;
        assert_eq!(counts(&again), [3, 0, 0, 2, 1]);
        assert_eq!(items(&suite.get(&officer(1), "/imports").await).len(), 2);
        assert!(items(&suite.get(&officer(2), "/imports").await).is_empty());
        assert_eq!(suite.call(&officer(2), Method::GET, &path, None).await.0, StatusCode::NOT_FOUND);
        assert_eq!(suite.call(&enterprise(), Method::GET, &path, None).await.0, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_changes_nothing_about_a_patent_that_belongs_to_another_organisation() {
    on_each(async |suite| {
        let owner = enterprise();
        let patents = generated_patents(5, 1, today(), &[(owner.tenant, "甲公司")]);
        suite.record(&patents).await;
        let number = patents[0].facts.publication_number.clone();
        let path = format!("/patents/by-number/{number}");
        let before = suite.get(&officer(1), &path).await;
        let file = format!("公开(公告)号,标题,申请(专利权)人\n{number},另一个标题,乙公司\n");
        let (status, import) = suite.upload(&officer(1), "a.csv", file.as_bytes()).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{import}");
        while jobs::step(&suite.db, &imports::ImportJob).await.unwrap() {}
        let done = suite.get(&officer(1), &format!("/imports/{}", text(&import, "id"))).await;
        assert_eq!(
            (&done["result"]["updated"], &done["result"]["rejected"]),
            (&json!(0), &json!(1)),
            "{done}"
        );
        assert_eq!(done["result"]["errors"][0]["reason"]["code"], "held_by_others");
        assert_eq!(suite.get(&officer(1), &path).await, before);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_table_is_refused_at_once() {
    on_each(async |suite| {
        let (status, problem) = suite.upload(&officer(1), "a.pdf", b"%PDF-1.7 ...").await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
        assert_eq!(problem["type"], "/problems/unreadable-file");
        assert!(items(&suite.get(&officer(1), "/imports").await).is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_from_the_command_line_counts_every_row() {
    on_each(async |suite| {
        let actor = officer(1).actor();
        let import = async || {
            let file = Cursor::new(THREE_ROWS.as_bytes());
            imports::import_file(&suite.db, ("a.csv", file), None, &actor, |_| {}).await.unwrap()
        };
        let first = import().await;
        assert_eq!((first.read, first.imported, first.rejected, first.errors.len()), (3, 2, 1, 1));
        let again = import().await;
        assert_eq!((again.imported, again.updated, again.unchanged), (0, 0, 2));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_export_of_thousands_of_rows_is_imported_whole_and_again_changes_nothing() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/patents/lens_drones_5884.csv");
    let Ok(bytes) = std::fs::read(file) else { return };
    let bytes = &bytes;
    on_each(async |suite| {
        let actor = officer(1).actor();
        let import = async || {
            let file = ("lens.csv", Cursor::new(bytes));
            imports::import_file(&suite.db, file, None, &actor, |_| {}).await.unwrap()
        };
        let first = import().await;
        assert_eq!(first.read, 5_884);
        assert_eq!(first.read, first.imported + first.updated + first.unchanged + first.rejected);
        assert!(first.imported > 5_000, "{first:?}");
        let again = import().await;
        assert_eq!((again.imported, again.updated), (0, 0));
        let found = suite.get(&officer(1), "/patents?q=drone&limit=5&legal_status=granted").await;
        let some = &items(&found)[0];
        let body = json!({ "patent_id": some["id"], "purpose": "pledge" });
        let (status, made) = suite.call(&officer(1), Method::POST, "/valuations", Some(body)).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
    })
    .await;
}

/// How many large files are kept until they are read.
async fn kept_files(suite: &Suite) -> usize {
    let kept = imports::kept::file::Entity::find()
        .filter(imports::kept::file::Column::Position.eq(0))
        .all(suite.db.read())
        .await;
    kept.unwrap().len()
}

/// Six hundred rows of sixteen kilobytes: more than is read while the sender waits.
fn large_file() -> Vec<u8> {
    let long = "一种方法".repeat(1_400);
    let mut text = "公开(公告)号,标题,申请(专利权)人,申请日,摘要\n".to_owned();
    for row in 0..600 {
        let number = if row % 100 == 99 { String::new() } else { format!("CN{}B", 110_000_000 + row) };
        text.push_str(&format!("{number},第{row}件,甲公司,2019-03-01,{long}\n"));
    }
    text.into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_file_is_read_row_by_row_and_goes_on_where_it_was_killed() {
    let file = large_file();
    assert!(file.len() > 8 * 1024 * 1024);
    let file = &file;
    on_each(async |suite| {
        let (status, import) = suite.upload(&officer(1), "大文件.csv", file).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{import}");
        assert_eq!(text(&import, "state"), "queued");
        let path = format!("/imports/{}", text(&import, "id"));
        let first = imports::StreamedImportJob::default();
        let half = loop {
            assert!(jobs::step(&suite.db, &first).await.unwrap());
            let view = suite.get(&officer(1), &path).await;
            if view["done"].as_i64().unwrap() > 0 {
                break view;
            }
        };
        assert_eq!((&half["done"], &half["total"], &half["percent"]), (&json!(500), &json!(600), &json!(83)));
        // Another worker knows nothing of what the first had read.
        let second = imports::StreamedImportJob::default();
        while jobs::step(&suite.db, &second).await.unwrap() {}
        let done = suite.get(&officer(1), &path).await;
        assert_eq!(text(&done, "state"), "finished", "{done}");
        let count = |name: &str| done["result"][name].as_i64().unwrap();
        assert_eq!([count("read"), count("imported"), count("rejected")], [600, 594, 6]);
        assert_eq!(done["result"]["errors"].as_array().unwrap().len(), 6);
        assert_eq!(done["result"]["errors"][0]["line"], 101);
        let request =
            axum::http::Request::get(format!("{}{path}/errors/export?format=csv", crate::bench::BASE))
                .body(axum::body::Body::empty())
                .unwrap();
        let (status, bytes) = suite.send(&officer(1), request).await;
        let lines = String::from_utf8(bytes).unwrap();
        assert_eq!((status, lines.lines().count()), (StatusCode::OK, 7), "{lines}");
        let elsewhere = suite.call(&officer(2), Method::GET, &format!("{path}/errors/export"), None).await;
        assert_eq!(elsewhere.0, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_file_that_cannot_be_read_says_why_and_changes_nothing() {
    on_each(async |suite| {
        let file = [b"name,amount\n".to_vec(), b"loan,3\n".repeat(1_300_000)].concat();
        let (status, import) = suite.upload(&officer(1), "a.csv", &file).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{import}");
        let job = imports::StreamedImportJob::default();
        while jobs::step(&suite.db, &job).await.unwrap() {}
        let done = suite.get(&officer(1), &format!("/imports/{}", text(&import, "id"))).await;
        assert_eq!(
            (text(&done, "state"), text(&done["failure"], "code")),
            ("failed", "unrecognised-headers")
        );
        assert!(items(&suite.get(&officer(1), "/patents").await).is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_was_killed_goes_on_where_it_stopped_when_it_is_given_the_same_file() {
    let rows: String =
        (0..1_700).map(|row| format!("CN{}B,第{row}件,甲公司,2019-03-01\n", 120_000_000 + row)).collect();
    let file = &format!("公开(公告)号,标题,申请(专利权)人,申请日\n{rows}");
    on_each(async |suite| {
        let actor = contracts::Actor::system();
        let dead = tokio::sync::Notify::new();
        let dies = imports::import_file(&suite.db, ("a.csv", Cursor::new(file)), None, &actor, |stage| {
            assert!(!stage.resumed);
            if stage.done > 0 {
                dead.notify_one();
            }
        });
        tokio::select! {
            biased;
            () = dead.notified() => {}
            _ = dies => panic!("it was to die after its first rows"),
        }
        let status = async |row: u32| {
            let path = format!("/patents/by-number/CN{}B", 120_000_000 + row);
            suite.call(&officer(1), Method::GET, &path, None).await.0
        };
        assert_eq!((status(0).await, status(1_699).await), (StatusCode::OK, StatusCode::NOT_FOUND));
        // What the dead command held is free once its lease has run out.
        suite.clock.set(suite.db.clock().now() + chrono::TimeDelta::minutes(1));
        let mut first = None;
        let again = imports::import_file(&suite.db, ("a.csv", Cursor::new(file)), None, &actor, |stage| {
            first.get_or_insert((stage.resumed, stage.done));
        });
        let result = again.await.unwrap();
        let (resumed, from) = first.unwrap();
        assert!(resumed && from >= 500, "it went on from {from}");
        assert_eq!((result.read, result.imported, result.unchanged), (1_700, 1_700, 0), "{result:?}");
        assert_eq!(status(1_699).await, StatusCode::OK);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_whose_answer_was_lost_is_sent_again_under_its_key_and_is_there_once() {
    let large = &large_file();
    on_each(async |suite| {
        let files = async || kept_files(&suite).await;
        for (key, file, kept) in [("small", THREE_ROWS.as_bytes(), 0), ("large", large.as_slice(), 1)] {
            let send = async |who: u128, name: &str, bytes: &[u8]| {
                suite.upload_under(Some(key), &officer(who), name, bytes).await
            };
            let before = items(&suite.get(&officer(1), "/imports").await).len();
            let (status, first) = send(1, "a.csv", file).await;
            assert_eq!(status, StatusCode::ACCEPTED, "{first}");
            for _ in 0..2 {
                let (status, again) = send(1, "a.csv", file).await;
                assert_eq!((status, &again["id"]), (StatusCode::ACCEPTED, &first["id"]), "{again}");
            }
            assert_eq!(items(&suite.get(&officer(1), "/imports").await).len(), before + 1);
            // Another file, and the same file by another name, are other requests; another bank's key is its own.
            for (name, bytes) in [("a.csv", &file[..file.len() - 1]), ("b.csv", file)] {
                let (status, refused) = send(1, name, bytes).await;
                assert_eq!(
                    (status, text(&refused, "type")),
                    (StatusCode::UNPROCESSABLE_ENTITY, "/problems/idempotency-key-reused"),
                    "{refused}"
                );
            }
            assert_eq!(files().await, kept, "what begins nothing is not kept");
            let (status, others) = send(2, "a.csv", file).await;
            assert_eq!(status, StatusCode::ACCEPTED, "{others}");
            assert_ne!(others["id"], first["id"]);
            while jobs::step(&suite.db, &imports::ImportJob).await.unwrap() {}
            let job = imports::StreamedImportJob::default();
            while jobs::step(&suite.db, &job).await.unwrap() {}
            let (_, done) = send(1, "a.csv", file).await;
            assert_eq!((text(&done, "state"), &done["id"]), ("finished", &first["id"]), "{done}");
            assert_eq!(files().await, 0);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_large_files_sent_under_one_key_at_the_same_moment_the_refused_one_is_not_kept() {
    let (one, other) = (large_file(), [large_file(), b"\n".to_vec()].concat());
    let (one, other) = (one.as_slice(), other.as_slice());
    on_each(async |suite| {
        let send =
            async |bytes: &[u8]| suite.upload_under(Some("twins"), &officer(1), "a.csv", bytes).await.0;
        let (first, second) = tokio::join!(send(one), send(other));
        let mut answers = [first, second];
        answers.sort_unstable();
        assert_eq!(answers, [StatusCode::ACCEPTED, StatusCode::UNPROCESSABLE_ENTITY]);
        assert_eq!(kept_files(&suite).await, 1, "that of the one that was begun");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_what_became_of_an_upload_is_answered_while_the_queue_is_full() {
    on_each(async |suite| {
        for number in 0..10 {
            let (status, import) = suite
                .upload_under(Some(&format!("k-{number}")), &officer(1), "a.csv", THREE_ROWS.as_bytes())
                .await;
            assert_eq!(status, StatusCode::ACCEPTED, "{import}");
        }
        let (status, refused) =
            suite.upload_under(Some("k-10"), &officer(1), "a.csv", THREE_ROWS.as_bytes()).await;
        assert_eq!(
            (status, text(&refused, "type")),
            (StatusCode::TOO_MANY_REQUESTS, "/problems/too-many-imports")
        );
        let (status, again) =
            suite.upload_under(Some("k-9"), &officer(1), "a.csv", THREE_ROWS.as_bytes()).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{again}");
    })
    .await;
}
