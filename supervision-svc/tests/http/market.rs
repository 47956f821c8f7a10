//! A small market, small enough to be computed by hand: two banks, two borrowers, three loans.
//!
//! Bank A lends 3,000,000 at 4 % to enterprise 1 (500,000 repaid) and 1,000,000 at 6 % to enterprise 2; bank B lends
//! 2,000,000 at 5 % to enterprise 1. On 2026-07-20 the first is past its last day, the second has missed a due date
//! on 2026-07-05, and the third is due that very day. Bank A's closes have classed its loans, before the payment and
//! after the missed date; bank B has not closed a day yet.

use contracts::{
    ApplicationId, ClaimId, DrawdownId, Envelope, Event, EventId, FacilityId, LoanId, OrgId, PatentId,
    PledgeId, PolicyId, Service, ValuationId,
    events::{
        ApplicationDecided, ApplicationSubmitted, ClaimPaid, ClaimRegistered, ClaimReserved, FacilityChanged,
        FacilityMember, LegalStatusChanged, LoanDrawn, LoanRepaid, LoanStateChanged, PledgeChanged,
        PolicyBound, PolicyEnded, ValuationCompleted,
    },
};
use finance::Money;
use uuid::Uuid;

pub const BANK_A: u128 = 0xa;
pub const BANK_B: u128 = 0xb;
pub const ENTERPRISE_1: u128 = 0x1;
pub const ENTERPRISE_2: u128 = 0x2;
pub const FACILITY_A: u128 = 0xfa;
pub const FACILITY_B: u128 = 0xfb;
pub const LOAN_1: u128 = 0x101;
pub const LOAN_2: u128 = 0x102;
pub const LOAN_3: u128 = 0x103;
pub const PATENT: u128 = 0x9a;

pub fn org(id: u128) -> OrgId {
    Uuid::from_u128(id).into()
}

pub fn yuan(yuan: i64) -> Money {
    Money::from_yuan(yuan).unwrap()
}

pub fn bank_name(id: u128) -> String {
    if id == BANK_A { "甲银行".into() } else { "乙银行".into() }
}

pub fn enterprise_name(id: u128) -> String {
    format!("企业{id}")
}

/// Collects events with ids in the order of their making.
#[derive(Default)]
pub struct Market {
    pub events: Vec<Envelope>,
}

impl Market {
    pub fn tell(&mut self, aggregate: u128, version: i64, day: &str, event: Event) {
        let id = Uuid::from_u128(0xe000 + self.events.len() as u128);
        let source = match &event {
            Event::PolicyBound(_)
            | Event::PolicyEnded(_)
            | Event::ClaimRegistered(_)
            | Event::ClaimReserved(_)
            | Event::ClaimDeclined(_)
            | Event::ClaimPaid(_) => Service::Insurance,
            Event::ValuationCompleted(_) | Event::LegalStatusChanged(_) => Service::Valuation,
            _ => Service::Pledge,
        };
        self.events.push(Envelope {
            id: EventId::from_uuid(id),
            source,
            aggregate: Uuid::from_u128(aggregate),
            version,
            occurred_at: format!("{day}T02:00:00Z").parse().unwrap(),
            business_date: day.parse().unwrap(),
            event,
        });
    }

