//! Patents sold under their pledges, as rows.

use std::collections::BTreeSet;

use contracts::{PatentId, PledgeId};
use identity::Scope;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use tx_kit::{Fault, Tx};

use super::entities::lot;

/// The patents that were sold under any of these pledges, each with its pledge. Whoever sold them: a patent is sold once,
/// which is the suite's own question.
///
/// # Errors
/// The database's fault.
pub async fn find_sold(
    conn: &impl ConnectionTrait,
    _system: &Scope,
    pledges: &[PledgeId],
) -> Result<BTreeSet<(PledgeId, PatentId)>, Fault> {
    let rows: Vec<(uuid::Uuid, uuid::Uuid)> = lot::Entity::find()
        .select_only()
        .columns([lot::Column::PledgeId, lot::Column::PatentId])
        .filter(lot::Column::PledgeId.is_in(pledges.iter().map(|id| id.uuid())))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|(pledge, patent)| (pledge.into(), patent.into())).collect())
}

/// Writes what was sold.
///
/// # Errors
/// The database's fault; a unique violation where a patent was sold under the pledge before.
pub async fn insert_lots(tx: &mut Tx, rows: Vec<lot::Model>) -> Result<(), Fault> {
    if !rows.is_empty() {
        let rows = rows.into_iter().map(lot::ActiveModel::from);
        lot::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}
