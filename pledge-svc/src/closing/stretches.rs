//! How the loans of a day are cut into stretches, a shard each. A day is cut as the one before was, as far as that still
//! divides the work fairly: then only what was drawn since is looked through, not every loan of the bank.

use contracts::OrgId;
use identity::Scope;
use tx_kit::{Db, Fault};
use uuid::Uuid;

use super::{
    run::{self, Cut, shard},
    shards,
    store::{self, Mark},
};

/// With so many shards they become longer instead of more.
const SHARDS_MAX: i64 = 2_048;
/// So many shards are enough to feed every hand to the end.
const HANDS_FED: i64 = 64;

/// A stretch of a bank's loans in the order of their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    pub after: Uuid,
    /// `None` for the last: it takes along what is drawn meanwhile.
    pub until: Option<Uuid>,
    pub loans: i64,
}

/// Cuts a bank's loans into shards, so that many hands find one each and none is much longer than a chunk while there are no
/// more than about [`SHARDS_MAX`] of them.
pub(super) async fn of_day(db: &Db, bank: OrgId, cut: Cut) -> Result<Vec<Stretch>, Fault> {
    let kept = kept(of_last_run(db, bank).await?, cut);
    let (after, apart) = (end_of(&kept), cut.shard_loans.max(1));
    let marks = store::find_marks(db.read(), &Scope::of_bank(bank), after, apart).await?;
    Ok(cut_after(kept, &marks, cut))
}

/// The last loan of the stretches that are kept; before all loans where there are none.
fn end_of(kept: &[Stretch]) -> Uuid {
    kept.last().and_then(|last| last.until).unwrap_or_default()
}

/// The shards of the last run of a bank that is finished, with as many loans as they came to.
async fn of_last_run(db: &Db, bank: OrgId) -> Result<Vec<Stretch>, Fault> {
    let Some(last) = run::finished(bank).one(db.read()).await? else { return Ok(Vec::new()) };
    let shards = shards::of_runs(db.read(), [last.id]).await?;
    // Where a shard began is where the one before it ended: its own cursor has moved on.
    let mut after = Uuid::nil();
    let stretch = |shard: shard::Model| {
        let until = shard.until_id;
        Stretch {
            after: std::mem::replace(&mut after, until.unwrap_or_default()),
            until,
            loans: shard.done + shard.failed,
        }
    };
    Ok(shards.into_iter().map(stretch).collect())
}

/// How many loans a shard has at least, of so many.
fn fair(total: i64, cut: Cut) -> i64 {
    let least = cut.shard_loans.max(1);
    (total / HANDS_FED).clamp(least, cut.chunk.max(least)).max(total / SHARDS_MAX)
}

/// The stretches of a run that may stay as they are: all but the last one, where none of them has come to be much shorter or
/// longer than is fair; otherwise none.
fn kept(mut of_last: Vec<Stretch>, cut: Cut) -> Vec<Stretch> {
    let each = fair(of_last.iter().map(|stretch| stretch.loans).sum(), cut);
    of_last.retain(|stretch| stretch.until.is_some());
    let fairly = each / 2..=each + each / 2 + cut.shard_loans.max(1);
    if of_last.iter().any(|stretch| !fairly.contains(&stretch.loans)) {
        return Vec::new();
    }
    of_last
}

/// Cuts what stands after the stretches that are kept; marks stand in the loans' order, a shard's least number of loans apart.
fn cut_after(kept: Vec<Stretch>, marks: &[Mark], cut: Cut) -> Vec<Stretch> {
    let rest = marks.last().map_or(0, |mark| mark.count);
    let each = fair(rest + kept.iter().map(|stretch| stretch.loans).sum::<i64>(), cut);
    let (mut after, mut before, mut made) = (end_of(&kept), 0, kept);
    for mark in marks {
        // What is left over is no shard of its own.
        if mark.count - before >= each && rest - mark.count >= cut.shard_loans.max(1) {
            made.push(Stretch { after, until: Some(mark.id), loans: mark.count - before });
            (after, before) = (mark.id, mark.count);
        }
    }
    made.push(Stretch { after, until: None, loans: rest - before });
    made
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CUT: Cut = Cut { chunk: 50, shard_loans: 10 };

    /// Marks on loans of which there are so many, numbered from one above `after`.
    fn marks(after: u128, loans: i64, apart: i64) -> Vec<Mark> {
        let counts = (1..=loans).filter(|count| count % apart == 0 || *count == loans);
        counts.map(|count| Mark { id: Uuid::from_u128(after + count as u128), count }).collect()
    }

    fn anew(loans: i64) -> Vec<Stretch> {
        cut_after(Vec::new(), &marks(0, loans, CUT.shard_loans), CUT)
    }

    #[test]
    fn a_bank_without_loans_has_one_stretch_and_a_few_loans_share_one() {
        for loans in [0, 1, 19] {
            assert_eq!(anew(loans), [Stretch { after: Uuid::nil(), until: None, loans }]);
        }
        assert_eq!(anew(20).len(), 2);
    }

    #[test]
    fn a_stretch_that_has_emptied_or_grown_makes_the_day_be_cut_anew() {
        let made = anew(1_000);
        assert_eq!(kept(made.clone(), CUT).len(), made.len() - 1);
        for loans in [4, 80] {
            let mut changed = made.clone();
            changed[3].loans = loans;
            assert!(kept(changed, CUT).is_empty(), "{loans}");
        }
    }

    #[test]
    fn another_cut_is_not_kept() {
        let made = anew(1_000);
        assert!(kept(made, Cut { chunk: 500, shard_loans: 100 }).is_empty());
    }

    proptest! {
        /// Stretches lie one behind the other, the last is open, and no other is empty nor any longer than is fair while days go by
        /// on which loans are drawn and repaid.
        #[test]
        fn days_are_cut_without_gaps(first in 0_i64..3_000, days in prop::collection::vec((0_i64..400, 0_i64..5), 1..12)) {
            let mut made = anew(first);
            for (drawn, repaid) in days {
                for stretch in &mut made {
                    stretch.loans = (stretch.loans - repaid).max(0);
                }
                let open = made.last().map_or(0, |stretch| stretch.loans);
                let was = made.clone();
                let kept = kept(made, CUT);
                made = if kept.is_empty() {
                    anew(was.iter().map(|stretch| stretch.loans).sum::<i64>() + drawn)
                } else {
                    let after = end_of(&kept);
                    cut_after(kept, &marks(after.as_u128(), open + drawn, CUT.shard_loans), CUT)
                };
                prop_assert_eq!(made.first().map(|stretch| stretch.after), Some(Uuid::nil()));
                prop_assert!(made.windows(2).all(|pair| pair[0].until == Some(pair[1].after)));
                prop_assert_eq!(made.last().map(|stretch| stretch.until), Some(None));
                prop_assert!(made.iter().rev().skip(1).all(|stretch| stretch.loans > 0), "{made:?}");
                let total: i64 = made.iter().map(|stretch| stretch.loans).sum();
                let longest = 2 * fair(total, CUT) + 2 * CUT.shard_loans;
                prop_assert!(made.iter().all(|stretch| stretch.loans <= longest), "{longest}: {made:?}");
            }
        }
    }
}
