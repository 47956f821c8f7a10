//! The table of insurable loans.

use sea_orm_migration::prelude::*;

/// Insurable loans.
pub struct LoanTables;

impl MigrationName for LoanTables {
    fn name(&self) -> &'static str {
        "m2026_0010_insurable_loan"
    }
}

/// A loan is covered by at most one policy: its column here is set by the policy's own transaction.
const TABLES: &[&str] = &[
    "CREATE TABLE insurable_loan (
        loan_id UUID NOT NULL PRIMARY KEY, known BOOLEAN NOT NULL, number VARCHAR NOT NULL,
        bank_id UUID NOT NULL, bank_name VARCHAR NOT NULL,
        enterprise_id UUID NOT NULL, enterprise_name VARCHAR NOT NULL,
        outstanding_fen BIGINT NOT NULL, version BIGINT NOT NULL, matures_on DATE NOT NULL,
        policy_id UUID NULL, insured_until DATE NULL,
        CHECK (outstanding_fen >= 0),
        CHECK ((policy_id IS NULL) = (insured_until IS NULL)))",
    "CREATE INDEX insurable_loan_number ON insurable_loan (number, loan_id)",
];

#[async_trait::async_trait]
impl MigrationTrait for LoanTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::drop(manager, &["insurable_loan"]).await
    }
}
