//! What an instruction must say, and who decides it.

use super::*;
use crate::fund::model::samples::{agreement, instant, manager, yuan};

fn proposed() -> Instruction {
    let paid = Contribution { amount: yuan(1), payer: "省财政厅".into(), reference: "B-1".into() };
    Instruction {
        id: FundInstructionId::from_uuid(uuid::Uuid::from_u128(1)),
        fund_id: FundId::from_uuid(uuid::Uuid::from_u128(2)),
        order: Order::Capital(paid),
        status: Outcome::Proposed,
        maker_id: manager(1).user,
        maker: manager(1).name,
        approver: None,
        reason: None,
        created_at: instant("2026-06-01T02:00:00Z"),
        decided_at: None,
    }
}

#[test]
fn the_maker_never_decides_and_nothing_is_decided_twice() {
    let at = instant("2026-06-01T03:00:00Z");
    assert_eq!(proposed().decided(&manager(1), Decision::Approve, at), Err(Refusal::FourEyes));
    assert_eq!(proposed().decided(&manager(1), Decision::Refuse("不符"), at), Err(Refusal::FourEyes));
    let approved = proposed().decided(&manager(2), Decision::Approve, at).unwrap();
    assert_eq!((approved.status, approved.approver.as_deref()), (Outcome::Approved, Some("基金经理2")));
    assert_eq!(
        approved.decided(&manager(3), Decision::Refuse("不符"), at),
        Err(Refusal::Decided { status: Outcome::Approved })
    );
}

#[test]
fn every_flaw_is_named_at_its_field() {
    let bad = AgreementTerms {
        commitment: Money::ZERO,
        leverage_max: Rate::ZERO,
        share_max: Rate::from_basis_points(10_001),
        cap_per_claim: Some(yuan(-1)),
        cap_per_year: None,
        deductible: yuan(-1),
        threshold: Rate::ZERO,
        starts_on: "2026-06-02".parse().unwrap(),
        ends_on: "2026-06-01".parse().unwrap(),
    };
    let order = Order::Agreement(NewAgreement {
        bank_id: OrgId::from_uuid(uuid::Uuid::nil()),
        bank_name: " ".into(),
        facility_id: None,
        terms: bad,
    });
    let fields: Vec<_> = flaws(&order).into_iter().map(|flaw| flaw.field).collect();
    assert_eq!(
        fields,
        [
            "bank_name",
            "commitment",
            "cap_per_claim",
            "deductible",
            "leverage_max",
            "share_max",
            "threshold",
            "ends_on"
        ]
    );
    let sound = Order::Amendment(Amendment {
        agreement_id: agreement(1).id,
        terms: agreement(1).terms,
        reason: "扩大合作".into(),
    });
    assert_eq!(flaws(&sound), []);
}

#[test]
fn an_order_reads_as_the_contract_writes_it_with_our_defaults() {
    let text = r#"{"kind":"agreement","bank_id":"00000000-0000-0000-0000-000000000000","bank_name":"甲银行",
        "commitment":"10000000.00","share_max":"0.4","starts_on":"2026-01-01","ends_on":"2026-12-31"}"#;
    let Order::Agreement(new) = serde_json::from_str(text).unwrap() else { panic!("another kind") };
    assert_eq!(new.terms.leverage_max.to_string(), "10");
    assert_eq!(new.terms.threshold.to_string(), "0.05");
    assert_eq!((new.terms.deductible, new.terms.cap_per_claim, new.facility_id), (Money::ZERO, None, None));
    let again: Order =
        serde_json::from_str(&serde_json::to_string(&Order::Agreement(new.clone())).unwrap()).unwrap();
    assert_eq!(again, Order::Agreement(new));
}
