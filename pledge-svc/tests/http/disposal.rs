//! A loan that is not repaid, over the router: collection, disposal, sharing of the loss with a fund, write-off, recovery.

use contracts::OrgKind;
use identity::{Caller, Role};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use tx_kit::testing::Backend;
use uuid::Uuid;

use super::{
    bench::{Bench, approver, examiner, finance, officer, other_officer},
    facility::{draw, pledged, repay},
    fund::{agreed, covered_facility, fund, funded, manager, person},
};

pub fn risk_manager() -> Caller {
    person(1_004, 10, "风险经理", OrgKind::Bank, &[Role::RiskManager])
}

/// One who holds both roles: the model, not the role, keeps maker and approver apart.
fn both() -> Caller {
    person(1_005, 10, "双岗", OrgKind::Bank, &[Role::RiskManager, Role::CreditApprover])
}

/// A loan of 600,000 under a facility of which a fund with a million bears half, drawn on 24 November 2026.
pub async fn lent(bench: &Bench) -> String {
    funded(bench, "1000000.00").await;
    agreed(bench, "500000.00").await;
    let facility = covered_facility(bench).await;
    pledged(bench, &facility, &finance(), 1).await;
    let drawn = draw(bench, &facility, &finance(), "600000.00", "d").await.expect(201);
    drawn["loan_id"].as_str().unwrap().to_owned()
}

/// Its case, opened when four due dates were missed.
pub async fn opened(bench: &Bench, loan: &str) -> String {
    bench.at("2027-04-10T02:00:00Z");
    let case = json!({ "loan_id": loan, "cause": "overdue" });
    let opened = bench.post(&risk_manager(), "/disposal-cases", case).await.expect(201);
    opened["id"].as_str().unwrap().to_owned()
}

pub async fn ask(bench: &Bench, case: &str, ask: Value) -> super::bench::Answer {
    bench.post(&risk_manager(), &format!("/disposal-cases/{case}/proposals"), ask).await
}

/// Asks and decides; gives the proposal with its result.
pub async fn done(bench: &Bench, case: &str, what: Value) -> Value {
    let asked = ask(bench, case, what).await.expect(201);
    let path = format!("/disposal-proposals/{}/approve", asked["id"].as_str().unwrap());
    bench.send(&approver(), "POST", &path, json!({}), Some(&Uuid::new_v4().to_string())).await.expect(200)
}

pub async fn case(bench: &Bench, id: &str) -> Value {
    bench.get(&risk_manager(), &format!("/disposal-cases/{id}")).await.expect(200)
}

pub async fn outstanding(bench: &Bench, loan: &str) -> (String, String) {
    let view = bench.get(&officer(), &format!("/loans/{loan}")).await.expect(200);
    let text = |name: &str| view[name].as_str().unwrap().to_owned();
    (text("outstanding"), text("status"))
}

pub async fn books_agree(bench: &Bench) {
    for path in ["/ledger/reconciliation", "/ledger/control-accounts"] {
        let body = bench.get(&examiner(), path).await.expect(200);
        let rows = body["items"].as_array().unwrap();
        assert!(!rows.is_empty(), "{path}");
        for one in rows {
            assert_eq!(one["agrees"], json!(true), "{path}: {one}");
        }
    }
}

/// A plan to sell from the day of the case on: unlike an auction it needs no notice.
pub fn plan() -> Value {
    json!({
        "kind": "plan", "method": "sale", "valuation": "400000.00", "valued_on": "2027-04-01",
        "valuer": "评估机构 评字 1 号", "reserve": "100000.00", "venue": "产权交易所", "starts_on": "2027-04-10",
        "expected_costs": "10000.00",
    })
}

pub fn sale(price: &str) -> Value {
    json!({
        "kind": "proceeds", "method": "sale", "buyer": "买受人", "reference": "成交确认书 1 号",
        "lots": [{ "patent_id": Uuid::from_u128(50_001), "number": "CN100000001B", "appraised": "4000000.00",
            "appraised_on": "2026-11-24", "price": price }],
    })
}

