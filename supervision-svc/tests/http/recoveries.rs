//! Disposals and recoveries, fund use and remaining cover, appeals: the figures against those made by hand and against
//! their own rows.

use finance::Money;
use serde_json::{Value, json};
use supervision_svc::recovery_totals;
use tx_kit::testing::Backend;
use uuid::Uuid;

use crate::{
    market::{BANK_A, BANK_B, LOAN_1, Market, events},
    place::Place,
    workouts::{AGREEMENT, CASE, CASE_NOT_OPENED, FUND},
};

fn id(value: u128) -> String {
    Uuid::from_u128(value).to_string()
}

fn has(found: &Value, expected: &Value) {
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&found[name], value, "{name} of {found:#}");
    }
}

fn total<'v>(rows: impl IntoIterator<Item = &'v Value>, name: &str) -> String {
    let amounts = rows.into_iter().map(|row| row[name].as_str().unwrap().parse::<Money>().unwrap());
    Money::total(amounts).unwrap().to_string()
}

#[tokio::test]
async fn the_figures_of_a_bank_equal_the_sums_made_by_hand() {
    for backend in Backend::available().unwrap() {
        let place = Place::fed(backend, &events(), 200).await;
        let found = place.read("/recoveries").await;
        assert_eq!(found["as_of"], "2026-07-20");
        let expected = json!({
            "cases": 1, "open_cases": 1, "claim": "2500000.00", "costs": "20000.00", "proceeds": "1520000.00",
            "loss": "1000000.00", "compensated": "540000.00", "own_loss": "460000.00", "written_off": "0.00",
            "recovered": "100000.00", "returned": "54000.00", "recovery_rate": "0.648", "agreements": 1,
            "stopped_agreements": 1, "commitment": "10000000.00", "fund_paid": "540000.00",
            "fund_returned": "54000.00", "fund_used": "486000.00", "fund_pending": "0.00",
            "cover_left": "9514000.00", "appeals": 1, "open_appeals": 0, "upheld": 1, "reopened": 0,
            "reopened_share": "0", "average_days_to_decision": "7",
        });
        has(&found["totals"], &expected);
        let banks = found["by_bank"].as_array().unwrap();
        assert_eq!(banks.len(), 2);
        assert_eq!((&banks[0]["bank_id"], &banks[0]["bank_name"]), (&json!(id(BANK_A)), &json!("甲银行")));
        has(&banks[0], &expected);
        let nothing = json!({
            "bank_id": id(BANK_B), "cases": 0, "claim": "0.00", "recovery_rate": null, "agreements": 0,
            "cover_left": "0.00", "appeals": 0, "average_days_to_decision": null,
        });
        has(&banks[1], &nothing);
        let months = found["by_month"].as_array().unwrap();
        let month = |name: &str| months.iter().find(|month| month["month"] == name).unwrap();
        has(month("2026-01"), &json!({ "fund_capital": "20000000.00", "appeals": 0 }));
        has(month("2026-02"), &json!({ "appeals": 1, "proceeds": "0.00" }));
        has(month("2026-05"), &json!({ "proceeds": "1520000.00", "loss": "1000000.00", "costs": "0.00" }));
        has(
            month("2026-06"),
            &json!({
                "compensated": "540000.00", "recovered": "100000.00", "fund_paid": "540000.00",
                "fund_returned": "54000.00",
            }),
        );
    }
}

#[tokio::test]
async fn every_figure_equals_the_sum_of_the_rows_that_it_leads_to() {
    for backend in Backend::available().unwrap() {
        let place = Place::fed(backend, &events(), 3).await;
        let found = place.read("/recoveries").await;
        let bank = &found["by_bank"][0];
        let of_bank = format!("bank_id={}", id(BANK_A));
        let cases = place.read(&format!("/disposals?{of_bank}")).await;
        let cases = cases["items"].as_array().unwrap();
        for name in ["claim", "costs", "proceeds", "loss", "compensated", "own_loss", "recovered", "returned"]
        {
            assert_eq!(bank[name], total(cases, name), "{name}");
        }
        let case = place.read(&format!("/disposals/{}", id(CASE))).await;
        let movements = case["movements"].as_array().unwrap();
        for (kind, name) in [
            ("cost", "costs"),
            ("proceeds", "proceeds"),
            ("sharing", "loss"),
            ("compensation", "compensated"),
            ("recovery", "recovered"),
        ] {
            let of_kind = movements.iter().filter(|row| row["kind"] == kind);
            assert_eq!(case[name], total(of_kind, "amount"), "{kind}");
        }
        assert_eq!(case["loan_id"], id(LOAN_1));
        assert_eq!(case["events"].as_array().unwrap().len(), 7);
        let agreements = place.read(&format!("/fund-agreements?status=open&{of_bank}")).await;
        let agreements = agreements["items"].as_array().unwrap();
        for (figure, name) in
            [("commitment", "commitment"), ("fund_used", "used"), ("cover_left", "cover_left")]
        {
            assert_eq!(bank[figure], total(agreements, name), "{figure}");
        }
        let agreement = place.read(&format!("/fund-agreements/{}", id(AGREEMENT))).await;
        let movements = agreement["movements"].as_array().unwrap();
        for (kind, name) in [("compensation", "paid"), ("recovery", "returned")] {
            assert_eq!(agreement[name], total(movements.iter().filter(|row| row["kind"] == kind), "amount"));
        }
        assert_eq!(
            (&agreement["status"], &agreement["stop_cause"]),
            (&json!("stopped"), &json!("compensated"))
        );
        let appeals = place.read(&format!("/appeals?outcome=upheld&{of_bank}")).await;
        assert_eq!(bank["upheld"], appeals["items"].as_array().unwrap().len());
        assert_eq!(bank["fund_paid"], bank["compensated"], "the fund alone bears a part here");
        let totals = recovery_totals(place.db.read()).await.unwrap();
        assert_eq!(totals.len(), 1, "a bank without any has none");
    }
}

