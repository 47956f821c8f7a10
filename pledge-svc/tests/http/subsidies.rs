//! Subsidies over the router: from interest that was paid to money in the enterprise's account, through three people.

use contracts::{
    Envelope, Event, EventId, OrgKind, PolicyId, Service,
    events::{PolicyBound, PolicyEnded},
};
use finance::Money;
use identity::{Caller, Role};
use serde_json::{Value, json};
use tx_kit::{Consumer, testing::Backend};
use uuid::Uuid;

use super::{
    bench::{Bench, approver, examiner, finance, officer, operations, other_finance, other_officer},
    facility::{draw, pledged, repay},
    fund::{manager, person},
};

fn stranger() -> Caller {
    person(4_201, 42, "他省基金经理", OrgKind::Fund, &[Role::FundManager])
}

/// A scheme of the fund from a preset, with changes; adopted by another person and funded.
pub async fn scheme(bench: &Bench, kind: &str, changes: Value, funded: &str) -> String {
    let presets = bench.get(&manager(1), "/subsidy-schemes/presets").await.expect(200);
    let mut terms =
        presets["items"].as_array().unwrap().iter().find(|one| one["kind"] == kind).unwrap().clone();
    // The loans of these tests are drawn under the standard product.
    terms["application_product"] = Value::Null;
    for (name, value) in changes.as_object().unwrap() {
        terms[name] = value.clone();
    }
    let proposed = bench.post(&manager(1), "/subsidy-schemes", terms).await.expect(201);
    let id = proposed["id"].as_str().unwrap().to_owned();
    let path = format!("/subsidy-schemes/{id}");
    bench.post(&manager(1), &format!("{path}/adopt"), json!({})).await.refused(409, "four-eyes");
    bench.post(&manager(2), &format!("{path}/adopt"), json!({})).await.expect(200);
    let money = json!({ "amount": funded, "reference": "拨款 1 号" });
    bench
        .post(&manager(1), &format!("{path}/funding"), money.clone())
        .await
        .refused(400, "idempotency-key-required");
    let key = format!("fund-{id}");
    bench.send(&manager(1), "POST", &format!("{path}/funding"), money, Some(&key)).await.expect(201);
    id
}

/// A loan of 900,000 at 3.45 % on which 2,587.50 of interest was paid after thirty days.
pub async fn paid_loan(bench: &Bench) -> String {
    let facility = bench.facility().await;
    pledged(bench, &facility, &finance(), 1).await;
    let drawn = draw(bench, &facility, &finance(), "900000.00", "d1").await.expect(201);
    let loan = drawn["loan_id"].as_str().unwrap().to_owned();
    bench.at("2026-12-24T02:00:00Z");
    let paid = repay(bench, &loan, "2587.50", "p1").await.expect(201);
    assert_eq!(paid["interest"], "2587.50");
    loan
}

fn interest_claim(scheme: &str, loan: &str, from: &str, to: &str) -> Value {
    json!({ "kind": "interest", "scheme_id": scheme, "loan_id": loan, "period_from": from, "period_to": to })
}

/// A claim of the borrower for December, approved and paid; gives it as it stands then.
pub async fn paid_claim(bench: &Bench) -> Value {
    let loan = paid_loan(bench).await;
    let scheme = scheme(bench, "interest", json!({}), "100000.00").await;
    let claim = interest_claim(&scheme, &loan, "2026-12-01", "2026-12-24");
    let claim = bench.post(&finance(), "/subsidy-claims", claim).await.expect(201);
    let path = format!("/subsidy-claims/{}", claim["id"].as_str().unwrap());
    let yes = json!({ "approve": true, "reason": "符合政策" });
    bench.post(&manager(1), &format!("{path}/decide"), yes).await.expect(200);
    bench.send(&manager(2), "POST", &format!("{path}/pay"), json!({}), Some("pay-1")).await.expect(200)
}

