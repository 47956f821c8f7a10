//! Whether a change of limit, members, terms or window may be made: never below what is in use, and a line is closed
//! only once nothing rests on it. It is decided when it is proposed and again, on the use of that moment, when it is
//! approved.

use chrono::NaiveDate;
use contracts::OrgId;
use finance::{Money, Rate};
use serde::{Deserialize, Serialize};

use super::{
    CollateralRule, Facility, Liability, LossCover, Member, MemberStatus, Status, Terms, Triggers, cover,
    facility::part,
    life::{self, CloseRefused},
    members::ProposedMember,
    places::{self, Place},
    pricing::{self, Pricing},
    proposal::{self, Flaw},
    terms,
};

/// A change proposed; what is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct Change {
    /// The new limit; sub-limits that are a part of it follow.
    pub limit: Option<Money>,
    /// Members to add, or with another sub-limit or group; everybody else stays.
    pub members: Vec<ProposedMember>,
    /// Members who leave the list; only those with nothing drawn or held.
    pub leave: Vec<OrgId>,
    /// Members who may not draw for the time being.
    pub pause: Vec<OrgId>,
    /// Members who may draw again.
    pub resume: Vec<OrgId>,
    /// The first day of the window.
    pub available_from: Option<NaiveDate>,
    /// The last day of the window.
    pub available_until: Option<NaiveDate>,
    /// The most that one member may owe, as a part of the limit.
    pub single_member_cap: Option<Rate>,
    /// How new draws are priced; a change to a fixed price names its `annual_rate`. Running loans keep their price.
    pub pricing: Option<Pricing>,
    /// The rate a year of new draws, where the price is fixed.
    pub annual_rate: Option<Rate>,
    /// The longest tenor of new draws, in months.
    pub tenor_cap_months: Option<u32>,
    /// The most that may be lent on accepted collateral value from now on.
    pub ltv_cap: Option<Rate>,
    /// Sub-limits together are at most the limit times this.
    pub over_allotment: Option<Rate>,
    /// The most that a group of connected members may use, as a part of the limit.
    pub group_cap: Option<Rate>,
    /// The most that may be lent on one pool of pledged patents, as a part of the limit.
    pub pool_cap: Option<Rate>,
    /// How far the members answer for each other.
    pub liability: Option<Liability>,
    /// What secures the loans.
    pub collateral: Option<CollateralRule>,
    /// What stops the line.
    pub triggers: Option<Triggers>,
    /// Who bears a part of a loss besides the bank; replaces the present ones.
    pub cover: Option<Vec<LossCover>>,
    /// Close the line for good; nothing else may change with it.
    pub close: bool,
    /// Why.
    pub reason: String,
}

/// What holds on the day besides the facility's own rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Today {
    /// The business date.
    pub on: NaiveDate,
    /// Whether any pledge under the facility is submitted or registered.
    pub pledged: bool,
    /// The members of whose loans one is not settled, be it of interest or fees alone.
    pub owing: Vec<OrgId>,
    /// How many loans the mutual-aid pool may have to answer for: overdue, non-performing or in a case.
    pub at_risk: u64,
}

/// What a facility looks like after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The limit.
    pub limit: Money,
    /// The window.
    pub window: (NaiveDate, NaiveDate),
    /// The most that one member may owe, as a part of the limit.
    pub single_member_cap: Rate,
    /// The rate of new draws; that of the day where it is on the LPR.
    pub annual_rate: Rate,
    /// The longest tenor of new draws, in months.
    pub tenor_cap_months: u32,
    /// The most that is lent on collateral.
    pub ltv_cap: Rate,
    /// Caps, liability, collateral, triggers, pricing.
    pub terms: Terms,
    /// New promises to bear a loss, where they change.
    pub cover: Option<Vec<LossCover>>,
    /// Where it stands.
    pub status: Status,
    /// Whether any member belongs to a group.
    pub grouped: bool,
    /// The places that are new or not as before.
    pub places: Vec<Place>,
}

