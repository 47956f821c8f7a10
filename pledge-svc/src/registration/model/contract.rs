//! The pledge contract: what the register demands that it says (ground 7 of CNIPA Announcement 461 of 2021), and
//! whether it agrees with what was approved.
//!
//! A contract that the parties do not state is drawn up from the approval and the catalogue.

use chrono::{Months, NaiveDate};
use finance::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Change, Filing, FilingKind, FilingState};
use crate::applications::{Application, Finding, FindingCode, model::PatentFacts};

/// The address of a party that the contract names by its business licence.
const ADDRESS_BY_LICENCE: &str = "以营业执照载明的住所为准";
/// The kind of claim that a loan gives.
const CLAIM_OF_A_LOAN: &str = "借款合同项下的贷款债权";
/// The scope that the Civil Code, article 389, gives where the parties agree on no other.
const STATUTORY_SCOPE: &str = "主债权及其利息、违约金、损害赔偿金、保管担保财产和实现质权的费用";
/// The longest text of one item, in characters.
pub const ITEM_CHARS_MAX: usize = 500;

/// A party of the contract.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = ContractParty)]
pub struct Party {
    /// 名称
    #[serde(default)]
    pub name: String,
    /// 住所
    #[serde(default)]
    pub address: String,
}

/// A patent as the contract names it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct ContractPatent {
    /// 专利号
    #[serde(default)]
    pub number: String,
    /// 名称
    #[serde(default)]
    pub title: String,
    /// 申请日
    #[serde(default)]
    pub filing_date: Option<NaiveDate>,
    /// 授权公告日
    #[serde(default)]
    pub grant_date: Option<NaiveDate>,
}

/// What a pledge contract says. Anything may be missing: the check says what the register would miss.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct PledgeContract {
    /// 出质人
    #[serde(default)]
    pub pledgor: Party,
    /// 质权人
    #[serde(default)]
    pub pledgee: Party,
    /// 被担保债权的种类
    #[serde(default)]
    pub claim_kind: String,
    /// 被担保债权的数额
    #[serde(default)]
    pub claim_amount: Option<Money>,
    /// The first day of the term for performing the debt.
    #[serde(default)]
    pub debt_from: Option<NaiveDate>,
    /// Its last day.
    #[serde(default)]
    pub debt_until: Option<NaiveDate>,
    /// 专利件数
    #[serde(default)]
    pub patent_count: u32,
    /// The patents.
    #[serde(default)]
    pub patents: Vec<ContractPatent>,
    /// 担保范围
    #[serde(default)]
    pub scope: String,
}

impl PledgeContract {
    /// The contract with a registered change.
    #[must_use]
    pub fn changed(mut self, change: &Change) -> Self {
        let texts = [
            (&mut self.pledgor.name, &change.enterprise_name),
            (&mut self.pledgor.address, &change.pledgor_address),
            (&mut self.pledgee.name, &change.bank_name),
            (&mut self.pledgee.address, &change.pledgee_address),
            (&mut self.claim_kind, &change.claim_kind),
            (&mut self.scope, &change.scope),
        ];
        for (text, new) in texts {
            if let Some(new) = new {
                text.clone_from(new);
            }
        }
        self.claim_amount = change.secured_amount.or(self.claim_amount);
        self.debt_until = change.debt_until.or(self.debt_until);
        self
    }

    /// The contract of a pledge as it stands: as it was registered, with every change since. `filed` is newest first.
    #[must_use]
    pub fn in_force(filed: &[Filing]) -> Option<Self> {
        let registration = filed.iter().find(|one| one.kind == FilingKind::Registration)?;
        let completed = filed.iter().rev().filter(|one| one.state == FilingState::Completed);
        let contract = registration.papers.contract.clone()?;
        Some(completed.filter_map(Filing::change).fold(contract, Self::changed))
    }
}

/// Draws the contract up from the approval and from what the catalogue says of the patents. The line is drawn on until
/// `last_draw`; the debt's term is that of the loan drawn then, and never outlives a patent.
#[must_use]
pub fn draw_up(
    application: &Application,
    facts: &[PatentFacts],
    (on, last_draw): (NaiveDate, NaiveDate),
) -> PledgeContract {
    let last_due = last_draw.checked_add_months(Months::new(application.tenor_months));
    let first_end = facts.iter().filter_map(|one| one.expires_on).min();
    let party = |name: &str| Party { name: name.to_owned(), address: ADDRESS_BY_LICENCE.to_owned() };
    let patents: Vec<ContractPatent> = facts
        .iter()
        .map(|one| ContractPatent {
            number: one.number.clone(),
            title: one.title.clone(),
            filing_date: one.filing_date,
            grant_date: one.grant_date,
        })
        .collect();
    PledgeContract {
        pledgor: party(&application.enterprise_name),
        pledgee: party(&application.bank_name),
        claim_kind: CLAIM_OF_A_LOAN.to_owned(),
        claim_amount: application.approved_amount(),
        debt_from: Some(on),
        debt_until: [last_due, first_end].into_iter().flatten().min(),
        patent_count: u32::try_from(patents.len()).unwrap_or(u32::MAX),
        patents,
        scope: STATUTORY_SCOPE.to_owned(),
    }
}

