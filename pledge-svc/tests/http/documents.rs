//! Documents over the router: what is taken, who sees it, what a scanner finds, what is never lost.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use axum::http::header;
use contracts::{Clock, OrgKind};
use identity::{Caller, Role};
use pledge_svc::{Outside, documents::scanner::Clamd};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tx_kit::{Isolation, testing::Backend};

use crate::{
    bench::{Answer, Bench, approver, examiner, finance, officer, operations, other_finance, other_officer},
    facility::{draw, pledged},
    fund::person,
    registration::{Approved, step},
};

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

/// An application of the enterprise; gives its id.
async fn applied(bench: &Bench) -> String {
    let facility = bench.facility().await;
    let patent = bench.patent(1, &finance(), json!({}));
    let body = json!({"facility_id": facility, "amount": "1000000.00", "tenor_months": 12, "purpose": "采购原料",
        "patent_ids": [patent]});
    let made = bench.post(&finance(), "/applications", body).await.expect(201);
    made["id"].as_str().unwrap().to_owned()
}

/// A form with a file and what is said about it.
fn form(file_name: &str, file_type: &str, bytes: &[u8], fields: &[(&str, &str)]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(
            format!("--b0\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
        );
    }
    body.extend(
        format!(
            "--b0\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{file_name}\"\r\n\
             Content-Type: {file_type}\r\n\r\n"
        )
        .bytes(),
    );
    body.extend_from_slice(bytes);
    body.extend(b"\r\n--b0--\r\n");
    ("multipart/form-data; boundary=b0".to_owned(), body)
}

async fn attach(
    bench: &Bench,
    who: &Caller,
    application: &str,
    kind: &str,
    name: &str,
    bytes: &[u8],
) -> Answer {
    let media = if name.ends_with(".png") { "image/png" } else { "application/pdf" };
    let (content_type, body) = form(name, media, bytes, &[("kind", kind), ("note", "首次提交")]);
    bench.upload(who, &format!("/applications/{application}/documents"), &content_type, body).await
}

#[tokio::test]
async fn what_was_attached_comes_back_byte_for_byte_as_a_file_to_keep() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let id = applied(&bench).await;
        // More than one chunk of content, and more than one megabyte.
        let mut bytes = PDF.to_vec();
        bytes.resize(2_500_000, b'x');
        let made =
            attach(&bench, &finance(), &id, "business_licence", "营业执照.pdf", &bytes).await.expect(201);
        assert_eq!(
            (&made["scan"], &made["version"], &made["latest"]),
            (&json!("not_scanned"), &json!(1), &json!(true))
        );
        assert_eq!(made["bytes"], 2_500_000);
        let path = format!("/documents/{}/content", made["id"].as_str().unwrap());
        let (status, headers, content) = bench.download(&officer(), &path).await;
        assert_eq!(status.as_u16(), 200);
        assert_eq!(content, bytes);
        assert_eq!(headers[header::CONTENT_TYPE], "application/pdf");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        let disposition = headers[header::CONTENT_DISPOSITION].to_str().unwrap();
        assert!(
            disposition.starts_with("attachment; filename=\"____.pdf\"; filename*=UTF-8''%E8%90%A5"),
            "{disposition}"
        );
    }
}

#[tokio::test]
async fn a_file_that_is_the_body_itself_is_taken_with_what_its_query_says() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let id = applied(&bench).await;
        let path = format!("/applications/{id}/documents?kind=tax_certificate&file_name=tax.png");
        let made =
            bench.upload(&finance(), &path, "application/octet-stream", PNG.to_vec()).await.expect(201);
        assert_eq!((&made["kind"], &made["media_type"]), (&json!("tax_certificate"), &json!("image/png")));
        let wrong = bench.upload(&finance(), &path, "application/pdf", PNG.to_vec()).await;
        assert_eq!(wrong.refused(422, "file-type-mismatch")["said"], "application/pdf");
        let unnamed = format!("/applications/{id}/documents?kind=Tax");
        let refused = bench.upload(&finance(), &unnamed, "image/png", PNG.to_vec()).await;
        let fields: Vec<Value> = refused.refused(422, "invalid-request")["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["field"].clone())
            .collect();
        assert_eq!(fields, ["kind", "file_name"]);
    }
}