/// Decides a change against today's use. The facility's state is one that admits changes.
///
/// # Errors
/// Every flaw: cuts below use, sub-limits beyond the cap or, together, beyond the limit, leaving with something owed,
/// closing with something resting on the line, and a missing reason.
pub fn decide_change(
    facility: &Facility,
    members: &[Member],
    change: &Change,
    today: &Today,
) -> Result<Changed, Vec<Flaw>> {
    let mut found = Vec::new();
    reason(change, &mut found);
    if change.close {
        return closed(facility, change, today, found);
    }
    if change.is_empty() {
        found.push(Flaw::new("limit", "没有任何变更内容。", "Nothing would change."));
    }
    let limit = change.limit.unwrap_or(facility.limit);
    let used = Money::total([facility.drawn, facility.reserved, facility.retired]).unwrap_or(Money::MAX);
    if limit < used {
        found.push(places::below_use("limit", used));
    }
    let sound = proposal::limit("limit", limit, &mut found);
    let window = (
        change.available_from.unwrap_or(facility.available_from),
        change.available_until.unwrap_or(facility.available_until),
    );
    if change.available_from.is_some() || change.available_until.is_some() {
        proposal::window(window.0, window.1, today.on, &mut found);
    }
    let agreed = agreed(facility, change);
    terms::flaws(&agreed, &mut found);
    cover::flaws(change.cover.as_deref().unwrap_or_default(), &mut found);
    let single_member_cap = change.single_member_cap.unwrap_or(facility.single_member_cap);
    terms::share("single_member_cap", single_member_cap, &mut found);
    priced(facility, change, &mut found);
    let after = places::after(members, change, limit, &mut found);
    leaving_in_debt(change, today, &mut found);
    // What is reckoned from the limit means nothing where the limit itself is wrong.
    if sound && single_member_cap.is_share() {
        let cap = part(limit, single_member_cap);
        places::check(&after, (limit, cap), &agreed, &mut found);
    }
    if !found.is_empty() {
        return Err(found);
    }
    Ok(Changed {
        limit,
        window,
        single_member_cap,
        annual_rate: change.annual_rate.unwrap_or(facility.annual_rate),
        tenor_cap_months: change.tenor_cap_months.unwrap_or(facility.tenor_cap_months),
        ltv_cap: change.ltv_cap.unwrap_or(facility.ltv_cap),
        terms: agreed,
        cover: change.cover.clone(),
        status: life::after_window(facility.status, window.0, window.1, today.on),
        grouped: after.iter().any(|one| one.place.status != MemberStatus::Left && one.place.group.is_some()),
        places: after.into_iter().filter(places::After::differs).map(|one| one.place).collect(),
    })
}

impl Change {
    fn is_empty(&self) -> bool {
        let silent = Self { reason: self.reason.clone(), ..Self::default() };
        *self == silent
    }
}

/// What a change says of price, tenor and collateral of new draws.
fn priced(facility: &Facility, change: &Change, found: &mut Vec<Flaw>) {
    let (now, then) = (facility.terms.pricing, change.pricing.unwrap_or(facility.terms.pricing));
    match (then, change.annual_rate) {
        (Pricing::Fixed, Some(rate)) => pricing::rate(rate, found),
        (Pricing::Fixed, None) if now != Pricing::Fixed => pricing::rate(Rate::ZERO, found),
        (Pricing::Lpr { .. }, Some(_)) => found.push(pricing::rate_beside_lpr()),
        (Pricing::Fixed | Pricing::Lpr { .. }, None) => {}
    }
    if let Some(months) = change.tenor_cap_months {
        pricing::tenor_cap(months, found);
    }
    if let Some(cap) = change.ltv_cap {
        terms::share("ltv_cap", cap, found);
    }
}

fn reason(change: &Change, found: &mut Vec<Flaw>) {
    let length = change.reason.trim().chars().count();
    if !(1..=500).contains(&length) {
        found.push(Flaw::new(
            "reason",
            "请说明变更理由，最多 500 字。",
            "Give a reason of at most 500 characters.",
        ));
    }
}

