//! What a customer has at a bank over all its lines, for the rules on large exposures; and the bank's bound for one
//! customer on its lines' own rows, so that a draw on a line of a bank that has set none costs no statement.

use std::collections::HashMap;

use chrono::NaiveDate;
use contracts::{FacilityId, OrgId};
use finance::{Money, Rate, Rounding};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, SelectStatement},
};
use tx_kit::{Fault, Tx, bulk::padded};
use uuid::Uuid;

use super::{
    model::Status,
    store::{self, facility::Column as F, member, share},
};
use crate::{applications::EligibilityRules, parameters};

/// What a bank has out to a customer and has promised it: its own part of each line that it leads or takes part in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AtBank {
    /// Principal outstanding.
    pub drawn: Money,
    /// Held for approved applications.
    pub held: Money,
}

/// The lines that a bank leads or takes part in.
pub(super) fn lines_of(bank: OrgId) -> Condition {
    let led: SelectStatement = store::facility::Entity::find()
        .select_only()
        .column(F::Id)
        .filter(F::BankId.eq(bank.uuid()))
        .into_query();
    let shared: SelectStatement = share::Entity::find()
        .select_only()
        .column(share::Column::FacilityId)
        .filter(share::Column::BankId.eq(bank.uuid()))
        .into_query();
    Condition::any()
        .add(member::Column::FacilityId.in_subquery(led))
        .add(member::Column::FacilityId.in_subquery(shared))
}

/// A bank's part of those of some lines that it leads or takes part in: what its share says, and all of a line that it
/// leads alone.
pub(super) async fn parts(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    lines: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, Rate>, Fault> {
    let lines: Vec<Uuid> = lines.into_iter().collect();
    let rows: Vec<(Uuid, String)> = share::Entity::find()
        .select_only()
        .column(share::Column::FacilityId)
        .column(share::Column::Share)
        .filter(share::Column::FacilityId.is_in(padded(lines.iter().copied())))
        .filter(share::Column::BankId.eq(bank.uuid()))
        .into_tuple()
        .all(conn)
        .await?;
    let led: Vec<Uuid> = store::facility::Entity::find()
        .select_only()
        .column(F::Id)
        .filter(F::Id.is_in(padded(lines)))
        .filter(F::BankId.eq(bank.uuid()))
        .into_tuple()
        .all(conn)
        .await?;
    let mut parts: HashMap<Uuid, Rate> = led.into_iter().map(|line| (line, Rate::ONE)).collect();
    for (line, share) in rows {
        parts.insert(line, store::rate(&share)?);
    }
    Ok(parts)
}

/// A bank's part of one line.
///
/// # Errors
/// The database's fault.
pub async fn share_of_bank(
    conn: &impl ConnectionTrait,
    line: FacilityId,
    bank: OrgId,
) -> Result<Rate, Fault> {
    Ok(parts(conn, bank, [line.uuid()]).await?.remove(&line.uuid()).unwrap_or(Rate::ONE))
}

/// What an enterprise has at a bank. The question is the bank's own, whoever asks.
///
/// # Errors
/// The database's fault.
pub async fn at_bank(conn: &impl ConnectionTrait, bank: OrgId, enterprise: OrgId) -> Result<AtBank, Fault> {
    let places: Vec<(Uuid, i64, i64)> = member::Entity::find()
        .select_only()
        .columns([member::Column::FacilityId, member::Column::DrawnFen, member::Column::ReservedFen])
        .filter(member::Column::EnterpriseId.eq(enterprise.uuid()))
        .filter(lines_of(bank))
        .into_tuple()
        .all(conn)
        .await?;
    if places.is_empty() {
        return Ok(AtBank::default());
    }
    let parts = parts(conn, bank, places.iter().map(|place| place.0)).await?;
    let mut sum = AtBank::default();
    for (line, drawn, held) in places {
        let part = parts.get(&line).copied().unwrap_or(Rate::ONE);
        sum.drawn = plus(sum.drawn, own(Money::from_fen(drawn), part)?)?;
        sum.held = plus(sum.held, own(Money::from_fen(held), part)?)?;
    }
    Ok(sum)
}

/// The bank's own part of an amount, rounded up: a bound is not passed by rounding.
pub(super) fn own(amount: Money, part: Rate) -> Result<Money, Fault> {
    amount.scale(part, Rounding::Up).map_err(|error| Fault::Invariant(error.to_string()))
}

pub(super) fn plus(sum: Money, amount: Money) -> Result<Money, Fault> {
    sum.checked_add(amount).map_err(|error| Fault::Invariant(error.to_string()))
}

/// What a bank may have out to one customer by its capital, as far as it has said what that is.
///
/// # Errors
/// The database's fault.
pub(super) async fn customer_cap(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    on: NaiveDate,
) -> Result<Option<Money>, Fault> {
    let rules: EligibilityRules = parameters::current(conn, bank, on).await?;
    Ok(rules.customer_drawn_max())
}

/// Writes a bank's bound for one customer onto the lines that it leads, where another one stands there. Done when the
/// bank's rules are approved and with each of its days, for rules that begin later.
///
/// # Errors
/// The database's fault.
pub async fn refresh_customer_caps(tx: &Tx, bank: OrgId, on: NaiveDate) -> Result<(), Fault> {
    let cap = customer_cap(tx.conn(), bank, on).await?.map(Money::fen);
    let other = match cap {
        None => Condition::all().add(F::CustomerCapFen.is_not_null()),
        Some(cap) => Condition::any().add(F::CustomerCapFen.is_null()).add(F::CustomerCapFen.ne(cap)),
    };
    store::facility::Entity::update_many()
        .col_expr(F::CustomerCapFen, Expr::value(cap))
        .filter(F::BankId.eq(bank.uuid()))
        .filter(F::Status.is_not_in([Status::Closed, Status::Refused].map(Status::name)))
        .filter(other)
        .exec(tx.conn())
        .await?;
    Ok(())
}
