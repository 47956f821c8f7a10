//! Tables of imports: the file as its owner sees it, what was read from it until it is published, large files as they
//! arrived until they are read, and the rows of those that were not imported.

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
        run(
            manager,
            &[
                "CREATE INDEX import_tenant ON import (tenant, created_at, id)",
                "CREATE TABLE import_file (
                    file_id UUID NOT NULL, position BIGINT NOT NULL, bytes TEXT NOT NULL,
                    PRIMARY KEY (file_id, position))",
                "CREATE TABLE import_error (
                    import_id UUID NOT NULL, position BIGINT NOT NULL, error TEXT NOT NULL,
                    PRIMARY KEY (import_id, position))",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, &["import_error", "import_file", "import_stage", "import"]).await
    }
}
