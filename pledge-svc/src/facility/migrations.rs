//! Tables of the subject, with the second line of defence: CHECKs that hold whatever the code does.

use sea_orm_migration::prelude::*;

/// Facility, shares, members, changes; who covers its losses; deposits; the borrowing base, margin calls and what
/// stopped a line.
pub struct FacilityTables;

impl MigrationName for FacilityTables {
    fn name(&self) -> &'static str {
        "m2026_0010_facility"
    }
}

const TABLES: &[&str] = &[
    "CREATE TABLE facility (
        id UUID NOT NULL PRIMARY KEY, number VARCHAR NOT NULL UNIQUE, name VARCHAR NOT NULL,
        bank_id UUID NOT NULL, bank_name VARCHAR NOT NULL, cluster_id UUID NULL, cluster VARCHAR NOT NULL,
        operator_id UUID NULL, industry VARCHAR NOT NULL,
        limit_fen BIGINT NOT NULL, drawn_fen BIGINT NOT NULL, reserved_fen BIGINT NOT NULL, retired_fen BIGINT NOT NULL,
        status VARCHAR NOT NULL, revolving BOOLEAN NOT NULL, available_from DATE NOT NULL, available_until DATE NOT NULL,
        annual_rate VARCHAR NOT NULL, tenor_cap_months INTEGER NOT NULL, single_member_cap VARCHAR NOT NULL,
        ltv_cap VARCHAR NOT NULL, terms TEXT NOT NULL, pooled BOOLEAN NOT NULL, grouped BOOLEAN NOT NULL, funded BOOLEAN NOT NULL DEFAULT FALSE,
        maker_id UUID NOT NULL, maker VARCHAR NOT NULL, approver VARCHAR NULL, reason VARCHAR NULL,
        suspended_on DATE NULL, created_at TIMESTAMPTZ NOT NULL, version BIGINT NOT NULL, customer_cap_fen BIGINT NULL,
        connected_cap_fen BIGINT NULL,
        CHECK (drawn_fen >= 0 AND reserved_fen >= 0 AND retired_fen >= 0),
        CHECK (drawn_fen + reserved_fen + retired_fen <= limit_fen),
        CHECK (status IN ('proposed', 'approved', 'active', 'suspended', 'expired', 'closed', 'refused')),
        CHECK (status NOT IN ('proposed', 'refused', 'closed') OR (drawn_fen = 0 AND reserved_fen = 0)),
        CHECK (available_from <= available_until))",
    "CREATE TABLE facility_share (
        facility_id UUID NOT NULL REFERENCES facility (id), position INTEGER NOT NULL, bank_id UUID NOT NULL,
        bank_name VARCHAR NOT NULL, share VARCHAR NOT NULL, role VARCHAR NOT NULL, tranche INTEGER NOT NULL,
        customer_cap_fen BIGINT NULL, connected_cap_fen BIGINT NULL,
        PRIMARY KEY (facility_id, position), UNIQUE (facility_id, bank_id), CHECK (tranche BETWEEN 1 AND 3))",
    "CREATE TABLE facility_agreement (
        id UUID NOT NULL PRIMARY KEY, facility_id UUID NOT NULL REFERENCES facility (id), kind VARCHAR NOT NULL,
        subject_id UUID NOT NULL, bank_id UUID NOT NULL, bank_name VARCHAR NOT NULL, position INTEGER NOT NULL,
        role VARCHAR NOT NULL, share VARCHAR NOT NULL, amount_fen BIGINT NOT NULL, status VARCHAR NOT NULL,
        round INTEGER NOT NULL, by_id UUID NULL, by_name VARCHAR NULL, comment TEXT NULL, said_at TIMESTAMPTZ NULL,
        created_at TIMESTAMPTZ NOT NULL, UNIQUE (subject_id, bank_id), CHECK (amount_fen >= 0 AND round >= 1),
        CHECK (kind IN ('facility', 'change', 'waiver', 'write_off')), CHECK (status IN ('open', 'agreed', 'declined', 'lapsed')),
        CHECK (status NOT IN ('agreed', 'declined')
            OR (by_id IS NOT NULL AND by_name IS NOT NULL AND comment IS NOT NULL AND said_at IS NOT NULL)))",
    "CREATE TABLE facility_member (
        id UUID NOT NULL PRIMARY KEY, facility_id UUID NOT NULL REFERENCES facility (id), enterprise_id UUID NOT NULL,
        enterprise_name VARCHAR NOT NULL, sub_limit_fen BIGINT NOT NULL, drawn_fen BIGINT NOT NULL,
        reserved_fen BIGINT NOT NULL, retired_fen BIGINT NOT NULL, status VARCHAR NOT NULL, status_reason VARCHAR NULL,
        paused_by VARCHAR NULL, group_label VARCHAR NULL, sub_share VARCHAR NULL, deposit_fen BIGINT NOT NULL, margin_fen BIGINT NOT NULL,
        conditions_open INTEGER NOT NULL, waived_fen BIGINT NOT NULL DEFAULT 0, waived_until DATE NULL,
        approvals TEXT NULL,
        UNIQUE (facility_id, enterprise_id),
        CHECK (drawn_fen >= 0 AND reserved_fen >= 0 AND retired_fen >= 0),
        CHECK (drawn_fen + reserved_fen + retired_fen <= sub_limit_fen),
        CHECK (deposit_fen >= 0 AND margin_fen >= 0 AND conditions_open >= 0 AND waived_fen >= 0),
        CHECK ((waived_until IS NULL) = (waived_fen = 0)),
        CHECK (status IN ('active', 'paused', 'left')),
        CHECK (status <> 'left' OR (drawn_fen = 0 AND reserved_fen = 0 AND deposit_fen = 0 AND margin_fen = 0)))",
    "CREATE TABLE facility_change (
        id UUID NOT NULL PRIMARY KEY, facility_id UUID NOT NULL REFERENCES facility (id), content TEXT NOT NULL,
        status VARCHAR NOT NULL, maker_id UUID NOT NULL, maker VARCHAR NOT NULL, approver VARCHAR NULL,
        reason VARCHAR NULL, created_at TIMESTAMPTZ NOT NULL, decided_at TIMESTAMPTZ NULL)",
    "CREATE TABLE facility_cover (
        facility_id UUID NOT NULL REFERENCES facility (id), position INTEGER NOT NULL, kind VARCHAR NOT NULL,
        organisation_id UUID NOT NULL, name VARCHAR NOT NULL, turn INTEGER NOT NULL,
        share_of_loss VARCHAR NOT NULL, cap_fen BIGINT NULL, deductible_fen BIGINT NOT NULL,
        contract VARCHAR NULL, valid_until DATE NULL, PRIMARY KEY (facility_id, position),
        CHECK (kind IN ('fund', 'guarantee_insurer', 'guarantor', 'reguarantor', 'appraiser')),
        CHECK (kind <> 'guarantor' OR contract IS NOT NULL),
        CHECK (deductible_fen >= 0 AND (cap_fen IS NULL OR cap_fen > 0)))",
    "CREATE TABLE facility_deposit (
        id UUID NOT NULL PRIMARY KEY, facility_id UUID NOT NULL REFERENCES facility (id), bank_id UUID NOT NULL,
        member_id UUID NOT NULL, enterprise_id UUID NOT NULL, enterprise_name VARCHAR NOT NULL, kind VARCHAR NOT NULL,
        moved VARCHAR NOT NULL, amount_fen BIGINT NOT NULL, balance_fen BIGINT NOT NULL, loan_id UUID NULL,
        moved_on DATE NOT NULL, recorded_by VARCHAR NOT NULL, comment VARCHAR NULL, created_at TIMESTAMPTZ NOT NULL,
        CHECK (amount_fen > 0 AND balance_fen >= 0), CHECK (kind IN ('mutual_aid', 'margin')),
        CHECK (moved IN ('paid_in', 'given_back', 'applied', 'restored')))",
    "CREATE TABLE facility_base (
        id UUID NOT NULL PRIMARY KEY, facility_id UUID NOT NULL REFERENCES facility (id), as_of DATE NOT NULL,
        cause VARCHAR NOT NULL, accepted_fen BIGINT NOT NULL, excluded_fen BIGINT NOT NULL, eligible_fen BIGINT NOT NULL,
        advance_rate VARCHAR NOT NULL, margin_fen BIGINT NOT NULL, base_fen BIGINT NOT NULL,
        outstanding_fen BIGINT NOT NULL, shortfall_fen BIGINT NOT NULL, patents TEXT NOT NULL,
        created_at TIMESTAMPTZ NOT NULL,
        CHECK (accepted_fen = excluded_fen + eligible_fen AND shortfall_fen >= 0))",
    "CREATE TABLE facility_margin_call (
        id UUID NOT NULL PRIMARY KEY, facility_id UUID NOT NULL REFERENCES facility (id), bank_id UUID NOT NULL,
        number VARCHAR NOT NULL UNIQUE, status VARCHAR NOT NULL, shortfall_fen BIGINT NOT NULL,
        peak_fen BIGINT NOT NULL, called_on DATE NOT NULL, due_on DATE NOT NULL, called_base_fen BIGINT NOT NULL,
        called_outstanding_fen BIGINT NOT NULL, base_fen BIGINT NOT NULL, outstanding_fen BIGINT NOT NULL,
        lapsed_on DATE NULL, cured_on DATE NULL, lifted_on DATE NULL, created_at TIMESTAMPTZ NOT NULL,
        CHECK (status IN ('open', 'uncured', 'cured', 'lifted')), CHECK (shortfall_fen >= 0 AND peak_fen >= shortfall_fen),
        CHECK (status <> 'cured' OR (shortfall_fen = 0 AND cured_on IS NOT NULL)),
        CHECK ((status = 'lifted') = (lifted_on IS NOT NULL)))",
    "CREATE TABLE facility_trigger (
        id UUID NOT NULL PRIMARY KEY, facility_id UUID NOT NULL REFERENCES facility (id), enterprise_id UUID NULL,
        kind VARCHAR NOT NULL, state VARCHAR NOT NULL, severity BIGINT NOT NULL, zh VARCHAR NOT NULL,
        en VARCHAR NOT NULL, tripped_on DATE NOT NULL, ended_on DATE NULL, ended_by VARCHAR NULL,
        created_at TIMESTAMPTZ NOT NULL, CHECK (state IN ('standing', 'waived', 'cleared')))",
    "CREATE TABLE facility_patent_value (
        bank_id UUID NOT NULL, patent_id UUID NOT NULL, valuation_id UUID NOT NULL, collateral_fen BIGINT NOT NULL,
        valid_until DATE NOT NULL, told_at TIMESTAMPTZ NOT NULL, PRIMARY KEY (bank_id, patent_id),
        CHECK (collateral_fen >= 0))",
    "CREATE TABLE facility_vote (
        id UUID NOT NULL PRIMARY KEY, facility_id UUID NOT NULL REFERENCES facility (id), subject_id UUID NOT NULL,
        bank_id UUID NOT NULL, round INTEGER NOT NULL,
        word VARCHAR NOT NULL, amount_fen BIGINT NULL, by_id UUID NOT NULL, by_name VARCHAR NOT NULL,
        lent_by_id UUID NULL, lent_by VARCHAR NULL, delegation_id UUID NULL, comment TEXT NOT NULL,
        said_at TIMESTAMPTZ NOT NULL, CHECK (word IN ('approves', 'consents', 'denies')))",
    "CREATE TABLE facility_pledge_waiver (
        id UUID NOT NULL PRIMARY KEY, facility_id UUID NOT NULL REFERENCES facility (id), bank_id UUID NOT NULL,
        member_id UUID NOT NULL REFERENCES facility_member (id), enterprise_id UUID NOT NULL,
        enterprise_name VARCHAR NOT NULL, amount_fen BIGINT NOT NULL, until_on DATE NOT NULL, reason TEXT NOT NULL,
        status VARCHAR NOT NULL, maker_id UUID NOT NULL, maker VARCHAR NOT NULL, approver VARCHAR NULL,
        in_force_from DATE NULL, ended_on DATE NULL, ended_by VARCHAR NULL, end_reason TEXT NULL,
        created_at TIMESTAMPTZ NOT NULL, CHECK (amount_fen > 0),
        CHECK (status IN ('proposed', 'in_force', 'refused', 'revoked', 'replaced')),
        CHECK (status NOT IN ('in_force', 'revoked', 'replaced') OR in_force_from IS NOT NULL))",
    "CREATE UNIQUE INDEX facility_pledge_waiver_open ON facility_pledge_waiver (member_id) WHERE status = 'proposed'",
    "CREATE UNIQUE INDEX facility_pledge_waiver_live ON facility_pledge_waiver (member_id) WHERE status = 'in_force'",
    "CREATE INDEX facility_pledge_waiver_line ON facility_pledge_waiver (facility_id, created_at)",
    "CREATE UNIQUE INDEX facility_vote_once ON facility_vote (subject_id, bank_id, round, by_id) WHERE word = 'approves'",
    "CREATE INDEX facility_vote_subject ON facility_vote (subject_id, bank_id, said_at)",
    "CREATE INDEX facility_agreement_bank ON facility_agreement (bank_id, status, created_at)",
    "CREATE INDEX facility_agreement_line ON facility_agreement (facility_id)",
    "CREATE INDEX facility_bank ON facility (bank_id)",
    "CREATE INDEX facility_operator ON facility (operator_id)",
    "CREATE INDEX facility_share_bank ON facility_share (bank_id)",
    "CREATE INDEX facility_member_enterprise ON facility_member (enterprise_id)",
    "CREATE INDEX facility_status ON facility (status, available_until)",
    "CREATE INDEX facility_member_group ON facility_member (facility_id, group_label) WHERE group_label IS NOT NULL",
    "CREATE INDEX facility_cover_organisation ON facility_cover (organisation_id)",
    "CREATE INDEX facility_deposit_place ON facility_deposit (facility_id, enterprise_id, id)",
    "CREATE INDEX facility_base_line ON facility_base (facility_id, id)",
    "CREATE INDEX facility_margin_call_bank ON facility_margin_call (bank_id, status)",
    "CREATE UNIQUE INDEX facility_margin_call_live ON facility_margin_call (facility_id) WHERE status IN ('open', 'uncured')",
    "CREATE INDEX facility_trigger_line ON facility_trigger (facility_id, id)",
    "CREATE UNIQUE INDEX facility_change_open ON facility_change (facility_id) WHERE status = 'proposed'",
];

#[async_trait::async_trait]
impl MigrationTrait for FacilityTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            "facility_vote",
            "facility_agreement",
            "facility_pledge_waiver",
            "facility_patent_value",
            "facility_trigger",
            "facility_margin_call",
            "facility_base",
            "facility_deposit",
            "facility_cover",
            "facility_change",
            "facility_member",
            "facility_share",
            "facility",
        ];
        tx_kit::schema::drop(manager, &tables).await
    }
}
