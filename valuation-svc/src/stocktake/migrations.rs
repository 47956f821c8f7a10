//! Tables of stocktakes, with the second line of defence: a patent is in a stocktake once, what is in the library was
//! assessed twice.

use sea_orm_migration::prelude::*;

/// Stocktakes, their items and bundles.
pub struct StocktakeTables;

impl MigrationName for StocktakeTables {
    fn name(&self) -> &'static str {
        "m2026_0042_stocktake"
    }
}

const TABLES: &[&str] = &[
    "CREATE TABLE stocktake (
        id UUID NOT NULL PRIMARY KEY, tenant UUID NOT NULL, tenant_name VARCHAR NOT NULL, name VARCHAR NOT NULL,
        deadline DATE NOT NULL, filed_from INTEGER NULL, filed_to INTEGER NULL, with_pending BOOLEAN NOT NULL,
        colleges TEXT NOT NULL, state VARCHAR NOT NULL, bundles BIGINT NOT NULL, opened_by VARCHAR NOT NULL,
        created_at TIMESTAMPTZ NOT NULL, closed_by VARCHAR NULL, closed_at TIMESTAMPTZ NULL, closing_note TEXT NULL,
        unfinished TEXT NULL, version BIGINT NOT NULL,
        CHECK (state IN ('open', 'closed')),
        CHECK ((state = 'closed') = (closed_at IS NOT NULL) AND (state = 'closed') = (unfinished IS NOT NULL)),
        CHECK (bundles >= 0))",
    // What lists are narrowed by stands in columns beside the assessments; an empty text or 0 where nothing was said.
    "CREATE TABLE stocktake_item (
        id UUID NOT NULL PRIMARY KEY, campaign_id UUID NOT NULL REFERENCES stocktake (id), tenant UUID NOT NULL,
        patent_id UUID NOT NULL, patent_number VARCHAR NOT NULL, patent_title TEXT NOT NULL, patent_kind VARCHAR NOT NULL,
        ipc VARCHAR NOT NULL, filed_on DATE NULL, granted_on DATE NULL, college VARCHAR NOT NULL, inventor_id UUID NULL,
        inventor_name VARCHAR NOT NULL, due_on DATE NOT NULL, state VARCHAR NOT NULL, self_assessment TEXT NULL,
        self_assessed_by VARCHAR NULL, unit_assessment TEXT NULL, unit_assessed_by_id UUID NULL,
        unit_assessed_by VARCHAR NULL, grade BIGINT NOT NULL, idle BOOLEAN NOT NULL, labels TEXT NOT NULL,
        bundle BIGINT NULL, reason TEXT NULL, reviewed_by VARCHAR NULL, updated_at TIMESTAMPTZ NOT NULL,
        version BIGINT NOT NULL,
        UNIQUE (campaign_id, patent_id),
        CHECK (state IN ('draft', 'college', 'institution', 'library', 'kept_out')),
        CHECK (state = 'draft' OR (college <> '' AND self_assessment IS NOT NULL)),
        CHECK (state IN ('draft', 'college') OR unit_assessment IS NOT NULL),
        CHECK (state NOT IN ('library', 'kept_out') OR reviewed_by IS NOT NULL),
        CHECK (grade BETWEEN 0 AND 5))",
    "CREATE TABLE stocktake_bundle (
        campaign_id UUID NOT NULL REFERENCES stocktake (id), bundle BIGINT NOT NULL, name VARCHAR NOT NULL,
        note TEXT NOT NULL, made_by VARCHAR NOT NULL, created_at TIMESTAMPTZ NOT NULL,
        PRIMARY KEY (campaign_id, bundle), CHECK (bundle > 0))",
    "CREATE INDEX stocktake_tenant ON stocktake (tenant, created_at, id)",
    "CREATE INDEX stocktake_item_state ON stocktake_item (campaign_id, college, state, grade, due_on)",
    "CREATE INDEX stocktake_item_number ON stocktake_item (campaign_id, patent_number, id)",
    "CREATE INDEX stocktake_item_tenant ON stocktake_item (tenant, patent_number, id)",
    "CREATE INDEX stocktake_item_everywhere ON stocktake_item (patent_number, id)",
    "CREATE INDEX stocktake_item_id ON stocktake_item (campaign_id, id)",
    "CREATE INDEX stocktake_item_queue ON stocktake_item (tenant, state, due_on, id)",
    "CREATE INDEX stocktake_item_inventor ON stocktake_item (tenant, inventor_id, inventor_name)",
    "CREATE INDEX stocktake_item_patent ON stocktake_item (patent_id, state)",
    "CREATE INDEX stocktake_item_bundle ON stocktake_item (campaign_id, bundle)",
    // The orders of the list of items: within a stocktake, of an institute, of all.
    "CREATE INDEX stocktake_item_by_due ON stocktake_item (campaign_id, due_on, id)",
    "CREATE INDEX stocktake_item_by_change ON stocktake_item (campaign_id, updated_at, id)",
    "CREATE INDEX stocktake_item_by_state ON stocktake_item (campaign_id, state, id)",
    "CREATE INDEX stocktake_item_by_college ON stocktake_item (campaign_id, college, id)",
    "CREATE INDEX stocktake_item_by_grade ON stocktake_item (campaign_id, grade, id)",
    "CREATE INDEX stocktake_item_tenant_due ON stocktake_item (tenant, due_on, id)",
    "CREATE INDEX stocktake_item_tenant_change ON stocktake_item (tenant, updated_at, id)",
    "CREATE INDEX stocktake_item_all_due ON stocktake_item (due_on, id)",
    "CREATE INDEX stocktake_item_all_change ON stocktake_item (updated_at, id)",
    "CREATE INDEX stocktake_all ON stocktake (created_at, id)",
];

#[async_trait::async_trait]
impl MigrationTrait for StocktakeTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::drop(manager, &["stocktake_bundle", "stocktake_item", "stocktake"]).await
    }
}
