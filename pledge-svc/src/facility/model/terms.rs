//! The terms of a facility beyond limit, window and price: caps, liability, collateral, suspension triggers.
//!
//! Every one of them is optional in a proposal; what is left out has the default stated here, which the facility
//! then shows. The defaults are the platform's, not a law's, unless a comment names the law.

use finance::{Money, MoneyError, Rate, Rounding};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{
    pricing::{self, Pricing},
    proposal::Flaw,
};
use crate::risk::model::Tier;

/// The largest over-allotment: sub-limits of three times the limit.
const OVER_ALLOTMENT_MAX_BP: i64 = 30_000;
/// The longest cure period, in working days.
const CURE_DAYS_MAX: u32 = 250;

/// How far the members answer for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Liability {
    /// 各自承担: each for its own loans.
    #[default]
    Several,
    /// 互助连带: all within a mutual-aid pool, into which each pays a deposit (互助保证金) before it draws.
    Joint {
        /// What the deposit is reckoned on.
        basis: DepositBasis,
        /// The deposit as a part of it.
        rate: Rate,
    },
}

/// What a mutual-aid deposit is reckoned on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DepositBasis {
    /// Principal owed, the draw in question included.
    Draw,
    /// The sub-limit, whatever is drawn.
    SubLimit,
}

impl Liability {
    /// What a member must have paid in once it owes `owed` in principal, rounded up to the fen.
    ///
    /// # Errors
    /// When the amount is beyond the range of money.
    pub fn deposit_required(self, sub_limit: Money, owed: Money) -> Result<Money, MoneyError> {
        match self {
            Self::Several => Ok(Money::ZERO),
            Self::Joint { basis: DepositBasis::Draw, rate } => owed.scale(rate, Rounding::Up),
            Self::Joint { basis: DepositBasis::SubLimit, rate } => sub_limit.scale(rate, Rounding::Up),
        }
    }

    /// Whether the members form a mutual-aid pool.
    #[must_use]
    pub const fn is_joint(self) -> bool {
        matches!(self, Self::Joint { .. })
    }
}

/// What secures the loans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum CollateralRule {
    /// 自有专利: each member's own registered pledges carry its loans.
    #[default]
    Own,
    /// 专利池: the registered pledges of all carry the loans of all, up to the borrowing base.
    Pooled(PoolTerms),
    /// 限额内信用: nothing up to an amount for each member, own patents beyond it.
    Unsecured {
        /// What a member may owe without collateral.
        up_to: Money,
    },
}

impl CollateralRule {
    /// What a member may owe without collateral.
    #[must_use]
    pub const fn unsecured(self) -> Money {
        match self {
            Self::Unsecured { up_to } => up_to,
            Self::Own | Self::Pooled(_) => Money::ZERO,
        }
    }

    /// The terms of the pool, where the patents are pooled.
    #[must_use]
    pub const fn pool(self) -> Option<PoolTerms> {
        match self {
            Self::Pooled(pool) => Some(pool),
            Self::Own | Self::Unsecured { .. } => None,
        }
    }
}

/// How a pool of patents carries loans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PoolTerms {
    /// What is lent on eligible value.
    pub advance_rate: Rate,
    /// The most that one patent may make up of what counts in the end; what is beyond does not count. Default 0.25: four
    /// patents at least.
    #[serde(default = "PoolTerms::patent_cap")]
    pub patent_cap: Rate,
    /// The same for the patents of one owner. Default 0.5.
    #[serde(default = "PoolTerms::owner_cap")]
    pub owner_cap: Rate,
    /// Working days to cure a shortfall. Default 10.
    #[serde(default = "PoolTerms::cure_days")]
    pub cure_days: u32,
    /// What an uncured shortfall does. Default: the line is suspended.
    #[serde(default)]
    pub uncured: Uncured,
}

impl PoolTerms {
    fn patent_cap() -> Rate {
        Rate::new(Decimal::new(25, 2))
    }

    fn owner_cap() -> Rate {
        Rate::new(Decimal::new(5, 1))
    }

    const fn cure_days() -> u32 {
        10
    }

