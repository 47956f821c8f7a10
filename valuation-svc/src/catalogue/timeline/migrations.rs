//! Tables of timelines, families, citations and justifications of patents that are not used.

use sea_orm_migration::prelude::*;

/// What happened to patents, and what belongs to them beside their documents.
pub struct TimelineTables;

impl MigrationName for TimelineTables {
    fn name(&self) -> &'static str {
        "m2026_0040_timeline"
    }
}

const TABLES: &[&str] = &[
    "CREATE TABLE legal_event (
        id UUID NOT NULL PRIMARY KEY, patent_id UUID NOT NULL, seq BIGINT NOT NULL, kind VARCHAR NOT NULL,
        happened_on DATE NOT NULL, details TEXT NOT NULL, source VARCHAR NOT NULL, document VARCHAR NULL,
        remark TEXT NULL, recorded_by VARCHAR NOT NULL, tenant UUID NOT NULL, recorded_at TIMESTAMPTZ NOT NULL,
        supersedes UUID NULL, CHECK (seq > 0), CHECK (supersedes IS NULL OR supersedes <> id),
        CHECK (kind <> 'void' OR supersedes IS NOT NULL))",
    "CREATE UNIQUE INDEX legal_event_seq ON legal_event (patent_id, seq)",
    // An entry is corrected once; the correction may be corrected in its turn.
    "CREATE UNIQUE INDEX legal_event_superseded ON legal_event (supersedes) WHERE supersedes IS NOT NULL",
    "CREATE INDEX legal_event_day ON legal_event (patent_id, happened_on, id)",
    "CREATE INDEX legal_event_kind ON legal_event (kind, happened_on, id)",
    "CREATE TABLE family_member (
        id UUID NOT NULL PRIMARY KEY, family_id UUID NOT NULL, number VARCHAR NOT NULL, number_key VARCHAR NOT NULL,
        country VARCHAR NOT NULL, status VARCHAR NOT NULL, in_force BOOLEAN NOT NULL, known BOOLEAN NOT NULL,
        filed_on DATE NULL, priority_number VARCHAR NULL, source VARCHAR NOT NULL, recorded_by VARCHAR NOT NULL,
        recorded_at TIMESTAMPTZ NOT NULL, CHECK (NOT in_force OR known))",
    "CREATE UNIQUE INDEX family_member_number ON family_member (number_key)",
    "CREATE INDEX family_member_family ON family_member (family_id, country, id)",
    "CREATE TABLE citation (
        id UUID NOT NULL PRIMARY KEY, patent_id UUID NOT NULL, kind VARCHAR NOT NULL, reference TEXT NOT NULL,
        reference_key VARCHAR NOT NULL, cited_on DATE NOT NULL, ipc TEXT NOT NULL, category VARCHAR NULL,
        source VARCHAR NOT NULL, recorded_by VARCHAR NOT NULL, recorded_at TIMESTAMPTZ NOT NULL,
        CHECK (kind IN ('backward_patent', 'backward_literature', 'forward')))",
    "CREATE UNIQUE INDEX citation_once ON citation (patent_id, kind, reference_key)",
    "CREATE INDEX citation_of_patent ON citation (patent_id, cited_on, id)",
    "CREATE INDEX citation_reference ON citation (reference_key)",
    "CREATE TABLE dormancy_justification (
        id UUID NOT NULL PRIMARY KEY, patent_id UUID NOT NULL, tenant UUID NOT NULL, tenant_name VARCHAR NOT NULL,
        ground VARCHAR NOT NULL, reason TEXT NOT NULL, document VARCHAR NULL, valid_until DATE NOT NULL,
        recorded_by VARCHAR NOT NULL, recorded_at TIMESTAMPTZ NOT NULL, withdrawn_on DATE NULL,
        withdrawn_by VARCHAR NULL, withdrawal_reason TEXT NULL,
        CHECK ((withdrawn_on IS NULL) = (withdrawn_by IS NULL)),
        CHECK (ground IN ('technology_maturing', 'market_not_ready', 'regulatory_approval', 'defensive', 'public_interest',
            'negotiating', 'other')))",
    "CREATE UNIQUE INDEX dormancy_justification_standing ON dormancy_justification (patent_id)
        WHERE withdrawn_on IS NULL",
    "CREATE INDEX dormancy_justification_patent ON dormancy_justification (patent_id, recorded_at, id)",
];

#[async_trait::async_trait]
impl MigrationTrait for TimelineTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = ["dormancy_justification", "citation", "family_member", "legal_event"];
        tx_kit::schema::drop(manager, &tables).await
    }
}
