//! The lines of a batch of draws under lock: as they stand when it begins, as each decision leaves them to the next,
//! and the guard that lets the sum of the decisions through.
//!
//! Draws run at READ COMMITTED, whatever the service is set to. Why that is enough:
//! - facility and member are locked before they are read, and read after the lock was granted; whoever changes a
//!   limit, a sub-limit, a status or what is drawn or held, locks them first too;
//! - the banks' shares, the groups' use and the pool are read in statements of their own after the lock: each sees
//!   what was committed by then, and whoever changes them holds the facility's lock;
//! - what a member's pledges carry is read after the lock. An act that lowers it *because of what is drawn* (a pledge
//!   is cancelled where nothing is owed) locks the facility first, so that either it sees the draw or the draw sees
//!   it; one that lowers it without asking what is drawn is simply before or after the draw;
//! - where a bank of the line has set a bound for one customer, the customer's places on that bank's other lines are
//!   locked with its own, in the same order; whoever draws there locks them too. Where it has set one for a group of
//!   connected customers, those of the whole group are: two members that draw on two lines wait for each other. Who is
//!   connected is read before: a group that is declared or dissolved meanwhile is before or after the draw;
//! - whether a member is overdue is read in the statement that locks its place: a payment that held the lock may not be seen
//!   yet, and then the draw is refused once too often and never granted in error;
//! - a key is looked up after the lock, so a twin on another replica has committed by then or waits; where a twin came
//!   by another line, the primary key of the answers refuses the second, and it is decided again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use contracts::{ApplicationId, ConnectedGroupId, FacilityId, OrgId};
use finance::Money;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
    sea_query::{CaseStatement, Expr, LockBehavior, LockType},
};
use tx_kit::{
    Fault, Tx,
    bulk::{Rows, Values, padded, paired},
};

use super::{
    backing::{self, Backings},
    customers::{self, Customers, Watched},
    exposure,
    member_workout::overdue_at_bank,
    model::{
        Facility, Member, approval,
        draw::{Ask, Backing, Draw},
    },
    store::{self, facility::Column as F, member::Column as M},
};
use crate::{
    applications,
    fund::Covering,
    registration::{self, Collateral},
};

/// What becomes of a line that another transaction holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// It is waited for.
    Wait,
    /// It is left out: nobody waits for a lock while holding others.
    LeaveOut,
}

/// A member's place with what the batch has moved on it.
struct Place {
    member: Member,
    drawn: Money,
    from_reservation: Money,
    /// Whether less is left of one of its approvals.
    approvals_moved: bool,
}

impl Place {
    /// Its approvals as they are written; empty where they stay as they were read.
    fn moved_approvals(&self) -> Result<String, Fault> {
        let moved = self.approvals_moved.then(|| serde_json::to_string(&self.member.approvals));
        Ok(moved.transpose()?.unwrap_or_default())
    }
}

/// A line under lock.
pub(super) struct Line {
    pub(super) facility: Facility,
    read_version: i64,
    drawn: Money,
    from_reservation: Money,
    places: BTreeMap<OrgId, Place>,
    backings: Backings,
    customers: Option<Customers>,
}

/// The lines of a batch.
pub(super) struct Lines(BTreeMap<FacilityId, Line>);

/// Facilities under lock.
#[derive(Default)]
pub(super) struct Locked {
    pub(super) facilities: BTreeMap<FacilityId, Facility>,
    /// Whether any bank takes one of the enterprises in question together with others.
    connected: bool,
}

/// Locks facilities in the order of their ids, for draws of these enterprises. One that is not there is not in the
/// answer; one that another holds is not either, where it is left out.
pub(super) async fn lock(
    tx: &Tx,
    ids: impl IntoIterator<Item = FacilityId>,
    whom: impl IntoIterator<Item = OrgId>,
    patience: Patience,
) -> Result<Locked, Fault> {
    let query = store::facility::Entity::find()
        .filter(F::Id.is_in(padded(ids.into_iter().map(FacilityId::uuid))))
        .order_by_asc(F::Id);
    let query = match patience {
        Patience::Wait => query.lock_exclusive(),
        Patience::LeaveOut => query.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked),
    };
    let connected = CaseStatement::new().case(applications::any_connected(whom), 1).finally(0);
    let query = query.expr_as(connected, "connected").into_query();
    let (mut rows, mut connected) = (Vec::new(), false);
    for row in tx.conn().query_all(&query).await? {
        let some: i32 = row.try_get("", "connected")?;
        connected |= some != 0;
        rows.push(store::facility::Model::from_query_result(&row, "")?);
    }
    if rows.is_empty() {
        return Ok(Locked::default());
    }
    let mut shares = store::shares(tx.conn(), &rows).await?;
    let facilities = rows.into_iter().map(|row| {
        let shares = shares.remove(&row.id).unwrap_or_default();
        Ok((row.id.into(), store::facility_of(row, shares)?))
    });
    Ok(Locked { facilities: facilities.collect::<Result<_, Fault>>()?, connected })
}

