//! Value added tax over the router: from the first day of a month, split off at each month's end, in the book of each bank that
//! lends; small firms' loans that are exempt, and one that was recognised so by mistake.

use identity::{Caller, Role};
use pledge_svc::closing::catch_up_all;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};
use tx_kit::testing::Backend;
use uuid::Uuid;

use super::{
    bench::{Answer, Bench, approver, approver_of, finance, officer, org, other_officer},
    closing::{account, close, lent},
    disposal::risk_manager,
    facility::draw,
    facility_life::{approved, unsecured},
    subsidies::controls_agree,
};

async fn proposed(bench: &Bench, who: &Caller, kind: &str, content: Value, from: &str) -> Answer {
    let body = json!({ "content": content, "effective_from": from, "reason": "行内规定" });
    bench.post(who, &format!("/parameters/{kind}/proposals"), body).await
}

/// What a bank states from a day on, proposed by one and approved by another of it; the version.
async fn stated(
    bench: &Bench,
    (maker, checker): (&Caller, &Caller),
    kind: &str,
    content: Value,
    from: &str,
) -> Value {
    let made = proposed(bench, maker, kind, content, from).await.expect(201);
    let approve = format!("/parameters/{kind}/proposals/{}/approve", made["id"].as_str().unwrap());
    bench.post(checker, &approve, json!({})).await.expect(200)
}

/// What the tax within an amount is at 6 %, half a fen up.
fn within(gross: Decimal) -> Decimal {
    let exact = gross * Decimal::from(6) / Decimal::from(106);
    exact.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

async fn amount(bench: &Bench, code: &str) -> Decimal {
    account(bench, code).await.parse().unwrap()
}

#[tokio::test]
async fn tax_is_stated_from_the_first_day_of_a_month_and_what_is_approved_later_waits_for_the_next() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let (kind, rate) = ("value_added_tax", json!({ "rate": "0.06" }));
        for within in ["2026-11-24", "2026-11-30", "2026-12-02"] {
            let refused = proposed(&bench, &risk_manager(), kind, rate.clone(), within).await;
            let refused = refused.refused(422, "invalid-request");
            assert_eq!(refused["errors"][0]["field"], "effective_from", "{refused}");
        }
        // The next first of a month lies beyond the two years.
        let refused = proposed(&bench, &risk_manager(), kind, rate.clone(), "2028-11-02").await;
        let refused = refused.refused(422, "invalid-request");
        assert!(refused["errors"].to_string().contains("2028-11-01"), "{refused}");
        let shown = bench.get(&officer(), "/parameters/value_added_tax").await.expect(200);
        assert_eq!(
            (&shown["from_the_first_of_a_month"], &shown["first_day"]),
            (&json!(true), &json!("2026-12-01"))
        );
        let made = proposed(&bench, &risk_manager(), kind, rate, "2026-12-01").await.expect(201);
        bench.at("2026-12-03T02:00:00Z");
        let approve = format!("/parameters/{kind}/proposals/{}/approve", made["id"].as_str().unwrap());
        let version = bench.post(&approver(), &approve, json!({})).await.expect(200);
        assert_eq!(version["effective_from"], "2027-01-01", "December has begun without it");
    }
}

#[tokio::test]
async fn a_bank_that_states_its_tax_has_it_split_off_at_the_months_end_once() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let two = (&risk_manager(), &approver());
        stated(&bench, two, "value_added_tax", json!({ "rate": "0.06" }), "2026-12-01").await;
        bench.at("2026-12-08T02:00:00Z");
        lent(&bench).await;
        bench.at("2027-01-01T02:00:00Z");
        close(&bench, "2026-12-30").await;
        assert_eq!(account(&bench, "222101").await, "0.00");
        // Twenty-four days of December: 1,000,000 × 3.45 % × 24/360 = 2,300.00, of which 6/106 are tax: 130.19.
        for _ in 0..2 {
            close(&bench, "2026-12-31").await;
            assert_eq!(account(&bench, "1132").await, "2300.00");
            assert_eq!(
                (account(&bench, "222101").await, account(&bench, "6011").await),
                ("-130.19".into(), "-2169.81".into())
            );
        }
        let body = bench.get(&officer(), "/ledger/trial-balance").await.expect(200);
        assert_eq!(body["vat_rate"], "0.06");
        controls_agree(&bench).await;
    }
}

