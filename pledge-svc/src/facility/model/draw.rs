//! Whether a draw is granted. The one rule; `../draw.rs` applies it under lock, in arrival order.

use chrono::NaiveDate;
use finance::Money;
use serde::{Deserialize, Serialize};

use super::{
    CollateralRule, Facility, Member, MemberStatus, Status, conduct::ConductRefusal, triggers::TriggerKind,
};
use crate::{
    loan::model::{maturity, products::ProductRefusal},
    registration::LoanTerm,
};

/// What a member asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// Principal.
    pub amount: Money,
    /// Months.
    pub tenor_months: u32,
    /// The day on which it falls due, before it is moved off a holiday.
    pub matures_on: NaiveDate,
    /// The most that it may take out of what is held for the member; the rest of that stays untouched.
    pub may_take: Money,
}

impl Ask {
    /// A draw of today for so many months, out of all that is held for the member.
    #[must_use]
    pub fn new(amount: Money, tenor_months: u32, on: NaiveDate) -> Self {
        Self { amount, tenor_months, matures_on: maturity(on, tenor_months), may_take: Money::MAX }
    }
}

/// What is pledged, validly and registered, on the day: by the member or, where the patents are pooled, by all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cover {
    /// Whether any pledge is registered.
    pub pledged: bool,
    /// The most that may be lent on all of it: to the member, or, on a pool, to all together.
    pub maximum_loan: Money,
    /// Of that, on what lasts as long as the loan that is asked for.
    pub lasting: Money,
    /// How long a loan on any of it may last.
    pub longest: LoanTerm,
}

impl Cover {
    /// Nothing is pledged.
    pub const NONE: Self = Self::whole(false, Money::ZERO);

    /// Cover that lasts as long as any loan.
    #[must_use]
    pub const fn whole(pledged: bool, maximum_loan: Money) -> Self {
        let longest = LoanTerm { until: None, months: None };
        Self { pledged, maximum_loan, lasting: maximum_loan, longest }
    }
}

/// What a draw is decided on besides the facility and the member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backing {
    /// What is pledged.
    pub cover: Cover,
    /// What the member's group of connected members uses: drawn and reserved; `None` where it belongs to none.
    pub group_use: Option<Money>,
    /// What the banks' bounds for one customer leave for a draw, the tightest of them; `None` where no bank of the line has
    /// set one.
    pub customer_room: Option<Money>,
    /// What the banks' bounds for a group of connected customers leave for a draw, what is held for the member included;
    /// `None` where no bank of the line has set one or none of their groups has the member.
    pub connected_room: Option<Money>,
}

/// A draw that is granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draw {
    /// Principal.
    pub amount: Money,
    /// The part that comes out of what was reserved for the member; the rest comes from what is free.
    pub from_reservation: Money,
}

/// Which ceiling refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitKind {
    /// The facility's limit.
    Facility,
    /// The member's sub-limit.
    SubLimit,
    /// The concentration cap for one member.
    SingleMember,
    /// The concentration cap for a group of connected members.
    Group,
    /// What may be lent on the registered collateral.
    Collateral,
    /// What may be owed without collateral.
    Unsecured,
    /// What may be owed by a waiver of the pledge.
    Waiver,
    /// What the pool of patents carries for all.
    BorrowingBase,
    /// The concentration cap for one pool of pledged patents.
    PatentPool,
    /// What a bank of the line may have out to one customer by its capital.
    SingleCustomer,
    /// What a bank of the line may have out and promised to a group of connected customers by its capital.
    ConnectedGroup,
}