#[tokio::test]
async fn what_is_no_document_is_refused_and_nothing_is_kept() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let id = applied(&bench).await;
        for (name, bytes, status, slug) in [
            ("a.pdf", b"MZ\x90\0\x03".as_slice(), 422, "file-type-not-taken"),
            ("a.pdf", b"<html>".as_slice(), 422, "file-type-not-taken"),
            ("a.png", PDF, 422, "file-type-mismatch"),
            ("a.pdf", b"".as_slice(), 422, "invalid-request"),
        ] {
            attach(&bench, &finance(), &id, "other_paper", name, bytes).await.refused(status, slug);
        }
        let mut large = PDF.to_vec();
        large.resize(20 * 1024 * 1024 + 1, 0);
        attach(&bench, &finance(), &id, "other_paper", "a.pdf", &large)
            .await
            .refused(413, "payload-too-large");
        let broken = b"--b0\r\nContent-Disposition: form-data; name=\"file\"".to_vec();
        let path = format!("/applications/{id}/documents");
        bench
            .upload(&finance(), &path, "multipart/form-data; boundary=b0", broken)
            .await
            .refused(422, "unreadable-form");
        assert_eq!(bench.get(&officer(), &path).await.expect(200)["items"], json!([]));
    }
}

#[tokio::test]
async fn documents_are_seen_by_the_parties_and_the_regulator_and_the_banks_own_by_the_bank() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let id = applied(&bench).await;
        let theirs = attach(&bench, &finance(), &id, "business_licence", "a.pdf", PDF).await.expect(201);
        let (content_type, body) =
            form("opinion.pdf", "application/pdf", PDF, &[("kind", "risk_opinion"), ("internal", "true")]);
        let path = format!("/applications/{id}/documents");
        let own = bench.upload(&officer(), &path, &content_type, body.clone()).await.expect(201);
        bench.upload(&finance(), &path, &content_type, body.clone()).await.refused(422, "invalid-request");
        bench.upload(&approver(), &path, &content_type, body).await.refused(403, "forbidden");
        let seen = async |who: &Caller| {
            let list = bench.get(who, "/documents").await.expect(200);
            list["items"].as_array().unwrap().len()
        };
        for (who, count) in
            [(officer(), 2), (finance(), 1), (examiner(), 2), (other_officer(), 0), (other_finance(), 0)]
        {
            assert_eq!(seen(&who).await, count, "{}", who.name);
        }
        let content = |document: &Value| format!("/documents/{}/content", document["id"].as_str().unwrap());
        for (who, document, status) in [
            (finance(), &theirs, 200),
            (operations(), &theirs, 200),
            (examiner(), &own, 200),
            (finance(), &own, 404),
            (other_officer(), &theirs, 404),
            (other_finance(), &theirs, 404),
        ] {
            let (answer, _, _) = bench.download(&who, &content(document)).await;
            assert_eq!(answer.as_u16(), status, "{}", who.name);
        }
        bench.get(&other_officer(), &path).await.refused(404, "not-found");
        let looks = bench.texts("SELECT details AS text FROM audit WHERE action = 'regulator.look'").await;
        assert!(looks.iter().any(|look| look.contains("/content")), "{looks:?}");
        let file = bench.get(&officer(), "/documents/export?format=csv").await.expect(200);
        assert_eq!(file.as_str().unwrap().lines().count(), 3);
    }
}

#[tokio::test]
async fn a_new_version_takes_the_place_of_the_latest_and_the_earlier_one_stays() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let id = applied(&bench).await;
        let first = attach(&bench, &finance(), &id, "business_licence", "a.pdf", PDF).await.expect(201);
        let versions = format!("/documents/{}/versions", first["id"].as_str().unwrap());
        let (content_type, body) = form("b.png", "image/png", PNG, &[]);
        bench
            .upload(&officer(), &versions, &content_type, body.clone())
            .await
            .refused(403, "not-your-document");
        let second = bench.upload(&finance(), &versions, &content_type, body.clone()).await.expect(201);
        assert_eq!(
            (&second["version"], &second["replaces"], &second["kind"]),
            (&json!(2), &first["id"], &json!("business_licence"))
        );
        bench.upload(&finance(), &versions, &content_type, body).await.refused(409, "document-superseded");
        let list = bench.get(&officer(), &format!("/applications/{id}/documents")).await.expect(200);
        let latest: Vec<(Value, Value)> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["version"].clone(), one["latest"].clone()))
            .collect();
        assert_eq!(latest, [(json!(1), json!(false)), (json!(2), json!(true))]);
        let (status, _, content) = bench
            .download(&officer(), &format!("/documents/{}/content", first["id"].as_str().unwrap()))
            .await;
        assert_eq!((status.as_u16(), content.as_slice()), (200, PDF), "what was there can still be shown");
    }
}

