//! What moved a score since the last one, leaf by leaf, with its causes.
//!
//! The score before is told by what was kept of it ([`SaidLeaves`]), the score now by its tree. Between the two stands a
//! third: the facts of before by the tree of now. From the first to the second the definition alone moves it (leaves come
//! and go, weights, bands, what a leaf reads), from the second to the third the facts alone do; so the tree of before is not
//! needed. Where the tree read nothing of a leaf before, or read another figure, the fact of now stands in for it; so of a
//! leaf that reads another figure nobody can tell whether its definition moved it or a change of its fact.
//!
//! Within a step a leaf's contribution, value × share, moves by share₀ × (value₁ − value₀) + value₁ × (share₁ − share₀).
//! All parts are whole numbers and sum to the move exactly; in hundredths of a point they are apportioned by largest
//! remainders, so that they sum to the change of the printed total exactly, too.

use rust_decimal::{Decimal, RoundingStrategy::MidpointAwayFromZero};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    leaf::LeafCode,
    report::rounded,
    said::{HUNDREDTH, Said, SaidLeaves, code_of, key, said},
    weigh::{FactRow, Scorer},
};

/// Days of a year, as ages and terms are counted.
const YEAR_DAYS: f64 = 365.25;

/// Why a leaf moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The fact changed.
    Fact,
    /// Time passed: the right is older, its term shorter.
    Time,
    /// The fact was unknown and is on record now.
    BecameKnown,
    /// The fact was on record and no longer is.
    BecameUnknown,
    /// Another leaf became known or unknown and the weights were redistributed.
    Reweighted,
    /// The tree of now has the leaf, that of before had not.
    LeafAdded,
    /// The tree of before had the leaf, that of now has not.
    LeafRemoved,
    /// The tree of now weighs the leaf otherwise, by its own weight or by those above and beside it.
    WeightChanged,
    /// The tree of now gives other points for the same fact.
    BandChanged,
    /// The leaf reads another figure than before; that its fact changed, too, cannot be told apart from it.
    ReadingChanged,
}

impl Cause {
    /// Whether the definition of the index moved it for certain, no fact and no day.
    #[must_use]
    pub const fn is_definition(self) -> bool {
        matches!(self, Self::LeafAdded | Self::LeafRemoved | Self::WeightChanged | Self::BandChanged)
    }
}

/// One cause's part in the move of a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ScoreChangePart)]
pub struct Part {
    /// The cause.
    pub cause: Cause,
    /// Points gained or lost by it, two decimals.
    pub points: Decimal,
}

/// One leaf's part in a change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LeafChange {
    /// The code of the leaf, such as `L23`; one that today's tree no longer has may be among them.
    pub code: String,
    /// Why, above all: the cause with the largest part.
    pub cause: Cause,
    /// The fact before; absent where unknown.
    pub before: Option<Decimal>,
    /// The fact now.
    pub after: Option<Decimal>,
    /// Points by the band before, 0–100; absent where unknown.
    #[serde(default)]
    pub value_before: Option<Decimal>,
    /// Points by the band now.
    #[serde(default)]
    pub value_after: Option<Decimal>,
    /// Share of the total before, four decimals; absent where unknown.
    #[serde(default)]
    pub weight_before: Option<Decimal>,
    /// Share of the total now.
    #[serde(default)]
    pub weight_after: Option<Decimal>,
    /// Points that it gave before, rounded to two decimals on its own.
    #[serde(default)]
    pub contribution_before: Decimal,
    /// Points that it gives now, rounded to two decimals on its own.
    #[serde(default)]
    pub contribution_after: Decimal,
    /// Points gained or lost, two decimals: those of all leaves sum to the change of the total.
    pub points: Decimal,
    /// The same by cause; they sum to `points`.
    #[serde(default)]
    pub parts: Vec<Part>,
}

/// A leaf's move before it is printed.
struct Move {
    code: String,
    before: Option<Said>,
    after: Option<Said>,
    /// In 10⁻¹² of a point; none of nothing.
    parts: Vec<(Cause, i64)>,
}

