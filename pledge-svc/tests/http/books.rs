//! The books over the router: from an account to its entries and movements, reversals by two people, day balances,
//! control accounts.

use contracts::OrgKind;
use identity::{Caller, Role};
use serde_json::{Value, json};
use tx_kit::{Fault, InTx, testing::Backend};

use super::{
    bench::{Bench, approver, examiner, finance, officer, operations, other_officer},
    facility::{draw, pledged, repay},
    fund::person,
    subsidies::{controls_agree, paid_claim, paid_loan},
};

fn other_operations() -> Caller {
    person(1_004, 10, "另一运营", OrgKind::Bank, &[Role::Operations])
}

fn foreign_operations() -> Caller {
    person(1_103, 11, "他行运营", OrgKind::Bank, &[Role::Operations])
}

#[tokio::test]
async fn an_account_leads_to_its_entries_with_a_running_balance_and_these_to_their_movements() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = bench.facility().await;
        pledged(&bench, &facility, &finance(), 1).await;
        for (number, amount) in ["100000.00", "200000.00", "300000.00"].into_iter().enumerate() {
            draw(&bench, &facility, &finance(), amount, &format!("d{number}")).await.expect(201);
        }
        let (mut cursor, mut balances, mut first) = (String::new(), Vec::new(), String::new());
        loop {
            let path = format!("/ledger/accounts/1303/entries?limit=2&cursor={cursor}");
            let page = bench.get(&operations(), &path).await.expect(200);
            assert_eq!(page["name"], "贷款");
            assert_eq!(page["opening"].as_str().unwrap(), balances.last().map_or("0.00", String::as_str));
            for one in page["items"].as_array().unwrap() {
                balances.push(one["balance"].as_str().unwrap().to_owned());
                assert_eq!(one["kind"], "loan.disbursement");
                if first.is_empty() {
                    first = one["movement_id"].as_str().unwrap().to_owned();
                }
            }
            match page["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(balances.len(), 3);
        assert_eq!(balances.last().unwrap(), "600000.00");
        let movement = bench.get(&operations(), &format!("/ledger/movements/{first}")).await.expect(200);
        assert_eq!(movement["entries"].as_array().unwrap().len(), 2);
        assert_eq!((&movement["reversible"], &movement["group_id"]), (&json!(false), &json!(facility)));
        for who in [other_officer(), foreign_operations()] {
            bench.get(&who, &format!("/ledger/movements/{first}")).await.refused(404, "not-found");
        }
        bench.get(&examiner(), &format!("/ledger/movements/{first}")).await.expect(200);
        let empty = bench.get(&other_officer(), "/ledger/accounts/1303/entries").await.expect(200);
        assert!(empty["items"].as_array().unwrap().is_empty(), "another bank reads its own book");
        bench.get(&operations(), "/ledger/accounts/9999/entries").await.refused(404, "not-found");
        for bad in ["from=2026-12-01&to=2026-11-01", "cursor=forged", "limit=0"] {
            bench
                .get(&operations(), &format!("/ledger/accounts/1303/entries?{bad}"))
                .await
                .refused(422, "invalid-request");
        }
        let file =
            bench.get(&operations(), "/ledger/accounts/1303/entries/export?format=csv").await.expect(200);
        assert_eq!(file.as_str().unwrap().matches("loan.disbursement").count(), 3);
        let chart = bench.get(&operations(), "/ledger/accounts").await.expect(200);
        let loans = chart["items"].as_array().unwrap().iter().find(|one| one["account"] == "1303").unwrap();
        assert_eq!((&loans["controlled"], &loans["normal_side"]), (&json!(true), &json!("debit")));
    }
}

