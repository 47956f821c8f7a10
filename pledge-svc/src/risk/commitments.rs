//! What a line commits its banks to lend to members without a loan, at the close of a day: noted beside the balance sheet and
//! provided for, in the book of every bank that takes part.

use chrono::NaiveDate;
use contracts::{FacilityId, OrgId};
use finance::{Money, Rate, split};
use identity::Scope;
use ledger::{Line, Movement};
use sea_orm::ConnectionTrait;
use tx_kit::{Fault, Tx};

use super::{
    model::{RiskParameters, commitment::Undrawn},
    store::commitments::{self, Part, find_noted, find_without_loan, list_of_line},
};
use crate::{
    books::{
        accounts::{COMMITMENT_PROVISIONS, COMMITMENTS, CREDIT_IMPAIRMENT},
        memorandum,
    },
    facility::Facility,
    parameters,
};

/// The kind of the movement that follows what is committed.
const NOTED: &str = "memorandum.commitment";
/// The kind of the movement that provides for it.
const PROVISION: &str = "commitment.provision";

/// What a line commits to on a morning, whose members without a loan may still draw so much, and what is expected to be lost
/// of it.
fn of_line(
    line: &Facility,
    without_loan: Money,
    parameters: &RiskParameters,
    morning: NaiveDate,
) -> (Money, Money) {
    let undrawn = Undrawn {
        room: line.undrawn(morning),
        without_loan,
        until: line.available_until,
        annual_rate: line.annual_rate,
    };
    (undrawn.committed(), undrawn.expected_loss(parameters, morning))
}

/// The lines that a bank leads whose note or provision is another on the morning after a day, those that ended since among
/// them: found by a few statements over all lines, since on most days nothing changes.
///
/// # Errors
/// The database's fault, or a value that does not read back.
pub(crate) async fn commitments_changed(
    conn: &impl ConnectionTrait,
    lead: OrgId,
    lines: &[Facility],
    day: NaiveDate,
) -> Result<Vec<FacilityId>, Fault> {
    let morning = day.succ_opt().unwrap_or(day);
    let parameters: RiskParameters = parameters::current(conn, lead, morning).await?;
    let system = Scope::system();
    let mut noted = find_noted(conn, &system, lead).await?;
    let undrawn = find_without_loan(conn, &system, lead, None).await?;
    let mut changed = Vec::new();
    for line in lines {
        let without_loan = undrawn.get(&line.id).copied().unwrap_or_default();
        let is = of_line(line, without_loan, &parameters, morning);
        if noted.remove(&line.id).unwrap_or_default() != is {
            changed.push(line.id);
        }
    }
    let ended = noted.into_iter().filter(|(_, was)| *was != (Money::ZERO, Money::ZERO));
    changed.extend(ended.map(|(line, _)| line));
    changed.sort_unstable();
    Ok(changed)
}

/// Brings note and provision of a locked line to what it commits to on the morning after a day. Nothing is written where both
/// are what they were.
///
/// # Errors
/// The database's fault, or shares that do not split.
pub(crate) async fn follow_commitment(tx: &mut Tx, line: &Facility, day: NaiveDate) -> Result<(), Fault> {
    let morning = day.succ_opt().unwrap_or(day);
    let parameters: RiskParameters = parameters::current(tx.conn(), line.bank_id, morning).await?;
    let undrawn = find_without_loan(tx.conn(), &Scope::system(), line.bank_id, Some(line.id)).await?;
    let without_loan = undrawn.get(&line.id).copied().unwrap_or_default();
    let (committed, provision) = of_line(line, without_loan, &parameters, morning);
    let banks = banks(line);
    let weights: Vec<Rate> = banks.iter().map(|(_, _, share)| *share).collect();
    let parts = |whole| {
        split(whole, &weights).map_err(|error| Fault::Invariant(format!("the shares of a line: {error}")))
    };
    let before = list_of_line(tx.conn(), &Scope::system(), line.id).await?;
    let mut movements = Vec::new();
    for (((bank, name, _), noted), provided) in banks.iter().zip(parts(committed)?).zip(parts(provision)?) {
        let was = before.iter().find(|row| row.bank_id == bank.uuid());
        let was = was.map_or((0, 0), |row| (row.undrawn_fen, row.provision_fen));
        if was == (noted.fen(), provided.fen()) {
            continue;
        }
        let change = |now: Money, was: i64| Money::from_fen(now.fen() - was);
        movements.extend(memorandum::noted(
            NOTED,
            line.id.uuid(),
            Some(line.id.uuid()),
            *bank,
            &[(COMMITMENTS, change(noted, was.0))],
        )?);
        movements.extend(provided_for(line.id, *bank, change(provided, was.1))?);
        let part = Part {
            line: (line.id, &line.number, &line.name),
            lead: line.bank_id,
            bank: (*bank, name),
            undrawn: noted,
            provision: provided,
        };
        commitments::write(tx, part, day).await?;
    }
    if !movements.is_empty() {
        ledger::store::post(tx, &movements).await?;
    }
    Ok(())
}

/// The banks of a line with their names and shares, lead first; the lead alone where nobody takes part.
fn banks(line: &Facility) -> Vec<(OrgId, &str, Rate)> {
    if line.shares.is_empty() {
        return vec![(line.bank_id, line.bank_name.as_str(), Rate::ONE)];
    }
    line.shares.iter().map(|share| (share.bank_id, share.bank_name.as_str(), share.share)).collect()
}

/// More is expected to be lost: Dr credit impairment / Cr provisions (预计负债); less: the other way round. A commitment is no
/// asset, so what is provided for it is a liability (IFRS 7 B8E).
fn provided_for(line: FacilityId, bank: OrgId, change: Money) -> Result<Option<Movement>, Fault> {
    if change.is_zero() {
        return Ok(None);
    }
    let lines = if change.is_positive() {
        [Line::debit(CREDIT_IMPAIRMENT, change), Line::credit(COMMITMENT_PROVISIONS, change)]
    } else {
        [Line::debit(COMMITMENT_PROVISIONS, -change), Line::credit(CREDIT_IMPAIRMENT, -change)]
    };
    Ok(Some(Movement::try_new(bank, PROVISION, line, Some(line.uuid()), lines)?))
}