impl Move {
    fn exact(&self) -> i64 {
        self.parts.iter().map(|(_, part)| part).sum()
    }

    /// Whether it is told although its points round to nothing: the tree has another set of leaves.
    fn is_of_the_tree(&self) -> bool {
        self.parts.iter().any(|(cause, _)| matches!(cause, Cause::LeafAdded | Cause::LeafRemoved))
    }
}

impl SaidLeaves {
    /// Whether a leaf of a tree reads another figure than it did for this score, even where it moved nothing.
    #[must_use]
    pub fn was_read_otherwise(&self, scorer: &Scorer) -> bool {
        let keys: Vec<String> = scorer.codes().map(key).collect();
        let otherwise = |kept: &String, now: &String| code_of(kept) == code_of(now) && kept != now;
        self.0.iter().any(|(kept, _)| keys.iter().any(|now| otherwise(kept, now)))
    }
}

/// The leaves that moved between two scores, the largest move first.
///
/// `hundredths` is the change of the printed total, to which the points of all leaves sum exactly; `days` have passed
/// between the two.
#[must_use]
pub fn changes(
    before: &SaidLeaves,
    (scorer, facts): (&Scorer, &FactRow),
    hundredths: i64,
    days: i64,
) -> Vec<LeafChange> {
    let mut moves = moves(before, scorer, facts, days);
    let exact: Vec<i64> = moves.iter().map(Move::exact).collect();
    let points = apportioned(&exact, hundredths);
    for (one, points) in moves.iter_mut().zip(&points) {
        // Less than what is kept of a leaf can tell: only days move a score by so little.
        if one.parts.is_empty() && *points != 0 {
            one.parts.push((Cause::Time, points * HUNDREDTH));
        }
    }
    let mut told: Vec<(i64, LeafChange)> =
        moves.iter().zip(points).filter_map(|(one, points)| printed(one, points)).collect();
    told.sort_by_key(|(size, _)| std::cmp::Reverse(*size));
    told.into_iter().map(|(_, change)| change).collect()
}

fn moves(before: &SaidLeaves, scorer: &Scorer, facts: &FactRow, days: i64) -> Vec<Move> {
    let codes: Vec<LeafCode> = scorer.codes().collect();
    let names: Vec<String> = codes.iter().map(|code| format!("{code:?}")).collect();
    let kept = |name: &String| before.0.iter().find(|(kept, _)| code_of(kept) == name);
    let old: Vec<Option<&(String, Option<Said>)>> = names.iter().map(kept).collect();
    let mut between = *facts;
    for ((slot, code), old) in between.iter_mut().zip(&codes).zip(&old) {
        if let Some((kept, said)) = old
            && *kept == key(*code)
        {
            *slot = said.map_or(f64::NAN, |said| said.fact);
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "day counts are far below 2^52")]
    let years = days as f64 / YEAR_DAYS;
    let (middle, now) = (said(scorer, &between), said(scorer, facts));
    let mut found = Vec::with_capacity(codes.len());
    let leaves = codes.into_iter().zip(names).zip(old);
    for (((code, name), old), (middle, now)) in leaves.zip(middle.into_iter().zip(now)) {
        let was = old.and_then(|(_, said)| *said);
        let mut parts = match old {
            None => vec![(Cause::LeafAdded, points(middle))],
            Some((kept, _)) if *kept != key(code) => {
                vec![(Cause::ReadingChanged, points(middle) - points(was))]
            }
            Some(_) => step(was, middle, Cause::BandChanged, Cause::WeightChanged),
        };
        let fact = match (middle, now) {
            (None, Some(_)) => Cause::BecameKnown,
            (Some(_), None) => Cause::BecameUnknown,
            (Some(was), Some(is)) if code.ages() && (was.fact - is.fact).abs() <= years + 2e-6 => Cause::Time,
            _ => Cause::Fact,
        };
        parts.extend(step(middle, now, fact, Cause::Reweighted));
        let of_the_tree = old.is_none();
        parts.retain(|(cause, part)| *part != 0 || (of_the_tree && *cause == Cause::LeafAdded));
        found.push(Move { code: name, before: was, after: now, parts });
    }
    let gone = before.0.iter().filter(|(kept, _)| {
        let code = code_of(kept);
        !found.iter().any(|one| one.code == code)
    });
    let gone: Vec<Move> = gone
        .map(|(kept, was)| Move {
            code: code_of(kept).to_owned(),
            before: *was,
            after: None,
            parts: vec![(Cause::LeafRemoved, -points(*was))],
        })
        .collect();
    found.extend(gone);
    found
}

