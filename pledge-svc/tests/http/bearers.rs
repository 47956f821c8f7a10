//! Whoever bears a part of a loss reads what it rests on: the case with its collection, its papers, the pledges behind it,
//! and nothing else of the bank's.

use contracts::OrgKind;
use identity::{Caller, Role};
use serde_json::{Value, json};
use tx_kit::testing::Backend;

use super::{
    bench::{Bench, finance, officer, org},
    disposal::{case, done, lent, opened, paper, worthless},
    facility::pledged,
    fund::{manager, person},
    guarantees::insured,
};

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n";

/// Those who handle claims at the insurer that bears, and at another one.
fn handlers() -> [Caller; 2] {
    let of = |user, tenant| person(user, tenant, "理赔员", OrgKind::Insurer, &[Role::ClaimsHandler]);
    [of(6_001, 60), of(6_101, 61)]
}

fn other_manager() -> Caller {
    person(5_101, 51, "他基金管理员", OrgKind::Fund, &[Role::FundManager])
}

/// How many rows a list gives its reader.
async fn rows(bench: &Bench, who: &Caller, path: &str) -> usize {
    bench.get(who, path).await.expect(200)["items"].as_array().unwrap().len()
}

/// A case whose loss the fund and an insurer share, with a paper; the pledge behind it has one of the bank's own.
async fn shared(bench: &Bench) -> (String, Value, Value) {
    let loan = lent(bench).await;
    let id = opened(bench, &loan).await;
    let letter = json!({ "kind": "letter", "contact": "法定代表人", "note": "寄送催收函" });
    let risk = super::disposal::risk_manager();
    bench.post(&risk, &format!("/disposal-cases/{id}/actions"), letter).await.expect(201);
    let paper = paper(bench, &id, "court_paper").await;
    worthless(bench, &id).await;
    insured(bench, &loan, 1).await;
    let insurer = json!({ "bearer": "insurer", "party_id": org(60), "rank": 2, "share": "0.4" });
    done(bench, &id, json!({ "kind": "sharing", "interest": false, "also": [insurer] })).await;
    let facility = case(bench, &id).await["facility_id"].as_str().unwrap().to_owned();
    let pledges = bench.get(&officer(), &format!("/pledges?facility_id={facility}")).await.expect(200);
    (id, paper, pledges["items"][0].clone())
}

#[tokio::test]
async fn the_fund_and_the_insurer_read_the_case_that_they_bear_with_its_papers_pledges_and_collection() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let (id, paper, pledge) = shared(&bench).await;
        let pledge_id = pledge["id"].as_str().unwrap();
        // Of the pledge's papers, one is the bank's own.
        for (name, internal) in [("contract", "false"), ("opinion", "true")] {
            let path =
                format!("/pledges/{pledge_id}/documents?kind=other&file_name={name}.pdf&internal={internal}");
            bench.upload(&officer(), &path, "application/octet-stream", PDF.to_vec()).await.expect(201);
        }
        let [handler, _] = handlers();
        for who in [manager(1), handler] {
            let seen = bench.get(&who, &format!("/disposal-cases/{id}")).await.expect(200);
            assert_eq!(seen["actions"][0]["note"], "寄送催收函", "{}", who.name);
            assert_eq!(seen["proposals"], json!([]), "the bank's own house stays its own");
            assert_eq!(seen["claims"].as_array().unwrap().len(), 1, "the claim on its own house");
            let claim = seen["claims"][0]["id"].as_str().unwrap();
            bench.get(&who, &format!("/compensation-claims/{claim}")).await.expect(200);
            let papers = bench.get(&who, &format!("/disposal-cases/{id}/documents")).await.expect(200);
            assert!(papers["items"].as_array().unwrap().iter().any(|one| one["id"] == paper));
            let content = format!("/documents/{}/content", paper.as_str().unwrap());
            let (status, _, bytes) = bench.download(&who, &content).await;
            assert_eq!((status.as_u16(), bytes.is_empty()), (200, false));
            let shown = bench.get(&who, &format!("/pledges/{pledge_id}")).await.expect(200);
            assert_eq!(shown["number"], pledge["number"]);
            let papers = bench.get(&who, &format!("/pledges/{pledge_id}/documents")).await.expect(200);
            let names: Vec<&str> = papers["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["file_name"].as_str().unwrap())
                .collect();
            assert!(names.contains(&"contract.pdf") && !names.contains(&"opinion.pdf"), "{names:?}");
            // Reading is all they do.
            let path = format!("/disposal-cases/{id}/documents?kind=other&file_name=x.pdf");
            let sent = bench.upload(&who, &path, "application/octet-stream", PDF.to_vec()).await;
            sent.refused(403, "forbidden");
            bench
                .post(&who, &format!("/pledges/{pledge_id}/cancel"), json!({}))
                .await
                .refused(403, "forbidden");
        }
    }
}