async fn balances(bench: &Bench, book: &Caller) -> Vec<(String, String)> {
    let path = format!("/ledger/trial-balance?bank_id={}", book.tenant);
    let body = bench.get(&examiner(), &path).await.expect(200);
    assert_eq!(body["totals"]["debit"], body["totals"]["credit"]);
    let rows = body["accounts"].as_array().unwrap();
    rows.iter()
        .map(|row| (row["account"].as_str().unwrap().to_owned(), row["balance"].as_str().unwrap().to_owned()))
        .collect()
}

fn of<'a>(balances: &'a [(String, String)], account: &str) -> &'a str {
    balances.iter().find(|(code, _)| code == account).map_or("0.00", |(_, balance)| balance)
}

pub async fn controls_agree(bench: &Bench) {
    let body = bench.get(&examiner(), "/ledger/control-accounts").await.expect(200);
    let rows = body["items"].as_array().unwrap();
    assert!(!rows.is_empty());
    for row in rows {
        assert_eq!(row["agrees"], json!(true), "{row}");
    }
}

#[tokio::test]
async fn a_third_of_the_interest_comes_back_through_three_people() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = paid_loan(&bench).await;
        let scheme = scheme(&bench, "interest", json!({}), "1000.00").await;
        let before = balances(&bench, &officer()).await;
        let asked = interest_claim(&scheme, &loan, "2026-12-01", "2026-12-24");
        let preview = bench.post(&finance(), "/subsidy-claims/preview", asked.clone()).await.expect(200);
        // 2,587.50 × 1.5 % ÷ 3.45 %
        assert_eq!((&preview["basis"], &preview["amount"]), (&json!("2587.50"), &json!("1125.00")));
        assert_eq!(preview["payments"].as_array().unwrap().len(), 1);
        let claim = bench.post(&finance(), "/subsidy-claims", asked.clone()).await.expect(201);
        assert_eq!(claim["amount"], "1125.00");
        bench.post(&officer(), "/subsidy-claims", asked.clone()).await.refused(409, "nothing-to-claim");
        let path = format!("/subsidy-claims/{}", claim["id"].as_str().unwrap());
        for who in [stranger(), other_finance(), other_officer()] {
            bench.get(&who, &path).await.refused(404, "not-found");
        }
        bench.get(&officer(), &path).await.expect(200);
        let yes = json!({ "approve": true, "reason": "符合政策" });
        bench.post(&stranger(), &format!("{path}/decide"), yes.clone()).await.refused(404, "not-found");
        bench.post(&finance(), &format!("{path}/decide"), yes.clone()).await.refused(403, "forbidden");
        bench.post(&manager(1), &format!("{path}/decide"), yes.clone()).await.expect(200);
        bench.post(&manager(2), &format!("{path}/decide"), yes).await.refused(409, "wrong-state");
        bench.post(&finance(), &format!("{path}/withdraw"), json!({})).await.refused(409, "wrong-state");
        let pay = format!("{path}/pay");
        bench.send(&manager(1), "POST", &pay, json!({}), Some("k1")).await.refused(409, "four-eyes");
        let short =
            bench.send(&manager(2), "POST", &pay, json!({}), Some("k2")).await.refused(409, "not-funded");
        assert_eq!(short["held"], "1000.00");
        let more = json!({ "amount": "500.00", "reference": "拨款 2 号" });
        let funding = format!("/subsidy-schemes/{scheme}/funding");
        bench.send(&manager(1), "POST", &funding, more, Some("f2")).await.expect(201);
        let paid = bench.send(&manager(2), "POST", &pay, json!({}), Some("k3")).await.expect(200);
        assert_eq!((&paid["status"], &paid["paid_on"]), (&json!("paid"), &json!("2026-12-24")));
        assert_eq!(bench.send(&manager(2), "POST", &pay, json!({}), Some("k3")).await.expect(200), paid);
        bench.send(&manager(2), "POST", &pay, json!({}), Some("k4")).await.refused(409, "wrong-state");
        let fund = balances(&bench, &manager(1)).await;
        assert_eq!((of(&fund, "1012"), of(&fund, "2711")), ("375.00", "-375.00"));
        let bank = balances(&bench, &officer()).await;
        let gained = |account: &str| {
            let money = |all: &[(String, String)]| of(all, account).parse::<Money>().unwrap().fen();
            money(&bank) - money(&before)
        };
        assert_eq!((gained("2011"), gained("3001")), (-112_500, 112_500), "credited to the enterprise");
        controls_agree(&bench).await;
    }
}

