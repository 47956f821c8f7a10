//! The table of claims.

use sea_orm_migration::prelude::*;

/// Claims.
pub struct ClaimTables;

impl MigrationName for ClaimTables {
    fn name(&self) -> &'static str {
        "m2026_0013_insurance_claim"
    }
}

/// Nothing is paid but what was approved, and nobody approves the own assessment, whatever the code does.
const TABLES: &[&str] = &[
    "CREATE TABLE insurance_claim (
        id UUID NOT NULL PRIMARY KEY, number VARCHAR NOT NULL UNIQUE,
        policy_id UUID NOT NULL REFERENCES insurance_policy (id), policy_number VARCHAR NOT NULL,
        product VARCHAR NOT NULL, insurer_id UUID NOT NULL,
        insured_id UUID NOT NULL, insured_name VARCHAR NOT NULL, beneficiary_id UUID NULL,
        cause VARCHAR NOT NULL, occurred_on DATE NOT NULL, payable_from DATE NOT NULL,
        notified_at TIMESTAMPTZ NOT NULL, notifier VARCHAR NOT NULL,
        loss_fen BIGINT NOT NULL, reserve_fen BIGINT NOT NULL,
        assessed_loss_fen BIGINT NULL, payable_fen BIGINT NULL, paid_fen BIGINT NOT NULL,
        recovered_fen BIGINT NOT NULL,
        status VARCHAR NOT NULL,
        assessor_id UUID NULL, assessor VARCHAR NULL, comment VARCHAR NULL,
        approver_id UUID NULL, approver VARCHAR NULL, reason VARCHAR NULL,
        version BIGINT NOT NULL,
        CHECK (loss_fen > 0 AND reserve_fen >= 0 AND paid_fen >= 0),
        CHECK (recovered_fen >= 0 AND recovered_fen <= paid_fen),
        CHECK (paid_fen = 0 OR (status = 'paid' AND paid_fen = payable_fen)),
        CHECK (approver_id IS NULL OR assessor_id IS NULL OR approver_id <> assessor_id),
        CHECK (status IN ('notified', 'assessed', 'approved', 'paid', 'refused', 'closed')))",
    // What banks handed back, once for each time that one told it: its id is the event's.
    "CREATE TABLE insurance_recovery (
        id UUID NOT NULL PRIMARY KEY, claim_id UUID NOT NULL REFERENCES insurance_claim (id), insurer_id UUID NOT NULL,
        bank_id UUID NOT NULL, bank_name VARCHAR NOT NULL, compensation_id UUID NULL,
        compensation_number VARCHAR NOT NULL, amount_fen BIGINT NOT NULL, received_on DATE NOT NULL,
        CHECK (amount_fen > 0))",
    "CREATE INDEX insurance_recovery_claim ON insurance_recovery (claim_id, id)",
    "CREATE INDEX insurance_claim_policy ON insurance_claim (policy_id)",
    "CREATE INDEX insurance_claim_insurer ON insurance_claim (insurer_id, notified_at, id)",
    "CREATE INDEX insurance_claim_insured ON insurance_claim (insured_id, notified_at, id)",
    "CREATE INDEX insurance_claim_beneficiary ON insurance_claim (beneficiary_id, notified_at, id)",
];

#[async_trait::async_trait]
impl MigrationTrait for ClaimTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::drop(manager, &["insurance_recovery", "insurance_claim"]).await
    }
}
