//! The risk of loans over the router: what a close finds, what people judge, and that books and figures agree.

use identity::{Caller, Role};
use serde_json::{Value, json};
use tx_kit::testing::Backend;

use super::{
    bench::{Bench, approver, examiner, finance, officer, operations, other_officer},
    disposal::{self, done},
    facility::{draw, pledged, repay},
    fund::manager,
    registration::Approved,
    subsidies::controls_agree,
};

fn risk_manager() -> Caller {
    Caller {
        user: contracts::UserId::from_uuid(uuid::Uuid::from_u128(1_004)),
        roles: vec![Role::RiskManager],
        ..officer()
    }
}

/// A loan of a million, drawn on 2026-11-24 for a year with monthly interest, on patents worth four million.
async fn lent(bench: &Bench) -> (String, String) {
    let facility = bench.facility().await;
    pledged(bench, &facility, &finance(), 1).await;
    let loan = drawn(bench, &facility, "1000000.00", "k1").await;
    (facility, loan)
}

async fn drawn(bench: &Bench, facility: &str, amount: &str, key: &str) -> String {
    let drawn = draw(bench, facility, &finance(), amount, key).await.expect(201);
    drawn["loan_id"].as_str().unwrap().to_owned()
}

async fn close(bench: &Bench, until: &str) {
    for _ in 0..100 {
        let answer = bench.post(&operations(), "/closings", json!({ "business_date": until })).await;
        if answer.status.as_u16() != 202 {
            answer.expect(200);
            return;
        }
    }
    panic!("the close up to {until} does not end");
}

/// A ratio that is shown, whatever its number of digits.
fn number(value: &Value) -> f64 {
    value.as_str().unwrap().parse().unwrap()
}

async fn risk(bench: &Bench, loan: &str) -> Value {
    bench.get(&officer(), &format!("/loans/{loan}/risk")).await.expect(200)
}

/// The balance of an account in the book of the caller's bank: debits less credits.
async fn account(bench: &Bench, who: &Caller, code: &str) -> String {
    let body = bench.get(who, "/ledger/trial-balance").await.expect(200);
    let rows = body["accounts"].as_array().unwrap();
    rows.iter()
        .find(|row| row["account"] == code)
        .map_or_else(|| "0.00".to_owned(), |row| row["balance"].as_str().unwrap().to_owned())
}

/// The allowance and what it cost are what is provided for the loans.
async fn books_show(bench: &Bench, who: &Caller, provision: &str) {
    let shown = if provision == "0.00" { provision.to_owned() } else { format!("-{provision}") };
    assert_eq!(account(bench, who, "1304").await, shown);
    assert_eq!(account(bench, who, "6702").await, provision);
}

async fn judge(bench: &Bench, loan: &str, body: Value) -> super::bench::Answer {
    bench.post(&risk_manager(), &format!("/loans/{loan}/classifications"), body).await
}

async fn confirm(bench: &Bench, loan: &str, judgement: &Value) -> super::bench::Answer {
    let path = format!("/loans/{loan}/classifications/{}/confirm", judgement["id"].as_str().unwrap());
    bench.post(&approver(), &path, json!({})).await
}

async fn judged(bench: &Bench, loan: &str, body: Value) {
    let judgement = judge(bench, loan, body).await.expect(201);
    confirm(bench, loan, &judgement).await.expect(200);
}

fn articles(risk: &Value) -> Vec<i64> {
    risk["reasons"].as_array().unwrap().iter().filter_map(|one| one["article"].as_i64()).collect()
}

/// Tier, stage and provision of the events about a loan's state, oldest first.
async fn told(bench: &Bench) -> Vec<(String, i64, String, String)> {
    let sql = "SELECT envelope AS text FROM outbox WHERE name = 'loan.state_changed.v1' ORDER BY version";
    let texts = bench.texts(sql).await;
    texts
        .iter()
        .map(|text| {
            let data = serde_json::from_str::<Value>(text).unwrap()["event"]["data"].clone();
            let text = |name: &str| data[name].as_str().unwrap().to_owned();
            (text("tier"), data["stage"].as_i64().unwrap(), text("provision"), text("cause"))
        })
        .collect()
}

