//! Early-warning flags of a loan: what each means, and a set of them that fits one number.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One early warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// 逾期
    Overdue,
    /// 质押率超限
    LtvAboveCap,
    /// 评估过期
    ValuationExpired,
    /// 专利剩余保护期不足
    PatentLifeShort,
    /// 集中度接近上限
    Concentration,
    /// 质押丧失
    PledgeLost,
    /// 豁免质押用信
    PledgeWaived,
    /// 专利被请求宣告无效、权属争议或被保全
    PatentAttacked,
    /// 专利年费未缴
    AnnuityUnpaid,
}

impl Flag {
    /// Every flag.
    pub const ALL: [Self; 9] = [
        Self::Overdue,
        Self::LtvAboveCap,
        Self::ValuationExpired,
        Self::PatentLifeShort,
        Self::Concentration,
        Self::PledgeLost,
        Self::PledgeWaived,
        Self::PatentAttacked,
        Self::AnnuityUnpaid,
    ];

    /// The name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::LtvAboveCap => "ltv_above_cap",
            Self::ValuationExpired => "valuation_expired",
            Self::PatentLifeShort => "patent_life_short",
            Self::Concentration => "concentration",
            Self::PledgeLost => "pledge_lost",
            Self::PledgeWaived => "pledge_waived",
            Self::PatentAttacked => "patent_attacked",
            Self::AnnuityUnpaid => "annuity_unpaid",
        }
    }

    /// The Chinese word.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Overdue => "逾期",
            Self::LtvAboveCap => "质押率超限",
            Self::ValuationExpired => "评估已过有效期",
            Self::PatentLifeShort => "专利剩余保护期不足",
            Self::Concentration => "集中度接近上限",
            Self::PledgeLost => "质押丧失",
            Self::PledgeWaived => "豁免质押用信",
            Self::PatentAttacked => "质押专利有争议",
            Self::AnnuityUnpaid => "质押专利年费未缴",
        }
    }

    /// Its bit in a set. Never reused: sets are stored.
    #[must_use]
    pub const fn bit(self) -> i32 {
        match self {
            Self::Overdue => 1,
            Self::LtvAboveCap => 1 << 1,
            Self::ValuationExpired => 1 << 2,
            Self::PatentLifeShort => 1 << 3,
            Self::Concentration => 1 << 4,
            Self::PledgeLost => 1 << 5,
            Self::PledgeWaived => 1 << 6,
            Self::PatentAttacked => 1 << 7,
            Self::AnnuityUnpaid => 1 << 8,
        }
    }
}

/// A set of flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Flags(i32);

impl Flags {
    /// No flag.
    pub const NONE: Self = Self(0);

    /// The set as it is stored; bits of no flag are dropped.
    #[must_use]
    pub fn from_bits(bits: i32) -> Self {
        Self(Flag::ALL.into_iter().filter(|flag| bits & flag.bit() != 0).map(Flag::bit).sum())
    }

    /// The number that is stored.
    #[must_use]
    pub const fn bits(self) -> i32 {
        self.0
    }

    /// Adds a flag where it is raised.
    pub fn raise(&mut self, flag: Flag, raised: bool) {
        if raised {
            self.0 |= flag.bit();
        }
    }

    /// Whether a flag is in the set.
    #[must_use]
    pub const fn has(self, flag: Flag) -> bool {
        self.0 & flag.bit() != 0
    }

    /// The flags of the set.
    #[must_use]
    pub fn list(self) -> Vec<Flag> {
        Flag::ALL.into_iter().filter(|flag| self.has(*flag)).collect()
    }
}
