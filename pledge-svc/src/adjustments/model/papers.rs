//! The papers without which no change of a loan is approved, as a bank's parameters. They stand beside the borrower's
//! consent, which no parameter relaxes.
//!
//! Sources: 贷款通则 (中国人民银行令〔1996〕第2号), article 12: the borrower applies before maturity, and for a secured loan
//! guarantor, mortgagor and pledgor consent in writing; 民法典, articles 543 and 668: a loan contract of a bank is in
//! writing, and so is its change; article 695: a guarantor does not answer for what was made heavier without its written
//! consent.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AdjustmentKind, Refusal};
use crate::parameters::{FieldDoc, Flaw, ParameterSet, Unit};

/// The most papers of the list.
const ENTRIES_MAX: usize = 50;
/// The longest code, in characters.
const CODE_CHARS_MAX: usize = 40;
/// The longest name and the longest cure, in characters.
const TEXT_CHARS_MAX: usize = 300;

/// When a paper is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AskedWhen {
    /// 一律要求
    Always,
    /// 有连带责任成员或融资担保保险时
    Guaranteed,
}

/// What brings a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ChangePaperSource)]
pub enum ChangePaperSource {
    /// 上传: a document of that kind, attached to the change
    Attached,
    /// 申请: the borrower's request that is recorded here and was taken up
    Request,
}

/// A paper that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangePaper {
    /// The kind of document.
    pub code: String,
    /// With which kinds of change.
    pub kinds: Vec<AdjustmentKind>,
    /// When.
    pub asked: AskedWhen,
    /// What brings it; a document attached always does.
    pub source: ChangePaperSource,
    /// What it is.
    pub name_zh: String,
    /// The same in English.
    pub name_en: String,
    /// What to do while it is missing.
    pub cure_zh: String,
    /// The same in English.
    pub cure_en: String,
}

/// A bank's list of papers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChangePapers {
    /// The papers.
    pub papers: Vec<ChangePaper>,
}

impl Default for ChangePapers {
    fn default() -> Self {
        use AdjustmentKind::{
            Extension, PrepaymentLower, PrepaymentShorten, Repricing, Restructuring, Rollover, VatExemption,
        };
        let agreed = || vec![Extension, Rollover, Restructuring, Repricing];
        let paper =
            |code: &str, kinds, (asked, source), (name_zh, name_en): (&str, &str), cure: (&str, &str)| {
                ChangePaper {
                    code: code.to_owned(),
                    kinds,
                    asked,
                    source,
                    name_zh: name_zh.to_owned(),
                    name_en: name_en.to_owned(),
                    cure_zh: cure.0.to_owned(),
                    cure_en: cure.1.to_owned(),
                }
            };
        let papers = vec![
            paper(
                "adjustment_request",
                vec![Extension, Rollover, PrepaymentLower, PrepaymentShorten],
                (AskedWhen::Always, ChangePaperSource::Request),
                ("借款人书面申请", "The borrower's application in writing"),
                (
                    "请借款人在线提出申请后受理，或上传其签章的申请书",
                    "take up the borrower's request, or attach the signed application",
                ),
            ),
            paper(
                "adjustment_agreement",
                agreed(),
                (AskedWhen::Always, ChangePaperSource::Attached),
                ("补充协议", "The supplementary agreement"),
                ("请上传双方签章的补充协议", "attach the agreement that both parties have signed"),
            ),
            paper(
                "guarantor_consent",
                agreed(),
                (AskedWhen::Guaranteed, ChangePaperSource::Attached),
                (
                    "保证人（连带责任成员、担保保险人）同意变更的书面证明",
                    "The written consent of those who answer for the loan: the other members, the guarantee insurer",
                ),
                ("请上传保证人签章的同意函", "attach the letters that they have signed"),
            ),
            paper(
                "firm_size_evidence",
                vec![VatExemption],
                (AskedWhen::Always, ChangePaperSource::Attached),
                (
                    "放款时企业规模与单户授信的证明材料（免税备查）",
                    "What shows the firm's size and its credit when the loan was drawn, kept for the tax office",
                ),
                (
                    "请上传从业人员、营业收入、资产总额的证明及授信台账",
                    "attach the figures of staff, revenue and assets, and the bank's record of the credit",
                ),
            ),
        ];
        Self { papers }
    }
}