/// A case whose collateral fetched 110,000 against costs of 10,000 and whose loss of 500,000 is shared with the fund.
pub async fn shared(bench: &Bench, loan: &str) -> String {
    let id = opened(bench, loan).await;
    let letter = json!({ "kind": "letter", "contact": "法定代表人", "note": "寄送催收函" });
    bench.post(&risk_manager(), &format!("/disposal-cases/{id}/actions"), letter).await.expect(201);
    done(bench, &id, plan()).await;
    let cost = json!({ "kind": "cost", "amount": "10000.00", "purpose": "拍卖佣金", "payee": "拍卖行", "reference": "F1" });
    done(bench, &id, cost).await;
    done(bench, &id, sale("110000.00")).await;
    done(bench, &id, json!({ "kind": "sharing", "interest": false })).await;
    id
}

/// The fund's claim, paid in whole by its two people.
pub async fn compensated(bench: &Bench) -> Value {
    let list = bench.get(&manager(1), "/compensation-claims").await.expect(200);
    let claim = &list["items"][0];
    let path = format!("/compensation-claims/{}", claim["id"].as_str().unwrap());
    let answer = json!({ "amount": claim["amount"] });
    bench.post(&manager(1), &format!("{path}/answer"), answer).await.expect(200);
    bench.send(&manager(2), "POST", &format!("{path}/confirm"), json!({}), Some("c")).await.expect(200)
}

/// A paper of a case; gives its id.
pub async fn paper(bench: &Bench, case: &str, kind: &str) -> Value {
    let path = format!("/disposal-cases/{case}/documents?kind={kind}&file_name={kind}.pdf");
    let pdf = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n".to_vec();
    bench.upload(&risk_manager(), &path, "application/octet-stream", pdf).await.expect(201)["id"].clone()
}

/// Everything that secures a case's loan is found worthless by a recorded valuation.
pub async fn worthless(bench: &Bench, case: &str) -> Value {
    let report = paper(bench, case, "valuation").await;
    let finding = json!({
        "kind": "finding", "value": "5000.00", "costs": "20000.00", "valued_on": "2026-11-24",
        "valuer": "评估机构 评字 2 号", "reason": "两次流拍，无人应价", "document_id": report,
    });
    done(bench, case, finding).await
}

/// What a case's loan lost is shared, principal alone, once its collateral is found worthless.
pub async fn shared_unsold(bench: &Bench, case: &str, sharing: Value) -> Value {
    worthless(bench, case).await;
    done(bench, case, sharing).await
}

/// Declares a case's loan due before its time.
pub async fn accelerated(bench: &Bench, case: &str) -> Value {
    let letter = paper(bench, case, "acceleration_letter").await;
    let asked = json!({
        "kind": "acceleration", "ground": "misuse", "reason": "挪用贷款资金", "clause": "借款合同第十二条",
        "notified_on": "2026-11-24", "document_id": letter,
    });
    done(bench, case, asked).await
}

/// A write-off with its papers uploaded to the case.
pub async fn write_off(bench: &Bench, case: &str) -> Value {
    let mut papers = Vec::new();
    for code in ["debt", "collection", "liability", "disposal", "price"] {
        let id = paper(bench, case, code).await;
        papers.push(json!({ "code": code, "reference": "档案 1 号", "document_id": id }));
    }
    json!({ "kind": "write_off", "condition": "collateral_disposed", "papers": papers })
}

/// Two people classify a loan.
pub async fn classified(bench: &Bench, loan: &str, tier: &str) {
    let path = format!("/loans/{loan}/classifications");
    let body = json!({ "tier": tier, "reason": "停产，无可供执行财产" });
    let made = bench.post(&risk_manager(), &path, body).await.expect(201);
    let confirm = format!("{path}/{}/confirm", made["id"].as_str().unwrap());
    bench.post(&approver(), &confirm, json!({})).await.expect(200);
}

