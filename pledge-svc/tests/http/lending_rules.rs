//! What a draw is held to beside its line: the product of its application, who pays the money out, how long a loan of its
//! kind may run; and what is looked after once the money is out.

use contracts::FacilityId;
use finance::Money;
use identity::{Caller, Role};
use pledge_svc::facility::{HeldApproval, reserve};
use serde_json::{Value, json};
use tx_kit::{InTx, testing::Backend};

use super::{
    bench::{Answer, Bench, approval, approver, finance, officer, operations, other_finance, other_officer},
    facility::{draw, pledged},
    products::{draw_as, line, loan_of, risk_manager},
    subsidies::{paid_loan, scheme},
};

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n";

/// The bank's own set of a kind from a day on, as it stands with a change, by the two hands that it takes.
async fn set(bench: &Bench, kind: &str, from: &str, change: impl FnOnce(&mut Value)) {
    let stands = bench.get(&officer(), &format!("/parameters/{kind}")).await.expect(200);
    let mut content = stands["content"].clone();
    change(&mut content);
    let body = json!({ "content": content, "effective_from": from, "reason": "行内规定" });
    let path = format!("/parameters/{kind}/proposals");
    let proposed = bench.post(&risk_manager(), &path, body).await.expect(201);
    let path = format!("{path}/{}/approve", proposed["id"].as_str().unwrap());
    bench.post(&approver(), &path, json!({})).await.expect(200);
}

async fn charge(bench: &Bench, loan: &str, fee: Value, key: &str) -> Answer {
    bench.send(&officer(), "POST", &format!("/loans/{loan}/fees"), fee, Some(key)).await
}

async fn close(bench: &Bench, until: &str) {
    for _ in 0..100 {
        let answer = bench.post(&operations(), "/closings", json!({ "business_date": until })).await;
        if answer.status.as_u16() != 202 {
            answer.expect(200);
            return;
        }
    }
    panic!("the close up to {until} does not end");
}

fn payee() -> Value {
    json!({ "name": "成都装备制造有限公司", "account": "6222020000000001", "reference": "合同 2026-118" })
}

#[tokio::test]
async fn a_draw_carries_the_product_applied_for_and_is_held_to_its_ceilings_on_its_own_day() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = bench.facility().await;
        pledged(&bench, &facility, &finance(), 1).await;
        let rate = bench.get(&officer(), &format!("/facilities/{facility}")).await.expect(200);
        assert_eq!(rate["annual_rate"].as_str().unwrap().trim_end_matches('0'), "0.0345");
        // The product has become tighter since the approval.
        let tighter = |spread: &'static str| {
            move |content: &mut Value| {
                let standard = &mut content["products"][0];
                standard["lpr_spread_max"] = json!(spread);
                standard["fees_allowed"] = json!(false);
                standard["guarantee_fee_max"] = json!("0.01");
            }
        };
        set(&bench, "application_products", "2026-11-24", tighter("0.004")).await;
        let who = finance();
        let draw_it = |key: &'static str| draw(&bench, &facility, &who, "1000000.00", key);
        draw_it("k1").await.refused(409, "no-lpr-fixing");
        set(&bench, "reference_rates", "2026-11-24", |content| {
            content["fixings"] =
                json!([{ "date": "2026-11-20", "one_year": "0.03", "five_year": "0.035", "source": "公告" }]);
        })
        .await;
        draw_it("k2").await.refused(409, "above-product-rate");
        bench.at("2026-11-25T02:00:00Z");
        set(&bench, "application_products", "2026-11-25", tighter("0.005")).await;
        let drawn = draw_it("k3").await.expect(201);
        assert_eq!(drawn["application_product"], "standard");
        let loan = loan_of(&bench, &drawn).await;
        assert_eq!(
            (&loan["application_product"], &loan["application_id"], &loan["payment_mode"]),
            (&json!("standard"), &drawn["application_id"], &json!("self"))
        );
        assert!(loan["application_id"].is_string());
        let id = loan["id"].as_str().unwrap();
        let other = json!({ "amount": "300.00", "reason": "公证费" });
        charge(&bench, id, other, "f1").await.refused(409, "fees-forbidden");
        let guarantee = |amount: &str| json!({ "amount": amount, "reason": "担保费", "kind": "guarantee" });
        let above = charge(&bench, id, guarantee("10000.01"), "f2").await;
        assert_eq!(above.refused(409, "guarantee-fee-too-high")["left"], "10000.00");
        charge(&bench, id, guarantee("10000.00"), "f3").await.expect(201);
        charge(&bench, id, guarantee("0.01"), "f4").await.refused(409, "guarantee-fee-too-high");
        // Its price is not raised on an LPR that a later one must have replaced; a lower one needs no ceiling.
        let repriced = |rate: &str| {
            let change = json!({ "kind": "repricing", "basis": "fixed", "annual_rate": rate });
            json!({ "change": change, "reason": "借款人申请", "assessment": "经营正常，按期付息" })
        };
        let path = format!("/loans/{id}/adjustments");
        bench.post(&officer(), &path, repriced("0.0351")).await.refused(409, "rate-out-of-bounds");
        bench.at("2026-12-22T02:00:00Z");
        bench.post(&officer(), &path, repriced("0.0346")).await.refused(409, "no-fixing");
        bench.post(&officer(), &path, repriced("0.0344")).await.expect(201);
    }
}

