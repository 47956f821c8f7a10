//! Who may decide a line and how far: approval authority by amount, waivers of the pledge, what one customer may have at
//! the bank, the overdue ratio that stops a line, and repeated commands.

use contracts::UserId;
use identity::{Caller, Role};
use serde_json::{Value, json};
use tx_kit::testing::Backend;
use uuid::Uuid;

use super::{
    bench::{Bench, approver, finance, officer, operations, org, other_finance, other_officer},
    facility::{draw, pledged, repay},
    facility_life::{approved, change, place, proposed, unsecured, view},
};

fn colleague(number: u128, name: &str, role: Role) -> Caller {
    let user = UserId::from_uuid(Uuid::from_u128(number));
    Caller { user, name: name.to_owned(), roles: vec![role], ..officer() }
}

fn second_approver() -> Caller {
    colleague(1_005, "审批人乙", Role::CreditApprover)
}

fn risk_manager() -> Caller {
    colleague(1_006, "风险经理", Role::RiskManager)
}

/// What the bank sets for itself from today on.
async fn set(bench: &Bench, kind: &str, content: Value) {
    let today = contracts::clock::china_date(bench.db.clock().now());
    let body = json!({"content": content, "effective_from": today, "reason": "行内规定"});
    let path = format!("/parameters/{kind}/proposals");
    let proposed = bench.post(&risk_manager(), &path, body).await.expect(201);
    let approve = format!("{path}/{}/approve", proposed["id"].as_str().unwrap());
    bench.post(&approver(), &approve, json!({})).await.expect(200);
}

fn levels() -> Value {
    json!({"line_levels": [
        {"up_to": "1000000.00", "approvers": 1, "risk_consent": false},
        {"up_to": "2000000.00", "approvers": 2, "risk_consent": false},
        {"up_to": null, "approvers": 2, "risk_consent": true}]})
}

#[tokio::test]
async fn a_large_line_takes_the_risk_manager_and_two_approvers_and_opens_with_the_last() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        set(&bench, "approval_authority", levels()).await;
        let id = proposed(&bench, unsecured(json!({ "limit": "2500000.00" }))).await;
        let to = |step: &str| format!("/facilities/{id}/{step}");
        let takes = bench.get(&approver(), &to("authority")).await.expect(200);
        assert_eq!(
            (&takes["demand"]["level"], &takes["demand"]["approvers"], &takes["demand"]["risk_consent"]),
            (&json!(3), &json!(2), &json!(true))
        );
        bench.get(&finance(), &to("authority")).await.refused(403, "forbidden");
        bench.get(&other_officer(), &to("authority")).await.refused(404, "not-found");
        bench.post(&approver(), &to("approve"), json!({})).await.refused(409, "consent-missing");
        let no = json!({ "agrees": false, "comment": "集中度过高" });
        bench.post(&approver(), &to("consent"), no.clone()).await.refused(403, "forbidden");
        bench.post(&risk_manager(), &to("consent"), no).await.expect(200);
        bench.post(&approver(), &to("approve"), json!({})).await.refused(409, "consent-denied");
        let yes = json!({ "agrees": true, "comment": "已压降" });
        bench.post(&risk_manager(), &to("consent"), yes).await.expect(200);
        let once = bench.post(&approver(), &to("approve"), json!({ "comment": "同意" })).await.expect(200);
        assert_eq!((&once["status"], &once["approver"]), (&json!("proposed"), &Value::Null));
        draw(&bench, &id, &finance(), "1.00", "k0").await.refused(409, "facility-not-active");
        bench.post(&approver(), &to("approve"), json!({})).await.refused(403, "same-approver");
        let takes = bench.get(&approver(), &to("authority")).await.expect(200);
        let words: Vec<&str> =
            takes["votes"].as_array().unwrap().iter().map(|one| one["word"].as_str().unwrap()).collect();
        assert_eq!(words, ["denies", "consents", "approves"]);
        assert!(takes["hindrance_zh"].as_str().unwrap().contains("另一名审批人"));
        let twice = bench.post(&second_approver(), &to("approve"), json!({})).await.expect(200);
        assert_eq!((&twice["status"], &twice["approver"]), (&json!("active"), &json!("审批人、审批人乙")));
        draw(&bench, &id, &finance(), "1.00", "k1").await.expect(201);
        let trail =
            bench.texts("SELECT action AS text FROM audit WHERE action LIKE 'facility.%' ORDER BY at").await;
        let counted = |action: &str| trail.iter().filter(|one| *one == action).count();
        assert_eq!(
            (counted("facility.consent"), counted("facility.approve_once"), counted("facility.approve")),
            (2, 1, 1)
        );
    }
}