#[tokio::test]
async fn the_first_close_provides_for_a_performing_loan_and_the_next_leaves_it() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let (_, loan) = lent(&bench).await;
        let before = risk(&bench, &loan).await;
        assert_eq!((&before["tier"], &before["assessed_on"]), (&json!("normal"), &Value::Null));
        bench.at("2026-11-25T02:00:00Z");
        close(&bench, "2026-11-24").await;
        let found = risk(&bench, &loan).await;
        assert_eq!((&found["tier"], &found["stage"]), (&json!("normal"), &json!(1)));
        // LGD: 75 % less 6.7 % of four million = 482,000; PD 2 % over the scenarios 1.15975; discounted at 3.45 %.
        assert_eq!((&found["provision"], &found["expected_loss"]), (&json!("10807.14"), &json!("10807.14")));
        assert!(found["reasons"].as_array().unwrap().is_empty(), "{found}");
        books_show(&bench, &officer(), "10807.14").await;
        bench.at("2026-11-26T02:00:00Z");
        close(&bench, "2026-11-25").await;
        let next = risk(&bench, &loan).await;
        assert_eq!((&next["provision"], &next["assessed_on"]), (&found["provision"], &found["assessed_on"]));
        assert_eq!(next["history"].as_array().unwrap().len(), 1);
        assert_eq!(told(&bench).await, [("normal".into(), 1, "10807.14".into(), "close".into())]);
        books_show(&bench, &officer(), "10807.14").await;
    }
}

#[tokio::test]
async fn a_late_loan_is_classified_by_its_days_and_the_books_follow() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let (_, loan) = lent(&bench).await;
        // Interest of 2026-12-24 is not paid: one day late on the morning of the 25th.
        bench.at("2026-12-25T02:00:00Z");
        close(&bench, "2026-12-24").await;
        let late = risk(&bench, &loan).await;
        assert_eq!(
            (&late["tier"], &late["stage"], &late["overdue_days"]),
            (&json!("special_mention"), &json!(2), &json!(1))
        );
        assert_eq!(articles(&late), [10]);
        assert_eq!(late["flags"][0]["flag"], "overdue");
        books_show(&bench, &officer(), late["provision"].as_str().unwrap()).await;
        // Ninety days: 2027-03-24; ninety-one: the day after.
        bench.at("2027-03-24T02:00:00Z");
        close(&bench, "2027-03-23").await;
        assert_eq!(risk(&bench, &loan).await["tier"], "special_mention");
        bench.at("2027-03-25T02:00:00Z");
        close(&bench, "2027-03-24").await;
        let bad = risk(&bench, &loan).await;
        assert_eq!(
            (&bad["tier"], &bad["stage"], &bad["overdue_days"]),
            (&json!("substandard"), &json!(3), &json!(91))
        );
        assert_eq!(bad["nonperforming_since"], "2027-03-25");
        books_show(&bench, &officer(), bad["provision"].as_str().unwrap()).await;
        let tiers: Vec<&str> =
            bad["history"].as_array().unwrap().iter().map(|one| one["tier"].as_str().unwrap()).collect();
        assert_eq!((tiers.first(), tiers.last()), (Some(&"substandard"), Some(&"normal")));
        // Paid up, it stays what it was until it has performed for six months.
        let owed = bench.get(&officer(), &format!("/loans/{loan}")).await.expect(200);
        repay(&bench, &loan, owed["interest_accrued"].as_str().unwrap(), "r1").await.expect(201);
        bench.at("2027-03-26T02:00:00Z");
        close(&bench, "2027-03-25").await;
        let held = risk(&bench, &loan).await;
        assert_eq!((&held["tier"], articles(&held)), (&json!("substandard"), vec![14]));
        assert_eq!(held["cleared_on"], "2027-03-26");
    }
}

