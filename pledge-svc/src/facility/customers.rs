//! What the banks of a line may still lend to one customer, each by its own bound and for its own part: the lead and the
//! banks that take part, as far as they have set one. Read once for a batch of draws, in one statement; a line of banks
//! that have set none costs nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use contracts::{FacilityId, OrgId};
use finance::{Money, Rate, Rounding};
use tx_kit::{Fault, Tx};

use super::{
    exposure,
    model::{Facility, Member, agreement::participants},
};
use crate::applications::room;

/// What the bounded banks of one line have out to its members.
pub(super) struct Customers(Vec<AtBank>);

/// What one bank has out to the members of a line.
struct AtBank {
    bank: OrgId,
    /// Its bound for one customer.
    cap: Money,
    /// Its part of this line.
    part: Rate,
    /// Its part of what each member owed on its other lines when the batch began.
    elsewhere: HashMap<OrgId, Money>,
    /// Its part of what the batch has drawn there since.
    beside: HashMap<OrgId, Money>,
}

impl AtBank {
    /// The bank's part of an amount drawn on this line, rounded up: the bound is not passed by rounding.
    fn own(&self, amount: Money) -> Money {
        amount.scale(self.part, Rounding::Up).unwrap_or(Money::MAX)
    }

    fn room(&self, member: &Member) -> Money {
        let on_others = [&self.elsewhere, &self.beside]
            .map(|owed| owed.get(&member.enterprise_id).copied().unwrap_or_default());
        let owed = Money::total(on_others.into_iter().chain([self.own(member.drawn)]));
        room(self.cap, owed.unwrap_or(Money::MAX), self.part)
    }
}

impl Customers {
    /// What a member may still draw on this line under the tightest of the banks' bounds.
    pub(super) fn room(&self, member: &Member) -> Option<Money> {
        self.0.iter().map(|bank| bank.room(member)).min()
    }

    /// The banks with a bound.
    pub(super) fn banks(&self) -> impl Iterator<Item = OrgId> {
        self.0.iter().map(|one| one.bank)
    }

    /// A bank's part of an amount drawn on this line; nothing where it has no bound here.
    pub(super) fn part_of(&self, bank: OrgId, amount: Money) -> Money {
        self.0.iter().find(|one| one.bank == bank).map_or(Money::ZERO, |one| one.own(amount))
    }

    /// What the batch has drawn on a bank's other lines, member by member.
    pub(super) fn drawn_beside(&mut self, bank: OrgId, drawn: HashMap<OrgId, Money>) {
        if let Some(one) = self.0.iter_mut().find(|one| one.bank == bank) {
            one.beside = drawn;
        }
    }
}

/// The bounds of a line's banks, as far as they have set one.
fn caps(line: &Facility) -> impl Iterator<Item = (OrgId, Money)> {
    let lead = line.customer_cap.map(|cap| (line.bank_id, cap));
    let others = participants(line).filter_map(|share| Some((share.bank_id, share.customer_cap?)));
    lead.into_iter().chain(others)
}

/// The banks of these lines which have set a bound for one customer.
pub(super) fn bounded(facilities: &BTreeMap<FacilityId, Facility>) -> BTreeSet<OrgId> {
    facilities.values().flat_map(caps).map(|(bank, _)| bank).collect()
}

/// What banks that have set a bound have out to the members in question; `members` are their places on all the banks'
/// lines, locked.
pub(super) async fn read(
    tx: &Tx,
    facilities: &BTreeMap<FacilityId, Facility>,
    members: &HashMap<FacilityId, Vec<Member>>,
) -> Result<HashMap<FacilityId, Customers>, Fault> {
    let banks = bounded(facilities);
    if banks.is_empty() {
        return Ok(HashMap::new());
    }
    let parts = exposure::parts_of(tx.conn(), &banks, members.keys().map(|line| line.uuid())).await?;
    let mut found = HashMap::new();
    for (id, line) in facilities {
        let mut at_banks = Vec::new();
        for (bank, cap) in caps(line) {
            let mut elsewhere: HashMap<OrgId, Money> = HashMap::new();
            for (other, members) in members.iter().filter(|(other, _)| *other != id) {
                let Some(part) = parts.get(&(bank, other.uuid())) else { continue };
                for member in members {
                    let sum = elsewhere.entry(member.enterprise_id).or_default();
                    *sum = exposure::plus(*sum, exposure::own(member.drawn, *part)?)?;
                }
            }
            let part = parts.get(&(bank, id.uuid())).copied().unwrap_or(Rate::ONE);
            at_banks.push(AtBank { bank, cap, part, elsewhere, beside: HashMap::new() });
        }
        if !at_banks.is_empty() {
            found.insert(*id, Customers(at_banks));
        }
    }
    Ok(found)
}
