//! The tables of patents valued together.

use sea_orm_migration::prelude::*;

/// Portfolios and their members.
pub struct PortfolioTables;

impl MigrationName for PortfolioTables {
    fn name(&self) -> &'static str {
        "m2026_0048_portfolios"
    }
}

const TABLES: &[&str] = &[
    "CREATE TABLE portfolio (
        id UUID NOT NULL PRIMARY KEY, number VARCHAR NOT NULL, tenant UUID NOT NULL, tenant_name VARCHAR NOT NULL,
        name TEXT NOT NULL, basis VARCHAR NOT NULL, spec TEXT NOT NULL, valuation_date DATE NOT NULL, seed BIGINT NOT NULL,
        status VARCHAR NOT NULL, members BIGINT NOT NULL, value_fen BIGINT NOT NULL, summary TEXT NULL,
        job_id UUID NOT NULL, created_by VARCHAR NOT NULL, created_at TIMESTAMPTZ NOT NULL, version BIGINT NOT NULL,
        CHECK (status IN ('running', 'valued')),
        CHECK ((status = 'valued') = (summary IS NOT NULL)),
        CHECK (members > 0 AND value_fen >= 0))",
    "CREATE UNIQUE INDEX portfolio_number ON portfolio (number)",
    "CREATE INDEX portfolio_tenant ON portfolio (tenant, created_at, id)",
    "CREATE INDEX portfolio_value ON portfolio (tenant, value_fen, id)",
    "CREATE TABLE portfolio_member (
        portfolio_id UUID NOT NULL REFERENCES portfolio (id), position BIGINT NOT NULL, patent_id UUID NOT NULL,
        patent_number VARCHAR NOT NULL, patent_title TEXT NOT NULL, value_fen BIGINT NOT NULL, content TEXT NOT NULL,
        PRIMARY KEY (portfolio_id, position),
        CHECK (value_fen >= 0))",
    "CREATE UNIQUE INDEX portfolio_member_once ON portfolio_member (portfolio_id, patent_id)",
];

#[async_trait::async_trait]
impl MigrationTrait for PortfolioTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::drop(manager, &["portfolio_member", "portfolio"]).await
    }
}
