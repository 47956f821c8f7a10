//! Where a claim for compensation is.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a claim is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[schema(as = CompensationStatus)]
#[serde(rename_all = "snake_case")]
pub enum ClaimStatus {
    /// 已申请代偿
    Claimed,
    /// 待复核: answered by one person of the fund
    Answered,
    /// 已代偿
    Paid,
    /// 不予代偿
    Declined,
    /// 已撤回: the borrower paid what was claimed before anybody else did
    Withdrawn,
    /// 逾期未答复: two people of the bank recorded that whoever is claimed on does not answer or disputes it; what it pays is taken
    Unanswered,
}

impl ClaimStatus {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Claimed, Self::Answered, Self::Paid, Self::Declined, Self::Withdrawn, Self::Unanswered];

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Answered => "answered",
            Self::Paid => "paid",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
            Self::Unanswered => "unanswered",
        }
    }

    /// The official Chinese word.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Claimed => "已申请代偿",
            Self::Answered => "待复核",
            Self::Paid => "已代偿",
            Self::Declined => "不予代偿",
            Self::Withdrawn => "已撤回",
            Self::Unanswered => "逾期未答复",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == text)
    }

    /// Whether it waits for a decision.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Claimed | Self::Answered)
    }

    /// Whether it falls with the loss: it waits for a decision, or nobody has answered it and its party owes it all the same.
    #[must_use]
    pub const fn is_live(self) -> bool {
        self.is_open() || matches!(self, Self::Unanswered)
    }
}
