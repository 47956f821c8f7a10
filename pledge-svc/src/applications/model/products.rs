//! The products that a bank lends under, as data: what each admits, which papers and statements it takes, which
//! conditions its approvals carry. `standard` asks for nothing beyond the facility's own terms; `tianfu_zhilai` is the
//! preset of 天府知来贷 (Sichuan, trial rules of 2025).

mod ceilings;
mod fields;
mod presets;
#[cfg(test)]
mod tests;

use finance::{Money, Rate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Finding, FindingCode};
use crate::{
    loan::LoanKind,
    parameters::{FieldDoc, Flaw, ParameterSet},
};

pub use ceilings::CeilingRefusal;

/// The product of an application that names none.
pub const STANDARD: &str = "standard";
/// The most products, and the most entries in one list of a product.
const ENTRIES_MAX: usize = 100;
/// The longest code, in characters.
const CODE_CHARS_MAX: usize = 40;

/// A paper that must be attached, or a statement that the enterprise must make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// The kind of paper, or the statement's code.
    pub code: String,
    /// What it is.
    pub name_zh: String,
    /// The same in English.
    pub name_en: String,
    /// What to do while it is missing.
    pub cure_zh: String,
    /// The same in English.
    pub cure_en: String,
}

/// A condition precedent that approvals of a product may carry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StandardCondition {
    /// Its code.
    pub code: String,
    /// What must be so before money is paid out.
    pub text_zh: String,
    /// The same in English.
    pub text_en: String,
    /// Every approval carries it; otherwise the approver chooses it.
    #[serde(default)]
    pub always: bool,
}

/// A lending product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name_zh: String,
    /// Its name in English.
    pub name_en: String,
    /// What its loans are for: the longest term goes by it.
    #[serde(default)]
    pub kind: LoanKind,
    /// Whether the bank may charge fees on its loans beside the guarantee's; without them nothing is charged for repaying
    /// ahead either.
    #[serde(default = "allowed")]
    pub fees_allowed: bool,
    /// The highest guarantee fee for a year, as a part of the principal; none for no bound of its own.
    #[serde(default)]
    pub guarantee_fee_max: Option<Rate>,
    /// The largest amount; none for no bound of its own.
    pub amount_max: Option<Money>,
    /// The longest term in months; none for no bound of its own.
    pub tenor_max_months: Option<u32>,
    /// The highest contract rate of the facility; none for no bound of its own.
    pub annual_rate_max: Option<Rate>,
    /// The highest spread of the facility's rate over the one-year LPR; none for no bound of its own.
    pub lpr_spread_max: Option<Rate>,
    /// The industries of the facility that it serves, by the beginning of their codes; empty for every one.
    pub industries: Vec<String>,
    /// Working days for the first review where the product sets them.
    pub first_review_days: Option<u32>,
    /// The papers that must be there before the assessment.
    pub documents: Vec<Requirement>,
    /// The statements that the enterprise must have made before the assessment.
    pub statements: Vec<Requirement>,
    /// The conditions that approvals may carry.
    pub conditions: Vec<StandardCondition>,
}

/// A product that says nothing of fees admits them.
const fn allowed() -> bool {
    true
}

/// A bank's products.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ApplicationProducts {
    /// The products; one of them is `standard`.
    pub products: Vec<Product>,
}

impl Default for ApplicationProducts {
    fn default() -> Self {
        Self { products: vec![presets::standard(), presets::tianfu_zhilai()] }
    }
}

impl ParameterSet for ApplicationProducts {
    const KIND: &'static str = "application_products";
    const ZH: &'static str = "融资产品与材料清单";
    const EN: &'static str = "Products and checklists";
    const FIELDS: &'static [FieldDoc] = fields::FIELDS;

