//! Tables of the subject.

use sea_orm_migration::prelude::*;

/// Runs, their shards, what failed, and what borrowers are told.
pub struct ClosingTables;

impl MigrationName for ClosingTables {
    fn name(&self) -> &'static str {
        "m2026_0310_closing"
    }
}

const TABLES: &[&str] = &[
    "CREATE TABLE closing_run (
        id UUID NOT NULL PRIMARY KEY, bank_id UUID NOT NULL, business_date DATE NOT NULL, status VARCHAR NOT NULL,
        loans BIGINT NOT NULL, done BIGINT NOT NULL, failed BIGINT NOT NULL, accrued_fen BIGINT NOT NULL,
        started_by VARCHAR NOT NULL, started_at TIMESTAMPTZ NOT NULL, finished_at TIMESTAMPTZ NULL,
        UNIQUE (bank_id, business_date),
        CHECK (status IN ('running', 'finished')))",
    "CREATE TABLE closing_shard (
        run_id UUID NOT NULL REFERENCES closing_run (id), shard INTEGER NOT NULL, after_id UUID NOT NULL,
        until_id UUID NULL, loans BIGINT NOT NULL, done BIGINT NOT NULL, failed BIGINT NOT NULL, accrued_fen BIGINT NOT NULL,
        finished BOOLEAN NOT NULL, leased_until TIMESTAMPTZ NULL, PRIMARY KEY (run_id, shard))",
    "CREATE TABLE closing_failure (
        id UUID NOT NULL PRIMARY KEY, bank_id UUID NOT NULL, loan_id UUID NOT NULL, business_date DATE NOT NULL,
        reason TEXT NOT NULL, failed_at TIMESTAMPTZ NOT NULL, mended_at TIMESTAMPTZ NULL,
        UNIQUE (loan_id, business_date))",
    "CREATE TABLE notice (
        id UUID NOT NULL PRIMARY KEY, bank_id UUID NOT NULL, enterprise_id UUID NOT NULL, loan_id UUID NULL,
        loan_number VARCHAR NOT NULL, kind VARCHAR NOT NULL, due_on DATE NOT NULL, amount_fen BIGINT NOT NULL,
        business_date DATE NOT NULL, created_at TIMESTAMPTZ NOT NULL,
        UNIQUE (loan_id, kind, due_on))",
    "CREATE INDEX closing_failure_open ON closing_failure (bank_id, loan_id) WHERE mended_at IS NULL",
    "CREATE INDEX notice_enterprise ON notice (enterprise_id, created_at)",
    "CREATE INDEX notice_bank ON notice (bank_id, created_at)",
];

#[async_trait::async_trait]
impl MigrationTrait for ClosingTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::drop(manager, &["notice", "closing_failure", "closing_shard", "closing_run"]).await
    }
}
