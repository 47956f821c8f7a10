//! The report's pictures on paper: the range with the methods in it, the histogram, the tornado, the indices as radar and
//! as bars.

use paper::{Language, Picture, Side};
use rust_decimal::prelude::ToPrimitive;

use super::{model::ReportContent, names};
use finance::{Money, grouped};

const DARK: u8 = 70;
const MIDDLE: u8 = 150;
const LIGHT: u8 = 215;
/// Room on the left for names, as a share of the width.
const NAMES: f32 = 0.26;

/// Where an amount stands between two others, 0 to 1. A place in a picture, not an amount.
#[expect(clippy::cast_precision_loss, reason = "a place in a picture, not an amount")]
fn place(amount: Money, low: Money, high: Money) -> f32 {
    let span = (high.fen() - low.fen()) as f32;
    if span <= 0.0 { 0.5 } else { ((amount.fen() - low.fen()) as f32 / span).clamp(0.0, 1.0) }
}

/// An amount in ten thousand yuan, whole: a label.
fn wan(amount: Money) -> String {
    let fen_a_wan = 1_000_000;
    let whole = amount.fen() / fen_a_wan;
    if whole.abs() >= 10 {
        whole.to_string()
    } else {
        format!("{}.{}", whole, (amount.fen() % fen_a_wan).abs() / 100_000)
    }
}

/// The range bar: low, value, high, with the value of each method that was used.
pub(super) fn range(content: &ReportContent, language: Language) -> Picture {
    let value = &content.result.value;
    let used: Vec<_> = value
        .methods
        .iter()
        .filter_map(|one| one.value.filter(|_| one.considered).map(|v| (one, v)))
        .collect();
    let ends = used.iter().map(|(_, amount)| *amount).chain([value.low, value.high]);
    let (low, high) = ends.fold((value.low, value.high), |(low, high), one| (low.min(one), high.max(one)));
    let at = |amount| 0.06 + 0.88 * place(amount, low, high);
    let mut height = 44.0;
    let mut picture = Picture::new(56.0 + 12.0 * f32::from(u8::try_from(used.len()).unwrap_or(10)));
    picture = picture
        .boxed((at(value.low), 18.0), (at(value.high), 30.0), LIGHT)
        .boxed((at(value.value), 14.0), (at(value.value) + 0.004, 34.0), DARK)
        .words((at(value.low), 2.0), Side::Centre, wan(value.low))
        .words((at(value.high), 2.0), Side::Centre, wan(value.high))
        .words((at(value.value), 34.0), Side::Centre, wan(value.value));
    for (one, amount) in used {
        let name = language.pick(&one.name_zh, &one.name_en);
        picture = picture
            .boxed((at(amount), height + 4.0), (at(amount) + 0.008, height + 10.0), MIDDLE)
            .words((at(amount) + 0.014, height + 2.0), Side::Left, format!("{name} {}", wan(amount)));
        height += 12.0;
    }
    picture
}

/// The histogram of the simulation.
pub(super) fn histogram(content: &ReportContent) -> Picture {
    let bars = &content.result.value.simulation.histogram;
    let highest = bars.iter().map(|bar| bar.count).max().unwrap_or(1).max(1);
    let (top, floor) = (6.0, 86.0);
    let width = 0.92 / f32::from(u8::try_from(bars.len().max(1)).unwrap_or(u8::MAX));
    let mut picture = Picture::new(104.0).boxed((0.04, floor), (0.96, floor + 0.6), DARK);
    let mut left = 0.04;
    for (position, bar) in bars.iter().enumerate() {
        let share = f64::from(bar.count) / f64::from(highest);
        let high = share.to_f32().unwrap_or(0.0) * (floor - top);
        picture = picture.boxed((left, floor - high), (left + width * 0.86, floor), MIDDLE);
        if position % 4 == 0 {
            picture = picture.words((left, floor + 3.0), Side::Left, wan(bar.from));
        }
        left += width;
    }
    match bars.last() {
        Some(last) => picture.words((0.98, floor + 3.0), Side::Right, wan(last.to)),
        None => picture,
    }
}

/// The tornado: the value with each driver at its P10 and its P90.
pub(super) fn tornado(content: &ReportContent, language: Language) -> Picture {
    let bars = &content.result.value.simulation.tornado;
    let all = bars.iter().flat_map(|bar| [bar.low, bar.high]);
    let (low, high) = all.fold((Money::MAX, Money::ZERO), |(low, high), one| (low.min(one), high.max(one)));
    let at = |amount| NAMES + (0.98 - NAMES) * place(amount, low, high);
    let mut picture = Picture::new(16.0 * f32::from(u8::try_from(bars.len()).unwrap_or(20)) + 6.0);
    let mut top = 2.0;
    for bar in bars {
        let (from, to) = (bar.low.min(bar.high), bar.low.max(bar.high));
        picture = picture
            .words((0.0, top), Side::Left, names::figure(&bar.driver, language))
            .boxed((at(from), top), (at(to), top + 11.0), LIGHT)
            .words((at(from) + 0.004, top), Side::Left, wan(from))
            .words((at(to) - 0.004, top), Side::Right, wan(to));
        top += 16.0;
    }
    picture
}

