//! Holding a part of the line for an approved application, and letting go of it; called inside the
//! application's own act.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use contracts::{Actor, ApplicationId, FacilityId, OrgId};
use finance::{Money, Rate};
use http_kit::{ActError, Problem};
use identity::Scope;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};
use tx_kit::{AuditEntry, Fault, Tx};

use super::{
    answers, events,
    lines::{self, Patience},
    model::{
        CollateralRule, Facility, Member, MemberStatus, Status,
        approval::{self, HeldApproval},
        reservation::decide_reservation,
    },
    store, view,
};

/// What an application needs to know of the facility it draws on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacilityForApplication {
    /// Its id.
    pub id: FacilityId,
    /// Its number.
    pub number: String,
    /// Its name.
    pub name: String,
    /// The lead bank.
    pub bank_id: OrgId,
    /// The lead bank's name.
    pub bank_name: String,
    /// Where it stands.
    pub status: Status,
    /// Contract rate a year.
    pub annual_rate: Rate,
    /// The longest tenor.
    pub tenor_cap_months: u32,
    /// First day of the window.
    pub available_from: NaiveDate,
    /// Last day of the window.
    pub available_until: NaiveDate,
    /// The member's sub-limit.
    pub sub_limit: Money,
    /// What the member owes in principal.
    pub member_drawn: Money,
    /// What is already held for the member.
    pub member_reserved: Money,
    /// The most that may be lent on collateral value.
    pub ltv_cap: Rate,
    /// What secures the loans.
    pub collateral: CollateralRule,
}

/// The facility as an enterprise among its members sees it; `None` where it is not a member or the facility is
/// out of scope.
///
/// # Errors
/// The database's fault.
pub async fn find_for_application(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: FacilityId,
    enterprise: OrgId,
) -> Result<Option<FacilityForApplication>, Fault> {
    let Some(row) = store::one(conn, scope, id).await? else { return Ok(None) };
    let member = store::member::Entity::find()
        .filter(store::member::Column::FacilityId.eq(id.uuid()))
        .filter(store::member::Column::EnterpriseId.eq(enterprise.uuid()))
        .filter(store::member::Column::Status.ne(MemberStatus::Left.name()))
        .one(conn)
        .await?;
    let Some(member) = member else { return Ok(None) };
    let (facility, member) = (store::facility_of(row, Vec::new())?, store::member_of(member)?);
    Ok(Some(FacilityForApplication {
        id: facility.id,
        number: facility.number,
        name: facility.name,
        bank_id: facility.bank_id,
        bank_name: facility.bank_name,
        status: facility.status,
        annual_rate: facility.annual_rate,
        tenor_cap_months: facility.tenor_cap_months,
        available_from: facility.available_from,
        available_until: facility.available_until,
        sub_limit: member.sub_limit,
        member_drawn: member.drawn,
        member_reserved: member.reserved,
        ltv_cap: facility.ltv_cap,
        collateral: facility.terms.collateral,
    }))
}

/// What a member's pledges secure on a facility: what it owes in principal or, where the patents are pooled, what all
/// owe together. The facility stays locked for the rest of the transaction, so that nothing is drawn meanwhile.
///
/// # Errors
/// The database's fault.
pub async fn member_outstanding(
    conn: &impl ConnectionTrait,
    facility: FacilityId,
    enterprise: OrgId,
) -> Result<Money, Fault> {
    let Some(line) = store::lock(conn, facility).await? else { return Ok(Money::ZERO) };
    if line.terms.collateral.pool().is_some() {
        return Ok(line.drawn);
    }
    let member = store::lock_members(conn, facility, &[enterprise]).await?.pop();
    Ok(member.map_or(Money::ZERO, |member| member.drawn))
}

/// Conditions precedent of a member's approvals were set (`by` above zero) or fulfilled (below): while any is open,
/// nothing is drawn.
///
/// # Errors
/// The database's fault; an invariant broken when more would be fulfilled than were set.
pub async fn conditions_changed(
    tx: &mut Tx,
    facility: FacilityId,
    enterprise: OrgId,
    by: i32,
) -> Result<(), Fault> {
    use store::member::Column as M;
    let open = Expr::col(M::ConditionsOpen).add(by);
    let touched = store::member::Entity::update_many()
        .col_expr(M::ConditionsOpen, open.clone())
        .filter(M::FacilityId.eq(facility.uuid()))
        .filter(M::EnterpriseId.eq(enterprise.uuid()))
        .filter(open.gte(0))
        .exec(tx.conn())
        .await?
        .rows_affected;
    if touched == 1 {
        Ok(())
    } else {
        Err(Fault::Invariant(format!(
            "{by} conditions of {enterprise} on facility {facility} were not set before"
        )))
    }
}