    /// A pool with the default caps and cure period.
    #[must_use]
    pub fn at(advance_rate: Rate) -> Self {
        Self {
            advance_rate,
            patent_cap: Self::patent_cap(),
            owner_cap: Self::owner_cap(),
            cure_days: Self::cure_days(),
            uncured: Uncured::Line,
        }
    }
}

/// Whom a margin call that was not met in time stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Uncured {
    /// The whole line.
    #[default]
    Line,
    /// The members that owe more than their own patents bring to the base.
    Borrowers,
}

impl Uncured {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Borrowers => "borrowers",
        }
    }
}

/// What stops the line, or a member, without anybody deciding it. People alone let it go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct Triggers {
    /// The part of the line's principal that is non-performing from which the line is suspended; `null` switches
    /// the trigger off. Default 0.03.
    pub non_performing_ratio: Option<Rate>,
    /// The part of the line's principal that is owed on loans with something overdue (集群逾期率) from which the line is
    /// suspended; `null`, the default, switches the trigger off.
    pub overdue_ratio: Option<Rate>,
    /// The tier from which a member is paused; `null` switches the trigger off. Default `substandard`.
    pub member_tier: Option<Tier>,
    /// Whether the line is suspended once a fund that covers it is exhausted or has stopped the bank. Default true.
    pub fund_exhausted: bool,
}

impl Default for Triggers {
    fn default() -> Self {
        Self {
            non_performing_ratio: Some(Rate::new(Decimal::new(3, 2))),
            overdue_ratio: None,
            member_tier: Some(Tier::Substandard),
            fund_exhausted: true,
        }
    }
}

/// The terms together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Sub-limits together are at most the limit times this (超额分配系数). Default 1.
    pub over_allotment: Rate,
    /// The most that a group of connected members may use, as a part of the limit. Default 0.3.
    pub group_cap: Rate,
    /// The most that may be lent on one pool of pledged patents, as a part of the limit: the patents of one member,
    /// or of all where they are pooled. Default 1.
    pub pool_cap: Rate,
    /// How far the members answer for each other.
    pub liability: Liability,
    /// What secures the loans.
    pub collateral: CollateralRule,
    /// What stops the line.
    pub triggers: Triggers,
    /// How new draws are priced.
    #[serde(default)]
    pub pricing: Pricing,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            over_allotment: Rate::ONE,
            group_cap: Rate::new(Decimal::new(3, 1)),
            pool_cap: Rate::ONE,
            liability: Liability::default(),
            collateral: CollateralRule::default(),
            triggers: Triggers::default(),
            pricing: Pricing::default(),
        }
    }
}

/// Every flaw of the terms.
pub(super) fn flaws(terms: &Terms, found: &mut Vec<Flaw>) {
    let most = Rate::from_basis_points(OVER_ALLOTMENT_MAX_BP);
    if terms.over_allotment < Rate::ONE || terms.over_allotment > most {
        found.push(Flaw::new(
            "over_allotment",
            "超额分配系数须为 1 至 3。",
            "The over-allotment factor must be 1 to 3.",
        ));
    }
    share("group_cap", terms.group_cap, found);
    share("pool_cap", terms.pool_cap, found);
    pricing::flaws(terms.pricing, found);
    if let Liability::Joint { rate, .. } = terms.liability {
        share("liability.rate", rate, found);
    }
    match terms.collateral {
        CollateralRule::Own => {}
        CollateralRule::Pooled(pool) => {
            share("collateral.advance_rate", pool.advance_rate, found);
            share("collateral.patent_cap", pool.patent_cap, found);
            share("collateral.owner_cap", pool.owner_cap, found);
            if !(1..=CURE_DAYS_MAX).contains(&pool.cure_days) {
                found.push(Flaw::new(
                    "collateral.cure_days",
                    format!("补足期须为 1 至 {CURE_DAYS_MAX} 个工作日。"),
                    format!("The cure period must be 1 to {CURE_DAYS_MAX} working days."),
                ));
            }
        }
        CollateralRule::Unsecured { up_to } => {
            if !up_to.is_positive() || up_to > super::proposal::LIMIT_MAX {
                found.push(Flaw::new(
                    "collateral.up_to",
                    "信用额度须大于零且不超过授信额度的上限。",
                    "The unsecured amount must be positive and within the largest limit.",
                ));
            }
        }
    }
    if let Some(ratio) = terms.triggers.non_performing_ratio {
        share("triggers.non_performing_ratio", ratio, found);
    }
    if let Some(ratio) = terms.triggers.overdue_ratio {
        share("triggers.overdue_ratio", ratio, found);
    }
}

