//! The close of business over the router, and payments on loans that are late.

use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};
use tx_kit::testing::Backend;

use super::{
    bench::{Bench, examiner, finance, officer, operations, other_officer},
    facility::{draw, pledged, repay},
    payment_reversal::undone,
    subsidies::controls_agree,
};

pub async fn lent(bench: &Bench) -> String {
    let facility = bench.facility().await;
    pledged(bench, &facility, &finance(), 1).await;
    let drawn = draw(bench, &facility, &finance(), "1000000.00", "k1").await.expect(201);
    drawn["loan_id"].as_str().unwrap().to_owned()
}

/// Closes up to a day; a request works for some seconds at a time.
pub async fn close(bench: &Bench, until: &str) -> Value {
    for _ in 0..100 {
        let answer = bench.post(&operations(), "/closings", json!({ "business_date": until })).await;
        if answer.status.as_u16() != 202 {
            return answer.expect(200);
        }
    }
    panic!("{until} does not get closed");
}

/// The balance of an account of the officer's bank.
pub async fn account(bench: &Bench, code: &str) -> String {
    let body = bench.get(&officer(), "/ledger/trial-balance").await.expect(200);
    assert_eq!(body["totals"]["debit"], body["totals"]["credit"], "{body}");
    let rows = body["accounts"].as_array().unwrap();
    rows.iter()
        .find(|row| row["account"] == code)
        .map_or_else(|| "0.00".to_owned(), |row| row["balance"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn days_are_closed_in_order_and_interest_becomes_receivable_day_by_day() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        lent(&bench).await;
        bench.at("2026-11-27T02:00:00Z");
        // Drawn on the 24th: three days to the morning of the 27th, 1,000,000 × 3.45 % × 3/360 = 287.50.
        let closed = close(&bench, "2026-11-26").await;
        assert_eq!((closed["days"].as_u64(), closed["closed_to"].as_str()), (Some(3), Some("2026-11-26")));
        assert_eq!(account(&bench, "1132").await, "287.50");
        assert_eq!(account(&bench, "6011").await, "-287.50");
        // Closing again changes nothing.
        assert_eq!(close(&bench, "2026-11-26").await["days"], 0);
        assert_eq!(account(&bench, "1132").await, "287.50");
        bench
            .post(&operations(), "/closings", json!({ "business_date": "2026-11-28" }))
            .await
            .refused(409, "day-ahead");
        let runs = bench.get(&officer(), "/closings").await.expect(200);
        let days: Vec<&str> = runs["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|run| run["business_date"].as_str().unwrap())
            .collect();
        assert_eq!(days, ["2026-11-26", "2026-11-25", "2026-11-24"]);
        let one = format!("/closings/{}", runs["items"][0]["id"].as_str().unwrap());
        assert_eq!(bench.get(&examiner(), &one).await.expect(200)["done"], 1);
        bench.get(&other_officer(), &one).await.refused(404, "not-found");
    }
}

#[tokio::test]
async fn a_payment_between_closes_meets_what_is_receivable_to_the_fen() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        bench.at("2026-12-24T02:00:00Z");
        close(&bench, "2026-12-23").await;
        // Thirty days: 2,875.00 fall due today.
        assert_eq!(account(&bench, "1132").await, "2875.00");
        let paid = repay(&bench, &loan, "2875.00", "r1").await.expect(201);
        assert_eq!((paid["interest"].as_str(), paid["principal"].as_str()), (Some("2875.00"), Some("0.00")));
        assert_eq!(account(&bench, "1132").await, "0.00");
        assert_eq!(account(&bench, "6011").await, "-2875.00");
        bench.at("2026-12-26T02:00:00Z");
        close(&bench, "2026-12-25").await;
        assert_eq!(account(&bench, "1132").await, "191.67");
        let notices = bench.get(&finance(), "/notices").await.expect(200);
        let kinds: Vec<&str> =
            notices["items"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
        assert!(kinds.contains(&"due_soon") && kinds.contains(&"due"), "{notices}");
        assert!(!kinds.contains(&"overdue"), "{notices}");
        let items = notices["items"].as_array().unwrap();
        let soon = items.iter().find(|one| one["kind"] == "due_soon").unwrap();
        assert_eq!((&soon["due_on"], &soon["amount"]), (&json!("2026-12-24"), &json!("2875.00")));
    }
}

#[tokio::test]
async fn what_falls_due_soon_is_announced_with_its_amount_though_the_loan_is_late() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        lent(&bench).await;
        // Nothing is paid: 2,875.00 of 24 December are late when thirty-one days more fall due on 24 January.
        bench.at("2027-01-21T02:00:00Z");
        close(&bench, "2027-01-20").await;
        let notices = bench.get(&finance(), "/notices?kind=due_soon").await.expect(200);
        let told: Vec<(&str, &str)> = notices["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["due_on"].as_str().unwrap(), one["amount"].as_str().unwrap()))
            .collect();
        assert!(told.contains(&("2027-01-24", "2970.83")), "the instalment alone: {told:?}");
        assert!(told.contains(&("2026-12-24", "2875.00")));
        assert_eq!(told.len(), 2, "each due date once: {told:?}");
    }
}

/// What the books show of a loan's interest: receivable, and beside them suspended.
async fn shown(bench: &Bench) -> (Decimal, Decimal) {
    let (receivable, suspended) = (account(bench, "1132").await, account(bench, "9101").await);
    (receivable.parse().unwrap(), suspended.parse().unwrap())
}

