//! What an owner files beside its patents: the products made under them, and inventions examined before they are filed. It
//! records; the counts that scoring reads stand with the patents.
//!
//! Where is …? Products (专利产品备案) and their recognition as patent-intensive: [`products`]; examination before filing
//! (专利申请前评估): [`prefilings`].

mod migrations;
pub mod prefilings;
pub mod products;

use http_kit::Api;

pub use migrations::FilingTables;

use crate::state::App;

/// The routes.
pub(crate) fn routes() -> Api<App> {
    products::api::routes().merge(prefilings::api::routes())
}
