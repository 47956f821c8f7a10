//! The figures of a valuation that others rely on: the model's, or those of an override that was approved. Both are kept;
//! the model's result is never changed.

use finance::{Money, Rate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::report::Appraised;
use crate::scoring::model::Grade;

/// The figures that others rely on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ValuationFigures)]
pub struct Figures {
    /// 0–100, two decimals.
    pub score: Decimal,
    /// Absent where coverage was too low for one.
    pub grade: Option<Grade>,
    /// Low end of the range.
    pub low: Money,
    /// The value.
    pub value: Money,
    /// High end of the range.
    pub high: Money,
    /// The value as a pledge.
    pub collateral_value: Money,
    /// The highest loan-to-value for the grade.
    pub ltv_cap: Rate,
    /// The most that may be lent on it.
    pub maximum_loan: Money,
    /// The forced price less the cost of selling.
    pub net_realisable: Money,
    /// Whether a loan of that size needs an external report.
    pub external_report_required: bool,
}

impl Figures {
    /// What a result says.
    #[must_use]
    pub fn of(result: &Appraised) -> Self {
        Self {
            score: result.score.total,
            grade: result.score.grade,
            low: result.value.low,
            value: result.value.value,
            high: result.value.high,
            collateral_value: result.collateral.collateral_value,
            ltv_cap: result.collateral.ltv_cap,
            maximum_loan: result.collateral.maximum_loan,
            net_realisable: result.collateral.net_realisable,
            external_report_required: result.external_report_required,
        }
    }

    /// The result with these figures in place of its own. Methods, leaves and simulation stay what the model said.
    #[must_use]
    pub fn in_place(&self, mut result: Appraised) -> Appraised {
        result.score.total = self.score;
        result.score.grade = self.grade;
        result.value.low = self.low;
        result.value.value = self.value;
        result.value.high = self.high;
        result.collateral.collateral_value = self.collateral_value;
        result.collateral.ltv_cap = self.ltv_cap;
        result.collateral.maximum_loan = self.maximum_loan;
        result.collateral.net_realisable = self.net_realisable;
        result.collateral.grade = self.grade;
        result.external_report_required = self.external_report_required;
        result
    }
}
