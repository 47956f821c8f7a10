//! What the insurer does: quotes, policies, one claim from notice to payment.

use chrono::{Months, NaiveDate, TimeDelta};
use contracts::Service;
use serde_json::{Value, json};

use super::{
    borrowing::Borrower,
    cast::{CLAIMS_APPROVER, CLAIMS_HANDLER, Person, UNDERWRITER},
    desk::{DemoError, Desk, text},
};

fn a_year_from(day: NaiveDate) -> NaiveDate {
    day + Months::new(12) - TimeDelta::days(1)
}

/// A quote for the enforcement of a borrower's first patent; its id.
pub(super) async fn quote_enforcement(
    desk: &mut Desk<'_>,
    of: &Borrower,
    starts_in_days: i64,
) -> Result<String, DemoError> {
    let starts_on = desk.today + TimeDelta::days(starts_in_days);
    let patent = of.patents.first().ok_or_else(|| DemoError::Fault("nothing to insure".to_owned()))?;
    let body = json!({
        "product": "enforcement", "insured_id": of.person.of.id(), "insured_name": of.person.of.name,
        "patent_id": patent, "limit_per_claim": "300000.00", "aggregate_limit": "500000.00",
        "starts_on": starts_on, "ends_on": a_year_from(starts_on),
    });
    let quote = desk.post(&UNDERWRITER, Service::Insurance, "/quotes", body).await?;
    Ok(text(&quote, "/id")?.to_owned())
}

/// A quote that guarantees a borrower's first loan to its bank; its id.
pub(super) async fn quote_guarantee(desk: &mut Desk<'_>, of: &Borrower) -> Result<String, DemoError> {
    let loan = of.loans.first().ok_or_else(|| DemoError::Fault("no loan to insure".to_owned()))?;
    let view = desk.get(&of.person, Service::Pledge, &format!("/loans/{loan}")).await?;
    let outstanding = text(&view, "/outstanding")?;
    let body = json!({
        "product": "pledge_loan_guarantee", "insured_id": of.person.of.id(), "insured_name": of.person.of.name,
        "loan_id": loan, "limit_per_claim": outstanding, "aggregate_limit": outstanding,
        "starts_on": desk.today, "ends_on": text(&view, "/matures_on")?,
    });
    let quote = desk.post(&UNDERWRITER, Service::Insurance, "/quotes", body).await?;
    Ok(text(&quote, "/id")?.to_owned())
}

/// A quote is bound; the policy's id.
pub(super) async fn bind(desk: &mut Desk<'_>, quote: &str) -> Result<String, DemoError> {
    let policy =
        desk.post(&UNDERWRITER, Service::Insurance, "/policies", json!({ "quote_id": quote })).await?;
    Ok(text(&policy, "/id")?.to_owned())
}

/// The insured notifies a claim; its id.
pub(super) async fn notify(desk: &mut Desk<'_>, who: &Person, policy: &str) -> Result<String, DemoError> {
    let body = json!({
        "policy_id": policy, "cause": "发现竞争对手仿制，委托律师调查取证并提起诉讼",
        "occurred_on": desk.today - TimeDelta::days(9), "loss": "120000.00",
    });
    let claim = desk.post(who, Service::Insurance, "/claims", body).await?;
    Ok(text(&claim, "/id")?.to_owned())
}

/// The claim is assessed.
pub(super) async fn assess(desk: &mut Desk<'_>, claim: &str) -> Result<Value, DemoError> {
    let body = json!({
        "assessed_loss": "98000.00", "reserve": "98000.00", "comment": "调查费、律师费票据齐全，核减公证超标部分。",
    });
    desk.post(&CLAIMS_HANDLER, Service::Insurance, &format!("/claims/{claim}/assess"), body).await
}

/// Another person approves it and the payment goes out.
pub(super) async fn pay(desk: &mut Desk<'_>, claim: &str) -> Result<(), DemoError> {
    let approve = format!("/claims/{claim}/approve");
    desk.post(&CLAIMS_APPROVER, Service::Insurance, &approve, json!({ "comment": "同意赔付" })).await?;
    let payments = format!("/claims/{claim}/payments");
    desk.post(&CLAIMS_APPROVER, Service::Insurance, &payments, json!({})).await.map(drop)
}