/// Holds the amount of an approval for a member; what is drawn out of it is drawn under that approval.
///
/// # Errors
/// A refusal when the facility or the member is stopped or the amount does not fit the line, the sub-limit, the cap of
/// the member's group or what a bank of the line may have out and promised to such a group; a fault.
pub async fn reserve(
    tx: &mut Tx,
    facility: FacilityId,
    enterprise: OrgId,
    approval: HeldApproval,
    actor: &Actor,
) -> Result<(), ActError> {
    let amount = approval.amount;
    let locked = lines::lock(tx, [facility], [enterprise], Patience::Wait).await?;
    let places = lines::places(tx, &locked, &BTreeSet::from([(facility, enterprise)])).await?;
    let line = locked.facilities.get(&facility).ok_or_else(Problem::not_found)?;
    let mut own = places.members.get(&facility).into_iter().flatten();
    let member = own.find(|one| one.enterprise_id == enterprise).ok_or_else(Problem::not_found)?;
    let customers = places.customers.get(&facility);
    let connected_room = customers.and_then(|customers| customers.group_room(member, Money::ZERO));
    let group_use = match &member.group {
        Some(label) => {
            let uses = store::group_uses(tx.conn(), facility, std::slice::from_ref(label)).await?;
            Some(uses.get(label).copied().unwrap_or_default())
        }
        None => None,
    };
    decide_reservation(line, member, (group_use, connected_room), amount)
        .map_err(|refusal| answers::reservation_refused(&refusal))?;
    shift(tx, line, member, amount.fen()).await?;
    let whole = HeldApproval { left: amount, ..approval };
    let approvals: Vec<HeldApproval> = member.approvals.iter().cloned().chain([whole]).collect();
    keep_approvals(tx, member, &approvals).await?;
    told(tx, facility, actor, "facility.reserve", enterprise, amount).await
}

/// An approval has ended: nothing is drawn under it any more, and what is left of it is no longer held. What was drawn
/// under it is not held any more already; the member's other approvals keep theirs.
///
/// # Errors
/// A fault; releasing never refuses.
pub async fn release_reservation(
    tx: &mut Tx,
    facility: FacilityId,
    enterprise: OrgId,
    application: ApplicationId,
    actor: &Actor,
) -> Result<(), ActError> {
    let (line, member) = lock(tx, facility, enterprise).await?;
    let mut others = member.approvals.clone();
    let Some(freed) = approval::end(&mut others, application) else { return Ok(()) };
    keep_approvals(tx, &member, &others).await?;
    if !freed.is_positive() {
        return Ok(());
    }
    shift(tx, &line, &member, -freed.fen()).await?;
    told(tx, facility, actor, "facility.release", enterprise, freed).await
}

/// Writes the approvals of a member whose place is locked.
async fn keep_approvals(tx: &Tx, member: &Member, approvals: &[HeldApproval]) -> Result<(), Fault> {
    let kept = if approvals.is_empty() { None } else { Some(serde_json::to_string(approvals)?) };
    let change =
        store::member::ActiveModel { id: Set(member.id.uuid()), approvals: Set(kept), ..Default::default() };
    store::member::Entity::update(change).exec(tx.conn()).await?;
    Ok(())
}

async fn lock(tx: &Tx, id: FacilityId, enterprise: OrgId) -> Result<(Facility, Member), ActError> {
    let line = store::lock(tx.conn(), id).await?.ok_or_else(Problem::not_found)?;
    let member =
        store::lock_members(tx.conn(), id, &[enterprise]).await?.pop().ok_or_else(Problem::not_found)?;
    Ok((line, member))
}

async fn shift(tx: &Tx, line: &Facility, member: &Member, by_fen: i64) -> Result<(), Fault> {
    let facility = store::facility::Entity::update_many()
        .col_expr(
            store::facility::Column::ReservedFen,
            Expr::col(store::facility::Column::ReservedFen).add(by_fen),
        )
        .col_expr(store::facility::Column::Version, Expr::col(store::facility::Column::Version).add(1))
        .filter(store::facility::Column::Id.eq(line.id.uuid()))
        .filter(store::facility::Column::Version.eq(line.version))
        .exec(tx.conn())
        .await?
        .rows_affected;
    let place = store::member::Entity::update_many()
        .col_expr(
            store::member::Column::ReservedFen,
            Expr::col(store::member::Column::ReservedFen).add(by_fen),
        )
        .filter(store::member::Column::Id.eq(member.id.uuid()))
        .filter(store::member::Column::ReservedFen.eq(member.reserved.fen()))
        .exec(tx.conn())
        .await?
        .rows_affected;
    if (facility, place) == (1, 1) {
        Ok(())
    } else {
        Err(Fault::Invariant(format!("a reservation on facility {} changed under its lock", line.id)))
    }
}

async fn told(
    tx: &mut Tx,
    facility: FacilityId,
    actor: &Actor,
    action: &'static str,
    enterprise: OrgId,
    amount: Money,
) -> Result<(), ActError> {
    let mut view = view::after(tx, facility).await?;
    events::members(tx, &mut view, &[enterprise]).await?;
    let entry = AuditEntry::new(actor, action, "facility", facility)
        .with(serde_json::json!({ "enterprise": enterprise, "amount": amount }));
    tx.audit([entry]).await?;
    Ok(())
}
