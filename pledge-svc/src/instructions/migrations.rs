//! Tables of the subject.

use sea_orm_migration::prelude::*;

/// The instructions of borrowers to their banks.
pub struct InstructionTables;

impl MigrationName for InstructionTables {
    fn name(&self) -> &'static str {
        "m2026_0420_payment_instructions"
    }
}

const TABLES: &[&str] = &[
    "CREATE TABLE payment_instruction (
        id UUID NOT NULL PRIMARY KEY, kind VARCHAR NOT NULL, bank_id UUID NOT NULL, bank_name VARCHAR NOT NULL,
        enterprise_id UUID NOT NULL, enterprise_name VARCHAR NOT NULL, facility_id UUID NOT NULL REFERENCES facility (id),
        loan_id UUID NULL REFERENCES loan (id), number VARCHAR NOT NULL, deposit_kind VARCHAR NULL,
        amount_fen BIGINT NOT NULL, comment VARCHAR NULL, status VARCHAR NOT NULL, maker_id UUID NOT NULL,
        maker VARCHAR NOT NULL, instructed_on DATE NOT NULL, lapses_on DATE NOT NULL, created_at TIMESTAMPTZ NOT NULL,
        decided_by_id UUID NULL, decided_by VARCHAR NULL, decided_at TIMESTAMPTZ NULL, reason TEXT NULL,
        reference VARCHAR NULL, booked_id UUID NULL, booked_on DATE NULL, version BIGINT NOT NULL,
        CHECK (kind IN ('repayment', 'payoff', 'deposit', 'deposit_return')),
        CHECK ((kind IN ('repayment', 'payoff')) = (loan_id IS NOT NULL)),
        CHECK ((loan_id IS NULL) = (deposit_kind IS NOT NULL)),
        CHECK (status IN ('pending', 'confirmed', 'sent_back', 'withdrawn', 'lapsed')),
        CHECK ((status = 'pending') = (decided_at IS NULL)),
        CHECK ((status = 'confirmed') = (booked_id IS NOT NULL)),
        CHECK ((booked_id IS NULL) = (booked_on IS NULL)),
        CHECK ((booked_id IS NULL) = (reference IS NULL)),
        CHECK (amount_fen > 0), CHECK (lapses_on >= instructed_on))",
    // One receipt of a bank confirms one instruction.
    "CREATE UNIQUE INDEX payment_instruction_receipt ON payment_instruction (bank_id, reference)
        WHERE reference IS NOT NULL",
    "CREATE INDEX payment_instruction_pending ON payment_instruction (bank_id, lapses_on, id) WHERE status = 'pending'",
    "CREATE INDEX payment_instruction_bank ON payment_instruction (bank_id, created_at, id)",
    "CREATE INDEX payment_instruction_enterprise ON payment_instruction (enterprise_id, created_at, id)",
    "CREATE INDEX payment_instruction_loan ON payment_instruction (loan_id, status)",
    "CREATE INDEX payment_instruction_line ON payment_instruction (facility_id, enterprise_id, status)",
];

#[async_trait::async_trait]
impl MigrationTrait for InstructionTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::drop(manager, &["payment_instruction"]).await
    }
}
