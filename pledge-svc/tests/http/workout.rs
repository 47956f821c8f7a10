//! What a case means beside its own steps: a payment of the borrower, claims that wait, new terms, the certificate, the
//! pledges behind the loan, and what a fund has left for the next loss.

use identity::Caller;
use serde_json::{Value, json};
use tx_kit::testing::Backend;
use uuid::Uuid;

use super::{
    bench::{Bench, finance, granter, officer, operations, other_finance},
    disposal::{
        ask, books_agree, case, compensated, done, lent, opened, outstanding, plan, risk_manager, sale,
        shared, shared_unsold, written_off,
    },
    facility::{draw, pledged, repay},
    fund::{covered_facility, funded, manager, order},
    registration::{Approved, step},
};

fn fen(amount: &Value) -> i64 {
    amount.as_str().unwrap().replace('.', "").parse().unwrap()
}

fn recovery(amount: &Value) -> Value {
    json!({ "kind": "recovery", "amount": amount, "payer": "企业", "reference": "回单 1 号" })
}

async fn claims(bench: &Bench, case_id: &str) -> Vec<Value> {
    case(bench, case_id).await["claims"].as_array().unwrap().clone()
}

async fn agreement(bench: &Bench) -> Value {
    bench.get(&officer(), "/fund-agreements").await.expect(200)["items"][0].clone()
}

/// The pledge that the bank holds of an enterprise.
async fn pledge_of(bench: &Bench, who: &Caller) -> Value {
    let list = bench.get(&officer(), "/pledges").await.expect(200);
    let mut all = list["items"].as_array().unwrap().iter();
    all.find(|one| one["enterprise_id"] == json!(who.tenant)).unwrap().clone()
}

async fn cancelling(bench: &Bench, pledge: &Value) -> super::bench::Answer {
    let path = format!("/pledges/{}/cancel", pledge["id"].as_str().unwrap());
    bench.post(&operations(), &path, json!({ "reason": "结清" })).await
}

/// Files the cancellation, which another person grants.
async fn cancelled(bench: &Bench, pledge: &Value) {
    cancelling(bench, pledge).await.expect(200);
    let path = format!("/pledges/{}/register", pledge["id"].as_str().unwrap());
    assert_eq!(bench.post(&granter(), &path, json!({})).await.expect(200)["status"], "cancelled");
}

#[tokio::test]
async fn once_a_fund_has_paid_what_the_borrower_pays_reaches_it_as_a_recovery_of_the_case() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let id = shared(&bench, &loan).await;
        compensated(&bench).await;
        let number = case(&bench, &id).await["number"].clone();
        let refused = repay(&bench, &loan, "100000.00", "r").await.refused(409, "loss-shared");
        assert_eq!(refused["number"], number);
        assert_eq!(outstanding(&bench, &loan).await.0, "250000.00", "nothing was taken");
        let back = done(&bench, &id, recovery(&json!("100000.00"))).await["result"].clone();
        assert_eq!((&back["back"][0]["amount"], &back["own_back"]), (&json!("50000.00"), &json!("50000.00")));
        assert_eq!(claims(&bench, &id).await[0]["returned"], "50000.00");
        assert_eq!(outstanding(&bench, &loan).await.0, "200000.00");
        // Off the books it is no payment on a loan either.
        written_off(&bench, &id).await;
        repay(&bench, &loan, "1.00", "r2").await.refused(409, "loss-shared");
        books_agree(&bench).await;
    }
}

