//! Tables of the subject, with the second line of defence: CHECKs and unique indexes that hold whatever the code does.

use sea_orm_migration::prelude::*;

/// Schemes, claims, the payments that claims hold on to, and the policies that premiums are paid for.
pub struct SubsidyTables;

impl MigrationName for SubsidyTables {
    fn name(&self) -> &'static str {
        "m2026_0350_subsidies"
    }
}

const TABLES: &[&str] = &[
    // Never more paid than was received.
    "CREATE TABLE subsidy_scheme (
        id UUID NOT NULL PRIMARY KEY, fund_id UUID NOT NULL, fund_name VARCHAR NOT NULL, name VARCHAR NOT NULL,
        kind VARCHAR NOT NULL, terms TEXT NOT NULL, valid_from DATE NOT NULL, valid_until DATE NOT NULL,
        status VARCHAR NOT NULL, funded_fen BIGINT NOT NULL, paid_fen BIGINT NOT NULL, maker_id UUID NOT NULL,
        maker VARCHAR NOT NULL, checker VARCHAR NULL, reason TEXT NULL, created_at TIMESTAMPTZ NOT NULL,
        version BIGINT NOT NULL,
        CHECK (kind IN ('interest', 'premium')),
        CHECK (status IN ('proposed', 'active', 'turned_down', 'ended')),
        CHECK (valid_from <= valid_until),
        CHECK (paid_fen >= 0 AND paid_fen <= funded_fen))",
    "CREATE TABLE subsidy_claim (
        id UUID NOT NULL PRIMARY KEY, number VARCHAR NOT NULL UNIQUE,
        scheme_id UUID NOT NULL REFERENCES subsidy_scheme (id), scheme_name VARCHAR NOT NULL, fund_id UUID NOT NULL,
        enterprise_id UUID NOT NULL, enterprise_name VARCHAR NOT NULL, bank_id UUID NULL, bank_name VARCHAR NULL,
        kind VARCHAR NOT NULL, loan_id UUID NULL, policy_id UUID NULL, object TEXT NOT NULL, claim_year INTEGER NOT NULL,
        basis_fen BIGINT NOT NULL, computed_fen BIGINT NOT NULL, amount_fen BIGINT NOT NULL, status VARCHAR NOT NULL,
        maker_id UUID NOT NULL, maker VARCHAR NOT NULL, decided_by_id UUID NULL, decided_by VARCHAR NULL,
        reason TEXT NULL, paid_by VARCHAR NULL, paid_on DATE NULL, payment_id UUID NULL, credit_id UUID NULL,
        created_at TIMESTAMPTZ NOT NULL, decided_at TIMESTAMPTZ NULL, version BIGINT NOT NULL,
        CHECK (kind IN ('interest', 'premium')),
        CHECK ((kind = 'interest') = (loan_id IS NOT NULL) AND (kind = 'premium') = (policy_id IS NOT NULL)),
        CHECK (status IN ('submitted', 'approved', 'refused', 'paid', 'withdrawn')),
        CHECK (amount_fen > 0 AND amount_fen <= computed_fen AND computed_fen <= basis_fen),
        CHECK (decided_by_id IS NULL OR decided_by_id <> maker_id),
        CHECK ((status = 'paid') = (payment_id IS NOT NULL) AND (status = 'paid') = (paid_on IS NOT NULL)))",
    // One claim holds on to the interest of a payment at a time.
    "CREATE TABLE subsidy_claim_payment (
        claim_id UUID NOT NULL REFERENCES subsidy_claim (id), repayment_id UUID NOT NULL, paid_on DATE NOT NULL,
        interest_fen BIGINT NOT NULL, contract_rate VARCHAR NOT NULL, live BOOLEAN NOT NULL, PRIMARY KEY (claim_id, repayment_id),
        CHECK (interest_fen > 0))",
    "CREATE UNIQUE INDEX subsidy_payment_once ON subsidy_claim_payment (repayment_id) WHERE live",
    // One claim at a time for the premium of a policy.
    "CREATE UNIQUE INDEX subsidy_premium_once ON subsidy_claim (policy_id)
        WHERE policy_id IS NOT NULL AND status IN ('submitted', 'approved', 'paid')",
    "CREATE TABLE subsidy_funding (
        id UUID NOT NULL PRIMARY KEY, scheme_id UUID NOT NULL REFERENCES subsidy_scheme (id), amount_fen BIGINT NOT NULL,
        reference VARCHAR NOT NULL, booked_on DATE NOT NULL, recorded_by VARCHAR NOT NULL,
        created_at TIMESTAMPTZ NOT NULL, CHECK (amount_fen > 0))",
    // The policies that insurance-svc told of; `known` is false while only the end of one has arrived.
    "CREATE TABLE subsidy_policy (
        policy_id UUID NOT NULL PRIMARY KEY, known BOOLEAN NOT NULL, number VARCHAR NOT NULL, product VARCHAR NOT NULL,
        insurer_name VARCHAR NOT NULL, insured_id UUID NOT NULL, insured_name VARCHAR NOT NULL,
        premium_fen BIGINT NOT NULL, returned_fen BIGINT NOT NULL, starts_on DATE NOT NULL, ends_on DATE NOT NULL,
        status VARCHAR NOT NULL,
        CHECK (premium_fen >= 0 AND returned_fen >= 0))",
    "CREATE INDEX subsidy_scheme_fund ON subsidy_scheme (fund_id, created_at, id)",
    "CREATE INDEX subsidy_claim_fund ON subsidy_claim (fund_id, created_at, id)",
    "CREATE INDEX subsidy_claim_enterprise ON subsidy_claim (enterprise_id, created_at, id)",
    "CREATE INDEX subsidy_claim_bank ON subsidy_claim (bank_id, created_at, id)",
    "CREATE INDEX subsidy_claim_year ON subsidy_claim (scheme_id, claim_year, enterprise_id)",
    "CREATE INDEX subsidy_claim_loan ON subsidy_claim (loan_id)",
    "CREATE INDEX subsidy_policy_insured ON subsidy_policy (insured_id, product, starts_on)",
    "CREATE INDEX subsidy_funding_scheme ON subsidy_funding (scheme_id, created_at, id)",
];

#[async_trait::async_trait]
impl MigrationTrait for SubsidyTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables =
            ["subsidy_policy", "subsidy_funding", "subsidy_claim_payment", "subsidy_claim", "subsidy_scheme"];
        tx_kit::schema::drop(manager, &tables).await
    }
}
