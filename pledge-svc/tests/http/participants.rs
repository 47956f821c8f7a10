//! No bank lends a share to which it has not agreed: proposed lines, changes that can raise the risk, waivers of a pledge,
//! each by the participant's own authority and within its own bound for one customer.

use contracts::UserId;
use identity::{Caller, Role};
use serde_json::{Value, json};
use tx_kit::testing::Backend;
use uuid::Uuid;

use super::{
    bench::{Bench, approver, approver_of, finance, officer, org, other_officer},
    facility::draw,
    facility_life::{approved, change, proposed, unsecured, view},
};

/// Bank 10 leads with half; 11 and 12 take part with three and two tenths of a million.
fn syndicate() -> Value {
    let bank = |number: u128, name: &str, share: &str| json!({ "bank_id": org(number), "bank_name": name, "share": share });
    unsecured(json!({
        "shares": [bank(10, "客户经理机构", "0.5"), bank(11, "他行客户经理机构", "0.3"), bank(12, "银行12", "0.2")],
    }))
}

/// Somebody of bank 11.
fn colleague(number: u128, name: &str, role: Role) -> Caller {
    let user = UserId::from_uuid(Uuid::from_u128(number));
    Caller { user, name: name.to_owned(), roles: vec![role], ..other_officer() }
}

fn risk_manager() -> Caller {
    colleague(1_106, "他行风险经理", Role::RiskManager)
}

fn yi() -> Caller {
    approver_of(org(11))
}

fn bing() -> Caller {
    approver_of(org(12))
}

/// What bank 11 sets for itself from today on.
async fn set(bench: &Bench, kind: &str, content: Value) {
    let today = contracts::clock::china_date(bench.db.clock().now());
    let body = json!({ "content": content, "effective_from": today, "reason": "行内规定" });
    let path = format!("/parameters/{kind}/proposals");
    let proposed = bench.post(&risk_manager(), &path, body).await.expect(201);
    let approve = format!("{path}/{}/approve", proposed["id"].as_str().unwrap());
    bench.post(&yi(), &approve, json!({})).await.expect(200);
}

fn why(reason: &str) -> Value {
    json!({ "reason": reason })
}

fn words(thing: &Value) -> Vec<(&str, &str)> {
    thing["agreements"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["bank_name"].as_str().unwrap(), one["status"].as_str().unwrap()))
        .collect()
}

async fn books(bench: &Bench) -> Value {
    bench.get(&other_officer(), "/ledger/trial-balance").await.expect(200)["totals"]["debit"].clone()
}

