//! Every command is idempotent: the first answer is stored under the caller's key, in the command's own
//! transaction, and a repeat of the command gets it again.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use contracts::OrgId;
use sea_orm::{ActiveValue::Set, ConnectionTrait, DatabaseBackend, EntityTrait};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    AsFault, Conn, Db, Fault, InTx, Tx, Work,
    bulk::{Rows, Values},
};

mod entity {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "idempotency")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub request: Uuid,
        #[sea_orm(column_type = "Text")]
        pub answer: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A caller's key for one command, and what was asked under it, each as a fingerprint: the keys of all callers fall
/// everywhere in their index, and what is narrow there is less to write for every command.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey {
    id: Uuid,
    request: Uuid,
}

impl IdempotencyKey {
    /// A key of a tenant for a command (method and path) with the request's body.
    #[must_use]
    pub fn new(tenant: OrgId, command: impl AsRef<str>, key: impl AsRef<str>, body: &[u8]) -> Self {
        let (command, key) = (command.as_ref().as_bytes(), key.as_ref().as_bytes());
        let length = u64::try_from(command.len()).unwrap_or(u64::MAX).to_be_bytes();
        Self {
            id: fingerprint(&[tenant.uuid().as_bytes(), &length, command, key]),
            request: fingerprint(&[body]),
        }
    }

    /// What makes it one key, whatever was asked under it.
    #[must_use]
    pub const fn identity(&self) -> Uuid {
        self.id
    }
}

/// The first 128 bits of the SHA-256 of these parts: to hit another tenant's key would take 2^128 tries.
fn fingerprint(parts: &[&[u8]]) -> Uuid {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    let mut first = [0; 16];
    for (to, from) in first.iter_mut().zip(hasher.finalize()) {
        *to = from;
    }
    Uuid::from_bytes(first)
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

/// Looks up the answer of a key.
///
/// # Errors
/// The database's fault, or a stored answer that no longer reads.
pub async fn look_up<T: DeserializeOwned>(
    conn: &impl ConnectionTrait,
    key: &IdempotencyKey,
) -> Result<Recorded<T>, Fault> {
    match entity::Entity::find_by_id(key.id).one(conn).await? {
        None => Ok(Recorded::Nothing),
        Some(row) => recorded(key, row.request, &row.answer),
    }
}

fn recorded<T: DeserializeOwned>(
    key: &IdempotencyKey,
    request: Uuid,
    answer: &str,
) -> Result<Recorded<T>, Fault> {
    if request == key.request {
        Ok(Recorded::Answer(serde_json::from_str(answer)?))
    } else {
        Ok(Recorded::OtherRequest)
    }
}

/// The keys on the left decide how the table is looked up: each by the primary key. Written as a plain join,
/// PostgreSQL may keep a plan that reads the whole table, made while it was small.
const LOOK_UP_POSTGRES: &str = "SELECT i.id, i.request, i.answer FROM {rows} \
    CROSS JOIN LATERAL (SELECT * FROM idempotency AS x WHERE x.id = k.id LIMIT 1) AS i";
const LOOK_UP_SQLITE: &str =
    "SELECT i.id, i.request, i.answer FROM {rows} CROSS JOIN idempotency AS i WHERE i.id = k.id";

/// Looks up the answers of many keys at once, in the order of the keys.
///
/// # Errors
/// The database's fault, or a stored answer that no longer reads.
pub async fn look_up_all<T: DeserializeOwned>(
    conn: &Conn,
    keys: &[&IdempotencyKey],
) -> Result<Vec<Recorded<T>>, Fault> {
    let asked = Rows::named("k", vec![("id", Values::ids(keys.iter().map(|key| key.id)))])?;
    let template = match conn.get_database_backend() {
        DatabaseBackend::Postgres => LOOK_UP_POSTGRES,
        _ => LOOK_UP_SQLITE,
    };
    let mut known: HashMap<Uuid, (Uuid, String)> = HashMap::new();
    for row in conn.query_with(template, asked).await? {
        known.insert(row.try_get("", "id")?, (row.try_get("", "request")?, row.try_get("", "answer")?));
    }
    keys.iter()
        .map(|key| match known.get(&key.id) {
            None => Ok(Recorded::Nothing),
            Some((request, answer)) => recorded(key, *request, answer),
        })
        .collect()
}

/// Stores the first answers of keys, in the command's own transaction.
///
/// # Errors
/// The database's fault; a twin that stored the same key meanwhile makes the transaction run again.
pub async fn record<T: Serialize>(tx: &mut Tx, answers: &[(&IdempotencyKey, &T)]) -> Result<(), Fault> {
    let rows = rows(tx.now(), answers)?;
    tx.conn().insert([rows]).await.map_err(Fault::overtaken_if_taken)
}

/// The rows of first answers, for an act that writes rows of several tables at once.
///
/// # Errors
/// An answer that does not serialise.
pub fn rows<T: Serialize>(now: DateTime<Utc>, answers: &[(&IdempotencyKey, &T)]) -> Result<Rows, Fault> {
    let rows = answers
        .iter()
        .map(|(key, answer)| {
            Ok(entity::ActiveModel {
                id: Set(key.id),
                request: Set(key.request),
                answer: Set(serde_json::to_string(answer)?),
                created_at: Set(now),
            })
        })
        .collect::<Result<Vec<_>, serde_json::Error>>()?;
    Rows::of(rows)
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

    /// The stored answer of a command that is sent again, for a caller that has to ask others before it begins: what was
    /// done is answered from here, whoever is away meanwhile. [`Db::run_once`] looks again.
    ///
    /// # Errors
    /// [`KeyReused::key_reused`], or the database's fault.
    pub async fn answered<T, E>(&self, key: Option<&IdempotencyKey>) -> Result<Option<T>, E>
    where
        T: DeserializeOwned,
        E: From<Fault> + KeyReused,
    {
        let Some(key) = key else { return Ok(None) };
        match look_up(self.read(), key).await? {
            Recorded::Answer(answer) => Ok(Some(answer)),
            Recorded::OtherRequest => Err(E::key_reused()),
            Recorded::Nothing => Ok(None),
        }
    }

    /// Like [`Db::run_once`], at READ COMMITTED as [`Db::run_read_committed`]: for acts on a row that many others
    /// change, which they lock first. A serialisable transaction that had to wait for the lock must run again; on a busy
    /// row it would do so until it gave up.
    ///
    /// # Errors
    /// As [`Db::run_once`].
    pub async fn run_once_read_committed<'env, T, E, F>(
        &self,
        key: Option<&'env IdempotencyKey>,
        act: F,
    ) -> Result<T, E>
    where
        F: for<'t> Fn(&'t mut Tx) -> Work<'env, 't, Result<T, E>> + Send + Sync + 'env,
        T: Serialize + DeserializeOwned + Send + Sync,
        E: From<Fault> + AsFault + KeyReused + Send,
    {
        let Some(key) = key else { return self.run_read_committed(act).await };
        let act = &act;
        self.run_read_committed(|tx| once(tx, key, act).in_tx()).await
    }
}

