//! What collateral fetched, as a case shows it.

use chrono::NaiveDate;
use contracts::PatentId;
use finance::{Money, Rate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::{Method, Realised};

/// Proceeds.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SaleView {
    /// The way.
    pub method: Method,
    /// Who bought.
    pub buyer: String,
    /// The day they were entered.
    pub on: NaiveDate,
    /// How they were paid out.
    pub realised: Realised,
}

/// What a patent fetched.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RealisedView {
    /// The patent.
    pub patent_id: PatentId,
    /// Its publication number.
    pub number: String,
    /// The way it was sold.
    pub method: Method,
    /// The day the price was entered.
    pub sold_on: NaiveDate,
    /// The value that it was lent on.
    pub appraised: Option<Money>,
    /// The day of that value.
    pub appraised_on: Option<NaiveDate>,
    /// What it fetched.
    pub price: Money,
    /// Price ÷ value.
    pub ratio: Option<Rate>,
}
