//! Whether an enterprise may apply: the facility's and the product's terms, what the bank knows of the enterprise, and the
//! grounds against each patent, all at once, so that the enterprise hears of everything that it has to put right.

use std::collections::HashMap;

use chrono::NaiveDate;
use contracts::{OrgId, PatentId, PledgeId};
use finance::{Money, MoneyError, Rate, Rounding};

use super::{
    Finding, FindingCode, PatentFacts, Refusal,
    connected::GroupExposure,
    exposure::{CustomerExposure, of_exposure},
    grounds::{Considered, grounds},
    products::Product,
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
    /// The bank's part of the line: 1 where it lends alone.
    pub bank_share: Rate,
    /// What the member may still be granted: its sub-limit less what is drawn and reserved.
    pub free: Money,
    /// The contract rate a year.
    pub annual_rate: Rate,
    /// The industry of the cluster.
    pub industry: String,
    /// Whether the member's place in the cluster is active.
    pub member_active: bool,
}

/// What the bank knows of the enterprise and asks of the product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Background {
    /// The enterprise's name.
    pub enterprise_name: String,
    /// The product applied for.
    pub product: Product,
    /// The one-year LPR last announced, where the product asks for it.
    pub lpr_one_year: Option<Rate>,
    /// The day on which that LPR was announced, where it is not the one in force: a later one is not recorded.
    pub lpr_outdated: Option<NaiveDate>,
    /// Whether an entry of the bank's blacklist holds against it.
    pub blacklisted: bool,
    /// The group of connected enterprises that it belongs to, with what that has at the bank.
    pub group: Option<GroupExposure>,
    /// The most that the bank approves for a group together.
    pub group_exposure_max: Option<Money>,
    /// What the enterprise has at the bank, and what bounds it.
    pub customer: CustomerExposure,
}

impl Background {
    /// Leaves out what the application itself was granted: what of it is drawn by now counts first.
    ///
    /// # Errors
    /// When the amount is beyond the range of money.
    pub fn without(&mut self, granted: Money, bank_share: Rate) -> Result<(), MoneyError> {
        let own = granted.scale(bank_share, Rounding::Up)?;
        let customer = &mut self.customer;
        let promised = own.min(customer.held);
        customer.held = customer.held.saturating_sub(promised);
        customer.drawn = customer.drawn.saturating_sub(own.saturating_sub(promised));
        if let Some(group) = &mut self.group {
            // What was granted and is repaid since is not there to be left out.
            let granted = own.min(group.own);
            group.exposure = group.exposure.saturating_sub(granted);
            group.own = group.own.saturating_sub(granted);
        }
        Ok(())
    }
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

/// Everything that stands in the way, of the facility first, then of the enterprise and the product, then patent by patent.
///
/// # Errors
/// When a sum of what is approved is beyond the range of money.
pub fn examine(
    terms: &Terms,
    background: &Background,
    ask: Ask,
    patents: &[PatentFacts],
    held: &HashMap<PatentId, PledgeId>,
    on: NaiveDate,
) -> Result<Vec<Finding>, MoneyError> {
    let considered =
        Considered { pledgor: ask.enterprise, tenor_months: ask.tenor_months, on, held, itself: None };
    let mut found = of_facility(terms, ask, on);
    found.extend(of_enterprise(terms, background, ask)?);
    found.extend(grounds(patents, considered));
    Ok(found)
}

/// What of the enterprise and the product stands in the way; the same at every step.
///
/// # Errors
/// As [`examine`].
pub fn of_enterprise(terms: &Terms, background: &Background, ask: Ask) -> Result<Vec<Finding>, MoneyError> {
    let name = background.enterprise_name.as_str();
    let mut found = Vec::new();
    if !terms.member_active {
        found.push(Finding::new(
            FindingCode::MemberNotActive,
            name,
            (
                "企业在该集群授信名单中的资格已暂停或已退出",
                "the enterprise's place in the cluster's facility is paused or ended",
            ),
            ("请联系集群运营方或银行恢复资格", "ask the cluster's operator or the bank to restore it"),
        ));
    }
    if background.blacklisted {
        found.push(Finding::new(
            FindingCode::Blacklisted,
            name,
            ("企业在银行限制名单内", "the enterprise is on the bank's blacklist"),
            (
                "请联系银行了解原因；已履行或有误的，请提供证明申请移出",
                "ask the bank for the reason; where it is settled or wrong, bring the proof and have it lifted",
            ),
        ));
    }
    found.extend(of_exposure(background, ask.amount, terms.bank_share)?);
    let product = &background.product;
    found.extend(product.findings(
        ask.amount,
        ask.tenor_months,
        terms.annual_rate,
        background.lpr_one_year,
        &terms.industry,
    ));
    found.extend(background.lpr_outdated.map(|announced| {
        Finding::new(
            FindingCode::LprOutdated,
            &product.code,
            (
                format!("产品利率上限按 {announced} 公布的 LPR 计算，其后的报价尚未补录"),
                format!(
                    "the product's highest rate goes by the LPR of {announced}; a later one is not recorded"
                ),
            ),
            (
                "请银行在“参数管理—LPR 报价”中补录当月公告后再审批",
                "have the bank record the announcement of the month before it decides",
            ),
        )
    }));
    Ok(found)
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
        Severity,
        facts::Dispute,
        products::ApplicationProducts,
        samples::{ask, background, day, patent, terms},
    };

