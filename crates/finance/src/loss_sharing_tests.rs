//! A loss shared by its layers, and recoveries on their way back.

use proptest::prelude::*;

use super::*;

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

fn percent(whole: i64) -> Rate {
    Rate::from_basis_points(whole * 100)
}

fn borne(loss: &str, layers: &[LossLayer]) -> (Vec<String>, String) {
    let shared = share_loss(money(loss), layers).unwrap();
    (shared.layers.iter().map(|part| part.borne.to_string()).collect(), shared.uncovered.to_string())
}

/// Zhongshan: fund 54, bank 26, insurer 16, appraiser 4.
fn zhongshan() -> Vec<LossLayer> {
    [54, 26, 16, 4].into_iter().map(|part| LossLayer::plain(1, percent(part))).collect()
}

#[test]
fn zhongshan_shares_a_loss_fifty_four_twenty_six_sixteen_four() {
    let (parts, uncovered) = borne("1234567.89", &zhongshan());
    assert_eq!(parts, ["666666.66", "320987.65", "197530.86", "49382.72"]);
    assert_eq!(uncovered, "0.00");
}

#[test]
fn insurance_bears_first_then_the_fund_and_the_bank_keeps_the_rest() {
    let insurance = LossLayer { deductible: money("100"), cap: Some(money("500")), ..zhongshan()[0].clone() };
    let insurance = LossLayer { share: percent(80), ..insurance };
    let fund = LossLayer { rank: 2, balance: Some(money("250.55")), ..zhongshan()[0].clone() };
    // 80 % of 600 is 480; 54 % of the 220 left is 118.80.
    let layers = [fund.clone(), insurance.clone()];
    assert_eq!(borne("700", &layers), (vec!["118.80".into(), "480.00".into()], "101.20".into()));
    // 80 % of 900 is 720, capped at 500; 54 % of the 500 left is 270, of which the fund has 250.55.
    let shared = share_loss(money("1000"), &layers).unwrap();
    assert_eq!(shared.layers[0].limited_by, Some(LossLimit::Balance));
    assert_eq!(shared.layers[1].limited_by, Some(LossLimit::Cap));
    assert_eq!((shared.layers[0].agreed, shared.layers[0].borne), (money("270"), money("250.55")));
    assert_eq!(shared.uncovered, money("249.45"));
    let spent = LossLayer { left_of_year: Some(Money::ZERO), ..insurance };
    assert_eq!(share_loss(money("1000"), &[spent]).unwrap().layers[0].limited_by, Some(LossLimit::Year));
    assert_eq!(borne("0", &layers).1, "0.00");
}

#[test]
fn a_recovery_flows_back_as_the_loss_was_shared() {
    let contributions: Vec<Contribution> = ["666666.66", "320987.65", "197530.86", "49382.72"]
        .into_iter()
        .map(|paid| Contribution { paid: money(paid), returned: Money::ZERO })
        .collect();
    let back = |gross: &str, costs: &str| share_recovery(money(gross), money(costs), &contributions).unwrap();
    let some = back("110000", "10000");
    let parts: Vec<String> = some.parts.iter().map(Money::to_string).collect();
    assert_eq!(parts, ["54000.00", "26000.00", "16000.00", "4000.00"]);
    assert_eq!(back("5", "8").unmet_costs, money("3"));
    let more_than_all = back("2000000", "0");
    assert!(more_than_all.parts.iter().zip(&contributions).all(|(part, one)| *part == one.paid));
    assert_eq!(more_than_all.surplus, money("765432.11"));
}

