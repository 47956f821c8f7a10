//! Whether the figures of a close of business stop a line or a member. The rule says what is to be stopped and why;
//! people alone let it go on again.

use chrono::NaiveDate;
use contracts::OrgId;
use finance::{Money, Rate};
use serde::{Deserialize, Serialize};

use super::{
    Member, MemberStatus, Triggers,
    listed::members_listed,
    workout::{Workout, members_in_workout},
};
use crate::risk::model::Tier;

pub use super::fund_standing::{FundStanding, NewCover};

/// What a close of business found about a line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LineFigures {
    /// Principal outstanding on the line.
    pub outstanding: Money,
    /// Of it, of loans that are substandard or worse.
    pub non_performing: Money,
    /// Of it, of loans with something overdue.
    pub overdue: Money,
    /// The worst class of each member at the line's bank, over all it owes there, where it is worse than normal.
    pub tiers: Vec<(OrgId, Tier)>,
    /// The members whom the line's bank has on its blacklist.
    pub listed: Vec<OrgId>,
    /// How the members stand who are in workout at the line's bank.
    pub workout: Vec<(OrgId, Workout)>,
    /// The funds that cover the line.
    pub funds: Vec<FundStanding>,
}

/// Which trigger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TriggerKind {
    /// Too much of the line is non-performing.
    NonPerforming,
    /// Too much of the line is overdue.
    Overdue,
    /// A member's class is too bad.
    MemberTier,
    /// A member is in workout: restructured, in a case or written off.
    MemberWorkout,
    /// A member is on the bank's blacklist.
    MemberListed,
    /// A fund covers nothing new: it is exhausted, has stopped the bank, or its agreement ended or is used up.
    Fund,
    /// A shortfall of the borrowing base was not cured in time.
    MarginCall,
}

impl TriggerKind {
    /// Every trigger.
    pub const ALL: [Self; 7] = [
        Self::NonPerforming,
        Self::Overdue,
        Self::MemberTier,
        Self::MemberWorkout,
        Self::MemberListed,
        Self::Fund,
        Self::MarginCall,
    ];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NonPerforming => "non_performing",
            Self::Overdue => "overdue",
            Self::MemberTier => "member_tier",
            Self::MemberWorkout => "member_workout",
            Self::MemberListed => "member_listed",
            Self::Fund => "fund",
            Self::MarginCall => "margin_call",
        }
    }

    /// The trigger of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == text)
    }
}

/// A trigger that holds: the larger the figure, the worse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tripped {
    /// Which.
    pub kind: TriggerKind,
    /// The member, where it stops one member alone.
    pub member: Option<OrgId>,
    /// How bad it is, for telling whether it has become worse since people looked at it.
    pub severity: i64,
    /// The figure and the threshold in words.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

/// The triggers that hold on these figures. `members` are the places of those whose class is told.
#[must_use]
pub fn tripped(triggers: &Triggers, figures: &LineFigures, members: &[Member]) -> Vec<Tripped> {
    let mut found = Vec::new();
    if let Some(threshold) = triggers.non_performing_ratio
        && let Some(ratio) = figures.non_performing.ratio_of(figures.outstanding)
        && ratio >= threshold
    {
        found.push(non_performing(ratio, threshold));
    }
    if let Some(threshold) = triggers.overdue_ratio
        && let Some(ratio) = figures.overdue.ratio_of(figures.outstanding)
        && ratio >= threshold
    {
        found.push(overdue(ratio, threshold));
    }
    found.extend(members_stopped(triggers, &figures.tiers, members));
    found.extend(members_in_workout(&figures.workout, members));
    found.extend(members_listed(&figures.listed, members));
    found.extend(fund_stopped(triggers, &figures.funds));
    found
}

/// The members whose class stops them: `tiers` are the worst classes of those whose class is worse than normal.
#[must_use]
pub fn members_stopped(triggers: &Triggers, tiers: &[(OrgId, Tier)], members: &[Member]) -> Vec<Tripped> {
    let Some(threshold) = triggers.member_tier else { return Vec::new() };
    let bad = tiers.iter().filter(|(_, tier)| *tier >= threshold && *tier > Tier::Normal);
    let stopped = bad.filter_map(|(enterprise, tier)| {
        let place = members
            .iter()
            .find(|member| member.enterprise_id == *enterprise && member.status != MemberStatus::Left)?;
        Some(member_tier(place, *tier, threshold))
    });
    stopped.collect()
}

