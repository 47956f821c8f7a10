//! Tables of loans, of further draws on them and of the payments on them.

use sea_orm_migration::prelude::*;

/// Loan, its shares, its repayments.
pub struct LoanTables;

impl MigrationName for LoanTables {
    fn name(&self) -> &'static str {
        "m2026_0020_loan"
    }
}

const TABLES: &[&str] = &[
    "CREATE TABLE loan (
        id UUID NOT NULL PRIMARY KEY, number VARCHAR NOT NULL UNIQUE, drawdown_id UUID NOT NULL UNIQUE,
        facility_id UUID NOT NULL REFERENCES facility (id), facility_name VARCHAR NOT NULL,
        bank_id UUID NOT NULL, bank_name VARCHAR NOT NULL, enterprise_id UUID NOT NULL, enterprise_name VARCHAR NOT NULL,
        industry VARCHAR NOT NULL, principal_fen BIGINT NOT NULL, outstanding_fen BIGINT NOT NULL,
        written_off_fen BIGINT NOT NULL, interest_from DATE NOT NULL, interest_carried VARCHAR NOT NULL,
        billed INTEGER NOT NULL, arrears TEXT NULL, next_due_on DATE NULL, plan_version INTEGER NOT NULL,
        annual_rate VARCHAR NOT NULL, day_count VARCHAR NOT NULL, repayment VARCHAR NOT NULL,
        tenor_months INTEGER NOT NULL, every_months INTEGER NOT NULL, grace INTEGER NOT NULL,
        penalty_surcharge VARCHAR NOT NULL, holiday_grace BOOLEAN NOT NULL, roll VARCHAR NULL, product VARCHAR NOT NULL, conditions TEXT NULL,
        spread_bp INTEGER NULL, rate_reset VARCHAR NULL, reset_on DATE NULL, restructured_on DATE NULL,
        drawn_on DATE NOT NULL, matures_on DATE NOT NULL, status VARCHAR NOT NULL, purpose VARCHAR NULL,
        created_at TIMESTAMPTZ NOT NULL, version BIGINT NOT NULL,
        CHECK (principal_fen > 0 AND outstanding_fen >= 0 AND written_off_fen >= 0
               AND outstanding_fen + written_off_fen <= principal_fen),
        CHECK (status IN ('active', 'repaid', 'written_off')),
        CHECK (status <> 'repaid' OR outstanding_fen = 0))",
    "CREATE TABLE loan_plan (
        loan_id UUID NOT NULL REFERENCES loan (id), version INTEGER NOT NULL, cause VARCHAR NOT NULL,
        effective_on DATE NOT NULL, schedule TEXT NOT NULL, made_by VARCHAR NOT NULL, made_at TIMESTAMPTZ NOT NULL,
        PRIMARY KEY (loan_id, version))",
    "CREATE TABLE loan_day (
        loan_id UUID NOT NULL PRIMARY KEY, bank_id UUID NOT NULL, closed_on DATE NOT NULL,
        posted_fen BIGINT NOT NULL, touched BIGINT NOT NULL, CHECK (posted_fen >= 0))",
    "CREATE TABLE loan_share (
        loan_id UUID NOT NULL REFERENCES loan (id), position INTEGER NOT NULL, bank_id UUID NOT NULL,
        bank_name VARCHAR NOT NULL, amount_fen BIGINT NOT NULL, outstanding_fen BIGINT NOT NULL,
        PRIMARY KEY (loan_id, position),
        CHECK (outstanding_fen >= 0 AND outstanding_fen <= amount_fen)) /* by key */",
    "CREATE TABLE loan_tranche (
        id UUID NOT NULL PRIMARY KEY, loan_id UUID NOT NULL REFERENCES loan (id), amount_fen BIGINT NOT NULL,
        drawn_on DATE NOT NULL, plan_version INTEGER NOT NULL, purpose VARCHAR NULL, requested_by VARCHAR NOT NULL,
        created_at TIMESTAMPTZ NOT NULL, UNIQUE (loan_id, plan_version), CHECK (amount_fen > 0))",
    "CREATE TABLE repayment (
        id UUID NOT NULL PRIMARY KEY, loan_id UUID NOT NULL REFERENCES loan (id), amount_fen BIGINT NOT NULL,
        interest_fen BIGINT NOT NULL, principal_fen BIGINT NOT NULL, fees_fen BIGINT NOT NULL,
        penalty_fen BIGINT NOT NULL, outstanding_fen BIGINT NOT NULL, source VARCHAR NOT NULL,
        paid_on DATE NOT NULL, recorded_by VARCHAR NOT NULL, comment VARCHAR NULL, created_at TIMESTAMPTZ NOT NULL,
        CHECK (amount_fen > 0 AND interest_fen >= 0 AND principal_fen >= 0 AND fees_fen >= 0
               AND penalty_fen >= 0 AND penalty_fen <= interest_fen
               AND amount_fen = interest_fen + principal_fen + fees_fen))",
    // The close of a day walks the active ones in the order of their ids.
    "CREATE INDEX loan_bank ON loan (bank_id, status, id)",
    "CREATE INDEX loan_day_bank ON loan_day (bank_id, closed_on)",
    "CREATE INDEX loan_facility ON loan (facility_id, enterprise_id)",
    "CREATE INDEX loan_reset ON loan (bank_id, reset_on) WHERE reset_on IS NOT NULL",
    "CREATE INDEX loan_roll ON loan (bank_id, id) WHERE roll IS NOT NULL",
    "CREATE INDEX loan_enterprise ON loan (enterprise_id)",
    "CREATE INDEX loan_share_bank ON loan_share (bank_id)",
    "CREATE INDEX repayment_loan ON repayment (loan_id)",
];

#[async_trait::async_trait]
impl MigrationTrait for LoanTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::drop(
            manager,
            &["repayment", "loan_tranche", "loan_share", "loan_day", "loan_plan", "loan"],
        )
        .await
    }
}
