//! What the experts' answers come to, and what of them the owner sees.

use std::collections::BTreeSet;

use finance::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Answer, Intent, Wish};

/// Enterprises whose experts answered anonymously on one patent from which the owner sees those answers: with fewer it could
/// be guessed whose they are, and several experts of one enterprise hide nobody. The platform's default.
pub const ANONYMOUS_MIN: usize = 3;

/// An answer, and the enterprise that it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The enterprise.
    pub enterprise: contracts::OrgId,
    /// What it said.
    pub answer: Answer,
}

/// What the answers come to that the reader sees; those with a declared interest are left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = EvaluationSummary)]
pub struct Summary {
    /// Answers that count.
    pub answers: u64,
    /// Answers kept back for now: anonymous ones that are too few, or of a round that still runs.
    pub withheld: u64,
    /// Answers with a declared interest, which count in nothing.
    pub conflicted: u64,
    /// With an intent to use it.
    pub intends: u64,
    /// That would consider it once improved.
    pub considers: u64,
    /// Without an intent.
    pub declines: u64,
    /// That wish to work with the owner in some way.
    pub cooperates: u64,
    /// Median readiness, the lower of two; absent where nothing counts.
    pub maturity_median: Option<u8>,
    /// Least readiness.
    pub maturity_min: Option<u8>,
    /// Greatest readiness.
    pub maturity_max: Option<u8>,
    /// Median outlook, the lower of two.
    pub outlook_median: Option<u8>,
    /// Least outlook.
    pub outlook_min: Option<u8>,
    /// Greatest outlook.
    pub outlook_max: Option<u8>,
    /// Median of the lower ends of the price ideas, yuan. No valuation reads it.
    pub price_low_median: Option<Money>,
    /// Median of the upper ends.
    pub price_high_median: Option<Money>,
}

/// The middle one in order; of an even number the lower of the two, so that nothing is said that nobody said.
pub(super) fn median<T: Ord + Copy>(values: impl IntoIterator<Item = T>) -> Option<T> {
    let mut all: Vec<T> = values.into_iter().collect();
    all.sort_unstable();
    all.get(all.len().checked_sub(1)? / 2).copied()
}

/// Whether the anonymous answers on a patent are enough to be shown at the round's end.
#[must_use]
pub fn releases<'a>(said: impl IntoIterator<Item = &'a Said>) -> bool {
    let unnamed = said.into_iter().filter(|one| !one.answer.named);
    unnamed.map(|one| one.enterprise).collect::<BTreeSet<_>>().len() >= ANONYMOUS_MIN
}

/// What the answers come to that are seen, `withheld` others being kept back.
#[must_use]
pub fn summary(seen: &[Answer], withheld: u64) -> Summary {
    let counted: Vec<&Answer> = seen.iter().filter(|answer| !answer.conflict).collect();
    let number = |holds: &dyn Fn(&Answer) -> bool| {
        u64::try_from(counted.iter().filter(|answer| holds(answer)).count()).unwrap_or(u64::MAX)
    };
    let maturity = || counted.iter().map(|answer| answer.maturity);
    let outlook = || counted.iter().map(|answer| answer.outlook);
    Summary {
        answers: number(&|_| true),
        withheld,
        conflicted: u64::try_from(seen.len() - counted.len()).unwrap_or(u64::MAX),
        intends: number(&|answer| answer.intent == Intent::Intends),
        considers: number(&|answer| answer.intent == Intent::Considers),
        declines: number(&|answer| answer.intent == Intent::Declines),
        cooperates: number(&|answer| answer.wish != Wish::None),
        maturity_median: median(maturity()),
        maturity_min: maturity().min(),
        maturity_max: maturity().max(),
        outlook_median: median(outlook()),
        outlook_min: outlook().min(),
        outlook_max: outlook().max(),
        price_low_median: median(counted.iter().filter_map(|answer| answer.price_low)),
        price_high_median: median(counted.iter().filter_map(|answer| answer.price_high)),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(crate) fn answer(maturity: u8, outlook: u8, named: bool, conflict: bool) -> Answer {
        Answer {
            intent: if outlook >= 3 { Intent::Intends } else { Intent::Declines },
            maturity,
            outlook,
            wish: if outlook >= 4 { Wish::Licence } else { Wish::None },
            improvements: String::new(),
            price_low: Some(Money::from_fen(i64::from(outlook) * 100)),
            price_high: Some(Money::from_fen(i64::from(outlook) * 200)),
            comment: String::new(),
            conflict,
            conflict_note: String::new(),
            named,
        }
    }

    #[test]
    fn the_median_is_what_somebody_said_and_an_interest_counts_in_nothing() {
        let said = [
            answer(3, 2, true, false),
            answer(7, 4, true, false),
            answer(5, 5, true, false),
            answer(4, 3, true, false),
            answer(9, 5, true, true),
        ];
        let all = summary(&said, 2);
        assert_eq!((all.answers, all.withheld, all.conflicted), (4, 2, 1));
        assert_eq!((all.maturity_min, all.maturity_median, all.maturity_max), (Some(3), Some(4), Some(7)));
        assert_eq!((all.outlook_median, all.intends, all.declines, all.cooperates), (Some(3), 3, 1, 2));
        assert_eq!(all.price_low_median, Some(Money::from_fen(300)));
        assert_eq!(summary(&[], 0).maturity_median, None);
    }

    #[test]
    fn anonymous_answers_are_shown_from_three_enterprises_on_whatever_others_say_by_name() {
        let said = |enterprise: u128, named: bool| Said {
            enterprise: contracts::OrgId::from_uuid(uuid::Uuid::from_u128(enterprise)),
            answer: answer(5, 5, named, false),
        };
        let mixed = [said(1, true), said(2, true), said(3, true), said(1, false), said(2, false)];
        assert!(!releases(&mixed));
        let one_house = [said(1, false), said(1, false), said(1, false), said(2, false)];
        assert!(!releases(&one_house), "experts of one enterprise do not hide behind each other");
        assert!(releases(&[said(1, false), said(2, false), said(3, false)]));
    }

    proptest! {
        #[test]
        fn a_summary_lies_between_what_was_said_and_its_parts_add_up(
            said in proptest::collection::vec((1_u8..=9, 1_u8..=5, any::<bool>(), any::<bool>()), 0..30)
        ) {
            let answers: Vec<Answer> = said.iter().map(|(m, o, n, c)| answer(*m, *o, *n, *c)).collect();
            let all = summary(&answers, 0);
            prop_assert_eq!(all.answers + all.conflicted, answers.len() as u64);
            prop_assert_eq!(all.intends + all.considers + all.declines, all.answers);
            prop_assert!(all.outlook_min <= all.outlook_median && all.outlook_median <= all.outlook_max);
            prop_assert_eq!(all.maturity_median.is_some(), all.answers > 0);
            let mut turned = answers.clone();
            turned.reverse();
            prop_assert_eq!(summary(&turned, 0), all, "the order of answers says nothing");
        }
    }
}
