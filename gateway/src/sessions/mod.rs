//! Sessions: who signed in, until when, and with which tokens.
//!
//! An access token (EdDSA, ten minutes) only names a session; whose it is, what they may do and whether it still
//! stands is looked up on each use (remembered for seconds), so that a sign-out, a deactivation or a changed role
//! takes effect at once here and within [`door::STATE_MAX_AGE`] on other replicas. A refresh token is good for one
//! use; a second use means that somebody has a copy, and ends the session.
//!
//! Where is …?
//! - when an account or address is locked after wrong passwords: [`model::lockout`]
//! - acts: `sign_in`, `refresh`, `change_password`; signing out is [`revoke`]
//! - making and checking access tokens: [`access_token`]
//! - the check at the door of every request: [`door`]
//! - rows: `store`; routes: `api`

pub(crate) mod access_token;
mod api;
mod attempts;
mod change_password;
pub(crate) mod door;
pub mod model;
mod refresh;
mod sign_in;
mod store;

pub(crate) use api::routes;
pub(crate) use attempts::{forget_old, forgive, locks};
pub(crate) use store::{delete_expired, revoke_of_account};
