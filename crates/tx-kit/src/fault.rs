//! Faults: what went wrong on our side, as opposed to a refusal, which is an answer.

use sea_orm::{DbErr, RuntimeErr, SqlErr};

/// A failure of the machinery. It is logged with an id and shown to nobody in detail.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The database refused or failed.
    #[error("database: {0}")]
    Database(#[from] DbErr),
    /// The database was lost while it committed: the work may be done or not. Only asking again tells.
    #[error("the database did not answer a commit: {0}")]
    Unanswered(String),
    /// Another transaction won; the same work may be tried again.
    #[error("conflict with another transaction: {0}")]
    Conflict(String),
    /// A stored value does not read back.
    #[error("stored value does not read back: {0}")]
    Corrupt(String),
    /// A value does not serialise.
    #[error("serialisation: {0}")]
    Json(#[from] serde_json::Error),
    /// The event bus refused or failed.
    #[error("event bus: {0}")]
    Bus(String),
    /// The event bus cannot be reached: it may be there in a moment.
    #[error("event bus: {0}")]
    BusAway(String),
    /// A peer did not answer, or not as agreed.
    #[error("peer: {0}")]
    Peer(String),
    /// An invariant that the rule had promised did not hold in the guard: a bug, stopped before harm.
    #[error("invariant broken, nothing was changed: {0}")]
    Invariant(String),
    /// Anything else, in words.
    #[error("{0}")]
    Other(String),
}

impl Fault {
    /// Whether the whole transaction may simply be run again: serialisation failure, deadlock, a locked
    /// database, or a unique key that a concurrent twin has just taken.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Conflict(_) => true,
            Self::Database(error) => is_transient(error),
            _ => false,
        }
    }

    /// Whether the database could not be reached, was lost before the commit, or takes nobody for now: nothing was done, and
    /// nothing in the work is at fault.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        matches!(self, Self::Database(error) if is_outage(error))
    }

    /// Whether what a start needs is merely not there yet, database or bus: it is worth waiting for. A refusal, such as a wrong
    /// password, stays one however long one waits.
    #[must_use]
    pub fn is_away(&self) -> bool {
        self.is_outage() || matches!(self, Self::BusAway(_))
    }

    /// The same outage, for another who waits for the same work; `None` for any other fault.
    #[must_use]
    pub fn outage(&self) -> Option<Self> {
        match self {
            Self::Database(error) if is_outage(error) => Some(Self::Database(error.clone())),
            _ => None,
        }
    }

    /// A unique key that a concurrent twin has just taken, where the keys are our own: a conflict, to be run again.
    #[must_use]
    pub fn overtaken_if_taken(self) -> Self {
        if self.is_unique_violation() { Self::Conflict("a twin was first".to_owned()) } else { self }
    }

    /// Whether a unique index refused the write.
    #[must_use]
    pub fn is_unique_violation(&self) -> bool {
        matches!(self, Self::Database(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))))
    }
}

/// SQLSTATE 40001 (serialisation), 40P01 (deadlock), 55P03 (lock not available); SQLite busy or locked.
fn is_transient(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(inner))
    | DbErr::Query(RuntimeErr::SqlxError(inner))
    | DbErr::Conn(RuntimeErr::SqlxError(inner))) = error
    else {
        return false;
    };
    inner.as_database_error().and_then(|db| db.code()).is_some_and(|code| {
        matches!(code.as_ref(), "40001" | "40P01" | "55P03" | "5" | "6" | "261" | "262" | "517" | "518")
    })
}

/// No connection to be had, one that broke, or SQLSTATE 57P01 to 57P03 (the server stops or starts) and the classes 08
/// (connection) and 53 (no resources, such as too many connections).
fn is_outage(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) => true,
        DbErr::Exec(RuntimeErr::SqlxError(inner))
        | DbErr::Query(RuntimeErr::SqlxError(inner))
        | DbErr::Conn(RuntimeErr::SqlxError(inner)) => is_lost(inner),
        _ => false,
    }
}

/// What the driver says where it asks a server for TLS and is hung up on: it takes the answer that never came for a zero. No
/// server answers so; what stands before one that is away, and takes connections for it, does.
const HUNG_UP: &str = "unexpected response from SSLRequest: 0x00";

/// Whether the connection, or the server behind it, is gone.
pub(crate) fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Protocol(said) => said.starts_with(HUNG_UP),
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(refusal) => refusal.code().is_some_and(|code| {
            code.len() == 5 && ["57P0", "08", "53"].iter().any(|class| code.starts_with(class))
        }),
        _ => false,
    }
}

/// A unique key taken by a concurrent twin is a conflict to be run again, when the keys are our own ids.
pub(crate) fn twin(error: DbErr) -> Fault {
    Fault::Database(error).overtaken_if_taken()
}
