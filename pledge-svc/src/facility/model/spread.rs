//! Spreading a pool: of what counts in the end no patent and no owner makes up more than its part.
//!
//! A cut lowers the whole, of which the next patent is a part, and so on. What counts is therefore the largest amount T for
//! which Σ over owners min(Σ over patents min(value, patent part × T), owner part × T) is T at least: it is found by halving,
//! since that sum grows ever more slowly with T. To the fen of rounding of each patent. It follows that a pool with fewer
//! patents, or fewer owners, than their part of it allows for carries nothing: at 25 % a patent it takes four.

use std::collections::BTreeMap;

use contracts::OrgId;
use finance::{Money, MoneyError, Rate, Rounding};
use rust_decimal::Decimal;

use super::{
    PoolTerms,
    base::{BaseRow, Excluded, Ineligible},
};

/// Cuts what passed the tests to the parts that one patent and one owner may make up.
///
/// # Errors
/// When a sum is beyond the range of money.
pub(super) fn spread(rows: &mut [BaseRow], pool: &PoolTerms) -> Result<(), MoneyError> {
    let whole = largest(rows, pool)?;
    let one = whole.scale(pool.patent_cap, Rounding::Down)?;
    for row in rows.iter_mut() {
        cut(row, one, Ineligible::AbovePatentCap);
    }
    owners_cut(rows, whole.scale(pool.owner_cap, Rounding::Down)?)
}

/// The largest whole of which every patent and every owner makes up no more than its part.
fn largest(rows: &[BaseRow], pool: &PoolTerms) -> Result<Money, MoneyError> {
    let counting = Money::total(rows.iter().map(|row| row.eligible))?;
    let mut owners: BTreeMap<OrgId, Vec<Decimal>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.eligible.is_positive()) {
        owners.entry(row.owner_id).or_default().push(Decimal::from(row.eligible.fen()));
    }
    let holds = |whole: i64| -> Result<bool, MoneyError> {
        let whole = Decimal::from(whole);
        let part = |cap: Rate| cap.fraction().checked_mul(whole).ok_or(MoneyError::Overflow);
        let (one, own) = (part(pool.patent_cap)?, part(pool.owner_cap)?);
        let mut sum = Decimal::ZERO;
        for values in owners.values() {
            let of_owner =
                values.iter().try_fold(Decimal::ZERO, |sum, value| sum.checked_add(*value.min(&one)));
            let of_owner = of_owner.ok_or(MoneyError::Overflow)?.min(own);
            sum = sum.checked_add(of_owner).ok_or(MoneyError::Overflow)?;
        }
        Ok(sum >= whole)
    };
    if holds(counting.fen())? {
        return Ok(counting);
    }
    // It holds for the lower and not for the upper bound.
    let (mut lower, mut upper) = (0, counting.fen());
    while upper - lower > 1 {
        let middle = lower + (upper - lower) / 2;
        if holds(middle)? {
            lower = middle;
        } else {
            upper = middle;
        }
    }
    Ok(Money::from_fen(lower))
}

/// Cuts what counts of a patent to at most an amount.
pub(super) fn cut(row: &mut BaseRow, most: Money, why: Ineligible) {
    let amount = row.eligible.saturating_sub(most);
    if amount.is_positive() {
        row.eligible = row.eligible.min(most);
        row.excluded.push(Excluded { why, amount });
    }
}

/// Cuts the patents of each owner to its part of the pool, in proportion to what of them counts.
fn owners_cut(rows: &mut [BaseRow], most: Money) -> Result<(), MoneyError> {
    let mut owners: BTreeMap<OrgId, Vec<usize>> = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        owners.entry(row.owner_id).or_default().push(index);
    }
    for indices in owners.into_values() {
        let own = Money::total(indices.iter().map(|index| rows[*index].eligible))?;
        if own <= most {
            continue;
        }
        let weights: Vec<Rate> =
            indices.iter().map(|index| Rate::new(rows[*index].eligible.yuan())).collect();
        // Amounts as weights always split: none is negative and their sum is more than `most`.
        let parts = finance::split(most, &weights).map_err(|_| MoneyError::Overflow)?;
        for (index, kept) in indices.into_iter().zip(parts) {
            cut(&mut rows[index], kept, Ineligible::AboveOwnerCap);
        }
    }
    Ok(())
}
