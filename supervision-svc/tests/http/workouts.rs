//! What becomes of the first loan of the small market: bank A sells the collateral, a fund bears a part of the loss and is
//! paid back a part of it, and its circuit breaker stops the bank. Bank B's case is never opened.

use contracts::{
    ApplicationId, CaseId, CompensationId, Event, FacilityId, FundAgreementId, FundId, LoanId, MovementId,
    events::{
        AppealDecided, ApplicationAppealed, DisposalCaseChanged, FundAgreementChanged, FundChanged,
        FundMovement,
    },
};
use finance::Money;
use uuid::Uuid;

use crate::market::{
    BANK_A, BANK_B, ENTERPRISE_1, FACILITY_A, FACILITY_B, LOAN_1, LOAN_3, Market, bank_name, enterprise_name,
    org, yuan,
};

pub const CASE: u128 = 0xdc1;
pub const CASE_NOT_OPENED: u128 = 0xdc2;
pub const FUND: u128 = 0xf1;
pub const AGREEMENT: u128 = 0xfa1;
const CLAIM: u128 = 0xcc1;

/// A case as it was opened.
fn case(
    id: u128,
    (bank, facility, loan): (u128, u128, u128),
    opened: &str,
    claim: i64,
) -> DisposalCaseChanged {
    DisposalCaseChanged {
        case_id: CaseId::from_uuid(Uuid::from_u128(id)),
        number: format!("DC{id:x}"),
        loan_id: LoanId::from_uuid(Uuid::from_u128(loan)),
        loan_number: format!("L{loan:x}"),
        facility_id: FacilityId::from_uuid(Uuid::from_u128(facility)),
        bank_id: org(bank),
        bank_name: bank_name(bank),
        enterprise_id: org(ENTERPRISE_1),
        enterprise_name: enterprise_name(ENTERPRISE_1),
        cause: "overdue".into(),
        act: "opened".into(),
        amount: Money::ZERO,
        status: "collection".into(),
        outcome: None,
        opened_on: opened.parse().unwrap(),
        closed_on: None,
        claim: yuan(claim),
        costs: Money::ZERO,
        reimbursed: Money::ZERO,
        proceeds: Money::ZERO,
        repaid: Money::ZERO,
        loss: Money::ZERO,
        compensated: Money::ZERO,
        written_off: Money::ZERO,
        written_back: Money::ZERO,
        recovered: Money::ZERO,
        own_back: Money::ZERO,
        extra: Money::ZERO,
        returned: Money::ZERO,
        surplus: Money::ZERO,
        sold: Vec::new(),
    }
}

fn act(before: &DisposalCaseChanged, act: &str, status: &str, amount: i64) -> DisposalCaseChanged {
    DisposalCaseChanged { act: act.into(), status: status.into(), amount: yuan(amount), ..before.clone() }
}

impl Market {
    pub fn appeal(&mut self, application: u128, bank: u128, version: i64, day: &str) {
        let event = ApplicationAppealed {
            application_id: ApplicationId::from_uuid(Uuid::from_u128(application)),
            number: format!("A{application:x}"),
            bank_id: org(bank),
            bank_name: bank_name(bank),
            enterprise_id: org(ENTERPRISE_1),
            enterprise_name: enterprise_name(ENTERPRISE_1),
            amount: yuan(3_000_000),
            refused_on: "2026-01-30".parse().unwrap(),
            due_on: Some("2026-02-09".parse().unwrap()),
        };
        self.tell(application, version, day, Event::ApplicationAppealed(event));
    }

    pub fn appeal_decided(
        &mut self,
        application: u128,
        bank: u128,
        (version, outcome): (i64, &str),
        (day, days): (&str, i64),
    ) {
        let event = AppealDecided {
            application_id: ApplicationId::from_uuid(Uuid::from_u128(application)),
            bank_id: org(bank),
            enterprise_id: org(ENTERPRISE_1),
            outcome: outcome.into(),
            days,
        };
        self.tell(application, version, day, Event::AppealDecided(event));
    }

    /// Everything beside the loans' own events.
    pub fn recovering(&mut self) {
        self.disposing();
        self.compensating();
        self.appeal(0xa2, BANK_A, 4, "2026-02-03");
        self.appeal_decided(0xa2, BANK_A, (5, "upheld"), ("2026-02-10", 7));
    }

    fn disposing(&mut self) {
        let opened = case(CASE, (BANK_A, FACILITY_A, LOAN_1), "2026-04-01", 2_500_000);
        let cost = DisposalCaseChanged { costs: yuan(20_000), ..act(&opened, "cost", "collection", 20_000) };
        let plan = act(&cost, "plan", "disposal", 0);
        let sold = DisposalCaseChanged {
            proceeds: yuan(1_520_000),
            reimbursed: yuan(20_000),
            repaid: yuan(1_500_000),
            ..act(&plan, "proceeds", "disposal", 1_520_000)
        };
        let shared =
            DisposalCaseChanged { loss: yuan(1_000_000), ..act(&sold, "sharing", "sharing", 1_000_000) };
        let compensated = DisposalCaseChanged {
            compensated: yuan(540_000),
            ..act(&shared, "compensation", "sharing", 540_000)
        };
        let recovered = DisposalCaseChanged {
            recovered: yuan(100_000),
            own_back: yuan(46_000),
            returned: yuan(54_000),
            ..act(&compensated, "recovery", "sharing", 100_000)
        };
        for (version, day, event) in [
            (1, "2026-04-01", opened),
            (2, "2026-04-10", cost),
            (3, "2026-04-20", plan),
            (4, "2026-05-15", sold),
            (6, "2026-05-20", shared),
            (7, "2026-06-01", compensated),
            (8, "2026-06-20", recovered),
        ] {
            self.tell(CASE, version, day, Event::DisposalCaseChanged(event));
        }
        let asked = case(CASE_NOT_OPENED, (BANK_B, FACILITY_B, LOAN_3), "2026-04-02", 2_000_000);
        let asked = DisposalCaseChanged { cause: "decision".into(), ..act(&asked, "opened", "proposed", 0) };
        let refused = DisposalCaseChanged {
            outcome: Some("not_opened".into()),
            closed_on: Some("2026-04-03".parse().unwrap()),
            ..act(&asked, "not_opened", "closed", 0)
        };
        self.tell(CASE_NOT_OPENED, 1, "2026-04-02", Event::DisposalCaseChanged(asked));
        self.tell(CASE_NOT_OPENED, 2, "2026-04-03", Event::DisposalCaseChanged(refused));
    }