#[tokio::test]
async fn a_raised_limit_takes_the_authority_of_the_new_limit_and_a_cut_takes_another_person_alone() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let head = colleague(1_007, "行长", Role::CreditApprover);
        let id = approved(&bench, unsecured(json!({}))).await;
        let mut authority = levels();
        authority["personal_limit"] = json!("1500000.00");
        authority["persons"] = json!([{ "user_id": head.user, "name": head.name, "limit": "9000000.00" }]);
        set(&bench, "approval_authority", authority).await;
        let path = format!("/facilities/{id}/changes");
        let propose = async |what: Value| {
            let made = bench.post(&officer(), &path, what).await.expect(201);
            format!("{path}/{}", made["id"].as_str().unwrap())
        };
        let raise = propose(json!({ "limit": "1600000.00", "reason": "扩产" })).await;
        let beyond = bench.post(&approver(), &format!("{raise}/approve"), json!({})).await;
        let beyond = beyond.refused(403, "above-authority");
        assert_eq!((&beyond["asked"], &beyond["limit"]), (&json!("1600000.00"), &json!("1500000.00")));
        // A colleague's authority reaches further, and counts as that colleague's word.
        bench.post(&second_approver(), "/approvers", json!({})).await.expect(200);
        let lending = json!({ "to_user_id": second_approver().user, "cap": "2000000.00",
            "valid_from": "2026-11-24", "valid_until": "2026-11-30", "reason": "出差" });
        let lent = bench.post(&head, "/delegations", lending).await.expect(201);
        let under = json!({ "delegation_id": lent["id"], "comment": "按授权办理" });
        let once =
            bench.post(&second_approver(), &format!("{raise}/approve"), under.clone()).await.expect(200);
        assert_eq!(once["limit"], "1000000.00", "it waits for another approver");
        bench.post(&head, &format!("{raise}/approve"), json!({})).await.refused(403, "same-approver");
        let open = bench.get(&officer(), &path).await.expect(200);
        assert_eq!(open["items"][0]["status"], "proposed");
        let takes = bench.get(&approver(), &format!("{raise}/authority")).await.expect(200);
        assert_eq!((&takes["votes"][0]["lent_by"], &takes["amount"]), (&json!("行长"), &json!("1600000.00")));
        bench.get(&other_officer(), &format!("{raise}/authority")).await.refused(404, "not-found");
        let reason = json!({ "reason": "须调整" });
        bench.post(&approver(), &format!("{raise}/refuse"), reason).await.expect(200);
        bench.post(&second_approver(), &format!("{raise}/approve"), under).await.refused(409, "wrong-state");

        let cut = propose(json!({ "limit": "900000.00", "pause": [org(22)], "reason": "压缩" })).await;
        let takes = bench.get(&approver(), &format!("{cut}/authority")).await.expect(200);
        assert_eq!((&takes["demand"], &takes["amount"]), (&Value::Null, &Value::Null));
        let after = bench.post(&approver(), &format!("{cut}/approve"), json!({})).await.expect(200);
        assert_eq!(after["limit"], "900000.00");
        // To let the paused member go on is to give it credit again.
        let resume = propose(json!({ "resume": [org(22)], "reason": "已结清" })).await;
        let takes = bench.get(&approver(), &format!("{resume}/authority")).await.expect(200);
        assert_eq!((&takes["amount"], &takes["demand"]["level"]), (&json!("900000.00"), &json!(1)));
        bench.post(&approver(), &format!("{resume}/approve"), json!({})).await.expect(200);
        // A change of terms weighs the limit.
        let looser = propose(json!({ "group_cap": "1", "reason": "调整" })).await;
        let takes = bench.get(&approver(), &format!("{looser}/authority")).await.expect(200);
        assert_eq!((&takes["amount"], &takes["demand"]["level"]), (&json!("900000.00"), &json!(1)));
        bench.post(&approver(), &format!("{looser}/approve"), json!({})).await.expect(200);
    }
}

