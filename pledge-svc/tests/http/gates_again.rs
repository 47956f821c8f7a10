//! What stood when an application was assessed is looked at again when it counts: at the approval, at the register, at
//! the draw. A pledge is valued anew, granted by another than who filed it, with the pledgor's word; what is attacked
//! carries nothing; what is not corrected counts as withdrawn.

use contracts::{
    Envelope, Event, EventId, PatentId, Service, UserId, ValuationId,
    events::{AnnuityRecorded, PatentChallenged, ValuationCompleted},
};
use finance::Money;
use identity::{Caller, Role};
use pledge_svc::registration::PatentRights;
use serde_json::{Value, json};
use tx_kit::{Consumer, testing::Backend};
use uuid::Uuid;

use crate::{
    application_life::set,
    bench::{Answer, Bench, approver, finance, granter, officer, operations, other_finance, other_officer},
    facility::{draw, pledged, pledged_over},
    facility_life::change,
    registration::{Approved, history, pledge, step},
};

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n";

fn risk_manager() -> Caller {
    Caller { user: UserId::from_uuid(Uuid::from_u128(1_004)), roles: vec![Role::RiskManager], ..officer() }
}

/// The enterprise is put on the bank's list.
async fn listed(bench: &Bench, changes: Value) -> Value {
    let mut entry =
        json!({ "name": finance().tenant_name, "source": "dishonest_debtor", "reason": "拒不履行" });
    for (name, value) in changes.as_object().unwrap() {
        entry[name] = value.clone();
    }
    bench.post(&risk_manager(), "/blacklist", entry).await.expect(201)
}

async fn draw_for(bench: &Bench, facility: &str, months: u32, amount: &str, key: &str) -> Answer {
    let body = json!({ "enterprise_id": finance().tenant, "amount": amount, "tenor_months": months });
    bench.send(&finance(), "POST", &format!("/facilities/{facility}/drawdowns"), body, Some(key)).await
}

/// Closes the bank's days up to one, on the morning after it.
async fn close(bench: &Bench, day: &str) {
    let day: chrono::NaiveDate = day.parse().unwrap();
    bench.at(&format!("{}T02:00:00Z", day.succ_opt().unwrap()));
    for _ in 0..100 {
        let answer = bench.post(&operations(), "/closings", json!({ "business_date": day })).await;
        if answer.status.as_u16() != 202 {
            answer.expect(200);
            return;
        }
    }
    panic!("the close up to {day} does not end");
}

async fn attach(bench: &Bench, who: &Caller, subject: &str, kind: &str) {
    let path = format!("{subject}/documents?kind={kind}&file_name={kind}.pdf");
    bench.upload(who, &path, "application/octet-stream", PDF.to_vec()).await.expect(201);
}

/// An assessed application of one patent.
async fn assessed(bench: &Bench, facility: &str, patent: Uuid, changes: Value) -> String {
    let mut body = json!({ "facility_id": facility, "amount": "2000000.00", "tenor_months": 12,
        "purpose": "采购原材料", "patent_ids": [patent] });
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    let made = bench.post(&finance(), "/applications", body).await.expect(201);
    let id = made["id"].as_str().unwrap().to_owned();
    assess(bench, &id, patent).await.expect(200);
    id
}

async fn assess(bench: &Bench, id: &str, patent: Uuid) -> Answer {
    let valuation = bench.valuation(patent, &officer(), json!({}));
    let assessment = json!({ "valuations": [{ "patent_id": patent, "valuation_id": valuation }],
        "recommended_amount": "2000000.00", "comment": "可行" });
    bench.post(&officer(), &format!("/applications/{id}/assess"), assessment).await
}

fn codes(problem: &Value) -> Vec<&str> {
    problem["findings"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn who_came_on_the_blacklist_after_the_assessment_is_not_approved_and_holds_nothing() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = bench.facility().await;
        let patent = bench.patent(1, &finance(), json!({}));
        let id = assessed(&bench, &facility, patent, json!({})).await;
        listed(&bench, json!({})).await;
        let approve = format!("/applications/{id}/approve");
        let refused = bench.post(&approver(), &approve, json!({})).await.refused(409, "not-eligible");
        assert_eq!(codes(&refused), ["member_not_active", "blacklisted"]);
        assert_eq!(bench.member(&facility, &finance()).await.0, "0.00");
    }
}

