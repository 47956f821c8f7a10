//! Writing a loan off (核销): under which condition, with which papers. The loan leaves the books, the claim is kept
//! (账销案存).
//!
//! Source: 金融企业呆账核销管理办法（2017 年版）, 财金〔2017〕90号, and its annex on the recognition of bad debts and the
//! papers required. Conditions and papers are given here in short; days and amounts that a bank's own rules set for
//! some of them are parameters (`rules.rs`).

use contracts::DocumentId;
use finance::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Case, CaseMoney, CaseStatus, Claim, Refusal, WorkoutRules, claim::all_decided, proposal::Flaw};
use crate::risk::model::Tier;

/// Why a debt counts as bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[schema(as = WriteOffCondition)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// 破产、关闭、解散或撤销，程序终结
    Liquidated,
    /// 重大自然灾害或意外事故
    Disaster,
    /// 停止经营，注销、吊销营业执照或下落不明
    Ceased,
    /// 触犯刑法
    Crime,
    /// 诉诸法律，强制执行后仍未收回
    Enforced,
    /// 经法院调解或和解后的剩余债权
    Settled,
    /// 处置质押物、抵债后的剩余债权
    CollateralDisposed,
    /// 小额债权，经追索仍未收回
    Small,
}

/// A paper that is demanded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaperDemanded {
    /// Its code.
    pub code: String,
    /// 名称
    pub zh: String,
    /// Its name.
    pub en: String,
}

/// A condition with its papers, for the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConditionDemands {
    /// The condition.
    pub condition: Condition,
    /// 条件
    pub zh: String,
    /// The condition in words.
    pub en: String,
    /// What must be on file.
    pub papers: Vec<PaperDemanded>,
    /// 依据
    pub source_zh: String,
    /// Where it is from.
    pub source_en: String,
}

/// What every write-off needs: the debt's own papers, what was done to collect it, who answers for it.
const ALWAYS: [(&str, &str, &str); 3] = [
    ("debt", "借款合同、借据等债权凭证", "Loan contract and other proof of the debt"),
    ("collection", "追偿记录及催收证明", "Record and proof of what was done to collect"),
    ("liability", "责任认定及追究意见", "Finding on who answers for the loss"),
];

impl Condition {
    /// Every condition.
    pub const ALL: [Self; 8] = [
        Self::Liquidated,
        Self::Disaster,
        Self::Ceased,
        Self::Crime,
        Self::Enforced,
        Self::Settled,
        Self::CollateralDisposed,
        Self::Small,
    ];

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Liquidated => (
                "借款人依法破产、关闭、解散或撤销，程序终结并清偿、追偿后仍未收回",
                "Borrower bankrupt, closed, dissolved or revoked; proceedings ended; still unpaid after distribution",
            ),
            Self::Disaster => (
                "借款人遭受重大自然灾害或意外事故，保险赔偿及清偿后仍无力偿还",
                "Borrower struck by disaster or accident and unable to pay after insurance",
            ),
            Self::Ceased => (
                "借款人停止经营，被注销、吊销营业执照，或下落不明",
                "Borrower out of business, licence cancelled or revoked, or not to be found",
            ),
            Self::Crime => (
                "借款人触犯刑法，财产不足清偿且无其他承担者",
                "Borrower convicted; assets do not suffice and nobody else answers",
            ),
            Self::Enforced => (
                "经诉讼或仲裁并强制执行，仍未收回，或法院裁定终结（中止）执行",
                "Sued and enforced without full payment, or enforcement ended or stayed by the court",
            ),
            Self::Settled => (
                "经法院调解或与债务人达成和解并履行后的剩余债权",
                "Left over after a settlement in court or with the debtor was performed",
            ),
            Self::CollateralDisposed => (
                "处置质押物或取得抵债资产后，向借款人及保证人追偿仍未收回",
                "Left over after the collateral was disposed of or taken, borrower and guarantors pursued",
            ),
            Self::Small => (
                "小额债权，按本行规定的期限追索后仍未收回",
                "A small claim, pursued for as long as the bank's rules demand",
            ),
        }
    }

    const fn own_papers(self) -> &'static [(&'static str, &'static str, &'static str)] {
        match self {
            Self::Liquidated => &[
                (
                    "ruling",
                    "破产、关闭、撤销的裁定或文件",
                    "Ruling or order of bankruptcy, closure or revocation",
                ),
                ("distribution", "财产清偿证明", "Proof of the distribution of assets"),
            ],
            Self::Disaster => &[
                ("event", "灾害或事故证明", "Proof of the disaster or accident"),
                ("insurance", "保险赔偿证明", "Proof of what insurance paid"),
            ],
            Self::Ceased => &[(
                "registry",
                "登记机关查询或吊销、注销文件",
                "Registry extract, or the cancellation or revocation",
            )],
            Self::Crime => &[("judgment", "法院判决或裁定", "Judgment of the court")],
            Self::Enforced => &[
                ("judgment", "判决、裁定或仲裁裁决", "Judgment, order or award"),
                (
                    "enforcement",
                    "强制执行或终结（中止）执行裁定",
                    "Record of enforcement, or the order ending or staying it",
                ),
            ],
            Self::Settled => &[
                ("settlement", "调解书或和解协议", "Settlement in court or agreement"),
                ("performance", "履行证明", "Proof that it was performed"),
            ],
            Self::CollateralDisposed => &[
                ("disposal", "质押物处置或抵债文件", "Papers of the disposal or taking of the collateral"),
                ("price", "价款收取及估值文件", "Proof of the price and the valuation"),
            ],
            Self::Small => {
                &[("pursuit", "达到规定期限的追索记录", "Record of pursuit for as long as is demanded")]
            }
        }
    }

    /// What must be on file.
    #[must_use]
    pub fn papers(self) -> Vec<PaperDemanded> {
        ALWAYS
            .iter()
            .chain(self.own_papers())
            .map(|(code, zh, en)| PaperDemanded {
                code: (*code).to_owned(),
                zh: (*zh).to_owned(),
                en: (*en).to_owned(),
            })
            .collect()
    }

    /// The condition with its papers, for the form.
    #[must_use]
    pub fn demands(self) -> ConditionDemands {
        let (zh, en) = self.words();
        ConditionDemands {
            condition: self,
            zh: zh.to_owned(),
            en: en.to_owned(),
            papers: self.papers(),
            source_zh: "金融企业呆账核销管理办法（2017 年版），财金〔2017〕90号".to_owned(),
            source_en:
                "Rules on the write-off of bad debts by financial enterprises (2017), Caijin [2017] No. 90"
                    .to_owned(),
        }
    }
}

