//! What a valuation is made from. The inputs are stored with it, so that it can be made again.

use chrono::NaiveDate;
use contracts::ModelVersionId;
use finance::{Money, Rate};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::{
    catalogue::{PatentRecord, patent::LegalStatus, record::DisputeKind},
    deals::DealEvidence,
    models::model::ModelContent,
    reference::LicenceRow,
    scoring::model::{HumanGrades, LeafCode, Scenario},
};

use super::{defaults::MODEL_VERSION, method_inputs::MethodInputs, stated_revenue::KnownRevenue};

/// The largest seed: a whole number that every JSON reader keeps exact.
pub const SEED_MAX: u64 = (1 << 53) - 1;

/// The shortest life that a request may state, years: the cost of delay of an option, 1 ÷ life, is at most 10 a year.
const LIFE_YEARS_MIN: Decimal = Decimal::from_parts(1, 0, 0, false, 1);

/// Figures that the request states instead of the platform's defaults. None can carry a value agreed in advance:
/// unknown fields are refused (专利资产评估指导意见).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Overrides {
    /// Revenue of the first year of the products under the patent.
    pub annual_revenue: Option<Money>,
    /// Growth of that revenue a year.
    pub revenue_growth: Option<Rate>,
    /// Royalty on revenue.
    pub royalty_rate: Option<Rate>,
    /// Discount rate a year, after tax.
    pub discount_rate: Option<Rate>,
    /// Income tax rate.
    pub tax_rate: Option<Rate>,
    /// What it would cost to develop the technology again.
    pub development_cost: Option<Money>,
    /// Years for which the products will be sold.
    #[serde(deserialize_with = "decimal")]
    pub remaining_economic_life_years: Option<Decimal>,
    /// Years until the technology is superseded, instead of the model of its half-life; protection still ends it.
    #[serde(deserialize_with = "decimal")]
    pub technology_life_years: Option<Decimal>,
    /// Why; required with it, at most 500 characters.
    pub technology_life_reason: Option<String>,
    /// Chance that the technology reaches the market, instead of the model by readiness.
    pub success_probability: Option<Rate>,
    /// Why; required with it, at most 500 characters.
    pub success_reason: Option<String>,
    /// Seed of the simulation; from the patent's number and the date where absent.
    #[serde(deserialize_with = "whole")]
    pub seed: Option<u64>,
}

/// What is wrong with a figure of the request.
pub type FieldFault = (&'static str, &'static str, &'static str);

impl Overrides {
    /// Every figure that cannot be calculated with, by its field.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldFault> {
        let rate = |text: &str| text.parse::<Rate>().unwrap_or_default();
        let between = |value: Option<Rate>, low: &str, high: &str| {
            value.is_none_or(|v| v >= rate(low) && v <= rate(high))
        };
        let amount = |value: Option<Money>| {
            value.is_none_or(|v| {
                v.is_positive() && Money::from_yuan(1_000_000_000_000).is_ok_and(|max| v <= max)
            })
        };
        let life = |years: Option<Decimal>| {
            years.is_none_or(|years| years >= LIFE_YEARS_MIN && years <= Decimal::from(50))
        };
        let said = |stated: bool, reason: &Option<String>| {
            let length = reason.as_deref().map_or(0, |text| text.trim().chars().count());
            length <= 500 && (length > 0) == stated
        };
        let life_said = said(self.technology_life_years.is_some(), &self.technology_life_reason);
        let success_said = said(self.success_probability.is_some(), &self.success_reason);
        let checks = [
            (
                amount(self.annual_revenue),
                "annual_revenue",
                "须大于零且不超过一万亿元",
                "must be above 0, at most 10¹² yuan",
            ),
            (
                between(self.revenue_growth, "-0.5", "1"),
                "revenue_growth",
                "须在 -0.5 与 1 之间",
                "must lie between -0.5 and 1",
            ),
            (
                between(self.royalty_rate, "0.0001", "0.5"),
                "royalty_rate",
                "须在 0.0001 与 0.5 之间",
                "must lie between 0.0001 and 0.5",
            ),
            (
                between(self.discount_rate, "0.01", "1"),
                "discount_rate",
                "须在 0.01 与 1 之间",
                "must lie between 0.01 and 1",
            ),
            (
                between(self.tax_rate, "0", "0.6"),
                "tax_rate",
                "须在 0 与 0.6 之间",
                "must lie between 0 and 0.6",
            ),
            (
                amount(self.development_cost),
                "development_cost",
                "须大于零且不超过一万亿元",
                "must be above 0, at most 10¹² yuan",
            ),
            (
                life(self.remaining_economic_life_years),
                "remaining_economic_life_years",
                "须在 0.1 与 50 之间",
                "must lie between 0.1 and 50",
            ),
            (
                life(self.technology_life_years),
                "technology_life_years",
                "须在 0.1 与 50 之间",
                "must lie between 0.1 and 50",
            ),
            (
                life_said,
                "technology_life_reason",
                "改用自定技术寿命须说明理由（至多 500 字），否则留空",
                "state the reason with the years, at most 500 characters; leave it out without them",
            ),
            (
                between(self.success_probability, "0.01", "1"),
                "success_probability",
                "须在 0.01 与 1 之间",
                "must lie between 0.01 and 1",
            ),
            (
                success_said,
                "success_reason",
                "改用自定成功概率须说明理由（至多 500 字），否则留空",
                "state the reason with the chance, at most 500 characters; leave it out without it",
            ),
            (
                self.seed.is_none_or(|seed| seed <= SEED_MAX),
                "seed",
                "须小于 2 的 53 次方",
                "must be below 2^53",
            ),
        ];
        checks.into_iter().filter(|check| !check.0).map(|(_, field, zh, en)| (field, zh, en)).collect()
    }
}

