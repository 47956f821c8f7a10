//! The connection of a running transaction. It answers sea-orm's queries like any connection, takes many rows at
//! once ([`Conn::insert`]), and joins rows to a statement ([`Conn::execute_with`]).
//!
//! It stands in the place of sea-orm's own transaction, which copies every value of a statement before sending it,
//! sends the isolation level in a turn of its own, and gives no way to the driver beneath, where arrays and copies are.

use std::sync::Arc;

use futures::lock::Mutex;
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement,
    Values,
};
use sea_query_sqlx::SqlxValues;
use sqlx::{AssertSqlSafe, PgPool, Postgres, Sqlite, SqlitePool, Transaction};

use crate::{
    Fault,
    bulk::{Rows, postgres, sqlite},
    fault::is_lost,
    probe::Probe,
};

/// How often a transaction that could not begin because its connection had died in the pool begins on another.
const STALE_MAX: usize = 16;

/// The pool that writes.
#[derive(Clone)]
pub(crate) enum Pool {
    Postgres(PgPool),
    Sqlite(SqlitePool),
}

enum Inner {
    Postgres(Transaction<'static, Postgres>),
    Sqlite(Transaction<'static, Sqlite>),
}

/// The connection of a running transaction; dropped, it rolls back.
pub struct Conn {
    inner: Mutex<Inner>,
    backend: DatabaseBackend,
    probe: Probe,
}

impl Conn {
    /// Takes a connection and begins: PostgreSQL as it is told, SQLite in its one way.
    pub(crate) async fn begin(pool: &Pool, begin: &'static str, probe: Probe) -> Result<Self, Fault> {
        let mut stale = 0;
        loop {
            match probe.around(open(pool, begin)).await {
                Ok(inner) => {
                    let backend = match inner {
                        Inner::Postgres(_) => DatabaseBackend::Postgres,
                        Inner::Sqlite(_) => DatabaseBackend::Sqlite,
                    };
                    return Ok(Self { inner: Mutex::new(inner), backend, probe });
                }
                // Nothing has happened yet: the pool held a connection that the server had closed meanwhile.
                Err(error) if stale < STALE_MAX && is_gone(&error) => stale += 1,
                Err(error) => return Err(not_acquired(error).into()),
            }
        }
    }

    pub(crate) async fn commit(self) -> Result<(), Fault> {
        let inner = self.inner.into_inner();
        let end = async {
            match inner {
                Inner::Postgres(tx) => tx.commit().await,
                Inner::Sqlite(tx) => tx.commit().await,
            }
        };
        self.probe.around(end).await.map_err(|error| {
            if is_lost(&error) { Fault::Unanswered(error.to_string()) } else { failed(error).into() }
        })
    }

    pub(crate) async fn rollback(self) -> Result<(), Fault> {
        let end = match self.inner.into_inner() {
            Inner::Postgres(tx) => tx.rollback().await,
            Inner::Sqlite(tx) => tx.rollback().await,
        };
        end.map_err(|error| failed(error).into())
    }

    /// Inserts rows of several tables, tables that others refer to before those that refer to them. Tables without
    /// rows are left out.
    ///
    /// # Errors
    /// The database's fault, or a value that it does not take.
    pub async fn insert(&self, tables: impl IntoIterator<Item = Rows> + Send) -> Result<(), Fault> {
        let tables: Vec<Rows> = tables.into_iter().filter(|rows| !rows.is_empty()).collect();
        match &mut *self.inner.lock().await {
            Inner::Postgres(_) if tables.is_empty() => Ok(()),
            Inner::Postgres(tx) => {
                let text = postgres::insert(&tables);
                let query = sqlx::query_with(AssertSqlSafe(text), postgres::bind(tables)?);
                self.probe.around(query.execute(&mut **tx)).await.map_err(failed)?;
                Ok(())
            }
            Inner::Sqlite(tx) => {
                for mut rows in tables {
                    for (range, size) in sqlite::cuts(&rows) {
                        let filled = range.len();
                        let text = sqlite::insert(&rows, size, filled);
                        let arguments = sqlite::bind(&mut rows, range, size)?;
                        let query = sqlx::query_with(AssertSqlSafe(text), arguments);
                        let done = self.probe.around(query.execute(&mut **tx)).await.map_err(failed)?;
                        expect(rows.name, filled, done.rows_affected())?;
                    }
                }
                Ok(())
            }
        }
    }

    /// Executes statements that join rows, as [`Conn::execute_with`] does, and inserts rows of several tables, as
    /// [`Conn::insert`] does: on PostgreSQL in one turn. None of it sees what another part writes. Returns how many rows each of
    /// the statements touched.
    ///
    /// # Errors
    /// The database's fault, or a value that it does not take.
    pub async fn execute_all(
        &self,
        guards: Vec<(&str, Rows)>,
        tables: impl IntoIterator<Item = Rows> + Send,
    ) -> Result<Vec<u64>, Fault> {
        if self.backend != DatabaseBackend::Postgres || guards.iter().any(|(_, rows)| rows.is_empty()) {
            let mut touched = Vec::with_capacity(guards.len());
            for (template, rows) in guards {
                touched.push(self.execute_with(template, rows).await?);
            }
            self.insert(tables).await?;
            return Ok(touched);
        }
        let tables: Vec<Rows> = tables.into_iter().filter(|rows| !rows.is_empty()).collect();
        let Inner::Postgres(tx) = &mut *self.inner.lock().await else {
            // Nothing was guarded: never to be taken for a guard that let it through.
            return Err(Fault::Invariant(
                "a transaction of another database than its connection's".to_owned(),
            ));
        };
        let (text, count) = (postgres::all(&guards, &tables), guards.len());
        let rows = guards.into_iter().map(|(_, rows)| rows).chain(tables).collect();
        let query = sqlx::query_with(AssertSqlSafe(text), postgres::bind(rows)?);
        let found = QueryResult::from(self.probe.around(query.fetch_one(&mut **tx)).await.map_err(failed)?);
        let touched = |index| -> Result<u64, Fault> {
            let count: i64 = found.try_get_by_index(index)?;
            u64::try_from(count).map_err(|error| Fault::Other(error.to_string()))
        };
        (0..count).map(touched).collect()
    }

    /// Executes a statement that joins rows: `{rows}` in its text is where they stand, under their name. Returns how
    /// many rows of the table were touched.
    ///
    /// # Errors
    /// The database's fault, or a value that it does not take.
    pub async fn execute_with(&self, template: &str, mut rows: Rows) -> Result<u64, Fault> {
        if rows.is_empty() {
            return Ok(0);
        }
        match &mut *self.inner.lock().await {
            Inner::Postgres(tx) => {
                let text = template.replace("{rows}", &postgres::source(&rows));
                let query = sqlx::query_with(AssertSqlSafe(text), postgres::bind(vec![rows])?);
                Ok(self.probe.around(query.execute(&mut **tx)).await.map_err(failed)?.rows_affected())
            }
            Inner::Sqlite(tx) => {
                let mut touched = 0;
                for (range, size) in sqlite::slices(&rows) {
                    let text = template.replace("{rows}", &sqlite::source(&rows, size));
                    let arguments = sqlite::bind(&mut rows, range, size)?;
                    let query = sqlx::query_with(AssertSqlSafe(text), arguments);
                    let done = self.probe.around(query.execute(&mut **tx)).await.map_err(failed)?;
                    touched += done.rows_affected();
                }
                Ok(touched)
            }
        }
    }

    /// What a query that joins rows finds; `{rows}` as in [`Conn::execute_with`].
    ///
    /// # Errors
    /// The database's fault, or a value that it does not take.
    pub async fn query_with(&self, template: &str, mut rows: Rows) -> Result<Vec<QueryResult>, Fault> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        match &mut *self.inner.lock().await {
            Inner::Postgres(tx) => {
                let text = template.replace("{rows}", &postgres::source(&rows));
                let query = sqlx::query_with(AssertSqlSafe(text), postgres::bind(vec![rows])?);
                let found = self.probe.around(query.fetch_all(&mut **tx)).await.map_err(failed)?;
                Ok(found.into_iter().map(QueryResult::from).collect())
            }
            Inner::Sqlite(tx) => {
                let mut all = Vec::new();
                for (range, size) in sqlite::slices(&rows) {
                    let text = template.replace("{rows}", &sqlite::source(&rows, size));
                    let arguments = sqlite::bind(&mut rows, range, size)?;
                    let query = sqlx::query_with(AssertSqlSafe(text), arguments);
                    let found = self.probe.around(query.fetch_all(&mut **tx)).await.map_err(failed)?;
                    all.extend(found.into_iter().map(QueryResult::from));
                }
                Ok(all)
            }
        }
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Conn {
    fn get_database_backend(&self) -> DatabaseBackend {
        self.backend
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let (text, values) = taken_apart(statement);
        match &mut *self.inner.lock().await {
            Inner::Postgres(tx) => {
                let query = sqlx::query_with(text, values);
                self.probe.around(query.execute(&mut **tx)).await.map(Into::into)
            }
            Inner::Sqlite(tx) => {
                let query = sqlx::query_with(text, values);
                self.probe.around(query.execute(&mut **tx)).await.map(Into::into)
            }
        }
        .map_err(failed)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let text = AssertSqlSafe(sql.to_owned());
        match &mut *self.inner.lock().await {
            Inner::Postgres(tx) => {
                self.probe.around(sqlx::Executor::execute(&mut **tx, text)).await.map(Into::into)
            }
            Inner::Sqlite(tx) => {
                self.probe.around(sqlx::Executor::execute(&mut **tx, text)).await.map(Into::into)
            }
        }
        .map_err(failed)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let (text, values) = taken_apart(statement);
        match &mut *self.inner.lock().await {
            Inner::Postgres(tx) => {
                let query = sqlx::query_with(text, values);
                self.probe.around(query.fetch_optional(&mut **tx)).await.map(|row| row.map(Into::into))
            }
            Inner::Sqlite(tx) => {
                let query = sqlx::query_with(text, values);
                self.probe.around(query.fetch_optional(&mut **tx)).await.map(|row| row.map(Into::into))
            }
        }
        .map_err(failed)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let (text, values) = taken_apart(statement);
        match &mut *self.inner.lock().await {
            Inner::Postgres(tx) => {
                let query = sqlx::query_with(text, values);
                let found = self.probe.around(query.fetch_all(&mut **tx)).await;
                found.map(|rows| rows.into_iter().map(Into::into).collect())
            }
            Inner::Sqlite(tx) => {
                let query = sqlx::query_with(text, values);
                let found = self.probe.around(query.fetch_all(&mut **tx)).await;
                found.map(|rows| rows.into_iter().map(Into::into).collect())
            }
        }
        .map_err(failed)
    }
}

/// A row that was sent is there.
fn expect(table: &str, sent: usize, written: u64) -> Result<(), Fault> {
    if usize::try_from(written) == Ok(sent) {
        Ok(())
    } else {
        Err(Fault::Invariant(format!("{written} of {sent} rows were written to {table}")))
    }
}

fn taken_apart(statement: Statement) -> (AssertSqlSafe<String>, SqlxValues) {
    (AssertSqlSafe(statement.sql), SqlxValues(statement.values.unwrap_or(Values(Vec::new()))))
}

async fn open(pool: &Pool, begin: &'static str) -> Result<Inner, sqlx::Error> {
    Ok(match pool {
        Pool::Postgres(pool) => Inner::Postgres(pool.begin_with(begin).await?),
        // The one writer: whoever begins holds it, so that nothing read here changes before the end.
        Pool::Sqlite(pool) => Inner::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?),
    })
}

/// Whether the server had closed the connection: a broken stream, or SQLSTATE 57P01 to 57P03, its farewell.
fn is_gone(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| code.starts_with("57P0")),
        _ => false,
    }
}

fn failed(error: sqlx::Error) -> DbErr {
    DbErr::Exec(RuntimeErr::SqlxError(Arc::new(error)))
}

/// No connection: for a while, or for good.
pub(crate) fn not_acquired(error: sqlx::Error) -> DbErr {
    match error {
        sqlx::Error::PoolTimedOut => DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
        sqlx::Error::PoolClosed => DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed),
        error => DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error))),
    }
}
