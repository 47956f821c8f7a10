//! No bank's part of a loan leaves its books without its word: a write-off asks every bank that takes part in the loan, each
//! by its own authority for its own part, and one that declines stops it.

use contracts::OrgKind;
use futures::future::join_all;
use identity::Role;
use serde_json::{Value, json};
use tx_kit::testing::Backend;

use super::{
    bench::{Bench, approver, approver_of, finance, officer, org, other_officer},
    disposal::{ask, books_agree, classified, outstanding, shared, write_off},
    facility::{draw, pledged},
    facility_life::approved,
    fund::person,
};

/// A loan of 600,000 of which bank 11 has lent four tenths; a sale has paid 100,000 of it and the rest is lost.
pub async fn lost(bench: &Bench) -> (String, String) {
    let who = finance();
    let bank = |number: u128, name: &str, share: &str| json!({ "bank_id": org(number), "bank_name": name, "share": share });
    let line = json!({
        "name": "银团集合授信", "cluster": "集群", "industry": "C26", "limit": "20000000.00",
        "revolving": true, "available_from": "2026-01-01", "available_until": "2027-12-31",
        "annual_rate": "0.0345", "tenor_cap_months": 24, "single_member_cap": "0.5", "ltv_cap": "0.6",
        "shares": [bank(10, "客户经理机构", "0.6"), bank(11, "他行客户经理机构", "0.4")],
        "members": [{ "enterprise_id": who.tenant, "enterprise_name": who.tenant_name, "sub_limit": "5000000.00" }],
    });
    let line = approved(bench, line).await;
    pledged(bench, &line, &who, 1).await;
    let drawn = draw(bench, &line, &who, "600000.00", "d").await.expect(201);
    let loan = drawn["loan_id"].as_str().unwrap().to_owned();
    let id = shared(bench, &loan).await;
    classified(bench, &loan, "loss").await;
    (loan, id)
}

fn words(asked: &Value) -> Vec<(&str, &str)> {
    let said = asked["agreements"].as_array().unwrap().iter();
    said.map(|one| (one["bank_name"].as_str().unwrap(), one["status"].as_str().unwrap())).collect()
}

/// What left each book under a write-off.
async fn entries(bench: &Bench) -> Vec<String> {
    let sql = "SELECT CAST(SUM(e.credit_fen) AS VARCHAR) AS text FROM ledger_entry e \
        JOIN ledger_movement m ON m.id = e.movement_id WHERE m.kind = 'loan.write_off' \
        GROUP BY e.book ORDER BY SUM(e.credit_fen)";
    bench.texts(sql).await
}