/// The loan of a case, classified as lost and written off with all its papers.
pub async fn written_off(bench: &Bench, id: &str) -> Value {
    let loan = case(bench, id).await["loan_id"].as_str().unwrap().to_owned();
    classified(bench, &loan, "loss").await;
    let asked = write_off(bench, id).await;
    done(bench, id, asked).await
}

#[tokio::test]
async fn a_case_is_opened_when_something_is_late_or_by_decision_of_another_person() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let overdue = json!({ "loan_id": loan, "cause": "overdue" });
        bench.post(&risk_manager(), "/disposal-cases", overdue.clone()).await.refused(409, "not-overdue");
        bench.post(&officer(), "/disposal-cases", overdue).await.refused(403, "forbidden");
        let silent = json!({ "loan_id": loan, "cause": "decision" });
        bench.post(&risk_manager(), "/disposal-cases", silent).await.refused(422, "invalid-request");
        let decided = json!({ "loan_id": loan, "cause": "decision", "reason": "挪用贷款资金" });
        let stranger = person(1_104, 11, "他行风险经理", OrgKind::Bank, &[Role::RiskManager]);
        bench.post(&stranger, "/disposal-cases", decided.clone()).await.refused(404, "not-found");
        let opened = bench.post(&both(), "/disposal-cases", decided.clone()).await.expect(201);
        assert_eq!(opened["status"], "proposed");
        bench.post(&both(), "/disposal-cases", decided.clone()).await.refused(409, "case-open");
        let proposal = opened["proposals"][0]["id"].as_str().unwrap();
        let approve = format!("/disposal-proposals/{proposal}/approve");
        bench.send(&both(), "POST", &approve, json!({}), Some("a")).await.refused(403, "four-eyes");
        let refuse = format!("/disposal-proposals/{proposal}/refuse");
        bench.post(&approver(), &refuse, json!({ "reason": "证据不足" })).await.expect(200);
        let id = opened["id"].as_str().unwrap();
        let closed = case(&bench, id).await;
        assert_eq!((&closed["status"], &closed["outcome"]), (&json!("closed"), &json!("not_opened")));
        let again = bench.post(&risk_manager(), "/disposal-cases", decided).await.expect(201);
        let proposal = again["proposals"][0]["id"].as_str().unwrap();
        let approve = format!("/disposal-proposals/{proposal}/approve");
        bench.send(&approver(), "POST", &approve, json!({}), Some("b")).await.expect(200);
        assert_eq!(case(&bench, again["id"].as_str().unwrap()).await["status"], "collection");
        let path = format!("/disposal-cases/{id}");
        bench.get(&other_officer(), &path).await.refused(404, "not-found");
        bench.get(&manager(1), &path).await.refused(404, "not-found");
        bench.get(&finance(), &path).await.refused(403, "forbidden");
        bench.get(&examiner(), &path).await.expect(200);
    }
}

#[tokio::test]
async fn promises_are_kept_by_payments_and_found_broken_the_day_after() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let id = opened(&bench, &loan).await;
        let path = format!("/disposal-cases/{id}/actions");
        let promise = |amount: &str, until: &str| {
            json!({ "kind": "promise", "contact": "财务负责人", "note": "承诺还款",
                "promise": { "amount": amount, "until": until } })
        };
        bench
            .post(&risk_manager(), &path, promise("1000.00", "2027-04-09"))
            .await
            .refused(422, "invalid-request");
        let empty = json!({ "kind": "promise", "note": "承诺还款" });
        bench.post(&risk_manager(), &path, empty).await.refused(422, "invalid-request");
        bench.post(&risk_manager(), &path, promise("1000.00", "2027-04-12")).await.expect(201);
        bench.post(&risk_manager(), &path, promise("2000.00", "2027-04-20")).await.expect(201);
        repay(&bench, &loan, "1500.00", "r").await.expect(201);
        let state = |view: &Value, at: usize| {
            let one = &view["promises"][at];
            (one["paid"].as_str().unwrap().to_owned(), one["state"].as_str().unwrap().to_owned())
        };
        let view = case(&bench, &id).await;
        assert_eq!(state(&view, 0), ("1000.00".into(), "kept".into()));
        assert_eq!(state(&view, 1), ("500.00".into(), "open".into()));
        bench.at("2027-04-21T02:00:00Z");
        let view = case(&bench, &id).await;
        assert_eq!(state(&view, 1), ("500.00".into(), "broken".into()));
    }
}

