//! What a borrower asks for and consents to: no change that the parties agree on counts by the bank's hand alone, and none
//! without its papers.

use identity::Caller;
use serde_json::{Value, json};
use tx_kit::testing::Backend;

use super::{
    application_life::set,
    bench::{
        Answer, Bench, approver, approver_of, finance, officer, operations, org, other_finance, other_officer,
    },
    facility::{draw, pledged, repay},
    facility_life::{approved, unsecured},
    products::{draw_as, line},
};

const SECURITY: &str = "已签订补充质押协议";

/// A loan of 1,000,000 at 3.45 % for twelve months from 2026-11-24, interest every month.
async fn lent(bench: &Bench) -> String {
    let facility = bench.facility().await;
    pledged(bench, &facility, &finance(), 1).await;
    let drawn = draw(bench, &facility, &finance(), "1000000.00", "k1").await.expect(201);
    drawn["loan_id"].as_str().unwrap().to_owned()
}

fn extension(months: u32) -> Value {
    json!({ "kind": "extension", "months": months, "security": SECURITY })
}

async fn asked(bench: &Bench, loan: &str, change: Value) -> Answer {
    let body = json!({ "change": change, "reason": "下游回款延后" });
    bench.post(&finance(), &format!("/loans/{loan}/change-requests"), body).await
}

async fn on_request(bench: &Bench, who: &Caller, request: &Value, act: &str, body: Value) -> Answer {
    let path = format!("/change-requests/{}/{act}", request["id"].as_str().unwrap());
    bench.post(who, &path, body).await
}

async fn on_change(bench: &Bench, who: &Caller, change: &Value, act: &str) -> Answer {
    let path = format!("/adjustments/{}/{act}", change["id"].as_str().unwrap());
    bench.post(who, &path, json!({ "reason": "意见" })).await
}

/// How many notices of a kind somebody has.
async fn told(bench: &Bench, who: &Caller, kind: &str) -> usize {
    let body = bench.get(who, &format!("/notices?kind={kind}")).await.expect(200);
    body["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn what_is_proposed_as_the_borrower_asked_for_it_is_consented_to_and_wants_its_papers() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let penalty = json!({ "kind": "misuse", "amount": "1.00", "since": "2026-11-24" });
        asked(&bench, &loan, penalty).await.refused(422, "invalid-request");
        let path = format!("/loans/{loan}/change-requests");
        let body = json!({ "change": extension(6), "reason": "x" });
        bench.post(&officer(), &path, body.clone()).await.refused(403, "forbidden");
        bench.post(&other_finance(), &path, body).await.refused(404, "not-found");
        let request = asked(&bench, &loan, extension(6)).await.expect(201);
        assert_eq!(
            (&request["status"], &request["answer_by"], &request["figures"]["matures_on"]),
            (&json!("pending"), &json!("2026-12-08"), &json!("2028-05-24"))
        );
        asked(&bench, &loan, extension(3)).await.refused(409, "request-pending");
        assert_eq!(told(&bench, &officer(), "change_asked").await, 1);
        for (who, seen) in [(officer(), 1), (finance(), 1), (other_officer(), 0), (other_finance(), 0)] {
            let list = bench.get(&who, "/change-requests?status=pending&sort=answer_by").await.expect(200);
            assert_eq!(list["items"].as_array().unwrap().len(), seen, "{}", who.name);
            let one = bench.get(&who, &format!("/change-requests/{}", request["id"].as_str().unwrap())).await;
            assert_eq!(one.status.as_u16(), if seen == 1 { 200 } else { 404 }, "{}", who.name);
        }
        let file = bench.get(&officer(), "/change-requests/export?format=csv").await;
        assert!(file.body.as_str().unwrap().contains("下游回款延后"), "{}", file.body);

        let reason = json!({ "reason": "核实回款延后" });
        on_request(&bench, &other_officer(), &request, "take-up", reason.clone())
            .await
            .refused(404, "not-found");
        let made = on_request(&bench, &officer(), &request, "take-up", reason.clone()).await.expect(201);
        assert_eq!(
            (&made["request_id"], &made["consent"], &made["consent_by"], &made["maker"]),
            (&request["id"], &json!("given"), &json!("企业财务"), &json!("客户经理"))
        );
        on_request(&bench, &officer(), &request, "take-up", reason).await.refused(409, "request-answered");
        let refused = on_change(&bench, &approver(), &made, "approve").await.refused(409, "papers-missing");
        assert_eq!(refused["missing"].as_array().unwrap().len(), 1, "the request is the application");
        assert_eq!(refused["missing"][0]["code"], "adjustment_agreement");
        bench.consented(&made).await;
        on_change(&bench, &approver(), &made, "approve").await.expect(200);
        assert_eq!(told(&bench, &finance(), "terms_changed").await, 1);
        let list = bench.get(&finance(), "/change-requests").await.expect(200);
        let done = &list["items"][0];
        assert_eq!((&done["status"], &done["adjustment_id"]), (&json!("taken_up"), &made["id"]));
        assert_eq!(done["answer"], Value::Null, "why the bank proposes it is its own affair");
    }
}

