//! Following the catalogue: rows are read by the stamp of their last change, page by page, so that a million patents never
//! stand in memory, and what was read is committed with the mark up to which it was. A process that was killed goes on from
//! the last commit.
//!
//! Stamps are taken before transactions commit, so that a row may appear behind the mark. Two minutes later nothing can: then
//! ids and versions are looked at once more, and what is not in the index in this version is read.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use identity::Scope;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tokio_util::sync::CancellationToken;
use tx_kit::{Db, Fault};
use uuid::Uuid;

use super::{
    Entry, SearchIndex, beside,
    shelf::{Mark, Marks, Shelf},
};
use crate::catalogue::store::patent;

/// Rows read and written at a time.
const CHUNK: u64 = 2_000;
/// Chunks that a search reads before it asks, where they wait.
const BEFORE_A_SEARCH: usize = 1;
/// Chunks of one turn of the worker, after which a search may have its own.
const IN_A_TURN: usize = 16;
/// How long a transaction may be on its way to its commit.
const UNDER_WAY_MINUTES: i64 = 2;
/// How long the worker rests when nothing is new.
const REST: Duration = Duration::from_secs(2);

/// Follows the catalogue until told to stop, from a rest after the start on: the process has more urgent things to do.
pub async fn run(index: Arc<SearchIndex>, db: Db, stop: CancellationToken) {
    let mut more = false;
    loop {
        if !more {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(REST) => {}
            }
        }
        if stop.is_cancelled() {
            return;
        }
        more = match index.follow(&db).await {
            Ok(more) => more,
            Err(fault) => {
                tracing::error!(%fault, "the search index does not follow the catalogue");
                false
            }
        };
    }
}

impl SearchIndex {
    /// Takes a turn at following the catalogue; whether there is more at once.
    ///
    /// # Errors
    /// The database's fault, or the index's.
    pub async fn follow(&self, db: &Db) -> Result<bool, Fault> {
        let _turn = self.turn.lock().await;
        let shelf = self.shelf().await?;
        if is_ahead(db, shelf.marks()).await? {
            tracing::warn!("the catalogue is older than its search index, which is made anew");
            let shelf = Arc::clone(&shelf);
            beside(move || shelf.empty()).await?;
        }
        if take_changes(&shelf, db, IN_A_TURN).await? {
            return Ok(true);
        }
        take_late(&shelf, db).await
    }

    /// Brings the index up to date before a search, unless somebody is at it: what was changed a moment ago is found, and a
    /// search never waits for a catalogue to be read.
    ///
    /// # Errors
    /// The database's fault, or the index's.
    pub(super) async fn freshen(&self, db: &Db) -> Result<(), Fault> {
        let Ok(_turn) = self.turn.try_lock() else { return Ok(()) };
        let shelf = self.shelf().await?;
        take_changes(&shelf, db, BEFORE_A_SEARCH).await?;
        Ok(())
    }
}

/// Whether the index has seen changes that the catalogue does not have: the database was put back, or is another one.
async fn is_ahead(db: &Db, marks: Marks) -> Result<bool, Fault> {
    let Some((stamp, _)) = marks.followed else { return Ok(false) };
    let newest = patent::Entity::find()
        .select_only()
        .column(patent::Column::UpdatedAt)
        .order_by_desc(patent::Column::UpdatedAt)
        .limit(1)
        .into_tuple::<chrono::DateTime<chrono::Utc>>()
        .one(db.read())
        .await?;
    Ok(newest.is_none_or(|newest| newest < stamp))
}

/// Reads changes in chunks; whether there are more.
async fn take_changes(shelf: &Arc<Shelf>, db: &Db, chunks: usize) -> Result<bool, Fault> {
    for _ in 0..chunks {
        let before = shelf.marks();
        let rows = patent::Entity::find()
            .filter(beyond(before.followed))
            .order_by_asc(patent::Column::UpdatedAt)
            .order_by_asc(patent::Column::Id)
            .limit(CHUNK)
            .all(db.read())
            .await?;
        let Some(last) = rows.last() else { return Ok(false) };
        let mark = (last.updated_at, last.id);
        let mut marks = Marks { followed: Some(mark), ..before };
        if before.settled == before.followed && mark.0 <= horizon(db) {
            marks.settled = Some(mark);
        }
        let full = rows.len() as u64 == CHUNK;
        if !write(shelf, rows, marks).await? {
            return Ok(false);
        }
        if !full {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Looks once more at rows that may have appeared behind the mark; whether there are more to look at.
async fn take_late(shelf: &Arc<Shelf>, db: &Db) -> Result<bool, Fault> {
    let marks = shelf.marks();
    let settled: Vec<(Uuid, i64, chrono::DateTime<chrono::Utc>)> = patent::Entity::find()
        .select_only()
        .columns([patent::Column::Id, patent::Column::Version, patent::Column::UpdatedAt])
        .filter(beyond(marks.settled))
        .filter(patent::Column::UpdatedAt.lte(horizon(db)))
        .order_by_asc(patent::Column::UpdatedAt)
        .order_by_asc(patent::Column::Id)
        .limit(CHUNK)
        .into_tuple()
        .all(db.read())
        .await?;
    let Some((id, _, stamp)) = settled.last() else { return Ok(false) };
    let (marks, more) = (Marks { settled: Some((*stamp, *id)), ..marks }, settled.len() as u64 == CHUNK);
    let looked = Arc::clone(shelf);
    let missing = beside(move || {
        let mut missing = Vec::new();
        for (id, version, _) in settled {
            if !looked.has(id, version)? {
                missing.push(id);
            }
        }
        Ok(missing)
    })
    .await?;
    if missing.is_empty() {
        shelf.note(marks);
        return Ok(more);
    }
    let rows = rows_of(db, &Scope::system(), &missing).await?;
    Ok(write(shelf, rows, marks).await? && more)
}

async fn rows_of(db: &Db, _all: &Scope, ids: &[Uuid]) -> Result<Vec<patent::Model>, Fault> {
    let found = patent::Entity::find().filter(patent::Column::Id.is_in(ids.iter().copied()));
    Ok(found.all(db.read()).await?)
}

async fn write(shelf: &Arc<Shelf>, rows: Vec<patent::Model>, marks: Marks) -> Result<bool, Fault> {
    let shelf = Arc::clone(shelf);
    beside(move || {
        let entries: Vec<Entry> = rows.iter().map(Entry::of).collect::<Result<_, _>>()?;
        shelf.write(&entries, marks)
    })
    .await
}

/// The last stamp behind which nothing can appear any more.
fn horizon(db: &Db) -> chrono::DateTime<chrono::Utc> {
    db.clock().now() - TimeDelta::minutes(UNDER_WAY_MINUTES)
}

/// Rows after a mark, in the order of stamp and id.
fn beyond(mark: Option<Mark>) -> Condition {
    use patent::Column;
    match mark {
        None => Condition::all(),
        Some((stamp, id)) => Condition::any()
            .add(Column::UpdatedAt.gt(stamp))
            .add(Condition::all().add(Column::UpdatedAt.eq(stamp)).add(Column::Id.gt(id))),
    }
}
