//! Days closed in whatever way: cut small, killed at every step, by two replicas, late, with loans that do not read back,
//! in books that others have closed already. What comes of a day is always the same.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use chrono::{NaiveDate, TimeDelta};
use contracts::{Clock, OrgId};
use finance::{DayCount, Money, Rate, Repayment};
use identity::{Caller, Role};
use pledge_svc::{
    closing::{
        CatchUpError, CaughtUp, Cut, catch_up, catch_up_all, catch_up_cut,
        model::{Quiet, close as close_by_rule},
    },
    loan::{LoanTerms, model::Account},
};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tx_kit::{
    Isolation,
    testing::{Backend, Break},
};

use super::{
    bench::{Bench, approver, examiner, finance, officer, org, other_finance, other_officer},
    facility::{draw, repay},
    subsidies::controls_agree,
};

const BANK: u128 = 10;
const OTHER_BANK: u128 = 11;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Ten in the morning in China on a day.
fn at(bench: &Bench, day: NaiveDate) {
    bench.at(&format!("{day}T02:00:00Z"));
}

fn other_approver() -> Caller {
    Caller {
        user: contracts::UserId::from_uuid(uuid::Uuid::from_u128(1_102)),
        roles: vec![Role::CreditApprover],
        ..other_officer()
    }
}

/// An active line of a million for both enterprises on which nothing needs a pledge, led by the officer's bank.
async fn line(bench: &Bench, (maker, checker): (&Caller, &Caller), changes: Value) -> String {
    let members = [finance(), other_finance()].map(|one| {
        json!({"enterprise_id": one.tenant, "enterprise_name": one.tenant_name, "sub_limit": "1000000.00"})
    });
    let mut proposal = json!({
        "name": "集合授信", "cluster": "集群", "industry": "C26", "limit": "1000000.00", "revolving": true,
        "available_from": "2026-01-01", "available_until": "2027-12-31", "annual_rate": "0.0345",
        "tenor_cap_months": 24, "single_member_cap": "1", "ltv_cap": "0.6", "over_allotment": "2",
        "collateral": {"rule": "unsecured", "up_to": "1000000.00"}, "members": members,
    });
    for (name, value) in changes.as_object().unwrap() {
        proposal[name] = value.clone();
    }
    let proposed_with_others = proposal.get("shares").is_some();
    let facility = bench.post(maker, "/facilities", proposal).await.expect(201);
    let id = facility["id"].as_str().unwrap().to_owned();
    if proposed_with_others {
        bench.participants_agree(&id, &format!("/facilities/{id}")).await;
    }
    let approve = format!("/facilities/{id}/approve");
    bench.send(checker, "POST", &approve, json!({}), Some(&format!("approve {id}"))).await.expect(200);
    id
}

/// Loans of different amounts, 10,000.00 and a bit more each, so that an amount names its loan; their ids.
async fn lent(bench: &Bench, facility: &str, count: usize) -> Vec<String> {
    let mut loans = Vec::with_capacity(count);
    for number in 0..count {
        let who = if number.is_multiple_of(2) { finance() } else { other_finance() };
        let amount = format!("{}.{:02}", 10_000 + number * 1_000, number % 100);
        let key = format!("{facility}-{number}");
        let drawn = draw(bench, facility, &who, &amount, &key).await.expect(201);
        loans.push(drawn["loan_id"].as_str().unwrap().to_owned());
    }
    loans
}

async fn own_line(bench: &Bench) -> String {
    line(bench, (&officer(), &approver()), json!({})).await
}

/// Closes up to a day, however often it takes: whoever died holds its shard for some seconds.
async fn close_in(bench: &Bench, bank: u128, until: NaiveDate, cut: Cut) -> u32 {
    for _ in 0..50 {
        match catch_up_cut(&bench.db, org(bank), until, "test", cut, || true).await.unwrap() {
            CaughtUp::Closed { days } => return days,
            CaughtUp::Waiting { .. } => bench.clock.set(bench.clock.now() + TimeDelta::seconds(30)),
        }
    }
    panic!("{until} does not get closed");
}

async fn close(bench: &Bench, bank: u128, until: NaiveDate) {
    close_in(bench, bank, until, Cut::default()).await;
}

