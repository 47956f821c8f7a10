//! Tables of the subject, with the second line of defence: CHECKs that hold whatever the code does.

use sea_orm_migration::prelude::*;

/// Facility, shares, members, changes.
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
        ltv_cap VARCHAR NOT NULL, maker_id UUID NOT NULL, maker VARCHAR NOT NULL, approver VARCHAR NULL, reason VARCHAR NULL,
        created_at TIMESTAMPTZ NOT NULL, version BIGINT NOT NULL,
        CHECK (drawn_fen >= 0 AND reserved_fen >= 0 AND retired_fen >= 0),
        CHECK (drawn_fen + reserved_fen + retired_fen <= limit_fen))",
    "CREATE TABLE facility_share (
        facility_id UUID NOT NULL REFERENCES facility (id), position INTEGER NOT NULL, bank_id UUID NOT NULL,
        bank_name VARCHAR NOT NULL, share VARCHAR NOT NULL, PRIMARY KEY (facility_id, position))",
    "CREATE TABLE facility_member (
        id UUID NOT NULL PRIMARY KEY, facility_id UUID NOT NULL REFERENCES facility (id), enterprise_id UUID NOT NULL,
        enterprise_name VARCHAR NOT NULL, sub_limit_fen BIGINT NOT NULL, drawn_fen BIGINT NOT NULL,
        reserved_fen BIGINT NOT NULL, retired_fen BIGINT NOT NULL, status VARCHAR NOT NULL,
        UNIQUE (facility_id, enterprise_id),
        CHECK (drawn_fen >= 0 AND reserved_fen >= 0 AND retired_fen >= 0),
        CHECK (drawn_fen + reserved_fen + retired_fen <= sub_limit_fen))",
    "CREATE TABLE facility_change (
        id UUID NOT NULL PRIMARY KEY, facility_id UUID NOT NULL REFERENCES facility (id), content TEXT NOT NULL,
        status VARCHAR NOT NULL, maker_id UUID NOT NULL, maker VARCHAR NOT NULL, approver VARCHAR NULL,
        reason VARCHAR NULL, created_at TIMESTAMPTZ NOT NULL, decided_at TIMESTAMPTZ NULL)",
    "CREATE INDEX facility_bank ON facility (bank_id)",
    "CREATE INDEX facility_operator ON facility (operator_id)",
    "CREATE INDEX facility_share_bank ON facility_share (bank_id)",
    "CREATE INDEX facility_member_enterprise ON facility_member (enterprise_id)",
    "CREATE UNIQUE INDEX facility_change_open ON facility_change (facility_id) WHERE status = 'proposed'",
];

#[async_trait::async_trait]
impl MigrationTrait for FacilityTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::drop(manager, &["facility_change", "facility_member", "facility_share", "facility"])
            .await
    }
}
