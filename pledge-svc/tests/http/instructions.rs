//! What a borrower says it pays at a bank that does not debit at once, over the router: nothing is booked until the bank's
//! operations confirm that the money has come in, and then once.

use contracts::OrgKind;
use identity::{Caller, Role};
use pledge_svc::closing::catch_up_all;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tx_kit::{Isolation, testing::Backend};

use super::{
    bench::{Answer, Bench, approver, finance, granter, officer, operations, org, other_finance},
    facility::draw,
    facility_life::{approved, unsecured, view},
    fund::person,
    products::{all_agree, risk_manager},
};

fn foreign_operations() -> Caller {
    person(1_103, 11, "他行运营", OrgKind::Bank, &[Role::Operations])
}

/// The banks of the bench have said nothing about payments: they debit nothing at once.
async fn banks_that_wait(bench: &Bench) {
    let sql = "DELETE FROM parameter_version WHERE kind = 'payments'";
    bench.db.migrator().execute_unprepared(sql).await.unwrap();
}

/// A loan of 100,000 on a line on which nothing needs a pledge; the line and the loan.
async fn lent(bench: &Bench) -> (String, String) {
    let line = approved(bench, unsecured(json!({}))).await;
    let drawn = draw(bench, &line, &finance(), "100000.00", "d1").await.expect(201);
    (line, drawn["loan_id"].as_str().unwrap().to_owned())
}

async fn say(bench: &Bench, who: &Caller, loan: &str, body: Value, key: &str) -> Answer {
    bench.send(who, "POST", &format!("/loans/{loan}/repayments"), body, Some(key)).await
}

/// Gives an instruction; its id.
async fn given(bench: &Bench, loan: &str, amount: &str, key: &str) -> String {
    let given = say(bench, &finance(), loan, json!({ "amount": amount }), key).await.expect(202);
    given["id"].as_str().unwrap().to_owned()
}

async fn confirm(
    bench: &Bench,
    who: &Caller,
    id: &str,
    (amount, reference): (&str, &str),
    key: &str,
) -> Answer {
    let body = json!({ "amount": amount, "reference": reference });
    bench.send(who, "POST", &format!("/payment-instructions/{id}/confirm"), body, Some(key)).await
}

async fn send_back(bench: &Bench, id: &str) -> Answer {
    let path = format!("/payment-instructions/{id}/send-back");
    bench.post(&operations(), &path, json!({ "reason": "款项未到账" })).await
}

async fn withdraw(bench: &Bench, who: &Caller, id: &str) -> Answer {
    bench.post(who, &format!("/payment-instructions/{id}/withdraw"), json!({})).await
}

async fn seen(bench: &Bench, who: &Caller, id: &str) -> Value {
    bench.get(who, &format!("/payment-instructions/{id}")).await.expect(200)
}

async fn payments(bench: &Bench, loan: &str) -> usize {
    let paid = bench.get(&officer(), &format!("/loans/{loan}/repayments")).await.expect(200);
    paid["items"].as_array().unwrap().len()
}

async fn payoff(bench: &Bench, loan: &str) -> String {
    let loan = bench.get(&finance(), &format!("/loans/{loan}")).await.expect(200);
    loan["payoff"].as_str().unwrap().to_owned()
}

/// What is in the books and on the line and the loan.
async fn standing(bench: &Bench, line: &str, loan: &str) -> (Vec<String>, Value, Value) {
    let entries = "SELECT CAST(COUNT(*) AS VARCHAR) AS text FROM ledger_entry";
    (
        bench.texts(entries).await,
        view(bench, &officer(), line).await,
        bench.get(&officer(), &format!("/loans/{loan}")).await.expect(200),
    )
}