/// A paper on file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Paper {
    /// The code of what is demanded.
    pub code: String,
    /// Its number or where it lies.
    pub reference: String,
    /// The document of the case that it is: demanded.
    #[serde(default)]
    pub document_id: Option<DocumentId>,
}

/// The loan is to be written off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WriteOff {
    /// Under which condition.
    pub condition: Condition,
    /// The papers on file.
    pub papers: Vec<Paper>,
    /// What else is to be known.
    #[serde(default)]
    pub note: Option<String>,
}

impl WriteOff {
    /// Everything that is wrong with it by itself: each paper demanded must be on file once.
    pub(super) fn flaws(&self, found: &mut Vec<Flaw>) {
        for demanded in self.condition.papers() {
            let given: Vec<&Paper> = self.papers.iter().filter(|paper| paper.code == demanded.code).collect();
            let sound = matches!(given[..], [paper] if paper.document_id.is_some()
                && (1..=200).contains(&paper.reference.trim().chars().count()));
            if !sound {
                found.push(Flaw::new(
                    format!("papers.{}", demanded.code),
                    format!("须提供：{}（上传至本案件并填写编号）。", demanded.zh),
                    format!("Required, uploaded to the case, with its number: {}.", demanded.en),
                ));
            }
        }
        if let Some(note) = &self.note {
            super::proposal::text(found, "note", note, 1_000);
        }
    }
}

/// What the loan owes on the books when it is taken off them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnBooks {
    /// Principal.
    pub principal: Money,
    /// Everything: principal, interest of every kind, fees.
    pub total: Money,
    /// Of the interest that the books show as receivable, what is not taxed on receipt alone: its tax is due already.
    pub taxed: Money,
    /// Its class today.
    pub tier: Tier,
}

/// What was done to collect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pursuit {
    /// Steps on record.
    pub steps: u64,
    /// Days since the first of them.
    pub days: i64,
}

