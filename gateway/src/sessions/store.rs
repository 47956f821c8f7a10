//! Rows of sessions and refresh tokens.

use chrono::{DateTime, TimeDelta, Utc};
use contracts::UserId;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, sea_query::Expr,
};
use sha2::{Digest, Sha256};
use tx_kit::{Fault, Tx};
use uuid::Uuid;

use crate::accounts::store::{AccountRow, account, organisation};

/// How long after their end sessions are kept, so that a late use of a refresh token is still recognised.
const KEPT: TimeDelta = TimeDelta::days(7);

/// Sessions.
pub(crate) mod session {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "session")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub account_id: Uuid,
        pub created_at: DateTimeUtc,
        pub expires_at: DateTimeUtc,
        pub revoked_at: Option<DateTimeUtc>,
        pub revoked_for: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Refresh tokens, by hash.
pub(crate) mod refresh_token {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "refresh_token")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub hash: String,
        pub session_id: Uuid,
        pub issued_at: DateTimeUtc,
        pub used_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

impl session::Model {
    /// Whether the session stands.
    pub(crate) fn stands(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}

/// What of a refresh token is stored. The token has 256 random bits, so a fast hash is enough.
pub(super) fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// Opens a session.
pub(super) async fn open(
    tx: &mut Tx,
    account: Uuid,
    expires_at: DateTime<Utc>,
) -> Result<session::Model, Fault> {
    let row = session::Model {
        id: Uuid::new_v4(),
        account_id: account,
        created_at: tx.now(),
        expires_at,
        revoked_at: None,
        revoked_for: None,
    };
    let active = session::ActiveModel {
        id: Set(row.id),
        account_id: Set(row.account_id),
        created_at: Set(row.created_at),
        expires_at: Set(row.expires_at),
        revoked_at: Set(None),
        revoked_for: Set(None),
    };
    session::Entity::insert(active).exec_without_returning(tx.conn()).await?;
    Ok(row)
}

/// Stores a fresh refresh token of the session.
pub(super) async fn add_token(tx: &mut Tx, session: Uuid, hash: &str) -> Result<(), Fault> {
    let row = refresh_token::ActiveModel {
        hash: Set(hash.to_owned()),
        session_id: Set(session),
        issued_at: Set(tx.now()),
        used_at: Set(None),
    };
    refresh_token::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// The refresh token with this hash and its session.
pub(super) async fn token(
    tx: &Tx,
    hash: &str,
) -> Result<Option<(refresh_token::Model, session::Model)>, Fault> {
    let Some(token) = refresh_token::Entity::find_by_id(hash).one(tx.conn()).await? else {
        return Ok(None);
    };
    let session = session::Entity::find_by_id(token.session_id).one(tx.conn()).await?;
    session
        .map(|session| Some((token, session)))
        .ok_or_else(|| Fault::Corrupt("a refresh token belongs to no session".to_owned()))
}

/// Marks a refresh token as used; whether this was its first use.
pub(super) async fn use_token(tx: &mut Tx, hash: &str) -> Result<bool, Fault> {
    let done = refresh_token::Entity::update_many()
        .col_expr(refresh_token::Column::UsedAt, Expr::value(tx.now()))
        .filter(refresh_token::Column::Hash.eq(hash))
        .filter(refresh_token::Column::UsedAt.is_null())
        .exec(tx.conn())
        .await?;
    Ok(done.rows_affected == 1)
}

/// Ends a session; nothing happens to one that has ended.
pub(super) async fn revoke(tx: &mut Tx, session: Uuid, reason: &'static str) -> Result<(), Fault> {
    end(tx, Condition::all().add(session::Column::Id.eq(session)), reason).await
}

/// Ends the sessions of an account, but for one.
pub(crate) async fn revoke_of_account(
    tx: &mut Tx,
    account: UserId,
    except: Option<Uuid>,
    reason: &'static str,
) -> Result<(), Fault> {
    let mut which = Condition::all().add(session::Column::AccountId.eq(account.uuid()));
    if let Some(except) = except {
        which = which.add(session::Column::Id.ne(except));
    }
    end(tx, which, reason).await
}

async fn end(tx: &mut Tx, which: Condition, reason: &'static str) -> Result<(), Fault> {
    session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::value(tx.now()))
        .col_expr(session::Column::RevokedFor, Expr::value(reason))
        .filter(which)
        .filter(session::Column::RevokedAt.is_null())
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// A session with its account and organisation.
pub(super) async fn standing(
    conn: &impl ConnectionTrait,
    session: Uuid,
) -> Result<Option<(session::Model, AccountRow)>, Fault> {
    let Some(session) = session::Entity::find_by_id(session).one(conn).await? else { return Ok(None) };
    let found = account::Entity::find_by_id(session.account_id)
        .find_also_related(organisation::Entity)
        .one(conn)
        .await?;
    match found {
        Some((account, Some(organisation))) => Ok(Some((session, (account, organisation)))),
        _ => Err(Fault::Corrupt(format!("session {} belongs to nobody", session.id))),
    }
}

/// Forgets sessions that ended long ago, with their refresh tokens.
pub(crate) async fn delete_expired(tx: &mut Tx) -> Result<(), Fault> {
    session::Entity::delete_many()
        .filter(session::Column::ExpiresAt.lt(tx.now() - KEPT))
        .exec(tx.conn())
        .await?;
    Ok(())
}
