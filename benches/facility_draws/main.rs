//! Complete draws on collective lines — line, member, loan, shares, ledger, event, audit row, kept answer — beside
//! `pgbench` doing only the least that any of it needs: one conditional UPDATE and one INSERT. Both sides run in turn on
//! the same server with the same number of callers; medians and their ratio are printed. Then complete draws on SQLite.
//!
//! `cargo bench --bench facility_draws [-- --seconds 3 --rounds 3]`
//!
//! Needs a PostgreSQL server in `IPF_TEST_POSTGRES_URL` (`source .ci/servers.sh; start_servers durable` starts one) and `pgbench`
//! (Debian: postgresql-contrib or postgresql-15).

#![expect(clippy::print_stdout, reason = "a bench says what it measured")]

mod lines;
mod pgbench;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use contracts::{Clock, Service, SystemClock};
use pledge_svc::facility::DrawDesk;
use sea_orm::{ConnectionTrait, Database};
use sea_orm_migration::MigratorTrait;
use tx_kit::{Db, DbConfig};

use lines::Lines;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const CALLERS: [usize; 4] = [1, 16, 64, 256];
/// As many as an instance that serves draws would have.
const CONNECTIONS: u32 = 12;

pub(crate) type Failed = Box<dyn std::error::Error + Send + Sync>;

/// Which lines are drawn on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spread {
    /// One, by its 64 members.
    Hot,
    /// A thousand.
    Wide,
}

impl Spread {
    const fn name(self) -> &'static str {
        match self {
            Self::Hot => "one hot line",
            Self::Wide => "1,000 lines",
        }
    }

    /// What the ratio is to be at least.
    const fn aim(self, callers: usize) -> Option<f64> {
        match (self, callers) {
            (Self::Hot, 16) => Some(2.0),
            (Self::Hot, 256) => Some(15.0),
            (Self::Wide, 256) => Some(1.0),
            _ => None,
        }
    }
}

struct Asked {
    seconds: u64,
    rounds: usize,
}

fn arguments() -> Result<Asked, Failed> {
    let mut asked = Asked { seconds: 3, rounds: 3 };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--seconds" => asked.seconds = words.next().ok_or("--seconds wants a number")?.parse()?,
            "--rounds" => asked.rounds = words.next().ok_or("--rounds wants a number")?.parse()?,
            // Cargo says so to every bench.
            "--bench" => {}
            other => return Err(format!("{other} is not understood").into()),
        }
    }
    if asked.seconds == 0 || asked.rounds == 0 {
        return Err("at least one second and one round".into());
    }
    Ok(asked)
}

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let asked = arguments()?;
    match std::env::var("IPF_TEST_POSTGRES_URL") {
        Ok(server) => on_postgres(&server, &asked).await?,
        Err(_) => println!(
            "PostgreSQL is left out: set IPF_TEST_POSTGRES_URL=postgres://user@host:port/database, or let \
             `source .ci/servers.sh; start_servers durable` start a server and set it.\n"
        ),
    }
    on_sqlite(&asked).await
}

fn median(measured: &[f64]) -> f64 {
    let mut sorted = measured.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let at = |index: usize| sorted.get(index).copied().unwrap_or(0.0);
    f64::midpoint(at(sorted.len().saturating_sub(1) / 2), at(sorted.len() / 2))
}

async fn open(url: String) -> Result<Db, Failed> {
    let config = DbConfig { connections_max: CONNECTIONS, ..DbConfig::at(url) };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let db = Db::open(Service::Pledge, &config, clock).await?;
    pledge_svc::Migrator::up(db.migrator(), None).await?;
    Ok(db)
}

async fn on_postgres(server: &str, asked: &Asked) -> Result<(), Failed> {
    let program = pgbench::program()?;
    let name = format!("bench_{}", uuid::Uuid::new_v4().simple());
    let admin = Database::connect(server).await?;
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await?;
    let (base, _) = server.rsplit_once('/').ok_or("IPF_TEST_POSTGRES_URL names no database")?;
    let url = format!("{base}/{name}");
    let measured = postgres_cases(&url, &program, asked).await;
    admin.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await?;
    measured
}

