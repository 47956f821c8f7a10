//! Risk-compensation funds over the router: two people for everything, capital in the ledger, agreements and their leverage,
//! the circuit breaker.

use contracts::{Envelope, OrgKind, UserId};
use identity::{Caller, Role};
use pledge_svc::facility::FundStandings;
use serde_json::{Value, json};
use tx_kit::{Consumer, testing::Backend};
use uuid::Uuid;

use super::{
    bench::{Bench, approver, examiner, finance, officer, org, other_officer},
    facility::{draw, pledged},
};

/// A person of an organisation.
pub fn person(user: u128, tenant: u128, name: &str, kind: OrgKind, roles: &[Role]) -> Caller {
    Caller {
        user: UserId::from_uuid(Uuid::from_u128(user)),
        name: name.to_owned(),
        tenant: org(tenant),
        tenant_name: format!("{name}机构"),
        org_kind: kind,
        roles: roles.to_vec(),
    }
}

/// One of two people of the fund.
pub fn manager(number: u128) -> Caller {
    person(4_000 + number, 40, "基金经理", OrgKind::Fund, &[Role::FundManager])
}

fn other_manager() -> Caller {
    person(4_101, 41, "另一基金经理", OrgKind::Fund, &[Role::FundManager])
}

/// Asks and decides: what one person of the fund wants and the other approves.
pub async fn order(bench: &Bench, order: Value) -> Value {
    let asked = bench.post(&manager(1), "/fund-instructions", order).await.expect(201);
    let path = format!("/fund-instructions/{}/approve", asked["id"].as_str().unwrap());
    let key = Uuid::new_v4().to_string();
    bench.send(&manager(2), "POST", &path, json!({}), Some(&key)).await.expect(200)
}

/// An open fund with so much capital.
pub async fn funded(bench: &Bench, capital: &str) {
    order(bench, json!({ "kind": "open", "name": "省级风险补偿资金池", "sponsor": "省财政厅" })).await;
    order(
        bench,
        json!({ "kind": "capital", "amount": capital, "payer": "省财政厅", "reference": "拨款 1 号" }),
    )
    .await;
}

fn terms(kind: &str, commitment: &str) -> Value {
    json!({
        "kind": kind, "bank_id": officer().tenant, "commitment": commitment,
        "share_max": "0.5", "starts_on": "2026-01-01", "ends_on": "2027-12-31",
    })
}

/// An agreement with the bank of the bench; gives its id.
pub async fn agreed(bench: &Bench, commitment: &str) -> String {
    order(bench, terms("agreement", commitment)).await;
    let list = bench.get(&manager(1), "/fund-agreements").await.expect(200);
    list["items"][0]["id"].as_str().unwrap().to_owned()
}

/// A facility of the bank's of which the fund bears half of each loss, with the enterprise as its member; gives its id.
pub async fn covered_facility(bench: &Bench) -> String {
    line_on_fund(bench, json!({})).await
}

/// The same with these triggers.
pub async fn line_on_fund(bench: &Bench, triggers: Value) -> String {
    let who = finance();
    let proposal = json!({
        "name": "有基金分担的集合授信", "cluster": "集群", "industry": "C26", "limit": "20000000.00",
        "revolving": true, "available_from": "2026-01-01", "available_until": "2027-12-31",
        "annual_rate": "0.0345", "tenor_cap_months": 24, "single_member_cap": "0.5", "ltv_cap": "0.6",
        "triggers": triggers,
        "cover": [{
            "party": { "kind": "fund", "fund_id": manager(1).tenant, "manager_id": manager(1).tenant },
            "name": "省级风险补偿资金池", "rank": 1, "share_of_loss": "0.5",
        }],
        "members": [{ "enterprise_id": who.tenant, "enterprise_name": who.tenant_name, "sub_limit": "5000000.00" }],
    });
    let facility = bench.post(&officer(), "/facilities", proposal).await.expect(201);
    let id = facility["id"].as_str().unwrap().to_owned();
    bench.post(&approver(), &format!("/facilities/{id}/approve"), json!({})).await.expect(200);
    id
}

/// The fund as a person sees it.
pub async fn fund(bench: &Bench, who: &Caller) -> Value {
    bench.get(who, &format!("/funds/{}", manager(1).tenant)).await.expect(200)
}

