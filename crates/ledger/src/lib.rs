//! Double entry: pure rules, and a store that works in the caller's transaction.
//!
//! A [`Movement`] is balanced or does not exist; rows are never changed or deleted, a mistake is reversed.
//! Each organisation has its own book; a control account's balance is the sum of its entries, never a
//! counter that everybody waits for.
//!
//! Where is …?
//! - what an account is: [`account`]
//! - a balanced movement and its reversal: [`movement`]
//! - writing and reading: [`store`]; the tables: [`migrations`]

pub mod account;
pub mod migrations;
pub mod movement;
pub mod store;

pub use account::{Account, AccountKind, Side};
pub use movement::{Line, Movement, MovementError};
pub use store::{AccountBalance, PostedEntry, PostedMovement, balance, movements_of, post, trial_balance};
