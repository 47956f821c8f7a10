//! Tables of the books beside the ledger's own.

use sea_orm_migration::prelude::*;

/// Proposed reversals.
pub struct BookTables;

impl MigrationName for BookTables {
    fn name(&self) -> &'static str {
        "m2026_0360_books"
    }
}

const TABLES: &[&str] = &[
    // Nobody confirms what they proposed; what is confirmed has its mirror.
    "CREATE TABLE ledger_reversal (
        id UUID NOT NULL PRIMARY KEY, book UUID NOT NULL, movement_id UUID NOT NULL, movement_kind VARCHAR NOT NULL,
        reason TEXT NOT NULL, status VARCHAR NOT NULL, maker_id UUID NOT NULL, maker VARCHAR NOT NULL,
        checker_id UUID NULL, checker VARCHAR NULL, decision_reason TEXT NULL, reversal_movement_id UUID NULL UNIQUE,
        created_at TIMESTAMPTZ NOT NULL, decided_at TIMESTAMPTZ NULL,
        CHECK (status IN ('proposed', 'confirmed', 'rejected')),
        CHECK (checker_id IS NULL OR checker_id <> maker_id),
        CHECK ((status = 'proposed') = (decided_at IS NULL)),
        CHECK ((status = 'confirmed') = (reversal_movement_id IS NOT NULL)))",
    "CREATE UNIQUE INDEX ledger_reversal_open ON ledger_reversal (movement_id) WHERE status = 'proposed'",
    "CREATE INDEX ledger_reversal_book ON ledger_reversal (book, created_at, id)",
];

#[async_trait::async_trait]
impl MigrationTrait for BookTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::drop(manager, &["ledger_reversal"]).await
    }
}