#[test]
fn shares_and_amounts_that_are_none_are_refused() {
    let minus = Money::from_fen(-1);
    assert_eq!(share_loss(minus, &zhongshan()), Err(LossSharingError::NegativeAmount(minus)));
    let too_fine = Rate::new(Decimal::new(1, 9));
    let layers = [LossLayer::plain(1, too_fine)];
    assert_eq!(share_loss(Money::ZERO, &layers), Err(LossSharingError::Share(too_fine)));
    let layers = [LossLayer::plain(3, percent(60)), LossLayer::plain(3, percent(41))];
    let beyond = LossSharingError::BeyondWhole { rank: 3, sum: Rate::from_basis_points(10_100) };
    assert_eq!(share_loss(Money::ZERO, &layers), Err(beyond));
    let (paid, returned) = (Money::from_fen(1), Money::from_fen(2));
    let refused = share_recovery(paid, Money::ZERO, &[Contribution { paid, returned }]);
    assert_eq!(refused, Err(LossSharingError::ReturnedTooMuch { paid, returned }));
}

fn any_layers() -> impl Strategy<Value = Vec<LossLayer>> {
    let limit = || prop::option::of(0_i64..2_000_000);
    let layer = (0_u32..4, 0_i64..=2_500, 0_i64..300_000, limit(), limit(), limit());
    prop::collection::vec(layer, 0..7).prop_map(|layers| {
        let mut counts = [0_i64; 4];
        let layers = layers.into_iter().filter(|layer| {
            let count = &mut counts[usize::try_from(layer.0).unwrap()];
            *count += 1;
            *count <= 4
        });
        layers
            .map(|(rank, points, deductible, cap, year, balance)| LossLayer {
                rank,
                share: Rate::from_basis_points(points),
                deductible: Money::from_fen(deductible),
                cap: cap.map(Money::from_fen),
                left_of_year: year.map(Money::from_fen),
                balance: balance.map(Money::from_fen),
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn a_loss_is_borne_to_the_fen_and_nobody_bears_more_than_its_limit(
        fen in 0_i64..5_000_000, layers in any_layers(),
    ) {
        let loss = Money::from_fen(fen);
        let shared = share_loss(loss, &layers).unwrap();
        let borne = Money::total(shared.layers.iter().map(|part| part.borne)).unwrap();
        prop_assert_eq!(borne.checked_add(shared.uncovered), Ok(loss));
        prop_assert!(!shared.uncovered.is_negative());
        for (part, layer) in shared.layers.iter().zip(&layers) {
            prop_assert!(!part.borne.is_negative() && part.borne <= part.agreed);
            for limit in [layer.cap, layer.left_of_year, layer.balance].into_iter().flatten() {
                prop_assert!(part.borne <= limit);
            }
            prop_assert_eq!(part.limited_by.is_some(), part.borne < part.agreed);
        }
    }

    #[test]
    fn many_small_recoveries_end_where_one_large_one_would(
        paid in prop::collection::vec(0_i64..2_000_000, 1..7),
        steps in prop::collection::vec((1_i64..400_000, 0_i64..200_000), 1..60),
    ) {
        let mut contributions: Vec<Contribution> = paid
            .into_iter()
            .map(|fen| Contribution { paid: Money::from_fen(fen), returned: Money::ZERO })
            .collect();
        let all: i64 = contributions.iter().map(|one| one.paid.fen()).sum();
        let mut recovered = 0_i64;
        for (gross, costs) in steps {
            let shared =
                share_recovery(Money::from_fen(gross), Money::from_fen(costs), &contributions).unwrap();
            let given: i64 = shared.parts.iter().map(|part| part.fen()).sum();
            prop_assert_eq!(given + shared.surplus.fen(), shared.net.fen());
            prop_assert_eq!(shared.net.fen() - shared.unmet_costs.fen(), gross - costs);
            for (one, part) in contributions.iter_mut().zip(&shared.parts) {
                prop_assert!(!part.is_negative());
                one.returned = one.returned.checked_add(*part).unwrap();
                prop_assert!(one.returned <= one.paid);
            }
            recovered = (recovered + shared.net.fen()).min(all);
            let returned: i64 = contributions.iter().map(|one| one.returned.fen()).sum();
            prop_assert_eq!(returned, recovered);
            for one in &contributions {
                let off = i128::from(one.returned.fen()) * i128::from(all)
                    - i128::from(recovered) * i128::from(one.paid.fen());
                prop_assert!(off.abs() <= 2 * i128::from(all), "two fen from its part");
            }
        }
    }
}
