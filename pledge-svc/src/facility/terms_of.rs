//! What the disposal of a loan needs to know of its facility: who covers the loss, and whether the members answer for
//! each other.

use std::collections::HashSet;

use contracts::{FacilityId, FundId};
use identity::Scope;
use sea_orm::ConnectionTrait;
use tx_kit::{Fault, Tx};

use super::{
    model::{Liability, LossCover},
    store,
};

/// The agreed sharing of a loss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LossTerms {
    /// Funds and guarantee insurers, in the order in which they stand in the agreement; [`LossCover::rank`] is their
    /// turn.
    pub cover: Vec<LossCover>,
    /// How far the members answer for each other: a joint pool's deposits bear what the covers leave.
    pub liability: Liability,
    /// Whether the patents of all members secure the loans of all, with margin paid in where their value falls short.
    pub pooled: bool,
}

/// The sharing agreed for a facility; `None` where it is out of scope.
///
/// # Errors
/// The database's fault.
pub async fn loss_terms(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: FacilityId,
) -> Result<Option<LossTerms>, Fault> {
    let Some(row) = store::one(conn, scope, id).await? else { return Ok(None) };
    let cover = store::cover::covers(conn, [row.id]).await?.into_iter().map(|(_, cover)| cover).collect();
    let facility = store::facility_of(row, Vec::new())?;
    let pooled = facility.terms.collateral.pool().is_some();
    Ok(Some(LossTerms { cover, liability: facility.terms.liability, pooled }))
}

/// The funds that facilities name as covering their losses.
///
/// # Errors
/// The database's fault.
pub(crate) async fn funds_named(
    conn: &impl ConnectionTrait,
    lines: Vec<FacilityId>,
) -> Result<HashSet<(FacilityId, FundId)>, Fault> {
    let named = store::cover::funds(conn, lines.into_iter().map(FacilityId::uuid)).await?;
    Ok(named.into_iter().collect())
}

/// Notes that a fund may cover what is drawn on a facility, because it has agreed to cover this one: its draws ask from
/// then on.
///
/// # Errors
/// The database's fault.
pub(crate) async fn may_be_covered(tx: &Tx, line: FacilityId) -> Result<(), Fault> {
    store::cover::may_be_covered(tx.conn(), line).await
}