const fn doc(field: &'static str, zh: &'static str, en: &'static str) -> FieldDoc {
    FieldDoc {
        field,
        zh,
        en,
        unit: Unit::Text,
        source_zh: "贷款通则（中国人民银行令〔1996〕第2号）第十二条；民法典第五百四十三条、第六百六十八条、第六百九十五条",
        source_en: "General Rules on Loans (PBC Order 2 of 1996), article 12; Civil Code, articles 543, 668, 695",
    }
}

impl ParameterSet for ChangePapers {
    const KIND: &'static str = "loan_change_papers";
    const ZH: &'static str = "贷款变更材料";
    const EN: &'static str = "Papers for changes of loans";
    const FIELDS: &'static [FieldDoc] = &[
        doc("papers", "批准贷款变更所需材料", "the papers without which no change is approved"),
        doc("papers[].code", "材料代码，即上传时所选的材料种类", "the kind of document"),
        doc("papers[].kinds[]", "适用的变更类型", "the kinds of change that ask for it"),
        doc(
            "papers[].asked",
            "何时要求：always 为一律要求，guaranteed 为有连带责任成员或融资担保保险时",
            "when: always, or guaranteed where other members or a guarantee insurer answer for the loan",
        ),
        doc(
            "papers[].source",
            "来源：attached 为上传，request 为已受理的在线申请；上传一律有效",
            "what brings it: attached, or request (the borrower's, taken up); a document attached always does",
        ),
        doc("papers[].name_zh", "材料名称", "the name in Chinese"),
        doc("papers[].name_en", "材料英文名称", "the name in English"),
        doc("papers[].cure_zh", "缺少时的补正办法", "what to do while it is missing, in Chinese"),
        doc("papers[].cure_en", "缺少时的补正办法（英文）", "what to do while it is missing, in English"),
    ];

    fn flaws(&self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        if self.papers.len() > ENTRIES_MAX {
            flaws.push(Flaw::new("papers", "条目过多。", "There are too many entries."));
        }
        for (index, one) in self.papers.iter().enumerate().take(ENTRIES_MAX) {
            let plain = (1..=CODE_CHARS_MAX).contains(&one.code.len())
                && one.code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
            if !plain || self.papers[..index].iter().any(|before| before.code == one.code) {
                flaws.push(Flaw::new(
                    format!("papers[{index}].code"),
                    "代码须由小写字母、数字和下划线组成，最多 40 个字符，且不得重复。",
                    "A code is of small letters, digits and `_`, at most 40, and stands once.",
                ));
            }
            if one.kinds.is_empty() {
                flaws.push(Flaw::new(
                    format!("papers[{index}].kinds"),
                    "每项须至少适用于一种变更。",
                    "Each belongs to at least one kind of change.",
                ));
            }
            let said = |text: &String| (1..=TEXT_CHARS_MAX).contains(&text.trim().chars().count());
            if ![&one.name_zh, &one.name_en, &one.cure_zh, &one.cure_en].into_iter().all(said) {
                flaws.push(Flaw::new(
                    format!("papers[{index}].name_zh"),
                    "每项须有中英文名称和补正办法，最多 300 个字符。",
                    "Each needs its name and its cure in both languages, at most 300 characters.",
                ));
            }
        }
        flaws
    }
}

/// One paper asked for, and whether it is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ChangePaperItem)]
pub struct PaperItem {
    /// The kind of document.
    pub code: String,
    /// What it is.
    pub name_zh: String,
    /// The same in English.
    pub name_en: String,
    /// What brings it.
    pub source: ChangePaperSource,
    /// Whether it is there.
    pub present: bool,
    /// What to do while it is missing.
    pub cure_zh: String,
    /// The same in English.
    pub cure_en: String,
}

/// What is there of the papers, and who else answers for the loan.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PapersThere {
    /// The kinds of documents attached that count.
    pub attached: BTreeSet<String>,
    /// Whether the change is the borrower's request that was taken up.
    pub requested: bool,
    /// Whether other members or a guarantee insurer answer for the loan.
    pub guaranteed: bool,
}

