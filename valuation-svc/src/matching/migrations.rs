//! Tables of the subject.

use sea_orm_migration::prelude::*;

/// Needs of enterprises, who may see them, and patents proposed.
pub struct MatchingTables;

impl MigrationName for MatchingTables {
    fn name(&self) -> &'static str {
        "m2026_0044_matching"
    }
}

const TABLES: &[&str] = &[
    "CREATE TABLE technology_need (
        id UUID NOT NULL PRIMARY KEY, enterprise_id UUID NOT NULL, enterprise_name VARCHAR NOT NULL,
        title VARCHAR NOT NULL, problem TEXT NOT NULL, industry VARCHAR NOT NULL, ipc TEXT NOT NULL,
        budget_low_fen BIGINT NULL, budget_high_fen BIGINT NULL, mode VARCHAR NOT NULL, deadline DATE NULL,
        visibility VARCHAR NOT NULL, status VARCHAR NOT NULL, outcome VARCHAR NULL, outcome_note TEXT NULL,
        maker_id UUID NOT NULL, maker VARCHAR NOT NULL, stated_on DATE NOT NULL, created_at TIMESTAMPTZ NOT NULL,
        updated_at TIMESTAMPTZ NOT NULL, version BIGINT NOT NULL,
        CHECK (status IN ('open', 'paused', 'closed')),
        CHECK ((status = 'closed') = (outcome IS NOT NULL)),
        CHECK (visibility IN ('platform', 'institutes', 'chosen')),
        CHECK (mode IN ('any', 'transfer', 'licence', 'open_licence', 'equity', 'joint_development')),
        CHECK (budget_low_fen IS NULL OR budget_low_fen >= 0),
        CHECK (budget_high_fen IS NULL OR budget_high_fen > 0),
        CHECK (budget_low_fen IS NULL OR budget_high_fen IS NULL OR budget_low_fen <= budget_high_fen))",
    "CREATE INDEX technology_need_enterprise ON technology_need (enterprise_id, created_at, id)",
    "CREATE INDEX technology_need_title ON technology_need (title, id)",
    "CREATE INDEX technology_need_open ON technology_need (created_at, id) WHERE status = 'open'",
    "CREATE TABLE need_audience (
        need_id UUID NOT NULL REFERENCES technology_need (id), institute_id UUID NOT NULL,
        PRIMARY KEY (need_id, institute_id))",
    "CREATE INDEX need_audience_institute ON need_audience (institute_id, need_id)",
    "CREATE TABLE patent_match (
        id UUID NOT NULL PRIMARY KEY, pair VARCHAR NOT NULL, need_id UUID NULL REFERENCES technology_need (id),
        need_title VARCHAR NOT NULL, need_version BIGINT NOT NULL, patent_id UUID NOT NULL REFERENCES patent (id),
        patent_number VARCHAR NOT NULL, patent_title TEXT NOT NULL, patent_version BIGINT NOT NULL,
        institute_id UUID NOT NULL, institute_name VARCHAR NOT NULL, enterprise_id UUID NOT NULL,
        enterprise_name VARCHAR NOT NULL, origin VARCHAR NOT NULL, score BIGINT NOT NULL, reasons TEXT NOT NULL,
        message TEXT NOT NULL, institute_contact VARCHAR NOT NULL, enterprise_contact VARCHAR NULL,
        status VARCHAR NOT NULL, reason_code VARCHAR NULL, note TEXT NULL, outcome_mode VARCHAR NULL,
        outcome_amount_fen BIGINT NULL, signed_on DATE NULL, proposed_by VARCHAR NOT NULL, proposed_on DATE NOT NULL,
        answered_by VARCHAR NULL, answered_on DATE NULL, created_at TIMESTAMPTZ NOT NULL,
        updated_at TIMESTAMPTZ NOT NULL, version BIGINT NOT NULL,
        CHECK (status IN ('proposed', 'withdrawn', 'declined', 'lapsed', 'accepted', 'in_talks', 'signed', 'failed')),
        CHECK (status NOT IN ('declined', 'failed') OR reason_code IS NOT NULL),
        CHECK (status NOT IN ('accepted', 'in_talks', 'signed', 'failed') OR enterprise_contact IS NOT NULL),
        CHECK ((status = 'signed') = (signed_on IS NOT NULL)),
        CHECK ((signed_on IS NULL) = (outcome_mode IS NULL)),
        CHECK (outcome_amount_fen IS NULL OR outcome_amount_fen > 0),
        CHECK (score >= 0 AND score <= 10000), CHECK (institute_id <> enterprise_id))",
    // A pair is proposed once at a time.
    "CREATE UNIQUE INDEX patent_match_live ON patent_match (pair)
        WHERE status IN ('proposed', 'accepted', 'in_talks', 'signed')",
    "CREATE INDEX patent_match_pair ON patent_match (pair, created_at)",
    "CREATE INDEX patent_match_institute ON patent_match (institute_id, created_at, id)",
    "CREATE INDEX patent_match_enterprise ON patent_match (enterprise_id, created_at, id)",
    "CREATE INDEX patent_match_institute_change ON patent_match (institute_id, updated_at, id)",
    "CREATE INDEX patent_match_institute_score ON patent_match (institute_id, score, id)",
    "CREATE INDEX patent_match_enterprise_change ON patent_match (enterprise_id, updated_at, id)",
    "CREATE INDEX patent_match_enterprise_score ON patent_match (enterprise_id, score, id)",
    "CREATE INDEX patent_match_need ON patent_match (need_id, status)",
    "CREATE INDEX patent_match_day ON patent_match (institute_id, proposed_on, enterprise_id)",
    // The search index follows the catalogue by the stamp of the last change.
    "CREATE INDEX patent_by_change ON patent (updated_at, id)",
];

#[async_trait::async_trait]
impl MigrationTrait for MatchingTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::drop(manager, &["patent_match", "need_audience", "technology_need"]).await
    }
}