#[tokio::test]
async fn a_large_draw_is_paid_to_whom_it_names_and_a_loan_runs_no_longer_than_its_kind() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = line(&bench, json!({})).await;
        let large = json!({ "amount": "10000000.01" });
        let refused = draw_as(&bench, &facility, large, "a").await.refused(409, "entrusted-payment-required");
        assert_eq!(refused["entrusted_above"], "10000000.00");
        for beside in
            [json!({ "payment_mode": "entrusted" }), json!({ "payment_mode": "self", "payee": payee() })]
        {
            draw_as(&bench, &facility, beside, "b").await.refused(422, "invalid-request");
        }
        let named = json!({ "amount": "10000000.01", "payee": payee() });
        let drawn = draw_as(&bench, &facility, named, "c").await.expect(201);
        let loan = loan_of(&bench, &drawn).await;
        assert_eq!((&loan["payment_mode"], &loan["payee"]), (&json!("entrusted"), &payee()));
        assert_eq!(loan["application_product"], Value::Null, "drawn without an application");
        let long = json!({ "tenor_months": 37 });
        draw_as(&bench, &facility, long, "d").await.refused(409, "above-kind-term");
        let equipment = json!({ "tenor_months": 48, "product": "equipment" });
        draw_as(&bench, &facility, equipment, "e").await.expect(201);
        set(&bench, "loan_rules", "2026-11-24", |content| {
            content["working_capital"]["entrusted_above"] = json!("1000000.00");
        })
        .await;
        let more = json!({ "amount": "1000000.01" });
        draw_as(&bench, &facility, more, "f").await.refused(409, "entrusted-payment-required");
        draw_as(&bench, &facility, json!({ "amount": "1000000.00" }), "g").await.expect(201);
    }
}

#[tokio::test]
async fn the_approver_gives_the_reason_for_a_longer_term_and_may_want_everything_paid_by_the_bank() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = line(&bench, json!({})).await;
        let patent = bench.patent(1, &finance(), json!({}));
        let valuation = bench.valuation(patent, &officer(), json!({}));
        let asked = json!({
            "facility_id": facility, "amount": "2000000.00", "tenor_months": 40, "purpose": "长周期订单备料",
            "patent_ids": [patent],
        });
        let made = bench.post(&finance(), "/applications", asked).await.expect(201);
        let path = format!("/applications/{}", made["id"].as_str().unwrap());
        let assessment = json!({
            "valuations": [{ "patent_id": patent, "valuation_id": valuation }],
            "recommended_amount": "2000000.00", "comment": "同意",
        });
        bench.post(&officer(), &format!("{path}/assess"), assessment).await.expect(200);
        let approve = format!("{path}/approve");
        let refused = bench.post(&approver(), &approve, json!({})).await.refused(409, "term-reason-missing");
        assert_eq!(refused["tenor_max_months"], 36);
        let yes = json!({ "term_exception": "订单生产周期三年以上，回款期长", "entrusted_payment": true });
        let approved = bench.post(&approver(), &approve, yes).await.expect(200);
        let terms = &approved["decision"]["terms"];
        assert_eq!(terms["entrusted_payment"], true);
        assert!(terms["term_exception"].is_string());
        let told = bench.get(&finance(), &path).await.expect(200);
        assert_eq!(told["decision"]["terms"]["term_exception"], Value::Null, "said among the bank's people");
        let beside = |months: u32| json!({ "tenor_months": months, "payee": payee() });
        let alone = json!({ "tenor_months": 40 });
        draw_as(&bench, &facility, alone, "a").await.refused(409, "entrusted-payment-required");
        draw_as(&bench, &facility, beside(41), "b").await.refused(409, "above-approved-term");
        let drawn = draw_as(&bench, &facility, beside(40), "c").await.expect(201);
        assert_eq!(drawn["application_id"], made["id"]);
        let strange = json!({ "application_id": facility });
        draw_as(&bench, &facility, strange, "d").await.refused(409, "application-not-held");
    }
}

