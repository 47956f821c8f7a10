//! Large exposures (大额风险暴露): what a bank has out to one customer, and to a group of connected ones, against its
//! capital. Rules on large exposures of 2018, in force since 2018-07-01; the bounds are parameters of the bank.

use finance::{Money, MoneyError, Rate, Rounding};

use super::{Finding, FindingCode, connected::above_cap, eligibility::Background};

/// What a customer has at a bank, by the bank's own part of each line, and what bounds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CustomerExposure {
    /// Principal outstanding.
    pub drawn: Money,
    /// Held for approved applications: promised and not drawn yet.
    pub held: Money,
    /// The most that is lent to one customer; none where the bank has not said what its net capital is.
    pub loans_max: Option<Money>,
    /// The most that all exposure may come to; none where the bank has not said what its net tier-1 capital is.
    pub exposure_max: Option<Money>,
}

/// What would go beyond the bounds if an amount were lent besides; `bank_share` is the bank's part of the line.
///
/// # Errors
/// When a sum is beyond the range of money.
pub fn of_exposure(
    background: &Background,
    amount: Money,
    bank_share: Rate,
) -> Result<Vec<Finding>, MoneyError> {
    let name = background.enterprise_name.as_str();
    let own = amount.scale(bank_share, Rounding::Up)?;
    let customer = background.customer;
    let mut found = Vec::new();
    if let Some(group) = &background.group {
        found.extend(above_cap(name, group, own, background.group_exposure_max)?);
    }
    let loans = customer.drawn.checked_add(own)?;
    if let Some(most) = customer.loans_max.filter(|most| loans > *most) {
        found.push(Finding::new(
            FindingCode::AboveSingleCustomer,
            name,
            (
                format!("企业在本行的贷款将达 {loans} 元，超过单一客户贷款上限 {most} 元（资本净额的比例）"),
                format!("loans to the enterprise would come to {loans} yuan, more than the {most} that the bank may lend to one customer by its net capital"),
            ),
            (
                format!("请将金额降至 {} 元以内，或引入其他银行组成银团", room(most, customer.drawn, bank_share)),
                format!("ask for at most {} yuan, or have other banks share the line", room(most, customer.drawn, bank_share)),
            ),
        ));
    }
    let committed = customer.drawn.checked_add(customer.held)?;
    let all = committed.checked_add(own)?;
    if let Some(most) = customer.exposure_max.filter(|most| all > *most) {
        found.push(Finding::new(
            FindingCode::AboveExposure,
            name,
            (
                format!("企业在本行的贷款及已批未提金额将达 {all} 元，超过单一客户风险暴露上限 {most} 元（一级资本净额的比例）"),
                format!("loans and approvals not drawn yet would come to {all} yuan, more than the {most} of exposure to one customer that net tier-1 capital allows"),
            ),
            (
                format!("请将金额降至 {} 元以内，或先结清部分贷款、撤回未用的批准", room(most, committed, bank_share)),
                format!("ask for at most {} yuan, or repay loans or end approvals that are not used", room(most, committed, bank_share)),
            ),
        ));
    }
    Ok(found)
}

/// What may still be lent on a line of which the bank bears a share, once `used` of its bound is used.
#[must_use]
pub fn room(most: Money, used: Money, bank_share: Rate) -> Money {
    let own = most.saturating_sub(used);
    let part = bank_share.fraction();
    own.yuan()
        .checked_div(part)
        .and_then(|yuan| Money::round_yuan(yuan, Rounding::Down).ok())
        .unwrap_or(Money::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applications::model::samples::background;

    fn fen(amount: i64) -> Money {
        Money::from_fen(amount)
    }

    fn codes(customer: CustomerExposure, amount: i64, share: &str) -> Vec<FindingCode> {
        let background = Background { customer, ..background() };
        let found = of_exposure(&background, fen(amount), share.parse().unwrap()).unwrap();
        found.into_iter().map(|one| one.code).collect()
    }

    #[test]
    fn loans_are_bounded_by_net_capital_and_all_exposure_by_tier_one() {
        let customer = CustomerExposure {
            drawn: fen(400),
            held: fen(300),
            loans_max: Some(fen(1_000)),
            exposure_max: Some(fen(1_200)),
        };
        assert_eq!(codes(customer, 500, "1"), []);
        assert_eq!(codes(customer, 501, "1"), [FindingCode::AboveExposure]);
        let all = [FindingCode::AboveSingleCustomer, FindingCode::AboveExposure];
        assert_eq!(codes(customer, 601, "1"), all);
        assert_eq!(
            codes(CustomerExposure { loans_max: None, exposure_max: None, ..customer }, 9_999, "1"),
            []
        );
    }

    #[test]
    fn a_bank_of_a_syndicate_counts_its_own_part() {
        let customer = CustomerExposure { loans_max: Some(fen(100)), ..CustomerExposure::default() };
        assert_eq!(codes(customer, 400, "0.25"), []);
        assert_eq!(codes(customer, 401, "0.25"), [FindingCode::AboveSingleCustomer]);
        assert_eq!(room(fen(100), fen(40), Rate::from_basis_points(2_500)), fen(240));
        assert_eq!(room(fen(100), fen(101), Rate::ONE), Money::ZERO);
    }
}