/// The trigger of the funds that cover a line. One that covers nothing new is enough to stop the line; the worst is told.
#[must_use]
pub fn fund_stopped(triggers: &Triggers, funds: &[FundStanding]) -> Option<Tripped> {
    if !triggers.fund_exhausted {
        return None;
    }
    funds.iter().filter_map(FundStanding::trips).max_by_key(|one| one.severity)
}

/// A shortfall of the borrowing base that was not cured in time; it stops the line, or one member alone.
#[must_use]
pub fn uncured(shortfall: Money, due_on: NaiveDate, member: Option<&Member>) -> Tripped {
    let (whose_zh, whose_en) = match member {
        Some(member) => (
            format!("{} 的用信超过其专利对借款基数的贡献。", member.enterprise_name),
            format!(" {} owes more than its patents bring to the base.", member.enterprise_name),
        ),
        None => (String::new(), String::new()),
    };
    Tripped {
        kind: TriggerKind::MarginCall,
        member: member.map(|member| member.enterprise_id),
        severity: shortfall.fen(),
        zh: format!("专利池缺口 {shortfall} 元，至补足期限 {due_on} 未补足。{whose_zh}"),
        en: format!("The pool lacks {shortfall} yuan and was not cured by {due_on}.{whose_en}"),
    }
}

/// A ratio in percent with two decimals, rounded half away from zero, for sentences only.
fn percent(rate: Rate) -> String {
    let hundred = rate.fraction() * rust_decimal::Decimal::ONE_HUNDRED;
    format!("{:.2}%", hundred.round_dp_with_strategy(2, finance::Rounding::HalfUp.strategy()))
}

fn non_performing(ratio: Rate, threshold: Rate) -> Tripped {
    let (now, bound) = (percent(ratio), percent(threshold));
    Tripped {
        kind: TriggerKind::NonPerforming,
        member: None,
        severity: basis_points(ratio),
        zh: format!("集群不良率 {now}，达到暂停线 {bound}。"),
        en: format!("{now} of the line is non-performing; the line stops at {bound}."),
    }
}

fn overdue(ratio: Rate, threshold: Rate) -> Tripped {
    let (now, bound) = (percent(ratio), percent(threshold));
    Tripped {
        kind: TriggerKind::Overdue,
        member: None,
        severity: basis_points(ratio),
        zh: format!("集群逾期率 {now}，达到暂停线 {bound}。"),
        en: format!("{now} of the line is overdue; the line stops at {bound}."),
    }
}

/// In hundredths of a percent, rounded down: fine enough to tell better from worse.
fn basis_points(rate: Rate) -> i64 {
    use rust_decimal::prelude::ToPrimitive;
    (rate.fraction() * rust_decimal::Decimal::from(10_000)).floor().to_i64().unwrap_or(i64::MAX)
}

fn member_tier(member: &Member, tier: Tier, threshold: Tier) -> Tripped {
    Tripped {
        kind: TriggerKind::MemberTier,
        member: Some(member.enterprise_id),
        severity: tier.number().into(),
        zh: format!(
            "{} 的贷款分类为{}，达到暂停线（{}）。",
            member.enterprise_name,
            tier.name_zh(),
            threshold.name_zh()
        ),
        en: format!(
            "A loan of {} is classified {}; a member stops at {}.",
            member.enterprise_name,
            tier.name_en(),
            threshold.name_en()
        ),
    }
}

/// What became of a trigger that was found before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TriggerState {
    /// It holds, and what it stopped has not been let go on.
    Standing,
    /// People let it go on although it held; it counts again once it becomes worse.
    Waived,
    /// It no longer holds.
    Cleared,
}

impl TriggerState {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Standing => "standing",
            Self::Waived => "waived",
            Self::Cleared => "cleared",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Standing, Self::Waived, Self::Cleared].into_iter().find(|state| state.name() == text)
    }
}