#[tokio::test]
async fn a_blacklisted_member_is_paused_on_every_line_in_the_same_act_and_not_let_go_on_while_it_is() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = bench.facility().await;
        let patent = bench.patent(1, &finance(), json!({}));
        pledged_over(&bench, &facility, &finance(), patent).await;
        draw_for(&bench, &facility, 6, "1000.00", "k1").await.expect(201);
        // An entry of another bank, and one that begins later, stop nothing today.
        let other = Caller { roles: vec![Role::RiskManager], ..other_officer() };
        let entry = json!({ "name": finance().tenant_name, "source": "own_list", "reason": "逾期" });
        bench.post(&other, "/blacklist", entry).await.expect(201);
        listed(&bench, json!({ "valid_from": "2027-01-01" })).await;
        draw_for(&bench, &facility, 6, "1000.00", "k2").await.expect(201);

        let entry = listed(&bench, json!({})).await;
        let refused = draw_for(&bench, &facility, 6, "1000.00", "k3").await.refused(409, "member-paused");
        assert!(!refused.to_string().contains("限制名单"), "the bank's own affair: {refused}");
        change(&bench, &facility, json!({ "resume": [finance().tenant] })).await;
        draw_for(&bench, &facility, 6, "1000.00", "k4").await.refused(409, "member-paused");
        let end = format!("/blacklist/{}/end", entry["id"].as_str().unwrap());
        bench.post(&risk_manager(), &end, json!({ "reason": "已履行完毕" })).await.expect(200);
        change(&bench, &facility, json!({ "resume": [finance().tenant] })).await;
        draw_for(&bench, &facility, 6, "1000.00", "k5").await.expect(201);
    }
}

#[tokio::test]
async fn a_draw_lasts_no_longer_than_was_approved_nor_than_the_debt_and_the_right_that_secure_it() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = bench.facility().await;
        // The right ends in thirteen months; the application was for twelve.
        let patent = bench.patent(1, &finance(), json!({ "expires_on": "2027-12-20" }));
        pledged_over(&bench, &facility, &finance(), patent).await;
        let refused =
            draw_for(&bench, &facility, 13, "1000.00", "k1").await.refused(409, "beyond-pledge-term");
        assert_eq!(
            (&refused["tenor_max_months"], &refused["until"]),
            (&json!(12), &json!("2027-12-20")),
            "{refused}"
        );
        let before = bench.db.probe().steps();
        draw_for(&bench, &facility, 12, "1000.00", "k2").await.expect(201);
        let granted = bench.db.probe().steps() - before;
        // A month later twelve months would outlast the right.
        bench.at("2026-12-24T02:00:00Z");
        let before = bench.db.probe().steps();
        draw_for(&bench, &facility, 12, "1000.00", "k3").await.refused(409, "beyond-pledge-term");
        assert!(bench.db.probe().steps() - before <= granted, "the look at its term costs no statement");
        draw_for(&bench, &facility, 11, "1000.00", "k4").await.expect(201);
    }
}

#[tokio::test]
async fn a_longer_debt_term_is_filed_and_then_carries_longer_loans() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let approved = Approved::new(&bench).await;
        let id = approved.register(&bench).await;
        let path = format!("/pledges/{id}/change");
        let shown = pledge(&bench, &id).await;
        // Twelve months from the end of the line's window.
        assert_eq!(shown["debt_until"], "2028-12-31");
        let until = |day: &str| json!({ "debt_until": day, "reason": "展期" });
        bench.post(&operations(), &path, until("2041-01-05")).await.refused(409, "debt-beyond-right");
        approved.draw(&bench, "1000.00", "d1").await.expect(201);
        bench.post(&operations(), &path, until("2027-05-23")).await.refused(409, "debt-below-loans");
        bench.post(&operations(), &path, until("2028-12-31")).await.refused(409, "nothing-to-change");
        let moved = json!({ "debt_until": "2029-12-31", "pledgor_address": "成都市高新区天府大道 1 号",
            "claim_kind": "最高额贷款债权", "scope": "主债权及利息", "reason": "展期、迁址" });
        step(&bench, &id, "change", moved).await;
        let register = format!("/pledges/{id}/register");
        bench.post(&granter(), &register, json!({})).await.refused(409, "pledgor-not-confirmed");
        attach(&bench, &finance(), &format!("/pledges/{id}"), "supplementary_agreement").await;
        step(&bench, &id, "register", json!({})).await;
        let shown = pledge(&bench, &id).await;
        assert_eq!(shown["debt_until"], "2029-12-31");
        let contract = &shown["contract"];
        assert_eq!(
            (&contract["pledgor"]["address"], &contract["claim_kind"], &contract["debt_until"]),
            (&json!("成都市高新区天府大道 1 号"), &json!("最高额贷款债权"), &json!("2029-12-31"))
        );
    }
}