#[tokio::test]
async fn a_draw_is_under_one_approval_and_takes_no_more_than_is_left_of_it() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = line(&bench, json!({})).await;
        let held =
            |fen: i64, tenor_months: u32| HeldApproval { tenor_months, ..approval(Money::from_fen(fen)) };
        let (long, short) = (held(10_000_000, 24), held(100_000_000, 6));
        let (on, enterprise): (FacilityId, _) = (facility.parse().unwrap(), finance().tenant);
        let actor = &approver().actor();
        for one in [&long, &short] {
            bench.db.run(|tx| reserve(tx, on, enterprise, one.clone(), actor).in_tx()).await.unwrap();
        }
        let [long, short] = [long, short].map(|one| json!(one.application_id));
        let of = |amount: &str, months: u32| json!({ "amount": amount, "tenor_months": months });
        let under = |amount: &str, months: u32, application: &Value| json!({ "amount": amount, "tenor_months": months, "application_id": application });
        let refused = draw_as(&bench, &facility, of("1100000.00", 24), "a").await;
        let refused = refused.refused(409, "application-not-held");
        assert_eq!((&refused["asked"], &refused["most"]), (&json!("1100000.00"), &json!("100000.00")));

        // Two at once: the second sees what the first took.
        let all = under("100000.00", 24, &long);
        let (one, other) = futures::join!(
            draw_as(&bench, &facility, all.clone(), "b"),
            draw_as(&bench, &facility, all.clone(), "c")
        );
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "{backend:?}");
        let refused = draw_as(&bench, &facility, all, "d").await.refused(409, "application-not-held");
        assert_eq!(refused["most"], "0.00", "it is used up, though the other still holds a million");
        let refused = draw_as(&bench, &facility, of("100000.00", 24), "e").await;
        assert_eq!(refused.refused(409, "above-approved-term")["tenor_max_months"], 6);

        let drawn = draw_as(&bench, &facility, of("100000.00", 6), "f").await.expect(201);
        assert_eq!(drawn["application_id"], short);
        let above = draw_as(&bench, &facility, under("900000.01", 6, &short), "g").await;
        assert_eq!(above.refused(409, "application-not-held")["most"], "900000.00");
        draw_as(&bench, &facility, under("900000.00", 6, &short), "h").await.expect(201);
        assert_eq!(bench.member(&facility, &finance()).await, ("0.00".to_owned(), "1100000.00".to_owned()));
        let free = draw_as(&bench, &facility, of("600000.00", 24), "i").await.expect(201);
        assert_eq!(free["application_id"], Value::Null, "nothing is held any more");
    }
}

