//! Tables of product filings and of inventions examined before filing.

use sea_orm_migration::prelude::*;

/// What owners file beside their patents.
pub struct FilingTables;

impl MigrationName for FilingTables {
    fn name(&self) -> &'static str {
        "m2026_0040_filings"
    }
}

const TABLES: &[&str] = &[
    "CREATE TABLE product_filing (
        id UUID NOT NULL PRIMARY KEY, tenant UUID NOT NULL, tenant_name VARCHAR NOT NULL, product VARCHAR NOT NULL,
        model VARCHAR NOT NULL, enterprise_id UUID NULL, enterprise_name VARCHAR NOT NULL, relation TEXT NOT NULL,
        launched_on DATE NULL, status VARCHAR NOT NULL, recognised BOOLEAN NOT NULL, filed_by VARCHAR NOT NULL,
        filed_at TIMESTAMPTZ NOT NULL, withdrawn_on DATE NULL, withdrawal_reason TEXT NULL, version BIGINT NOT NULL,
        CHECK (status IN ('filed', 'withdrawn')), CHECK ((status = 'withdrawn') = (withdrawn_on IS NOT NULL)),
        CHECK (status = 'filed' OR NOT recognised))",
    "CREATE INDEX product_filing_tenant ON product_filing (tenant, filed_at, id)",
    "CREATE INDEX product_filing_product ON product_filing (tenant, product, id)",
    "CREATE INDEX product_filing_filed ON product_filing (filed_at, id)",
    "CREATE TABLE product_patent (
        filing_id UUID NOT NULL REFERENCES product_filing (id), patent_id UUID NOT NULL, number VARCHAR NOT NULL,
        protects VARCHAR NOT NULL, claims VARCHAR NOT NULL, PRIMARY KEY (filing_id, patent_id),
        CHECK (protects IN ('product', 'part', 'process', 'use', 'appearance')))",
    "CREATE INDEX product_patent_patent ON product_patent (patent_id)",
    "CREATE TABLE product_revenue (
        filing_id UUID NOT NULL REFERENCES product_filing (id), year INTEGER NOT NULL, revenue_fen BIGINT NOT NULL,
        PRIMARY KEY (filing_id, year), CHECK (revenue_fen >= 0), CHECK (year BETWEEN 1985 AND 2200))",
    "CREATE TABLE product_change (
        id UUID NOT NULL PRIMARY KEY, filing_id UUID NOT NULL REFERENCES product_filing (id), version BIGINT NOT NULL,
        act VARCHAR NOT NULL, details TEXT NOT NULL, reason TEXT NOT NULL, made_by VARCHAR NOT NULL,
        made_at TIMESTAMPTZ NOT NULL)",
    "CREATE UNIQUE INDEX product_change_version ON product_change (filing_id, version)",
    "CREATE TABLE intensive_recognition (
        id UUID NOT NULL PRIMARY KEY, filing_id UUID NOT NULL REFERENCES product_filing (id), body VARCHAR NOT NULL,
        certificate VARCHAR NOT NULL, recognised_on DATE NOT NULL, valid_until DATE NULL, criteria TEXT NOT NULL,
        recorded_by VARCHAR NOT NULL, recorded_at TIMESTAMPTZ NOT NULL, ended_on DATE NULL, end_reason TEXT NULL,
        CHECK ((ended_on IS NULL) = (end_reason IS NULL)))",
    // A product is recognised once at a time.
    "CREATE UNIQUE INDEX intensive_recognition_standing ON intensive_recognition (filing_id) WHERE ended_on IS NULL",
    "CREATE TABLE prefiling (
        id UUID NOT NULL PRIMARY KEY, tenant UUID NOT NULL, tenant_name VARCHAR NOT NULL, title VARCHAR NOT NULL,
        inventors TEXT NOT NULL, field VARCHAR NOT NULL, summary TEXT NOT NULL, searched BOOLEAN NOT NULL,
        search_findings TEXT NOT NULL, market_outlook INTEGER NOT NULL, market_note TEXT NOT NULL,
        ownership VARCHAR NOT NULL, state_funded BOOLEAN NOT NULL, project VARCHAR NULL,
        recommendation VARCHAR NOT NULL, recommendation_reason TEXT NOT NULL, evaluator VARCHAR NOT NULL,
        maker_id UUID NOT NULL, maker VARCHAR NOT NULL, made_at TIMESTAMPTZ NOT NULL, status VARCHAR NOT NULL,
        decision VARCHAR NULL, decision_reason TEXT NULL, decided_by_id UUID NULL, decided_by VARCHAR NULL,
        decided_at TIMESTAMPTZ NULL, patent_id UUID NULL, linked_on DATE NULL, version BIGINT NOT NULL,
        CHECK (status IN ('evaluated', 'decided', 'filed')),
        CHECK (recommendation IN ('file', 'keep_secret', 'publish', 'drop')),
        CHECK (decision IS NULL OR decision IN ('file', 'keep_secret', 'publish', 'drop')),
        CHECK ((status = 'evaluated') = (decision IS NULL)), CHECK ((decision IS NULL) = (decided_by_id IS NULL)),
        CHECK (decided_by_id IS NULL OR decided_by_id <> maker_id),
        CHECK ((status = 'filed') = (patent_id IS NOT NULL)), CHECK (patent_id IS NULL OR decision = 'file'),
        CHECK (market_outlook BETWEEN 1 AND 5), CHECK (NOT state_funded OR project IS NOT NULL),
        CHECK (ownership IN ('institute', 'joint', 'commissioned', 'inventor')))",
    "CREATE UNIQUE INDEX prefiling_patent ON prefiling (patent_id) WHERE patent_id IS NOT NULL",
    "CREATE INDEX prefiling_tenant ON prefiling (tenant, made_at, id)",
];

#[async_trait::async_trait]
impl MigrationTrait for FilingTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            "prefiling",
            "intensive_recognition",
            "product_change",
            "product_revenue",
            "product_patent",
            "product_filing",
        ];
        tx_kit::schema::drop(manager, &tables).await
    }
}