#[tokio::test]
async fn a_judgement_worsens_a_loan_once_another_person_confirms_it() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let (_, loan) = lent(&bench).await;
        bench.at("2027-01-08T02:00:00Z");
        close(&bench, "2027-01-07").await;
        let normal = json!({ "tier": "normal", "reason": "客户经营正常" });
        let refused = judge(&bench, &loan, normal).await.refused(409, "better-than-rule");
        assert_eq!(refused["rule"], "special_mention");
        let wanted = json!({ "tier": "doubtful", "reason": "主要客户破产" });
        bench
            .post(&officer(), &format!("/loans/{loan}/classifications"), wanted.clone())
            .await
            .refused(403, "forbidden");
        let judgement = judge(&bench, &loan, wanted.clone()).await.expect(201);
        assert_eq!(judgement["rule_tier"], "special_mention");
        judge(&bench, &loan, wanted).await.refused(409, "judgement-pending");
        assert_eq!(risk(&bench, &loan).await["tier"], "special_mention", "it waits");
        let both = Caller { roles: vec![Role::RiskManager, Role::CreditApprover], ..risk_manager() };
        let path = format!("/loans/{loan}/classifications/{}/confirm", judgement["id"].as_str().unwrap());
        bench.post(&both, &path, json!({})).await.refused(403, "four-eyes");
        confirm(&bench, &loan, &judgement).await.expect(200);
        confirm(&bench, &loan, &judgement).await.refused(409, "not-in-status");
        let found = risk(&bench, &loan).await;
        assert_eq!((&found["tier"], &found["stage"]), (&json!("doubtful"), &json!(3)));
        assert_eq!(
            (&found["judged"]["tier"], &found["judged"]["reason"]),
            (&json!("doubtful"), &json!("主要客户破产"))
        );
        assert_eq!(found["history"][0]["cause"], "judgement");
        books_show(&bench, &officer(), found["provision"].as_str().unwrap()).await;
        let last = told(&bench).await.pop().unwrap();
        assert_eq!((last.0.as_str(), last.1, last.3.as_str()), ("doubtful", 3, "judgement"));
        assert_eq!(Some(last.2.as_str()), found["provision"].as_str());
        // The next close keeps it; another bank is told nothing.
        bench.at("2027-01-09T02:00:00Z");
        close(&bench, "2027-01-08").await;
        assert_eq!(risk(&bench, &loan).await["tier"], "doubtful");
        bench.get(&other_officer(), &format!("/loans/{loan}/risk")).await.refused(404, "not-found");
        bench.get(&finance(), &format!("/loans/{loan}/risk")).await.refused(403, "forbidden");
        // That difficulties are solved lifts nothing of it, and is not withdrawn by a judgement that does not speak of it.
        judged(&bench, &loan, json!({ "difficulty_solved": true, "reason": "已恢复经营" })).await;
        let found = risk(&bench, &loan).await["judged"].clone();
        assert_eq!(
            (&found["tier"], &found["reason"], &found["difficulty_solved_on"]),
            (&json!("doubtful"), &json!("主要客户破产"), &json!("2027-01-09"))
        );
        // Lifted by two people, it is held for six months all the same.
        judged(&bench, &loan, json!({ "reason": "已恢复" })).await;
        let lifted = risk(&bench, &loan).await;
        assert_eq!((&lifted["tier"], &lifted["judged"]["tier"]), (&json!("doubtful"), &Value::Null));
        assert_eq!(lifted["judged"]["difficulty_solved_on"], "2027-01-09");
        assert!(articles(&lifted).contains(&14), "{lifted}");
        let waiting = bench.get(&approver(), "/risk/classifications?status=proposed").await.expect(200);
        assert!(waiting["items"].as_array().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_judgement_is_decided_on_the_loan_as_it_was_seen() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let (_, loan) = lent(&bench).await;
        bench.at("2026-11-25T02:00:00Z");
        close(&bench, "2026-11-24").await;
        let wanted = json!({ "tier": "doubtful", "reason": "主要客户破产" });
        let judgement = judge(&bench, &loan, wanted).await.expect(201);
        let page = format!("/loans/{loan}/risk");
        let shown = bench.get(&approver(), &page).await;
        let seen = shown.etag.clone().expect("a loan's risk carries its version");
        assert_eq!(seen, format!("\"{}\"", shown.body["version"]));
        // The borrower pays: tier and provision would be of another balance.
        repay(&bench, &loan, "400000.00", "r1").await.expect(201);
        let at = format!("/loans/{loan}/classifications/{}", judgement["id"].as_str().unwrap());
        for (step, body) in [("confirm", json!({})), ("refuse", json!({ "reason": "证据不足" }))] {
            let path = format!("{at}/{step}");
            let stale = bench.send_seen(&approver(), ("POST", &path), body, None, Some(&seen)).await;
            stale.refused(412, "stale-version");
        }
        assert_eq!(risk(&bench, &loan).await["judgement"]["status"], "proposed");
        let seen = bench.get(&approver(), &page).await.etag.unwrap();
        let path = format!("{at}/confirm");
        let done = bench.send_seen(&approver(), ("POST", &path), json!({}), None, Some(&seen)).await;
        assert_eq!(done.expect(200)["status"], "confirmed");
        assert_eq!(risk(&bench, &loan).await["tier"], "doubtful");
    }
}

