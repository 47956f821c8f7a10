//! Guarantee insurance is one truth with the bank's loss: the policy bounds the insurer's part, what the insurer pays settles
//! the claim on it once and in whatever order it comes, and what is recovered later is told to it.

use contracts::{
    ClaimId, Envelope, Event, EventId, OrgKind, PolicyId, Service,
    events::{ClaimDeclined, ClaimPaid, ClaimRegistered, GuaranteeTerms, PolicyBound, PolicyEnded},
};
use finance::{Money, Rate};
use serde_json::{Value, json};
use tx_kit::{Consumer, testing::Backend};
use uuid::Uuid;

use super::{
    bench::{Bench, approver, finance, officer, operations, org, other_officer},
    disposal::{ask, books_agree, case, done, lent, opened, outstanding, worthless},
    facility::{draw, pledged},
    fund::person,
};

pub fn policy(number: u128) -> PolicyId {
    PolicyId::from_uuid(Uuid::from_u128(70_000 + number))
}

pub fn insurers_claim(number: u128) -> ClaimId {
    ClaimId::from_uuid(Uuid::from_u128(80_000 + number))
}

/// Brings an event twice, as the bus may.
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
    let consumer = pledge_svc::disposal::GuaranteePolicies::new(bench.db.clone());
    for _ in 0..2 {
        assert!(consumer.wants(envelope.event.name()));
        consumer.consume(std::slice::from_ref(&envelope)).await.unwrap();
    }
}

/// Insurer 60 guarantees a loan to its bank from the day after its draw for a year: 800,000, of which the bank keeps a fifth.
pub async fn insured(bench: &Bench, loan: &str, number: u128) {
    insured_from(bench, loan, number, "2026-11-25").await;
}

async fn insured_from(bench: &Bench, loan: &str, number: u128, starts_on: &str) {
    let (loan_id, limit) = (loan.parse().unwrap(), Money::from_yuan(800_000).unwrap());
    let (starts_on, ends_on) = (starts_on.parse().unwrap(), "2027-11-24".parse().unwrap());
    let terms = GuaranteeTerms {
        loan_id,
        beneficiary_id: org(10),
        limit_per_claim: limit,
        aggregate_limit: limit,
        deductible: Money::ZERO,
        coinsurance: Rate::from_basis_points(2_000),
        starts_on,
        ends_on,
    };
    let bound = PolicyBound {
        policy_id: policy(number),
        number: format!("PO-{number}"),
        insurer_id: org(60),
        insurer_name: "保险60".into(),
        product: "pledge_loan_guarantee".into(),
        insured_id: finance().tenant,
        insured_name: finance().tenant_name,
        patent_id: None,
        loan_id: Some(loan_id),
        beneficiary_id: Some(org(10)),
        aggregate_limit: limit,
        premium: Money::from_yuan(8_000).unwrap(),
        starts_on,
        ends_on,
        guarantee: Some(terms),
    };
    tell(bench, Event::PolicyBound(bound)).await;
}

pub async fn pays(bench: &Bench, number: u128, yuan: i64) {
    let amount = Money::from_yuan(yuan).unwrap();
    let paid =
        ClaimPaid { claim_id: insurers_claim(number), policy_id: policy(1), insurer_id: org(60), amount };
    tell(bench, Event::ClaimPaid(paid)).await;
}

pub async fn refuses(bench: &Bench, number: u128) {
    let declined = ClaimDeclined {
        claim_id: insurers_claim(number),
        policy_id: policy(1),
        insurer_id: org(60),
        reason: Some("除外责任".into()),
    };
    tell(bench, Event::ClaimDeclined(declined)).await;
}

pub fn sharing() -> Value {
    let insurer = json!({ "bearer": "insurer", "party_id": org(60), "rank": 2, "share": "0.4" });
    json!({ "kind": "sharing", "interest": false, "also": [insurer] })
}

/// A loan of 600,000 in default, half of whose loss a fund bears; ready to be shared.
pub async fn defaulted(bench: &Bench) -> (String, String) {
    let loan = lent(bench).await;
    let id = opened(bench, &loan).await;
    worthless(bench, &id).await;
    (loan, id)
}

pub async fn claim_on(bench: &Bench, id: &str, bearer: &str) -> Value {
    let view = case(bench, id).await;
    let claims = view["claims"].as_array().unwrap();
    claims.iter().find(|one| one["bearer"] == bearer).unwrap().clone()
}

