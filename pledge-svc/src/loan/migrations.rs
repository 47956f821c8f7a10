//! Tables of loans, of further draws on them and of the payments on them.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DatabaseBackend},
};

/// Loan, its shares, its repayments and their reversals.
pub struct LoanTables;

impl MigrationName for LoanTables {
    fn name(&self) -> &'static str {
        "m2026_0020_loan"
    }
}

const TABLES: &[&str] = &[
    "CREATE TABLE loan (
        id UUID NOT NULL PRIMARY KEY, number VARCHAR NOT NULL UNIQUE, drawdown_id UUID NOT NULL,
        facility_id UUID NOT NULL REFERENCES facility (id), facility_name VARCHAR NOT NULL,
        bank_id UUID NOT NULL, bank_name VARCHAR NOT NULL, enterprise_id UUID NOT NULL, enterprise_name VARCHAR NOT NULL,
        industry VARCHAR NOT NULL, principal_fen BIGINT NOT NULL, outstanding_fen BIGINT NOT NULL,
        written_off_fen BIGINT NOT NULL, interest_from DATE NOT NULL, interest_carried VARCHAR NOT NULL,
        billed INTEGER NOT NULL, arrears TEXT NULL, next_due_on DATE NULL, plan_version INTEGER NOT NULL,
        annual_rate VARCHAR NOT NULL, day_count VARCHAR NOT NULL, repayment VARCHAR NOT NULL, repayment_now VARCHAR NULL,
        tenor_months INTEGER NOT NULL, every_months INTEGER NOT NULL, due_day INTEGER NULL, grace INTEGER NOT NULL,
        level_last BOOLEAN NOT NULL DEFAULT FALSE,
        penalty_surcharge VARCHAR NOT NULL, holiday_grace BOOLEAN NOT NULL, roll VARCHAR NULL, product VARCHAR NOT NULL, conditions TEXT NULL,
        spread_bp INTEGER NULL, rate_reset VARCHAR NULL, reset_on DATE NULL, restructured_on DATE NULL,
        vat_exempt_until DATE NULL,
        drawn_on DATE NOT NULL, matures_on DATE NOT NULL, accelerated_on DATE NULL, status VARCHAR NOT NULL, purpose VARCHAR NULL,
        application_id UUID NULL, application_product VARCHAR NULL, payment_mode VARCHAR NOT NULL DEFAULT 'self',
        payee TEXT NULL, guarantee_fees_fen BIGINT NOT NULL DEFAULT 0,
        created_at TIMESTAMPTZ NOT NULL, version BIGINT NOT NULL, steps BIGINT NOT NULL DEFAULT 0,
        CHECK (principal_fen > 0 AND outstanding_fen >= 0 AND written_off_fen >= 0
               AND outstanding_fen + written_off_fen <= principal_fen),
        CHECK (status IN ('active', 'repaid', 'written_off')), CHECK (due_day BETWEEN 1 AND 28),
        CHECK (status <> 'repaid' OR outstanding_fen = 0), CHECK (guarantee_fees_fen >= 0),
        CHECK (payment_mode = 'self' OR (payment_mode = 'entrusted' AND payee IS NOT NULL)))",
    "CREATE TABLE loan_plan (
        loan_id UUID NOT NULL REFERENCES loan (id), version INTEGER NOT NULL, cause VARCHAR NOT NULL,
        effective_on DATE NOT NULL, schedule TEXT NOT NULL, made_by VARCHAR NOT NULL, made_at TIMESTAMPTZ NOT NULL,
        PRIMARY KEY (loan_id, version))",
    "CREATE TABLE loan_day (
        loan_id UUID NOT NULL PRIMARY KEY, bank_id UUID NOT NULL, closed_on DATE NOT NULL,
        posted_fen BIGINT NOT NULL, suspended_fen BIGINT NOT NULL DEFAULT 0,
        untaxed_fen BIGINT NOT NULL DEFAULT 0, touched BIGINT NOT NULL,
        decided_version BIGINT NULL, quiet_until DATE NULL, runs_from DATE NULL, step BIGINT NULL, per BIGINT NULL,
        next_fen BIGINT NULL,
        CHECK (posted_fen >= 0 AND suspended_fen >= 0 AND untaxed_fen >= 0), CHECK (per > 0 AND step >= 0))",
    "CREATE TABLE loan_share (
        loan_id UUID NOT NULL REFERENCES loan (id), position INTEGER NOT NULL, bank_id UUID NOT NULL,
        bank_name VARCHAR NOT NULL, amount_fen BIGINT NOT NULL, outstanding_fen BIGINT NOT NULL,
        PRIMARY KEY (loan_id, position),
        CHECK (outstanding_fen >= 0 AND outstanding_fen <= amount_fen)) /* by key */",
    "CREATE TABLE loan_tranche (
        id UUID NOT NULL PRIMARY KEY, loan_id UUID NOT NULL REFERENCES loan (id), amount_fen BIGINT NOT NULL,
        drawn_on DATE NOT NULL, plan_version INTEGER NOT NULL, purpose VARCHAR NULL, requested_by VARCHAR NOT NULL,
        payment_mode VARCHAR NOT NULL DEFAULT 'self', payee TEXT NULL,
        created_at TIMESTAMPTZ NOT NULL, UNIQUE (loan_id, plan_version), CHECK (amount_fen > 0),
        CHECK (payment_mode = 'self' OR (payment_mode = 'entrusted' AND payee IS NOT NULL)))",
    "CREATE TABLE repayment (
        id UUID NOT NULL PRIMARY KEY, loan_id UUID NOT NULL REFERENCES loan (id), amount_fen BIGINT NOT NULL,
        interest_fen BIGINT NOT NULL, principal_fen BIGINT NOT NULL, fees_fen BIGINT NOT NULL,
        penalty_fen BIGINT NOT NULL, outstanding_fen BIGINT NOT NULL, source VARCHAR NOT NULL,
        paid_on DATE NOT NULL, recorded_by VARCHAR NOT NULL, comment VARCHAR NULL, created_at TIMESTAMPTZ NOT NULL,
        trace TEXT NULL, reversed_on DATE NULL, reversed_by UUID NULL,
        CHECK ((reversed_on IS NULL) = (reversed_by IS NULL)), CHECK (reversed_on IS NULL OR reversed_on >= paid_on),
        CHECK (amount_fen > 0 AND interest_fen >= 0 AND principal_fen >= 0 AND fees_fen >= 0
               AND penalty_fen >= 0 AND penalty_fen <= interest_fen
               AND amount_fen = interest_fen + principal_fen + fees_fen))",
    "CREATE TABLE repayment_reversal (
        id UUID NOT NULL PRIMARY KEY, repayment_id UUID NOT NULL REFERENCES repayment (id),
        loan_id UUID NOT NULL REFERENCES loan (id), loan_number VARCHAR NOT NULL, facility_id UUID NOT NULL,
        bank_id UUID NOT NULL, bank_name VARCHAR NOT NULL, enterprise_id UUID NOT NULL, enterprise_name VARCHAR NOT NULL,
        amount_fen BIGINT NOT NULL, principal_fen BIGINT NOT NULL, interest_fen BIGINT NOT NULL, fees_fen BIGINT NOT NULL,
        paid_on DATE NOT NULL, status VARCHAR NOT NULL, reason TEXT NOT NULL, maker_id UUID NOT NULL,
        maker VARCHAR NOT NULL, approver_id UUID NULL, approver VARCHAR NULL, decision_reason TEXT NULL,
        created_at TIMESTAMPTZ NOT NULL, decided_at TIMESTAMPTZ NULL, reversed_on DATE NULL, correction_fen BIGINT NULL,
        version BIGINT NOT NULL,
        CHECK (status IN ('proposed', 'approved', 'refused', 'withdrawn')),
        CHECK ((status = 'proposed') = (decided_at IS NULL)),
        CHECK ((status = 'approved') = (reversed_on IS NOT NULL)),
        CHECK ((reversed_on IS NULL) = (correction_fen IS NULL)),
        CHECK (approver_id IS NULL OR status = 'withdrawn' OR maker_id <> approver_id))",
    // A payment's reversal is proposed once at a time and done once.
    "CREATE UNIQUE INDEX repayment_reversal_live ON repayment_reversal (repayment_id)
        WHERE status IN ('proposed', 'approved')",
    "CREATE INDEX repayment_reversal_loan ON repayment_reversal (loan_id, created_at, id)",
    "CREATE INDEX repayment_reversal_bank ON repayment_reversal (bank_id, created_at, id)",
    "CREATE INDEX repayment_reversal_enterprise ON repayment_reversal (enterprise_id, created_at, id)",
    // The close of a day walks the active ones in the order of their ids.
    "CREATE INDEX loan_bank ON loan (bank_id, status, id)",
    // The loans of a line as a whole; those of a member on it are found under the member.
    "CREATE INDEX loan_off_books ON loan (bank_id, enterprise_id) WHERE status = 'written_off'",
    "CREATE INDEX loan_facility ON loan (facility_id)",
    "CREATE INDEX loan_reset ON loan (bank_id, reset_on) WHERE reset_on IS NOT NULL",
    "CREATE INDEX loan_roll ON loan (bank_id, id) WHERE roll IS NOT NULL",
    "CREATE INDEX loan_enterprise ON loan (enterprise_id, facility_id)",
    "CREATE INDEX loan_share_bank ON loan_share (bank_id)",
    "CREATE INDEX repayment_loan ON repayment (loan_id)",
];

/// Every row of the days is rewritten every night, a loan that is late every night too, and none of the indexed columns
/// changes. Where a page has room for the new row beside the old one, PostgreSQL touches no index.
const LOOSE: [&str; 2] =
    ["ALTER TABLE loan_day SET (fillfactor = 45)", "ALTER TABLE loan SET (fillfactor = 85)"];

#[async_trait::async_trait]
impl MigrationTrait for LoanTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await?;
        let conn = manager.get_connection();
        if conn.get_database_backend() == DatabaseBackend::Postgres {
            for statement in LOOSE {
                conn.execute_unprepared(statement).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::drop(
            manager,
            &[
                "repayment_reversal",
                "repayment",
                "loan_tranche",
                "loan_share",
                "loan_day",
                "loan_plan",
                "loan",
            ],
        )
        .await
    }
}
