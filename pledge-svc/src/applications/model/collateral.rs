//! What the valuations of one application say of its collateral: what may be lent on it, and what of it a bank does not
//! accept or wants seen.

use finance::{Money, MoneyError, Rate, Rounding};

use super::{
    Finding, FindingCode, OfferedPatent, Severity, ValuationFacts,
    eligibility_rules::EligibilityRules,
    refusal::{FlawedValuation, ValuationFlaw},
};

/// The patents' value as collateral and the most that may be lent on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Worth {
    /// Collateral value together.
    pub collateral_value: Money,
    /// The most that may be lent.
    pub maximum_loan: Money,
}

/// Values the patents together: the lesser of what their valuations and the bank's caps by grade allow one by one and of
/// what the facility allows on their value together. Caps are rounded down to the fen, so that they are never passed.
///
/// # Errors
/// When a sum is beyond the range of money.
pub fn worth(
    valuations: &[ValuationFacts],
    facility_ltv_cap: Rate,
    rules: &EligibilityRules,
) -> Result<Worth, MoneyError> {
    let collateral_value = Money::total(valuations.iter().map(|one| one.collateral.collateral_value))?;
    let one_by_one = valuations.iter().map(|one| loan_on(one, rules)).collect::<Result<Vec<_>, _>>()?;
    let together = collateral_value.scale(facility_ltv_cap, Rounding::Down)?;
    Ok(Worth { collateral_value, maximum_loan: Money::total(one_by_one)?.min(together) })
}

/// The most that may be lent on one patent.
///
/// # Errors
/// When it is beyond the range of money.
pub fn loan_on(valuation: &ValuationFacts, rules: &EligibilityRules) -> Result<Money, MoneyError> {
    let collateral = &valuation.collateral;
    match rules.cap_of(collateral.grade.as_deref()) {
        Some(cap) => Ok(collateral.maximum_loan.min(collateral.collateral_value.scale(cap, Rounding::Down)?)),
        None => Ok(collateral.maximum_loan),
    }
}

/// What of the collateral the bank does not accept, or wants those who decide to see.
///
/// # Errors
/// When a sum is beyond the range of money.
pub fn findings(
    patents: &[OfferedPatent],
    valuations: &[ValuationFacts],
    rules: &EligibilityRules,
) -> Result<Vec<Finding>, MoneyError> {
    let total = Money::total(valuations.iter().map(|one| one.collateral.collateral_value))?;
    let both = || patents.iter().zip(valuations);
    let mut found: Vec<Finding> = both()
        .filter(|(_, one)| rules.cap_of(one.collateral.grade.as_deref()) == Some(Rate::ZERO))
        .map(|(patent, one)| unaccepted(patent, one.collateral.grade.as_deref().unwrap_or_default()))
        .collect();
    // A single patent is all of the value; there is nothing to spread.
    if patents.len() > 1 {
        let weight = if rules.patent_share_binding { Severity::Hard } else { Severity::Notice };
        found.extend(both().filter_map(|(patent, one)| {
            let share = one.collateral.collateral_value.ratio_of(total)?;
            (share > rules.patent_share_max)
                .then(|| concentrated(patent, share, rules.patent_share_max).weighing(weight))
        }));
    }
    Ok(found)
}

fn unaccepted(patent: &OfferedPatent, grade: &str) -> Finding {
    Finding::new(
        FindingCode::GradeNotAccepted,
        &patent.number,
        (
            format!("专利等级为 {grade}，本行不接受该等级专利质押"),
            format!("its grade is {grade}, which the bank does not accept"),
        ),
        ("请更换等级更高的专利，或重新评估", "offer a patent of a better grade, or have it valued anew"),
    )
}

fn concentrated(patent: &OfferedPatent, share: Rate, most: Rate) -> Finding {
    let percent = |rate: Rate| (rate.fraction() * rust_decimal::Decimal::ONE_HUNDRED).round_dp(2).normalize();
    let (share, most) = (percent(share), percent(most));
    Finding::new(
        FindingCode::PatentTooConcentrated,
        &patent.number,
        (
            format!("该专利占质押物价值的 {share}%，超过 {most}%"),
            format!("it makes up {share} % of the collateral's value, more than {most} %"),
        ),
        ("请增加其他专利以分散价值", "add other patents, so that the value is spread"),
    )
}