#[tokio::test]
async fn who_files_a_pledge_does_not_grant_it_and_the_pledgor_confirms_first() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let approved = Approved::without_papers(&bench).await;
        for kind in ["pledge_application_form", "identity_papers", "power_of_attorney"] {
            attach(&bench, &finance(), &format!("/applications/{}", approved.application), kind).await;
        }
        let id = approved.file(&bench).await;
        let path = |act: &str| format!("/pledges/{id}/{act}");
        bench.post(&officer(), &path("register"), json!({})).await.refused(403, "four-eyes");
        bench.post(&granter(), &path("register"), json!({})).await.refused(409, "pledgor-not-confirmed");
        bench.post(&officer(), &path("confirm"), json!({})).await.refused(403, "forbidden");
        bench.post(&other_finance(), &path("confirm"), json!({})).await.refused(404, "not-found");
        bench.post(&finance(), &path("confirm"), json!({})).await.expect(200);
        bench.post(&finance(), &path("confirm"), json!({})).await.refused(409, "nothing-to-confirm");
        let filed = &pledge(&bench, &id).await["filings"][0];
        assert_eq!((&filed["filed_by"], &filed["confirmed_by"]), (&json!("客户经理"), &json!("企业财务")));
        assert_eq!(filed["filed_by_id"], Value::Null, "ids of people are not told");
        // What is corrected is not what was confirmed.
        step(&bench, &id, "deficiency", json!({ "text": "请更正住所" })).await;
        step(&bench, &id, "correct", json!({ "note": "已更正" })).await;
        bench.post(&granter(), &path("register"), json!({})).await.refused(409, "pledgor-not-confirmed");
        bench.post(&finance(), &path("confirm"), json!({})).await.expect(200);
        bench.post(&granter(), &path("register"), json!({})).await.expect(200);
        assert!(history(&bench, &id).await.contains(&"pledgor_confirmed".to_owned()));
    }
}

#[tokio::test]
async fn co_owners_consent_by_their_own_paper_before_the_application_is_assessed() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = bench.facility().await;
        let owners = json!({ "current_owners": [finance().tenant_name, "乙公司"] });
        let patent = bench.patent(1, &finance(), owners);
        let mut body = json!({ "facility_id": facility, "amount": "2000000.00", "tenor_months": 12,
            "purpose": "采购原材料", "patent_ids": [patent] });
        let refused =
            bench.post(&finance(), "/applications", body.clone()).await.refused(409, "not-eligible");
        assert_eq!(codes(&refused), ["co_owned"]);
        body["declarations"] = json!(["co_owned"]);
        let made = bench.post(&finance(), "/applications", body).await.expect(201);
        let id = made["id"].as_str().unwrap();
        let eligibility = format!("/applications/{id}/eligibility");
        let seen = bench.get(&officer(), &eligibility).await.expect(200);
        assert_eq!((&seen["eligible"], &seen["findings"][0]["severity"]), (&json!(false), &json!("hard")));
        let refused = assess(&bench, id, patent).await.refused(409, "checklist-incomplete");
        assert_eq!(refused["missing"][0]["code"], "co_owner_consent");
        attach(&bench, &finance(), &format!("/applications/{id}"), "co_owner_consent").await;
        let seen = bench.get(&officer(), &eligibility).await.expect(200);
        assert_eq!((&seen["eligible"], &seen["findings"]), (&json!(true), &json!([])));
        assess(&bench, id, patent).await.expect(200);
    }
}