#[tokio::test]
async fn a_fund_holds_what_its_movements_left_and_promises_what_its_agreements_have_left() {
    for backend in Backend::available().unwrap() {
        let place = Place::fed(backend, &events(), 200).await;
        let fund = place.read("/funds").await["items"][0].clone();
        has(
            &fund,
            &json!({
                "id": id(FUND), "capital": "20000000.00", "paid": "540000.00", "recovered": "54000.00",
                "balance": "19514000.00", "committed": "9514000.00", "free": "10000000.00", "use_ratio": "0.0243",
            }),
        );
        let movements = place.read(&format!("/fund-movements?fund_id={}&sort=booked_on", id(FUND))).await;
        let movements = movements["items"].as_array().unwrap();
        assert_eq!(movements.len(), 3);
        assert_eq!(movements[2]["balance"], fund["balance"]);
        let agreements = place.read(&format!("/fund-agreements?fund_id={}", id(FUND))).await;
        assert_eq!(fund["committed"], total(agreements["items"].as_array().unwrap(), "cover_left"));
        let of_bank = place.read(&format!("/fund-movements?bank_id={}&kind=recovery", id(BANK_A))).await;
        assert_eq!(of_bank["items"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_case_that_was_not_opened_is_listed_and_counts_nowhere() {
    for backend in Backend::available().unwrap() {
        let place = Place::fed(backend, &events(), 1).await;
        let of_bank = format!("/disposals?bank_id={}", id(BANK_B));
        let listed = place.read(&of_bank).await;
        assert_eq!(listed["items"][0]["id"], id(CASE_NOT_OPENED));
        assert_eq!(listed["items"][0]["outcome"], "not_opened");
        let open = place.read(&format!("{of_bank}&status=open")).await;
        assert_eq!(open["items"], json!([]));
        assert_eq!(place.read("/recoveries").await["totals"]["cases"], 1);
    }
}

/// Every order of five.
fn orders() -> Vec<Vec<usize>> {
    let mut all: Vec<Vec<usize>> = vec![Vec::new()];
    for next in 0..5 {
        all = all
            .into_iter()
            .flat_map(|order| {
                (0..=order.len()).map(move |place| {
                    let mut longer = order.clone();
                    longer.insert(place, next);
                    longer
                })
            })
            .collect();
    }
    all
}

#[tokio::test]
async fn a_refusal_that_was_lifted_and_decided_anew_reads_the_same_in_whatever_order_it_is_heard() {
    for backend in Backend::available().unwrap() {
        let orders = orders();
        assert_eq!(orders.len(), 120);
        let (mut market, mut told) = (Market::default(), Vec::new());
        for (number, order) in orders.iter().enumerate() {
            let (application, from) = (0xb000 + number as u128, market.events.len());
            market.application(application, BANK_A, "2026-01-20", Some(("refused", "2026-01-30", 10)));
            market.appeal(application, BANK_A, 4, "2026-02-03");
            market.appeal_decided(application, BANK_A, (5, "reopened"), ("2026-02-09", 6));
            market.tell(application, 8, "2026-02-20", {
                let mut again = market.events[from + 1].event.clone();
                if let contracts::Event::ApplicationDecided(decided) = &mut again {
                    decided.outcome = "approved".into();
                    decided.approved_amount = "3000000.00".parse().unwrap();
                    decided.days = 31;
                }
                again
            });
            told.extend(order.iter().map(|place| market.events[from + place].clone()));
        }
        let place = Place::fed(backend, &told, 7).await;
        let overview = place.read("/overview").await;
        assert_eq!(overview["by_bank"][0]["approved"], 120);
        assert_eq!(overview["by_bank"][0]["average_days_to_decision"], "31");
        let listed = place.read("/applications?status=approved&limit=200").await;
        let listed = listed["items"].as_array().unwrap();
        assert_eq!(listed.len(), 120);
        for row in listed {
            has(row, &json!({ "decided_on": "2026-02-20", "days_to_decision": 31 }));
        }
        let figures = place.read("/recoveries").await["totals"].clone();
        has(
            &figures,
            &json!({
                "appeals": 120, "open_appeals": 0, "reopened": 120, "reopened_share": "1",
                "average_days_to_decision": "6",
            }),
        );
        let late = place.read("/appeals?limit=1").await["items"][0].clone();
        has(&late, &json!({ "due_on": "2026-02-09", "decided_on": "2026-02-09", "late": false }));
    }
}