/// Everything that the contract lacks, or says otherwise than what was approved and than the patents are.
#[must_use]
pub fn check(contract: &PledgeContract, application: &Application, facts: &[PatentFacts]) -> Vec<Finding> {
    let mut found: Vec<Finding> =
        lacking(contract).into_iter().map(|(zh, en)| lacks(&application.number, zh, en)).collect();
    found.extend(disagreeing(contract, application, facts));
    found.extend(facts.iter().filter_map(|one| outlived(contract, one)));
    found
}

/// The items of the announcement that are missing, in Chinese and English.
fn lacking(contract: &PledgeContract) -> Vec<(String, String)> {
    let blank = |text: &str| text.trim().is_empty();
    let items = [
        (blank(&contract.pledgor.name), "出质人名称", "the pledgor's name"),
        (blank(&contract.pledgor.address), "出质人住所", "the pledgor's address"),
        (blank(&contract.pledgee.name), "质权人名称", "the pledgee's name"),
        (blank(&contract.pledgee.address), "质权人住所", "the pledgee's address"),
        (blank(&contract.claim_kind), "被担保债权的种类", "the kind of the secured claim"),
        (
            !contract.claim_amount.is_some_and(Money::is_positive),
            "被担保债权的数额",
            "the amount of the secured claim",
        ),
        (contract.debt_until.is_none(), "债务人履行债务的期限", "the term for performing the debt"),
        (contract.patents.is_empty() || contract.patent_count == 0, "专利件数", "the number of patents"),
        (blank(&contract.scope), "担保的范围", "the scope secured"),
    ];
    let mut found: Vec<(String, String)> = items
        .into_iter()
        .filter(|(lacks, ..)| *lacks)
        .map(|(_, zh, en)| (zh.to_owned(), en.to_owned()))
        .collect();
    for (at, patent) in (1..).zip(&contract.patents) {
        for (lacks, zh, en) in [
            (blank(&patent.number), "专利号", "number"),
            (blank(&patent.title), "名称", "title"),
            (patent.filing_date.is_none(), "申请日", "filing date"),
            (patent.grant_date.is_none(), "授权公告日", "grant date"),
        ] {
            if lacks {
                found.push((format!("第 {at} 件专利的{zh}"), format!("the {en} of patent {at}")));
            }
        }
    }
    found
}

fn lacks(subject: &str, zh: String, en: String) -> Finding {
    Finding::new(
        FindingCode::ContractContent,
        subject,
        (format!("质押合同未载明{zh}"), format!("the pledge contract does not state {en}")),
        (format!("请在质押合同中补充{zh}"), format!("state {en} in the contract")),
    )
}

fn disagreeing(contract: &PledgeContract, application: &Application, facts: &[PatentFacts]) -> Vec<Finding> {
    let approved = application.approved_amount_or_zero();
    let mut numbers: Vec<&str> = contract.patents.iter().map(|one| one.number.trim()).collect();
    let mut offered: Vec<&str> = facts.iter().map(|one| one.number.as_str()).collect();
    numbers.sort_unstable();
    offered.sort_unstable();
    let other = |name: &str, known: &str| !name.trim().is_empty() && name.trim() != known;
    let upside_down = contract.debt_from.zip(contract.debt_until).is_some_and(|(from, until)| until < from);
    let count = usize::try_from(contract.patent_count).unwrap_or(usize::MAX);
    [
        (
            other(&contract.pledgor.name, &application.enterprise_name),
            format!("出质人与申请人 {} 不一致", application.enterprise_name),
            format!("the pledgor is not the applicant, {}", application.enterprise_name),
        ),
        (
            other(&contract.pledgee.name, &application.bank_name),
            format!("质权人与授信银行 {} 不一致", application.bank_name),
            format!("the pledgee is not the lending bank, {}", application.bank_name),
        ),
        (
            contract.claim_amount.is_some_and(|amount| amount != approved),
            format!("被担保债权数额与批准金额 {approved} 元不一致"),
            format!("the secured claim is not the {approved} yuan approved"),
        ),
        (
            !contract.patents.is_empty() && (numbers != offered || count != facts.len()),
            format!("所列专利与申请质押的 {} 件专利不一致", facts.len()),
            format!("the patents named are not the {} offered", facts.len()),
        ),
        (
            upside_down,
            "履行期限届满日早于起始日".to_owned(),
            "the debt's term ends before it begins".to_owned(),
        ),
    ]
    .into_iter()
    .filter(|(disagrees, ..)| *disagrees)
    .map(|(_, zh, en)| {
        Finding::new(
            FindingCode::ContractContent,
            &application.number,
            (format!("质押合同{zh}"), format!("in the pledge contract, {en}")),
            ("请使质押合同与批准内容一致", "bring the contract into agreement with the approval"),
        )
    })
    .collect()
}

