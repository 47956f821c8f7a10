//! Funds and agreements for the tests of the rules.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{Actor, FundAgreementId, FundId, OrgId, UserId};
use finance::{Money, Rate};
use uuid::Uuid;

use super::{Agreement, AgreementStatus, AgreementTerms, Exposure, Fund};

pub fn yuan(amount: i64) -> Money {
    Money::from_yuan(amount).unwrap()
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub fn exposure(covered: i64, non_performing: i64) -> Exposure {
    Exposure { covered: yuan(covered), non_performing: yuan(non_performing) }
}

pub fn manager(number: u128) -> Actor {
    Actor {
        user: UserId::from_uuid(Uuid::from_u128(number)),
        name: format!("基金经理{number}"),
        tenant: OrgId::from_uuid(Uuid::from_u128(90)),
    }
}

/// A fund with so much capital and nothing promised.
pub fn fund(capital: i64) -> Fund {
    let id = FundId::from_uuid(Uuid::from_u128(90));
    let opened = Fund::opened(id, "省级风险补偿资金池".into(), "省财政厅".into(), day("2026-01-01"));
    opened.with_capital(yuan(capital)).unwrap()
}

/// An agreement with so much committed, ten times leverage, half of each loss, threshold 5 %, for the year 2026.
pub fn agreement(commitment: i64) -> Agreement {
    Agreement {
        id: FundAgreementId::from_uuid(Uuid::from_u128(91)),
        number: "FA1".into(),
        fund_id: FundId::from_uuid(Uuid::from_u128(90)),
        fund_name: "省级风险补偿资金池".into(),
        bank_id: OrgId::from_uuid(Uuid::from_u128(10)),
        bank_name: "甲银行".into(),
        facility_id: None,
        facility_name: None,
        terms: AgreementTerms {
            commitment: yuan(commitment),
            leverage_max: Rate::from_basis_points(100_000),
            share_max: Rate::from_basis_points(5_000),
            cap_per_claim: None,
            cap_per_year: None,
            deductible: Money::ZERO,
            threshold: Rate::from_basis_points(500),
            starts_on: day("2026-01-01"),
            ends_on: day("2026-12-31"),
        },
        status: AgreementStatus::Active,
        stop_cause: None,
        stop_ratio: None,
        stopped_on: None,
        paid: Money::ZERO,
        returned: Money::ZERO,
        pending: Money::ZERO,
        version: 1,
    }
}