#[tokio::test]
async fn a_movement_is_reversed_once_by_two_people_with_a_reason() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let claim = paid_claim(&bench).await;
        let credit = claim["credit_id"].as_str().unwrap();
        let path = format!("/ledger/movements/{credit}/reversals");
        let reason = json!({ "reason": "账号有误" });
        bench.post(&officer(), &path, reason.clone()).await.refused(403, "forbidden");
        bench.post(&foreign_operations(), &path, reason.clone()).await.refused(404, "not-found");
        bench.post(&operations(), &path, json!({ "reason": " " })).await.refused(422, "invalid-request");
        let proposed = bench.post(&operations(), &path, reason.clone()).await.expect(201);
        assert_eq!(
            (&proposed["status"], &proposed["movement_kind"]),
            (&json!("proposed"), &json!("subsidy.credit"))
        );
        bench.post(&other_operations(), &path, reason.clone()).await.refused(409, "reversal-pending");
        let here = format!("/ledger-reversals/{}", proposed["id"].as_str().unwrap());
        bench.get(&foreign_operations(), &here).await.refused(404, "not-found");
        let confirm = format!("{here}/confirm");
        bench.post(&other_operations(), &confirm, json!({})).await.refused(400, "idempotency-key-required");
        bench.send(&operations(), "POST", &confirm, json!({}), Some("c0")).await.refused(409, "four-eyes");
        bench
            .send(&foreign_operations(), "POST", &confirm, json!({}), Some("c0"))
            .await
            .refused(404, "not-found");
        let no = json!({ "reason": "凭证无误" });
        let rejected = bench.post(&other_operations(), &format!("{here}/reject"), no).await.expect(200);
        assert_eq!(
            (&rejected["status"], &rejected["decision_reason"]),
            (&json!("rejected"), &json!("凭证无误"))
        );
        let again = bench.post(&operations(), &path, reason.clone()).await.expect(201);
        let here = format!("/ledger-reversals/{}", again["id"].as_str().unwrap());
        let confirm = format!("{here}/confirm");
        let done = bench.send(&other_operations(), "POST", &confirm, json!({}), Some("c1")).await.expect(200);
        assert_eq!(
            bench.send(&other_operations(), "POST", &confirm, json!({}), Some("c1")).await.expect(200),
            done
        );
        let mirror = done["reversal_movement_id"].as_str().unwrap();
        let mirror = bench.get(&operations(), &format!("/ledger/movements/{mirror}")).await.expect(200);
        assert_eq!((&mirror["reversal_of"], &mirror["reason"]), (&json!(credit), &json!("账号有误")));
        let original = bench.get(&operations(), &format!("/ledger/movements/{credit}")).await.expect(200);
        for (one, other) in
            original["entries"].as_array().unwrap().iter().zip(mirror["entries"].as_array().unwrap())
        {
            assert_eq!((&one["account"], &one["amount"]), (&other["account"], &other["amount"]));
            assert_ne!(one["side"], other["side"]);
        }
        let undone = bench.post(&operations(), &path, reason.clone()).await.refused(409, "already-reversed");
        assert_eq!(undone["reversed_by"], mirror["id"]);
        let path = format!("/ledger/movements/{}/reversals", mirror["id"].as_str().unwrap());
        bench.post(&operations(), &path, reason).await.refused(409, "is-reversal");
        let listed = bench.get(&operations(), "/ledger-reversals?status=confirmed").await.expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
        let balance = bench.get(&operations(), "/ledger/trial-balance").await.expect(200);
        assert_eq!(balance["totals"]["debit"], balance["totals"]["credit"]);
        let audited =
            bench.texts("SELECT action AS text FROM audit WHERE action LIKE 'ledger.%' ORDER BY at").await;
        assert_eq!(
            audited,
            [
                "ledger.reversal.propose",
                "ledger.reversal.reject",
                "ledger.reversal.propose",
                "ledger.reversal.confirm"
            ]
        );
    }
}

#[tokio::test]
async fn what_a_loan_follows_from_is_not_reversed_in_the_ledger() {
    let bench = Bench::new(Backend::Sqlite).await;
    let loan = paid_loan(&bench).await;
    let movements = bench.get(&operations(), &format!("/loans/{loan}/movements")).await.expect(200);
    for one in movements["items"].as_array().unwrap() {
        let path = format!("/ledger/movements/{}/reversals", one["id"].as_str().unwrap());
        bench.post(&operations(), &path, json!({ "reason": "试" })).await.refused(409, "loan-step");
    }
    controls_agree(&bench).await;
}