#[tokio::test]
async fn a_claim_that_waits_falls_with_what_the_borrower_pays_and_its_answer_with_it() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let id = opened(&bench, &loan).await;
        shared_unsold(&bench, &id, json!({ "kind": "sharing", "interest": false })).await;
        let waiting = claims(&bench, &id).await[0].clone();
        assert_eq!(waiting["amount"], "300000.00");
        let path = format!("/compensation-claims/{}", waiting["id"].as_str().unwrap());
        let answer = json!({ "amount": "300000.00" });
        bench.post(&manager(1), &format!("{path}/answer"), answer.clone()).await.expect(200);

        repay(&bench, &loan, "400000.00", "r").await.expect(201);
        let owed = fen(&json!(outstanding(&bench, &loan).await.0));
        assert!(owed < 30_000_000, "{owed}");
        let view = case(&bench, &id).await;
        let (claim, loss) = (view["claims"][0].clone(), fen(&view["money"]["loss"]));
        assert_eq!(loss, owed, "what is lost is the principal that is left");
        assert!((2 * fen(&claim["amount"]) - owed).abs() <= 1, "{claim}");
        assert_eq!((&claim["status"], &claim["granted"]), (&json!("claimed"), &Value::Null));
        assert_eq!(view["sharing"]["loss"], view["money"]["loss"]);
        assert_eq!(view["sharing"]["parts"][0]["borne"], claim["amount"]);
        assert_eq!(agreement(&bench).await["pending"], claim["amount"]);
        let confirm = format!("{path}/confirm");
        bench.send(&manager(2), "POST", &confirm, json!({}), Some("c1")).await.refused(409, "not-in-status");
        bench.post(&manager(1), &format!("{path}/answer"), answer).await.refused(409, "above-claimed");

        let paid = compensated(&bench).await;
        assert_eq!(paid["paid"], claim["amount"]);
        assert_eq!(agreement(&bench).await["pending"], "0.00");
        repay(&bench, &loan, "1.00", "r2").await.refused(409, "loss-shared");
        books_agree(&bench).await;
    }
}

#[tokio::test]
async fn a_loan_that_is_paid_while_its_claims_wait_ends_with_nobody_else_paying() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let id = opened(&bench, &loan).await;
        shared_unsold(&bench, &id, json!({ "kind": "sharing" })).await;
        let view = bench.get(&officer(), &format!("/loans/{loan}")).await.expect(200);
        repay(&bench, &loan, view["payoff"].as_str().unwrap(), "all").await.expect(201);
        assert_eq!(outstanding(&bench, &loan).await, ("0.00".into(), "repaid".into()));
        let claim = claims(&bench, &id).await[0].clone();
        assert_eq!((&claim["status"], &claim["paid"]), (&json!("withdrawn"), &json!("0.00")));
        assert_eq!(agreement(&bench).await["pending"], "0.00");
        let path = format!("/loans/{loan}/settlement-certificate?format=json");
        bench.get(&officer(), &path).await.expect(200);
        done(&bench, &id, json!({ "kind": "closing", "outcome": "satisfied", "reason": "全额清偿" })).await;
        assert_eq!(case(&bench, &id).await["outcome"], "satisfied");
        books_agree(&bench).await;
    }
}

#[tokio::test]
async fn a_loan_that_others_paid_is_not_certified_as_settled_before_they_have_it_back() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let id = opened(&bench, &loan).await;
        let insurer = json!({ "bearer": "insurer", "name": "某财产保险公司", "rank": 2, "share": "1", "paper": "保单 BD-2026-1" });
        let all = json!({ "kind": "sharing", "interest": true, "penalty": true, "also": [insurer] });
        let loss = shared_unsold(&bench, &id, all).await["result"]["loss"].clone();
        for claim in claims(&bench, &id).await.iter().filter(|one| one["bearer"] == "insurer") {
            let answer = json!({ "kind": "answer", "claim_id": claim["id"], "amount": claim["amount"],
                "reference": "LP-2027-1" });
            done(&bench, &id, answer).await;
        }
        let claim = claims(&bench, &id).await.into_iter().find(|one| one["bearer"] == "fund").unwrap();
        let path = format!("/compensation-claims/{}", claim["id"].as_str().unwrap());
        let answer = json!({ "amount": claim["amount"] });
        bench.post(&manager(1), &format!("{path}/answer"), answer).await.expect(200);
        bench.send(&manager(2), "POST", &format!("{path}/confirm"), json!({}), Some("c")).await.expect(200);
        assert_eq!(outstanding(&bench, &loan).await.1, "repaid");

        let certificate = format!("/loans/{loan}/settlement-certificate?format=json");
        let refused = bench.get(&officer(), &certificate).await.refused(409, "compensation-live");
        assert_eq!(refused["owed"], loss);
        repay(&bench, &loan, "1.00", "r").await.refused(409, "loss-shared");
        done(&bench, &id, recovery(&loss)).await;
        for claim in claims(&bench, &id).await {
            assert_eq!(claim["returned"], claim["paid"], "{claim}");
        }
        bench.get(&officer(), &certificate).await.expect(200);
        books_agree(&bench).await;
    }
}

