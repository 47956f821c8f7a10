//! A service's database: SQLite with one writer beside a read pool, or PostgreSQL with serialisable
//! transactions; both behind [`Db::run`], which retries what another transaction overtook.

use std::{str::FromStr, sync::Arc, time::Duration};

use contracts::{Clock, Service};
use rand::RngExt;
use sea_orm::{
    AccessMode, DatabaseBackend, DatabaseConnection, IsolationLevel, SqliteTransactionMode,
    SqlxPostgresConnector, SqlxSqliteConnector, TransactionOptions, TransactionTrait,
};
use sqlx::{
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::Notify;

use crate::{Fault, Tx, Work};

/// How often a transaction that was overtaken is run again before the caller hears of it.
const ATTEMPTS_MAX: u32 = 12;
/// SQLite's page cache of each connection; negative means KiB.
const CACHE_KIB: &str = "-1024";
/// Connections that read one SQLite file at a time; each has a thread and a cache of its own.
const SQLITE_READERS_MAX: u32 = 4;
/// How long a request may wait for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(20);
/// How long closing may wait for a connection that is still in use.
const CLOSE_MAX: Duration = Duration::from_secs(5);

/// Where a service's data lie and how many connections it may hold.
#[derive(Debug, Clone)]
pub struct DbConfig {
    /// `sqlite:///path/file.db`, `sqlite::memory:` is not offered, or `postgres://…`.
    pub url: String,
    /// Connections of the pool (PostgreSQL) or of the read pool (SQLite).
    pub connections_max: u32,
}

impl DbConfig {
    /// The default number of connections at this address.
    #[must_use]
    pub fn at(url: impl Into<String>) -> Self {
        Self { url: url.into(), connections_max: 8 }
    }
}

/// An open database of one service. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    service: Service,
    write: DatabaseConnection,
    read: DatabaseConnection,
    clock: Arc<dyn Clock>,
    outbox_filled: Arc<Notify>,
}

impl Db {
    /// Opens the database (SQLite: creates the file, readable by its owner only).
    ///
    /// # Errors
    /// One sentence when the address is not understood, the file cannot be made or the server does not answer.
    pub async fn open(service: Service, config: &DbConfig, clock: Arc<dyn Clock>) -> Result<Self, Fault> {
        let (write, read) = if config.url.starts_with("sqlite:") {
            open_sqlite(config).await?
        } else if config.url.starts_with("postgres") {
            open_postgres(config).await?
        } else {
            return Err(Fault::Other(format!(
                "the database address of {service} starts neither with sqlite: nor with postgres:"
            )));
        };
        Ok(Self { service, write, read, clock, outbox_filled: Arc::new(Notify::new()) })
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

    /// Whether this is PostgreSQL.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        self.write.get_database_backend() == DatabaseBackend::Postgres
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

    /// Starts a transaction: `BEGIN IMMEDIATE` on SQLite's one writer, `SERIALIZABLE` on PostgreSQL.
    ///
    /// # Errors
    /// The database's fault.
    pub async fn begin(&self) -> Result<Tx, Fault> {
        let options = if self.is_postgres() {
            TransactionOptions {
                isolation_level: Some(IsolationLevel::Serializable),
                access_mode: Some(AccessMode::ReadWrite),
                ..TransactionOptions::default()
            }
        } else {
            TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            }
        };
        let inner = self.write.begin_with_options(options).await?;
        let now = self.clock.now();
        Ok(Tx::new(inner, self.service, now, contracts::clock::china_date(now)))
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
        let mut attempt = 1;
        loop {
            match self.attempt(&act).await {
                Err(error) if attempt < ATTEMPTS_MAX && error.as_fault().is_some_and(Fault::is_transient) => {
                    tracing::debug!(attempt, "a transaction was overtaken and runs again");
                    tokio::time::sleep(back_off(attempt)).await;
                    attempt += 1;
                }
                answer => return answer,
            }
        }
    }

    async fn attempt<'env, T, E, F>(&self, act: &F) -> Result<T, E>
    where
        F: for<'t> Fn(&'t mut Tx) -> Work<'env, 't, Result<T, E>> + Send + Sync,
        T: Send,
        E: From<Fault> + Send,
    {
        let mut tx = self.begin().await?;
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

/// An act's error that may carry a fault, so that [`Db::run`] can tell what to try again.
pub trait AsFault {
    /// The fault inside, if it is one.
    fn as_fault(&self) -> Option<&Fault>;
}

impl AsFault for Fault {
    fn as_fault(&self) -> Option<&Fault> {
        Some(self)
    }
}

/// Exponential from 2 ms to 250 ms with full jitter, so that overtaken twins do not meet again.
#[expect(clippy::disallowed_methods, reason = "jitter decides nothing")]
fn back_off(attempt: u32) -> Duration {
    let ceiling_ms = (2_u64 << attempt.min(7)).min(250);
    Duration::from_millis(rand::rng().random_range(1..=ceiling_ms))
}

fn connection_fault(error: sqlx::Error) -> Fault {
    Fault::Other(format!("the database does not open: {error}"))
}

async fn open_sqlite(config: &DbConfig) -> Result<(DatabaseConnection, DatabaseConnection), Fault> {
    let options = SqliteConnectOptions::from_str(&config.url)
        .map_err(connection_fault)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        .pragma("temp_store", "memory")
        // Five services share one process's memory; the machine caches the pages anyway.
        .pragma("cache_size", CACHE_KIB)
        .statement_cache_capacity(256);
    let path = options.get_filename().to_owned();
    private_file(&path)?;
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_with(options.clone())
        .await
        .map_err(connection_fault)?;
    let readers = SqlitePoolOptions::new()
        .max_connections(config.connections_max.clamp(1, SQLITE_READERS_MAX))
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_lazy_with(options.read_only(true).pragma("query_only", "on"));
    Ok((
        SqlxSqliteConnector::from_sqlx_sqlite_pool(writer),
        SqlxSqliteConnector::from_sqlx_sqlite_pool(readers),
    ))
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

async fn open_postgres(config: &DbConfig) -> Result<(DatabaseConnection, DatabaseConnection), Fault> {
    let options = PgConnectOptions::from_str(&config.url).map_err(connection_fault)?;
    let pool =
        |share: u32| PgPoolOptions::new().max_connections(share.max(1)).acquire_timeout(ACQUIRE_TIMEOUT);
    let writer =
        pool(config.connections_max).connect_with(options.clone()).await.map_err(connection_fault)?;
    let readers = pool(config.connections_max / 2).connect_lazy_with(options);
    Ok((
        SqlxPostgresConnector::from_sqlx_postgres_pool(writer),
        SqlxPostgresConnector::from_sqlx_postgres_pool(readers),
    ))
}
