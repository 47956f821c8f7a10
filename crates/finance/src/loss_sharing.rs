//! Who bears a loss (guarantee insurance, risk-compensation fund, pool deposit, bank), and who gets a later
//! recovery back.
//!
//! Proceeds of collateral come first (`waterfall`); what they leave of the debt is the loss here. The accounts of
//! the parties are not here: a layer is told what is left of its year and its balance.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Money, MoneyError, Rate, SplitError, split};

/// One party's promise to bear a part of a loss.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LossLayer {
    /// Its turn: layers of the lowest rank bear first, and what they leave reaches the next rank. Layers of one
    /// rank bear side by side.
    pub rank: u32,
    /// Its part of the loss that reaches its rank, 0 to 1 with at most eight decimals; the shares of one rank
    /// sum to 1 at most.
    pub share: Rate,
    /// What of the loss that reaches its rank it does not look at (免赔额).
    #[serde(default)]
    pub deductible: Money,
    /// The most it bears of one loss.
    #[serde(default)]
    pub cap: Option<Money>,
    /// What it may still bear this year.
    #[serde(default)]
    pub left_of_year: Option<Money>,
    /// What its account still holds.
    #[serde(default)]
    pub balance: Option<Money>,
}

impl LossLayer {
    /// A layer without deductible or limits.
    #[must_use]
    pub const fn plain(rank: u32, share: Rate) -> Self {
        Self { rank, share, deductible: Money::ZERO, cap: None, left_of_year: None, balance: None }
    }

    /// The tightest limit, and which it is; the first named wins a tie.
    fn limit(&self) -> Option<(Money, LossLimit)> {
        [(self.cap, LossLimit::Cap), (self.left_of_year, LossLimit::Year), (self.balance, LossLimit::Balance)]
            .into_iter()
            .filter_map(|(amount, limit)| amount.map(|amount| (amount, limit)))
            .min_by_key(|(amount, _)| *amount)
    }
}

/// Which limit cut a layer's part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LossLimit {
    /// The cap for one loss.
    Cap,
    /// What is left of the year.
    Year,
    /// What the account holds.
    Balance,
}

/// What a layer bears of a loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LayerPart {
    /// Its share as agreed, before its limits.
    pub agreed: Money,
    /// What it bears.
    pub borne: Money,
    /// The limit that cut it, where one did.
    pub limited_by: Option<LossLimit>,
}

/// A loss, shared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SharedLoss {
    /// The parts, in the order of the layers given.
    pub layers: Vec<LayerPart>,
    /// What no layer bears: it stays with the lender.
    pub uncovered: Money,
}

