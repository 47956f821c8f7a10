//! Members are held against the triggers of their class and of workout wherever it may have become true, and not by the close alone:
//! when a line is approved, opened or let go on, when a change lets a member in or on, when a pledge is waived, and when
//! a member's class becomes worse in an act. What counts is the worst class of all that the member owes at the line's bank,
//! whichever line it was drawn on (金融资产风险分类办法 judges the debtor, not the line).
//!
//! A draw asks nothing of this: by then the member stands paused, with the reason.

use std::collections::{BTreeSet, HashMap};

use contracts::{Actor, FacilityId, OrgId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Alias, Expr, ExprTrait, Query},
};
use tx_kit::{Fault, Tx};
use uuid::Uuid;

use super::{
    member_listed::listed,
    member_workout::standings,
    model::{
        MemberStatus, Status, listed::members_listed, triggers::members_stopped, workout::members_in_workout,
    },
    store::{self, facility::Column as F, member::Column as M},
    triggers::hold,
};
use crate::risk::model::Tier;

/// The states of a line whose members are held against their class.
const LOOKED_AT: [Status; 3] = [Status::Approved, Status::Active, Status::Suspended];

/// Holds a line that the transaction has written against the classes of its members, and whether they are in workout, as
/// they stand now: of one, or of all. Gives the version of the line where that stopped a member and so moved it.
///
/// # Errors
/// The database's fault.
pub(super) async fn look_at_members(
    tx: &mut Tx,
    line: FacilityId,
    whom: Option<OrgId>,
    actor: &Actor,
) -> Result<Option<i64>, Fault> {
    let Some(facility) = store::lock(tx.conn(), line).await? else { return Ok(None) };
    if !LOOKED_AT.contains(&facility.status) {
        return Ok(None);
    }
    let tiers = classes(tx.conn(), (facility.bank_id, line), whom).await?;
    let workout = standings(tx.conn(), (facility.bank_id, line), whom, tx.business_date()).await?;
    let listed = listed(tx.conn(), (facility.bank_id, line), whom, tx.business_date()).await?;
    let named = tiers.iter().map(|(enterprise, _)| *enterprise);
    let named = named.chain(workout.iter().map(|(enterprise, _)| *enterprise));
    let enterprises: BTreeSet<OrgId> = named.chain(listed.iter().copied()).collect();
    let enterprises: Vec<OrgId> = enterprises.into_iter().collect();
    let members = if enterprises.is_empty() {
        Vec::new()
    } else {
        store::lock_members(tx.conn(), line, &enterprises).await?
    };
    let mut holding = members_stopped(&facility.terms.triggers, &tiers, &members);
    holding.extend(members_in_workout(&workout, &members));
    holding.extend(members_listed(&listed, &members));
    // That a class no longer stops anybody is for the close to find.
    let news = hold(tx, &facility, holding, |_| false, actor).await?;
    if news.is_empty() {
        return Ok(None);
    }
    let row = store::facility::Entity::find_by_id(line.uuid()).one(tx.conn()).await?;
    Ok(row.map(|row| row.version))
}

/// A member's class at a bank has become worse in an act, or its workout has begun: every line of the bank on which it is a member follows. Gives the
/// lines that this moved, with their versions. The loan is locked already, so two such acts may wait for each other; one
/// of them is then run again.
///
/// # Errors
/// The database's fault.
pub(crate) async fn follow_member(
    tx: &mut Tx,
    bank: OrgId,
    enterprise: OrgId,
) -> Result<Vec<(FacilityId, i64)>, Fault> {
    let actor = Actor { tenant: bank, ..Actor::system() };
    let mut moved = Vec::new();
    for line in lines_of(tx.conn(), bank, enterprise).await? {
        if let Some(version) = look_at_members(tx, line, Some(enterprise), &actor).await? {
            moved.push((line, version));
        }
    }
    Ok(moved)
}

/// The lines of a bank on which an enterprise is a member, in the order in which they are locked. One that is only
/// proposed is among them: it may be in the middle of its approval, which its lock then waits for. A line onto which a change
/// lets the member at this very moment is not: where neither act sees the other, the next close does.
async fn lines_of(
    conn: &impl ConnectionTrait,
    bank: OrgId,
    enterprise: OrgId,
) -> Result<Vec<FacilityId>, Fault> {
    let places = Query::select()
        .column(M::FacilityId)
        .from(store::member::Entity)
        .and_where(Expr::col(M::EnterpriseId).eq(enterprise.uuid()))
        .and_where(Expr::col(M::Status).ne(MemberStatus::Left.name()))
        .to_owned();
    let states = [Status::Proposed].into_iter().chain(LOOKED_AT).map(Status::name);
    let ids: Vec<Uuid> = store::facility::Entity::find()
        .select_only()
        .column(F::Id)
        .filter(F::BankId.eq(bank.uuid()))
        .filter(F::Status.is_in(states))
        .filter(F::Id.in_subquery(places))
        .order_by_asc(F::Id)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(ids.into_iter().map(FacilityId::from_uuid).collect())
}

#[derive(FromQueryResult)]
struct TierRow {
    enterprise_id: Uuid,
    tier: i32,
}

/// The worst class at a bank of each member of a line, over all that it owes there, where it is worse than normal: of
/// one member, or of all, in the order of their ids.
///
/// # Errors
/// The database's fault, or a class that does not read back.
pub(super) async fn classes(
    conn: &impl ConnectionTrait,
    (bank, line): (OrgId, FacilityId),
    whom: Option<OrgId>,
) -> Result<Vec<(OrgId, Tier)>, Fault> {
    let column = |name: &'static str| Expr::col(Alias::new(name));
    let mut query = Query::select();
    query
        .column(Alias::new("enterprise_id"))
        .column(Alias::new("tier"))
        .distinct()
        .from(Alias::new("loan_risk"))
        .and_where(column("bank_id").eq(bank.uuid()))
        // The constants are those of the index.
        .and_where(Expr::cust("settled = FALSE AND tier > 1"))
        // What was repaid today counts no more, although the close has not settled it yet.
        .and_where(Expr::cust(
            "EXISTS (SELECT 1 FROM loan WHERE loan.id = loan_risk.loan_id AND loan.status = 'active')",
        ));
    match whom {
        Some(enterprise) => query.and_where(column("enterprise_id").eq(enterprise.uuid())),
        None => {
            let members = Query::select()
                .column(M::EnterpriseId)
                .from(store::member::Entity)
                .and_where(Expr::col(M::FacilityId).eq(line.uuid()))
                .and_where(Expr::col(M::Status).ne(MemberStatus::Left.name()))
                .to_owned();
            query.and_where(column("enterprise_id").in_subquery(members))
        }
    };
    let mut worst: HashMap<OrgId, Tier> = HashMap::new();
    for row in &conn.query_all(&query).await? {
        let row = TierRow::from_query_result(row, "")?;
        let tier = Tier::from_number(row.tier)
            .ok_or_else(|| Fault::Corrupt(format!("tier {} at bank {bank}", row.tier)))?;
        let known = worst.entry(row.enterprise_id.into()).or_default();
        *known = (*known).max(tier);
    }
    let mut tiers: Vec<(OrgId, Tier)> = worst.into_iter().collect();
    tiers.sort_unstable();
    Ok(tiers)
}