    fn flaws(&self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        if self.products.len() > ENTRIES_MAX {
            flaws.push(Flaw::new("products", "产品过多。", "There are too many products."));
        }
        if self.find(STANDARD).is_none() {
            flaws.push(Flaw::new(
                "products",
                "须保留 standard 产品，供未指定产品的申请使用。",
                "Keep the product standard: applications that name none are under it.",
            ));
        }
        let codes: Vec<&str> = self.products.iter().map(|product| product.code.as_str()).collect();
        flaws.extend(bad_codes("products", &codes));
        for (index, product) in self.products.iter().enumerate() {
            flaws.extend(product.flaws(&format!("products[{index}]")));
        }
        flaws
    }
}

/// Codes that are no plain names or stand twice.
fn bad_codes(list: &str, codes: &[&str]) -> Vec<Flaw> {
    let plain = |code: &str| {
        (1..=CODE_CHARS_MAX).contains(&code.len())
            && code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    codes
        .iter()
        .enumerate()
        .filter(|(index, code)| !plain(code) || codes.iter().take(*index).any(|other| other == *code))
        .map(|(index, _)| {
            Flaw::new(
                format!("{list}[{index}].code"),
                "代码须由小写字母、数字和下划线组成，最多 40 个字符，且不得重复。",
                "A code is of small letters, digits and `_`, at most 40, and stands once.",
            )
        })
        .collect()
}

impl Product {
    fn flaws(&self, at: &str) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        let mut flaw = |holds: bool, field: &str, zh: &str, en: &str| {
            if !holds {
                flaws.push(Flaw::new(format!("{at}.{field}"), zh, en));
            }
        };
        let named = |zh: &str, en: &str| !zh.trim().is_empty() && !en.trim().is_empty();
        flaw(
            named(&self.name_zh, &self.name_en),
            "name_zh",
            "须有中英文名称。",
            "It needs a name in both languages.",
        );
        flaw(
            self.amount_max.is_none_or(Money::is_positive),
            "amount_max",
            "须大于零。",
            "It must be above zero.",
        );
        flaw(
            self.tenor_max_months.is_none_or(|months| months > 0),
            "tenor_max_months",
            "须大于零。",
            "It must be above zero.",
        );
        flaw(
            self.lpr_spread_max.is_none_or(|spread| spread > Rate::ZERO),
            "lpr_spread_max",
            "须大于零。",
            "It must be above zero.",
        );
        flaw(
            self.annual_rate_max.is_none_or(|rate| rate > Rate::ZERO),
            "annual_rate_max",
            "须大于零。",
            "It must be above zero.",
        );
        flaw(
            self.guarantee_fee_max.is_none_or(|rate| rate >= Rate::ZERO && rate.is_share()),
            "guarantee_fee_max",
            "须在 0 至 1 之间，如 0.01 为年 1%。",
            "It lies between 0 and 1; 0.01 is 1 % a year.",
        );
        flaw(
            self.first_review_days.is_none_or(|days| (1..=250).contains(&days)),
            "first_review_days",
            "须为 1 至 250 个工作日。",
            "It must be 1 to 250 working days.",
        );
        for (list, entries) in [("documents", &self.documents), ("statements", &self.statements)] {
            flaw(entries.len() <= ENTRIES_MAX, list, "条目过多。", "There are too many entries.");
            let texts = entries
                .iter()
                .all(|one| named(&one.name_zh, &one.name_en) && named(&one.cure_zh, &one.cure_en));
            flaw(
                texts,
                list,
                "每项须有中英文名称和补正办法。",
                "Each needs its name and its cure in both languages.",
            );
        }
        flaw(self.conditions.len() <= ENTRIES_MAX, "conditions", "条目过多。", "There are too many entries.");
        let texts = self.conditions.iter().all(|one| named(&one.text_zh, &one.text_en));
        flaw(texts, "conditions", "每项须有中英文内容。", "Each needs its text in both languages.");
        let codes =
            |entries: &[Requirement]| -> Vec<String> { entries.iter().map(|one| one.code.clone()).collect() };
        let conditions: Vec<String> = self.conditions.iter().map(|one| one.code.clone()).collect();
        for (list, codes) in [
            ("documents", codes(&self.documents)),
            ("statements", codes(&self.statements)),
            ("conditions", conditions),
        ] {
            let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
            flaws.extend(bad_codes(&format!("{at}.{list}"), &codes));
        }
        flaws
    }

    /// The highest contract rate that the product admits while the one-year LPR is this; none where it sets no bound.
    #[must_use]
    pub fn rate_max(&self, lpr_one_year: Option<Rate>) -> Option<Rate> {
        let over_lpr = self
            .lpr_spread_max
            .zip(lpr_one_year)
            .and_then(|(spread, lpr)| lpr.fraction().checked_add(spread.fraction()).map(Rate::new));
        [self.annual_rate_max, over_lpr].into_iter().flatten().min()
    }

    /// What of an application or its facility the product does not admit. `lpr_one_year` is the last fixing known.
    #[must_use]
    pub fn findings(
        &self,
        amount: Money,
        tenor_months: u32,
        annual_rate: Rate,
        lpr_one_year: Option<Rate>,
        industry: &str,
    ) -> Vec<Finding> {
        let mut found = Vec::new();
        let subject = self.code.as_str();
        if let Some(most) = self.amount_max.filter(|most| amount > *most) {
            found.push(Finding::new(
                FindingCode::AboveProductAmount,
                subject,
                (
                    format!("申请金额 {amount} 元超过产品“{}”单笔上限 {most} 元", self.name_zh),
                    format!("{amount} yuan is more than the {most} that {} lends", self.name_en),
                ),
                ("请降低申请金额，或选择其他产品", "ask for less, or choose another product"),
            ));
        }
        if let Some(most) = self.tenor_max_months.filter(|most| tenor_months > *most) {
            found.push(Finding::new(
                FindingCode::AboveProductTenor,
                subject,
                (
                    format!("期限 {tenor_months} 个月超过产品“{}”最长期限 {most} 个月", self.name_zh),
                    format!("{tenor_months} months are longer than the {most} of {}", self.name_en),
                ),
                ("请缩短期限，或选择其他产品", "shorten the term, or choose another product"),
            ));
        }
        if let Some(most) = self.rate_max(lpr_one_year).filter(|most| annual_rate > *most) {
            found.push(Finding::new(
                FindingCode::AboveProductRate,
                subject,
                (
                    format!("该集合授信利率 {annual_rate} 高于产品“{}”利率上限 {most}", self.name_zh),
                    format!("the facility's rate of {annual_rate} is above the {most} of {}", self.name_en),
                ),
                (
                    "请选择利率符合要求的授信，或选择其他产品",
                    "choose a facility within the rate, or another product",
                ),
            ));
        }
        let served = self.industries.is_empty()
            || self.industries.iter().any(|code| industry.starts_with(code.as_str()));
        if !served {
            found.push(Finding::new(
                FindingCode::IndustryNotServed,
                subject,
                (
                    format!("授信所属行业 {industry} 不在产品“{}”适用范围内", self.name_zh),
                    format!("{} does not serve the facility's industry {industry}", self.name_en),
                ),
                ("请选择适用本行业的产品", "choose a product that serves the industry"),
            ));
        }
        found
    }

    /// A standard condition of a code.
    #[must_use]
    pub fn condition(&self, code: &str) -> Option<&StandardCondition> {
        self.conditions.iter().find(|one| one.code == code)
    }
}

impl ApplicationProducts {
    /// The product of a code.
    #[must_use]
    pub fn find(&self, code: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.code == code)
    }

    /// The product that an application was made under; `standard` where the bank has taken that product away since.
    #[must_use]
    pub fn of(&self, code: &str) -> Product {
        self.find(code).or_else(|| self.find(STANDARD)).cloned().unwrap_or_else(presets::standard)
    }
}
