//! Double entry: pure rules, and a store that works in the caller's transaction.
//!
//! A [`Movement`] is balanced or does not exist; rows are never changed or deleted, a mistake is reversed.
//! Each organisation has its own book; a control account's balance is the sum of its entries, never a
//! counter that everybody waits for.
//!
//! Where is …?
//! - what an account is: [`account`]
//! - a balanced movement and its mirror: [`movement`]
//! - writing movements: [`store`]; reversing one: `store/reverse.rs`
//! - balances: `store/balances.rs`; the entries of an account and whole movements: `store/listing.rs`; what changed
//!   an account for a subject: `store/changes.rs`
//! - day balances, filled by the close of business: `store/days.rs`; the day on which a late entry stands:
//!   `store/open_days.rs`; the tables: [`migrations`]

pub mod account;
pub mod migrations;
pub mod movement;
pub mod store;

pub use account::{Account, AccountKind, Side};
pub use movement::{Line, Movement, MovementError};
pub use store::{
    AccountBalance, AccountEntry, Change, DayBalance, DayClosed, EntriesPage, PostedEntry, PostedMovement,
    ReversalRefused, ReverseError, Span, Turnover, balance, balances_by_group, books, changes_of, close_day,
    day_balances, entries, first_open_day, hold_open, movement_by_id, movements_of, post, reverse,
    trial_balance, turnover,
};