#[tokio::test]
async fn everything_in_a_fund_takes_two_people_and_capital_stands_in_its_ledger() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let capital = json!({ "kind": "capital", "amount": "10000000.00", "payer": "省财政厅", "reference": "拨款 1 号" });
        bench.post(&manager(1), "/fund-instructions", capital.clone()).await.refused(409, "fund-not-open");
        let open = json!({ "kind": "open", "name": "省级风险补偿资金池", "sponsor": "省财政厅" });
        let asked = bench.post(&manager(1), "/fund-instructions", open.clone()).await.expect(201);
        let path = format!("/fund-instructions/{}", asked["id"].as_str().unwrap());
        let approve = format!("{path}/approve");
        bench.send(&manager(1), "POST", &approve, json!({}), Some("k")).await.refused(403, "four-eyes");
        bench.post(&manager(2), &approve, json!({})).await.refused(400, "idempotency-key-required");
        bench.get(&other_manager(), &path).await.refused(404, "not-found");
        bench.send(&other_manager(), "POST", &approve, json!({}), Some("k")).await.refused(404, "not-found");
        bench.send(&manager(2), "POST", &approve, json!({}), Some("k")).await.expect(200);
        bench
            .send(&manager(2), "POST", &approve, json!({}), Some("k2"))
            .await
            .refused(409, "already-decided");
        bench.post(&manager(1), "/fund-instructions", open).await.refused(409, "fund-open");

        order(&bench, capital).await;
        let account = fund(&bench, &manager(2)).await["account"].clone();
        assert_eq!(account["balance"], "10000000.00");
        assert_eq!((&account["ledger_balance"], &account["agrees"]), (&json!("10000000.00"), &json!(true)));
        let path = format!("/funds/{}/entries", manager(1).tenant);
        let entries = bench.get(&manager(1), &path).await.expect(200);
        assert_eq!(entries["items"].as_array().unwrap().len(), 1);
        assert_eq!(entries["items"][0]["balance"], "10000000.00");
        assert_eq!(fund(&bench, &examiner()).await["account"]["capital"], "10000000.00");

        // Who has nothing to do with the fund does not see it.
        let own = format!("/funds/{}", manager(1).tenant);
        bench.get(&officer(), &own).await.refused(404, "not-found");
        bench.get(&other_manager(), &own).await.refused(404, "not-found");
        bench.get(&finance(), &own).await.refused(403, "forbidden");
        assert_eq!(bench.get(&officer(), "/funds").await.expect(200)["items"], json!([]));
    }
}

#[tokio::test]
async fn nobody_decides_an_instruction_on_a_fund_that_has_changed_since_it_was_seen() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        funded(&bench, "1000000.00").await;
        let capital = |amount: &str, paper: &str| json!({ "kind": "capital", "amount": amount, "payer": "省财政厅", "reference": paper });
        let asked =
            bench.post(&manager(1), "/fund-instructions", capital("5.00", "拨款 2 号")).await.expect(201);
        let path = format!("/fund-instructions/{}", asked["id"].as_str().unwrap());
        let shown = bench.get(&manager(2), &path).await;
        let seen = shown.etag.clone().expect("an instruction carries the version of what it is about");
        assert_eq!(seen, format!("\"{}\"", shown.body["version"]));
        order(&bench, capital("7.00", "拨款 3 号")).await;
        let (approve, refuse) = (format!("{path}/approve"), format!("{path}/refuse"));
        let stale = bench.send_seen(&manager(2), ("POST", &approve), json!({}), Some("a"), Some(&seen)).await;
        stale.refused(412, "stale-version");
        let why = json!({ "reason": "重复" });
        let stale = bench.send_seen(&manager(2), ("POST", &refuse), why, Some("r"), Some(&seen)).await;
        stale.refused(412, "stale-version");
        assert_eq!(fund(&bench, &manager(2)).await["account"]["capital"], "1000007.00", "nothing was booked");
        let seen = bench.get(&manager(2), &path).await.etag.unwrap();
        let done = bench.send_seen(&manager(2), ("POST", &approve), json!({}), Some("b"), Some(&seen)).await;
        assert_eq!(done.expect(200)["status"], "approved");
        assert_eq!(fund(&bench, &manager(2)).await["account"]["capital"], "1000012.00");
    }
}

