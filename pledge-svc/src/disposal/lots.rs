//! Which patents a case may sell, and what becomes of their pledges: each secures the case's loan, is sold once, and is let
//! go of in the act of the sale.

use std::collections::{BTreeMap, BTreeSet};

use contracts::{PatentId, PledgeId};
use finance::{Money, Rate};
use http_kit::ActError;
use identity::{Caller, Scope};
use sea_orm::ConnectionTrait;
use tx_kit::{Fault, Tx};

use super::{
    model::{Ask, Case, CollateralLeft, Proposal, Realisation, Refusal},
    store::{self, lot},
};
use crate::{
    facility,
    registration::{self, Office, Pledge},
};

/// The pledge of each lot, in the order of the lots, and the value of all lots as a part of what is left to sell.
///
/// # Errors
/// A patent that is not pledged, secures another loan, was sold before, or whose pledge has something at the register; the
/// database's fault.
pub(super) async fn pledges_of(
    conn: &impl ConnectionTrait,
    case: &Case,
    sale: &Realisation,
) -> Result<(Vec<PledgeId>, Rate), ActError> {
    let registered = securing(conn, case).await?;
    let securing: Vec<&Pledge> = registered.iter().collect();
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
    let left = || securing.iter().flat_map(|one| one.held().map(move |held| (one.id, held)));
    let unsold = || left().filter(|(pledge, held)| !sold.contains(&(*pledge, held.patent_id)));
    let value = |of: &dyn Fn(PatentId) -> bool| {
        Money::total(unsold().filter(|(_, held)| of(held.patent_id)).map(|(_, held)| held.collateral_value))
    };
    let (all, now) = (value(&|_| true), value(&|patent| patents.contains(&patent)));
    let part = now.map_err(Refusal::from)?.ratio_of(all.map_err(Refusal::from)?).unwrap_or(Rate::ONE);
    Ok((found, part))
}

/// The registered pledges that secure a case's loan: the borrower's, or, where the patents are pooled, all of the line's.
async fn securing(conn: &impl ConnectionTrait, case: &Case) -> Result<Vec<Pledge>, Fault> {
    let terms = facility::loss_terms(conn, &Scope::system(), case.facility_id).await?;
    let pooled = terms.is_some_and(|terms| terms.pooled);
    let mut registered = registration::registered_under(conn, case.facility_id).await?;
    registered.retain(|one| pooled || one.enterprise_id == case.enterprise_id);
    Ok(registered)
}

/// The patents that secure a case's loan and are neither sold, nor released, nor found worthless in the case.
///
/// # Errors
/// The database's fault.
pub(super) async fn left_to_sell(
    conn: &impl ConnectionTrait,
    case: &Case,
) -> Result<Vec<CollateralLeft>, Fault> {
    let securing = securing(conn, case).await?;
    let ids: Vec<PledgeId> = securing.iter().map(|one| one.id).collect();
    let mut gone = store::find_sold(conn, &Scope::system(), &ids).await?;
    gone.extend(store::found_worthless(conn, case.id).await?);
    let left = securing.iter().flat_map(|pledge| {
        pledge.held().filter(|held| !gone.contains(&(pledge.id, held.patent_id))).map(|held| CollateralLeft {
            pledge_id: pledge.id,
            patent_id: held.patent_id,
            number: held.number.clone(),
            value: held.collateral_value,
        })
    });
    Ok(left.collect())
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