#[tokio::test]
async fn other_figures_wait_for_the_borrower_and_its_consent_falls_with_them() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        set(&bench, "loan_change_papers", json!({ "papers": [] })).await;
        let request = asked(&bench, &loan, extension(6)).await.expect(201);
        let less = json!({ "change": extension(3), "reason": "三个月为宜" });
        let made = on_request(&bench, &officer(), &request, "take-up", less).await.expect(201);
        assert_eq!((&made["consent"], &made["consented_at"]), (&json!("wanted"), &Value::Null));
        assert_eq!(told(&bench, &finance(), "consent_wanted").await, 1);
        // The parameter has done away with the papers, and with nothing else.
        on_change(&bench, &approver(), &made, "approve").await.refused(409, "consent-missing");
        on_change(&bench, &officer(), &made, "consent").await.refused(403, "forbidden");
        on_change(&bench, &other_finance(), &made, "consent").await.refused(404, "not-found");
        let declined = on_change(&bench, &finance(), &made, "decline").await.expect(200);
        assert_eq!((&declined["consent"], &declined["consent_note"]), (&json!("declined"), &json!("意见")));
        on_change(&bench, &finance(), &made, "consent").await.refused(409, "consent-answered");
        on_change(&bench, &approver(), &made, "approve").await.refused(409, "consent-declined");
        on_change(&bench, &officer(), &made, "withdraw").await.expect(200);

        let body = json!({ "change": extension(4), "reason": "重新协商" });
        let made = bench.post(&officer(), &format!("/loans/{loan}/adjustments"), body).await.expect(201);
        let path = format!("/adjustments/{}/consent", made["id"].as_str().unwrap());
        let stale = bench.send_seen(&finance(), ("POST", &path), json!({}), None, Some("\"9\"")).await;
        stale.refused(412, "stale-version");
        let given = bench.post(&finance(), &path, json!({ "note": "同意" })).await.expect(200);
        assert_eq!((&given["consent"], &given["consent_note"]), (&json!("given"), &json!("同意")));
        assert_eq!(told(&bench, &officer(), "consent_answered").await, 1);
        // A hundred thousand are repaid: four months more are now of 900,000.
        bench.at("2026-11-25T02:00:00Z");
        repay(&bench, &loan, "100000.00", "r1").await.expect(201);
        let refused = on_change(&bench, &approver(), &made, "approve").await.refused(409, "figures-changed");
        assert_ne!(refused["principal"][0], refused["principal"][1], "{refused}");
        on_change(&bench, &officer(), &made, "withdraw").await.expect(200);
        let body = json!({ "change": extension(4), "reason": "按新余额" });
        let anew = bench.post(&officer(), &format!("/loans/{loan}/adjustments"), body).await.expect(201);
        bench.consented(&anew).await;
        on_change(&bench, &approver(), &anew, "approve").await.expect(200);
    }
}

#[tokio::test]
async fn a_request_is_refused_withdrawn_or_lapses_with_the_last_day_of_its_term() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let reason = |text: &str| json!({ "reason": text });
        let first = asked(&bench, &loan, extension(6)).await.expect(201);
        let refused = on_request(&bench, &officer(), &first, "refuse", reason("经营正常，无须展期")).await;
        assert_eq!(refused.expect(200)["answer"], "经营正常，无须展期");
        let read = bench.get(&finance(), "/change-requests?status=refused").await.expect(200);
        assert_eq!(read["items"][0]["answer"], "经营正常，无须展期");
        let second = asked(&bench, &loan, extension(6)).await.expect(201);
        on_request(&bench, &officer(), &second, "withdraw", reason("x")).await.refused(403, "forbidden");
        let withdrawn =
            on_request(&bench, &finance(), &second, "withdraw", reason("已回款")).await.expect(200);
        assert_eq!(withdrawn["status"], "withdrawn");
        // What cannot be done that day may be asked for all the same; what is typed wrong may not.
        asked(&bench, &loan, extension(0)).await.refused(422, "invalid-request");
        let third = asked(&bench, &loan, json!({ "kind": "prepayment_lower" })).await.expect(201);
        assert_eq!(third["figures"], Value::Null);
        let lapse = async |day: &str| {
            let day = day.parse().unwrap();
            pledge_svc::adjustments::lapse_requests(&bench.db, org(10), day).await.unwrap()
        };
        assert_eq!(lapse("2026-12-08").await, 0, "its last day is not over");
        bench.at("2026-12-09T02:00:00Z");
        on_request(&bench, &officer(), &third, "take-up", reason("x")).await.refused(409, "request-late");
        assert_eq!((lapse("2026-12-09").await, lapse("2026-12-09").await), (1, 0));
        let id = third["id"].as_str().unwrap();
        let over = bench.get(&finance(), &format!("/change-requests/{id}")).await.expect(200);
        assert_eq!(over["status"], "lapsed");
        assert!(told(&bench, &finance(), "change_answered").await > 0);
        asked(&bench, &loan, extension(6)).await.expect(201);
    }
}

