//! An insurer that does not answer holds nothing up, and its money is never lost between the books: what it pays late is
//! taken, what waits when the borrower repays is released, what settles nothing goes back or is matched by two people.

use contracts::{Envelope, Event, OrgKind};
use identity::{Caller, Role};
use serde_json::{Value, json};
use tx_kit::testing::Backend;

use super::{
    bench::{Bench, approver, approver_of, officer, org, other_officer},
    disposal::{
        ask, books_agree, case, compensated, done, lent, opened, outstanding, plan, risk_manager, sale,
        written_off,
    },
    facility::repay,
    fund::person,
    guarantees::{claim_on, defaulted, heard, insured, insurers_claim, pays, policy, refuses, sharing},
};

/// A risk manager and an approver in one: the model, not the role, keeps maker and approver apart.
fn both() -> Caller {
    person(1_005, 10, "双岗", OrgKind::Bank, &[Role::RiskManager, Role::CreditApprover])
}

pub fn unanswered(claim: &Value) -> Value {
    json!({ "kind": "unanswered", "claim_id": claim["id"], "ground": "silent", "reason": "两次书面催告未复" })
}

/// What the lead's book owes to others.
async fn owed_to_others(bench: &Bench) -> String {
    let rows = bench.get(&officer(), "/ledger/control-accounts").await.expect(200);
    let rows = rows["items"].as_array().unwrap().clone();
    let found = rows.iter().find(|row| row["what"] == "other_payables");
    found.map_or_else(|| "0.00".to_owned(), |row| row["ledger"].as_str().unwrap().to_owned())
}

async fn told_back(bench: &Bench) -> Vec<(String, bool)> {
    let sql = "SELECT envelope AS text FROM outbox WHERE name = 'compensation.returned.v1'";
    let told = bench.texts(sql).await;
    let mut told: Vec<(String, bool)> = told
        .iter()
        .map(|text| match serde_json::from_str::<Envelope>(text).unwrap().event {
            Event::CompensationReturned(back) => (back.amount.to_string(), back.compensation_id.is_some()),
            other => panic!("{}", other.name()),
        })
        .collect();
    told.sort();
    told
}

#[tokio::test]
async fn an_insurer_that_never_answers_holds_up_neither_the_write_off_nor_what_it_pays_after_all() {
    for backend in Backend::available().unwrap() {
        for closed_before in [false, true] {
            let bench = Bench::new(backend).await;
            let (loan, id) = defaulted(&bench).await;
            insured(&bench, &loan, 1).await;
            done(&bench, &id, sharing()).await;
            compensated(&bench).await;
            let letter = json!({ "kind": "letter", "contact": "法定代表人", "note": "寄送催收函" });
            bench.post(&risk_manager(), &format!("/disposal-cases/{id}/actions"), letter).await.expect(201);
            let claim = claim_on(&bench, &id, "insurer").await;
            let early = ask(&bench, &id, unanswered(&claim)).await.refused(409, "answer-still-due");
            assert_eq!(early["until"], "2027-06-09", "sixty days after the claim");
            let funds = claim_on(&bench, &id, "fund").await;
            ask(&bench, &id, unanswered(&funds)).await.refused(409, "not-in-status");

            bench.at("2027-06-10T02:00:00Z");
            let asked = bench
                .post(&both(), &format!("/disposal-cases/{id}/proposals"), unanswered(&claim))
                .await
                .expect(201);
            let approve = format!("/disposal-proposals/{}/approve", asked["id"].as_str().unwrap());
            bench.send(&both(), "POST", &approve, json!({}), Some("a")).await.refused(403, "four-eyes");
            bench.send(&approver(), "POST", &approve, json!({}), Some("b")).await.expect(200);
            let silent = claim_on(&bench, &id, "insurer").await;
            assert_eq!(
                (&silent["status"], &silent["reason"], &silent["decided_by"]),
                (&json!("unanswered"), &json!("两次书面催告未复"), &json!(approver().name))
            );
            written_off(&bench, &id).await;
            assert_eq!(outstanding(&bench, &loan).await, ("0.00".into(), "written_off".into()));

            if closed_before {
                done(&bench, &id, json!({ "kind": "closing", "outcome": "ended", "reason": "执行终结" }))
                    .await;
                pays(&bench, 1, 120_000).await;
                // Nothing takes it by itself any more; two people match it to the claim.
                assert_eq!(heard(&bench, &id).await, [["unmatched", "120000.00", "0.00", "120000.00"]]);
                assert_eq!(owed_to_others(&bench).await, "120000.00");
                let path = format!("/insurer-payments/{}", insurers_claim(1));
                let body = json!({ "kind": "match", "claim_id": claim["id"], "amount": "120000.00", "reason": "迟付的赔款" });
                let made = bench.post(&risk_manager(), &format!("{path}/proposals"), body).await.expect(201);
                let proposal = made["proposals"][0]["id"].as_str().unwrap();
                let approve = format!("{path}/proposals/{proposal}/approve");
                bench.send(&approver(), "POST", &approve, json!({}), Some("m")).await.expect(200);
                let again = bench.send(&approver(), "POST", &approve, json!({}), Some("n")).await;
                again.refused(409, "already-decided");
            } else {
                // It refuses in the end, and pays after all.
                refuses(&bench, 1).await;
                let refused = claim_on(&bench, &id, "insurer").await;
                assert_eq!(
                    (&refused["status"], &refused["reason"]),
                    (&json!("declined"), &json!("除外责任"))
                );
                pays(&bench, 1, 120_000).await;
            }
            assert_eq!(heard(&bench, &id).await, [["settled", "120000.00", "120000.00", "0.00"]]);
            let paid = claim_on(&bench, &id, "insurer").await;
            assert_eq!((&paid["status"], &paid["paid"]), (&json!("paid"), &json!("120000.00")));
            let money = case(&bench, &id).await["money"].clone();
            assert_eq!(
                (&money["compensated"], &money["written_off"], &money["written_back"]),
                (&json!("420000.00"), &json!("300000.00"), &json!("120000.00"))
            );
            assert_eq!(owed_to_others(&bench).await, "0.00");
            books_agree(&bench).await;
            if !closed_before {
                // What is recovered later flows back as if the insurer had paid at once: a fifth of the loss was its part.
                let recovery = json!({ "kind": "recovery", "amount": "100000.00", "payer": "企业", "reference": "回单 1 号" });
                done(&bench, &id, recovery).await;
                assert_eq!(claim_on(&bench, &id, "insurer").await["returned"], "20000.00");
                assert_eq!(told_back(&bench).await, [("20000.00".to_owned(), true)]);
                books_agree(&bench).await;
            }
        }
    }
}

