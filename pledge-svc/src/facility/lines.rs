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
//!   locked with its own, in the same order; whoever draws there locks them too;
//! - a key is looked up after the lock, so a twin on another replica has committed by then or waits; where a twin came
//!   by another line, the primary key of the answers refuses the second, and it is decided again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use contracts::{FacilityId, OrgId};
use finance::Money;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
    sea_query::{Expr, LockBehavior, LockType},
};
use tx_kit::{
    Fault, Tx,
    bulk::{Rows, Values, padded, paired},
};

use super::{
    backing::{self, Backings},
    customers::{self, Customers},
    exposure,
    member_workout::overdue_at_bank,
    model::{
        Facility, Member,
        draw::{Ask, Backing, Draw},
    },
    store::{self, facility::Column as F, member::Column as M},
};
use crate::{
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

/// Locks facilities in the order of their ids. One that is not there is not in the answer; one that another holds is
/// not either, where it is left out.
pub(super) async fn lock(
    tx: &Tx,
    ids: impl IntoIterator<Item = FacilityId>,
    patience: Patience,
) -> Result<BTreeMap<FacilityId, Facility>, Fault> {
    let query = store::facility::Entity::find()
        .filter(F::Id.is_in(padded(ids.into_iter().map(FacilityId::uuid))))
        .order_by_asc(F::Id);
    let query = match patience {
        Patience::Wait => query.lock_exclusive(),
        Patience::LeaveOut => query.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked),
    };
    let rows = query.all(tx.conn()).await?;
    if rows.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut shares = store::shares(tx.conn(), &rows).await?;
    rows.into_iter()
        .map(|row| {
            let shares = shares.remove(&row.id).unwrap_or_default();
            Ok((row.id.into(), store::facility_of(row, shares)?))
        })
        .collect()
}

/// Locks the places of enterprises in locked facilities, in the order of their ids, and reads what backs their draws.
pub(super) async fn read(
    tx: &Tx,
    facilities: BTreeMap<FacilityId, Facility>,
    members: &BTreeSet<(FacilityId, OrgId)>,
) -> Result<Lines, Fault> {
    let pairs = members.iter().map(|(facility, enterprise)| (facility.uuid(), enterprise.uuid()));
    let places = paired(tx.conn().get_database_backend(), (M::FacilityId, M::EnterpriseId), pairs);
    let mut which = Condition::any().add(places);
    for bank in customers::bounded(&facilities) {
        // What a customer has on such a bank's other lines is held still as well, in the same order.
        let customers = padded(members.iter().map(|(_, enterprise)| enterprise.uuid()));
        let theirs = Condition::all().add(exposure::lines_of(bank)).add(M::EnterpriseId.is_in(customers));
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
    let mut customers = customers::read(tx, &facilities, &held).await?;
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
                let place = Place { member, drawn: Money::ZERO, from_reservation: Money::ZERO };
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
    /// A member as the draws before left it, with what backs the next one that it asks for.
    pub(super) fn place(&self, enterprise: OrgId, ask: Ask) -> Option<(&Member, Backing)> {
        let member = &self.places.get(&enterprise)?.member;
        let customer_room = self.customers.as_ref().and_then(|customers| customers.room(member));
        Some((member, Backing { customer_room, ..self.backings.of(member, ask) }))
    }

    /// Moves the state by a draw that was granted; returns the member after it.
    pub(super) fn moved_by(&mut self, enterprise: OrgId, draw: Draw) -> Result<&Member, Fault> {
        let Some(place) = self.places.get_mut(&enterprise) else {
            return Err(Fault::Invariant(format!("{enterprise} drew without a place")));
        };
        let plus = |sum: &mut Money, amount: Money| {
            *sum = sum.checked_add(amount).map_err(|error| Fault::Invariant(error.to_string()))?;
            Ok::<(), Fault>(())
        };
        let held = draw.from_reservation;
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
    reserved_fen = facility_member.reserved_fen - v.held FROM {rows} \
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
            let drawn = self.drawn_beside(id, bank);
            if let Some(customers) = self.0.get_mut(&id).and_then(|line| line.customers.as_mut()) {
                customers.drawn_beside(bank, drawn);
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

    /// The second look: one row for each line and place that moved. Anything else is a bug, stopped before harm.
    pub(super) async fn guard(&self, tx: &Tx) -> Result<(), Fault> {
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
        let of_places = Rows::named(
            "v",
            vec![
                ("id", Values::ids(places.iter().map(|place| place.member.id.uuid()))),
                ("drawn", Values::numbers(places.iter().map(|place| place.drawn.fen()))),
                ("held", Values::numbers(places.iter().map(|place| place.from_reservation.fen()))),
                ("read_drawn", Values::numbers(places.iter().map(read_drawn))),
            ],
        )?;
        for (template, rows, what) in
            [(GUARD_LINES, of_lines, "facilities"), (GUARD_PLACES, of_places, "members")]
        {
            let moved = rows.len();
            let touched = tx.conn().execute_with(template, rows).await?;
            if usize::try_from(touched) != Ok(moved) {
                let ids: Vec<String> = lines.iter().map(|line| line.facility.id.to_string()).collect();
                return Err(Fault::Invariant(format!(
                    "draws on {} passed the guard of {touched} of {moved} {what}",
                    ids.join(", ")
                )));
            }
        }
        Ok(())
    }
}