#[tokio::test]
async fn interest_is_subsidised_at_the_rate_at_which_it_ran_not_at_todays() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = paid_loan(&bench).await;
        let scheme = scheme(&bench, "interest", json!({}), "100000.00").await;
        let change = json!({ "kind": "repricing", "basis": "fixed", "annual_rate": "0.03" });
        let body = json!({ "change": change, "reason": "利率下调" });
        let cheaper = bench.post(&officer(), &format!("/loans/{loan}/adjustments"), body).await.expect(201);
        bench.consented(&cheaper).await;
        let path = format!("/adjustments/{}/approve", cheaper["id"].as_str().unwrap());
        bench.post(&approver(), &path, json!({ "reason": "同意" })).await.expect(200);
        let asked = interest_claim(&scheme, &loan, "2026-12-01", "2026-12-24");
        let claim = bench.post(&finance(), "/subsidy-claims", asked).await.expect(201);
        // 2,587.50 × 1.5 % ÷ 3.45 %; by today's 3 % it would be 1,293.75.
        assert_eq!((&claim["computed"], &claim["amount"]), (&json!("1125.00"), &json!("1125.00")));
        let path = format!("/subsidy-claims/{}", claim["id"].as_str().unwrap());
        let yes = json!({ "approve": true, "reason": "符合政策" });
        let decided = bench.post(&manager(1), &format!("{path}/decide"), yes).await.expect(200);
        assert_eq!(decided["amount"], "1125.00");
        let detail = bench.get(&finance(), &path).await.expect(200);
        assert_eq!(detail["payments"][0]["contract_rate"], "0.0345");
    }
}

#[tokio::test]
async fn no_interest_is_subsidised_twice_and_what_is_refused_or_withdrawn_may_be_claimed_again() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = paid_loan(&bench).await;
        let one = scheme(&bench, "interest", json!({}), "100000.00").await;
        let other = scheme(&bench, "interest", json!({ "name": "市级贴息" }), "100000.00").await;
        let asked = |scheme: &str| interest_claim(scheme, &loan, "2026-12-01", "2026-12-24");
        let claim = bench.post(&finance(), "/subsidy-claims", asked(&one)).await.expect(201);
        let again =
            bench.post(&finance(), "/subsidy-claims", asked(&other)).await.refused(409, "nothing-to-claim");
        assert_eq!((&again["paid"], &again["already_claimed"]), (&json!("2587.50"), &json!("2587.50")));
        let path = format!("/subsidy-claims/{}", claim["id"].as_str().unwrap());
        bench.post(&finance(), &format!("{path}/withdraw"), json!({})).await.expect(200);
        let second = bench.post(&officer(), "/subsidy-claims", asked(&other)).await.expect(201);
        let path = format!("/subsidy-claims/{}", second["id"].as_str().unwrap());
        let no = json!({ "approve": false, "reason": "材料不足" });
        let refused = bench.post(&manager(1), &format!("{path}/decide"), no).await.expect(200);
        assert_eq!((&refused["status"], &refused["reason"]), (&json!("refused"), &json!("材料不足")));
        bench.post(&finance(), "/subsidy-claims", asked(&one)).await.expect(201);
        let listed = bench.get(&finance(), "/subsidy-claims?status=submitted").await.expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
        let all = bench.get(&manager(1), "/subsidy-claims?sort=-amount").await.expect(200);
        assert_eq!(all["items"].as_array().unwrap().len(), 3);
        let none = bench.get(&other_finance(), "/subsidy-claims").await.expect(200);
        assert!(none["items"].as_array().unwrap().is_empty());
        let file = bench.get(&manager(1), "/subsidy-claims/export?format=csv").await.expect(200);
        assert!(file.as_str().unwrap().contains("1125.00"), "{file}");
        let file = bench.get(&manager(1), "/subsidy-claims/export?format=xlsx").await.expect(200);
        assert!(file.as_str().unwrap().starts_with("PK"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_claims_at_the_same_time_for_the_same_interest_one_is_made() {
    for backend in Backend::available().unwrap() {
        let bench = std::sync::Arc::new(Bench::new(backend).await);
        let loan = paid_loan(&bench).await;
        let scheme = scheme(&bench, "interest", json!({}), "100000.00").await;
        let tries = (0..8).map(|_| {
            let (bench, asked) = (bench.clone(), interest_claim(&scheme, &loan, "2026-12-01", "2026-12-24"));
            tokio::spawn(
                async move { bench.post(&finance(), "/subsidy-claims", asked).await.status.as_u16() },
            )
        });
        let mut made = 0;
        for one in tries.collect::<Vec<_>>() {
            match one.await.unwrap() {
                201 => made += 1,
                409 => {}
                other => panic!("{other}"),
            }
        }
        assert_eq!(made, 1);
    }
}

#[tokio::test]
async fn caps_of_the_year_are_counted_again_when_a_claim_is_decided() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = paid_loan(&bench).await;
        let capped = scheme(&bench, "interest", json!({ "cap_per_year": "1000.00" }), "100000.00").await;
        let asked = interest_claim(&capped, &loan, "2026-12-01", "2026-12-24");
        let claim = bench.post(&finance(), "/subsidy-claims", asked).await.expect(201);
        assert_eq!((&claim["computed"], &claim["amount"]), (&json!("1125.00"), &json!("1000.00")));
        bench.at("2026-12-29T02:00:00Z");
        let owed = bench.get(&finance(), &format!("/loans/{loan}")).await.expect(200);
        let owed = owed["interest_accrued"].as_str().unwrap().to_owned();
        repay(&bench, &loan, &owed, "p2").await.expect(201);
        let asked = interest_claim(&capped, &loan, "2026-12-25", "2026-12-29");
        let full = bench.post(&finance(), "/subsidy-claims", asked).await.refused(409, "cap-reached");
        assert_eq!((&full["year"], &full["enterprise_left"]), (&json!(2026), &json!("0.00")));
    }
}

