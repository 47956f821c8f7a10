//! What owners file beside their patents: products made under them, inventions examined before they are filed.

mod prefilings;
mod product_forms;
mod products;

use axum::Router;

use crate::session::Console;

/// The routes.
pub fn routes() -> Router<Console> {
    products::routes().merge(product_forms::routes()).merge(prefilings::routes())
}
