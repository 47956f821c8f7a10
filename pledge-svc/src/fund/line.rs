//! The funds behind a line: as its suspension triggers look at them, and what they call themselves.

use std::collections::HashMap;

use chrono::NaiveDate;
use contracts::{FacilityId, FundId, OrgId};
use finance::Money;
use identity::Scope;
use sea_orm::ConnectionTrait;
use tx_kit::Fault;

use super::{FundCover, cover_of, exposure, model::Refusal, store};
use crate::facility::{self, FundStanding, NewCover};

/// The least that may be drawn.
const LEAST: Money = Money::from_fen(1);

/// Whether the funds that a bank's facility counts on cover what is newly lent on it on a day.
///
/// # Errors
/// The database's fault.
pub async fn of_line(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    line: FacilityId,
    on: NaiveDate,
) -> Result<Vec<FundStanding>, Fault> {
    let mut standings = Vec::new();
    let terms = facility::loss_terms(conn, &Scope::system(), line).await?;
    for promise in terms.map(|terms| terms.cover).unwrap_or_default() {
        let Some(fund) = promise.party.fund() else { continue };
        let cover = match cover_of(conn, fund, bank, line, on).await? {
            Some(found) => new_cover(conn, &found, on).await?,
            None => NewCover::NoAgreement,
        };
        standings.push(FundStanding { name: promise.name, cover });
    }
    Ok(standings)
}

/// The names that funds have given themselves when they were opened; one that is not open has none.
///
/// # Errors
/// The database's fault.
pub async fn own_names(
    conn: &impl ConnectionTrait,
    funds: &[FundId],
) -> Result<HashMap<FundId, String>, Fault> {
    let mut names = HashMap::with_capacity(funds.len());
    for id in funds {
        if let Some(fund) = store::find(conn, &Scope::system(), *id).await? {
            names.insert(*id, fund.name);
        }
    }
    Ok(names)
}

/// What the agreement says to the least new loan.
async fn new_cover(conn: &impl ConnectionTrait, found: &FundCover, on: NaiveDate) -> Result<NewCover, Fault> {
    let covered = exposure::of(conn, &found.agreement, on).await?;
    Ok(match found.agreement.covers(LEAST, covered, on) {
        Err(Refusal::Stopped { .. }) => NewCover::Stopped,
        Err(Refusal::NotInStatus { .. }) => NewCover::NoAgreement,
        Err(Refusal::OutsideTerm { from, until }) => NewCover::OutsideTerm { from, until },
        _ if !found.balance.is_positive() => NewCover::Exhausted { left: found.balance },
        Err(Refusal::BeyondLeverage { .. }) => NewCover::LeverageReached,
        Err(other) => return Err(Fault::Invariant(other.to_string())),
        Ok(()) => NewCover::Given,
    })
}