#[tokio::test]
async fn what_a_borrower_says_it_pays_is_booked_once_and_only_when_the_bank_has_the_money() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        banks_that_wait(&bench).await;
        let (line, loan) = lent(&bench).await;
        let before = standing(&bench, &line, &loan).await;
        let all = json!({ "amount": "100000.00", "pays_off": true, "comment": "网银汇款" });
        let given = say(&bench, &finance(), &loan, all.clone(), "r1").await.expect(202);
        assert_eq!(say(&bench, &finance(), &loan, all, "r1").await.expect(202), given, "the key gets one");
        assert_eq!(
            (&given["kind"], &given["status"], &given["lapses_on"], &given["booked_id"]),
            (&json!("payoff"), &json!("pending"), &json!("2026-12-08"), &Value::Null)
        );
        assert_eq!(standing(&bench, &line, &loan).await, before, "nothing is booked");
        let certificate = format!("/loans/{loan}/settlement-certificate");
        bench.get(&finance(), &certificate).await.refused(409, "not-settled");
        let twice = say(&bench, &finance(), &loan, json!({ "amount": "0.01" }), "r2").await;
        assert_eq!(twice.refused(409, "instructed-already")["left"], "0.00");

        let id = given["id"].as_str().unwrap();
        let receipt = ("100000.00", "20261124-0001");
        for (who, status, slug) in [
            (finance(), 403, "forbidden"),
            (officer(), 403, "forbidden"),
            (foreign_operations(), 404, "not-found"),
        ] {
            confirm(&bench, &who, id, receipt, "c0").await.refused(status, slug);
        }
        bench.get(&other_finance(), &format!("/payment-instructions/{id}")).await.refused(404, "not-found");
        withdraw(&bench, &other_finance(), id).await.refused(404, "not-found");
        withdraw(&bench, &operations(), id).await.refused(403, "not-giver");
        let theirs = bench.get(&foreign_operations(), "/payment-instructions").await.expect(200);
        assert_eq!(theirs["items"], json!([]));
        let waiting = bench.get(&operations(), "/payment-instructions?status=pending").await.expect(200);
        assert_eq!(waiting["items"][0]["id"], given["id"]);
        let other = confirm(&bench, &operations(), id, ("99999.99", "20261124-0001"), "c1").await;
        assert_eq!(other.refused(409, "amount-differs")["instructed"], "100000.00");

        let operations = operations();
        let (one, twin) = tokio::join!(
            confirm(&bench, &operations, id, receipt, "c2"),
            confirm(&bench, &operations, id, receipt, "c2"),
        );
        let booked = one.expect(200);
        assert_eq!(twin.expect(200), booked, "one key, one answer");
        assert_eq!((&booked["status"], &booked["booked_on"]), (&json!("confirmed"), &json!("2026-11-24")));
        confirm(&bench, &granter(), id, ("100000.00", "20261124-0002"), "c3")
            .await
            .refused(409, "already-decided");
        assert_eq!(payments(&bench, &loan).await, 1);
        let paid = bench.get(&finance(), &format!("/loans/{loan}/repayments")).await.expect(200);
        assert_eq!(
            (&paid["items"][0]["id"], &paid["items"][0]["status"]),
            (&booked["booked_id"], &json!("repaid"))
        );
        bench.get(&finance(), &certificate).await.expect(200);
        for kind in ["payment_waits", "payment_confirmed"] {
            let told = bench.get(&finance(), &format!("/notices?kind={kind}")).await.expect(200);
            assert_eq!(told["items"][0]["amount"], "100000.00", "{kind}");
        }
        let file = bench.get(&officer(), "/payment-instructions/export?format=csv").await.expect(200);
        assert!(file.as_str().unwrap().contains("20261124-0001"), "{file}");
        all_agree(&bench).await;
    }
}

#[tokio::test]
async fn of_two_operators_and_the_borrower_that_reach_for_an_instruction_one_has_it() {
    for backend in Backend::available().unwrap() {
        for isolation in [Isolation::ReadCommitted, Isolation::Serializable] {
            let bench = Bench::replicas(backend, isolation, 1).await.remove(0);
            banks_that_wait(&bench).await;
            let (_, loan) = lent(&bench).await;
            let (operations, granter, finance) = (operations(), granter(), finance());
            let mut booked = 0;
            for round in 0..4 {
                let id = given(&bench, &loan, "100.00", &format!("g{round}")).await;
                let key = |who: &str| format!("{who}{round}");
                let (first, second) = (key("r"), key("s"));
                let (one, two) = (key("c"), key("d"));
                let (a, b, c) = tokio::join!(
                    confirm(&bench, &operations, &id, ("100.00", &first), &one),
                    confirm(&bench, &granter, &id, ("100.00", &second), &two),
                    withdraw(&bench, &finance, &id),
                );
                let winners = [&a, &b, &c].iter().filter(|one| one.status.as_u16() == 200).count();
                assert_eq!(winners, 1, "{a:?} {b:?} {c:?}");
                for one in [a, b, c].into_iter().filter(|one| one.status.as_u16() != 200) {
                    one.refused(409, "already-decided");
                }
                let status = seen(&bench, &finance, &id).await["status"].clone();
                booked += usize::from(status == "confirmed");
                assert_eq!(payments(&bench, &loan).await, booked, "{status}");
            }
            all_agree(&bench).await;
        }
    }
}

