//! The tables of revaluation triggers and of what organisations have set for them.

use sea_orm_migration::prelude::*;

/// Triggers and their rules.
pub struct TriggerTables;

impl MigrationName for TriggerTables {
    fn name(&self) -> &'static str {
        "m2026_0047_revaluation_triggers"
    }
}

const TABLES: &[&str] = &[
    "CREATE TABLE revaluation_trigger (
        id UUID NOT NULL PRIMARY KEY, valuation_id UUID NOT NULL, valuation_number VARCHAR NOT NULL,
        tenant UUID NOT NULL, tenant_name VARCHAR NOT NULL, purpose VARCHAR NOT NULL, patent_id UUID NOT NULL,
        patent_number VARCHAR NOT NULL, patent_title TEXT NOT NULL, cause VARCHAR NOT NULL, cause_key VARCHAR NOT NULL,
        reason_zh TEXT NOT NULL, reason_en TEXT NOT NULL, noted_on DATE NOT NULL, deadline DATE NOT NULL,
        status VARCHAR NOT NULL, closed_by UUID NULL, closed_on DATE NULL, created_at TIMESTAMPTZ NOT NULL,
        version BIGINT NOT NULL,
        CHECK (deadline >= noted_on),
        CHECK (status IN ('due', 'closed')),
        CHECK ((status = 'closed') = (closed_by IS NOT NULL)),
        CHECK ((status = 'closed') = (closed_on IS NOT NULL)))",
    "CREATE UNIQUE INDEX revaluation_trigger_once ON revaluation_trigger (valuation_id, cause, cause_key)",
    "CREATE INDEX revaluation_trigger_tenant ON revaluation_trigger (tenant, status, deadline, id)",
    "CREATE INDEX revaluation_trigger_patent ON revaluation_trigger (patent_id, status)",
    "CREATE TABLE trigger_rules (
        tenant UUID NOT NULL PRIMARY KEY, content TEXT NOT NULL, changed_by VARCHAR NOT NULL,
        changed_at TIMESTAMPTZ NOT NULL, version BIGINT NOT NULL)",
];

#[async_trait::async_trait]
impl MigrationTrait for TriggerTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::drop(manager, &["trigger_rules", "revaluation_trigger"]).await
    }
}
