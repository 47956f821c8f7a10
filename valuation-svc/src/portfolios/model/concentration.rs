//! How much of the value hangs on few: Herfindahl index (the sum of squared shares) by owner, industry, class and grade, shares
//! of the largest, Lorenz curve and Gini coefficient.

use std::collections::BTreeMap;

use finance::Money;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Member,
    member::{fraction, yuan},
};

/// Groups that are named of each kind; the others are summed under `others`.
const GROUPS_MAX: usize = 12;
/// Steps of the Lorenz curve.
const STEPS: usize = 10;

/// Members of one owner, industry, class or grade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PortfolioGroup)]
pub struct Group {
    /// Its name or code; `others` for those beyond the largest; empty where it is not known.
    pub key: String,
    /// Patents.
    pub count: u32,
    /// Their value.
    pub value: Money,
    /// Their share of the whole value, 0–1.
    pub share: Decimal,
}

/// Concentration by one of its kinds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PortfolioConcentration)]
pub struct Concentration {
    /// `owner`, `industry`, `ipc_class`, `grade`.
    pub by: String,
    /// Herfindahl index, 0–1: 1 is one group alone.
    pub herfindahl: Decimal,
    /// The largest groups.
    pub groups: Vec<Group>,
}

/// A point of the Lorenz curve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LorenzPoint {
    /// Share of the patents, the least valuable first.
    pub patents: Decimal,
    /// Their share of the value.
    pub value: Decimal,
}

/// Concentration by a key of the members.
pub(super) fn by(name: &str, members: &[Member], key: impl Fn(&Member) -> String) -> Concentration {
    let mut groups: BTreeMap<String, (u32, i64)> = BTreeMap::new();
    for one in members {
        let entry = groups.entry(key(one)).or_default();
        entry.0 += 1;
        entry.1 = entry.1.saturating_add(one.value.fen());
    }
    let total: i64 = groups.values().map(|(_, fen)| *fen).fold(0, i64::saturating_add);
    let share = |fen: i64| {
        if total == 0 { Decimal::ZERO } else { Decimal::from(fen) / Decimal::from(total) }
    };
    let herfindahl: Decimal = groups.values().map(|(_, fen)| share(*fen) * share(*fen)).sum();
    let mut sorted: Vec<(String, (u32, i64))> = groups.into_iter().collect();
    sorted.sort_by(|a, b| b.1.1.cmp(&a.1.1).then_with(|| a.0.cmp(&b.0)));
    let rest = sorted.split_off(sorted.len().min(GROUPS_MAX));
    if !rest.is_empty() {
        let sum = rest
            .iter()
            .fold((0_u32, 0_i64), |(count, fen), (_, one)| (count + one.0, fen.saturating_add(one.1)));
        sorted.push(("others".to_owned(), sum));
    }
    Concentration {
        by: name.to_owned(),
        herfindahl: herfindahl.round_dp(4),
        groups: sorted
            .into_iter()
            .map(|(key, (count, fen))| Group {
                key,
                count,
                value: Money::from_fen(fen),
                share: share(fen).round_dp(4),
            })
            .collect(),
    }
}

/// The share of the `n` most valuable members.
pub(super) fn top(members: &[Member], n: usize) -> Decimal {
    let mut values: Vec<i64> = members.iter().map(|one| one.value.fen()).collect();
    values.sort_unstable_by(|a, b| b.cmp(a));
    let total: Decimal = values.iter().map(|fen| Decimal::from(*fen)).sum();
    if total.is_zero() {
        return Decimal::ZERO;
    }
    let of: Decimal = values.iter().take(n).map(|fen| Decimal::from(*fen)).sum();
    (of / total).round_dp(4)
}

/// The Lorenz curve of the members' values and its Gini coefficient.
pub(super) fn lorenz(members: &[Member]) -> (Vec<LorenzPoint>, Decimal) {
    let mut values: Vec<f64> = members.iter().map(|one| yuan(one.value)).collect();
    values.sort_by(f64::total_cmp);
    let total: f64 = values.iter().sum();
    let count = values.len();
    if count == 0 || total <= 0.0 {
        return (Vec::new(), Decimal::ZERO);
    }
    let n = f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    // Gini of sorted values: (2·Σ i·xᵢ) ÷ (n·Σ xᵢ) − (n + 1) ÷ n.
    let weighted: f64 = (1..=u32::MAX).zip(&values).map(|(rank, value)| f64::from(rank) * value).sum();
    let gini = 2.0 * weighted / (n * total) - (n + 1.0) / n;
    let points = (0..=STEPS).map(|step| {
        let first = count * step / STEPS;
        let sum: f64 = values.iter().take(first).sum();
        let part = f64::from(u32::try_from(first).unwrap_or(u32::MAX)) / n;
        LorenzPoint { patents: fraction(part), value: fraction(sum / total) }
    });
    (points.collect(), fraction(gini))
}
