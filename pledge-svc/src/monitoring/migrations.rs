//! The table of the subject, with the second line of defence.

use sea_orm_migration::prelude::*;

/// Tasks of the care of loans.
pub struct MonitoringTables;

impl MigrationName for MonitoringTables {
    fn name(&self) -> &'static str {
        "m2026_0360_monitoring"
    }
}

const TABLES: &[&str] = &[
    "CREATE TABLE loan_task (
        id UUID NOT NULL PRIMARY KEY, kind VARCHAR NOT NULL, loan_id UUID NOT NULL REFERENCES loan (id),
        loan_number VARCHAR NOT NULL, facility_id UUID NOT NULL, bank_id UUID NOT NULL, enterprise_id UUID NOT NULL,
        enterprise_name VARCHAR NOT NULL, draw_id UUID NULL, amount_fen BIGINT NULL, purpose VARCHAR NULL,
        since DATE NOT NULL, due_on DATE NOT NULL, status VARCHAR NOT NULL, documents TEXT NOT NULL, note TEXT NULL,
        outcome VARCHAR NULL, done_by VARCHAR NULL, done_by_id UUID NULL, done_on DATE NULL, decided_by VARCHAR NULL,
        decided_by_id UUID NULL, decision_note TEXT NULL, created_at TIMESTAMPTZ NOT NULL, version BIGINT NOT NULL,
        CHECK (kind IN ('use_of_funds', 'check')),
        CHECK (status IN ('open', 'supplied', 'accepted', 'rejected', 'done', 'void')),
        CHECK (outcome IN ('sound', 'watch', 'at_risk')), CHECK (since <= due_on),
        CHECK ((kind = 'use_of_funds') = (draw_id IS NOT NULL) AND (draw_id IS NULL) = (amount_fen IS NULL)),
        CHECK (status <> 'done' OR (kind = 'check' AND outcome IS NOT NULL AND note IS NOT NULL)),
        CHECK (status NOT IN ('supplied', 'accepted', 'rejected') OR (kind = 'use_of_funds' AND done_by_id IS NOT NULL)),
        CHECK (decided_by_id IS NULL OR decided_by_id <> done_by_id))",
    // One proof for each draw, and one check ahead for each loan.
    "CREATE UNIQUE INDEX loan_task_draw ON loan_task (draw_id) WHERE draw_id IS NOT NULL",
    "CREATE UNIQUE INDEX loan_task_ahead ON loan_task (loan_id) WHERE kind = 'check' AND status = 'open'",
    "CREATE INDEX loan_task_bank ON loan_task (bank_id, due_on, id)",
    "CREATE INDEX loan_task_waits ON loan_task (bank_id, due_on) WHERE status IN ('open', 'rejected')",
    "CREATE INDEX loan_task_enterprise ON loan_task (enterprise_id, due_on, id)",
    "CREATE INDEX loan_task_loan ON loan_task (loan_id)",
];

#[async_trait::async_trait]
impl MigrationTrait for MonitoringTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::drop(manager, &["loan_task"]).await
    }
}
