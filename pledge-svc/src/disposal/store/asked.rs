//! Write-offs as the banks that take part in the loan find them: each those on which it was asked, and the case behind.

use std::collections::HashMap;

use contracts::DisposalProposalId;
use identity::Scope;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::SelectStatement,
};
use tx_kit::{Fault, bulk::padded};
use uuid::Uuid;

use super::{mapping::proposal_of, proposal, proposals};
use crate::{disposal::model::Proposal, facility};

/// A proposal of the own house, or a write-off on which the own bank is or was asked.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn find_or_asked(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: DisposalProposalId,
) -> Result<Option<Proposal>, Fault> {
    use proposal::Column as C;
    let own = proposals(scope).select_only().column(C::Id).into_query();
    let seen = Condition::any()
        .add(C::Id.in_subquery(own))
        .add(C::Id.in_subquery(facility::write_offs_asked(scope)));
    let row = proposal::Entity::find().filter(C::Id.eq(id.uuid())).filter(seen).one(conn).await?;
    row.map(proposal_of).transpose()
}

/// The ids of the cases in which a bank is or was asked whether the loan is written off.
pub(crate) fn cases_asked(scope: &Scope) -> SelectStatement {
    proposal::Entity::find()
        .select_only()
        .column(proposal::Column::CaseId)
        .filter(proposal::Column::Id.in_subquery(facility::write_offs_asked(scope)))
        .into_query()
}

/// The borrowers' names of proposals on which a bank was asked.
///
/// # Errors
/// The database's fault.
pub(crate) async fn borrowers_of(
    conn: &impl ConnectionTrait,
    asked: impl Iterator<Item = Uuid>,
) -> Result<HashMap<Uuid, String>, Fault> {
    let asked = padded(asked);
    if asked.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, String)> = proposal::Entity::find()
        .select_only()
        .columns([proposal::Column::Id, proposal::Column::EnterpriseName])
        .filter(proposal::Column::Id.is_in(asked))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().collect())
}
