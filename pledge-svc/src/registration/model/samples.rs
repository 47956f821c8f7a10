//! Samples for the tests of these rules: two patents of 1,000,000 and 500,000 fen, together good for a loan of
//! 750,000, of which 500,000 are secured.

use contracts::{FilingId, PatentId, PledgeId};
use finance::Money;
use uuid::Uuid;

use super::{
    Answer, Filing, FilingKind, OfficeMessage, Papers, Pledge,
    contract::draw_up,
    filing::NewFiling,
    submit::submit,
    take::{Case, take},
};
use crate::applications::model::samples::{approved, officer, patent};

pub use crate::applications::model::samples::day;

pub fn fen(fen: i64) -> Money {
    Money::from_fen(fen)
}

pub fn patent_id(number: u128) -> PatentId {
    PatentId::from_uuid(Uuid::from_u128(number))
}

/// The next message about a case.
pub fn message(case: &Case, answer: Answer, on: &str) -> OfficeMessage {
    OfficeMessage { request_id: case.filing.id, sequence: case.filing.taken + 1, on: day(on), answer }
}

/// Filed on 2026-11-24 and not heard of yet.
pub fn submitted() -> Case {
    let facts = [patent(1), patent(2)];
    let id = PledgeId::from_uuid(Uuid::from_u128(7));
    let by = officer();
    let pledge = submit(&approved(), &facts, &[], (id, "P".into()), &by).unwrap();
    let filing = Filing::new(NewFiling {
        id: FilingId::from_uuid(Uuid::from_u128(8)),
        pledge_id: id,
        kind: FilingKind::Registration,
        online: true,
        papers: Papers { contract: Some(draw_up(&approved(), &facts, (by.on, by.on))), ..Papers::default() },
        outside: true,
        at: by.at,
    });
    Case { pledge: Pledge { filing: Some(filing.brief()), ..pledge }, filing }
}

pub fn accepted() -> Case {
    let case = submitted();
    let first = message(&case, Answer::Accepted { reference: None }, "2026-11-24");
    take(case, &first).0
}

pub fn deficient() -> Case {
    let case = accepted();
    let answer = Answer::Deficient { text: "缺共有人同意".into(), grounds: vec![], answer_by: None };
    let next = message(&case, answer, "2026-11-25");
    take(case, &next).0
}

pub fn registered_case() -> Case {
    let case = accepted();
    let answer = Answer::Registered { registration_number: "Y1".into() };
    let next = message(&case, answer, "2026-11-25");
    take(case, &next).0
}

pub fn registered() -> Pledge {
    registered_case().pledge
}