#[tokio::test]
async fn a_retried_decision_gets_its_first_answer_and_does_nothing_again() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let id = proposed(&bench, unsecured(json!({}))).await;
        let act = async |step: &str, body: Value, key: &str| {
            bench.send(&approver(), "POST", &format!("/facilities/{id}/{step}"), body, Some(key)).await
        };
        let first = act("approve", json!({}), "a1").await.expect(200);
        assert_eq!(act("approve", json!({}), "a1").await.expect(200), first);
        act("approve", json!({}), "a2").await.refused(409, "wrong-state");
        let reason = json!({ "reason": "核实" });
        act("suspend", reason.clone(), "s1").await.expect(200);
        let resumed = act("resume", reason.clone(), "r1").await.expect(200);
        act("suspend", reason.clone(), "s2").await.expect(200);
        // The retry of the resumption that came before does not let the line go on once more.
        assert_eq!(act("resume", reason.clone(), "r1").await.expect(200), resumed);
        assert_eq!(view(&bench, &officer(), &id).await["status"], "suspended");
        act("resume", json!({ "reason": "另一理由" }), "r1").await.refused(422, "idempotency-key-reused");
        let path = format!("/facilities/{id}/changes");
        let raise = json!({ "limit": "1100000.00", "reason": "扩产" });
        let made = bench.post(&officer(), &path, raise).await.expect(201);
        let step = format!("changes/{}/approve", made["id"].as_str().unwrap());
        let changed = act(&step, json!({}), "c1").await.expect(200);
        assert_eq!(act(&step, json!({}), "c1").await.expect(200), changed);
    }
}

#[tokio::test]
async fn nothing_is_drawn_before_registration_unless_two_people_waived_the_pledge_for_an_amount_and_a_time() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let id = bench.facility().await;
        let path = format!("/facilities/{id}/pledge-waivers");
        let refused = draw(&bench, &id, &finance(), "1.00", "k0").await.refused(409, "no-registered-pledge");
        assert!(refused["detail"].as_str().unwrap().contains("豁免"), "{refused}");
        let ask = |amount: &str, until: &str| json!({ "enterprise_id": finance().tenant, "amount": amount, "until": until, "reason": "登记机构系统升级" });
        bench.post(&approver(), &path, ask("1.00", "2026-12-31")).await.refused(403, "forbidden");
        bench.post(&other_officer(), &path, ask("1.00", "2026-12-31")).await.refused(404, "not-found");
        let flawed = bench.post(&officer(), &path, ask("5000000.01", "2026-11-23")).await;
        let flawed = flawed.refused(422, "invalid-request");
        let fields: Vec<&str> =
            flawed["errors"].as_array().unwrap().iter().map(|one| one["field"].as_str().unwrap()).collect();
        assert_eq!(fields, ["amount", "until"]);
        let both = Caller { roles: vec![Role::LoanOfficer, Role::CreditApprover], ..officer() };
        let made = bench.post(&both, &path, ask("500000.00", "2026-12-31")).await.expect(201);
        let one = format!("{path}/{}", made["id"].as_str().unwrap());
        bench.post(&officer(), &path, ask("1.00", "2026-12-31")).await.refused(409, "waiver-pending");
        bench.post(&both, &format!("{one}/approve"), json!({})).await.refused(403, "four-eyes");
        draw(&bench, &id, &finance(), "1.00", "k1").await.refused(409, "no-registered-pledge");
        let given = bench.post(&approver(), &format!("{one}/approve"), json!({})).await.expect(200);
        assert_eq!((&given["status"], &given["approver"]), (&json!("in_force"), &json!("审批人")));

        let drawn = draw(&bench, &id, &finance(), "500000.00", "k2").await.expect(201);
        let full = draw(&bench, &id, &finance(), "0.01", "k3").await.refused(409, "limit-exceeded");
        assert_eq!((&full["limit_kind"], &full["available"]), (&json!("waiver"), &json!("0.00")));
        draw(&bench, &id, &other_finance(), "1.00", "k4").await.refused(409, "no-registered-pledge");
        // Each sees what is theirs.
        let own = bench.get(&finance(), &path).await.expect(200);
        assert_eq!(own["items"][0]["id"], made["id"]);
        assert_eq!(bench.get(&other_finance(), &path).await.expect(200)["items"], json!([]));
        bench.get(&other_finance(), &one).await.refused(404, "not-found");
        bench.get(&other_officer(), &one).await.refused(404, "not-found");
        let on = format!("{path}?on=2026-11-24&enterprise_id={}", finance().tenant);
        assert_eq!(bench.get(&officer(), &on).await.expect(200)["items"].as_array().unwrap().len(), 1);
        let before = format!("{path}?on=2026-11-23");
        assert_eq!(bench.get(&officer(), &before).await.expect(200)["items"], json!([]));
        // Its last day passes; what was drawn stays, and is watched.
        bench.at("2026-12-31T02:00:00Z");
        let loan = drawn["loan_id"].as_str().unwrap();
        let view = bench.get(&officer(), &format!("/loans/{loan}")).await.expect(200);
        repay(&bench, loan, view["payoff"].as_str().unwrap(), "r1").await.expect(201);
        draw(&bench, &id, &finance(), "1.00", "k5").await.expect(201);
        bench.at("2027-01-01T02:00:00Z");
        draw(&bench, &id, &finance(), "1.00", "k6").await.refused(409, "no-registered-pledge");
        let trail =
            bench.texts("SELECT action AS text FROM audit WHERE action LIKE 'facility.waiver.%' ORDER BY at");
        assert_eq!(trail.await, ["facility.waiver.propose", "facility.waiver.approve"]);
    }
}

