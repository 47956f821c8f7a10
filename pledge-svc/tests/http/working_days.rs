//! The working days of a bank over the router: recorded by two people, and counted by wherever a day is asked for.

use identity::{Caller, Role};
use serde_json::{Value, json};
use tx_kit::testing::Backend;

use super::{
    bench::{Bench, approver, finance, officer, operations, other_officer},
    facility::pledged,
};

fn manager() -> Caller {
    Caller {
        user: contracts::UserId::from_uuid(uuid::Uuid::from_u128(1_004)),
        roles: vec![Role::RiskManager],
        ..officer()
    }
}

/// Proposed by one, approved by another, in force from 2026-11-24 on.
async fn set(bench: &Bench, kind: &str, content: Value) {
    let body = json!({ "content": content, "effective_from": "2026-11-24", "reason": "依据通知登记" });
    let proposed = bench.post(&manager(), &format!("/parameters/{kind}/proposals"), body).await.expect(201);
    let path = format!("/parameters/{kind}/proposals/{}/approve", proposed["id"].as_str().unwrap());
    bench.post(&approver(), &path, json!({})).await.expect(200);
}

/// 2027 with 1 to 3 January and 22 to 28 February off, and Sunday 10 January worked.
async fn record_2027(bench: &Bench) {
    let off = |from: &str, to: &str, name: &str| json!({ "from": from, "to": to, "name": name });
    let year = json!({
        "year": 2027, "source": "国办发明电〔2026〕1号",
        "holidays": [off("2027-01-01", "2027-01-03", "元旦"), off("2027-02-22", "2027-02-28", "春节")],
        "working": [off("2027-01-10", "2027-01-10", "元旦")],
    });
    set(bench, "working_days", json!({ "years": [year] })).await;
}

fn year(body: &Value, year: i32) -> Value {
    let years = body["items"].as_array().unwrap();
    years.iter().find(|one| one["year"] == year).unwrap().clone()
}

#[tokio::test]
async fn a_year_is_unknown_until_the_bank_has_recorded_it_and_then_known_to_that_bank_alone() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let before = year(&bench.get(&officer(), "/working-days").await.expect(200), 2027);
        assert_eq!((&before["known"], &before["expected"]), (&json!(false), &json!(true)));
        record_2027(&bench).await;
        let body = bench.get(&officer(), "/working-days").await.expect(200);
        let after = year(&body, 2027);
        assert_eq!((&after["known"], &after["source"]), (&json!(true), &json!("国办发明电〔2026〕1号")));
        assert_eq!(
            after["days"],
            json!([
                { "from": "2027-01-01", "to": "2027-01-03", "worked": false },
                { "from": "2027-01-10", "to": "2027-01-10", "worked": true },
                { "from": "2027-02-22", "to": "2027-02-28", "worked": false },
            ])
        );
        assert_eq!(year(&body, 2026)["known"], true);
        for others in [other_officer(), finance()] {
            let body = bench.get(&others, "/working-days").await.expect(200);
            assert_eq!(year(&body, 2027)["known"], false, "{}", others.name);
        }
    }
}

#[tokio::test]
async fn a_year_that_cannot_be_is_refused_field_by_field() {
    let bench = Bench::new(Backend::Sqlite).await;
    let year = json!({ "year": 2027, "source": "通知", "holidays": [
        { "from": "2026-12-31", "to": "2027-01-03", "name": "元旦" }], "working": [
        { "from": "2027-01-11", "to": "2027-01-11", "name": "元旦" }] });
    let body = json!({ "content": { "years": [year] }, "effective_from": "2026-11-24", "reason": "登记" });
    let answer = bench.post(&manager(), "/parameters/working_days/proposals", body).await;
    let refused = answer.refused(422, "invalid-request").to_string();
    assert!(refused.contains("years[0].holidays[0].from"), "{refused}");
    assert!(refused.contains("years[0].working[0].from"), "a Monday: {refused}");
}