#[tokio::test]
async fn a_party_outside_the_platform_that_was_silent_pays_after_all_on_the_books_and_off() {
    for backend in Backend::available().unwrap() {
        for off_books in [false, true] {
            let bench = Bench::new(backend).await;
            let (loan, id) = defaulted(&bench).await;
            let valuer = json!({ "bearer": "appraiser", "name": "评估机构", "rank": 2, "share": "0.4" });
            done(&bench, &id, json!({ "kind": "sharing", "interest": false, "also": [valuer] })).await;
            compensated(&bench).await;
            let letter = json!({ "kind": "letter", "contact": "法定代表人", "note": "寄送催收函" });
            bench.post(&risk_manager(), &format!("/disposal-cases/{id}/actions"), letter).await.expect(201);
            let claim = claim_on(&bench, &id, "appraiser").await;
            assert_eq!(claim["amount"], "120000.00", "40 % of what the fund leaves");
            bench.at("2027-06-10T02:00:00Z");
            done(&bench, &id, unanswered(&claim)).await;
            if off_books {
                written_off(&bench, &id).await;
            }
            let answer = |amount: &str| json!({ "kind": "answer", "claim_id": claim["id"], "amount": amount, "reference": "划款凭证 1 号" });
            ask(&bench, &id, answer("120000.01")).await.refused(409, "above-claimed");
            done(&bench, &id, answer("120000.00")).await;
            let paid = claim_on(&bench, &id, "appraiser").await;
            assert_eq!((&paid["status"], &paid["paid"]), (&json!("paid"), &json!("120000.00")));
            ask(&bench, &id, answer("1.00")).await.refused(409, "not-in-status");
            let money = case(&bench, &id).await["money"].clone();
            assert_eq!(money["compensated"], "420000.00");
            let (left, back) = if off_books { ("0.00", "120000.00") } else { ("180000.00", "0.00") };
            assert_eq!(outstanding(&bench, &loan).await.0, left);
            assert_eq!(money["written_back"], back, "off the books it is a recovery");
            books_agree(&bench).await;
        }
    }
}

