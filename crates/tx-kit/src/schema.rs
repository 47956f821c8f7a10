//! What migrations are made of: short names for columns, and statements in SQL that both databases read.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DatabaseBackend},
};

/// PostgreSQL's name of a column type and the one that SQLite's driver reads the same way.
const DECLARED: [(&str, &str); 3] = [
    (" UUID ", " uuid_text "),
    (" DATE ", " date_text "),
    (" TIMESTAMPTZ ", " timestamp_with_timezone_text "),
];

/// A table with columns.
#[must_use]
pub fn table(name: &str, columns: impl IntoIterator<Item = ColumnDef>) -> TableCreateStatement {
    let mut table = Table::create().table(Alias::new(name)).to_owned();
    for column in columns {
        table.col(column);
    }
    table
}

fn column(name: &str) -> ColumnDef {
    ColumnDef::new(Alias::new(name))
}

/// The primary key.
#[must_use]
pub fn id(name: &str) -> ColumnDef {
    column(name).uuid().not_null().primary_key().take()
}

/// Another thing's id.
#[must_use]
pub fn uuid(name: &str) -> ColumnDef {
    column(name).uuid().not_null().take()
}

/// Another thing's id, or nothing.
#[must_use]
pub fn uuid_or_none(name: &str) -> ColumnDef {
    column(name).uuid().null().take()
}

/// A short text.
#[must_use]
pub fn string(name: &str) -> ColumnDef {
    column(name).string().not_null().take()
}

/// A long text.
#[must_use]
pub fn text(name: &str) -> ColumnDef {
    column(name).text().not_null().take()
}

/// A whole number: an amount in fen, a version, a count.
#[must_use]
pub fn integer(name: &str) -> ColumnDef {
    column(name).big_integer().not_null().take()
}

/// A day.
#[must_use]
pub fn date(name: &str) -> ColumnDef {
    column(name).date().not_null().take()
}

/// A day, or nothing.
#[must_use]
pub fn date_or_none(name: &str) -> ColumnDef {
    column(name).date().null().take()
}

/// An instant.
#[must_use]
pub fn stamp(name: &str) -> ColumnDef {
    column(name).timestamp_with_time_zone().not_null().take()
}

/// Yes or no.
#[must_use]
pub fn flag(name: &str) -> ColumnDef {
    column(name).boolean().not_null().default(false).take()
}

/// After the closing parenthesis of a small table that is read and grows in the order of its key: SQLite then keeps the
/// rows in the key's own tree instead of in a second one. PostgreSQL reads a comment.
const BY_KEY: (&str, &str) = ("/* by key */", "WITHOUT ROWID");

/// Runs statements in order, with SQLite's names of the types where it is SQLite.
///
/// # Errors
/// The database's.
pub async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let sqlite = db.get_database_backend() == DatabaseBackend::Sqlite;
    for statement in statements {
        let mut sql = (*statement).to_owned();
        if sqlite {
            for (standard, declared) in DECLARED.into_iter().chain([BY_KEY]) {
                sql = sql.replace(standard, declared);
            }
        }
        db.execute_unprepared(&sql).await?;
    }
    Ok(())
}

/// Drops tables in order.
///
/// # Errors
/// The database's.
pub async fn drop(manager: &SchemaManager<'_>, tables: &[&str]) -> Result<(), DbErr> {
    for name in tables {
        manager.drop_table(Table::drop().table(Alias::new(*name)).to_owned()).await?;
    }
    Ok(())
}