#[tokio::test]
async fn a_claim_is_decided_and_paid_as_it_was_seen() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = paid_loan(&bench).await;
        let scheme = scheme(&bench, "interest", json!({ "cap_per_year": "1000.00" }), "100000.00").await;
        let asked = interest_claim(&scheme, &loan, "2026-12-01", "2026-12-24");
        let claim = bench.post(&finance(), "/subsidy-claims", asked).await.expect(201);
        let path = format!("/subsidy-claims/{}", claim["id"].as_str().unwrap());
        let shown = bench.get(&manager(1), &path).await;
        let seen = shown.etag.clone().expect("a claim carries its version");
        assert_eq!(shown.body["would_grant"], "1000.00");
        let (decide, pay) = (format!("{path}/decide"), format!("{path}/pay"));
        let yes = |amount: &str| json!({ "approve": true, "reason": "符合政策", "amount": amount });
        let other =
            bench.send_seen(&manager(1), ("POST", &decide), yes("1125.00"), Some("d1"), Some(&seen)).await;
        let other = other.refused(409, "amount-changed");
        assert_eq!((&other["seen"], &other["amount"]), (&json!("1125.00"), &json!("1000.00")));
        assert_eq!(bench.get(&manager(1), &path).await.expect(200)["status"], "submitted");
        let granted =
            bench.send_seen(&manager(1), ("POST", &decide), yes("1000.00"), Some("d2"), Some(&seen)).await;
        assert_eq!(granted.expect(200)["amount"], "1000.00");
        let stale = bench.send_seen(&manager(2), ("POST", &pay), json!({}), Some("p1"), Some(&seen)).await;
        stale.refused(412, "stale-version");
        let now = bench.get(&manager(2), &path).await;
        assert_eq!(now.body["would_grant"], Value::Null, "it is decided");
        let paid =
            bench.send_seen(&manager(2), ("POST", &pay), json!({}), Some("p2"), now.etag.as_deref()).await;
        assert_eq!(paid.expect(200)["status"], "paid");
    }
}

