//! Cases, plans, sales and claims for the tests of the rules.

use chrono::NaiveDate;
use contracts::{
    Actor, CaseId, CompensationId, DisposalProposalId, FacilityId, LoanId, OrgId, PatentId, PolicyId, UserId,
};
use finance::{ByClaim, Money, Rate};
use uuid::Uuid;

use super::{
    Action, ActionKind, Ask, Case, CaseMoney, CaseStatus, Cause, Claim, ClaimStatus, Guarantee, Lot, Method,
    Plan, Promise, Proposal, ProposalStatus, Realisation, Recovery, Sharer,
};
use crate::fund::Bearer;

pub fn yuan(amount: i64) -> Money {
    Money::from_yuan(amount).unwrap()
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn person(number: u128) -> Actor {
    Actor {
        user: UserId::from_uuid(Uuid::from_u128(number)),
        name: format!("经办{number}"),
        tenant: OrgId::from_uuid(Uuid::from_u128(10)),
    }
}

pub fn owed(costs: i64, principal: i64, interest: i64, penalty: i64) -> ByClaim {
    ByClaim {
        costs: yuan(costs),
        principal: yuan(principal),
        interest: yuan(interest),
        penalty: yuan(penalty),
    }
}

/// A case in collection.
pub fn case() -> Case {
    Case {
        id: CaseId::from_uuid(Uuid::from_u128(1)),
        number: "DC1".into(),
        loan_id: LoanId::from_uuid(Uuid::from_u128(2)),
        loan_number: "L1".into(),
        facility_id: FacilityId::from_uuid(Uuid::from_u128(3)),
        facility_name: "集合授信".into(),
        bank_id: OrgId::from_uuid(Uuid::from_u128(10)),
        bank_name: "甲银行".into(),
        enterprise_id: OrgId::from_uuid(Uuid::from_u128(20)),
        enterprise_name: "企业".into(),
        cause: Cause::Overdue,
        reason: None,
        status: CaseStatus::Collection,
        opened_on: day("2026-06-01"),
        opened_by: "经办1".into(),
        claim: owed(0, 1_000, 0, 0),
        plan: None,
        money: CaseMoney::default(),
        outcome: None,
        closed_on: None,
        version: 1,
    }
}

/// A plan to sell what is worth a million.
pub fn plan() -> Plan {
    Plan {
        method: Method::Auction,
        valuation: yuan(1_000_000),
        valued_on: day("2026-06-01"),
        valuer: "评估机构 评字 1 号".into(),
        reserve: yuan(800_000),
        venue: "产权交易所".into(),
        starts_on: day("2026-07-01"),
        expected_costs: yuan(10_000),
        note: None,
        proceeds_before: Money::ZERO,
    }
}

/// A sale of as many patents at these prices.
pub fn sale(prices: &[i64]) -> Realisation {
    let lots = (1_u128..)
        .zip(prices)
        .map(|(number, price)| Lot {
            patent_id: PatentId::from_uuid(Uuid::from_u128(number)),
            number: format!("CN{number}B"),
            appraised: None,
            appraised_on: None,
            price: yuan(*price),
        })
        .collect();
    Realisation {
        method: Method::Auction,
        buyer: "买受人".into(),
        reference: "成交确认书 1 号".into(),
        lots,
        order: None,
    }
}

pub fn recovery(amount: i64) -> Recovery {
    Recovery { amount: yuan(amount), payer: "企业".into(), reference: "回单 1 号".into() }
}

pub fn sharer(bearer: Bearer, rank: u32, basis_points: i64) -> Sharer {
    Sharer {
        bearer,
        party_id: Some(OrgId::from_uuid(Uuid::from_u128(90))),
        name: bearer.name_zh().to_owned(),
        rank,
        share: Rate::from_basis_points(basis_points),
        cap: None,
        deductible: Money::ZERO,
        paper: None,
    }
}

/// A policy of insurer 60 for the bank of the case: 600 a claim, 1,000 in all, a deductible of 100, a fifth kept.
pub fn guarantee(number: u128, starts_on: &str, last_day: &str) -> Guarantee {
    Guarantee {
        policy_id: PolicyId::from_uuid(Uuid::from_u128(number)),
        number: format!("P{number}"),
        insurer_id: OrgId::from_uuid(Uuid::from_u128(60)),
        insurer_name: "甲保险".into(),
        bank_id: case().bank_id,
        limit_per_claim: yuan(600),
        aggregate_limit: yuan(1_000),
        left: yuan(1_000),
        deductible: yuan(100),
        coinsurance: Rate::from_basis_points(2_000),
        starts_on: day(starts_on),
        last_day: day(last_day),
        status: "bound".into(),
    }
}

/// A claim that waits.
pub fn claim(number: u128, bearer: Bearer, amount: i64) -> Claim {
    Claim {
        id: CompensationId::from_uuid(Uuid::from_u128(number)),
        number: format!("CC{number}"),
        case_id: case().id,
        case_number: case().number,
        bank_id: case().bank_id,
        bank_name: case().bank_name,
        enterprise_name: case().enterprise_name,
        bearer,
        party_id: Some(OrgId::from_uuid(Uuid::from_u128(90 + number))),
        party: bearer.name_zh().to_owned(),
        agreement_id: None,
        policy_id: None,
        amount: yuan(amount),
        status: ClaimStatus::Claimed,
        granted: None,
        reason: None,
        reference: None,
        answered_by_id: None,
        answered_by: None,
        decided_by: None,
        paid: Money::ZERO,
        returned: Money::ZERO,
        eased: Money::ZERO,
        claimed_on: day("2026-06-01"),
        decided_on: None,
        version: 1,
    }
}

/// A claim that was paid.
pub fn paid_claim(number: u128, bearer: Bearer, amount: i64) -> Claim {
    Claim { status: ClaimStatus::Paid, paid: yuan(amount), ..claim(number, bearer, amount) }
}

/// A promise made on a day.
pub fn promise(id: u128, made_on: &str, amount: i64, until: &str) -> Action {
    Action {
        id: Uuid::from_u128(id),
        kind: ActionKind::Promise,
        contact: Some("财务负责人".into()),
        note: "承诺还款".into(),
        promise: Some(Promise { amount: yuan(amount), until: day(until) }),
        made_on: day(made_on),
        made_by: "经办1".into(),
        made_at: format!("{made_on}T02:00:00Z").parse().unwrap(),
    }
}

pub fn proposal(ask: Ask) -> Proposal {
    Proposal {
        id: DisposalProposalId::from_uuid(Uuid::from_u128(7)),
        case_id: case().id,
        case_number: case().number,
        bank_id: case().bank_id,
        enterprise_name: case().enterprise_name,
        ask,
        result: None,
        status: ProposalStatus::Proposed,
        maker_id: person(1).user,
        maker: person(1).name,
        approver: None,
        reason: None,
        created_at: "2026-06-01T02:00:00Z".parse().unwrap(),
        decided_at: None,
    }
}