/// Loans as the close leaves them, by amount.
const LOANS: &str = "SELECT CAST(l.principal_fen AS VARCHAR) || ' ' || CAST(d.closed_on AS VARCHAR) || ' ' || \
     CAST(d.posted_fen AS VARCHAR) || ' ' || CAST(l.billed AS VARCHAR) || ' ' || CAST(l.interest_from AS VARCHAR) || ' ' || \
     l.interest_carried || ' ' || COALESCE(l.arrears, '-') || ' ' || COALESCE(CAST(l.next_due_on AS VARCHAR), '-') AS text \
     FROM loan l JOIN loan_day d ON d.loan_id = l.id ORDER BY l.principal_fen";
const RISKS: &str = "SELECT CAST(l.principal_fen AS VARCHAR) || ' ' || CAST(r.tier AS VARCHAR) || ' ' || \
     CAST(r.stage AS VARCHAR) || ' ' || CAST(r.overdue_days AS VARCHAR) || ' ' || CAST(r.provision_fen AS VARCHAR) || ' ' || \
     CAST(r.since AS VARCHAR) || ' ' || CAST((SELECT COUNT(*) FROM loan_risk_change c WHERE c.loan_id = l.id) AS VARCHAR) \
     AS text FROM loan l JOIN loan_risk r ON r.loan_id = l.id ORDER BY l.principal_fen";
const BOOKS: &str = "SELECT account || ' ' || CAST(business_date AS VARCHAR) || ' ' || \
     CAST(SUM(debit_fen - credit_fen) AS VARCHAR) AS text FROM ledger_entry \
     GROUP BY book, account, business_date ORDER BY account, business_date, SUM(debit_fen - credit_fen)";
const DAYS: &str = "SELECT account || ' ' || CAST(business_date AS VARCHAR) || ' ' || CAST(closing_fen AS VARCHAR) AS text \
     FROM ledger_day_balance ORDER BY account, business_date, closing_fen";
const NOTICES: &str = "SELECT CAST(l.principal_fen AS VARCHAR) || ' ' || n.kind || ' ' || CAST(n.due_on AS VARCHAR) || ' ' || \
     CAST(n.amount_fen AS VARCHAR) AS text FROM notice n JOIN loan l ON l.id = n.loan_id ORDER BY l.principal_fen, n.kind, n.due_on";
const RUNS: &str = "SELECT CAST(business_date AS VARCHAR) || ' ' || status || ' ' || CAST(done AS VARCHAR) || ' ' || \
     CAST(failed AS VARCHAR) || ' ' || CAST(accrued_fen AS VARCHAR) AS text FROM closing_run ORDER BY business_date, accrued_fen";
const EVENTS: &str = "SELECT CAST(l.principal_fen AS VARCHAR) || ' ' || CAST(COUNT(*) AS VARCHAR) AS text \
     FROM outbox o JOIN loan l ON l.id = o.aggregate WHERE o.name = 'loan.state_changed.v1' \
     GROUP BY l.principal_fen ORDER BY l.principal_fen";
/// Balances of a book's last closed day that are not the sum of all its entries up to that day.
const LOST: &str = "SELECT b.account AS text FROM ledger_day_balance b \
     JOIN ledger_book k ON k.book = b.book AND k.closed_to = b.business_date \
     WHERE b.closing_fen <> (SELECT SUM(e.debit_fen - e.credit_fen) FROM ledger_entry e \
     WHERE e.book = b.book AND e.account = b.account AND e.business_date <= b.business_date)";

/// Everything that the closes of days write.
async fn everything(bench: &Bench) -> Vec<(&'static str, Vec<String>)> {
    let mut all = Vec::new();
    for (what, sql) in [
        ("loans", LOANS),
        ("risks", RISKS),
        ("books", BOOKS),
        ("days", DAYS),
        ("notices", NOTICES),
        ("runs", RUNS),
        ("events", EVENTS),
    ] {
        all.push((what, bench.texts(sql).await));
    }
    all
}

#[track_caller]
fn same(told: &[(&'static str, Vec<String>)], wanted: &[(&'static str, Vec<String>)]) {
    for ((what, told), (_, wanted)) in told.iter().zip(wanted) {
        assert_eq!(told, wanted, "{what}");
    }
}

/// What the books show as receivable is what was posted on the loans, and each is closed up to the day.
async fn closed_once(bench: &Bench, on: NaiveDate) {
    let sql = "SELECT CAST(COALESCE(SUM(posted_fen), 0) AS VARCHAR) || ' ' || CAST(MIN(closed_on) AS VARCHAR) || ' ' || \
         CAST(MAX(closed_on) AS VARCHAR) AS text FROM loan_day";
    let receivable = "SELECT CAST(COALESCE(SUM(debit_fen - credit_fen), 0) AS VARCHAR) AS text FROM ledger_entry WHERE account = '1132'";
    let booked = bench.texts(receivable).await.remove(0);
    assert_eq!(bench.texts(sql).await, [format!("{booked} {on} {on}")]);
}

