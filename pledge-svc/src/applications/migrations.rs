//! The tables of applications and of what a bank keeps beside them.

use sea_orm_migration::prelude::*;

/// Applications, the patents offered, conditions of approvals, lent authority, blacklist and connected enterprises. The
/// database keeps four eyes and the order of the amounts too.
pub struct ApplicationTables;

impl MigrationName for ApplicationTables {
    fn name(&self) -> &'static str {
        "m2026_0110_application"
    }
}

const TABLES: &[&str] = &[
    "CREATE TABLE application (
        id UUID NOT NULL PRIMARY KEY, number VARCHAR NOT NULL UNIQUE, facility_id UUID NOT NULL,
        facility_name VARCHAR NOT NULL, bank_id UUID NOT NULL, bank_name VARCHAR NOT NULL,
        enterprise_id UUID NOT NULL, enterprise_name VARCHAR NOT NULL, amount_fen BIGINT NOT NULL,
        tenor_months INTEGER NOT NULL, purpose TEXT NOT NULL, product VARCHAR NOT NULL, status VARCHAR NOT NULL,
        findings TEXT NOT NULL, declarations TEXT NOT NULL, statements TEXT NOT NULL, deficiencies TEXT NOT NULL,
        assessor_id UUID NULL, assessor VARCHAR NULL, assessed_at TIMESTAMPTZ NULL, assessment_comment TEXT NULL,
        recommended_fen BIGINT NULL, collateral_fen BIGINT NULL, maximum_loan_fen BIGINT NULL,
        assessment_findings TEXT NULL,
        consenter_id UUID NULL, consenter VARCHAR NULL, consented_at TIMESTAMPTZ NULL, consent_agrees BOOLEAN NULL,
        consent_comment TEXT NULL,
        first_approver_id UUID NULL, first_approver VARCHAR NULL, first_approved_at TIMESTAMPTZ NULL,
        first_approved_fen BIGINT NULL, first_comment TEXT NULL, first_under TEXT NULL, first_demand TEXT NULL,
        first_terms TEXT NULL,
        decider_id UUID NULL, decider VARCHAR NULL, decided_at TIMESTAMPTZ NULL, decided_fen BIGINT NULL,
        decision_reason TEXT NULL, decision_under TEXT NULL, decision_demand TEXT NULL, decision_terms TEXT NULL,
        appeal_until DATE NULL, approval_until DATE NULL, appeal TEXT NULL, refuser_id UUID NULL, appeal_decider_id UUID NULL,
        clock VARCHAR NULL, clock_started_on DATE NULL, due_on DATE NOT NULL, review_days_left INTEGER NULL,
        pledge_id UUID NULL UNIQUE, holds_reservation BOOLEAN NOT NULL, submitted_on DATE NOT NULL,
        created_at TIMESTAMPTZ NOT NULL, version BIGINT NOT NULL,
        CHECK (status IN ('submitted', 'deficient', 'corrected', 'assessed', 'approved_once', 'approved', 'refused',
            'appealed', 'withdrawn', 'lapsed')),
        CHECK (amount_fen > 0 AND tenor_months > 0),
        CHECK (recommended_fen IS NULL OR recommended_fen <= amount_fen),
        CHECK (recommended_fen IS NULL OR recommended_fen <= maximum_loan_fen),
        CHECK (status <> 'approved' OR (assessor_id IS NOT NULL AND assessor_id <> decider_id
            AND decided_fen > 0 AND decided_fen <= recommended_fen)),
        CHECK (status <> 'refused' OR assessor_id IS NULL OR assessor_id <> decider_id),
        CHECK (first_approver_id IS NULL OR assessor_id IS NULL OR first_approver_id <> assessor_id),
        CHECK (first_approver_id IS NULL OR status <> 'approved' OR (first_approver_id <> decider_id
            AND decided_fen <= first_approved_fen)),
        CHECK (status <> 'approved_once' OR first_approver_id IS NOT NULL),
        CHECK (consenter_id IS NULL OR assessor_id IS NULL OR consenter_id <> assessor_id),
        CHECK (consenter_id IS NULL OR status <> 'approved' OR consenter_id <> decider_id),
        CHECK (refuser_id IS NULL OR appeal_decider_id IS NULL OR refuser_id <> appeal_decider_id),
        CHECK (refuser_id IS NULL OR status <> 'approved' OR refuser_id <> decider_id),
        CHECK (status <> 'appealed' OR refuser_id IS NOT NULL),
        CHECK (clock IS NULL OR (clock IN ('first_review', 'decision', 'correction', 'appeal_decision')
            AND clock_started_on IS NOT NULL)),
        CHECK (status NOT IN ('approved', 'lapsed') OR approval_until IS NOT NULL),
        CHECK (holds_reservation = FALSE OR status = 'approved'))",
    "CREATE TABLE application_patent (
        application_id UUID NOT NULL, position INTEGER NOT NULL, patent_id UUID NOT NULL, number VARCHAR NOT NULL,
        title TEXT NOT NULL, valuation_id UUID NULL, collateral_fen BIGINT NULL, maximum_loan_fen BIGINT NULL,
        ltv_cap VARCHAR NULL, valid_until DATE NULL, PRIMARY KEY (application_id, patent_id))",
    "CREATE INDEX application_bank ON application (bank_id, created_at, id)",
    "CREATE INDEX application_unused ON application (bank_id, approval_until) WHERE status = 'approved' AND pledge_id IS NULL",
    "CREATE INDEX application_enterprise ON application (enterprise_id, created_at, id)",
    "CREATE INDEX application_created ON application (created_at, id)",
    "CREATE INDEX application_due ON application (bank_id, due_on, id)",
    "CREATE INDEX application_held ON application (facility_id, enterprise_id) WHERE holds_reservation = TRUE",
    "CREATE INDEX application_held_at ON application (bank_id, enterprise_id) WHERE holds_reservation = TRUE",
    "CREATE INDEX application_patent_of ON application_patent (patent_id)",
    "CREATE TABLE application_condition (
        id UUID NOT NULL PRIMARY KEY, application_id UUID NOT NULL REFERENCES application (id),
        application_number VARCHAR NOT NULL, facility_id UUID NOT NULL, bank_id UUID NOT NULL,
        enterprise_id UUID NOT NULL, enterprise_name VARCHAR NOT NULL, code VARCHAR NULL, wording TEXT NOT NULL,
        wording_en TEXT NULL,
        status VARCHAR NOT NULL, blocking BOOLEAN NOT NULL, set_by VARCHAR NOT NULL, set_by_id UUID NOT NULL,
        set_at TIMESTAMPTZ NOT NULL, fulfilled_by_id UUID NULL, fulfilled TEXT NULL, evidence TEXT NOT NULL,
        confirmed_by_id UUID NULL, confirmed TEXT NULL, waived_by_id UUID NULL, waived TEXT NULL, returned TEXT NULL,
        version BIGINT NOT NULL,
        CHECK (status IN ('open', 'fulfilled', 'confirmed', 'waived', 'dropped')),
        CHECK (blocking = FALSE OR status IN ('open', 'fulfilled')),
        CHECK (status <> 'confirmed' OR (confirmed_by_id IS NOT NULL AND fulfilled_by_id IS NOT NULL
            AND confirmed_by_id <> fulfilled_by_id)),
        CHECK (status <> 'waived' OR (waived_by_id IS NOT NULL
            AND (fulfilled_by_id IS NULL OR waived_by_id <> fulfilled_by_id))))",
    // Every draw asks for these; where nothing blocks, the index is empty.
    "CREATE INDEX condition_blocking ON application_condition (facility_id, enterprise_id) WHERE blocking = TRUE",
    "CREATE INDEX condition_application ON application_condition (application_id)",
    "CREATE INDEX condition_bank ON application_condition (bank_id, set_at, id)",
    "CREATE TABLE approver (
        bank_id UUID NOT NULL, user_id UUID NOT NULL, name VARCHAR NOT NULL, known_since TIMESTAMPTZ NOT NULL,
        PRIMARY KEY (bank_id, user_id))",
    "CREATE TABLE approval_delegation (
        id UUID NOT NULL PRIMARY KEY, bank_id UUID NOT NULL, from_id UUID NOT NULL, from_name VARCHAR NOT NULL,
        to_id UUID NOT NULL, to_name VARCHAR NOT NULL, cap_fen BIGINT NULL, valid_from DATE NOT NULL,
        valid_until DATE NOT NULL, reason TEXT NOT NULL, created_at TIMESTAMPTZ NOT NULL,
        revoked_at TIMESTAMPTZ NULL, revoked_by VARCHAR NULL, revoke_reason TEXT NULL,
        CHECK (from_id <> to_id), CHECK (valid_from <= valid_until), CHECK (cap_fen IS NULL OR cap_fen > 0))",
    // Who of the two knows that a lending has ended: who ended it, and who has said so.
    "CREATE TABLE delegation_seen (
        delegation_id UUID NOT NULL REFERENCES approval_delegation (id), user_id UUID NOT NULL, seen_at TIMESTAMPTZ NOT NULL,
        PRIMARY KEY (delegation_id, user_id))",
    "CREATE INDEX delegation_from ON approval_delegation (from_id, valid_until)",
    "CREATE INDEX delegation_bank ON approval_delegation (bank_id, created_at, id)",
    "CREATE INDEX delegation_to ON approval_delegation (to_id, valid_until)",
    "CREATE TABLE blacklist_entry (
        id UUID NOT NULL PRIMARY KEY, bank_id UUID NOT NULL, name VARCHAR NOT NULL, comparable_name VARCHAR NOT NULL,
        credit_code VARCHAR NULL, enterprise_id UUID NULL, source VARCHAR NOT NULL, reason TEXT NOT NULL,
        valid_from DATE NOT NULL, valid_until DATE NULL, entered_by VARCHAR NOT NULL,
        entered_at TIMESTAMPTZ NOT NULL, ended_at TIMESTAMPTZ NULL, ended_by VARCHAR NULL, end_reason TEXT NULL,
        CHECK (source IN ('dishonest_debtor', 'own_list')),
        CHECK (valid_until IS NULL OR valid_from <= valid_until),
        CHECK ((ended_at IS NULL) = (end_reason IS NULL)))",
    "CREATE INDEX blacklist_name ON blacklist_entry (bank_id, comparable_name)",
    "CREATE INDEX blacklist_enterprise ON blacklist_entry (bank_id, enterprise_id)",
    "CREATE INDEX blacklist_entered ON blacklist_entry (bank_id, entered_at, id)",
    "CREATE TABLE connected_group (
        id UUID NOT NULL PRIMARY KEY, bank_id UUID NOT NULL, name VARCHAR NOT NULL, reason TEXT NOT NULL,
        declared_by VARCHAR NOT NULL, created_at TIMESTAMPTZ NOT NULL, dissolved_at TIMESTAMPTZ NULL,
        version BIGINT NOT NULL)",
    "CREATE TABLE connected_member (
        group_id UUID NOT NULL REFERENCES connected_group (id), bank_id UUID NOT NULL, enterprise_id UUID NOT NULL,
        position INTEGER NOT NULL, name VARCHAR NOT NULL, relation VARCHAR NOT NULL, active BOOLEAN NOT NULL,
        PRIMARY KEY (group_id, enterprise_id))",
    "CREATE INDEX connected_group_bank ON connected_group (bank_id, created_at, id)",
    // An enterprise belongs to one living group of a bank.
    "CREATE UNIQUE INDEX connected_once ON connected_member (bank_id, enterprise_id) WHERE active = TRUE",
    // Every draw asks whether anybody takes the borrower together with others.
    "CREATE INDEX connected_living ON connected_member (enterprise_id) WHERE active = TRUE",
];

#[async_trait::async_trait]
impl MigrationTrait for ApplicationTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            "connected_member",
            "connected_group",
            "blacklist_entry",
            "delegation_seen",
            "approval_delegation",
            "approver",
            "application_condition",
            "application_patent",
            "application",
        ];
        tx_kit::schema::drop(manager, &tables).await
    }
}