#[tokio::test]
async fn an_auction_is_announced_seven_days_before_and_sells_nothing_before_it_begins() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let id = opened(&bench, &loan).await;
        let auction = |from: &str| {
            let mut plan = plan();
            plan["method"] = json!("auction");
            plan["starts_on"] = json!(from);
            plan
        };
        let flawed = |refused: Value, field: &str| assert!(refused.to_string().contains(field), "{refused}");
        let soon = ask(&bench, &id, auction("2027-04-16")).await.refused(422, "invalid-request");
        flawed(soon, "starts_on");
        // Proposed in time and decided a day later it can no longer be announced.
        let asked = ask(&bench, &id, auction("2027-04-17")).await.expect(201);
        let path = format!("/disposal-proposals/{}", asked["id"].as_str().unwrap());
        bench.at("2027-04-11T02:00:00Z");
        let late = bench.send(&approver(), "POST", &format!("{path}/approve"), json!({}), Some("late")).await;
        flawed(late.refused(422, "invalid-request"), "starts_on");
        let reason = json!({ "reason": "公告期不足" });
        bench.post(&approver(), &format!("{path}/refuse"), reason).await.expect(200);
        done(&bench, &id, auction("2027-04-18")).await;
        bench.at("2027-04-17T02:00:00Z");
        flawed(ask(&bench, &id, sale("110000.00")).await.refused(422, "invalid-request"), "lots");
        assert_eq!(outstanding(&bench, &loan).await.0, "600000.00");
        bench.at("2027-04-18T02:00:00Z");
        done(&bench, &id, sale("110000.00")).await;
        books_agree(&bench).await;
    }
}

#[tokio::test]
async fn proceeds_meet_costs_and_pay_the_loan_and_the_price_stands_beside_the_value() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let id = opened(&bench, &loan).await;
        ask(&bench, &id, sale("110000.00")).await.refused(409, "not-in-status");
        let mut court = plan();
        court["method"] = json!("court");
        let low = ask(&bench, &id, court).await.refused(409, "reserve-too-low");
        assert_eq!(low["least"], "280000.00", "seventy percent of 400,000");
        done(&bench, &id, plan()).await;
        let cost = json!({ "kind": "cost", "amount": "10000.00", "purpose": "拍卖佣金", "payee": "拍卖行", "reference": "F1" });
        let asked = ask(&bench, &id, cost.clone()).await.expect(201);
        ask(&bench, &id, cost).await.refused(409, "change-pending");
        let path = format!("/disposal-proposals/{}", asked["id"].as_str().unwrap());
        bench
            .post(&approver(), &format!("{path}/approve"), json!({}))
            .await
            .refused(400, "idempotency-key-required");
        bench.send(&approver(), "POST", &format!("{path}/approve"), json!({}), Some("k")).await.expect(200);
        let mut stranger = sale("110000.00");
        stranger["lots"][0]["patent_id"] = json!(Uuid::from_u128(1));
        ask(&bench, &id, stranger).await.refused(409, "not-pledged");

        let asked = ask(&bench, &id, sale("110000.00")).await.expect(201);
        let path = format!("/disposal-proposals/{}", asked["id"].as_str().unwrap());
        let preview = bench.get(&approver(), &path).await.expect(200);
        assert_eq!(
            preview["result"]["to_loan"], "100000.00",
            "what it would do is shown before it is decided"
        );
        assert_eq!(outstanding(&bench, &loan).await.0, "600000.00");
        bench.send(&approver(), "POST", &format!("{path}/approve"), json!({}), Some("s")).await.expect(200);
        assert_eq!(outstanding(&bench, &loan).await.0, "500000.00", "principal before interest");
        let view = case(&bench, &id).await;
        assert_eq!(view["sales"][0]["realised"]["waterfall"]["paid"]["costs"], "10000.00");
        assert_eq!(view["unmet_costs"], "0.00");
        // 110,000 of 4,000,000 that it was lent on.
        assert_eq!(view["realised"][0]["ratio"], "0.0275");
        books_agree(&bench).await;
        let movements = bench.get(&officer(), &format!("/loans/{loan}/movements")).await.expect(200);
        let kinds: Vec<&str> =
            movements["items"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
        for kind in ["loan.disposal_cost", "loan.disposal_proceeds", "loan.repayment"] {
            assert!(kinds.contains(&kind), "{kinds:?}");
        }
    }
}