#[tokio::test]
async fn the_use_of_a_large_draw_is_proved_and_checked_by_another_and_told_when_it_is_late() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = line(&bench, json!({})).await;
        let large = json!({ "amount": "2000000.00" });
        let first = draw_as(&bench, &facility, large.clone(), "a").await.expect(201);
        let second = draw_as(&bench, &facility, large, "b").await.expect(201);
        draw_as(&bench, &facility, json!({}), "c").await.expect(201);
        let paid = json!({ "amount": "2000000.00", "payee": payee() });
        let entrusted = draw_as(&bench, &facility, paid, "d").await.expect(201);
        bench.at("2026-11-25T02:00:00Z");
        close(&bench, "2026-11-24").await;
        let list = |who: Caller, query: &'static str| {
            let bench = &bench;
            async move {
                let body = bench.get(&who, &format!("/loan-tasks{query}")).await.expect(200);
                body["items"].as_array().unwrap().clone()
            }
        };
        let proofs = list(officer(), "?kind=use_of_funds").await;
        assert_eq!(proofs.len(), 2, "two large draws that the borrower pays out itself");
        assert_eq!((&proofs[0]["due_on"], &proofs[0]["status"]), (&json!("2026-12-24"), &json!("open")));
        assert_eq!(list(officer(), "?kind=check").await.len(), 4, "every loan is checked");
        assert_eq!(list(finance(), "").await.len(), 2, "the bank's checks are its own");
        assert!(list(other_finance(), "").await.is_empty() && list(other_officer(), "").await.is_empty());

        let loan = first["loan_id"].as_str().unwrap();
        let path = format!("/loans/{loan}/documents?kind=invoice&file_name=invoice.pdf");
        let paper = bench.upload(&finance(), &path, "application/pdf", PDF.to_vec()).await.expect(201);
        let evidence = json!({ "document_ids": [paper["id"]], "note": "购货发票" });
        let prove = format!("/loans/{loan}/use-evidence");
        bench.post(&other_finance(), &prove, evidence.clone()).await.refused(404, "not-found");
        bench.post(&finance(), &prove, json!({ "document_ids": [] })).await.refused(422, "invalid-request");
        let of_other = format!("/loans/{}/use-evidence", second["loan_id"].as_str().unwrap());
        bench.post(&finance(), &of_other, evidence.clone()).await.refused(422, "invalid-request");
        let by_bank = format!(
            "/loans/{}/documents?kind=invoice&file_name=i.pdf",
            entrusted["loan_id"].as_str().unwrap()
        );
        let other = bench.upload(&finance(), &by_bank, "application/pdf", PDF.to_vec()).await.expect(201);
        let of_entrusted = format!("/loans/{}/use-evidence", entrusted["loan_id"].as_str().unwrap());
        let asked = json!({ "document_ids": [other["id"]] });
        bench.post(&finance(), &of_entrusted, asked).await.refused(409, "paid-by-bank");

        let supplied = bench.post(&officer(), &prove, evidence.clone()).await.expect(200);
        assert_eq!(supplied["status"], "supplied");
        let task = format!("/loan-tasks/{}", supplied["id"].as_str().unwrap());
        let accept = format!("{task}/accept");
        bench.post(&officer(), &accept, json!({})).await.refused(403, "four-eyes");
        bench.post(&other_officer(), &accept, json!({})).await.refused(404, "not-found");
        let no = json!({ "reason": "发票与合同不符" });
        let rejected = bench.post(&operations(), &format!("{task}/reject"), no).await.expect(200);
        assert_eq!(rejected["status"], "rejected");
        let told = bench.get(&finance(), "/notices?kind=use_rejected").await.expect(200);
        assert_eq!(told["items"][0]["amount"], "2000000.00");
        bench.post(&finance(), &prove, evidence).await.expect(200);
        let accepted = bench.post(&officer(), &accept, json!({ "comment": "相符" })).await.expect(200);
        assert_eq!((&accepted["status"], &accepted["overdue"]), (&json!("accepted"), &json!(false)));

        bench.at("2026-12-25T02:00:00Z");
        close(&bench, "2026-12-24").await;
        let late = list(officer(), "?overdue=true").await;
        assert_eq!(late.len(), 1);
        assert_eq!(late[0]["loan_id"], second["loan_id"]);
        let told = bench.get(&finance(), "/notices?kind=use_unproven").await.expect(200);
        let told = told["items"].as_array().unwrap();
        assert_eq!(told.len(), 1);
        assert_eq!((&told[0]["amount"], &told[0]["due_on"]), (&json!("2000000.00"), &json!("2026-12-24")));
        let file = bench.get(&officer(), "/loan-tasks/export?format=csv&overdue=true").await.expect(200);
        assert!(file.as_str().unwrap().contains("2000000.00"), "{file}");
    }
}

