//! The hash chain over the audit trail: sealed in batches, at most a second behind, so that the chain's
//! head is never a hot row; and its verification.

use std::time::Duration;

use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use crate::{Db, Fault, InTx, Tx, audit::entity as audit};

/// Rows sealed in one transaction.
const BATCH: u64 = 500;
/// How far the seal may lag behind.
const INTERVAL: Duration = Duration::from_millis(800);

mod entity {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "audit_seal")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i64,
        pub audit_id: Uuid,
        pub hash: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// Links checked.
    pub sealed: u64,
    /// Rows not yet sealed: the tail that proves nothing yet.
    pub unsealed: u64,
    /// The chain's head, in hex.
    pub head: String,
    /// The first position where the chain does not hold, with the reason.
    pub broken_at: Option<(i64, String)>,
}

/// Seals until told to stop, then once more.
pub async fn run(db: Db, stop: CancellationToken) {
    loop {
        let stopping = tokio::select! {
            () = stop.cancelled() => true,
            () = tokio::time::sleep(INTERVAL) => false,
        };
        if let Err(fault) = seal_all(&db).await {
            tracing::warn!(service = %db.service(), %fault, "the audit chain waits");
        }
        if stopping {
            return;
        }
    }
}

/// Seals everything that waits now.
///
/// # Errors
/// The database's fault.
pub async fn seal_all(db: &Db) -> Result<(), Fault> {
    // Reading first keeps an idle service from taking its writer every interval.
    while audit::Entity::find()
        .filter(audit::Column::Sealed.eq(false))
        .limit(1)
        .one(db.read())
        .await?
        .is_some()
    {
        if seal_batch(db).await? == 0 {
            break;
        }
    }
    Ok(())
}

async fn seal_batch(db: &Db) -> Result<usize, Fault> {
    db.run(|tx| link_batch(tx).in_tx()).await
}

async fn link_batch(tx: &mut Tx) -> Result<usize, Fault> {
    let rows = audit::Entity::find()
        .filter(audit::Column::Sealed.eq(false))
        .order_by_asc(audit::Column::Id)
        .limit(BATCH)
        .all(tx.conn())
        .await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let head = entity::Entity::find().order_by_desc(entity::Column::Position).one(tx.conn()).await?;
    let (mut position, mut hash) = head.map_or((0, String::new()), |head| (head.position, head.hash));
    let links: Vec<entity::ActiveModel> = rows
        .iter()
        .map(|row| {
            position += 1;
            hash = link(&hash, row);
            entity::ActiveModel { position: Set(position), audit_id: Set(row.id), hash: Set(hash.clone()) }
        })
        .collect();
    // Two sealers at once collide on `position`; one of them runs again.
    entity::Entity::insert_many(links).exec_without_returning(tx.conn()).await.map_err(crate::fault::twin)?;
    audit::Entity::update_many()
        .col_expr(audit::Column::Sealed, Expr::value(true))
        .filter(audit::Column::Id.is_in(rows.iter().map(|row| row.id)))
        .exec(tx.conn())
        .await?;
    Ok(rows.len())
}

/// Recomputes the whole chain.
///
/// # Errors
/// The database's fault.
pub async fn verify(db: &Db) -> Result<Verification, Fault> {
    let mut found = Verification { sealed: 0, unsealed: 0, head: String::new(), broken_at: None };
    loop {
        let position = i64::try_from(found.sealed).unwrap_or(i64::MAX);
        let links = entity::Entity::find()
            .filter(entity::Column::Position.gt(position))
            .order_by_asc(entity::Column::Position)
            .limit(BATCH)
            .all(db.read())
            .await?;
        if links.is_empty() {
            break;
        }
        let rows = audit::Entity::find()
            .filter(audit::Column::Id.is_in(links.iter().map(|link| link.audit_id)))
            .all(db.read())
            .await?;
        for sealed in links {
            let expected = i64::try_from(found.sealed).unwrap_or(i64::MAX) + 1;
            let reason = match rows.iter().find(|row| row.id == sealed.audit_id) {
                _ if sealed.position != expected => Some("a link is missing"),
                None => Some("the sealed row is missing"),
                Some(row) if link(&found.head, row) != sealed.hash => {
                    Some("the row was changed after sealing")
                }
                Some(_) => None,
            };
            if let Some(reason) = reason {
                found.broken_at = Some((sealed.position, reason.to_owned()));
                return Ok(found);
            }
            found.sealed += 1;
            found.head = sealed.hash;
        }
    }
    let rows = audit::Entity::find().count(db.read()).await?;
    let unsealed = audit::Entity::find().filter(audit::Column::Sealed.eq(false)).count(db.read()).await?;
    found.unsealed = unsealed;
    if rows != found.sealed + unsealed {
        found.broken_at = Some((
            i64::try_from(found.sealed).unwrap_or(i64::MAX),
            "rows were added or removed beside the chain".to_owned(),
        ));
    }
    Ok(found)
}

/// `SHA-256(previous ‖ row)`, fields separated by a byte that no field contains.
fn link(previous: &str, row: &audit::Model) -> String {
    let mut hasher = Sha256::new();
    for field in [
        previous,
        &row.id.to_string(),
        &row.at.timestamp_micros().to_string(),
        &row.user_id.to_string(),
        &row.user_name,
        &row.tenant.to_string(),
        &row.action,
        &row.subject,
        &row.subject_id.to_string(),
        &row.details,
    ] {
        hasher.update(field.as_bytes());
        hasher.update([0x1f]);
    }
    hex::encode(hasher.finalize())
}