#[tokio::test]
async fn a_shared_loan_is_written_off_only_once_every_bank_that_takes_part_agrees() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let (loan, id) = lost(&bench).await;
        let (yi, stranger) = (approver_of(org(11)), approver_of(org(12)));
        let off = write_off(&bench, &id).await;
        let made = ask(&bench, &id, off).await.expect(201);
        let path = format!("/disposal-proposals/{}", made["id"].as_str().unwrap());
        let to = |step: &str| format!("{path}/{step}");
        let approve =
            async |key: &str| bench.send(&approver(), "POST", &to("approve"), json!({}), Some(key)).await;
        let open = approve("a1").await.refused(409, "participants-open");
        assert_eq!(open["open"], json!(["他行客户经理机构"]));

        // Who is asked reads of it among its own questions, sees what it needs and the papers; nobody else is asked.
        let waits = bench.get(&yi, "/agreements?status=open&kind=write_off").await.expect(200);
        assert_eq!(
            (&waits["items"][0]["subject_id"], &waits["items"][0]["enterprise_name"]),
            (&made["id"], &json!(finance().tenant_name)),
            "{waits}"
        );
        let asked = bench.get(&yi, &to("asked")).await.expect(200);
        assert_eq!(
            (&asked["own_principal"], &asked["loss"], &asked["lead_bank_name"]),
            (&json!("200000.00"), &json!("500000.00"), &json!("客户经理机构"))
        );
        assert_eq!(words(&asked), [("他行客户经理机构", "open")]);
        let papers = asked["documents"].as_array().unwrap();
        assert_eq!((papers.len(), asked["actions"].as_array().unwrap().len()), (5, 1));
        let paper = format!("/documents/{}", papers[0]["id"].as_str().unwrap());
        bench.get(&yi, &paper).await.expect(200);
        bench.get(&stranger, &paper).await.refused(404, "not-found");
        bench.get(&stranger, &to("asked")).await.refused(404, "not-found");
        bench.post(&stranger, &to("agree"), json!({})).await.refused(404, "not-found");
        bench.post(&stranger, &to("decline"), json!({ "reason": "无" })).await.refused(404, "not-found");
        bench.post(&other_officer(), &to("agree"), json!({})).await.refused(403, "forbidden");
        bench.post(&approver(), &to("agree"), json!({})).await.refused(409, "lead-approves");
        bench.get(&yi, &path).await.refused(404, "not-found");
        let agree = to("agree");
        let stale = bench.send_seen(&yi, ("POST", &agree), json!({}), None, Some("\"99\"")).await;
        stale.refused(412, "stale-version");
        let takes = bench.get(&yi, &to("authority")).await.expect(200);
        assert_eq!(takes["amount"], waits["items"][0]["amount"], "by its own part: {takes}");

        // Its risk manager may speak too, and reads what its approver reads: nothing of the lead's own house.
        let of_risk =
            |bank: u128| person(1_004 + bank, bank, "风险经理", OrgKind::Bank, &[Role::RiskManager]);
        let word = json!({ "agrees": true, "comment": "追偿已尽" });
        bench.post(&of_risk(12), &to("consent"), word.clone()).await.refused(404, "not-found");
        let heard = bench.post(&of_risk(11), &to("consent"), word).await.expect(200);
        assert_eq!((&heard["id"], &heard["own_principal"]), (&made["id"], &json!("200000.00")));
        for inner in ["maker", "approver", "ask", "result"] {
            assert_eq!(heard.get(inner), None, "{inner}: {heard}");
        }

        // One that declines stops it for all.
        let no = json!({ "reason": "追偿未尽" });
        assert_eq!(words(&bench.post(&yi, &to("decline"), no).await.expect(200))[0].1, "declined");
        let stopped = approve("a2").await.refused(409, "participants-open");
        assert!(
            stopped["detail"].as_str().unwrap().contains("他行客户经理机构不同意（追偿未尽）"),
            "{stopped}"
        );
        assert_eq!(outstanding(&bench, &loan).await, ("500000.00".into(), "active".into()));
        assert_eq!(entries(&bench).await, Vec::<String>::new());

        // It agrees in the end; each part leaves the book of its own bank.
        assert_eq!(words(&bench.post(&yi, &agree, json!({})).await.expect(200))[0].1, "agreed");
        bench.post(&yi, &agree, json!({})).await.refused(409, "agreed-before");
        assert_eq!(approve("a3").await.expect(200)["status"], "approved");
        assert_eq!(outstanding(&bench, &loan).await, ("0.00".into(), "written_off".into()));
        let gone: Vec<i64> = entries(&bench).await.iter().map(|fen| fen.parse().unwrap()).collect();
        assert!(gone.len() == 2 && gone[0] >= 20_000_000 && gone[1] >= 30_000_000, "{gone:?}");
        let late = json!({ "reason": "迟了" });
        bench.post(&yi, &to("decline"), late).await.refused(409, "already-decided");
        let officers = bench.get(&officer(), &to("authority")).await.expect(200);
        assert_eq!(words(&officers), [("他行客户经理机构", "agreed")]);
        books_agree(&bench).await;
    }
}

#[tokio::test]
async fn a_write_off_that_the_lead_refuses_waits_for_nobody_any_longer() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let (_, id) = lost(&bench).await;
        let yi = approver_of(org(11));
        let off = write_off(&bench, &id).await;
        let made = ask(&bench, &id, off).await.expect(201);
        let path = format!("/disposal-proposals/{}", made["id"].as_str().unwrap());
        let why = json!({ "reason": "材料不齐" });
        bench.post(&approver(), &format!("{path}/refuse"), why).await.expect(200);
        let none = bench.get(&yi, "/agreements?status=open").await.expect(200);
        assert_eq!(none["items"], json!([]));
        let asked = bench.get(&yi, &format!("{path}/asked")).await.expect(200);
        assert_eq!(words(&asked), [("他行客户经理机构", "lapsed")]);
        bench.post(&yi, &format!("{path}/agree"), json!({})).await.refused(409, "already-decided");
    }
}

#[tokio::test]
async fn an_approver_who_agrees_many_times_at_once_has_agreed_once() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let (_, id) = lost(&bench).await;
        let yi = approver_of(org(11));
        let off = write_off(&bench, &id).await;
        let made = ask(&bench, &id, off).await.expect(201);
        let path = format!("/disposal-proposals/{}/agree", made["id"].as_str().unwrap());
        let keys: Vec<String> = (0..8).map(|key| format!("twin-{key}")).collect();
        let sent = keys.iter().map(|key| bench.send(&yi, "POST", &path, json!({}), Some(key)));
        let mut answers: Vec<u16> =
            join_all(sent).await.iter().map(|answer| answer.status.as_u16()).collect();
        let first = answers.iter().position(|status| *status == 200).unwrap();
        answers.sort_unstable();
        assert_eq!(answers, [200, 409, 409, 409, 409, 409, 409, 409]);
        // A colleague's word under the same key is not taken for the one that was given.
        let colleague = person(1_004, 11, "另一审批人", OrgKind::Bank, &[Role::CreditApprover]);
        let other = bench.send(&colleague, "POST", &path, json!({}), Some(&keys[first])).await;
        other.refused(422, "idempotency-key-reused");
    }
}
