//! Recording what was found of loans: their risk, the banks' parts, the history, and the ledger.

use chrono::NaiveDate;
use contracts::OrgId;
use finance::{Money, Rate, split};
use ledger::Movement;
use tx_kit::{Fault, Tx};
use uuid::Uuid;

use super::{
    assess::{Change, Parts},
    postings,
    store::write::{self, NewRisk},
};

/// Writes what was found on a day, in bulk. `cause` is what the history says of it. Returns the movements of the
/// provisions, for the caller to post with its others.
///
/// # Errors
/// The database's fault.
pub(crate) async fn record(
    tx: &Tx,
    on: NaiveDate,
    cause: &str,
    changes: &[Change],
    parts: &Parts,
) -> Result<Vec<Movement>, Fault> {
    let rows: Vec<NewRisk> = changes.iter().map(|change| row(change, on)).collect();
    write::upsert(tx, &rows).await?;
    let turned: Vec<(&NewRisk, &str)> =
        rows.iter().zip(changes).filter(|(_, change)| change.turns()).map(|(row, _)| (row, cause)).collect();
    let ended: Vec<(Uuid, NaiveDate)> =
        turned.iter().map(|(row, _)| (row.loan.uuid(), row.changed_on)).collect();
    write::end_history(tx, &ended).await?;
    let begun: Vec<(&NewRisk, &str)> = turned.into_iter().filter(|(row, _)| !row.settled).collect();
    write::begin_history(tx, &begun).await?;
    let mut movements = Vec::new();
    let mut shared = Vec::new();
    for change in changes {
        let before = change.before.as_ref().map_or(Money::ZERO, |before| before.provision);
        let alone = [(change.bank, Rate::ONE)];
        let banks = parts.get(&change.loan.uuid()).map_or(&alone[..], Vec::as_slice);
        movements.extend(postings::provision(
            change.loan,
            change.facility,
            banks,
            before,
            change.after.provision,
        )?);
        if banks.len() > 1 {
            shared.extend(divided(change, banks)?);
        }
    }
    write::upsert_parts(tx, &shared).await?;
    let mut debtors: Vec<OrgId> =
        changes.iter().filter(|change| change.turns_bad()).map(|change| change.enterprise).collect();
    debtors.sort_unstable();
    debtors.dedup();
    write::review_debtors(tx, &debtors).await?;
    Ok(movements)
}

fn row(change: &Change, on: NaiveDate) -> NewRisk {
    // A day that is closed late does not begin before what was recorded since.
    let begun = change.changed_on.map_or(on, |day| day.max(on));
    NewRisk {
        loan: change.loan,
        facility: change.facility.uuid(),
        bank: change.bank,
        enterprise: change.enterprise,
        found: change.after.clone(),
        since: change.since,
        changed_on: if change.turns() { begun } else { change.changed_on.unwrap_or(on) },
        assessed_on: on,
        review_on: change.review_on,
        settled: change.settled,
        loan_version: change.loan_version,
        line: change.line,
        limit: change.limit,
        carries: change.carries,
    }
}

/// Each bank's part of a provision.
fn divided(change: &Change, banks: &[(OrgId, Rate)]) -> Result<Vec<(Uuid, OrgId, Money)>, Fault> {
    let weights: Vec<Rate> = banks.iter().map(|(_, weight)| *weight).collect();
    let parts = split(change.after.provision, &weights)
        .map_err(|error| Fault::Invariant(format!("the shares of loan {}: {error}", change.loan)))?;
    Ok(banks.iter().zip(parts).map(|((bank, _), part)| (change.loan.uuid(), *bank, part)).collect())
}