/// More steps than the close of a day here has.
const STEPS_MAX: u64 = 400;

#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_is_killed_at_any_step_is_resumed_and_nothing_of_it_is_done_twice() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = own_line(&bench).await;
        lent(&bench, &facility, 3).await;
        let cut = Cut { chunk: 2, shard_loans: 50_000 };
        // From here on every loan is late, so that every day looks at every loan.
        let mut today = day("2026-12-26");
        at(&bench, today);
        close_in(&bench, BANK, day("2026-12-25"), cut).await;
        for how in [Break::Before, Break::After] {
            let mut reached = 0;
            for step in 1..STEPS_MAX {
                let closing = today;
                today = today.succ_opt().unwrap();
                at(&bench, today);
                bench.db.probe().break_at(step, how);
                let first = catch_up_cut(&bench.db, org(BANK), closing, "test", cut, || true).await;
                let whole = bench.db.probe().take_back();
                // A break where one line or one loan is looked at costs that one; everywhere else the day stops.
                assert!(
                    matches!(&first, Ok(CaughtUp::Closed { days: 1 }) | Err(CatchUpError::Fault(_))),
                    "{backend:?} {how:?} {step}: {first:?}"
                );
                bench.clock.set(bench.clock.now() + TimeDelta::seconds(30));
                close_in(&bench, BANK, closing, cut).await;
                closed_once(&bench, closing).await;
                if whole {
                    break;
                }
                reached = step;
            }
            assert!(reached > 40 && reached < STEPS_MAX - 1, "{reached} steps were broken");
        }
        // Another bank's database sees the same days at once and unbroken.
        let unbroken = Bench::new(backend).await;
        let facility = own_line(&unbroken).await;
        lent(&unbroken, &facility, 3).await;
        at(&unbroken, today);
        close(&unbroken, BANK, today.pred_opt().unwrap()).await;
        same(&everything(&bench).await, &everything(&unbroken).await);
        controls_agree(&bench).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_is_cut_as_the_one_before_takes_along_what_was_drawn_since() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = own_line(&bench).await;
        lent(&bench, &facility, 13).await;
        let cut = Cut { chunk: 2, shard_loans: 3 };
        at(&bench, day("2026-11-26"));
        close_in(&bench, BANK, day("2026-11-25"), cut).await;
        for number in 0..7 {
            let who = if number % 2 == 0 { finance() } else { other_finance() };
            draw(&bench, &facility, &who, "1000.00", &format!("since-{number}")).await.expect(201);
        }
        at(&bench, day("2026-11-28"));
        assert_eq!(close_in(&bench, BANK, day("2026-11-27"), cut).await, 2);
        closed_once(&bench, day("2026-11-27")).await;
        let counted = "SELECT loans || ' ' || done || ' ' || failed AS text FROM closing_run ORDER BY business_date DESC LIMIT 2";
        assert_eq!(
            bench.texts(counted).await,
            ["20 20 0", "20 20 0"],
            "twenty loans on each of the two days"
        );
        let shards = "SELECT CAST(COUNT(*) AS VARCHAR) AS text FROM closing_shard s JOIN closing_run r ON r.id = s.run_id \
             WHERE r.business_date = (SELECT MAX(business_date) FROM closing_run)";
        assert_eq!(
            bench.texts(shards).await,
            ["6"],
            "four that were kept or opened, and two of what came since"
        );
        controls_agree(&bench).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_that_close_the_same_days_in_several_shards_close_each_once() {
    for backend in Backend::available().unwrap() {
        let replicas = Bench::replicas(backend, Isolation::default(), 2).await;
        let replicas: Vec<Arc<Bench>> = replicas.into_iter().map(Arc::new).collect();
        let facility = own_line(&replicas[0]).await;
        lent(&replicas[0], &facility, 13).await;
        let (today, until) = (day("2027-01-05"), day("2027-01-04"));
        at(&replicas[0], today);
        let cut = Cut { chunk: 2, shard_loans: 3 };
        let closing = replicas.iter().map(|bench| {
            let bench = Arc::clone(bench);
            tokio::spawn(async move {
                for _ in 0..2_000 {
                    match catch_up_cut(&bench.db, org(BANK), until, "test", cut, || true).await.unwrap() {
                        CaughtUp::Closed { .. } => return,
                        CaughtUp::Waiting { .. } => tokio::time::sleep(Duration::from_millis(5)).await,
                    }
                }
                panic!("{until} does not get closed");
            })
        });
        for one in closing.collect::<Vec<_>>() {
            one.await.unwrap();
        }
        let shards = "SELECT CAST(MAX(shard) AS VARCHAR) AS text FROM closing_shard";
        assert_eq!(replicas[0].texts(shards).await, ["3"], "four shards");
        closed_once(&replicas[0], until).await;
        let alone = Bench::new(backend).await;
        let facility = own_line(&alone).await;
        lent(&alone, &facility, 13).await;
        at(&alone, today);
        close(&alone, BANK, until).await;
        same(&everything(&replicas[1]).await, &everything(&alone).await);
        controls_agree(&replicas[0]).await;
    }
}

