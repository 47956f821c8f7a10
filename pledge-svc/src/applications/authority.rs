//! What the decision of an application takes, and whether the one who asks may take it: for the page on which it is taken.

use finance::Money;
use http_kit::{ActError, Problem};
use identity::{Caller, Scope};
use sea_orm::ConnectionTrait;
use serde::Serialize;
use tx_kit::Fault;
use utoipa::ToSchema;

use super::{
    delegations,
    model::{
        Application, Approval, Consent,
        approve::{deciding_amount, may_decide},
        authority::{ApprovalAuthority, Basis, Demand},
        delegation::Delegation,
    },
    store,
};
use crate::parameters;

/// What the decision takes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct AuthorityView {
    /// The amount that would be approved: recommended, or agreed to by the first approver.
    pub amount: Money,
    /// Whether that amount alone decides, or what the borrower has at the bank together.
    pub basis: Basis,
    /// What the borrower's other applications hold at the bank.
    pub held_by_others: Money,
    /// What the decision takes.
    pub demand: Demand,
    /// The risk manager's word, where one was given.
    pub consent: Option<Consent>,
    /// The first approval, where one was given.
    pub first_approval: Option<Approval>,
    /// How far the own authority of the one who asks reaches; none where it has no bound.
    pub own_limit: Option<Money>,
    /// Why the one who asks may not decide it in the own name; none where nothing stands in the way.
    pub hindrance_zh: Option<String>,
    /// The same in English.
    pub hindrance_en: Option<String>,
    /// Authority lent to the one who asks that holds today.
    pub delegations: Vec<Delegation>,
}

/// What the borrower's other applications hold at the bank.
///
/// # Errors
/// The database's fault.
pub(super) async fn held_by_others(
    conn: &impl ConnectionTrait,
    application: &Application,
) -> Result<Money, Fault> {
    store::find_approved_besides(conn, &Scope::system(), application).await
}

/// Looks; changes nothing.
pub(super) async fn look(
    conn: &impl ConnectionTrait,
    caller: &Caller,
    application: Application,
    on: chrono::NaiveDate,
) -> Result<AuthorityView, ActError> {
    let authority: ApprovalAuthority = parameters::current(conn, application.bank_id, on).await?;
    let held_by_others = held_by_others(conn, &application).await?;
    let recommended = application.assessment.as_ref().map(|assessment| assessment.recommended_amount);
    let first = application.first_approval.as_ref().map(|first| first.amount);
    let amount = first.or(recommended).unwrap_or(application.amount);
    let deciding = deciding_amount(authority.basis, amount, held_by_others);
    let hindrance = may_decide(&application, None, caller.user)
        .and_then(|()| authority.reaches(caller.user, None, deciding))
        .err()
        .map(|refusal| Problem::from(refusal).detail().clone());
    Ok(AuthorityView {
        amount,
        basis: authority.basis,
        held_by_others,
        demand: authority.demand(deciding),
        own_limit: authority.limit_of(caller.user),
        hindrance_zh: hindrance.as_ref().map(|text| text.zh.clone()),
        hindrance_en: hindrance.map(|text| text.en),
        delegations: delegations::lent_to(conn, caller, on).await?,
        consent: application.consent,
        first_approval: application.first_approval,
    })
}
