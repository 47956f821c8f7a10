//! The table of policies, with the second line of defence: no limit is ever exceeded, no premium is ever given
//! back or earned twice, no quote is ever bound twice.

use sea_orm_migration::prelude::*;

/// Policies.
pub struct PolicyTables;

impl MigrationName for PolicyTables {
    fn name(&self) -> &'static str {
        "m2026_0012_insurance_policy"
    }
}

const TABLES: &[&str] = &[
    "CREATE TABLE insurance_policy (
        id UUID NOT NULL PRIMARY KEY, number VARCHAR NOT NULL UNIQUE,
        quote_id UUID NOT NULL UNIQUE REFERENCES insurance_quote (id),
        product VARCHAR NOT NULL, rating_version VARCHAR NOT NULL,
        insurer_id UUID NOT NULL, insurer_name VARCHAR NOT NULL,
        insured_id UUID NOT NULL, insured_name VARCHAR NOT NULL,
        patent_id UUID NULL, patent_number VARCHAR NULL,
        loan_id UUID NULL, loan_number VARCHAR NULL,
        beneficiary_id UUID NULL, beneficiary_name VARCHAR NULL,
        limit_per_claim_fen BIGINT NOT NULL, aggregate_limit_fen BIGINT NOT NULL,
        deductible_fen BIGINT NOT NULL, coinsurance VARCHAR NOT NULL,
        premium_fen BIGINT NOT NULL, returned_fen BIGINT NOT NULL,
        starts_on DATE NOT NULL, ends_on DATE NOT NULL,
        cancelled_from DATE NULL, cancel_reason VARCHAR NULL,
        committed_fen BIGINT NOT NULL, paid_fen BIGINT NOT NULL,
        earned_posted_fen BIGINT NOT NULL, earned_through DATE NOT NULL, closed BOOLEAN NOT NULL,
        created_at TIMESTAMPTZ NOT NULL, version BIGINT NOT NULL,
        CHECK (committed_fen >= 0 AND committed_fen <= aggregate_limit_fen),
        CHECK (paid_fen >= 0 AND paid_fen <= committed_fen),
        CHECK (returned_fen >= 0 AND earned_posted_fen >= 0),
        CHECK (returned_fen + earned_posted_fen <= premium_fen))",
    "CREATE INDEX insurance_policy_insurer ON insurance_policy (insurer_id, created_at, id)",
    "CREATE INDEX insurance_policy_insured ON insurance_policy (insured_id, created_at, id)",
    "CREATE INDEX insurance_policy_beneficiary ON insurance_policy (beneficiary_id, created_at, id)",
    "CREATE INDEX insurance_policy_open ON insurance_policy (earned_through) WHERE closed = FALSE",
];

#[async_trait::async_trait]
impl MigrationTrait for PolicyTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::drop(manager, &["insurance_policy"]).await
    }
}
