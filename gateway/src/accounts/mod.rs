//! Organisations and the people in them. Not here: their sessions, and what a role may do (`identity::policy`).
//!
//! Where is …?
//! - which roles one person may hold: [`model::roles`]; the organisation's registration code: [`model::credit_code`]
//! - making an organisation or a user, inside the caller's transaction: [`create_organisation`], [`create_user`]
//! - the first administrator of a new installation: [`ensure_administrator`]
//! - hashing and checking passwords: [`password`]
//! - rows and finders: `store`; routes: `api_organisations`, `api_users`; the look-up of many at once: `api_resolve`

mod administrator;
mod api_organisations;
mod api_resolve;
mod api_users;
pub mod model;
mod organisations;
pub mod password;
pub(crate) mod store;
mod users;

pub use administrator::{OneTimePassword, ensure_administrator, renew_password};
pub use organisations::{NewOrganisation, Organisation, create_organisation};
pub use password::HashedPassword;
pub(crate) use users::normal_username;
pub use users::{NewUser, User, create_user};

use crate::state::App;
use http_kit::Api;

/// The routes of organisations and users.
pub(crate) fn platform_routes() -> Api<App> {
    api_organisations::routes().merge(api_users::routes())
}

/// The routes that services ask as well, on behalf of their callers.
pub(crate) fn directory_routes() -> Api<App> {
    api_resolve::routes()
}
