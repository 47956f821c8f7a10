//! The life of a facility over the router: its terms, its members, its deposits, what stops it, how it ends. Lending on
//! a pool of patents is in `pool.rs`, everything in any order in `any_order.rs`.

mod any_order;
mod pool;

use contracts::{Actor, OrgId, OrgKind, UserId};
use finance::Money;
use identity::{Caller, Role};
use pledge_svc::facility::{self, FundStanding, LineFigures, NewCover};
use serde_json::{Value, json};
use tx_kit::{InTx, testing::Backend};
use uuid::Uuid;

use super::{
    bench::{Bench, approver, examiner, finance, officer, operations, org, other_finance, other_officer},
    facility::draw,
    platform::registered,
};

/// The finance officer of an enterprise of this number.
pub fn member(number: u128) -> Caller {
    Caller {
        user: UserId::from_uuid(Uuid::from_u128(70_000 + number)),
        name: format!("财务{number}"),
        tenant: org(number),
        tenant_name: registered(number).1,
        org_kind: OrgKind::Enterprise,
        roles: vec![Role::Finance],
    }
}

fn operator() -> Caller {
    Caller { org_kind: OrgKind::ClusterOperator, roles: vec![Role::ClusterOperator], ..member(45) }
}

fn fund() -> Caller {
    Caller { org_kind: OrgKind::Fund, roles: vec![Role::FundManager], ..member(50) }
}

pub fn place(number: u128, sub_limit: &str) -> Value {
    let who = member(number);
    json!({ "enterprise_id": who.tenant, "enterprise_name": who.tenant_name, "sub_limit": sub_limit })
}

/// A line of a million on which members borrow without patents, up to 300,000 each; `terms` change what they name.
pub fn unsecured(terms: Value) -> Value {
    let mut proposal = json!({
        "name": "园区信用集合授信", "cluster": "新材料产业集群", "industry": "C26", "limit": "1000000.00",
        "revolving": true, "available_from": "2026-01-01", "available_until": "2027-12-31", "annual_rate": "0.0345",
        "tenor_cap_months": 24, "single_member_cap": "0.5", "ltv_cap": "0.6",
        "collateral": { "rule": "unsecured", "up_to": "300000.00" },
        "members": [place(20, "300000.00"), place(21, "300000.00"), place(22, "200000.00")],
    });
    for (name, value) in terms.as_object().unwrap() {
        proposal[name] = value.clone();
    }
    proposal
}

pub async fn proposed(bench: &Bench, proposal: Value) -> String {
    let made = bench.post(&officer(), "/facilities", proposal).await.expect(201);
    made["id"].as_str().unwrap().to_owned()
}

pub async fn approved(bench: &Bench, proposal: Value) -> String {
    let proposed_with_others = proposal.get("shares").is_some();
    let id = proposed(bench, proposal).await;
    if proposed_with_others {
        bench.participants_agree(&id, &format!("/facilities/{id}")).await;
    }
    bench.post(&approver(), &format!("/facilities/{id}/approve"), json!({})).await.expect(200);
    id
}

pub async fn view(bench: &Bench, who: &Caller, id: &str) -> Value {
    bench.get(who, &format!("/facilities/{id}")).await.expect(200)
}

/// A change, proposed by one person and approved by another.
pub async fn change(bench: &Bench, id: &str, mut what: Value) -> Value {
    what["reason"] = json!("年度复核");
    let path = format!("/facilities/{id}/changes");
    let made = bench.post(&officer(), &path, what).await.expect(201);
    let change = made["id"].as_str().unwrap();
    bench.post(&approver(), &format!("{path}/{change}/approve"), json!({})).await.expect(200)
}

fn place_of(view: &Value, number: u128) -> &Value {
    let members = view["members"].as_array().unwrap();
    members.iter().find(|one| one["enterprise_id"] == json!(org(number))).unwrap()
}

/// What the bank's book holds as security deposits (2002).
async fn security_deposits(bench: &Bench) -> String {
    let body = bench.get(&officer(), "/ledger/trial-balance").await.expect(200);
    assert_eq!(body["totals"]["debit"], body["totals"]["credit"]);
    let row = body["accounts"].as_array().unwrap().iter().find(|row| row["account"] == "2002").cloned();
    let fen = |row: &Value, side: &str| row[side].as_str().unwrap().parse::<Money>().unwrap().fen();
    Money::from_fen(row.map_or(0, |row| fen(&row, "credit") - fen(&row, "debit"))).to_string()
}

