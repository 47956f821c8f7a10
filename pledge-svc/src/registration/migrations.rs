//! The tables of pledges and of what is filed for them, with the second line of defence: CHECKs and unique indexes
//! that hold whatever the code does.

use sea_orm_migration::prelude::*;

/// Pledges, the patents under them, what is filed with the register, and the pledgees' consents.
pub struct PledgeTables;

impl MigrationName for PledgeTables {
    fn name(&self) -> &'static str {
        "m2026_0120_pledge"
    }
}

const PLEDGES: &[&str] = &[
    "CREATE TABLE pledge (
        id UUID NOT NULL PRIMARY KEY, number VARCHAR NOT NULL UNIQUE, application_id UUID NOT NULL,
        facility_id UUID NOT NULL, bank_id UUID NOT NULL, bank_name VARCHAR NOT NULL,
        enterprise_id UUID NOT NULL, enterprise_name VARCHAR NOT NULL, status VARCHAR NOT NULL,
        registration_number VARCHAR NULL UNIQUE, secured_fen BIGINT NOT NULL, collateral_fen BIGINT NOT NULL,
        maximum_loan_fen BIGINT NOT NULL, carrying_fen BIGINT NOT NULL, valid_until DATE NOT NULL,
        debt_until DATE NULL, rights_until DATE NULL, tenor_months INTEGER NULL,
        challenged_carries BOOLEAN NULL, annuity_until DATE NULL,
        filing_id UUID NULL, filing_kind VARCHAR NULL, filing_state VARCHAR NULL, due_on DATE NULL,
        submitted_at TIMESTAMPTZ NOT NULL, registered_on DATE NULL, cancelled_on DATE NULL,
        cancel_reason TEXT NULL, annulled_on DATE NULL, version BIGINT NOT NULL,
        CHECK (status IN ('submitted', 'registered', 'refused', 'withdrawn', 'cancelled', 'annulled')),
        CHECK (secured_fen > 0 AND maximum_loan_fen >= 0 AND maximum_loan_fen <= collateral_fen),
        CHECK (carrying_fen >= 0 AND carrying_fen <= secured_fen AND carrying_fen <= maximum_loan_fen), CHECK (tenor_months > 0),
        CHECK (status <> 'registered' OR (registration_number IS NOT NULL AND registered_on IS NOT NULL)),
        CHECK (status <> 'cancelled' OR cancelled_on IS NOT NULL),
        CHECK ((status = 'annulled') = (annulled_on IS NOT NULL)))",
    "CREATE TABLE pledge_patent (
        pledge_id UUID NOT NULL REFERENCES pledge (id), position INTEGER NOT NULL, patent_id UUID NOT NULL,
        number VARCHAR NOT NULL, number_key VARCHAR NOT NULL, number_stem VARCHAR NOT NULL, title TEXT NOT NULL,
        valuation_id UUID NOT NULL,
        collateral_fen BIGINT NOT NULL, loan_fen BIGINT NULL, valid_until DATE NOT NULL, ends_on DATE NULL, annuity_until DATE NULL, released_on DATE NULL,
        live BOOLEAN NOT NULL, let_go_at TIMESTAMPTZ NULL,
        PRIMARY KEY (pledge_id, patent_id),
        CHECK (collateral_fen >= 0), CHECK (loan_fen >= 0 AND loan_fen <= collateral_fen))",
    // One patent, one live pledge: refusal ground 9, kept by the database too.
    "CREATE UNIQUE INDEX pledge_patent_once ON pledge_patent (patent_id) WHERE live = TRUE",
    // An application whose pledge was refused or withdrawn may be filed again.
    "CREATE UNIQUE INDEX pledge_application_once ON pledge (application_id) WHERE status IN ('submitted', 'registered')",
    "CREATE INDEX pledge_member ON pledge (facility_id, enterprise_id, status)",
    "CREATE INDEX pledge_bank ON pledge (bank_id, submitted_at, id)",
    "CREATE INDEX pledge_enterprise ON pledge (enterprise_id, submitted_at, id)",
    "CREATE INDEX pledge_submitted ON pledge (submitted_at, id)",
    "CREATE INDEX pledge_patent_number ON pledge_patent (number_key)",
    "CREATE INDEX pledge_patent_stem ON pledge_patent (number_stem)",
    "CREATE INDEX pledge_patent_patent ON pledge_patent (patent_id)",
    "CREATE TABLE patent_right (
        patent_id UUID NOT NULL PRIMARY KEY, status VARCHAR NOT NULL, since DATE NULL, status_version BIGINT NOT NULL,
        challenges TEXT NOT NULL, challenges_version BIGINT NOT NULL, annuity_until DATE NULL, annuity_version BIGINT NOT NULL)",
];