/// A member whose principal is repaid may still owe interest or fees.
fn leaving_in_debt(change: &Change, today: &Today, found: &mut Vec<Flaw>) {
    for (index, leaving) in change.leave.iter().enumerate() {
        let field = format!("leave[{index}]");
        if today.at_risk > 0 && !found.iter().any(|flaw| flaw.field == field) {
            let loans = today.at_risk;
            found.push(Flaw::new(
                field.clone(),
                format!("互助池成员有 {loans} 笔贷款逾期、不良或在处置中，成员暂不能退出。请待其清偿或案件结束后办理。"),
                format!("{loans} loans of the pool's members are overdue, non-performing or in a case: nobody leaves until they are paid or the cases are closed."),
            ));
        }
        if today.owing.contains(leaving) && !found.iter().any(|flaw| flaw.field == field) {
            found.push(Flaw::new(
                field,
                "该企业尚有贷款的利息或费用未结清，不能退出名单。请先结清。",
                "The member still owes interest or fees on a loan and cannot leave. Have them paid first.",
            ));
        }
    }
}

fn closed(
    facility: &Facility,
    change: &Change,
    today: &Today,
    mut found: Vec<Flaw>,
) -> Result<Changed, Vec<Flaw>> {
    let alone = Change { close: true, reason: change.reason.clone(), ..Change::default() };
    if *change != alone {
        found.push(Flaw::new(
            "close",
            "关闭授信时不得同时变更其他内容。",
            "Nothing else may change when a line is closed.",
        ));
    }
    if today.at_risk > 0 {
        found.push(Flaw::new(
            "close",
            "互助池成员尚有贷款逾期、不良或在处置中，不能关闭并退还互助保证金。",
            "Loans of the pool's members are overdue, non-performing or in a case: its deposits stay.",
        ));
    }
    match life::may_close(facility, !today.owing.is_empty(), today.pledged) {
        Ok(()) => {}
        Err(CloseRefused::Drawn(drawn)) => found.push(Flaw::new(
            "close",
            format!("尚有贷款本金 {drawn} 元未还清，不能关闭。"),
            format!("{drawn} yuan of principal is outstanding: have it repaid first."),
        )),
        Err(CloseRefused::Reserved(reserved)) => found.push(Flaw::new(
            "close",
            format!("尚有已批准未提款的预占 {reserved} 元，不能关闭。请先撤回相应申请。"),
            format!("{reserved} yuan is held for approved applications: end those first."),
        )),
        Err(CloseRefused::Owing) => found.push(Flaw::new(
            "close",
            "尚有贷款的利息或费用未结清，不能关闭。请先收回，或办理核销。",
            "Interest or fees of a loan are owed: have them paid, or the loan written off, first.",
        )),
        Err(CloseRefused::Pledged) => found.push(Flaw::new(
            "close",
            "名下尚有未注销的专利质押，不能关闭。请先办理注销登记。",
            "Pledges stand under it: have them cancelled first.",
        )),
    }
    if !found.is_empty() {
        return Err(found);
    }
    Ok(Changed {
        limit: facility.limit,
        window: (facility.available_from, facility.available_until),
        single_member_cap: facility.single_member_cap,
        annual_rate: facility.annual_rate,
        tenor_cap_months: facility.tenor_cap_months,
        ltv_cap: facility.ltv_cap,
        terms: facility.terms,
        cover: None,
        status: Status::Closed,
        grouped: facility.grouped,
        places: Vec::new(),
    })
}

fn agreed(facility: &Facility, change: &Change) -> Terms {
    let now = facility.terms;
    Terms {
        over_allotment: change.over_allotment.unwrap_or(now.over_allotment),
        group_cap: change.group_cap.unwrap_or(now.group_cap),
        pool_cap: change.pool_cap.unwrap_or(now.pool_cap),
        liability: change.liability.unwrap_or(now.liability),
        collateral: change.collateral.unwrap_or(now.collateral),
        triggers: change.triggers.unwrap_or(now.triggers),
        pricing: change.pricing.unwrap_or(now.pricing),
    }
}