#[tokio::test]
async fn what_a_proposal_leaves_out_has_a_default_that_the_facility_shows() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let id = bench.facility().await;
        let shown = view(&bench, &officer(), &id).await;
        assert_eq!(
            (&shown["over_allotment"], &shown["group_cap"], &shown["pool_cap"]),
            (&json!("1"), &json!("0.3"), &json!("1"))
        );
        assert_eq!(
            (&shown["liability"]["kind"], &shown["collateral"]["rule"]),
            (&json!("several"), &json!("own"))
        );
        let triggers = &shown["triggers"];
        assert_eq!(
            (&triggers["non_performing_ratio"], &triggers["member_tier"], &triggers["fund_exhausted"]),
            (&json!("0.03"), &json!("substandard"), &json!(true))
        );
        assert_eq!((&shown["members_count"], &shown["allotted"]), (&json!(2), &json!("10000000.00")));
        assert_eq!(shown["agent_bank_id"], shown["bank_id"]);
    }
}

#[tokio::test]
async fn bad_terms_are_named_field_by_field_and_nothing_is_made() {
    let bench = Bench::new(Backend::Sqlite).await;
    let both = json!({ "enterprise_id": org(20), "sub_limit": "1.00", "share": "0.1" });
    let fund = json!({ "kind": "fund", "fund_id": org(50) });
    let cover = |share: &str| json!({ "party": fund, "rank": 1, "share_of_loss": share });
    for (terms, field) in [
        (json!({ "limit": "-1.00" }), "limit"),
        (json!({ "limit": "10000000000.01" }), "limit"),
        (json!({ "available_until": "2026-11-23" }), "available_until"),
        (json!({ "over_allotment": "0.99" }), "over_allotment"),
        (json!({ "group_cap": "0" }), "group_cap"),
        (json!({ "pool_cap": "1.1" }), "pool_cap"),
        (json!({ "liability": { "kind": "joint", "basis": "draw", "rate": "0" } }), "liability.rate"),
        (
            json!({ "collateral": { "rule": "pooled", "advance_rate": "0.6", "cure_days": 0 } }),
            "collateral.cure_days",
        ),
        (json!({ "collateral": { "rule": "unsecured", "up_to": "0.00" } }), "collateral.up_to"),
        (json!({ "cover": [cover("1.01")] }), "cover[0].share_of_loss"),
        (json!({ "members": [both] }), "members[0].sub_limit"),
        (json!({ "members": [place(20, "300000.01"), place(20, "1.00")] }), "members"),
        (json!({ "members": [place(20, "500000.01")] }), "members[0].sub_limit"),
        (json!({ "members": [] }), "members"),
    ] {
        let body =
            bench.post(&officer(), "/facilities", unsecured(terms)).await.refused(422, "invalid-request");
        let fields = body["errors"].as_array().unwrap();
        assert!(fields.iter().any(|one| one["field"] == field), "{field}: {body}");
    }
    for terms in
        [json!({ "limit": "1e9" }), json!({ "limit": 5 }), json!({ "currency": "USD", "limit": "USD 5" })]
    {
        bench.post(&officer(), "/facilities", unsecured(terms)).await.refused(422, "invalid-request");
    }
    let none = bench.get(&officer(), "/facilities").await.expect(200);
    assert_eq!(none["items"], json!([]));
}

#[tokio::test]
async fn a_syndicate_keeps_the_rules_of_2024() {
    let bench = Bench::new(Backend::Sqlite).await;
    let bank = |number: u128, share: &str, role: &str, tranche: u8| json!({ "bank_id": org(number), "share": share, "role": role, "tranche": tranche });
    for shares in [
        json!([
            bank(10, "0.14", "lead", 1),
            bank(11, "0.5", "participant", 1),
            bank(12, "0.36", "participant", 1)
        ]),
        json!([bank(10, "0.71", "lead", 1), bank(11, "0.29", "participant", 1)]),
        json!([bank(10, "0.5", "lead", 1), bank(11, "0.09", "lead", 1), bank(12, "0.41", "participant", 1)]),
        json!([
            bank(10, "0.5", "lead", 1),
            bank(11, "0.25", "participant", 2),
            bank(12, "0.25", "participant", 3)
        ]),
        json!([bank(11, "0.5", "lead", 1), bank(10, "0.5", "participant", 1)]),
    ] {
        let refused = bench.post(&officer(), "/facilities", unsecured(json!({ "shares": shares }))).await;
        assert_eq!(refused.refused(422, "invalid-request")["errors"][0]["field"], "shares");
    }
    let shares = json!([
        bank(10, "0.3333", "lead", 1),
        bank(11, "0.3333", "lead", 1),
        bank(12, "0.3334", "participant", 1)
    ]);
    let id = approved(&bench, unsecured(json!({ "shares": shares }))).await;
    let shown = view(&bench, &other_officer(), &id).await;
    assert_eq!(shown["shares"][1]["role"], "lead");
    let drawn = draw(&bench, &id, &finance(), "100000.00", "k").await.expect(201);
    let loan =
        bench.get(&officer(), &format!("/loans/{}", drawn["loan_id"].as_str().unwrap())).await.expect(200);
    let parts: Vec<&str> =
        loan["shares"].as_array().unwrap().iter().map(|one| one["amount"].as_str().unwrap()).collect();
    assert_eq!(parts, ["33330.00", "33330.00", "33340.00"]);
}