#[tokio::test]
async fn two_people_of_the_fund_pay_its_half_of_the_loss_in_both_books() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let id = shared(&bench, &loan).await;
        let view = case(&bench, &id).await;
        assert_eq!((&view["status"], &view["money"]["loss"]), (&json!("sharing"), &json!("500000.00")));
        assert_eq!(view["sharing"]["parts"][0]["borne"], "250000.00");
        assert_eq!(view["sharing"]["bank"], "250000.00");
        let off = write_off(&bench, &id).await;
        ask(&bench, &id, off).await.refused(409, "claims-open");

        let seen = bench.get(&manager(1), &format!("/disposal-cases/{id}")).await.expect(200);
        assert_eq!(seen["proposals"], json!([]), "who asked for what is the bank's own house");
        let list = bench.get(&manager(1), "/compensation-claims").await.expect(200);
        let claim = list["items"][0]["id"].as_str().unwrap().to_owned();
        let path = format!("/compensation-claims/{claim}");
        let record =
            json!({ "kind": "answer", "claim_id": claim, "amount": "250000.00", "reference": "LP-1" });
        ask(&bench, &id, record).await.refused(409, "fund-answers-itself");
        let answer = format!("{path}/answer");
        bench.post(&officer(), &answer, json!({ "amount": "1.00" })).await.refused(403, "forbidden");
        bench
            .post(&manager(1), &answer, json!({ "amount": "250000.01" }))
            .await
            .refused(409, "above-claimed");
        bench.post(&manager(1), &answer, json!({ "amount": "1.00" })).await.refused(422, "invalid-request");
        bench.post(&manager(1), &answer, json!({ "amount": "250000.00" })).await.expect(200);
        let confirm = format!("{path}/confirm");
        bench.send(&manager(1), "POST", &confirm, json!({}), Some("c")).await.refused(403, "four-eyes");
        let paid = bench.send(&manager(2), "POST", &confirm, json!({}), Some("c")).await.expect(200);
        assert_eq!((&paid["status"], &paid["paid"]), (&json!("paid"), &json!("250000.00")));
        let twice = bench.send(&manager(2), "POST", &confirm, json!({}), Some("c")).await.expect(200);
        assert_eq!(twice, paid, "a repeat of the key is answered, not paid again");
        bench.send(&manager(2), "POST", &confirm, json!({}), Some("c2")).await.refused(409, "not-in-status");

        let account = fund(&bench, &manager(1)).await["account"].clone();
        assert_eq!((&account["balance"], &account["agrees"]), (&json!("750000.00"), &json!(true)));
        assert_eq!(outstanding(&bench, &loan).await.0, "250000.00");
        books_agree(&bench).await;
        let agreement = bench.get(&officer(), "/fund-agreements").await.expect(200)["items"][0].clone();
        assert_eq!(
            agreement["status"], "stopped",
            "a quarter of a million of a quarter of a million covered"
        );
        assert_eq!((&agreement["pending"], &agreement["paid"]), (&json!("0.00"), &json!("250000.00")));
        let entries = format!("/funds/{}/entries?kind=compensation", manager(1).tenant);
        let seen = bench.get(&officer(), &entries).await.expect(200);
        assert_eq!(seen["items"][0]["amount"], "250000.00");
        assert_eq!(seen["items"][0]["balance"], Value::Null, "a bank sees what concerns it, not the balance");
    }
}

