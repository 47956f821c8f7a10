//! What the overrides of a bank look like together: by who made them, how many, which way and how far. Who always moves
//! values the same way is what a validator looks for.

use std::collections::BTreeMap;

use contracts::UserId;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::OverrideStatus;

/// An override as the statistics see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverrideFact {
    /// The bank.
    pub bank: (uuid::Uuid, String),
    /// Who made it.
    pub maker: (UserId, String),
    /// Where it is.
    pub status: OverrideStatus,
    /// By how much it moves the model's figure, basis points.
    pub size: i64,
}

/// The overrides that one person made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MakerStatistics {
    /// The bank.
    pub bank_name: String,
    /// Who made them.
    pub maker: String,
    /// How many.
    pub count: u32,
    /// Of them approved.
    pub approved: u32,
    /// Of them refused.
    pub refused: u32,
    /// Of them upwards.
    pub up: u32,
    /// Of them downwards.
    pub down: u32,
    /// The mean move of the model's figure, upwards positive, as a share with four decimals.
    pub mean_move: Decimal,
    /// The mean size of a move without its direction, as a share with four decimals.
    pub mean_size: Decimal,
    /// The largest size, as a share with four decimals.
    pub largest: Decimal,
}

/// The statistics by bank and maker, the busiest maker first.
#[must_use]
pub fn statistics(facts: &[OverrideFact]) -> Vec<MakerStatistics> {
    let mut by_maker: BTreeMap<(uuid::Uuid, uuid::Uuid), Vec<&OverrideFact>> = BTreeMap::new();
    for fact in facts {
        by_maker.entry((fact.bank.0, fact.maker.0.uuid())).or_default().push(fact);
    }
    let mut found: Vec<MakerStatistics> = by_maker.into_values().filter_map(|own| of_one(&own)).collect();
    found.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.maker.cmp(&b.maker)));
    found
}

fn of_one(own: &[&OverrideFact]) -> Option<MakerStatistics> {
    let last = own.last()?;
    let count = |holds: &dyn Fn(&OverrideFact) -> bool| {
        u32::try_from(own.iter().filter(|fact| holds(fact)).count()).unwrap_or(u32::MAX)
    };
    let number = count(&|_| true);
    let mean = |sum: i64| (Decimal::new(sum, 4) / Decimal::from(number)).round_dp(4);
    Some(MakerStatistics {
        bank_name: last.bank.1.clone(),
        maker: last.maker.1.clone(),
        count: number,
        approved: count(&|fact| fact.status == OverrideStatus::Approved),
        refused: count(&|fact| fact.status == OverrideStatus::Refused),
        up: count(&|fact| fact.size > 0),
        down: count(&|fact| fact.size < 0),
        mean_move: mean(own.iter().map(|fact| fact.size).sum()),
        mean_size: mean(own.iter().map(|fact| fact.size.abs()).sum()),
        largest: Decimal::new(own.iter().map(|fact| fact.size.abs()).max().unwrap_or(0), 4),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(maker: u128, status: OverrideStatus, size: i64) -> OverrideFact {
        OverrideFact {
            bank: (uuid::Uuid::from_u128(1), "甲银行".into()),
            maker: (UserId::from_uuid(uuid::Uuid::from_u128(maker)), format!("经理 {maker}")),
            status,
            size,
        }
    }

    #[test]
    fn moves_are_counted_by_maker_with_direction_and_size() {
        let facts = [
            fact(1, OverrideStatus::Approved, 1_000),
            fact(1, OverrideStatus::Refused, 500),
            fact(1, OverrideStatus::Approved, -300),
            fact(2, OverrideStatus::Proposed, -2_000),
        ];
        let found = statistics(&facts);
        assert_eq!((found[0].count, found[0].approved, found[0].refused), (3, 2, 1));
        assert_eq!((found[0].up, found[0].down), (2, 1));
        assert_eq!(found[0].mean_move, Decimal::new(4, 2));
        assert_eq!(found[0].mean_size, Decimal::new(6, 2));
        assert_eq!(found[0].largest, Decimal::new(1, 1));
        assert_eq!(found[1].mean_move, Decimal::new(-2, 1));
        assert_eq!(statistics(&[]), Vec::new());
    }
}
