//! Who did something, as it is written into audit rows and events.

use serde::{Deserialize, Serialize};

use crate::{OrgId, UserId};

/// What kind of organisation a tenant is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum OrgKind {
    /// 银行
    Bank,
    /// 企业
    Enterprise,
    /// 集群运营方
    ClusterOperator,
    /// 高校院所
    Institute,
    /// 保险公司
    Insurer,
    /// 风险补偿基金或担保机构
    Fund,
    /// 投资机构
    Investor,
    /// 监管部门
    Regulator,
    /// 平台
    Platform,
}

/// The person (or the service itself) behind an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The user's id; nil for the system itself.
    pub user: UserId,
    /// The name shown to people.
    pub name: String,
    /// The tenant acted for.
    pub tenant: OrgId,
}

impl Actor {
    /// The suite itself: close of business, relays, jobs without a person behind them.
    #[must_use]
    pub fn system() -> Self {
        Self {
            user: UserId::from_uuid(uuid::Uuid::nil()),
            name: "system".to_owned(),
            tenant: OrgId::from_uuid(uuid::Uuid::nil()),
        }
    }
}
