//! The checklist of an application: the papers and statements that its product takes before the assessment, what of them
//! is there, and what cures what is missing.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Finding, FindingCode, Refusal,
    products::{Product, Requirement},
};

/// The kind of paper by which the other owners of a patent consent to its pledge.
pub const OWNERS_CONSENT: &str = "co_owner_consent";
/// The kind of paper that is a valuation report of an outside appraiser.
pub const EXTERNAL_REPORT: &str = "external_valuation_report";

/// What is asked for beside the product's own list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Beside {
    /// A patent has other owners.
    pub co_owned: bool,
    /// The loan is larger than what the bank's own valuation may carry alone.
    pub external_report: bool,
}

/// What kind of thing is required.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequiredKind {
    /// 材料
    Document,
    /// 声明
    Statement,
}

/// One thing required.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChecklistItem {
    /// What kind of thing.
    pub kind: RequiredKind,
    /// The kind of paper, or the statement's code.
    pub code: String,
    /// What it is.
    pub name_zh: String,
    /// The same in English.
    pub name_en: String,
    /// Whether it is there.
    pub present: bool,
    /// What to do while it is missing.
    pub cure_zh: String,
    /// The same in English.
    pub cure_en: String,
}

impl ChecklistItem {
    fn of(kind: RequiredKind, required: &Requirement, present: bool) -> Self {
        Self {
            kind,
            code: required.code.clone(),
            name_zh: required.name_zh.clone(),
            name_en: required.name_en.clone(),
            present,
            cure_zh: required.cure_zh.clone(),
            cure_en: required.cure_en.clone(),
        }
    }
}

/// Whether a patent that is offered has other owners (ground 8), whose consent no declaration replaces.
#[must_use]
pub fn is_co_owned(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.code == FindingCode::CoOwned)
}

/// What a product requires, and whether each is there; with patents that are co-owned, the owners' consent too. Papers are
/// attached to an application that exists, so that it is taken on the declaration and assessed on the paper.
#[must_use]
pub fn checklist(
    product: &Product,
    beside: Beside,
    papers: &BTreeSet<String>,
    statements: &[String],
) -> Vec<ChecklistItem> {
    let asked = |code: &str| product.documents.iter().any(|one| one.code == code);
    let consent =
        (beside.co_owned && !asked(OWNERS_CONSENT)).then(|| owners_consent(papers.contains(OWNERS_CONSENT)));
    let report = (beside.external_report && !asked(EXTERNAL_REPORT))
        .then(|| external_report(papers.contains(EXTERNAL_REPORT)));
    let documents = product
        .documents
        .iter()
        .map(|one| ChecklistItem::of(RequiredKind::Document, one, papers.contains(&one.code)));
    let stated = product
        .statements
        .iter()
        .map(|one| ChecklistItem::of(RequiredKind::Statement, one, statements.contains(&one.code)));
    documents.chain(consent).chain(report).chain(stated).collect()
}

fn owners_consent(present: bool) -> ChecklistItem {
    let required = Requirement {
        code: OWNERS_CONSENT.into(),
        name_zh: "共有人同意书".into(),
        name_en: "The other owners' consent".into(),
        cure_zh: "专利权为共有：请上传全体共有人签署的同意出质文件".into(),
        cure_en: "a patent is co-owned: attach the consent to the pledge that every owner signed".into(),
    };
    ChecklistItem::of(RequiredKind::Document, &required, present)
}

/// The report of an outside appraiser, as something required.
#[must_use]
pub fn external_report(present: bool) -> ChecklistItem {
    let required = Requirement {
        code: EXTERNAL_REPORT.into(),
        name_zh: "外部评估报告".into(),
        name_en: "The report of an outside appraiser".into(),
        cure_zh: "贷款金额超过银行内部评估的适用上限（金发〔2025〕10号）：请上传资产评估机构出具的评估报告，或降低金额".into(),
        cure_en: "the loan is larger than what a bank-internal valuation may carry (Jin Fa [2025] No. 10): attach the \
                  report of an appraisal firm, or lower the amount"
            .into(),
    };
    ChecklistItem::of(RequiredKind::Document, &required, present)
}

/// Everything required is there.
///
/// # Errors
/// [`Refusal::ChecklistIncomplete`] with what is missing.
pub fn complete(checklist: &[ChecklistItem]) -> Result<(), Refusal> {
    let missing: Vec<ChecklistItem> = checklist.iter().filter(|item| !item.present).cloned().collect();
    if missing.is_empty() { Ok(()) } else { Err(Refusal::ChecklistIncomplete { missing }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applications::model::products::ApplicationProducts;

    #[test]
    fn what_is_missing_is_listed_with_its_cure_until_everything_is_there() {
        let products = ApplicationProducts::default();
        let product = products.find("tianfu_zhilai").unwrap();
        let papers = BTreeSet::from(["business_licence".to_owned(), "risk_opinion".to_owned()]);
        let list = checklist(product, Beside::default(), &papers, &["start_up".to_owned()]);
        assert_eq!(list.len(), product.documents.len() + product.statements.len());
        let Err(Refusal::ChecklistIncomplete { missing }) = complete(&list) else {
            panic!("it is not complete")
        };
        assert_eq!(missing.len(), list.len() - 2);
        assert!(missing.iter().all(|item| !item.cure_zh.is_empty() && !item.cure_en.is_empty()));
        let all = product.documents.iter().map(|one| one.code.clone()).collect();
        let stated: Vec<String> = product.statements.iter().map(|one| one.code.clone()).collect();
        assert_eq!(complete(&checklist(product, Beside::default(), &all, &stated)), Ok(()));
    }

    #[test]
    fn with_a_co_owned_patent_the_owners_consent_is_asked_for_whatever_the_product_asks() {
        let mut product = ApplicationProducts::default().of("standard");
        let asked = |product: &Product, papers: &BTreeSet<String>| {
            let list = checklist(product, Beside { co_owned: true, ..Beside::default() }, papers, &[]);
            let consents = list.into_iter().filter(|one| one.code == OWNERS_CONSENT);
            consents.map(|one| one.present).collect::<Vec<bool>>()
        };
        let papers = BTreeSet::from([OWNERS_CONSENT.to_owned()]);
        assert_eq!((asked(&product, &BTreeSet::new()), asked(&product, &papers)), (vec![false], vec![true]));
        product.documents = vec![Requirement {
            code: OWNERS_CONSENT.into(),
            name_zh: "共有人同意书".into(),
            name_en: "consent".into(),
            cure_zh: "请上传".into(),
            cure_en: "attach it".into(),
        }];
        assert_eq!(asked(&product, &papers), [true], "it is asked for once");
    }
    #[test]
    fn a_loan_beyond_the_banks_own_valuation_waits_for_the_outside_appraisers_report() {
        let product = ApplicationProducts::default().of("standard");
        let beside = Beside { external_report: true, ..Beside::default() };
        let there: BTreeSet<String> = product.documents.iter().map(|one| one.code.clone()).collect();
        let stated: Vec<String> = product.statements.iter().map(|one| one.code.clone()).collect();
        let Err(Refusal::ChecklistIncomplete { missing }) =
            complete(&checklist(&product, beside, &there, &stated))
        else {
            panic!("the report is missing")
        };
        assert_eq!(missing.iter().map(|one| one.code.as_str()).collect::<Vec<_>>(), [EXTERNAL_REPORT]);
        let with = there.into_iter().chain([EXTERNAL_REPORT.to_owned()]).collect();
        assert_eq!(complete(&checklist(&product, beside, &with, &stated)), Ok(()));
    }
}
