//! Whether an enterprise may apply: the facility's terms and the grounds against each patent, all at once, so
//! that the enterprise hears of everything that it has to put right.

use std::collections::HashMap;

use chrono::NaiveDate;
use contracts::{OrgId, PatentId, PledgeId};
use finance::Money;

use super::{
    Finding, FindingCode, PatentFacts, Refusal,
    grounds::{Considered, grounds},
};

/// What the rule needs to know of the facility and the member's place in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// The facility's number.
    pub number: String,
    /// Whether it is active.
    pub active: bool,
    /// The last day of its window.
    pub available_until: NaiveDate,
    /// The longest term, in months.
    pub tenor_cap_months: u32,
    /// What the member may still be granted: its sub-limit less what is drawn and reserved.
    pub free: Money,
}

/// What is asked, and by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// The enterprise.
    pub enterprise: OrgId,
    /// The amount.
    pub amount: Money,
    /// The term in months.
    pub tenor_months: u32,
}

/// Everything that stands in the way, of the facility first, then patent by patent.
#[must_use]
pub fn examine(
    terms: &Terms,
    ask: Ask,
    patents: &[PatentFacts],
    held: &HashMap<PatentId, PledgeId>,
    on: NaiveDate,
) -> Vec<Finding> {
    let considered =
        Considered { pledgor: ask.enterprise, tenor_months: ask.tenor_months, on, held, itself: None };
    let mut found = of_facility(terms, ask, on);
    found.extend(grounds(patents, considered));
    found
}

/// Admits an application against which nothing stands once the declarations are heard.
///
/// # Errors
/// [`Refusal::NotEligible`] with what still stands.
pub fn admit(findings: &[Finding], declarations: &[FindingCode]) -> Result<(), Refusal> {
    let standing: Vec<Finding> =
        findings.iter().filter(|finding| finding.stands_against(declarations)).cloned().collect();
    if standing.is_empty() { Ok(()) } else { Err(Refusal::NotEligible { findings: standing }) }
}

fn of_facility(terms: &Terms, ask: Ask, on: NaiveDate) -> Vec<Finding> {
    let mut found = Vec::new();
    if !terms.active {
        found.push(Finding::new(
            FindingCode::FacilityNotActive,
            &terms.number,
            ("该集合授信当前未生效", "the facility is not active"),
            ("请联系银行，或选择其他生效中的授信", "ask the bank, or choose a facility that is active"),
        ));
    }
    if on > terms.available_until {
        found.push(Finding::new(
            FindingCode::WindowClosed,
            &terms.number,
            (
                format!("提款期已于 {} 截止", terms.available_until),
                format!("the availability window ended on {}", terms.available_until),
            ),
            ("请选择提款期内的授信", "choose a facility whose window is open"),
        ));
    }
    if ask.amount > terms.free {
        found.push(Finding::new(
            FindingCode::AboveSubLimit,
            &terms.number,
            (
                format!("申请金额 {} 元超过分项额度可用余额 {} 元", ask.amount, terms.free),
                format!("{} yuan is more than the {} yuan left of your sub-limit", ask.amount, terms.free),
            ),
            ("请降低申请金额，或请银行调整分项额度", "ask for less, or have the bank change your sub-limit"),
        ));
    }
    if ask.tenor_months == 0 || ask.tenor_months > terms.tenor_cap_months {
        found.push(Finding::new(
            FindingCode::AboveTenorCap,
            &terms.number,
            (
                format!("期限须为 1 至 {} 个月", terms.tenor_cap_months),
                format!("the term must be 1 to {} months", terms.tenor_cap_months),
            ),
            ("请调整期限", "change the term"),
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applications::model::{
        facts::Dispute,
        samples::{ask, day, patent, terms},
    };

    fn found(terms: &Terms, ask: Ask, patents: &[PatentFacts]) -> Vec<FindingCode> {
        let findings = examine(terms, ask, patents, &HashMap::new(), day("2026-11-24"));
        findings.into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn a_member_within_its_sub_limit_with_a_sound_patent_may_apply() {
        assert_eq!(found(&terms(), ask(), &[patent(1)]), []);
    }

    #[test]
    fn everything_that_stands_in_the_way_is_told_at_once() {
        let terms =
            Terms { active: false, available_until: day("2026-11-23"), free: Money::from_fen(1), ..terms() };
        let ask = Ask { tenor_months: 37, ..ask() };
        let patent = PatentFacts { annuity_status: "unpaid".into(), ..patent(1) };
        assert_eq!(
            found(&terms, ask, &[patent]),
            [
                FindingCode::FacilityNotActive,
                FindingCode::WindowClosed,
                FindingCode::AboveSubLimit,
                FindingCode::AboveTenorCap,
                FindingCode::AnnuityUnpaid,
            ]
        );
    }

    #[test]
    fn a_declaration_lifts_a_soft_finding_and_never_a_hard_one() {
        let contested = PatentFacts {
            disputes: vec![Dispute { kind: "invalidation".into(), status: "pending".into() }],
            ..patent(1)
        };
        let soft = examine(&terms(), ask(), &[contested], &HashMap::new(), day("2026-11-24"));
        assert!(admit(&soft, &[]).is_err());
        assert_eq!(admit(&soft, &[FindingCode::InvalidationPending]), Ok(()));
        let lapsed = PatentFacts { legal_status: "lapsed".into(), ..patent(1) };
        let hard = examine(&terms(), ask(), &[lapsed], &HashMap::new(), day("2026-11-24"));
        assert!(admit(&hard, FindingCode::ALL).is_err());
    }
}
