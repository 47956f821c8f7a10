//! Samples for the tests of these rules.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{ApplicationId, FacilityId, OrgId, PatentId, UserId, ValuationId};
use finance::{Money, Rate, WorkingDays};
use uuid::Uuid;

use super::{
    Application, ApplicationStatus, OfferedPatent, PatentFacts, ServiceClock, ValuationFacts,
    application::Hand,
    approve::{Situation, Vote, approve},
    assess::{Findings, assess},
    authority::ApprovalAuthority,
    clock::ClockKind,
    eligibility::{Ask, Background, Terms},
    eligibility_rules::EligibilityRules,
    exposure::CustomerExposure,
    facts::CollateralFacts,
    products::{ApplicationProducts, STANDARD},
    refuse::refuse,
    service_levels::ServiceLevels,
};

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn enterprise() -> OrgId {
    OrgId::from_uuid(Uuid::from_u128(100))
}

pub fn bank() -> OrgId {
    OrgId::from_uuid(Uuid::from_u128(200))
}

fn hand(user: u128, name: &str) -> Hand {
    let at: DateTime<Utc> = "2026-11-24T02:00:00Z".parse().unwrap();
    Hand {
        user: UserId::from_uuid(Uuid::from_u128(user)),
        name: name.into(),
        at,
        on: day("2026-11-24"),
        calendar: WorkingDays::china(),
    }
}

pub fn officer() -> Hand {
    hand(1, "客户经理")
}

pub fn approver() -> Hand {
    hand(2, "审批人")
}

pub fn applicant() -> Hand {
    hand(3, "企业财务")
}

pub fn second_approver() -> Hand {
    hand(4, "审批人乙")
}

pub fn risk_manager() -> Hand {
    hand(5, "风险经理")
}

pub fn operations() -> Hand {
    hand(6, "运营")
}

pub fn patent(number: u128) -> PatentFacts {
    PatentFacts {
        id: PatentId::from_uuid(Uuid::from_u128(number)),
        number: format!("CN11000000{number}B"),
        title: format!("一种催化剂 {number}"),
        kind: "invention".into(),
        legal_status: "granted".into(),
        applicants: vec!["甲公司".into()],
        current_owners: vec![],
        owner_id: Some(enterprise()),
        filing_date: Some(day("2021-01-04")),
        grant_date: Some(day("2023-06-06")),
        expires_on: Some(day("2041-01-04")),
        annuity_status: "paid".into(),
        annuity_paid_until: Some(day("2027-01-04")),
        annuities_in_time_until: None,
        disputes: vec![],
        encumbrances: vec![],
        same_day_twin: None,
    }
}

pub fn terms() -> Terms {
    Terms {
        number: "F20260101-00000001".into(),
        active: true,
        available_until: day("2026-12-31"),
        tenor_cap_months: 36,
        bank_share: Rate::ONE,
        free: Money::from_fen(600_000),
        annual_rate: Rate::from_basis_points(345),
        industry: "C26".into(),
        member_active: true,
    }
}

pub fn background() -> Background {
    Background {
        enterprise_name: "甲公司".into(),
        product: ApplicationProducts::default().find(STANDARD).unwrap().clone(),
        lpr_one_year: Some(Rate::from_basis_points(300)),
        lpr_outdated: None,
        blacklisted: false,
        group: None,
        group_exposure_max: None,
        customer: CustomerExposure::default(),
    }
}

pub fn ask() -> Ask {
    Ask { enterprise: enterprise(), amount: Money::from_fen(600_000), tenor_months: 12 }
}

pub fn valuation(number: u128, collateral_fen: i64, loan_fen: i64) -> ValuationFacts {
    ValuationFacts {
        id: ValuationId::from_uuid(Uuid::from_u128(number)),
        patent_id: PatentId::from_uuid(Uuid::from_u128(number)),
        tenant_id: bank(),
        purpose: "pledge".into(),
        status: "completed".into(),
        valid_until: day("2027-05-24"),
        collateral: CollateralFacts {
            collateral_value: Money::from_fen(collateral_fen),
            ltv_cap: Rate::from_basis_points(5_000),
            maximum_loan: Money::from_fen(loan_fen),
            grade: None,
        },
    }
}

pub fn application() -> Application {
    let offered = |number| {
        let facts = patent(number);
        OfferedPatent {
            patent_id: facts.id,
            number: facts.number,
            title: facts.title,
            valuation_id: None,
            collateral_value: None,
            maximum_loan: None,
            ltv_cap: None,
            valid_until: None,
        }
    };
    Application {
        id: ApplicationId::from_uuid(Uuid::from_u128(300)),
        number: "A20261124-0000000A".into(),
        facility_id: FacilityId::from_uuid(Uuid::from_u128(400)),
        facility_name: "集合授信".into(),
        bank_id: bank(),
        bank_name: "甲银行".into(),
        enterprise_id: enterprise(),
        enterprise_name: "甲公司".into(),
        amount: Money::from_fen(600_000),
        tenor_months: 12,
        purpose: "采购原料".into(),
        product: STANDARD.into(),
        patents: vec![offered(1), offered(2)],
        status: ApplicationStatus::Submitted,
        assessment: None,
        consent: None,
        first_approval: None,
        decision: None,
        appeal_until: None,
        approval_until: None,
        appeal: None,
        deficiencies: vec![],
        findings: vec![],
        declarations: vec![],
        statements: vec![],
        clock: Some(ServiceClock::start(
            ClockKind::FirstReview,
            (day("2026-11-20"), WorkingDays::china()),
            5,
        )),
        review_days_left: None,
        pledge_id: None,
        holds_reservation: false,
        submitted_on: day("2026-11-20"),
        created_at: "2026-11-20T02:00:00Z".parse().unwrap(),
        version: 1,
    }
}

pub fn recommendation(fen: i64) -> Findings {
    let valuations = [valuation(1, 1_000_000, 500_000), valuation(2, 500_000, 250_000)];
    Findings {
        valuations: valuations.into_iter().map(|one| (one.patent_id, one)).collect(),
        recommended_amount: Money::from_fen(fen),
        comment: "可行".into(),
        facility_ltv_cap: Rate::from_basis_points(6_000),
        checklist: vec![],
        standing: vec![],
        rules: EligibilityRules::default(),
        levels: ServiceLevels::default(),
    }
}

pub fn assessed() -> Application {
    assess(application(), recommendation(500_000), &officer()).unwrap()
}

pub fn approved() -> Application {
    let situation = Situation {
        terms: &terms(),
        held: &HashMap::new(),
        authority: &ApprovalAuthority::default(),
        held_by_others: Money::ZERO,
    };
    approve(assessed(), Vote::default(), situation, &approver()).unwrap()
}

pub fn refused() -> Application {
    refuse(assessed(), "抵质押不足", &ServiceLevels::default(), &approver()).unwrap()
}