/// Places under lock, by their lines, with what their banks' bounds leave.
pub(super) struct Places {
    pub(super) members: HashMap<FacilityId, Vec<Member>>,
    pub(super) customers: HashMap<FacilityId, Customers>,
}

/// Locks the places of enterprises in locked facilities, in the order of their ids, and with them, in the same order, what
/// those customers and their groups have on other lines of banks that have set bounds.
pub(super) async fn places(
    tx: &Tx,
    locked: &Locked,
    members: &BTreeSet<(FacilityId, OrgId)>,
) -> Result<Places, Fault> {
    let enterprises: BTreeSet<OrgId> = members.iter().map(|(_, enterprise)| *enterprise).collect();
    let watched = Watched::find(tx.conn(), &locked.facilities, &enterprises, locked.connected).await?;
    let pairs = members.iter().map(|(facility, enterprise)| (facility.uuid(), enterprise.uuid()));
    let places = paired(tx.conn().get_database_backend(), (M::FacilityId, M::EnterpriseId), pairs);
    let mut which = Condition::any().add(places);
    for (bank, customers) in &watched.at {
        let customers = padded(customers.iter().map(|enterprise| enterprise.uuid()));
        let theirs = Condition::all().add(exposure::lines_of(*bank)).add(M::EnterpriseId.is_in(customers));
        which = which.add(theirs);
    }
    let places = store::member::Entity::find()
        .filter(which)
        .order_by_asc(M::Id)
        .lock_exclusive()
        .expr_as(Expr::cust(overdue_at_bank(tx.business_date())), "overdue")
        .into_query();
    let mut held: HashMap<FacilityId, Vec<Member>> = HashMap::new();
    for row in tx.conn().query_all(&places).await? {
        let overdue: i32 = row.try_get("", "overdue")?;
        let row = store::member::Model::from_query_result(&row, "")?;
        let id = row.facility_id.into();
        let member = Member { overdue: overdue != 0, ..store::member_of(row)? };
        held.entry(id).or_default().push(member);
    }
    let customers = customers::read(tx, &locked.facilities, &held, &watched).await?;
    Ok(Places { members: held, customers })
}

/// Locks the places of enterprises in locked facilities, in the order of their ids, and reads what backs their draws.
pub(super) async fn read(
    tx: &Tx,
    locked: Locked,
    members: &BTreeSet<(FacilityId, OrgId)>,
) -> Result<Lines, Fault> {
    let Places { members: mut held, mut customers } = places(tx, &locked, members).await?;
    let facilities = locked.facilities;
    let mut own: HashMap<FacilityId, HashMap<OrgId, Collateral>> = HashMap::new();
    let pledging = |facility: &Facility| facility.terms.collateral.pool().is_none();
    let secured: Vec<(FacilityId, OrgId)> =
        members.iter().filter(|(id, _)| facilities.get(id).is_some_and(pledging)).copied().collect();
    if !secured.is_empty() {
        let on = tx.business_date();
        let found = registration::collaterals_across(tx.conn(), &secured, on).await?;
        for ((facility, enterprise), found) in found {
            own.entry(facility).or_default().insert(enterprise, found);
        }
    }
    let mut lines = BTreeMap::new();
    for (id, facility) in facilities {
        let members = held.remove(&id).unwrap_or_default();
        let backings = backing::read(tx, &facility, &members, own.remove(&id).unwrap_or_default()).await?;
        let places = members
            .into_iter()
            .map(|member| {
                let (drawn, from_reservation) = (Money::ZERO, Money::ZERO);
                let place = Place { member, drawn, from_reservation, approvals_moved: false };
                (place.member.enterprise_id, place)
            })
            .collect();
        let line = Line {
            read_version: facility.version,
            drawn: Money::ZERO,
            from_reservation: Money::ZERO,
            customers: customers.remove(&id),
            facility,
            places,
            backings,
        };
        lines.insert(id, line);
    }
    Ok(Lines(lines))
}

