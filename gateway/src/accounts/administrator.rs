//! The first administrator of a new installation.

use contracts::{Actor, OrgKind};
use http_kit::ActError;
use identity::{Role, Scope};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use tx_kit::{Db, Fault, InTx, Tx};

use super::{
    HashedPassword, NewOrganisation, NewUser, create_organisation, create_user, password,
    store::{account, organisation},
    users,
};

/// The name that the first administrator signs in with.
const USERNAME: &str = "admin@platform";

/// A password to be shown once; it must be changed at the first sign-in.
#[derive(Debug, Clone)]
pub struct OneTimePassword {
    /// The name to sign in with.
    pub username: String,
    /// The password.
    pub password: String,
}

/// Makes the platform's organisation and its administrator where the installation has no active one.
///
/// # Errors
/// The database's fault.
pub async fn ensure_administrator(db: &Db) -> Result<Option<OneTimePassword>, Fault> {
    if has_administrator(db.read()).await? {
        return Ok(None);
    }
    let text = password::one_time()?;
    let hashed = HashedPassword::of(&text).await?;
    let hashed = &hashed;
    let made = db.run(|tx| make(tx, hashed).in_tx()).await.map_err(|error| match error {
        ActError::Fault(fault) => fault,
        ActError::Refused(problem) => Fault::Other(problem.detail().en.clone()),
    })?;
    Ok(made.map(|username| OneTimePassword { username, password: text }))
}

async fn has_administrator(conn: &impl sea_orm::ConnectionTrait) -> Result<bool, Fault> {
    let count = account::Entity::find()
        .filter(account::Column::Roles.eq(Role::PlatformAdmin.name()))
        .filter(account::Column::Active.eq(true))
        .count(conn)
        .await?;
    Ok(count > 0)
}

async fn make(tx: &mut Tx, password: &HashedPassword) -> Result<Option<String>, ActError> {
    if has_administrator(tx.conn()).await? {
        return Ok(None);
    }
    let actor = Actor::system();
    let platform =
        organisation::Entity::find().filter(organisation::Column::Kind.eq("platform")).one(tx.conn()).await?;
    let organisation = match platform {
        Some(row) => row.id.into(),
        None => {
            let new = NewOrganisation {
                id: None,
                kind: OrgKind::Platform,
                name: "平台".to_owned(),
                credit_code: None,
                district: None,
                industry: None,
                cluster: None,
            };
            create_organisation(tx, &actor, &new).await?.id
        }
    };
    // A former administrator's name is not given again.
    let former = account::Entity::find()
        .filter(account::Column::Username.starts_with(USERNAME))
        .count(tx.conn())
        .await?;
    let username = if former == 0 { USERNAME.to_owned() } else { format!("{USERNAME}-{}", former + 1) };
    let new = NewUser {
        id: None,
        organisation,
        username: username.clone(),
        name: "平台管理员".to_owned(),
        roles: vec![Role::PlatformAdmin],
        password: password.clone(),
        must_change: true,
    };
    create_user(tx, &actor, &new).await?;
    Ok(Some(username))
}

/// Gives an account a new one-time password from the command line of the machine itself: for the administrator who
/// has lost theirs. Its sessions end.
///
/// # Errors
/// When there is no such account; the database's fault.
pub async fn renew_password(db: &Db, username: &str) -> Result<OneTimePassword, Fault> {
    let found = account::Entity::find()
        .filter(account::Column::Username.eq(users::normal_username(username)))
        .one(db.read())
        .await?
        .ok_or_else(|| Fault::Other(format!("there is no account {username}")))?;
    let text = password::one_time()?;
    let hashed = HashedPassword::of(&text).await?;
    let hashed = &hashed;
    let id = found.id.into();
    db.run(|tx| {
        async move { users::reset_password(tx, &Actor::system(), &Scope::system(), id, hashed).await.map(drop) }.in_tx()
    })
    .await
    .map_err(|error: ActError| match error {
        ActError::Fault(fault) => fault,
        ActError::Refused(problem) => Fault::Other(problem.detail().en.clone()),
    })?;
    Ok(OneTimePassword { username: found.username, password: text })
}