/// What the case shows of the insurer's own claims: status, paid, applied and what found nothing to settle.
pub async fn heard(bench: &Bench, id: &str) -> Vec<[String; 4]> {
    let view = case(bench, id).await;
    let rows = view["insurer_claims"].as_array().unwrap();
    rows.iter()
        .map(|row| {
            ["status", "paid", "applied", "unsettled"].map(|name| row[name].as_str().unwrap().to_owned())
        })
        .collect()
}

#[tokio::test]
async fn what_an_insurer_pays_settles_the_claim_on_it_once_before_or_after_the_loss_is_shared() {
    for backend in Backend::available().unwrap() {
        for paid_before in [false, true] {
            let bench = Bench::new(backend).await;
            let (loan, id) = defaulted(&bench).await;
            if paid_before {
                // Even before the policy itself was heard of.
                pays(&bench, 1, 120_000).await;
                assert_eq!(outstanding(&bench, &loan).await.0, "600000.00");
                insured(&bench, &loan, 1).await;
                assert_eq!(heard(&bench, &id).await, [["pending", "120000.00", "0.00", "120000.00"]]);
                done(&bench, &id, sharing()).await;
            } else {
                insured(&bench, &loan, 1).await;
                let shared = done(&bench, &id, sharing()).await["result"].clone();
                // Half of 600,000 is the fund's, 40 % of the rest the insurer's.
                assert_eq!(shared["parts"][1]["borne"], "120000.00", "{shared}");
                assert_eq!(shared["parts"][1]["policy_id"], json!(policy(1)));
                let waiting = claim_on(&bench, &id, "insurer").await;
                assert_eq!(
                    (&waiting["status"], &waiting["policy_id"]),
                    (&json!("claimed"), &json!(policy(1)))
                );
                let answer = json!({ "kind": "answer", "claim_id": waiting["id"], "amount": "120000.00", "reference": "LP-1" });
                ask(&bench, &id, answer).await.refused(409, "insurer-answers-itself");
                pays(&bench, 1, 120_000).await;
            }
            assert_eq!(heard(&bench, &id).await, [["settled", "120000.00", "120000.00", "0.00"]]);
            let claim = claim_on(&bench, &id, "insurer").await;
            assert_eq!((&claim["status"], &claim["paid"]), (&json!("paid"), &json!("120000.00")));
            assert_eq!((&claim["decided_by"], &claim["reference"]), (&json!("保险60"), &json!("PO-1")));
            assert_eq!(outstanding(&bench, &loan).await.0, "480000.00", "credited once");
            assert_eq!(case(&bench, &id).await["money"]["compensated"], "120000.00");
            books_agree(&bench).await;
        }
    }
}

#[tokio::test]
async fn payments_on_one_claim_add_up_and_what_is_more_than_claimed_is_put_before_people() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let (loan, id) = defaulted(&bench).await;
        insured(&bench, &loan, 1).await;
        done(&bench, &id, sharing()).await;
        pays(&bench, 1, 100_000).await;
        let part = claim_on(&bench, &id, "insurer").await;
        assert_eq!((&part["status"], &part["paid"]), (&json!("paid"), &json!("100000.00")));
        assert!(part["reason"].as_str().unwrap().contains("PO-1"), "{part}");
        pays(&bench, 1, 35_000).await;
        assert_eq!(claim_on(&bench, &id, "insurer").await["paid"], "120000.00");
        assert_eq!(heard(&bench, &id).await, [["unmatched", "135000.00", "120000.00", "15000.00"]]);
        assert_eq!(outstanding(&bench, &loan).await.0, "480000.00");
        pays(&bench, 2, 5_000).await;
        assert_eq!(heard(&bench, &id).await[1], ["unmatched", "5000.00", "0.00", "5000.00"]);
        assert_eq!(outstanding(&bench, &loan).await.0, "480000.00", "nothing beyond what is claimed");
        let list = bench.get(&officer(), "/insurer-payments?status=unmatched&sort=-paid").await.expect(200);
        let rows = list["items"].as_array().unwrap();
        assert_eq!((rows.len(), &rows[0]["unsettled"]), (2, &json!("15000.00")), "{list}");
        assert_eq!((&rows[0]["policy_number"], &rows[0]["loan_id"]), (&json!("PO-1"), &json!(loan)));
        let stranger = bench.get(&other_officer(), "/insurer-payments").await.expect(200);
        assert_eq!(stranger["items"], json!([]), "another bank's");
        books_agree(&bench).await;
    }
}

