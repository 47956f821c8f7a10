//! The table of changes proposed for loans.

use sea_orm_migration::prelude::*;

/// Changes of loans.
pub struct AdjustmentTables;

impl MigrationName for AdjustmentTables {
    fn name(&self) -> &'static str {
        "m2026_0300_adjustments"
    }
}

const TABLES: &[&str] = &[
    "CREATE TABLE loan_adjustment (
        id UUID NOT NULL PRIMARY KEY, loan_id UUID NOT NULL REFERENCES loan (id), loan_number VARCHAR NOT NULL,
        facility_id UUID NOT NULL, bank_id UUID NOT NULL, bank_name VARCHAR NOT NULL,
        enterprise_id UUID NOT NULL, enterprise_name VARCHAR NOT NULL, kind VARCHAR NOT NULL, status VARCHAR NOT NULL,
        content TEXT NOT NULL, reason TEXT NOT NULL, assessment TEXT NULL, outstanding_fen BIGINT NOT NULL,
        rate_before VARCHAR NOT NULL, rate_after VARCHAR NOT NULL, matures_before DATE NOT NULL,
        matures_after DATE NOT NULL, plan_before TEXT NULL, plan_after TEXT NULL, restructured BOOLEAN NOT NULL,
        observed_until DATE NULL, maker_id UUID NULL, maker VARCHAR NOT NULL, approver_id UUID NULL,
        approver VARCHAR NULL, decision_reason TEXT NULL, created_at TIMESTAMPTZ NOT NULL,
        decided_at TIMESTAMPTZ NULL, effective_on DATE NULL, plan_version INTEGER NULL, version BIGINT NOT NULL,
        CHECK (kind IN ('prepayment_shorten', 'prepayment_lower', 'extension', 'restructuring', 'rollover',
                        'repricing', 'misuse', 'misuse_ended', 'fee_waiver')),
        CHECK (status IN ('proposed', 'approved', 'refused', 'withdrawn')),
        CHECK ((status = 'proposed') = (decided_at IS NULL)),
        CHECK ((status = 'approved') = (effective_on IS NOT NULL)),
        CHECK (kind <> 'rollover' OR assessment IS NOT NULL),
        CHECK (maker_id IS NULL OR approver_id IS NULL OR status = 'withdrawn' OR maker_id <> approver_id),
        CHECK (outstanding_fen >= 0))",
    // One change at a time is proposed for a loan.
    "CREATE UNIQUE INDEX loan_adjustment_open ON loan_adjustment (loan_id) WHERE status = 'proposed'",
    "CREATE INDEX loan_adjustment_loan ON loan_adjustment (loan_id, created_at, id)",
    "CREATE INDEX loan_adjustment_bank ON loan_adjustment (bank_id, created_at, id)",
    "CREATE INDEX loan_adjustment_enterprise ON loan_adjustment (enterprise_id, created_at, id)",
];

#[async_trait::async_trait]
impl MigrationTrait for AdjustmentTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::drop(manager, &["loan_adjustment"]).await
    }
}
