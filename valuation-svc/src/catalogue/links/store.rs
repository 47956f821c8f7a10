//! Families and citations as rows. Both are public, as the documents are: every scope sees every row.

use chrono::NaiveDate;
use contracts::PatentId;
use identity::Scope;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, OnConflict},
};
use serde::{Deserialize, Serialize};
use tx_kit::{Fault, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

/// Rows written at a time: thirteen columns each stay below SQLite's values a statement.
const CHUNK: usize = 1_000;
/// The most members of one family that are read at once.
const MEMBERS_MAX: u64 = 2_000;
/// The most citations that are read at once for some patents.
const CITATIONS_MAX: u64 = 200_000;

/// Members of families.
pub mod member {
    use sea_orm::entity::prelude::*;

    /// One member: one document.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "family_member")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub family_id: Uuid,
        pub number: String,
        pub number_key: String,
        /// Two letters.
        pub country: String,
        pub status: String,
        pub in_force: bool,
        /// Whether somebody said if it is in force.
        pub known: bool,
        pub filed_on: Option<Date>,
        pub priority_number: Option<String>,
        pub source: String,
        pub recorded_by: String,
        pub recorded_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Citations.
pub mod citation {
    use sea_orm::entity::prelude::*;

    /// One citation, seen from one patent.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "citation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub patent_id: Uuid,
        pub kind: String,
        #[sea_orm(column_type = "Text")]
        pub reference: String,
        pub reference_key: String,
        /// 0001-01-01 where unknown: a sort column is never null.
        pub cited_on: Date,
        /// The classes of the other document, each after a bar.
        #[sea_orm(column_type = "Text")]
        pub ipc: String,
        pub category: Option<String>,
        pub source: String,
        pub recorded_by: String,
        pub recorded_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Which way a citation goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PatentCitationKind)]
pub enum CitationKind {
    /// 引证专利: the patent cites another.
    BackwardPatent,
    /// 引证非专利文献: the patent cites literature.
    BackwardLiterature,
    /// 被引证: another patent cites this one.
    Forward,
}

impl CitationKind {
    /// The name in JSON and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BackwardPatent => "backward_patent",
            Self::BackwardLiterature => "backward_literature",
            Self::Forward => "forward",
        }
    }

    /// The kind of a stored name.
    ///
    /// # Errors
    /// [`Fault::Corrupt`]
    pub fn of(name: &str) -> Result<Self, Fault> {
        [Self::BackwardPatent, Self::BackwardLiterature, Self::Forward]
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| Fault::Corrupt(format!("kind of citation {name}")))
    }
}

/// The day that stands for an unknown one.
pub(super) fn no_day() -> NaiveDate {
    crate::catalogue::store::filing_day(None)
}

/// The members of a family.
pub(super) fn find_members(_public: &Scope, family: Uuid) -> Select<member::Entity> {
    member::Entity::find().filter(member::Column::FamilyId.eq(family))
}

/// Which family each of some numbers is in.
pub(super) async fn list_known(
    conn: &impl ConnectionTrait,
    _public: &Scope,
    keys: Vec<String>,
) -> Result<Vec<(String, Uuid)>, Fault> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    Ok(member::Entity::find()
        .select_only()
        .column(member::Column::NumberKey)
        .column(member::Column::FamilyId)
        .filter(member::Column::NumberKey.is_in(keys))
        .into_tuple()
        .all(conn)
        .await?)
}

/// A member by the key of its number.
pub(super) async fn find_member(
    conn: &impl ConnectionTrait,
    _public: &Scope,
    number_key: &str,
) -> Result<Option<member::Model>, Fault> {
    Ok(member::Entity::find().filter(member::Column::NumberKey.eq(number_key)).one(conn).await?)
}

/// The whole family of a document by the key of its number; empty where none is told.
///
/// # Errors
/// The database's fault.
pub async fn list_family_of(
    conn: &impl ConnectionTrait,
    public: &Scope,
    number_key: &str,
) -> Result<Vec<member::Model>, Fault> {
    let Some(own) = find_member(conn, public, number_key).await? else { return Ok(Vec::new()) };
    Ok(find_members(public, own.family_id)
        .order_by_asc(member::Column::Country)
        .order_by_asc(member::Column::Id)
        .limit(MEMBERS_MAX)
        .all(conn)
        .await?)
}