/// Why a loss or a recovery cannot be shared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LossSharingError {
    /// An amount below zero.
    #[error("{0} is below zero")]
    NegativeAmount(Money),
    /// A share outside 0 to 1, or finer than eight decimals.
    #[error("{0} is not a share between 0 and 1 with at most eight decimals")]
    Share(Rate),
    /// Shares of one rank that are more than the whole.
    #[error("the shares of rank {rank} sum to {sum}: they must not exceed 1")]
    BeyondWhole {
        /// The rank.
        rank: u32,
        /// The sum of its shares.
        sum: Rate,
    },
    /// A party that is to have been given more back than it paid.
    #[error("{returned} was returned to a party that had paid {paid}")]
    ReturnedTooMuch {
        /// What it paid.
        paid: Money,
        /// What it got back.
        returned: Money,
    },
    /// An amount that cannot be split.
    #[error(transparent)]
    Split(#[from] SplitError),
    /// An amount that cannot be represented.
    #[error(transparent)]
    Amount(#[from] MoneyError),
}

/// The most decimals of a share: an amount of 19 digits times such a share is exact in 28 digits.
const SHARE_DECIMALS: u32 = 8;

/// Shares `loss` among layers: rank by rank, within a rank by share with the largest remainder in the order
/// given, each part cut to its tightest limit. The parts and what is uncovered sum to the loss, to the fen.
///
/// # Errors
/// When an amount is negative, a share is none, or the shares of a rank exceed the whole.
pub fn share_loss(loss: Money, layers: &[LossLayer]) -> Result<SharedLoss, LossSharingError> {
    check_layers(loss, layers)?;
    let nothing = LayerPart { agreed: Money::ZERO, borne: Money::ZERO, limited_by: None };
    let mut parts = vec![nothing; layers.len()];
    let mut reaching = loss;
    let mut ranks: Vec<u32> = layers.iter().map(|layer| layer.rank).collect();
    ranks.sort_unstable();
    ranks.dedup();
    for rank in ranks {
        let members: Vec<usize> = (0..layers.len()).filter(|index| layers[*index].rank == rank).collect();
        let agreed = agreed_parts(reaching, members.iter().map(|index| &layers[*index]))?;
        for (index, agreed) in members.into_iter().zip(agreed) {
            let limit = layers[index].limit().filter(|(limit, _)| *limit < agreed);
            let borne = limit.map_or(agreed, |(limit, _)| limit);
            parts[index] = LayerPart { agreed, borne, limited_by: limit.map(|(_, limit)| limit) };
            reaching = reaching.saturating_sub(borne);
        }
    }
    Ok(SharedLoss { layers: parts, uncovered: reaching })
}

/// The parts of the layers of one rank before their limits; what they leave is split off with them, so that
/// rounding never takes more than the loss.
fn agreed_parts<'a>(
    reaching: Money,
    members: impl Iterator<Item = &'a LossLayer>,
) -> Result<Vec<Money>, LossSharingError> {
    let mut weights: Vec<Decimal> = members
        .map(|layer| {
            let base = Decimal::from(reaching.saturating_sub(layer.deductible).fen());
            base.checked_mul(layer.share.fraction()).ok_or(MoneyError::Overflow)
        })
        .collect::<Result<_, _>>()?;
    if reaching.is_zero() {
        return Ok(vec![Money::ZERO; weights.len()]);
    }
    let taken: Decimal = weights.iter().sum();
    weights.push(Decimal::from(reaching.fen()) - taken);
    let weights: Vec<Rate> = weights.into_iter().map(Rate::new).collect();
    let mut parts = split(reaching, &weights)?;
    parts.pop();
    Ok(parts)
}

fn check_layers(loss: Money, layers: &[LossLayer]) -> Result<(), LossSharingError> {
    let amounts = layers.iter().flat_map(|layer| {
        [Some(layer.deductible), layer.cap, layer.left_of_year, layer.balance].into_iter().flatten()
    });
    if let Some(negative) = std::iter::once(loss).chain(amounts).find(|amount| amount.is_negative()) {
        return Err(LossSharingError::NegativeAmount(negative));
    }
    for layer in layers {
        let share = layer.share.fraction().normalize();
        if !layer.share.is_share() || share.scale() > SHARE_DECIMALS {
            return Err(LossSharingError::Share(layer.share));
        }
        let beside = layers.iter().filter(|other| other.rank == layer.rank);
        let sum: Decimal = beside.map(|other| other.share.fraction()).sum();
        if sum > Decimal::ONE {
            return Err(LossSharingError::BeyondWhole { rank: layer.rank, sum: Rate::new(sum) });
        }
    }
    Ok(())
}

/// What a party has paid for a loss, and what it has got back so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Contribution {
    /// What it paid.
    pub paid: Money,
    /// What it got back of that; never more.
    pub returned: Money,
}

/// A recovery, given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SharedRecovery {
    /// The recovery less its costs, as far as they could be met from it.
    pub net: Money,
    /// Costs that the recovery did not meet.
    pub unmet_costs: Money,
    /// What each party gets, in the order given.
    pub parts: Vec<Money>,
    /// What is left when everybody has back what it paid.
    pub surplus: Money,
}

