//! Documents as rows. A bank finds those of what it is party to and of cases in which it is asked to write off, an enterprise
//! its own but for the bank's internal ones, a fund or insurer those of cases claimed on it and of the pledges behind.

use std::collections::BTreeSet;

use contracts::{DocumentId, OrgKind};
use identity::Scope;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
    sea_query::{ExprTrait, SelectStatement},
};
use tx_kit::{
    Fault, Tx,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};
use uuid::Uuid;

use super::model::{Document, ScanState, SubjectKind};
use crate::{disposal, registration, visible::nothing};

/// Bytes in one row of content.
const CHUNK_BYTES: usize = 1024 * 1024;

/// The document table.
pub mod row {
    use sea_orm::entity::prelude::*;

    /// One version of one document.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "document")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub subject_kind: String,
        pub subject_id: Uuid,
        pub bank_id: Uuid,
        pub enterprise_id: Uuid,
        pub kind: String,
        pub file_name: String,
        pub media_type: String,
        pub bytes: i64,
        pub sha256: String,
        pub scan: String,
        pub scanner: Option<String>,
        pub found: Option<String>,
        pub scanned_at: Option<DateTimeUtc>,
        pub internal: bool,
        pub version: i32,
        pub replaces: Option<Uuid>,
        pub latest: bool,
        #[sea_orm(column_type = "Text")]
        pub note: String,
        pub uploaded_by: String,
        pub uploaded_by_id: Uuid,
        pub uploaded_for: Uuid,
        pub uploaded_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod content {
    use sea_orm::entity::prelude::*;

    /// One chunk of one document's content.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "document_content")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub document_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i32,
        pub content: Vec<u8>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub use row::Column;

/// What a list of documents is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// About this kind of thing.
    pub subject_kind: Option<SubjectKind>,
    /// About this thing.
    pub subject: Option<Uuid>,
    /// Papers of this kind.
    pub kind: Option<String>,
    /// In this state of scanning.
    pub scan: Option<ScanState>,
    /// Only the latest versions.
    pub latest: bool,
    /// The file's name or its sender's contains this.
    pub text: Option<String>,
}

fn within(scope: &Scope) -> Select<row::Entity> {
    let all = row::Entity::find();
    if scope.sees_all() {
        return all;
    }
    let tenant = scope.tenant().uuid();
    match scope.kind() {
        OrgKind::Bank => {
            let asked = of_cases(disposal::cases_asked(scope));
            all.filter(Condition::any().add(Column::BankId.eq(tenant)).add(asked))
        }
        OrgKind::Enterprise => all.filter(Column::EnterpriseId.eq(tenant)).filter(Column::Internal.eq(false)),
        OrgKind::Fund | OrgKind::Insurer => all.filter(borne(scope)),
        _ => all.filter(nothing()),
    }
}

/// Papers of these cases.
fn of_cases(ids: SelectStatement) -> Condition {
    let case = Column::SubjectKind.eq(SubjectKind::Case.name());
    Condition::all().add(case).add(Column::SubjectId.in_subquery(ids))
}

/// Papers of the cases that a scope bears, and of the pledges behind them.
fn borne(scope: &Scope) -> Condition {
    let pledges = Condition::all()
        .add(Column::SubjectKind.eq(SubjectKind::Pledge.name()))
        .add(Column::Internal.eq(false))
        .add(Column::SubjectId.in_subquery(registration::ids_in(scope)));
    Condition::any().add(of_cases(disposal::cases_borne_by(scope.tenant().uuid()))).add(pledges)
}

fn of_subject(scope: &Scope, kind: SubjectKind, subject: Uuid) -> Select<row::Entity> {
    within(scope).filter(Column::SubjectKind.eq(kind.name())).filter(Column::SubjectId.eq(subject))
}

/// A document, where it is in scope.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn find(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: DocumentId,
) -> Result<Option<Document>, Fault> {
    let found = within(scope).filter(Column::Id.eq(id.uuid())).one(conn).await?;
    found.map(document_of).transpose()
}