#[tokio::test]
async fn co_owners_who_came_later_consent_by_their_own_paper_before_the_pledge_is_filed() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = bench.facility().await;
        let patent = bench.patent(1, &finance(), json!({}));
        let id = assessed(&bench, &facility, patent, json!({ "declarations": ["co_owned"] })).await;
        let owners = json!({ "applicants": [finance().tenant_name], "current_owners": [finance().tenant_name, "乙公司"] });
        bench.patent(1, &finance(), owners);
        bench.post(&approver(), &format!("/applications/{id}/approve"), json!({})).await.expect(200);
        bench.registration_papers(&finance(), &id).await;
        let file = format!("/applications/{id}/pledge");
        let refused = bench.post(&officer(), &file, json!({})).await.refused(409, "not-registrable");
        assert_eq!(codes(&refused), ["co_owned"]);
        attach(&bench, &finance(), &format!("/applications/{id}"), "co_owner_consent").await;
        let made = bench.post(&officer(), &file, json!({})).await.expect(201);
        let register = format!("/pledges/{}/register", made["id"].as_str().unwrap());
        bench.post(&granter(), &register, json!({})).await.expect(200);
        // Since assigned to one owner it is no longer co-owned.
        let alone = json!({ "applicants": [finance().tenant_name, "乙公司"], "current_owners": [finance().tenant_name] });
        let single = bench.patent(2, &finance(), alone);
        let body = json!({ "facility_id": facility, "amount": "1000.00", "tenor_months": 12, "purpose": "采购",
            "patent_ids": [single] });
        let tried = bench.post(&finance(), "/applications/eligibility", body).await.expect(200);
        assert_eq!(tried["findings"], json!([]));
    }
}

/// A newer valuation of a pledged patent on the shelf; gives its id.
fn newer(bench: &Bench, patent: Uuid, number: u128, value: &str, loan: &str) -> Uuid {
    let id = Uuid::from_u128(900_000 + number);
    let facts = json!({
        "id": id, "patent_id": patent, "tenant_id": officer().tenant, "purpose": "pledge", "status": "completed",
        "valid_until": "2028-05-24",
        "collateral": { "collateral_value": value, "ltv_cap": "0.5", "maximum_loan": loan }
    });
    bench.shelve(&format!("valuations/{id}"), facts);
    id
}

#[tokio::test]
async fn a_pledge_whose_valuation_ends_is_valued_anew_and_carries_loans_again() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let approved = Approved::new(&bench).await;
        let id = approved.register(&bench).await;
        // Both valuations end on 2027-05-24.
        bench.at("2027-05-25T02:00:00Z");
        approved.draw(&bench, "1000.00", "d1").await.refused(409, "no-registered-pledge");
        let ended = async || {
            let list = bench.get(&officer(), "/pledges?valuation_ended=true").await.expect(200);
            list["items"].as_array().unwrap().len()
        };
        assert_eq!(ended().await, 1);
        let named: Vec<Value> = [(0, 1), (1, 2)]
            .map(|(place, number): (usize, u128)| {
                let patent = approved.patents[place];
                let valuation = newer(&bench, patent, number, "6000000.00", "3000000.00");
                json!({ "patent_id": patent, "valuation_id": valuation })
            })
            .to_vec();
        let path = format!("/pledges/{id}/revaluations");
        let body = json!({ "valuations": named, "comment": "定期重估" });
        let old = bench.valuation(approved.patents[0], &officer(), json!({}));
        let stale = json!({ "valuations": [{ "patent_id": approved.patents[0], "valuation_id": old }], "comment": "旧" });
        bench.post(&officer(), &path, stale).await.refused(409, "valuations-not-usable");
        bench.post(&operations(), &path, body.clone()).await.refused(403, "forbidden");
        bench.post(&other_officer(), &path, body.clone()).await.refused(404, "not-found");
        let made = bench.post(&officer(), &path, body.clone()).await.expect(201);
        assert_eq!(
            (&made["status"], &made["collateral_after"], &made["carrying_after"]),
            (&json!("proposed"), &json!("12000000.00"), &json!("2500000.00")),
            "no more than the secured claim"
        );
        bench.post(&officer(), &path, body).await.refused(409, "revaluation-open");
        approved.draw(&bench, "1000.00", "d2").await.refused(409, "no-registered-pledge");
        let waiting = bench.get(&approver(), "/pledge-revaluations?status=proposed").await.expect(200);
        assert_eq!(waiting["items"].as_array().unwrap().len(), 1);
        let file = bench.get(&approver(), "/pledge-revaluations/export?format=csv").await.expect(200);
        assert_eq!(file.as_str().unwrap().lines().count(), 2);
        let decide = format!("{path}/{}", made["id"].as_str().unwrap());
        bench.post(&officer(), &format!("{decide}/approve"), json!({})).await.refused(403, "forbidden");
        let both = Caller { roles: vec![Role::CreditApprover], ..officer() };
        bench.post(&both, &format!("{decide}/approve"), json!({})).await.refused(403, "four-eyes");
        bench.post(&approver(), &format!("{decide}/approve"), json!({})).await.expect(200);
        bench
            .post(&approver(), &format!("{decide}/refuse"), json!({ "reason": "晚了" }))
            .await
            .refused(409, "revaluation-decided");
        let shown = pledge(&bench, &id).await;
        assert_eq!(
            (&shown["collateral_value"], &shown["carrying"], &shown["patents"][0]["valid_until"]),
            (&json!("12000000.00"), &json!("2500000.00"), &json!("2028-05-24"))
        );
        approved.draw(&bench, "1000.00", "d3").await.expect(201);
        assert_eq!(ended().await, 0);
        let kinds = history(&bench, &id).await;
        assert!(kinds.ends_with(&["revaluation_proposed".to_owned(), "revalued".to_owned()]), "{kinds:?}");
    }
}

