//! Short names for the columns that this service's migrations are made of.

use sea_orm_migration::prelude::*;

/// A table with columns.
pub(crate) fn table(name: &str, columns: impl IntoIterator<Item = ColumnDef>) -> TableCreateStatement {
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
pub(crate) fn id(name: &str) -> ColumnDef {
    column(name).uuid().not_null().primary_key().take()
}

/// Another thing's id.
pub(crate) fn uuid(name: &str) -> ColumnDef {
    column(name).uuid().not_null().take()
}

/// Another thing's id, or nothing.
pub(crate) fn uuid_or_none(name: &str) -> ColumnDef {
    column(name).uuid().null().take()
}

/// A short text.
pub(crate) fn string(name: &str) -> ColumnDef {
    column(name).string().not_null().take()
}

/// A long text.
pub(crate) fn text(name: &str) -> ColumnDef {
    column(name).text().not_null().take()
}

/// A whole number: an amount in fen, a version, a count.
pub(crate) fn integer(name: &str) -> ColumnDef {
    column(name).big_integer().not_null().take()
}

/// A day.
pub(crate) fn date(name: &str) -> ColumnDef {
    column(name).date().not_null().take()
}

/// A day, or nothing.
pub(crate) fn date_or_none(name: &str) -> ColumnDef {
    column(name).date().null().take()
}

/// An instant.
pub(crate) fn stamp(name: &str) -> ColumnDef {
    column(name).timestamp_with_time_zone().not_null().take()
}

/// Yes or no.
pub(crate) fn flag(name: &str) -> ColumnDef {
    column(name).boolean().not_null().default(false).take()
}

/// Runs statements that both databases read.
pub(crate) async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    for statement in statements {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}

/// Drops tables in order.
pub(crate) async fn drop(manager: &SchemaManager<'_>, tables: &[&str]) -> Result<(), DbErr> {
    for name in tables {
        manager.drop_table(Table::drop().table(Alias::new(*name)).to_owned()).await?;
    }
    Ok(())
}