/// Everything attached to a thing, earlier versions among it, in the order of kind and time.
///
/// # Errors
/// As [`find`].
pub async fn find_of_subject(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    kind: SubjectKind,
    subject: Uuid,
) -> Result<Vec<Document>, Fault> {
    let found = of_subject(scope, kind, subject)
        .order_by_asc(Column::Kind)
        .order_by_asc(Column::UploadedAt)
        .order_by_asc(Column::Id)
        .all(conn)
        .await?;
    found.into_iter().map(document_of).collect()
}

/// The kinds of papers that are there for a thing: latest versions that may be opened.
///
/// # Errors
/// The database's fault.
pub async fn find_kinds(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    kind: SubjectKind,
    subject: Uuid,
) -> Result<BTreeSet<String>, Fault> {
    let usable = ScanState::ALL.iter().filter(|state| state.is_usable()).map(|state| state.name());
    let found: Vec<String> = of_subject(scope, kind, subject)
        .select_only()
        .column(Column::Kind)
        .filter(Column::Latest.eq(true))
        .filter(Column::Scan.is_in(usable))
        .distinct()
        .into_tuple()
        .all(conn)
        .await?;
    Ok(found.into_iter().collect())
}

/// How many documents a thing has, earlier versions among them.
///
/// # Errors
/// The database's fault.
pub async fn count(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    kind: SubjectKind,
    subject: Uuid,
) -> Result<u64, Fault> {
    Ok(of_subject(scope, kind, subject).count(conn).await?)
}

/// One page of documents.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub async fn page(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    filter: &Filter,
    sort: Sort<Column>,
    request: &PageRequest,
) -> Result<PageOf<Document>, ListingError> {
    let mut narrowed = Condition::all();
    if let Some(kind) = filter.subject_kind {
        narrowed = narrowed.add(Column::SubjectKind.eq(kind.name()));
    }
    if let Some(subject) = filter.subject {
        narrowed = narrowed.add(Column::SubjectId.eq(subject));
    }
    if let Some(kind) = &filter.kind {
        narrowed = narrowed.add(Column::Kind.eq(kind));
    }
    if let Some(scan) = filter.scan {
        narrowed = narrowed.add(Column::Scan.eq(scan.name()));
    }
    if filter.latest {
        narrowed = narrowed.add(Column::Latest.eq(true));
    }
    if let Some(text) = &filter.text {
        narrowed = narrowed.add(listing::containing(&[Column::FileName, Column::UploadedBy], text));
    }
    let page = listing::page(within(scope).filter(narrowed), conn, sort, Column::Id, request).await?;
    let items = page.items.into_iter().map(document_of).collect::<Result<_, Fault>>()?;
    Ok(PageOf { items, next_cursor: page.next_cursor })
}

/// The oldest documents that wait in quarantine.
///
/// # Errors
/// As [`find`].
pub async fn find_quarantined(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    limit: u64,
) -> Result<Vec<Document>, Fault> {
    let found = within(scope)
        .filter(Column::Scan.eq(ScanState::Quarantined.name()))
        .order_by_asc(Column::UploadedAt)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(conn)
        .await?;
    found.into_iter().map(document_of).collect()
}

/// The content of a document that is in scope; empty where it is not.
///
/// # Errors
/// The database's fault.
pub async fn find_content(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: DocumentId,
) -> Result<Vec<u8>, Fault> {
    if within(scope).filter(Column::Id.eq(id.uuid())).count(conn).await? == 0 {
        return Ok(Vec::new());
    }
    let chunks: Vec<Vec<u8>> = content::Entity::find()
        .select_only()
        .column(content::Column::Content)
        .filter(content::Column::DocumentId.eq(id.uuid()))
        .order_by_asc(content::Column::Position)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(chunks.concat())
}