#[tokio::test]
async fn a_waiver_is_replaced_or_revoked_weighs_as_a_loan_does_and_shows_among_the_warnings() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let id = bench.facility().await;
        let path = format!("/facilities/{id}/pledge-waivers");
        let two = json!({ "levels": [{ "up_to": "100000.00", "approvers": 1 }, { "up_to": null, "approvers": 2 }] });
        set(&bench, "approval_authority", two).await;
        let waive = async |amount: &str| {
            let ask = json!({ "enterprise_id": finance().tenant, "amount": amount, "until": "2027-01-31",
                "reason": "先行放款" });
            let made = bench.post(&officer(), &path, ask).await.expect(201);
            format!("{path}/{}", made["id"].as_str().unwrap())
        };
        let small = waive("100000.00").await;
        bench.post(&approver(), &format!("{small}/approve"), json!({})).await.expect(200);
        let large = waive("200000.00").await;
        let once = bench.post(&approver(), &format!("{large}/approve"), json!({})).await.expect(200);
        assert_eq!(once["status"], "proposed");
        draw(&bench, &id, &finance(), "100000.01", "k1").await.refused(409, "limit-exceeded");
        bench.post(&second_approver(), &format!("{large}/approve"), json!({})).await.expect(200);
        let listed = bench.get(&officer(), &path).await.expect(200);
        let states: Vec<&str> =
            listed["items"].as_array().unwrap().iter().map(|one| one["status"].as_str().unwrap()).collect();
        assert_eq!(states, ["in_force", "replaced"]);
        draw(&bench, &id, &finance(), "150000.00", "k2").await.expect(201);
        // The close finds what was lent without a pledge.
        bench.at("2026-11-25T02:00:00Z");
        let day = json!({ "business_date": "2026-11-24" });
        while bench.post(&operations(), "/closings", day.clone()).await.status.as_u16() == 202 {}
        let warned = bench.get(&risk_manager(), "/risk/loans?flag=pledge_waived").await.expect(200);
        assert_eq!(warned["items"].as_array().unwrap().len(), 1, "{warned}");
        let reason = json!({ "reason": "登记被驳回" });
        bench.post(&officer(), &format!("{large}/revoke"), reason.clone()).await.refused(403, "forbidden");
        let ended = bench.post(&approver(), &format!("{large}/revoke"), reason.clone()).await.expect(200);
        assert_eq!((&ended["status"], &ended["end_reason"]), (&json!("revoked"), &json!("登记被驳回")));
        bench.post(&approver(), &format!("{large}/revoke"), reason).await.refused(409, "wrong-state");
        draw(&bench, &id, &finance(), "1.00", "k3").await.refused(409, "no-registered-pledge");
        // Once the pledge is registered it carries the loan by itself.
        set(&bench, "approval_authority", json!({})).await;
        pledged(&bench, &id, &finance(), 1).await;
        draw(&bench, &id, &finance(), "1.00", "k4").await.expect(201);
    }
}