/// Gives a recovery, less its costs, back to those who paid, in proportion to what each paid.
///
/// Each party is brought to its exact part of everything recovered so far, not of this recovery alone, so that
/// many small recoveries end where one large one would: when all has come back, each has exactly what it paid.
/// Fen that the exact parts leave go to the largest remainders, equal ones in the order given; nobody ever gets
/// back more than it paid, nor gives back what it got.
///
/// # Errors
/// When an amount is negative, or somebody already got back more than it paid.
pub fn share_recovery(
    gross: Money,
    costs: Money,
    contributions: &[Contribution],
) -> Result<SharedRecovery, LossSharingError> {
    check_contributions(gross, costs, contributions)?;
    let net = gross.saturating_sub(costs);
    let unmet_costs = costs.saturating_sub(gross);
    let paid = Money::total(contributions.iter().map(|one| one.paid))?;
    let returned = Money::total(contributions.iter().map(|one| one.returned))?;
    let given = net.min(paid.checked_sub(returned)?);
    let mut parts = vec![0_i64; contributions.len()];
    if given.is_positive() {
        let cumulative = i128::from(returned.fen()) + i128::from(given.fen());
        let whole = i128::from(paid.fen());
        // What each still lacks of its exact part, in fractions of a fen over `whole`.
        let lacks: Vec<i128> = contributions
            .iter()
            .map(|one| cumulative * i128::from(one.paid.fen()) - i128::from(one.returned.fen()) * whole)
            .collect();
        for (part, lack) in parts.iter_mut().zip(&lacks) {
            *part = i64::try_from(lack.div_euclid(whole)).unwrap_or(0).max(0);
        }
        settle_rounding(given.fen(), whole, &lacks, contributions, &mut parts);
    }
    let parts: Vec<Money> = parts.into_iter().map(Money::from_fen).collect();
    let surplus = net.checked_sub(given)?;
    Ok(SharedRecovery { net, unmet_costs, parts, surplus })
}

/// Moves single fen until the parts sum to `given`: to those who lack most, or from those who lack least.
fn settle_rounding(
    given: i64,
    whole: i128,
    lacks: &[i128],
    contributions: &[Contribution],
    parts: &mut [i64],
) {
    let room = |index: usize, parts: &[i64]| {
        contributions[index].paid.fen() - contributions[index].returned.fen() - parts[index]
    };
    let still = |index: usize, parts: &[i64]| lacks[index] - i128::from(parts[index]) * whole;
    let mut over = parts.iter().sum::<i64>() - given;
    while over != 0 {
        let indices = 0..parts.len();
        let chosen = if over < 0 {
            indices
                .filter(|index| room(*index, parts) > 0)
                .max_by_key(|index| (still(*index, parts), std::cmp::Reverse(*index)))
        } else {
            indices.filter(|index| parts[*index] > 0).min_by_key(|index| still(*index, parts))
        };
        // There is always one: `given` is no more than what all still lack, and no less than nothing.
        let Some(index) = chosen else { return };
        parts[index] -= over.signum();
        over -= over.signum();
    }
}

fn check_contributions(
    gross: Money,
    costs: Money,
    contributions: &[Contribution],
) -> Result<(), LossSharingError> {
    let amounts = contributions.iter().flat_map(|one| [one.paid, one.returned]);
    if let Some(negative) = [gross, costs].into_iter().chain(amounts).find(|amount| amount.is_negative()) {
        return Err(LossSharingError::NegativeAmount(negative));
    }
    match contributions.iter().find(|one| one.returned > one.paid) {
        Some(one) => Err(LossSharingError::ReturnedTooMuch { paid: one.paid, returned: one.returned }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
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
        let insurance =
            LossLayer { deductible: money("100"), cap: Some(money("500")), ..zhongshan()[0].clone() };
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
        let back =
            |gross: &str, costs: &str| share_recovery(money(gross), money(costs), &contributions).unwrap();
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
}
