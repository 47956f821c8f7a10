//! Rows of organisations and users.

use contracts::{OrgId, OrgKind, UserId};
use identity::{Role, Scope};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Select};
use tx_kit::Fault;
use uuid::Uuid;

/// Ids of one statement.
const IDS_PER_STATEMENT: usize = 2_000;

/// Organisations.
pub(crate) mod organisation {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "organisation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub kind: String,
        pub name: String,
        pub credit_code: Option<String>,
        pub district: Option<String>,
        pub industry: Option<String>,
        pub cluster: Option<String>,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(has_many = "super::account::Entity")]
        Account,
    }

    impl Related<super::account::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Account.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// Users.
pub(crate) mod account {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "account")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub organisation_id: Uuid,
        pub username: String,
        pub name: String,
        pub password_hash: String,
        pub roles: String,
        pub language: String,
        pub active: bool,
        pub must_change: bool,
        pub password_set_at: DateTimeUtc,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "super::organisation::Entity",
            from = "Column::OrganisationId",
            to = "super::organisation::Column::Id"
        )]
        Organisation,
    }

    impl Related<super::organisation::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Organisation.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// An account with its organisation.
pub(crate) type AccountRow = (account::Model, organisation::Model);

/// The stored name of a kind of organisation.
pub(crate) const fn kind_name(kind: OrgKind) -> &'static str {
    match kind {
        OrgKind::Bank => "bank",
        OrgKind::Enterprise => "enterprise",
        OrgKind::ClusterOperator => "cluster_operator",
        OrgKind::Institute => "institute",
        OrgKind::Insurer => "insurer",
        OrgKind::Fund => "fund",
        OrgKind::Investor => "investor",
        OrgKind::Regulator => "regulator",
        OrgKind::Platform => "platform",
    }
}

/// The kind with this stored name.
pub(crate) fn parse_kind(text: &str) -> Result<OrgKind, Fault> {
    serde_json::from_value(text.into()).map_err(|_| Fault::Corrupt(format!("organisation kind {text}")))
}

/// Roles as stored: their names with blanks between.
pub(crate) fn roles_text(roles: &[Role]) -> String {
    roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(" ")
}

/// The roles of a stored text.
pub(crate) fn parse_roles(text: &str) -> Result<Vec<Role>, Fault> {
    text.split_whitespace()
        .map(|name| name.parse().map_err(|_| Fault::Corrupt(format!("role {name}"))))
        .collect()
}

/// Whether the scope spans every organisation's users: the platform's own, and the suite itself.
pub(crate) fn sees_all(scope: &Scope) -> bool {
    scope.sees_all() || scope.kind() == OrgKind::Platform
}

/// The users within the scope.
pub(crate) fn accounts_in(scope: &Scope) -> Select<account::Entity> {
    let all = account::Entity::find();
    if sees_all(scope) { all } else { all.filter(account::Column::OrganisationId.eq(scope.tenant().uuid())) }
}

/// A user within the scope.
pub(crate) async fn find_account(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: UserId,
) -> Result<Option<AccountRow>, Fault> {
    let found = accounts_in(scope)
        .filter(account::Column::Id.eq(id.uuid()))
        .find_also_related(organisation::Entity)
        .one(conn)
        .await?;
    with_organisation(found)
}

/// The account with this name to sign in with; only signing in may ask without a scope.
pub(crate) async fn by_username(
    conn: &impl ConnectionTrait,
    username: &str,
) -> Result<Option<AccountRow>, Fault> {
    let found = account::Entity::find()
        .filter(account::Column::Username.eq(username))
        .find_also_related(organisation::Entity)
        .one(conn)
        .await?;
    with_organisation(found)
}

/// An organisation. The directory is public to everybody who is signed in, so every scope sees it.
pub(crate) async fn find_organisation(
    conn: &impl ConnectionTrait,
    _scope: &Scope,
    id: OrgId,
) -> Result<Option<organisation::Model>, Fault> {
    Ok(organisation::Entity::find_by_id(id.uuid()).one(conn).await?)
}

/// Those of many organisations that are there, each once, in no order.
pub(crate) async fn find_organisations(
    conn: &impl ConnectionTrait,
    _scope: &Scope,
    ids: &[OrgId],
) -> Result<Vec<organisation::Model>, Fault> {
    let mut ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(IDS_PER_STATEMENT) {
        let named = organisation::Column::Id.is_in(chunk.iter().copied());
        found.extend(organisation::Entity::find().filter(named).all(conn).await?);
    }
    Ok(found)
}

fn with_organisation(
    found: Option<(account::Model, Option<organisation::Model>)>,
) -> Result<Option<AccountRow>, Fault> {
    match found {
        None => Ok(None),
        Some((account, Some(organisation))) => Ok(Some((account, organisation))),
        Some((account, None)) => {
            Err(Fault::Corrupt(format!("account {} belongs to no organisation", account.id)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_reads_back() {
        let roles = vec![Role::LoanOfficer, Role::Operations];
        assert_eq!(parse_roles(&roles_text(&roles)).unwrap(), roles);
        for kind in [OrgKind::Bank, OrgKind::ClusterOperator, OrgKind::Platform, OrgKind::Regulator] {
            assert_eq!(parse_kind(kind_name(kind)).unwrap(), kind);
        }
        assert!(parse_kind("guild").is_err());
    }
}