fn told(aggregate: Uuid, version: i64, event: Event) -> Envelope {
    let now = "2026-11-25T02:00:00Z".parse().unwrap();
    Envelope {
        id: EventId::fresh(now),
        source: Service::Valuation,
        aggregate,
        version,
        occurred_at: now,
        business_date: "2026-11-25".parse().unwrap(),
        event,
    }
}

fn valued(patent: Uuid, number: u128, value: i64) -> Envelope {
    let id = Uuid::from_u128(900_000 + number);
    let yuan = |yuan: i64| Money::from_yuan(yuan).unwrap();
    let day = |text: &str| text.parse().unwrap();
    let event = Event::ValuationCompleted(ValuationCompleted {
        valuation_id: ValuationId::from_uuid(id),
        tenant: officer().tenant,
        tenant_name: officer().tenant_name,
        patent_id: PatentId::from_uuid(patent),
        patent_number: "CN100000001B".into(),
        patent_title: "一种催化剂 1".into(),
        industry: None,
        purpose: "pledge".into(),
        score_hundredths: 7_000,
        grade: Some("A".into()),
        low: yuan(value),
        value: yuan(value),
        high: yuan(value),
        collateral_value: yuan(value),
        maximum_loan: yuan(value / 2),
        valuation_date: day("2026-11-25"),
        valid_until: day("2027-11-24"),
        model_version: "v1".into(),
    });
    told(id, 1, event)
}

#[tokio::test]
async fn a_lower_value_of_the_banks_own_counts_at_once_and_a_higher_one_waits_for_people() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let approved = Approved::new(&bench).await;
        let id = approved.register(&bench).await;
        let heard = PatentRights::new(bench.db.clone());
        heard.consume(&[valued(approved.patents[0], 5, 9_000_000)]).await.unwrap();
        assert_eq!(
            pledge(&bench, &id).await["collateral_value"],
            "8000000.00",
            "a higher value is for people"
        );
        let lower = valued(approved.patents[0], 6, 400_000);
        heard.consume(std::slice::from_ref(&lower)).await.unwrap();
        heard.consume(&[lower, valued(approved.patents[0], 4, 100_000)]).await.unwrap();
        let shown = pledge(&bench, &id).await;
        // 200,000 of one and 2,000,000 of the other: less than the 2,500,000 secured.
        assert_eq!(
            (&shown["collateral_value"], &shown["maximum_loan"], &shown["carrying"]),
            (&json!("4400000.00"), &json!("2200000.00"), &json!("2200000.00"))
        );
        let done = bench.get(&officer(), &format!("/pledges/{id}/revaluations")).await.expect(200);
        assert_eq!(
            done["items"].as_array().unwrap().len(),
            1,
            "told twice it counts once, and an older one not"
        );
        assert_eq!(done["items"][0]["status"], "automatic");
        approved.draw(&bench, "2200000.01", "d1").await.refused(409, "limit-exceeded");
        approved.draw(&bench, "2200000.00", "d2").await.expect(201);
    }
}