#[tokio::test]
async fn what_an_insurer_paid_before_the_borrower_repaid_is_released_and_goes_back_by_two_people() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        insured(&bench, &loan, 1).await;
        pays(&bench, 1, 50_000).await;
        assert_eq!(owed_to_others(&bench).await, "50000.00", "it waits for a loss");
        let shown = bench.get(&officer(), &format!("/loans/{loan}")).await.expect(200);
        repay(&bench, &loan, shown["payoff"].as_str().unwrap(), "r").await.expect(201);
        assert_eq!(outstanding(&bench, &loan).await.1, "repaid");
        let list = bench.get(&officer(), "/insurer-payments?status=unmatched").await.expect(200);
        assert_eq!(list["items"][0]["unsettled"], "50000.00", "{list}");

        let path = format!("/insurer-payments/{}", insurers_claim(1));
        let back = |amount: &str| json!({ "kind": "give_back", "amount": amount, "reason": "借款人已清偿", "reference": "R-1" });
        let asks = format!("{path}/proposals");
        let stranger = person(1_104, 11, "他行风险经理", OrgKind::Bank, &[Role::RiskManager]);
        bench.get(&other_officer(), &path).await.refused(404, "not-found");
        bench.post(&stranger, &asks, back("1.00")).await.refused(404, "not-found");
        bench.post(&officer(), &asks, back("1.00")).await.refused(403, "forbidden");
        bench.post(&risk_manager(), &asks, back("50000.01")).await.refused(409, "above-claimed");
        bench.post(&risk_manager(), &asks, back("0.00")).await.refused(422, "invalid-request");
        let made = bench.post(&both(), &asks, back("20000.00")).await.expect(201);
        bench.post(&risk_manager(), &asks, back("1.00")).await.refused(409, "change-pending");
        let waits = bench.get(&approver(), "/insurer-payments?waiting=true").await.expect(200);
        assert_eq!(waits["items"][0]["claim_id"], json!(insurers_claim(1)));
        let to = |made: &Value, step: &str| {
            let rows = made["proposals"].as_array().unwrap();
            let waits = rows.iter().find(|row| row["status"] == "proposed").unwrap();
            format!("{path}/proposals/{}/{step}", waits["id"].as_str().unwrap())
        };
        bench
            .send(&both(), "POST", &to(&made, "approve"), json!({}), Some("a"))
            .await
            .refused(403, "four-eyes");
        let other = approver_of(org(11));
        let strange = bench.send(&other, "POST", &to(&made, "approve"), json!({}), Some("b")).await;
        strange.refused(404, "not-found");
        let why = json!({ "reason": "先与保险公司核对" });
        bench.post(&other, &to(&made, "refuse"), why.clone()).await.refused(404, "not-found");
        bench.post(&approver(), &to(&made, "refuse"), why).await.expect(200);
        assert_eq!(owed_to_others(&bench).await, "50000.00", "nothing moved");

        for (amount, left, status) in
            [("20000.00", "30000.00", "unmatched"), ("30000.00", "0.00", "given_back")]
        {
            let made = bench.post(&risk_manager(), &asks, back(amount)).await.expect(201);
            let key = format!("k{amount}");
            let approve = to(&made, "approve");
            let done = bench.send(&approver(), "POST", &approve, json!({}), Some(&key)).await.expect(200);
            assert_eq!((&done["unsettled"], &done["status"]), (&json!(left), &json!(status)));
            assert_eq!(owed_to_others(&bench).await, left);
        }
        assert_eq!(told_back(&bench).await, [("20000.00".to_owned(), false), ("30000.00".to_owned(), false)]);
        bench.post(&risk_manager(), &asks, back("1.00")).await.refused(409, "above-claimed");
        let matched = json!({ "kind": "match", "claim_id": policy(1), "amount": "1.00", "reason": "无" });
        bench.post(&risk_manager(), &asks, matched).await.refused(409, "above-claimed");
        books_agree(&bench).await;
    }
}

#[tokio::test]
async fn what_an_insurer_paid_before_a_sale_paid_the_loan_off_is_released_with_the_sale() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        insured(&bench, &loan, 1).await;
        pays(&bench, 1, 50_000).await;
        let id = opened(&bench, &loan).await;
        done(&bench, &id, plan()).await;
        let waits = bench.get(&officer(), "/insurer-payments?status=pending").await.expect(200);
        assert_eq!(waits["items"][0]["unsettled"], "50000.00", "{waits}");
        done(&bench, &id, sale("700000.00")).await;
        assert_eq!(outstanding(&bench, &loan).await, ("0.00".into(), "repaid".into()));
        assert_eq!(heard(&bench, &id).await, [["unmatched", "50000.00", "0.00", "50000.00"]]);
        books_agree(&bench).await;
    }
}
