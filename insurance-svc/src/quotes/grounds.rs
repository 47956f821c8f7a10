//! The grounds against a risk as it stands now: asked when it is quoted and again when it is bound.

use chrono::NaiveDate;
use finance::Money;
use http_kit::Problem;

use super::{
    insured_object::Patent,
    model::{Ground, eligibility},
};
use crate::{loans::loan, products::model::Product};

/// Cover that is offered on a patent or a loan.
pub(crate) struct Offer<'o> {
    /// The terms.
    pub(crate) product: &'o Product,
    /// The patent as the catalogue shows it now.
    pub(crate) patent: Option<&'o Patent>,
    /// The loan as it stands now.
    pub(crate) loan: Option<&'o loan::Model>,
    /// The most that is paid in all.
    pub(crate) aggregate_limit: Money,
    /// First day of cover.
    pub(crate) starts_on: NaiveDate,
    /// Last day of cover.
    pub(crate) ends_on: NaiveDate,
    /// Codes of the declarations made.
    pub(crate) declared: &'o [String],
}

impl Offer<'_> {
    /// Whether nothing stands against it.
    ///
    /// # Errors
    /// 409 `not-insurable` with every ground.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        let mut grounds = Vec::new();
        if let Some(patent) = self.patent {
            let facts = patent.facts(self.declared.iter().any(|code| code == "co_owner_consent"));
            grounds.extend(eligibility::patent_grounds(self.product, &facts, self.starts_on, self.ends_on));
        }
        if let Some(loan) = self.loan {
            let limit = self.aggregate_limit;
            grounds.extend(eligibility::loan_grounds(&loan.facts(), limit, self.starts_on, self.ends_on));
        }
        if grounds.is_empty() { Ok(()) } else { Err(not_insurable(&grounds)) }
    }
}

fn not_insurable(grounds: &[Ground]) -> Problem {
    let zh = grounds.iter().map(|ground| ground.reason_zh.as_str()).collect::<String>();
    let en = grounds.iter().map(|ground| ground.reason_en.as_str()).collect::<Vec<_>>().join(" ");
    Problem::refused("not-insurable", format!("不符合承保条件：{zh}"), format!("Not insurable: {en}"))
        .with("grounds", grounds)
}