async fn close(bench: &Bench, who: &Caller, day: &str) {
    let (book, day) = (who.tenant, day.parse().unwrap());
    let closed: Result<ledger::DayClosed, Fault> =
        bench.db.run(|tx| async move { ledger::close_day(tx, book, day).await }.in_tx()).await;
    assert_eq!(closed.unwrap(), ledger::DayClosed::Now);
}

fn day_row<'a>(answer: &'a Value, account: &str) -> &'a Value {
    answer["items"].as_array().unwrap().iter().find(|row| row["account"] == account).unwrap()
}

#[tokio::test]
async fn day_balances_follow_each_other_and_the_trial_balance_stays_the_same() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = bench.facility().await;
        pledged(&bench, &facility, &finance(), 1).await;
        let drawn = draw(&bench, &facility, &finance(), "500000.00", "d1").await.expect(201);
        let loan = drawn["loan_id"].as_str().unwrap();
        bench.at("2026-11-25T02:00:00Z");
        close(&bench, &officer(), "2026-11-24").await;
        repay(&bench, loan, "100000.00", "p1").await.expect(201);
        bench.at("2026-11-26T02:00:00Z");
        let before = bench.get(&operations(), "/ledger/trial-balance").await.expect(200);
        close(&bench, &officer(), "2026-11-25").await;
        assert_eq!(bench.get(&operations(), "/ledger/trial-balance").await.expect(200), before);
        let first =
            bench.get(&operations(), "/ledger/day-balances?from=2026-11-24&to=2026-11-24").await.expect(200);
        let second =
            bench.get(&operations(), "/ledger/day-balances?from=2026-11-25&to=2026-11-25").await.expect(200);
        let (first, second) = (day_row(&first, "1303"), day_row(&second, "1303"));
        assert_eq!((&first["opening"], &first["debit"]), (&json!("0.00"), &json!("500000.00")));
        assert_eq!(
            (&second["opening"], &second["closing"]),
            (&first["closing"], &balance_of(&before, "1303"))
        );
        let early = bench.get(&operations(), "/ledger/trial-balance?as_of=2026-11-24").await.expect(200);
        assert_eq!(balance_of(&early, "1303"), "500000.00");
        let none = bench.get(&other_officer(), "/ledger/day-balances?from=2026-11-24").await.expect(200);
        assert!(none["items"].as_array().unwrap().is_empty());
        bench
            .get(&operations(), "/ledger/day-balances?from=2026-01-01&to=2026-11-26")
            .await
            .refused(422, "invalid-request");
        bench.get(&examiner(), "/ledger/day-balances").await.refused(422, "invalid-request");
        for ahead in ["trial-balance?as_of=2099-01-01", "day-balances?to=2099-01-01"] {
            let path = format!("/ledger/{ahead}");
            let refused = bench.get(&operations(), &path).await.refused(422, "invalid-request");
            assert!(refused["errors"][0]["detail"].as_str().unwrap().contains("2026-11-26"), "{refused}");
        }
        controls_agree(&bench).await;
    }
}

fn balance_of(answer: &Value, account: &str) -> Value {
    let rows = answer["accounts"].as_array().unwrap();
    rows.iter().find(|row| row["account"] == account).unwrap()["balance"].clone()
}

#[tokio::test]
async fn a_bank_compares_its_own_book_and_the_regulator_every_one() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        paid_claim(&bench).await;
        let own = bench.get(&approver(), "/ledger/control-accounts").await.expect(200);
        let own = own["items"].as_array().unwrap();
        assert!(
            own.iter().any(|row| row["what"] == "loan_principal" && row["ledger"] == "900000.00"),
            "{own:?}"
        );
        assert!(own.iter().all(|row| row["book"] == json!(officer().tenant)), "{own:?}");
        let all = bench.get(&examiner(), "/ledger/control-accounts").await.expect(200);
        let all = all["items"].as_array().unwrap();
        assert!(all.iter().any(|row| row["what"] == "subsidy_funds" && row["rows"] == "98875.00"), "{all:?}");
        bench.get(&finance(), "/ledger/control-accounts").await.refused(403, "forbidden");
        let page = bench.get(&examiner(), "/ledger/reconciliation?limit=1").await.expect(200);
        assert_eq!(page["items"][0]["agrees"], json!(true), "{page}");
    }
}
