//! The life of a claim on a scheme, step by step.

use uuid::Uuid;

use super::*;

fn hand(number: u128) -> Hand {
    Hand {
        user: UserId::from_uuid(Uuid::from_u128(number)),
        name: format!("人{number}"),
        on: "2026-11-24".parse().unwrap(),
        at: "2026-11-24T02:00:00Z".parse().unwrap(),
    }
}

fn claim() -> Claim {
    Claim {
        id: SubsidyId::from_uuid(Uuid::from_u128(1)),
        number: "S1".into(),
        scheme_id: SubsidySchemeId::from_uuid(Uuid::from_u128(2)),
        scheme_name: "贴息".into(),
        fund_id: OrgId::from_uuid(Uuid::from_u128(3)),
        enterprise_id: OrgId::from_uuid(Uuid::from_u128(4)),
        enterprise_name: "企业".into(),
        bank_id: None,
        bank_name: None,
        object: Object::Interest {
            loan_id: LoanId::from_uuid(Uuid::from_u128(5)),
            loan_number: "L1".into(),
            period_from: "2026-01-01".parse().unwrap(),
            period_to: "2026-06-30".parse().unwrap(),
            contract_rate: Rate::from_basis_points(450),
            subsidy_rate: Rate::from_basis_points(150),
        },
        year: 2026,
        basis: Money::from_fen(4_500_000),
        computed: Money::from_fen(1_500_000),
        amount: Money::from_fen(1_500_000),
        status: ClaimStatus::Submitted,
        maker_id: hand(1).user,
        maker: "人1".into(),
        decided_by_id: None,
        decided_by: None,
        reason: None,
        paid_by: None,
        paid_on: None,
        payment_id: None,
        credit_id: None,
        created_at: hand(1).at,
        decided_at: None,
        version: 1,
    }
}

fn granted(fen: i64) -> Granted {
    Granted { computed: Money::from_fen(1_500_000), amount: Money::from_fen(fen) }
}

#[test]
fn three_people_stand_between_a_claim_and_its_money() {
    let held = Money::from_fen(2_000_000);
    let object = claim().object;
    assert_eq!(approved(claim(), object.clone(), granted(1), "符合", &hand(1)), Err(Refusal::SamePerson));
    let approved = approved(claim(), object, granted(1_500_000), "符合", &hand(2)).unwrap();
    assert_eq!(paid(approved.clone(), held, &hand(2)), Err(Refusal::SamePerson));
    let short = Money::from_fen(1_499_999);
    assert_eq!(paid(approved.clone(), short, &hand(3)), Err(Refusal::NotFunded { held: short }));
    let paid_out = paid(approved, held, &hand(3)).unwrap();
    assert_eq!((paid_out.status, paid_out.version), (ClaimStatus::Paid, 3));
    assert!(paid(paid_out.clone(), held, &hand(3)).is_err(), "never twice");
    let back = paid_back(paid_out).unwrap();
    assert_eq!((back.status, back.paid_on), (ClaimStatus::Approved, None));
}

#[test]
fn a_decided_claim_is_neither_withdrawn_nor_decided_again() {
    let refused_one = refused(claim(), "材料不足", &hand(2)).unwrap();
    assert!(!refused_one.status.is_live());
    assert!(withdrawn(refused_one.clone()).is_err());
    assert!(refused(refused_one, "再次", &hand(2)).is_err());
    assert!(!withdrawn(claim()).unwrap().status.is_live());
    assert!(paid_back(claim()).is_err());
}