#[tokio::test]
async fn a_line_is_approved_only_once_every_bank_that_takes_part_has_agreed() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let id = proposed(&bench, syndicate()).await;
        let to = |step: &str| format!("/facilities/{id}/{step}");
        let open = bench.post(&approver(), &to("approve"), json!({})).await.refused(409, "participants-open");
        assert_eq!((&open["open"], &open["declined"]), (&json!(["他行客户经理机构", "银行12"]), &json!([])));
        assert!(open["detail"].as_str().unwrap().contains("他行客户经理机构、银行12尚未同意"), "{open}");
        // Who is asked sees the line, its own part and what waits; nobody else is asked.
        let seen = view(&bench, &yi(), &id).await;
        assert_eq!(words(&seen), [("他行客户经理机构", "open"), ("银行12", "open")]);
        assert_eq!(seen["agreements"][0]["amount"], "300000.00");
        let asked = bench.get(&yi(), "/agreements?status=open").await.expect(200);
        assert_eq!(asked["items"].as_array().unwrap().len(), 1, "{asked}");
        assert_eq!(
            (&asked["items"][0]["facility_id"], &asked["items"][0]["kind"], &asked["items"][0]["amount"]),
            (&json!(id), &json!("facility"), &json!("300000.00"))
        );
        for nobody in [approver(), finance(), approver_of(org(13))] {
            let none = bench.get(&nobody, "/agreements").await.expect(200);
            assert_eq!(none["items"], json!([]), "{}", nobody.name);
        }
        assert_eq!(view(&bench, &finance(), &id).await["agreements"], json!([]), "the banks' own affair");
        // Who may not speak, and what was not seen.
        bench.post(&approver_of(org(13)), &to("agree"), json!({})).await.refused(404, "not-found");
        bench.post(&approver_of(org(13)), &to("decline"), why("无")).await.refused(404, "not-found");
        bench.post(&other_officer(), &to("agree"), json!({})).await.refused(403, "forbidden");
        bench.post(&finance(), &to("agree"), json!({})).await.refused(403, "forbidden");
        bench.post(&approver(), &to("agree"), json!({})).await.refused(409, "lead-approves");
        let agree = to("agree");
        let stale = bench.send_seen(&yi(), ("POST", &agree), json!({}), None, Some("\"9\"")).await;
        stale.refused(412, "stale-version");
        assert_eq!(words(&view(&bench, &yi(), &id).await)[0].1, "open", "nothing was said");
        // A twin of the key has the first answer; without it the word stands.
        let said = json!({ "comment": "同意参加" });
        let first = bench.send(&yi(), "POST", &agree, said.clone(), Some("k")).await.expect(200);
        let twin = bench.send(&yi(), "POST", &agree, said, Some("k")).await.expect(200);
        assert_eq!(first["version"], twin["version"]);
        assert_eq!(words(&first), [("他行客户经理机构", "agreed"), ("银行12", "open")]);
        assert_eq!(
            (&first["agreements"][0]["by"], &first["agreements"][0]["comment"]),
            (&json!(yi().name), &json!("同意参加"))
        );
        bench.post(&yi(), &agree, json!({})).await.refused(409, "agreed-before");
        let open = bench.post(&approver(), &to("approve"), json!({})).await.refused(409, "participants-open");
        assert_eq!(open["open"], json!(["银行12"]));
        // One declines; the other takes back that it agreed; both agree in the end.
        bench.post(&bing(), &to("decline"), json!({ "reason": " " })).await.refused(422, "invalid-request");
        bench.post(&bing(), &to("decline"), why("单户占比过高")).await.expect(200);
        let no = bench.post(&approver(), &to("approve"), json!({})).await.refused(409, "participants-open");
        assert_eq!((&no["open"], &no["declined"]), (&json!([]), &json!(["银行12"])));
        assert!(no["detail"].as_str().unwrap().contains("银行12不同意（单户占比过高）"), "{no}");
        bench.post(&yi(), &to("decline"), why("行内复议")).await.expect(200);
        bench.post(&bing(), &agree, json!({})).await.expect(200);
        let no = bench.post(&approver(), &to("approve"), json!({})).await.refused(409, "participants-open");
        assert_eq!(no["declined"], json!(["他行客户经理机构"]));
        bench.post(&yi(), &agree, json!({})).await.expect(200);
        assert_eq!(books(&bench).await, "0.00", "nothing is in a participant's book before");
        let made = bench.post(&approver(), &to("approve"), json!({})).await.expect(200);
        assert_eq!(made["status"], "active");
        assert_eq!(words(&made), [("他行客户经理机构", "agreed"), ("银行12", "agreed")]);
        bench.post(&yi(), &to("decline"), why("太迟")).await.refused(409, "wrong-state");
        draw(&bench, &id, &finance(), "100000.00", "d").await.expect(201);
        assert_ne!(books(&bench).await, "0.00");
        // The own trail and the lead's say who agreed; the participants' own say that the lead approved.
        let trail =
            bench.texts("SELECT action AS text FROM audit WHERE action LIKE 'facility.%' ORDER BY at").await;
        let counted = |action: &str| trail.iter().filter(|one| *one == action).count();
        assert_eq!(
            (counted("facility.agree"), counted("facility.decline"), counted("facility.approve")),
            (6, 4, 3)
        );
    }
}

