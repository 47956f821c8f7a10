//! The pledges under one facility together: what a pool of patents consists of, and whether anything is pledged at all.
//! Whether a facility lends on the pool of all its members' patents is the facility's affair.

use contracts::{FacilityId, PatentId, PledgeId};
use identity::Scope;
use sea_orm::ConnectionTrait;
use tx_kit::{
    Fault,
    listing::{LIMIT_MAX, ListingError, PageRequest, Sort},
};

use super::{
    model::{Pledge, PledgeStatus},
    store::{
        find::{self, Filter},
        row::Column,
    },
};

/// The registered pledges under a facility, oldest first. The facility is already the caller's to ask about.
///
/// # Errors
/// The database's fault.
pub async fn registered_under(
    conn: &impl ConnectionTrait,
    facility: FacilityId,
) -> Result<Vec<Pledge>, Fault> {
    let registered = Filter { status: Some(PledgeStatus::Registered), ..of(facility) };
    every(conn, &registered).await
}

/// Whether any pledge under a facility is submitted or registered.
///
/// # Errors
/// The database's fault.
pub async fn pledged_under(conn: &impl ConnectionTrait, facility: FacilityId) -> Result<bool, Fault> {
    for status in PledgeStatus::ALL.into_iter().filter(|status| status.is_live()) {
        let one = PageRequest { limit: 1, cursor: None };
        let filter = Filter { status: Some(status), ..of(facility) };
        let page = find::page(conn, &Scope::system(), &filter, oldest_first(), &one).await.map_err(fault)?;
        if !page.items.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The facilities under which live pledges hold the patents, in the order of their ids.
///
/// # Errors
/// The database's fault.
pub async fn facilities_holding(
    conn: &impl ConnectionTrait,
    patents: &[PatentId],
) -> Result<Vec<FacilityId>, Fault> {
    let held = find::find_live_by_patent(conn, &Scope::system(), patents).await?;
    facilities_of(conn, &held.into_values().collect::<Vec<_>>()).await
}

/// The facilities that these pledges are under, whether they still stand or not, in the order of their ids.
///
/// # Errors
/// The database's fault.
pub async fn facilities_of(
    conn: &impl ConnectionTrait,
    pledges: &[PledgeId],
) -> Result<Vec<FacilityId>, Fault> {
    let system = Scope::system();
    let mut found = Vec::new();
    for pledge in pledges {
        found.extend(find::find(conn, &system, *pledge).await?.map(|pledge| pledge.facility_id));
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

fn of(facility: FacilityId) -> Filter {
    Filter { facility: Some(facility), ..Filter::default() }
}

const fn oldest_first() -> Sort<Column> {
    Sort { column: Column::SubmittedAt, descending: false }
}

async fn every(conn: &impl ConnectionTrait, filter: &Filter) -> Result<Vec<Pledge>, Fault> {
    let mut found = Vec::new();
    let mut request = PageRequest { limit: LIMIT_MAX, cursor: None };
    loop {
        let page =
            find::page(conn, &Scope::system(), filter, oldest_first(), &request).await.map_err(fault)?;
        found.extend(page.items);
        match page.next_cursor {
            Some(cursor) => request.cursor = Some(cursor),
            None => return Ok(found),
        }
    }
}

fn fault(error: ListingError) -> Fault {
    match error {
        ListingError::Fault(fault) => fault,
        ListingError::BadCursor => Fault::Other("a list refused its own cursor".to_owned()),
    }
}
