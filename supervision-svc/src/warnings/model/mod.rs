//! Early warnings: the rules and what they say about the facts. No rows, no clock: the business date is given.

pub(crate) mod collateral;
pub(crate) mod lending;
pub(crate) mod rule;
pub(crate) mod warning;

use chrono::NaiveDate;

use warning::Warning;

/// Everything that the rules look at.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    /// Lines in use.
    pub lines: Vec<lending::Line>,
    /// Loans on which a due date was missed.
    pub overdue: Vec<lending::Overdue>,
    /// What each borrower owes each bank.
    pub exposures: Vec<lending::Exposure>,
    /// Registered pledges.
    pub pledges: Vec<collateral::Pledge>,
    /// The newest value of each pledged patent, and of each patent that several organisations value.
    pub values: Vec<collateral::Value>,
    /// Pledged patents whose right is no longer in force.
    pub ended: Vec<collateral::Ended>,
}

/// Every warning that the facts give rise to at a business date: gravest first, then newest, then by id. The same
/// facts give the same warnings.
#[must_use]
pub(crate) fn evaluate(facts: &Facts, today: NaiveDate) -> Vec<Warning> {
    let mut found = lending::warnings(facts, today);
    found.extend(collateral::warnings(facts, today));
    found.sort_by(|a, b| {
        b.severity.cmp(&a.severity).then(b.raised_at.cmp(&a.raised_at)).then_with(|| a.id.cmp(&b.id))
    });
    found
}
