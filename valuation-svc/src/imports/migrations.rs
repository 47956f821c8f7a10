//! Tables of imports: the file as its owner sees it, and what was read from it until it is published.

use sea_orm_migration::prelude::*;

use tx_kit::schema::{drop, id, integer, run, stamp, string, table, text, uuid};

/// Imports and their staged records.
pub struct ImportTables;

impl MigrationName for ImportTables {
    fn name(&self) -> &'static str {
        "m2026_0020_imports"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for ImportTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let import = [
            id("id"),
            uuid("tenant"),
            string("file_name"),
            integer("bytes"),
            integer("rows_read"),
            integer("rejected"),
            text("errors"),
            string("requested_by"),
            stamp("created_at"),
        ];
        manager.create_table(table("import", import)).await?;
        let mut stage = table("import_stage", [uuid("import_id"), integer("position"), text("records")]);
        stage.primary_key(Index::create().col(Alias::new("import_id")).col(Alias::new("position")));
        manager.create_table(stage).await?;
        run(manager, &["CREATE INDEX import_tenant ON import (tenant, created_at, id)"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, &["import_stage", "import"]).await
    }
}