#[tokio::test]
async fn content_that_was_changed_in_the_database_is_never_handed_out() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let id = applied(&bench).await;
        let made = attach(&bench, &finance(), &id, "business_licence", "a.pdf", PDF).await.expect(201);
        let forged = if bench.db.is_postgres() { "'forged'::bytea" } else { "CAST('forged' AS BLOB)" };
        let forge = format!("UPDATE document_content SET content = {forged}");
        bench.db.migrator().execute_unprepared(&forge).await.unwrap();
        let path = format!("/documents/{}/content", made["id"].as_str().unwrap());
        let (status, _, _) = bench.download(&officer(), &path).await;
        assert_eq!(status.as_u16(), 500);
    }
}

/// A clamd that says what it is told to: 0 clean, 1 infected, 2 hangs up, 3 takes the connection and stays mute.
async fn fake_clamd() -> (String, Arc<AtomicU8>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let mood = Arc::new(AtomicU8::new(0));
    let told = Arc::clone(&mood);
    tokio::spawn(async move {
        let mut held = Vec::new();
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mood = told.load(Ordering::SeqCst);
            if mood == 2 {
                continue;
            }
            if mood == 3 {
                held.push(stream);
                continue;
            }
            let mut command = [0_u8; 10];
            stream.read_exact(&mut command).await.unwrap();
            loop {
                let length = stream.read_u32().await.unwrap();
                if length == 0 {
                    break;
                }
                let mut chunk = vec![0_u8; usize::try_from(length).unwrap()];
                stream.read_exact(&mut chunk).await.unwrap();
            }
            let line: &[u8] = if mood == 1 { b"stream: Test-Virus FOUND\0" } else { b"stream: OK\0" };
            stream.write_all(line).await.unwrap();
        }
    });
    (address, mood)
}

async fn scanned_bench(backend: Backend, address: &str) -> Bench {
    let outside =
        |_: &Arc<dyn Clock>| Outside { clamd_address: Some(address.to_owned()), ..Outside::default() };
    Bench::with_outside(backend, Isolation::default(), 1, outside).await.remove(0)
}

#[tokio::test]
async fn a_clean_file_is_kept_and_one_with_a_virus_is_refused_and_noted() {
    for backend in Backend::available().unwrap() {
        let (address, mood) = fake_clamd().await;
        let bench = scanned_bench(backend, &address).await;
        let id = applied(&bench).await;
        let made = attach(&bench, &finance(), &id, "business_licence", "a.pdf", PDF).await.expect(201);
        assert_eq!((&made["scan"], &made["scanner"]), (&json!("clean"), &json!("clamd")));
        mood.store(1, Ordering::SeqCst);
        let refused = attach(&bench, &finance(), &id, "tax_certificate", "b.pdf", PDF).await;
        assert_eq!(refused.refused(422, "file-infected")["signature"], "Test-Virus");
        let list = bench.get(&officer(), &format!("/applications/{id}/documents")).await.expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
        let noted = bench.texts("SELECT details AS text FROM audit WHERE action = 'document.infected'").await;
        assert!(noted.len() == 1 && noted[0].contains("Test-Virus"), "{noted:?}");
    }
}

#[tokio::test]
async fn while_the_scanner_is_down_files_wait_in_quarantine_and_are_scanned_again() {
    for backend in Backend::available().unwrap() {
        let (address, mood) = fake_clamd().await;
        let bench = scanned_bench(backend, &address).await;
        let id = applied(&bench).await;
        mood.store(2, Ordering::SeqCst);
        let mut paths = Vec::new();
        for name in ["a.pdf", "b.pdf"] {
            let made = attach(&bench, &finance(), &id, "business_licence", name, PDF).await.expect(201);
            assert_eq!(made["scan"], "quarantined");
            paths.push(format!("/documents/{}", made["id"].as_str().unwrap()));
        }
        let (status, _, _) = bench.download(&officer(), &format!("{}/content", paths[0])).await;
        assert_eq!(status.as_u16(), 409);
        let waiting = bench.get(&officer(), "/documents?scan=quarantined").await.expect(200);
        assert_eq!(waiting["items"].as_array().unwrap().len(), 2);
        let scanner = Clamd::at(&address);
        let again = || pledge_svc::documents::scan_waiting(&bench.db, &scanner);
        assert_eq!(again().await.unwrap(), 0, "nothing leaves the quarantine while nobody looks");
        mood.store(0, Ordering::SeqCst);
        assert_eq!(again().await.unwrap(), 2);
        assert_eq!(again().await.unwrap(), 0);
        let (status, _, content) = bench.download(&officer(), &format!("{}/content", paths[0])).await;
        assert_eq!((status.as_u16(), content.as_slice()), (200, PDF));
        assert_eq!(bench.get(&officer(), &paths[1]).await.expect(200)["scan"], "clean");
    }
}

