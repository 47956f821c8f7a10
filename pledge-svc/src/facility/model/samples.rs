//! A facility and a member for the tests of the rules.

use contracts::{FacilityId, MemberId, OrgId, UserId};
use finance::{Money, Rate};
use uuid::Uuid;

use super::{Facility, Member, MemberStatus, Status, Terms};

pub(crate) fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn facility(limit: i64, drawn: i64, reserved: i64) -> Facility {
    Facility {
        id: FacilityId::from_uuid(Uuid::from_u128(1)),
        number: "F".into(),
        name: "天然气化工集群".into(),
        bank_id: OrgId::from_uuid(Uuid::from_u128(2)),
        bank_name: "甲银行".into(),
        industry: "new_materials".into(),
        limit: Money::from_fen(limit),
        drawn: Money::from_fen(drawn),
        reserved: Money::from_fen(reserved),
        retired: Money::ZERO,
        status: Status::Active,
        revolving: true,
        available_from: day("2026-01-01"),
        available_until: day("2026-12-31"),
        annual_rate: Rate::from_basis_points(345),
        tenor_cap_months: 12,
        single_member_cap: Rate::ONE,
        ltv_cap: Rate::ONE,
        terms: Terms::default(),
        grouped: false,
        funded: false,
        maker: UserId::from_uuid(Uuid::from_u128(3)),
        version: 1,
        customer_cap: None,
        connected_cap: None,
        shares: vec![],
    }
}

pub(crate) fn member(sub_limit: i64, drawn: i64, reserved: i64) -> Member {
    numbered(5, sub_limit, drawn, reserved)
}

pub(crate) fn numbered(enterprise: u128, sub_limit: i64, drawn: i64, reserved: i64) -> Member {
    Member {
        id: MemberId::from_uuid(Uuid::from_u128(1_000 + enterprise)),
        enterprise_id: OrgId::from_uuid(Uuid::from_u128(enterprise)),
        enterprise_name: format!("企业{enterprise}"),
        sub_limit: Money::from_fen(sub_limit),
        drawn: Money::from_fen(drawn),
        reserved: Money::from_fen(reserved),
        retired: Money::ZERO,
        status: MemberStatus::Active,
        group: None,
        sub_share: None,
        deposit: Money::ZERO,
        margin: Money::ZERO,
        conditions_open: 0,
        paused_for: None,
        paused_by: None,
        overdue: false,
        waiver: None,
        approvals: Vec::new(),
    }
}