#[tokio::test]
async fn the_other_members_of_a_joint_line_consent_in_writing() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let joint = json!({ "liability": { "kind": "joint", "basis": "sub_limit", "rate": "0.01" } });
        for (terms, codes) in [
            (json!({}), vec!["adjustment_agreement"]),
            (joint, vec!["adjustment_agreement", "guarantor_consent"]),
        ] {
            let line = approved(&bench, unsecured(terms)).await;
            let deposits = format!("/facilities/{line}/deposits");
            if codes.len() > 1 {
                let body = json!({ "enterprise_id": org(20), "amount": "3000.00" });
                bench.send(&operations(), "POST", &deposits, body, Some("p")).await.expect(201);
            }
            let drawn = draw(&bench, &line, &finance(), "100000.00", &line).await.expect(201);
            let change = json!({ "kind": "repricing", "basis": "fixed", "annual_rate": "0.03" });
            let path = format!("/loans/{}/adjustments", drawn["loan_id"].as_str().unwrap());
            let body = json!({ "change": change, "reason": "利率下调" });
            let made = bench.post(&officer(), &path, body).await.expect(201);
            let path = format!("/adjustments/{}/papers", made["id"].as_str().unwrap());
            let papers = bench.get(&finance(), &path).await.expect(200);
            let listed: Vec<&str> = papers["papers"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["code"].as_str().unwrap())
                .collect();
            assert_eq!((listed, &papers["complete"]), (codes, &json!(false)));
        }
    }
}

#[tokio::test]
async fn the_others_of_a_syndicate_hear_nothing_of_a_request_and_answer_and_bring_nothing() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let shares = json!({ "shares": [
            { "bank_id": officer().tenant, "share": "0.3333" },
            { "bank_id": other_officer().tenant, "share": "0.6667" },
        ]});
        let drawn = draw_as(&bench, &line(&bench, shares).await, json!({}), "d1").await.expect(201);
        let loan = drawn["loan_id"].as_str().unwrap();
        let cheaper = json!({ "kind": "repricing", "basis": "fixed", "annual_rate": "0.03" });
        let request = asked(&bench, loan, cheaper).await.expect(201);
        let list = bench.get(&other_officer(), "/change-requests").await.expect(200);
        assert_eq!(list["items"], json!([]));
        let reason = json!({ "reason": "受理" });
        on_request(&bench, &other_officer(), &request, "take-up", reason).await.refused(404, "not-found");

        // Proposed from the loan's page, it takes up the request that it names, of its own kind alone.
        let path = format!("/loans/{loan}/adjustments");
        let longer = json!({ "change": extension(3), "reason": "延后", "request_id": request["id"] });
        bench.post(&officer(), &path, longer).await.refused(422, "invalid-request");
        let dearer = json!({ "kind": "repricing", "basis": "fixed", "annual_rate": "0.032" });
        let body = json!({ "change": dearer, "reason": "利率下调", "request_id": request["id"] });
        let made = bench.post(&officer(), &path, body).await.expect(201);
        assert_eq!((&made["request_id"], &made["consent"]), (&request["id"], &json!("wanted")));

        let one = format!("/adjustments/{}", made["id"].as_str().unwrap());
        bench.get(&other_officer(), &one).await.expect(200);
        let documents = format!("{one}/documents?kind=adjustment_agreement&file_name=a.pdf");
        let signed = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n".to_vec();
        let sent = bench.upload(&other_officer(), &documents, "application/octet-stream", signed).await;
        sent.refused(404, "not-found");
        let others = approver_of(other_officer().tenant);
        on_change(&bench, &others, &made, "approve").await.refused(404, "not-found");
    }
}

#[tokio::test]
async fn a_request_for_another_kind_of_change_is_no_application_for_this_one() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let cheaper = json!({ "kind": "repricing", "basis": "fixed", "annual_rate": "0.03" });
        let request = asked(&bench, &loan, cheaper).await.expect(201);
        let instead = json!({ "change": extension(3), "reason": "以展期代替" });
        let made = on_request(&bench, &officer(), &request, "take-up", instead).await.expect(201);
        let path = format!("/adjustments/{}", made["id"].as_str().unwrap());
        bench.post(&finance(), &format!("{path}/consent"), json!({})).await.expect(200);
        let refused = on_change(&bench, &approver(), &made, "approve").await.refused(409, "papers-missing");
        let missing: Vec<&Value> =
            refused["missing"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
        assert_eq!(missing, ["adjustment_request", "adjustment_agreement"]);
    }
}
