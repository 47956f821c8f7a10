//! Entries of blacklists as rows.

use chrono::NaiveDate;
use contracts::{BlacklistEntryId, OrgId};
use identity::Scope;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Select,
};
use tx_kit::{
    Fault, Tx,
    listing::{self, ListingError, PageOf, PageRequest, Sort},
};

use crate::{
    applications::model::blacklist::{BlacklistEntry, ListSource, comparable},
    visible,
};

/// The blacklist table.
pub mod row {
    use sea_orm::entity::prelude::*;

    /// One entry.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "blacklist_entry")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub bank_id: Uuid,
        pub name: String,
        pub comparable_name: String,
        pub credit_code: Option<String>,
        pub enterprise_id: Option<Uuid>,
        pub source: String,
        #[sea_orm(column_type = "Text")]
        pub reason: String,
        pub valid_from: Date,
        pub valid_until: Option<Date>,
        pub entered_by: String,
        pub entered_at: DateTimeUtc,
        pub ended_at: Option<DateTimeUtc>,
        pub ended_by: Option<String>,
        #[sea_orm(column_type = "Text", nullable)]
        pub end_reason: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub use row::Column;

/// Rows in one statement: SQLite binds no more than 32,766 values.
const ROWS: usize = 500;

/// What a list of entries is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// From this source.
    pub source: Option<ListSource>,
    /// In force on this day.
    pub in_force_on: Option<NaiveDate>,
    /// Name, code or reason contains this.
    pub text: Option<String>,
}

fn within(scope: &Scope) -> Select<row::Entity> {
    row::Entity::find().filter(visible::of_bank(scope, Column::BankId))
}

/// An entry, where it is in scope.
///
/// # Errors
/// The database's fault, or a row that does not read back.
pub async fn find(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    id: BlacklistEntryId,
) -> Result<Option<BlacklistEntry>, Fault> {
    let found = within(scope).filter(Column::Id.eq(id.uuid())).one(conn).await?;
    found.map(entry_of).transpose()
}

/// A bank's entries against an enterprise, by its id or its comparable name.
///
/// # Errors
/// As [`find`].
pub async fn find_against(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    bank: OrgId,
    enterprise: OrgId,
    comparable_name: &str,
) -> Result<Vec<BlacklistEntry>, Fault> {
    let either = Condition::any()
        .add(Column::EnterpriseId.eq(enterprise.uuid()))
        .add(Column::ComparableName.eq(comparable_name));
    let found = within(scope).filter(Column::BankId.eq(bank.uuid())).filter(either).all(conn).await?;
    found.into_iter().map(entry_of).collect()
}

/// Whether a bank has any entry in force on a day.
///
/// # Errors
/// The database's fault.
pub async fn find_any(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    bank: OrgId,
    on: NaiveDate,
) -> Result<bool, Fault> {
    let found = within(scope)
        .select_only()
        .column(Column::Id)
        .filter(Column::BankId.eq(bank.uuid()))
        .filter(in_force(on))
        .limit(1)
        .into_tuple::<uuid::Uuid>()
        .one(conn)
        .await?;
    Ok(found.is_some())
}

/// A bank's entries against any of some enterprises, by their ids or their comparable names.
///
/// # Errors
/// As [`find`].
pub async fn find_against_any(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    bank: OrgId,
    enterprises: &[(OrgId, String)],
) -> Result<Vec<BlacklistEntry>, Fault> {
    let mut found = Vec::new();
    for chunk in enterprises.chunks(ROWS) {
        let either = Condition::any()
            .add(Column::EnterpriseId.is_in(chunk.iter().map(|(id, _)| id.uuid())))
            .add(Column::ComparableName.is_in(chunk.iter().map(|(_, name)| name.as_str())));
        let rows = within(scope).filter(Column::BankId.eq(bank.uuid())).filter(either).all(conn).await?;
        found.extend(rows);
    }
    found.into_iter().map(entry_of).collect()
}

/// A bank's entries under any of these comparable names.
///
/// # Errors
/// As [`find`].
pub async fn find_named(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    bank: OrgId,
    comparable_names: &[String],
) -> Result<Vec<BlacklistEntry>, Fault> {
    let mut found = Vec::new();
    for names in comparable_names.chunks(ROWS) {
        let rows = within(scope)
            .filter(Column::BankId.eq(bank.uuid()))
            .filter(Column::ComparableName.is_in(names))
            .all(conn)
            .await?;
        found.extend(rows);
    }
    found.into_iter().map(entry_of).collect()
}

