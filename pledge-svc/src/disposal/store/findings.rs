//! Patents that a case found worthless, each under its pledge, as rows.

use std::collections::BTreeSet;

use contracts::{CaseId, DisposalProposalId, PatentId, PledgeId};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use tx_kit::{Fault, Tx};

use super::entities::finding;
use crate::disposal::model::CollateralLeft;

/// What a case, found in scope, has found worthless: pledge and patent.
///
/// # Errors
/// The database's fault.
pub async fn found_worthless(
    conn: &impl ConnectionTrait,
    case: CaseId,
) -> Result<BTreeSet<(PledgeId, PatentId)>, Fault> {
    let rows: Vec<(uuid::Uuid, uuid::Uuid)> = finding::Entity::find()
        .select_only()
        .columns([finding::Column::PledgeId, finding::Column::PatentId])
        .filter(finding::Column::CaseId.eq(case.uuid()))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|(pledge, patent)| (pledge.into(), patent.into())).collect())
}

/// Writes what was found worthless.
///
/// # Errors
/// The database's fault; a unique violation where the case found it before.
pub async fn insert_findings(
    tx: &mut Tx,
    (case, proposal): (CaseId, DisposalProposalId),
    found: &[CollateralLeft],
) -> Result<(), Fault> {
    let rows = found.iter().map(|one| finding::ActiveModel {
        case_id: Set(case.uuid()),
        pledge_id: Set(one.pledge_id.uuid()),
        patent_id: Set(one.patent_id.uuid()),
        proposal_id: Set(proposal.uuid()),
        found_on: Set(tx.business_date()),
    });
    let rows: Vec<finding::ActiveModel> = rows.collect();
    finding::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    Ok(())
}
