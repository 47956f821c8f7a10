//! A warning: which rule, about what, with which figure against which threshold.

use chrono::{DateTime, Utc};
use contracts::OrgId;
use rust_decimal::Decimal;
use serde::Serialize;
use uuid::Uuid;

use super::rule::{Code, Severity, rule};

/// A warning that stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct Warning {
    /// The same as long as the same thing is meant: the rule and its subjects.
    pub id: String,
    /// The rule.
    pub rule: Code,
    /// How grave it is.
    pub severity: Severity,
    /// What it is about: `loan`, `facility`, `patent`, `enterprise`.
    pub subject: &'static str,
    /// Which one.
    pub subject_id: Uuid,
    /// The bank concerned.
    pub bank_id: OrgId,
    /// Its name.
    pub bank_name: String,
    /// 标题
    pub title_zh: &'static str,
    /// Title
    pub title_en: &'static str,
    /// 详情
    pub detail_zh: String,
    /// Details
    pub detail_en: String,
    /// The figure found.
    #[schema(value_type = String)]
    pub value: Decimal,
    /// The figure from which it warns.
    #[schema(value_type = String)]
    pub threshold: Decimal,
    /// Since when it stands, as far as events tell.
    pub raised_at: DateTime<Utc>,
    /// Always `open`: a warning ends when what it is about ends.
    pub status: &'static str,
}

/// What a warning is about.
pub(super) struct About {
    pub subject: &'static str,
    pub subject_id: Uuid,
    pub bank_id: Uuid,
    pub bank_name: String,
    pub since: DateTime<Utc>,
}

impl Warning {
    /// A warning by the rule of `code`, with its figures and its sentences.
    pub(super) fn new(
        code: Code,
        about: About,
        figures: (Decimal, Decimal),
        texts: (String, String),
    ) -> Self {
        let rule = rule(code);
        Self {
            id: format!("{}:{}:{}", code.name(), about.bank_id.simple(), about.subject_id.simple()),
            rule: code,
            severity: rule.severity,
            subject: about.subject,
            subject_id: about.subject_id,
            bank_id: about.bank_id.into(),
            bank_name: about.bank_name,
            title_zh: rule.title_zh,
            title_en: rule.title_en,
            detail_zh: texts.0,
            detail_en: texts.1,
            value: figures.0.normalize(),
            threshold: figures.1.normalize(),
            raised_at: about.since,
            status: "open",
        }
    }
}

/// A fraction as a percentage with at most two decimals, for sentences.
#[must_use]
pub(super) fn percent(fraction: Decimal) -> String {
    format!("{} %", (fraction * Decimal::ONE_HUNDRED).round_dp(2).normalize())
}
