//! What the disposal of a loan needs to know of its facility: who covers the loss, and whether the members answer for
//! each other.

use contracts::FacilityId;
use identity::Scope;
use sea_orm::ConnectionTrait;
use tx_kit::Fault;

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
