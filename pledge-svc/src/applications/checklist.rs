//! The checklist of an application with what is there today.

use sea_orm::ConnectionTrait;
use tx_kit::Fault;

use super::model::{
    Application,
    checklist::{ChecklistItem, checklist},
    products::Product,
};
use crate::documents::{self, SubjectKind};

/// What the product requires of an application, and whether each is there.
///
/// # Errors
/// The database's fault.
pub(super) async fn of(
    conn: &impl ConnectionTrait,
    application: &Application,
    product: &Product,
) -> Result<Vec<ChecklistItem>, Fault> {
    // Most products ask for no papers; then there is nothing to look for.
    let papers = if product.documents.is_empty() {
        std::collections::BTreeSet::new()
    } else {
        documents::kinds_present(conn, SubjectKind::Application, application.id.uuid()).await?
    };
    Ok(checklist(product, &papers, &application.statements))
}
