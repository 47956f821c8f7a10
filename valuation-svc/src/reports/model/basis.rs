//! What a signature rests on: the preparer signs figures that an override, a new entry of the patent's timeline or another
//! version of the methods may change before the reviewer issues them. Nothing is issued under a signature that was given
//! for something else.

use chrono::NaiveDate;
use finance::{Money, Rate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{catalogue::patent::LegalStatus, scoring::model::Grade, valuations::model::Appraised};

/// A method that counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedMethod {
    /// Its code.
    pub code: String,
    /// Its name in Chinese.
    pub name_zh: String,
    /// Its name in English.
    pub name_en: String,
    /// Its share of the value.
    pub weight: Rate,
}

/// What was signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// The value.
    pub value: Money,
    /// The methods that count.
    pub methods: Vec<SignedMethod>,
    /// The last day on which the valuation may be relied on.
    pub valid_until: NaiveDate,
    /// The patent's status in the catalogue on the day of the signature.
    pub legal_status: LegalStatus,
    /// The grade; absent where coverage is too low for one.
    pub grade: Option<Grade>,
    /// How far the score rests on recorded facts, 0–1.
    pub confidence: Decimal,
}

/// Something that is another than it was when it was signed: what was signed, what is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The value.
    Value(Money, Money),
    /// The methods that count, or their weights.
    Methods(Vec<SignedMethod>, Vec<SignedMethod>),
    /// The end of validity.
    ValidUntil(NaiveDate, NaiveDate),
    /// The patent's status.
    LegalStatus(LegalStatus, LegalStatus),
    /// The grade.
    Grade(Option<Grade>, Option<Grade>),
    /// The confidence.
    Confidence(Decimal, Decimal),
}

impl Basis {
    /// What a result rests on, with the patent's status in the catalogue.
    #[must_use]
    pub fn of(result: &Appraised, legal_status: LegalStatus) -> Self {
        let methods = result.value.methods.iter().filter(|one| one.considered).map(|one| SignedMethod {
            code: one.method.clone(),
            name_zh: one.name_zh.clone(),
            name_en: one.name_en.clone(),
            weight: one.weight,
        });
        Self {
            value: result.value.value,
            methods: methods.collect(),
            valid_until: result.valid_until,
            legal_status,
            grade: result.score.grade,
            confidence: result.score.confidence,
        }
    }

    /// What has changed since this was signed.
    #[must_use]
    pub fn changes(&self, now: &Self) -> Vec<Change> {
        [
            (self.value != now.value).then_some(Change::Value(self.value, now.value)),
            (self.methods != now.methods).then(|| Change::Methods(self.methods.clone(), now.methods.clone())),
            (self.valid_until != now.valid_until)
                .then_some(Change::ValidUntil(self.valid_until, now.valid_until)),
            (self.legal_status != now.legal_status)
                .then_some(Change::LegalStatus(self.legal_status, now.legal_status)),
            (self.grade != now.grade).then_some(Change::Grade(self.grade, now.grade)),
            (self.confidence != now.confidence)
                .then_some(Change::Confidence(self.confidence, now.confidence)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