#[tokio::test]
async fn another_fund_and_another_insurer_find_nothing_of_it() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let (id, paper, pledge) = shared(&bench).await;
        let [_, other_handler] = handlers();
        for stranger in [other_manager(), other_handler] {
            for path in [
                format!("/disposal-cases/{id}"),
                format!("/disposal-cases/{id}/documents"),
                format!("/documents/{}", paper.as_str().unwrap()),
                format!("/documents/{}/content", paper.as_str().unwrap()),
                format!("/pledges/{}", pledge["id"].as_str().unwrap()),
                format!("/pledges/{}/documents", pledge["id"].as_str().unwrap()),
            ] {
                bench.get(&stranger, &path).await.refused(404, "not-found");
            }
            for list in ["/disposal-cases", "/compensation-claims", "/documents", "/pledges"] {
                assert_eq!(rows(&bench, &stranger, list).await, 0, "{} {list}", stranger.name);
            }
        }
    }
}

#[tokio::test]
async fn before_anything_is_claimed_a_fund_reads_no_papers_of_the_line_it_covers() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        // Another line of the same borrower, of which nothing is ever claimed.
        let other = bench.facility().await;
        pledged(&bench, &other, &finance(), 7).await;
        let id = opened(&bench, &loan).await;
        paper(&bench, &id, "court_paper").await;
        bench.get(&manager(1), &format!("/disposal-cases/{id}")).await.refused(404, "not-found");
        for list in ["/documents", "/pledges"] {
            assert_eq!(rows(&bench, &manager(1), list).await, 0, "{list}");
        }
        worthless(&bench, &id).await;
        done(&bench, &id, json!({ "kind": "sharing", "interest": false })).await;
        let facility = case(&bench, &id).await["facility_id"].clone();
        let seen = bench.get(&manager(1), "/pledges").await.expect(200);
        let pledges = seen["items"].as_array().unwrap();
        assert_eq!(pledges.len(), 1, "the pledge of the other line stays out of reach");
        assert_eq!(pledges[0]["facility_id"], facility);
    }
}

#[tokio::test]
async fn a_fund_reads_the_loans_that_it_covers_and_no_other_fund_or_insurer_does() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let seen = bench.get(&manager(1), &format!("/loans/{loan}")).await.expect(200);
        assert_eq!(seen["id"], loan.as_str());
        for path in ["schedule", "movements", "tranches"] {
            bench.get(&manager(1), &format!("/loans/{loan}/{path}")).await.expect(200);
        }
        assert_eq!(rows(&bench, &manager(1), "/loans").await, 1);
        bench.get(&other_manager(), &format!("/loans/{loan}")).await.refused(404, "not-found");
        assert_eq!(rows(&bench, &other_manager(), "/loans").await, 0);
        let [handler, _] = handlers();
        bench.get(&handler, &format!("/loans/{loan}")).await.refused(403, "forbidden");
        let repayment = json!({ "amount": "1.00" });
        bench
            .post(&manager(1), &format!("/loans/{loan}/repayments"), repayment)
            .await
            .refused(403, "forbidden");
    }
}
