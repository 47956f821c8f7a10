//! A loan that is drawn in tranches: what it comes to, on its line and month by month, in whatever order it is heard of;
//! and what it comes to once a payment on it was undone.

use contracts::{
    DrawdownId, Envelope, Event, EventId, FacilityId, LoanId, RepaymentId, Service,
    events::{LoanDrawn, LoanRepaid, LoanRepaymentReversed, LoanTrancheDrawn, SyndicateShare},
};
use finance::Money;
use serde_json::json;
use tx_kit::testing::Backend;
use uuid::Uuid;

use crate::{
    market::{BANK_A, BANK_B, ENTERPRISE_1, FACILITY_A, LOAN_1, bank_name, enterprise_name, org, yuan},
    place::Place,
};

fn heard(version: i64, day: &str, event: Event) -> Envelope {
    Envelope {
        id: EventId::from_uuid(Uuid::from_u128(0xe000 + u128::try_from(version).unwrap())),
        source: Service::Pledge,
        aggregate: Uuid::from_u128(LOAN_1),
        version,
        occurred_at: format!("{day}T02:00:00Z").parse().unwrap(),
        business_date: day.parse().unwrap(),
        event,
    }
}

fn parts(lead: i64, other: i64) -> Vec<SyndicateShare> {
    [(BANK_A, "0.6", lead), (BANK_B, "0.4", other)]
        .map(|(bank, share, amount)| SyndicateShare {
            bank_id: org(bank),
            bank_name: bank_name(bank),
            share: share.parse().unwrap(),
            amount: yuan(amount),
        })
        .to_vec()
}

/// 1,000,000 in January, 500,000 more in February, 200,000 repaid in March.
fn story() -> Vec<Envelope> {
    let (loan_id, facility_id) =
        (LoanId::from_uuid(Uuid::from_u128(LOAN_1)), FacilityId::from_uuid(Uuid::from_u128(FACILITY_A)));
    let drawn = LoanDrawn {
        loan_id,
        number: "L1".into(),
        drawdown_id: DrawdownId::from_uuid(Uuid::from_u128(0xd1)),
        facility_id,
        bank_id: org(BANK_A),
        bank_name: bank_name(BANK_A),
        enterprise_id: org(ENTERPRISE_1),
        enterprise_name: enterprise_name(ENTERPRISE_1),
        industry: "lithium_potassium".into(),
        amount: yuan(1_000_000),
        annual_rate: "0.0345".parse().unwrap(),
        drawn_on: "2026-01-10".parse().unwrap(),
        matures_on: "2027-01-10".parse().unwrap(),
        next_due_on: Some("2026-08-10".parse().unwrap()),
        application_product: None,
        payment_mode: None,
        shares: parts(600_000, 400_000),
        covered: Some(yuan(400_000)),
        facility_version: 2,
        facility_drawn: yuan(1_000_000),
        facility_reserved: Money::ZERO,
        member_drawn: yuan(1_000_000),
        member_reserved: Money::ZERO,
    };
    let tranche = LoanTrancheDrawn {
        loan_id,
        drawdown_id: DrawdownId::from_uuid(Uuid::from_u128(0xd2)),
        facility_id,
        bank_id: org(BANK_A),
        enterprise_id: org(ENTERPRISE_1),
        amount: yuan(500_000),
        outstanding: yuan(1_500_000),
        drawn_on: "2026-02-10".parse().unwrap(),
        matures_on: "2027-01-10".parse().unwrap(),
        next_due_on: Some("2026-08-10".parse().unwrap()),
        shares: parts(300_000, 200_000),
        covered: Some(Money::ZERO),
        facility_version: 3,
        facility_drawn: yuan(1_500_000),
        facility_reserved: Money::ZERO,
        member_drawn: yuan(1_500_000),
        member_reserved: Money::ZERO,
    };
    let repaid = LoanRepaid {
        loan_id,
        facility_id,
        bank_id: org(BANK_A),
        enterprise_id: org(ENTERPRISE_1),
        principal: yuan(200_000),
        interest: Money::ZERO,
        outstanding: yuan(1_300_000),
        status: "active".into(),
        next_due_on: Some("2026-08-10".parse().unwrap()),
        facility_version: 4,
        facility_drawn: yuan(1_300_000),
        facility_reserved: Money::ZERO,
        member_drawn: yuan(1_300_000),
        member_reserved: Money::ZERO,
    };
    vec![
        heard(1, "2026-01-10", Event::LoanDrawn(drawn)),
        heard(3, "2026-02-10", Event::LoanTrancheDrawn(tranche)),
        heard(4, "2026-03-10", Event::LoanRepaid(repaid)),
    ]
}