#[tokio::test]
async fn what_an_insurer_refuses_is_declined_with_its_reason_and_the_bank_bears_it() {
    for backend in Backend::available().unwrap() {
        for refused_before in [false, true] {
            let bench = Bench::new(backend).await;
            let (loan, id) = defaulted(&bench).await;
            insured(&bench, &loan, 1).await;
            let registered = ClaimRegistered {
                claim_id: insurers_claim(1),
                policy_id: policy(1),
                insurer_id: org(60),
                reserve: Money::from_yuan(120_000).unwrap(),
            };
            tell(&bench, Event::ClaimRegistered(registered)).await;
            if refused_before {
                refuses(&bench, 1).await;
                done(&bench, &id, sharing()).await;
            } else {
                done(&bench, &id, sharing()).await;
                assert_eq!(claim_on(&bench, &id, "insurer").await["status"], "claimed", "not decided yet");
                refuses(&bench, 1).await;
            }
            let claim = claim_on(&bench, &id, "insurer").await;
            assert_eq!((&claim["status"], &claim["reason"]), (&json!("declined"), &json!("除外责任")));
            assert_eq!(outstanding(&bench, &loan).await.0, "600000.00");
            // It pays after all, on a claim notified anew.
            pays(&bench, 2, 120_000).await;
            assert_eq!(claim_on(&bench, &id, "insurer").await["paid"], "120000.00");
            assert_eq!(outstanding(&bench, &loan).await.0, "480000.00");
            books_agree(&bench).await;
        }
    }
}

/// A loan of 600,000 on a line of which insurer 60 has promised half of each loss.
async fn promised(bench: &Bench, key: &str) -> String {
    let lines = bench.get(&officer(), "/facilities").await.expect(200);
    let facility = match lines["items"].as_array().unwrap().first() {
        Some(line) => line["id"].as_str().unwrap().to_owned(),
        None => insured_line(bench).await,
    };
    let drawn = draw(bench, &facility, &finance(), "600000.00", key).await.expect(201);
    drawn["loan_id"].as_str().unwrap().to_owned()
}

async fn insured_line(bench: &Bench) -> String {
    let who = finance();
    let proposal = json!({
        "name": "有保证保险的集合授信", "cluster": "集群", "industry": "C26", "limit": "20000000.00",
        "revolving": true, "available_from": "2026-01-01", "available_until": "2027-12-31",
        "annual_rate": "0.0345", "tenor_cap_months": 24, "single_member_cap": "0.5", "ltv_cap": "0.6",
        "cover": [{ "party": { "kind": "guarantee_insurer", "insurer_id": org(60) }, "rank": 1, "share_of_loss": "0.5" }],
        "members": [{ "enterprise_id": who.tenant, "enterprise_name": who.tenant_name, "sub_limit": "5000000.00" }],
    });
    let facility = bench.post(&officer(), "/facilities", proposal).await.expect(201);
    let id = facility["id"].as_str().unwrap().to_owned();
    bench.post(&approver(), &format!("/facilities/{id}/approve"), json!({})).await.expect(200);
    pledged(bench, &id, &who, 1).await;
    id
}

#[tokio::test]
async fn an_insurer_bears_nothing_without_a_policy_that_ran_on_the_day_of_the_default() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = promised(&bench, "d").await;
        let id = opened(&bench, &loan).await;
        worthless(&bench, &id).await;
        // A policy that begins after the default insures what had already happened.
        insured_from(&bench, &loan, 1, "2027-04-01").await;
        let refused = ask(&bench, &id, sharing()).await.refused(409, "no-policy");
        assert!(refused["defaulted_on"].as_str().unwrap() < "2027-04-01", "{refused}");
        let by_hand =
            json!({ "bearer": "insurer", "name": "保险60", "rank": 2, "share": "0.4", "paper": "PO-1" });
        let asked = json!({ "kind": "sharing", "interest": false, "also": [by_hand] });
        ask(&bench, &id, asked).await.refused(409, "insurer-on-platform");
        let nameless = json!({ "bearer": "insurer", "name": "某担保公司", "rank": 2, "share": "0.4" });
        let asked = json!({ "kind": "sharing", "interest": false, "also": [nameless] });
        let flawed = ask(&bench, &id, asked).await.refused(422, "invalid-request");
        assert_eq!(flawed["errors"][0]["field"], "also[0].paper");
        let shared =
            done(&bench, &id, json!({ "kind": "sharing", "interest": false })).await["result"].clone();
        let part = &shared["parts"][0];
        assert_eq!((&part["borne"], &part["absent"]), (&json!("0.00"), &json!("no_policy")), "{shared}");
        assert_eq!(shared["bank"], "600000.00");
        let shown = case(&bench, &id).await["guarantees"][0].clone();
        assert_eq!((&shown["number"], &shown["covers_default"]), (&json!("PO-1"), &json!(false)));
        // What the insurer pays all the same is nobody's claim.
        pays(&bench, 1, 1_000).await;
        assert_eq!(heard(&bench, &id).await, [["unmatched", "1000.00", "0.00", "1000.00"]]);
        assert_eq!(outstanding(&bench, &loan).await.0, "600000.00");
    }
}

