//! Pictures as SVG, drawn on the server. Colours are the style sheet's tokens, so that pictures follow the
//! theme; figures are for the eye only, the exact ones stand in the table behind each picture.

mod histogram;

use charts_rs::{BarChart, Color, HorizontalBarChart, LineChart, RadarChart, ScatterChart};
use serde_json::{Value, json};

pub use histogram::histogram;

/// Colours that stand for tokens of the style sheet while the picture is drawn.
const TOKENS: [(&str, &str); 8] = [
    ("#100001", "var(--muted)"),
    ("#100002", "var(--line)"),
    ("#100011", "var(--c1)"),
    ("#100012", "var(--c2)"),
    ("#100013", "var(--c3)"),
    ("#100014", "var(--c4)"),
    ("#100015", "var(--c5)"),
    ("#100016", "var(--c6)"),
];
/// Pixels of a letter, of a Chinese character and of the placeholder's letter in the picture's type size.
const LETTER: usize = 7;
const CHARACTER: usize = 12;
const WIDE: usize = 10;
/// Pixels of a label before it is cut.
const LABEL_MAX: usize = 14 * CHARACTER;
/// The same beside a radar, where the picture ends sooner.
const RADAR_LABEL_MAX: usize = 11 * CHARACTER;

/// Named values, one for each category.
#[derive(Debug, Clone)]
pub struct Series {
    /// Its name in the legend.
    pub name: String,
    /// Its values.
    pub values: Vec<f64>,
}

impl Series {
    /// A series.
    pub fn new(name: impl Into<String>, values: Vec<f64>) -> Self {
        Self { name: name.into(), values }
    }
}

/// A picture under way: the options for the library, and the labels that its placeholders stand for. The
/// library measures with a font that has no Chinese characters and would leave no room for them.
struct Sketch {
    options: Value,
    labels: Vec<(String, String)>,
    legend: String,
}

impl Sketch {
    fn new(width: u32, height: u32, labels: &[String], series: &[Series]) -> Self {
        let drawn: Vec<Value> = series.iter().map(|one| json!({ "name": "", "data": one.values })).collect();
        let colors: Vec<&str> = TOKENS.iter().skip(2).map(|(marker, _)| *marker).collect();
        let labels: Vec<(String, String)> = labels
            .iter()
            .enumerate()
            .map(|(i, label)| (placeholder(i, &cut(label, LABEL_MAX)), cut(label, LABEL_MAX)))
            .collect();
        let shown: Vec<&str> = labels.iter().map(|(placeholder, _)| placeholder.as_str()).collect();
        let options = json!({
            "width": width, "height": height, "theme": "light",
            "margin": { "left": 8, "top": 8, "right": 12, "bottom": 8 },
            "series_colors": colors, "series_list": drawn, "x_axis_data": shown, "legend_show": false,
            "x_axis_font_color": "#100001", "x_axis_stroke_color": "#100002", "x_axis_font_size": 12,
            "grid_stroke_color": "#100002", "series_label_font_color": "#100001", "series_label_font_size": 12,
            "y_axis_configs": [{
                "axis_font_color": "#100001", "axis_stroke_color": "#100002", "axis_font_size": 12,
                "axis_formatter": "{t}",
            }],
        });
        Self { options, labels, legend: legend(series) }
    }

    fn stacked(mut self) -> Self {
        if let Some(list) = self.options["series_list"].as_array_mut() {
            for one in list {
                one["stack"] = "all".into();
            }
        }
        self
    }

    /// Puts tokens for colours and labels for placeholders, and drops the font the page does not have.
    fn finish(self, svg: charts_rs::Result<String>) -> String {
        let mut svg = match svg {
            Ok(svg) => svg,
            Err(error) => {
                tracing::warn!(%error, "a picture could not be drawn");
                return String::new();
            }
        };
        for (marker, token) in TOKENS {
            svg = svg.replace(marker, token);
        }
        for (placeholder, label) in &self.labels {
            svg = svg.replace(placeholder, &escaped(label));
        }
        svg = svg.replace("font-family=\"Roboto\"", "");
        // The picture is decoration for those who cannot see it: its summary and table say the same.
        format!("{}{}", self.legend, svg.replacen("<svg ", "<svg aria-hidden=\"true\" ", 1))
    }
}

fn pixels(letter: char) -> usize {
    if letter.is_ascii() { LETTER } else { CHARACTER }
}

/// Letters as wide as the label, unlike any other.
fn placeholder(index: usize, label: &str) -> String {
    let width: usize = label.chars().map(pixels).sum();
    let number = format!("{index:03}");
    let letters = width.saturating_sub(number.len() * LETTER).div_ceil(WIDE).max(1);
    format!("{}{number}Q", "M".repeat(letters))
}