impl Line {
    /// A member's place as it stands.
    pub(super) fn member(&self, enterprise: OrgId) -> Option<&Member> {
        Some(&self.places.get(&enterprise)?.member)
    }

    /// A member as the draws before left it, with what backs the next one that it asks for.
    pub(super) fn place(&self, enterprise: OrgId, ask: Ask) -> Option<(&Member, Backing)> {
        let member = &self.places.get(&enterprise)?.member;
        let (customers, own) = (self.customers.as_ref(), member.reserved.min(ask.may_take));
        let customer_room = customers.and_then(|customers| customers.room(member));
        let connected_room = customers.and_then(|customers| customers.group_room(member, own));
        Some((member, Backing { customer_room, connected_room, ..self.backings.of(member, ask) }))
    }

    /// Moves the state by a draw that was granted under an approval; returns the member after it.
    pub(super) fn moved_by(
        &mut self,
        enterprise: OrgId,
        draw: Draw,
        under: Option<ApplicationId>,
    ) -> Result<&Member, Fault> {
        let Some(place) = self.places.get_mut(&enterprise) else {
            return Err(Fault::Invariant(format!("{enterprise} drew without a place")));
        };
        let plus = |sum: &mut Money, amount: Money| {
            *sum = sum.checked_add(amount).map_err(|error| Fault::Invariant(error.to_string()))?;
            Ok::<(), Fault>(())
        };
        let held = draw.from_reservation;
        if let Some(application) = under.filter(|_| held.is_positive()) {
            if !approval::take(&mut place.member.approvals, application, held) {
                return Err(Fault::Invariant(format!("{held} is more than application {application} holds")));
            }
            place.approvals_moved = true;
        }
        self.backings.drew(&place.member, draw);
        for (drawn, reserved) in [
            (&mut self.facility.drawn, &mut self.facility.reserved),
            (&mut place.member.drawn, &mut place.member.reserved),
        ] {
            plus(drawn, draw.amount)?;
            plus(reserved, -held)?;
        }
        for (drawn, from_reservation) in
            [(&mut self.drawn, &mut self.from_reservation), (&mut place.drawn, &mut place.from_reservation)]
        {
            plus(drawn, draw.amount)?;
            plus(from_reservation, held)?;
        }
        self.facility.version += 1;
        Ok(&place.member)
    }
}

/// Sum, limit, version and status are compared once more by the database itself.
const GUARD_LINES: &str = "UPDATE facility SET drawn_fen = facility.drawn_fen + v.drawn, \
    reserved_fen = facility.reserved_fen - v.held, version = v.new_version FROM {rows} \
    WHERE facility.id = v.id AND facility.version = v.read_version AND facility.status = v.read_status \
    AND facility.drawn_fen + facility.reserved_fen + facility.retired_fen + v.drawn - v.held <= facility.limit_fen";
const GUARD_PLACES: &str = "UPDATE facility_member SET drawn_fen = facility_member.drawn_fen + v.drawn, \
    reserved_fen = facility_member.reserved_fen - v.held, \
    approvals = CASE WHEN v.approvals = '' THEN facility_member.approvals ELSE v.approvals END FROM {rows} \
    WHERE facility_member.id = v.id AND facility_member.drawn_fen = v.read_drawn \
    AND facility_member.drawn_fen + facility_member.reserved_fen + facility_member.retired_fen + v.drawn - v.held \
        <= facility_member.sub_limit_fen";

impl Lines {
    /// The lines that a fund may cover, with their banks.
    fn funded(&self) -> Vec<(FacilityId, OrgId)> {
        let lines = self.0.values().map(|line| &line.facility).filter(|line| line.funded);
        lines.map(|line| (line.id, line.bank_id)).collect()
    }

    /// Locks what funds have agreed to cover on these lines; a statement only where a line may be covered.
    pub(super) async fn covering(&self, tx: &Tx) -> Result<Covering, Fault> {
        Covering::read(tx, &self.funded()).await
    }

    /// A line.
    pub(super) fn get(&self, id: FacilityId) -> Option<&Line> {
        self.0.get(&id)
    }

    /// A line, to be moved; what the batch drew on other lines of its banks counts for their customers.
    pub(super) fn get_mut(&mut self, id: FacilityId) -> Option<&mut Line> {
        let banks: Vec<OrgId> = self.0.get(&id)?.customers.iter().flat_map(Customers::banks).collect();
        for bank in banks {
            let (drawn, groups) = (self.drawn_beside(id, bank), self.used_by_groups(id, bank));
            if let Some(customers) = self.0.get_mut(&id).and_then(|line| line.customers.as_mut()) {
                customers.drawn_beside(bank, drawn);
                customers.groups_use(bank, groups);
            }
        }
        self.0.get_mut(&id)
    }