#[tokio::test]
async fn the_clocks_of_a_bank_count_by_the_holidays_that_it_has_recorded() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        record_2027(&bench).await;
        bench.at("2026-12-30T02:00:00Z");
        let facility = bench.facility().await;
        let patent = bench.patent(1, &finance(), json!({}));
        let asked = json!({ "facility_id": facility, "amount": "1000000.00", "tenor_months": 12,
            "purpose": "采购原料", "patent_ids": [patent] });
        let application = bench.post(&finance(), "/applications", asked).await.expect(201);
        // 31 December, then 4 to 7 January: New Year's Day, a Friday, is off.
        let clock = &application["clock"];
        assert_eq!((&clock["due_on"], &clock["calendar_known"]), (&json!("2027-01-07"), &json!(true)));
        assert_eq!(clock["remaining_days"], 5);
        bench.at("2027-01-04T02:00:00Z");
        let path = format!("/applications/{}", application["id"].as_str().unwrap());
        let clock = bench.get(&officer(), &path).await.expect(200)["clock"].clone();
        assert_eq!(clock["remaining_days"], 3);
        let listed = bench.get(&finance(), "/applications").await.expect(200);
        assert_eq!(listed["items"][0]["clock"], clock, "the list says the same");
    }
}

#[tokio::test]
async fn the_registers_time_counts_by_the_holidays_that_the_bank_has_recorded() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        record_2027(&bench).await;
        bench.at("2026-12-30T02:00:00Z");
        let facility = bench.facility().await;
        let patent = bench.patent(1, &finance(), json!({}));
        let valuation = bench.valuation(patent, &officer(), json!({}));
        let asked = json!({ "facility_id": facility, "amount": "1000000.00", "tenor_months": 12,
            "purpose": "采购原料", "patent_ids": [patent] });
        let application = bench.post(&finance(), "/applications", asked).await.expect(201);
        let id = application["id"].as_str().unwrap();
        let to = |step: &str| format!("/applications/{id}/{step}");
        let assessment = json!({ "valuations": [{ "patent_id": patent, "valuation_id": valuation }],
            "recommended_amount": "1000000.00", "comment": "可行" });
        bench.post(&officer(), &to("assess"), assessment).await.expect(200);
        bench.post(&approver(), &to("approve"), json!({})).await.expect(200);
        bench.registration_papers(&finance(), id).await;
        let pledge = bench.post(&officer(), &to("pledge"), json!({})).await.expect(201);
        // Two working days: 31 December and, after New Year's Day and the weekend, 4 January.
        assert_eq!(pledge["filing"]["due_on"], "2027-01-04");
    }
}

#[tokio::test]
async fn the_calculator_moves_due_dates_by_the_calendar_of_the_one_who_asks() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        record_2027(&bench).await;
        let terms = json!({
            "principal": "1200000.00", "annual_rate": "0.036", "first_drawdown": "2026-11-24", "instalments": 3,
            "period": "month", "every": 1, "repayment": "interest_only", "day_count": "actual/360",
            "roll": "following",
        });
        let dues = |body: &Value| -> Vec<String> {
            let all = body["instalments"].as_array().unwrap();
            all.iter().map(|one| one["due"].as_str().unwrap().to_owned()).collect()
        };
        let own = bench.post(&officer(), "/schedules/preview", terms.clone()).await.expect(200);
        assert_eq!(dues(&own), ["2026-12-24", "2027-01-25", "2027-03-01"], "24 January is a Sunday");
        // 120.00 a day: 30, 32 and 35 days.
        assert_eq!(own["totals"]["interest"], "11640.00");
        let shipped = bench.post(&finance(), "/schedules/preview", terms.clone()).await.expect(200);
        assert_eq!(dues(&shipped), ["2026-12-24", "2027-01-25", "2027-02-24"]);
        let mut unadjusted = terms;
        unadjusted["unadjusted"] = json!(true);
        let agreed = bench.post(&officer(), "/schedules/preview", unadjusted.clone()).await.expect(200);
        assert_eq!(
            (dues(&agreed)[2].as_str(), &agreed["totals"]["interest"]),
            ("2027-03-01", &json!("11040.00"))
        );
        unadjusted["roll"] = json!("nearest");
        bench.post(&officer(), "/schedules/preview", unadjusted).await.refused(422, "invalid-request");
    }
}