#[tokio::test]
async fn an_attacked_patent_carries_nothing_unless_the_bank_has_said_so() {
    for backend in Backend::available().unwrap() {
        for carries in [false, true] {
            let bench = Bench::new(backend).await;
            if carries {
                set(&bench, "application_eligibility", json!({ "challenged_carries": true })).await;
            }
            let approved = Approved::new(&bench).await;
            let id = approved.register(&bench).await;
            let attacked = PatentChallenged {
                patent_id: PatentId::from_uuid(approved.patents[0]),
                patent_number: "CN100000001B".into(),
                open: vec!["invalidation".into()],
                noted_on: "2026-11-25".parse().unwrap(),
            };
            let heard = PatentRights::new(bench.db.clone());
            let news = told(approved.patents[0], 3, Event::PatentChallenged(attacked));
            heard.consume(&[news]).await.unwrap();
            let expected = if carries { "2500000.00" } else { "2000000.00" };
            assert_eq!(pledge(&bench, &id).await["carrying"], expected);
        }
    }
}

#[tokio::test]
async fn an_unpaid_annuity_and_an_attack_warn_at_the_next_close_and_the_annuity_is_looked_up_again() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = bench.facility().await;
        let patent = bench.patent(1, &finance(), json!({ "annuity_paid_until": "2026-11-26" }));
        pledged_over(&bench, &facility, &finance(), patent).await;
        draw_for(&bench, &facility, 12, "1000000.00", "k1").await.expect(201);
        let pledges = bench.get(&officer(), "/pledges").await.expect(200);
        let id = pledges["items"][0]["id"].as_str().unwrap().to_owned();
        let warned = async |flag: &str| {
            let path = format!("/risk/loans?flag={flag}");
            bench.get(&risk_manager(), &path).await.expect(200)["items"].as_array().unwrap().len()
        };
        close(&bench, "2026-11-25").await;
        assert_eq!((warned("annuity_unpaid").await, warned("patent_attacked").await), (0, 0));
        let attacked = PatentChallenged {
            patent_id: PatentId::from_uuid(patent),
            patent_number: "CN100000001B".into(),
            open: vec!["ownership".into()],
            noted_on: "2026-11-26".parse().unwrap(),
        };
        let heard = PatentRights::new(bench.db.clone());
        heard.consume(&[told(patent, 3, Event::PatentChallenged(attacked))]).await.unwrap();
        close(&bench, "2026-11-26").await;
        assert_eq!((warned("annuity_unpaid").await, warned("patent_attacked").await), (1, 1));
        bench.patent(1, &finance(), json!({ "annuity_paid_until": "2027-11-25" }));
        let path = format!("/pledges/{id}/annuities");
        bench.post(&approver(), &path, json!({})).await.refused(403, "forbidden");
        let checked = bench.post(&operations(), &path, json!({})).await.expect(200);
        assert_eq!(checked["patents"][0]["annuity_until"], "2027-11-25");
        close(&bench, "2026-11-27").await;
        assert_eq!((warned("annuity_unpaid").await, warned("patent_attacked").await), (0, 1));
        // The catalogue tells by itself of what it records, and what is older than what is known changes nothing.
        let due = async || {
            let list = bench.get(&officer(), "/pledges?valuation_ended=true").await.expect(200);
            list["items"].as_array().unwrap().len()
        };
        assert_eq!(due().await, 0);
        let recorded = |version: i64, until: &str| {
            let annuity = AnnuityRecorded {
                patent_id: PatentId::from_uuid(patent),
                patent_number: "CN100000001B".into(),
                paid_until: until.parse().unwrap(),
                in_time_until: None,
                noted_on: "2026-11-28".parse().unwrap(),
            };
            told(patent, version, Event::AnnuityRecorded(annuity))
        };
        heard.consume(&[recorded(5, "2026-11-20"), recorded(4, "2028-11-20")]).await.unwrap();
        let shown = pledge(&bench, &id).await;
        assert_eq!((&shown["patents"][0]["annuity_until"], due().await), (&json!("2026-11-20"), 1));
        close(&bench, "2026-11-28").await;
        assert_eq!(warned("annuity_unpaid").await, 1);
        heard.consume(&[recorded(6, "2027-11-26")]).await.unwrap();
        close(&bench, "2026-11-29").await;
        assert_eq!((warned("annuity_unpaid").await, due().await), (0, 0));
        let lines = history(&bench, &id).await;
        assert_eq!(lines[lines.len() - 2..], ["annuity_missed", "annuity_paid"]);
        // An annuity is late when the catalogue says so, not from the day after the one that is paid for.
        let counted = AnnuityRecorded {
            patent_id: PatentId::from_uuid(patent),
            patent_number: "CN100000001B".into(),
            paid_until: "2026-11-29".parse().unwrap(),
            in_time_until: Some("2026-12-01".parse().unwrap()),
            noted_on: "2026-11-29".parse().unwrap(),
        };
        heard.consume(&[told(patent, 7, Event::AnnuityRecorded(counted))]).await.unwrap();
        for (day, late) in [("2026-11-30", 0), ("2026-12-01", 1)] {
            close(&bench, day).await;
            assert_eq!(warned("annuity_unpaid").await, late, "{day}");
        }
    }
}

