//! The table of overrides.

use sea_orm_migration::prelude::*;

/// Proposals to put another figure in a valuation's place.
pub struct OverrideTables;

impl MigrationName for OverrideTables {
    fn name(&self) -> &'static str {
        "m2026_0046_overrides"
    }
}

const TABLES: &[&str] = &[
    "CREATE TABLE valuation_override (
        id UUID NOT NULL PRIMARY KEY, number VARCHAR NOT NULL, tenant UUID NOT NULL, tenant_name VARCHAR NOT NULL,
        valuation_id UUID NOT NULL, valuation_number VARCHAR NOT NULL, patent_id UUID NOT NULL,
        patent_number VARCHAR NOT NULL, patent_title TEXT NOT NULL, model_version VARCHAR NOT NULL,
        kind VARCHAR NOT NULL, change_json TEXT NOT NULL, reason_code VARCHAR NOT NULL, reason TEXT NOT NULL,
        evidence TEXT NOT NULL, model_json TEXT NOT NULL, figures_json TEXT NOT NULL, size_bp BIGINT NOT NULL,
        status VARCHAR NOT NULL, maker_id UUID NOT NULL, maker VARCHAR NOT NULL, decider_id UUID NULL,
        decider VARCHAR NULL, decision_reason TEXT NULL, decided_at TIMESTAMPTZ NULL, created_at TIMESTAMPTZ NOT NULL,
        CHECK (kind IN ('value', 'grade', 'leaves')),
        CHECK (status IN ('proposed', 'approved', 'refused')),
        CHECK ((status = 'proposed') = (decided_at IS NULL)),
        CHECK (status = 'proposed' OR (decider_id IS NOT NULL AND decider_id <> maker_id)))",
    "CREATE UNIQUE INDEX valuation_override_number ON valuation_override (number)",
    "CREATE UNIQUE INDEX valuation_override_open ON valuation_override (valuation_id) WHERE status = 'proposed'",
    "CREATE INDEX valuation_override_tenant ON valuation_override (tenant, created_at, id)",
];

#[async_trait::async_trait]
impl MigrationTrait for OverrideTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::drop(manager, &["valuation_override"]).await
    }
}
