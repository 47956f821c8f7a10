//! The caller of a request, and the scope that every store query demands.

use contracts::{Actor, OrgId, OrgKind, UserId};
use serde::{Deserialize, Serialize};

use crate::{Permission, Role, permits};

/// Who is calling, as the verified internal token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// The user.
    pub user: UserId,
    /// The user's name, for people.
    pub name: String,
    /// The organisation.
    pub tenant: OrgId,
    /// The organisation's name, for people.
    pub tenant_name: String,
    /// What kind of organisation it is.
    pub org_kind: OrgKind,
    /// What the user is there.
    pub roles: Vec<Role>,
}

impl Caller {
    /// Whether any of the caller's roles may do it.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.roles.iter().any(|role| permits(*role, permission))
    }

    /// How far the caller sees.
    #[must_use]
    pub fn scope(&self) -> Scope {
        let reach = if self.org_kind == OrgKind::Regulator { Reach::All } else { Reach::Own };
        Scope { tenant: self.tenant, kind: self.org_kind, reach }
    }

    /// The caller as written into audit rows.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor { user: self.user, name: self.name.clone(), tenant: self.tenant }
    }
}

/// Whether one sees one's own rows or everybody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Rows that the tenant owns or is party to.
    Own,
    /// Every row: the regulator (read only, by the policy table) and the suite itself.
    All,
}

/// The part of the data that a query may touch. No store answers without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    tenant: OrgId,
    kind: OrgKind,
    reach: Reach,
}

impl Scope {
    /// The suite's own work: consumers of events, jobs, close of business. Never derived from a request.
    #[must_use]
    pub fn system() -> Self {
        Self { tenant: OrgId::from_uuid(uuid::Uuid::nil()), kind: OrgKind::Platform, reach: Reach::All }
    }

    /// The suite's own work for one bank: its close of business. Never derived from a request.
    #[must_use]
    pub const fn of_bank(bank: OrgId) -> Self {
        Self { tenant: bank, kind: OrgKind::Bank, reach: Reach::Own }
    }

    /// The organisation.
    #[must_use]
    pub const fn tenant(&self) -> OrgId {
        self.tenant
    }

    /// What kind of organisation it is.
    #[must_use]
    pub const fn kind(&self) -> OrgKind {
        self.kind
    }

    /// Whether every row is visible.
    #[must_use]
    pub fn sees_all(&self) -> bool {
        self.reach == Reach::All
    }
}
