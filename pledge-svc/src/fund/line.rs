//! The funds behind a line, as its suspension triggers look at them.

use chrono::NaiveDate;
use contracts::{FacilityId, OrgId};
use identity::Scope;
use sea_orm::ConnectionTrait;
use tx_kit::Fault;

use super::{cover_of, model::AgreementStatus};
use crate::facility::{self, FundStanding};

/// How the funds stand that cover a bank's facility: what each may still pay, and whether it has stopped the bank. A fund
/// that is named but has agreed to nothing has nothing to tell.
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
        let found = cover_of(conn, fund, bank, line, on).await?;
        standings.push(FundStanding {
            name: promise.name,
            left: found.as_ref().map(|cover| cover.balance),
            breaker_open: found.is_some_and(|cover| cover.agreement.status == AgreementStatus::Stopped),
        });
    }
    Ok(standings)
}
