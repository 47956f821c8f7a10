//! The checklist of an application with what is there today.

use chrono::NaiveDate;
use contracts::PledgeId;
use finance::Money;
use http_kit::ActError;
use sea_orm::ConnectionTrait;
use tx_kit::Fault;

use super::model::{
    Application,
    checklist::{
        Beside, ChecklistItem, EXTERNAL_REPORT, OWNERS_CONSENT, checklist, complete, external_report,
        is_co_owned,
    },
    eligibility_rules::EligibilityRules,
    products::Product,
};
use crate::{
    documents::{self, SubjectKind},
    parameters,
};

/// What the product requires of an application and its patents for a loan of an amount, and whether each is there.
///
/// # Errors
/// The database's fault.
pub(super) async fn of(
    conn: &impl ConnectionTrait,
    application: &Application,
    product: &Product,
    (amount, on): (Money, NaiveDate),
) -> Result<Vec<ChecklistItem>, Fault> {
    let rules: EligibilityRules = parameters::current(conn, application.bank_id, on).await?;
    // Most products ask for no papers; then there is nothing to look for.
    let beside = Beside {
        co_owned: is_co_owned(&application.findings),
        external_report: rules.wants_external_report(amount, on),
    };
    let papers = if product.documents.is_empty() && beside == Beside::default() {
        std::collections::BTreeSet::new()
    } else {
        documents::kinds_present(conn, SubjectKind::Application, application.id.uuid()).await?
    };
    Ok(checklist(product, beside, &papers, &application.statements))
}

/// A loan beyond what the bank's own valuation may carry alone has the report of an outside appraiser with it; looked at
/// again before it is approved.
///
/// # Errors
/// The checklist is incomplete; the database's fault.
pub(super) async fn report_is_there(
    conn: &impl ConnectionTrait,
    application: &Application,
    (amount, on): (Money, NaiveDate),
) -> Result<(), ActError> {
    let rules: EligibilityRules = parameters::current(conn, application.bank_id, on).await?;
    if !rules.wants_external_report(amount, on) {
        return Ok(());
    }
    let papers = documents::kinds_present(conn, SubjectKind::Application, application.id.uuid()).await?;
    Ok(complete(&[external_report(papers.contains(EXTERNAL_REPORT))])?)
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
