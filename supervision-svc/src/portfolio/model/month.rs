//! Series by month: what was granted, repaid, applied for in each month, and what is outstanding at its end.
//!
//! Months without business are there, with zeros: a gap in a chart would be read as missing data.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use finance::{Money, MoneyError};
use serde::{Deserialize, Serialize};

/// What happened in one month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Flow {
    /// Principal lent in the month (累放额).
    pub granted: Money,
    /// Principal repaid.
    pub repaid: Money,
    /// Secured claims of pledges registered in the month (登记额): another series than what was granted.
    pub registered: Money,
    /// Applications submitted.
    pub applications: i64,
    /// Applications approved.
    pub approved: i64,
    /// Premium written, less premium given back.
    pub premium: Money,
}

/// One month of the series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct MonthFigures {
    /// `2026-11`
    pub month: String,
    /// Principal lent in the month (累放额).
    pub granted: Money,
    /// Principal repaid in the month.
    pub repaid: Money,
    /// Principal outstanding at the month's end.
    pub outstanding: Money,
    /// Secured claims of pledges registered in the month (登记额).
    pub registered: Money,
    /// Applications submitted in the month.
    pub applications: i64,
    /// Applications approved in the month.
    pub approved: i64,
    /// Premium written in the month, less premium given back.
    pub premium: Money,
}

/// The months from the first with business to the one of `until`, without a gap.
///
/// # Errors
/// When a sum does not fit.
pub(crate) fn series(
    flows: &BTreeMap<String, Flow>,
    until: NaiveDate,
) -> Result<Vec<MonthFigures>, MoneyError> {
    let Some(first) = flows.keys().find_map(|month| first_day(month)) else { return Ok(Vec::new()) };
    let last = flows.keys().rev().find_map(|month| first_day(month)).map_or(until, |day| day.max(until));
    let mut outstanding = Money::ZERO;
    let mut found = Vec::new();
    let mut day = Some(first);
    while let Some(start) = day.filter(|start| *start <= last) {
        let month = start.format("%Y-%m").to_string();
        let flow = flows.get(&month).copied().unwrap_or_default();
        outstanding = outstanding.checked_add(flow.granted)?.checked_sub(flow.repaid)?;
        found.push(MonthFigures {
            month,
            granted: flow.granted,
            repaid: flow.repaid,
            outstanding,
            registered: flow.registered,
            applications: flow.applications,
            approved: flow.approved,
            premium: flow.premium,
        });
        day = start.checked_add_months(chrono::Months::new(1)).and_then(|next| next.with_day(1));
    }
    Ok(found)
}

fn first_day(month: &str) -> Option<NaiveDate> {
    format!("{month}-01").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yuan(yuan: i64) -> Money {
        Money::from_yuan(yuan).unwrap()
    }

    #[test]
    fn what_is_outstanding_at_a_months_end_is_all_granted_less_all_repaid() {
        let flows = BTreeMap::from([
            ("2025-11".to_owned(), Flow { granted: yuan(100), ..Flow::default() }),
            ("2026-02".to_owned(), Flow { granted: yuan(50), repaid: yuan(30), ..Flow::default() }),
        ]);
        let found = series(&flows, "2026-03-15".parse().unwrap()).unwrap();
        let shown: Vec<(&str, Money)> =
            found.iter().map(|one| (one.month.as_str(), one.outstanding)).collect();
        assert_eq!(
            shown,
            [
                ("2025-11", yuan(100)),
                ("2025-12", yuan(100)),
                ("2026-01", yuan(100)),
                ("2026-02", yuan(120)),
                ("2026-03", yuan(120)),
            ]
        );
        assert_eq!(found[1].granted, Money::ZERO);
    }

    #[test]
    fn no_business_is_an_empty_series() {
        assert_eq!(series(&BTreeMap::new(), "2026-03-15".parse().unwrap()).unwrap(), []);
    }
}
