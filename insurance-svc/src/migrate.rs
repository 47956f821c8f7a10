//! Runs migrations written as SQL, so that a table and its CHECKs stand side by side.
//!
//! SQLite's driver recognises ids, days and stamps by the declared name of a column's type; the names are put
//! in place of PostgreSQL's here.

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

/// Runs statements in order.
pub(crate) async fn up(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let sqlite = db.get_database_backend() == DatabaseBackend::Sqlite;
    for statement in statements {
        let mut sql = (*statement).to_owned();
        if sqlite {
            for (standard, declared) in DECLARED {
                sql = sql.replace(standard, declared);
            }
        }
        db.execute_unprepared(&sql).await?;
    }
    Ok(())
}

/// Drops a table.
pub(crate) async fn down(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    manager.get_connection().execute_unprepared(&format!("DROP TABLE {table}")).await.map(drop)
}