    fn all(terms: &Terms, background: &Background, ask: Ask, patents: &[PatentFacts]) -> Vec<Finding> {
        examine(terms, background, ask, patents, &HashMap::new(), day("2026-11-24")).unwrap()
    }

    fn found(terms: &Terms, ask: Ask, patents: &[PatentFacts]) -> Vec<FindingCode> {
        all(terms, &background(), ask, patents).into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn a_member_within_its_sub_limit_with_a_sound_patent_may_apply() {
        assert_eq!(found(&terms(), ask(), &[patent(1)]), []);
    }

    #[test]
    fn an_lpr_that_is_not_the_one_in_force_is_told_and_refuses_nothing() {
        let old = Background { lpr_outdated: Some(day("2025-10-20")), ..background() };
        let told = all(&terms(), &old, ask(), &[patent(1)]);
        assert_eq!((told[0].code, told[0].severity), (FindingCode::LprOutdated, Severity::Notice));
        assert!(told[0].reason_zh.contains("2025-10-20"));
        assert_eq!((told.len(), admit(&told, &[])), (1, Ok(())));
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
    fn what_the_bank_knows_of_the_enterprise_refuses_it_and_each_finding_says_what_cures_it() {
        let products = ApplicationProducts::default();
        let listed = Background {
            product: products.find("tianfu_zhilai").unwrap().clone(),
            blacklisted: true,
            group: Some(GroupExposure {
                name: "甲集团".into(),
                exposure: Money::from_fen(400_001),
                own: Money::ZERO,
            }),
            group_exposure_max: Some(Money::from_fen(1_000_000)),
            ..background()
        };
        let paused = Terms { member_active: false, ..terms() };
        let findings = all(&paused, &listed, Ask { tenor_months: 13, ..ask() }, &[patent(1)]);
        let codes: Vec<FindingCode> = findings.iter().map(|finding| finding.code).collect();
        assert_eq!(
            codes,
            [
                FindingCode::MemberNotActive,
                FindingCode::Blacklisted,
                FindingCode::AboveGroupExposure,
                FindingCode::AboveProductTenor,
            ]
        );
        for finding in &findings {
            assert_eq!(finding.severity, Severity::Hard);
            for text in [&finding.reason_zh, &finding.reason_en, &finding.cure_zh, &finding.cure_en] {
                assert!(!text.is_empty(), "{}", finding.code);
            }
            assert!(!finding.reason_zh.contains("甲集团"), "the group is the bank's own affair");
        }
    }

    #[test]
    fn a_declaration_lifts_a_soft_finding_and_never_a_hard_one() {
        let contested = PatentFacts {
            disputes: vec![Dispute { kind: "invalidation".into(), status: "pending".into() }],
            ..patent(1)
        };
        let soft = all(&terms(), &background(), ask(), &[contested]);
        assert!(admit(&soft, &[]).is_err());
        assert_eq!(admit(&soft, &[FindingCode::InvalidationPending]), Ok(()));
        let lapsed = PatentFacts { legal_status: "lapsed".into(), ..patent(1) };
        let hard = all(&terms(), &background(), ask(), &[lapsed]);
        assert!(admit(&hard, FindingCode::ALL).is_err());
    }
}
