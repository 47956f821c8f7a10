//! Where a claim at an insurer stands for the bank.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where an insurer's claim stands for the bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InsurerClaimStatus {
    /// 保险公司处理中: the insurer has not decided
    Registered,
    /// 待冲抵: paid, and waits for the loss to be shared
    Pending,
    /// 已冲抵: all of it paid the loan
    Settled,
    /// 未匹配: paid, and nothing is claimed that it could settle, or less
    Unmatched,
    /// 已拒赔: ended without a payment
    Declined,
    /// 已退还: all that was paid went back to the insurer, for there was nothing to settle
    GivenBack,
}

impl InsurerClaimStatus {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Registered, Self::Pending, Self::Settled, Self::Unmatched, Self::Declined, Self::GivenBack];

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Pending => "pending",
            Self::Settled => "settled",
            Self::Unmatched => "unmatched",
            Self::Declined => "declined",
            Self::GivenBack => "given_back",
        }
    }

    /// The official Chinese word.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Registered => "保险公司处理中",
            Self::Pending => "待冲抵",
            Self::Settled => "已冲抵",
            Self::Unmatched => "未匹配",
            Self::Declined => "已拒赔",
            Self::GivenBack => "已退还",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == text)
    }
}