#[tokio::test]
async fn a_decision_on_a_version_that_has_changed_since_is_refused_and_nothing_is_done() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let id = proposed(&bench, unsecured(json!({}))).await;
        let path = format!("/facilities/{id}");
        let seen = bench.get(&approver(), &path).await.etag.unwrap();
        let act = |step: &'static str, tag: String| {
            let (bench, path) = (&bench, format!("{path}/{step}"));
            async move {
                let body = json!({ "reason": "核实" });
                bench.send_seen(&approver(), ("POST", &path), body, None, Some(&tag)).await
            }
        };
        act("approve", "\"9\"".to_owned()).await.refused(412, "stale-version");
        assert_eq!(view(&bench, &officer(), &id).await["status"], "proposed");
        act("approve", "nonsense".to_owned()).await.refused(422, "invalid-request");
        act("approve", seen.clone()).await.expect(200);
        let stale = act("suspend", seen.clone()).await.refused(412, "stale-version");
        assert_eq!(stale["version"], 2);
        let change = json!({ "limit": "2000000.00", "reason": "扩容" });
        let changes = format!("{path}/changes");
        bench
            .send_seen(&officer(), ("POST", &changes), change.clone(), None, Some(&seen))
            .await
            .refused(412, "stale-version");
        let ask = json!({ "enterprise_id": finance().tenant, "amount": "1.00", "tenor_months": 1 });
        let draws = format!("{path}/drawdowns");
        let draw = |key: &'static str, tag: String| {
            let (bench, draws, ask) = (&bench, draws.clone(), ask.clone());
            async move { bench.send_seen(&finance(), ("POST", &draws), ask, Some(key), Some(&tag)).await }
        };
        draw("d1", seen).await.refused(412, "stale-version");
        assert_eq!(view(&bench, &officer(), &id).await["drawn"], "0.00");
        let now = bench.get(&finance(), &path).await.etag.unwrap();
        draw("d1", now.clone()).await.expect(201);
        // A stale answer was not kept, and the first answer is given again whatever the version has become.
        draw("d1", now).await.expect(201);
        bench.send_seen(&officer(), ("POST", &changes), change, None, Some("*")).await.expect(201);
    }
}

#[tokio::test]
async fn sub_limits_that_are_a_part_of_the_limit_follow_it_and_never_fall_below_use() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let part = json!({ "enterprise_id": org(20), "share": "0.3" });
        let terms = json!({ "members": [part, place(21, "300000.00")] });
        let id = approved(&bench, unsecured(terms)).await;
        assert_eq!(place_of(&view(&bench, &officer(), &id).await, 20)["sub_limit"], "300000.00");
        draw(&bench, &id, &finance(), "250000.00", "k").await.expect(201);
        let cut = json!({ "limit": "800000.00", "reason": "压缩" });
        let refused = bench.post(&officer(), &format!("/facilities/{id}/changes"), cut).await;
        let refused = refused.refused(422, "invalid-request");
        assert!(refused["errors"][0]["detail"].as_str().unwrap().contains("250000.00"), "{refused}");
        let after = change(&bench, &id, json!({ "limit": "1100000.00" })).await;
        assert_eq!(place_of(&after, 20)["sub_limit"], "330000.00");
        assert_eq!(place_of(&after, 21)["sub_limit"], "300000.00");
        // What was sound when it was proposed is decided again on the use of the day.
        let path = format!("/facilities/{id}/changes");
        let less = json!({ "members": [place(21, "100000.00")], "reason": "压缩" });
        let open = bench.post(&officer(), &path, less).await.expect(201);
        draw(&bench, &id, &other_finance(), "100000.01", "k2").await.expect(201);
        let approve = format!("{path}/{}/approve", open["id"].as_str().unwrap());
        bench.post(&approver(), &approve, json!({})).await.refused(422, "invalid-request");
        bench.post(&officer(), &approve, json!({})).await.refused(403, "forbidden");
    }
}