#[tokio::test]
async fn a_participant_agrees_by_its_own_authority_for_its_own_part() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let small = colleague(1_107, "支行审批人", Role::CreditApprover);
        let second = colleague(1_108, "第二审批人", Role::CreditApprover);
        let authority = json!({
            "line_levels": [
                { "up_to": "299999.99", "approvers": 1, "risk_consent": false },
                { "up_to": null, "approvers": 2, "risk_consent": true },
            ],
            "persons": [{ "user_id": small.user, "name": small.name, "limit": "200000.00" }],
        });
        set(&bench, "approval_authority", authority).await;
        let id = proposed(&bench, syndicate()).await;
        let to = |step: &str| format!("/facilities/{id}/{step}");
        bench.post(&bing(), &to("agree"), json!({})).await.expect(200);
        let takes = bench.get(&yi(), &to("authority")).await.expect(200);
        assert_eq!(
            (&takes["amount"], &takes["demand"]["approvers"], &takes["demand"]["risk_consent"]),
            (&json!("300000.00"), &json!(2), &json!(true))
        );
        assert_eq!(words(&takes), [("他行客户经理机构", "open"), ("银行12", "agreed")]);
        bench.get(&approver_of(org(13)), &to("authority")).await.refused(404, "not-found");
        // The lead's risk manager speaks for the lead alone.
        let yes = json!({ "agrees": true, "comment": "风险可控" });
        let leads = Caller {
            user: UserId::from_uuid(Uuid::from_u128(1_006)),
            roles: vec![Role::RiskManager],
            ..officer()
        };
        bench.post(&leads, &to("consent"), yes.clone()).await.expect(200);
        bench.post(&yi(), &to("agree"), json!({})).await.refused(409, "consent-missing");
        bench.post(&risk_manager(), &to("consent"), yes).await.expect(200);
        let beyond = bench.post(&small, &to("agree"), json!({})).await.refused(403, "above-authority");
        assert_eq!((&beyond["asked"], &beyond["limit"]), (&json!("300000.00"), &json!("200000.00")));
        let once = bench.post(&yi(), &to("agree"), json!({})).await.expect(200);
        assert_eq!(words(&once)[0], ("他行客户经理机构", "open"), "another approver is waited for");
        bench.post(&yi(), &to("agree"), json!({})).await.refused(403, "same-approver");
        bench.post(&approver(), &to("approve"), json!({})).await.refused(409, "participants-open");
        bench.post(&second, &to("agree"), json!({})).await.expect(200);
        let (own, leads) = (
            bench.get(&yi(), &to("authority")).await.expect(200),
            bench.get(&approver(), &to("authority")).await.expect(200),
        );
        assert_eq!(
            (own["votes"].as_array().unwrap().len(), leads["votes"].as_array().unwrap().len()),
            (3, 1)
        );
        // Who takes it back begins anew: the same two approve again, after the risk manager.
        bench.post(&second, &to("decline"), why("复议")).await.expect(200);
        bench.post(&yi(), &to("agree"), json!({})).await.refused(409, "consent-missing");
        let yes = json!({ "agrees": true, "comment": "复议通过" });
        bench.post(&risk_manager(), &to("consent"), yes).await.expect(200);
        bench.post(&yi(), &to("agree"), json!({})).await.expect(200);
        bench.post(&second, &to("agree"), json!({})).await.expect(200);
        let made = bench.post(&approver(), &to("approve"), json!({})).await.expect(200);
        assert_eq!((&made["status"], &made["approver"]), (&json!("active"), &json!(approver().name)));
    }
}

#[tokio::test]
async fn a_change_that_can_raise_the_risk_asks_again_and_one_that_only_reduces_does_not() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let id = approved(&bench, syndicate()).await;
        let path = format!("/facilities/{id}/changes");
        let propose = async |what: Value| {
            let made = bench.post(&officer(), &path, what).await.expect(201);
            (format!("{path}/{}", made["id"].as_str().unwrap()), made)
        };
        let (cut, made) = propose(json!({ "limit": "900000.00", "reason": "压降" })).await;
        assert_eq!(made["agreements"], json!([]));
        bench.post(&yi(), &format!("{cut}/agree"), json!({})).await.refused(409, "agreement-not-asked");
        bench.post(&approver(), &format!("{cut}/approve"), json!({})).await.expect(200);

        let (raise, made) = propose(json!({ "limit": "1200000.00", "reason": "扩产" })).await;
        assert_eq!(words(&made), [("他行客户经理机构", "open"), ("银行12", "open")]);
        assert_eq!(made["agreements"][0]["amount"], "360000.00", "of the limit after it");
        let refused = bench.post(&approver(), &format!("{raise}/approve"), json!({})).await;
        refused.refused(409, "participants-open");
        bench
            .post(&approver_of(org(13)), &format!("{raise}/agree"), json!({}))
            .await
            .refused(404, "not-found");
        bench.post(&yi(), &format!("{raise}/decline"), why("暂不增额")).await.expect(200);
        let listed = bench.get(&yi(), &path).await.expect(200);
        assert_eq!(words(&listed["items"][0]), [("他行客户经理机构", "declined"), ("银行12", "open")]);
        let takes = bench.get(&yi(), &format!("{raise}/authority")).await.expect(200);
        assert_eq!(takes["amount"], "360000.00");
        bench.participants_agree(&id, &raise).await;
        let raised = bench.post(&approver(), &format!("{raise}/approve"), json!({})).await.expect(200);
        assert_eq!(raised["limit"], "1200000.00");
        bench.post(&yi(), &format!("{raise}/decline"), why("太迟")).await.refused(409, "wrong-state");

        // What the lead refuses waits for nobody any longer.
        let (longer, _) = propose(json!({ "available_until": "2028-12-31", "reason": "续期" })).await;
        bench.post(&approver(), &format!("{longer}/refuse"), why("不续期")).await.expect(200);
        let listed = bench.get(&approver(), &path).await.expect(200);
        assert_eq!(words(&listed["items"][0]), [("他行客户经理机构", "lapsed"), ("银行12", "lapsed")]);
        let none = bench.get(&yi(), "/agreements?status=open").await.expect(200);
        assert_eq!(none["items"], json!([]));
        // To pause a member takes the lead alone; to let it go on takes all of them.
        let (pause, _) = propose(json!({ "pause": [finance().tenant], "reason": "逾期" })).await;
        bench.post(&approver(), &format!("{pause}/approve"), json!({})).await.expect(200);
        let (resume, _) = propose(json!({ "resume": [finance().tenant], "reason": "已结清" })).await;
        let refused = bench.post(&approver(), &format!("{resume}/approve"), json!({})).await;
        refused.refused(409, "participants-open");
    }
}

