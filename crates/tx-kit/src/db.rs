//! A service's database: SQLite with one writer beside a read pool, or PostgreSQL with serialisable
//! transactions; both behind [`Db::run`], which retries what another transaction overtook. Acts that decide on
//! locked rows alone need no more than [`Db::run_read_committed`].

use std::{str::FromStr, sync::Arc, time::Duration};

use contracts::{Clock, Service};
use sea_orm::{DatabaseConnection, SqlxPostgresConnector, SqlxSqliteConnector};
use sqlx::{
    Connection, Database,
    pool::PoolOptions,
    postgres::PgConnectOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use tokio::sync::Notify;

use crate::{
    Fault, Tx, Work,
    attempts::{AsFault, back_off, is_worth_another},
    conn::{Conn, Pool},
    knock::{knock, not_opened},
    probe::Probe,
};

/// SQLite's page cache of each reader; negative means KiB.
const READER_CACHE_KIB: &str = "-1024";
/// SQLite's page cache of the writer: what a full batch of draws changes fits in, so that no page goes to the log
/// twice in one transaction. It fills only where that much is written.
const WRITER_CACHE_KIB: &str = "-8192";
/// Pages that SQLite's log may hold before they are folded into the file (64 MiB): pages that every transaction
/// changes are then folded once for many of them.
const LOG_PAGES: &str = "16000";
/// Prepared statements that a connection keeps; a statement on many rows has a text for each of a few sizes.
const STATEMENTS_KEPT: usize = 256;
/// A connection that has rested longer than this is tested before it is used; testing takes a turn to the server.
const TESTED_AFTER: Duration = Duration::from_secs(1);
/// Connections that read one SQLite file at a time; each has a thread and a cache of its own.
const SQLITE_READERS_MAX: u32 = 4;
/// How long a request may wait for a connection: long enough for a server that restarts, and short enough to be told while the
/// caller still waits.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long closing may wait for a connection that is still in use.
const CLOSE_MAX: Duration = Duration::from_secs(5);

/// Where a service's data lie and how many connections it may hold.
#[derive(Debug, Clone)]
pub struct DbConfig {
    /// `sqlite:///path/file.db`, `sqlite::memory:` is not offered, or `postgres://…`.
    pub url: String,
    /// Connections of the pool (PostgreSQL) or of the read pool (SQLite).
    pub connections_max: u32,
    /// How transactions are isolated (PostgreSQL).
    pub isolation: Isolation,
}

impl DbConfig {
    /// The default number of connections and isolation at this address.
    #[must_use]
    pub fn at(url: impl Into<String>) -> Self {
        Self { url: url.into(), connections_max: 8, isolation: Isolation::default() }
    }
}

/// How PostgreSQL isolates transactions. SQLite has one writer, which is alone by nature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Isolation {
    /// As if one ran after the other; what was overtaken runs again.
    #[default]
    Serializable,
    /// Each statement sees what was committed before it. The acts hold their promises at this level too, by locks,
    /// guarded updates and unique indexes.
    ReadCommitted,
}

impl Isolation {
    const fn begin(self) -> &'static str {
        match self {
            Self::Serializable => "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE",
            Self::ReadCommitted => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
        }
    }
}

/// As [`Isolation::ReadCommitted`] begins; a statement that was prepared is planned once. Both go to the server in one turn.
const BEGIN_BY_KEPT_PLANS: &str =
    "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL plan_cache_mode = force_generic_plan";

/// An open database of one service. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    service: Service,
    isolation: Isolation,
    pool: Pool,
    write: DatabaseConnection,
    read: DatabaseConnection,
    clock: Arc<dyn Clock>,
    outbox_filled: Arc<Notify>,
    probe: Probe,
}

impl Db {
    /// Opens the database (SQLite: creates the file, readable by its owner only).
    ///
    /// # Errors
    /// An outage while the server is away ([`Fault::is_away`]); one sentence when the address is not understood, the file
    /// cannot be made or the server refuses.
    pub async fn open(service: Service, config: &DbConfig, clock: Arc<dyn Clock>) -> Result<Self, Fault> {
        let (pool, read) = if config.url.starts_with("sqlite:") {
            open_sqlite(service, config).await?
        } else if config.url.starts_with("postgres") {
            open_postgres(service, config).await?
        } else {
            return Err(Fault::Other(format!(
                "the database address of {service} starts neither with sqlite: nor with postgres:"
            )));
        };
        let write = match &pool {
            Pool::Postgres(pool) => SqlxPostgresConnector::from_sqlx_postgres_pool(pool.clone()),
            Pool::Sqlite(pool) => SqlxSqliteConnector::from_sqlx_sqlite_pool(pool.clone()),
        };
        Ok(Self {
            service,
            isolation: config.isolation,
            pool,
            write,
            read,
            clock,
            outbox_filled: Arc::new(Notify::new()),
            probe: Probe::default(),
        })
    }