#[tokio::test]
async fn a_claim_names_what_stands_against_it() {
    let bench = Bench::new(Backend::Sqlite).await;
    let loan = paid_loan(&bench).await;
    let own = scheme(&bench, "interest", json!({ "product": "no_such_product" }), "1.00").await;
    let december = |scheme: &str| interest_claim(scheme, &loan, "2026-12-01", "2026-12-24");
    let claim = |body: Value| {
        let bench = &bench;
        async move { bench.post(&finance(), "/subsidy-claims", body).await }
    };
    claim(december(&own)).await.refused(409, "scheme-of-other-product");
    let premium = scheme(&bench, "premium", json!({}), "1.00").await;
    claim(december(&premium)).await.refused(409, "scheme-of-other-kind");
    let late = scheme(&bench, "interest", json!({ "valid_from": "2026-12-10" }), "1.00").await;
    claim(december(&late)).await.refused(409, "outside-validity");
    let open = scheme(&bench, "interest", json!({}), "1.00").await;
    for (from, to) in
        [("2026-12-24", "2026-12-01"), ("2025-12-01", "2026-01-31"), ("2026-12-01", "2026-12-25")]
    {
        claim(interest_claim(&open, &loan, from, to)).await.refused(422, "bad-period");
    }
    claim(interest_claim(&open, &loan, "2026-11-01", "2026-11-30")).await.refused(409, "nothing-to-claim");
    bench.post(&other_finance(), "/subsidy-claims", december(&open)).await.refused(404, "not-found");
    bench.post(&other_officer(), "/subsidy-claims", december(&open)).await.refused(404, "not-found");
    bench
        .post(&manager(2), &format!("/subsidy-schemes/{open}/end"), json!({ "reason": "预算用完" }))
        .await
        .expect(200);
    claim(december(&open)).await.refused(409, "scheme-not-active");
    bench
        .post(&stranger(), &format!("/subsidy-schemes/{open}/end"), json!({ "reason": "x" }))
        .await
        .refused(404, "not-found");
    let terms = json!({ "name": "空", "source": "空", "kind": "interest", "valid_from": "2026-01-01", "valid_until": "2025-01-01" });
    let flawed = bench.post(&manager(1), "/subsidy-schemes", terms).await.refused(422, "invalid-request");
    let fields: Vec<&str> =
        flawed["errors"].as_array().unwrap().iter().map(|one| one["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["annual_rate", "valid_until"]);
}

async fn tell(bench: &Bench, event: Event) {
    let now = bench.db.clock().now();
    let envelope = Envelope {
        id: EventId::fresh(now),
        source: Service::Insurance,
        aggregate: Uuid::new_v4(),
        version: 1,
        occurred_at: now,
        business_date: bench.db.clock().business_date(),
        event,
    };
    let consumer = pledge_svc::subsidies::InsuredPolicies::new(bench.db.clone());
    consumer.consume(std::slice::from_ref(&envelope)).await.unwrap();
    consumer.consume(std::slice::from_ref(&envelope)).await.unwrap();
}

async fn bound(bench: &Bench, number: u128, premium: i64, starts_on: &str) -> Uuid {
    let policy_id = Uuid::from_u128(90_000 + number);
    tell(
        bench,
        Event::PolicyBound(PolicyBound {
            policy_id: PolicyId::from_uuid(policy_id),
            number: format!("PO-{number}"),
            insurer_id: person(5_001, 50, "保险", OrgKind::Insurer, &[]).tenant,
            insurer_name: "甲保险".into(),
            product: "enforcement".into(),
            insured_id: finance().tenant,
            insured_name: finance().tenant_name,
            patent_id: None,
            loan_id: None,
            beneficiary_id: None,
            aggregate_limit: Money::from_fen(100_000_000),
            premium: Money::from_fen(premium),
            starts_on: starts_on.parse().unwrap(),
            ends_on: "2027-11-30".parse().unwrap(),
            guarantee: None,
        }),
    )
    .await;
    policy_id
}

#[tokio::test]
async fn a_premium_is_borne_whole_in_the_first_year_and_by_class_later() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let scheme = scheme(&bench, "premium", json!({}), "100000.00").await;
        let first = bound(&bench, 1, 2_500_000, "2025-11-01").await;
        let second = bound(&bench, 2, 2_500_000, "2026-11-01").await;
        let claim = |policy: Uuid, class: &str| json!({ "kind": "premium", "scheme_id": scheme, "policy_id": policy, "class": class });
        let one = bench.post(&finance(), "/subsidy-claims", claim(first, "third")).await.expect(201);
        assert_eq!((&one["year_of_cover"], &one["amount"]), (&json!(1), &json!("25000.00")));
        bench
            .post(&finance(), "/subsidy-claims", claim(first, "third"))
            .await
            .refused(409, "premium-claimed");
        let two = bench.post(&finance(), "/subsidy-claims", claim(second, "first")).await.expect(201);
        assert_eq!((&two["year_of_cover"], &two["amount"]), (&json!(2), &json!("22500.00")));
        bench
            .post(&other_finance(), "/subsidy-claims", claim(second, "first"))
            .await
            .refused(404, "not-found");
        let path = format!("/subsidy-claims/{}", two["id"].as_str().unwrap());
        let lower = json!({ "approve": true, "reason": "认定为二类", "class": "second" });
        let decided = bench.post(&manager(1), &format!("{path}/decide"), lower).await.expect(200);
        assert_eq!((&decided["class"], &decided["amount"]), (&json!("second"), &json!("20000.00")));
        let pay = format!("{path}/pay");
        let paid = bench.send(&manager(2), "POST", &pay, json!({}), Some("k")).await.expect(200);
        assert_eq!(paid["credit_id"], Value::Null, "an enterprise without a loan has no bank here");
        controls_agree(&bench).await;
        let third = bound(&bench, 3, 1_000_000, "2026-11-20").await;
        tell(
            &bench,
            Event::PolicyEnded(PolicyEnded {
                policy_id: PolicyId::from_uuid(third),
                insurer_id: person(5_001, 50, "保险", OrgKind::Insurer, &[]).tenant,
                status: "cancelled".into(),
                returned_premium: Money::from_fen(1_000_000),
                last_day: None,
            }),
        )
        .await;
        bench.post(&finance(), "/subsidy-claims", claim(third, "first")).await.refused(409, "no-premium");
        let own = bench.get(&finance(), "/subsidy-policies").await.expect(200);
        assert_eq!(own["items"].as_array().unwrap().len(), 3);
        let none = bench.get(&officer(), "/subsidy-policies").await.expect(200);
        assert!(none["items"].as_array().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_credit_that_the_bank_undoes_stands_in_the_special_account_again_and_is_paid_anew() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let claim = paid_claim(&bench).await;
        let credit = claim["credit_id"].as_str().unwrap();
        let reason = json!({ "reason": "账号有误" });
        let path = format!("/ledger/movements/{credit}/reversals");
        let proposed = bench.post(&operations(), &path, reason).await.expect(201);
        let other = person(1_004, 10, "另一运营", OrgKind::Bank, &[Role::Operations]);
        let confirm = format!("/ledger-reversals/{}/confirm", proposed["id"].as_str().unwrap());
        bench.send(&other, "POST", &confirm, json!({}), Some("c1")).await.expect(200);
        let path = format!("/subsidy-claims/{}", claim["id"].as_str().unwrap());
        let back = bench.get(&finance(), &path).await.expect(200);
        assert_eq!((&back["status"], &back["paid_on"]), (&json!("approved"), &Value::Null));
        let fund = balances(&bench, &manager(1)).await;
        assert_eq!((of(&fund, "1012"), of(&fund, "2711")), ("100000.00", "-100000.00"));
        controls_agree(&bench).await;
        let paid = bench
            .send(&manager(2), "POST", &format!("{path}/pay"), json!({}), Some("pay-2"))
            .await
            .expect(200);
        assert_ne!(paid["credit_id"], claim["credit_id"]);
        let fund = balances(&bench, &manager(1)).await;
        assert_eq!(of(&fund, "1012"), "98875.00");
        controls_agree(&bench).await;
    }
}
