//! The tables of changes asked for and proposed for loans.

use sea_orm_migration::prelude::*;

/// Changes of loans.
pub struct AdjustmentTables;

impl MigrationName for AdjustmentTables {
    fn name(&self) -> &'static str {
        "m2026_0300_adjustments"
    }
}

const TABLES: &[&str] = &[
    "CREATE TABLE loan_change_request (
        id UUID NOT NULL PRIMARY KEY, loan_id UUID NOT NULL REFERENCES loan (id), loan_number VARCHAR NOT NULL,
        facility_id UUID NOT NULL, bank_id UUID NOT NULL, bank_name VARCHAR NOT NULL,
        enterprise_id UUID NOT NULL, enterprise_name VARCHAR NOT NULL, kind VARCHAR NOT NULL, status VARCHAR NOT NULL,
        content TEXT NOT NULL, reason TEXT NOT NULL, figures TEXT NULL, outstanding_fen BIGINT NOT NULL,
        asker_id UUID NOT NULL, asker VARCHAR NOT NULL, answer_by DATE NOT NULL, answerer_id UUID NULL,
        answerer VARCHAR NULL, answer TEXT NULL, created_at TIMESTAMPTZ NOT NULL, answered_at TIMESTAMPTZ NULL,
        version BIGINT NOT NULL,
        CHECK (kind IN ('prepayment_shorten', 'prepayment_lower', 'extension', 'restructuring', 'rollover',
                        'repricing')),
        CHECK (status IN ('pending', 'taken_up', 'refused', 'withdrawn', 'lapsed')),
        CHECK ((status = 'pending') = (answered_at IS NULL)),
        CHECK (status <> 'refused' OR answer IS NOT NULL),
        CHECK (outstanding_fen >= 0))",
    // One request at a time waits for a loan.
    "CREATE UNIQUE INDEX loan_change_request_open ON loan_change_request (loan_id) WHERE status = 'pending'",
    "CREATE INDEX loan_change_request_over ON loan_change_request (bank_id, answer_by, id) WHERE status = 'pending'",
    "CREATE INDEX loan_change_request_bank ON loan_change_request (bank_id, created_at, id)",
    "CREATE INDEX loan_change_request_enterprise ON loan_change_request (enterprise_id, created_at, id)",
    "CREATE TABLE loan_adjustment (
        id UUID NOT NULL PRIMARY KEY, loan_id UUID NOT NULL REFERENCES loan (id), loan_number VARCHAR NOT NULL,
        facility_id UUID NOT NULL, bank_id UUID NOT NULL, bank_name VARCHAR NOT NULL,
        enterprise_id UUID NOT NULL, enterprise_name VARCHAR NOT NULL, kind VARCHAR NOT NULL, status VARCHAR NOT NULL,
        content TEXT NOT NULL, reason TEXT NOT NULL, assessment TEXT NULL, outstanding_fen BIGINT NOT NULL,
        rate_before VARCHAR NOT NULL, rate_after VARCHAR NOT NULL, matures_before DATE NOT NULL,
        matures_after DATE NOT NULL, plan_before TEXT NULL, plan_after TEXT NULL, restructured BOOLEAN NOT NULL,
        observed_until DATE NULL, maker_id UUID NULL, maker VARCHAR NOT NULL, approver_id UUID NULL,
        approver VARCHAR NULL, decision_reason TEXT NULL, created_at TIMESTAMPTZ NOT NULL,
        decided_at TIMESTAMPTZ NULL, effective_on DATE NULL, plan_version INTEGER NULL,
        request_id UUID NULL REFERENCES loan_change_request (id), consent VARCHAR NULL, consent_by_id UUID NULL,
        consent_by VARCHAR NULL, consent_note TEXT NULL, consented_at TIMESTAMPTZ NULL, version BIGINT NOT NULL,
        CHECK (kind IN ('prepayment_shorten', 'prepayment_lower', 'extension', 'restructuring', 'rollover',
                        'repricing', 'misuse', 'misuse_ended', 'fee_waiver', 'vat_exemption',
                        'vat_exemption_ended')),
        CHECK (status IN ('proposed', 'approved', 'refused', 'withdrawn')),
        CHECK ((status = 'proposed') = (decided_at IS NULL)),
        CHECK ((status = 'approved') = (effective_on IS NOT NULL)),
        CHECK (consent IN ('wanted', 'given', 'declined')),
        CHECK ((consented_at IS NOT NULL) = (consent IS NOT NULL AND consent <> 'wanted')),
        CHECK ((consented_at IS NULL) = (consent_by IS NULL)),
        CHECK (consent <> 'declined' OR consent_note IS NOT NULL),
        CHECK (status <> 'approved' OR consent IS NULL OR consent = 'given'),
        CHECK (kind <> 'rollover' OR assessment IS NOT NULL),
        CHECK (maker_id IS NULL OR approver_id IS NULL OR status = 'withdrawn' OR maker_id <> approver_id),
        CHECK (outstanding_fen >= 0))",
    // One change at a time is proposed for a loan.
    "CREATE UNIQUE INDEX loan_adjustment_open ON loan_adjustment (loan_id) WHERE status = 'proposed'",
    // A request becomes one proposal.
    "CREATE UNIQUE INDEX loan_adjustment_request ON loan_adjustment (request_id) WHERE request_id IS NOT NULL",
    "CREATE INDEX loan_adjustment_loan ON loan_adjustment (loan_id, created_at, id)",
    "CREATE INDEX loan_adjustment_bank ON loan_adjustment (bank_id, created_at, id)",
    "CREATE INDEX loan_adjustment_enterprise ON loan_adjustment (enterprise_id, created_at, id)",
];

#[async_trait::async_trait]
impl MigrationTrait for AdjustmentTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::drop(manager, &["loan_adjustment", "loan_change_request"]).await
    }
}
