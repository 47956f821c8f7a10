//! The papers that the register asks for with a pledge, as a bank's parameters: the bank brings them before it files, and
//! the built-in register grants nothing without them.
//!
//! Source: 专利权质押登记办法 (CNIPA Announcement 461 of 2021): the application form signed by both parties, the
//! pledge contract, their identity or a written undertaking, powers of attorney, and the report of an appraisal where there
//! was one.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Refusal;
use crate::parameters::{FieldDoc, Flaw, ParameterSet, Unit};

/// The most papers of the list.
const ENTRIES_MAX: usize = 50;
/// The longest code, in characters.
const CODE_CHARS_MAX: usize = 40;
/// The longest name and the longest cure, in characters.
const TEXT_CHARS_MAX: usize = 300;

/// What brings a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaperSource {
    /// 上传: a document of that kind, attached to the application or to the pledge
    Attached,
    /// 质押合同: the contract that is filed with the pledge and examined by its content
    Contract,
    /// 评估: the bank's valuation of every patent, made here
    Valuation,
}

/// A paper that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperDemand {
    /// The kind of document.
    pub code: String,
    /// What it is.
    pub name_zh: String,
    /// The same in English.
    pub name_en: String,
    /// What to do while it is missing.
    pub cure_zh: String,
    /// The same in English.
    pub cure_en: String,
    /// What brings it; a document attached always does.
    pub source: PaperSource,
}

/// A bank's list of papers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RegistrationPapers {
    /// The papers, in the order of the rules.
    pub papers: Vec<PaperDemand>,
}

fn demand(code: &str, source: PaperSource, name: (&str, &str), cure: (&str, &str)) -> PaperDemand {
    PaperDemand {
        code: code.to_owned(),
        name_zh: name.0.to_owned(),
        name_en: name.1.to_owned(),
        cure_zh: cure.0.to_owned(),
        cure_en: cure.1.to_owned(),
        source,
    }
}

