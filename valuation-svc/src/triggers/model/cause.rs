//! What may ask for a valuation to be made anew.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TriggerCause)]
pub enum Cause {
    /// 年费未缴
    AnnuityMissed,
    /// 无效宣告请求
    InvalidationFiled,
    /// 权属纠纷
    OwnershipDisputed,
    /// 财产保全
    Preserved,
    /// 权利终止
    RightEnded,
    /// 权利转移
    Transferred,
    /// 行业行情变动
    MarketMoved,
    /// 有效期将届满
    ValidityEnding,
    /// 评估已久
    Aged,
    /// 模型停用或重大变更
    ModelRetired,
}

impl Cause {
    /// Every one.
    pub const ALL: [Self; 10] = [
        Self::AnnuityMissed,
        Self::InvalidationFiled,
        Self::OwnershipDisputed,
        Self::Preserved,
        Self::RightEnded,
        Self::Transferred,
        Self::MarketMoved,
        Self::ValidityEnding,
        Self::Aged,
        Self::ModelRetired,
    ];

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AnnuityMissed => "annuity_missed",
            Self::InvalidationFiled => "invalidation_filed",
            Self::OwnershipDisputed => "ownership_disputed",
            Self::Preserved => "preserved",
            Self::RightEnded => "right_ended",
            Self::Transferred => "transferred",
            Self::MarketMoved => "market_moved",
            Self::ValidityEnding => "validity_ending",
            Self::Aged => "aged",
            Self::ModelRetired => "model_retired",
        }
    }

    /// The cause of a name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.name() == name)
    }

    /// The Chinese words.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::AnnuityMissed => "年费未缴",
            Self::InvalidationFiled => "被请求宣告无效",
            Self::OwnershipDisputed => "权属纠纷",
            Self::Preserved => "被采取保全措施",
            Self::RightEnded => "权利终止",
            Self::Transferred => "权利转移",
            Self::MarketMoved => "行业行情变动",
            Self::ValidityEnding => "有效期将届满",
            Self::Aged => "评估已久",
            Self::ModelRetired => "模型停用或重大变更",
        }
    }

    /// The English words.
    #[must_use]
    pub const fn name_en(self) -> &'static str {
        match self {
            Self::AnnuityMissed => "annuity missed",
            Self::InvalidationFiled => "invalidation requested",
            Self::OwnershipDisputed => "ownership disputed",
            Self::Preserved => "preservation ordered",
            Self::RightEnded => "right ended",
            Self::Transferred => "transferred",
            Self::MarketMoved => "market index moved",
            Self::ValidityEnding => "validity ends soon",
            Self::Aged => "made long ago",
            Self::ModelRetired => "model retired or changed",
        }
    }
}

/// Something that asks for a valuation to be made anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub cause: Cause,
    /// Tells one occurrence of the cause from another; with the valuation it is recorded once.
    pub key: String,
    /// Why, in Chinese.
    pub zh: String,
    /// Why, in English.
    pub en: String,
    /// The day by which to value anew, where the cause itself sets one.
    pub deadline: Option<NaiveDate>,
}