/// Whether a trigger that holds now is news: it is not when it stands already, nor when people let the line go on
/// although the figure was as bad as it is now. An entry of the blacklist is lifted, not waived.
#[must_use]
pub fn is_news(now: &Tripped, before: Option<(TriggerState, i64)>) -> bool {
    match before {
        None | Some((TriggerState::Cleared, _)) => true,
        Some((TriggerState::Standing, _)) => false,
        Some((TriggerState::Waived, _)) if now.kind == TriggerKind::MemberListed => true,
        Some((TriggerState::Waived, severity)) => now.severity > severity,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facility::model::samples::member;

    fn fen(amount: i64) -> Money {
        Money::from_fen(amount)
    }

    fn figures(outstanding: i64, bad: i64) -> LineFigures {
        LineFigures { outstanding: fen(outstanding), non_performing: fen(bad), ..LineFigures::default() }
    }

    #[test]
    fn three_per_cent_non_performing_stops_the_line_and_a_hair_less_does_not() {
        let triggers = Triggers::default();
        assert!(tripped(&triggers, &figures(100_000, 2_999), &[]).is_empty());
        let found = tripped(&triggers, &figures(100_000, 3_000), &[]);
        assert_eq!((found.len(), found[0].kind), (1, TriggerKind::NonPerforming));
        assert!(found[0].zh.contains("3.00%") && found[0].en.contains("3.00%"));
        assert!(tripped(&triggers, &figures(0, 0), &[]).is_empty(), "nothing lent, nothing overdue");
        let off = Triggers { non_performing_ratio: None, ..triggers };
        assert!(tripped(&off, &figures(100, 100), &[]).is_empty());
    }

    #[test]
    fn the_overdue_part_of_the_cluster_stops_the_line_only_where_that_was_agreed() {
        let late = |overdue| LineFigures { overdue: fen(overdue), ..figures(100_000, 0) };
        assert!(tripped(&Triggers::default(), &late(100_000), &[]).is_empty(), "off unless agreed");
        let agreed = Triggers { overdue_ratio: Some(Rate::from_basis_points(500)), ..Triggers::default() };
        assert!(tripped(&agreed, &late(4_999), &[]).is_empty());
        let found = tripped(&agreed, &late(5_000), &[]);
        assert_eq!((found.len(), found[0].kind, found[0].member), (1, TriggerKind::Overdue, None));
        assert!(found[0].zh.contains("5.00%") && found[0].en.contains("5.00%"));
        assert_eq!(TriggerKind::parse(found[0].kind.name()), Some(TriggerKind::Overdue));
    }

    #[test]
    fn a_downgraded_member_is_named_with_its_tier() {
        let one = member(500, 100, 0);
        let with = |tier| LineFigures { tiers: vec![(one.enterprise_id, tier)], ..figures(1_000, 0) };
        let triggers = Triggers::default();
        assert!(tripped(&triggers, &with(Tier::SpecialMention), std::slice::from_ref(&one)).is_empty());
        let found = tripped(&triggers, &with(Tier::Doubtful), std::slice::from_ref(&one));
        assert_eq!(found[0].member, Some(one.enterprise_id));
        assert!(found[0].zh.contains("可疑"));
        let stranger = Member { enterprise_id: uuid::Uuid::from_u128(77).into(), ..one };
        assert!(tripped(&triggers, &with(Tier::Doubtful), &[stranger]).is_empty());
    }

    #[test]
    fn a_fund_that_covers_nothing_new_stops_the_line_and_the_worst_is_told() {
        let standing = |cover| FundStanding { name: "市级基金".into(), cover };
        let told = |triggers: &Triggers, covers: &[NewCover]| {
            let funds = covers.iter().map(|cover| standing(*cover)).collect();
            tripped(triggers, &LineFigures { funds, ..figures(1_000, 0) }, &[])
        };
        let triggers = Triggers::default();
        let (from, until) = (NaiveDate::MIN, NaiveDate::MAX);
        assert!(told(&triggers, &[NewCover::Given, NewCover::Given]).is_empty());
        let used_up = [
            NewCover::NoAgreement,
            NewCover::OutsideTerm { from, until },
            NewCover::LeverageReached,
            NewCover::Exhausted { left: Money::ZERO },
        ];
        for cover in used_up {
            let found = told(&triggers, &[NewCover::Given, cover]);
            assert_eq!(
                (found.len(), found[0].kind, found[0].severity),
                (1, TriggerKind::Fund, 1),
                "{cover:?}"
            );
            assert!(found[0].zh.contains("市级基金") && found[0].en.contains("市级基金"));
            assert_eq!(told(&triggers, &[NewCover::Stopped, cover])[0].severity, 2);
        }
        let off = Triggers { fund_exhausted: false, ..triggers };
        assert!(told(&off, &[NewCover::Stopped]).is_empty());
    }

    #[test]
    fn what_stands_is_no_news_and_what_was_waived_is_news_again_once_it_is_worse() {
        let now = non_performing(Rate::from_basis_points(400), Rate::from_basis_points(300));
        assert!(is_news(&now, None));
        assert!(!is_news(&now, Some((TriggerState::Standing, 350))));
        assert!(!is_news(&now, Some((TriggerState::Waived, 400))));
        assert!(is_news(&now, Some((TriggerState::Waived, 399))));
        assert!(is_news(&now, Some((TriggerState::Cleared, 900))));
    }
}
