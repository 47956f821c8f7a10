//! What a customer has at a bank over all its lines, for the rules on large exposures; and the bank's bounds for one
//! customer and for a group of connected ones on its lines' own rows, so that a draw on a line of a bank that has set none
//! costs no statement.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use contracts::{FacilityId, OrgId};
use finance::{Money, Rate, Rounding};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
    sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement},
};
use tx_kit::{Fault, Tx, bulk::padded};
use uuid::Uuid;

use super::{
    model::{MemberStatus, Share, Status},
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

/// What banks have of lines.
pub(super) type Parts = HashMap<(OrgId, Uuid), Rate>;

#[derive(FromQueryResult)]
struct PartRow {
    line: Uuid,
    lead: Uuid,
    bank: Option<Uuid>,
    share: Option<String>,
}

/// The parts of banks in those of some lines that they lead or take part in: what the share says, and all of a line
/// that is led alone. One statement, however many banks and lines.
pub(super) async fn parts_of(
    conn: &impl ConnectionTrait,
    banks: &BTreeSet<OrgId>,
    lines: impl IntoIterator<Item = Uuid>,
) -> Result<Parts, Fault> {
    let line = || Expr::col((store::facility::Entity, F::Id));
    let query = Query::select()
        .expr_as(line(), Alias::new("line"))
        .expr_as(Expr::col((store::facility::Entity, F::BankId)), Alias::new("lead"))
        .expr_as(Expr::col((share::Entity, share::Column::BankId)), Alias::new("bank"))
        .expr_as(Expr::col((share::Entity, share::Column::Share)), Alias::new("share"))
        .from(store::facility::Entity)
        .left_join(
            share::Entity,
            Expr::col((share::Entity, share::Column::FacilityId)).equals((store::facility::Entity, F::Id)),
        )
        .and_where(line().is_in(padded(lines)))
        .to_owned();
    let mut parts = Parts::new();
    for row in conn.query_all(&query).await? {
        let row = PartRow::from_query_result(&row, "")?;
        let bank = OrgId::from_uuid(row.bank.unwrap_or(row.lead));
        if banks.contains(&bank) {
            let part = row.share.as_deref().map_or(Ok(Rate::ONE), store::rate)?;
            parts.insert((bank, row.line), part);
        }
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
    let parts = parts_of(conn, &BTreeSet::from([bank]), [line.uuid()]).await?;
    Ok(parts.get(&(bank, line.uuid())).copied().unwrap_or(Rate::ONE))
}

/// What enterprises have at a bank together, one or a group of connected ones. The question is the bank's own, whoever
/// asks.
///
/// # Errors
/// The database's fault.
pub async fn at_bank(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    enterprises: &[OrgId],
) -> Result<AtBank, Fault> {
    let places: Vec<(Uuid, i64, i64)> = member::Entity::find()
        .select_only()
        .columns([member::Column::FacilityId, member::Column::DrawnFen, member::Column::ReservedFen])
        .filter(member::Column::EnterpriseId.is_in(enterprises.iter().map(|one| one.uuid())))
        .filter(lines_of(bank))
        .into_tuple()
        .all(conn)
        .await?;
    if places.is_empty() {
        return Ok(AtBank::default());
    }
    let parts = parts_of(conn, &BTreeSet::from([bank]), places.iter().map(|place| place.0)).await?;
    let mut sum = AtBank::default();
    for (line, drawn, held) in places {
        let part = parts.get(&(bank, line)).copied().unwrap_or(Rate::ONE);
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

/// A bank's bounds by its capital, as far as it has said what that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Caps {
    /// The most that it may have out to one customer.
    pub(super) customer: Option<Money>,
    /// The most that it may have out and promised to a group of connected customers together.
    pub(super) connected: Option<Money>,
}

/// What a bank may have out to a customer and to a group of connected ones.
///
/// # Errors
/// The database's fault.
pub(super) async fn caps(conn: &impl ConnectionTrait, bank: OrgId, on: NaiveDate) -> Result<Caps, Fault> {
    let rules: EligibilityRules = parameters::current(conn, bank, on).await?;
    Ok(Caps { customer: rules.customer_drawn_max(), connected: rules.group_max() })
}

/// The bounds of the banks of a proposed syndicate besides its lead.
pub(super) async fn participants_caps(
    tx: &Tx,
    lead: OrgId,
    shares: &[Share],
) -> Result<HashMap<OrgId, Caps>, Fault> {
    let mut of_banks = HashMap::new();
    for share in shares.iter().filter(|share| share.bank_id != lead) {
        of_banks.insert(share.bank_id, caps(tx.conn(), share.bank_id, tx.business_date()).await?);
    }
    Ok(of_banks)
}

/// The member with the largest sub-limit of those on the list of a line that is under lock.
pub(super) async fn largest_place(
    conn: &impl ConnectionTrait,
    line: FacilityId,
) -> Result<Option<(String, Money)>, Fault> {
    let found = member::Entity::find()
        .filter(member::Column::FacilityId.eq(line.uuid()))
        .filter(member::Column::Status.ne(MemberStatus::Left.name()))
        .order_by_desc(member::Column::SubLimitFen)
        .order_by_asc(member::Column::Id)
        .limit(1)
        .one(conn)
        .await?;
    Ok(found.map(|row| (row.enterprise_name, Money::from_fen(row.sub_limit_fen))))
}

/// Writes a bank's bounds for one customer and for a group of connected ones onto the lines that it leads and onto its
/// shares of others' lines, where others stand there. Done when the bank's rules are approved and with each of its days,
/// for rules that begin later.
///
/// # Errors
/// The database's fault.
pub async fn refresh_customer_caps(tx: &Tx, bank: OrgId, on: NaiveDate) -> Result<(), Fault> {
    let caps = caps(tx.conn(), bank, on).await?;
    let (customer, connected) = (caps.customer.map(Money::fen), caps.connected.map(Money::fen));
    let others = differs(F::CustomerCapFen, customer).add(differs(F::ConnectedCapFen, connected));
    store::facility::Entity::update_many()
        .col_expr(F::CustomerCapFen, Expr::value(customer))
        .col_expr(F::ConnectedCapFen, Expr::value(connected))
        .filter(F::BankId.eq(bank.uuid()))
        .filter(F::Status.is_not_in([Status::Closed, Status::Refused].map(Status::name)))
        .filter(others)
        .exec(tx.conn())
        .await?;
    let others = differs(share::Column::CustomerCapFen, customer)
        .add(differs(share::Column::ConnectedCapFen, connected));
    share::Entity::update_many()
        .col_expr(share::Column::CustomerCapFen, Expr::value(customer))
        .col_expr(share::Column::ConnectedCapFen, Expr::value(connected))
        .filter(share::Column::BankId.eq(bank.uuid()))
        .filter(others)
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Another bound stands in the column than this one.
fn differs(column: impl ColumnTrait, cap: Option<i64>) -> Condition {
    match cap {
        None => Condition::any().add(column.is_not_null()),
        Some(cap) => Condition::any().add(column.is_null()).add(column.ne(cap)),
    }
}
