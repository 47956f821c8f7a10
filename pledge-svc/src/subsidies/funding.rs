//! The act: public money that arrived for a scheme is recorded in the special account.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::SubsidySchemeId;
use finance::Money;
use http_kit::ActError;
use identity::Caller;
use serde::{Deserialize, Serialize};
use tx_kit::{Fault, Tx};

use super::{
    model::{Refusal, Scheme, SchemeStatus},
    postings, schemes,
    store::{self, entities::funding},
};

/// Money to record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct FundingRequest {
    /// What arrived.
    pub amount: Money,
    /// The payment order or document.
    pub reference: String,
}

/// Money recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct FundingView {
    /// What arrived.
    pub amount: Money,
    /// The payment order or document.
    pub reference: String,
    /// The business date.
    pub booked_on: NaiveDate,
    /// Who recorded it.
    pub recorded_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

impl From<funding::Model> for FundingView {
    fn from(row: funding::Model) -> Self {
        Self {
            amount: Money::from_fen(row.amount_fen),
            reference: row.reference,
            booked_on: row.booked_on,
            recorded_by: row.recorded_by,
            created_at: row.created_at,
        }
    }
}

/// Records it.
pub(super) async fn fund(
    tx: &mut Tx,
    caller: &Caller,
    id: SubsidySchemeId,
    request: &FundingRequest,
) -> Result<Scheme, ActError> {
    let scheme = schemes::own(tx, caller, id).await?;
    if !matches!(scheme.status, SchemeStatus::Active | SchemeStatus::Ended) {
        return Err(Refusal::SchemeNotInStatus { status: scheme.status }.into());
    }
    let funded = scheme.funded.checked_add(request.amount).map_err(Refusal::from)?;
    let movements = [postings::funding(scheme.fund_id, scheme.id, request.amount)?];
    let movement = ledger::post(tx, &movements)
        .await?
        .pop()
        .ok_or_else(|| Fault::Invariant("a movement was posted without an id".to_owned()))?;
    let row = funding::Model {
        id: movement.uuid(),
        scheme_id: scheme.id.uuid(),
        amount_fen: request.amount.fen(),
        reference: request.reference.trim().to_owned(),
        booked_on: tx.business_date(),
        recorded_by: caller.name.clone(),
        created_at: tx.now(),
    };
    store::add_funding(tx, row).await?;
    let scheme = Scheme { funded, version: scheme.version + 1, ..scheme };
    store::update_scheme(tx, &scheme).await?;
    schemes::record(tx, caller, &scheme, "subsidy_scheme.fund").await?;
    Ok(scheme)
}