/// A loan of 600,000 whose principal and some interest the fund and a valuer have paid; a re-guarantor that owes the rest
/// of the loss is silent.
async fn interest_left(bench: &Bench) -> (String, String) {
    let loan = lent(bench).await;
    let id = opened(bench, &loan).await;
    let letter = json!({ "kind": "letter", "contact": "法定代表人", "note": "寄送催收函" });
    bench.post(&risk_manager(), &format!("/disposal-cases/{id}/actions"), letter).await.expect(201);
    let also = json!([
        { "bearer": "appraiser", "name": "评估机构", "rank": 2, "share": "0.99" },
        { "bearer": "reguarantor", "name": "再担保公司", "rank": 3, "share": "1" },
    ]);
    shared_unsold(bench, &id, json!({ "kind": "sharing", "interest": true, "also": also })).await;
    compensated(bench).await;
    let valuers = of(&claims(bench, &id).await, "appraiser");
    done(bench, &id, answer(&valuers)).await;
    bench.at("2027-06-20T02:00:00Z");
    let silent = of(&claims(bench, &id).await, "reguarantor");
    let asked = json!({ "kind": "unanswered", "claim_id": silent["id"], "ground": "silent", "reason": "两次催告未复" });
    done(bench, &id, asked).await;
    (loan, id)
}

fn of(claims: &[Value], bearer: &str) -> Value {
    claims.iter().find(|one| one["bearer"] == bearer).unwrap().clone()
}

/// The whole of a claim is granted.
fn answer(claim: &Value) -> Value {
    json!({ "kind": "answer", "claim_id": claim["id"], "amount": claim["amount"], "reference": "划款凭证 1 号" })
}

#[tokio::test]
async fn interest_that_is_left_once_others_paid_the_principal_is_written_off_claimed_on_and_its_case_ends() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let (loan, id) = interest_left(&bench).await;
        assert_eq!(outstanding(&bench, &loan).await, ("0.00".into(), "active".into()));
        let ended = json!({ "kind": "closing", "outcome": "ended", "reason": "执行终结" });
        let owed = ask(&bench, &id, ended.clone()).await.refused(409, "still-owed")["owed"].clone();
        assert!(fen(&owed) > 0, "{owed}");

        let off = written_off(&bench, &id).await["result"].clone();
        assert_eq!((&off["taken_off"], &off["principal"]), (&owed, &json!("0.00")));
        assert_eq!(outstanding(&bench, &loan).await.1, "written_off");
        let money = case(&bench, &id).await["money"].clone();
        assert_eq!((&money["taken_off"], &money["written_off"]), (&owed, &json!("0.00")));
        books_agree(&bench).await;
        // It is claimed on: no certificate, and what is still claimed is named.
        let certificate = format!("/loans/{loan}/settlement-certificate?format=json");
        let refused = bench.get(&officer(), &certificate).await.refused(409, "not-settled");
        let others = fen(&money["compensated"]);
        assert_eq!(fen(&refused["claimed"]), fen(&owed) + others, "{refused}");
        let sql =
            "SELECT envelope AS text FROM outbox WHERE name = 'disposal.case_changed.v1' ORDER BY version";
        let told = bench.texts(sql).await.pop().unwrap();
        let told = serde_json::from_str::<Value>(&told).unwrap()["event"]["data"].clone();
        assert_eq!((&told["act"], &told["status"]), (&json!("write_off"), &json!("written_off")));

        // The one who was silent pays after all: it is interest that comes back.
        let silent = of(&claims(&bench, &id).await, "reguarantor");
        done(&bench, &id, answer(&silent)).await;
        let after = case(&bench, &id).await["money"].clone();
        assert_eq!(fen(&after["compensated"]), others + fen(&silent["amount"]));
        assert_eq!(after["written_back"], "0.00");
        books_agree(&bench).await;
        done(&bench, &id, ended).await;
        assert_eq!(case(&bench, &id).await["outcome"], "ended");
        bench.get(&officer(), &certificate).await.refused(409, "not-settled");
        books_agree(&bench).await;
    }
}