#[tokio::test]
async fn a_hundred_days_caught_up_leave_what_a_hundred_days_closed_in_time_leave() {
    for backend in Backend::available().unwrap() {
        let (first, last) = (day("2026-11-24"), day("2027-03-03"));
        let (daily, late) = (Bench::new(backend).await, Bench::new(backend).await);
        for bench in [&daily, &late] {
            let facility = own_line(bench).await;
            let loans = lent(bench, &facility, 3).await;
            for today in first.iter_days().skip(1).take_while(|day| *day <= last.succ_opt().unwrap()) {
                at(bench, today);
                if std::ptr::eq(bench, &daily) {
                    assert_eq!(close_in(bench, BANK, today.pred_opt().unwrap(), Cut::default()).await, 1);
                }
                // Two days late and in part; a month later on the day and with principal ahead of the plan.
                if today == day("2026-12-26") {
                    repay(bench, &loans[0], "10.00", "r1").await.expect(201);
                }
                if today == day("2027-01-24") {
                    repay(bench, &loans[2], "4000.00", "r2").await.expect(201);
                }
            }
        }
        assert_eq!(close_in(&late, BANK, last, Cut::default()).await, 100);
        assert_eq!(daily.texts(LOANS).await, late.texts(LOANS).await);
        let totals = "SELECT account || ' ' || CAST(SUM(debit_fen - credit_fen) AS VARCHAR) AS text FROM ledger_entry \
             WHERE account NOT IN ('1304', '6702') GROUP BY account ORDER BY account";
        // What was provided for rests on what was known on each day; what is owed does not.
        assert_eq!(daily.texts(totals).await, late.texts(totals).await);
        for bench in [&daily, &late] {
            closed_once(bench, last).await;
            controls_agree(bench).await;
            assert_eq!(bench.texts(LOST).await, Vec::<String>::new());
        }
    }
}

/// Loans are put on the watch list and taken off it while their days are closed: what the books provide is what stands
/// on the loans, and nobody's word is overwritten.
#[tokio::test(flavor = "multi_thread")]
async fn what_people_judge_while_a_day_is_closed_is_neither_lost_nor_booked_twice() {
    for backend in Backend::available().unwrap() {
        let replicas = Bench::replicas(backend, Isolation::default(), 2).await;
        let replicas: Vec<Arc<Bench>> = replicas.into_iter().map(Arc::new).collect();
        let facility = own_line(&replicas[0]).await;
        let loans = lent(&replicas[0], &facility, 6).await;
        at(&replicas[0], day("2026-12-26"));
        close(&replicas[0], BANK, day("2026-12-25")).await;
        let manager = Caller { roles: vec![Role::RiskManager], ..officer() };
        let mut watched = vec![false; loans.len()];
        for closing in day("2026-12-26").iter_days().take(8) {
            at(&replicas[0], closing.succ_opt().unwrap());
            let closer = Arc::clone(&replicas[0]);
            let closed = tokio::spawn(async move {
                close_in(&closer, BANK, closing, Cut { chunk: 3, shard_loans: 50_000 }).await
            });
            for (loan, watched) in loans.iter().zip(&mut watched) {
                let path = format!("/loans/{loan}/{}", if *watched { "unwatch" } else { "watch" });
                let answer = replicas[1].post(&manager, &path, json!({ "reason": "主要客户停产" })).await;
                match answer.status.as_u16() {
                    200 => *watched = !*watched,
                    // It was overtaken too often: nothing was done.
                    503 => {}
                    _ => panic!("{answer:?}"),
                }
            }
            assert_eq!(closed.await.unwrap(), 1);
        }
        let on_list = "SELECT CAST(COUNT(*) AS VARCHAR) AS text FROM loan_risk WHERE watched";
        let wanted = watched.iter().filter(|watched| **watched).count();
        assert_eq!(replicas[0].texts(on_list).await, [wanted.to_string()]);
        controls_agree(&replicas[0]).await;
    }
}