    fn facility(&mut self, id: u128, bank: u128, (version, status): (i64, &str), day: &str, limit: i64) {
        let member = |enterprise: u128, sub_limit: i64| FacilityMember {
            enterprise_id: org(enterprise),
            enterprise_name: enterprise_name(enterprise),
            sub_limit: yuan(sub_limit),
            drawn: Money::ZERO,
            reserved: Money::ZERO,
        };
        let event = FacilityChanged {
            facility_id: Uuid::from_u128(id).into(),
            number: format!("F{id:x}"),
            name: format!("集合授信{id:x}"),
            bank_id: org(bank),
            bank_name: bank_name(bank),
            cluster: "锂钾产业集群".into(),
            industry: "lithium_potassium".into(),
            limit: yuan(limit),
            drawn: Money::ZERO,
            reserved: Money::ZERO,
            status: status.into(),
            available_from: "2026-01-01".parse().unwrap(),
            available_until: "2026-12-31".parse().unwrap(),
            shares: Vec::new(),
            members: vec![member(ENTERPRISE_1, 4_000_000), member(ENTERPRISE_2, 4_000_000)],
            partial: false,
            left: Vec::new(),
        };
        self.tell(id, version, day, Event::FacilityChanged(event));
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "a draw has many facts and the market below reads as a table"
    )]
    fn drawn(
        &mut self,
        loan: u128,
        (facility, version): (u128, i64),
        (bank, enterprise): (u128, u128),
        amount: i64,
        rate: &str,
        (day, matures, next_due): (&str, &str, Option<&str>),
        industry: &str,
        (facility_drawn, member_drawn): (i64, i64),
    ) {
        let event = LoanDrawn {
            loan_id: Uuid::from_u128(loan).into(),
            number: format!("L{loan:x}"),
            drawdown_id: DrawdownId::from_uuid(Uuid::from_u128(loan)),
            facility_id: FacilityId::from_uuid(Uuid::from_u128(facility)),
            bank_id: org(bank),
            bank_name: bank_name(bank),
            enterprise_id: org(enterprise),
            enterprise_name: enterprise_name(enterprise),
            industry: industry.into(),
            amount: yuan(amount),
            annual_rate: rate.parse().unwrap(),
            drawn_on: day.parse().unwrap(),
            matures_on: matures.parse().unwrap(),
            next_due_on: next_due.map(|day| day.parse().unwrap()),
            application_product: None,
            payment_mode: None,
            shares: Vec::new(),
            covered: None,
            facility_version: version,
            facility_drawn: yuan(facility_drawn),
            facility_reserved: Money::ZERO,
            member_drawn: yuan(member_drawn),
            member_reserved: Money::ZERO,
        };
        self.tell(loan, 1, day, Event::LoanDrawn(event));
    }

    /// What a close of bank A found of a loan.
    fn found(
        &mut self,
        loan: u128,
        version: i64,
        day: &str,
        (owed, rate, matures, next_due): (i64, &str, &str, &str),
        (tier, stage, overdue_days, provision): (&str, u8, i64, i64),
    ) {
        let event = LoanStateChanged {
            loan_id: LoanId::from_uuid(Uuid::from_u128(loan)),
            facility_id: FacilityId::from_uuid(Uuid::from_u128(FACILITY_A)),
            bank_id: org(BANK_A),
            enterprise_id: org(if loan == LOAN_1 { ENTERPRISE_1 } else { ENTERPRISE_2 }),
            cause: "close".into(),
            outstanding: yuan(owed),
            status: "active".into(),
            annual_rate: rate.parse().unwrap(),
            matures_on: matures.parse().unwrap(),
            next_due_on: Some(next_due.parse().unwrap()),
            overdue_days,
            tier: tier.into(),
            stage,
            provision: yuan(provision),
            facility_version: 0,
            facility_drawn: Money::ZERO,
            facility_reserved: Money::ZERO,
            member_drawn: Money::ZERO,
            member_reserved: Money::ZERO,
        };
        self.tell(loan, version, day, Event::LoanStateChanged(event));
    }

    fn lending(&mut self) {
        self.facility(FACILITY_A, BANK_A, (1, "proposed"), "2026-01-01", 8_000_000);
        self.facility(FACILITY_A, BANK_A, (2, "active"), "2026-01-02", 10_000_000);
        self.facility(FACILITY_B, BANK_B, (1, "active"), "2026-01-03", 5_000_000);
        let term = ("2026-01-10", "2026-07-10", Some("2026-02-10"));
        let a = (BANK_A, ENTERPRISE_1);
        let drawn = (3_000_000, 3_000_000);
        self.drawn(LOAN_1, (FACILITY_A, 3), a, 3_000_000, "0.04", term, "lithium_potassium", drawn);
        let term = ("2026-02-05", "2027-02-05", Some("2026-07-05"));
        let drawn = (4_000_000, 1_000_000);
        let a = (BANK_A, ENTERPRISE_2);
        self.drawn(LOAN_2, (FACILITY_A, 4), a, 1_000_000, "0.06", term, "new_materials", drawn);
        let terms = (3_000_000, "0.04", "2026-07-10", "2026-02-10");
        self.found(LOAN_1, 2, "2026-02-06", terms, ("normal", 1, 0, 30_000));
        let repaid = LoanRepaid {
            loan_id: LoanId::from_uuid(Uuid::from_u128(LOAN_1)),
            facility_id: FacilityId::from_uuid(Uuid::from_u128(FACILITY_A)),
            bank_id: org(BANK_A),
            enterprise_id: org(ENTERPRISE_1),
            principal: yuan(500_000),
            interest: yuan(10_000),
            outstanding: yuan(2_500_000),
            status: "active".into(),
            next_due_on: None,
            facility_version: 5,
            facility_drawn: yuan(3_500_000),
            facility_reserved: Money::ZERO,
            member_drawn: yuan(2_500_000),
            member_reserved: Money::ZERO,
        };
        self.tell(LOAN_1, 3, "2026-03-10", Event::LoanRepaid(repaid));
        let term = ("2026-03-20", "2027-03-20", Some("2026-07-20"));
        let b = (BANK_B, ENTERPRISE_1);
        let drawn = (2_000_000, 2_000_000);
        self.drawn(LOAN_3, (FACILITY_B, 2), b, 2_000_000, "0.05", term, "lithium_potassium", drawn);
    }

    fn classed(&mut self) {
        let terms = (1_000_000, "0.06", "2027-02-05", "2026-07-05");
        self.found(LOAN_2, 2, "2026-07-08", terms, ("special_mention", 2, 3, 60_000));
        self.found(LOAN_2, 3, "2026-07-15", terms, ("substandard", 3, 10, 250_000));
    }

    pub fn application(&mut self, id: u128, bank: u128, day: &str, decided: Option<(&str, &str, i64)>) {
        let submitted = ApplicationSubmitted {
            application_id: ApplicationId::from_uuid(Uuid::from_u128(id)),
            bank_id: org(bank),
            bank_name: bank_name(bank),
            enterprise_id: org(ENTERPRISE_1),
            enterprise_name: enterprise_name(ENTERPRISE_1),
            facility_id: None,
            amount: yuan(3_000_000),
            patents: vec![PatentId::from_uuid(Uuid::from_u128(PATENT))],
        };
        self.tell(id, 1, day, Event::ApplicationSubmitted(submitted));
        if let Some((outcome, on, days)) = decided {
            let event = ApplicationDecided {
                application_id: ApplicationId::from_uuid(Uuid::from_u128(id)),
                bank_id: org(bank),
                enterprise_id: org(ENTERPRISE_1),
                outcome: outcome.into(),
                approved_amount: if outcome == "approved" { yuan(3_000_000) } else { Money::ZERO },
                days,
            };
            self.tell(id, 3, on, Event::ApplicationDecided(event));
        }
    }

    fn pledge(&mut self, version: i64, status: &str, day: &str) {
        let event = PledgeChanged {
            pledge_id: PledgeId::from_uuid(Uuid::from_u128(0x91)),
            bank_id: org(BANK_A),
            bank_name: bank_name(BANK_A),
            enterprise_id: org(ENTERPRISE_1),
            enterprise_name: enterprise_name(ENTERPRISE_1),
            application_id: ApplicationId::from_uuid(Uuid::from_u128(0xa1)),
            status: status.into(),
            registration_number: (status == "registered").then(|| "Y2026510000001".into()),
            secured_amount: yuan(3_000_000),
            collateral_value: yuan(8_000_000),
            patents: vec![PatentId::from_uuid(Uuid::from_u128(PATENT))],
            facility_id: Some(FacilityId::from_uuid(Uuid::from_u128(0xb1))),
        };
        self.tell(0x91, version, day, Event::PledgeChanged(event));
    }

    fn valuation(&mut self, id: u128, bank: u128, day: &str, value: i64, maximum_loan: i64) {
        let event = ValuationCompleted {
            valuation_id: ValuationId::from_uuid(Uuid::from_u128(id)),
            tenant: org(bank),
            tenant_name: bank_name(bank),
            patent_id: PatentId::from_uuid(Uuid::from_u128(PATENT)),
            patent_number: "CN101234567A".into(),
            patent_title: "一种提锂方法".into(),
            industry: Some("lithium_potassium".into()),
            purpose: "pledge".into(),
            score_hundredths: 7_512,
            grade: Some("B".into()),
            low: yuan(value / 2),
            value: yuan(value),
            high: yuan(value * 2),
            collateral_value: yuan(maximum_loan * 2),
            maximum_loan: yuan(maximum_loan),
            valuation_date: day.parse().unwrap(),
            valid_until: "2026-12-31".parse().unwrap(),
            model_version: "1".into(),
        };
        self.tell(id, 1, day, Event::ValuationCompleted(event));
    }

    fn policy(&mut self, id: u128, premium: i64, returned: Option<i64>) {
        let event = PolicyBound {
            policy_id: PolicyId::from_uuid(Uuid::from_u128(id)),
            number: format!("P{id:x}"),
            insurer_id: org(0xc),
            insurer_name: "甲保险".into(),
            product: "enforcement".into(),
            insured_id: org(ENTERPRISE_1),
            insured_name: enterprise_name(ENTERPRISE_1),
            patent_id: Some(PatentId::from_uuid(Uuid::from_u128(PATENT))),
            loan_id: None,
            beneficiary_id: None,
            aggregate_limit: yuan(500_000),
            premium: yuan(premium),
            starts_on: "2026-03-01".parse().unwrap(),
            ends_on: "2027-02-28".parse().unwrap(),
            guarantee: None,
        };
        self.tell(id, 1, "2026-03-01", Event::PolicyBound(event));
        if let Some(returned) = returned {
            let event = PolicyEnded {
                policy_id: PolicyId::from_uuid(Uuid::from_u128(id)),
                insurer_id: org(0xc),
                status: "cancelled".into(),
                returned_premium: yuan(returned),
                last_day: None,
            };
            self.tell(id, 2, "2026-05-01", Event::PolicyEnded(event));
        }
    }

    /// Three claims: two paid with less than was reserved, one not paid, for which less is reserved since it was assessed.
    fn claims(&mut self) {
        let policy_id = PolicyId::from_uuid(Uuid::from_u128(0x501));
        for (id, reserved, paid) in
            [(0xc1, 25_000, Some(20_000)), (0xc2, 18_000, Some(10_000)), (0xc3, 9_000, None)]
        {
            let claim_id = ClaimId::from_uuid(Uuid::from_u128(id));
            let event =
                ClaimRegistered { claim_id, policy_id, insurer_id: org(0xc), reserve: yuan(reserved) };
            self.tell(id, 1, "2026-04-01", Event::ClaimRegistered(event));
            if let Some(paid) = paid {
                let event = ClaimPaid { claim_id, policy_id, insurer_id: org(0xc), amount: yuan(paid) };
                self.tell(id, 4, "2026-05-02", Event::ClaimPaid(event));
            }
        }
        let claim_id = ClaimId::from_uuid(Uuid::from_u128(0xc3));
        let event = ClaimReserved { claim_id, policy_id, insurer_id: org(0xc), reserve: yuan(7_000) };
        self.tell(0xc3, 2, "2026-04-20", Event::ClaimReserved(event));
    }
}