const FILINGS: &[&str] = &[
    "CREATE TABLE pledge_filing (
        id UUID NOT NULL PRIMARY KEY, pledge_id UUID NOT NULL REFERENCES pledge (id), kind VARCHAR NOT NULL,
        state VARCHAR NOT NULL, online BOOLEAN NOT NULL, papers TEXT NOT NULL, delivery VARCHAR NOT NULL,
        office_reference VARCHAR NULL, filed_at TIMESTAMPTZ NOT NULL, filed_by VARCHAR NULL,
        filed_by_id UUID NULL, confirmed_by VARCHAR NULL, confirmed_at TIMESTAMPTZ NULL, clock_from DATE NULL, due_on DATE NULL,
        deficiency TEXT NULL, answer_by DATE NULL, corrections INTEGER NOT NULL, withdrawal_asked BOOLEAN NOT NULL,
        decided_on DATE NULL, grounds TEXT NOT NULL, decision_note TEXT NULL, taken BIGINT NOT NULL,
        poll_at TIMESTAMPTZ NULL, version BIGINT NOT NULL,
        CHECK (kind IN ('registration', 'change', 'cancellation')),
        CHECK (state IN ('submitted', 'accepted', 'deficient', 'corrected', 'completed', 'refused', 'withdrawn')),
        CHECK ((state = 'deficient') = (deficiency IS NOT NULL)),
        CHECK (taken >= 0 AND corrections >= 0))",
    // One thing at a time is at the register for a pledge.
    "CREATE UNIQUE INDEX pledge_filing_open ON pledge_filing (pledge_id)
        WHERE state IN ('submitted', 'accepted', 'deficient', 'corrected')",
    "CREATE INDEX pledge_filing_pledge ON pledge_filing (pledge_id, id)",
    "CREATE INDEX pledge_filing_poll ON pledge_filing (poll_at)",
    "CREATE INDEX pledge_filing_lapse ON pledge_filing (answer_by) WHERE state = 'deficient'",
    "CREATE TABLE register_message (
        filing_id UUID NOT NULL REFERENCES pledge_filing (id), sequence BIGINT NOT NULL, body TEXT NOT NULL,
        came_to VARCHAR NULL, received_at TIMESTAMPTZ NOT NULL, PRIMARY KEY (filing_id, sequence))",
    "CREATE TABLE register_parcel (
        id UUID NOT NULL PRIMARY KEY, filing_id UUID NOT NULL REFERENCES pledge_filing (id), kind VARCHAR NOT NULL,
        body TEXT NOT NULL, state VARCHAR NOT NULL, attempts INTEGER NOT NULL, next_at TIMESTAMPTZ NOT NULL,
        last_error TEXT NULL, created_at TIMESTAMPTZ NOT NULL,
        CHECK (state IN ('waiting', 'delivered', 'given_up', 'dropped')))",
    "CREATE INDEX register_parcel_waiting ON register_parcel (next_at) WHERE state = 'waiting'",
    "CREATE INDEX register_parcel_filing ON register_parcel (filing_id, id)",
    "CREATE TABLE pledge_history (
        id UUID NOT NULL PRIMARY KEY, pledge_id UUID NOT NULL REFERENCES pledge (id), position BIGINT NOT NULL,
        filing_id UUID NULL, at TIMESTAMPTZ NOT NULL, happened_on DATE NOT NULL, kind VARCHAR NOT NULL, who VARCHAR NOT NULL,
        details TEXT NOT NULL)",
    "CREATE INDEX pledge_history_pledge ON pledge_history (pledge_id, position, id)",
    "CREATE TABLE pledge_consent (
        id UUID NOT NULL PRIMARY KEY, pledge_id UUID NOT NULL REFERENCES pledge (id), bank_id UUID NOT NULL,
        enterprise_id UUID NOT NULL, patents TEXT NOT NULL, acts TEXT NOT NULL, terms TEXT NOT NULL,
        valid_from DATE NOT NULL, valid_until DATE NOT NULL, given_by VARCHAR NOT NULL,
        given_at TIMESTAMPTZ NOT NULL, revoked_at TIMESTAMPTZ NULL, revoke_reason TEXT NULL, version BIGINT NOT NULL,
        CHECK (valid_until >= valid_from))",
    "CREATE INDEX pledge_consent_pledge ON pledge_consent (pledge_id, given_at, id)",
    "CREATE TABLE pledge_revaluation (
        id UUID NOT NULL PRIMARY KEY, pledge_id UUID NOT NULL REFERENCES pledge (id), pledge_number VARCHAR NOT NULL,
        bank_id UUID NOT NULL, enterprise_id UUID NOT NULL, enterprise_name VARCHAR NOT NULL, status VARCHAR NOT NULL,
        content TEXT NOT NULL, collateral_before_fen BIGINT NOT NULL, collateral_after_fen BIGINT NOT NULL,
        carrying_before_fen BIGINT NOT NULL, carrying_after_fen BIGINT NOT NULL, comment TEXT NOT NULL,
        proposed_by VARCHAR NOT NULL, proposed_by_id UUID NULL, proposed_at TIMESTAMPTZ NOT NULL,
        decided_by VARCHAR NULL, decided_at TIMESTAMPTZ NULL, decision_note TEXT NULL, version BIGINT NOT NULL,
        CHECK (status IN ('proposed', 'approved', 'refused', 'automatic')),
        CHECK ((status = 'proposed') = (decided_at IS NULL)))",
    "CREATE UNIQUE INDEX pledge_revaluation_open ON pledge_revaluation (pledge_id) WHERE status = 'proposed'",
    "CREATE INDEX pledge_revaluation_pledge ON pledge_revaluation (pledge_id, proposed_at, id)",
    "CREATE INDEX pledge_revaluation_bank ON pledge_revaluation (bank_id, proposed_at, id)",
    "CREATE TABLE pledge_revaluation_due (
        id UUID NOT NULL PRIMARY KEY, bank_id UUID NOT NULL, patent_id UUID NOT NULL, patent_number VARCHAR NOT NULL,
        patent_title TEXT NOT NULL, valuation_id UUID NOT NULL, valuation_number VARCHAR NOT NULL, cause VARCHAR NOT NULL,
        reason_zh TEXT NOT NULL, reason_en TEXT NOT NULL, noted_on DATE NOT NULL, deadline DATE NOT NULL,
        closed_by UUID NULL, closed_on DATE NULL, version BIGINT NOT NULL,
        CHECK (deadline >= noted_on), CHECK ((closed_by IS NULL) = (closed_on IS NULL)))",
    "CREATE INDEX pledge_revaluation_due_bank ON pledge_revaluation_due (bank_id, deadline, id)",
    "CREATE INDEX pledge_revaluation_due_patent ON pledge_revaluation_due (patent_id)",
];

#[async_trait::async_trait]
impl MigrationTrait for PledgeTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, PLEDGES).await?;
        tx_kit::schema::run(manager, FILINGS).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            "pledge_revaluation_due",
            "pledge_revaluation",
            "pledge_consent",
            "pledge_history",
            "register_parcel",
            "register_message",
            "pledge_filing",
            "patent_right",
            "pledge_patent",
            "pledge",
        ];
        tx_kit::schema::drop(manager, &tables).await
    }
}
