//! Members' deposits in a loss: what is taken of the mutual-aid pool, and of the margin under a pool of patents, when one
//! of them does not pay, the borrower's own first, and what goes back to them from a later recovery. Called inside the
//! disposal's own act.

use std::collections::HashMap;

use contracts::{Actor, FacilityId, LoanId, MemberId};
use finance::{Contribution, Money, Rate, share_recovery, split};
use ledger::Account;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    deposits::{ForLoan, write_place},
    model::{
        Facility, Member,
        deposit::{DepositKind, DepositMove},
    },
    postings,
    store::{self, deposit::NewMove},
};

/// Takes an amount for a loss out of deposits of a kind, the borrower's own first, then of the others in proportion to
/// what they hold. In the lead's book: Dr security deposits / Cr `credit`. Gives what was taken: less than asked where
/// less is held. The borrowing base is the caller's to reckon once the loan is paid.
///
/// # Errors
/// The database's fault.
pub async fn apply_deposits(
    tx: &mut Tx,
    facility: FacilityId,
    of: ForLoan,
    (kind, amount, credit): (DepositKind, Money, Account),
    actor: &Actor,
) -> Result<Money, Fault> {
    let Some(line) = store::lock(tx.conn(), facility).await? else { return Ok(Money::ZERO) };
    let members = answering(tx, &line, of, kind).await?;
    let parts = taken(&members, of, kind, amount)?;
    let mut movements = Vec::new();
    let mut moves = Vec::new();
    for (member, part) in members.iter().zip(parts).filter(|(_, part)| part.is_positive()) {
        movements.push(postings::deposit_applied(&line, member, part, credit)?);
        let left = kind.held(member).saturating_sub(part);
        moves.push(row(member, kind, DepositMove::Applied, (part, left), of.loan));
    }
    finish(tx, &line, (moves, movements), "facility.deposit.apply", actor).await
}

/// Puts an amount of a recovery back into deposits of a kind, to each in proportion to what was taken of it for the loan, and
/// never more than that. In the lead's book: Dr `debit` / Cr security deposits. Gives what went back.
///
/// # Errors
/// The database's fault.
pub async fn restore_deposits(
    tx: &mut Tx,
    facility: FacilityId,
    of: ForLoan,
    (kind, amount, debit): (DepositKind, Money, Account),
    actor: &Actor,
) -> Result<Money, Fault> {
    let Some(line) = store::lock(tx.conn(), facility).await? else { return Ok(Money::ZERO) };
    let given = given(tx, facility, of.loan, kind).await?;
    let members: Vec<Member> = store::lock_all_members(tx.conn(), facility)
        .await?
        .into_iter()
        .filter(|member| given.contains_key(&member.id))
        .collect();
    let contributions: Vec<Contribution> = members.iter().map(|member| given[&member.id]).collect();
    let shared = share_recovery(amount, Money::ZERO, &contributions).map_err(broken)?;
    let mut movements = Vec::new();
    let mut moves = Vec::new();
    for (member, part) in members.iter().zip(shared.parts).filter(|(_, part)| part.is_positive()) {
        movements.push(postings::deposit_restored(&line, member, part, debit)?);
        let balance = kind.held(member).checked_add(part).map_err(broken)?;
        moves.push(row(member, kind, DepositMove::Restored, (part, balance), of.loan));
    }
    finish(tx, &line, (moves, movements), "facility.deposit.restore", actor).await
}

fn broken(error: impl std::fmt::Display) -> Fault {
    Fault::Invariant(error.to_string())
}

/// The members whose deposits answer for the loan, locked in the order of their ids.
async fn answering(tx: &Tx, line: &Facility, of: ForLoan, kind: DepositKind) -> Result<Vec<Member>, Fault> {
    let all = match kind {
        DepositKind::MutualAid => line.terms.liability.is_joint(),
        // Margin stands in for patents that secure the loans of all.
        DepositKind::Margin => line.terms.collateral.pool().is_some(),
    };
    if all {
        store::lock_all_members(tx.conn(), line.id).await
    } else {
        store::lock_members(tx.conn(), line.id, &[of.borrower]).await
    }
}

