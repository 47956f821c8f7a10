//! The claims at insurers of all loans as a list, each with its policy.

use std::collections::HashMap;

use contracts::ClaimId;
use identity::Scope;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};
use tx_kit::{
    Fault,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};
use uuid::Uuid;

use super::guarantees::{insurer_claim, insurer_claim_of, policies, policy};
use crate::disposal::model::{InsurerClaim, InsurerClaimStatus};

/// A claim at an insurer with the policy that it is under.
pub struct HeardOf {
    /// The claim.
    pub claim: InsurerClaim,
    /// The policy's row.
    pub policy: policy::Model,
}

/// One page of the claims under policies that the scope may see; `waiting` alone those for whose money something waits for a
/// decision.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub async fn page_insurer_claims(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    (status, waiting): (Option<InsurerClaimStatus>, bool),
    sort: Sort<insurer_claim::Column>,
    request: &PageRequest,
) -> Result<PageOf<HeardOf>, ListingError> {
    use insurer_claim::Column as C;
    let seen = policies(scope).select_only().column(policy::Column::PolicyId).into_query();
    let mut select = insurer_claim::Entity::find().filter(C::PolicyId.in_subquery(seen));
    if let Some(status) = status {
        select = select.filter(C::Status.eq(status.name()));
    }
    if waiting {
        select = select.filter(C::ClaimId.in_subquery(super::insurer_acts::waiting()));
    }
    let page = listing::page(select, conn, sort, C::ClaimId, request).await?;
    let ids: Vec<Uuid> = page.items.iter().map(|row| row.policy_id).collect();
    let found =
        policies(scope).filter(policy::Column::PolicyId.is_in(ids)).all(conn).await.map_err(Fault::from)?;
    let found: HashMap<Uuid, policy::Model> = found.into_iter().map(|row| (row.policy_id, row)).collect();
    let mut items = Vec::with_capacity(page.items.len());
    for row in page.items {
        let Some(policy) = found.get(&row.policy_id).cloned() else { continue };
        items.push(HeardOf { claim: insurer_claim_of(row)?, policy });
    }
    Ok(PageOf { items, next_cursor: page.next_cursor })
}

/// One of them, where it is in scope.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn find_heard_of(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: ClaimId,
) -> Result<Option<HeardOf>, Fault> {
    let Some(row) = insurer_claim::Entity::find_by_id(id.uuid()).one(conn).await? else { return Ok(None) };
    let found = policies(scope).filter(policy::Column::PolicyId.eq(row.policy_id)).one(conn).await?;
    let Some(policy) = found else { return Ok(None) };
    Ok(Some(HeardOf { claim: insurer_claim_of(row)?, policy }))
}
