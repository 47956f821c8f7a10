//! Facilities and their members: the state by `facility.changed`, the totals also by every draw and payment.
//!
//! State and totals have a version each, both of the facility, so that a draw that overtakes the facility's own
//! event is neither lost nor undone by it.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{
    Envelope, FacilityId, OrgId,
    events::{FacilityChanged, FacilityMember},
};
use finance::Money;
use tx_kit::Fault;
use uuid::Uuid;

use super::batch::Rows;
use crate::read_model::{facility, member};

/// What a draw or a payment says about the line it was made on.
pub(super) struct Totals<'e> {
    pub facility_id: FacilityId,
    pub bank_id: OrgId,
    pub enterprise_id: OrgId,
    /// Empty where the event does not say it.
    pub enterprise_name: &'e str,
    /// The facility's version after the movement.
    pub version: i64,
    pub facility_drawn: Money,
    pub facility_reserved: Money,
    pub member_drawn: Money,
    pub member_reserved: Money,
    pub at: DateTime<Utc>,
}

/// A facility of which only a movement was heard so far.
fn unknown(id: Uuid, bank_id: Uuid) -> facility::Model {
    facility::Model {
        id,
        number: String::new(),
        name: String::new(),
        bank_id,
        bank_name: String::new(),
        cluster: String::new(),
        industry: String::new(),
        limit_fen: 0,
        drawn_fen: 0,
        reserved_fen: 0,
        status: "unknown".to_owned(),
        available_from: NaiveDate::default(),
        available_until: NaiveDate::default(),
        shares: "[]".to_owned(),
        state_version: 0,
        whole_version: 0,
        totals_version: 0,
        changed_at: DateTime::UNIX_EPOCH,
    }
}

fn newcomer(facility_id: Uuid, enterprise_id: Uuid) -> member::Model {
    member::Model {
        facility_id,
        enterprise_id,
        enterprise_name: String::new(),
        sub_limit_fen: 0,
        drawn_fen: 0,
        reserved_fen: 0,
        in_line: true,
        state_version: 0,
        totals_version: 0,
        changed_at: DateTime::UNIX_EPOCH,
    }
}

/// `facility.changed`: the state, unless a newer one is known; of the members those that it tells of, each unless
/// newer is known of it.
pub(super) fn changed(rows: &mut Rows, envelope: &Envelope, event: &FacilityChanged) -> Result<(), Fault> {
    let (id, version) = (event.facility_id.uuid(), envelope.version);
    let row = rows.facilities.entry(id).or_insert_with(|| unknown(id, event.bank_id.uuid()));
    if version > row.state_version {
        state_changed(row, envelope, event)?;
    }
    // A newer list of everybody has already said what became of each.
    if version <= row.whole_version {
        return Ok(());
    }
    if !event.partial {
        row.whole_version = version;
    }
    for told in &event.members {
        let key = (id, told.enterprise_id.uuid());
        let row = rows.members.entry(key).or_insert_with(|| newcomer(key.0, key.1));
        if version > row.state_version {
            member_changed(row, told, version, envelope.occurred_at);
        }
    }
    let listed: BTreeSet<Uuid> = event.members.iter().map(|told| told.enterprise_id.uuid()).collect();
    let left: BTreeSet<Uuid> = event.left.iter().map(|one| one.uuid()).collect();
    for ((_, enterprise), row) in rows.members.range_mut((id, Uuid::nil())..=(id, Uuid::max())) {
        let gone = if event.partial { left.contains(enterprise) } else { !listed.contains(enterprise) };
        if gone && version > row.state_version {
            member_left(row, version, envelope.occurred_at);
        }
    }
    Ok(())
}

fn state_changed(
    row: &mut facility::Model,
    envelope: &Envelope,
    event: &FacilityChanged,
) -> Result<(), Fault> {
    let version = envelope.version;
    row.state_version = version;
    row.number.clone_from(&event.number);
    row.name.clone_from(&event.name);
    row.bank_id = event.bank_id.uuid();
    row.bank_name.clone_from(&event.bank_name);
    row.cluster.clone_from(&event.cluster);
    row.industry.clone_from(&event.industry);
    row.limit_fen = event.limit.fen();
    row.status.clone_from(&event.status);
    row.available_from = event.available_from;
    row.available_until = event.available_until;
    row.shares = serde_json::to_string(&event.shares)?;
    row.changed_at = row.changed_at.max(envelope.occurred_at);
    if version > row.totals_version {
        row.totals_version = version;
        row.drawn_fen = event.drawn.fen();
        row.reserved_fen = event.reserved.fen();
    }
    Ok(())
}

fn member_changed(row: &mut member::Model, told: &FacilityMember, version: i64, at: DateTime<Utc>) {
    row.state_version = version;
    row.in_line = true;
    row.enterprise_name.clone_from(&told.enterprise_name);
    row.sub_limit_fen = told.sub_limit.fen();
    row.changed_at = row.changed_at.max(at);
    if version > row.totals_version {
        row.totals_version = version;
        row.drawn_fen = told.drawn.fen();
        row.reserved_fen = told.reserved.fen();
    }
}

/// A member that the facility's newer state no longer lists. A draw made after that state brings it back: the
/// state that listed it again is then still on its way.
fn member_left(row: &mut member::Model, version: i64, at: DateTime<Utc>) {
    if row.totals_version > version {
        return;
    }
    row.state_version = version;
    row.totals_version = version;
    row.in_line = false;
    row.sub_limit_fen = 0;
    row.drawn_fen = 0;
    row.reserved_fen = 0;
    row.changed_at = row.changed_at.max(at);
}

/// A draw or a payment moved the line.
pub(super) fn moved(rows: &mut Rows, totals: &Totals<'_>) {
    let (id, enterprise) = (totals.facility_id.uuid(), totals.enterprise_id.uuid());
    let line = rows.facilities.entry(id).or_insert_with(|| unknown(id, totals.bank_id.uuid()));
    if totals.version > line.totals_version {
        line.totals_version = totals.version;
        line.drawn_fen = totals.facility_drawn.fen();
        line.reserved_fen = totals.facility_reserved.fen();
        line.changed_at = line.changed_at.max(totals.at);
    }
    if totals.version <= line.whole_version && !rows.members.contains_key(&(id, enterprise)) {
        // A newer list of all members is known and the enterprise is not on it any more.
        return;
    }
    let row = rows.members.entry((id, enterprise)).or_insert_with(|| newcomer(id, enterprise));
    if row.enterprise_name.is_empty() {
        totals.enterprise_name.clone_into(&mut row.enterprise_name);
    }
    if totals.version > row.totals_version {
        row.in_line = true;
        row.totals_version = totals.version;
        row.drawn_fen = totals.member_drawn.fen();
        row.reserved_fen = totals.member_reserved.fen();
        row.changed_at = row.changed_at.max(totals.at);
    }
}
