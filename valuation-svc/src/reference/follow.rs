//! Patents carry the platform's industry by the concordance. Where another version comes into force, a walk over the
//! catalogue brings them in line, a piece at a time, and goes on where it was stopped.

use std::time::Duration;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};
use tokio_util::sync::CancellationToken;
use tx_kit::{Db, Fault, InTx, Tx};
use uuid::Uuid;

use super::in_force::concordance_of;
use crate::catalogue::store::{self as patents, patent};

/// Patents of one piece.
const PIECE: u64 = 500;
/// How often the walk looks whether another version is in force.
const PAUSE: Duration = Duration::from_secs(60);
/// The one row.
const ROW: i32 = 1;

mod followed {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "reference_followed")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i32,
        pub version_id: Uuid,
        pub walked_to: Uuid,
        pub done: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Walks whenever another version is in force, until it is told to stop.
pub(crate) async fn run(db: Db, stop: CancellationToken) {
    loop {
        match catch_up(&db, &stop).await {
            Ok(0) => {}
            Ok(changed) => {
                tracing::info!("{changed} patents changed their industry with the concordance in force")
            }
            Err(fault) => tracing::error!(%fault, "patents could not follow the concordance in force"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

/// Brings every patent in line with the concordance in force today; how many changed.
///
/// # Errors
/// The database's fault; pieces before it stay done.
pub async fn catch_up(db: &Db, stop: &CancellationToken) -> Result<u64, Fault> {
    let mut changed = 0;
    while !stop.is_cancelled() {
        let (walked, more) = db.run(|tx| piece(tx).in_tx()).await?;
        changed += walked;
        if !more {
            break;
        }
    }
    Ok(changed)
}

/// One piece: how many patents changed, and whether there is more to walk.
async fn piece(tx: &mut Tx) -> Result<(u64, bool), Fault> {
    let (version, table) = concordance_of(tx.conn(), tx.business_date()).await?;
    let before = followed::Entity::find_by_id(ROW).one(tx.conn()).await?;
    let from = match &before {
        Some(row) if row.version_id == version && row.done => return Ok((0, false)),
        Some(row) if row.version_id == version => row.walked_to,
        _ => Uuid::nil(),
    };
    let rows = patent::Entity::find()
        .filter(patent::Column::Id.gt(from))
        .order_by_asc(patent::Column::Id)
        .limit(PIECE)
        .all(tx.conn())
        .await?;
    let mut changed = 0;
    for row in &rows {
        let record = patents::record_of(row)?;
        let industry = table.industry(&record.facts).code();
        let marked = record.has_high_value_mark(&table);
        if row.industry != industry || row.high_value_mark != marked {
            put(tx, row, (industry, marked)).await?;
            changed += 1;
        }
    }
    let walked_to = rows.last().map_or(from, |row| row.id);
    let done = (rows.len() as u64) < PIECE;
    remember(tx, before.is_some(), followed::Model { id: ROW, version_id: version, walked_to, done }).await?;
    Ok((changed, !done))
}

/// One that was written meanwhile has its industry from that writing.
async fn put(tx: &Tx, row: &patent::Model, (industry, marked): (&str, bool)) -> Result<(), Fault> {
    patent::Entity::update_many()
        .col_expr(patent::Column::Industry, Expr::value(industry))
        .col_expr(patent::Column::HighValueMark, Expr::value(marked))
        .filter(patent::Column::Id.eq(row.id))
        .filter(patent::Column::Version.eq(row.version))
        .exec(tx.conn())
        .await?;
    Ok(())
}

async fn remember(tx: &Tx, known: bool, row: followed::Model) -> Result<(), Fault> {
    let conn = tx.conn();
    if known {
        followed::Entity::update_many()
            .col_expr(followed::Column::VersionId, Expr::value(row.version_id))
            .col_expr(followed::Column::WalkedTo, Expr::value(row.walked_to))
            .col_expr(followed::Column::Done, Expr::value(row.done))
            .filter(followed::Column::Id.eq(ROW))
            .exec(conn)
            .await?;
        return Ok(());
    }
    let written =
        followed::Entity::insert(followed::ActiveModel::from(row)).exec_without_returning(conn).await;
    match written.map_err(Fault::from) {
        Err(fault) if fault.is_unique_violation() => {
            Err(Fault::Conflict("another walk over the patents began first".to_owned()))
        }
        other => other.map(drop),
    }
}