#[tokio::test]
async fn a_tranche_counts_once_in_its_own_month_whatever_order_it_is_heard_in() {
    for backend in Backend::available().unwrap() {
        let story = story();
        for order in [[0, 1, 2], [1, 0, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1], [2, 0, 1]] {
            let told: Vec<Envelope> = order.iter().chain(&order).map(|index| story[*index].clone()).collect();
            let place = Place::fed(backend, &told, 1).await;
            let loan = place.read(&format!("/loans/{}", Uuid::from_u128(LOAN_1))).await;
            assert_eq!(
                (&loan["principal"], &loan["outstanding"]),
                (&json!("1500000.00"), &json!("1300000.00")),
                "{order:?}"
            );
            assert_eq!(loan["covered"], "400000.00", "the tranche found no fund with room");
            let found = place.read("/overview").await;
            let months: Vec<[String; 3]> = found["by_month"]
                .as_array()
                .unwrap()
                .iter()
                .take(3)
                .map(|month| {
                    ["granted", "repaid", "outstanding"].map(|name| month[name].as_str().unwrap().to_owned())
                })
                .collect();
            assert_eq!(months[0], ["1000000.00", "0.00", "1000000.00"], "{order:?}");
            assert_eq!(months[1], ["500000.00", "0.00", "1500000.00"], "{order:?}");
            assert_eq!(months[2], ["0.00", "200000.00", "1300000.00"], "{order:?}");
            assert_eq!(found["totals"]["outstanding"], "1300000.00");
            assert_eq!(found["totals"]["granted_amount"], "1500000.00");
        }
    }
}

/// The payment of March is undone on the first of April.
fn undone() -> Envelope {
    let reversed = LoanRepaymentReversed {
        loan_id: LoanId::from_uuid(Uuid::from_u128(LOAN_1)),
        repayment_id: RepaymentId::from_uuid(Uuid::from_u128(0xe1)),
        facility_id: FacilityId::from_uuid(Uuid::from_u128(FACILITY_A)),
        bank_id: org(BANK_A),
        enterprise_id: org(ENTERPRISE_1),
        paid_on: "2026-03-10".parse().unwrap(),
        principal: yuan(200_000),
        interest: Money::ZERO,
        outstanding: yuan(1_500_000),
        status: "active".into(),
        matures_on: "2027-01-10".parse().unwrap(),
        next_due_on: Some("2026-08-10".parse().unwrap()),
        facility_version: 5,
        facility_drawn: yuan(1_500_000),
        facility_reserved: Money::ZERO,
        member_drawn: yuan(1_500_000),
        member_reserved: Money::ZERO,
    };
    heard(5, "2026-04-01", Event::LoanRepaymentReversed(reversed))
}

#[tokio::test]
async fn a_payment_that_was_undone_is_owed_again_and_no_month_that_is_over_moves() {
    for backend in Backend::available().unwrap() {
        let mut story = story();
        story.push(undone());
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [0, 3, 1, 2]] {
            let told: Vec<Envelope> = order.iter().chain(&order).map(|index| story[*index].clone()).collect();
            let place = Place::fed(backend, &told, 1).await;
            let loan = place.read(&format!("/loans/{}", Uuid::from_u128(LOAN_1))).await;
            assert_eq!(loan["outstanding"], "1500000.00", "{order:?}");
            let found = place.read("/overview").await;
            let months: Vec<[String; 2]> = found["by_month"]
                .as_array()
                .unwrap()
                .iter()
                .skip(2)
                .take(2)
                .map(|month| ["repaid", "outstanding"].map(|name| month[name].as_str().unwrap().to_owned()))
                .collect();
            assert_eq!(months[0], ["200000.00", "1300000.00"], "{order:?}");
            assert_eq!(months[1], ["-200000.00", "1500000.00"], "{order:?}");
            assert_eq!(found["totals"]["outstanding"], "1500000.00");
        }
    }
}