async fn once<'env, T, E, F>(tx: &mut Tx, key: &IdempotencyKey, act: &F) -> Result<T, E>
where
    F: for<'t> Fn(&'t mut Tx) -> Work<'env, 't, Result<T, E>> + Send + Sync,
    T: Serialize + DeserializeOwned + Send + Sync,
    E: From<Fault> + KeyReused + Send,
{
    match look_up(tx.conn(), key).await? {
        Recorded::Answer(answer) => return Ok(answer),
        Recorded::OtherRequest => return Err(E::key_reused()),
        Recorded::Nothing => {}
    }
    let answer = act(tx).await?;
    record(tx, &[(key, &answer)]).await?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_of_its_tenant_and_command_alone() {
        let tenant = |n| OrgId::from_uuid(Uuid::from_u128(n));
        let key = IdempotencyKey::new(tenant(1), "POST /a", "bc", b"{}");
        assert_eq!(key, IdempotencyKey::new(tenant(1), "POST /a", "bc", b"{}"));
        for other in [
            IdempotencyKey::new(tenant(2), "POST /a", "bc", b"{}"),
            IdempotencyKey::new(tenant(1), "POST /b", "bc", b"{}"),
            IdempotencyKey::new(tenant(1), "POST /a", "bd", b"{}"),
            // Where the command ends counts.
            IdempotencyKey::new(tenant(1), "POST /ab", "c", b"{}"),
        ] {
            assert_ne!(key.identity(), other.identity());
        }
        let asked_otherwise = IdempotencyKey::new(tenant(1), "POST /a", "bc", b"{\"x\":1}");
        assert_eq!(key.identity(), asked_otherwise.identity());
        assert_ne!(key, asked_otherwise);
    }
}
