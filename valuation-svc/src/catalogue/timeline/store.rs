//! Entries of timelines as rows. What happened to a patent is public, as the register is: every scope sees every entry.

use std::collections::HashMap;

use contracts::{Actor, LegalEventId, PatentId};
use identity::Scope;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tx_kit::{
    Fault, Tx,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};
use uuid::Uuid;

use super::model::Entry;

/// Rows written at a time: twelve columns each stay below SQLite's values a statement.
const CHUNK: usize = 1_000;

/// The rows.
pub mod row {
    use sea_orm::entity::prelude::*;

    /// One entry.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "legal_event")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub patent_id: Uuid,
        pub seq: i64,
        pub kind: String,
        pub happened_on: Date,
        #[sea_orm(column_type = "Text")]
        pub details: String,
        pub source: String,
        pub document: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub remark: Option<String>,
        pub recorded_by: String,
        pub tenant: Uuid,
        pub recorded_at: DateTimeUtc,
        pub supersedes: Option<Uuid>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

use row::Column;

/// Where an entry comes from, for people.
#[derive(Debug, Clone, Default)]
pub(crate) struct Origin {
    /// The register, file or paper that says so.
    pub source: String,
    /// A reference to the paper.
    pub document: Option<String>,
    /// A remark.
    pub remark: Option<String>,
}

/// What a row says, as the rules read it.
///
/// # Errors
/// [`Fault::Json`] where the stored details no longer read.
pub(crate) fn entry_of(row: &row::Model) -> Result<Entry, Fault> {
    Ok(Entry {
        id: row.id.into(),
        seq: row.seq,
        happened_on: row.happened_on,
        happening: serde_json::from_str(&row.details)?,
        supersedes: row.supersedes.map(LegalEventId::from),
    })
}

/// The row of an entry that is recorded now.
///
/// # Errors
/// [`Fault::Json`] where the details do not serialise.
pub(crate) fn row_of(
    tx: &Tx,
    patent: PatentId,
    entry: &Entry,
    (origin, actor): (&Origin, &Actor),
) -> Result<row::Model, Fault> {
    Ok(row::Model {
        id: entry.id.uuid(),
        patent_id: patent.uuid(),
        seq: entry.seq,
        kind: entry.happening.name().to_owned(),
        happened_on: entry.happened_on,
        details: serde_json::to_string(&entry.happening)?,
        source: origin.source.clone(),
        document: origin.document.clone(),
        remark: origin.remark.clone(),
        recorded_by: actor.name.clone(),
        tenant: actor.tenant.uuid(),
        recorded_at: tx.now(),
        supersedes: entry.supersedes.map(LegalEventId::uuid),
    })
}

/// The whole timeline of a patent, in the order of recording.
///
/// # Errors
/// The database's fault.
pub(crate) async fn list_all(
    conn: &impl ConnectionTrait,
    _public: &Scope,
    patent: PatentId,
) -> Result<Vec<row::Model>, Fault> {
    Ok(row::Entity::find()
        .filter(Column::PatentId.eq(patent.uuid()))
        .order_by_asc(Column::Seq)
        .all(conn)
        .await?)
}

/// One page of a patent's timeline, the newest day first.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub(crate) async fn page(
    conn: &impl ConnectionTrait,
    _public: &Scope,
    (patent, kinds): (PatentId, &[&str]),
    request: &PageRequest,
) -> Result<PageOf<row::Model>, ListingError> {
    let mut select = row::Entity::find().filter(Column::PatentId.eq(patent.uuid()));
    if !kinds.is_empty() {
        select = select.filter(Column::Kind.is_in(kinds.iter().copied()));
    }
    let sort = Sort { column: Column::HappenedOn, descending: true };
    listing::page(select, conn, sort, Column::Id, request).await
}

/// Which entries took the place of some.
///
/// # Errors
/// The database's fault.
pub(crate) async fn list_superseding(
    conn: &impl ConnectionTrait,
    _public: &Scope,
    entries: &[Uuid],
) -> Result<HashMap<Uuid, LegalEventId>, Fault> {
    if entries.is_empty() {
        return Ok(HashMap::new());
    }
    let found: Vec<(Option<Uuid>, Uuid)> = row::Entity::find()
        .select_only()
        .column(Column::Supersedes)
        .column(Column::Id)
        .filter(Column::Supersedes.is_in(entries.iter().copied()))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(found.into_iter().filter_map(|(old, new)| old.map(|old| (old, new.into()))).collect())
}

/// Of some patents: the last place in each timeline, and whether it has an opening.
///
/// # Errors
/// The database's fault.
pub(crate) async fn list_ends(
    conn: &impl ConnectionTrait,
    _public: &Scope,
    patents: &[Uuid],
) -> Result<HashMap<Uuid, (i64, bool)>, Fault> {
    let mut ends: HashMap<Uuid, (i64, bool)> = HashMap::new();
    if patents.is_empty() {
        return Ok(ends);
    }
    let rows: Vec<(Uuid, i64, String)> = row::Entity::find()
        .select_only()
        .column(Column::PatentId)
        .column(Column::Seq)
        .column(Column::Kind)
        .filter(Column::PatentId.is_in(patents.iter().copied()))
        .into_tuple()
        .all(conn)
        .await?;
    for (patent, seq, kind) in rows {
        let end = ends.entry(patent).or_default();
        *end = (end.0.max(seq), end.1 || kind == OPENING);
    }
    Ok(ends)
}

/// The kind of the entry that says what stood before the first.
const OPENING: &str = "opening";

/// Writes entries.
///
/// # Errors
/// The database's fault; a conflict where another transaction took the same place.
pub(crate) async fn insert(tx: &Tx, rows: Vec<row::Model>) -> Result<(), Fault> {
    let mut rows = rows.into_iter().map(row::ActiveModel::from).peekable();
    while rows.peek().is_some() {
        let chunk: Vec<row::ActiveModel> = rows.by_ref().take(CHUNK).collect();
        row::Entity::insert_many(chunk)
            .exec_without_returning(tx.conn())
            .await
            .map_err(|error| Fault::from(error).overtaken_if_taken())?;
    }
    Ok(())
}
