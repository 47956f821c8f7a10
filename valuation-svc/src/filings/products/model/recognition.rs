//! Recognition as a patent-intensive product: who recognised it, by which criteria, each with its evidence. The platform
//! records what a body has recognised. The platform's own conditions — patents in force, sales told — are its defaults: the
//! standard that they were modelled on could not be looked up, see [`METHOD`].

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The method that the conditions were modelled on. Neither its number nor its text was confirmed.
pub const METHOD: &str = "T/PPAC 402—2022《企业专利密集型产品评价方法》（标准号与条文待确认）";

/// A criterion by which a product was recognised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RecognitionCriterion)]
pub struct CriterionMet {
    /// The criterion, in the words of the method.
    pub criterion: String,
    /// Whether it is met.
    pub met: bool,
    /// By what.
    pub evidence: String,
}

/// Why a recognition is not recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecognitionRefused {
    /// The filing was withdrawn.
    Withdrawn,
    /// It is recognised already.
    Standing,
    /// A criterion is not met.
    NotMet(String),
    /// None of its patents is in force.
    NoPatentInForce,
    /// The sales of the year before are not told.
    NoRevenue { year: i32 },
    /// It ends before it begins.
    EndsBefore,
}

/// What a recognition rests on.
#[derive(Debug, Clone, Copy)]
pub struct Basis<'a> {
    /// Whether the filing stands.
    pub filed: bool,
    /// Whether it is recognised already.
    pub recognised: bool,
    /// Its patents that are in force.
    pub in_force: usize,
    /// The years whose sales are told.
    pub years: &'a [i32],
}

/// Whether a recognition may be recorded.
///
/// # Errors
/// The first rule that speaks against it.
pub fn may_recognise(
    basis: Basis<'_>,
    criteria: &[CriterionMet],
    (recognised_on, valid_until): (NaiveDate, Option<NaiveDate>),
) -> Result<(), RecognitionRefused> {
    if !basis.filed {
        return Err(RecognitionRefused::Withdrawn);
    }
    if basis.recognised {
        return Err(RecognitionRefused::Standing);
    }
    if valid_until.is_some_and(|until| until < recognised_on) {
        return Err(RecognitionRefused::EndsBefore);
    }
    if let Some(failed) = criteria.iter().find(|one| !one.met) {
        return Err(RecognitionRefused::NotMet(failed.criterion.clone()));
    }
    if basis.in_force == 0 {
        return Err(RecognitionRefused::NoPatentInForce);
    }
    let year = recognised_on.year() - 1;
    if !basis.years.iter().any(|told| *told >= year) {
        return Err(RecognitionRefused::NoRevenue { year });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn criterion(met: bool) -> CriterionMet {
        CriterionMet { criterion: "专利对产品的贡献".into(), met, evidence: "评价报告".into() }
    }

    fn recognise(basis: Basis<'_>, met: bool) -> Result<(), RecognitionRefused> {
        let on = NaiveDate::from_ymd_opt(2026, 6, 1).unwrap();
        may_recognise(basis, &[criterion(met)], (on, None))
    }

    #[test]
    fn a_product_is_recognised_by_patents_in_force_and_the_sales_of_the_year_before() {
        let basis = Basis { filed: true, recognised: false, in_force: 2, years: &[2025] };
        assert_eq!(recognise(basis, true), Ok(()));
        let refused = |basis| recognise(basis, true).unwrap_err();
        assert_eq!(refused(Basis { years: &[2024], ..basis }), RecognitionRefused::NoRevenue { year: 2025 });
        assert_eq!(refused(Basis { in_force: 0, ..basis }), RecognitionRefused::NoPatentInForce);
        assert_eq!(refused(Basis { recognised: true, ..basis }), RecognitionRefused::Standing);
        assert_eq!(refused(Basis { filed: false, ..basis }), RecognitionRefused::Withdrawn);
        assert_eq!(recognise(basis, false), Err(RecognitionRefused::NotMet("专利对产品的贡献".into())));
    }
}