/// Makes two loans unreadable: the rate of one, the plan of another.
async fn spoil(bench: &Bench, (rate, plan): (i64, i64)) {
    for sql in [
        format!("UPDATE loan SET annual_rate = 'spoilt' WHERE principal_fen = {rate}"),
        format!(
            "INSERT INTO loan_plan (loan_id, version, cause, effective_on, schedule, made_by, made_at) \
             SELECT id, 1, 'test', drawn_on, '{{', 'test', created_at FROM loan WHERE principal_fen = {plan}"
        ),
        format!("UPDATE loan SET plan_version = 1 WHERE principal_fen = {plan}"),
    ] {
        bench.db.migrator().execute_unprepared(&sql).await.unwrap();
    }
}

async fn mend(bench: &Bench) {
    for sql in ["UPDATE loan SET annual_rate = '0.0345', plan_version = 0", "DELETE FROM loan_plan"] {
        bench.db.migrator().execute_unprepared(sql).await.unwrap();
    }
}

/// The run of a day as the API shows it.
async fn run_of(bench: &Bench, on: &str) -> Value {
    let runs = bench.get(&examiner(), "/closings").await.expect(200);
    let found =
        runs["items"].as_array().unwrap().iter().find(|run| run["business_date"] == on).unwrap().clone();
    bench.get(&examiner(), &format!("/closings/{}", found["id"].as_str().unwrap())).await.expect(200)
}

#[tokio::test]
async fn a_loan_that_does_not_read_back_is_noted_and_leaves_the_others_closed_until_it_is_mended() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = own_line(&bench).await;
        let loans = lent(&bench, &facility, 7).await;
        spoil(&bench, (1_200_002, 1_500_005)).await;
        let spoilt = [&loans[2], &loans[5]];
        for (today, on) in [("2026-11-25", "2026-11-24"), ("2026-11-26", "2026-11-25")] {
            at(&bench, day(today));
            close_in(&bench, BANK, day(on), Cut { chunk: 4, shard_loans: 50_000 }).await;
            let run = run_of(&bench, on).await;
            assert_eq!(
                (&run["done"], &run["failed"], &run["status"]),
                (&json!(5), &json!(2), &json!("finished"))
            );
            let failures = run["failures"].as_array().unwrap();
            assert_eq!(failures.len(), 2, "{run}");
            for failure in failures {
                assert!(spoilt.iter().any(|loan| failure["loan_id"] == json!(loan)), "{failure}");
                assert_eq!(failure["mended_at"], Value::Null, "it failed again or for the first time");
                assert!(!failure["reason"].as_str().unwrap().is_empty());
            }
            let closed = "SELECT CAST(COUNT(*) AS VARCHAR) || ' ' || CAST(MIN(closed_on) AS VARCHAR) AS text FROM loan_day";
            assert_eq!(bench.texts(closed).await, [format!("5 {on}")]);
        }
        let first = run_of(&bench, "2026-11-24").await;
        assert!(
            first["failures"].as_array().unwrap().iter().all(|one| one["mended_at"].is_null()),
            "{first}"
        );
        mend(&bench).await;
        at(&bench, day("2026-11-27"));
        close(&bench, BANK, day("2026-11-26")).await;
        let run = run_of(&bench, "2026-11-26").await;
        assert_eq!((&run["done"], &run["failed"]), (&json!(7), &json!(0)));
        closed_once(&bench, day("2026-11-26")).await;
        for on in ["2026-11-24", "2026-11-25"] {
            let run = run_of(&bench, on).await;
            assert!(
                run["failures"].as_array().unwrap().iter().all(|one| one["mended_at"].is_string()),
                "{run}"
            );
        }
        // What it missed is taken along: three days of 12,000.02 at 3.45 % over 360 are 3.45.
        let posted = "SELECT CAST(d.posted_fen AS VARCHAR) AS text FROM loan_day d JOIN loan l ON l.id = d.loan_id \
             WHERE l.principal_fen = 1200002";
        assert_eq!(bench.texts(posted).await, ["345"]);
        controls_agree(&bench).await;
    }
}

