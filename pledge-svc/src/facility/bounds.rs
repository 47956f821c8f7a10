//! Whether the banks of a line may let a borrower go on owing: what each has out to it, and has out and promised to the
//! group it belongs to, is within the bank's bounds today. A loan that is rolled over takes the place of a new one, so what
//! refuses a draw refuses it too; it adds nothing, so nothing more has to be locked than the loan. Looks at a draw and at a
//! rollover before they are asked for are answered here as well.

use contracts::{FacilityId, OrgId};
use finance::Money;
use http_kit::{ActError, Problem};
use identity::Scope;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use tx_kit::Fault;

use super::{
    answers,
    customers::caps,
    exposure::{at_bank, own, plus, share_of_bank},
    model::{
        Facility,
        draw::{LimitKind, Refusal},
    },
    store::{self, member::Column as M},
};
use crate::applications::{self, room};

/// Refuses to renew what a member owes on a line while a bank of the line has more out than its bounds allow.
///
/// # Errors
/// The refusal, with what is out and what bounds it; the database's fault.
pub(crate) async fn refuse_beyond_bounds(
    conn: &impl ConnectionTrait,
    line: &Facility,
    enterprise: OrgId,
) -> Result<(), ActError> {
    for (bank, caps) in caps(line) {
        if let Some(cap) = caps.customer {
            let out = at_bank(conn, bank, &[enterprise]).await?.drawn;
            within(line, (bank, LimitKind::SingleCustomer), out, cap)?;
        }
        let Some(cap) = caps.connected else { continue };
        let group = applications::connected_at(conn, &[bank], [enterprise]).await?;
        if !group.is_empty() {
            let members: Vec<OrgId> = group.into_iter().map(|one| one.enterprise).collect();
            let all = at_bank(conn, bank, &members).await?;
            within(line, (bank, LimitKind::ConnectedGroup), plus(all.drawn, all.held)?, cap)?;
        }
    }
    Ok(())
}

/// The same for a look at a loan that was found in scope.
///
/// # Errors
/// As [`refuse_beyond_bounds`].
pub(crate) async fn foresee_beyond_bounds(
    conn: &impl ConnectionTrait,
    line: FacilityId,
    enterprise: OrgId,
) -> Result<(), ActError> {
    let gone = || Fault::Invariant(format!("facility {line} of a loan is not there"));
    let row = store::one(conn, &Scope::system(), line).await?.ok_or_else(gone)?;
    let shares = store::shares(conn, std::slice::from_ref(&row)).await?.remove(&row.id).unwrap_or_default();
    refuse_beyond_bounds(conn, &store::facility_of(row, shares)?, enterprise).await
}

/// Refuses a look at a draw that the banks' bounds would refuse today. What the line and the sub-limit leave is in plain
/// sight; what the banks' capital leaves is not.
///
/// # Errors
/// As the draw itself; the database's fault.
pub(super) async fn foresee_draw(
    conn: &impl ConnectionTrait,
    row: &store::facility::Model,
    enterprise: OrgId,
    asked: Money,
) -> Result<(), ActError> {
    let shares = store::shares(conn, std::slice::from_ref(row)).await?.remove(&row.id).unwrap_or_default();
    let line = store::facility_of(row.clone(), shares)?;
    let bounded = caps(&line).filter(|(_, caps)| caps.customer.is_some() || caps.connected.is_some());
    for (bank, caps) in bounded {
        let part = share_of_bank(conn, line.id, bank).await?;
        if let Some(cap) = caps.customer {
            let out = at_bank(conn, bank, &[enterprise]).await?.drawn;
            fits(LimitKind::SingleCustomer, asked, room(cap, out, part))?;
        }
        let Some(cap) = caps.connected else { continue };
        let group = applications::connected_at(conn, &[bank], [enterprise]).await?;
        if !group.is_empty() {
            let members: Vec<OrgId> = group.into_iter().map(|one| one.enterprise).collect();
            let all = at_bank(conn, bank, &members).await?;
            // A draw uses up what is held for it.
            let held = own(held_for(conn, line.id, enterprise).await?, part)?;
            let used = plus(all.drawn, all.held)?.saturating_sub(held);
            fits(LimitKind::ConnectedGroup, asked, room(cap, used, part))?;
        }
    }
    Ok(())
}

fn fits(kind: LimitKind, asked: Money, available: Money) -> Result<(), Problem> {
    if asked <= available {
        return Ok(());
    }
    Err(answers::draw_refused(&Refusal::Limit { kind, asked, available }))
}

/// What is held for a member on a line.
async fn held_for(conn: &impl ConnectionTrait, line: FacilityId, enterprise: OrgId) -> Result<Money, Fault> {
    let held: Option<i64> = store::member::Entity::find()
        .select_only()
        .column(M::ReservedFen)
        .filter(M::FacilityId.eq(line.uuid()))
        .filter(M::EnterpriseId.eq(enterprise.uuid()))
        .into_tuple()
        .one(conn)
        .await?;
    Ok(Money::from_fen(held.unwrap_or(0)))
}

/// The lead, which asks, reads its own figures; of a bank that takes part, only that its bound is passed.
fn within(line: &Facility, (bank, kind): (OrgId, LimitKind), out: Money, cap: Money) -> Result<(), Problem> {
    if out <= cap {
        return Ok(());
    }
    let other = line.shares.iter().find(|share| share.bank_id == bank && bank != line.bank_id);
    Err(match other {
        Some(share) => answers::beyond_bounds_of(&share.bank_name),
        None => answers::beyond_bounds(kind, out, cap),
    })
}