async fn postgres_cases(url: &str, program: &str, asked: &Asked) -> Result<(), Failed> {
    let db = open(url.to_owned()).await?;
    let lines = Arc::new(Lines::made(&db).await?);
    // Of the tables with rows alone: empty ones that were looked at would be planned for as empty.
    db.migrator().execute_unprepared("ANALYZE facility, facility_share, facility_member, pledge").await?;
    let bare = pgbench::Bare::made(&db, program, url).await?;
    let desk = Arc::new(DrawDesk::new(db.clone()));
    println!(
        "PostgreSQL, {} s each, {} rounds, draws a second and bare transactions a second",
        asked.seconds, asked.rounds
    );
    for spread in [Spread::Hot, Spread::Wide] {
        // Prepared statements, caches, the shape of tables that are no longer empty.
        draws(&db, &desk, &lines, spread, 64, Duration::from_secs(2)).await?;
        db.migrator().execute_unprepared("VACUUM ANALYZE").await?;
        for callers in CALLERS {
            let (mut ours, mut theirs, mut steps) = (Vec::new(), Vec::new(), 0.0);
            for _ in 0..asked.rounds {
                checkpoint(&db).await;
                let run =
                    draws(&db, &desk, &lines, spread, callers, Duration::from_secs(asked.seconds)).await?;
                ours.push(run.per_second);
                steps = run.steps_per_draw;
                checkpoint(&db).await;
                theirs.push(bare.run(spread, callers, asked.seconds).await?);
            }
            report(spread, callers, (&ours, &theirs), steps);
        }
    }
    agrees(&db).await?;
    db.close().await;
    Ok(())
}

/// Both sides begin with an empty log. Who may not ask for it measures a little less evenly.
async fn checkpoint(db: &Db) {
    drop(db.migrator().execute_unprepared("CHECKPOINT").await);
}

fn report(spread: Spread, callers: usize, (ours, theirs): (&[f64], &[f64]), steps: f64) {
    let (our, their) = (median(ours), median(theirs));
    let ratio = our / their;
    let aim = spread.aim(callers).map_or_else(String::new, |aim| {
        format!("   aim {aim} ×: {}", if ratio >= aim { "reached" } else { "missed" })
    });
    println!(
        "{:<13} {callers:>3} callers: {our:>8.0} complete draws, {their:>8.0} pgbench, {ratio:>6.2} ×, \
         {steps:>5.2} statements a draw{aim}",
        spread.name(),
    );
    println!("              rounds: {ours:.0?} / {theirs:.0?}");
}

struct Run {
    per_second: f64,
    steps_per_draw: f64,
}

/// Lets callers draw, each one's next when it has its answer, until the time is up.
async fn draws(
    db: &Db,
    desk: &Arc<DrawDesk>,
    lines: &Arc<Lines>,
    spread: Spread,
    callers: usize,
    time: Duration,
) -> Result<Run, Failed> {
    let steps = db.probe().steps();
    let start = Instant::now();
    let tasks: Vec<_> = (0..callers)
        .map(|caller| {
            let (desk, lines) = (Arc::clone(desk), Arc::clone(lines));
            tokio::spawn(async move {
                let mut drawn = 0_u64;
                let mut choice = lines::Choice::of(caller);
                while start.elapsed() < time {
                    let (line, asked) = lines.ask(spread, &mut choice);
                    lines::granted(desk.draw(line, asked).await)?;
                    drawn += 1;
                }
                Ok::<u64, Failed>(drawn)
            })
        })
        .collect();
    let mut drawn = 0;
    for task in tasks {
        drawn += task.await??;
    }
    let seconds = start.elapsed().as_secs_f64();
    let (drawn, steps) = (drawn as f64, (db.probe().steps() - steps) as f64);
    Ok(Run { per_second: drawn / seconds, steps_per_draw: steps / drawn })
}

async fn on_sqlite(asked: &Asked) -> Result<(), Failed> {
    // On the disk that the build uses: a file in memory would prove nothing about a synchronous log.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let db = open(format!("sqlite://{}", folder.path().join("pledge.db").display())).await?;
    let lines = Arc::new(Lines::made(&db).await?);
    let desk = Arc::new(DrawDesk::new(db.clone()));
    println!("\nSQLite, synchronous=FULL, {} s each, {} rounds", asked.seconds, asked.rounds);
    for spread in [Spread::Hot, Spread::Wide] {
        draws(&db, &desk, &lines, spread, 64, Duration::from_secs(1)).await?;
        let (mut rounds, mut steps) = (Vec::new(), 0.0);
        for _ in 0..asked.rounds {
            let run = draws(&db, &desk, &lines, spread, 256, Duration::from_secs(asked.seconds)).await?;
            rounds.push(run.per_second);
            steps = run.steps_per_draw;
        }
        let our = median(&rounds);
        let reached = if our >= 10_000.0 { "reached" } else { "missed" };
        println!(
            "{:<13} 256 callers: {our:>8.0} complete draws, {steps:>5.2} statements a draw   aim 10,000: {reached}",
            spread.name(),
        );
        println!("              rounds: {rounds:.0?}");
    }
    agrees(&db).await?;
    db.close().await;
    Ok(())
}

/// A draw counts only if it is complete: lines, members, loans, shares and ledger agree to the fen.
async fn agrees(db: &Db) -> Result<(), Failed> {
    let found = pledge_svc::books::reconciliation::reconcile(db.read(), &identity::Scope::system()).await?;
    match found.iter().find(|one| !one.agrees) {
        Some(one) => Err(format!("facility {} does not agree: {one:?}", one.number).into()),
        None => {
            println!("{} lines agree to the fen with their members, loans, shares and ledger", found.len());
            Ok(())
        }
    }
}
