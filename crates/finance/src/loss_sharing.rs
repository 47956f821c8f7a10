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
#[path = "loss_sharing_tests.rs"]
mod tests;