/// The bank offers the standard loan with due dates that move to the next working day.
async fn offer_rolled(bench: &Bench) {
    let products = bench.get(&officer(), "/parameters/lending_products").await.expect(200);
    let mut content = products["content"].clone();
    let mut product = content["products"][0].clone();
    product["code"] = json!("rolled");
    product["roll"] = json!("following");
    content["products"].as_array_mut().unwrap().push(product);
    set(bench, "lending_products", content).await;
}

/// 1,200,000 for three months from 2026-11-24 under that product.
fn rolled() -> Value {
    json!({ "enterprise_id": finance().tenant, "amount": "1200000.00", "tenor_months": 3, "product": "rolled" })
}

/// Due dates and interest of a loan's plan.
async fn plan(bench: &Bench, loan: &str) -> Vec<(String, String)> {
    let plan = bench.get(&officer(), &format!("/loans/{loan}/schedule")).await.expect(200);
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    let all = plan["instalments"].as_array().unwrap();
    all.iter().map(|one| (text(one, "due"), text(one, "interest"))).collect()
}

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(due, interest)| ((*due).to_owned(), (*interest).to_owned())).collect()
}

#[tokio::test]
async fn a_loan_under_a_product_with_a_roll_rule_falls_due_on_the_banks_working_days() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        record_2027(&bench).await;
        offer_rolled(&bench).await;
        let facility = bench.facility().await;
        pledged(&bench, &facility, &finance(), 1).await;
        let path = format!("/facilities/{facility}/drawdowns");
        let previewed = bench.post(&finance(), &format!("{path}/preview"), rolled()).await.expect(200);
        assert_eq!(
            (&previewed["roll"], &previewed["matures_on"]),
            (&json!("following"), &json!("2027-03-01"))
        );
        let drawn = bench.send(&finance(), "POST", &path, rolled(), Some("k1")).await.expect(201);
        assert_eq!(drawn["matures_on"], "2027-03-01");
        let loan = drawn["loan_id"].as_str().unwrap();
        let seen = bench.get(&officer(), &format!("/loans/{loan}")).await.expect(200);
        assert_eq!((&seen["roll"], &seen["plan_version"]), (&json!("following"), &json!(1)));
        assert_eq!((&seen["matures_on"], &seen["tenor_months"]), (&json!("2027-03-01"), &json!(3)));
        // 115.00 a day.
        let dues = pairs(&[("2026-12-24", "3450.00"), ("2027-01-25", "3680.00"), ("2027-03-01", "4025.00")]);
        assert_eq!(plan(&bench, loan).await, dues);
    }
}

#[tokio::test]
async fn due_dates_move_with_the_first_close_after_a_years_holidays_are_recorded() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        offer_rolled(&bench).await;
        let facility = bench.facility().await;
        pledged(&bench, &facility, &finance(), 1).await;
        let path = format!("/facilities/{facility}/drawdowns");
        let drawn = bench.send(&finance(), "POST", &path, rolled(), Some("k1")).await.expect(201);
        assert_eq!(drawn["matures_on"], "2027-02-24", "the holidays of 2027 are not known");
        let loan = drawn["loan_id"].as_str().unwrap();
        record_2027(&bench).await;
        bench.at("2026-11-25T02:00:00Z");
        close(&bench, "2026-11-24").await;
        let moved = pairs(&[("2026-12-24", "3450.00"), ("2027-01-25", "3680.00"), ("2027-03-01", "4025.00")]);
        assert_eq!(plan(&bench, loan).await, moved);
        let seen = bench.get(&officer(), &format!("/loans/{loan}")).await.expect(200);
        assert_eq!((&seen["plan_version"], &seen["matures_on"]), (&json!(2), &json!("2027-03-01")));
        bench.at("2026-11-26T02:00:00Z");
        close(&bench, "2026-11-25").await;
        let seen = bench.get(&officer(), &format!("/loans/{loan}")).await.expect(200);
        assert_eq!(seen["plan_version"], 2, "they move once");
        let trail = "SELECT action AS text FROM audit WHERE action = 'loan.due_dates_moved'";
        assert_eq!(bench.texts(trail).await.len(), 1);
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
