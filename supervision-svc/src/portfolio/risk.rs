//! How the banks classify what is owed and what they provide for it, as their closes of business told: by tier, by
//! stage, and the ratios that follow. A loan that no close has reached yet stands in a row of its own.

use std::collections::BTreeMap;

use contracts::OrgId;
use finance::{Money, MoneyError, Rate};
use identity::Scope;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use uuid::Uuid;

use super::{figures::sum, model::ratio::ratio};
use crate::read_model::{
    loan::{Column, Entity, NONPERFORMING},
    visible,
};

/// The tiers in their order, the name of what no close has reached last.
const TIERS: [&str; 6] = ["normal", "special_mention", "substandard", "doubtful", "loss", UNASSESSED];
/// The name of what no close has reached.
const UNASSESSED: &str = "unassessed";
/// The largest number of a stage; 0 is what no close has reached.
const STAGE_MAX: i64 = 3;

/// A tier that a bank gave, or none yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Tier {
    /// 正常
    Normal,
    /// 关注
    SpecialMention,
    /// 次级
    Substandard,
    /// 可疑
    Doubtful,
    /// 损失
    Loss,
    /// 不良: substandard, doubtful or loss.
    Nonperforming,
    /// 未分类: no close has reached it.
    Unassessed,
}

impl Tier {
    /// The stored names that it stands for.
    pub(super) const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Normal => &["normal"],
            Self::SpecialMention => &["special_mention"],
            Self::Substandard => &["substandard"],
            Self::Doubtful => &["doubtful"],
            Self::Loss => &["loss"],
            Self::Nonperforming => &NONPERFORMING,
            Self::Unassessed => &[""],
        }
    }
}

/// Loans of a group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct RiskFigures {
    /// Loans owed on.
    pub loans: i64,
    /// Principal owed.
    pub outstanding: Money,
    /// Provided for it.
    pub provision: Money,
    /// Provision ÷ outstanding.
    pub cover: Option<Rate>,
    /// Outstanding ÷ outstanding of all.
    pub share: Option<Rate>,
}

/// Loans of a tier.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct TierFigures {
    /// `normal`, `special_mention`, `substandard`, `doubtful`, `loss`, `unassessed`.
    pub tier: String,
    #[serde(flatten)]
    pub figures: RiskFigures,
}

/// Loans of a stage.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct StageFigures {
    /// 1, 2 or 3; 0 for what no close has reached.
    pub stage: i64,
    #[serde(flatten)]
    pub figures: RiskFigures,
}

/// What is provided and what does not perform.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Quality {
    /// Principal owed.
    pub outstanding: Money,
    /// Provided.
    pub provision: Money,
    /// Principal owed on non-performing loans.
    pub nonperforming: Money,
}

impl Quality {
    /// 不良贷款率
    pub(super) fn nonperforming_ratio(&self) -> Option<Rate> {
        ratio(self.nonperforming, self.outstanding)
    }

    /// 拨备覆盖率
    pub(super) fn provision_cover(&self) -> Option<Rate> {
        ratio(self.provision, self.nonperforming)
    }
}

/// One group of one bank, as the database sums it.
#[derive(Debug, FromQueryResult)]
pub(super) struct Group {
    bank_id: Uuid,
    tier: String,
    stage: i64,
    loans: i64,
    outstanding_fen: i64,
    provision_fen: i64,
}

/// What is owed and provided, by bank, tier and stage: few rows however many loans.
pub(super) async fn groups(conn: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<Group>, Fault> {
    Ok(Entity::find()
        .select_only()
        .column(Column::BankId)
        .column(Column::Tier)
        .column(Column::Stage)
        .column_as(Expr::col(Column::Id.as_column_ref()).count(), "loans")
        .column_as(sum(Column::OutstandingFen), "outstanding_fen")
        .column_as(sum(Column::ProvisionFen), "provision_fen")
        .filter(visible(scope, Column::BankId))
        .filter(Column::Known.eq(true))
        .filter(Column::OutstandingFen.gt(0))
        .group_by(Column::BankId)
        .group_by(Column::Tier)
        .group_by(Column::Stage)
        .into_model()
        .all(conn)
        .await?)
}

fn does_not_fit(error: MoneyError) -> Fault {
    Fault::Corrupt(error.to_string())
}

fn total<'g>(groups: impl Iterator<Item = &'g Group>, all: Money) -> Result<RiskFigures, Fault> {
    let mut sum = RiskFigures::default();
    for group in groups {
        sum.loans += group.loans;
        let more = |amount: Money, fen| amount.checked_add(Money::from_fen(fen)).map_err(does_not_fit);
        sum.outstanding = more(sum.outstanding, group.outstanding_fen)?;
        sum.provision = more(sum.provision, group.provision_fen)?;
    }
    sum.cover = ratio(sum.provision, sum.outstanding);
    sum.share = ratio(sum.outstanding, all);
    Ok(sum)
}

fn named(tier: &str) -> &str {
    if tier.is_empty() { UNASSESSED } else { tier }
}

/// The tiers in their order, those without a loan among them; what no close has reached only where there is any.
pub(super) fn by_tier(groups: &[Group], all: Money) -> Result<Vec<TierFigures>, Fault> {
    let mut found = Vec::with_capacity(TIERS.len());
    for tier in TIERS {
        let figures = total(groups.iter().filter(|group| named(&group.tier) == tier), all)?;
        if tier != UNASSESSED || figures.loans > 0 {
            found.push(TierFigures { tier: tier.to_owned(), figures });
        }
    }
    Ok(found)
}

/// The same by stage.
pub(super) fn by_stage(groups: &[Group], all: Money) -> Result<Vec<StageFigures>, Fault> {
    let mut found = Vec::new();
    for stage in (1..=STAGE_MAX).chain([0]) {
        let figures = total(groups.iter().filter(|group| group.stage == stage), all)?;
        if stage != 0 || figures.loans > 0 {
            found.push(StageFigures { stage, figures });
        }
    }
    Ok(found)
}

/// What each bank provides and what does not perform.
pub(super) fn by_bank(groups: &[Group]) -> Result<BTreeMap<OrgId, Quality>, Fault> {
    let mut banks: BTreeMap<OrgId, Quality> = BTreeMap::new();
    for group in groups {
        add(banks.entry(group.bank_id.into()).or_default(), group)?;
    }
    Ok(banks)
}

/// The same of all.
pub(super) fn of_all(groups: &[Group]) -> Result<Quality, Fault> {
    let mut all = Quality::default();
    for group in groups {
        add(&mut all, group)?;
    }
    Ok(all)
}

fn add(quality: &mut Quality, group: &Group) -> Result<(), Fault> {
    let outstanding = Money::from_fen(group.outstanding_fen);
    quality.outstanding = quality.outstanding.checked_add(outstanding).map_err(does_not_fit)?;
    quality.provision =
        quality.provision.checked_add(Money::from_fen(group.provision_fen)).map_err(does_not_fit)?;
    if NONPERFORMING.contains(&group.tier.as_str()) {
        quality.nonperforming = quality.nonperforming.checked_add(outstanding).map_err(does_not_fit)?;
    }
    Ok(())
}
