//! The close of business of a bank with a million loans on PostgreSQL, side by side with one bare set-based UPDATE of the
//! same rows; a kill in the middle of a day and the day's resumption; a hundred days caught up on a thousand loans.
//!
//! The book is that of a bank whose borrowers pay: every day a twenty-eighth of it falls due, ninety-seven of a hundred pay on
//! their day (by the product's own act, before the day is closed and not timed), and three of a hundred are late from before.
//! `IPF_BENCH_PAYING=0` makes it one where nobody pays, so that more is late every day.
//!
//! The bare UPDATE is made twice: of a table as PostgreSQL lays it out by itself, and of one that is laid out for being
//! rewritten every night, as the table of the loans' days is (half of each page is left free). Neither has another index
//! than its primary key, as that table has none.
//!
//! `cargo bench --bench close_of_business` needs `IPF_TEST_POSTGRES_URL` (a PostgreSQL server, for example the one that
//! `source .ci/servers.sh; start_servers durable` starts). `IPF_BENCH_LOANS` sets another number of loans,
//! `IPF_BENCH_DAYS` of days (nobody pays on the first two, on which nothing has fallen due yet).

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::{
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{LoanId, OrgId, OrgKind, Service, SimulatedClock, UserId};
use futures::StreamExt;
use identity::{Caller, Role};
use pledge_svc::{
    closing::{CaughtUp, catch_up},
    facility::model::Terms,
    servicing::{RepaymentRequest, repay},
};
use sea_orm::{ConnectionTrait, Statement};
use tx_kit::{
    Db, DbConfig, IdempotencyKey,
    testing::{Backend, TestPlace},
};
use uuid::Uuid;

type Failed = Box<dyn std::error::Error>;

/// Days closed side by side with the bare UPDATEs, where `IPF_BENCH_DAYS` says no other number.
const DAYS: usize = 5;
/// The tables of the bare UPDATEs, and how they are laid out.
const BARE: [(&str, &str); 2] = [("bare", ""), ("bare_loose", "WITH (fillfactor = 45)")];
/// How many borrowers of a hundred pay on the day.
const PAYING: i64 = 97;
/// Payments taken at a time.
const AT_A_TIME: usize = 32;
const BANK: Uuid = Uuid::from_u128(0x10);
const FACILITY: Uuid = Uuid::from_u128(0x20);

fn day(text: &str) -> Result<NaiveDate, Failed> {
    Ok(text.parse()?)
}

/// The morning after a day, when it may be closed.
fn morning_after(day: NaiveDate, minutes: u32) -> Result<DateTime<Utc>, Failed> {
    let next = day.succ_opt().and_then(|next| next.and_hms_opt(2, minutes, 0)).ok_or("no such day")?;
    Ok(next.and_utc())
}

fn clock(closed: &str) -> Result<Arc<SimulatedClock>, Failed> {
    Ok(Arc::new(SimulatedClock::at(morning_after(day(closed)?, 0)?)))
}

async fn run(db: &Db, sql: &str) -> Result<u64, Failed> {
    Ok(db.migrator().execute_unprepared(sql).await?.rows_affected())
}

async fn number(db: &Db, sql: &str) -> Result<i64, Failed> {
    let statement = Statement::from_string(db.read().get_database_backend(), sql);
    let row = db.read().query_one_raw(statement).await?.ok_or("no row")?;
    Ok(row.try_get_by_index(0)?)
}

/// Loans of three kinds of plan, drawn over the four weeks before the first close, three to a borrower; those of the borrowers
/// who do not pay a month earlier, so that they are late by then. They are stored in the order of their ids, as loans are whose
/// ids tell when they were made.
async fn lend(db: &Db, loans: i64) -> Result<(), Failed> {
    let terms = serde_json::to_string(&Terms::default())?;
    run(
        db,
        &format!(
            "INSERT INTO facility (id, number, name, bank_id, bank_name, cluster, industry, limit_fen, drawn_fen,
                reserved_fen, retired_fen, status, revolving, available_from, available_until, annual_rate,
                tenor_cap_months, single_member_cap, ltv_cap, terms, pooled, grouped, maker_id, maker, created_at, version)
             VALUES ('{FACILITY}', 'F1', 'facility', '{BANK}', 'bank', 'cluster', 'C26', 900000000000000000, 0,
                0, 0, 'active', true, '2025-01-01', '2030-01-01', '0.0345', 36, '1', '1', '{terms}', false, false,
                '{BANK}', 'maker', now(), 1)"
        ),
    )
    .await?;
    run(
        db,
        &format!(
            "INSERT INTO loan (id, number, drawdown_id, facility_id, facility_name, bank_id, bank_name, enterprise_id,
                enterprise_name, industry, principal_fen, outstanding_fen, written_off_fen, interest_from,
                interest_carried, billed, next_due_on, plan_version, annual_rate, day_count, repayment, tenor_months,
                every_months, grace, penalty_surcharge, holiday_grace, product, drawn_on, matures_on, status,
                created_at, version)
             SELECT id, 'L' || n, gen_random_uuid(), '{FACILITY}', 'facility', '{BANK}', 'bank',
                md5((n / 3)::text)::uuid, 'enterprise ' || n / 3, 'C26', 100000 + n * 7 % 900000000, 100000 + n * 7 % 900000000, 0,
                drawn, '0', 0, (drawn + interval '1 month')::date, 0, '0.0345', 'actual/360',
                (ARRAY['interest_only', 'equal_instalment', 'equal_principal'])[1 + n % 3], 12, 1, 0, '0.5', false,
                'standard', drawn, (drawn + interval '12 months')::date, 'active', now(), 1
             FROM (SELECT gen_random_uuid() AS id, n, (DATE '2026-01-05' + (n % 28)::int
                     - CASE WHEN n / 3 % 100 >= {from} THEN interval '1 month' ELSE interval '0' END)::date AS drawn
                   FROM generate_series(1, {loans}) n ORDER BY 1) x",
            from = if paying() > 0 { paying() } else { 100 }
        ),
    )
    .await?;
    run(
        db,
        &format!(
            "INSERT INTO facility_member (id, facility_id, enterprise_id, enterprise_name, sub_limit_fen, drawn_fen,
                reserved_fen, retired_fen, status, deposit_fen, margin_fen, conditions_open)
             SELECT gen_random_uuid(), '{FACILITY}', enterprise_id, MIN(enterprise_name), 900000000000000, SUM(outstanding_fen),
                0, 0, 'active', 0, 0, 0
             FROM loan GROUP BY enterprise_id"
        ),
    )
    .await?;
    run(db, "UPDATE facility SET drawn_fen = (SELECT SUM(drawn_fen) FROM facility_member)").await?;
    run(
        db,
        "INSERT INTO loan_share (loan_id, position, bank_id, bank_name, amount_fen, outstanding_fen)
         SELECT id, 0, bank_id, bank_name, principal_fen, outstanding_fen FROM loan ORDER BY id",
    )
    .await?;
    // The days before count as closed: the bank comes over from another system.
    run(
        db,
        &format!(
            "INSERT INTO closing_run (id, bank_id, business_date, status, loans, done, failed, accrued_fen, started_by, started_at, finished_at)
             VALUES (gen_random_uuid(), '{BANK}', DATE '2026-02-01', 'finished', 0, 0, 0, 0, 'bench', now(), now())"
        ),
    )
    .await?;
    run(db, "ANALYZE").await?;
    Ok(())
}