/// One page of entries.
///
/// # Errors
/// A cursor of another list, or the database's fault.
pub async fn page(
    conn: &impl ConnectionTrait,
    scope: &Scope,
    filter: &Filter,
    sort: Sort<Column>,
    request: &PageRequest,
) -> Result<PageOf<BlacklistEntry>, ListingError> {
    let mut select = within(scope);
    if let Some(source) = filter.source {
        select = select.filter(Column::Source.eq(source.name()));
    }
    if let Some(day) = filter.in_force_on {
        select = select.filter(in_force(day));
    }
    if let Some(text) = &filter.text {
        select =
            select.filter(listing::containing(&[Column::Name, Column::CreditCode, Column::Reason], text));
    }
    let page = listing::page(select, conn, sort, Column::Id, request).await?;
    let items = page.items.into_iter().map(entry_of).collect::<Result<_, Fault>>()?;
    Ok(PageOf { items, next_cursor: page.next_cursor })
}

/// Writes new entries.
///
/// # Errors
/// The database's fault.
pub async fn insert(tx: &Tx, entries: &[BlacklistEntry]) -> Result<(), Fault> {
    for chunk in entries.chunks(ROWS) {
        let rows = chunk.iter().map(|one| row::ActiveModel::from(row_of(one)));
        row::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// Writes that an entry was ended.
///
/// # Errors
/// The database's fault; a conflict where another ended it meanwhile.
pub async fn end(tx: &Tx, entry: &BlacklistEntry) -> Result<(), Fault> {
    let touched = row::Entity::update_many()
        .set(row::ActiveModel {
            ended_at: Set(entry.ended_at),
            ended_by: Set(entry.ended_by.clone()),
            end_reason: Set(entry.end_reason.clone()),
            ..Default::default()
        })
        .filter(Column::Id.eq(entry.id.uuid()))
        .filter(Column::EndedAt.is_null())
        .exec(tx.conn())
        .await?
        .rows_affected;
    if touched == 1 {
        Ok(())
    } else {
        Err(Fault::Conflict(format!("blacklist entry {} was ended by another", entry.id)))
    }
}

/// [`BlacklistEntry::in_force`] in SQL.
fn in_force(on: NaiveDate) -> Condition {
    let no_end = Condition::any().add(Column::ValidUntil.is_null()).add(Column::ValidUntil.gte(on));
    Condition::all().add(Column::EndedAt.is_null()).add(Column::ValidFrom.lte(on)).add(no_end)
}

fn row_of(one: &BlacklistEntry) -> row::Model {
    row::Model {
        id: one.id.uuid(),
        bank_id: one.bank_id.uuid(),
        name: one.name.clone(),
        comparable_name: comparable(&one.name),
        credit_code: one.credit_code.clone(),
        enterprise_id: one.enterprise_id.map(OrgId::uuid),
        source: one.source.name().to_owned(),
        reason: one.reason.clone(),
        valid_from: one.valid_from,
        valid_until: one.valid_until,
        entered_by: one.entered_by.clone(),
        entered_at: one.entered_at,
        ended_at: one.ended_at,
        ended_by: one.ended_by.clone(),
        end_reason: one.end_reason.clone(),
    }
}

fn entry_of(row: row::Model) -> Result<BlacklistEntry, Fault> {
    Ok(BlacklistEntry {
        source: ListSource::parse(&row.source)
            .ok_or_else(|| Fault::Corrupt(format!("source of blacklist entry {}", row.id)))?,
        id: row.id.into(),
        bank_id: row.bank_id.into(),
        name: row.name,
        credit_code: row.credit_code,
        enterprise_id: row.enterprise_id.map(Into::into),
        reason: row.reason,
        valid_from: row.valid_from,
        valid_until: row.valid_until,
        entered_by: row.entered_by,
        entered_at: row.entered_at,
        ended_at: row.ended_at,
        ended_by: row.ended_by,
        end_reason: row.end_reason,
    })
}