impl ChangePapers {
    /// The papers that a kind of change asks for, and whether each is there.
    #[must_use]
    pub fn checklist(&self, kind: AdjustmentKind, there: &PapersThere) -> Vec<PaperItem> {
        self.papers
            .iter()
            .filter(|one| one.kinds.contains(&kind))
            .filter(|one| one.asked == AskedWhen::Always || there.guaranteed)
            .map(|one| PaperItem {
                code: one.code.clone(),
                name_zh: one.name_zh.clone(),
                name_en: one.name_en.clone(),
                source: one.source,
                present: there.attached.contains(&one.code)
                    || (one.source == ChangePaperSource::Request && there.requested),
                cure_zh: one.cure_zh.clone(),
                cure_en: one.cure_en.clone(),
            })
            .collect()
    }
}

/// Everything asked for is there.
///
/// # Errors
/// [`Refusal::PapersMissing`] with each paper that is missing.
pub fn complete(papers: Vec<PaperItem>) -> Result<(), Refusal> {
    let missing: Vec<PaperItem> = papers.into_iter().filter(|one| !one.present).collect();
    if missing.is_empty() { Ok(()) } else { Err(Refusal::PapersMissing { missing }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(kind: AdjustmentKind, there: &PapersThere) -> Vec<String> {
        match complete(ChangePapers::default().checklist(kind, there)) {
            Ok(()) => Vec::new(),
            Err(Refusal::PapersMissing { missing }) => missing.into_iter().map(|one| one.code).collect(),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn each_kind_asks_for_what_the_law_wants_in_writing() {
        let none = PapersThere::default();
        let all = PapersThere { guaranteed: true, ..PapersThere::default() };
        for kind in [AdjustmentKind::Extension, AdjustmentKind::Rollover] {
            assert_eq!(missing(kind, &none), ["adjustment_request", "adjustment_agreement"]);
            assert_eq!(
                missing(kind, &all),
                ["adjustment_request", "adjustment_agreement", "guarantor_consent"]
            );
        }
        for kind in [AdjustmentKind::Restructuring, AdjustmentKind::Repricing] {
            assert_eq!(missing(kind, &all), ["adjustment_agreement", "guarantor_consent"]);
        }
        assert_eq!(missing(AdjustmentKind::PrepaymentLower, &all), ["adjustment_request"]);
        assert_eq!(missing(AdjustmentKind::VatExemption, &all), ["firm_size_evidence"]);
        let of_the_bank = [
            AdjustmentKind::Misuse,
            AdjustmentKind::MisuseEnded,
            AdjustmentKind::FeeWaiver,
            AdjustmentKind::VatExemptionEnded,
        ];
        for kind in of_the_bank {
            assert_eq!(missing(kind, &all), [""; 0]);
        }
    }

    #[test]
    fn a_request_taken_up_is_the_application_and_a_signed_one_does_as_well() {
        let attached = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
        let asked = PapersThere { requested: true, ..PapersThere::default() };
        assert_eq!(missing(AdjustmentKind::PrepaymentShorten, &asked), [""; 0]);
        assert_eq!(missing(AdjustmentKind::Extension, &asked), ["adjustment_agreement"]);
        let signed = ["adjustment_request", "adjustment_agreement"];
        let there = PapersThere { attached: attached(&signed), ..PapersThere::default() };
        assert_eq!(missing(AdjustmentKind::Extension, &there), [""; 0]);
    }

    #[test]
    fn a_list_is_read_with_its_flaws_and_may_be_empty() {
        assert_eq!(ChangePapers::default().flaws(), []);
        assert_eq!(ChangePapers { papers: Vec::new() }.flaws(), []);
        let mut bad = ChangePapers::default();
        bad.papers[1].code = bad.papers[0].code.clone();
        bad.papers[2].name_en = " ".to_owned();
        let fields: Vec<String> = bad.flaws().into_iter().map(|flaw| flaw.field).collect();
        assert_eq!(fields, ["papers[1].code", "papers[2].name_zh"]);
    }
}