/// What is taken of each: the borrower's own first, the rest of the others by the largest remainder.
fn taken(members: &[Member], of: ForLoan, kind: DepositKind, amount: Money) -> Result<Vec<Money>, Fault> {
    let own = |member: &Member| member.enterprise_id == of.borrower;
    let first = Money::total(members.iter().filter(|one| own(one)).map(|one| kind.held(one)))
        .map_err(broken)?
        .min(amount);
    let weights: Vec<Rate> = members
        .iter()
        .map(|member| if own(member) { Rate::ZERO } else { Rate::new(kind.held(member).yuan()) })
        .collect();
    let others =
        Money::total(members.iter().filter(|one| !own(one)).map(|one| kind.held(one))).map_err(broken)?;
    let rest = amount.saturating_sub(first).min(others);
    let mut parts = if rest.is_positive() {
        split(rest, &weights).map_err(broken)?
    } else {
        vec![Money::ZERO; members.len()]
    };
    if let Some(place) = members.iter().position(own) {
        parts[place] = first;
    }
    Ok(parts)
}

/// What was taken of each member for a loan, and what of that went back.
async fn given(
    tx: &Tx,
    facility: FacilityId,
    loan: LoanId,
    kind: DepositKind,
) -> Result<HashMap<MemberId, Contribution>, Fault> {
    use store::deposit::row::{Column, Entity};
    let rows = Entity::find()
        .filter(Column::FacilityId.eq(facility.uuid()))
        .filter(Column::LoanId.eq(loan.uuid()))
        .filter(Column::Kind.eq(kind.name()))
        .order_by_asc(Column::Id)
        .all(tx.conn())
        .await?;
    let mut given: HashMap<MemberId, Contribution> = HashMap::new();
    for row in rows {
        let one = given
            .entry(row.member_id.into())
            .or_insert(Contribution { paid: Money::ZERO, returned: Money::ZERO });
        let amount = Money::from_fen(row.amount_fen);
        match DepositMove::parse(&row.moved) {
            Some(DepositMove::Applied) => one.paid = one.paid.checked_add(amount).map_err(broken)?,
            Some(DepositMove::Restored) => one.returned = one.returned.checked_add(amount).map_err(broken)?,
            _ => return Err(Fault::Corrupt(format!("deposit movement {} of a loan", row.id))),
        }
    }
    Ok(given)
}

fn row(
    member: &Member,
    kind: DepositKind,
    moved: DepositMove,
    (amount, balance): (Money, Money),
    loan: LoanId,
) -> NewMove<'_> {
    NewMove { member, kind, moved, amount, balance, loan: Some(loan), comment: None }
}

async fn finish(
    tx: &mut Tx,
    line: &Facility,
    (moves, movements): (Vec<NewMove<'_>>, Vec<ledger::Movement>),
    action: &'static str,
    actor: &Actor,
) -> Result<Money, Fault> {
    if moves.is_empty() {
        return Ok(Money::ZERO);
    }
    for one in &moves {
        write_place(tx, one).await?;
    }
    store::deposit::record(tx, line, &actor.name, &moves).await?;
    ledger::store::post(tx, &movements).await?;
    let sum = Money::total(moves.iter().map(|one| one.amount)).map_err(broken)?;
    let entry = AuditEntry::new(actor, action, "facility", line.id)
        .with(serde_json::json!({ "amount": sum, "members": moves.len() }));
    tx.audit([entry]).await?;
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facility::model::samples::numbered;

    fn members() -> Vec<Member> {
        [(1, 100), (2, 200), (3, 100)]
            .map(|(number, fen)| {
                let held = Money::from_fen(fen);
                Member { deposit: held, margin: held, ..numbered(number, 1_000, 0, 0) }
            })
            .into()
    }

    fn parts(amount: i64) -> Vec<i64> {
        let members = members();
        let of =
            ForLoan { loan: LoanId::from_uuid(uuid::Uuid::from_u128(9)), borrower: members[0].enterprise_id };
        let kinds = [DepositKind::MutualAid, DepositKind::Margin];
        let each = kinds.map(|kind| taken(&members, of, kind, Money::from_fen(amount)).unwrap());
        assert_eq!(each[0], each[1], "margin is taken as a contribution to the pool is");
        each[0].iter().map(|part| part.fen()).collect()
    }

    #[test]
    fn the_borrowers_own_deposit_goes_first_and_the_others_bear_the_rest_in_proportion() {
        assert_eq!(parts(60), [60, 0, 0]);
        assert_eq!(parts(100), [100, 0, 0]);
        assert_eq!(parts(200), [100, 67, 33]);
        assert_eq!(parts(400), [100, 200, 100]);
        assert_eq!(parts(999), [100, 200, 100], "no more than there is");
    }
}