#[tokio::test]
async fn members_join_are_paused_go_on_and_leave_by_two_peoples_decision() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let id = approved(&bench, unsecured(json!({}))).await;
        let after =
            change(&bench, &id, json!({ "members": [place(23, "100000.00")], "pause": [org(20)] })).await;
        assert_eq!((&place_of(&after, 20)["status"], &after["members_count"]), (&json!("paused"), &json!(4)));
        assert_eq!(place_of(&after, 20)["status_reason"], "年度复核");
        draw(&bench, &id, &finance(), "1.00", "k1").await.refused(409, "member-paused");
        draw(&bench, &id, &member(23), "1.00", "k2").await.expect(201);
        let after = change(&bench, &id, json!({ "resume": [org(20)], "leave": [org(21)] })).await;
        assert_eq!((&place_of(&after, 20)["status"], &after["members_count"]), (&json!("active"), &json!(3)));
        draw(&bench, &id, &finance(), "1.00", "k3").await.expect(201);
        // Whoever left sees the facility no longer and draws nothing; the bank finds it where it asks for it.
        bench.get(&other_finance(), &format!("/facilities/{id}")).await.refused(404, "not-found");
        draw(&bench, &id, &other_finance(), "1.00", "k4").await.refused(409, "member-left");
        let left = bench.get(&officer(), &format!("/facilities/{id}/members?status=left")).await.expect(200);
        assert_eq!(left["items"][0]["enterprise_id"], json!(org(21)));
        // A member that owes cannot leave, and nobody is paused twice.
        let path = format!("/facilities/{id}/changes");
        let leave = json!({ "leave": [org(20)], "reason": "退出" });
        bench.post(&officer(), &path, leave).await.refused(422, "invalid-request");
        let twice = json!({ "pause": [org(22), org(22)], "reason": "暂停" });
        bench.post(&officer(), &path, twice).await.refused(422, "invalid-request");
        let back = change(&bench, &id, json!({ "members": [place(21, "50000.00")] })).await;
        assert_eq!(place_of(&back, 21)["status"], "active");
        let told = bench
            .texts("SELECT envelope AS text FROM outbox WHERE name = 'facility.changed.v1' ORDER BY id")
            .await;
        let gone = told.iter().filter_map(|text| {
            let event: Value = serde_json::from_str(text).unwrap();
            event["event"]["data"]["left"].as_array().map(|left| left[0].clone())
        });
        assert_eq!(gone.collect::<Vec<_>>(), [json!(org(21))]);
    }
}

#[tokio::test]
async fn a_line_waits_for_its_window_expires_with_it_is_revived_and_is_closed_when_nothing_rests_on_it() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let joint = json!({ "kind": "joint", "basis": "sub_limit", "rate": "0.05" });
        let window =
            json!({ "available_from": "2026-12-01", "available_until": "2026-12-31", "liability": joint });
        let id = approved(&bench, unsecured(window)).await;
        assert_eq!(view(&bench, &officer(), &id).await["status"], "approved");
        draw(&bench, &id, &finance(), "1.00", "k0").await.refused(409, "facility-not-active");
        let activate = format!("/facilities/{id}/activate");
        bench.post(&approver(), &activate, json!({})).await.refused(409, "outside-window");
        let opened = async |on: &'static str| {
            bench.db.run(|tx| facility::open_due(tx, org(10), on.parse().unwrap()).in_tx()).await
        };
        assert_eq!((opened("2026-11-30").await.unwrap(), opened("2026-12-01").await.unwrap()), (0, 1));
        assert_eq!(opened("2026-12-01").await.unwrap(), 0, "once");
        bench.at("2026-12-02T02:00:00Z");
        let pay = json!({ "enterprise_id": org(20), "amount": "15000.00" });
        bench
            .send(&finance(), "POST", &format!("/facilities/{id}/deposits"), pay, Some("p"))
            .await
            .expect(201);
        let drawn = draw(&bench, &id, &finance(), "1000.00", "k1").await.expect(201);
        let expired = async |on: &'static str| {
            bench.db.run(|tx| facility::expire_due(tx, org(10), on.parse().unwrap()).in_tx()).await
        };
        assert_eq!((expired("2026-12-31").await.unwrap(), expired("2027-01-01").await.unwrap()), (0, 1));
        draw(&bench, &id, &finance(), "1.00", "k2").await.refused(409, "facility-not-active");
        let revived = change(&bench, &id, json!({ "available_until": "2027-06-30" })).await;
        assert_eq!(revived["status"], "active");
        let path = format!("/facilities/{id}/changes");
        let close = json!({ "close": true, "reason": "到期" });
        let owed = bench.post(&officer(), &path, close.clone()).await.refused(422, "invalid-request");
        assert!(owed["errors"][0]["detail"].as_str().unwrap().contains("1000.00"));
        let loan = drawn["loan_id"].as_str().unwrap();
        let body = json!({ "amount": "1000.00" });
        bench
            .send(&finance(), "POST", &format!("/loans/{loan}/repayments"), body, Some("r"))
            .await
            .expect(201);
        assert_eq!(security_deposits(&bench).await, "15000.00");
        let closed = change(&bench, &id, json!({ "close": true })).await;
        assert_eq!(
            (&closed["status"], &place_of(&closed, 20)["deposit"]),
            (&json!("closed"), &json!("0.00"))
        );
        assert_eq!(security_deposits(&bench).await, "0.00", "the deposit went back");
        bench.post(&officer(), &path, close).await.refused(409, "wrong-state");
    }
}