/// Makes two families one.
pub(super) async fn merge(tx: &Tx, gone: Uuid, into: Uuid) -> Result<(), Fault> {
    member::Entity::update_many()
        .col_expr(member::Column::FamilyId, Expr::value(into))
        .filter(member::Column::FamilyId.eq(gone))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Writes new members.
pub(super) async fn insert_members(tx: &Tx, rows: Vec<member::Model>) -> Result<(), Fault> {
    for chunk in rows.chunks(CHUNK) {
        let rows = chunk.iter().cloned().map(member::ActiveModel::from);
        member::Entity::insert_many(rows)
            .exec_without_returning(tx.conn())
            .await
            .map_err(|error| Fault::from(error).overtaken_if_taken())?;
    }
    Ok(())
}

/// Writes citations; those that are known already stay as they are.
pub(super) async fn insert_citations(tx: &Tx, rows: Vec<citation::Model>) -> Result<(), Fault> {
    use citation::Column;
    for chunk in rows.chunks(CHUNK) {
        let known = OnConflict::columns([Column::PatentId, Column::Kind, Column::ReferenceKey])
            .do_nothing()
            .to_owned();
        let rows = chunk.iter().cloned().map(citation::ActiveModel::from);
        citation::Entity::insert_many(rows).on_conflict(known).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// The citations of a patent, of one kind or of all.
pub(super) fn find_citations(
    _public: &Scope,
    patent: PatentId,
    kind: Option<CitationKind>,
) -> Select<citation::Entity> {
    let select = citation::Entity::find().filter(citation::Column::PatentId.eq(patent.uuid()));
    match kind {
        None => select,
        Some(kind) => select.filter(citation::Column::Kind.eq(kind.name())),
    }
}

/// How many citations of a kind a patent has.
pub(super) async fn count_citations(
    conn: &impl ConnectionTrait,
    public: &Scope,
    (patent, kind): (PatentId, CitationKind),
) -> Result<u32, Fault> {
    let rows = find_citations(public, patent, Some(kind)).count(conn).await?;
    Ok(u32::try_from(rows).unwrap_or(u32::MAX))
}

/// The days on which a patent was cited, where they are known, ascending.
pub(super) async fn list_days_cited(
    conn: &impl ConnectionTrait,
    public: &Scope,
    patent: PatentId,
) -> Result<Vec<NaiveDate>, Fault> {
    Ok(find_citations(public, patent, Some(CitationKind::Forward))
        .select_only()
        .column(citation::Column::CitedOn)
        .filter(citation::Column::CitedOn.ne(no_day()))
        .order_by_asc(citation::Column::CitedOn)
        .into_tuple()
        .all(conn)
        .await?)
}

/// Who cites some numbers, as far as the catalogue knows: the citing patent and the number that it cites.
pub(super) async fn list_citing(
    conn: &impl ConnectionTrait,
    _public: &Scope,
    keys: Vec<String>,
) -> Result<Vec<citation::Model>, Fault> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    Ok(citation::Entity::find()
        .filter(citation::Column::ReferenceKey.is_in(keys))
        .filter(citation::Column::Kind.eq(CitationKind::BackwardPatent.name()))
        .all(conn)
        .await?)
}

/// The citations of some patents, in the order of the patents, at most two hundred thousand: what indicators by cited and
/// citing classes are made of.
///
/// # Errors
/// The database's fault.
pub async fn list_citations_of(
    conn: &impl ConnectionTrait,
    _public: &Scope,
    patents: &[PatentId],
) -> Result<Vec<citation::Model>, Fault> {
    if patents.is_empty() {
        return Ok(Vec::new());
    }
    Ok(citation::Entity::find()
        .filter(citation::Column::PatentId.is_in(patents.iter().map(|patent| patent.uuid())))
        .order_by_asc(citation::Column::PatentId)
        .order_by_asc(citation::Column::CitedOn)
        .limit(CITATIONS_MAX)
        .all(conn)
        .await?)
}