    /// The service whose data these are.
    #[must_use]
    pub fn service(&self) -> Service {
        self.service
    }

    /// The clock that stamps the transactions.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// The pool for reads outside transactions. Nothing is decided on what it answers.
    #[must_use]
    pub fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// The connection that migrations run on.
    #[must_use]
    pub fn migrator(&self) -> &DatabaseConnection {
        &self.write
    }

    /// How many connections that write it may hold.
    #[must_use]
    pub fn connections_max(&self) -> usize {
        let most = match &self.pool {
            Pool::Postgres(pool) => pool.options().get_max_connections(),
            Pool::Sqlite(pool) => pool.options().get_max_connections(),
        };
        usize::try_from(most).unwrap_or(1)
    }

    /// Whether this is PostgreSQL.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        matches!(self.pool, Pool::Postgres(_))
    }

    /// Where a test counts and breaks the steps of this database's transactions.
    #[cfg(feature = "testing")]
    #[must_use]
    pub const fn probe(&self) -> &Probe {
        &self.probe
    }

    /// Closes both pools, the writer last: SQLite then folds its log into the one file that a backup copies.
    pub async fn close(&self) {
        let all = async {
            for pool in [&self.read, &self.write] {
                if let Err(error) = pool.close_by_ref().await {
                    tracing::warn!("the database of {} did not close cleanly: {error}", self.service);
                }
            }
        };
        if tokio::time::timeout(CLOSE_MAX, all).await.is_err() {
            tracing::warn!(
                "the database of {} did not close in time; its log is read at the next start",
                self.service
            );
        }
    }

    /// Fires after each commit that published events.
    pub(crate) fn outbox_filled(&self) -> &Notify {
        &self.outbox_filled
    }

    /// Starts a transaction: `BEGIN IMMEDIATE` on SQLite's one writer, the configured isolation on PostgreSQL.
    ///
    /// # Errors
    /// The database's fault.
    pub async fn begin(&self) -> Result<Tx, Fault> {
        self.begin_by(self.isolation.begin()).await
    }

    /// `begin` is what PostgreSQL is told.
    async fn begin_by(&self, begin: &'static str) -> Result<Tx, Fault> {
        let conn = Conn::begin(&self.pool, begin, self.probe.clone()).await?;
        let now = self.clock.now();
        Ok(Tx::new(conn, self.service, now, contracts::clock::china_date(now)))
    }

    /// Runs `act` in one transaction and commits it; runs it again when another transaction overtook it.
    ///
    /// `act` may run several times and so must not have effects outside its transaction. It is written
    /// `db.run(|tx| async move { … }.in_tx())`; what it needs from around it, it takes by reference.
    ///
    /// # Errors
    /// What `act` answers (nothing is changed then), or the database's fault.
    pub async fn run<'env, T, E, F>(&self, act: F) -> Result<T, E>
    where
        F: for<'t> Fn(&'t mut Tx) -> Work<'env, 't, Result<T, E>> + Send + Sync,
        T: Send,
        E: From<Fault> + AsFault + Send,
    {
        self.run_by(self.isolation.begin(), act).await
    }

    /// Like [`Db::run`], on PostgreSQL under READ COMMITTED whatever is configured: for work whose predicate locks would
    /// overtake everybody else although nothing collides, because it touches thousands of rows at a time or the same
    /// index pages as many others. Every decision of `act` must rest on rows that it locks first or on unique indexes,
    /// and every row that it writes be guarded by what was read of it, with the number of rows touched checked.
    ///
    /// # Errors
    /// As [`Db::run`].
    pub async fn run_read_committed<'env, T, E, F>(&self, act: F) -> Result<T, E>
    where
        F: for<'t> Fn(&'t mut Tx) -> Work<'env, 't, Result<T, E>> + Send + Sync,
        T: Send,
        E: From<Fault> + AsFault + Send,
    {
        self.run_by(Isolation::ReadCommitted.begin(), act).await
    }

    /// Like [`Db::run_read_committed`], by plans that PostgreSQL keeps: for an act that many wait for and whose statements
    /// seek rows by their keys and write the rows they are given. How many these are is no reason for another plan, and to
    /// plan a statement on a dozen tables takes as long as to execute it. What an index that holds a part of a table rests on
    /// must be written out in the statements: of a bound value a kept plan knows nothing.
    ///
    /// # Errors
    /// As [`Db::run`].
    pub async fn run_by_kept_plans<'env, T, E, F>(&self, act: F) -> Result<T, E>
    where
        F: for<'t> Fn(&'t mut Tx) -> Work<'env, 't, Result<T, E>> + Send + Sync,
        T: Send,
        E: From<Fault> + AsFault + Send,
    {
        self.run_by(BEGIN_BY_KEPT_PLANS, act).await
    }

    async fn run_by<'env, T, E, F>(&self, begin: &'static str, act: F) -> Result<T, E>
    where
        F: for<'t> Fn(&'t mut Tx) -> Work<'env, 't, Result<T, E>> + Send + Sync,
        T: Send,
        E: From<Fault> + AsFault + Send,
    {
        let mut attempt = 1;
        loop {
            match self.attempt(begin, &act).await {
                Err(error) if error.as_fault().is_some_and(|fault| is_worth_another(fault, attempt)) => {
                    tracing::debug!(attempt, "a transaction was overtaken and runs again");
                    tokio::time::sleep(back_off(attempt)).await;
                    attempt += 1;
                }
                answer => return answer,
            }
        }
    }

    async fn attempt<'env, T, E, F>(&self, begin: &'static str, act: &F) -> Result<T, E>
    where
        F: for<'t> Fn(&'t mut Tx) -> Work<'env, 't, Result<T, E>> + Send + Sync,
        T: Send,
        E: From<Fault> + Send,
    {
        let mut tx = self.begin_by(begin).await?;
        match act(&mut tx).await {
            Ok(value) => {
                if tx.commit().await? {
                    self.outbox_filled.notify_one();
                }
                Ok(value)
            }
            Err(error) => {
                if let Err(fault) = tx.rollback().await {
                    tracing::warn!(%fault, "a rollback failed; the connection is dropped with its transaction");
                }
                Err(error)
            }
        }
    }
}