#[tokio::test]
async fn a_waiver_of_a_pledge_asks_every_bank_that_takes_part() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let id = approved(&bench, syndicate()).await;
        let path = format!("/facilities/{id}/pledge-waivers");
        let asked = json!({ "enterprise_id": finance().tenant, "amount": "100000.00", "until": "2027-01-31",
            "reason": "登记机构系统升级" });
        let made = bench.post(&officer(), &path, asked).await.expect(201);
        let waiver = format!("{path}/{}", made["id"].as_str().unwrap());
        assert_eq!(made["agreements"][0]["amount"], "30000.00");
        let refused = bench.post(&approver(), &format!("{waiver}/approve"), json!({})).await;
        refused.refused(409, "participants-open");
        let takes = bench.get(&yi(), &format!("{waiver}/authority")).await.expect(200);
        assert_eq!(takes["amount"], "30000.00", "the levels for a single borrower, by the own part");
        bench
            .post(&approver_of(org(13)), &format!("{waiver}/agree"), json!({}))
            .await
            .refused(404, "not-found");
        let waits = bench.get(&yi(), "/agreements?status=open&kind=waiver").await.expect(200);
        assert_eq!(waits["items"][0]["enterprise_name"], "企业财务机构");
        bench.participants_agree(&id, &waiver).await;
        let stands = bench.post(&approver(), &format!("{waiver}/approve"), json!({})).await.expect(200);
        assert_eq!(stands["status"], "in_force");
        assert_eq!(words(&stands), [("他行客户经理机构", "agreed"), ("银行12", "agreed")]);
        let own = bench.get(&finance(), &waiver).await.expect(200);
        assert_eq!(own["agreements"], json!([]), "what banks say of it is theirs to read");
        // What still waits when the line is closed waits for nobody any longer.
        let asked = json!({ "enterprise_id": org(21), "amount": "100000.00", "until": "2027-01-31",
            "reason": "登记机构系统升级" });
        let made = bench.post(&officer(), &path, asked).await.expect(201);
        change(&bench, &id, json!({ "close": true })).await;
        let waiver = format!("{path}/{}", made["id"].as_str().unwrap());
        let over = bench.get(&officer(), &waiver).await.expect(200);
        assert_eq!((&over["status"], &over["end_reason"]), (&json!("refused"), &json!("授信已关闭")));
        assert_eq!(words(&over), [("他行客户经理机构", "lapsed"), ("银行12", "lapsed")]);
        bench.post(&yi(), &format!("{waiver}/agree"), json!({})).await.refused(409, "wrong-state");
    }
}