#[tokio::test]
async fn an_estimate_of_the_loss_gives_tier_and_provision() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let (_, loan) = lent(&bench).await;
        let above = json!({ "impairment": "1.2", "reason": "估计有误" });
        let refused = judge(&bench, &loan, above).await.refused(422, "invalid-request");
        assert_eq!(refused["errors"][0]["field"], "impairment");
        judged(&bench, &loan, json!({ "impairment": "0.6", "reason": "停产" })).await;
        let found = risk(&bench, &loan).await;
        assert_eq!((&found["tier"], &found["provision"]), (&json!("doubtful"), &json!("600000.00")));
        assert_eq!(articles(&found), [12]);
        books_show(&bench, &officer(), "600000.00").await;
        // Nothing is late. Stage 3 since before the day: (1,000,000.00 − 600,000.00) × 3.45 % / 360 = 38.33 are earned of the
        // 95.83 that are owed after it, and on the next day 400,038.33 × 3.45 % / 360 = 38.34 of 191.67.
        for (close_of, receivable, suspended) in
            [("2026-11-24", "38.33", "57.50"), ("2026-11-25", "76.67", "115.00")]
        {
            let next = close_of.parse::<chrono::NaiveDate>().unwrap().succ_opt().unwrap();
            bench.at(&format!("{next}T02:00:00Z"));
            close(&bench, close_of).await;
            assert_eq!(account(&bench, &officer(), "1132").await, receivable);
            assert_eq!(account(&bench, &officer(), "9101").await, suspended);
        }
        controls_agree(&bench).await;
    }
}

/// Tier, stage and articles of a loan, with the English sentence of the last reason.
async fn class(bench: &Bench, loan: &str) -> (String, i64, Vec<i64>, String) {
    let found = risk(bench, loan).await;
    let last = found["reasons"].as_array().unwrap().last().unwrap()["en"].as_str().unwrap().to_owned();
    (found["tier"].as_str().unwrap().to_owned(), found["stage"].as_i64().unwrap(), articles(&found), last)
}

/// A case of a loan that is not late, opened by decision; gives its id.
async fn decided(bench: &Bench, loan: &str) -> String {
    let asked = json!({ "loan_id": loan, "cause": "decision", "reason": "丧失偿债能力" });
    let made = bench.post(&disposal::risk_manager(), "/disposal-cases", asked).await.expect(201);
    let opening = format!("/disposal-proposals/{}/approve", made["proposals"][0]["id"].as_str().unwrap());
    bench.send(&approver(), "POST", &opening, json!({}), Some("o")).await.expect(200);
    made["id"].as_str().unwrap().to_owned()
}

/// The fund declines what is claimed on it: one of its people answers, another confirms.
async fn fund_declines(bench: &Bench) {
    let list = bench.get(&manager(1), "/compensation-claims").await.expect(200);
    let path = format!("/compensation-claims/{}", list["items"][0]["id"].as_str().unwrap());
    let declined = json!({ "amount": "0.00", "reason": "不在覆盖范围" });
    bench.post(&manager(1), &format!("{path}/answer"), declined).await.expect(200);
    bench.send(&manager(2), "POST", &format!("{path}/confirm"), json!({}), Some("f")).await.expect(200);
}

#[tokio::test]
async fn a_loan_whose_collateral_is_sold_goes_by_what_its_case_comes_to_and_not_by_its_few_days() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = disposal::lent(&bench).await;
        // Interest of 2026-12-24 is not paid.
        bench.at("2026-12-28T02:00:00Z");
        close(&bench, "2026-12-27").await;
        assert_eq!(class(&bench, &loan).await.0, "special_mention");
        let opening = json!({ "loan_id": loan, "cause": "overdue" });
        let opened = bench.post(&disposal::risk_manager(), "/disposal-cases", opening).await.expect(201);
        let case = opened["id"].as_str().unwrap();
        let plan = json!({
            "kind": "plan", "method": "sale", "valuation": "400000.00", "valued_on": "2026-12-20",
            "valuer": "评估机构 评字 1 号", "reserve": "100000.00", "venue": "产权交易所", "starts_on": "2026-12-28",
            "expected_costs": "10000.00",
        });
        done(&bench, case, plan).await;
        // A plan proves nothing yet.
        bench.at("2026-12-29T02:00:00Z");
        close(&bench, "2026-12-28").await;
        assert_eq!(class(&bench, &loan).await.0, "special_mention");
        done(&bench, case, disposal::sale("110000.00")).await;
        bench.at("2026-12-30T02:00:00Z");
        close(&bench, "2026-12-29").await;
        let (tier, stage, articles, why) = class(&bench, &loan).await;
        assert_eq!((tier.as_str(), stage, articles), ("substandard", 3, vec![10, 11]));
        assert!(why.contains("collateral is sold"), "{why}");
        let sold = risk(&bench, &loan).await;
        assert_eq!(
            (&sold["outstanding"], &sold["nonperforming_since"]),
            (&json!("490000.00"), &json!("2026-12-30"))
        );
        // Half of the loss is claimed on the fund: 1.03 × (75 % of the one half + 20 % of the other) is less than half.
        done(&bench, case, json!({ "kind": "sharing", "interest": false })).await;
        bench.at("2026-12-31T02:00:00Z");
        close(&bench, "2026-12-30").await;
        let (tier, _, articles, why) = class(&bench, &loan).await;
        assert_eq!((tier.as_str(), articles), ("substandard", vec![10, 11]));
        assert!(why.contains("determined the loss"), "{why}");
        let half = number(&risk(&bench, &loan).await["expected_loss"]);
        assert!((0.489 * 490_000.0..0.495 * 490_000.0).contains(&half), "{half}");
        // Nothing comes of it: 77.25 % of what is owed is expected to be lost, and no judgement betters that.
        fund_declines(&bench).await;
        bench.at("2027-01-01T02:00:00Z");
        close(&bench, "2026-12-31").await;
        let (tier, _, articles, _) = class(&bench, &loan).await;
        assert_eq!((tier.as_str(), articles), ("doubtful", vec![10, 12]));
        let found = risk(&bench, &loan).await;
        let whole = number(&found["expected_loss"]);
        assert!((0.7725 * 490_000.0..0.7725 * 495_000.0).contains(&whole), "{whole}");
        let better = json!({ "tier": "substandard", "reason": "估计有误" });
        judge(&bench, &loan, better).await.refused(409, "better-than-rule");
        assert_eq!(found["provision"], found["expected_loss"]);
        let provided = format!("-{}", found["provision"].as_str().unwrap());
        assert_eq!(account(&bench, &officer(), "1304").await, provided);
        controls_agree(&bench).await;
    }
}

