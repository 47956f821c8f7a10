//! Whether the figures of a close of business stop a line or a member. The rule says what is to be stopped and why;
//! people alone let it go on again.

use contracts::OrgId;
use finance::{Money, Rate};
use serde::{Deserialize, Serialize};

use super::{Member, MemberStatus, Triggers};
use crate::risk::model::Tier;

/// How a fund that covers the line stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundStanding {
    /// Its name.
    pub name: String,
    /// What it may still pay; `None` where the terms name it, and no agreement with it covers the line.
    pub left: Option<Money>,
    /// Whether it has stopped the bank (熔断): too large a part of its loans was compensated.
    pub breaker_open: bool,
}

/// What a close of business found about a line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LineFigures {
    /// Principal outstanding on the line.
    pub outstanding: Money,
    /// Of it, of loans that are substandard or worse.
    pub non_performing: Money,
    /// The worst class of each member that owes anything.
    pub tiers: Vec<(OrgId, Tier)>,
    /// The funds that cover the line.
    pub funds: Vec<FundStanding>,
}

/// Which trigger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TriggerKind {
    /// Too much of the line is non-performing.
    NonPerforming,
    /// A member's class is too bad.
    MemberTier,
    /// A fund has nothing left, or has stopped the bank.
    Fund,
    /// A shortfall of the borrowing base was not cured in time.
    MarginCall,
}

impl TriggerKind {
    /// Every trigger.
    pub const ALL: [Self; 4] = [Self::NonPerforming, Self::MemberTier, Self::Fund, Self::MarginCall];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NonPerforming => "non_performing",
            Self::MemberTier => "member_tier",
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

/// The triggers that hold on these figures. `members` are the places of the facility that owe anything.
#[must_use]
pub fn tripped(triggers: &Triggers, figures: &LineFigures, members: &[Member]) -> Vec<Tripped> {
    let mut found = Vec::new();
    if let Some(threshold) = triggers.non_performing_ratio
        && let Some(ratio) = figures.non_performing.ratio_of(figures.outstanding)
        && ratio >= threshold
    {
        found.push(non_performing(ratio, threshold));
    }
    if let Some(threshold) = triggers.member_tier {
        for (enterprise, tier) in &figures.tiers {
            let place = members
                .iter()
                .find(|member| member.enterprise_id == *enterprise && member.status != MemberStatus::Left);
            if let Some(place) = place.filter(|_| *tier >= threshold && *tier > Tier::Normal) {
                found.push(member_tier(place, *tier, threshold));
            }
        }
    }
    if triggers.fund_exhausted {
        let pays = |fund: &FundStanding| !fund.breaker_open && fund.left.is_some_and(Money::is_positive);
        let stopped = figures.funds.iter().filter(|one| !pays(one));
        // One is enough to stop the line; the worst is told.
        found.extend(stopped.map(fund).max_by_key(|one| one.severity));
    }
    found
}

/// A shortfall of the borrowing base that was not cured in time; it stops the line, or one member alone.
#[must_use]
pub fn uncured(shortfall: Money, due_on: chrono::NaiveDate, member: Option<&Member>) -> Tripped {
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

fn fund(fund: &FundStanding) -> Tripped {
    let (severity, zh, en) = if fund.breaker_open {
        (
            2,
            format!("风险补偿基金“{}”已对本行熔断。", fund.name),
            format!("The fund {} has stopped the bank.", fund.name),
        )
    } else if let Some(left) = fund.left {
        (
            1,
            format!("风险补偿基金“{}”可用余额为 {left} 元，已用尽。", fund.name),
            format!("The fund {} has {left} yuan left: it is exhausted.", fund.name),
        )
    } else {
        (
            1,
            format!("本授信约定由风险补偿基金“{}”分担损失，但没有有效的合作协议。", fund.name),
            format!("The terms count on the fund {}, and no agreement with it covers the line.", fund.name),
        )
    };
    Tripped { kind: TriggerKind::Fund, member: None, severity, zh, en }
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
/// although the figure was as bad as it is now.
#[must_use]
pub fn is_news(now: &Tripped, before: Option<(TriggerState, i64)>) -> bool {
    match before {
        None | Some((TriggerState::Cleared, _)) => true,
        Some((TriggerState::Standing, _)) => false,
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
    fn an_exhausted_fund_and_an_open_breaker_stop_the_line() {
        let with = |left, breaker_open| LineFigures {
            funds: vec![FundStanding { name: "市级基金".into(), left: Some(fen(left)), breaker_open }],
            ..figures(1_000, 0)
        };
        let triggers = Triggers::default();
        assert!(tripped(&triggers, &with(1, false), &[]).is_empty());
        assert_eq!(tripped(&triggers, &with(0, false), &[]).len(), 1);
        assert_eq!(tripped(&triggers, &with(1, true), &[])[0].severity, 2);
        let unagreed = FundStanding { name: "市级基金".into(), left: None, breaker_open: false };
        let found = tripped(&triggers, &LineFigures { funds: vec![unagreed], ..figures(1_000, 0) }, &[]);
        assert!(found[0].en.contains("no agreement"), "{}", found[0].en);
        let off = Triggers { fund_exhausted: false, ..triggers };
        assert!(tripped(&off, &with(0, true), &[]).is_empty());
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
