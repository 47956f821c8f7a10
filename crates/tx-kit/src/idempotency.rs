//! Every command is idempotent: the first answer is stored under the caller's key, in the command's own
//! transaction, and a repeat of the command gets it again.

use contracts::OrgId;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use crate::{AsFault, Db, Fault, InTx, Tx, Work};

mod entity {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "idempotency")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub command: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        pub request_hash: String,
        #[sea_orm(column_type = "Text")]
        pub answer: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A caller's key for one command, with the fingerprint of what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey {
    tenant: OrgId,
    command: String,
    key: String,
    request_hash: String,
}

impl IdempotencyKey {
    /// A key of a tenant for a command (method and path) with the request's body.
    #[must_use]
    pub fn new(tenant: OrgId, command: impl Into<String>, key: impl Into<String>, body: &[u8]) -> Self {
        Self {
            tenant,
            command: command.into(),
            key: key.into(),
            request_hash: hex::encode(Sha256::digest(body)),
        }
    }
}

impl IdempotencyKey {
    /// What makes it one key, whatever was asked under it.
    #[must_use]
    pub fn identity(&self) -> (OrgId, &str, &str) {
        (self.tenant, &self.command, &self.key)
    }
}

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recorded<T> {
    /// Never seen: go ahead.
    Nothing,
    /// Seen with the same request: this was the answer.
    Answer(T),
    /// Seen with another request: refuse.
    OtherRequest,
}

/// Looks up the answers of many keys at once, in the order of the keys.
///
/// # Errors
/// The database's fault, or a stored answer that no longer reads.
pub async fn look_up<T: DeserializeOwned>(
    conn: &impl ConnectionTrait,
    keys: &[&IdempotencyKey],
) -> Result<Vec<Recorded<T>>, Fault> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let any = keys.iter().fold(Condition::any(), |any, key| {
        any.add(
            Condition::all()
                .add(entity::Column::Tenant.eq(key.tenant.uuid()))
                .add(entity::Column::Command.eq(&key.command))
                .add(entity::Column::Key.eq(&key.key)),
        )
    });
    let rows = entity::Entity::find().filter(any).all(conn).await?;
    keys.iter()
        .map(|key| {
            let row = rows.iter().find(|row| {
                row.tenant == key.tenant.uuid() && row.command == key.command && row.key == key.key
            });
            Ok(match row {
                None => Recorded::Nothing,
                Some(row) if row.request_hash != key.request_hash => Recorded::OtherRequest,
                Some(row) => Recorded::Answer(serde_json::from_str(&row.answer)?),
            })
        })
        .collect()
}

/// Stores the first answers of keys, in the command's own transaction.
///
/// # Errors
/// The database's fault; a twin that stored the same key meanwhile makes the transaction run again.
pub async fn record<T: Serialize>(tx: &mut Tx, answers: &[(&IdempotencyKey, &T)]) -> Result<(), Fault> {
    if answers.is_empty() {
        return Ok(());
    }
    let now = tx.now();
    let rows = answers
        .iter()
        .map(|(key, answer)| {
            Ok(entity::ActiveModel {
                tenant: Set(key.tenant.uuid()),
                command: Set(key.command.clone()),
                key: Set(key.key.clone()),
                request_hash: Set(key.request_hash.clone()),
                answer: Set(serde_json::to_string(answer)?),
                created_at: Set(now),
            })
        })
        .collect::<Result<Vec<_>, serde_json::Error>>()?;
    entity::Entity::insert_many(rows).exec_without_returning(tx.conn()).await.map_err(crate::fault::twin)?;
    Ok(())
}

/// An error type that can say "this key was used for another request".
pub trait KeyReused {
    /// The refusal of a key that was used with another body (422).
    fn key_reused() -> Self;
}

impl Db {
    /// Like [`Db::run`], once for each key: a repeat with the same request gets the stored answer without
    /// running `act`; refusals change nothing and are decided again.
    ///
    /// # Errors
    /// What `act` answers, [`KeyReused::key_reused`], or the database's fault.
    pub async fn run_once<'env, T, E, F>(&self, key: Option<&'env IdempotencyKey>, act: F) -> Result<T, E>
    where
        F: for<'t> Fn(&'t mut Tx) -> Work<'env, 't, Result<T, E>> + Send + Sync + 'env,
        T: Serialize + DeserializeOwned + Send + Sync,
        E: From<Fault> + AsFault + KeyReused + Send,
    {
        let Some(key) = key else { return self.run(act).await };
        let act = &act;
        self.run(|tx| once(tx, key, act).in_tx()).await
    }
}

async fn once<'env, T, E, F>(tx: &mut Tx, key: &IdempotencyKey, act: &F) -> Result<T, E>
where
    F: for<'t> Fn(&'t mut Tx) -> Work<'env, 't, Result<T, E>> + Send + Sync,
    T: Serialize + DeserializeOwned + Send + Sync,
    E: From<Fault> + KeyReused + Send,
{
    match look_up(tx.conn(), &[key]).await?.pop() {
        Some(Recorded::Answer(answer)) => return Ok(answer),
        Some(Recorded::OtherRequest) => return Err(E::key_reused()),
        Some(Recorded::Nothing) | None => {}
    }
    let answer = act(tx).await?;
    record(tx, &[(key, &answer)]).await?;
    Ok(answer)
}
