//! The table of signing keys.

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use identity::keys::SigningKey;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::Expr,
};
use tx_kit::{Fault, Tx};

mod entity {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "signing_key")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
        pub id: String,
        #[sea_orm(column_type = "Text")]
        pub purpose: String,
        #[sea_orm(column_type = "Text")]
        pub pkcs8: String,
        pub created_at: DateTimeUtc,
        pub retired_at: Option<DateTimeUtc>,
        pub published_until: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What a key signs.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[schema(as = KeyPurpose)]
pub(crate) enum Purpose {
    /// Users' access tokens.
    #[default]
    User,
    /// Internal tokens for the services.
    Internal,
}

impl Purpose {
    /// The stable name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Internal => "internal",
        }
    }
}

/// A key as it is stored.
#[derive(Clone)]
pub(crate) struct StoredKey {
    /// Its id, the `kid` of tokens.
    pub(crate) id: String,
    /// What it signs.
    pub(crate) purpose: Purpose,
    /// When it was made.
    pub(crate) created_at: DateTime<Utc>,
    /// Since when it signs no more.
    pub(crate) retired_at: Option<DateTime<Utc>>,
    /// Until when it verifies; none while it signs.
    pub(crate) published_until: Option<DateTime<Utc>>,
    pkcs8: String,
}

impl StoredKey {
    /// A fresh key as it will be stored.
    pub(crate) fn new(purpose: Purpose, key: &SigningKey, now: DateTime<Utc>) -> Self {
        Self {
            id: key.key_id().to_owned(),
            purpose,
            created_at: now,
            retired_at: None,
            published_until: None,
            pkcs8: STANDARD.encode(key.pkcs8()),
        }
    }

    /// The key itself.
    pub(crate) fn signing_key(&self) -> Result<SigningKey, Fault> {
        let unreadable = |error: &dyn std::fmt::Display| Fault::Corrupt(format!("key {}: {error}", self.id));
        let der = STANDARD.decode(&self.pkcs8).map_err(|error| unreadable(&error))?;
        SigningKey::from_pkcs8(&der).map_err(|error| unreadable(&error))
    }
}

impl TryFrom<entity::Model> for StoredKey {
    type Error = Fault;

    fn try_from(row: entity::Model) -> Result<Self, Fault> {
        let purpose = [Purpose::User, Purpose::Internal]
            .into_iter()
            .find(|purpose| purpose.name() == row.purpose)
            .ok_or_else(|| Fault::Corrupt(format!("key purpose {}", row.purpose)))?;
        Ok(Self {
            id: row.id,
            purpose,
            created_at: row.created_at,
            retired_at: row.retired_at,
            published_until: row.published_until,
            pkcs8: row.pkcs8,
        })
    }
}

/// The key that signs for a purpose.
pub(super) async fn current(tx: &Tx, purpose: Purpose) -> Result<Option<StoredKey>, Fault> {
    entity::Entity::find()
        .filter(entity::Column::Purpose.eq(purpose.name()))
        .filter(entity::Column::RetiredAt.is_null())
        .one(tx.conn())
        .await?
        .map(StoredKey::try_from)
        .transpose()
}

/// The keys that verify for a purpose.
pub(super) async fn published(
    conn: &impl ConnectionTrait,
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<Vec<StoredKey>, Fault> {
    let open =
        Condition::any().add(entity::Column::RetiredAt.is_null()).add(entity::Column::PublishedUntil.gt(now));
    entity::Entity::find()
        .filter(entity::Column::Purpose.eq(purpose.name()))
        .filter(open)
        .order_by_asc(entity::Column::Id)
        .all(conn)
        .await?
        .into_iter()
        .map(StoredKey::try_from)
        .collect()
}

/// Every key, newest first.
pub(super) async fn all(conn: &impl ConnectionTrait) -> Result<Vec<StoredKey>, Fault> {
    entity::Entity::find()
        .order_by_desc(entity::Column::CreatedAt)
        .all(conn)
        .await?
        .into_iter()
        .map(StoredKey::try_from)
        .collect()
}

/// Stores a fresh key.
pub(super) async fn insert(tx: &mut Tx, key: &StoredKey) -> Result<(), Fault> {
    let row = entity::ActiveModel {
        id: Set(key.id.clone()),
        purpose: Set(key.purpose.name().to_owned()),
        pkcs8: Set(key.pkcs8.clone()),
        created_at: Set(key.created_at),
        retired_at: Set(None),
        published_until: Set(None),
    };
    entity::Entity::insert(row).exec_without_returning(tx.conn()).await.map_err(|error| {
        let fault = Fault::from(error);
        // Another gateway was first: the next run finds its key.
        if fault.is_unique_violation() {
            Fault::Conflict("a key of this purpose signs already".to_owned())
        } else {
            fault
        }
    })?;
    Ok(())
}

/// Takes a key out of signing; it verifies on until `published_until`.
pub(super) async fn retire(
    tx: &mut Tx,
    key: &StoredKey,
    published_until: DateTime<Utc>,
) -> Result<(), Fault> {
    let done = entity::Entity::update_many()
        .col_expr(entity::Column::RetiredAt, Expr::value(tx.now()))
        .col_expr(entity::Column::PublishedUntil, Expr::value(published_until))
        .filter(entity::Column::Id.eq(&key.id))
        .filter(entity::Column::RetiredAt.is_null())
        .exec(tx.conn())
        .await?;
    if done.rows_affected == 1 {
        Ok(())
    } else {
        Err(Fault::Invariant(format!("{} keys retired instead of one", done.rows_affected)))
    }
}