/// A ratio above 0 and at most 1, with few enough decimals to be stored and multiplied exactly.
pub(super) fn share(field: &str, rate: Rate, found: &mut Vec<Flaw>) {
    if !rate.is_share() || rate == Rate::ZERO || rate.fraction().normalize().scale() > 8 {
        found.push(Flaw::new(
            field,
            "比例须大于 0 且不超过 1，最多八位小数。",
            "The ratio must be above 0 and at most 1, with at most eight decimals.",
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(terms: Terms) -> Vec<String> {
        let mut found = Vec::new();
        flaws(&terms, &mut found);
        found.into_iter().map(|flaw| flaw.field).collect()
    }

    #[test]
    fn a_deposit_is_reckoned_on_what_is_owed_or_on_the_sub_limit_and_rounded_up() {
        let rate = Rate::from_basis_points(333);
        let fen = Money::from_fen;
        let draw = Liability::Joint { basis: DepositBasis::Draw, rate };
        assert_eq!(draw.deposit_required(fen(99_999), fen(1_000)), Ok(fen(34)));
        let whole = Liability::Joint { basis: DepositBasis::SubLimit, rate };
        assert_eq!(whole.deposit_required(fen(10_000), fen(1)), Ok(fen(333)));
        assert_eq!(Liability::Several.deposit_required(fen(10_000), fen(1)), Ok(Money::ZERO));
    }

    #[test]
    fn the_defaults_are_sound_and_each_bad_term_is_named() {
        assert!(fields(Terms::default()).is_empty());
        let over = Terms { over_allotment: Rate::from_basis_points(9_999), ..Terms::default() };
        assert_eq!(fields(over), ["over_allotment"]);
        let beyond = Terms { group_cap: Rate::from_basis_points(10_001), ..Terms::default() };
        assert_eq!(fields(beyond), ["group_cap"]);
        let fine = Terms { pool_cap: "0.123456789".parse().unwrap(), ..Terms::default() };
        assert_eq!(fields(fine), ["pool_cap"]);
        let pool = PoolTerms { cure_days: 0, ..PoolTerms::at(Rate::ZERO) };
        let pooled = Terms { collateral: CollateralRule::Pooled(pool), ..Terms::default() };
        assert_eq!(fields(pooled), ["collateral.advance_rate", "collateral.cure_days"]);
        let unsecured =
            Terms { collateral: CollateralRule::Unsecured { up_to: Money::ZERO }, ..Terms::default() };
        assert_eq!(fields(unsecured), ["collateral.up_to"]);
        let triggers = Triggers { overdue_ratio: Some(Rate::ZERO), ..Triggers::default() };
        assert_eq!(fields(Terms { triggers, ..Terms::default() }), ["triggers.overdue_ratio"]);
    }

    #[test]
    fn what_is_left_out_of_a_pool_or_of_the_triggers_has_its_default() {
        let rule: CollateralRule = serde_json::from_str(r#"{"rule":"pooled","advance_rate":"0.6"}"#).unwrap();
        assert_eq!(rule, CollateralRule::Pooled(PoolTerms::at(Rate::from_basis_points(6_000))));
        let triggers: Triggers = serde_json::from_str(r#"{"member_tier":null}"#).unwrap();
        assert_eq!(triggers, Triggers { member_tier: None, ..Triggers::default() });
        let joint = r#"{"kind":"joint","basis":"sub_limit","rate":"0.05"}"#;
        let liability: Liability = serde_json::from_str(joint).unwrap();
        assert!(liability.is_joint());
        assert_eq!(serde_json::to_value(liability).unwrap()["basis"], "sub_limit");
    }
}