#[tokio::test]
async fn a_refused_instruction_changes_nothing_and_bad_figures_are_named() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        funded(&bench, "1000.00").await;
        let more =
            json!({ "kind": "replenishment", "amount": "5.00", "payer": "省财政厅", "reference": "2" });
        let asked = bench.post(&manager(1), "/fund-instructions", more).await.expect(201);
        let path = format!("/fund-instructions/{}/refuse", asked["id"].as_str().unwrap());
        bench.post(&manager(2), &path, json!({ "reason": " " })).await.refused(422, "invalid-request");
        let refused = bench.post(&manager(2), &path, json!({ "reason": "凭据不符" })).await.expect(200);
        assert_eq!((&refused["status"], &refused["refusal_reason"]), (&json!("refused"), &json!("凭据不符")));
        assert_eq!(fund(&bench, &manager(1)).await["account"]["balance"], "1000.00");
        for amount in ["0.00", "-1.00", "20000000000000.00"] {
            let bad = json!({ "kind": "capital", "amount": amount, "payer": "省财政厅", "reference": "3" });
            let answer =
                bench.post(&manager(1), "/fund-instructions", bad).await.refused(422, "invalid-request");
            assert_eq!(answer["errors"][0]["field"], "amount", "{amount}");
        }
        let mut odd = terms("agreement", "10.00");
        odd["share_max"] = json!("1.01");
        let answer = bench.post(&manager(1), "/fund-instructions", odd).await.refused(422, "invalid-request");
        assert_eq!(answer["errors"][0]["field"], "share_max");
    }
}

#[tokio::test]
async fn commitments_stay_within_the_balance_and_a_bank_sees_what_it_is_party_to() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        funded(&bench, "10000000.00").await;
        let refused = bench
            .post(&manager(1), "/fund-instructions", terms("agreement", "10000000.01"))
            .await
            .refused(409, "not-enough-free");
        assert_eq!(refused["free"], "10000000.00");
        let id = agreed(&bench, "6000000.00").await;
        bench
            .post(&manager(1), "/fund-instructions", terms("agreement", "1.00"))
            .await
            .refused(409, "same-cover");
        let account = fund(&bench, &manager(1)).await["account"].clone();
        assert_eq!((&account["committed"], &account["free"]), (&json!("6000000.00"), &json!("4000000.00")));

        let seen = bench.get(&officer(), &format!("/fund-agreements/{id}")).await.expect(200);
        assert_eq!(seen["standing"]["capacity"], "60000000.00", "ten times the commitment");
        assert_eq!(seen["standing"]["room"], "60000000.00");
        assert_eq!(fund(&bench, &officer()).await["account"], Value::Null, "the account is the fund's own");
        bench.get(&other_officer(), &format!("/fund-agreements/{id}")).await.refused(404, "not-found");
        let asked = bench.get(&officer(), "/fund-instructions").await.expect(200);
        assert_eq!(asked["items"], json!([]), "what a fund asks for is its own house");

        let mut amend = terms("amendment", "10000000.01");
        amend["agreement_id"] = json!(id);
        amend["reason"] = json!("扩大合作");
        bench.post(&manager(1), "/fund-instructions", amend.clone()).await.refused(409, "not-enough-free");
        amend["commitment"] = json!("8000000.00");
        let asked = bench.post(&manager(1), "/fund-instructions", amend.clone()).await.expect(201);
        bench.post(&manager(2), "/fund-instructions", amend).await.refused(409, "change-pending");
        let path = format!("/fund-instructions/{}/approve", asked["id"].as_str().unwrap());
        bench.send(&manager(2), "POST", &path, json!({}), Some("a")).await.expect(200);
        assert_eq!(fund(&bench, &manager(1)).await["account"]["committed"], "8000000.00");
        order(&bench, json!({ "kind": "end", "agreement_id": id, "reason": "合作期满" })).await;
        let account = fund(&bench, &manager(1)).await["account"].clone();
        assert_eq!((&account["committed"], &account["free"]), (&json!("0.00"), &json!("10000000.00")));
        let file = bench.get(&manager(1), "/fund-agreements/export?format=csv").await;
        assert_eq!(file.status.as_u16(), 200);
    }
}

/// The line's own ear hears what was told of the fund's agreements, once more than once.
async fn heard(bench: &Bench) {
    let told = "SELECT envelope AS text FROM outbox WHERE name = 'fund.agreement_changed.v1'";
    let batch: Vec<Envelope> =
        bench.texts(told).await.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
    assert!(!batch.is_empty());
    FundStandings::new(bench.db.clone()).consume(&batch).await.unwrap();
}

