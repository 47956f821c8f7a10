//! What draws are decided on besides the rows that were locked: what is pledged, and what groups of connected members
//! use. Read in bulk for a batch; what a facility's terms do not ask for costs no statement.

use std::collections::HashMap;

use contracts::OrgId;
use finance::Money;
use tx_kit::{Fault, Tx};

use super::{
    model::{
        Facility, Member,
        base::BorrowingBase,
        draw::{Ask, Backing, Cover, Draw},
    },
    pool, store,
};
use crate::registration::Collateral;

/// The backing of a batch, as each draw leaves it to the next.
pub(super) struct Backings {
    /// Each member's own pledges; empty where the patents are pooled.
    own: HashMap<OrgId, Collateral>,
    /// The pool, where the patents are pooled.
    pool: Option<BorrowingBase>,
    /// What the groups of the members in question use.
    groups: HashMap<String, Money>,
}

/// Reads the backing of draws by these members of a locked facility; `own` is what each has pledged for itself.
pub(super) async fn read(
    tx: &Tx,
    facility: &Facility,
    members: &[Member],
    own: HashMap<OrgId, Collateral>,
) -> Result<Backings, Fault> {
    let pool = pool::base::reckon(tx.conn(), facility, tx.business_date()).await?;
    let mut groups = HashMap::new();
    if facility.grouped {
        let mut labels: Vec<String> = members.iter().filter_map(|member| member.group.clone()).collect();
        labels.sort_unstable();
        labels.dedup();
        if !labels.is_empty() {
            groups = store::group_uses(tx.conn(), facility.id, &labels).await?;
        }
    }
    Ok(Backings { own, pool, groups })
}

impl Backings {
    /// What a draw of the member is decided on.
    pub(super) fn of(&self, member: &Member, ask: Ask) -> Backing {
        let cover = match &self.pool {
            Some(base) => Cover {
                lasting: base.lasting(ask.matures_on),
                longest: base.longest(),
                ..Cover::whole(!base.rows.is_empty(), base.base)
            },
            None => self.own.get(&member.enterprise_id).map_or(Cover::NONE, |own| Cover {
                lasting: own.lasting(ask.tenor_months, ask.matures_on),
                longest: own.longest(),
                ..Cover::whole(!own.pledges.is_empty(), own.maximum_loan)
            }),
        };
        let group_use = member
            .group
            .as_ref()
            .map(|label| self.groups.get(label).copied().unwrap_or_else(|| used(member)));
        Backing { cover, group_use, customer_room: None, connected_room: None }
    }

    /// A draw was granted: its group uses more by what did not come out of the member's reservation.
    pub(super) fn drew(&mut self, member: &Member, draw: Draw) {
        if let Some(used) = member.group.as_ref().and_then(|label| self.groups.get_mut(label)) {
            let fresh = draw.amount.saturating_sub(draw.from_reservation);
            *used = used.checked_add(fresh).unwrap_or(Money::MAX);
        }
    }
}

/// What one member uses by itself.
fn used(member: &Member) -> Money {
    member.drawn.checked_add(member.reserved).unwrap_or(Money::MAX)
}