/// Why a draw is refused, with its numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Refusal {
    /// The facility is not active.
    NotActive {
        /// What it is.
        status: Status,
    },
    /// Today lies outside the availability window.
    OutsideWindow {
        /// First day.
        from: NaiveDate,
        /// Last day.
        until: NaiveDate,
    },
    /// The member is paused.
    MemberPaused {
        /// Why, in the bank's words; none where nobody gave a reason.
        #[serde(default)]
        reason: Option<String>,
        /// The trigger that did it; none where a person did.
        #[serde(default)]
        by: Option<TriggerKind>,
    },
    /// The member has left the list.
    MemberLeft,
    /// Something the member owes at the line's bank is overdue.
    MemberOverdue,
    /// The tenor is zero or beyond the cap.
    Tenor {
        /// Months asked for.
        asked: u32,
        /// Months allowed.
        cap: u32,
    },
    /// The product that was named does not admit it.
    Product {
        /// Why.
        refusal: ProductRefusal,
    },
    /// The application, its product or the rules for the kind of loan do not admit it.
    Conduct {
        /// Why.
        refusal: ConductRefusal,
    },
    /// Conditions precedent are not fulfilled.
    ConditionsOpen {
        /// How many.
        open: u32,
    },
    /// Nothing is pledged, or no longer validly.
    NoPledge,
    /// The loan would last longer than what secures it.
    BeyondPledge {
        /// Months asked for.
        asked: u32,
        /// The day on which it would fall due.
        matures_on: NaiveDate,
        /// The last day on which a loan on any of the pledges may fall due; none where only the months bound it.
        until: Option<NaiveDate>,
        /// The most months that were approved; none where only the day bounds it.
        months: Option<u32>,
    },
    /// A ceiling stands in the way.
    Limit {
        /// Which.
        kind: LimitKind,
        /// Principal asked for.
        asked: Money,
        /// What could be drawn under it.
        available: Money,
    },
    /// The line counts on a fund that would not cover it.
    Uncovered {
        /// Principal asked for.
        asked: Money,
        /// What the fund would newly cover.
        left: Money,
    },
    /// The deposit for the mutual-aid pool is not paid in.
    DepositMissing {
        /// What must have been paid in for this draw.
        required: Money,
        /// What is paid in.
        paid_in: Money,
    },
}

impl Refusal {
    /// That a member is paused, and why.
    pub(super) fn paused(member: &Member) -> Self {
        Self::MemberPaused { reason: member.paused_for.clone(), by: member.paused_by }
    }
}

/// Decides a draw on a business date.
///
/// # Errors
/// The [`Refusal`] that the member can act on; where several hold, the one that more money would not cure first,
/// and the deposit last: nobody pays in for a draw that would be refused all the same.
pub fn decide_draw(
    facility: &Facility,
    member: &Member,
    backing: Backing,
    ask: Ask,
    on: NaiveDate,
) -> Result<Draw, Refusal> {
    gates(facility, member, ask, on)?;
    let (collateral, kind) = carried(facility, member, backing.cover, on)?;
    if matches!(kind, LimitKind::Collateral | LimitKind::BorrowingBase) {
        lasts((facility, member), backing.cover, ask, collateral)?;
    }
    // What is reserved for the member is free to the member itself, and to nobody else.
    let own = member.reserved.min(ask.may_take);
    let plus_own = |free: Money| free.checked_add(own).unwrap_or(Money::MAX);
    let group =
        backing.group_use.map_or(Money::MAX, |used| plus_own(facility.group_cap()).saturating_sub(used));
    let ceilings = [
        (LimitKind::SubLimit, plus_own(member.available())),
        (LimitKind::SingleMember, facility.member_cap().saturating_sub(member.drawn)),
        (kind, collateral),
        (LimitKind::Facility, plus_own(facility.available())),
        (LimitKind::Group, group),
        (LimitKind::PatentPool, on_one_pool(facility, member)),
        (LimitKind::SingleCustomer, backing.customer_room.unwrap_or(Money::MAX)),
        (LimitKind::ConnectedGroup, backing.connected_room.unwrap_or(Money::MAX)),
    ];
    // The tightest ceiling is the one to tell: curing any other would not help.
    if let Some((kind, available)) = ceilings.into_iter().min_by_key(|(_, available)| *available)
        && ask.amount > available
    {
        return Err(Refusal::Limit { kind, asked: ask.amount, available });
    }
    let owed = member.drawn.checked_add(ask.amount).unwrap_or(Money::MAX);
    let required = facility.terms.liability.deposit_required(member.sub_limit, owed).unwrap_or(Money::MAX);
    if member.deposit < required {
        return Err(Refusal::DepositMissing { required, paid_in: member.deposit });
    }
    Ok(Draw { amount: ask.amount, from_reservation: ask.amount.min(own) })
}

