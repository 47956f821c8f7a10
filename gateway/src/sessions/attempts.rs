//! Wrong passwords, by account and by address. The account's name is kept as a hash only: people type their
//! password into the wrong field.

use std::{collections::HashMap, net::IpAddr};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::OnConflict,
};
use sha2::{Digest, Sha256};
use tx_kit::{Fault, Tx};

use super::model::lockout::{self, ACCOUNT, ADDRESS, MEMORY, Record, Tolerance};
use crate::limits::network;

mod entity {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "login_attempt")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub subject: String,
        pub failures: i64,
        pub last_at: DateTimeUtc,
        pub locked_until: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

impl From<&entity::Model> for Record {
    fn from(row: &entity::Model) -> Self {
        Self { failures: row.failures, last_at: row.last_at, locked_until: row.locked_until }
    }
}

fn account_subject(username: &str) -> String {
    format!("account:{}", hex::encode(Sha256::digest(username.as_bytes())))
}

fn address_subject(address: IpAddr) -> String {
    format!("address:{}", network(address))
}

/// How long the account or the address must wait yet; `None` where an attempt is welcome.
pub(super) async fn wait(
    conn: &impl ConnectionTrait,
    username: &str,
    address: IpAddr,
    now: DateTime<Utc>,
) -> Result<Option<TimeDelta>, Fault> {
    let subjects = [account_subject(username), address_subject(address)];
    let rows = entity::Entity::find().filter(entity::Column::Subject.is_in(subjects)).all(conn).await?;
    Ok(rows.iter().filter_map(|row| lockout::wait(Some(&row.into()), now)).max())
}

/// Counts a wrong password; the wait that follows from it for the account, if any.
pub(super) async fn count(tx: &mut Tx, username: &str, address: IpAddr) -> Result<Option<TimeDelta>, Fault> {
    // In the order of their names, so that two transactions never wait for each other crosswise.
    let record = count_one(tx, account_subject(username), ACCOUNT).await?;
    count_one(tx, address_subject(address), ADDRESS).await?;
    Ok(lockout::wait(Some(&record), tx.now()))
}

async fn count_one(tx: &mut Tx, subject: String, tolerance: Tolerance) -> Result<Record, Fault> {
    let before = entity::Entity::find_by_id(&subject).one(tx.conn()).await?;
    let record = lockout::after_failure(before.as_ref().map(Record::from).as_ref(), tolerance, tx.now());
    let row = entity::ActiveModel {
        subject: Set(subject),
        failures: Set(record.failures),
        last_at: Set(record.last_at),
        locked_until: Set(record.locked_until),
    };
    let replace = OnConflict::column(entity::Column::Subject)
        .update_columns([entity::Column::Failures, entity::Column::LastAt, entity::Column::LockedUntil])
        .to_owned();
    entity::Entity::insert(row).on_conflict(replace).exec_without_returning(tx.conn()).await?;
    Ok(record)
}

/// Forgets an account's wrong passwords. An address's stay: one known password must not clear the way for guessing
/// others.
pub(crate) async fn forgive(tx: &mut Tx, username: &str) -> Result<(), Fault> {
    entity::Entity::delete_by_id(account_subject(username)).exec(tx.conn()).await?;
    Ok(())
}

/// Until when the named accounts are locked; those that are not are left out.
pub(crate) async fn locks(
    conn: &impl ConnectionTrait,
    usernames: &[&str],
    now: DateTime<Utc>,
) -> Result<HashMap<String, DateTime<Utc>>, Fault> {
    let subjects: HashMap<String, &str> =
        usernames.iter().map(|username| (account_subject(username), *username)).collect();
    let rows = entity::Entity::find()
        .filter(entity::Column::Subject.is_in(subjects.keys().cloned()))
        .filter(entity::Column::LockedUntil.gt(now))
        .all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| Some(((*subjects.get(&row.subject)?).to_owned(), row.locked_until?)))
        .collect())
}

/// Forgets what counts no more.
pub(crate) async fn forget_old(tx: &mut Tx) -> Result<(), Fault> {
    entity::Entity::delete_many()
        .filter(entity::Column::LastAt.lt(tx.now() - MEMORY))
        .exec(tx.conn())
        .await?;
    Ok(())
}