fn paying() -> i64 {
    from_env("IPF_BENCH_PAYING", PAYING)
}

/// A number that the environment says, else this one.
fn from_env<T: std::str::FromStr>(name: &str, otherwise: T) -> T {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// The borrowers who pay on the day pay what fell due on it.
async fn pay(db: &Db, clock: &SimulatedClock, on: NaiveDate) -> Result<usize, Failed> {
    clock.set(on.and_hms_opt(4, 0, 0).ok_or("no such hour")?.and_utc());
    let due = format!(
        "SELECT id, (SELECT SUM((due->>'principal')::numeric + (due->>'interest')::numeric)::text
                     FROM jsonb_array_elements(arrears::jsonb->'dues') due) AS owed
         FROM loan WHERE status = 'active' AND next_due_on = '{on}' AND arrears IS NOT NULL
           AND (substr(enterprise_name, 12))::int % 100 < {}",
        paying()
    );
    let rows = db.read().query_all_raw(Statement::from_string(db.read().get_database_backend(), due)).await?;
    let caller = Caller {
        user: UserId::from_uuid(BANK),
        name: "operations".to_owned(),
        tenant: OrgId::from_uuid(BANK),
        tenant_name: "bank".to_owned(),
        org_kind: OrgKind::Bank,
        roles: vec![Role::Operations],
    };
    let payments = rows.iter().map(|row| -> Result<_, Failed> {
        let (loan, owed): (Uuid, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let request: RepaymentRequest = serde_json::from_value(serde_json::json!({ "amount": owed }))?;
        let key = IdempotencyKey::new(caller.tenant, "repayment", format!("{loan} {on}"), owed.as_bytes());
        Ok((loan, request, key))
    });
    let payments = payments.collect::<Result<Vec<_>, Failed>>()?;
    let paid = futures::stream::iter(&payments)
        .map(|(loan, request, key)| repay(db, &caller, key, LoanId::from_uuid(*loan), request));
    let outcomes: Vec<_> = paid.buffer_unordered(AT_A_TIME).collect().await;
    for outcome in outcomes {
        outcome.map_err(|error| format!("a payment was not taken: {error:?}"))?;
    }
    Ok(payments.len())
}

/// Resident memory of this process in MiB.
fn resident_mib() -> u64 {
    std::fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("VmRSS:"))?.to_owned();
            line.split_whitespace().nth(1)?.parse::<u64>().ok()
        })
        .map_or(0, |kib| kib / 1024)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