#[tokio::test]
async fn a_finding_that_collateral_is_worthless_proves_no_default_until_the_loss_is_determined() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let loan = disposal::lent(&bench).await;
        bench.at("2026-11-25T02:00:00Z");
        close(&bench, "2026-11-24").await;
        assert_eq!(risk(&bench, &loan).await["tier"], "normal");
        let case = decided(&bench, &loan).await;
        // The debtor may still pay.
        disposal::worthless(&bench, &case).await;
        bench.at("2026-11-26T02:00:00Z");
        close(&bench, "2026-11-25").await;
        assert_eq!(risk(&bench, &loan).await["tier"], "normal");
        // Declared due, its loss is determined on the same day, and its class follows at the close.
        disposal::accelerated(&bench, &case).await;
        done(&bench, &case, json!({ "kind": "sharing", "interest": false })).await;
        bench.at("2026-11-27T02:00:00Z");
        close(&bench, "2026-11-26").await;
        let (tier, stage, _, why) = class(&bench, &loan).await;
        assert_eq!((tier.as_str(), stage), ("substandard", 3));
        assert!(why.contains("determined the loss"), "{why}");
        controls_agree(&bench).await;
    }
}

#[tokio::test]
async fn a_loan_of_which_a_part_of_the_collateral_is_sold_follows_at_the_close_once_the_rest_is_worthless() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let approved = Approved::new(&bench).await;
        approved.register(&bench).await;
        let drawn = approved.draw(&bench, "600000.00", "d").await.expect(201);
        let loan = drawn["loan_id"].as_str().unwrap();
        bench.at("2026-11-25T02:00:00Z");
        close(&bench, "2026-11-24").await;
        let case = decided(&bench, loan).await;
        let plan = json!({
            "kind": "plan", "method": "sale", "valuation": "400000.00", "valued_on": "2026-11-24",
            "valuer": "评估机构 评字 1 号", "reserve": "100000.00", "venue": "产权交易所", "starts_on": "2026-11-25",
            "expected_costs": "10000.00",
        });
        done(&bench, &case, plan).await;
        done(&bench, &case, disposal::sale("110000.00")).await;
        // One of its two patents is left: nothing is proved, and without an event the loan is looked at in a month.
        bench.at("2026-11-26T02:00:00Z");
        close(&bench, "2026-11-25").await;
        let before = risk(&bench, loan).await;
        assert_eq!(
            (&before["tier"], &before["stage"], &before["overdue_days"]),
            (&json!("normal"), &json!(1), &json!(0))
        );
        assert_eq!(before["flags"], json!([]));
        disposal::worthless(&bench, &case).await;
        bench.at("2026-11-27T02:00:00Z");
        close(&bench, "2026-11-26").await;
        let (tier, stage, articles, why) = class(&bench, loan).await;
        assert_eq!((tier.as_str(), stage), ("substandard", 3));
        assert!(articles.contains(&11) && why.contains("collateral is sold"), "{articles:?} {why}");
        assert_eq!(risk(&bench, loan).await["nonperforming_since"], "2026-11-27");
        controls_agree(&bench).await;
    }
}

