//! A quote as the API shows it.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{LoanId, OrgId, PatentId, QuoteId};
use finance::{Money, Rate};
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::ToSchema;

use super::{
    model::{RatingLine, Reason},
    store::quote,
};

/// Where a quote is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuoteStatus {
    /// May be bound.
    Open,
    /// Has become a policy.
    Bound,
    /// Its validity is over.
    Expired,
}

/// Whether a second underwriter must bind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Referral {
    /// Whether another underwriter than the maker must bind.
    pub required: bool,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// A quote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Quote {
    /// The quote.
    pub id: QuoteId,
    /// Its number.
    pub number: String,
    /// The product's code.
    pub product: String,
    /// The insurer.
    pub insurer_id: OrgId,
    /// Its name.
    pub insurer_name: String,
    /// Who is insured.
    pub insured_id: OrgId,
    /// The insured's name.
    pub insured_name: String,
    /// The patent, for patent products.
    pub patent_id: Option<PatentId>,
    /// Its number.
    pub patent_number: Option<String>,
    /// The loan, for the guarantee.
    pub loan_id: Option<LoanId>,
    /// Its number.
    pub loan_number: Option<String>,
    /// The bank that is paid, for the guarantee.
    pub beneficiary_id: Option<OrgId>,
    /// Its name.
    pub beneficiary_name: Option<String>,
    /// The most that one claim pays.
    pub limit_per_claim: Money,
    /// The most that all claims together pay.
    pub aggregate_limit: Money,
    /// Taken off each loss.
    pub deductible: Money,
    /// Share of what remains that the insured bears.
    pub coinsurance: Rate,
    /// First day of cover.
    pub starts_on: NaiveDate,
    /// Last day of cover.
    pub ends_on: NaiveDate,
    /// The premium.
    pub premium: Money,
    /// How it came about.
    pub rating: Vec<RatingLine>,
    /// The version of terms and tables.
    pub rating_version: String,
    /// Whether a second underwriter must bind it.
    pub referral: Referral,
    /// Where it is in its life.
    pub status: QuoteStatus,
    /// The last day on which it may be bound.
    pub valid_until: NaiveDate,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// The status of a quote on a day.
pub(crate) fn status(row: &quote::Model, today: NaiveDate) -> QuoteStatus {
    if row.bound {
        QuoteStatus::Bound
    } else if row.valid_until < today {
        QuoteStatus::Expired
    } else {
        QuoteStatus::Open
    }
}

/// The reasons for which a stored quote was referred.
pub(crate) fn reasons(row: &quote::Model) -> Result<Vec<Reason>, Fault> {
    Ok(serde_json::from_str(&row.referral)?)
}

/// A stored rate.
pub(crate) fn stored_rate(text: &str) -> Result<Rate, Fault> {
    text.parse().map_err(|error: finance::RateError| Fault::Corrupt(error.to_string()))
}

/// A row as shown on a day.
pub(crate) fn shown(row: quote::Model, today: NaiveDate) -> Result<Quote, Fault> {
    let reasons = reasons(&row)?;
    Ok(Quote {
        status: status(&row, today),
        id: row.id.into(),
        number: row.number,
        product: row.product,
        insurer_id: row.insurer_id.into(),
        insurer_name: row.insurer_name,
        insured_id: row.insured_id.into(),
        insured_name: row.insured_name,
        patent_id: row.patent_id.map(PatentId::from),
        patent_number: row.patent_number,
        loan_id: row.loan_id.map(LoanId::from),
        loan_number: row.loan_number,
        beneficiary_id: row.beneficiary_id.map(OrgId::from),
        beneficiary_name: row.beneficiary_name,
        limit_per_claim: Money::from_fen(row.limit_per_claim_fen),
        aggregate_limit: Money::from_fen(row.aggregate_limit_fen),
        deductible: Money::from_fen(row.deductible_fen),
        coinsurance: stored_rate(&row.coinsurance)?,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        premium: Money::from_fen(row.premium_fen),
        rating: serde_json::from_str(&row.rating)?,
        rating_version: row.rating_version,
        referral: Referral { required: !reasons.is_empty(), reasons },
        valid_until: row.valid_until,
        created_at: row.created_at,
    })
}