/// Writes a document with its content.
///
/// # Errors
/// The database's fault; a conflict where another version took the same one's place first.
pub async fn insert(tx: &Tx, document: &Document, bytes: &[u8]) -> Result<(), Fault> {
    let row = row::ActiveModel::from(row_of(document));
    let inserted = row::Entity::insert(row).exec_without_returning(tx.conn()).await.map_err(Fault::from);
    match inserted {
        Err(fault) if fault.is_unique_violation() => {
            return Err(Fault::Conflict(format!("document {} was replaced by another", document.id)));
        }
        other => other.map(drop)?,
    }
    for (position, chunk) in (0_i32..).zip(bytes.chunks(CHUNK_BYTES)) {
        let chunk = content::ActiveModel {
            document_id: Set(document.id.uuid()),
            position: Set(position),
            content: Set(chunk.to_vec()),
        };
        content::Entity::insert(chunk).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// Marks a version as no longer the latest.
///
/// # Errors
/// The database's fault; a conflict where it was not the latest any more.
pub async fn supersede(tx: &Tx, id: DocumentId) -> Result<(), Fault> {
    let change = row::ActiveModel { latest: Set(false), ..Default::default() };
    let touched = changed(tx, change, Column::Id.eq(id.uuid()).and(Column::Latest.eq(true))).await?;
    if touched == 1 { Ok(()) } else { Err(Fault::Conflict(format!("document {id} was changed by another"))) }
}

/// Writes what a later scan of a quarantined document said; whether it was still waiting for one.
///
/// # Errors
/// The database's fault.
pub async fn scanned(tx: &Tx, document: &Document) -> Result<bool, Fault> {
    let change = row::ActiveModel {
        scan: Set(document.scan.name().to_owned()),
        scanner: Set(document.scanner.clone()),
        found: Set(document.found.clone()),
        scanned_at: Set(document.scanned_at),
        ..Default::default()
    };
    let waiting = Column::Scan.eq(ScanState::Quarantined.name());
    Ok(changed(tx, change, Column::Id.eq(document.id.uuid()).and(waiting)).await? == 1)
}

async fn changed(
    tx: &Tx,
    change: row::ActiveModel,
    which: sea_orm::sea_query::SimpleExpr,
) -> Result<u64, Fault> {
    Ok(row::Entity::update_many().set(change).filter(which).exec(tx.conn()).await?.rows_affected)
}

fn row_of(one: &Document) -> row::Model {
    row::Model {
        id: one.id.uuid(),
        subject_kind: one.subject_kind.name().to_owned(),
        subject_id: one.subject_id,
        bank_id: one.bank_id.uuid(),
        enterprise_id: one.enterprise_id.uuid(),
        kind: one.kind.clone(),
        file_name: one.file_name.clone(),
        media_type: one.media_type.clone(),
        bytes: one.bytes,
        sha256: one.sha256.clone(),
        scan: one.scan.name().to_owned(),
        scanner: one.scanner.clone(),
        found: one.found.clone(),
        scanned_at: one.scanned_at,
        internal: one.internal,
        version: one.version,
        replaces: one.replaces.map(DocumentId::uuid),
        latest: one.latest,
        note: one.note.clone(),
        uploaded_by: one.uploaded_by.clone(),
        uploaded_by_id: one.uploaded_by_id.uuid(),
        uploaded_for: one.uploaded_for.uuid(),
        uploaded_at: one.uploaded_at,
    }
}

fn document_of(row: row::Model) -> Result<Document, Fault> {
    let corrupt = |what: &str| Fault::Corrupt(format!("{what} of document {}", row.id));
    Ok(Document {
        id: row.id.into(),
        subject_kind: row.subject_kind.parse().map_err(|_| corrupt("subject"))?,
        scan: row.scan.parse().map_err(|_| corrupt("scan"))?,
        subject_id: row.subject_id,
        bank_id: row.bank_id.into(),
        enterprise_id: row.enterprise_id.into(),
        kind: row.kind,
        file_name: row.file_name,
        media_type: row.media_type,
        bytes: row.bytes,
        sha256: row.sha256,
        scanner: row.scanner,
        found: row.found,
        scanned_at: row.scanned_at,
        internal: row.internal,
        version: row.version,
        replaces: row.replaces.map(Into::into),
        latest: row.latest,
        note: row.note,
        uploaded_by: row.uploaded_by,
        uploaded_by_id: row.uploaded_by_id.into(),
        uploaded_for: row.uploaded_for.into(),
        uploaded_at: row.uploaded_at,
    })
}