#[tokio::test]
async fn a_bad_loan_makes_the_debtors_other_loans_bad_and_lets_them_go_with_it() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let (facility, first) = lent(&bench).await;
        let second = drawn(&bench, &facility, "500000.00", "k2").await;
        bench.at("2026-11-25T02:00:00Z");
        close(&bench, "2026-11-24").await;
        judged(&bench, &first, json!({ "tier": "substandard", "reason": "主要客户破产" })).await;
        assert_eq!(risk(&bench, &second).await["tier"], "normal", "until the close");
        bench.at("2026-11-26T02:00:00Z");
        close(&bench, "2026-11-25").await;
        let other = risk(&bench, &second).await;
        assert_eq!(
            (&other["tier"], &other["own_tier"], &other["stage"]),
            (&json!("substandard"), &json!("normal"), &json!(3))
        );
        assert_eq!(articles(&other), [10, 7]);
        let summary = bench.get(&officer(), "/risk/summary").await.expect(200);
        assert_eq!(summary["nonperforming"]["balance"], "1500000.00");
        assert!((number(&summary["nonperforming_ratio"]) - 1.0).abs() < 1e-9, "{summary}");
        // Repaid in full, the first loan is no claim any more.
        let owed = bench.get(&officer(), &format!("/loans/{first}")).await.expect(200);
        repay(&bench, &first, owed["payoff"].as_str().unwrap(), "r1").await.expect(201);
        bench.at("2026-11-28T02:00:00Z");
        close(&bench, "2026-11-27").await;
        assert_eq!(risk(&bench, &second).await["tier"], "normal");
    }
}

#[tokio::test]
async fn a_watched_loan_is_provided_for_over_its_life_until_it_is_taken_off() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let (_, loan) = lent(&bench).await;
        bench.at("2026-11-25T02:00:00Z");
        close(&bench, "2026-11-24").await;
        let reason = json!({ "reason": "主要供应商停产" });
        let watch = format!("/loans/{loan}/watch");
        bench.post(&officer(), &watch, reason.clone()).await.refused(403, "forbidden");
        let watched = bench.post(&risk_manager(), &watch, reason.clone()).await.expect(200);
        assert_eq!((&watched["tier"], &watched["stage"]), (&json!("normal"), &json!(2)));
        assert_eq!(watched["watched"]["reason"], "主要供应商停产");
        bench.post(&risk_manager(), &watch, reason.clone()).await.refused(409, "watch-unchanged");
        books_show(&bench, &officer(), watched["provision"].as_str().unwrap()).await;
        let listed = bench.get(&officer(), "/risk/loans?watched=true&stage=2").await.expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
        let unwatch = format!("/loans/{loan}/unwatch");
        let off = bench.post(&risk_manager(), &unwatch, reason).await.expect(200);
        assert_eq!((&off["stage"], &off["watched"]), (&json!(1), &Value::Null));
        books_show(&bench, &officer(), off["provision"].as_str().unwrap()).await;
        let causes: Vec<String> = told(&bench).await.into_iter().map(|one| one.3).collect();
        assert_eq!(causes, ["close", "judgement", "judgement"]);
    }
}

#[tokio::test]
async fn what_is_provided_comes_back_when_a_loan_is_repaid() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let (_, loan) = lent(&bench).await;
        bench.at("2026-11-25T02:00:00Z");
        close(&bench, "2026-11-24").await;
        let owed = bench.get(&officer(), &format!("/loans/{loan}")).await.expect(200);
        repay(&bench, &loan, owed["payoff"].as_str().unwrap(), "r1").await.expect(201);
        bench.at("2026-11-26T02:00:00Z");
        close(&bench, "2026-11-25").await;
        let found = risk(&bench, &loan).await;
        assert_eq!(found["provision"], "0.00");
        assert!(found["history"][0]["until"].is_string(), "{found}");
        books_show(&bench, &officer(), "0.00").await;
        let listed = bench.get(&officer(), "/risk/loans").await.expect(200);
        assert!(listed["items"].as_array().unwrap().is_empty());
        judge(&bench, &loan, json!({ "tier": "loss", "reason": "迟到的认定" }))
            .await
            .refused(409, "loan-settled");
    }
}

