//! Trial calculations by the income methods.

use super::{
    EarningsRequest, IncomeAnswer, PLACES, PeriodAnswer, RoyaltyRequest, WithWithoutRequest, numbers,
    required,
};
use crate::appraisal::model::{
    discount::IncomeValue,
    error::{AppraisalError, number, to_decimal, to_money},
    excess_earnings::{self, ExcessEarnings},
    relief_from_royalty::{self, ReliefFromRoyalty},
    tab::Benefit,
    with_and_without::{self, WithAndWithout},
};

pub(super) fn royalty(r: &RoyaltyRequest) -> Result<IncomeAnswer, AppraisalError> {
    let found = relief_from_royalty::value(&ReliefFromRoyalty {
        revenue: numbers("revenue", &r.revenue)?,
        royalty_rate: required("royalty_rate", r.royalty_rate)?,
        discount_rate: required("discount_rate", r.discount_rate)?,
        tax_rate: number("tax_rate", r.tax_rate.unwrap_or_default())?,
        timing: r.timing.unwrap_or_default(),
        benefit: benefit(r.tab.unwrap_or_default(), r.tax_life_years),
    })?;
    answer("revenue", &found)
}

pub(super) fn earnings(r: &EarningsRequest) -> Result<IncomeAnswer, AppraisalError> {
    let found = excess_earnings::value(&ExcessEarnings {
        earnings: numbers("earnings", &r.earnings)?,
        contributory_charges: numbers("contributory_charges", &r.contributory_charges)?,
        discount_rate: required("discount_rate", r.discount_rate)?,
        tax_rate: number("tax_rate", r.tax_rate.unwrap_or_default())?,
        timing: r.timing.unwrap_or_default(),
        benefit: benefit(r.tab.unwrap_or_default(), r.tax_life_years),
    })?;
    answer("earnings", &found)
}

pub(super) fn with_without(r: &WithWithoutRequest) -> Result<IncomeAnswer, AppraisalError> {
    let found = with_and_without::value(&WithAndWithout {
        cash_flows_with: numbers("cash_flows_with", &r.cash_flows_with)?,
        cash_flows_without: numbers("cash_flows_without", &r.cash_flows_without)?,
        discount_rate: required("discount_rate", r.discount_rate)?,
        tax_rate: number("tax_rate", r.tax_rate.unwrap_or_default())?,
        timing: r.timing.unwrap_or_default(),
        benefit: benefit(r.tab.unwrap_or_default(), r.tax_life_years),
    })?;
    answer("cash_flows_with", &found)
}

fn benefit(asked: bool, tax_life_years: Option<u32>) -> Benefit {
    match (asked, tax_life_years) {
        (false, _) => Benefit::None,
        (true, None) => Benefit::OverUsefulLife,
        (true, Some(years)) => Benefit::OverYears(years),
    }
}

/// What cannot be told as an amount is told of `plan`, the request's name of what is discounted.
fn answer(plan: &str, found: &IncomeValue) -> Result<IncomeAnswer, AppraisalError> {
    let periods = found
        .periods
        .iter()
        .map(|p| {
            Ok(PeriodAnswer {
                number: p.number,
                cash_flow: to_money(plan, p.cash_flow)?,
                discount_factor: to_decimal("discount_rate", p.discount_factor, PLACES)?,
                present_value: to_money(plan, p.present_value)?,
            })
        })
        .collect::<Result<_, AppraisalError>>()?;
    Ok(IncomeAnswer {
        value: to_money(plan, found.value)?,
        value_before_tab: to_money(plan, found.value_before_tab)?,
        tab_factor: to_decimal("tab", found.tab_factor, PLACES)?,
        periods,
    })
}
