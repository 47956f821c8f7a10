//! Tables of market evaluation, with the second line of defence: one answer for each expert and patent of a round.

use sea_orm_migration::prelude::*;

/// Rounds, whom they are put to, their patents and the experts' answers.
pub struct EvaluationTables;

impl MigrationName for EvaluationTables {
    fn name(&self) -> &'static str {
        "m2026_0043_evaluation"
    }
}

const TABLES: &[&str] = &[
    "CREATE TABLE evaluation_round (
        id UUID NOT NULL PRIMARY KEY, tenant UUID NOT NULL, tenant_name VARCHAR NOT NULL, name VARCHAR NOT NULL,
        deadline DATE NOT NULL, note TEXT NOT NULL, industry VARCHAR NOT NULL, open_to_all BOOLEAN NOT NULL,
        state VARCHAR NOT NULL, patents BIGINT NOT NULL, opened_by VARCHAR NOT NULL, created_at TIMESTAMPTZ NOT NULL,
        closed_by VARCHAR NULL, closed_at TIMESTAMPTZ NULL, version BIGINT NOT NULL,
        CHECK (state IN ('open', 'closed')), CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
        CHECK (patents > 0))",
    "CREATE TABLE evaluation_invited (
        round_id UUID NOT NULL REFERENCES evaluation_round (id), enterprise_id UUID NOT NULL,
        enterprise_name VARCHAR NOT NULL, PRIMARY KEY (round_id, enterprise_id))",
    "CREATE TABLE evaluation_patent (
        round_id UUID NOT NULL REFERENCES evaluation_round (id), patent_id UUID NOT NULL, patent_number VARCHAR NOT NULL,
        patent_title TEXT NOT NULL, industry VARCHAR NOT NULL, bundle BIGINT NULL, PRIMARY KEY (round_id, patent_id))",
    // What is anonymous reaches the owner once it is released, at the round's end.
    "CREATE TABLE evaluation (
        id UUID NOT NULL PRIMARY KEY, round_id UUID NOT NULL REFERENCES evaluation_round (id), owner_id UUID NOT NULL,
        patent_id UUID NOT NULL, patent_number VARCHAR NOT NULL, patent_title TEXT NOT NULL, tenant UUID NOT NULL,
        tenant_name VARCHAR NOT NULL, evaluator_id UUID NOT NULL, evaluator_name VARCHAR NOT NULL, answer TEXT NOT NULL,
        intent VARCHAR NOT NULL, named BOOLEAN NOT NULL, conflict BOOLEAN NOT NULL, released BOOLEAN NOT NULL,
        reply TEXT NULL, replied_by VARCHAR NULL, replied_at TIMESTAMPTZ NULL, created_at TIMESTAMPTZ NOT NULL,
        updated_at TIMESTAMPTZ NOT NULL, version BIGINT NOT NULL,
        UNIQUE (round_id, patent_id, evaluator_id),
        CHECK (intent IN ('intends', 'considers', 'declines')),
        CHECK ((reply IS NULL) = (replied_at IS NULL)),
        CHECK (tenant <> owner_id))",
    "CREATE INDEX evaluation_round_tenant ON evaluation_round (tenant, created_at, id)",
    "CREATE INDEX evaluation_round_open ON evaluation_round (open_to_all, state, created_at)",
    "CREATE INDEX evaluation_invited_enterprise ON evaluation_invited (enterprise_id)",
    "CREATE INDEX evaluation_owner ON evaluation (owner_id, patent_number, id)",
    "CREATE INDEX evaluation_everywhere ON evaluation (patent_number, id)",
    "CREATE INDEX evaluation_evaluator ON evaluation (evaluator_id, updated_at, id)",
];

#[async_trait::async_trait]
impl MigrationTrait for EvaluationTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = ["evaluation", "evaluation_patent", "evaluation_invited", "evaluation_round"];
        tx_kit::schema::drop(manager, &tables).await
    }
}
