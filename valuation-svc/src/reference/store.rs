//! Rows of reference tables and their finders. Published versions are everybody's; drafts, proposals and discarded ones are seen by
//! the platform's own people and the regulator alone.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{OrgKind, ReferenceVersionId};
use four_eyes::table::{self, VersionTable};
use identity::Scope;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, Select, sea_query::LikeExpr,
};
use tx_kit::{
    Fault, Tx,
    bulk::Rows,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};

use super::model::{SourceStatus, TableKind, VersionState, entry::Entry, evidence::Place};

/// How much of a searched code is looked for.
const CODE_CHARS_MAX: usize = 40;

/// Versions.
pub mod version {
    use sea_orm::entity::prelude::*;

    /// A version of a table.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "reference_version")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub kind: String,
        pub number: i32,
        pub state: String,
        #[sea_orm(column_type = "Text")]
        pub source: String,
        #[sea_orm(column_type = "Text")]
        pub citation: String,
        pub status: String,
        pub effective_from: Option<Date>,
        pub row_count: i32,
        pub file_name: String,
        pub imported_by_id: Option<Uuid>,
        pub imported_by: String,
        pub imported_at: DateTimeUtc,
        pub proposed_by_id: Option<Uuid>,
        pub proposed_by: Option<String>,
        pub proposed_at: Option<DateTimeUtc>,
        #[sea_orm(column_type = "Text", nullable)]
        pub proposal_reason: Option<String>,
        pub decided_by_id: Option<Uuid>,
        pub decided_by: Option<String>,
        pub decided_at: Option<DateTimeUtc>,
        #[sea_orm(column_type = "Text", nullable)]
        pub decision_reason: Option<String>,
        pub version: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Rows of versions.
pub mod row {
    use sea_orm::entity::prelude::*;

    /// A row of a version.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "reference_row")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version_id: Uuid,
        pub row_number: i32,
        pub code: String,
        pub period: String,
        #[sea_orm(column_type = "Text")]
        pub content: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The rows of a version's entries, in their order.
///
/// # Errors
/// An entry that does not serialise.
pub(super) fn rows(
    id: ReferenceVersionId,
    now: DateTime<Utc>,
    entries: &[Entry],
) -> Result<Vec<row::Model>, Fault> {
    (1..)
        .zip(entries)
        .map(|(row_number, entry)| {
            Ok(row::Model {
                id: ReferenceVersionId::fresh(now).uuid(),
                version_id: id.uuid(),
                row_number,
                code: entry.code().to_owned(),
                period: entry.period(),
                content: serde_json::to_string(entry)?,
            })
        })
        .collect()
}

/// The entry of a row.
///
/// # Errors
/// One that no longer reads.
pub(super) fn entry_of(row: &row::Model) -> Result<Entry, Fault> {
    Ok(serde_json::from_str(&row.content)?)
}

/// Where the rows of a version stand, for citing them.
///
/// # Errors
/// A version that is not published, or of a status that does not read back.
pub(super) fn place_of(version: &version::Model) -> Result<Place, Fault> {
    let corrupt = || Fault::Corrupt(format!("reference version {}", version.id));
    Ok(Place {
        version_id: version.id.into(),
        version_number: version.number,
        source: version.source.clone(),
        citation: version.citation.clone(),
        status: SourceStatus::of_name(&version.status).ok_or_else(corrupt)?,
        effective_from: version.effective_from.ok_or_else(corrupt)?,
    })
}

impl VersionTable for version::Entity {
    const ID: version::Column = version::Column::Id;
    const NUMBER: version::Column = version::Column::Number;
    const STATUS: version::Column = version::Column::State;
    const EFFECTIVE_FROM: version::Column = version::Column::EffectiveFrom;
    const IN_FORCE: &'static str = VersionState::Published.name();
}

fn within(scope: &Scope, kind: TableKind) -> Select<version::Entity> {
    let mut seen = Condition::all().add(version::Column::Kind.eq(kind.name()));
    if !scope.sees_all() && scope.kind() != OrgKind::Platform {
        seen = seen.add(version::Column::State.eq(VersionState::Published.name()));
    }
    version::Entity::find().filter(seen)
}

/// A version, where it is in scope.
///
/// # Errors
/// The database's fault.
pub(super) async fn find(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    kind: TableKind,
    id: ReferenceVersionId,
) -> Result<Option<version::Model>, Fault> {
    Ok(within(scope, kind).filter(version::Column::Id.eq(id.uuid())).one(conn).await?)
}

/// The version in force on a day.
///
/// # Errors
/// The database's fault.
pub(super) async fn find_in_force(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    kind: TableKind,
    on: NaiveDate,
) -> Result<Option<version::Model>, Fault> {
    Ok(table::holding(within(scope, kind), on).one(conn).await?)
}

/// How many versions of a table are in a state.
///
/// # Errors
/// The database's fault.
pub(super) async fn count_in_state(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    kind: TableKind,
    state: VersionState,
) -> Result<u64, Fault> {
    Ok(within(scope, kind).filter(version::Column::State.eq(state.name())).count(conn).await?)
}

/// The highest number given so far; 0 where none was.
///
/// # Errors
/// The database's fault.
pub(super) async fn find_last_number(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    kind: TableKind,
) -> Result<i32, Fault> {
    table::last_number(within(scope, kind), conn).await
}

/// One page of a table's versions, newest first.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub(super) async fn page(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    kind: TableKind,
    state: Option<VersionState>,
    request: &PageRequest,
) -> Result<PageOf<version::Model>, ListingError> {
    let state = state.map(VersionState::name);
    table::newest_first(within(scope, kind), conn, state, request).await
}

/// The rows of a version that was found in scope, narrowed by the beginning of what they are looked up by.
fn of_version(version: &version::Model, code: Option<&str>) -> Select<row::Entity> {
    let begins = code.map(|code| {
        let like = |text: String| row::Column::Code.like(LikeExpr::new(format!("{text}%")).escape('\\'));
        let plain: String = code
            .chars()
            .filter(|c| !c.is_whitespace())
            .take(CODE_CHARS_MAX)
            .flat_map(|c| if matches!(c, '%' | '_' | '\\') { vec!['\\', c] } else { vec![c] })
            .collect();
        Condition::any().add(like(plain.to_uppercase())).add(like(plain))
    });
    row::Entity::find()
        .filter(row::Column::VersionId.eq(version.id))
        .filter(Condition::all().add_option(begins))
}

/// One page of a version's rows in the order of the file.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub(super) async fn page_rows(
    conn: &impl ConnectionTrait,
    _found_in: &Scope,
    version: &version::Model,
    code: Option<&str>,
    request: &PageRequest,
) -> Result<PageOf<row::Model>, ListingError> {
    let sort = Sort { column: row::Column::RowNumber, descending: false };
    listing::page(of_version(version, code), conn, sort, row::Column::Id, request).await
}

