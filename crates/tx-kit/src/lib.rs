//! What commits together: transactions with retry, outbox and inbox, idempotency, audit, jobs.
//!
//! Where is …?
//! - opening a database, pools, pragmas: [`db`]; why one does not open: `knock`
//! - a transaction and its end by move: [`tx`]; its connection: [`conn`]; many rows at once: [`bulk`]
//! - publishing an event: [`Tx::publish`]; bringing it to others: [`relay`], [`bus`]
//! - consuming an event exactly once in effect: [`inbox`]
//! - the first answer of a repeated command: [`idempotency`]
//! - who did what: [`audit`] and the hash chain over it: [`seal`]
//! - long work with progress: [`jobs`]
//! - the tables of all these: [`migrations`]; what migrations are made of: [`schema`]

mod attempts;
pub mod audit;
pub mod bulk;
pub mod bus;
pub mod conn;
pub mod db;
pub mod fault;
pub mod idempotency;
pub mod inbox;
pub mod jobs;
mod knock;
pub mod listing;
pub mod migrations;
mod probe;
pub mod relay;
pub mod schema;
pub mod seal;
pub mod tx;
mod work;

pub use attempts::AsFault;
pub use audit::AuditEntry;
pub use bus::{Bus, Consumer};
pub use conn::Conn;
pub use db::{Db, DbConfig, Isolation};
pub use fault::Fault;
pub use idempotency::{IdempotencyKey, KeyReused, Recorded};
pub use tx::Tx;
pub use work::{InTx, Work};

#[cfg(feature = "testing")]
pub mod testing;
