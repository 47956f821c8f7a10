//! The figures against those computed by hand.

use contracts::Envelope;
use serde_json::{Value, json};
use tx_kit::testing::Backend;
use uuid::Uuid;

use crate::{
    market::{BANK_A, BANK_B, ENTERPRISE_1, FACILITY_A, FACILITY_B, LOAN_1, LOAN_2, LOAN_3, PATENT, events},
    place::{NOW, Place},
};

fn id(value: u128) -> String {
    Uuid::from_u128(value).to_string()
}

fn has(found: &Value, expected: &Value) {
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&found[name], value, "{name} of {found:#}");
    }
}

#[tokio::test]
async fn the_overview_equals_the_sums_made_by_hand() {
    for backend in Backend::available().unwrap() {
        let place = Place::fed(backend, &events(), 200).await;
        let found = place.read("/overview").await;
        assert_eq!(found["as_of"], "2026-07-20");
        has(
            &found["totals"],
            &json!({
                "banks": 2, "facilities": 2, "limit": "15000000.00", "drawn": "5500000.00", "reserved": "0.00",
                "loans": 3, "outstanding": "5500000.00", "granted_amount": "6000000.00",
                "registered_amount": "3000000.00", "enterprises": 2, "overdue_loans": 2,
                "weighted_rate": "0.047273", "collateral_value": "8000000.00", "policies": 1,
                "insured_amount": "500000.00", "premium": "10600.00", "applications": 3, "claims": 3,
                "claims_reserve": "7000.00", "claims_paid": "30000.00",
                "nonperforming": "1000000.00", "nonperforming_ratio": "0.181818", "provision": "280000.00",
                "provision_cover": "0.28",
            }),
        );
        let banks = found["by_bank"].as_array().unwrap();
        assert_eq!(banks.len(), 2);
        has(
            &banks[0],
            &json!({
                "bank_id": id(BANK_A), "bank_name": "甲银行", "facilities": 1, "limit": "10000000.00",
                "drawn": "3500000.00", "available": "6500000.00", "utilisation": "0.35", "loans": 2,
                "outstanding": "3500000.00", "enterprises": 2, "weighted_rate": "0.045714", "applications": 2,
                "approved": 1, "approval_rate": "0.5", "average_days_to_decision": "7.5",
                "collateral_value": "8000000.00", "ltv": "0.4375", "hhi": "0.591837", "top10_share": "1",
                "nonperforming": "1000000.00", "nonperforming_ratio": "0.285714", "provision": "280000.00",
                "provision_cover": "0.28",
            }),
        );
        has(
            &banks[1],
            &json!({
                "bank_id": id(BANK_B), "outstanding": "2000000.00", "weighted_rate": "0.05", "applications": 1,
                "approval_rate": null, "average_days_to_decision": null, "ltv": null, "hhi": "1",
                "nonperforming_ratio": "0", "provision": "0.00", "provision_cover": null,
            }),
        );
    }
}

#[tokio::test]
async fn series_by_month_and_cuts_by_industry_and_borrower_add_up() {
    for backend in Backend::available().unwrap() {
        let place = Place::fed(backend, &events(), 200).await;
        let found = place.read("/overview").await;
        let months = found["by_month"].as_array().unwrap();
        let row = |month: &Value| {
            ["month", "granted", "repaid", "outstanding"].map(|name| month[name].as_str().unwrap().to_owned())
        };
        assert_eq!(months.len(), 7);
        assert_eq!(row(&months[0]), ["2026-01", "3000000.00", "0.00", "3000000.00"]);
        assert_eq!(row(&months[1]), ["2026-02", "1000000.00", "0.00", "4000000.00"]);
        assert_eq!(row(&months[2]), ["2026-03", "2000000.00", "500000.00", "5500000.00"]);
        assert_eq!(row(&months[6]), ["2026-07", "0.00", "0.00", "5500000.00"]);
        has(&months[0], &json!({ "applications": 2, "approved": 1, "registered": "3000000.00" }));
        has(&months[2], &json!({ "applications": 1, "premium": "11000.00" }));
        has(&months[4], &json!({ "premium": "-400.00" }));
        has(
            &found["by_industry"][0],
            &json!({
                "industry": "lithium_potassium", "industry_name": "锂钾", "outstanding": "4500000.00", "loans": 2,
            }),
        );
        assert_eq!(found["heat_map"].as_array().unwrap().len(), 3);
        has(
            &found["concentration"][0],
            &json!({ "enterprise_id": id(ENTERPRISE_1), "outstanding": "4500000.00", "share": "0.818182" }),
        );
    }
}

