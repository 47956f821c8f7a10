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
    co_owned: bool,
    papers: &BTreeSet<String>,
    statements: &[String],
) -> Vec<ChecklistItem> {
    let asked = product.documents.iter().any(|one| one.code == OWNERS_CONSENT);
    let consent = (co_owned && !asked).then(|| owners_consent(papers.contains(OWNERS_CONSENT)));
    let documents = product
        .documents
        .iter()
        .map(|one| ChecklistItem::of(RequiredKind::Document, one, papers.contains(&one.code)));
    let stated = product
        .statements
        .iter()
        .map(|one| ChecklistItem::of(RequiredKind::Statement, one, statements.contains(&one.code)));
    documents.chain(consent).chain(stated).collect()
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
        let list = checklist(product, false, &papers, &["start_up".to_owned()]);
        assert_eq!(list.len(), product.documents.len() + product.statements.len());
        let Err(Refusal::ChecklistIncomplete { missing }) = complete(&list) else {
            panic!("it is not complete")
        };
        assert_eq!(missing.len(), list.len() - 2);
        assert!(missing.iter().all(|item| !item.cure_zh.is_empty() && !item.cure_en.is_empty()));
        let all = product.documents.iter().map(|one| one.code.clone()).collect();
        let stated: Vec<String> = product.statements.iter().map(|one| one.code.clone()).collect();
        assert_eq!(complete(&checklist(product, false, &all, &stated)), Ok(()));
    }

    #[test]
    fn with_a_co_owned_patent_the_owners_consent_is_asked_for_whatever_the_product_asks() {
        let mut product = ApplicationProducts::default().of("standard");
        let asked = |product: &Product, papers: &BTreeSet<String>| {
            let list = checklist(product, true, papers, &[]);
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
}
