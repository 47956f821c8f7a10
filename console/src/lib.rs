//! The web console: pages for every role, rendered on the server over the public JSON API.
//!
//! It is a client of the gateway like any other: each page calls the API in process with the person's own
//! token, so a page can show or do nothing that the API would not. It knows no service crate.

mod assets;
mod desk;
mod failure;
mod figures;
mod form;
mod frame;
mod guard;
mod list;
mod page;
mod session;
mod text;
mod value;

use axum::Router;

/// The console over the gateway's router.
pub fn router(api: Router) -> Router { api }