#[tokio::test]
async fn each_bank_of_a_syndicate_provides_for_its_own_part() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let who = finance();
        let proposal = json!({
            "name": "银团集合授信", "cluster": "集群", "industry": "C26", "limit": "3000000.00",
            "revolving": true, "available_from": "2026-01-01", "available_until": "2027-12-31",
            "annual_rate": "0.036", "tenor_cap_months": 24, "single_member_cap": "1", "ltv_cap": "0.6",
            "shares": [
                { "bank_id": officer().tenant, "share": "0.3333" },
                { "bank_id": other_officer().tenant, "share": "0.6667" },
            ],
            "members": [{ "enterprise_id": who.tenant, "enterprise_name": who.tenant_name, "sub_limit": "3000000.00" }],
        });
        let facility = bench.post(&officer(), "/facilities", proposal).await.expect(201);
        let facility = facility["id"].as_str().unwrap().to_owned();
        bench.participants_agree(&facility, &format!("/facilities/{facility}")).await;
        bench.post(&approver(), &format!("/facilities/{facility}/approve"), json!({})).await.expect(200);
        pledged(&bench, &facility, &who, 1).await;
        let loan = drawn(&bench, &facility, "1000000.00", "k1").await;
        judged(&bench, &loan, json!({ "impairment": "0.7", "reason": "停产" })).await;
        // 700,000.00 by 333,300.00 : 666,700.00
        books_show(&bench, &officer(), "233310.00").await;
        books_show(&bench, &other_officer(), "466690.00").await;
        let own = bench.get(&other_officer(), &format!("/loans/{loan}/risk")).await.expect(200);
        assert_eq!(own["provision"], "700000.00");
        assert_eq!(own["parts"].as_array().unwrap().len(), 1, "a bank sees its own part");
        assert_eq!(own["parts"][0]["provision"], "466690.00");
        let summary = bench.get(&other_officer(), "/risk/summary").await.expect(200);
        assert_eq!(
            (&summary["all"]["balance"], &summary["all"]["provision"]),
            (&json!("666700.00"), &json!("466690.00"))
        );
        let all = bench.get(&examiner(), "/risk/summary").await.expect(200);
        assert_eq!(
            (&all["all"]["balance"], &all["all"]["provision"]),
            (&json!("1000000.00"), &json!("700000.00"))
        );
        // The lead classifies; the others read.
        let other = Caller { roles: vec![Role::RiskManager], ..other_officer() };
        let path = format!("/loans/{loan}/classifications");
        bench
            .post(&other, &path, json!({ "tier": "loss", "reason": "停产" }))
            .await
            .refused(404, "not-found");
    }
}

#[tokio::test]
async fn the_work_list_and_the_figures_are_of_the_same_loans() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let (facility, first) = lent(&bench).await;
        let _second = drawn(&bench, &facility, "400000.00", "k2").await;
        let new = bench.get(&officer(), "/risk/summary").await.expect(200);
        assert_eq!((&new["unassessed"]["loans"], &new["all"]["balance"]), (&json!(2), &json!("1400000.00")));
        bench.at("2026-12-24T02:00:00Z");
        close(&bench, "2026-12-23").await;
        // The first pays its interest on the day, the second does not.
        repay(&bench, &first, "2875.00", "r1").await.expect(201);
        bench.at("2026-12-25T02:00:00Z");
        close(&bench, "2026-12-24").await;
        let page = |query: &str| {
            let (bench, path) = (&bench, format!("/risk/loans{query}"));
            async move {
                let body = bench.get(&officer(), &path).await.expect(200);
                let items = body["items"].as_array().unwrap();
                items.iter().map(|one| one["outstanding"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
            }
        };
        assert_eq!(page("").await, ["400000.00", "1000000.00"], "worst first");
        assert_eq!(page("?tier=special_mention").await, ["400000.00"]);
        assert_eq!(page("?stage=1").await, ["1000000.00"]);
        assert_eq!(page("?flag=overdue").await, ["400000.00"]);
        assert_eq!(page("?overdue=1_30").await, ["400000.00"]);
        assert_eq!(page("?overdue=current").await, ["1000000.00"]);
        assert!(page("?nonperforming=true").await.is_empty());
        assert_eq!(page("?sort=provision&limit=1").await.len(), 1);
        let summary = bench.get(&officer(), "/risk/summary?from=2026-12-24&to=2026-12-25").await.expect(200);
        assert_eq!(summary["tiers"][0]["balance"], "1000000.00");
        assert_eq!(summary["tiers"][1]["balance"], "400000.00");
        assert_eq!(summary["stages"][1]["loans"], 1);
        assert_eq!(summary["flags"][0]["balance"], "400000.00");
        assert!(number(&summary["nonperforming_ratio"]).abs() < 1e-9, "{summary}");
        assert_eq!(summary["provision_cover"], Value::Null);
        books_show(&bench, &officer(), summary["all"]["provision"].as_str().unwrap()).await;
        let moves = summary["migration"]["moves"].as_array().unwrap();
        let count = |from: &str, to: &str| {
            moves.iter().find(|one| one["from"] == from && one["to"] == to).map(|one| one["loans"].clone())
        };
        assert_eq!(count("normal", "normal"), Some(json!(1)));
        assert_eq!(count("normal", "special_mention"), Some(json!(1)));
        let file =
            bench.get(&officer(), "/risk/loans/export?format=csv&tier=special_mention").await.expect(200);
        let text = file.as_str().unwrap();
        assert!(text.contains("关注") && text.contains("400000.00"), "{text}");
        let none = bench.get(&other_officer(), "/risk/loans").await.expect(200);
        assert!(none["items"].as_array().unwrap().is_empty());
        let seen = bench.get(&examiner(), "/risk/loans").await.expect(200);
        assert_eq!(seen["items"].as_array().unwrap().len(), 2);
        bench
            .get(&officer(), "/risk/summary?from=2026-12-26&to=2026-12-25")
            .await
            .refused(422, "invalid-request");
    }
}