#[tokio::test]
async fn one_customer_has_no_more_at_the_bank_than_its_capital_allows_over_all_lines_together() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let (a, b) =
            (approved(&bench, unsecured(json!({}))).await, approved(&bench, unsecured(json!({}))).await);
        draw(&bench, &a, &finance(), "300000.00", "k1").await.expect(201);
        // 10 % of 4,000,000
        set(&bench, "application_eligibility", json!({ "net_capital": "4000000.00" })).await;
        let full = draw(&bench, &b, &finance(), "100000.01", "k2").await.refused(409, "limit-exceeded");
        assert_eq!(
            (&full["limit_kind"], &full["available"]),
            (&json!("single_customer"), &json!("100000.00"))
        );
        let drawn = draw(&bench, &b, &finance(), "100000.00", "k3").await.expect(201);
        draw(&bench, &b, &finance(), "0.01", "k4").await.refused(409, "limit-exceeded");
        draw(&bench, &b, &other_finance(), "300000.00", "k5").await.expect(201);
        // A line made later is bound as well, and a repayment on one line makes room on another.
        let c = approved(&bench, unsecured(json!({ "members": [place(20, "300000.00")] }))).await;
        draw(&bench, &c, &finance(), "0.01", "k6").await.refused(409, "limit-exceeded");
        repay(&bench, drawn["loan_id"].as_str().unwrap(), "60000.00", "r1").await.expect(201);
        draw(&bench, &c, &finance(), "60000.01", "k7").await.refused(409, "limit-exceeded");
        draw(&bench, &c, &finance(), "60000.00", "k8").await.expect(201);
        // A bank of a syndicate is bound by its own part: two fifths here.
        let bank = |number: u128, share: &str| json!({ "bank_id": org(number), "share": share });
        let shares = json!([bank(10, "0.4"), bank(11, "0.6")]);
        set(&bench, "application_eligibility", json!({ "net_capital": "4200000.00" })).await;
        let d = approved(&bench, unsecured(json!({ "shares": shares }))).await;
        let part = draw(&bench, &d, &finance(), "50000.01", "k9").await.refused(409, "limit-exceeded");
        assert_eq!(part["available"], "50000.00");
        draw(&bench, &d, &finance(), "50000.00", "k10").await.expect(201);
        // Without a figure of capital nothing is held against it.
        set(&bench, "application_eligibility", json!({})).await;
        draw(&bench, &c, &finance(), "100000.00", "k11").await.expect(201);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn draws_on_two_lines_at_once_stay_together_within_what_one_customer_may_have() {
    for backend in Backend::available().unwrap() {
        let bench = std::sync::Arc::new(Bench::new(backend).await);
        let lines =
            [approved(&bench, unsecured(json!({}))).await, approved(&bench, unsecured(json!({}))).await];
        set(&bench, "application_eligibility", json!({ "net_capital": "4000000.00" })).await;
        // Seven of these fit each line; ten fit the bank's bound of 400,000.
        let draws = (0..20).map(|number| {
            let (bench, line) = (bench.clone(), lines[number % 2].clone());
            tokio::spawn(async move {
                draw(&bench, &line, &finance(), "40000.00", &format!("k{number}")).await.status.as_u16()
            })
        });
        let mut granted = 0;
        for one in draws.collect::<Vec<_>>() {
            match one.await.unwrap() {
                201 => granted += 1,
                409 => {}
                other => panic!("{other}"),
            }
        }
        assert_eq!(granted, 10, "{backend:?}");
    }
}

fn codes(answer: &Value) -> Vec<&str> {
    answer["findings"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_application_is_measured_against_the_banks_capital_when_made_and_again_when_approved() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = bench.facility().await;
        let ask = |patent: Uuid, amount: &str| {
            json!({ "facility_id": facility, "amount": amount, "tenor_months": 12, "purpose": "采购原料",
                "patent_ids": [patent] })
        };
        let patent = bench.patent(1, &finance(), json!({}));
        set(&bench, "application_eligibility", json!({ "net_capital": "10000000.00" })).await;
        let tried = bench.post(&finance(), "/applications/eligibility", ask(patent, "1000000.01")).await;
        let tried = tried.expect(200);
        assert_eq!(codes(&tried), ["above_single_customer"]);
        for text in ["reason_zh", "cure_zh", "reason_en", "cure_en"] {
            assert!(tried["findings"][0][text].as_str().unwrap().contains("1000000.0"), "{tried}");
        }
        let made = bench.post(&finance(), "/applications", ask(patent, "1000000.00")).await.expect(201);
        let valuation = bench.valuation(patent, &officer(), json!({}));
        let step = |step: &str| format!("/applications/{}/{step}", made["id"].as_str().unwrap());
        let assessment = json!({ "valuations": [{ "patent_id": patent, "valuation_id": valuation }],
            "recommended_amount": "1000000.00", "comment": "可行" });
        bench.post(&officer(), &step("assess"), assessment).await.expect(200);
        set(&bench, "application_eligibility", json!({ "net_capital": "9000000.00" })).await;
        let refused = bench.post(&approver(), &step("approve"), json!({})).await.refused(409, "not-eligible");
        assert_eq!(codes(&refused), ["above_single_customer"]);
        assert_eq!(bench.member(&facility, &finance()).await.0, "0.00");
        let less = json!({ "amount": "900000.00" });
        bench.post(&approver(), &step("approve"), less).await.expect(200);
        // What is approved and not drawn yet is an exposure: 15 % of net tier-1 capital, 1,500,000.
        let tier = json!({ "net_tier1_capital": "10000000.00" });
        set(&bench, "application_eligibility", tier).await;
        let second = bench.patent(2, &finance(), json!({}));
        let tried = bench.post(&finance(), "/applications/eligibility", ask(second, "600000.01")).await;
        assert_eq!(codes(&tried.expect(200)), ["above_exposure"]);
        let tried = bench.post(&finance(), "/applications/eligibility", ask(second, "600000.00")).await;
        assert_eq!(tried.expect(200)["eligible"], true);
    }
}