#[tokio::test]
async fn connected_members_draw_under_one_cap() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let mut members = [place(20, "300000.00"), place(21, "300000.00"), place(22, "200000.00")];
        members[0]["group"] = json!("甲集团");
        members[1]["group"] = json!("甲集团");
        let id = approved(&bench, unsecured(json!({ "members": members }))).await;
        draw(&bench, &id, &finance(), "200000.00", "k1").await.expect(201);
        let refused =
            draw(&bench, &id, &other_finance(), "100000.01", "k2").await.refused(409, "limit-exceeded");
        assert_eq!((&refused["limit_kind"], &refused["available"]), (&json!("group"), &json!("100000.00")));
        draw(&bench, &id, &other_finance(), "100000.00", "k3").await.expect(201);
        draw(&bench, &id, &member(22), "200000.00", "k4").await.expect(201);
        let own = view(&bench, &finance(), &id).await;
        assert!(own["members"][0].get("group").is_none(), "who is connected to whom is the bank's to know");
    }
}

#[tokio::test]
async fn a_mutual_aid_deposit_is_paid_in_before_a_draw_and_comes_back_when_nothing_is_owed() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let joint = json!({ "liability": { "kind": "joint", "basis": "draw", "rate": "0.1" } });
        let id = approved(&bench, unsecured(joint)).await;
        let missing = draw(&bench, &id, &finance(), "100000.00", "k1").await.refused(409, "deposit-missing");
        assert_eq!((&missing["required"], &missing["paid_in"]), (&json!("10000.00"), &json!("0.00")));
        let deposits = format!("/facilities/{id}/deposits");
        let pay = |who: Caller, number: u128, amount: &'static str, key: &'static str| {
            let (bench, deposits) = (&bench, deposits.clone());
            let body = json!({ "enterprise_id": org(number), "amount": amount });
            async move { bench.send(&who, "POST", &deposits, body, Some(key)).await }
        };
        let paid = pay(operations(), 20, "10000.00", "p1").await.expect(201);
        assert_eq!(pay(operations(), 20, "10000.00", "p1").await.expect(201), paid, "once");
        pay(finance(), 21, "1.00", "p2").await.refused(404, "not-found");
        pay(other_officer(), 20, "1.00", "p3").await.refused(404, "not-found");
        pay(finance(), 20, "300000.00", "p4").await.refused(409, "deposit-beyond-need");
        pay(finance(), 20, "0.00", "p5").await.refused(422, "invalid-request");
        let drawn = draw(&bench, &id, &finance(), "100000.00", "k2").await.expect(201);
        assert_eq!(security_deposits(&bench).await, "10000.00");
        let back = format!("{deposits}/return");
        let ask = json!({ "enterprise_id": org(20) });
        let owed = bench.send(&finance(), "POST", &back, ask.clone(), Some("b1")).await;
        assert_eq!(owed.refused(409, "deposit-still-needed")["drawn"], "100000.00");
        let loan = drawn["loan_id"].as_str().unwrap();
        let body = json!({ "amount": "100000.00" });
        bench
            .send(&finance(), "POST", &format!("/loans/{loan}/repayments"), body, Some("r"))
            .await
            .expect(201);
        let returned = bench.send(&finance(), "POST", &back, ask.clone(), Some("b2")).await.expect(201);
        assert_eq!((&returned["amount"], &returned["balance"]), (&json!("10000.00"), &json!("0.00")));
        bench.send(&finance(), "POST", &back, ask, Some("b3")).await.refused(409, "deposit-above-held");
        assert_eq!(security_deposits(&bench).await, "0.00");
        let moves = bench.get(&finance(), &deposits).await.expect(200);
        assert_eq!(moves["items"].as_array().unwrap().len(), 2);
        assert_eq!(bench.get(&other_finance(), &deposits).await.expect(200)["items"], json!([]));
        let plain = approved(&bench, unsecured(json!({}))).await;
        let body = json!({ "enterprise_id": org(20), "amount": "1.00" });
        let refused =
            bench.send(&finance(), "POST", &format!("/facilities/{plain}/deposits"), body, Some("x")).await;
        refused.refused(409, "deposit-not-agreed");
    }
}

