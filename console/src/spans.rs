//! Bars that float on one scale: a waterfall from one figure to another, a tornado around a middle, a range. The library
//! behind [`charts`](crate::charts) draws bars from zero only.

/// Width of the picture, of its labels and of its figures; height of a row; pixels.
const WIDTH: f64 = 680.0;
const LABELS: f64 = 190.0;
const FIGURES: f64 = 96.0;
const ROW: f64 = 28.0;
/// Characters of a label before it is cut.
const LABEL_CHARS: usize = 15;

/// How a bar is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// A sum: from zero.
    Sum,
    /// More.
    Up,
    /// Less.
    Down,
}

/// One bar.
#[derive(Debug, Clone)]
pub struct Span {
    /// Its label.
    pub label: String,
    /// Where it begins.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// The figure beside it.
    pub figure: String,
    /// Its colour.
    pub tone: Tone,
}

impl Span {
    /// A bar between two figures: more where it rises, less where it falls.
    pub fn new(label: impl Into<String>, from: f64, to: f64, figure: impl Into<String>) -> Self {
        let tone = if to >= from { Tone::Up } else { Tone::Down };
        Self { label: label.into(), from, to, figure: figure.into(), tone }
    }

    /// A bar from zero.
    pub fn sum(label: impl Into<String>, to: f64, figure: impl Into<String>) -> Self {
        Self { tone: Tone::Sum, ..Self::new(label, 0.0, to, figure) }
    }
}

/// The picture; a dashed line at `mark` where there is one. Empty where there is nothing to draw.
#[must_use]
pub fn spans(rows: &[Span], mark: Option<f64>) -> String {
    let ends = rows.iter().flat_map(|row| [row.from, row.to]).chain(mark);
    let (low, high) = ends
        .filter(|x| x.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
    if rows.is_empty() || low > high {
        return String::new();
    }
    let room = WIDTH - LABELS - FIGURES;
    let scale = if high > low { room / (high - low) } else { 0.0 };
    let x = |value: f64| LABELS + (value - low) * scale;
    let mut height = 8.0;
    let mut inner = String::new();
    for row in rows {
        let (left, right) = (x(row.from.min(row.to)), x(row.from.max(row.to)));
        let colour = match row.tone {
            Tone::Sum => 1,
            Tone::Up => 2,
            Tone::Down => 4,
        };
        // A figure that moves nothing still shows where it stands.
        let width = (right - left).max(1.5);
        let text = height + 18.0;
        inner.push_str(&format!(
            "<text x=\"{:.1}\" y=\"{text:.1}\" text-anchor=\"end\">{}</text>\
             <rect x=\"{left:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"16\" fill=\"var(--c{colour})\"/>\
             <text x=\"{WIDTH:.1}\" y=\"{text:.1}\" text-anchor=\"end\">{}</text>",
            LABELS - 8.0,
            escaped(&cut(&row.label)),
            height + 5.0,
            escaped(&row.figure),
        ));
        height += ROW;
    }
    let line = mark.filter(|mark| mark.is_finite()).map_or_else(String::new, |mark| {
        format!(
            "<line x1=\"{0:.1}\" x2=\"{0:.1}\" y1=\"4\" y2=\"{1:.1}\" stroke=\"var(--muted)\" stroke-dasharray=\"4 3\"/>",
            x(mark),
            height
        )
    });
    format!(
        "<svg aria-hidden=\"true\" viewBox=\"0 0 {WIDTH:.0} {:.0}\" font-size=\"12\" fill=\"var(--muted)\">{line}{inner}</svg>",
        height + 8.0
    )
}

fn cut(label: &str) -> String {
    match label.char_indices().nth(LABEL_CHARS * if label.is_ascii() { 2 } else { 1 }) {
        Some((at, _)) => format!("{}…", label.get(..at).unwrap_or_default().trim_end()),
        None => label.to_owned(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waterfall_floats_on_one_scale_and_is_drawn_in_the_colours_of_the_page() {
        let svg = spans(
            &[Span::sum("群组均值", 50.0, "50.00"), Span::new("<法律>", 50.0, 45.0, "-5.00")],
            Some(50.0),
        );
        assert!(svg.contains("var(--c1)") && svg.contains("var(--c4)") && svg.contains("stroke-dasharray"));
        assert!(svg.contains("&lt;法律&gt;") && !svg.contains("style="), "{svg}");
        assert!(spans(&[], None).is_empty() && !spans(&[Span::sum("a", 0.0, "0")], None).contains("NaN"));
    }
}