#[tokio::test]
async fn an_answer_that_is_sent_back_waits_again_and_one_that_declines_frees_what_was_pending() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        shared(&bench, &loan).await;
        let list = bench.get(&manager(1), "/compensation-claims").await.expect(200);
        let path = format!("/compensation-claims/{}", list["items"][0]["id"].as_str().unwrap());
        let declined = json!({ "amount": "0.00", "reason": "不在覆盖范围" });
        bench.post(&manager(1), &format!("{path}/answer"), declined.clone()).await.expect(200);
        bench.post(&manager(1), &format!("{path}/send-back"), json!({})).await.refused(403, "four-eyes");
        let back = bench.post(&manager(2), &format!("{path}/send-back"), json!({})).await.expect(200);
        assert_eq!(back["status"], "claimed");
        bench.post(&manager(2), &format!("{path}/answer"), declined).await.expect(200);
        let confirm = format!("{path}/confirm");
        let after = bench.send(&manager(1), "POST", &confirm, json!({}), Some("c")).await.expect(200);
        assert_eq!((&after["status"], &after["paid"]), (&json!("declined"), &json!("0.00")));
        assert_eq!(fund(&bench, &manager(1)).await["account"]["balance"], "1000000.00");
        let agreement = bench.get(&officer(), "/fund-agreements").await.expect(200)["items"][0].clone();
        assert_eq!(agreement["pending"], "0.00");
    }
}

