//! Tables of scoring: runs over the catalogue, the last score of each patent, what each run changed, and what cohorts say.

use sea_orm_migration::prelude::*;
use tx_kit::schema::{drop, run};

/// Runs, scores, their history, cohorts.
pub struct ScoringTables;

impl MigrationName for ScoringTables {
    fn name(&self) -> &'static str {
        "m2026_0049_scoring_runs"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for ScoringTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                "CREATE TABLE scoring_run (
                    id UUID NOT NULL PRIMARY KEY, tenant UUID NOT NULL, scenario VARCHAR NOT NULL,
                    scored_on DATE NOT NULL, requested_by VARCHAR NOT NULL, created_at TIMESTAMPTZ NOT NULL,
                    owner UUID NOT NULL, model_version VARCHAR NOT NULL, model_version_id UUID NULL,
                    content_hash VARCHAR NULL, CHECK (scenario IN ('pledge', 'licence', 'stocktake')),
                    CHECK ((model_version_id IS NULL) = (content_hash IS NULL)))",
                "CREATE TABLE scoring_stage (
                    run_id UUID NOT NULL, position BIGINT NOT NULL, brief TEXT NOT NULL, detail TEXT NOT NULL,
                    PRIMARY KEY (run_id, position))",
                // The owner of a tree is the nil id for the platform's, else a bank.
                "CREATE TABLE patent_score (
                    owner UUID NOT NULL, scenario VARCHAR NOT NULL, patent_id UUID NOT NULL, run_id UUID NOT NULL,
                    scored_on DATE NOT NULL, outcome VARCHAR NOT NULL, total_hundredths BIGINT NULL,
                    coverage_points BIGINT NOT NULL, grade VARCHAR NULL, percentile_points BIGINT NULL,
                    cohort BIGINT NULL, citation_window_open BOOLEAN NOT NULL, leaves TEXT NOT NULL,
                    indicators TEXT NOT NULL, model_version VARCHAR NOT NULL, change TEXT NOT NULL,
                    PRIMARY KEY (owner, scenario, patent_id),
                    CHECK (total_hundredths IS NULL OR (total_hundredths >= 0 AND total_hundredths <= 10000)),
                    CHECK (coverage_points >= 0 AND coverage_points <= 10000))",
                "CREATE TABLE patent_score_history (
                    id UUID NOT NULL PRIMARY KEY, owner UUID NOT NULL, patent_id UUID NOT NULL,
                    scenario VARCHAR NOT NULL, run_id UUID NOT NULL, scored_on DATE NOT NULL, at TIMESTAMPTZ NOT NULL,
                    outcome VARCHAR NOT NULL, total_hundredths BIGINT NULL, coverage_points BIGINT NOT NULL,
                    grade VARCHAR NULL, percentile_points BIGINT NULL, model_version VARCHAR NOT NULL,
                    change TEXT NOT NULL, UNIQUE (patent_id, scenario, run_id))",
                "CREATE TABLE scoring_cohort (
                    owner UUID NOT NULL, scenario VARCHAR NOT NULL, cohort BIGINT NOT NULL, run_id UUID NOT NULL,
                    norms TEXT NOT NULL, PRIMARY KEY (owner, scenario, cohort))",
                "CREATE INDEX patent_score_total ON patent_score (owner, scenario, total_hundredths, patent_id)",
                "CREATE INDEX patent_score_history_of ON patent_score_history (patent_id, owner, scenario, at, id)",
                "CREATE INDEX scoring_run_tenant ON scoring_run (tenant, created_at, id)",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables =
            ["scoring_cohort", "patent_score_history", "patent_score", "scoring_stage", "scoring_run"];
        drop(manager, &tables).await
    }
}