#[tokio::test]
async fn a_scanner_that_takes_the_file_and_stays_mute_does_not_hold_the_upload() {
    for backend in Backend::available().unwrap() {
        let (address, mood) = fake_clamd().await;
        let bench = scanned_bench(backend, &address).await;
        let id = applied(&bench).await;
        mood.store(3, Ordering::SeqCst);
        let sender = finance();
        let upload = attach(&bench, &sender, &id, "business_licence", "a.pdf", PDF);
        let made = tokio::time::timeout(std::time::Duration::from_secs(10), upload).await;
        let made = made.expect("the upload answers while the scan goes on").expect(201);
        assert_eq!(made["scan"], "quarantined");
        let content = format!("/documents/{}/content", made["id"].as_str().unwrap());
        assert_eq!(bench.download(&officer(), &content).await.0.as_u16(), 409);
        mood.store(0, Ordering::SeqCst);
        assert_eq!(pledge_svc::documents::scan_waiting(&bench.db, &Clamd::at(&address)).await.unwrap(), 1);
        assert_eq!(bench.download(&officer(), &content).await.0.as_u16(), 200);
    }
}

#[tokio::test]
async fn a_virus_that_is_found_later_closes_the_document_for_good() {
    for backend in Backend::available().unwrap() {
        let (address, mood) = fake_clamd().await;
        let bench = scanned_bench(backend, &address).await;
        let id = applied(&bench).await;
        mood.store(2, Ordering::SeqCst);
        let made = attach(&bench, &finance(), &id, "business_licence", "a.pdf", PDF).await.expect(201);
        mood.store(1, Ordering::SeqCst);
        assert_eq!(pledge_svc::documents::scan_waiting(&bench.db, &Clamd::at(&address)).await.unwrap(), 1);
        let path = format!("/documents/{}", made["id"].as_str().unwrap());
        let seen = bench.get(&officer(), &path).await.expect(200);
        assert_eq!((&seen["scan"], &seen["found"]), (&json!("infected"), &json!("Test-Virus")));
        let (status, _, _) = bench.download(&officer(), &format!("{path}/content")).await;
        assert_eq!(status.as_u16(), 422);
    }
}

#[tokio::test]
async fn a_pledges_papers_belong_to_the_parties_of_its_application() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let id = applied(&bench).await;
        let application = bench.get(&officer(), &format!("/applications/{id}")).await.expect(200);
        let patent: uuid::Uuid = application["patents"][0]["patent_id"].as_str().unwrap().parse().unwrap();
        let valuation = bench.valuation(patent, &officer(), json!({}));
        let assessment = json!({"valuations": [{"patent_id": patent, "valuation_id": valuation}],
            "recommended_amount": "1000000.00", "comment": "可行"});
        bench.post(&officer(), &format!("/applications/{id}/assess"), assessment).await.expect(200);
        bench.post(&approver(), &format!("/applications/{id}/approve"), json!({})).await.expect(200);
        bench.registration_papers(&finance(), &id).await;
        let pledge =
            bench.post(&officer(), &format!("/applications/{id}/pledge"), json!({})).await.expect(201);
        let path = format!("/pledges/{}/documents", pledge["id"].as_str().unwrap());
        let (content_type, body) =
            form("contract.pdf", "application/pdf", PDF, &[("kind", "pledge_contract")]);
        let made = bench.upload(&operations(), &path, &content_type, body.clone()).await.expect(201);
        assert_eq!((&made["subject_kind"], &made["subject_id"]), (&json!("pledge"), &pledge["id"]));
        bench.upload(&other_finance(), &path, &content_type, body).await.refused(404, "not-found");
        assert_eq!(bench.get(&finance(), &path).await.expect(200)["items"].as_array().unwrap().len(), 1);
        bench.get(&other_officer(), &path).await.refused(404, "not-found");
    }
}