/// What a day earns on a million and its receivable, less what is provided for, at 3.45 %.
fn net_day(receivable: Decimal, risk: &Value) -> Decimal {
    let allowance: Decimal = risk["provision"].as_str().unwrap().parse().unwrap();
    let net = Decimal::from(1_000_000) + receivable - allowance;
    let day = net * Decimal::new(345, 4) / Decimal::from(360);
    day.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

#[tokio::test]
async fn a_loan_that_is_late_bears_penalty_and_from_stage_three_on_earns_on_what_is_not_provided_for() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        bench.at("2027-01-08T02:00:00Z");
        close(&bench, "2027-01-07").await;
        let path = format!("/loans/{loan}");
        let view = bench.get(&officer(), &path).await.expect(200);
        assert_eq!(view["overdue_days"], 15);
        assert_eq!(view["overdue_interest"], "2875.00");
        // Fifteen days of interest on 2,875.00 within the term, at the contract rate: 4.13.
        assert_eq!(view["interest_on_interest"], "4.13");
        // 2,875.00 due, 15 days of contract interest 1,437.50, and 4.13: stage 2, all of it is earned.
        assert_eq!(view["interest_accrued"], "4316.63");
        assert_eq!(account(&bench, "1132").await, "4316.63");
        // Ninety-one days late on the morning of 25 March: stage 3 from then on; the day before was earned in whole.
        // 2,875.00 + 2,970.83 + 2,970.83 + 2,683.33 due, one day 95.83, and 50.67 of interest on interest.
        bench.at("2027-03-25T02:00:00Z");
        close(&bench, "2027-03-24").await;
        let risk = bench.get(&officer(), &format!("{path}/risk")).await.expect(200);
        assert_eq!((&risk["stage"], &risk["overdue_days"]), (&json!(3), &json!(91)));
        let entered: Decimal = "11646.49".parse().unwrap();
        assert_eq!(shown(&bench).await, (entered, Decimal::ZERO));
        // The day after earns (1,000,000.00 + 11,646.49 − allowance) × 3.45 % / 360; the rest of what is owed is suspended.
        bench.at("2027-03-26T02:00:00Z");
        close(&bench, "2027-03-25").await;
        let earned = net_day(entered, &risk);
        let view = bench.get(&officer(), &path).await.expect(200);
        let owed = view["interest_accrued"].as_str().unwrap().to_owned();
        let all: Decimal = owed.parse().unwrap();
        assert_eq!(shown(&bench).await, (entered + earned, all - entered - earned));
        assert_eq!(account(&bench, "6011").await, format!("-{}", entered + earned));
        controls_agree(&bench).await;
        // What is paid settles what is receivable first, and the rest is income then; overdue principal would come first,
        // but none is due yet. The borrower owes what the contract says all the time.
        let risk = bench.get(&officer(), &format!("{path}/risk")).await.expect(200);
        let paid = repay(&bench, &loan, &owed, "r1").await.expect(201);
        assert_eq!(paid["interest"].as_str(), Some(owed.as_str()));
        assert_eq!(account(&bench, "6011").await, format!("-{owed}"));
        assert_eq!(shown(&bench).await, (Decimal::ZERO, Decimal::ZERO));
        controls_agree(&bench).await;
        let notices = bench.get(&finance(), "/notices?kind=overdue").await.expect(200);
        assert!(notices["items"].as_array().unwrap().len() >= 4, "{notices}");
        // The payment is undone the day after: that day is worked out on the net carrying amount without it.
        bench.at("2027-03-27T02:00:00Z");
        close(&bench, "2027-03-26").await;
        undone(&bench, &loan, paid["id"].as_str().unwrap(), "u1").await;
        let receivable = entered + earned + net_day(entered + earned, &risk);
        let view = bench.get(&officer(), &path).await.expect(200);
        let all: Decimal = view["interest_accrued"].as_str().unwrap().parse().unwrap();
        assert_eq!(shown(&bench).await, (receivable, all - receivable));
        assert_eq!(account(&bench, "6011").await, format!("-{receivable}"));
        controls_agree(&bench).await;
    }
}

#[tokio::test]
async fn what_is_suspended_stays_so_where_a_settled_loan_comes_back_is_settled_again_and_comes_back() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = lent(&bench).await;
        let path = format!("/loans/{loan}");
        bench.at("2027-03-27T02:00:00Z");
        close(&bench, "2027-03-26").await;
        let (_, mut suspended) = shown(&bench).await;
        assert!(suspended > Decimal::ZERO);
        // Settled before a close and back after it: the second time no close has found it impaired since it came back.
        for (key, closed, next) in [("1", "2027-03-27", "2027-03-28"), ("2", "2027-03-28", "2027-03-29")] {
            let view = bench.get(&officer(), &path).await.expect(200);
            let paid = repay(&bench, &loan, view["payoff"].as_str().unwrap(), key).await.expect(201);
            assert_eq!(shown(&bench).await, (Decimal::ZERO, Decimal::ZERO));
            bench.at(&format!("{next}T02:00:00Z"));
            close(&bench, closed).await;
            undone(&bench, &loan, paid["id"].as_str().unwrap(), key).await;
            let (receivable, beside) = shown(&bench).await;
            let view = bench.get(&officer(), &path).await.expect(200);
            let all: Decimal = view["interest_accrued"].as_str().unwrap().parse().unwrap();
            assert_eq!(receivable + beside, all);
            assert!(
                beside > suspended,
                "the day between is suspended beyond the net carrying amount: {beside}"
            );
            assert_eq!(account(&bench, "6011").await, format!("-{receivable}"));
            controls_agree(&bench).await;
            suspended = beside;
        }
    }
}