/// What no amount would cure.
fn gates(facility: &Facility, member: &Member, ask: Ask, on: NaiveDate) -> Result<(), Refusal> {
    if facility.status != Status::Active {
        return Err(Refusal::NotActive { status: facility.status });
    }
    if on < facility.available_from || on > facility.available_until {
        return Err(Refusal::OutsideWindow {
            from: facility.available_from,
            until: facility.available_until,
        });
    }
    match member.status {
        MemberStatus::Active => {}
        MemberStatus::Paused => {
            return Err(Refusal::paused(member));
        }
        MemberStatus::Left => return Err(Refusal::MemberLeft),
    }
    if member.overdue {
        return Err(Refusal::MemberOverdue);
    }
    if ask.tenor_months == 0 || ask.tenor_months > facility.tenor_cap_months {
        return Err(Refusal::Tenor { asked: ask.tenor_months, cap: facility.tenor_cap_months });
    }
    if member.conditions_open > 0 {
        return Err(Refusal::ConditionsOpen { open: member.conditions_open });
    }
    Ok(())
}

/// What the collateral rule leaves for this draw, and the ceiling's name. A waiver of the member's pledge counts as cover
/// while it is in force: instead of what is pledged, not beside it.
fn carried(
    facility: &Facility,
    member: &Member,
    cover: Cover,
    on: NaiveDate,
) -> Result<(Money, LimitKind), Refusal> {
    let unsecured = facility.terms.collateral.unsecured();
    let pooled = facility.terms.collateral.pool().is_some();
    let waived = if pooled { Money::ZERO } else { member.waived(on) };
    if waived > cover.maximum_loan {
        let most = waived.checked_add(unsecured).unwrap_or(Money::MAX);
        return Ok((most.saturating_sub(member.drawn), LimitKind::Waiver));
    }
    if !cover.pledged && unsecured.is_zero() {
        return Err(Refusal::NoPledge);
    }
    Ok(match facility.terms.collateral {
        CollateralRule::Pooled(_) => {
            (cover.maximum_loan.saturating_sub(facility.drawn), LimitKind::BorrowingBase)
        }
        CollateralRule::Unsecured { up_to } if !cover.pledged => {
            (up_to.saturating_sub(member.drawn), LimitKind::Unsecured)
        }
        CollateralRule::Own | CollateralRule::Unsecured { .. } => {
            let most = cover.maximum_loan.checked_add(unsecured).unwrap_or(Money::MAX);
            (most.saturating_sub(member.drawn), LimitKind::Collateral)
        }
    })
}

/// A pledge secures the debt for its term, and a patent for its life: what lasts longer rests on the pledges that last as
/// long, and on what may be owed without one. What is drawn counts as resting on them already, for how long each loan runs is
/// not asked here: where pledges end at different times, a long loan comes before the short ones. `room` is what all of them
/// together leave: beyond it that is what is told.
fn lasts(
    (facility, member): (&Facility, &Member),
    cover: Cover,
    ask: Ask,
    room: Money,
) -> Result<(), Refusal> {
    let unsecured = facility.terms.collateral.unsecured();
    let drawn = if facility.terms.collateral.pool().is_some() { facility.drawn } else { member.drawn };
    let most = cover.lasting.checked_add(unsecured).unwrap_or(Money::MAX).saturating_sub(drawn);
    if ask.amount <= most || ask.amount > room {
        return Ok(());
    }
    let LoanTerm { until, months } = cover.longest;
    Err(Refusal::BeyondPledge { asked: ask.tenor_months, matures_on: ask.matures_on, until, months })
}

/// What the cap for one pool of patents leaves; what is owed without collateral rests on none.
fn on_one_pool(facility: &Facility, member: &Member) -> Money {
    match facility.terms.collateral {
        CollateralRule::Pooled(_) => facility.pool_cap().saturating_sub(facility.drawn),
        CollateralRule::Own | CollateralRule::Unsecured { .. } => {
            let unsecured = facility.terms.collateral.unsecured();
            let most = facility.pool_cap().checked_add(unsecured).unwrap_or(Money::MAX);
            most.saturating_sub(member.drawn)
        }
    }
}