/// What the rules of the whole bank rest on is nobody's failure: the day waits.
#[tokio::test]
async fn rules_that_do_not_read_back_stop_the_day_and_blame_no_loan() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = own_line(&bench).await;
        lent(&bench, &facility, 2).await;
        at(&bench, day("2026-11-25"));
        let spoilt = "INSERT INTO parameter_version (id, bank_id, bank_name, kind, version, content, effective_from, \
             reason, status, maker_id, maker, approver_id, approver, created_at, decided_at) \
             SELECT id, bank_id, bank_name, 'risk', 1, '{', drawn_on, 'test', 'approved', id, 'test', bank_id, 'test', \
             created_at, created_at FROM loan LIMIT 1";
        bench.db.migrator().execute_unprepared(spoilt).await.unwrap();
        let closed = catch_up(&bench.db, org(BANK), day("2026-11-24"), "test", || true).await;
        assert!(matches!(closed, Err(CatchUpError::Fault(_))), "{closed:?}");
        assert_eq!(bench.texts("SELECT reason AS text FROM closing_failure").await, Vec::<String>::new());
        let mended = "DELETE FROM parameter_version WHERE content = '{'";
        bench.db.migrator().execute_unprepared(mended).await.unwrap();
        bench.clock.set(bench.clock.now() + TimeDelta::seconds(30));
        close(&bench, BANK, day("2026-11-24")).await;
        closed_once(&bench, day("2026-11-24")).await;
    }
}

/// Two banks that lead a line each, with a third of it and two thirds in the other's.
async fn two_syndicates(bench: &Bench) {
    let shares = |lead: OrgId, other: OrgId| {
        json!({ "shares": [
            { "bank_id": lead, "share": "0.3333" },
            { "bank_id": other, "share": "0.6667" },
        ] })
    };
    let (one, other) = (org(BANK), org(OTHER_BANK));
    let first = line(bench, (&officer(), &approver()), shares(one, other)).await;
    let second = line(bench, (&other_officer(), &other_approver()), shares(other, one)).await;
    lent(bench, &first, 3).await;
    lent(bench, &second, 2).await;
}

#[tokio::test]
async fn what_a_late_close_posts_into_the_closed_book_of_another_bank_is_never_lost() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        two_syndicates(&bench).await;
        // Ten days' absence: one bank catches all of them up before the other begins.
        at(&bench, day("2026-12-05"));
        close(&bench, BANK, day("2026-12-04")).await;
        close(&bench, OTHER_BANK, day("2026-12-04")).await;
        assert_eq!(bench.texts(LOST).await, Vec::<String>::new());
        at(&bench, day("2026-12-08"));
        close(&bench, OTHER_BANK, day("2026-12-07")).await;
        close(&bench, BANK, day("2026-12-07")).await;
        assert_eq!(bench.texts(LOST).await, Vec::<String>::new());
        controls_agree(&bench).await;
        // The parts of all banks are the whole, to the fen.
        closed_once(&bench, day("2026-12-07")).await;
        for who in [officer(), other_officer()] {
            let body = bench.get(&who, "/ledger/trial-balance").await.expect(200);
            assert_eq!(body["totals"]["debit"], body["totals"]["credit"], "{body}");
        }
    }
}

#[tokio::test]
async fn banks_take_turns_so_that_no_absence_keeps_the_days_of_others_open() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        two_syndicates(&bench).await;
        at(&bench, day("2027-03-05"));
        let looks = AtomicU32::new(0);
        let outcome =
            catch_up_all(&bench.db, day("2027-03-04"), "test", || looks.fetch_add(1, Ordering::SeqCst) < 40)
                .await;
        for (_, outcome) in outcome.unwrap() {
            assert!(matches!(outcome, Ok(CaughtUp::Waiting { .. })), "{outcome:?}");
        }
        let closed = "SELECT CAST(COUNT(*) AS VARCHAR) AS text FROM closing_run WHERE status = 'finished' GROUP BY bank_id";
        let days: Vec<i64> = bench.texts(closed).await.iter().map(|days| days.parse().unwrap()).collect();
        assert_eq!(days.len(), 2, "{days:?}");
        assert!(days[0] > 3 && (days[0] - days[1]).abs() <= 1, "{days:?}");
    }
}

