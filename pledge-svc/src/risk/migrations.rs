//! Tables of the subject, with the second line of defence: CHECKs that hold whatever the code does.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DatabaseBackend},
};

/// The risk of each loan, its parts by bank, how it changed, and what people judged of it.
pub struct RiskTables;

impl MigrationName for RiskTables {
    fn name(&self) -> &'static str {
        "m2026_0320_risk"
    }
}

const TABLES: &[&str] = &[
    "CREATE TABLE loan_risk (
        loan_id UUID NOT NULL PRIMARY KEY REFERENCES loan (id), facility_id UUID NOT NULL, bank_id UUID NOT NULL,
        enterprise_id UUID NOT NULL, tier INTEGER NOT NULL, own_tier INTEGER NOT NULL, stage INTEGER NOT NULL,
        overdue_days BIGINT NOT NULL, expected_fen BIGINT NOT NULL, provision_fen BIGINT NOT NULL,
        flags INTEGER NOT NULL, reasons TEXT NULL, since DATE NOT NULL, changed_on DATE NOT NULL,
        assessed_on DATE NOT NULL, review_on DATE NOT NULL, settled BOOLEAN NOT NULL,
        cleared_on DATE NULL, bad_since DATE NULL, ripe_on DATE NULL, restructured_on DATE NULL,
        observed_from DATE NULL, observing BOOLEAN NOT NULL,
        restructured_again BOOLEAN NOT NULL, loan_version BIGINT NOT NULL, line_fen BIGINT NOT NULL,
        limit_fen BIGINT NOT NULL, carries_fen BIGINT NOT NULL, judged_tier INTEGER NULL,
        judged_impairment VARCHAR NULL, judged_solved_on DATE NULL, judged_reason TEXT NULL, watched BOOLEAN NOT NULL, watch_reason TEXT NULL,
        watched_on DATE NULL, watched_by VARCHAR NULL,
        CHECK (tier BETWEEN 1 AND 5 AND own_tier BETWEEN 1 AND tier),
        CHECK (stage BETWEEN 1 AND 3 AND (tier < 3) = (stage < 3)),
        CHECK (overdue_days >= 0 AND expected_fen >= 0 AND provision_fen >= 0),
        CHECK (judged_tier IS NULL OR (judged_tier BETWEEN 2 AND 5 AND judged_tier <= tier)),
        CHECK (settled = FALSE OR (provision_fen = 0 AND expected_fen = 0)),
        CHECK (watched = (watched_on IS NOT NULL)),
        CHECK (ripe_on IS NULL OR own_tier >= 3))",
    "CREATE TABLE loan_risk_part (
        loan_id UUID NOT NULL REFERENCES loan (id), bank_id UUID NOT NULL, provision_fen BIGINT NOT NULL,
        PRIMARY KEY (loan_id, bank_id), CHECK (provision_fen >= 0))",
    "CREATE TABLE loan_risk_change (
        id UUID NOT NULL PRIMARY KEY, loan_id UUID NOT NULL REFERENCES loan (id), bank_id UUID NOT NULL,
        from_on DATE NOT NULL, until_on DATE NOT NULL, tier INTEGER NOT NULL, stage INTEGER NOT NULL,
        flags INTEGER NOT NULL, provision_fen BIGINT NOT NULL, cause VARCHAR NOT NULL, reasons TEXT NULL,
        made_at TIMESTAMPTZ NOT NULL,
        CHECK (until_on >= from_on), CHECK (tier BETWEEN 1 AND 5 AND stage BETWEEN 1 AND 3))",
    "CREATE TABLE loan_judgement (
        id UUID NOT NULL PRIMARY KEY, loan_id UUID NOT NULL REFERENCES loan (id), bank_id UUID NOT NULL,
        loan_number VARCHAR NOT NULL, enterprise_name VARCHAR NOT NULL, tier INTEGER NULL,
        impairment VARCHAR NULL, solved BOOLEAN NOT NULL, rule_tier INTEGER NOT NULL, reason TEXT NOT NULL,
        status VARCHAR NOT NULL, maker_id UUID NOT NULL, maker VARCHAR NOT NULL, decider_id UUID NULL,
        decider VARCHAR NULL, decision_reason TEXT NULL, created_at TIMESTAMPTZ NOT NULL,
        decided_at TIMESTAMPTZ NULL,
        CHECK (status IN ('proposed', 'confirmed', 'refused')),
        CHECK (tier IS NULL OR (tier BETWEEN 2 AND 5 AND tier >= rule_tier)),
        CHECK ((status = 'proposed') = (decided_at IS NULL)),
        CHECK (status = 'proposed' OR (decider_id IS NOT NULL AND decider_id <> maker_id)))",
    // What a bank is committed to lend to members without a loan, and what it provides for it: a row for each bank of a line.
    "CREATE TABLE line_commitment (
        id UUID NOT NULL PRIMARY KEY, facility_id UUID NOT NULL, facility_number VARCHAR NOT NULL,
        facility_name VARCHAR NOT NULL, lead_id UUID NOT NULL, bank_id UUID NOT NULL, bank_name VARCHAR NOT NULL,
        undrawn_fen BIGINT NOT NULL, provision_fen BIGINT NOT NULL, assessed_on DATE NOT NULL, UNIQUE (facility_id, bank_id),
        CHECK (undrawn_fen >= 0), CHECK (provision_fen >= 0 AND provision_fen <= undrawn_fen))",
    "CREATE INDEX line_commitment_bank ON line_commitment (bank_id, undrawn_fen)",
    "CREATE INDEX line_commitment_lead ON line_commitment (lead_id)",
    "CREATE INDEX loan_risk_bank ON loan_risk (bank_id, tier, loan_id) WHERE settled = FALSE",
    "CREATE INDEX loan_risk_bad ON loan_risk (enterprise_id) WHERE settled = FALSE AND own_tier >= 3",
    "CREATE INDEX loan_risk_debtor ON loan_risk (enterprise_id, bank_id, tier) WHERE settled = FALSE AND tier > 1",
    "CREATE INDEX loan_risk_part_bank ON loan_risk_part (bank_id)",
    "CREATE INDEX loan_risk_change_loan ON loan_risk_change (loan_id, until_on)",
    "CREATE INDEX loan_risk_change_bank ON loan_risk_change (bank_id, from_on)",
    "CREATE UNIQUE INDEX loan_judgement_open ON loan_judgement (loan_id) WHERE status = 'proposed'",
    "CREATE INDEX loan_judgement_loan ON loan_judgement (loan_id, id)",
];

/// A loan that is late is assessed every night: the new row finds room beside the old one, and no index is touched where
/// its tier stays.
const LOOSE: &str = "ALTER TABLE loan_risk SET (fillfactor = 80)";

#[async_trait::async_trait]
impl MigrationTrait for RiskTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await?;
        let conn = manager.get_connection();
        if conn.get_database_backend() == DatabaseBackend::Postgres {
            conn.execute_unprepared(LOOSE).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::drop(
            manager,
            &["line_commitment", "loan_judgement", "loan_risk_change", "loan_risk_part", "loan_risk"],
        )
        .await
    }
}
