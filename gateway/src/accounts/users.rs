//! Making a user, ending an account, giving a new one-time password.

use chrono::{DateTime, Utc};
use contracts::{Actor, OrgId, UserId};
use http_kit::{ActError, Problem};
use identity::{Role, Scope};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde::{Deserialize, Serialize};
use tx_kit::{AuditEntry, Fault, Tx};
use utoipa::ToSchema;

use super::{
    HashedPassword,
    model::roles::{self, RolesRefused},
    store::{self, AccountRow, account, parse_kind, parse_roles, roles_text},
};
use crate::sessions;

/// A user to be made.
#[derive(Clone)]
pub struct NewUser {
    /// The id; a fresh one where none is given.
    pub id: Option<UserId>,
    /// The organisation.
    pub organisation: OrgId,
    /// The name to sign in with; stored in lower case.
    pub username: String,
    /// The person's name.
    pub name: String,
    /// What the person is there.
    pub roles: Vec<Role>,
    /// The first password.
    pub password: HashedPassword,
    /// Whether it is only for the first sign-in.
    pub must_change: bool,
}

/// A user as administrators see it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct User {
    /// The id.
    pub id: UserId,
    /// The name to sign in with.
    pub username: String,
    /// The person's name.
    pub name: String,
    /// The organisation.
    pub organisation_id: OrgId,
    /// Its name.
    pub organisation_name: String,
    /// What the person is there.
    pub roles: Vec<Role>,
    /// Whether the person may sign in.
    pub active: bool,
    /// Whether the password must be changed at the next sign-in.
    pub must_change_password: bool,
    /// Until when sign-in is refused after wrong passwords; null where it is not.
    pub locked_until: Option<DateTime<Utc>>,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
}

impl TryFrom<AccountRow> for User {
    type Error = Fault;

    fn try_from((account, organisation): AccountRow) -> Result<Self, Fault> {
        Ok(Self {
            id: account.id.into(),
            username: account.username,
            name: account.name,
            organisation_id: organisation.id.into(),
            organisation_name: organisation.name,
            roles: parse_roles(&account.roles)?,
            active: account.active,
            must_change_password: account.must_change,
            locked_until: None,
            created_at: account.created_at,
        })
    }
}

/// The form in which names to sign in with are stored and compared.
pub(crate) fn normal_username(typed: &str) -> String {
    typed.trim().to_lowercase()
}

/// Makes a user in the caller's transaction.
///
/// # Errors
/// 422 for roles that one person of this organisation cannot hold together, 409 for a name that is taken, 404
/// where there is no such organisation; the database's fault.
pub async fn create_user(tx: &mut Tx, actor: &Actor, new: &NewUser) -> Result<User, ActError> {
    let organisation = store::find_organisation(tx.conn(), &Scope::system(), new.organisation)
        .await?
        .ok_or_else(Problem::not_found)?;
    let roles = roles::check(parse_kind(&organisation.kind)?, &new.roles).map_err(roles_problem)?;
    let username = normal_username(&new.username);
    let id = new.id.unwrap_or_else(|| UserId::fresh(tx.now()));
    let row = account::ActiveModel {
        id: Set(id.uuid()),
        organisation_id: Set(new.organisation.uuid()),
        username: Set(username),
        name: Set(new.name.trim().to_owned()),
        password_hash: Set(new.password.text().to_owned()),
        roles: Set(roles_text(&roles)),
        language: Set("zh-CN".to_owned()),
        active: Set(true),
        must_change: Set(new.must_change),
        password_set_at: Set(tx.now()),
        created_at: Set(tx.now()),
    };
    let stored = account::Entity::insert(row).exec_with_returning(tx.conn()).await.map_err(|error| {
        let fault = Fault::from(error);
        if fault.is_unique_violation() { username_taken() } else { fault.into() }
    })?;
    let user = User::try_from((stored, organisation))?;
    let details = serde_json::json!({ "organisation": new.organisation, "roles": user.roles });
    tx.audit([AuditEntry::new(actor, "user.create", "user", id).with(details)]).await?;
    Ok(user)
}

/// Ends an account: nobody signs in with it again and its sessions end.
pub(crate) async fn deactivate(
    tx: &mut Tx,
    actor: &Actor,
    scope: &Scope,
    id: UserId,
) -> Result<User, ActError> {
    let found = store::find_account(tx.conn(), scope, id).await?.ok_or_else(Problem::not_found)?;
    if actor.user == id {
        return Err(own_account());
    }
    account::Entity::update_many()
        .col_expr(account::Column::Active, Expr::value(false))
        .filter(account::Column::Id.eq(id.uuid()))
        .exec(tx.conn())
        .await?;
    sessions::revoke_of_account(tx, id, None, "deactivated").await?;
    tx.audit([AuditEntry::new(actor, "user.deactivate", "user", id)]).await?;
    let mut user = User::try_from(found)?;
    user.active = false;
    Ok(user)
}

/// Sets a one-time password: the account's sessions end, and a lock after wrong passwords is lifted.
pub(crate) async fn reset_password(
    tx: &mut Tx,
    actor: &Actor,
    scope: &Scope,
    id: UserId,
    password: &HashedPassword,
) -> Result<User, ActError> {
    let (account, organisation) =
        store::find_account(tx.conn(), scope, id).await?.ok_or_else(Problem::not_found)?;
    account::Entity::update_many()
        .col_expr(account::Column::PasswordHash, Expr::value(password.text()))
        .col_expr(account::Column::PasswordSetAt, Expr::value(tx.now()))
        .col_expr(account::Column::MustChange, Expr::value(true))
        .filter(account::Column::Id.eq(id.uuid()))
        .exec(tx.conn())
        .await?;
    sessions::revoke_of_account(tx, id, None, "password-reset").await?;
    sessions::forgive(tx, &account.username).await?;
    tx.audit([AuditEntry::new(actor, "user.reset_password", "user", id)]).await?;
    let mut user = User::try_from((account, organisation))?;
    user.must_change_password = true;
    Ok(user)
}

fn username_taken() -> ActError {
    Problem::refused(
        "username-taken",
        "此用户名已被使用。请换一个。",
        "This user name is taken. Choose another one.",
    )
    .into()
}

fn own_account() -> ActError {
    Problem::refused(
        "own-account",
        "不能停用自己的账户。请由另一位管理员办理。",
        "You cannot end your own account. Ask another administrator.",
    )
    .into()
}

fn roles_problem(refused: RolesRefused) -> Problem {
    let (zh, en) = match refused {
        RolesRefused::None => ("至少须有一个岗位。".to_owned(), "Give at least one role.".to_owned()),
        RolesRefused::Foreign(role) => (
            format!("岗位 {role} 不属于此类机构。请改选。"),
            format!("{role} is no role of this kind of organisation. Choose another one."),
        ),
        RolesRefused::Alone(role) => (
            format!("岗位 {role} 不得与其他岗位兼任。请分设账户。"),
            format!("{role} goes with no other role. Use two accounts of two persons."),
        ),
        RolesRefused::FourEyes(make, approve) => (
            format!("{make} 与 {approve} 须由两人担任（四眼原则）。"),
            format!("{make} and {approve} must be two persons (four-eyes principle)."),
        ),
    };
    Problem::invalid("roles-refused", zh.clone(), en.clone()).with_field("roles", zh, en)
}
