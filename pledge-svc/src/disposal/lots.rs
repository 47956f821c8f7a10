//! Which patents a case may sell, and what becomes of their pledges: each secures the case's loan, is sold once, and is let
//! go of in the act of the sale.

use std::collections::{BTreeMap, BTreeSet};

use contracts::{PatentId, PledgeId};
use http_kit::ActError;
use identity::{Caller, Scope};
use sea_orm::ConnectionTrait;
use tx_kit::{Fault, Tx};

use super::{
    model::{Ask, Case, Proposal, Realisation, Refusal},
    store::{self, lot},
};
use crate::{
    facility,
    registration::{self, Office, Pledge},
};

/// The pledge of each lot, in the order of the lots.
///
/// # Errors
/// A patent that is not pledged, secures another loan, was sold before, or whose pledge has something at the register; the
/// database's fault.
pub(super) async fn pledges_of(
    conn: &impl ConnectionTrait,
    case: &Case,
    sale: &Realisation,
) -> Result<Vec<PledgeId>, ActError> {
    let terms = facility::loss_terms(conn, &Scope::system(), case.facility_id).await?;
    let pooled = terms.is_some_and(|terms| terms.pooled);
    let registered = registration::registered_under(conn, case.facility_id).await?;
    let securing: Vec<&Pledge> =
        registered.iter().filter(|one| pooled || one.enterprise_id == case.enterprise_id).collect();
    let ids: Vec<PledgeId> = securing.iter().map(|one| one.id).collect();
    let sold = store::find_sold(conn, &Scope::system(), &ids).await?;
    let patents: Vec<PatentId> = sale.lots.iter().map(|lot| lot.patent_id).collect();
    let live = registration::live_by_patent(conn, &patents).await?;
    let mut found = Vec::with_capacity(sale.lots.len());
    for lot in &sale.lots {
        let number = || lot.number.clone();
        let under = |one: &&&Pledge| one.held().any(|held| held.patent_id == lot.patent_id);
        let Some(pledge) = securing.iter().find(under) else {
            let elsewhere = live.contains_key(&lot.patent_id);
            return Err(if elsewhere {
                Refusal::PledgedElsewhere { number: number() }
            } else {
                Refusal::NotPledged { number: number() }
            }
            .into());
        };
        if sold.contains(&(pledge.id, lot.patent_id)) {
            return Err(Refusal::AlreadySold { number: number() }.into());
        }
        registration::releasable(pledge)?;
        found.push(pledge.id);
    }
    Ok(found)
}

/// Writes down what was sold and has the register let go of it.
///
/// # Errors
/// What stands against the release at the register; the database's fault.
pub(super) async fn let_go(
    tx: &mut Tx,
    office: &Office,
    caller: &Caller,
    (case, proposal): (&Case, &Proposal),
    pledges: &[PledgeId],
) -> Result<(), ActError> {
    let Ask::Proceeds(sale) = &proposal.ask else { return Ok(()) };
    let sold_on = tx.business_date();
    let mut by_pledge: BTreeMap<PledgeId, Vec<PatentId>> = BTreeMap::new();
    let mut rows = Vec::with_capacity(sale.lots.len());
    for (lot, pledge) in sale.lots.iter().zip(pledges) {
        by_pledge.entry(*pledge).or_default().push(lot.patent_id);
        rows.push(lot::Model {
            pledge_id: pledge.uuid(),
            patent_id: lot.patent_id.uuid(),
            case_id: case.id.uuid(),
            proposal_id: proposal.id.uuid(),
            price_fen: lot.price.fen(),
            sold_on,
        });
    }
    store::insert_lots(tx, rows).await?;
    let reason = format!("处置成交，案件 {}", case.number);
    let actor = caller.actor();
    for (pledge, patents) in by_pledge {
        registration::release_sold(tx, office, &actor, pledge, (&patents, &reason)).await?;
    }
    Ok(())
}

/// The patents that were sold under a pledge.
///
/// # Errors
/// The database's fault.
pub(crate) async fn sold_under(
    conn: &impl ConnectionTrait,
    pledge: PledgeId,
) -> Result<BTreeSet<PatentId>, Fault> {
    let sold = store::find_sold(conn, &Scope::system(), &[pledge]).await?;
    Ok(sold.into_iter().map(|(_, patent)| patent).collect())
}
