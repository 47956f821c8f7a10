//! The act of binding: an open quote becomes a policy, once.

use contracts::{
    Event, LoanId, OrgId, PatentId, PolicyId, QuoteId,
    events::{GuaranteeTerms, PolicyBound},
};
use finance::Money;
use http_kit::{ActError, Problem, Who};
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde::{Deserialize, Serialize};
use tx_kit::{AuditEntry, Fault, Tx};
use utoipa::ToSchema;

use super::{
    postings,
    store::policy,
    view::{self, Policy},
};
use crate::{
    loans,
    products::model::Catalogue,
    quotes::{self, Offer, Patent, QuoteStatus, model::referral, quote, stored_rate},
};

/// Which quote to bind.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct BindRequest {
    /// An open quote.
    pub quote_id: QuoteId,
}

/// Binds a quote, in the caller's transaction. The patent is as the catalogue shows it now.
pub(crate) async fn bind(
    tx: &mut Tx,
    who: &Who,
    products: &Catalogue,
    quote_id: QuoteId,
    patent: Option<&Patent>,
) -> Result<Policy, ActError> {
    let quote = quotes::find_held(tx, &who.scope(), quote_id).await?.ok_or_else(Problem::not_found)?;
    decide(&quote, who, tx.business_date())?;
    let loan = match quote.loan_id {
        None => None,
        Some(id) => loans::find_held(tx.conn(), &who.scope(), id.into()).await?,
    };
    let product = products
        .version(&quote.product, &quote.rating_version)
        .ok_or_else(|| Fault::Corrupt(format!("no terms {} {}", quote.product, quote.rating_version)))?;
    let declared: Vec<String> = serde_json::from_str(&quote.declared)?;
    let offer = Offer {
        product,
        patent,
        loan: loan.as_ref(),
        aggregate_limit: Money::from_fen(quote.aggregate_limit_fen),
        starts_on: quote.starts_on,
        ends_on: quote.ends_on,
        declared: &declared,
    };
    offer.check()?;
    quotes::mark_bound(tx, quote_id).await?;
    let (starts_on, ends_on) = (quote.starts_on, quote.ends_on);
    let bound = policy::Entity::insert(row(tx, quote)).exec_with_returning(tx.conn()).await?;
    if let Some(loan) = bound.loan_id {
        loans::cover(tx, loan.into(), bound.id.into(), starts_on, ends_on).await?;
    }
    ledger::post(tx, &[postings::written(&bound)?]).await?;
    tx.publish([(bound.id, bound.version, event(&bound)?)]).await?;
    tx.audit([AuditEntry::new(&who.0.actor(), "policy.bind", "policy", bound.id)
        .with(serde_json::json!({ "quote": quote_id, "premium": Money::from_fen(bound.premium_fen) }))])
        .await?;
    Ok(view::shown(bound, tx.business_date())?)
}

/// Whether this underwriter may bind the quote today.
fn decide(quote: &quote::Model, who: &Who, today: chrono::NaiveDate) -> Result<(), ActError> {
    match quotes::status(quote, today) {
        QuoteStatus::Open => {}
        QuoteStatus::Bound => {
            return Err(Problem::refused(
                "quote-already-bound",
                "此报价已承保，请查看其保单。",
                "This quote is already bound: see its policy.",
            )
            .into());
        }
        QuoteStatus::Expired => {
            let until = quote.valid_until;
            return Err(Problem::refused(
                "quote-expired",
                format!("此报价已于{until}失效，请重新报价。"),
                format!("This quote was valid until {until}. Quote again."),
            )
            .with("valid_until", until)
            .into());
        }
    }
    let reasons = quotes::reasons(quote)?;
    if referral::may_bind(&reasons, quote.maker_id.into(), who.0.user) {
        return Ok(());
    }
    Err(Problem::new(
        axum::http::StatusCode::FORBIDDEN,
        "four-eyes",
        "此报价须由另一位核保人复核承保。",
        "This quote was referred: another underwriter than its maker must bind it.",
    )
    .with("reasons", reasons)
    .into())
}

fn row(tx: &Tx, quote: quote::Model) -> policy::ActiveModel {
    let id = PolicyId::fresh(tx.now());
    policy::ActiveModel {
        id: Set(id.uuid()),
        number: Set(contracts::number("P", tx.business_date(), id.uuid())),
        quote_id: Set(quote.id),
        product: Set(quote.product),
        rating_version: Set(quote.rating_version),
        insurer_id: Set(quote.insurer_id),
        insurer_name: Set(quote.insurer_name),
        insured_id: Set(quote.insured_id),
        insured_name: Set(quote.insured_name),
        patent_id: Set(quote.patent_id),
        patent_number: Set(quote.patent_number),
        loan_id: Set(quote.loan_id),
        loan_number: Set(quote.loan_number),
        beneficiary_id: Set(quote.beneficiary_id),
        beneficiary_name: Set(quote.beneficiary_name),
        limit_per_claim_fen: Set(quote.limit_per_claim_fen),
        aggregate_limit_fen: Set(quote.aggregate_limit_fen),
        deductible_fen: Set(quote.deductible_fen),
        coinsurance: Set(quote.coinsurance),
        premium_fen: Set(quote.premium_fen),
        returned_fen: Set(0),
        starts_on: Set(quote.starts_on),
        ends_on: Set(quote.ends_on),
        cancelled_from: Set(None),
        cancel_reason: Set(None),
        committed_fen: Set(0),
        paid_fen: Set(0),
        earned_posted_fen: Set(0),
        earned_through: Set(quote.starts_on.pred_opt().unwrap_or(quote.starts_on)),
        closed: Set(false),
        created_at: Set(tx.now()),
        version: Set(1),
    }
}

fn event(policy: &policy::Model) -> Result<Event, Fault> {
    Ok(Event::PolicyBound(PolicyBound {
        policy_id: policy.id.into(),
        number: policy.number.clone(),
        insurer_id: policy.insurer_id.into(),
        insurer_name: policy.insurer_name.clone(),
        product: policy.product.clone(),
        insured_id: policy.insured_id.into(),
        insured_name: policy.insured_name.clone(),
        patent_id: policy.patent_id.map(PatentId::from),
        loan_id: policy.loan_id.map(LoanId::from),
        beneficiary_id: policy.beneficiary_id.map(OrgId::from),
        aggregate_limit: Money::from_fen(policy.aggregate_limit_fen),
        premium: Money::from_fen(policy.premium_fen),
        starts_on: policy.starts_on,
        ends_on: policy.ends_on,
        guarantee: guarantee(policy)?,
    }))
}

/// What a policy that insures a loan pays its bank; the bank shares its losses by it.
fn guarantee(policy: &policy::Model) -> Result<Option<GuaranteeTerms>, Fault> {
    let (Some(loan), Some(bank)) = (policy.loan_id, policy.beneficiary_id) else { return Ok(None) };
    Ok(Some(GuaranteeTerms {
        loan_id: loan.into(),
        beneficiary_id: bank.into(),
        limit_per_claim: Money::from_fen(policy.limit_per_claim_fen),
        aggregate_limit: Money::from_fen(policy.aggregate_limit_fen),
        deductible: Money::from_fen(policy.deductible_fen),
        coinsurance: stored_rate(&policy.coinsurance)?,
        starts_on: policy.starts_on,
        ends_on: policy.ends_on,
    }))
}