impl Default for RegistrationPapers {
    fn default() -> Self {
        let papers = vec![
            demand(
                "pledge_application_form",
                PaperSource::Attached,
                ("专利权质押登记申请表（双方签字或盖章）", "Application form signed by both parties"),
                ("请由出质人和质权人签章后上传", "have pledgor and pledgee sign it and attach it"),
            ),
            demand(
                "pledge_contract",
                PaperSource::Contract,
                ("专利权质押合同", "Pledge contract"),
                ("请填报或上传质押合同", "state the contract or attach it"),
            ),
            demand(
                "identity_papers",
                PaperSource::Attached,
                (
                    "双方当事人身份证明或书面承诺",
                    "Proof of identity of both parties, or their written undertakings",
                ),
                (
                    "请上传双方身份证明，或签署并上传承诺书",
                    "attach the proofs, or sign and attach the undertakings",
                ),
            ),
            demand(
                "power_of_attorney",
                PaperSource::Attached,
                ("注明委托权限的委托书", "Power of attorney that states what it covers"),
                (
                    "由银行代办的，请上传出质人签署的委托书",
                    "the bank files for both: attach the pledgor's power of attorney",
                ),
            ),
            demand(
                "valuation_report",
                PaperSource::Valuation,
                ("资产评估报告", "Valuation report"),
                ("请完成每件专利的评估，或上传评估报告", "value every patent, or attach the report"),
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
        source_zh: "专利权质押登记办法（国家知识产权局公告第 461 号，2021）",
        source_en: "Rules on the registration of patent pledges (CNIPA Announcement 461, 2021)",
    }
}

impl ParameterSet for RegistrationPapers {
    const KIND: &'static str = "registration_papers";
    const ZH: &'static str = "质押登记材料";
    const EN: &'static str = "Papers for the registration of a pledge";
    const FIELDS: &'static [FieldDoc] = &[
        doc("papers", "登记所需材料", "the papers that are asked for"),
        doc("papers[].code", "材料代码，即上传时所选的材料种类", "the kind of document"),
        doc("papers[].name_zh", "材料名称", "the name in Chinese"),
        doc("papers[].name_en", "材料英文名称", "the name in English"),
        doc("papers[].cure_zh", "缺少时的补正办法", "what to do while it is missing, in Chinese"),
        doc("papers[].cure_en", "缺少时的补正办法（英文）", "what to do while it is missing, in English"),
        doc(
            "papers[].source",
            "来源：attached 为上传，contract 为随登记填报的合同，valuation 为本系统的评估；上传一律有效",
            "what brings it: attached, contract (stated with the filing), valuation (made here); a document attached always does",
        ),
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
#[schema(as = RegistrationPaper)]
pub struct PaperItem {
    /// The kind of document.
    pub code: String,
    /// What it is.
    pub name_zh: String,
    /// The same in English.
    pub name_en: String,
    /// What brings it.
    pub source: PaperSource,
    /// Whether it is there.
    pub present: bool,
    /// What to do while it is missing.
    pub cure_zh: String,
    /// The same in English.
    pub cure_en: String,
}

/// What is there of the papers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PapersThere {
    /// The kinds of documents attached that count.
    pub attached: BTreeSet<String>,
    /// Whether a contract is filed with the pledge, or will be drawn up from the approval.
    pub contract: bool,
    /// Whether the bank relies on a valuation of every patent.
    pub valued: bool,
}

impl RegistrationPapers {
    /// Every paper of the list, and whether it is there.
    #[must_use]
    pub fn checklist(&self, there: &PapersThere) -> Vec<PaperItem> {
        let present = |one: &PaperDemand| {
            there.attached.contains(&one.code)
                || match one.source {
                    PaperSource::Attached => false,
                    PaperSource::Contract => there.contract,
                    PaperSource::Valuation => there.valued,
                }
        };
        self.papers
            .iter()
            .map(|one| PaperItem {
                code: one.code.clone(),
                name_zh: one.name_zh.clone(),
                name_en: one.name_en.clone(),
                source: one.source,
                present: present(one),
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

    fn there(attached: &[&str]) -> PapersThere {
        let attached = attached.iter().map(|code| (*code).to_owned()).collect();
        PapersThere { attached, contract: true, valued: true }
    }

    fn missing(there: &PapersThere) -> Vec<String> {
        match complete(RegistrationPapers::default().checklist(there)) {
            Ok(()) => Vec::new(),
            Err(Refusal::PapersMissing { missing }) => missing.into_iter().map(|one| one.code).collect(),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn each_paper_of_the_rules_that_is_missing_is_named() {
        let signed = ["pledge_application_form", "identity_papers", "power_of_attorney"];
        assert_eq!(missing(&there(&[])), signed);
        assert_eq!(missing(&there(&signed[..2])), ["power_of_attorney"]);
        assert!(missing(&there(&signed)).is_empty());
        let nothing = PapersThere { contract: false, valued: false, ..there(&signed) };
        assert_eq!(missing(&nothing), ["pledge_contract", "valuation_report"]);
        let on_paper = PapersThere {
            contract: false,
            valued: false,
            ..there(&[&signed[..], &["pledge_contract", "valuation_report"]].concat())
        };
        assert!(missing(&on_paper).is_empty(), "a document attached is the paper itself");
    }

    #[test]
    fn a_list_says_what_is_wrong_with_it_and_a_bank_may_ask_for_nothing() {
        assert_eq!(RegistrationPapers::default().flaws(), []);
        assert_eq!(RegistrationPapers { papers: Vec::new() }.flaws(), []);
        let mut bad = RegistrationPapers::default();
        bad.papers[1].code = bad.papers[0].code.clone();
        bad.papers[2].cure_en = " ".into();
        let fields: Vec<String> = bad.flaws().into_iter().map(|flaw| flaw.field).collect();
        assert_eq!(fields, ["papers[1].code", "papers[2].name_zh"]);
    }
}