#[tokio::test]
async fn an_application_that_is_not_corrected_in_its_term_counts_as_withdrawn() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        // A bank closes its days from its first loan on.
        let other = bench.facility().await;
        pledged(&bench, &other, &other_finance(), 9).await;
        draw(&bench, &other, &other_finance(), "100000.00", "k1").await.expect(201);
        let facility = bench.facility().await;
        let patent = bench.patent(1, &finance(), json!({}));
        let body = json!({ "facility_id": facility, "amount": "1000000.00", "tenor_months": 12, "purpose": "采购",
            "patent_ids": [patent] });
        let made = bench.post(&finance(), "/applications", body).await.expect(201);
        let path = format!("/applications/{}", made["id"].as_str().unwrap());
        let items = json!({ "items": [{ "document_kind": null, "text": "补充近三年报表" }] });
        let asked = bench.post(&officer(), &format!("{path}/deficiency"), items).await.expect(200);
        let due: chrono::NaiveDate = asked["deficiencies"][0]["due_on"].as_str().unwrap().parse().unwrap();
        for (day, status) in [(due.pred_opt().unwrap(), "deficient"), (due, "withdrawn")] {
            close(&bench, &day.to_string()).await;
            assert_eq!(bench.get(&officer(), &path).await.expect(200)["status"], status, "{day}");
        }
        let ended = bench.get(&finance(), &path).await.expect(200);
        assert!(ended["decision"]["reason"].as_str().unwrap().contains("未补正"), "{ended}");
    }
}

#[tokio::test]
async fn the_public_register_is_looked_up_page_by_page() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = bench.facility().await;
        let patent = bench.patent(1, &finance(), json!({}));
        for _ in 0..2 {
            pledged_over(&bench, &facility, &finance(), patent).await;
            let live = bench.get(&officer(), "/pledges?status=registered").await.expect(200);
            let id = live["items"][0]["id"].as_str().unwrap().to_owned();
            step(&bench, &id, "cancel", json!({ "reason": "结清" })).await;
            step(&bench, &id, "register", json!({})).await;
        }
        let look = async |query: String| {
            let uri = format!("{}/register/entries?{query}", Service::Pledge.base_path());
            let request = axum::http::Request::get(uri).body(axum::body::Body::empty()).unwrap();
            let (status, _, bytes) = bench.raw(request).await;
            assert_eq!(status.as_u16(), 200);
            serde_json::from_slice::<Value>(&bytes).unwrap()
        };
        let first = look("patent_number=CN100000001B&limit=1".to_owned()).await;
        assert_eq!(first["items"].as_array().unwrap().len(), 1);
        let cursor = first["next_cursor"].as_str().expect("there is more");
        let second = look(format!("patent_number=CN100000001B&limit=1&cursor={cursor}")).await;
        assert_eq!(second["items"].as_array().unwrap().len(), 1);
        assert_ne!(first["items"][0]["registration_number"], second["items"][0]["registration_number"]);
        assert_eq!((&second["next_cursor"], &second["built_in"]), (&Value::Null, &json!(true)));
    }
}