/// Every entry of a version in the order of the file, which its size bounds.
///
/// # Errors
/// The database's fault, or an entry that no longer reads.
pub(super) async fn list_entries(
    conn: &impl ConnectionTrait,
    _found_in: &Scope,
    version: &version::Model,
) -> Result<Vec<Entry>, Fault> {
    let rows = of_version(version, None).order_by_asc(row::Column::RowNumber).all(conn).await?;
    rows.iter().map(entry_of).collect()
}

/// The rows of a version for some codes, not after a period.
///
/// # Errors
/// The database's fault.
pub(super) async fn list_of_codes(
    conn: &impl ConnectionTrait,
    _found_in: &Scope,
    version: &version::Model,
    codes: &[String],
    up_to: &str,
) -> Result<Vec<row::Model>, Fault> {
    Ok(of_version(version, None)
        .filter(row::Column::Code.is_in(codes.iter().map(String::as_str)))
        .filter(row::Column::Period.lte(up_to))
        .order_by_asc(row::Column::RowNumber)
        .all(conn)
        .await?)
}

/// Writes a version with its rows; a twin that took the number first makes the transaction run again.
///
/// # Errors
/// The database's fault.
pub(super) async fn insert(tx: &Tx, version: version::Model, entries: &[Entry]) -> Result<(), Fault> {
    let rows = rows(version.id.into(), tx.now(), entries)?;
    let written = version::Entity::insert(version::ActiveModel::from(version))
        .exec_without_returning(tx.conn())
        .await
        .map_err(Fault::from);
    match written {
        Err(fault) if fault.is_unique_violation() => {
            return Err(Fault::Conflict("another import of the table was first".to_owned()));
        }
        other => other?,
    };
    let rows = rows.into_iter().map(row::ActiveModel::from).collect::<Vec<_>>();
    tx.conn().insert([Rows::of(rows)?]).await
}

/// Writes where a version has come to: proposed, decided or discarded.
///
/// # Errors
/// The database's fault; a conflict where another was first.
pub(super) async fn update(tx: &Tx, decided: &version::Model) -> Result<(), Fault> {
    let touched = version::Entity::update_many()
        .set(version::ActiveModel {
            state: Set(decided.state.clone()),
            effective_from: Set(decided.effective_from),
            proposed_by_id: Set(decided.proposed_by_id),
            proposed_by: Set(decided.proposed_by.clone()),
            proposed_at: Set(decided.proposed_at),
            proposal_reason: Set(decided.proposal_reason.clone()),
            decided_by_id: Set(decided.decided_by_id),
            decided_by: Set(decided.decided_by.clone()),
            decided_at: Set(decided.decided_at),
            decision_reason: Set(decided.decision_reason.clone()),
            version: Set(decided.version),
            ..Default::default()
        })
        .filter(version::Column::Id.eq(decided.id))
        .filter(version::Column::Version.eq(decided.version - 1))
        .exec(tx.conn())
        .await?
        .rows_affected;
    if touched == 1 {
        Ok(())
    } else {
        Err(Fault::Conflict(format!("reference version {} was changed by another", decided.id)))
    }
}
