//! The market method on verified deals of patents alike.

use rust_decimal::prelude::ToPrimitive;
use serde_json::json;

use super::methods::{Method, considered, named};
use crate::{
    appraisal::model::{
        AppraisalError,
        market_comparables::{self, Comparable, Summary},
        to_money,
    },
    deals::DealEvidence,
};

/// 市场法: the middle of the prices of comparable deals after adjustment for time, life, scope of the right and number of
/// patents.
pub(super) fn value(deals: &[DealEvidence]) -> Result<Method, AppraisalError> {
    let unreadable = || AppraisalError::new("deals", "价款无法计算", "a price cannot be calculated with");
    let mut comparables = Vec::with_capacity(deals.len());
    for deal in deals {
        let number = |rate: &finance::Rate| rate.fraction().to_f64();
        comparables.push(Comparable {
            price: deal.price.yuan().to_f64().ok_or_else(unreadable)?,
            adjustments: deal.factors.iter().map(number).collect::<Option<_>>().ok_or_else(unreadable)?,
            weight: number(&deal.similarity).ok_or_else(unreadable)?,
        });
    }
    let found = market_comparables::value(&comparables, Summary::Median)?;
    let inputs = named([
        ("deals", deals.len().to_string()),
        ("lowest_adjusted", to_money("low", found.low)?.to_string()),
        ("highest_adjusted", to_money("high", found.high)?.to_string()),
    ]);
    considered(
        ("market_comparables", "市场法（可比交易）", "Market approach (comparable deals)"),
        found.value,
        (
            "有三笔以上相似且已复核的交易，按时间、年限、权利范围和件数修正后取中位数",
            "three verified deals or more are alike: the middle of their prices after adjustment for time, life, scope and \
             number",
        ),
        inputs,
        json!({ "deals": deals }),
    )
}