    /// A bank's part of what the batch drew on its lines but for one, member by member.
    fn drawn_beside(&self, but: FacilityId, bank: OrgId) -> HashMap<OrgId, Money> {
        let mut drawn: HashMap<OrgId, Money> = HashMap::new();
        for line in self.0.iter().filter(|(other, _)| **other != but).map(|(_, line)| line) {
            let Some(customers) = line.customers.as_ref() else { continue };
            for (enterprise, place) in line.places.iter().filter(|(_, place)| place.drawn.is_positive()) {
                let sum = drawn.entry(*enterprise).or_default();
                *sum = sum.checked_add(customers.part_of(bank, place.drawn)).unwrap_or(Money::MAX);
            }
        }
        drawn
    }

    /// A bank's part of what its groups owe and hold on the batch's lines, as the draws so far have left it; `id` is the
    /// line whose members are looked at.
    fn used_by_groups(&self, id: FacilityId, bank: OrgId) -> HashMap<ConnectedGroupId, Money> {
        let mut used: HashMap<ConnectedGroupId, Money> = HashMap::new();
        let Some(known) = self.0.get(&id).and_then(|line| line.customers.as_ref()) else { return used };
        for line in self.0.values() {
            let Some(customers) = line.customers.as_ref() else { continue };
            for (enterprise, place) in &line.places {
                let Some(group) = known.group_of(bank, *enterprise) else { continue };
                for amount in [place.member.drawn, place.member.reserved] {
                    let sum = used.entry(group).or_default();
                    *sum = sum.checked_add(customers.part_of(bank, amount)).unwrap_or(Money::MAX);
                }
            }
        }
        used
    }

    /// Looks a second time, by the database itself: one row for each line and place that moved. `beside` is inserted in the same
    /// turn, where the database takes several in one.
    pub(super) async fn guard(&self, tx: &Tx, beside: Vec<Rows>) -> Result<(), Fault> {
        let lines: Vec<&Line> = self.0.values().filter(|line| line.drawn.is_positive()).collect();
        let places: Vec<&Place> = lines
            .iter()
            .flat_map(|line| line.places.values())
            .filter(|place| place.drawn.is_positive())
            .collect();
        let of_lines = Rows::named(
            "v",
            vec![
                ("id", Values::ids(lines.iter().map(|line| line.facility.id.uuid()))),
                ("drawn", Values::numbers(lines.iter().map(|line| line.drawn.fen()))),
                ("held", Values::numbers(lines.iter().map(|line| line.from_reservation.fen()))),
                ("read_version", Values::numbers(lines.iter().map(|line| line.read_version))),
                ("new_version", Values::numbers(lines.iter().map(|line| line.facility.version))),
                (
                    "read_status",
                    Values::texts(lines.iter().map(|line| line.facility.status.name().to_owned())),
                ),
            ],
        )?;
        let read_drawn = |place: &&Place| place.member.drawn.fen() - place.drawn.fen();
        let approvals: Vec<String> =
            places.iter().map(|place| place.moved_approvals()).collect::<Result<_, Fault>>()?;
        let of_places = Rows::named(
            "v",
            vec![
                ("id", Values::ids(places.iter().map(|place| place.member.id.uuid()))),
                ("drawn", Values::numbers(places.iter().map(|place| place.drawn.fen()))),
                ("held", Values::numbers(places.iter().map(|place| place.from_reservation.fen()))),
                ("read_drawn", Values::numbers(places.iter().map(read_drawn))),
                ("approvals", Values::texts(approvals)),
            ],
        )?;
        let wanted = [(of_lines.len(), "facilities"), (of_places.len(), "members")];
        let guards = vec![(GUARD_LINES, of_lines), (GUARD_PLACES, of_places)];
        let touched = tx.conn().execute_all(guards, beside).await.map_err(Fault::overtaken_if_taken)?;
        for ((wanted, what), touched) in wanted.into_iter().zip(touched) {
            // Anything else is a bug, stopped before harm.
            if usize::try_from(touched) != Ok(wanted) {
                let ids: Vec<String> = lines.iter().map(|line| line.facility.id.to_string()).collect();
                return Err(Fault::Invariant(format!(
                    "draws on {} passed the guard of {touched} of {wanted} {what}",
                    ids.join(", ")
                )));
            }
        }
        Ok(())
    }
}
