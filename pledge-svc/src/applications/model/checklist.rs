//! The checklist of an application: the papers and statements that its product takes before the assessment, what of them
//! is there, and what cures what is missing.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Refusal,
    products::{Product, Requirement},
};

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

/// What a product requires, and whether each is there.
#[must_use]
pub fn checklist(product: &Product, papers: &BTreeSet<String>, statements: &[String]) -> Vec<ChecklistItem> {
    let documents = product
        .documents
        .iter()
        .map(|one| ChecklistItem::of(RequiredKind::Document, one, papers.contains(&one.code)));
    let stated = product
        .statements
        .iter()
        .map(|one| ChecklistItem::of(RequiredKind::Statement, one, statements.contains(&one.code)));
    documents.chain(stated).collect()
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
        let list = checklist(product, &papers, &["start_up".to_owned()]);
        assert_eq!(list.len(), product.documents.len() + product.statements.len());
        let Err(Refusal::ChecklistIncomplete { missing }) = complete(&list) else {
            panic!("it is not complete")
        };
        assert_eq!(missing.len(), list.len() - 2);
        assert!(missing.iter().all(|item| !item.cure_zh.is_empty() && !item.cure_en.is_empty()));
        let all = product.documents.iter().map(|one| one.code.clone()).collect();
        let stated: Vec<String> = product.statements.iter().map(|one| one.code.clone()).collect();
        assert_eq!(complete(&checklist(product, &all, &stated)), Ok(()));
    }
}