    fn compensating(&mut self) {
        let empty = FundChanged {
            fund_id: FundId::from_uuid(Uuid::from_u128(FUND)),
            name: "甲基金".into(),
            sponsor: "市财政局".into(),
            opened_on: "2026-01-05".parse().unwrap(),
            capital: Money::ZERO,
            paid: Money::ZERO,
            recovered: Money::ZERO,
            committed: Money::ZERO,
            movement: None,
        };
        let moved = |kind: &str, entry: u128, amount: i64, balance: i64| {
            let with_bank = kind != "capital";
            Some(FundMovement {
                entry_id: MovementId::from_uuid(Uuid::from_u128(entry)),
                kind: kind.into(),
                amount: yuan(amount),
                balance: yuan(balance),
                agreement_id: with_bank.then(|| FundAgreementId::from_uuid(Uuid::from_u128(AGREEMENT))),
                bank_id: with_bank.then(|| org(BANK_A)),
                claim_id: with_bank.then(|| CompensationId::from_uuid(Uuid::from_u128(CLAIM))),
                party: if with_bank { bank_name(BANK_A) } else { "市财政局".into() },
                reference: "凭据".into(),
            })
        };
        let capital = yuan(20_000_000);
        let (paid, recovered) = (yuan(540_000), yuan(54_000));
        let paid_in = FundChanged {
            capital,
            movement: moved("capital", 0xe1, 20_000_000, 20_000_000),
            ..empty.clone()
        };
        let agreed = FundChanged { committed: yuan(10_000_000), movement: None, ..paid_in.clone() };
        let compensated = FundChanged {
            paid,
            committed: yuan(9_460_000),
            movement: moved("compensation", 0xe2, 540_000, 19_460_000),
            ..agreed.clone()
        };
        let back = FundChanged {
            recovered,
            committed: yuan(9_514_000),
            movement: moved("recovery", 0xe3, 54_000, 19_514_000),
            ..compensated.clone()
        };
        for (version, day, event) in [
            (1, "2026-01-05", empty),
            (2, "2026-01-06", paid_in),
            (3, "2026-01-12", agreed),
            (4, "2026-06-01", compensated),
            (5, "2026-06-20", back),
        ] {
            self.tell(FUND, version, day, Event::FundChanged(event));
        }
        self.agreeing(paid, recovered);
    }

    fn agreeing(&mut self, paid: Money, returned: Money) {
        let made = FundAgreementChanged {
            agreement_id: FundAgreementId::from_uuid(Uuid::from_u128(AGREEMENT)),
            number: "FA1".into(),
            fund_id: FundId::from_uuid(Uuid::from_u128(FUND)),
            fund_name: "甲基金".into(),
            bank_id: org(BANK_A),
            bank_name: bank_name(BANK_A),
            facility_id: None,
            facility_name: None,
            act: "made".into(),
            commitment: yuan(10_000_000),
            leverage_max: "10".parse().unwrap(),
            share_max: "0.54".parse().unwrap(),
            threshold: "0.05".parse().unwrap(),
            starts_on: "2026-01-12".parse().unwrap(),
            ends_on: "2028-12-31".parse().unwrap(),
            status: "active".into(),
            stop_cause: None,
            stop_ratio: None,
            stopped_on: None,
            paid: Money::ZERO,
            returned: Money::ZERO,
            pending: Money::ZERO,
        };
        let claimed = FundAgreementChanged { act: "claimed".into(), pending: paid, ..made.clone() };
        let decided =
            FundAgreementChanged { act: "decided".into(), pending: Money::ZERO, paid, ..claimed.clone() };
        let stopped = FundAgreementChanged {
            act: "stopped".into(),
            status: "stopped".into(),
            stop_cause: Some("compensated".into()),
            stop_ratio: Some("0.36".parse().unwrap()),
            stopped_on: Some("2026-06-01".parse().unwrap()),
            ..decided.clone()
        };
        let back = FundAgreementChanged { act: "recovered".into(), returned, ..stopped.clone() };
        for (version, day, event) in [
            (1, "2026-01-12", made),
            (2, "2026-05-20", claimed),
            (3, "2026-06-01", decided),
            (4, "2026-06-01", stopped),
            (5, "2026-06-20", back),
        ] {
            self.tell(AGREEMENT, version, day, Event::FundAgreementChanged(event));
        }
    }
}