#[tokio::test]
async fn the_lag_is_how_long_the_newest_event_was_on_its_way() {
    for backend in Backend::available().unwrap() {
        let mut events = events();
        assert_eq!(Place::on(backend).await.read("/overview").await["lag_seconds"], 0);
        let last = events.last_mut().unwrap();
        last.occurred_at =
            NOW.parse::<chrono::DateTime<chrono::Utc>>().unwrap() - chrono::TimeDelta::seconds(3);
        let place = Place::fed(backend, &events, 200).await;
        assert_eq!(place.read("/overview").await["lag_seconds"], 3);
    }
}

#[tokio::test]
async fn every_figure_drills_down_to_its_rows() {
    for backend in Backend::available().unwrap() {
        let place = Place::fed(backend, &events(), 200).await;
        let facility = place.read(&format!("/facilities/{}", id(FACILITY_A))).await;
        has(
            &facility,
            &json!({
                "limit": "10000000.00", "drawn": "3500000.00", "available": "6500000.00", "status": "active",
                "currency": "CNY",
            }),
        );
        let members = facility["members"].as_array().unwrap();
        has(
            &members[0],
            &json!({ "drawn": "2500000.00", "available": "1500000.00", "share_of_limit": "0.25" }),
        );
        has(&members[1], &json!({ "drawn": "1000000.00", "enterprise_name": "企业2" }));
        let loan = place.read(&format!("/loans/{}", id(LOAN_1))).await;
        has(
            &loan,
            &json!({
                "principal": "3000000.00", "outstanding": "2500000.00", "interest_paid": "10000.00",
                "annual_rate": "0.04", "overdue_days": 10, "status": "active", "facility_name": "集合授信fa",
            }),
        );
        let names: Vec<&str> =
            loan["events"].as_array().unwrap().iter().map(|event| event["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["loan.repaid.v1", "loan.state_changed.v1", "loan.drawn.v1"]);
        has(&loan["repayments"][0], &json!({ "paid_on": "2026-03-10", "principal": "500000.00" }));
        let overdue = place.read("/loans?status=overdue").await;
        let late: Vec<(&str, i64)> = overdue["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|loan| (loan["number"].as_str().unwrap(), loan["overdue_days"].as_i64().unwrap()))
            .collect();
        assert_eq!(late, [("L102", 15), ("L101", 10)], "one before its last day, one after it");
        let due_today = place.read(&format!("/loans/{}", id(LOAN_3))).await;
        has(&due_today, &json!({ "matures_on": "2027-03-20", "overdue_days": 0 }));
        let answer = place.ask(Some(&crate::place::examiner()), "GET", "/loans/export?format=csv", "").await;
        let text = String::from_utf8(answer.body).unwrap();
        let line = text.lines().find(|line| line.contains("L102")).unwrap();
        assert!(line.trim_end().ends_with(",15"), "{line}");
        let of_bank_b = place.read(&format!("/loans?bank_id={}", id(BANK_B))).await;
        assert_eq!(of_bank_b["items"][0]["outstanding"], "2000000.00");
        let missing =
            place.ask(Some(&crate::place::examiner()), "GET", &format!("/loans/{}", id(77)), "").await;
        assert_eq!(missing.status, 404);
    }
}

#[tokio::test]
async fn tiers_stages_and_provisions_add_up_and_lead_to_their_loans() {
    for backend in Backend::available().unwrap() {
        let place = Place::fed(backend, &events(), 200).await;
        let found = place.read("/overview").await;
        let tiers = found["by_tier"].as_array().unwrap();
        let names: Vec<&str> = tiers.iter().map(|one| one["tier"].as_str().unwrap()).collect();
        assert_eq!(names, ["normal", "special_mention", "substandard", "doubtful", "loss", "unassessed"]);
        // A payment came after the first close: what is owed is the payment's, the tier the close's.
        has(
            &tiers[0],
            &json!({ "loans": 1, "outstanding": "2500000.00", "provision": "30000.00", "cover": "0.012" }),
        );
        has(&tiers[1], &json!({ "loans": 0, "outstanding": "0.00", "cover": null }));
        has(
            &tiers[2],
            &json!({ "loans": 1, "outstanding": "1000000.00", "cover": "0.25", "share": "0.181818" }),
        );
        has(&tiers[5], &json!({ "loans": 1, "outstanding": "2000000.00", "provision": "0.00" }));
        let stages: Vec<(i64, &str)> = found["by_stage"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["stage"].as_i64().unwrap(), one["outstanding"].as_str().unwrap()))
            .collect();
        assert_eq!(stages, [(1, "2500000.00"), (2, "0.00"), (3, "1000000.00"), (0, "2000000.00")]);
        let loan = place.read(&format!("/loans/{}", id(LOAN_2))).await;
        has(
            &loan,
            &json!({
                "tier": "substandard", "stage": 3, "provision": "250000.00", "assessed_on": "2026-07-15",
                "assessed_overdue_days": 10, "overdue_days": 15, "annual_rate": "0.06",
            }),
        );
        let new = place.read(&format!("/loans/{}", id(LOAN_3))).await;
        has(&new, &json!({ "tier": null, "stage": null, "provision": "0.00", "assessed_on": null }));
        let count = async |path: &str| place.read(path).await["items"].as_array().unwrap().len();
        for (path, expected) in [
            ("/loans?tier=nonperforming", 1),
            ("/loans?tier=normal", 1),
            ("/loans?tier=unassessed", 1),
            ("/loans?tier=loss", 0),
            ("/loans?stage=3", 1),
            ("/loans?stage=2", 0),
            ("/loans?status=written_off", 0),
        ] {
            assert_eq!(count(path).await, expected, "{path}");
        }
        let sorted = place.read("/loans?sort=-provision").await;
        assert_eq!(sorted["items"][0]["number"], "L102");
    }
}

#[tokio::test]
async fn lists_are_filtered_sorted_and_paged() {
    for backend in Backend::available().unwrap() {
        let place = Place::fed(backend, &events(), 200).await;
        let count = async |path: &str| place.read(path).await["items"].as_array().unwrap().len();
        for (path, expected) in [
            ("/facilities?q=锂钾", 2),
            ("/facilities?status=proposed", 0),
            ("/loans?industry=new_materials", 1),
            ("/loans?month=2026-03", 1),
            ("/loans?q=企业1", 2),
            ("/applications?status=refused", 1),
            ("/applications?month=2026-01", 2),
            ("/pledges?status=registered", 1),
            ("/policies?status=in_force", 1),
            ("/policies?status=cancelled", 1),
            ("/policies?status=expired", 0),
            ("/valuations?purpose=pledge", 3),
            ("/events?name=claim.paid.v1", 2),
        ] {
            assert_eq!(count(path).await, expected, "{path}");
        }
        assert_eq!(count(&format!("/valuations?patent_id={}", id(PATENT))).await, 3);
        assert_eq!(count(&format!("/events?aggregate_id={}", id(FACILITY_B))).await, 1);
        let first = place.read("/loans?sort=-principal&limit=2").await;
        assert_eq!(first["items"][0]["principal"], "3000000.00");
        let cursor = first["next_cursor"].as_str().unwrap();
        let second = place.read(&format!("/loans?sort=-principal&limit=2&cursor={cursor}")).await;
        assert_eq!(second["items"][0]["principal"], "1000000.00");
        assert_eq!(second["next_cursor"], Value::Null);
        let unsortable = place.ask(Some(&crate::place::examiner()), "GET", "/loans?sort=colour", "").await;
        assert_eq!(unsortable.status, 422);
    }
}

#[tokio::test]
async fn the_same_patent_valued_by_two_banks_shows_its_spread() {
    for backend in Backend::available().unwrap() {
        let place = Place::fed(backend, &events(), 200).await;
        let found = place.read("/valuation-deviations").await;
        let row = &found["items"][0];
        has(
            row,
            &json!({ "low": "4000000.00", "high": "7900000.00", "spread": "0.975", "number": "CN101234567A" }),
        );
        has(
            &row["values"][0],
            &json!({ "bank_name": "甲银行", "value": "7900000.00", "valuation_date": "2026-05-01" }),
        );
        assert_eq!(place.read("/valuation-deviations?spread_min=1").await["items"], json!([]));
    }
}

#[tokio::test]
async fn nothing_heard_is_an_empty_market() {
    for backend in Backend::available().unwrap() {
        let nothing: [Envelope; 0] = [];
        let place = Place::fed(backend, &nothing, 1).await;
        let found = place.read("/overview").await;
        has(
            &found["totals"],
            &json!({ "banks": 0, "outstanding": "0.00", "weighted_rate": null, "ltv": null }),
        );
        assert_eq!(found["by_month"], json!([]));
        assert_eq!(found["newest_event_at"], Value::Null);
    }
}
