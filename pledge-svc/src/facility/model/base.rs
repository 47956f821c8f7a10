//! The borrowing base: what a pool of pledged patents carries for all members together.
//!
//! base = Σ eligible collateral value × advance rate + margin paid in. A patent counts while its pledge is registered,
//! its right is in force and unchallenged, and its valuation may be relied on; of what counts in the end, no patent and no
//! owner makes up more than its part (`spread.rs`). Each row says what of it does not count and why.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use contracts::{OrgId, PatentId, PledgeId, ValuationId};
use finance::{Money, MoneyError, Rate, Rounding};
use serde::{Deserialize, Serialize};

use super::{
    PoolTerms,
    spread::{cut, spread},
};

/// A patent under a registered pledge of the facility.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PooledPatent {
    /// The pledge.
    pub pledge_id: PledgeId,
    /// The patent.
    pub patent_id: PatentId,
    /// Its publication number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// The member that pledged it.
    pub owner_id: OrgId,
    /// Its name.
    pub owner_name: String,
    /// The bank's newest accepted value as collateral.
    pub accepted: Money,
    /// The valuation behind it.
    pub valuation_id: ValuationId,
    /// The last day on which that may be relied on.
    pub valid_until: NaiveDate,
    /// Whether the right is in force.
    pub in_force: bool,
    /// Whether the right is attacked, or its ownership disputed.
    pub challenged: bool,
    /// Whether the pledge is about to be cancelled.
    pub releasing: bool,
    /// The last day on which a loan on it may fall due: the right's end and the debt's term in the pledge contract. None
    /// where neither is known.
    pub lasts_until: Option<NaiveDate>,
}

/// Why a part of a patent's value does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ineligible {
    /// The right has ended.
    Ended,
    /// The right is attacked, or its ownership disputed.
    Challenged,
    /// The pledge is about to be cancelled.
    Releasing,
    /// The valuation may no longer be relied on.
    ValuationExpired,
    /// Beyond what one patent may make up.
    AbovePatentCap,
    /// Beyond what the patents of one owner may make up.
    AboveOwnerCap,
}

/// One patent of the pool with what of it counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct BaseRow {
    /// The pledge.
    pub pledge_id: PledgeId,
    /// The patent.
    pub patent_id: PatentId,
    /// Its publication number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// The member that pledged it.
    pub owner_id: OrgId,
    /// Its name.
    pub owner_name: String,
    /// The valuation relied on.
    pub valuation_id: ValuationId,
    /// The last day on which it may be relied on.
    pub valid_until: NaiveDate,
    /// The accepted value as collateral.
    pub accepted: Money,
    /// What of it counts.
    pub eligible: Money,
    /// What does not, and why, in the order of the tests.
    pub excluded: Vec<Excluded>,
    /// The last day on which a loan on it may fall due; none where it is not known.
    #[serde(default)]
    pub lasts_until: Option<NaiveDate>,
}

/// A part that does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Excluded {
    /// Why.
    pub why: Ineligible,
    /// How much.
    pub amount: Money,
}

/// The borrowing base of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct BorrowingBase {
    /// The day.
    pub on: NaiveDate,
    /// The accepted value of every patent of the pool.
    pub accepted: Money,
    /// What of it does not count.
    pub excluded: Money,
    /// What counts.
    pub eligible: Money,
    /// What is lent on it.
    pub advance_rate: Rate,
    /// Margin that members have paid in; it counts in full.
    pub margin: Money,
    /// What the pool carries.
    pub base: Money,
    /// Principal drawn by all.
    pub outstanding: Money,
    /// What could still be drawn on it.
    pub headroom: Money,
    /// What it lacks.
    pub shortfall: Money,
    /// Every patent.
    pub rows: Vec<BaseRow>,
}

/// Reckons the base of a day.
///
/// # Errors
/// When a sum is beyond the range of money.
pub fn borrowing_base(
    pool: &PoolTerms,
    patents: Vec<PooledPatent>,
    (margin, outstanding): (Money, Money),
    on: NaiveDate,
) -> Result<BorrowingBase, MoneyError> {
    let mut rows: Vec<BaseRow> = patents.into_iter().map(|patent| tested(patent, on)).collect();
    spread(&mut rows, pool)?;
    let accepted = Money::total(rows.iter().map(|row| row.accepted))?;
    let eligible = Money::total(rows.iter().map(|row| row.eligible))?;
    let base = eligible.scale(pool.advance_rate, Rounding::Down)?.checked_add(margin)?;
    Ok(BorrowingBase {
        on,
        accepted,
        excluded: accepted.checked_sub(eligible)?,
        eligible,
        advance_rate: pool.advance_rate,
        margin,
        base,
        outstanding,
        headroom: base.saturating_sub(outstanding),
        shortfall: outstanding.saturating_sub(base),
        rows,
    })
}