#[tokio::test]
async fn a_loss_takes_the_borrowers_deposit_first_and_a_recovery_goes_back_as_it_was_taken() {
    use pledge_svc::{
        books::accounts::DEPOSITS,
        facility::{DepositKind, ForLoan},
    };
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let joint = json!({ "liability": { "kind": "joint", "basis": "sub_limit", "rate": "0.01" } });
        let id = approved(&bench, unsecured(joint)).await;
        for (number, amount) in [(20, "3000.00"), (21, "6000.00"), (22, "3000.00")] {
            let body = json!({ "enterprise_id": org(number), "amount": amount });
            let key = format!("p{number}");
            let path = format!("/facilities/{id}/deposits");
            bench.send(&operations(), "POST", &path, body, Some(&key)).await.expect(201);
        }
        let held = async || {
            let shown = view(&bench, &officer(), &id).await;
            [20, 21, 22].map(|number| place_of(&shown, number)["deposit"].as_str().unwrap().to_owned())
        };
        let line = id.parse().unwrap();
        let of = ForLoan { loan: Uuid::from_u128(9).into(), borrower: org(20) };
        let fen = |yuan: i64| Money::from_yuan(yuan).unwrap();
        let actor = &Actor::system();
        let apply = async |yuan: i64| {
            let amount = (DepositKind::MutualAid, fen(yuan), DEPOSITS);
            bench.db.run(|tx| facility::apply_deposits(tx, line, of, amount, actor).in_tx()).await
        };
        let restore = async |yuan: i64| {
            let amount = (DepositKind::MutualAid, fen(yuan), DEPOSITS);
            bench.db.run(|tx| facility::restore_deposits(tx, line, of, amount, actor).in_tx()).await
        };
        assert_eq!(apply(6_000).await.unwrap(), fen(6_000));
        assert_eq!(held().await, ["0.00", "4000.00", "2000.00"]);
        assert_eq!(apply(9_000).await.unwrap(), fen(6_000), "no more than the pool holds");
        assert_eq!(restore(4_000).await.unwrap(), fen(4_000));
        assert_eq!(held().await, ["1000.00", "2000.00", "1000.00"]);
        assert_eq!(restore(20_000).await.unwrap(), fen(8_000), "nobody gets back more than was taken");
        assert_eq!(held().await, ["3000.00", "6000.00", "3000.00"]);
        assert_eq!(security_deposits(&bench).await, "12000.00");
    }
}

fn figures(outstanding: i64, bad: i64) -> LineFigures {
    LineFigures {
        outstanding: Money::from_fen(outstanding),
        non_performing: Money::from_fen(bad),
        ..LineFigures::default()
    }
}

async fn close(bench: &Bench, id: &str, figures: &LineFigures) -> usize {
    let (line, actor) = (id.parse().unwrap(), &Actor::system());
    let tripped = bench.db.run(|tx| facility::apply_triggers(tx, line, figures, actor).in_tx()).await;
    tripped.unwrap().len()
}

