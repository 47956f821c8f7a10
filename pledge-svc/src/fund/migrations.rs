//! Tables of the subject, with the second line of defence: CHECKs that hold whatever the code does.

use sea_orm_migration::prelude::*;

/// Funds, what they have agreed to cover, what was covered when it was drawn, what moved their money, what one person asks for and another decides.
pub struct FundTables;

impl MigrationName for FundTables {
    fn name(&self) -> &'static str {
        "m2026_0340_fund"
    }
}

const TABLES: &[&str] = &[
    // Never more paid than was there, never more promised than is there.
    "CREATE TABLE fund (
        id UUID NOT NULL PRIMARY KEY, name VARCHAR NOT NULL, sponsor VARCHAR NOT NULL, opened_on DATE NOT NULL,
        capital_fen BIGINT NOT NULL, paid_fen BIGINT NOT NULL, recovered_fen BIGINT NOT NULL,
        committed_fen BIGINT NOT NULL, version BIGINT NOT NULL,
        CHECK (capital_fen >= 0 AND paid_fen >= 0 AND recovered_fen >= 0 AND recovered_fen <= paid_fen),
        CHECK (committed_fen >= 0 AND committed_fen <= capital_fen + recovered_fen - paid_fen))",
    "CREATE TABLE fund_agreement (
        id UUID NOT NULL PRIMARY KEY, number VARCHAR NOT NULL UNIQUE, fund_id UUID NOT NULL REFERENCES fund (id),
        fund_name VARCHAR NOT NULL, bank_id UUID NOT NULL, bank_name VARCHAR NOT NULL, facility_id UUID NULL,
        facility_name VARCHAR NULL, commitment_fen BIGINT NOT NULL, leverage_max VARCHAR NOT NULL,
        share_max VARCHAR NOT NULL, cap_per_claim_fen BIGINT NULL, cap_per_year_fen BIGINT NULL,
        deductible_fen BIGINT NOT NULL, threshold VARCHAR NOT NULL, starts_on DATE NOT NULL, ends_on DATE NOT NULL,
        status VARCHAR NOT NULL, stop_cause VARCHAR NULL, stop_ratio VARCHAR NULL, stopped_on DATE NULL,
        paid_fen BIGINT NOT NULL, returned_fen BIGINT NOT NULL, pending_fen BIGINT NOT NULL, version BIGINT NOT NULL,
        CHECK (status IN ('active', 'stopped', 'ended')),
        CHECK (commitment_fen > 0 AND paid_fen >= 0 AND returned_fen >= 0 AND pending_fen >= 0),
        CHECK (returned_fen <= paid_fen AND paid_fen - returned_fen <= commitment_fen),
        CHECK (starts_on <= ends_on),
        CHECK ((status = 'active') = (stopped_on IS NULL)))",
    "CREATE TABLE fund_entry (
        id UUID NOT NULL PRIMARY KEY, fund_id UUID NOT NULL REFERENCES fund (id), agreement_id UUID NULL,
        bank_id UUID NULL, kind VARCHAR NOT NULL, amount_fen BIGINT NOT NULL, balance_fen BIGINT NOT NULL,
        claim_id UUID NULL, party VARCHAR NOT NULL, reference VARCHAR NOT NULL, maker VARCHAR NOT NULL,
        approver VARCHAR NOT NULL, booked_on DATE NOT NULL, created_at TIMESTAMPTZ NOT NULL,
        CHECK (kind IN ('capital', 'replenishment', 'compensation', 'recovery')),
        CHECK (amount_fen > 0 AND balance_fen >= 0),
        CHECK ((kind IN ('compensation', 'recovery')) = (agreement_id IS NOT NULL)))",
    "CREATE TABLE fund_instruction (
        id UUID NOT NULL PRIMARY KEY, fund_id UUID NOT NULL, kind VARCHAR NOT NULL, agreement_id UUID NULL,
        content TEXT NOT NULL, status VARCHAR NOT NULL, maker_id UUID NOT NULL, maker VARCHAR NOT NULL,
        approver VARCHAR NULL, reason VARCHAR NULL, created_at TIMESTAMPTZ NOT NULL, decided_at TIMESTAMPTZ NULL,
        CHECK (status IN ('proposed', 'approved', 'refused')),
        CHECK ((status = 'proposed') = (decided_at IS NULL)))",
    // Under which agreement a draw was covered when it was made; what it is of the loan follows from the loan's draws.
    "CREATE TABLE fund_cover (
        drawdown_id UUID NOT NULL, agreement_id UUID NOT NULL REFERENCES fund_agreement (id), fund_id UUID NOT NULL,
        loan_id UUID NOT NULL, amount_fen BIGINT NOT NULL, drawn_on DATE NOT NULL, settled BOOLEAN NOT NULL,
        PRIMARY KEY (drawdown_id, agreement_id), CHECK (amount_fen > 0))",
    // What is covered is summed at every draw under the agreement's lock: over loans that still owe, not over all there were.
    "CREATE INDEX fund_cover_open ON fund_cover (agreement_id, loan_id) WHERE settled = FALSE",
    "CREATE INDEX fund_cover_loan ON fund_cover (loan_id)",
    "CREATE INDEX fund_cover_fund ON fund_cover (fund_id)",
    "CREATE INDEX fund_agreement_fund ON fund_agreement (fund_id, number)",
    "CREATE INDEX fund_agreement_bank ON fund_agreement (bank_id, number)",
    // One agreement at a time covers a facility, and one covers the rest of a bank.
    "CREATE UNIQUE INDEX fund_agreement_facility ON fund_agreement (fund_id, facility_id)
        WHERE status <> 'ended' AND facility_id IS NOT NULL",
    "CREATE UNIQUE INDEX fund_agreement_whole_bank ON fund_agreement (fund_id, bank_id)
        WHERE status <> 'ended' AND facility_id IS NULL",
    "CREATE INDEX fund_entry_fund ON fund_entry (fund_id, created_at, id)",
    "CREATE INDEX fund_entry_agreement ON fund_entry (agreement_id, kind, booked_on)",
    "CREATE INDEX fund_instruction_fund ON fund_instruction (fund_id, created_at, id)",
    // One thing waits for a decision on an agreement at a time.
    "CREATE UNIQUE INDEX fund_instruction_open ON fund_instruction (agreement_id)
        WHERE status = 'proposed' AND agreement_id IS NOT NULL",
];

#[async_trait::async_trait]
impl MigrationTrait for FundTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::drop(
            manager,
            &["fund_cover", "fund_instruction", "fund_entry", "fund_agreement", "fund"],
        )
        .await
    }
}