#[tokio::test]
async fn a_close_provides_by_the_parameters_that_hold_on_its_morning() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let (_, loan) = lent(&bench).await;
        bench.at("2026-11-25T02:00:00Z");
        close(&bench, "2026-11-24").await;
        let content = json!({ "provision_floor": { "normal": "0.03", "special_mention": "0.04" } });
        let body = json!({ "content": content, "effective_from": "2026-11-27", "reason": "从严计提" });
        let version = bench.post(&risk_manager(), "/parameters/risk/proposals", body).await.expect(201);
        let path = format!("/parameters/risk/proposals/{}/approve", version["id"].as_str().unwrap());
        bench.post(&approver(), &path, json!({})).await.expect(200);
        bench.at("2026-11-26T02:00:00Z");
        close(&bench, "2026-11-25").await;
        assert_eq!(risk(&bench, &loan).await["provision"], "10807.14");
        bench.at("2026-11-27T02:00:00Z");
        close(&bench, "2026-11-26").await;
        assert_eq!(risk(&bench, &loan).await["provision"], "30000.00");
        books_show(&bench, &officer(), "30000.00").await;
    }
}

#[tokio::test]
async fn two_loans_of_a_debtor_that_were_bad_go_up_together_once_both_have_performed() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let (facility, first) = lent(&bench).await;
        let second = drawn(&bench, &facility, "500000.00", "k2").await;
        let loans = [&first, &second];
        for loan in loans {
            judged(&bench, loan, json!({ "tier": "substandard", "reason": "主要客户破产" })).await;
        }
        for loan in loans {
            judged(&bench, loan, json!({ "reason": "客户重整完成" })).await;
            assert_eq!(risk(&bench, loan).await["tier"], "substandard");
        }
        // Six months in which every due date is met.
        for (number, month) in ["2026-12", "2027-01", "2027-02", "2027-03", "2027-04"].into_iter().enumerate()
        {
            bench.at(&format!("{month}-24T02:00:00Z"));
            close(&bench, &format!("{month}-23")).await;
            for (index, loan) in loans.into_iter().enumerate() {
                let seen = bench.get(&officer(), &format!("/loans/{loan}")).await.expect(200);
                let due = seen["next_due"]["total"].as_str().unwrap();
                repay(&bench, loan, due, &format!("r{number}-{index}")).await.expect(201);
            }
        }
        bench.at("2027-05-23T02:00:00Z");
        close(&bench, "2027-05-22").await;
        for loan in loans {
            let held = risk(&bench, loan).await;
            assert_eq!((&held["tier"], articles(&held)), (&json!("substandard"), vec![14, 10, 7]), "{held}");
        }
        // What falls due on the day itself has to be met as well.
        bench.at("2027-05-24T02:00:00Z");
        for (index, loan) in loans.into_iter().enumerate() {
            let seen = bench.get(&officer(), &format!("/loans/{loan}")).await.expect(200);
            let due = seen["next_due"]["total"].as_str().unwrap();
            repay(&bench, loan, due, &format!("r5-{index}")).await.expect(201);
        }
        close(&bench, "2027-05-23").await;
        for loan in loans {
            let up = risk(&bench, loan).await;
            assert_eq!(
                (&up["tier"], &up["own_tier"], &up["stage"]),
                (&json!("normal"), &json!("normal"), &json!(1))
            );
        }
    }
}
