//! The contract rates that a loan had: what holds today, and what held before each change.

use chrono::NaiveDate;
use finance::Rate;
use rust_decimal::Decimal;

/// The contract rates of a loan over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateHistory {
    /// The first day of each change with the rate until then, oldest first.
    changes: Vec<(NaiveDate, Rate)>,
    now: Rate,
}

impl RateHistory {
    /// The rate in force, and before each change the rate that it ended, oldest first.
    #[must_use]
    pub fn new(changes: impl IntoIterator<Item = (NaiveDate, Rate)>, now: Rate) -> Self {
        let mut changes: Vec<(NaiveDate, Rate)> = changes.into_iter().collect();
        changes.sort_by_key(|(day, _)| *day);
        Self { changes, now }
    }

    /// One rate throughout.
    #[must_use]
    pub const fn constant(rate: Rate) -> Self {
        Self { changes: Vec::new(), now: rate }
    }

    /// The rate of a day.
    #[must_use]
    pub fn on(&self, day: NaiveDate) -> Rate {
        self.changes.iter().find(|(first, _)| *first > day).map_or(self.now, |(_, before)| *before)
    }

    /// The days from one up to another, the last not counted, by the rate that held on them.
    pub fn between(
        &self,
        from: NaiveDate,
        to: NaiveDate,
    ) -> impl Iterator<Item = (NaiveDate, NaiveDate, Rate)> + '_ {
        let turns = self.changes.iter().map(|(day, _)| *day).chain([NaiveDate::MAX]);
        turns
            .scan(from, move |begin, turn| {
                let (first, last) = (*begin, turn.clamp(*begin, to.max(*begin)));
                *begin = last;
                Some((first, last))
            })
            .filter(|(first, last)| first < last)
            .map(move |(first, last)| (first, last, self.on(first)))
    }

    /// The mean rate over some days, each counted alike; of a span without a day the rate of the day before it.
    #[must_use]
    pub fn mean(&self, from: NaiveDate, to: NaiveDate) -> Rate {
        let mut days = Decimal::ZERO;
        let mut sum = Decimal::ZERO;
        let (mut first, mut alike) = (None, true);
        for (begin, end, rate) in self.between(from, to) {
            let count = Decimal::from((end - begin).num_days());
            days += count;
            sum += count * rate.fraction();
            alike &= *first.get_or_insert(rate) == rate;
        }
        match (first, alike) {
            (None, _) => self.on(to.pred_opt().unwrap_or(to)),
            (Some(rate), true) => rate,
            _ => Rate::new(sum / days),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn rate(text: &str) -> Rate {
        text.parse().unwrap()
    }

    fn history() -> RateHistory {
        RateHistory::new([(day("2026-01-01"), rate("0.05")), (day("2026-03-01"), rate("0.04"))], rate("0.03"))
    }

    #[test]
    fn a_day_has_the_rate_that_held_on_it() {
        let history = history();
        let on = |text: &str| history.on(day(text)).to_string();
        assert_eq!((on("2025-12-31"), on("2026-01-01")), ("0.05".to_owned(), "0.04".to_owned()));
        assert_eq!((on("2026-02-28"), on("2026-03-01")), ("0.04".to_owned(), "0.03".to_owned()));
    }

    #[test]
    fn a_span_is_cut_where_the_rate_changes() {
        let spans: Vec<_> = history().between(day("2025-12-31"), day("2026-03-02")).collect();
        assert_eq!(
            spans,
            [
                (day("2025-12-31"), day("2026-01-01"), rate("0.05")),
                (day("2026-01-01"), day("2026-03-01"), rate("0.04")),
                (day("2026-03-01"), day("2026-03-02"), rate("0.03")),
            ]
        );
        assert_eq!(history().between(day("2026-05-01"), day("2026-04-01")).count(), 0);
    }

    #[test]
    fn a_mean_weighs_each_rate_by_its_days() {
        // Ten days at 5 %, thirty at 4 %.
        assert_eq!(history().mean(day("2025-12-22"), day("2026-01-31")), rate("0.0425"));
        assert_eq!(history().mean(day("2026-04-01"), day("2026-04-30")), rate("0.03"));
        assert_eq!(
            history().mean(day("2026-03-01"), day("2026-03-01")),
            rate("0.04"),
            "no day: the one before"
        );
    }

    proptest! {
        #[test]
        fn the_spans_are_all_days_once(from in 0_u64..200, days in 0_u64..200) {
            let from = day("2025-11-01") + chrono::Days::new(from);
            let to = from + chrono::Days::new(days);
            let mut next = from;
            for (first, last, held) in history().between(from, to) {
                prop_assert_eq!(first, next);
                prop_assert_eq!(held, history().on(first));
                prop_assert_eq!(held, history().on(last.pred_opt().unwrap()));
                next = last;
            }
            prop_assert_eq!(next, to);
        }
    }
}