#[tokio::test]
async fn figures_stop_a_line_once_and_people_alone_let_it_go_on() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let id = approved(&bench, unsecured(json!({}))).await;
        assert_eq!(close(&bench, &id, &figures(100_000, 2_999)).await, 0);
        assert_eq!(close(&bench, &id, &figures(100_000, 3_100)).await, 1);
        assert_eq!(close(&bench, &id, &figures(100_000, 3_100)).await, 0, "it stands already");
        let shown = view(&bench, &officer(), &id).await;
        assert_eq!(shown["status"], "suspended");
        assert!(shown["reason"].as_str().unwrap().contains("3.10%"), "{}", shown["reason"]);
        // The figure recovers: the line stays where it is until people decide.
        assert_eq!(close(&bench, &id, &figures(100_000, 0)).await, 0);
        assert_eq!(view(&bench, &officer(), &id).await["status"], "suspended");
        assert_eq!(close(&bench, &id, &figures(100_000, 4_000)).await, 1);
        let reason = json!({ "reason": "已核实，风险可控" });
        bench.post(&approver(), &format!("/facilities/{id}/resume"), reason).await.expect(200);
        assert_eq!(close(&bench, &id, &figures(100_000, 4_000)).await, 0, "people have seen it");
        assert_eq!(view(&bench, &officer(), &id).await["status"], "active");
        assert_eq!(close(&bench, &id, &figures(100_000, 4_100)).await, 1, "and it has become worse");
        let told = bench.get(&officer(), &format!("/facilities/{id}/triggers")).await.expect(200);
        let states: Vec<&str> =
            told["items"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect();
        assert_eq!(states, ["standing", "cleared", "cleared"]);
        let nothing = bench.get(&finance(), &format!("/facilities/{id}/triggers")).await.expect(200);
        assert_eq!(nothing["items"], json!([]));
        let trail = bench.texts("SELECT action AS text FROM audit WHERE action = 'facility.trip'").await;
        assert_eq!(trail.len(), 3);
    }
}

#[tokio::test]
async fn a_downgraded_member_is_paused_alone_and_an_exhausted_fund_stops_the_line() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let id = approved(&bench, unsecured(json!({}))).await;
        let tier = |name: &str| serde_json::from_value(json!(name)).unwrap();
        let with = |name: &str| LineFigures { tiers: vec![(org(20), tier(name))], ..figures(100, 0) };
        assert_eq!(close(&bench, &id, &with("special_mention")).await, 0);
        assert_eq!(close(&bench, &id, &with("substandard")).await, 1);
        let shown = view(&bench, &officer(), &id).await;
        assert_eq!((&shown["status"], &place_of(&shown, 20)["status"]), (&json!("active"), &json!("paused")));
        draw(&bench, &id, &finance(), "1.00", "k1").await.refused(409, "member-paused");
        draw(&bench, &id, &other_finance(), "1.00", "k2").await.expect(201);
        change(&bench, &id, json!({ "resume": [org(20)] })).await;
        assert_eq!(close(&bench, &id, &with("substandard")).await, 0, "people have seen it");
        assert_eq!(close(&bench, &id, &with("doubtful")).await, 1);
        let empty =
            FundStanding { name: "市级基金".into(), cover: NewCover::Exhausted { left: Money::ZERO } };
        assert_eq!(close(&bench, &id, &LineFigures { funds: vec![empty], ..with("doubtful") }).await, 1);
        assert_eq!(view(&bench, &officer(), &id).await["status"], "suspended");
    }
}

#[tokio::test]
async fn each_sees_of_a_facility_what_is_theirs_to_see() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let party = json!({ "kind": "fund", "fund_id": fund().tenant });
        let cover = json!([{ "party": party, "name": "基金50", "rank": 1, "share_of_loss": "0.54",
            "cap": "500000.00", "deductible": "0.00" }]);
        let id =
            approved(&bench, unsecured(json!({ "operator_id": operator().tenant, "cover": cover }))).await;
        let listed = view(&bench, &operator(), &id).await;
        let mut names: Vec<&str> = listed["members"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["enterprise_name"].as_str().unwrap())
            .collect();
        names.sort_unstable();
        assert_eq!(names, ["企业22", "企业财务机构", "另一企业财务机构"]);
        assert!(listed["members"].as_array().unwrap().iter().all(|one| one.get("drawn").is_none()));
        assert_eq!((&listed["limit"], &listed["cover"]), (&json!("1000000.00"), &json!([])));
        let page = bench.get(&operator(), &format!("/facilities/{id}/members")).await.expect(200);
        let first = &page["items"][0];
        assert!(first["sub_limit"].is_string() && first["status"] == "active", "{first}");
        assert!(["drawn", "deposit", "group", "status_reason"].iter().all(|name| first.get(name).is_none()));
        let order = bench.get(&operator(), &format!("/facilities/{id}/members?sort=-drawn")).await;
        order.refused(422, "invalid-request");
        let covering = view(&bench, &fund(), &id).await;
        assert_eq!(
            (&covering["cover"][0]["share_of_loss"], &covering["members"]),
            (&json!("0.54"), &json!([]))
        );
        let own = view(&bench, &finance(), &id).await;
        assert_eq!((&own["members"].as_array().unwrap().len(), &own["members_count"]), (&1, &json!(3)));
        let own = bench.get(&finance(), &format!("/facilities/{id}/members")).await.expect(200);
        assert_eq!(own["items"].as_array().unwrap().len(), 1);
        bench.get(&member(60), &format!("/facilities/{id}/members")).await.refused(404, "not-found");
        let file = bench.get(&officer(), &format!("/facilities/{id}/members/export")).await.expect(200);
        assert!(file.as_str().unwrap().contains("另一企业财务机构"));
    }
}