#[tokio::test]
async fn the_terms_of_a_loan_stay_while_its_collateral_is_sold_or_its_loss_shared() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let id = opened(&bench, &loan).await;
        let path = format!("/loans/{loan}/adjustments");
        let extension = json!({ "change": { "kind": "extension", "months": 3 }, "reason": "借款人申请" });
        // In collection the terms may change, by their own rules.
        bench.post(&officer(), &path, extension.clone()).await.refused(409, "overdue");
        done(&bench, &id, plan()).await;
        let refused = bench.post(&officer(), &path, extension).await.refused(409, "loan-in-workout");
        assert_eq!(refused["number"], case(&bench, &id).await["number"]);
    }
}

#[tokio::test]
async fn a_pledge_stays_while_interest_alone_is_owed() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = bench.facility().await;
        pledged(&bench, &facility, &finance(), 1).await;
        let body = json!({ "enterprise_id": finance().tenant, "amount": "600000.00", "tenor_months": 1 });
        let path = format!("/facilities/{facility}/drawdowns");
        let drawn = bench.send(&finance(), "POST", &path, body, Some("d")).await.expect(201);
        let loan = drawn["loan_id"].as_str().unwrap();
        let pledge = pledge_of(&bench, &finance()).await;
        let refused = cancelling(&bench, &pledge).await.refused(409, "still-secured");
        assert_eq!(refused["outstanding"], "600000.00");
        // More than ninety days late principal is paid first; interest and penalty are left.
        bench.at("2027-04-10T02:00:00Z");
        repay(&bench, loan, "600000.00", "r").await.expect(201);
        assert_eq!(outstanding(&bench, loan).await, ("0.00".into(), "active".into()));
        let refused = cancelling(&bench, &pledge).await.refused(409, "still-secured");
        assert_eq!(refused["loans"].as_array().unwrap().len(), 1, "{refused}");
        let view = bench.get(&officer(), &format!("/loans/{loan}")).await.expect(200);
        repay(&bench, loan, view["payoff"].as_str().unwrap(), "all").await.expect(201);
        cancelled(&bench, &pledge).await;
    }
}

#[tokio::test]
async fn a_pledge_stays_while_the_case_of_a_loan_off_the_books_is_open() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let id = opened(&bench, &loan).await;
        let letter = json!({ "kind": "letter", "contact": "法定代表人", "note": "寄送催收函" });
        bench.post(&risk_manager(), &format!("/disposal-cases/{id}/actions"), letter).await.expect(201);
        shared_unsold(&bench, &id, json!({ "kind": "sharing", "interest": false })).await;
        compensated(&bench).await;
        written_off(&bench, &id).await;
        let pledge = pledge_of(&bench, &finance()).await;
        let refused = cancelling(&bench, &pledge).await.refused(409, "still-secured");
        assert_eq!(refused["cases"], json!([case(&bench, &id).await["number"]]));
        done(&bench, &id, json!({ "kind": "closing", "outcome": "ended", "reason": "执行终结" })).await;
        cancelled(&bench, &pledge).await;
    }
}

