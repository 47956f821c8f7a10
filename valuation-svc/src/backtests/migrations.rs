//! Tables of the subject.

use sea_orm_migration::prelude::*;

/// What was realised, which borrowers defaulted, and the back-tests made of it.
pub struct BacktestTables;

impl MigrationName for BacktestTables {
    fn name(&self) -> &'static str {
        "m2026_0046_backtests"
    }
}

const TABLES: &[&str] = &[
    "CREATE TABLE realisation (
        id UUID NOT NULL PRIMARY KEY, number VARCHAR NOT NULL, tenant UUID NOT NULL, tenant_name VARCHAR NOT NULL,
        valuation_id UUID NOT NULL, valuation_number VARCHAR NOT NULL, patent_id UUID NOT NULL,
        patent_number VARCHAR NOT NULL, patent_title TEXT NOT NULL, kind VARCHAR NOT NULL, amount_fen BIGINT NOT NULL,
        realised_on DATE NOT NULL, reference VARCHAR NOT NULL, note TEXT NOT NULL, source VARCHAR NOT NULL,
        source_version BIGINT NOT NULL, status VARCHAR NOT NULL, recorder_id UUID NOT NULL, recorder VARCHAR NOT NULL,
        verifier_id UUID NULL, verifier VARCHAR NULL, decision_reason TEXT NULL, decided_at TIMESTAMPTZ NULL,
        created_at TIMESTAMPTZ NOT NULL,
        CHECK (amount_fen > 0),
        CHECK (kind IN ('sale', 'auction', 'licence', 'disposal')),
        CHECK (source IN ('manual', 'import', 'event')),
        CHECK (status IN ('recorded', 'verified', 'refused')),
        CHECK ((status = 'recorded') = (decided_at IS NULL)),
        CHECK (status = 'recorded' OR (verifier_id IS NOT NULL AND verifier_id <> recorder_id)))",
    "CREATE UNIQUE INDEX realisation_number ON realisation (number)",
    "CREATE UNIQUE INDEX realisation_once ON realisation (tenant, valuation_id, reference) WHERE status <> 'refused'",
    "CREATE INDEX realisation_tenant ON realisation (tenant, realised_on, id)",
    "CREATE INDEX realisation_listed ON realisation (tenant, created_at, id)",
    "CREATE TABLE pledge_outcome (
        pledge_id UUID NOT NULL, patent_id UUID NOT NULL, bank_id UUID NOT NULL, enterprise_id UUID NOT NULL,
        facility_id UUID NULL, registered_on DATE NOT NULL,
        PRIMARY KEY (pledge_id, patent_id))",
    "CREATE INDEX pledge_outcome_bank ON pledge_outcome (bank_id, registered_on)",
    "CREATE INDEX pledge_outcome_enterprise ON pledge_outcome (bank_id, enterprise_id)",
    "CREATE TABLE borrower_default (
        bank_id UUID NOT NULL, enterprise_id UUID NOT NULL, facility_id UUID NOT NULL, defaulted_on DATE NOT NULL,
        PRIMARY KEY (bank_id, enterprise_id, facility_id))",
    "CREATE TABLE backtest (
        id UUID NOT NULL PRIMARY KEY, number VARCHAR NOT NULL, tenant UUID NOT NULL, tenant_name VARCHAR NOT NULL,
        version_id UUID NULL, model_version VARCHAR NOT NULL, challenger_id UUID NULL,
        challenger_version VARCHAR NULL, scenario VARCHAR NOT NULL, from_on DATE NOT NULL, to_on DATE NOT NULL,
        observations TEXT NOT NULL, result TEXT NOT NULL, made_by_id UUID NOT NULL, made_by VARCHAR NOT NULL,
        created_at TIMESTAMPTZ NOT NULL, CHECK (to_on >= from_on))",
    "CREATE UNIQUE INDEX backtest_number ON backtest (number)",
    "CREATE INDEX backtest_tenant ON backtest (tenant, created_at, id)",
];

#[async_trait::async_trait]
impl MigrationTrait for BacktestTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = ["backtest", "borrower_default", "pledge_outcome", "realisation"];
        tx_kit::schema::drop(manager, &tables).await
    }
}