async fn close_to(db: &Db, until: NaiveDate) -> Result<(), Failed> {
    match catch_up(db, OrgId::from_uuid(BANK), until, "bench", || true).await? {
        CaughtUp::Closed { .. } => Ok(()),
        CaughtUp::Waiting { day, .. } => Err(format!("{day} is not closed").into()),
    }
}

/// What the books show equals what the loans owe, and every loan is closed once.
async fn agree(db: &Db) -> Result<(), Failed> {
    let posted = number(db, "SELECT SUM(posted_fen)::bigint FROM loan_day").await?;
    let ledger =
        number(db, "SELECT SUM(debit_fen - credit_fen)::bigint FROM ledger_entry WHERE account = '1132'")
            .await?;
    let days = number(db, "SELECT COUNT(DISTINCT closed_on) FROM loan_day").await?;
    if posted != ledger || days != 1 {
        return Err(format!("receivable {posted}, ledger {ledger}, {days} different days").into());
    }
    Ok(())
}

async fn side_by_side(db: &Db, clock: &SimulatedClock, loans: i64) -> Result<NaiveDate, Failed> {
    // The first close makes the rows of the days and of the risk; from then on they are updated.
    let mut last = day("2026-02-02")?;
    clock.set(morning_after(last, 0)?);
    let started = Instant::now();
    close_to(db, last).await?;
    println!(
        "first closes of {loans} loans, from their first day on: {:.1} s",
        started.elapsed().as_secs_f64()
    );
    for (table, layout) in BARE {
        run(db, &format!("CREATE TABLE {table} {layout} AS SELECT * FROM loan_day")).await?;
        run(db, &format!("ALTER TABLE {table} ADD PRIMARY KEY (loan_id)")).await?;
        run(db, &format!("VACUUM ANALYZE {table}")).await?;
    }
    run(db, "VACUUM ANALYZE loan_day").await?;
    let (mut bare, mut ours, mut ratios) = ([Vec::new(), Vec::new()], Vec::new(), [Vec::new(), Vec::new()]);
    for round in 1..=from_env("IPF_BENCH_DAYS", DAYS) {
        let mut once = [0.0; 2];
        for ((table, _), seconds) in BARE.iter().zip(&mut once) {
            let started = Instant::now();
            run(
                db,
                &format!("UPDATE {table} SET closed_on = closed_on + 1, posted_fen = posted_fen + 1 WHERE bank_id = '{BANK}'"),
            )
            .await?;
            *seconds = started.elapsed().as_secs_f64();
        }
        last = last.succ_opt().ok_or("no day")?;
        let paid = pay(db, clock, last).await?;
        clock.set(morning_after(last, 0)?);
        let started = Instant::now();
        close_to(db, last).await?;
        let other = started.elapsed().as_secs_f64();
        println!(
            "round {round}: bare UPDATE of {loans} rows {:.2} s, laid out for it {:.2} s, close of business {other:.2} s, \
             ratios {:.2} and {:.2}, {paid} had paid, resident {} MiB",
            once[0],
            once[1],
            other / once[0],
            other / once[1],
            resident_mib()
        );
        ours.push(other);
        for (index, seconds) in once.into_iter().enumerate() {
            bare[index].push(seconds);
            ratios[index].push(other / seconds);
        }
        for (table, _) in BARE {
            run(db, &format!("VACUUM {table}")).await?;
        }
        run(db, "VACUUM loan_day").await?;
    }
    let ours = median(ours);
    for (((table, _), bare), ratios) in BARE.iter().zip(bare).zip(ratios) {
        println!(
            "close of business, {loans} loans: median {ours:.2} s against {:.2} s of one UPDATE of {table}, ratio {:.2} (aim: at most 3)",
            median(bare),
            median(ratios)
        );
    }
    agree(db).await?;
    Ok(last)
}

