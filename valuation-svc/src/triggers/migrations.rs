//! The tables of revaluation triggers and of the versions of organisations' rules.

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
    "CREATE INDEX revaluation_trigger_deadline ON revaluation_trigger (tenant, deadline, id)",
    "CREATE INDEX revaluation_trigger_noted ON revaluation_trigger (tenant, noted_on, id)",
    "CREATE INDEX revaluation_trigger_patent ON revaluation_trigger (patent_id, status)",
    "CREATE TABLE trigger_rules_version (
        id UUID NOT NULL PRIMARY KEY, tenant UUID NOT NULL, tenant_name VARCHAR NOT NULL, version INTEGER NOT NULL,
        content TEXT NOT NULL, effective_from DATE NOT NULL, reason TEXT NOT NULL, status VARCHAR NOT NULL,
        maker_id UUID NOT NULL, maker VARCHAR NOT NULL, approver_id UUID NULL, approver VARCHAR NULL,
        decision_reason TEXT NULL, created_at TIMESTAMPTZ NOT NULL, decided_at TIMESTAMPTZ NULL,
        UNIQUE (tenant, version),
        CHECK (version > 0),
        CHECK (status IN ('proposed', 'approved', 'refused')),
        CHECK ((status = 'proposed') = (decided_at IS NULL)),
        CHECK (status = 'proposed' OR (approver_id IS NOT NULL AND approver_id <> maker_id)))",
    "CREATE UNIQUE INDEX trigger_rules_version_open ON trigger_rules_version (tenant) WHERE status = 'proposed'",
    "CREATE INDEX trigger_rules_version_active ON trigger_rules_version (tenant, status, effective_from)",
];

#[async_trait::async_trait]
impl MigrationTrait for TriggerTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::drop(manager, &["trigger_rules_version", "revaluation_trigger"]).await
    }
}
