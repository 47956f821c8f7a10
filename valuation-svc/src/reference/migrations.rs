//! The tables of the subject, and the versions that the platform ships.

use sea_orm::{EntityTrait, IntoActiveModel};
use sea_orm_migration::prelude::*;

use super::{
    shipped::{self, SHIPPED},
    store::{row, version},
};

/// Versions of reference tables with their rows, and how far patents follow the concordance.
pub struct ReferenceTables;

impl MigrationName for ReferenceTables {
    fn name(&self) -> &'static str {
        "m2026_0041_reference"
    }
}

const TABLES: &[&str] = &[
    "CREATE TABLE reference_version (
        id UUID NOT NULL PRIMARY KEY, kind VARCHAR NOT NULL, number INTEGER NOT NULL, state VARCHAR NOT NULL,
        source TEXT NOT NULL, citation TEXT NOT NULL, status VARCHAR NOT NULL, effective_from DATE NULL,
        row_count INTEGER NOT NULL, file_name VARCHAR NOT NULL, imported_by_id UUID NULL, imported_by VARCHAR NOT NULL,
        imported_at TIMESTAMPTZ NOT NULL, proposed_by_id UUID NULL, proposed_by VARCHAR NULL,
        proposed_at TIMESTAMPTZ NULL, proposal_reason TEXT NULL, decided_by_id UUID NULL, decided_by VARCHAR NULL,
        decided_at TIMESTAMPTZ NULL, decision_reason TEXT NULL, version BIGINT NOT NULL,
        UNIQUE (kind, number),
        CHECK (kind IN ('concordance', 'patent-intensive', 'licence-statistics', 'market-index')),
        CHECK (state IN ('draft', 'proposed', 'published', 'discarded')),
        CHECK (status IN ('official', 'platform_default')),
        CHECK ((state IN ('proposed', 'published')) = (effective_from IS NOT NULL)),
        CHECK (state NOT IN ('published', 'discarded') OR decided_at IS NOT NULL),
        CHECK (state <> 'proposed' OR (proposed_by_id IS NOT NULL AND decided_at IS NULL)),
        CHECK (state <> 'published' OR imported_by_id IS NULL
            OR (proposed_by_id IS NOT NULL AND decided_by_id IS NOT NULL AND decided_by_id <> proposed_by_id)),
        CHECK (number > 0 AND row_count > 0))",
    "CREATE INDEX reference_version_in_force ON reference_version (kind, state, effective_from, number)",
    "CREATE TABLE reference_row (
        id UUID NOT NULL PRIMARY KEY, version_id UUID NOT NULL REFERENCES reference_version (id),
        row_number INTEGER NOT NULL, code VARCHAR NOT NULL, period VARCHAR NOT NULL, content TEXT NOT NULL,
        UNIQUE (version_id, row_number))",
    "CREATE INDEX reference_row_code ON reference_row (version_id, code, period)",
    // One row: which version of the concordance the patents' industries follow, and how far the walk has come.
    "CREATE TABLE reference_followed (
        id INTEGER NOT NULL PRIMARY KEY, version_id UUID NOT NULL, walked_to UUID NOT NULL, done BOOLEAN NOT NULL,
        CHECK (id = 1))",
];

#[async_trait::async_trait]
impl MigrationTrait for ReferenceTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await?;
        let conn = manager.get_connection();
        for table in &SHIPPED {
            let (version, rows) = shipped::rows_of(table).map_err(|why| DbErr::Custom(why.to_string()))?;
            version::Entity::insert(version.into_active_model()).exec_without_returning(conn).await?;
            let rows = rows.into_iter().map(IntoActiveModel::into_active_model);
            row::Entity::insert_many(rows).exec_without_returning(conn).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::drop(manager, &["reference_followed", "reference_row", "reference_version"]).await
    }
}