#[tokio::test]
async fn a_check_is_written_down_and_the_next_one_is_due_by_the_banks_interval() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = line(&bench, json!({})).await;
        let drawn = draw_as(&bench, &facility, json!({}), "a").await.expect(201);
        let path = format!("/loans/{}/checks", drawn["loan_id"].as_str().unwrap());
        let check = |more: Value| {
            let mut body = json!({ "outcome": "watch", "findings": "存货周转变慢" });
            for (name, value) in more.as_object().unwrap() {
                body[name] = value.clone();
            }
            body
        };
        bench.post(&finance(), &path, check(json!({}))).await.refused(403, "forbidden");
        bench.post(&other_officer(), &path, check(json!({}))).await.refused(404, "not-found");
        for wrong in [json!({ "checked_on": "2026-11-25" }), json!({ "next_due_on": "2027-02-25" })] {
            bench.post(&officer(), &path, check(wrong)).await.refused(422, "invalid-request");
        }
        let done = bench.post(&officer(), &path, check(json!({}))).await.expect(201);
        assert_eq!((&done["status"], &done["outcome"]), (&json!("done"), &json!("watch")));
        let ahead = bench.get(&officer(), "/loan-tasks?kind=check&status=open").await.expect(200);
        assert_eq!(ahead["items"].as_array().unwrap().len(), 1);
        assert_eq!(ahead["items"][0]["due_on"], "2027-02-24");
        // The close of the day of the draw adds no second one, and the next check takes the place of the one ahead.
        bench.at("2026-11-25T02:00:00Z");
        close(&bench, "2026-11-24").await;
        bench.post(&officer(), &path, check(json!({ "next_due_on": "2026-12-25" }))).await.expect(201);
        let ahead = bench.get(&officer(), "/loan-tasks?kind=check&status=open").await.expect(200);
        let due: Vec<&Value> = ahead["items"].as_array().unwrap().iter().map(|one| &one["due_on"]).collect();
        assert_eq!(due, ["2026-12-25"]);
        let auditor = Caller { roles: vec![Role::Auditor], ..officer() };
        bench.post(&auditor, &path, check(json!({}))).await.refused(403, "forbidden");
    }
}

#[tokio::test]
async fn a_programmes_subsidy_is_for_loans_drawn_under_its_product() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = paid_loan(&bench).await;
        let asked = |scheme: &str| {
            json!({
                "kind": "interest", "scheme_id": scheme, "loan_id": loan, "period_from": "2026-12-01",
                "period_to": "2026-12-24",
            })
        };
        let programme = json!({ "application_product": "tianfu_zhilai" });
        let other = scheme(&bench, "interest", programme, "1000.00").await;
        let refused = bench
            .post(&finance(), "/subsidy-claims/preview", asked(&other))
            .await
            .refused(409, "scheme-of-other-product");
        assert_eq!(refused["application_product"], "tianfu_zhilai");
        let detail = refused["detail"].as_str().unwrap();
        assert!(detail.contains("天府知来贷") && !detail.contains("tianfu"), "by its name: {detail}");
        let own = scheme(&bench, "interest", json!({ "application_product": "standard" }), "1000.00").await;
        let claim = bench.post(&finance(), "/subsidy-claims", asked(&own)).await.expect(201);
        // What becomes known before the decision counts.
        let misuse = json!({ "change": { "kind": "misuse", "amount": "100000.00", "since": "2026-12-01" }, "reason": "贷后检查" });
        let proposed =
            bench.post(&officer(), &format!("/loans/{loan}/adjustments"), misuse).await.expect(201);
        bench.consented(&proposed).await;
        let path = format!("/adjustments/{}/approve", proposed["id"].as_str().unwrap());
        bench.post(&approver(), &path, json!({ "reason": "属实" })).await.expect(200);
        let path = format!("/subsidy-claims/{}/decide", claim["id"].as_str().unwrap());
        let yes = json!({ "approve": true, "reason": "符合政策" });
        let refused = bench.post(&super::fund::manager(1), &path, yes).await.refused(409, "loan-excluded");
        assert_eq!(refused["why"], "misused");
    }
}
