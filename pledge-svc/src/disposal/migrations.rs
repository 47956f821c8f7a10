//! Tables of the subject, with the second line of defence: CHECKs that hold whatever the code does.

use sea_orm_migration::prelude::*;

/// Cases, what was done to collect, what one person asks for and another decides, claims on those who share the loss.
pub struct DisposalTables;

impl MigrationName for DisposalTables {
    fn name(&self) -> &'static str {
        "m2026_0330_disposal"
    }
}

const TABLES: &[&str] = &[
    // What came in went somewhere; nobody gets back more than was paid.
    "CREATE TABLE disposal_case (
        id UUID NOT NULL PRIMARY KEY, number VARCHAR NOT NULL UNIQUE, loan_id UUID NOT NULL REFERENCES loan (id),
        loan_number VARCHAR NOT NULL, facility_id UUID NOT NULL, facility_name VARCHAR NOT NULL, bank_id UUID NOT NULL,
        bank_name VARCHAR NOT NULL, enterprise_id UUID NOT NULL, enterprise_name VARCHAR NOT NULL, cause VARCHAR NOT NULL,
        reason VARCHAR NULL, status VARCHAR NOT NULL, opened_on DATE NOT NULL, opened_by VARCHAR NOT NULL,
        claim_principal_fen BIGINT NOT NULL, claim_interest_fen BIGINT NOT NULL, claim_penalty_fen BIGINT NOT NULL,
        claim_costs_fen BIGINT NOT NULL, plan TEXT NULL, costs_fen BIGINT NOT NULL, reimbursed_fen BIGINT NOT NULL,
        proceeds_fen BIGINT NOT NULL, repaid_fen BIGINT NOT NULL, loss_fen BIGINT NOT NULL, compensated_fen BIGINT NOT NULL,
        taken_off_fen BIGINT NOT NULL, written_off_fen BIGINT NOT NULL, written_back_fen BIGINT NOT NULL, claim_kept_fen BIGINT NOT NULL,
        recovered_fen BIGINT NOT NULL, own_back_fen BIGINT NOT NULL, extra_fen BIGINT NOT NULL, returned_fen BIGINT NOT NULL,
        surplus_fen BIGINT NOT NULL, taxed_fen BIGINT NOT NULL DEFAULT 0, outcome VARCHAR NULL, closed_on DATE NULL, version BIGINT NOT NULL,
        CHECK (cause IN ('overdue', 'decision')),
        CHECK (status IN ('proposed', 'collection', 'disposal', 'sharing', 'written_off', 'closed')),
        CHECK (proceeds_fen + recovered_fen
               = reimbursed_fen + repaid_fen + own_back_fen + extra_fen + returned_fen + surplus_fen),
        CHECK (reimbursed_fen >= 0 AND reimbursed_fen <= costs_fen),
        CHECK (compensated_fen >= 0 AND compensated_fen <= loss_fen),
        CHECK (returned_fen >= 0 AND returned_fen <= compensated_fen),
        CHECK (own_back_fen >= 0 AND own_back_fen <= loss_fen - compensated_fen),
        CHECK (written_back_fen >= 0 AND written_back_fen <= written_off_fen), CHECK (taxed_fen >= 0),
        CHECK (written_off_fen >= 0 AND written_off_fen <= taken_off_fen),
        CHECK (proceeds_fen >= 0 AND recovered_fen >= 0 AND repaid_fen >= 0 AND extra_fen >= 0 AND surplus_fen >= 0),
        CHECK ((status = 'closed') = (closed_on IS NOT NULL)))",
    "CREATE TABLE disposal_action (
        id UUID NOT NULL PRIMARY KEY, case_id UUID NOT NULL REFERENCES disposal_case (id), kind VARCHAR NOT NULL,
        contact VARCHAR NULL, note TEXT NOT NULL, promised_fen BIGINT NULL, promised_until DATE NULL,
        made_on DATE NOT NULL, made_by VARCHAR NOT NULL, made_at TIMESTAMPTZ NOT NULL,
        CHECK ((promised_fen IS NULL) = (promised_until IS NULL)), CHECK (promised_fen IS NULL OR promised_fen > 0))",
    "CREATE TABLE disposal_proposal (
        id UUID NOT NULL PRIMARY KEY, case_id UUID NOT NULL REFERENCES disposal_case (id), case_number VARCHAR NOT NULL,
        bank_id UUID NOT NULL, enterprise_name VARCHAR NOT NULL, kind VARCHAR NOT NULL, content TEXT NOT NULL,
        result TEXT NULL, status VARCHAR NOT NULL, maker_id UUID NOT NULL, maker VARCHAR NOT NULL, approver VARCHAR NULL,
        reason VARCHAR NULL, created_at TIMESTAMPTZ NOT NULL, decided_at TIMESTAMPTZ NULL,
        CHECK (status IN ('proposed', 'approved', 'refused')),
        CHECK ((status = 'proposed') = (decided_at IS NULL)))",
    "CREATE TABLE disposal_claim (
        id UUID NOT NULL PRIMARY KEY, number VARCHAR NOT NULL UNIQUE, case_id UUID NOT NULL REFERENCES disposal_case (id),
        case_number VARCHAR NOT NULL, bank_id UUID NOT NULL, bank_name VARCHAR NOT NULL, enterprise_name VARCHAR NOT NULL,
        bearer VARCHAR NOT NULL, party_id UUID NULL, party VARCHAR NOT NULL, agreement_id UUID NULL, policy_id UUID NULL,
        amount_fen BIGINT NOT NULL, status VARCHAR NOT NULL, granted_fen BIGINT NULL, reason VARCHAR NULL,
        reference VARCHAR NULL, answered_by_id UUID NULL, answered_by VARCHAR NULL, decided_by VARCHAR NULL,
        paid_fen BIGINT NOT NULL, returned_fen BIGINT NOT NULL, eased_fen BIGINT NOT NULL, claimed_on DATE NOT NULL,
        decided_on DATE NULL, version BIGINT NOT NULL,
        CHECK (status IN ('claimed', 'answered', 'paid', 'declined', 'withdrawn', 'unanswered')),
        CHECK (amount_fen > 0 AND paid_fen >= 0 AND paid_fen <= amount_fen),
        CHECK (returned_fen >= 0 AND returned_fen <= paid_fen AND eased_fen >= 0),
        CHECK (policy_id IS NULL OR bearer = 'insurer'),
        CHECK (bearer <> 'fund' OR (party_id IS NOT NULL AND agreement_id IS NOT NULL)))",
    // Policies as insurers told of them; of one that guarantees no loan, its id alone.
    "CREATE TABLE disposal_guarantee (
        policy_id UUID NOT NULL PRIMARY KEY, known BOOLEAN NOT NULL, number VARCHAR NOT NULL, insurer_id UUID NOT NULL,
        insurer_name VARCHAR NOT NULL, loan_id UUID NULL, bank_id UUID NULL, limit_per_claim_fen BIGINT NOT NULL,
        aggregate_limit_fen BIGINT NOT NULL, deductible_fen BIGINT NOT NULL, coinsurance VARCHAR NOT NULL,
        starts_on DATE NOT NULL, ends_on DATE NOT NULL, last_day DATE NULL, status VARCHAR NOT NULL,
        CHECK (limit_per_claim_fen >= 0 AND aggregate_limit_fen >= 0 AND deductible_fen >= 0),
        CHECK (status IN ('bound', 'cancelled', 'expired')), CHECK ((loan_id IS NULL) = (bank_id IS NULL)))",
    // An insurer's payments on one claim add up; none pays a loan twice, none is handed back twice.
    "CREATE TABLE disposal_insurer_claim (
        claim_id UUID NOT NULL PRIMARY KEY, policy_id UUID NOT NULL, insurer_id UUID NOT NULL, status VARCHAR NOT NULL,
        paid_fen BIGINT NOT NULL, applied_fen BIGINT NOT NULL, returned_fen BIGINT NOT NULL,
        given_back_fen BIGINT NOT NULL, held_fen BIGINT NOT NULL, reason VARCHAR NULL,
        compensation_id UUID NULL REFERENCES disposal_claim (id), heard_on DATE NOT NULL, paid_on DATE NULL,
        version BIGINT NOT NULL,
        CHECK (status IN ('registered', 'pending', 'settled', 'unmatched', 'declined', 'given_back')),
        CHECK (applied_fen >= 0 AND given_back_fen >= 0 AND applied_fen + given_back_fen <= paid_fen),
        CHECK (returned_fen >= 0 AND returned_fen <= applied_fen), CHECK (held_fen >= 0 AND held_fen <= paid_fen),
        CHECK (status NOT IN ('settled', 'given_back') OR applied_fen + given_back_fen = paid_fen),
        CHECK (status <> 'declined' OR paid_fen = 0))",
    // What is asked for money of an insurer that waits or settled nothing: one thing at a time, decided by another person.
    "CREATE TABLE disposal_insurer_act (
        id UUID NOT NULL PRIMARY KEY, claim_id UUID NOT NULL REFERENCES disposal_insurer_claim (claim_id),
        bank_id UUID NOT NULL, content TEXT NOT NULL, status VARCHAR NOT NULL, maker_id UUID NOT NULL,
        maker VARCHAR NOT NULL, approver VARCHAR NULL, refusal_reason VARCHAR NULL, created_at TIMESTAMPTZ NOT NULL,
        decided_at TIMESTAMPTZ NULL, CHECK (status IN ('proposed', 'approved', 'refused')),
        CHECK ((status = 'proposed') = (decided_at IS NULL)))",
    // A patent is sold once under a pledge, whoever's case sells it.
    "CREATE TABLE disposal_lot (
        pledge_id UUID NOT NULL, patent_id UUID NOT NULL, case_id UUID NOT NULL REFERENCES disposal_case (id),
        proposal_id UUID NOT NULL REFERENCES disposal_proposal (id), price_fen BIGINT NOT NULL, sold_on DATE NOT NULL,
        PRIMARY KEY (pledge_id, patent_id), CHECK (price_fen > 0))",
    // What a case found worthless, it found once.
    "CREATE TABLE disposal_finding (
        case_id UUID NOT NULL REFERENCES disposal_case (id), pledge_id UUID NOT NULL, patent_id UUID NOT NULL,
        proposal_id UUID NOT NULL REFERENCES disposal_proposal (id), found_on DATE NOT NULL,
        PRIMARY KEY (case_id, pledge_id, patent_id))",
    // One case at a time is open for a loan, and one thing of a kind waits for a decision in a case.
    "CREATE UNIQUE INDEX disposal_case_open ON disposal_case (loan_id) WHERE status <> 'closed'",
    "CREATE INDEX disposal_case_bank ON disposal_case (bank_id, opened_on, id)",
    "CREATE INDEX disposal_case_opened ON disposal_case (opened_on, id)",
    "CREATE INDEX disposal_action_case ON disposal_action (case_id, id)",
    "CREATE INDEX disposal_proposal_case ON disposal_proposal (case_id, id)",
    "CREATE INDEX disposal_proposal_bank ON disposal_proposal (bank_id, created_at, id)",
    "CREATE UNIQUE INDEX disposal_proposal_open ON disposal_proposal (case_id, kind) WHERE status = 'proposed'",
    "CREATE INDEX disposal_guarantee_loan ON disposal_guarantee (loan_id)",
    "CREATE INDEX disposal_guarantee_bank ON disposal_guarantee (bank_id)",
    "CREATE UNIQUE INDEX disposal_insurer_act_open ON disposal_insurer_act (claim_id) WHERE status = 'proposed'",
    "CREATE INDEX disposal_insurer_act_claim ON disposal_insurer_act (claim_id, id)",
    "CREATE INDEX disposal_insurer_claim_paid ON disposal_insurer_claim (compensation_id) WHERE compensation_id IS NOT NULL",
    "CREATE INDEX disposal_insurer_claim_policy ON disposal_insurer_claim (policy_id, claim_id)",
    "CREATE INDEX disposal_claim_policy ON disposal_claim (policy_id) WHERE policy_id IS NOT NULL",
    "CREATE INDEX disposal_claim_case ON disposal_claim (case_id, id)",
    "CREATE INDEX disposal_claim_bank ON disposal_claim (bank_id, number)",
    "CREATE INDEX disposal_claim_party ON disposal_claim (party_id, number)",
];

#[async_trait::async_trait]
impl MigrationTrait for DisposalTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tx_kit::schema::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            "disposal_finding",
            "disposal_lot",
            "disposal_insurer_act",
            "disposal_insurer_claim",
            "disposal_guarantee",
            "disposal_claim",
            "disposal_proposal",
            "disposal_action",
            "disposal_case",
        ];
        tx_kit::schema::drop(manager, &tables).await
    }
}