#[tokio::test]
async fn the_books_of_those_who_lead_no_loan_are_closed_once_every_bank_has_closed() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let shares = json!({ "shares": [
            { "bank_id": org(BANK), "share": "0.5" },
            { "bank_id": org(OTHER_BANK), "share": "0.5" },
        ] });
        let facility = line(&bench, (&officer(), &approver()), shares).await;
        lent(&bench, &facility, 2).await;
        at(&bench, day("2026-12-01"));
        close(&bench, BANK, day("2026-11-29")).await;
        let days = "/ledger/day-balances?account=1132&from=2026-11-24&to=2026-11-30";
        let none = bench.get(&other_officer(), days).await.expect(200);
        assert!(none["items"].as_array().unwrap().is_empty(), "its own days are nobody's run");
        let closed = catch_up_all(&bench.db, day("2026-11-30"), "test", || true).await.unwrap();
        assert!(
            matches!(&closed[..], [(bank, Ok(CaughtUp::Closed { days: 1 }))] if *bank == org(BANK)),
            "{closed:?}"
        );
        let (own, other) = (
            bench.get(&officer(), days).await.expect(200),
            bench.get(&other_officer(), days).await.expect(200),
        );
        assert_eq!(other["items"].as_array().unwrap().len(), 7, "{other}");
        // Equal parts but for a fen of each loan, day for day: nothing came late.
        let fen = |row: &Value| row["closing"].as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
        for (one, other) in own["items"].as_array().unwrap().iter().zip(other["items"].as_array().unwrap()) {
            assert!((fen(one) - fen(other)).abs() <= 2, "{one} {other}");
        }
        assert_eq!(bench.texts(LOST).await, Vec::<String>::new());
        controls_agree(&bench).await;
    }
}

async fn status(bench: &Bench, who: &Caller, facility: &str) -> String {
    let body = bench.get(who, &format!("/facilities/{facility}")).await.expect(200);
    body["status"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_line_ends_with_its_own_banks_day_and_with_the_calendar_where_nothing_was_ever_drawn() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = own_line(&bench).await;
        lent(&bench, &facility, 1).await;
        let ends = json!({ "available_until": "2026-11-25" });
        let own = line(&bench, (&officer(), &approver()), ends.clone()).await;
        let others = line(&bench, (&other_officer(), &other_approver()), ends).await;
        at(&bench, day("2026-11-26"));
        close(&bench, BANK, day("2026-11-25")).await;
        assert_eq!(status(&bench, &officer(), &own).await, "expired");
        assert_eq!(status(&bench, &other_officer(), &others).await, "active", "no other bank's day ends it");
        catch_up_all(&bench.db, day("2026-11-25"), "test", || true).await.unwrap();
        assert_eq!(status(&bench, &other_officer(), &others).await, "expired");
    }
}

#[tokio::test]
async fn a_day_is_closed_once_it_is_over() {
    let bench = Bench::new(Backend::Sqlite).await;
    let facility = own_line(&bench).await;
    lent(&bench, &facility, 1).await;
    at(&bench, day("2026-11-25"));
    for ahead in ["2026-11-25", "2026-11-26"] {
        let closed = catch_up(&bench.db, org(BANK), day(ahead), "test", || true).await;
        assert!(matches!(closed, Err(CatchUpError::Refused(_))), "{closed:?}");
    }
    assert_eq!(bench.texts(RUNS).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_loan_drawn_after_a_day_that_is_caught_up_has_no_such_day() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = own_line(&bench).await;
        lent(&bench, &facility, 1).await;
        at(&bench, day("2026-11-27"));
        draw(&bench, &facility, &finance(), "500.00", "later").await.expect(201);
        at(&bench, day("2026-11-28"));
        close(&bench, BANK, day("2026-11-26")).await;
        let days = "SELECT CAST(l.principal_fen AS VARCHAR) || ' ' || CAST(d.closed_on AS VARCHAR) AS text \
             FROM loan_day d JOIN loan l ON l.id = d.loan_id ORDER BY l.principal_fen";
        assert_eq!(bench.texts(days).await, ["1000000 2026-11-26"]);
        close(&bench, BANK, day("2026-11-27")).await;
        assert_eq!(bench.texts(days).await, ["50000 2026-11-27", "1000000 2026-11-27"]);
    }
}