/// Everything that a valuation depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inputs {
    /// The patent as it was known.
    pub patent: PatentRecord,
    /// What the valuation is for.
    pub purpose: Scenario,
    /// The day it is stated for.
    pub valuation_date: NaiveDate,
    /// Figures of the request.
    pub overrides: Overrides,
    /// What the request states by method.
    #[serde(default, skip_serializing_if = "MethodInputs::is_empty")]
    pub methods: MethodInputs,
    /// Seed of the simulation.
    pub seed: u64,
    /// The version of the model, for people.
    pub model_version: String,
    /// The bank's own version with the hash of its content; absent where the platform's default was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelUsed>,
    /// The hash of the content of the platform's default, where that was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform_hash: Option<String>,
    /// The row of the licence statistics that the royalty rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<RoyaltyEvidence>,
    /// The deals that the market method rests on; none where it rests on the licence statistics.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deals: Vec<DealEvidence>,
    /// Leaves that a person scored otherwise, where an approved override says so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leaves: Vec<LeafMoved>,
    /// What was known of the revenue when the request stated its own; none where it stated none or nothing was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_revenue: Option<KnownRevenue>,
    /// The grades that the request states in place of those on record; the patent's, above, have them in their place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated_grades: Option<HumanGrades>,
}

/// The bank's own version that a valuation was made with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelUsed {
    /// The version.
    pub version_id: ModelVersionId,
    /// SHA-256 of its complete content.
    pub hash: String,
}

/// A row of the licence statistics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoyaltyEvidence {
    /// The row, as cited.
    pub row: String,
    /// Lowest royalty on revenue; absent where it was not published.
    pub royalty_low: Option<Rate>,
    /// Highest.
    pub royalty_high: Option<Rate>,
    /// Mean fee of a contract for a fixed fee; absent where it was not published.
    pub fee_mean: Option<Money>,
    /// Contracts filed; absent in valuations made before they were taken from the row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contracts: Option<u32>,
    /// Patents licensed by them; absent where it was not published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patents: Option<u32>,
    /// Mean term of the contracts for a fixed fee, years; absent where it was not published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee_term_years: Option<Decimal>,
    /// The publication, in Chinese.
    pub source_zh: String,
    /// The publication, in English.
    pub source_en: String,
}

impl RoyaltyEvidence {
    /// Patents in a contract on the mean, where the row says both numbers.
    #[must_use]
    pub fn patents_per_contract(&self) -> Option<Decimal> {
        let (patents, contracts) = self.patents.zip(self.contracts)?;
        Decimal::from(patents).checked_div(Decimal::from(contracts)).filter(|each| *each > Decimal::ZERO)
    }

    /// The mean term of contracts for a fixed fee, where the row says it.
    #[must_use]
    pub fn mean_term_years(&self) -> Option<Decimal> {
        self.fee_term_years.filter(|years| *years > Decimal::ZERO)
    }

    /// The range of royalties, where the row has one.
    #[must_use]
    pub fn range(&self) -> Option<(Rate, Rate)> {
        self.royalty_low.zip(self.royalty_high).filter(|(low, high)| low <= high && *high > Rate::ZERO)
    }
}

