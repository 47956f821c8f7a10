//! One value as it is shown: figures, states, links.

use serde_json::Value;

use crate::{desk::Desk, figures, value::Facts};

/// One value as shown.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    /// What is read.
    pub text: String,
    /// A second, quieter line.
    pub sub: String,
    /// The exact value where the text is shortened.
    pub title: String,
    /// Where it leads.
    pub href: String,
    /// `ok`, `warn`, `risk`, `info` or `plain` for a badge; empty for plain text.
    pub tone: &'static str,
    /// A mark beside it.
    pub mark: String,
    /// Right-aligned figures.
    pub numeric: bool,
    /// Never broken into lines.
    pub fixed: bool,
    /// A bar from 0 to 100 under the text.
    pub bar: Option<f64>,
}

impl Cell {
    /// Plain text; nothing becomes a dash.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { text: if text.is_empty() { "—".to_owned() } else { text }, ..Self::default() }
    }

    /// A figure as it is.
    pub fn figure(text: impl Into<String>) -> Self {
        Self { numeric: true, ..Self::text(text) }
    }

    /// An amount in yuan, exact.
    #[must_use]
    pub fn yuan(amount: &str) -> Self {
        Self::figure(figures::yuan(amount))
    }

    /// An amount in 万元, the exact one as title.
    #[must_use]
    pub fn wan(amount: &str) -> Self {
        Self { title: figures::yuan(amount), ..Self::figure(figures::wan(amount)) }
    }

    /// A fraction in percent.
    #[must_use]
    pub fn percent(rate: &str) -> Self {
        Self::figure(figures::percent(rate))
    }

    /// A day.
    #[must_use]
    pub fn day(text: &str) -> Self {
        Self { fixed: true, ..Self::text(figures::day(text)) }
    }

    /// A stamp in Chinese standard time.
    #[must_use]
    pub fn stamp(text: &str) -> Self {
        Self { fixed: true, ..Self::text(figures::stamp(text)) }
    }

    /// A state: word and colour.
    #[must_use]
    pub fn state(desk: &Desk, value: &str) -> Self {
        Self { tone: tone(value), ..Self::text(desk.word(value)) }
    }

    /// A badge with its own words.
    pub fn badge(text: impl Into<String>, tone: &'static str) -> Self {
        Self { tone, ..Self::text(text) }
    }

    /// Leads somewhere.
    #[must_use]
    pub fn to(mut self, href: impl Into<String>) -> Self {
        self.href = href.into();
        self
    }

    /// With a second line.
    #[must_use]
    pub fn under(mut self, sub: impl Into<String>) -> Self {
        self.sub = sub.into();
        self
    }

    /// With a mark beside it.
    #[must_use]
    pub fn marked(mut self, mark: impl Into<String>) -> Self {
        self.mark = mark.into();
        self
    }

    /// With a bar of so many percent.
    #[must_use]
    pub fn with_bar(mut self, percent: f64) -> Self {
        self.bar = Some(percent);
        self
    }

    /// The bar's width as an SVG length.
    #[must_use]
    pub fn bar_width(&self) -> String {
        format!("{:.1}", self.bar.unwrap_or_default().clamp(0.0, 100.0))
    }
}

/// The semantic colour of a state; its word always stands beside it.
#[must_use]
pub fn tone(value: &str) -> &'static str {
    match value {
        "active" | "approved" | "registered" | "granted" | "in_force" | "finished" | "paid" | "repaid"
        | "disbursed" | "completed" | "ready" | "live" | "ok" | "up" | "true" => "ok",
        "proposed" | "submitted" | "assessed" | "notified" | "queued" | "running" | "open" | "pending"
        | "due" | "soft" | "warning" | "medium" | "low" | "suspended" | "paused" | "unknown" => "warn",
        "refused" | "failed" | "lapsed" | "invalidated" | "unpaid" | "hard" | "overdue" | "critical"
        | "high" | "down" | "false" => "risk",
        "bound" | "info" => "info",
        _ => "plain",
    }
}

/// Who did something: the API gives a name or an object with one.
#[must_use]
pub fn person(value: &Value) -> String {
    match value {
        Value::String(name) => name.clone(),
        other => match other.text("name") {
            "" => other.text("user_name").to_owned(),
            name => name.to_owned(),
        },
    }
}