/// How far the radar reaches from its centre, points.
const RADIUS: f32 = 84.0;
/// The height of the radar with the names around it, points.
const RADAR: f32 = 2.0 * RADIUS + 44.0;
/// The rings of the radar, as shares of the whole score.
const RINGS: [f32; 5] = [0.2, 0.4, 0.6, 0.8, 1.0];

/// Where a share of the spoke of a direction ends: the first spoke points upwards, the others follow clockwise.
fn spoke(direction: f32, share: f32) -> (f32, f32) {
    let (sine, cosine) = (direction * std::f32::consts::TAU).sin_cos();
    (0.5 + sine * share * RADIUS / Picture::WIDTH, RADAR / 2.0 - cosine * share * RADIUS)
}

/// The second-level indices as a radar from 0 in the centre to 100 at the rim, as the page shows them. One without a score
/// stands at 0 and says so.
pub(super) fn radar(content: &ReportContent, language: Language) -> Picture {
    let subs: Vec<_> = content.result.score.indices.iter().flat_map(|index| &index.subindices).collect();
    let count = f32::from(u8::try_from(subs.len().max(1)).unwrap_or(u8::MAX));
    let directions: Vec<f32> =
        (0..subs.len()).map(|place| f32::from(u8::try_from(place).unwrap_or(u8::MAX)) / count).collect();
    let scores = subs.iter().map(|sub| sub.score.and_then(|score| score.to_f32()).unwrap_or(0.0) / 100.0);
    let scored = directions.iter().zip(scores).map(|(direction, score)| spoke(*direction, score));
    let mut picture = Picture::new(RADAR).shape(scored.collect::<Vec<_>>(), Some(LIGHT), Some(DARK));
    for ring in RINGS {
        picture =
            picture.shape(directions.iter().map(|direction| spoke(*direction, ring)), None, Some(MIDDLE));
    }
    for (direction, sub) in directions.iter().zip(&subs) {
        let (x, y) = spoke(*direction, 1.0 + 10.0 / RADIUS);
        let side = match x - 0.5 {
            across if across > 0.01 => Side::Left,
            across if across < -0.01 => Side::Right,
            _ => Side::Centre,
        };
        let shown = sub.score.map_or_else(|| "—".to_owned(), |score| score.round_dp(1).to_string());
        let name = language.pick(&sub.name_zh, &sub.name_en);
        picture = picture.shape([spoke(*direction, 0.0), spoke(*direction, 1.0)], None, Some(MIDDLE)).words(
            (x, y - 5.0),
            side,
            format!("{name} {shown}"),
        );
    }
    picture
}

/// The second-level indices as bars from 0 to 100.
pub(super) fn indices(content: &ReportContent, language: Language) -> Picture {
    let subs: Vec<_> = content.result.score.indices.iter().flat_map(|index| &index.subindices).collect();
    let mut picture = Picture::new(13.0 * f32::from(u8::try_from(subs.len()).unwrap_or(20)) + 6.0);
    let mut top = 2.0;
    for sub in subs {
        let score = sub.score.and_then(|score| score.to_f32()).unwrap_or(0.0);
        let end = NAMES + (0.9 - NAMES) * score / 100.0;
        let shown = sub.score.map_or_else(|| "—".to_owned(), |score| score.round_dp(1).to_string());
        picture = picture
            .words((0.0, top), Side::Left, language.pick(&sub.name_zh, &sub.name_en))
            .boxed((NAMES, top + 1.0), (end, top + 9.0), MIDDLE)
            .words((end + 0.01, top), Side::Left, shown);
        top += 13.0;
    }
    picture
}

/// The reconciled value as people read it.
pub(super) fn yuan(amount: Money) -> String {
    grouped(amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spoke_is_as_long_as_its_share_in_every_direction() {
        for direction in [0.0, 0.1, 0.25, 0.5, 0.9] {
            let (x, y) = spoke(direction, 0.6);
            let (across, down) = ((x - 0.5) * Picture::WIDTH, y - RADAR / 2.0);
            assert!((across.hypot(down) - 0.6 * RADIUS).abs() < 0.01, "{direction}");
        }
        let ((_, top), (right, _)) = (spoke(0.0, 1.0), spoke(0.25, 1.0));
        assert!(top < RADAR / 2.0 && right > 0.5, "upwards first, then clockwise");
        assert_eq!(spoke(0.3, 0.0), (0.5, RADAR / 2.0));
    }
}
