//! Tables of the subject.

use sea_orm_migration::prelude::*;

/// The versions of the banks' parameters.
pub struct ParameterTables;

impl MigrationName for ParameterTables {
    fn name(&self) -> &'static str {
        "m2026_0160_parameters"
    }
}

const TABLES: &[&str] = &[
    "CREATE TABLE parameter_version (
        id UUID NOT NULL PRIMARY KEY, bank_id UUID NOT NULL, bank_name VARCHAR NOT NULL, kind VARCHAR NOT NULL,
        version INTEGER NOT NULL, content TEXT NOT NULL, effective_from DATE NOT NULL, reason TEXT NOT NULL,
        status VARCHAR NOT NULL, maker_id UUID NOT NULL, maker VARCHAR NOT NULL, approver_id UUID NULL,
        approver VARCHAR NULL, decision_reason TEXT NULL, created_at TIMESTAMPTZ NOT NULL,
        decided_at TIMESTAMPTZ NULL,
        UNIQUE (bank_id, kind, version),
        CHECK (version > 0),
        CHECK (status IN ('proposed', 'approved', 'refused')),
        CHECK ((status = 'proposed') = (decided_at IS NULL)),
        CHECK (status = 'proposed' OR (approver_id IS NOT NULL AND approver_id <> maker_id)))",
    "CREATE UNIQUE INDEX parameter_version_open ON parameter_version (bank_id, kind) WHERE status = 'proposed'",
    "CREATE INDEX parameter_version_active ON parameter_version (bank_id, kind, status, effective_from)",
];

#[async_trait::async_trait]
impl MigrationTrait for ParameterTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::drop(manager, &["parameter_version"]).await
    }
}