#[tokio::test]
async fn a_participant_is_held_to_its_own_bound_for_one_customer_when_it_agrees_and_at_every_draw() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let capital = async |amount: &str| {
            set(&bench, "application_eligibility", json!({ "net_capital": amount })).await;
        };
        // 10 % of 800,000 is less than three tenths of the largest sub-limit.
        capital("800000.00").await;
        let id = proposed(&bench, syndicate()).await;
        let to = |step: &str| format!("/facilities/{id}/{step}");
        let beyond = bench.post(&yi(), &to("agree"), json!({})).await.refused(409, "above-customer-bound");
        assert_eq!((&beyond["part"], &beyond["cap"]), (&json!("90000.00"), &json!("80000.00")));
        capital("1000000.00").await;
        bench.participants_agree(&id, &format!("/facilities/{id}")).await;
        // What holds when the lead decides counts as well.
        capital("800000.00").await;
        bench.post(&approver(), &to("approve"), json!({})).await.refused(409, "above-customer-bound");
        capital("1000000.00").await;
        bench.post(&approver(), &to("approve"), json!({})).await.expect(200);

        let own = bench.post(&other_officer(), "/facilities", unsecured(json!({}))).await.expect(201);
        let own = own["id"].as_str().unwrap().to_owned();
        bench.post(&yi(), &format!("/facilities/{own}/approve"), json!({})).await.expect(200);
        // 60,000 of the shared line and 40,000 of the own one are all that bank 11 may lend to it.
        draw(&bench, &id, &finance(), "200000.00", "k1").await.expect(201);
        let full = draw(&bench, &own, &finance(), "40000.01", "k2").await.refused(409, "limit-exceeded");
        assert_eq!(
            (&full["limit_kind"], &full["available"]),
            (&json!("single_customer"), &json!("40000.00"))
        );
        draw(&bench, &own, &finance(), "10000.00", "k3").await.expect(201);
        let full = draw(&bench, &id, &finance(), "100000.01", "k4").await.refused(409, "limit-exceeded");
        assert_eq!(full["available"], "100000.00", "the sub-limit and the bound meet here");
        draw(&bench, &own, &finance(), "20000.00", "k5").await.expect(201);
        let full = draw(&bench, &id, &finance(), "33333.34", "k6").await.refused(409, "limit-exceeded");
        assert_eq!(
            (&full["limit_kind"], &full["available"]),
            (&json!("single_customer"), &json!("33333.33")),
            "10,000 are left to bank 11, three tenths of it"
        );
        draw(&bench, &id, &finance(), "33333.33", "k7").await.expect(201);
        draw(&bench, &id, &finance(), "0.01", "k8").await.refused(409, "limit-exceeded");
        // Without a figure of capital nothing is held against it.
        set(&bench, "application_eligibility", json!({})).await;
        draw(&bench, &id, &finance(), "0.01", "k9").await.expect(201);
    }
}

#[tokio::test]
async fn the_bounds_of_participants_cost_a_draw_one_statement_and_other_lines_none() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let (alone, shared) =
            (approved(&bench, unsecured(json!({}))).await, approved(&bench, syndicate()).await);
        let steps = async |line: &str, key: &str| {
            let before = bench.db.probe().steps();
            draw(&bench, line, &finance(), "1.00", key).await.expect(201);
            bench.db.probe().steps() - before
        };
        let (unbound_alone, unbound) = (steps(&alone, "a1").await, steps(&shared, "s1").await);
        set(&bench, "application_eligibility", json!({ "net_capital": "90000000.00" })).await;
        assert_eq!(steps(&alone, "a2").await, unbound_alone, "{backend:?}");
        assert_eq!(steps(&shared, "s2").await, unbound + 1, "{backend:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agreement_taken_back_at_the_moment_of_approval_is_before_or_after_it() {
    for backend in Backend::available().unwrap() {
        let bench = std::sync::Arc::new(Bench::new(backend).await);
        for round in 0..6 {
            let id = proposed(&bench, syndicate()).await;
            let line = format!("/facilities/{id}");
            bench.post(&bing(), &format!("{line}/agree"), json!({})).await.expect(200);
            let before = round % 2 == 0;
            if before {
                bench.post(&yi(), &format!("{line}/agree"), json!({})).await.expect(200);
            }
            let (one, two) = (bench.clone(), bench.clone());
            let (approve, word) = (format!("{line}/approve"), line.clone());
            let approving = tokio::spawn(async move { one.post(&approver(), &approve, json!({})).await });
            let speaking = tokio::spawn(async move {
                match before {
                    true => two.post(&yi(), &format!("{word}/decline"), why("复议")).await,
                    false => two.post(&yi(), &format!("{word}/agree"), json!({})).await,
                }
            });
            let (approved, said) = (approving.await.unwrap(), speaking.await.unwrap());
            let shown = view(&bench, &approver(), &id).await;
            match (before, approved.status.as_u16(), said.status.as_u16()) {
                // Taken back too late, or in time.
                (true, 200, 409) => assert_eq!(words(&shown)[0].1, "agreed"),
                (true, 409, 200) => assert_eq!(words(&shown)[0].1, "declined"),
                // Agreed in time, or too late for this approval.
                (false, 200, 200) => assert_eq!(shown["status"], "active"),
                (false, 409, 200) => assert_eq!(shown["status"], "proposed"),
                other => panic!("{other:?}: {} {}", approved.body, said.body),
            }
            let all = words(&shown).iter().all(|(_, word)| *word == "agreed");
            assert!(shown["status"] != "active" || all, "{shown}");
        }
    }
}
