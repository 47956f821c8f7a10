//! The tables of the subject.

use sea_orm_migration::prelude::*;

/// Deals as they stand, and every version of each.
pub struct DealTables;

impl MigrationName for DealTables {
    fn name(&self) -> &'static str {
        "m2026_0041b_deals"
    }
}

const TABLES: &[&str] = &[
    "CREATE TABLE market_deal (
        id UUID NOT NULL PRIMARY KEY, number VARCHAR NOT NULL UNIQUE, tenant UUID NOT NULL, tenant_name VARCHAR NOT NULL,
        kind VARCHAR NOT NULL, dealt_on DATE NOT NULL, patents TEXT NOT NULL, ipc TEXT NOT NULL,
        industry VARCHAR NOT NULL, parties TEXT NOT NULL, price_fen BIGINT NOT NULL, source VARCHAR NOT NULL,
        source_reference VARCHAR NOT NULL, shared BOOLEAN NOT NULL, standing VARCHAR NOT NULL, content TEXT NOT NULL,
        revision INTEGER NOT NULL, maker_id UUID NOT NULL, maker VARCHAR NOT NULL, checker_id UUID NULL,
        checker VARCHAR NULL, decision_reason TEXT NULL, created_at TIMESTAMPTZ NOT NULL,
        updated_at TIMESTAMPTZ NOT NULL, version BIGINT NOT NULL,
        UNIQUE (tenant, source, source_reference),
        CHECK (standing IN ('recorded', 'verified', 'returned')),
        CHECK (price_fen >= 0 AND revision > 0),
        CHECK (standing = 'recorded' OR (checker_id IS NOT NULL AND checker_id <> maker_id)))",
    "CREATE INDEX market_deal_tenant ON market_deal (tenant, dealt_on, id)",
    "CREATE INDEX market_deal_by_day ON market_deal (dealt_on, id)",
    "CREATE INDEX market_deal_reference ON market_deal (tenant, source_reference)",
    "CREATE INDEX market_deal_by_price ON market_deal (price_fen, id)",
    "CREATE INDEX market_deal_evidence ON market_deal (standing, dealt_on, id)",
    "CREATE TABLE market_deal_version (
        id UUID NOT NULL PRIMARY KEY, deal_id UUID NOT NULL REFERENCES market_deal (id), revision INTEGER NOT NULL,
        what VARCHAR NOT NULL, reason TEXT NULL, content TEXT NOT NULL, by_id UUID NOT NULL, by_name VARCHAR NOT NULL,
        at TIMESTAMPTZ NOT NULL, version BIGINT NOT NULL,
        CHECK (what IN ('recorded', 'corrected', 'verified', 'returned')))",
    "CREATE UNIQUE INDEX market_deal_version_deal ON market_deal_version (deal_id, version)",
];

#[async_trait::async_trait]
impl MigrationTrait for DealTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::drop(manager, &["market_deal_version", "market_deal"]).await
    }
}
