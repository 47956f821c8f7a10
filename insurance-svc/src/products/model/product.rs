//! One version of one product's terms.

use chrono::NaiveDate;
use finance::{Money, Rate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A sentence of the terms in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Wording {
    /// 中文
    pub zh: String,
    /// English
    pub en: String,
}

/// Where a parameter comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Source {
    /// The parameter or factor; `*` for every other one.
    pub of: String,
    /// `cited` or `platform default`.
    pub status: String,
    /// 中文
    pub zh: String,
    /// English
    pub en: String,
}

/// What a policy of the product is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InsuredObject {
    /// One patent.
    Patent,
    /// One pledge loan; the bank is paid.
    Loan,
}

/// From when the waiting period runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WaitingPeriod {
    /// From the first day of cover: what happens within it is not covered.
    FromInception,
    /// From the insured event: nothing is paid within it.
    FromOccurrence,
}

/// A lower limit for one kind of cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SubLimit {
    /// The cause of claim that it applies to.
    pub code: String,
    /// 中文
    pub name_zh: String,
    /// English
    pub name_en: String,
    /// Its share of the limit per claim.
    pub share: Rate,
}

/// Something the applicant declares; it is asked for where eligibility needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Declaration {
    /// The code, sent as `factors.{code} = "yes"`.
    pub code: String,
    /// 中文
    pub name_zh: String,
    /// English
    pub name_en: String,
}

/// How a rating factor works on the premium.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FactorKind {
    /// The rate a year that everything starts from, as a premium for an amount of cover.
    Base,
    /// The length of cover in years.
    Term,
    /// A multiplier by a named value.
    Choice,
    /// A multiplier by where a measure falls.
    Band,
}

/// One line of a rating table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FactorValue {
    /// The value's code.
    pub value: String,
    /// 中文
    pub name_zh: String,
    /// English
    pub name_en: String,
    /// Choices and bands: what the premium is multiplied by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub multiplier: Option<Decimal>,
    /// Bands: the lower end, included; the next band's is the upper end, excluded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub from: Option<Decimal>,
    /// Base: the premium a year …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub premium: Option<Money>,
    /// … for this much cover.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cover: Option<Money>,
    /// Whether a quote with this value is referred to a second underwriter.
    #[serde(default)]
    pub refer: bool,
}

/// A rating factor with its table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Factor {
    /// The code.
    pub code: String,
    /// How it works.
    pub kind: FactorKind,
    /// Whether the underwriter states it; otherwise it follows from patent, loan or terms.
    #[serde(default)]
    pub asked: bool,
    /// The value where none is stated.
    #[serde(default)]
    pub default: Option<String>,
    /// 中文
    pub name_zh: String,
    /// English
    pub name_en: String,
    /// Its table.
    pub values: Vec<FactorValue>,
}

/// A product in one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Product {
    /// `enforcement`, `pledge_loan_guarantee`.
    pub code: String,
    /// The version of terms and tables; a quote records it.
    pub version: String,
    /// The first day on which it is sold.
    pub effective_from: NaiveDate,
    /// 中文
    pub name_zh: String,
    /// English
    pub name_en: String,
    /// What is insured, in words.
    pub insured_object_zh: String,
    /// What is insured, in words.
    pub insured_object_en: String,
    /// What a policy names.
    pub insures: InsuredObject,
    /// ISO country code of where it applies.
    pub territory: String,
    /// Days; see `waiting_period_runs`.
    pub waiting_period_days: u32,
    /// From when they run.
    pub waiting_period_runs: WaitingPeriod,
    /// Deductible a claim where the quote names none.
    pub deductible: Money,
    /// Share of each loss that the insured bears, where the quote names none.
    pub coinsurance: Rate,
    /// Lower limits by cause.
    pub sub_limits: Vec<SubLimit>,
    /// The highest aggregate limit sold.
    pub limit_max: Money,
    /// The highest aggregate limit that one underwriter binds alone.
    pub referral_limit: Money,
    /// The longest cover, months.
    pub term_months_max: u32,
    /// The lowest premium.
    pub minimum_premium: Money,
    /// Years that the patent must still have to live at the start of cover.
    pub minimum_patent_years: u32,
    /// Where the parameters come from.
    pub sources: Vec<Source>,
    /// What the applicant may have to declare.
    pub declarations: Vec<Declaration>,
    /// What is not covered.
    pub exclusions: Vec<Wording>,
    /// What a claim must bring.
    pub claim_documents: Vec<Wording>,
    /// The rating tables, in the order in which they apply.
    pub rating_factors: Vec<Factor>,
}

impl Product {
    /// The sub-limit for a cause of claim under a limit per claim, where the product has one.
    #[must_use]
    pub fn sub_limit(&self, cause: &str) -> Option<&SubLimit> {
        self.sub_limits.iter().find(|sub_limit| sub_limit.code == cause)
    }
}