#[tokio::test]
async fn the_promise_of_an_insurer_on_the_line_is_held_to_its_policy_and_ends_with_it() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = promised(&bench, "d").await;
        let ended = PolicyEnded {
            policy_id: policy(1),
            insurer_id: org(60),
            status: "cancelled".into(),
            returned_premium: Money::ZERO,
            last_day: Some("2026-12-31".parse().unwrap()),
        };
        // The end of the policy may be heard of first.
        tell(&bench, Event::PolicyEnded(ended)).await;
        insured(&bench, &loan, 1).await;
        let id = opened(&bench, &loan).await;
        let shown = case(&bench, &id).await["guarantees"][0].clone();
        assert_eq!((&shown["last_day"], &shown["status"]), (&json!("2026-12-31"), &json!("cancelled")));
        // The first due date was missed while it ran.
        assert_eq!(shown["covers_default"], true, "{shown}");
        worthless(&bench, &id).await;
        let shared =
            done(&bench, &id, json!({ "kind": "sharing", "interest": false })).await["result"].clone();
        assert_eq!(
            (&shared["parts"][0]["borne"], &shared["bank"]),
            (&json!("300000.00"), &json!("300000.00"))
        );
    }
}

#[tokio::test]
async fn what_is_recovered_of_an_insurers_part_is_told_to_it() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let (loan, id) = defaulted(&bench).await;
        insured(&bench, &loan, 1).await;
        done(&bench, &id, sharing()).await;
        pays(&bench, 1, 120_000).await;
        let recovery =
            json!({ "kind": "recovery", "amount": "100000.00", "payer": "企业", "reference": "回单 1 号" });
        done(&bench, &id, recovery).await;
        let claim = claim_on(&bench, &id, "insurer").await;
        assert_eq!(claim["returned"], "20000.00", "a fifth of the loss was the insurer's");
        let sql = "SELECT envelope AS text FROM outbox WHERE name = 'compensation.returned.v1'";
        let told: Vec<Envelope> =
            bench.texts(sql).await.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        let Event::CompensationReturned(back) = &told[0].event else { panic!("{told:?}") };
        assert_eq!((back.claim_id, back.policy_id, back.insurer_id), (insurers_claim(1), policy(1), org(60)));
        assert_eq!((back.amount.to_string().as_str(), back.bank_id), ("20000.00", org(10)));
        assert_eq!(json!(back.compensation_id), claim["id"]);
        let handler = person(6_001, 60, "理赔员", OrgKind::Insurer, &[identity::Role::ClaimsHandler]);
        let seen = bench.get(&handler, &format!("/disposal-cases/{id}")).await.expect(200);
        assert_eq!(seen["insurer_claims"][0]["returned"], "20000.00", "the insurer reads it in the case");
        books_agree(&bench).await;
    }
}

#[tokio::test]
async fn an_insurer_without_a_policy_does_not_lower_the_expected_loss() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let (with, without) = (promised(&bench, "a").await, promised(&bench, "b").await);
        insured_from(&bench, &with, 1, "2026-11-24").await;
        bench.at("2026-11-25T02:00:00Z");
        for _ in 0..100 {
            let body = json!({ "business_date": "2026-11-24" });
            let answer = bench.post(&operations(), "/closings", body).await;
            if answer.status.as_u16() != 202 {
                answer.expect(200);
                break;
            }
        }
        let mut losses = Vec::new();
        for loan in [&with, &without] {
            let risk = bench.get(&officer(), &format!("/loans/{loan}/risk")).await.expect(200);
            losses.push(risk["expected_loss"].as_str().unwrap().replace('.', "").parse::<i64>().unwrap());
        }
        assert!(0 < losses[0] && losses[0] < losses[1], "{losses:?}");
    }
}