#[tokio::test]
async fn conditions_precedent_hold_a_draw_back_until_the_last_is_fulfilled() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let id = approved(&bench, unsecured(json!({}))).await;
        let line = id.parse().unwrap();
        let conditions = async |by: i32| {
            bench.db.run(|tx| facility::conditions_changed(tx, line, org(20), by).in_tx()).await
        };
        conditions(2).await.unwrap();
        assert_eq!(
            draw(&bench, &id, &finance(), "1.00", "k1").await.refused(409, "conditions-open")["open"],
            2
        );
        conditions(-2).await.unwrap();
        assert!(conditions(-1).await.is_err(), "no more are fulfilled than were set");
        draw(&bench, &id, &finance(), "1.00", "k2").await.expect(201);
    }
}

#[tokio::test]
async fn a_facility_of_ten_thousand_members_is_proposed_read_page_by_page_and_changed() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let many = |count: u128| -> Vec<Value> {
            (0..count)
                .map(|number| {
                    json!({ "enterprise_id": OrgId::from_uuid(Uuid::from_u128(1_000_000 + number)),
                        "share": "0.0001" })
                })
                .collect()
        };
        let beyond = unsecured(json!({ "members": many(10_001) }));
        let refused = bench.post(&officer(), "/facilities", beyond).await.refused(422, "invalid-request");
        assert_eq!(refused["errors"][0]["field"], "members");
        let id = approved(&bench, unsecured(json!({ "members": many(10_000) }))).await;
        let shown = view(&bench, &officer(), &id).await;
        assert_eq!(
            (&shown["members_count"], shown["members"].as_array().unwrap().len()),
            (&json!(10_000), 200)
        );
        assert_eq!(shown["allotted"], "1000000.00");
        let (mut seen, mut cursor) = (0, String::new());
        loop {
            let page = bench
                .get(&officer(), &format!("/facilities/{id}/members?limit=200{cursor}"))
                .await
                .expect(200);
            seen += page["items"].as_array().unwrap().len();
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen, 10_000);
        let after = change(&bench, &id, json!({ "limit": "2000000.00" })).await;
        assert_eq!(
            (&after["allotted"], &after["members"][0]["sub_limit"]),
            (&json!("2000000.00"), &json!("200.00"))
        );
        // Every member is told of, in events that a bus carries and of which no two bear the same version.
        let told =
            bench.texts("SELECT envelope AS text FROM outbox WHERE name = 'facility.changed.v1'").await;
        assert!(told.iter().all(|text| text.len() < 500_000));
        let mut events: Vec<(i64, usize)> = told
            .iter()
            .map(|text| serde_json::from_str::<Value>(text).unwrap())
            .map(|event| {
                let members = event["event"]["data"]["members"].as_array().unwrap();
                (event["version"].as_i64().unwrap(), members.len())
            })
            .collect();
        events.sort_unstable();
        let expected: Vec<(i64, usize)> =
            (1..=21).map(|version| (version, if version == 11 { 0 } else { 1_000 })).collect();
        assert_eq!(events, expected);
    }
}

#[tokio::test]
async fn what_ended_with_the_day_is_done_by_one_call_for_the_bank() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let over = approved(&bench, unsecured(json!({ "available_until": "2026-11-24" }))).await;
        let soon = approved(&bench, unsecured(json!({ "available_from": "2026-11-25" }))).await;
        bench.at("2026-11-25T02:00:00Z");
        let day = "2026-11-24".parse().unwrap();
        let closed = facility::close_lines(&bench.db, org(10), day).await.unwrap();
        assert_eq!((closed.expired, closed.opened, closed.failed), (1, 1, 0));
        assert_eq!(view(&bench, &examiner(), &over).await["status"], "expired");
        assert_eq!(view(&bench, &examiner(), &soon).await["status"], "active");
        let again = facility::close_lines(&bench.db, org(10), day).await.unwrap();
        assert_eq!((again.expired, again.opened, again.tripped), (0, 0, 0));
    }
}
