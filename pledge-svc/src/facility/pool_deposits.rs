//! The mutual-aid pool in a loss: what is taken from members' deposits when one of them does not pay, the borrower's
//! own first, and what goes back to them from a later recovery. Called inside the disposal's own act.

use std::collections::HashMap;

use contracts::{Actor, FacilityId, LoanId, MemberId};
use finance::{Contribution, Money, Rate, share_recovery, split};
use ledger::Account;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    deposits::ForLoan,
    model::{
        Facility, Liability, Member,
        deposit::{DepositKind, DepositMove},
    },
    postings,
    store::{self, deposit::NewMove, member::Column as M},
};

/// Takes an amount for a loss out of the pool, the borrower's own deposit first, then of the others in proportion to
/// what they hold. In the lead's book: Dr security deposits / Cr `credit`. Gives what was taken: less than asked where
/// the pool holds less.
///
/// # Errors
/// The database's fault.
pub async fn apply_deposits(
    tx: &mut Tx,
    facility: FacilityId,
    of: ForLoan,
    (amount, credit): (Money, Account),
    actor: &Actor,
) -> Result<Money, Fault> {
    let Some(line) = store::lock(tx.conn(), facility).await? else { return Ok(Money::ZERO) };
    let members = answering(tx, &line, of).await?;
    let parts = taken(&members, of, amount)?;
    let mut movements = Vec::new();
    let mut moves = Vec::new();
    for (member, part) in members.iter().zip(parts).filter(|(_, part)| part.is_positive()) {
        movements.push(postings::deposit_applied(&line, member, part, credit)?);
        moves.push(row(member, DepositMove::Applied, part, member.deposit.saturating_sub(part), of.loan));
    }
    finish(tx, &line, (moves, movements), "facility.deposit.apply", actor).await
}

/// Puts an amount of a recovery back into the pool, to each in proportion to what was taken of it for the loan, and
/// never more than that. In the lead's book: Dr `debit` / Cr security deposits. Gives what went back.
///
/// # Errors
/// The database's fault.
pub async fn restore_deposits(
    tx: &mut Tx,
    facility: FacilityId,
    of: ForLoan,
    (amount, debit): (Money, Account),
    actor: &Actor,
) -> Result<Money, Fault> {
    let Some(line) = store::lock(tx.conn(), facility).await? else { return Ok(Money::ZERO) };
    let given = given(tx, facility, of.loan).await?;
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
        let balance = member.deposit.checked_add(part).map_err(broken)?;
        moves.push(row(member, DepositMove::Restored, part, balance, of.loan));
    }
    finish(tx, &line, (moves, movements), "facility.deposit.restore", actor).await
}

fn broken(error: impl std::fmt::Display) -> Fault {
    Fault::Invariant(error.to_string())
}

/// The members whose deposits answer for the loan, locked in the order of their ids.
async fn answering(tx: &Tx, line: &Facility, of: ForLoan) -> Result<Vec<Member>, Fault> {
    match line.terms.liability {
        Liability::Several => store::lock_members(tx.conn(), line.id, &[of.borrower]).await,
        Liability::Joint { .. } => store::lock_all_members(tx.conn(), line.id).await,
    }
}

/// What is taken of each: the borrower's own first, the rest of the others by the largest remainder.
fn taken(members: &[Member], of: ForLoan, amount: Money) -> Result<Vec<Money>, Fault> {
    let own = |member: &Member| member.enterprise_id == of.borrower;
    let first = Money::total(members.iter().filter(|one| own(one)).map(|one| one.deposit))
        .map_err(broken)?
        .min(amount);
    let weights: Vec<Rate> = members
        .iter()
        .map(|member| if own(member) { Rate::ZERO } else { Rate::new(member.deposit.yuan()) })
        .collect();
    let others =
        Money::total(members.iter().filter(|one| !own(one)).map(|one| one.deposit)).map_err(broken)?;
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
) -> Result<HashMap<MemberId, Contribution>, Fault> {
    use store::deposit::row::{Column, Entity};
    let rows = Entity::find()
        .filter(Column::FacilityId.eq(facility.uuid()))
        .filter(Column::LoanId.eq(loan.uuid()))
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

fn row(member: &Member, moved: DepositMove, amount: Money, balance: Money, loan: LoanId) -> NewMove<'_> {
    NewMove { member, kind: DepositKind::MutualAid, moved, amount, balance, loan: Some(loan), comment: None }
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
        let touched = store::member::Entity::update_many()
            .col_expr(M::DepositFen, Expr::value(one.balance.fen()))
            .filter(M::Id.eq(one.member.id.uuid()))
            .filter(M::DepositFen.eq(one.member.deposit.fen()))
            .exec(tx.conn())
            .await?
            .rows_affected;
        if touched != 1 {
            return Err(Fault::Invariant(format!(
                "the deposit of member {} changed under its lock",
                one.member.id
            )));
        }
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
            .map(|(number, fen)| Member { deposit: Money::from_fen(fen), ..numbered(number, 1_000, 0, 0) })
            .into()
    }

    fn parts(amount: i64) -> Vec<i64> {
        let members = members();
        let of =
            ForLoan { loan: LoanId::from_uuid(uuid::Uuid::from_u128(9)), borrower: members[0].enterprise_id };
        taken(&members, of, Money::from_fen(amount)).unwrap().iter().map(|part| part.fen()).collect()
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