#[tokio::test]
async fn only_what_secures_the_loan_is_sold_and_its_pledge_is_let_go_of_with_the_sale() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = bench.facility().await;
        pledged(&bench, &facility, &finance(), 1).await;
        pledged(&bench, &facility, &other_finance(), 2).await;
        let drawn = draw(&bench, &facility, &finance(), "600000.00", "d").await.expect(201);
        let id = opened(&bench, drawn["loan_id"].as_str().unwrap()).await;
        done(&bench, &id, plan()).await;
        let mut neighbours = sale("110000.00");
        neighbours["lots"][0]["patent_id"] = json!(Uuid::from_u128(50_002));
        ask(&bench, &id, neighbours).await.refused(409, "pledged-elsewhere");
        let short = ask(&bench, &id, sale("99999.99")).await.refused(409, "below-reserve");
        assert_eq!((&short["price"], &short["reserve"]), (&json!("99999.99"), &json!("100000.00")));
        done(&bench, &id, sale("110000.00")).await;
        let pledge = pledge_of(&bench, &finance()).await;
        assert_eq!(pledge["status"], "cancelled", "nothing is left under it");
        assert!(pledge["cancel_reason"].as_str().unwrap().contains("处置成交"));
        ask(&bench, &id, sale("1.00")).await.refused(409, "not-pledged");
        assert_eq!(pledge_of(&bench, &other_finance()).await["status"], "registered");
        books_agree(&bench).await;
    }
}

#[tokio::test]
async fn a_patent_is_sold_once_and_the_rest_of_its_pledge_stands() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let approved = Approved::new(&bench).await;
        let pledge = approved.register(&bench).await;
        let drawn = approved.draw(&bench, "600000.00", "d").await.expect(201);
        let id = opened(&bench, drawn["loan_id"].as_str().unwrap()).await;
        done(&bench, &id, plan()).await;
        done(&bench, &id, sale("110000.00")).await;
        let path = format!("/pledges/{pledge}");
        let after = bench.get(&officer(), &path).await.expect(200);
        assert_eq!(
            (&after["status"], &after["filing"]["kind"], &after["filing"]["state"]),
            (&json!("registered"), &json!("change"), &json!("accepted"))
        );
        // While its release is at the register nothing else of the pledge is sold.
        let mut other = sale("90000.00");
        other["lots"][0]["patent_id"] = json!(approved.patents[1]);
        ask(&bench, &id, other.clone()).await.refused(409, "filing-open");
        // A release that falls away does not make the patent one that may be sold again.
        step(&bench, &pledge, "withdraw", json!({ "reason": "材料有误" })).await;
        ask(&bench, &id, sale("110000.00")).await.refused(409, "already-sold");
        let release =
            json!({ "release": [approved.patents[0]], "secured_amount": "2000000.00", "reason": "处置成交" });
        step(&bench, &pledge, "change", release).await;
        let released = step(&bench, &pledge, "register", json!({})).await;
        assert_eq!(released["secured_amount"], "2000000.00");
        assert!(released["patents"][0]["released_on"].is_string());
        done(&bench, &id, other).await;
        let ended = bench.get(&officer(), &path).await.expect(200);
        assert_eq!(ended["status"], "cancelled");
    }
}