/// The names of several series with their colours; one needs none.
fn legend(series: &[Series]) -> String {
    if series.len() < 2 {
        return String::new();
    }
    let items = series.iter().enumerate().map(|(i, one)| {
        format!(
            "<li><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect width=\"10\" height=\"10\" fill=\"var(--c{})\"/></svg>{}</li>",
            i % 6 + 1,
            escaped(&one.name)
        )
    });
    format!("<ul class=\"legend\">{}</ul>", items.collect::<String>())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn cut(label: &str, room: usize) -> String {
    let mut width = 0;
    let end = label.char_indices().find(|(_, letter)| {
        width += pixels(*letter);
        width > room
    });
    match end {
        Some((at, _)) => format!("{}…", label.get(..at).unwrap_or_default().trim_end()),
        None => label.to_owned(),
    }
}

/// A radar: one ring of named values between 0 and `max`.
#[must_use]
pub fn radar(labels: &[String], values: &[f64], max: f64) -> String {
    if labels.len() < 3 {
        return String::new();
    }
    let labels: Vec<String> = labels.iter().map(|label| cut(label, RADAR_LABEL_MAX)).collect();
    let mut sketch = Sketch::new(560, 380, &labels, &[Series::new("", values.to_vec())]);
    let shown: Vec<Value> =
        sketch.labels.iter().map(|(placeholder, _)| json!({ "name": placeholder, "max": max })).collect();
    sketch.options["x_axis_data"] = json!([]);
    sketch.options["indicators"] = shown.into();
    sketch.options["series_fill"] = true.into();
    let svg = RadarChart::from_json(&sketch.options.to_string()).and_then(|mut chart| {
        chart.background_color = Color::transparent();
        chart.svg()
    });
    sketch.finish(svg)
}

/// Vertical bars beside each other.
#[must_use]
pub fn bars(labels: &[String], series: &[Series]) -> String {
    let sketch = Sketch::new(680, 300, labels, series);
    let svg = BarChart::from_json(&sketch.options.to_string()).and_then(|mut chart| {
        chart.background_color = Color::transparent();
        chart.svg()
    });
    sketch.finish(svg)
}

/// Horizontal bars, stacked: what is used beside what is left. The first label stands on top.
#[must_use]
pub fn stacked_rows(labels: &[String], series: &[Series]) -> String {
    let rows = u32::try_from(labels.len()).unwrap_or(1).clamp(1, 40);
    // The library draws upwards.
    let labels: Vec<String> = labels.iter().rev().cloned().collect();
    let upwards = |one: &Series| Series::new(&*one.name, one.values.iter().rev().copied().collect());
    let series: Vec<Series> = series.iter().map(upwards).collect();
    let sketch = Sketch::new(680, 60 + rows * 34, &labels, &series).stacked();
    let svg = HorizontalBarChart::from_json(&sketch.options.to_string()).and_then(|mut chart| {
        chart.background_color = Color::transparent();
        chart.svg()
    });
    sketch.finish(svg)
}

/// Lines over time; filled where there is one.
#[must_use]
pub fn lines(labels: &[String], series: &[Series]) -> String {
    let mut sketch = Sketch::new(680, 280, labels, series);
    sketch.options["series_fill"] = (series.len() == 1).into();
    let svg = LineChart::from_json(&sketch.options.to_string()).and_then(|mut chart| {
        chart.background_color = Color::transparent();
        chart.svg()
    });
    sketch.finish(svg)
}

/// Points of two amounts of one kind, with the line on which both are alike.
#[must_use]
pub fn scatter(name: &str, alike: &str, points: &[(f64, f64)]) -> String {
    let most = points.iter().flat_map(|(x, y)| [*x, *y]).fold(0.0, f64::max);
    if most <= 0.0 {
        return String::new();
    }
    let flat = points.iter().flat_map(|(x, y)| [*x, *y]).collect();
    let line = (0..=40).map(|step| most * f64::from(step) / 40.0).flat_map(|at| [at, at]).collect();
    let mut sketch = Sketch::new(680, 340, &[], &[Series::new(name, flat), Series::new(alike, line)]);
    sketch.options["x_axis_config"] = sketch.options["y_axis_configs"][0].clone();
    sketch.options["series_symbol_sizes"] = json!([5.0, 1.5]);
    let svg = ScatterChart::from_json(&sketch.options.to_string()).and_then(|mut chart| {
        chart.background_color = Color::transparent();
        chart.svg()
    });
    sketch.finish(svg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_drawn_in_the_colours_of_the_page_and_without_inline_style() {
        let labels: Vec<String> =
            ["法律", "技术", "经济", "一个很长很长很长很长的名字", "e", "f"].map(str::to_owned).into();
        let one = Series::new("已用", vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let two = Series::new("可用", vec![6.0, 5.0, 4.0, 3.0, 2.0, 1.0]);
        for svg in [
            radar(&labels, &one.values, 100.0),
            bars(&labels, std::slice::from_ref(&one)),
            bars(&labels, &[one.clone(), two.clone()]),
            stacked_rows(&labels, &[one.clone(), two.clone()]),
            lines(&labels, &[one]),
        ] {
            assert!(svg.contains("<svg aria-hidden") && svg.contains("经济") && !svg.contains("MM"), "{svg}");
            assert!(svg.contains("var(--c1)") && !svg.contains("#1000"), "{svg}");
            assert!(!svg.contains("style=") && !svg.contains("<style"), "no inline style: {svg}");
        }
        let points = scatter("观测", "相等", &[(1.0, 2.0), (3.0, 2.5)]);
        assert!(points.contains("<svg aria-hidden") && points.contains("var(--c2)"), "{points}");
        assert!(!points.contains("#1000") && !points.contains("style="), "{points}");
        let hostile =
            bars(&["<script>".to_owned()], &[Series::new("<b>", vec![1.0]), Series::new("b", vec![1.0])]);
        assert!(!hostile.contains("<script") && !hostile.contains("<b>"));
    }
}
