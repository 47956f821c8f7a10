//! The words of a deal: kind of right, base of a royalty, source.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What was agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DealKind {
    /// 转让
    Sale,
    /// 独占许可: the licensee alone may use the patent.
    ExclusiveLicence,
    /// 排他许可: licensee and owner may.
    SoleLicence,
    /// 普通许可
    OrdinaryLicence,
    /// 开放许可: declared to the office, open to everybody on the same terms (Patent Law, articles 50–52).
    OpenLicence,
}

impl DealKind {
    /// From the widest right to the narrowest.
    pub const ALL: [Self; 5] =
        [Self::Sale, Self::ExclusiveLicence, Self::SoleLicence, Self::OrdinaryLicence, Self::OpenLicence];

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sale => "sale",
            Self::ExclusiveLicence => "exclusive_licence",
            Self::SoleLicence => "sole_licence",
            Self::OrdinaryLicence => "ordinary_licence",
            Self::OpenLicence => "open_licence",
        }
    }

    /// The name in Chinese.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Sale => "转让",
            Self::ExclusiveLicence => "独占许可",
            Self::SoleLicence => "排他许可",
            Self::OrdinaryLicence => "普通许可",
            Self::OpenLicence => "开放许可",
        }
    }

    /// The kind of a name in either language.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name || kind.name_zh() == name)
    }
}

/// What a royalty is counted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoyaltyBase {
    /// 净销售额
    NetSales,
    /// 销售额
    GrossSales,
    /// 利润
    Profit,
}

impl RoyaltyBase {
    /// Every base.
    pub const ALL: [Self; 3] = [Self::NetSales, Self::GrossSales, Self::Profit];

    /// The name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NetSales => "net_sales",
            Self::GrossSales => "gross_sales",
            Self::Profit => "profit",
        }
    }

    /// The name in Chinese.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::NetSales => "净销售额",
            Self::GrossSales => "销售额",
            Self::Profit => "利润",
        }
    }

    /// The base of a name in either language.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|base| base.name() == name || base.name_zh() == name)
    }
}

/// Where the deal is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DealSource)]
pub enum SourceKind {
    /// 合同备案: the number under which the contract is on file at the patent office.
    ContractRegistration,
    /// 公告: an announcement of a company, an exchange or an authority.
    Announcement,
    /// 拍卖: an auction or a listing at a property-rights exchange.
    Auction,
}

impl SourceKind {
    /// Every source.
    pub const ALL: [Self; 3] = [Self::ContractRegistration, Self::Announcement, Self::Auction];

    /// The name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ContractRegistration => "contract_registration",
            Self::Announcement => "announcement",
            Self::Auction => "auction",
        }
    }

    /// The name in Chinese.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::ContractRegistration => "合同备案",
            Self::Announcement => "公告",
            Self::Auction => "拍卖",
        }
    }

    /// The source of a name in either language.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name || source.name_zh() == name)
    }
}