fn points(said: Option<Said>) -> i64 {
    said.map_or(0, Said::contribution)
}

/// What moves a leaf from one figure to another: its value, and its share.
fn step(from: Option<Said>, to: Option<Said>, value: Cause, share: Cause) -> Vec<(Cause, i64)> {
    match (from, to) {
        (Some(from), Some(to)) => {
            vec![(value, from.share * (to.value - from.value)), (share, to.value * (to.share - from.share))]
        }
        (from, to) => vec![(value, points(to) - points(from))],
    }
}

/// Hundredths that sum to `whole`, for figures in 10⁻¹² of a point: each rounded down, what is left goes to the largest
/// remainders. What did not move gets nothing, unless nothing moved at all.
fn apportioned(exact: &[i64], whole: i64) -> Vec<i64> {
    let mut given: Vec<i64> = exact.iter().map(|one| one.div_euclid(HUNDREDTH)).collect();
    let moved = |at: &usize| exact.get(*at).is_some_and(|one| *one != 0);
    let mut order: Vec<usize> = (0..exact.len()).filter(moved).collect();
    if order.is_empty() {
        order = (0..exact.len()).collect();
    }
    order.sort_by_key(|at| std::cmp::Reverse(exact.get(*at).map_or(0, |one| one.rem_euclid(HUNDREDTH))));
    let mut left = whole - given.iter().sum::<i64>();
    if left < 0 {
        order.reverse();
    }
    for at in order.iter().cycle() {
        if left == 0 {
            break;
        }
        if let Some(one) = given.get_mut(*at) {
            *one += left.signum();
            left -= left.signum();
        }
    }
    given
}

fn printed(one: &Move, points: i64) -> Option<(i64, LeafChange)> {
    let exact: Vec<i64> = one.parts.iter().map(|(_, part)| *part).collect();
    let shares = apportioned(&exact, points);
    let parts: Vec<Part> = one
        .parts
        .iter()
        .zip(&shares)
        .filter(|((cause, _), share)| **share != 0 || matches!(cause, Cause::LeafAdded | Cause::LeafRemoved))
        .map(|((cause, _), share)| Part { cause: *cause, points: Decimal::new(*share, 2) })
        .collect();
    if parts.is_empty() && !one.is_of_the_tree() {
        return None;
    }
    let (cause, _) = one.parts.iter().max_by_key(|(_, part)| part.abs())?;
    let known = |said: Option<Said>| said.map(|said| rounded(said.fact, 2));
    let value = |said: Option<Said>| said.map(|said| units(said.value, 5, 2));
    let weight = |said: Option<Said>| said.map(|said| units(said.share, 7, 4));
    let contribution = |said: Option<Said>| units(said.map_or(0, Said::contribution), 12, 2);
    let change = LeafChange {
        code: one.code.clone(),
        cause: *cause,
        before: known(one.before),
        after: known(one.after),
        value_before: value(one.before),
        value_after: value(one.after),
        weight_before: weight(one.before),
        weight_after: weight(one.after),
        contribution_before: contribution(one.before),
        contribution_after: contribution(one.after),
        points: Decimal::new(points, 2),
        parts,
    };
    Some((one.exact().abs(), change))
}

/// Whole units of `of` decimals, half away from zero to `places`.
fn units(whole: i64, of: u32, places: u32) -> Decimal {
    let mut printed = Decimal::new(whole, of).round_dp_with_strategy(places, MidpointAwayFromZero);
    printed.rescale(places);
    printed
}

#[cfg(test)]
#[path = "change_tests.rs"]
mod tests;
