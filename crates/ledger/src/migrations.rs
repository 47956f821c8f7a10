//! The ledger's tables.

use sea_orm_migration::prelude::*;

/// Movements and entries, which nothing changes, and day balances, which are sums of them.
pub struct LedgerTables;

impl MigrationName for LedgerTables {
    fn name(&self) -> &'static str {
        "m2026_0002_ledger"
    }
}

const TABLES: &[&str] = &[
    // A movement is reversed once at most, with a reason.
    "CREATE TABLE ledger_movement (
        id UUID NOT NULL PRIMARY KEY, book UUID NOT NULL, kind VARCHAR NOT NULL, subject UUID NOT NULL,
        subject_group UUID NULL, business_date DATE NOT NULL, posted_at TIMESTAMPTZ NOT NULL,
        reversal_of UUID NULL, reason TEXT NULL,
        CHECK ((reversal_of IS NULL) = (reason IS NULL)),
        CHECK (reversal_of IS NULL OR reversal_of <> id)) /* by key */",
    // An entry has exactly one side.
    "CREATE TABLE ledger_entry (
        movement_id UUID NOT NULL, position INTEGER NOT NULL, book UUID NOT NULL, account VARCHAR NOT NULL,
        business_date DATE NOT NULL, debit_fen BIGINT NOT NULL, credit_fen BIGINT NOT NULL,
        PRIMARY KEY (movement_id, position),
        CHECK (debit_fen >= 0 AND credit_fen >= 0 AND (debit_fen = 0) <> (credit_fen = 0))) /* by key */",
    // Up to and with which day a book is closed. Whoever posts late holds its row, and so does whoever closes a day.
    "CREATE TABLE ledger_book (
        book UUID NOT NULL PRIMARY KEY, closed_to DATE NULL)",
    "CREATE TABLE ledger_day (
        book UUID NOT NULL, business_date DATE NOT NULL, closed_at TIMESTAMPTZ NOT NULL,
        settled BOOLEAN NOT NULL, PRIMARY KEY (book, business_date))",
    // What came before the day, what the day brought, and what stands after it add up.
    "CREATE TABLE ledger_day_balance (
        book UUID NOT NULL, account VARCHAR NOT NULL, business_date DATE NOT NULL,
        debits_before_fen BIGINT NOT NULL, credits_before_fen BIGINT NOT NULL, opening_fen BIGINT NOT NULL,
        debit_fen BIGINT NOT NULL, credit_fen BIGINT NOT NULL, closing_fen BIGINT NOT NULL,
        PRIMARY KEY (book, account, business_date),
        CHECK (debits_before_fen >= 0 AND credits_before_fen >= 0 AND debit_fen >= 0 AND credit_fen >= 0),
        CHECK (opening_fen = debits_before_fen - credits_before_fen),
        CHECK (closing_fen = opening_fen + debit_fen - credit_fen))",
    "CREATE UNIQUE INDEX ledger_movement_reversal ON ledger_movement (reversal_of) WHERE reversal_of IS NOT NULL",
    // What concerns a subject or a group is found by its movements, and their entries by the movements: one entry in each
    // of these for a movement instead of one for each of its lines.
    "CREATE INDEX ledger_movement_subject ON ledger_movement (subject)",
    "CREATE INDEX ledger_movement_group ON ledger_movement (subject_group) WHERE subject_group IS NOT NULL",
    "CREATE INDEX ledger_entry_account ON ledger_entry (book, account, business_date)",
    "CREATE INDEX ledger_day_unsettled ON ledger_day (book, business_date) WHERE settled = FALSE",
    "CREATE INDEX ledger_day_balance_day ON ledger_day_balance (book, business_date)",
];

#[async_trait::async_trait]
impl MigrationTrait for LedgerTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = ["ledger_day_balance", "ledger_day", "ledger_book", "ledger_entry", "ledger_movement"];
        tx_kit::schema::drop(manager, &tables).await
    }
}