/// Another process closes the next day and is killed in the middle; this one resumes it.
async fn kill_and_resume(db: &Db, url: &str, clock: &SimulatedClock, last: NaiveDate) -> Result<(), Failed> {
    let next = last.succ_opt().ok_or("no day")?;
    clock.set(morning_after(next, 0)?);
    let loans = number(db, "SELECT COUNT(*) FROM loan_day").await?;
    let mut child = Command::new(std::env::current_exe()?)
        .env("IPF_BENCH_CLOSE", format!("{url} {next}"))
        .stdout(Stdio::null())
        .spawn()?;
    loop {
        let done = number(db, "SELECT COALESCE(SUM(s.done), 0)::bigint FROM closing_shard s JOIN closing_run r ON r.id = s.run_id WHERE r.status = 'running'").await?;
        if done * 2 >= loans {
            break;
        }
        if child.try_wait()?.is_some() {
            return Err("the day was closed before it could be killed".into());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    child.kill()?;
    child.wait()?;
    let half = number(db, "SELECT SUM(s.done)::bigint FROM closing_shard s JOIN closing_run r ON r.id = s.run_id WHERE r.status = 'running'").await?;
    // The dead process holds its shards until their leases end; the clock of the bench is moved past it.
    clock.set(morning_after(next, 5)?);
    let started = Instant::now();
    close_to(db, next).await?;
    println!(
        "killed with {half} of {loans} loans done; resumed and finished in {:.2} s",
        started.elapsed().as_secs_f64()
    );
    agree(db).await
}

async fn hundred_days() -> Result<(), Failed> {
    let place = TestPlace::new(Backend::Postgres)?;
    let clock = clock("2026-05-15")?;
    let db = place.open::<pledge_svc::Migrator>(Service::Pledge, Arc::clone(&clock) as _).await?;
    lend(&db, 1_000).await?;
    close_to(&db, day("2026-02-04")?).await?;
    let started = Instant::now();
    close_to(&db, day("2026-05-15")?).await?;
    println!("100 days caught up on 1,000 loans: {:.2} s", started.elapsed().as_secs_f64());
    agree(&db).await
}

#[tokio::main]
async fn main() -> Result<(), Failed> {
    if let Ok(order) = std::env::var("IPF_BENCH_CLOSE") {
        let (url, until) = order.split_once(' ').ok_or("an address and a day")?;
        let db =
            Db::open(Service::Pledge, &DbConfig { connections_max: 6, ..DbConfig::at(url) }, clock(until)?)
                .await?;
        return close_to(&db, day(until)?).await;
    }
    if std::env::var_os("IPF_TEST_POSTGRES_URL").is_none() {
        return Err("set IPF_TEST_POSTGRES_URL to a PostgreSQL server, for example by `source .ci/servers.sh; start_servers durable`".into());
    }
    let loans: i64 = from_env("IPF_BENCH_LOANS", 1_000_000);
    let place = TestPlace::new(Backend::Postgres)?;
    let url = place.database_url(Service::Pledge).await?;
    let clock = clock("2026-02-02")?;
    let config = DbConfig { connections_max: 6, ..DbConfig::at(&url) };
    let db = Db::open(Service::Pledge, &config, Arc::clone(&clock) as _).await?;
    <pledge_svc::Migrator as sea_orm_migration::MigratorTrait>::up(db.migrator(), None).await?;
    lend(&db, loans).await?;
    let last = side_by_side(&db, &clock, loans).await?;
    kill_and_resume(&db, &url, &clock, last).await?;
    hundred_days().await
}
