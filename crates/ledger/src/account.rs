//! Accounts of a chart: code, names, and the side on which they grow.

use serde::{Deserialize, Serialize};

/// The two sides of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// 借
    Debit,
    /// 贷
    Credit,
}

impl Side {
    /// The other one.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Debit => Self::Credit,
            Self::Credit => Self::Debit,
        }
    }
}

/// What an account is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// 资产
    Asset,
    /// 负债
    Liability,
    /// 资产备抵: lowers an asset
    ContraAsset,
    /// 所有者权益
    Equity,
    /// 共同类: grows on either side
    Clearing,
    /// 损益—收入
    Income,
    /// 损益—费用
    Expense,
    /// 表外: what a book keeps note of and does not own or owe
    Memorandum,
    /// 表外对应: the other side of every note
    MemorandumContra,
}

impl AccountKind {
    /// The side on which the account grows.
    #[must_use]
    pub const fn normal_side(self) -> Side {
        match self {
            Self::Asset | Self::Expense | Self::Clearing | Self::Memorandum => Side::Debit,
            Self::Liability | Self::Income | Self::Equity | Self::ContraAsset | Self::MemorandumContra => {
                Side::Credit
            }
        }
    }

    /// Whether the account stands beside the balance sheet and the result, as a note.
    #[must_use]
    pub const fn is_memorandum(self) -> bool {
        matches!(self, Self::Memorandum | Self::MemorandumContra)
    }
}

/// An account of a chart. Charts are constants of the service that posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// Code in the chart (CAS: 1303 贷款).
    pub code: &'static str,
    /// Chinese name.
    pub zh: &'static str,
    /// English name.
    pub en: &'static str,
    /// What it is for.
    pub kind: AccountKind,
}