#[tokio::test]
async fn each_bank_of_a_syndicate_is_taxed_on_its_own_part_of_the_interest_at_its_own_rate() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let kind = "value_added_tax";
        stated(&bench, (&risk_manager(), &approver()), kind, json!({ "rate": "0.06" }), "2026-12-01").await;
        let manager = Caller {
            user: contracts::UserId::from_uuid(Uuid::from_u128(1_106)),
            roles: vec![Role::RiskManager],
            ..other_officer()
        };
        let theirs = (&manager, &approver_of(org(11)));
        stated(&bench, theirs, kind, json!({ "rate": "0.13" }), "2026-12-01").await;
        let bank = |number: u128, share: &str| json!({ "bank_id": org(number), "share": share });
        let shares = [bank(10, "0.5"), bank(11, "0.3"), bank(12, "0.2")];
        let facility = approved(&bench, unsecured(json!({ "shares": shares }))).await;
        bench.at("2026-12-08T02:00:00Z");
        let drawn = draw(&bench, &facility, &finance(), "200000.00", "d").await.expect(201);
        bench.at("2027-01-01T02:00:00Z");
        let closed = catch_up_all(&bench.db, "2026-12-31".parse().unwrap(), "test", || true).await.unwrap();
        assert_eq!(closed.len(), 1, "the lead's run; the others' books are closed with it");

        // 200,000 × 3.45 % × 24/360 = 460.00: 230.00 with 13.02 of tax at 6 %, 138.00 with 15.88 at 13 %, 92.00 with none.
        let of = async |number: u128| {
            let who = Caller { tenant: org(number), ..officer() };
            let body = bench.get(&who, "/ledger/trial-balance").await.expect(200);
            let row = |code: &str| {
                let rows = body["accounts"].as_array().unwrap();
                let found = rows.iter().find(|row| row["account"] == code);
                found.map_or_else(|| "0.00".to_owned(), |row| row["balance"].as_str().unwrap().to_owned())
            };
            (row("222101"), row("6011"))
        };
        assert_eq!(of(10).await, ("-13.02".into(), "-216.98".into()));
        assert_eq!(of(11).await, ("-15.88".into(), "-122.12".into()));
        assert_eq!(of(12).await, ("0.00".into(), "-92.00".into()), "its tax is kept elsewhere");

        // Whether it is exempt is each bank's own affair.
        let path = format!("/loans/{}/adjustments", drawn["loan_id"].as_str().unwrap());
        let change = json!({ "kind": "vat_exemption", "firm_size": "small", "credit": "200000.00" });
        let asked = json!({ "change": change, "reason": "小型企业" });
        bench.post(&officer(), &path, asked).await.refused(409, "not-vat-exempt");
        controls_agree(&bench).await;
    }
}

#[tokio::test]
async fn a_small_firms_loan_is_exempt_once_two_people_say_so_and_taxed_again_where_that_was_a_mistake() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let two = (&risk_manager(), &approver());
        let elected = json!({ "rate": "0.06", "exempt_credit_max": "10000000.00" });
        stated(&bench, two, "value_added_tax", elected, "2026-12-01").await;
        bench.at("2026-12-08T02:00:00Z");
        let loan = lent(&bench).await;
        let path = format!("/loans/{loan}/adjustments");
        let asked = |size: &str| {
            let change = json!({ "kind": "vat_exemption", "firm_size": size, "credit": "5000000.00" });
            json!({ "change": change, "reason": "放款时为小型企业" })
        };
        let mistaken =
            json!({ "change": { "kind": "vat_exemption_ended" }, "reason": "企业划型有误，应为中型" });
        bench.post(&officer(), &path, asked("small")).await.refused(409, "no-fixing");
        let fixing =
            json!({ "date": "2026-11-20", "one_year": "0.03", "five_year": "0.035", "source": "公告" });
        stated(&bench, two, "reference_rates", json!({ "fixings": [fixing] }), "2026-12-08").await;
        bench.post(&officer(), &path, asked("medium")).await.refused(409, "not-vat-exempt");
        bench.post(&officer(), &path, mistaken.clone()).await.refused(409, "no-vat-recognition");

        bench.at("2026-12-14T02:00:00Z");
        close(&bench, "2026-12-13").await;
        // Six days: 1,000,000 × 3.45 % × 6/360.
        assert_eq!(account(&bench, "6011").await, "-575.00");
        let made = bench.post(&officer(), &path, asked("small")).await.expect(201);
        let approve = format!("/adjustments/{}/approve", made["id"].as_str().unwrap());
        let why = json!({ "reason": "同意" });
        bench.post(&approver(), &approve, why.clone()).await.refused(409, "papers-missing");
        bench.consented(&made).await;
        bench.post(&approver(), &approve, why.clone()).await.expect(200);
        let incomes = async || (account(&bench, "6011").await, account(&bench, "601102").await);
        assert_eq!(incomes().await, ("0.00".into(), "-575.00".into()), "what it had earned is kept apart");

        // Over the month's end and a day more: twenty-five days, 2,395.83; nothing of it is taxed.
        bench.at("2027-01-02T02:00:00Z");
        close(&bench, "2027-01-01").await;
        assert_eq!(incomes().await, ("0.00".into(), "-2395.83".into()));
        assert_eq!(account(&bench, "222101").await, "0.00");
        let view = bench.get(&officer(), &format!("/loans/{loan}")).await.expect(200);
        assert_eq!(view["vat_exempt_until"], "2027-12-31");
        let paper = bench.get(&officer(), &format!("/loans/{loan}/statement")).await.expect(200);
        assert_eq!(paper["loan"]["vat_exempt_until"], "2027-12-31");
        bench.post(&officer(), &path, asked("small")).await.refused(409, "vat-exempt-already");

        // It was no small firm: another person takes the recognition back. What was declared for December stays as it was.
        let made = bench.post(&officer(), &path, mistaken.clone()).await.expect(201);
        let approve = format!("/adjustments/{}/approve", made["id"].as_str().unwrap());
        bench.post(&approver(), &approve, why).await.expect(200);
        assert_eq!(incomes().await, ("-2395.83".into(), "0.00".into()));
        assert_eq!(account(&bench, "222101").await, "0.00");
        let view = bench.get(&officer(), &format!("/loans/{loan}")).await.expect(200);
        assert_eq!(view["vat_exempt_until"], Value::Null);
        bench.post(&officer(), &path, mistaken).await.refused(409, "no-vat-recognition");
        controls_agree(&bench).await;
        // All that it has earned since its draw is taxed with January.
        bench.at("2027-02-01T02:00:00Z");
        close(&bench, "2027-01-31").await;
        let earned = amount(&bench, "1132").await;
        assert!(earned > "2395.83".parse().unwrap());
        assert_eq!(amount(&bench, "222101").await, -within(earned));
        assert_eq!(amount(&bench, "6011").await, within(earned) - earned);
        controls_agree(&bench).await;
    }
}