/// The balance of an account in the bank's book.
async fn noted(bench: &Bench, code: &str) -> String {
    let body = bench.get(&officer(), "/ledger/trial-balance").await.expect(200);
    let row = body["accounts"].as_array().unwrap().iter().find(|row| row["account"] == code).cloned();
    row.map_or_else(|| "0.00".to_owned(), |row| row["balance"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_loan_written_off_leaves_the_books_and_what_is_recovered_flows_back_as_the_loss_was_borne() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let id = shared(&bench, &loan).await;
        compensated(&bench).await;
        classified(&bench, &loan, "loss").await;
        let mut short = write_off(&bench, &id).await;
        short["papers"].as_array_mut().unwrap().pop();
        let missing = ask(&bench, &id, short).await.refused(422, "invalid-request");
        assert_eq!(missing["errors"][0]["field"], "papers.price");
        let early = json!({ "kind": "closing", "outcome": "ended", "reason": "执行终结" });
        ask(&bench, &id, early.clone()).await.refused(409, "still-owed");
        let asked = write_off(&bench, &id).await;
        let off = done(&bench, &id, asked).await;
        assert_eq!(off["result"]["principal"], "250000.00");
        assert_eq!(outstanding(&bench, &loan).await, ("0.00".into(), "written_off".into()));
        books_agree(&bench).await;
        // Off the books it is still claimed, and nothing of it is receivable or suspended any more.
        assert_eq!(noted(&bench, "9103").await, "250000.00");
        assert_eq!(
            (noted(&bench, "1132").await, noted(&bench, "9101").await),
            ("0.00".into(), "0.00".into())
        );
        let certificate = format!("/loans/{loan}/settlement-certificate");
        let none = bench.get(&finance(), &certificate).await.refused(409, "not-settled");
        let claimed: f64 = none["claimed"].as_str().unwrap().parse().unwrap();
        assert!(claimed >= 500_000.0, "both halves of the loss are still claimed: {none}");
        assert!(none["detail"].as_str().unwrap().contains("核销"), "{none}");
        assert!(none["payoff"].is_null(), "nothing on the books would settle it: {none}");
        let facility = case(&bench, &id).await["facility_id"].as_str().unwrap().to_owned();
        let line = bench.get(&officer(), &format!("/facilities/{facility}")).await.expect(200);
        assert_eq!(line["drawn"], "0.00", "what is written off has left the line");

        let recovery =
            json!({ "kind": "recovery", "amount": "52000.00", "payer": "企业", "reference": "回单 1 号" });
        let cost = json!({ "kind": "cost", "amount": "2000.00", "purpose": "执行费", "payee": "法院", "reference": "F2" });
        done(&bench, &id, cost).await;
        let back = done(&bench, &id, recovery).await["result"].clone();
        assert_eq!((&back["costs"], &back["own_back"]), (&json!("2000.00"), &json!("25000.00")));
        assert_eq!(back["back"][0]["amount"], "25000.00");
        assert_eq!(back["written_back"], "25000.00");
        assert_eq!(noted(&bench, "9103").await, "225000.00");
        let account = fund(&bench, &manager(1)).await["account"].clone();
        assert_eq!((&account["balance"], &account["agrees"]), (&json!("775000.00"), &json!(true)));
        books_agree(&bench).await;
        let view = case(&bench, &id).await;
        assert_eq!(view["claims"][0]["returned"], "25000.00");
        let money = &view["money"];
        assert_eq!((&money["recovered"], &money["returned"]), (&json!("52000.00"), &json!("25000.00")));
        done(&bench, &id, early).await;
        assert_eq!(case(&bench, &id).await["outcome"], "ended");
        assert_eq!(
            (noted(&bench, "9103").await, noted(&bench, "9104").await),
            ("0.00".into(), "0.00".into())
        );
        books_agree(&bench).await;
        ask(&bench, &id, json!({ "kind": "closing", "outcome": "ended", "reason": "再次" }))
            .await
            .refused(409, "not-in-status");
        let file = bench.get(&risk_manager(), "/disposal-cases/export?format=xlsx").await;
        assert_eq!(file.status.as_u16(), 200);
    }
}

#[tokio::test]
async fn interest_that_was_income_before_it_was_written_off_is_no_income_again_when_it_is_recovered() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let id = shared(&bench, &loan).await;
        compensated(&bench).await;
        let yuan = |text: &Value| text.as_str().unwrap().parse::<Decimal>().unwrap();
        let of = |text: String| text.parse::<Decimal>().unwrap();
        let taxed = of(noted(&bench, "1132").await) - of(noted(&bench, "9102").await);
        assert!(taxed > Decimal::ZERO, "what has run of interest is receivable");
        written_off(&bench, &id).await;
        assert_eq!(yuan(&case(&bench, &id).await["money"]["taxed"]), taxed);
        let (income, cost) = (of(noted(&bench, "6011").await), of(noted(&bench, "6702").await));
        let all =
            json!({ "kind": "recovery", "amount": "600000.00", "payer": "企业", "reference": "回单 2 号" });
        let back = done(&bench, &id, all).await["result"].clone();
        assert_eq!((&back["own_back"], yuan(&back["taxed"])), (&json!("250000.00"), taxed));
        let interest = yuan(&back["own_back"]) + yuan(&back["extra"]) - yuan(&back["written_back"]);
        assert!(interest >= taxed, "{back}");
        assert_eq!(of(noted(&bench, "6011").await), income - (interest - taxed));
        assert_eq!(of(noted(&bench, "6702").await), cost - yuan(&back["written_back"]) - taxed);
        assert_eq!(case(&bench, &id).await["money"]["taxed"], "0.00");
        assert_eq!(
            (noted(&bench, "9103").await, noted(&bench, "9104").await),
            ("0.00".into(), "0.00".into())
        );
        books_agree(&bench).await;
    }
}