#[tokio::test]
async fn a_bank_whose_loans_go_bad_is_stopped_until_two_people_release_it() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        funded(&bench, "10000000.00").await;
        let id = agreed(&bench, "100000.00").await;
        let facility = covered_facility(&bench).await;
        pledged(&bench, &facility, &finance(), 1).await;
        draw(&bench, &facility, &finance(), "600000.00", "d").await.expect(201);
        let path = format!("/fund-agreements/{id}");
        let standing = bench.get(&officer(), &path).await.expect(200)["standing"].clone();
        assert_eq!((&standing["covered"], &standing["room"]), (&json!("600000.00"), &json!("400000.00")));
        assert_eq!(standing["leverage"], "6");
        let review = format!("{path}/review");
        let sound = bench.post(&manager(1), &review, json!({})).await.expect(200);
        assert_eq!(sound["status"], "active");
        // The covered balance may not exceed the leverage, whatever the parties would like.
        let mut cut = terms("amendment", "59999.99");
        cut["agreement_id"] = json!(id);
        cut["reason"] = json!("压缩");
        bench.post(&manager(1), "/fund-instructions", cut).await.refused(409, "below-covered");
        let end = json!({ "kind": "end", "agreement_id": id, "reason": "终止" });
        bench.post(&manager(1), "/fund-instructions", end).await.refused(409, "still-covering");

        // The interest of 24 December is not paid: on 25 March it is 91 days late.
        bench.at("2027-03-24T02:00:00Z");
        assert_eq!(bench.post(&manager(1), &review, json!({})).await.expect(200)["status"], "active");
        bench.at("2027-03-25T02:00:00Z");
        let stopped = bench.post(&manager(1), &review, json!({})).await.expect(200);
        assert_eq!(
            (&stopped["status"], &stopped["stop_cause"]),
            (&json!("stopped"), &json!("non_performing"))
        );
        assert_eq!(stopped["standing"]["room"], "0.00", "nothing new is covered");
        assert_eq!(fund(&bench, &manager(1)).await["stopped_agreements"], 1);
        heard(&bench).await;
        let line = bench.get(&officer(), &format!("/facilities/{facility}")).await.expect(200);
        assert_eq!(line["status"], "suspended", "what the fund covers no more is not lent: {line}");
        draw(&bench, &facility, &finance(), "1.00", "after").await.expect(409);

        let release = json!({ "kind": "release", "agreement_id": id, "reason": "银行已整改" });
        let asked = bench.post(&manager(1), "/fund-instructions", release).await.expect(201);
        let approve = format!("/fund-instructions/{}/approve", asked["id"].as_str().unwrap());
        bench.send(&manager(1), "POST", &approve, json!({}), Some("r")).await.refused(403, "four-eyes");
        bench.send(&manager(2), "POST", &approve, json!({}), Some("r")).await.expect(200);
        assert_eq!(bench.get(&officer(), &path).await.expect(200)["status"], "active");
        heard(&bench).await;
        let told = bench.get(&officer(), &format!("/facilities/{facility}/triggers")).await.expect(200);
        assert_eq!(told["items"][0]["state"], "cleared", "people may let the line go on: {told}");
        bench.post(&officer(), &review, json!({})).await.refused(403, "forbidden");
    }
}

#[tokio::test]
async fn how_losses_are_shared_elsewhere_is_shown_with_its_sources() {
    let bench = Bench::new(Backend::Sqlite).await;
    let presets = bench.get(&officer(), "/loss-sharing-presets").await.expect(200);
    let zhongshan = &presets["items"][0];
    assert_eq!(zhongshan["code"], "zhongshan");
    let shares: Vec<&str> = zhongshan["shares"]
        .as_array()
        .unwrap()
        .iter()
        .map(|share| share["share"].as_str().unwrap())
        .collect();
    assert_eq!(shares, ["0.54", "0.26", "0.16", "0.04"]);
    for preset in presets["items"].as_array().unwrap() {
        assert!(!preset["source_zh"].as_str().unwrap().is_empty(), "{preset}");
    }
    bench.get(&finance(), "/loss-sharing-presets").await.refused(403, "forbidden");
}