#[tokio::test]
async fn what_waits_for_a_fund_counts_against_its_year_for_the_next_loss() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        funded(&bench, "1000000.00").await;
        let terms = json!({
            "kind": "agreement", "bank_id": officer().tenant, "commitment": "500000.00",
            "share_max": "0.5", "cap_per_year": "300000.00", "starts_on": "2026-01-01", "ends_on": "2027-12-31",
        });
        order(&bench, terms).await;
        let facility = covered_facility(&bench).await;
        pledged(&bench, &facility, &finance(), 1).await;
        let mut loans = Vec::new();
        for key in ["d1", "d2"] {
            let drawn = draw(&bench, &facility, &finance(), "600000.00", key).await.expect(201);
            loans.push(drawn["loan_id"].as_str().unwrap().to_owned());
        }
        let sharing = json!({ "kind": "sharing", "interest": false });
        let first = opened(&bench, &loans[0]).await;
        let one = shared_unsold(&bench, &first, sharing.clone()).await["result"].clone();
        assert_eq!(one["parts"][0]["borne"], "300000.00");
        let body = json!({ "loan_id": loans[1], "cause": "overdue" });
        let second = bench.post(&risk_manager(), "/disposal-cases", body).await.expect(201);
        let two = shared_unsold(&bench, second["id"].as_str().unwrap(), sharing).await["result"].clone();
        assert_eq!(
            (&two["parts"][0]["borne"], &two["parts"][0]["limited_by"], &two["bank"]),
            (&json!("0.00"), &json!("year"), &json!("600000.00"))
        );
        let paid = compensated(&bench).await;
        assert_eq!(paid["paid"], "300000.00", "what was claimed first can be paid");
    }
}

#[tokio::test]
async fn what_comes_in_while_one_has_paid_and_another_has_not_answered_goes_out_at_once_and_the_claim_falls()
{
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let id = opened(&bench, &loan).await;
        let insurer = json!({ "bearer": "insurer", "name": "某财产保险公司", "rank": 2, "share": "0.4", "paper": "保单 BD-2026-1" });
        // Of 600,000 the fund bears 300,000, the insurer 120,000 and the bank the rest.
        shared_unsold(&bench, &id, json!({ "kind": "sharing", "interest": false, "also": [insurer] })).await;
        let insurers = of(&claims(&bench, &id).await, "insurer");
        let answer = json!({ "kind": "answer", "claim_id": insurers["id"], "amount": "120000.00", "reference": "LP-1" });
        done(&bench, &id, answer).await;
        assert_eq!(outstanding(&bench, &loan).await.0, "480000.00");
        repay(&bench, &loan, "100000.00", "r").await.refused(409, "loss-shared");

        // The fund has not answered; nothing waits for it.
        let back = done(&bench, &id, recovery(&json!("100000.00"))).await["result"].clone();
        assert_eq!(back["back"], json!([{ "claim_id": insurers["id"], "amount": "20000.00" }]), "{back}");
        let waiting = of(&claims(&bench, &id).await, "fund");
        assert_eq!(back["own_back"], "80000.00");
        assert_eq!(back["eased"], json!([{ "claim_id": waiting["id"], "amount": "50000.00" }]));
        assert_eq!(
            (&waiting["amount"], &waiting["eased"], &waiting["status"]),
            (&json!("250000.00"), &json!("50000.00"), &json!("claimed"))
        );
        assert_eq!(of(&claims(&bench, &id).await, "insurer")["returned"], "20000.00");
        assert_eq!(outstanding(&bench, &loan).await.0, "400000.00");
        assert_eq!(agreement(&bench).await["pending"], "250000.00");
        books_agree(&bench).await;

        // It pays what is left of its part, and then all stand as if it had paid before.
        assert_eq!(compensated(&bench).await["paid"], "250000.00");
        let back = done(&bench, &id, recovery(&json!("100000.00"))).await["result"].clone();
        let mut parts: Vec<(bool, &str)> = back["back"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["claim_id"] == insurers["id"], one["amount"].as_str().unwrap()))
            .collect();
        parts.sort_unstable();
        assert_eq!(parts, [(false, "50000.00"), (true, "20000.00")]);
        assert_eq!((&back["own_back"], &back["eased"]), (&json!("30000.00"), &json!([])));
        assert_eq!(outstanding(&bench, &loan).await.0, "120000.00");
        books_agree(&bench).await;
    }
}