/// Ground 6, by the contract's own last day.
fn outlived(contract: &PledgeContract, patent: &PatentFacts) -> Option<Finding> {
    let (until, ends) = (contract.debt_until?, patent.expires_on?);
    (until > ends).then(|| {
        Finding::new(
            FindingCode::TermBeyondRight,
            &patent.number,
            (
                format!("合同约定的债务履行期限至 {until}，超过专利权有效期（{ends}）"),
                format!("by the contract the debt lasts until {until}, and the patent ends on {ends}"),
            ),
            ("请缩短债务履行期限", "shorten the term of the debt"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applications::model::samples::{approved, day, patent};

    fn facts() -> Vec<PatentFacts> {
        vec![patent(1), patent(2)]
    }

    fn whole() -> PledgeContract {
        draw_up(&approved(), &facts(), (day("2026-11-24"), day("2026-12-31")))
    }

    #[test]
    fn a_contract_drawn_up_from_the_approval_says_all_that_the_register_demands() {
        assert_eq!(check(&whole(), &approved(), &facts()), []);
        assert_eq!(whole().debt_until, Some(day("2027-12-31")), "twelve months from the last draw");
        let ending = PatentFacts { expires_on: Some(day("2027-12-24")), ..patent(1) };
        let drawn_up = draw_up(&approved(), &[ending], (day("2026-11-24"), day("2026-12-31")));
        assert_eq!(drawn_up.debt_until, Some(day("2027-12-24")), "no debt outlives its patent");
    }

    #[test]
    fn the_contract_in_force_is_the_registered_one_with_every_completed_change() {
        let registered = crate::registration::model::samples::registered_case().filing;
        let changed = |state, scope: &str| {
            let mut filing = registered.clone();
            filing.kind = FilingKind::Change;
            filing.state = state;
            filing.papers.change = Some(Change { scope: Some(scope.to_owned()), ..Change::default() });
            filing
        };
        let filed = [
            changed(FilingState::Accepted, "未办结"),
            changed(FilingState::Completed, "主债权及利息"),
            changed(FilingState::Completed, "主债权"),
            registered.clone(),
        ];
        assert_eq!(PledgeContract::in_force(&filed).unwrap().scope, "主债权及利息");
        assert_eq!(PledgeContract::in_force(&filed[3..]), registered.papers.contract);
    }

    #[test]
    fn each_item_of_the_announcement_is_missed_by_itself() {
        let without: [fn(&mut PledgeContract); 13] = [
            |c| c.pledgor.name.clear(),
            |c| c.pledgor.address.clear(),
            |c| c.pledgee.name.clear(),
            |c| c.pledgee.address = " ".into(),
            |c| c.claim_kind.clear(),
            |c| c.claim_amount = None,
            |c| c.debt_until = None,
            |c| c.scope.clear(),
            |c| c.patents[1].title.clear(),
            |c| c.patents[0].filing_date = None,
            |c| c.patents[0].grant_date = None,
            |c| c.patents = vec![],
            |c| c.patent_count = 3,
        ];
        for (at, take) in without.into_iter().enumerate() {
            let mut contract = whole();
            take(&mut contract);
            let found = check(&contract, &approved(), &facts());
            assert_eq!(found.len(), 1, "{at}: {found:?}");
            assert_eq!(found[0].code, FindingCode::ContractContent, "{at}");
        }
        assert!(check(&PledgeContract::default(), &approved(), &facts()).len() >= 9);
    }

    #[test]
    fn a_contract_over_something_else_than_was_approved_is_found() {
        let mut contract = whole();
        contract.claim_amount = Some(Money::from_fen(500_001));
        contract.pledgee.name = "乙银行".into();
        contract.patents[1].number = "CN9".into();
        assert_eq!(check(&contract, &approved(), &facts()).len(), 3);
    }

    #[test]
    fn a_debt_may_last_to_the_patents_last_day_and_not_a_day_longer() {
        let mut contract = whole();
        contract.debt_until = Some(day("2041-01-04"));
        assert_eq!(check(&contract, &approved(), &facts()), []);
        contract.debt_until = Some(day("2041-01-05"));
        let codes: Vec<FindingCode> =
            check(&contract, &approved(), &facts()).into_iter().map(|one| one.code).collect();
        assert_eq!(codes, [FindingCode::TermBeyondRight, FindingCode::TermBeyondRight]);
    }
}
