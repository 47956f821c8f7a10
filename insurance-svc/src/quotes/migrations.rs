//! The table of quotes.

use sea_orm_migration::prelude::*;

/// Quotes.
pub struct QuoteTables;

impl MigrationName for QuoteTables {
    fn name(&self) -> &'static str {
        "m2026_0011_insurance_quote"
    }
}

const TABLES: &[&str] = &[
    "CREATE TABLE insurance_quote (
        id UUID NOT NULL PRIMARY KEY, number VARCHAR NOT NULL UNIQUE,
        product VARCHAR NOT NULL, rating_version VARCHAR NOT NULL,
        insurer_id UUID NOT NULL, insurer_name VARCHAR NOT NULL,
        insured_id UUID NOT NULL, insured_name VARCHAR NOT NULL,
        patent_id UUID NULL, patent_number VARCHAR NULL,
        loan_id UUID NULL, loan_number VARCHAR NULL,
        beneficiary_id UUID NULL, beneficiary_name VARCHAR NULL,
        limit_per_claim_fen BIGINT NOT NULL, aggregate_limit_fen BIGINT NOT NULL,
        deductible_fen BIGINT NOT NULL, coinsurance VARCHAR NOT NULL,
        starts_on DATE NOT NULL, ends_on DATE NOT NULL,
        premium_fen BIGINT NOT NULL, rating TEXT NOT NULL, referral TEXT NOT NULL, declared TEXT NOT NULL,
        bound BOOLEAN NOT NULL, valid_until DATE NOT NULL,
        maker_id UUID NOT NULL, created_at TIMESTAMPTZ NOT NULL,
        CHECK (limit_per_claim_fen > 0 AND limit_per_claim_fen <= aggregate_limit_fen),
        CHECK (deductible_fen >= 0 AND premium_fen > 0),
        CHECK (starts_on <= ends_on),
        CHECK ((patent_id IS NULL) <> (loan_id IS NULL)))",
    "CREATE INDEX insurance_quote_insurer ON insurance_quote (insurer_id, created_at, id)",
    "CREATE INDEX insurance_quote_insured ON insurance_quote (insured_id, created_at, id)",
];

#[async_trait::async_trait]
impl MigrationTrait for QuoteTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::drop(manager, &["insurance_quote"]).await
    }
}
