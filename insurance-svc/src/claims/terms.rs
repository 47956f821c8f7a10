//! The terms of a policy as they bear on one claim, and how refusals of claims are told.

use finance::{Money, Rounding};
use http_kit::{ActError, Problem};
use tx_kit::Fault;

use super::model::{Refusal, Terms, payment};
use crate::{
    policies::policy,
    products::model::{Catalogue, Product},
    quotes::stored_rate,
};

/// The product version that a policy was sold under.
pub(crate) fn product<'c>(products: &'c Catalogue, policy: &policy::Model) -> Result<&'c Product, Fault> {
    products
        .version(&policy.product, &policy.rating_version)
        .ok_or_else(|| Fault::Corrupt(format!("no terms {} {}", policy.product, policy.rating_version)))
}

/// What a loss of this cause pays as the policy's limits stand now.
pub(crate) fn payable(
    product: &Product,
    policy: &policy::Model,
    cause: &str,
    loss: Money,
) -> Result<Money, Fault> {
    let overflow = |error: finance::MoneyError| Fault::Corrupt(error.to_string());
    let limit_per_claim = Money::from_fen(policy.limit_per_claim_fen);
    let sub_limit = product
        .sub_limit(cause)
        .map(|sub_limit| limit_per_claim.scale(sub_limit.share, Rounding::HalfUp))
        .transpose()
        .map_err(overflow)?;
    let terms = Terms {
        sub_limit,
        deductible: Money::from_fen(policy.deductible_fen),
        coinsurance: stored_rate(&policy.coinsurance)?,
        limit_per_claim,
        aggregate_left: policy.aggregate_left(),
    };
    payment::payable(&terms, loss).map_err(overflow)
}

/// A step refused, as the caller hears it.
pub(crate) fn refused(refusal: Refusal) -> ActError {
    match refusal {
        Refusal::NotNow(status) => Problem::refused(
            "claim-not-in-state",
            format!("理赔案件当前为“{}”，不能进行此操作。", status.zh()),
            format!("The claim is {}: this step does not follow.", status.name()),
        )
        .with("status", status)
        .into(),
        Refusal::FourEyes => Problem::new(
            axum::http::StatusCode::FORBIDDEN,
            "four-eyes",
            "定损人不得审批自己的定损，请由另一位人员处理。",
            "The assessor may not decide on the own assessment: another person must.",
        )
        .into(),
    }
}
