//! The checklist of an application with what is there today.

use contracts::PledgeId;
use sea_orm::ConnectionTrait;
use tx_kit::Fault;

use super::model::{
    Application,
    checklist::{ChecklistItem, OWNERS_CONSENT, checklist, is_co_owned},
    products::Product,
};
use crate::documents::{self, SubjectKind};

/// What the product requires of an application and its patents, and whether each is there.
///
/// # Errors
/// The database's fault.
pub(super) async fn of(
    conn: &impl ConnectionTrait,
    application: &Application,
    product: &Product,
) -> Result<Vec<ChecklistItem>, Fault> {
    // Most products ask for no papers; then there is nothing to look for.
    let co_owned = is_co_owned(&application.findings);
    let papers = if product.documents.is_empty() && !co_owned {
        std::collections::BTreeSet::new()
    } else {
        documents::kinds_present(conn, SubjectKind::Application, application.id.uuid()).await?
    };
    Ok(checklist(product, co_owned, &papers, &application.statements))
}

/// Whether the other owners' consent is among the papers of an application or of its pledge.
///
/// # Errors
/// The database's fault.
pub(super) async fn consented(conn: &impl ConnectionTrait, application: &Application) -> Result<bool, Fault> {
    let places = [
        (SubjectKind::Application, Some(application.id.uuid())),
        (SubjectKind::Pledge, application.pledge_id.map(PledgeId::uuid)),
    ];
    for (kind, id) in places {
        let Some(id) = id else { continue };
        if documents::kinds_present(conn, kind, id).await?.contains(OWNERS_CONSENT) {
            return Ok(true);
        }
    }
    Ok(false)
}