#[tokio::test]
async fn nobody_decides_in_a_case_that_has_changed_since_it_was_seen() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let id = opened(&bench, &loan).await;
        let path = format!("/disposal-cases/{id}");
        let before = bench.get(&risk_manager(), &path).await.etag.expect("a case carries its version");
        done(&bench, &id, plan()).await;
        let cost = json!({ "kind": "cost", "amount": "10.00", "purpose": "公告", "payee": "报社", "reference": "F1" });
        let proposals = format!("{path}/proposals");
        let ask = ("POST", proposals.as_str());
        let stale = bench.send_seen(&risk_manager(), ask, cost.clone(), None, Some(&before)).await;
        stale.refused(412, "stale-version");
        let now = bench.get(&risk_manager(), &path).await.etag.unwrap();
        let asked = bench.send_seen(&risk_manager(), ask, cost, None, Some(&now)).await.expect(201);
        // What was asked for is decided on the case as its page showed it.
        let proposal = format!("/disposal-proposals/{}", asked["id"].as_str().unwrap());
        let shown = bench.get(&approver(), &proposal).await;
        let seen = shown.etag.clone().unwrap();
        assert_eq!((&seen, format!("\"{}\"", shown.body["version"])), (&now, now.clone()));
        done(&bench, &id, plan()).await;
        let approve = format!("{proposal}/approve");
        let decide = ("POST", approve.as_str());
        let stale = bench.send_seen(&approver(), decide, json!({}), Some("c1"), Some(&seen)).await;
        stale.refused(412, "stale-version");
        let seen = bench.get(&approver(), &proposal).await.etag.unwrap();
        let decided = bench.send_seen(&approver(), decide, json!({}), Some("c2"), Some(&seen)).await;
        assert_eq!(decided.expect(200)["status"], "approved");
    }
}

#[tokio::test]
async fn a_case_whose_arrears_are_paid_is_cured() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let id = opened(&bench, &loan).await;
        let cured = json!({ "kind": "closing", "outcome": "cured", "reason": "已补足欠息" });
        ask(&bench, &id, cured.clone()).await.refused(409, "still-overdue");
        // Everything but the principal: more than the arrears.
        let payoff = bench.get(&officer(), &format!("/loans/{loan}")).await.expect(200)["payoff"].clone();
        repay(&bench, &loan, payoff.as_str().unwrap(), "all").await.expect(201);
        done(&bench, &id, json!({ "kind": "closing", "outcome": "satisfied", "reason": "全额清偿" })).await;
        let view = case(&bench, &id).await;
        assert_eq!((&view["status"], &view["outcome"]), (&json!("closed"), &json!("satisfied")));
        ask(&bench, &id, cured).await.refused(409, "not-in-status");
    }
}

#[tokio::test]
async fn the_answer_of_an_insurer_outside_the_platform_is_recorded_by_one_and_confirmed_by_another_and_pays_the_loan()
 {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let id = opened(&bench, &loan).await;
        let insurer = json!({ "bearer": "insurer", "name": "某财产保险公司", "rank": 2, "share": "0.4", "paper": "保单 BD-2026-1" });
        let twice = json!({ "bearer": "fund", "party_id": manager(1).tenant, "name": "省级风险补偿资金池", "rank": 3, "share": "0.1" });
        worthless(&bench, &id).await;
        let asked = json!({ "kind": "sharing", "interest": false, "also": [insurer.clone(), twice] });
        ask(&bench, &id, asked).await.refused(409, "shared-twice");
        let asked = json!({ "kind": "sharing", "interest": false, "also": [insurer] });
        let sharing = done(&bench, &id, asked).await;
        // Half of 600,000 to the fund, 40 % of the 300,000 left to the insurer.
        let parts = &sharing["result"]["parts"];
        assert_eq!((&parts[0]["borne"], &parts[1]["borne"]), (&json!("300000.00"), &json!("120000.00")));
        assert_eq!(sharing["result"]["bank"], "180000.00");
        let view = case(&bench, &id).await;
        let claim = view["claims"]
            .as_array()
            .unwrap()
            .iter()
            .find(|claim| claim["bearer"] == "insurer")
            .unwrap()
            .clone();
        let answer = json!({ "kind": "answer", "claim_id": claim["id"], "amount": "100000.00",
            "reason": "免赔", "reference": "LP-2027-1" });
        done(&bench, &id, answer).await;
        let view = case(&bench, &id).await;
        let paid =
            view["claims"].as_array().unwrap().iter().find(|one| one["id"] == claim["id"]).unwrap().clone();
        assert_eq!((&paid["status"], &paid["paid"]), (&json!("paid"), &json!("100000.00")));
        assert_eq!((&paid["answered_by"], &paid["decided_by"]), (&json!("风险经理"), &json!("审批人")));
        assert_eq!(outstanding(&bench, &loan).await.0, "500000.00");
        books_agree(&bench).await;
    }
}
