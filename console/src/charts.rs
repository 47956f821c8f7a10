//! Pictures as SVG, drawn on the server. Colours are the style sheet's tokens, so that pictures follow the
//! theme; figures are for the eye only, the exact ones stand in the table behind each picture.

use charts_rs::{BarChart, HorizontalBarChart, LineChart, RadarChart};
use serde_json::{Value, json};

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
/// Characters of a label before it is cut.
const LABEL_MAX: usize = 12;

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

fn base(width: u32, height: u32, labels: &[String], series: &[Series]) -> Value {
    let series: Vec<Value> =
        series.iter().map(|one| json!({ "name": one.name, "data": one.values })).collect();
    let colors: Vec<&str> = TOKENS.iter().skip(2).map(|(marker, _)| *marker).collect();
    let labels: Vec<String> = labels.iter().map(|label| cut(label)).collect();
    json!({
        "width": width, "height": height, "theme": "light",
        "margin": { "left": 8, "top": 8, "right": 12, "bottom": 8 },
        "series_colors": colors, "series_list": series, "x_axis_data": labels,
        "legend_font_color": "#100001", "legend_show": series.len() > 1, "legend_align": "left",
        "x_axis_font_color": "#100001", "x_axis_stroke_color": "#100002",
        "grid_stroke_color": "#100002", "series_label_font_color": "#100001",
        "y_axis_configs": [{ "axis_font_color": "#100001", "axis_stroke_color": "#100002", "axis_formatter": "{t}" }],
    })
}

fn cut(label: &str) -> String {
    if label.chars().count() <= LABEL_MAX {
        return label.to_owned();
    }
    label.chars().take(LABEL_MAX - 1).chain(['…']).collect()
}

/// Puts tokens for colours, lets the picture scale, and drops the font the page does not have.
fn themed(svg: charts_rs::Result<String>) -> String {
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
    svg = svg.replace("font-family=\"Roboto\"", "");
    // The picture is decoration for those who cannot see it: its summary and table say the same.
    svg.replacen("<svg ", "<svg aria-hidden=\"true\" ", 1)
}

/// A radar: one ring of named values between 0 and `max`.
#[must_use]
pub fn radar(labels: &[String], name: &str, values: &[f64], max: f64) -> String {
    if labels.len() < 3 {
        return String::new();
    }
    let mut options = base(520, 380, &[], &[Series::new(name, values.to_vec())]);
    let indicators: Vec<Value> =
        labels.iter().map(|label| json!({ "name": cut(label), "max": max })).collect();
    options["indicators"] = indicators.into();
    options["series_fill"] = true.into();
    themed(RadarChart::from_json(&options.to_string()).and_then(|chart| transparent_radar(chart).svg()))
}

fn transparent_radar(mut chart: RadarChart) -> RadarChart {
    chart.background_color = charts_rs::Color::transparent();
    chart
}

/// Vertical bars; stacked, or beside each other.
#[must_use]
pub fn bars(labels: &[String], series: &[Series], stacked: bool) -> String {
    let mut options = base(680, 300, labels, series);
    if stacked && let Some(list) = options["series_list"].as_array_mut() {
        for one in list {
            one["stack"] = "all".into();
        }
    }
    themed(BarChart::from_json(&options.to_string()).and_then(|mut chart| {
        chart.background_color = charts_rs::Color::transparent();
        chart.svg()
    }))
}

/// Horizontal bars, stacked: what is used beside what is left.
#[must_use]
pub fn stacked_rows(labels: &[String], series: &[Series]) -> String {
    let rows = u32::try_from(labels.len()).unwrap_or(1).clamp(1, 40);
    let mut options = base(680, 80 + rows * 34, labels, series);
    if let Some(list) = options["series_list"].as_array_mut() {
        for one in list {
            one["stack"] = "all".into();
        }
    }
    themed(HorizontalBarChart::from_json(&options.to_string()).and_then(|mut chart| {
        chart.background_color = charts_rs::Color::transparent();
        chart.svg()
    }))
}

/// Lines over time; filled where there is one.
#[must_use]
pub fn lines(labels: &[String], series: &[Series]) -> String {
    let mut options = base(680, 280, labels, series);
    options["series_fill"] = (series.len() == 1).into();
    options["series_smooth"] = false.into();
    themed(LineChart::from_json(&options.to_string()).and_then(|mut chart| {
        chart.background_color = charts_rs::Color::transparent();
        chart.svg()
    }))
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
            radar(&labels, "分值", &one.values, 100.0),
            bars(&labels, std::slice::from_ref(&one), false),
            bars(&labels, &[one.clone(), two.clone()], true),
            stacked_rows(&labels, &[one.clone(), two.clone()]),
            lines(&labels, &[one]),
        ] {
            assert!(svg.starts_with("<svg "), "{svg}");
            assert!(svg.contains("var(--c1)") && !svg.contains("#1000"), "{svg}");
            assert!(!svg.contains("style=") && !svg.contains("<style"), "no inline style: {svg}");
        }
        assert_eq!(bars(&[], &[], false).find("<script"), None);
    }
}
