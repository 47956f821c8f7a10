//! Any sequence of steps on a fund with one agreement: money is conserved, promises are covered, the breaker holds.

use finance::Money;
use proptest::prelude::*;

use super::{
    Agreement, AgreementStatus, Exposure, Fund, PaymentBounds, breaker,
    payment::{claim, settle, take_back},
    samples::{agreement, day, fund},
};

#[derive(Debug, Clone, Copy)]
enum Step {
    Pay(i64),
    Claim(i64),
    Settle(i64),
    Return(i64),
    Amend(i64),
    Review(i64, i64),
    Release,
    End(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let fen = 0_i64..2_000_000;
    prop_oneof![
        fen.clone().prop_map(Step::Pay),
        fen.clone().prop_map(Step::Claim),
        fen.clone().prop_map(Step::Settle),
        fen.clone().prop_map(Step::Return),
        fen.clone().prop_map(Step::Amend),
        (fen.clone(), fen.clone()).prop_map(|(a, b)| Step::Review(a, b)),
        Just(Step::Release),
        prop_oneof![Just(0_i64), fen].prop_map(Step::End),
    ]
}

/// What the fund and its agreement should say, kept apart and simply.
#[derive(Debug, Default)]
struct Oracle {
    paid_in: i64,
    paid: i64,
    returned: i64,
    claims: Vec<i64>,
}

fn apply(state: (Fund, Agreement), step: Step, oracle: &mut Oracle) -> (Fund, Agreement) {
    let (fund, agreement) = state.clone();
    let left = agreement.commitment_left().unwrap();
    let next = match step {
        Step::Pay(fen) => fund.with_capital(Money::from_fen(fen)).ok().map(|fund| {
            oracle.paid_in += fen;
            (fund, agreement)
        }),
        Step::Claim(fen) => claim(&agreement, Money::from_fen(fen)).ok().map(|agreement| {
            oracle.claims.push(fen);
            (fund, agreement)
        }),
        Step::Settle(fen) => oracle.claims.last().copied().and_then(|claimed| {
            let bounds = PaymentBounds { claimed: Money::from_fen(claimed), paid_this_year: Money::ZERO };
            let settled = settle(&fund, &agreement, Money::from_fen(fen), bounds).ok()?;
            assert!(fen <= claimed, "never more than claimed");
            oracle.claims.pop();
            oracle.paid += fen;
            Some(settled)
        }),
        Step::Return(fen) => take_back(&fund, &agreement, Money::from_fen(fen)).ok().inspect(|_| {
            oracle.returned += fen;
        }),
        Step::Amend(fen) => {
            let mut terms = agreement.terms.clone();
            terms.commitment = Money::from_fen(fen);
            agreement.amended(terms, Exposure::default()).ok().and_then(|after| {
                let fund = fund.with_commitment(left, after.commitment_left().unwrap()).ok()?;
                Some((fund, after))
            })
        }
        Step::Review(covered, bad) => {
            let exposure =
                Exposure { covered: Money::from_fen(covered.max(bad)), non_performing: Money::from_fen(bad) };
            breaker::trip(&agreement, exposure).unwrap().map(|trip| {
                assert!(trip.ratio > agreement.terms.threshold);
                (fund, agreement.stopped(trip, day("2026-06-01")))
            })
        }
        Step::Release => agreement.released().ok().map(|agreement| (fund, agreement)),
        Step::End(covered) => {
            let exposure = Exposure { covered: Money::from_fen(covered), non_performing: Money::ZERO };
            agreement.ended(exposure, day("2026-06-01")).ok().and_then(|ended| {
                assert_eq!(covered, 0, "nothing ends while it covers");
                let fund = fund.with_commitment(left, Money::ZERO).ok()?;
                Some((fund, ended))
            })
        }
    };
    next.unwrap_or(state)
}

proptest! {
    #[test]
    fn money_is_conserved_and_promises_are_covered_over_any_sequence(
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut oracle = Oracle { paid_in: 1_000_000 * 100, ..Oracle::default() };
        let start = agreement(600_000);
        let funded = fund(1_000_000).with_commitment(Money::ZERO, start.terms.commitment).unwrap();
        let mut state = (funded, start);
        for step in steps {
            state = apply(state, step, &mut oracle);
            let (fund, agreement) = &state;
            let balance = fund.balance().unwrap();
            prop_assert_eq!(balance.fen(), oracle.paid_in - oracle.paid + oracle.returned);
            prop_assert!(!balance.is_negative());
            prop_assert!(fund.committed <= balance, "{:?}", fund);
            prop_assert_eq!(agreement.pending.fen(), oracle.claims.iter().sum::<i64>());
            prop_assert_eq!(agreement.net_paid().unwrap().fen(), oracle.paid - oracle.returned);
            prop_assert!(!agreement.net_paid().unwrap().is_negative());
            let stands = if agreement.status == AgreementStatus::Ended { Money::ZERO } else {
                agreement.commitment_left().unwrap()
            };
            prop_assert_eq!(fund.committed, stands);
            if agreement.status != AgreementStatus::Active {
                let today = agreement.standing(Exposure::default(), day("2026-06-01")).unwrap();
                prop_assert_eq!(today.room, Money::ZERO);
            }
        }
    }
}