/// The tests that a patent passes or fails as a whole.
fn tested(patent: PooledPatent, on: NaiveDate) -> BaseRow {
    let why = if !patent.in_force {
        Some(Ineligible::Ended)
    } else if patent.challenged {
        Some(Ineligible::Challenged)
    } else if patent.releasing {
        Some(Ineligible::Releasing)
    } else if patent.valid_until < on {
        Some(Ineligible::ValuationExpired)
    } else {
        None
    };
    let mut row = BaseRow {
        pledge_id: patent.pledge_id,
        patent_id: patent.patent_id,
        number: patent.number,
        title: patent.title,
        owner_id: patent.owner_id,
        owner_name: patent.owner_name,
        valuation_id: patent.valuation_id,
        valid_until: patent.valid_until,
        accepted: patent.accepted,
        eligible: patent.accepted,
        excluded: Vec::new(),
        lasts_until: patent.lasts_until,
    };
    if let Some(why) = why {
        cut(&mut row, Money::ZERO, why);
    }
    row
}

impl BorrowingBase {
    /// What the patents of each member bring to the base.
    ///
    /// # Errors
    /// When an amount is beyond the range of money.
    pub fn brought(&self) -> Result<BTreeMap<OrgId, Money>, MoneyError> {
        let mut by_owner: BTreeMap<OrgId, Money> = BTreeMap::new();
        for row in &self.rows {
            let sum = by_owner.entry(row.owner_id).or_default();
            *sum = sum.checked_add(row.eligible)?;
        }
        by_owner
            .into_iter()
            .map(|(owner, value)| Ok((owner, value.scale(self.advance_rate, Rounding::Down)?)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::facility::model::samples::day;

    fn fen(amount: i64) -> Money {
        Money::from_fen(amount)
    }

    fn patent(number: u128, owner: u128, accepted: i64) -> PooledPatent {
        let id = Uuid::from_u128(number);
        PooledPatent {
            pledge_id: id.into(),
            patent_id: id.into(),
            number: format!("CN{number}"),
            title: "一种催化剂".into(),
            owner_id: Uuid::from_u128(owner).into(),
            owner_name: "企业".into(),
            accepted: fen(accepted),
            valuation_id: id.into(),
            valid_until: day("2026-12-31"),
            in_force: true,
            challenged: false,
            releasing: false,
            lasts_until: None,
        }
    }

    fn uncapped() -> PoolTerms {
        PoolTerms {
            patent_cap: Rate::ONE,
            owner_cap: Rate::ONE,
            ..PoolTerms::at(Rate::from_basis_points(6_000))
        }
    }

    fn base(pool: &PoolTerms, patents: Vec<PooledPatent>, drawn: i64) -> BorrowingBase {
        borrowing_base(pool, patents, (fen(50), fen(drawn)), day("2026-06-01")).unwrap()
    }

    #[test]
    fn the_base_is_eligible_value_at_the_advance_rate_with_margin() {
        let found = base(&uncapped(), vec![patent(1, 1, 1_000), patent(2, 2, 500)], 700);
        assert_eq!((found.accepted, found.eligible, found.base), (fen(1_500), fen(1_500), fen(950)));
        assert_eq!((found.headroom, found.shortfall), (fen(250), Money::ZERO));
    }

    #[test]
    fn what_has_ended_is_attacked_or_is_no_longer_valued_does_not_count() {
        let ended = PooledPatent { in_force: false, challenged: true, ..patent(1, 1, 100) };
        let attacked = PooledPatent { challenged: true, ..patent(2, 1, 200) };
        let stale = PooledPatent { valid_until: day("2026-05-31"), ..patent(3, 1, 400) };
        let last_day = PooledPatent { valid_until: day("2026-06-01"), ..patent(4, 1, 800) };
        let going = PooledPatent { releasing: true, ..patent(5, 1, 50) };
        let found = base(&uncapped(), vec![ended, attacked, stale, last_day, going], 700);
        let why: Vec<_> = found.rows.iter().map(|row| row.excluded.first().map(|one| one.why)).collect();
        let expected = [
            Some(Ineligible::Ended),
            Some(Ineligible::Challenged),
            Some(Ineligible::ValuationExpired),
            None,
            Some(Ineligible::Releasing),
        ];
        assert_eq!(why, expected);
        assert_eq!((found.eligible, found.excluded), (fen(800), fen(750)));
        assert_eq!((found.base, found.shortfall), (fen(530), fen(170)));
    }

    #[test]
    fn no_patent_and_no_owner_makes_up_more_than_its_part() {
        let pool = PoolTerms {
            patent_cap: Rate::from_basis_points(4_000),
            owner_cap: Rate::from_basis_points(6_000),
            ..uncapped()
        };
        // Of 1,000 count 750: owner 2 brings 300, which is two fifths of it, and owner 1 may bring three fifths, 450.
        let found = base(&pool, vec![patent(1, 1, 500), patent(2, 1, 200), patent(3, 2, 300)], 0);
        let eligible: Vec<_> = found.rows.iter().map(|row| row.eligible.fen()).collect();
        // One patent counts up to 300. Owner 1 has 300 + 200 left and is cut to 450 in proportion: 270 and 180.
        assert_eq!((eligible, found.eligible), (vec![270, 180, 300], fen(750)));
        let first: Vec<_> = found.rows[0].excluded.iter().map(|one| (one.why, one.amount.fen())).collect();
        assert_eq!(first, [(Ineligible::AbovePatentCap, 200), (Ineligible::AboveOwnerCap, 30)]);
        assert_eq!(found.brought().unwrap()[&Uuid::from_u128(1).into()], fen(270));
    }

    #[test]
    fn a_pool_with_fewer_patents_than_their_part_allows_for_carries_nothing() {
        let pool = PoolTerms { patent_cap: Rate::from_basis_points(2_500), ..uncapped() };
        let worth = |values: &[i64]| {
            let patents = (1..).zip(values).map(|(number, value)| patent(number, 1, *value)).collect();
            base(&pool, patents, 0).eligible.fen()
        };
        assert_eq!(worth(&[100, 100]), 0);
        assert_eq!(worth(&[100, 100, 100]), 0);
        assert_eq!(worth(&[100, 100, 100, 700]), 400, "four quarters of what counts");
        assert_eq!(worth(&[100, 100, 100, 100, 700]), 533, "133 and a third of 533 and a third is a quarter");
    }

    #[test]
    fn an_empty_pool_carries_its_margin_alone() {
        let found = base(&uncapped(), vec![], 60);
        assert_eq!((found.base, found.shortfall), (fen(50), fen(10)));
    }

    proptest! {
        #[test]
        fn rows_sum_to_the_pool_and_caps_hold(
            values in prop::collection::vec((0i64..1_000_000, 0u128..4, 0u8..8), 0..30),
            patent_cap in 1i64..=10_000, owner_cap in 1i64..=10_000, advance in 1i64..=10_000, drawn in 0i64..9_000_000,
        ) {
            let pool = PoolTerms {
                patent_cap: Rate::from_basis_points(patent_cap),
                owner_cap: Rate::from_basis_points(owner_cap),
                ..PoolTerms::at(Rate::from_basis_points(advance))
            };
            let patents = values.iter().zip(1..).map(|((value, owner, state), number)| PooledPatent {
                in_force: *state != 0, challenged: *state == 1, ..patent(number, *owner, *value)
            }).collect();
            let found = borrowing_base(&pool, patents, (Money::ZERO, fen(drawn)), day("2026-06-01")).unwrap();
            let mut counting = 0;
            for row in &found.rows {
                let excluded: i64 = row.excluded.iter().map(|one| one.amount.fen()).sum();
                prop_assert_eq!(row.eligible.fen() + excluded, row.accepted.fen());
                let tested = row.excluded.iter().any(|one| matches!(one.why, Ineligible::Ended | Ineligible::Challenged));
                if !tested { counting += row.accepted.fen(); }
            }
            // A fen of each patent is lost in rounding, and the whole with it.
            let patents = i64::try_from(found.rows.len()).unwrap();
            let most = |bp: i64| (found.eligible.fen() + patents) * bp / 10_000;
            let of = |owner: u128| {
                let id: OrgId = Uuid::from_u128(owner).into();
                found.rows.iter().filter(move |row| row.owner_id == id)
            };
            let counts = |row: &BaseRow| !row.excluded.iter().any(|one| {
                matches!(one.why, Ineligible::Ended | Ineligible::Challenged)
            });
            let whole = |bp: i64| counting * bp / 10_000;
            let spread = found.rows.iter().filter(|row| counts(row)).all(|row| row.accepted.fen() <= whole(patent_cap))
                && (0..4).all(|owner| {
                    of(owner).filter(|row| counts(row)).map(|row| row.accepted.fen()).sum::<i64>() <= whole(owner_cap)
                });
            if spread {
                prop_assert_eq!(found.eligible.fen(), counting, "nothing is cut of a pool that is spread already");
            }
            for row in &found.rows {
                prop_assert!(row.eligible.fen() <= most(patent_cap));
            }
            for owner in 0..4_u128 {
                let own: i64 = of(owner).map(|row| row.eligible.fen()).sum();
                prop_assert!(own <= most(owner_cap));
            }
            prop_assert_eq!(found.eligible.fen() + found.excluded.fen(), found.accepted.fen());
            prop_assert!(found.base <= found.eligible);
            prop_assert_eq!(found.headroom.fen() - found.shortfall.fen(), found.base.fen() - drawn);
        }
    }
}