/// Tests only connections that have rested: one in use a moment ago is there, and a transaction that cannot begin
/// takes another.
fn pool<DB: Database>(connections_max: u32) -> PoolOptions<DB> {
    PoolOptions::new()
        .max_connections(connections_max.max(1))
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .before_acquire(|conn: &mut DB::Connection, found| {
            Box::pin(async move {
                if found.idle_for > TESTED_AFTER {
                    conn.ping().await?;
                }
                Ok(true)
            })
        })
}

async fn open_sqlite(service: Service, config: &DbConfig) -> Result<(Pool, DatabaseConnection), Fault> {
    let failed = |error| not_opened(service, error);
    let options = SqliteConnectOptions::from_str(&config.url)
        .map_err(failed)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        .pragma("temp_store", "memory")
        .statement_cache_capacity(STATEMENTS_KEPT);
    let path = options.get_filename().to_owned();
    private_file(&path)?;
    let writer = pool(1)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(
            options.clone().pragma("cache_size", WRITER_CACHE_KIB).pragma("wal_autocheckpoint", LOG_PAGES),
        )
        .await
        .map_err(failed)?;
    // Five services share one process's memory; the machine caches the pages anyway.
    let readers = pool(config.connections_max.min(SQLITE_READERS_MAX)).connect_lazy_with(
        options.read_only(true).pragma("cache_size", READER_CACHE_KIB).pragma("query_only", "on"),
    );
    Ok((Pool::Sqlite(writer), SqlxSqliteConnector::from_sqlx_sqlite_pool(readers)))
}

/// Makes the file for its owner only, before SQLite would make it for everybody.
fn private_file(path: &std::path::Path) -> Result<(), Fault> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
        .open(path)
        .map(drop)
        .map_err(|error| Fault::Other(format!("cannot write {}: {error}", path.display())))
}

async fn open_postgres(service: Service, config: &DbConfig) -> Result<(Pool, DatabaseConnection), Fault> {
    let failed = |error| not_opened(service, error);
    let options =
        PgConnectOptions::from_str(&config.url).map_err(failed)?.statement_cache_capacity(STATEMENTS_KEPT);
    knock(service, &options).await?;
    let writer = pool(config.connections_max).connect_with(options.clone()).await.map_err(failed)?;
    let readers = pool(config.connections_max / 2).connect_lazy_with(options);
    Ok((Pool::Postgres(writer), SqlxPostgresConnector::from_sqlx_postgres_pool(readers)))
}