/// The case once its loan is off the books, under a condition and the bank's rules.
///
/// # Errors
/// The loss is not determined, claims wait, nothing was done to collect, nothing is left to write off, the loan's class is
/// too good, or a claim is not as small or was not pursued as long as the condition says.
pub fn written_off(
    (case, claims): (&Case, &[Claim]),
    pursuit: Pursuit,
    loan: OnBooks,
    condition: Condition,
    rules: &WorkoutRules,
) -> Result<Case, Refusal> {
    case.require(&[CaseStatus::Sharing])?;
    all_decided(claims)?;
    if pursuit.steps == 0 {
        return Err(Refusal::NoCollection);
    }
    // Interest alone too: where those who share the loss have paid the principal, the loan ends no other way.
    if !loan.total.is_positive() {
        return Err(Refusal::NothingLeft);
    }
    if loan.tier < rules.write_off_tier {
        return Err(Refusal::ClassTooGood { tier: loan.tier, least: rules.write_off_tier });
    }
    if condition == Condition::Small {
        if loan.total > rules.small_claim_max {
            return Err(Refusal::NotSmall { owed: loan.total, most: rules.small_claim_max });
        }
        if pursuit.days < i64::from(rules.small_pursuit_days) {
            return Err(Refusal::PursuedTooShortly { days: pursuit.days, least: rules.small_pursuit_days });
        }
    }
    let lacks = case.money.own_loss().saturating_sub(case.money.own_back);
    let money = CaseMoney {
        taken_off: loan.total,
        written_off: loan.principal,
        claim_kept: loan.total.saturating_sub(lacks),
        taxed: loan.taxed,
        ..case.money
    };
    Ok(Case { money, ..case.in_status(CaseStatus::WrittenOff) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        disposal::model::samples::{case, claim, yuan},
        fund::Bearer,
    };

    fn paper_id() -> DocumentId {
        DocumentId::from_uuid(uuid::Uuid::from_u128(1))
    }

    fn on_file(condition: Condition) -> WriteOff {
        let papers = condition
            .papers()
            .into_iter()
            .map(|paper| Paper { code: paper.code, reference: "档 1".into(), document_id: Some(paper_id()) })
            .collect();
        WriteOff { condition, papers, note: None }
    }

    #[test]
    fn every_condition_demands_the_debts_papers_the_record_of_collection_and_its_own() {
        for condition in Condition::ALL {
            let codes: Vec<String> = condition.papers().into_iter().map(|paper| paper.code).collect();
            assert!(codes.len() > 3 && codes[..3] == ["debt", "collection", "liability"], "{condition:?}");
            let mut found = Vec::new();
            on_file(condition).flaws(&mut found);
            assert_eq!(found, [], "{condition:?}");
        }
    }

    #[test]
    fn each_missing_paper_is_named() {
        let mut short = on_file(Condition::Enforced);
        short.papers.retain(|paper| paper.code != "enforcement");
        short.papers[0].reference = " ".into();
        short.papers[1].document_id = None;
        let mut found = Vec::new();
        short.flaws(&mut found);
        let fields: Vec<_> = found.iter().map(|flaw| flaw.field.as_str()).collect();
        assert_eq!(fields, ["papers.debt", "papers.collection", "papers.enforcement"]);
    }

    fn on_books(principal: i64, total: i64) -> OnBooks {
        OnBooks { principal: yuan(principal), total: yuan(total), taxed: Money::ZERO, tier: Tier::Doubtful }
    }

    fn off(case: &Case, claims: &[Claim], steps: u64, loan: OnBooks) -> Result<Case, Refusal> {
        let (pursuit, rules) = (Pursuit { steps, days: 179 }, WorkoutRules::default());
        written_off((case, claims), pursuit, loan, Condition::Enforced, &rules)
    }

    #[test]
    fn nothing_is_written_off_before_loss_claims_and_collection_are_done() {
        let sharing = case().in_status(CaseStatus::Sharing);
        let one = on_books(1, 1);
        assert_eq!(off(&sharing, &[], 1, one).unwrap().status, CaseStatus::WrittenOff);
        assert!(matches!(off(&case(), &[], 1, one), Err(Refusal::NotInStatus { .. })));
        assert_eq!(off(&sharing, &[], 0, one), Err(Refusal::NoCollection));
        assert_eq!(off(&sharing, &[], 1, on_books(0, 0)), Err(Refusal::NothingLeft));
        let waiting = [claim(1, Bearer::Insurer, 5)];
        assert_eq!(off(&sharing, &waiting, 1, one), Err(Refusal::ClaimsOpen { open: 1 }));
    }

    #[test]
    fn what_is_claimed_beyond_the_loss_is_kept_off_the_books() {
        // 1,000 of principal and 70 of interest were lost, 540 of it compensated; 30 of penalty have run since.
        let money = CaseMoney { loss: yuan(1_070), compensated: yuan(540), ..CaseMoney::default() };
        let sharing = Case { money, ..case().in_status(CaseStatus::Sharing) };
        let gone = off(&sharing, &[], 1, on_books(460, 560)).unwrap();
        assert_eq!((gone.money.written_off, gone.money.claim_kept), (yuan(460), yuan(30)));
        assert_eq!(gone.money.taken_off, yuan(560));
    }

    #[test]
    fn a_loan_is_written_off_only_once_it_is_doubtful_and_as_small_only_what_is_small_and_was_pursued() {
        let sharing = case().in_status(CaseStatus::Sharing);
        let better = OnBooks { tier: Tier::Substandard, ..on_books(1, 1) };
        let refused = off(&sharing, &[], 1, better);
        let (tier, least) = (Tier::Substandard, Tier::Doubtful);
        assert_eq!(refused, Err(Refusal::ClassTooGood { tier, least }));
        let rules = WorkoutRules::default();
        let small = |total: i64, days: i64| {
            let pursuit = Pursuit { steps: 1, days };
            written_off((&sharing, &[]), pursuit, on_books(1, total), Condition::Small, &rules)
        };
        let most = yuan(5_000_000);
        assert_eq!(small(5_000_001, 180), Err(Refusal::NotSmall { owed: yuan(5_000_001), most }));
        assert_eq!(small(5_000_000, 179), Err(Refusal::PursuedTooShortly { days: 179, least: 180 }));
        assert!(small(5_000_000, 180).is_ok());
    }
}