#[tokio::test]
async fn the_overdue_part_of_a_cluster_stops_its_line_with_the_close_of_the_day() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let triggers = json!({ "overdue_ratio": "0.5", "non_performing_ratio": null, "member_tier": null });
        let id = approved(&bench, unsecured(json!({ "triggers": triggers }))).await;
        let shown = view(&bench, &officer(), &id).await;
        assert_eq!(shown["triggers"]["overdue_ratio"], "0.5");
        draw(&bench, &id, &finance(), "100000.00", "k1").await.expect(201);
        draw(&bench, &id, &other_finance(), "100000.01", "k2").await.expect(201);
        // Interest of both fell due on 24 December; one pays.
        bench.at("2026-12-24T02:00:00Z");
        let loans = bench.get(&other_finance(), &format!("/facilities/{id}/loans")).await.expect(200);
        let paid = json!({ "amount": "10000.00" });
        let path = format!("/loans/{}/repayments", loans["items"][0]["id"].as_str().unwrap());
        bench.send(&other_finance(), "POST", &path, paid, Some("r1")).await.expect(201);
        bench.at("2026-12-28T02:00:00Z");
        let until = json!({ "business_date": "2026-12-27" });
        while bench.post(&operations(), "/closings", until.clone()).await.status.as_u16() == 202 {}
        let stopped = view(&bench, &officer(), &id).await;
        assert_eq!(stopped["status"], "suspended", "{}", stopped["reason"]);
        assert!(stopped["reason"].as_str().unwrap().contains("集群逾期率"), "{}", stopped["reason"]);
        // A member reads that it is suspended and since when; why is the bank's own affair.
        let own = view(&bench, &finance(), &id).await;
        assert_eq!(
            (&own["status"], &own["reason"], &own["suspended_on"]),
            (&json!("suspended"), &Value::Null, &json!("2026-12-27"))
        );
        assert_eq!(stopped["suspended_on"], "2026-12-27");
        let told = bench.get(&officer(), &format!("/facilities/{id}/triggers")).await.expect(200);
        assert_eq!(told["items"][0]["kind"], "overdue");
    }
}

#[tokio::test]
async fn a_line_is_not_closed_and_nobody_leaves_while_interest_is_owed_although_no_principal_is() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let id = approved(&bench, unsecured(json!({}))).await;
        let month = json!({ "enterprise_id": finance().tenant, "amount": "100000.00", "tenor_months": 1 });
        let draws = format!("/facilities/{id}/drawdowns");
        let drawn = bench.send(&finance(), "POST", &draws, month, Some("k1")).await.expect(201);
        // More than ninety days late: principal is paid first.
        bench.at("2027-04-12T02:00:00Z");
        let loan = drawn["loan_id"].as_str().unwrap();
        repay(&bench, loan, "100000.00", "r1").await.expect(201);
        let owed = bench.get(&officer(), &format!("/loans/{loan}")).await.expect(200);
        assert_eq!((&owed["outstanding"], &owed["status"]), (&json!("0.00"), &json!("active")), "{owed}");
        let path = format!("/facilities/{id}/changes");
        for what in
            [json!({ "close": true, "reason": "到期" }), json!({ "leave": [org(20)], "reason": "退出" })]
        {
            let refused = bench.post(&officer(), &path, what).await.refused(422, "invalid-request");
            assert!(refused["errors"][0]["detail"].as_str().unwrap().contains("利息"), "{refused}");
        }
        repay(&bench, loan, owed["payoff"].as_str().unwrap(), "r2").await.expect(201);
        let closed = change(&bench, &id, json!({ "close": true })).await;
        assert_eq!(closed["status"], "closed");
    }
}