#[tokio::test]
async fn an_instruction_is_sent_back_with_a_reason_and_a_receipt_confirms_one_alone() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        banks_that_wait(&bench).await;
        let (_, loan) = lent(&bench).await;
        say(&bench, &finance(), &loan, json!({ "amount": "100000.01" }), "r0")
            .await
            .refused(409, "above-outstanding");
        let id = given(&bench, &loan, "1000.00", "r1").await;
        send_back(&bench, &id).await.expect(200);
        let back = seen(&bench, &finance(), &id).await;
        assert_eq!((&back["status"], &back["reason"]), (&json!("sent_back"), &json!("款项未到账")));
        withdraw(&bench, &finance(), &id).await.refused(409, "already-decided");
        let (one, two) =
            (given(&bench, &loan, "1000.00", "r2").await, given(&bench, &loan, "2000.00", "r3").await);
        confirm(&bench, &operations(), &one, ("1000.00", "R-1"), "c1").await.expect(200);
        confirm(&bench, &operations(), &two, ("2000.00", "R-1"), "c2").await.refused(409, "reference-used");
        assert_eq!(payments(&bench, &loan).await, 1, "the second is not booked");
        withdraw(&bench, &finance(), &two).await.expect(200);
        // The bank's own record of money that came in waits for nobody.
        say(&bench, &operations(), &loan, json!({ "amount": "500.00" }), "r4").await.expect(201);

        // A payoff of yesterday does not settle the loan today.
        let yesterday = payoff(&bench, &loan).await;
        let all = json!({ "amount": yesterday, "pays_off": true });
        let given = say(&bench, &finance(), &loan, all, "r5").await.expect(202);
        bench.at("2026-11-25T02:00:00Z");
        let today = payoff(&bench, &loan).await;
        assert_ne!(today, yesterday);
        let id = given["id"].as_str().unwrap();
        let refused = confirm(&bench, &operations(), id, (&yesterday, "R-2"), "c3").await;
        assert_eq!(refused.refused(409, "not-payoff")["payoff"], json!(today));
        assert_eq!(seen(&bench, &officer(), id).await["status"], "pending");
        send_back(&bench, id).await.expect(200);
        let all = json!({ "amount": today, "pays_off": true });
        let given = say(&bench, &finance(), &loan, all, "r6").await.expect(202);
        let id = given["id"].as_str().unwrap();
        confirm(&bench, &operations(), id, (&today, "R-2"), "c4").await.expect(200);
        let loan = bench.get(&finance(), &format!("/loans/{loan}")).await.expect(200);
        assert_eq!(loan["status"], "repaid");
        all_agree(&bench).await;
    }
}

#[tokio::test]
async fn an_instruction_that_nobody_confirms_ends_with_the_close_of_its_last_day() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let content = json!({ "debit_at_once": false, "lapse_after_working_days": 3 });
        let body =
            json!({ "content": content, "effective_from": "2026-11-24", "reason": "账户不在本行开立" });
        let proposed = bench.post(&risk_manager(), "/parameters/payments/proposals", body).await.expect(201);
        let path = format!("/parameters/payments/proposals/{}/approve", proposed["id"].as_str().unwrap());
        bench.post(&approver(), &path, json!({})).await.expect(200);
        let (_, loan) = lent(&bench).await;
        let id = given(&bench, &loan, "1000.00", "r1").await;
        assert_eq!(seen(&bench, &finance(), &id).await["lapses_on"], "2026-11-27");
        bench.at("2026-11-27T02:00:00Z");
        close(&bench, "2026-11-26").await;
        assert_eq!(seen(&bench, &finance(), &id).await["status"], "pending");
        bench.at("2026-11-28T02:00:00Z");
        close(&bench, "2026-11-27").await;
        let over = seen(&bench, &finance(), &id).await;
        assert_eq!((&over["status"], &over["decided_by"]), (&json!("lapsed"), &Value::Null));
        confirm(&bench, &operations(), &id, ("1000.00", "R-1"), "c1").await.refused(409, "already-decided");
        let told = bench.get(&finance(), "/notices?kind=payment_lapsed").await.expect(200);
        assert_eq!(told["items"][0]["amount"], "1000.00");
        assert_eq!(payments(&bench, &loan).await, 0);
        given(&bench, &loan, "1000.00", "r2").await;
    }
}