/// The events of the market, in the order in which they happened within each service.
pub fn events() -> Vec<Envelope> {
    let mut market = Market::default();
    market.lending();
    market.classed();
    market.application(0xa1, BANK_A, "2026-01-02", Some(("approved", "2026-01-07", 5)));
    market.application(0xa2, BANK_A, "2026-01-20", Some(("refused", "2026-01-30", 10)));
    market.application(0xa3, BANK_B, "2026-03-01", None);
    market.pledge(1, "submitted", "2026-01-08");
    market.pledge(2, "registered", "2026-01-09");
    market.valuation(0xd1, BANK_A, "2026-01-03", 10_000_000, 4_000_000);
    market.valuation(0xd2, BANK_B, "2026-02-01", 4_000_000, 1_000_000);
    market.valuation(0xd3, BANK_A, "2026-05-01", 7_900_000, 2_400_000);
    market.policy(0x501, 10_000, None);
    market.policy(0x502, 1_000, Some(400));
    market.claims();
    market.recovering();
    let lapsed = LegalStatusChanged {
        patent_id: PatentId::from_uuid(Uuid::from_u128(PATENT)),
        patent_number: "CN101234567A".into(),
        from: "granted".into(),
        to: "lapsed".into(),
        effective: "2026-06-01".parse().unwrap(),
    };
    market.tell(PATENT, 7, "2026-06-02", Event::LegalStatusChanged(lapsed));
    market.events
}