impl From<LicenceRow> for RoyaltyEvidence {
    fn from(row: LicenceRow) -> Self {
        let LicenceRow { industry, year, source, citation, version_number, row_number, .. } = row;
        Self {
            row: format!("licence_statistics v{version_number} #{row_number} ({industry}, {year})"),
            royalty_low: row.royalty_low,
            royalty_high: row.royalty_high,
            fee_mean: row.fee_mean,
            contracts: Some(row.contracts),
            patents: row.patents,
            fee_term_years: row.fee_term_years,
            source_zh: format!("{source}，{citation}"),
            source_en: format!("{source}, {citation}"),
        }
    }
}

/// A leaf that a person scored otherwise than the band does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeafMoved {
    /// The leaf.
    pub leaf: LeafCode,
    /// 0–100.
    pub score: Decimal,
}

impl Inputs {
    /// The inputs of a valuation with the platform's default model and no evidence from outside.
    #[must_use]
    pub fn platform(patent: PatentRecord, purpose: Scenario, valuation_date: NaiveDate, seed: u64) -> Self {
        Self {
            patent,
            purpose,
            valuation_date,
            overrides: Overrides::default(),
            methods: MethodInputs::default(),
            seed,
            model_version: MODEL_VERSION.to_owned(),
            model: None,
            platform_hash: Some(ModelContent::platform_default().hash.clone()),
            evidence: None,
            deals: Vec::new(),
            leaves: Vec::new(),
            known_revenue: None,
            stated_grades: None,
        }
    }

    /// The first year's revenue that the request states, yuan: the plan's year by year counts before the single figure.
    #[must_use]
    pub fn stated_revenue(&self) -> Option<Decimal> {
        let plan = self.methods.relief_from_royalty.as_ref();
        let first = plan.and_then(|stated| stated.inputs.revenue.first().copied());
        first.or(self.overrides.annual_revenue.map(Money::yuan))
    }

    /// The hash of the content that the valuation was made with.
    #[must_use]
    pub fn content_hash(&self) -> Option<&str> {
        self.model.as_ref().map(|used| used.hash.as_str()).or(self.platform_hash.as_deref())
    }
}

/// Why a patent is not assessed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ground {
    /// A stable word: `pending`, `lapsed`, `expired`, `invalidated`, `disputed`, `no_facts`.
    pub code: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Ground {
    pub(super) fn new(code: &str, zh: &str, en: &str) -> Self {
        Self { code: code.to_owned(), zh: zh.to_owned(), en: en.to_owned() }
    }
}

/// Every ground on which the patent is not assessed on a day: a right that has ended, is not yet granted or is
/// disputed is not averaged down, it is not assessed.
#[must_use]
pub fn grounds(patent: &PatentRecord, on: NaiveDate) -> Vec<Ground> {
    let status = match patent.legal_status(on) {
        LegalStatus::Granted | LegalStatus::Unknown => None,
        LegalStatus::Pending => {
            Some(Ground::new("pending", "专利申请尚未授权", "the patent is not yet granted"))
        }
        LegalStatus::Lapsed => Some(Ground::new("lapsed", "专利权已终止", "the right has lapsed")),
        LegalStatus::Expired => Some(Ground::new("expired", "专利权保护期已届满", "the term has ended")),
        LegalStatus::Invalidated => {
            Some(Ground::new("invalidated", "专利权已被宣告无效", "the right was declared invalid"))
        }
        LegalStatus::Withdrawn => {
            Some(Ground::new("withdrawn", "专利申请已撤回或放弃", "the application was withdrawn"))
        }
        LegalStatus::Rejected => {
            Some(Ground::new("rejected", "专利申请已被驳回", "the application was refused"))
        }
    };
    let ownership = patent
        .has_open(DisputeKind::Ownership)
        .then(|| Ground::new("disputed", "专利权属存在未决争议", "ownership of the right is in dispute"));
    let preservation = patent
        .has_open(DisputeKind::Preservation)
        .then(|| Ground::new("disputed", "专利权已被法院采取保全措施", "a court has ordered preservation"));
    [status, ownership, preservation].into_iter().flatten().collect()
}

#[derive(Deserialize)]
#[serde(untagged)]
enum NumberOrText {
    Whole(u64),
    Number(f64),
    Text(String),
}

impl NumberOrText {
    fn text(self) -> String {
        match self {
            Self::Whole(number) => number.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text,
        }
    }
}

/// A decimal, as a JSON string like every other figure or as a plain number.
fn decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
    let given = Option::<NumberOrText>::deserialize(deserializer)?;
    given.map(|g| g.text().parse().map_err(serde::de::Error::custom)).transpose()
}

/// A whole number, as a JSON number or as a string of digits.
fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let given = Option::<NumberOrText>::deserialize(deserializer)?;
    given.map(|g| g.text().parse().map_err(serde::de::Error::custom)).transpose()
}
