//! What the banks of a line may still lend to one customer and to a group of connected ones, each by its own bounds and for
//! its own part: the lead and the banks that take part, as far as they have set any. Read once for a batch of draws, in one
//! statement, and one more where somebody who draws belongs to a group; a line of banks that have set none costs nothing.
//!
//! A loan to one customer is held against what is lent to it; a group's exposure is all that its members owe or hold for
//! approvals, on every line of the bank (商业银行大额风险暴露管理办法, 2018).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use contracts::{ConnectedGroupId, FacilityId, OrgId};
use finance::{Money, Rate, Rounding};
use sea_orm::ConnectionTrait;
use tx_kit::{Fault, Tx};

use super::{
    exposure::{self, Caps},
    model::{Facility, Member, agreement::participants},
};
use crate::applications::{self, room};

/// What the bounded banks of one line have out to its members.
pub(super) struct Customers(Vec<AtBank>);

/// What one bank has out to the members of a line.
struct AtBank {
    bank: OrgId,
    /// Its part of this line.
    part: Rate,
    /// Its bound for one customer, where it has set one.
    cap: Option<Money>,
    /// Its part of what each member owed on its other lines when the batch began.
    elsewhere: HashMap<OrgId, Money>,
    /// Its part of what the batch has drawn there since.
    beside: HashMap<OrgId, Money>,
    /// Its groups, where it has set a bound for them and one of the members belongs to one.
    groups: Option<Groups>,
}

/// What a bank has out and promised to groups of connected customers.
struct Groups {
    /// Its bound for a group.
    cap: Money,
    /// The group of each member that belongs to one.
    of: HashMap<OrgId, ConnectedGroupId>,
    /// Its part of what each group has on lines that are not of the batch.
    outside: HashMap<ConnectedGroupId, Money>,
    /// The same on all lines, as the batch has left it.
    used: HashMap<ConnectedGroupId, Money>,
}

impl AtBank {
    /// The bank's part of an amount drawn on this line, rounded up: the bound is not passed by rounding.
    fn own(&self, amount: Money) -> Money {
        amount.scale(self.part, Rounding::Up).unwrap_or(Money::MAX)
    }

    fn customer_room(&self, member: &Member) -> Option<Money> {
        let cap = self.cap?;
        let on_others = [&self.elsewhere, &self.beside]
            .map(|owed| owed.get(&member.enterprise_id).copied().unwrap_or_default());
        let owed = Money::total(on_others.into_iter().chain([self.own(member.drawn)]));
        Some(room(cap, owed.unwrap_or(Money::MAX), self.part))
    }

    fn group_room(&self, member: &Member, freed: Money) -> Option<Money> {
        let groups = self.groups.as_ref()?;
        let used = groups.used.get(groups.of.get(&member.enterprise_id)?).copied().unwrap_or_default();
        Some(room(groups.cap, used.saturating_sub(self.own(freed)), self.part))
    }
}

impl Customers {
    /// What a member may still draw on this line under the tightest of the banks' bounds for one customer.
    pub(super) fn room(&self, member: &Member) -> Option<Money> {
        self.0.iter().filter_map(|bank| bank.customer_room(member)).min()
    }

    /// What a member may still have on this line under the tightest of the banks' bounds for a group; `freed` of what it
    /// holds is counted as gone: a draw uses up what was held for it.
    pub(super) fn group_room(&self, member: &Member, freed: Money) -> Option<Money> {
        self.0.iter().filter_map(|bank| bank.group_room(member, freed)).min()
    }

    /// The banks with a bound.
    pub(super) fn banks(&self) -> impl Iterator<Item = OrgId> {
        self.0.iter().map(|one| one.bank)
    }

    fn at(&self, bank: OrgId) -> Option<&AtBank> {
        self.0.iter().find(|one| one.bank == bank)
    }

    fn at_mut(&mut self, bank: OrgId) -> Option<&mut AtBank> {
        self.0.iter_mut().find(|one| one.bank == bank)
    }

    /// A bank's part of an amount drawn on this line; nothing where it has no bound here.
    pub(super) fn part_of(&self, bank: OrgId, amount: Money) -> Money {
        self.at(bank).map_or(Money::ZERO, |one| one.own(amount))
    }

    /// The group of a bank to which an enterprise belongs, where that is held to a bound.
    pub(super) fn group_of(&self, bank: OrgId, enterprise: OrgId) -> Option<ConnectedGroupId> {
        self.at(bank)?.groups.as_ref()?.of.get(&enterprise).copied()
    }

    /// What the batch has drawn on a bank's other lines, member by member.
    pub(super) fn drawn_beside(&mut self, bank: OrgId, drawn: HashMap<OrgId, Money>) {
        if let Some(one) = self.at_mut(bank) {
            one.beside = drawn;
        }
    }

