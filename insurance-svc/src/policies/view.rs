//! A policy as the API shows it, with its premium split at the business date.

use chrono::{DateTime, NaiveDate, Utc};
use contracts::{LoanId, OrgId, PatentId, PolicyId, QuoteId};
use finance::{Money, Rate};
use serde::{Deserialize, Serialize};
use tx_kit::Fault;
use utoipa::ToSchema;

use super::{
    model::{Status, status},
    store::policy,
};
use crate::quotes::stored_rate;

/// A policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Policy {
    /// The policy.
    pub id: PolicyId,
    /// Its number.
    pub number: String,
    /// The quote it was bound from.
    pub quote_id: QuoteId,
    /// The product's code.
    pub product: String,
    /// The version of terms and tables.
    pub rating_version: String,
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
    /// What approved claims have left of it.
    pub aggregate_left: Money,
    /// Claims paid so far.
    pub claims_paid: Money,
    /// Taken off each loss.
    pub deductible: Money,
    /// Share of what remains that the insured bears.
    pub coinsurance: Rate,
    /// Written premium, gross.
    pub premium: Money,
    /// Earned up to and with the business date.
    pub earned: Money,
    /// Not yet earned.
    pub unearned: Money,
    /// Given back by a cancellation.
    pub returned_premium: Money,
    /// First day of cover.
    pub starts_on: NaiveDate,
    /// Last day of cover as written.
    pub ends_on: NaiveDate,
    /// The first day without cover, where cancelled.
    pub cancelled_from: Option<NaiveDate>,
    /// Why it was cancelled.
    pub cancel_reason: Option<String>,
    /// Where it is in its life.
    pub status: Status,
    /// When it was bound.
    pub created_at: DateTime<Utc>,
}

/// A row as shown on a day.
pub(crate) fn shown(row: policy::Model, today: NaiveDate) -> Result<Policy, Fault> {
    let cover = row.cover();
    let split = cover.split(today).map_err(|error| Fault::Corrupt(error.to_string()))?;
    Ok(Policy {
        aggregate_left: row.aggregate_left(),
        id: row.id.into(),
        number: row.number,
        quote_id: row.quote_id.into(),
        product: row.product,
        rating_version: row.rating_version,
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
        claims_paid: Money::from_fen(row.paid_fen),
        deductible: Money::from_fen(row.deductible_fen),
        coinsurance: stored_rate(&row.coinsurance)?,
        premium: cover.premium,
        earned: split.earned,
        unearned: split.unearned,
        returned_premium: split.returned,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        cancelled_from: row.cancelled_from,
        cancel_reason: row.cancel_reason,
        status: status::status(&cover, today),
        created_at: row.created_at,
    })
}
