//! Migrations written as SQL that both databases read.
//!
//! SQLite types a column by its declared name: `UUID` and `TIMESTAMPTZ` are written there as the driver reads them.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DatabaseBackend},
};

/// Runs statements in order.
pub(crate) async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    let db = manager.get_connection();
    for statement in statements {
        let dialect = match db.get_database_backend() {
            DatabaseBackend::Sqlite => statement
                .replace(" UUID ", " uuid_text ")
                .replace(" DATE ", " date_text ")
                .replace(" TIMESTAMPTZ ", " timestamp_with_timezone_text "),
            _ => (*statement).to_owned(),
        };
        db.execute_unprepared(&dialect).await?;
    }
    Ok(())
}

/// Drops tables in order.
pub(crate) async fn drop(manager: &SchemaManager<'_>, tables: &[&str]) -> Result<(), DbErr> {
    for table in tables {
        manager.get_connection().execute_unprepared(&format!("DROP TABLE {table}")).await?;
    }
    Ok(())
}