    /// What groups have at a bank on the lines of the batch, as it stands now; what they have on others is added.
    pub(super) fn groups_use(&mut self, bank: OrgId, on_batch: HashMap<ConnectedGroupId, Money>) {
        if let Some(groups) = self.at_mut(bank).and_then(|one| one.groups.as_mut()) {
            groups.used = groups.outside.clone();
            for (group, amount) in on_batch {
                let sum = groups.used.entry(group).or_default();
                *sum = sum.checked_add(amount).unwrap_or(Money::MAX);
            }
        }
    }
}

/// The bounds of a line's banks, whether they have set them or not.
pub(super) fn caps(line: &Facility) -> impl Iterator<Item = (OrgId, Caps)> {
    let lead = (line.bank_id, Caps { customer: line.customer_cap, connected: line.connected_cap });
    let others = participants(line)
        .map(|share| (share.bank_id, Caps { customer: share.customer_cap, connected: share.connected_cap }));
    [lead].into_iter().chain(others)
}

/// Whose places have to be held still at which banks, beside those on the lines themselves.
#[derive(Debug, Default)]
pub(super) struct Watched {
    /// The banks with a bound, and for whom.
    pub(super) at: BTreeMap<OrgId, BTreeSet<OrgId>>,
    /// The groups to which those who draw belong at banks that have set a bound for them.
    groups: HashMap<(OrgId, OrgId), ConnectedGroupId>,
}

impl Watched {
    /// Finds it for enterprises on lines; `connected` where any bank takes one of them together with others.
    pub(super) async fn find(
        conn: &impl ConnectionTrait,
        facilities: &BTreeMap<FacilityId, Facility>,
        enterprises: &BTreeSet<OrgId>,
        connected: bool,
    ) -> Result<Self, Fault> {
        let all = || facilities.values().flat_map(caps);
        let mut watched = Self::default();
        for (bank, _) in all().filter(|(_, caps)| caps.customer.is_some()) {
            watched.at.insert(bank, enterprises.clone());
        }
        let bound: BTreeSet<OrgId> =
            all().filter(|(_, caps)| caps.connected.is_some()).map(|(bank, _)| bank).collect();
        if !connected || bound.is_empty() {
            return Ok(watched);
        }
        let banks: Vec<OrgId> = bound.into_iter().collect();
        for one in applications::connected_at(conn, &banks, enterprises.iter().copied()).await? {
            watched.at.entry(one.bank).or_default().insert(one.enterprise);
            watched.groups.insert((one.bank, one.enterprise), one.group);
        }
        Ok(watched)
    }

    fn groups_of(&self, bank: OrgId) -> HashMap<OrgId, ConnectedGroupId> {
        let of = self.groups.iter().filter(|((at, _), _)| *at == bank);
        of.map(|((_, enterprise), group)| (*enterprise, *group)).collect()
    }
}

/// What banks that have set a bound have out to the members in question; `members` are their places on all the banks'
/// lines, locked.
pub(super) async fn read(
    tx: &Tx,
    facilities: &BTreeMap<FacilityId, Facility>,
    members: &HashMap<FacilityId, Vec<Member>>,
    watched: &Watched,
) -> Result<HashMap<FacilityId, Customers>, Fault> {
    if watched.at.is_empty() {
        return Ok(HashMap::new());
    }
    let banks: BTreeSet<OrgId> = watched.at.keys().copied().collect();
    let parts = exposure::parts_of(tx.conn(), &banks, members.keys().map(|line| line.uuid())).await?;
    let mut found = HashMap::new();
    for (id, line) in facilities {
        let mut at_banks = Vec::new();
        for (bank, caps) in caps(line).filter(|(bank, _)| watched.at.contains_key(bank)) {
            let mut elsewhere: HashMap<OrgId, Money> = HashMap::new();
            let of = watched.groups_of(bank);
            let mut used: HashMap<ConnectedGroupId, Money> = HashMap::new();
            let mut outside = used.clone();
            for (other, members) in members {
                let Some(part) = parts.get(&(bank, other.uuid())) else { continue };
                for member in members {
                    let drawn = exposure::own(member.drawn, *part)?;
                    if other != id {
                        add(&mut elsewhere, member.enterprise_id, drawn)?;
                    }
                    let Some(group) = of.get(&member.enterprise_id) else { continue };
                    let all = exposure::plus(drawn, exposure::own(member.reserved, *part)?)?;
                    add(&mut used, *group, all)?;
                    if !facilities.contains_key(other) {
                        add(&mut outside, *group, all)?;
                    }
                }
            }
            let part = parts.get(&(bank, id.uuid())).copied().unwrap_or(Rate::ONE);
            let groups =
                caps.connected.filter(|_| !of.is_empty()).map(|cap| Groups { cap, of, outside, used });
            let beside = HashMap::new();
            at_banks.push(AtBank { bank, part, cap: caps.customer, elsewhere, beside, groups });
        }
        if !at_banks.is_empty() {
            found.insert(*id, Customers(at_banks));
        }
    }
    Ok(found)
}

fn add<K: Eq + std::hash::Hash>(sums: &mut HashMap<K, Money>, key: K, amount: Money) -> Result<(), Fault> {
    let sum = sums.entry(key).or_default();
    *sum = exposure::plus(*sum, amount)?;
    Ok(())
}
