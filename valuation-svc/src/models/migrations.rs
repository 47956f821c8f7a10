//! Tables of the subject.

use sea_orm_migration::prelude::*;

/// Versions of models, what they are used for, and every content that a valuation was ever made with.
pub struct ModelTables;

impl MigrationName for ModelTables {
    fn name(&self) -> &'static str {
        "m2026_0045_models"
    }
}

const TABLES: &[&str] = &[
    "CREATE TABLE model_version (
        id UUID NOT NULL PRIMARY KEY, bank_id UUID NOT NULL, bank_name VARCHAR NOT NULL, number VARCHAR NOT NULL,
        version BIGINT NOT NULL, name VARCHAR NOT NULL, reason TEXT NOT NULL, based_on UUID NULL,
        status VARCHAR NOT NULL, content TEXT NOT NULL, content_hash VARCHAR NOT NULL,
        developer_id UUID NOT NULL, developer VARCHAR NOT NULL, validator_id UUID NULL, validator VARCHAR NULL,
        validated_at TIMESTAMPTZ NULL, validation TEXT NULL, approver_id UUID NULL, approver VARCHAR NULL,
        approved_at TIMESTAMPTZ NULL, approval_note TEXT NULL, returned_by VARCHAR NULL, returned_reason TEXT NULL,
        retired_by VARCHAR NULL, retired_reason TEXT NULL, submitted_at TIMESTAMPTZ NULL,
        material BOOLEAN NOT NULL, material_reason TEXT NULL, row_version BIGINT NOT NULL,
        created_at TIMESTAMPTZ NOT NULL, changed_at TIMESTAMPTZ NOT NULL,
        UNIQUE (bank_id, version),
        CHECK (version > 0 AND row_version > 0),
        CHECK (status IN ('draft', 'submitted', 'validated', 'approved', 'active', 'retired', 'discarded')),
        CHECK (status <> 'discarded' OR submitted_at IS NULL),
        CHECK (material OR material_reason IS NOT NULL),
        CHECK (status NOT IN ('validated', 'approved', 'active') OR (validator_id IS NOT NULL AND validation IS NOT NULL)),
        CHECK (status NOT IN ('approved', 'active') OR approver_id IS NOT NULL),
        CHECK (validator_id IS NULL OR validator_id <> developer_id),
        CHECK (approver_id IS NULL OR (approver_id <> developer_id AND approver_id <> validator_id)))",
    "CREATE UNIQUE INDEX model_version_number ON model_version (number)",
    "CREATE INDEX model_version_listed ON model_version (bank_id, created_at, id)",
    "CREATE TABLE model_activation (
        id UUID NOT NULL PRIMARY KEY, bank_id UUID NOT NULL, version_id UUID NOT NULL, scenario VARCHAR NOT NULL,
        role VARCHAR NOT NULL, active_from DATE NOT NULL, active_until DATE NULL, activated_by VARCHAR NOT NULL,
        created_at TIMESTAMPTZ NOT NULL,
        CHECK (role IN ('champion', 'challenger')),
        CHECK (scenario IN ('pledge', 'licence', 'stocktake')),
        CHECK (active_until IS NULL OR active_until >= active_from))",
    "CREATE UNIQUE INDEX model_activation_champion ON model_activation (bank_id, scenario)
        WHERE role = 'champion' AND active_until IS NULL",
    "CREATE UNIQUE INDEX model_activation_once ON model_activation (version_id, scenario) WHERE active_until IS NULL",
    "CREATE INDEX model_activation_on ON model_activation (bank_id, scenario, active_from)",
    "CREATE TABLE model_content (
        hash VARCHAR NOT NULL PRIMARY KEY, content TEXT NOT NULL, kept_at TIMESTAMPTZ NOT NULL)",
    "CREATE TABLE valuation_challenger (
        id UUID NOT NULL PRIMARY KEY, valuation_id UUID NOT NULL, tenant UUID NOT NULL, patent_id UUID NOT NULL,
        version_id UUID NOT NULL, content_hash VARCHAR NOT NULL, model_version VARCHAR NOT NULL,
        score_hundredths BIGINT NOT NULL, grade VARCHAR NOT NULL, value_fen BIGINT NOT NULL, low_fen BIGINT NOT NULL,
        high_fen BIGINT NOT NULL, collateral_fen BIGINT NOT NULL, maximum_loan_fen BIGINT NOT NULL,
        valuation_date DATE NOT NULL, created_at TIMESTAMPTZ NOT NULL,
        UNIQUE (valuation_id, version_id),
        CHECK (low_fen >= 0 AND low_fen <= value_fen AND value_fen <= high_fen AND maximum_loan_fen <= collateral_fen))",
    "CREATE INDEX valuation_challenger_version ON valuation_challenger (version_id, valuation_date)",
];

#[async_trait::async_trait]
impl MigrationTrait for ModelTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = ["valuation_challenger", "model_content", "model_activation", "model_version"];
        tx_kit::schema::drop(manager, &tables).await
    }
}
