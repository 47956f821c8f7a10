//! Tables of the subject.

use sea_orm_migration::prelude::*;

/// Documents, and their content in chunks.
pub struct DocumentTables;

impl MigrationName for DocumentTables {
    fn name(&self) -> &'static str {
        "m2026_0150_documents"
    }
}

const TABLES: &[&str] = &[
    "CREATE TABLE document (
        id UUID NOT NULL PRIMARY KEY, subject_kind VARCHAR NOT NULL, subject_id UUID NOT NULL,
        bank_id UUID NOT NULL, enterprise_id UUID NOT NULL, kind VARCHAR NOT NULL, file_name VARCHAR NOT NULL,
        media_type VARCHAR NOT NULL, bytes BIGINT NOT NULL, sha256 VARCHAR NOT NULL, scan VARCHAR NOT NULL,
        scanner VARCHAR NULL, found VARCHAR NULL, scanned_at TIMESTAMPTZ NULL, internal BOOLEAN NOT NULL,
        version INTEGER NOT NULL, replaces UUID NULL UNIQUE REFERENCES document (id), latest BOOLEAN NOT NULL,
        note TEXT NOT NULL, uploaded_by VARCHAR NOT NULL, uploaded_by_id UUID NOT NULL, uploaded_for UUID NOT NULL,
        uploaded_at TIMESTAMPTZ NOT NULL,
        CHECK (subject_kind IN ('application', 'pledge', 'loan_adjustment', 'case', 'loan')),
        CHECK (scan IN ('clean', 'not_scanned', 'quarantined', 'infected')),
        CHECK (bytes > 0 AND version > 0),
        CHECK ((replaces IS NULL) = (version = 1)),
        CHECK (scan <> 'infected' OR found IS NOT NULL),
        CHECK (internal = FALSE OR uploaded_for = bank_id))",
    "CREATE INDEX document_subject ON document (subject_kind, subject_id, kind)",
    "CREATE INDEX document_bank ON document (bank_id, uploaded_at, id)",
    "CREATE INDEX document_enterprise ON document (enterprise_id, uploaded_at, id)",
    "CREATE INDEX document_quarantined ON document (uploaded_at, id) WHERE scan = 'quarantined'",
];

#[async_trait::async_trait]
impl MigrationTrait for DocumentTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await?;
        // The databases call a column of bytes by different names, which the builder knows.
        let content = Table::create()
            .table(Alias::new("document_content"))
            .col(ColumnDef::new(Alias::new("document_id")).uuid().not_null())
            .col(ColumnDef::new(Alias::new("position")).integer().not_null())
            .col(ColumnDef::new(Alias::new("content")).blob().not_null())
            .primary_key(Index::create().col(Alias::new("document_id")).col(Alias::new("position")))
            .foreign_key(
                ForeignKey::create()
                    .from(Alias::new("document_content"), Alias::new("document_id"))
                    .to(Alias::new("document"), Alias::new("id")),
            )
            .to_owned();
        manager.create_table(content).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::drop(manager, &["document_content", "document"]).await
    }
}