#[tokio::test]
async fn the_papers_of_a_pledge_stay_in_reach_when_it_is_refused_or_withdrawn() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let approved = Approved::new(&bench).await;
        let refusal = json!({"reason": "登记簿记载的权利人不符", "grounds": ["not_the_patentee"]});
        for (ends, body) in [("refuse", refusal), ("withdraw", json!({"reason": "另行办理"}))] {
            let pledge = approved.file(&bench).await;
            let path = format!("/pledges/{pledge}/documents");
            let (content_type, body_of) =
                form("contract.pdf", "application/pdf", PDF, &[("kind", "pledge_contract")]);
            bench.upload(&operations(), &path, &content_type, body_of.clone()).await.expect(201);
            step(&bench, &pledge, ends, body).await;
            let papers = bench.get(&finance(), &path).await.expect(200);
            assert_eq!(papers["items"].as_array().unwrap().len(), 1, "after {ends}");
            // The register's notice comes after the end.
            bench.upload(&operations(), &path, &content_type, body_of).await.expect(201);
            bench.get(&other_officer(), &path).await.refused(404, "not-found");
        }
    }
}

#[tokio::test]
async fn a_borrower_sees_the_papers_of_a_change_of_its_loan_once_that_is_approved() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = bench.facility().await;
        pledged(&bench, &facility, &finance(), 1).await;
        let drawn = draw(&bench, &facility, &finance(), "1000000.00", "k1").await.expect(201);
        let loan = drawn["loan_id"].as_str().unwrap();
        // Of a change that needs its consent a borrower sees the papers from the first; of any other once it is approved.
        let body = json!({
            "change": {"kind": "misuse", "amount": "1000.00", "since": "2026-11-24"}, "reason": "贷后检查"
        });
        let proposed = bench.post(&officer(), &format!("/loans/{loan}/adjustments"), body).await.expect(201);
        let id = proposed["id"].as_str().unwrap();
        let path = format!("/adjustments/{id}/documents");
        let (content_type, body) =
            form("agreement.pdf", "application/pdf", PDF, &[("kind", "adjustment_agreement")]);
        let made = bench.upload(&officer(), &path, &content_type, body.clone()).await.expect(201);
        assert_eq!(
            (&made["subject_kind"], &made["subject_id"], &made["internal"]),
            (&json!("loan_adjustment"), &proposed["id"], &json!(false))
        );
        bench.upload(&finance(), &path, &content_type, body.clone()).await.refused(404, "not-found");
        bench.get(&finance(), &path).await.refused(404, "not-found");
        let reason = json!({"reason": "同意"});
        bench.post(&approver(), &format!("/adjustments/{id}/approve"), reason).await.expect(200);
        bench.upload(&finance(), &path, &content_type, body.clone()).await.expect(201);
        for who in [officer(), approver(), finance(), examiner()] {
            let papers = bench.get(&who, &path).await.expect(200);
            assert_eq!(papers["items"].as_array().unwrap().len(), 2, "{}", who.name);
        }
        for stranger in [other_officer(), other_finance()] {
            bench.get(&stranger, &path).await.refused(404, "not-found");
            bench.upload(&stranger, &path, &content_type, body.clone()).await.refused(404, "not-found");
        }
    }
}

#[tokio::test]
async fn the_papers_of_a_case_are_the_banks_own_whatever_was_ticked() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = bench.facility().await;
        pledged(&bench, &facility, &finance(), 1).await;
        let drawn = draw(&bench, &facility, &finance(), "1000000.00", "k1").await.expect(201);
        let risk = person(1_004, 10, "风险经理", OrgKind::Bank, &[Role::RiskManager]);
        let body = json!({"loan_id": drawn["loan_id"], "cause": "decision", "reason": "挪用贷款资金"});
        let case = bench.post(&risk, "/disposal-cases", body).await.expect(201);
        let path = format!("/disposal-cases/{}/documents", case["id"].as_str().unwrap());
        let (content_type, body) =
            form("letter.pdf", "application/pdf", PDF, &[("kind", "collection_letter")]);
        let made = bench.upload(&risk, &path, &content_type, body.clone()).await.expect(201);
        assert_eq!(
            (&made["subject_kind"], &made["subject_id"], &made["internal"]),
            (&json!("case"), &case["id"], &json!(true))
        );
        for who in [officer(), risk, examiner()] {
            let papers = bench.get(&who, &path).await.expect(200);
            assert_eq!(papers["items"], json!([made]), "{}", who.name);
        }
        for stranger in [finance(), other_officer(), other_finance()] {
            bench.get(&stranger, &path).await.refused(404, "not-found");
            bench.upload(&stranger, &path, &content_type, body.clone()).await.refused(404, "not-found");
        }
        let seen = bench.get(&finance(), "/documents?subject_kind=case").await.expect(200);
        assert_eq!(seen["items"], json!([]), "the debtor does not read what is done to collect");
    }
}