/// What a flaw of a valuation means and how it is cured.
#[must_use]
pub fn flaw_finding(flawed: &FlawedValuation) -> Finding {
    let again = ("请由本行对该专利重新作质押评估", "have the bank value the patent for a pledge anew");
    let (code, reason, cure) = match flawed.why {
        ValuationFlaw::Missing => (
            FindingCode::ValuationMissing,
            ("该专利缺少评估", "no valuation was named for it"),
            ("请选择或先作出该专利的评估", "choose its valuation, or value it first"),
        ),
        ValuationFlaw::OtherPatent => (
            FindingCode::ValuationOfOtherPatent,
            ("所选评估不是该专利的评估，或被重复选用", "the valuation is of another patent, or named twice"),
            ("请为每件专利选择其本身的评估", "choose for each patent its own valuation"),
        ),
        ValuationFlaw::OtherTenant => (
            FindingCode::ValuationOfOtherBank,
            ("所选评估不是本行作出", "the valuation is not the bank's own"),
            again,
        ),
        ValuationFlaw::OtherPurpose => (
            FindingCode::ValuationForOtherPurpose,
            ("所选评估的目的不是质押", "the valuation was made for another purpose than a pledge"),
            again,
        ),
        ValuationFlaw::NotCompleted => (
            FindingCode::ValuationNotCompleted,
            ("所选评估尚未完成", "the valuation is not completed"),
            ("请待评估完成后再办理", "wait until the valuation is completed"),
        ),
        ValuationFlaw::Expired => (
            FindingCode::ValuationExpired,
            ("所选评估已过有效期", "the valuation may no longer be relied on"),
            again,
        ),
        ValuationFlaw::Worthless => (
            FindingCode::ValuationWorthless,
            ("按所选评估，该专利的可贷金额为零", "the valuation leaves nothing to lend on"),
            ("请更换专利", "offer another patent"),
        ),
    };
    Finding::new(code, &flawed.number, reason, cure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applications::model::{
        eligibility_rules::GradeCap,
        samples::{application, valuation},
    };

    #[test]
    fn the_tighter_of_the_grade_caps_and_the_facility_cap_holds() {
        let valuations = [valuation(1, 1_000_001, 600_000), valuation(2, 500_000, 200_000)];
        let rules = EligibilityRules::default();
        let worth_at = |points| worth(&valuations, Rate::from_basis_points(points), &rules).unwrap();
        assert_eq!(worth_at(6_000).maximum_loan, Money::from_fen(800_000));
        assert_eq!(worth_at(5_000).maximum_loan, Money::from_fen(750_000));
        assert_eq!(worth_at(5_000).collateral_value, Money::from_fen(1_500_001));
    }

    #[test]
    fn the_banks_own_cap_on_a_grade_lowers_what_is_lent_and_zero_refuses_it() {
        let mut graded = [valuation(1, 1_000_000, 600_000), valuation(2, 1_000_000, 600_000)];
        graded[0].collateral.grade = Some("B".into());
        let cap = |points| EligibilityRules {
            grades: vec![GradeCap { grade: "B".into(), ltv_max: Rate::from_basis_points(points) }],
            ..EligibilityRules::default()
        };
        let most = worth(&graded, Rate::from_basis_points(10_000), &cap(2_000)).unwrap().maximum_loan;
        assert_eq!(most, Money::from_fen(800_000));
        let patents = application().patents;
        assert_eq!(findings(&patents, &graded, &cap(2_000)).unwrap(), []);
        let found = findings(&patents, &graded, &cap(0)).unwrap();
        assert_eq!(found.iter().map(|one| one.code).collect::<Vec<_>>(), [FindingCode::GradeNotAccepted]);
    }

    #[test]
    fn a_patent_that_is_nearly_all_of_the_value_is_shown_and_refused_only_where_the_bank_says_so() {
        let patents = application().patents;
        let lopsided = [valuation(1, 900_000, 1), valuation(2, 100_000, 1)];
        let mut rules = EligibilityRules::default();
        let found = findings(&patents, &lopsided, &rules).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].severity, found[0].subject.as_str()),
            (Severity::Notice, patents[0].number.as_str())
        );
        assert!(found[0].reason_zh.contains("90%"), "{}", found[0].reason_zh);
        rules.patent_share_binding = true;
        assert_eq!(findings(&patents, &lopsided, &rules).unwrap()[0].severity, Severity::Hard);
        let even = [valuation(1, 800_000, 1), valuation(2, 200_000, 1)];
        assert_eq!(findings(&patents, &even, &rules).unwrap(), [], "the largest share itself is within");
        assert_eq!(findings(&patents[..1], &lopsided[..1], &rules).unwrap(), []);
    }
}
