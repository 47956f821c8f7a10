//! The tables of valuation reports and of their files.

use sea_orm_migration::prelude::*;

/// Reports and files.
pub struct ReportTables;

impl MigrationName for ReportTables {
    fn name(&self) -> &'static str {
        "m2026_0047_valuation_reports"
    }
}

const TABLES: &[&str] = &[
    "CREATE TABLE valuation_report (
        id UUID NOT NULL PRIMARY KEY, number VARCHAR NOT NULL, code VARCHAR NULL, tenant UUID NOT NULL,
        tenant_name VARCHAR NOT NULL, valuation_id UUID NOT NULL, valuation_number VARCHAR NOT NULL,
        patent_id UUID NOT NULL, patent_number VARCHAR NOT NULL, patent_title TEXT NOT NULL, purpose VARCHAR NOT NULL,
        value_fen BIGINT NOT NULL, valuation_date DATE NOT NULL, valid_until DATE NOT NULL, status VARCHAR NOT NULL,
        texts TEXT NOT NULL, drafted_by VARCHAR NOT NULL, drafted_at TIMESTAMPTZ NOT NULL,
        prepared_by_id UUID NULL, prepared_by VARCHAR NULL, prepared_at TIMESTAMPTZ NULL, basis TEXT NULL,
        reviewed_by_id UUID NULL, reviewed_by VARCHAR NULL, reviewed_at TIMESTAMPTZ NULL,
        issued_on DATE NULL, returned TEXT NULL, superseded_by UUID NULL, withdrawn_by VARCHAR NULL,
        withdrawn_at TIMESTAMPTZ NULL, withdrawal_reason TEXT NULL, content TEXT NULL, content_sha256 VARCHAR NULL,
        version BIGINT NOT NULL,
        CHECK (status IN ('draft', 'prepared', 'issued', 'superseded', 'withdrawn')),
        CHECK (value_fen >= 0 AND valid_until >= valuation_date),
        CHECK ((status IN ('draft')) = (prepared_by_id IS NULL)),
        CHECK ((prepared_by_id IS NULL) = (basis IS NULL)),
        CHECK ((status IN ('draft', 'prepared')) = (reviewed_by_id IS NULL)),
        CHECK (reviewed_by_id IS NULL OR reviewed_by_id <> prepared_by_id),
        CHECK ((reviewed_by_id IS NULL) = (code IS NULL)),
        CHECK ((code IS NULL) = (content IS NULL)),
        CHECK ((status = 'withdrawn') = (withdrawal_reason IS NOT NULL)))",
    "CREATE UNIQUE INDEX valuation_report_number ON valuation_report (number)",
    "CREATE UNIQUE INDEX valuation_report_code ON valuation_report (code) WHERE code IS NOT NULL",
    "CREATE UNIQUE INDEX valuation_report_open ON valuation_report (valuation_id) WHERE status IN ('draft', 'prepared')",
    "CREATE INDEX valuation_report_tenant ON valuation_report (tenant, drafted_at, id)",
    "CREATE INDEX valuation_report_patent ON valuation_report (patent_id, status)",
    // Values that were tried against a report since the first that counts.
    "CREATE TABLE valuation_report_tries (
        report_id UUID NOT NULL PRIMARY KEY REFERENCES valuation_report (id), since TIMESTAMPTZ NOT NULL,
        tries BIGINT NOT NULL, version BIGINT NOT NULL,
        CHECK (tries > 0))",
];

#[async_trait::async_trait]
impl MigrationTrait for ReportTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await?;
        // The databases call a column of bytes by different names, which the builder knows.
        let file = Table::create()
            .table(Alias::new("valuation_report_file"))
            .col(ColumnDef::new(Alias::new("report_id")).uuid().not_null())
            .col(ColumnDef::new(Alias::new("kind")).string().not_null())
            .col(ColumnDef::new(Alias::new("sha256")).string().not_null())
            .col(ColumnDef::new(Alias::new("content")).blob().not_null())
            .col(ColumnDef::new(Alias::new("made_at")).timestamp_with_time_zone().not_null())
            .primary_key(Index::create().col(Alias::new("report_id")).col(Alias::new("kind")))
            .foreign_key(
                ForeignKey::create()
                    .from(Alias::new("valuation_report_file"), Alias::new("report_id"))
                    .to(Alias::new("valuation_report"), Alias::new("id")),
            )
            .to_owned();
        manager.create_table(file).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::drop(
            manager,
            &["valuation_report_file", "valuation_report_tries", "valuation_report"],
        )
        .await
    }
}