async fn close(bench: &Bench, until: &str) {
    for _ in 0..100 {
        let answer = bench.post(&operations(), "/closings", json!({ "business_date": until })).await;
        if answer.status.as_u16() != 202 {
            answer.expect(200);
            return;
        }
    }
    panic!("{until} does not get closed");
}

#[tokio::test]
async fn a_deposit_and_its_way_back_wait_for_the_bank_and_are_weighed_again_when_it_confirms() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        banks_that_wait(&bench).await;
        let joint = json!({ "liability": { "kind": "joint", "basis": "sub_limit", "rate": "0.01" } });
        let line = approved(&bench, unsecured(joint)).await;
        let deposits = format!("/facilities/{line}/deposits");
        let back = format!("{deposits}/return");
        let held = async || {
            let shown = view(&bench, &officer(), &line).await;
            let members = shown["members"].as_array().unwrap();
            let own = members.iter().find(|one| one["enterprise_id"] == json!(org(20))).unwrap();
            own["deposit"].as_str().unwrap().to_owned()
        };
        let pay = json!({ "enterprise_id": org(20), "amount": "3000.00" });
        let given = bench.send(&finance(), "POST", &deposits, pay, Some("p1")).await.expect(202);
        assert_eq!((&given["kind"], &given["loan_id"]), (&json!("deposit"), &Value::Null));
        assert_eq!(held().await, "0.00");
        draw(&bench, &line, &finance(), "100000.00", "d0").await.refused(409, "deposit-missing");
        let id = |answer: &Value| answer["id"].as_str().unwrap().to_owned();
        confirm(&bench, &operations(), &id(&given), ("3000.00", "D-1"), "c1").await.expect(200);
        assert_eq!(held().await, "3000.00");
        let told = bench.get(&finance(), "/notices?kind=payment_confirmed").await.expect(200);
        assert_eq!(
            (&told["items"][0]["loan_id"], &told["items"][0]["amount"]),
            (&Value::Null, &json!("3000.00"))
        );

        let ask = json!({ "enterprise_id": org(20), "amount": "1000.00" });
        let asked = bench.send(&finance(), "POST", &back, ask, Some("b1")).await.expect(202);
        assert_eq!(asked["kind"], "deposit_return");
        let more = json!({ "enterprise_id": org(20), "amount": "2000.01" });
        let more = bench.send(&finance(), "POST", &back, more, Some("b2")).await;
        assert_eq!(more.refused(409, "instructed-already")["left"], "2000.00");
        // It borrows before the bank pays out: the pool needs the deposit now.
        let drawn = draw(&bench, &line, &finance(), "100000.00", "d1").await.expect(201);
        confirm(&bench, &operations(), &id(&asked), ("1000.00", "D-2"), "c2")
            .await
            .refused(409, "deposit-still-needed");
        send_back(&bench, &id(&asked)).await.expect(200);
        let loan = drawn["loan_id"].as_str().unwrap();
        say(&bench, &operations(), loan, json!({ "amount": "100000.00" }), "r1").await.expect(201);
        let ask = json!({ "enterprise_id": org(20) });
        let asked = bench.send(&finance(), "POST", &back, ask, Some("b3")).await.expect(202);
        assert_eq!(asked["amount"], "3000.00", "everything that is held");
        assert_eq!(held().await, "3000.00");
        confirm(&bench, &granter(), &id(&asked), ("3000.00", "D-3"), "c3").await.expect(200);
        assert_eq!(held().await, "0.00");
        all_agree(&bench).await;
    }
}

#[tokio::test]
async fn a_deposit_at_a_bank_that_never_lent_lapses_as_well() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        banks_that_wait(&bench).await;
        let joint = json!({ "liability": { "kind": "joint", "basis": "sub_limit", "rate": "0.01" } });
        let line = approved(&bench, unsecured(joint)).await;
        let pay = json!({ "enterprise_id": org(20), "amount": "3000.00" });
        let deposits = format!("/facilities/{line}/deposits");
        let given = bench.send(&finance(), "POST", &deposits, pay, Some("p1")).await.expect(202);
        let id = given["id"].as_str().unwrap();
        for (now, closed, status) in [
            ("2026-12-08T02:00:00Z", "2026-12-07", "pending"),
            ("2026-12-09T02:00:00Z", "2026-12-08", "lapsed"),
        ] {
            bench.at(now);
            catch_up_all(&bench.db, closed.parse().unwrap(), "test", || true).await.unwrap();
            assert_eq!(seen(&bench, &finance(), id).await["status"], status, "{closed}");
        }
    }
}