#[tokio::test]
async fn every_day_count_accrues_over_month_ends_and_a_leap_day_as_the_rule_says() {
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let window = json!({ "available_until": "2029-12-31" });
        let facility = line(&bench, (&officer(), &approver()), window).await;
        let drawn_on = day("2027-12-31");
        at(&bench, drawn_on);
        let mut rules = Vec::new();
        for (number, day_count) in (1..).zip(DayCount::ALL) {
            let amount = Money::from_yuan(100_000 + number).unwrap();
            let body = json!({
                "enterprise_id": finance().tenant, "amount": amount, "tenor_months": 12, "repayment": "equal_principal",
            });
            let path = format!("/facilities/{facility}/drawdowns");
            bench.send(&finance(), "POST", &path, body, Some(&format!("k{number}"))).await.expect(201);
            let counted = format!(
                "UPDATE loan SET day_count = '{}' WHERE principal_fen = {}",
                day_count.name(),
                amount.fen()
            );
            bench.db.migrator().execute_unprepared(&counted).await.unwrap();
            let rate = Rate::from_basis_points(345);
            let terms = LoanTerms::monthly(amount, rate, day_count, Repayment::EqualPrincipal, 12, drawn_on);
            let plan = terms.schedule().unwrap();
            rules.push((terms, plan));
        }
        let posted = "SELECT CAST(d.posted_fen AS VARCHAR) AS text FROM loan_day d JOIN loan l ON l.id = d.loan_id \
             ORDER BY l.principal_fen";
        // Three month ends, of which the first instalments are missed, and the twenty-ninth of February.
        for closing in drawn_on.iter_days().take(91) {
            let morning = closing.succ_opt().unwrap();
            at(&bench, morning);
            close(&bench, BANK, closing).await;
            let wanted: Vec<String> = rules
                .iter()
                .map(|(terms, plan)| {
                    let opened = Account::opened(terms.principal, drawn_on);
                    let closed = close_by_rule(terms, plan, opened, morning).unwrap();
                    closed.interest.fen().to_string()
                })
                .collect();
            assert_eq!(bench.texts(posted).await, wanted, "{morning}");
        }
        controls_agree(&bench).await;
    }
}

/// Loans of any size and rate, closed for three weeks: what is shown as receivable on each is what the rule of the quiet
/// loan gives, whether a database worked it out or the rule did.
#[tokio::test]
async fn quiet_days_bring_what_the_rule_of_the_quiet_loan_gives_whatever_the_amount_and_the_rate() {
    let rates = ["0.0345", "0.04", "0.043512", "0.00000001", "0.36", "0.018", "0.1234567"];
    for backend in Backend::available().unwrap() {
        let bench = Bench::new(backend).await;
        let facility = own_line(&bench).await;
        lent(&bench, &facility, 24).await;
        let drawn_on = day("2026-11-24");
        let mut wanted = Vec::new();
        for number in 0..24_i64 {
            let was = (10_000 + number * 1_000) * 100 + number;
            // From a yuan to hundreds of billions, beyond what whole numbers of 64 bits tell of the longest rate.
            let fen = 10_i64.pow(2 + u32::try_from(number).unwrap() / 2) * (number % 3 * 2 + 1) + 37 * number;
            let rate = rates[usize::try_from(number).unwrap() % rates.len()];
            let day_count = [DayCount::Actual360, DayCount::Actual365][usize::from(number % 4 == 1)];
            let change = format!(
                "UPDATE loan SET principal_fen = {fen}, outstanding_fen = {fen}, annual_rate = '{rate}', \
                 day_count = '{}' WHERE principal_fen = {was}",
                day_count.name()
            );
            bench.db.migrator().execute_unprepared(&change).await.unwrap();
            wanted.push(Quiet {
                outstanding: Money::from_fen(fen),
                annual_rate: rate.parse().unwrap(),
                day_count,
                interest_from: drawn_on,
                carried: rust_decimal::Decimal::ZERO,
            });
        }
        wanted.sort_by_key(|one| one.outstanding);
        let posted = "SELECT CAST(d.posted_fen AS VARCHAR) AS text FROM loan_day d JOIN loan l ON l.id = d.loan_id \
             ORDER BY l.principal_fen";
        for closing in drawn_on.iter_days().take(22) {
            let morning = closing.succ_opt().unwrap();
            at(&bench, morning);
            close_in(&bench, BANK, closing, Cut { chunk: 7, shard_loans: 10 }).await;
            let told = wanted.iter().map(|one| one.receivable(morning).unwrap().fen().to_string());
            assert_eq!(bench.texts(posted).await, told.collect::<Vec<_>>(), "{morning}");
            closed_once(&bench, closing).await;
        }
    }
}
